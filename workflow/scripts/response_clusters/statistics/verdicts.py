"""The verdict on a statement: rules that are the same for all of them.

The rules are few and the same for all rows; docs/claims.md gives them in words:

1. *untestable*: the data lack what the statement is about.
2. *does_not*: nothing of what the statement says is found.
3. *in_part*: some of it is; or all, but a continuum without clusters gives it as well.
4. *holds*: all of it is, and a continuum does not give it: p is small and, where there is a model
   of groups, the index is at least a half.

A statement about images and what they show, not about clusters, is compared with chance in place of
a continuum: then what is no more than chance is not found.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HOLDS, IN_PART, DOES_NOT, UNTESTABLE = "holds", "in_part", "does_not", "untestable"
VERDICTS = (HOLDS, IN_PART, DOES_NOT, UNTESTABLE)
"""From the best to none."""
WORDS = {HOLDS: "holds", IN_PART: "in part", DOES_NOT: "does not hold", UNTESTABLE: "untestable"}
ONE = {
    HOLDS: "holds",
    IN_PART: "holds in part",
    DOES_NOT: "does not hold",
    UNTESTABLE: "is untestable",
}
MANY = {
    HOLDS: "hold",
    IN_PART: "hold in part",
    DOES_NOT: "do not hold",
    UNTESTABLE: "are untestable",
}
"""How people say it, beside a statement and of one or many of them."""
ALPHA = 0.05
"""p, and q of categories, from which on something is told from what it is compared with."""
HALFWAY = 0.5
"""The index from which on a statistic is nearer to k groups than to a continuum."""
FEWEST, MARGIN = 9, 0.5
"""Fewer surrogates than these say nothing; from these to 18, which allow no p ≤ .05, a statistic
has to lie this many widths of their band above it."""


@dataclass(frozen=True)
class Part:
    """One of the things that a statement says.

    Attributes
    ----------
    name : str
        In words, with the numbers found.
    met : bool or None
        None if it is not known.
    """

    name: str
    met: bool | None


@dataclass(frozen=True)
class Null:
    """How a statistic compares with surrogates; nan where that is not known.

    Attributes
    ----------
    p, index : float
    surrogates : int
        How many there are; 0 if p is of another kind, which can be as small as it is.
    excess : float
        By how many times the width of the surrogates' band (quantiles .025 to .975) the statistic
        lies above the band.
    """

    p: float = math.nan
    index: float = math.nan
    surrogates: int = 0
    excess: float = math.nan

    @property
    def few(self) -> bool:
        """Whether there are too few surrogates for any p of `ALPHA` or less."""
        return self.surrogates > 0 and ALPHA * (1 + self.surrogates) < 1 - 1e-9

    @property
    def beyond(self) -> bool | None:
        """Whether the statistic is more than surrogates give; None if that is not known.

        Of few surrogates, it has to lie well above the band: half its width. Of as many data sets
        of one distribution, fewer than .05 do so by chance, be it uniform, normal or exponential.
        """
        if math.isnan(self.p):
            return None
        if self.few:
            return self.surrogates >= FEWEST and self.excess >= MARGIN
        return self.p <= ALPHA + 1e-9


def verdict(parts: tuple[Part, ...], against: str, compared: Null) -> tuple[str, str]:
    """The verdict on a statement, and the reason in a sentence or two.

    Parameters
    ----------
    parts : tuple of Part
        What it says. None of them, or none known: untestable.
    against : {"continuum", "choices", "chance"}
        What a statement that is met has to be beyond: a continuum by p and index; how often it
        makes the same choice, by p alone; or nothing, as its parts are measured against chance.
    compared : Null
        With the continuum.
    """
    known = [part for part in parts if part.met is not None]
    if not known:
        return UNTESTABLE, ""
    met = [part.name for part in known if part.met]
    lacking = [part.name for part in known if not part.met]
    unknown = [part.name for part in parts if part.met is None]
    lists = {"Met": met, "Not met": lacking, "Not known": unknown}
    reason = " ".join(f"{word}: {', '.join(names)}." for word, names in lists.items() if names)
    if not met:
        return DOES_NOT, reason
    if lacking or unknown:
        return IN_PART, reason
    if against == "chance":
        return HOLDS, reason
    beyond, why = _beyond(against, compared)
    return (HOLDS if beyond else IN_PART), f"{reason} {why}"


def _beyond(against: str, compared: Null) -> tuple[bool, str]:
    """Whether a statement that is met is more than a continuum gives, and why."""
    p = in_words(compared.p)
    if compared.few:
        p += f" with {compared.surrogates} surrogates"
    if compared.beyond is None:
        return False, "What a continuum gives is not known."
    if compared.few and not compared.beyond and compared.p * (1 + compared.surrogates) < 1.5:
        return False, f"Too few surrogates to say that a continuum does not give it ({p})."
    if against == "choices":
        return compared.beyond, (
            f"A continuum without clusters would seldom choose it ({p})."
            if compared.beyond
            else f"A continuum without clusters may choose it, too ({p})."
        )
    if not compared.beyond:
        return False, f"A continuum without clusters gives it as well ({p})."
    if math.isnan(compared.index):
        return False, f"It is more than a continuum gives ({p}); how much more is not known."
    size = f"index {two_decimals(compared.index)}, {p}"
    if compared.index < HALFWAY:
        return False, f"More than a continuum gives, but nearer to that than to k groups ({size})."
    return True, f"A continuum without clusters does not give it ({size})."


def choice_p(k: int, draws: Mapping[int, int]) -> float:
    """p of a choice: how often surrogates make it, or one that they make no more often.

    The observed choice counts as one of the draws. Unlike the share that chooses `k`, this holds
    its level whatever the distribution, as every draw is as likely to be the observed one.

    Parameters
    ----------
    k : int
    draws : mapping
        How many surrogates chose each k.

    Returns
    -------
    float
        nan without surrogates.
    """
    if not sum(draws.values()):
        return math.nan
    counts = {**draws, k: draws.get(k, 0) + 1}
    rare = sum(n for n in counts.values() if n <= counts[k])
    return rare / sum(counts.values())


def counted(verdicts: Iterable[str]) -> str:
    """How many statements have each verdict, such as "9 hold, 2 hold in part"."""
    given = list(verdicts)
    numbers = {verdict: given.count(verdict) for verdict in VERDICTS}
    return ", ".join(f"{n} {(ONE if n == 1 else MANY)[v]}" for v, n in numbers.items() if n)


def two_decimals(value: float) -> str:
    """Two decimals, with a proper minus sign."""
    text = f"{round(value, 2) + 0.0:.2f}"
    return text.replace("-", "\N{MINUS SIGN}")


def in_words(p: float) -> str:
    """A p, such as "p = 0.025"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
