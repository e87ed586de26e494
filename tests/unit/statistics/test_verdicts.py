"""The rules of a verdict, on made-up inputs: every verdict that every rule can give."""

import math

import numpy as np
import pytest
from response_clusters.statistics.verdicts import (
    DOES_NOT,
    HOLDS,
    IN_PART,
    UNTESTABLE,
    Null,
    Part,
    choice_p,
    in_words,
    two_decimals,
    verdict,
)

YES, NO, UNKNOWN = Part("a", True), Part("b", False), Part("c", None)
BEYOND = Null(p=0.025, index=0.9, surrogates=39)


@pytest.mark.parametrize("against", ["continuum", "choices", "chance"])
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), UNTESTABLE),
        ((UNKNOWN, UNKNOWN), UNTESTABLE),
        ((NO,), DOES_NOT),
        ((NO, UNKNOWN), DOES_NOT),
        ((YES, NO), IN_PART),
        ((YES, UNKNOWN), IN_PART),
        ((YES, NO, UNKNOWN), IN_PART),
        ((YES,), HOLDS),
        ((YES, YES), HOLDS),
    ],
)
def test_what_is_met_decides_first(against: str, parts: tuple[Part, ...], expected: str) -> None:
    assert verdict(parts, against, BEYOND)[0] == expected


@pytest.mark.parametrize(
    ("against", "compared", "expected", "why"),
    [
        ("continuum", Null(0.025, 0.5, 39), HOLDS, "does not give it"),
        ("continuum", Null(0.05, 0.5, 39), HOLDS, "does not give it"),
        ("continuum", Null(0.075, 0.9, 39), IN_PART, "gives it as well"),
        ("continuum", Null(0.025, 0.49, 39), IN_PART, "nearer to that"),
        ("continuum", Null(0.025, -2, 39), IN_PART, "nearer to that"),
        ("continuum", Null(0.025, math.nan, 39), IN_PART, "how much more is not known"),
        ("continuum", Null(), IN_PART, "What a continuum gives is not known"),
        # Nine surrogates allow no p below .1: then a statistic has to lie well above their band.
        ("continuum", Null(0.1, 0.9, 9, 0.5), HOLDS, "p = 0.1 with 9 surrogates"),
        ("continuum", Null(0.1, 0.9, 9, 0.4), IN_PART, "Too few surrogates"),
        ("continuum", Null(0.1, 0.9, 9), IN_PART, "Too few surrogates"),
        ("continuum", Null(0.125, 0.9, 7, 9.0), IN_PART, "Too few surrogates"),
        ("continuum", Null(0.2, 0.9, 9, -0.1), IN_PART, "gives it as well"),
        ("choices", Null(0.1, math.nan, 9), IN_PART, "Too few surrogates"),
        ("continuum", Null(0.1, 0.9, 39), IN_PART, "gives it as well"),
        ("choices", Null(0.05, math.nan, 19), HOLDS, "would seldom choose it"),
        ("choices", Null(0.1, math.nan, 19), IN_PART, "may choose it, too"),
        ("choices", Null(), IN_PART, "What a continuum gives is not known"),
        ("chance", Null(), HOLDS, "Met: a."),
        ("chance", Null(0.9), HOLDS, "Met: a."),
    ],
)
def test_what_is_met_has_to_be_beyond_a_continuum(
    against: str, compared: Null, expected: str, why: str
) -> None:
    word, reason = verdict((YES,), against, compared)
    assert word == expected
    assert why in reason


@pytest.mark.parametrize("draws", [9, 12, 18])
@pytest.mark.parametrize("kind", ["standard_normal", "standard_exponential", "random"])
def test_few_surrogates_hold_the_level(kind: str, draws: int) -> None:
    """The data are one more draw of the same distribution: seldom are they called beyond it."""
    drawn = getattr(np.random.default_rng(draws), kind)((4000, draws + 1))
    low, high = np.quantile(drawn[:, 1:], [0.025, 0.975], axis=1)
    excess = (drawn[:, 0] - high) / (high - low)
    p = (1 + (drawn[:, 1:] >= drawn[:, :1]).sum(axis=1)) / (1 + draws)
    beyond = [Null(a, 0.9, draws, b).beyond for a, b in zip(p, excess, strict=True)]
    assert np.mean(beyond) <= 0.055


def test_the_reason_names_every_part() -> None:
    reason = verdict((YES, NO, UNKNOWN, Part("d", True)), "chance", Null())[1]
    assert reason == "Met: a, d. Not met: b. Not known: c."


def test_a_choice_that_surrogates_never_make_has_the_least_p() -> None:
    assert choice_p(6, {4: 19}) == 1 / 20
    assert choice_p(6, {6: 19}) == 1
    # One that was made once is as rare as the one observed.
    assert choice_p(6, {4: 18, 9: 1}) == 2 / 20
    assert choice_p(6, {6: 9, 7: 10}) == 1  # ten and ten
    assert choice_p(6, {6: 4, 7: 15}) == 5 / 20
    assert math.isnan(choice_p(6, {}))


def test_a_choices_p_holds_its_level() -> None:
    """Where the observed choice is one more draw of the same, p ≤ .1 in a tenth at most."""
    rng = np.random.default_rng(3)
    shares = [0.5, 0.3, 0.05, 0.05, 0.05, 0.05]
    small = 0
    for _ in range(2000):
        observed, *others = rng.choice(6, size=20, p=shares).tolist()
        small += choice_p(observed, {k: others.count(k) for k in set(others)}) <= 0.1
    assert 0.02 < small / 2000 <= 0.12


def test_numbers_in_words() -> None:
    words = ["0.81", "0.00", "\N{MINUS SIGN}1.50"]
    assert [two_decimals(x) for x in (0.8149, -0.001, -1.5)] == words
    assert [in_words(p) for p in (0.1, 0.0254, 0.0009)] == ["p = 0.1", "p = 0.025", "p < 0.001"]
