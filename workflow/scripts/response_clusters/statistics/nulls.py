"""Observed statistics beside those of reference models: p, intervals and the index.

Missing values may be nan or None. A draw whose statistic is missing is left out, as if it had not
been made; if the observed value or all draws are missing, so is the result, which is nan here and
null in tables and records.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Values = npt.ArrayLike | Sequence[float | None] | None

QUANTILES = (0.025, 0.975)
"""Of draws, around the middle 95 %."""
# Two statistics that differ by less are equal: a last bit must not decide a p.
EQUAL = 1e-12


def p_value(observed: Values, null: Values) -> Floats:
    """p = (1 + #{null ≥ observed}) / (1 + B), for one statistic or many at once.

    The observed value counts as one of the draws, so p is never 0 and the test is valid for any B
    (Phipson and Smyth 2010, Stat Appl Genet Mol Biol 9:39). It is one-sided: negate both where
    small values speak against the null.

    Parameters
    ----------
    observed : array of any shape, float
    null : array of shape (B, …), float
        Draws of each statistic. Values within 10⁻¹² (relative, above 1) of the observed are equal.

    Returns
    -------
    ndarray of the shape of `observed`, float64
        From 1 / (1 + B) to 1; nan where `observed` or all of `null` is missing.
    """
    observed, null = _floats(observed), _floats(null)
    margin = EQUAL * np.maximum(1.0, np.abs(observed))
    reached = (null >= observed - margin).sum(axis=0)  # a nan reaches nothing
    draws = (~np.isnan(null)).sum(axis=0)
    known = ~np.isnan(observed) & (draws > 0)
    return np.where(known, (1 + reached) / (1 + draws), np.nan)


def interval(draws: Values) -> tuple[Floats, Floats]:
    """The quantiles .025 and .975 of draws, interpolated between them.

    Parameters
    ----------
    draws : array of shape (B, …), float

    Returns
    -------
    low, high : ndarray of shape (…), float64
        nan where all draws are missing.
    """
    draws = np.sort(_floats(draws), axis=0)  # nan comes last
    known = (~np.isnan(draws)).sum(axis=0)
    low, high = (_quantile(draws, known, q) for q in QUANTILES)
    return low, high


def mean(draws: Values) -> Floats:
    """The mean of draws of shape (B, …) over those that are not missing; nan if all are."""
    draws = _floats(draws)
    known = (~np.isnan(draws)).sum(axis=0)
    total = np.where(np.isnan(draws), 0.0, draws).sum(axis=0)
    return np.divide(total, known, out=np.full(np.shape(known), np.nan), where=known > 0)


def index(observed: Values, continuum: Values, groups: Values) -> Floats:
    """Where a statistic lies between two models: 0 a continuum, 1 k distinct groups.

    (observed − continuum mean) / (groups mean − continuum mean). With hundreds of thousands of
    trials anything is significant; this says how large it is. It is not clipped.

    Parameters
    ----------
    observed : array of any shape, float
    continuum, groups : array of shape (B, …) and (G, …), float
        Draws of each model. B and G may differ; G is 0 where there is no model of groups.

    Returns
    -------
    ndarray of the shape of `observed`, float64
        nan where one of the three is missing, or where both models have the same mean (within
        10⁻¹², relative above 1): the statistic does not tell them apart.
    """
    observed, zero, one = _floats(observed), mean(continuum), mean(groups)
    span = one - zero
    scale = np.maximum(1.0, np.maximum(np.abs(zero), np.abs(one)))
    apart = np.abs(span) > EQUAL * scale
    shape = np.broadcast_shapes(observed.shape, span.shape)
    return np.divide(observed - zero, span, out=np.full(shape, np.nan), where=apart)


@dataclass(frozen=True)
class Comparison:
    """One statistic beside both models; each value may be nan."""

    observed: float
    continuum: float
    """Mean of the continuum's surrogates."""
    low: float
    high: float
    """Their quantiles .025 and .975."""
    p: float
    groups: float
    """Mean of the surrogates with groups."""
    index: float
    """nan also where that mean lies between `low` and `high`: the statistic cannot tell."""
    surrogates: int
    """Surrogates of the continuum whose statistic is known."""


def compare(observed: float | None, continuum: Values, groups: Values = ()) -> Comparison:
    """One statistic beside its draws from both models.

    Parameters
    ----------
    observed : float or None
    continuum : array of shape (B,), float
    groups : array of shape (G,), float
        Empty where there is no model of groups, as where no image was shown twice.
    """
    low, high = interval(continuum)
    groups_mean = float(mean(groups))
    return Comparison(
        observed=float(_floats(observed)),
        continuum=float(mean(continuum)),
        low=float(low),
        high=float(high),
        p=float(p_value(observed, continuum)),
        groups=groups_mean,
        # Within the continuum's own spread, the two models are the same to this statistic.
        index=math.nan if low <= groups_mean <= high else float(index(observed, continuum, groups)),
        surrogates=int((~np.isnan(_floats(continuum))).sum()),
    )


def _floats(values: Values) -> Floats:
    return np.asarray(values, dtype=np.float64)  # None becomes nan


def _quantile(ordered: Floats, known: npt.NDArray[np.int64], q: float) -> Floats:
    """The quantile of the first `known` values of each column, as numpy's default defines it."""
    if not len(ordered):
        return np.full(ordered.shape[1:], np.nan)
    place = q * np.maximum(known - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    left, right = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (below, above))
    return left + (right - left) * (place - below)
