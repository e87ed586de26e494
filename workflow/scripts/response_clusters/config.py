"""Check the configuration and put it in one form, so that the order of its keys means nothing."""

import difflib
from pathlib import Path
from typing import Any

import yaml
from response_clusters.errors import StudyError

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "config.schema.yaml"
POOLED = "pooled"


def checked(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration with its keys sorted, held against the schema and against itself.

    Parameters
    ----------
    config : dict
        The merged configuration: ``config/config.yaml`` and whatever overlays it.

    Returns
    -------
    dict
        Keys sorted at every level, all of them strings.

    Raises
    ------
    StudyError
        If a key is unknown, missing or holds what it may not, or if two keys contradict.
    """
    from jsonschema import Draft202012Validator

    tidy: dict[str, Any] = _sorted(config)
    schema = yaml.safe_load(SCHEMA.read_text("utf-8"))
    errors = sorted(
        Draft202012Validator(schema).iter_errors(tidy), key=lambda error: list(map(str, error.path))
    )
    if errors:
        raise StudyError(_sentence(errors[0]))
    _consistent(tidy)
    return tidy


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        named = {str(key): _sorted(held) for key, held in value.items()}
        return {key: named[key] for key in sorted(named)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _sentence(error: Any) -> str:
    """One line for a person, from one of jsonschema's errors."""
    where = ".".join(str(part) for part in error.absolute_path) or "the top level"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        near = difflib.get_close_matches(unknown, known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(known)}."
        return f"Configuration: there is no key {unknown!r} at {where}.{hint}"
    expected = error.schema.get("description", "")
    return f"Configuration: {where}: {error.message}. {expected}".strip()


def _consistent(config: dict[str, Any]) -> None:
    """What a schema cannot say: one key against another."""
    dataset, k_max = config["dataset"], config["kmeans"]["k"]["max"]
    source, regions = dataset["source"], config["regions"]
    if source != "simulated" and not dataset["root"]:
        raise StudyError(
            f"Configuration: dataset.root is empty; the {source} source needs the data's folder."
        )
    for k in config["describe"]["k"]:
        if k != "best" and k > k_max:
            raise StudyError(
                f"Configuration: describe.k asks for {k}, but kmeans.k ends at {k_max}."
            )
    top = config["wordcloud"]["top"]
    if top != "all" and top not in config["nearest"]["top"]:
        raise StudyError(
            f"Configuration: wordcloud.top is {top}; expected one of nearest.top "
            f"{config['nearest']['top']}, or all."
        )
    if source != "regions" and not isinstance(regions, dict):
        raise StudyError("Configuration: regions lists collections for this source, by name.")
    if config["subjects"] != "all" and POOLED in config["subjects"]:
        raise StudyError(f"Configuration: {POOLED!r} is reserved and cannot name a subject.")
