"""The one reader and writer of the study's records, small JSON files checked against a schema.

A schema is a JSON Schema in YAML in ``schemas/records``: ``fit``, ``elbow`` and the like.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from response_clusters.digits import rounded
from response_clusters.errors import StudyError
from response_clusters.files import REMAKE, reading, replacing
from response_clusters.strict import schema_errors

SCHEMAS = Path(__file__).resolve().parent / "schemas" / "records"

_AGAIN = "delete it and run again"


@cache
def _schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SCHEMAS / f"{name}.yaml").read_text("utf-8"))
    return loaded


def checked_record(record: Any, name: str, where: str) -> dict[str, Any]:
    """`record`, if it is what the schema `name` describes.

    Parameters
    ----------
    where : str
        What to call the record in an error: usually its path.

    Raises
    ------
    StudyError
        Naming the first field that is missing, unknown or holds what it may not.
    """
    if errors := schema_errors(record, _schema(name)):
        field = ".".join(map(str, errors[0].absolute_path)) or "the record"
        raise StudyError(
            f"{where}: {field} is not as {name}.yaml describes it ({errors[0].message}); expected "
            f"a record of the study ({name}): {_AGAIN}."
        )
    valid: dict[str, Any] = record
    return valid


def read_record(path: str | Path, name: str) -> dict[str, Any]:
    """A record of the study.

    Raises
    ------
    StudyError
        If the file is missing, is no JSON, or is not what the schema `name` describes.
    """
    with reading(path, f"a record of the study ({name})", "damaged", REMAKE):
        record = json.loads(Path(path).read_text("utf-8"))
    return checked_record(record, name, str(path))


def read_fit(path: str | Path, clusters: Iterable[int] = ()) -> dict[str, Any]:
    """The record of a fit, held against itself and against the table drawn beside it.

    Parameters
    ----------
    clusters : iterable of int
        The clusters that the table names, numbered from 1.

    Raises
    ------
    StudyError
        As `read_record` does, or if the record contradicts itself or lacks one of `clusters`.
    """
    fit = read_record(path, "fit")
    k, sizes = fit["k"], fit["sizes"]
    if len(sizes) != k or sum(sizes) != fit["trials"]:
        raise StudyError(
            f"{path}: k = {k} and {fit['trials']} trials, but {len(sizes)} sizes that sum to "
            f"{sum(sizes)}; expected a record of the study (fit): {_AGAIN}."
        )
    if strange := sorted({int(cluster) for cluster in clusters} - set(range(1, k + 1))):
        raise StudyError(
            f"{path}: k = {k}, but the table beside it has the cluster {strange[0]}; expected the "
            "record and the table of one fit: delete both and run again."
        )
    return fit


def _rounded(value: Any) -> Any:
    """A record, or a part of one, with its fractions rounded."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return rounded(value) if isinstance(value, float) else value


def write_record(
    record: dict[str, Any], path: str | Path, name: str, *, compact: bool = False
) -> None:
    """Check a record against the schema `name` and write it whole, fractions to `DIGITS` digits.

    Parameters
    ----------
    compact : bool
        Whether to write it without blanks: thousands of numbers would be mostly indents.

    Raises
    ------
    StudyError
        As `checked_record` does; nothing is written then.
    """
    checked_record(record, name, str(path))
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 2}
    with replacing(path) as draft:
        draft.write_text(json.dumps(_rounded(record), **layout) + "\n", "utf-8")
