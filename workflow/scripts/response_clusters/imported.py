"""Responses that others have averaged over regions: what their files hold."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import reading, text_lines
from response_clusters.tables import whole_numbers

KNOWN = {"trial": 1, "session": 1, "image": 0, "repeat": 0}
"""Columns of a subject's table that are not regions, where it has them, and their least value."""
_NUMBERS = "one number on each line, a line per trial"
_TABLE = "a table with a row per trial and a column per region"
# What pandas calls a column without a name, such as an index, on its way to or from a file.
_NAMELESS = re.compile(r"\s*|Unnamed: \d+|__index_level_\d+__")


def read_numbers(path: str | Path) -> npt.NDArray[np.float64]:
    """A region's responses from a text file, a number a line in trial order.

    Raises
    ------
    StudyError
        If a line is empty or anything but one number: its trial could not be told from the next.
    """
    values = []
    for number, line in enumerate(text_lines(path, _NUMBERS), 1):
        try:
            values.append(float(line))
        except ValueError:
            found = f"holds {line.strip()[:40]!r}" if line.strip() else "is empty"
            raise StudyError(
                f"{path}: line {number} {found}; expected {_NUMBERS}: put the trial's response "
                "there, or nan where it is not known."
            ) from None
    return np.array(values)


def column_names(path: str) -> list[str]:
    """The columns of a subject's table.

    Raises
    ------
    StudyError
        If it cannot be read, two columns share a name, or one has none: an index that was written
        along would count as a region.
    """
    with reading(path, _TABLE, "damaged or something else") as file:
        if path.endswith(".parquet"):
            import pyarrow.parquet as pq

            names = list(pq.read_schema(file).names)
        else:
            header = pd.read_csv(file, sep=_separator(path), header=None, nrows=1, dtype="string")
            names = header.iloc[0].fillna("").tolist()
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise StudyError(
            f"{path}: {times} columns are called {name!r}; expected a name of its own for each: "
            "rename or remove one."
        )
    nameless = [at for at, name in enumerate(names, 1) if _NAMELESS.fullmatch(name)]
    if nameless:
        raise StudyError(
            f"{path}: column {nameless[0]} has no name of its own ({names[nameless[0] - 1]!r}); "
            "expected a region, or trial, session, image or repeat: name it, or write the table "
            "without its index."
        )
    return names


def read_columns(path: str, columns: list[str] | None = None) -> pd.DataFrame:
    """A subject's table, or some of its columns, with what it says of trials held to be numbers.

    Raises
    ------
    StudyError
        If it cannot be read, two columns share a name, or a trial, session, image or repeat is not
        a whole number; images and repeats may be missing.
    """
    column_names(path)
    with reading(path, _TABLE, "damaged or something else") as file:
        if path.endswith(".parquet"):
            table = pd.read_parquet(file, columns=columns)
        else:
            table = pd.read_csv(file, sep=_separator(path), skip_blank_lines=False)
            if not isinstance(table.index, pd.RangeIndex):
                raise ValueError("the rows have more fields than the header has names")
            table = table if columns is None else table[columns]
    # A Parquet file may hold a column as its index.
    table = table.reset_index(drop=all(name is None for name in table.index.names))
    if not len(table):
        raise StudyError(
            f"{path}: the table has no rows; expected a row per trial: fetch it again."
        )
    for name, least in KNOWN.items():
        if name in table:
            optional = name in ("image", "repeat")
            given = table[name].notna() if optional else slice(None)
            whole_numbers(table.loc[given, name], least, path)
            table[name] = pd.to_numeric(table[name]).astype("Int64" if optional else "int64")
    if "trial" in table and (again := table["trial"].duplicated()).any():
        raise StudyError(
            f"{path}: trial {table.loc[again, 'trial'].iloc[0]} is there twice; expected one row "
            "per trial: remove or renumber one of them."
        )
    return table


def _separator(path: str) -> str:
    return "\t" if path.endswith(".tsv") else ","
