"""Check the configuration and put it in one form, so that the order of its keys means nothing."""

import datetime
import math
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from response_clusters.errors import StudyError, did_you_mean, listed
from response_clusters.names import COLUMNS, POOLED, plain, require_name
from response_clusters.sources.registry import open_source
from response_clusters.strict import schema_errors

SCHEMA = Path(__file__).resolve().parents[1] / "schemas" / "config.schema.yaml"


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
    tidy: dict[str, Any] = _sorted(config)
    schema = yaml.safe_load(SCHEMA.read_text("utf-8"))
    if errors := schema_errors(tidy, schema):
        raise StudyError(_sentence(errors[0]))
    _consistent(
        tidy, {key: _sorted(rules.get("default")) for key, rules in schema["properties"].items()}
    )
    return tidy


def value_of(config: dict[str, Any], key: str) -> Any:
    """What a configuration has at a dotted key, such as ``kmeans.k.max``."""
    value: Any = config
    for name in key.split("."):
        value = value[name]
    return value


def _sorted(value: Any, compose: bool = True) -> Any:
    """Keys sorted and names in composed letters (NFC), as they are read from files; not paths."""
    if isinstance(value, dict):
        named = {str(k): _sorted(inner, compose and k != "dataset") for k, inner in value.items()}
        return {key: named[key] for key in sorted(named)}
    if isinstance(value, list):
        return [_sorted(item, compose) for item in value]
    return unicodedata.normalize("NFC", value) if compose and isinstance(value, str) else value


def _sentence(error: Any) -> str:
    """One line for a person, from one of jsonschema's errors."""
    where = ".".join(str(part) for part in error.absolute_path) or "the top level"
    schema, value = error.schema, error.instance
    if error.validator == "additionalProperties" and isinstance(value, dict):
        known = schema.get("properties", {})
        unknown = next(key for key in value if key not in known)
        return (
            f"Configuration: there is no key {unknown!r} at {where}; expected some of "
            f"{', '.join(known)}: correct or remove it{did_you_mean(unknown, known) or '.'}"
        )
    if error.validator == "required":
        absent = [key for key in schema["required"] if key not in value]
        return (
            f"Configuration: {where} has no key {absent[0]!r}; expected all of "
            f"{', '.join(schema['required'])}: give config/config.yaml its key back."
        )
    if "propertyNames" in error.absolute_schema_path:
        return (
            f"Configuration: there is no key {value!r} at {where}; expected keys that match "
            f"{schema['pattern']}: correct or remove it."
        )
    if error.validator == "uniqueItems":
        twice = next(item for item, times in Counter(map(str, value)).items() if times > 1)
        return (
            f"Configuration: {where} names {twice!r} twice; expected it once: remove one of them."
        )
    # Of several choices, the one that was meant is told by what is wrong further down in it.
    for choice in error.context or []:
        further = len(choice.absolute_path) > len(error.absolute_path)
        if further or {"propertyNames", "uniqueItems"} & set(choice.relative_schema_path):
            return _sentence(choice)
    shown = "null" if value is None else textwrap.shorten(repr(value), 80, placeholder=" …")
    fix = "correct it"
    if "string" in schema.get("type", ()) and isinstance(value, int | float | datetime.date | dict):
        shown = f"{value}"
        if isinstance(value, bool):
            shown += f" (YAML's {'yes, on or true' if value else 'no, off or false'})"
        fix = "put it in quotes if that is the name, or correct it"
    near = did_you_mean(value, schema["enum"]) if "enum" in schema else ""
    return (
        f"Configuration: {where} is {shown}; expected {_expected(schema)}: {fix}, as "
        f"config/README.md explains{near or '.'}"
    )


def _expected(schema: dict[str, Any]) -> str:
    """What a schema allows, as it stands in a sentence."""
    if "oneOf" in schema:
        return " or ".join(_expected(choice) for choice in schema["oneOf"])
    if "$ref" in schema:
        return _expected(
            yaml.safe_load(SCHEMA.read_text("utf-8"))["$defs"][schema["$ref"].rsplit("/")[-1]]
        )
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_kind(kind, schema) for kind in kinds)


def _kind(kind: str, schema: dict[str, Any]) -> str:
    """One type of a schema with its limits, in words."""
    limits = [
        f"{word} {schema[name]}"
        for name, word in {
            "minimum": "from",
            "exclusiveMinimum": "above",
            "maximum": "up to",
        }.items()
        if name in schema
    ]
    words = {
        "integer": " ".join(["a whole number", *limits]),
        "number": " ".join(["a number", *limits]),
        "boolean": "true or false",
        "null": "null",
        "string": "text" + (f" that matches {schema['pattern']}" if "pattern" in schema else ""),
    }
    if kind == "array":
        return f"a list (each: {_expected(schema['items'])})"
    if kind == "object":
        if "properties" in schema:
            return f"the keys {', '.join(schema['properties'])}"
        named = schema.get("propertyNames", {}).get("pattern")
        names = f" that match {named}" if named else ""
        return f"one or more keys{names}, each with {_expected(schema['additionalProperties'])}"
    return words[kind]


def _consistent(config: dict[str, Any], defaults: dict[str, Any]) -> None:
    """What a schema cannot say: one key against another."""
    dataset, k_max = config["dataset"], config["kmeans"]["k"]["max"]
    source = open_source(dataset["source"])
    if source.needs_root and not dataset["root"]:
        raise StudyError(
            "Configuration: dataset.root is empty; expected the folder of the data for the "
            f"{dataset['source']} source: set it in the file that you give by --configfile."
        )
    if dataset["endpoint"] and not (dataset["root"] or "").startswith("s3://"):
        raise StudyError(
            f"Configuration: dataset.endpoint is {dataset['endpoint']!r}, but dataset.root is no "
            "bucket; expected s3://bucket: set dataset.root to it, or dataset.endpoint to null."
        )
    if dataset["labels"] and dataset["annotations"]:
        raise StudyError(
            "Configuration: dataset.labels and dataset.annotations are both set; expected one "
            "account of what the images show: set the other to null."
        )
    for k in config["describe"]["k"]:
        if k != "best" and k > k_max:
            raise StudyError(
                f"Configuration: describe.k asks for {k}; expected best or at most kmeans.k.max, "
                f"{k_max}: lower the one or raise the other."
            )
    top = config["wordcloud"]["top"]
    if top != "all" and top not in config["nearest"]["top"]:
        raise StudyError(
            f"Configuration: wordcloud.top is {top}; expected one of nearest.top, "
            f"{listed(config['nearest']['top'])}, or all: change the one or the other."
        )
    if config["wordcloud"]["size_by"] == "enrichment" and not config["claims"]:
        raise StudyError(
            "Configuration: wordcloud.size_by is enrichment, but claims is null; expected "
            "claims.labels.prior, which enrichment needs: set claims, or another size_by."
        )
    claims = config["claims"]
    if claims and claims["curve"] > claims["surrogates"]:
        raise StudyError(
            f"Configuration: claims.curve is {claims['curve']}; expected at most "
            f"claims.surrogates, {claims['surrogates']}: lower the one or raise the other."
        )
    _require_region_names(config["regions"])
    source.check(config, defaults)
    if config["subjects"] != "all":
        for name in config["subjects"]:
            require_name(name, "subject", "Configuration: subjects")
    if config["subjects"] != "all" and POOLED in config["subjects"]:
        raise StudyError(
            f"Configuration: subjects names {POOLED!r}; expected subjects only: leave it out, the "
            "pooled cohort is always made."
        )
    for name, value in _numbers(config):
        if not math.isfinite(value):
            raise StudyError(
                f"Configuration: {name} is {value}; expected a finite number: correct it, as "
                "config/README.md explains."
            )


def _require_region_names(regions: Any) -> None:
    """Refuse names that no region may have, wherever the configuration has them."""
    if isinstance(regions, list):
        _region_names(regions, "regions")
    if isinstance(regions, dict):
        for collection, choice in regions.items():
            if choice != "all":
                names = choice.values() if isinstance(choice, dict) else choice or ()
                _region_names(names, f"regions.{collection}")


def _region_names(names: Iterable[str], key: str) -> None:
    """Refuse names that no region may have."""
    for name in names:
        require_name(name, "region", f"Configuration: {key}")
        if plain(name) in COLUMNS:
            raise StudyError(
                f"Configuration: {key} names {name!r}, which is another column of the results; "
                "expected a region's name: choose another."
            )


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every fraction of the configuration with its key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, float):
        yield name, value
