"""How a result that contradicts another is told, and how two tables are compared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RELATIVE = 1e-9
"""Text files have twelve digits of a number, and what is computed from these has nearly as many."""


def told(path: Path, found: str, expected: str) -> str:
    """One sentence about a file that is not what it should be."""
    return f"{path}: {found}; expected {expected}: delete it and run again."


def differing(
    path: Path,
    found: pd.DataFrame,
    expected: pd.DataFrame,
    source: str,
    relative: float = RELATIVE,
) -> Iterator[str]:
    """The first difference between a table and what it should be, if there is one.

    Parameters
    ----------
    found, expected : DataFrame
        Both with the types of their schema.
    source : str
        What `expected` was computed from, as it stands in a sentence.
    relative : float
        How much numbers that are no whole ones may differ, as a share, or absolutely below 1.
    """
    if list(found.columns) != list(expected.columns):
        odd = sorted(set(found.columns) ^ set(expected.columns)) or list(found.columns)
        yield told(path, f"it differs in the columns {odd}", f"those of {source}")
    elif len(found) != len(expected):
        yield told(path, f"it has {len(found)} rows", f"{len(expected)}, as {source} gives them")
    else:
        for column in found.columns:
            wrong = ~_alike(found[column], expected[column], relative)
            if wrong.any():
                row = int(wrong.argmax())
                yield told(
                    path,
                    f"{column} is {_shown(found[column].iloc[row])} in row {row + 1}",
                    f"{_shown(expected[column].iloc[row])}, as {source} gives it",
                )
                return


def _shown(value: Any) -> str:
    return "nothing" if pd.isna(value) else str(value)


def _alike(a: "pd.Series[Any]", b: "pd.Series[Any]", relative: float) -> "np.ndarray[Any, Any]":
    """Where two columns hold the same, or numbers that are close."""
    absent = a.isna().to_numpy(), b.isna().to_numpy()
    if pd.api.types.is_float_dtype(a):
        x, y = (column.to_numpy(np.float64, na_value=np.nan) for column in (a, b))
        same = np.isclose(x, y, rtol=relative, atol=relative)
    else:
        # Compared as text: of two image columns one may hold numbers and the other names.
        same = a.astype(str).to_numpy() == b.astype(str).to_numpy()
    alike: np.ndarray[Any, Any] = np.where(absent[0] | absent[1], absent[0] & absent[1], same)
    return alike
