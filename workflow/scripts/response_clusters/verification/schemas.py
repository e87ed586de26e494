"""Which schema a result belongs to, by its path, and reading it by that schema."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from response_clusters import records, tables
from response_clusters.records import read_record
from response_clusters.tables import read_table

IMPORTED = ("<subject>/regional_means.parquet", "tables", "regional_means")
"""The second place of a table, which its schema names in words."""
# Called by the kind of a file. What these read is made into no result, so that no digest of code
# has to follow which schemas they name.
_READERS = {"tables": read_table, "records": read_record}


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, str]]:
    """Where each kind of table and record is, the most particular path first."""
    places = [IMPORTED]
    for folder in (tables.SCHEMAS, records.SCHEMAS):
        for schema in folder.glob("*.yaml"):
            path = yaml.safe_load(schema.read_text("utf-8"))["path"]
            places.append((path, folder.name, schema.stem))
    places.sort(key=lambda place: (place[0].count("<"), place))
    return [
        (re.compile(re.sub(r"<\w+>", "[^/]+", path.replace(".", r"\."))), kind, name)
        for path, kind, name in places
    ]


def schema_of(name: str) -> tuple[str, str] | None:
    """The kind, ``tables`` or ``records``, and the schema of a result; None for other files.

    Parameters
    ----------
    name : str
        The path below the study's folder.
    """
    found = ((kind, schema) for path, kind, schema in _patterns() if path.fullmatch(name))
    return next(found, None)


class Results:
    """A study's results, read by their schemas.

    Parameters
    ----------
    out : Path
        The study's folder.
    names : set of str
        The files that the study consists of, by their paths below the folder.
    """

    def __init__(self, out: Path, names: set[str]) -> None:
        self.out, self.names = out, names
        # Enough for what stands beside each other, in a study of any size.
        self._read = lru_cache(16)(self._read_anew)

    def table(self, name: str) -> pd.DataFrame:
        """A table, with the types of its schema.

        Raises
        ------
        StudyError
            As `read_table` does.
        """
        table: pd.DataFrame = self._read(name)
        return table

    def record(self, name: str) -> dict[str, Any]:
        """A record.

        Raises
        ------
        StudyError
            As `read_record` does.
        """
        record: dict[str, Any] = self._read(name)
        return record

    def _read_anew(self, name: str) -> Any:
        found = schema_of(name)
        assert found, name
        kind, schema = found
        return _READERS[kind](self.out / name, schema)
