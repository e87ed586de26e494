"""Responses that others have averaged over regions: what their files hold."""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import reading, text_lines
from response_clusters.ids import as_ids
from response_clusters.sources.averages.columns import ROW, require_names
from response_clusters.tables import NUMBER, schema, whole_numbers

_NUMBERS = "one number on each line, a line per trial"
_TABLE = "a table with a row per trial and a column per region"


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
            # Python also takes 1_000, and the digits of other alphabets.
            if "_" in line or not line.isascii():
                raise ValueError
            values.append(float(line))
        except ValueError:
            contents = f"holds {line.strip()[:40]!r}" if line.strip() else "is empty"
            raise StudyError(
                f"{path}: line {number} {contents}; expected {_NUMBERS}: put the trial's response "
                "there, or nan where it is not known."
            ) from None
    return np.array(values)


def column_names(path: str, regions: Collection[str] = ()) -> list[str]:
    """The columns of a subject's table.

    Parameters
    ----------
    regions : collection of str
        As for `require_names`.

    Raises
    ------
    StudyError
        If it cannot be read or is laid out in another way, and as `require_names` does.
    """
    with reading(path, _TABLE, "damaged or something else") as file:
        names = [n for n, _ in _stored(file)] if path.endswith(".parquet") else _header(file)
    require_names(names, regions, path)
    return names


def _header(path: Path) -> list[str]:
    """The names in the first line of a table of text."""
    separator = _separator(path)
    with open(path, encoding=_encoding(path), newline="") as text:
        names = next(csv.reader(text, delimiter=separator, skipinitialspace=True), [])
    names = [unicodedata.normalize("NFC", name.strip()) for name in names]
    if any("\0" in name for name in names):
        raise ValueError("it holds zero bytes, which no text does")
    fault = ""
    if len(names) == 1 and (cut := re.search(r"[;\t,|]", names[0])):
        fault = f"one column with {cut[0]!r} in it"
    elif names and names[0].startswith("#"):
        fault = "which begins as comments do"
    elif all(map(_is_value, names)) and any(name and not name.isdecimal() for name in names):
        fault = "numbers only"
    if fault:
        raise StudyError(
            f"{path}: the header is {separator.join(names)[:60]!r}, {fault}; expected the names of "
            f"columns, separated by {separator!r}: save the table as such, with points in its "
            "numbers and no lines above the header."
        )
    return names


def _is_value(text: str) -> bool:
    """Whether a field holds a number, or what stands for one that is not known."""
    return bool(NUMBER.fullmatch(text)) or text.casefold() in ("", "nan", "na")


def read_columns(
    path: str, columns: list[str] | None = None, regions: Collection[str] = ()
) -> pd.DataFrame:
    """A subject's table, or some of its columns, with what it says of trials held to be numbers.

    Parameters
    ----------
    columns : list of str, optional
        All, unless given.
    regions : collection of str
        As for `column_names`.

    Raises
    ------
    StudyError
        If it cannot be read, as `column_names` does, or if a trial, session, image or repeat is not
        a whole number; images and repeats may be missing.
    """
    names = column_names(path, regions)
    if columns is None:
        # What shares its name with another is none that counts, or it was refused.
        times = Counter(names)
        columns = [name for name in names if times[name] == 1]
    with reading(path, _TABLE, "damaged or something else") as file:
        if path.endswith(".parquet"):
            table = _read_parquet(file, columns)
        else:
            table = _read_text(file, names, columns)
    if not len(table):
        raise StudyError(
            f"{path}: the table has no rows; expected a row per trial: fetch it again."
        )
    limits = schema("trials")["columns"]
    for name in table.columns:
        if name not in ROW:
            table[name] = _as_numbers(table[name])
            continue
        if name == "image":
            table[name] = as_ids(table[name], path)
            continue
        optional = limits[name].get("nullable", False)
        known = table[name].notna() if optional else slice(None)
        most = int(np.iinfo(limits[name]["type"]).max)
        numbers = whole_numbers(table.loc[known, name], limits[name]["minimum"], path, maximum=most)
        whole = pd.Series(numbers, index=table.index[known], dtype="Int64").reindex(table.index)
        table[name] = whole if optional else whole.astype("int64")
    if "trial" in table and (again := table["trial"].duplicated()).any():
        raise StudyError(
            f"{path}: trial {table.loc[again, 'trial'].iloc[0]} is there twice; expected one row "
            "per trial: remove or renumber one of them."
        )
    return table


def _read_parquet(path: Path, columns: list[str]) -> pd.DataFrame:
    """Columns by the names that the file gives them, whatever pandas made of them before."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stored = dict(_stored(path))
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        wanted = [name for name in columns if isinstance(stored[name], str)]
        arrow = file.read(columns=[stored[name] for name in wanted])
    table: dict[str, Any] = {}
    for name in columns:
        if not isinstance(stored[name], str):
            table[name] = stored[name]
            continue
        column = arrow.column(stored[name])
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_decimal(column.type):
            column = column.cast(pa.float64())
        table[name] = column.to_pandas()
    return pd.DataFrame(table, index=pd.RangeIndex(rows))


def _stored(path: Path) -> list[tuple[str, str | range]]:
    """The columns of a Parquet file, each with its name there.

    An index with a name that pandas keeps as its first, last and step only is a range here.

    Raises
    ------
    StudyError
        If columns have names on several levels.
    """
    import pyarrow.parquet as pq

    arrow_schema = pq.read_schema(path)
    said = arrow_schema.pandas_metadata or {}
    if len(said.get("column_indexes", [])) > 1:
        raise StudyError(
            f"{path}: the columns have names on several levels, such as {arrow_schema.names[0]!r}; "
            "expected one name for each: join the levels before writing the table."
        )
    ranges = [
        (index["name"], range(index["start"], index["stop"], index["step"]))
        for index in said.get("index_columns", [])
        if isinstance(index, dict) and index.get("name") is not None
    ]
    return [*((unicodedata.normalize("NFC", name), name) for name in arrow_schema.names), *ranges]


def _read_text(path: Path, names: list[str], columns: list[str]) -> pd.DataFrame:
    """A table of text; empty lines at its end mean nothing, elsewhere a trial is missing."""
    # What ends a line: not form feeds and the like, as for str.splitlines.
    text = path.read_text(_encoding(path)).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise ValueError("it holds zero bytes, which no text does")
    cut = _separator(path)
    lines = text.split("\n")
    while lines and not lines[-1].strip(" " if cut == "\t" else None):
        lines.pop()
    for number, fields in _fields(lines, cut):
        if not fields:
            raise StudyError(
                f"{path}: line {number} is empty; expected {_TABLE}: put the trial's responses "
                "there, or remove the line."
            )
        if fields != len(names):
            raise StudyError(
                f"{path}: line {number} has {fields} fields, and the header {len(names)} names; "
                f"expected {_TABLE}: correct the line, fetch the file again or, if it begins with "
                "the row's name, write the table without these."
            )
    table = pd.read_csv(
        io.StringIO("\n".join(lines)),
        sep=cut,
        header=None,
        skiprows=1,
        names=list(range(len(names))),
        usecols=[names.index(name) for name in columns],
        skip_blank_lines=False,
        skipinitialspace=True,
        index_col=False,
        low_memory=False,
    )
    return table.rename(columns=dict(enumerate(names)))[columns]


def _fields(lines: list[str], cut: str) -> Iterator[tuple[int, int]]:
    """How many fields each row of a table has, with the number of its line; none if it is empty."""
    if any('"' in line for line in lines):
        rows = csv.reader(
            (f"{line}\n" for line in lines), delimiter=cut, skipinitialspace=True, strict=True
        )
        for row in rows:
            yield rows.line_num, len(row)
    else:
        for number, line in enumerate(lines, 1):
            yield number, line.count(cut) + 1 if line.strip(" ") else 0


def _as_numbers(column: pd.Series) -> pd.Series:
    """A column of text as numbers, if all of it says numbers as people write them."""
    if not pd.api.types.is_string_dtype(column.dtype):
        return column
    known = column.dropna()
    if not all(isinstance(value, str) and NUMBER.fullmatch(value) for value in known):
        return column
    return column.astype(np.float64)


def _encoding(path: Path) -> str:
    """UTF-8, or UTF-16 where the file begins with its mark."""
    with open(path, "rb") as file:
        start = file.read(2)
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _separator(path: str | Path) -> str:
    return "\t" if str(path).endswith(".tsv") else ","
