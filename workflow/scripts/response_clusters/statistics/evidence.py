"""What tables of claims say of a statement, and looking it up in them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from response_clusters.statistics.verdicts import (
    Null,
    Part,
    two_decimals,
)

Tables = Mapping[str, Any]
"""By name (nulls, chosen_k, stability, ladder, repeats, shared, enrichment, nearest_again), a
DataFrame; elbow and cooccurrence, a record. One that the study does not make is missing."""


@dataclass(frozen=True)
class Evidence:
    """What the tables say of a statement; nan where they say nothing."""

    parts: tuple[Part, ...] = ()
    ours: float = math.nan
    low: float = math.nan
    high: float = math.nan
    null: float = math.nan
    null_low: float = math.nan
    null_high: float = math.nan
    compared: Null = field(default_factory=Null)
    remark: str = ""


def chosen_k(tables: Tables) -> int:
    """The k that the pooled elbow chose; 0 if it is not known."""
    choice = tables.get("elbow")
    return 0 if choice is None else int(choice["k"])


def row_where(table: pd.DataFrame | None, **where: Any) -> pd.Series | None:
    """The row of a table in which columns have these values; None if there is none."""
    if table is None:
        return None
    rows = table
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.iloc[0] if len(rows) else None


def observed(table: pd.DataFrame | None, k: int, statistic: str) -> float:
    """The observed value of a statistic at k; nan if there is none."""
    row = row_where(table, k=k, statistic=statistic)
    return math.nan if row is None else value_of(row, "observed")


def value_of(row: pd.Series, column: str) -> float:
    """A number of a row; nan where it is null."""
    value = row[column]
    return math.nan if pd.isna(value) else float(value)


def null_of(row: pd.Series) -> Null:
    """How a row compares with the continuum."""
    low, high = value_of(row, "low"), value_of(row, "high")
    above = value_of(row, "observed") - high
    excess = above / (high - low) if high > low else math.copysign(math.inf, above)
    return Null(value_of(row, "p"), value_of(row, "index"), int(row["surrogates"]), excess)


def beside_continuum(row: pd.Series, parts: tuple[Part, ...]) -> Evidence:
    """A row's observed value beside the band of its surrogates."""
    return Evidence(
        parts,
        value_of(row, "observed"),
        null=value_of(row, "continuum"),
        null_low=value_of(row, "low"),
        null_high=value_of(row, "high"),
        compared=null_of(row),
    )


def reaching(name: str, value: float, aim: float) -> Part:
    """A part that is met from `aim` on."""
    if math.isnan(value):
        return Part(name, None)
    return Part(f"{name} is {two_decimals(value)} (asked for: {aim:g})", value >= aim)
