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
from response_clusters.names import COLUMNS, LARGEST_LABEL, POOLED, plain, require_name
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
    _consistent(tidy, _sorted(schema["properties"]["regions"]["default"]))
    return tidy


def _sorted(value: Any, compose: bool = True) -> Any:
    """Keys sorted and names in composed letters (NFC), as they are read from files; not paths."""
    if isinstance(value, dict):
        named = {str(k): _sorted(held, compose and k != "dataset") for k, held in value.items()}
        return {key: named[key] for key in sorted(named)}
    if isinstance(value, list):
        return [_sorted(item, compose) for item in value]
    return unicodedata.normalize("NFC", value) if compose and isinstance(value, str) else value


def _sentence(error: Any) -> str:
    """One line for a person, from one of jsonschema's errors."""
    where = ".".join(str(part) for part in error.absolute_path) or "the top level"
    schema, found = error.schema, error.instance
    if error.validator == "additionalProperties" and isinstance(found, dict):
        known = schema.get("properties", {})
        unknown = next(key for key in found if key not in known)
        return (
            f"Configuration: there is no key {unknown!r} at {where}; expected some of "
            f"{', '.join(known)}: correct or remove it{did_you_mean(unknown, known) or '.'}"
        )
    if error.validator == "required":
        absent = [key for key in schema["required"] if key not in found]
        return (
            f"Configuration: {where} has no key {absent[0]!r}; expected all of "
            f"{', '.join(schema['required'])}: give config/config.yaml its key back."
        )
    if "propertyNames" in error.absolute_schema_path:
        return (
            f"Configuration: there is no key {found!r} at {where}; expected keys that match "
            f"{schema['pattern']}: correct or remove it."
        )
    if error.validator == "uniqueItems":
        twice = next(item for item, times in Counter(map(str, found)).items() if times > 1)
        return (
            f"Configuration: {where} names {twice!r} twice; expected it once: remove one of them."
        )
    # Of several choices, the one that was meant is told by what is wrong further down in it.
    for choice in error.context or []:
        further = len(choice.absolute_path) > len(error.absolute_path)
        if further or {"propertyNames", "uniqueItems"} & set(choice.relative_schema_path):
            return _sentence(choice)
    shown = "null" if found is None else textwrap.shorten(repr(found), 80, placeholder=" …")
    fix = "correct it"
    if "string" in schema.get("type", ()) and isinstance(found, int | float | datetime.date | dict):
        shown = f"{found}"
        if isinstance(found, bool):
            shown += f" (YAML's {'yes, on or true' if found else 'no, off or false'})"
        fix = "put it in quotes if that is the name, or correct it"
    near = did_you_mean(found, schema["enum"]) if "enum" in schema else ""
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


def _consistent(config: dict[str, Any], default_regions: dict[str, Any]) -> None:
    """What a schema cannot say: one key against another."""
    dataset, k_max = config["dataset"], config["kmeans"]["k"]["max"]
    source, regions = dataset["source"], config["regions"]
    if source != "simulated" and not dataset["root"]:
        raise StudyError(
            "Configuration: dataset.root is empty; expected the folder of the data for the "
            f"{source} source: set it in the file that you give by --configfile."
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
    if source != "regions" and not isinstance(regions, dict):
        raise StudyError(
            f"Configuration: regions is {regions!r}; expected collections by name for the {source} "
            "source, such as {floc-faces: all}: name them as in config/config.yaml."
        )
    if source != "regions":
        _collections(regions)
    else:
        _pattern(dataset["pattern"])
        if isinstance(regions, dict) and regions != default_regions:
            raise StudyError(
                f"Configuration: regions has keys such as {next(iter(regions))!r}; expected all or "
                "a list for the regions source: name the regions as a list."
            )
    if isinstance(regions, list):
        _region_names(regions, "regions")
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


def _collections(regions: dict[str, Any]) -> None:
    """Refuse what no label volume can answer."""
    if all(choice is None for choice in regions.values()):
        raise StudyError(
            "Configuration: regions leaves out every collection; expected at least one: set one to "
            "all, or list its regions."
        )
    if not isinstance(regions.get("aseg"), dict | None):
        raise StudyError(
            f"Configuration: regions.aseg is {regions['aseg']!r}; expected names by label number, "
            "such as {17: L-hippocampus}: NSD has no table of its labels."
        )
    for collection, choice in regions.items():
        large = (
            [label for label in choice if int(label) > LARGEST_LABEL]
            if isinstance(choice, dict)
            else []
        )
        if large:
            raise StudyError(
                f"Configuration: regions.{collection} has the label {large[0]}; expected numbers "
                f"up to {LARGEST_LABEL}: correct it."
            )
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


def _pattern(pattern: str) -> None:
    """Refuse a pattern of averaged responses by which no file can be found or read."""
    if pattern.startswith(("/", "~")):
        raise StudyError(
            f"Configuration: dataset.pattern is {pattern!r}; expected a path below dataset.root: "
            "move its beginning there."
        )
    if "{region}" not in pattern and not pattern.endswith((".parquet", ".csv", ".tsv")):
        raise StudyError(
            f"Configuration: dataset.pattern is {pattern!r}; expected {{region}} in it, or a "
            "table's ending, .parquet, .csv or .tsv: say which of the two the files are."
        )


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every fraction of the configuration with its key."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _numbers(held, f"{name}.{key}" if name else key)
    elif isinstance(value, float):
        yield name, value
