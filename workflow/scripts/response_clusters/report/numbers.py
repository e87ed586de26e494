"""How many decimals the numbers of the page have: what a reader or a chart can tell apart."""

from typing import Any

import numpy as np

_DIGITS, _OF_PROFILES = 6, 5
"""Profiles have fewer: of all numbers of the page, most are theirs."""


def short(value: Any) -> float:
    """A correlation, a share or a lift, to six decimals."""
    return round(float(value), _DIGITS) + 0.0  # no minus before a zero


def profile(values: Any) -> list[float]:
    """A number for each region, to five decimals."""
    rounded: list[float] = (np.asarray(values, np.float64).round(_OF_PROFILES) + 0.0).tolist()
    return rounded
