"""How many digits the numbers in text files have."""

DIGITS = 12
"""Significant ones: of what is computed in float64, the further ones are rounding."""


def rounded(value: float) -> float:
    """The number as text files hold it, such as 0.333333333333."""
    return float(f"{value:.{DIGITS}g}")
