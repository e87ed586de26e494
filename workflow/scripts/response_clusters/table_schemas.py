"""The schemas of the study's tables, with the columns that several of them share filled in.

Where a table's schema has ``column: claims``, the column is as ``schemas/columns/claims.yaml``
describes it.
"""

from pathlib import Path
from typing import Any

import yaml


def loaded_schema(path: Path) -> dict[str, Any]:
    """What a schema's file holds; of a table's, with every column spelt out.

    Raises
    ------
    KeyError
        If the shared columns lack one that the schema names.
    """
    schema: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    if "columns" in schema:
        schema["columns"] = {
            column: _shared(path, rule)[column] if isinstance(rule, str) else rule
            for column, rule in schema["columns"].items()
        }
    return schema


def _shared(schema: Path, name: str) -> dict[str, Any]:
    path = schema.parents[1] / "columns" / f"{name}.yaml"
    columns: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return columns
