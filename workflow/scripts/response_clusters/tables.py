"""The one reader and writer of the study's tables, each checked against its schema.

A schema is a small YAML file in ``schemas/tables``: the columns in order, each with its type and
limits, what columns may follow (one per region, say) and which columns identify a row.
Trial-level tables are Parquet (zstd), those a person opens are TSV.
"""

import re
from collections.abc import Collection
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.digits import rounded
from response_clusters.errors import StudyError, listed
from response_clusters.files import REMAKE, reading, replacing
from response_clusters.ids import as_ids
from response_clusters.table_schemas import loaded_schema

SCHEMAS = Path(__file__).resolve().parent / "schemas" / "tables"

_AGAIN = "correct what it was made from, or delete it and run again if it was edited"

NUMBER = re.compile(r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*")
"""A number as people write it: Python also takes 1_000 and the digits of other alphabets."""

# What a schema's type is in memory; integers and truth values become pandas' nullable kinds where
# the schema allows nulls. `plain` integers do so only where a value is missing.
_DTYPES = {"string": "string", "bool": "boolean"}


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema called `name`, as the dict that its YAML file holds."""
    return loaded_schema(SCHEMAS / f"{name}.yaml")


def validated(
    table: pd.DataFrame, name: str, where: str, part: Collection[str] | None = None
) -> pd.DataFrame:
    """`table` with the column order and the types of its schema.

    Parameters
    ----------
    table : DataFrame
        One observation a row.
    name : str
        A schema in ``schemas/tables``.
    where : str
        What to call the table in an error: usually its path.
    part : collection of str, optional
        The columns that `table` has on purpose, where these are not all.

    Raises
    ------
    StudyError
        If a column is missing or unexpected, holds a null, a type or a value that the schema does
        not allow, or if two rows share a key.
    """
    rules = schema(name)
    columns: dict[str, dict[str, Any]] = {
        column: rule for column, rule in rules["columns"].items() if part is None or column in part
    }
    further = [column for column in table.columns if column not in columns]
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise StudyError(
            f"{where}: the column {missing[0]!r} is missing, found {listed(table.columns)}; "
            f"expected the columns of {name}.yaml: {_AGAIN}."
        )
    if further and "further" not in rules:
        raise StudyError(
            f"{where}: there is a column {further[0]!r}; expected only {listed(columns)}: {_AGAIN}."
        )
    columns |= dict.fromkeys(further, rules.get("further", {}))
    checked = pd.DataFrame(
        {c: _checked(table[c], c, rule, where) for c, rule in columns.items()}, index=table.index
    )
    key = rules.get("key")
    if key and set(key) <= set(columns) and checked.duplicated(key).any():
        first = checked[checked.duplicated(key)].iloc[0]
        row = " and ".join(f"{column} {first[column]}" for column in key)
        raise StudyError(f"{where}: two rows have {row}; expected one row for each: {_AGAIN}.")
    return checked.reset_index(drop=True)


def _checked(values: pd.Series, column: str, rule: dict[str, Any], where: str) -> pd.Series:
    """One column cast to its schema's type and held against its limits."""
    kind = rule["type"]
    if kind == "image":
        if not pd.api.types.is_numeric_dtype(values):
            values = as_ids(values, where)
        kind = "int32" if pd.api.types.is_numeric_dtype(values) else "string"
        rule = rule | ({"minimum": 0} if kind == "int32" else {})
    nulls = values.isna()
    if nulls.any() and not rule.get("nullable", False):
        row = int(np.flatnonzero(nulls.to_numpy())[0]) + 1
        raise StudyError(
            f"{where}: row {row} has no value for {column!r}; expected {kind}: {_AGAIN}."
        )
    dtype = _DTYPES.get(kind, kind)
    plain = rule.get("plain", False) and not nulls.any()
    if rule.get("nullable", False) and kind.startswith("int") and not plain:
        dtype = kind.capitalize()
    if kind == "bool" and not rule.get("nullable", False):
        dtype = "bool"
    try:
        if kind.startswith(("int", "float")) and pd.api.types.is_string_dtype(values):
            words = (word for word in values[~nulls] if not _number(word))
            if (word := next(words, None)) is not None:
                raise ValueError(f"could not convert {word!r}")
        cast = values.astype(dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise StudyError(
            f"{where}: the column {column!r} holds what is not {kind} ({error}); expected {kind}: "
            f"{_AGAIN}."
        ) from None
    known = cast[~nulls]
    wrong = pd.Series(False, index=known.index)
    if kind.startswith("int") and not (known.astype(float) == values[~nulls].astype(float)).all():
        raise StudyError(
            f"{where}: the column {column!r} holds numbers that are not {kind}; expected {kind}: "
            f"{_AGAIN}."
        )
    if "minimum" in rule:
        wrong |= known < rule["minimum"]
    if "maximum" in rule:
        wrong |= known > rule["maximum"]
    if "enum" in rule:
        wrong |= ~known.isin(rule["enum"])
    if kind.startswith("float") and rule.get("finite", True):
        wrong |= ~np.isfinite(known.to_numpy())
    if wrong.any():
        limits = [f"{name} {rule[name]}" for name in ("minimum", "maximum", "enum") if name in rule]
        raise StudyError(
            f"{where}: the column {column!r} holds {known[wrong].iloc[0]}; expected {kind} with "
            f"{', '.join(limits) or 'finite numbers'}: {_AGAIN}."
        )
    return cast


def _number(word: Any) -> bool:
    """Whether a text says a number, or what stands for one that is not finite."""
    return isinstance(word, str) and bool(NUMBER.fullmatch(word) or word in ("inf", "-inf"))


def write_table(table: pd.DataFrame, path: str | Path, name: str) -> None:
    """Check `table` against the schema `name` and write it whole: Parquet or TSV by the suffix.

    Numbers in float64 have `DIGITS` significant digits in a TSV, and all they have in Parquet.

    Raises
    ------
    StudyError
        As `validated` does; nothing is written then.
    """
    checked = validated(table, name, str(path))
    with replacing(path) as draft:
        if Path(path).suffix == ".parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            arrow = pa.Table.from_pandas(checked, preserve_index=False)
            pq.write_table(arrow, draft, compression="zstd")
        else:
            for column in checked.select_dtypes("float64"):
                checked[column] = checked[column].map(rounded)
            checked.to_csv(draft, sep="\t", index=False, lineterminator="\n", encoding="utf-8")


def read_table(path: str | Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """A table of the study with its schema's types; `columns` picks some of a Parquet file's.

    Raises
    ------
    StudyError
        If the file is not a table of that kind.
    """
    if Path(path).suffix == ".parquet":
        with reading(path, f"a {name} table of the study", "damaged", REMAKE):
            table = pd.read_parquet(path, columns=columns)
        return validated(table, name, str(path), columns)
    with reading(path, f"a {name} table of the study", "damaged", REMAKE):
        text = pd.read_csv(path, sep="\t", dtype="string", keep_default_na=False, na_values=[""])
    for column, rule in schema(name)["columns"].items():
        if column in text and rule["type"] == "bool":
            text[column] = text[column].map({"True": True, "False": False}).astype("boolean")
    return validated(text, name, str(path))


def region_columns(table: pd.DataFrame, name: str) -> list[str]:
    """The columns of `table` that its schema does not list: one per region, in table order."""
    return [column for column in table.columns if column not in schema(name)["columns"]]


def whole_numbers(
    values: pd.Series,
    minimum: int,
    where: str,
    fix: str = "correct the file",
    maximum: int = 2**63 - 1,
) -> npt.NDArray[np.int64]:
    """A column that must hold whole numbers, none of them missing.

    Truth values and times are none, nor is text that says a number in another way than people
    write it.

    Parameters
    ----------
    values : Series
        Named as the column is, its index counting rows from 0.
    minimum, maximum : int
        The smallest and the largest allowed.
    where : str
        The file.
    fix : str
        What to do about it.

    Raises
    ------
    StudyError
        If a value is missing, is no whole number or is out of range; the first is named.
    """
    if pd.api.types.is_integer_dtype(values) and not values.isna().any():
        numbers = values.to_numpy()
        wrong = (numbers < minimum) | (numbers > maximum)
    elif pd.api.types.is_float_dtype(values):
        numbers = values.to_numpy(np.float64, na_value=np.nan)
        # Beyond 2⁵³ not every whole number has a float64 of its own.
        whole = (numbers == np.round(numbers)) & (np.abs(numbers) < 2.0**53)
        wrong = ~(whole & (numbers >= minimum) & (numbers <= maximum))
    else:
        numbers = np.array([_whole(value) for value in values], dtype=object)
        wrong = np.array([n is None or not minimum <= n <= maximum for n in numbers], dtype=bool)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        first: Any = values.iloc[place]
        told = "nothing" if np.ndim(first) == 0 and pd.isna(first) else f"{first!s}"[:60]
        number = _whole(first)
        upto = f" to {maximum}" if number is not None and number > maximum else ""
        raise StudyError(
            f"{where}: the column {values.name!r} holds {told} in row {values.index[place] + 1}; "
            f"expected whole numbers from {minimum}{upto}: {fix}."
        )
    return numbers.astype(np.int64)


def _whole(value: Any) -> int | None:
    """A whole number, or text that says one; None for anything else, a truth value included."""
    if isinstance(value, str):
        value = Decimal(value.strip()) if NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | np.number):
        return None
    # What no column can hold is not spelt out: 1e99999999 would take all memory.
    number: Any = value
    return int(number) if abs(number) < 2**64 and number == int(number) else None
