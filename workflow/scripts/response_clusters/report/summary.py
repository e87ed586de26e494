"""The study in three sentences: the data, the choice of k, and the verdicts on the claims."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from response_clusters.names import POOLED
from response_clusters.statistics.verdicts import ONE, UNTESTABLE, counted, two_decimals

R2 = {"r2_between": "R² (between)", "r2_explained": "R² (explained)"}


@dataclass(frozen=True)
class Found:
    """What a study has found, as its files have it.

    Attributes
    ----------
    sessions : dict of list of int
        The sessions analysed of each subject.
    elbows, fits : dict
        The records ``elbow``, and every ``fit`` with k ascending, of each cohort.
    regions : dict of DataFrame
        The regions table of each subject.
    pooled_regions : DataFrame
        That of all subjects.
    images : int or None
        How many different images there are among the trials clustered; None if that is not known.
    means : bool
        Whether the rows that were clustered are means over an image's trials.
    voxels : dict of list of DataFrame
        How many voxels each session of a subject has used; empty where averages were imported.
    omitted : bool
        Whether voxels that are zero or constant are left out, and do not count as 0.
    coverage, drawn : dict or None
        The records ``label_coverage`` of the pooled cohort's chosen fit, and ``labels``.
    claims : DataFrame or None
        The verdicts; None where claims were not computed.
    """

    sessions: dict[str, list[int]]
    elbows: dict[str, dict[str, Any]]
    fits: dict[str, list[dict[str, Any]]]
    regions: dict[str, pd.DataFrame]
    pooled_regions: pd.DataFrame
    images: int | None = None
    means: bool = False
    voxels: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    omitted: bool = True
    coverage: dict[str, Any] | None = None
    drawn: dict[str, Any] | None = None
    claims: pd.DataFrame | None = None

    @property
    def subjects(self) -> list[str]:
        return list(self.sessions)

    def chosen(self, cohort: str) -> dict[str, Any]:
        """The fit of a cohort at the k that it chose."""
        k = self.elbows[cohort]["k"]
        return next(fit for fit in self.fits[cohort] if fit["k"] == k)


def sentences(found: Found) -> list[str]:
    """The three sentences, in the order in which they are read."""
    return [data_sentence(found), choice_sentence(found), claims_sentence(found)]


def data_sentence(found: Found) -> str:
    """Whose responses to what, and by which regions they were clustered."""
    subjects, rows = found.subjects, found.chosen(POOLED)["trials"]
    whose = counted_as(len(subjects), "subject", "one subject")
    numbers = [len(sessions) for sessions in found.sessions.values()]
    each = " each" if len(subjects) > 1 else ""
    if max(numbers) > 1:
        whose += f" ({between(numbers)} sessions{each})"
    images = counted_as(found.images or 0, "image")
    if found.means:
        what = f"Mean responses of {whose} to {images}, {rows:,} in all,"
    else:
        showing = f", showing {images}," if found.images else ""
        what = f"Responses of {whose} in {counted_as(rows, 'trial')}{showing}"
    own = [int(found.regions[subject]["present"].sum()) for subject in subjects]
    if len(subjects) == 1:
        return f"{what} were clustered by their pattern over {counted_as(own[0], 'region')}."
    common = int(found.pooled_regions["in_all"].sum())
    if set(own) == {common}:
        return f"{what} were clustered by their pattern over {counted_as(common, 'region')}."
    return (
        f"{what} were clustered by their pattern over {between(own)} regions in each subject, and "
        f"over the {common} regions that all subjects have when pooled."
    )


def choice_sentence(found: Found) -> str:
    """The k that the elbow chose, R² there, and what subjects chose."""
    elbow, fit = found.elbows[POOLED], found.chosen(POOLED)
    first, second = elbow["statistic"], next(s for s in R2 if s != elbow["statistic"])
    k = elbow["k"]
    alone = len(found.subjects) == 1
    whom = "" if alone else " for all subjects pooled"
    r2 = [f"{R2[name]} = {two_decimals(fit[name])}" for name in (first, second)]
    if elbow["reached"]:
        chose = f"The elbow of {R2[first]} lies at k = {k}{whom}, with {' and '.join(r2)}"
    else:
        chose = (
            f"{R2[first]} has no elbow up to k = {k}{whom}, so that this k was kept as the largest "
            f"tried, with {' and '.join(r2)}"
        )
    if alone:
        return f"{chose}."
    own = [found.elbows[subject]["k"] for subject in found.subjects]
    return f"{chose}; for each subject alone, k = {between(own)} was chosen."


def claims_sentence(found: Found) -> str:
    """How many statements hold, and whether there are clusters at all."""
    if found.claims is None:
        return (
            "What responses without clusters would give was not computed (claims: null), so these "
            "results do not say whether there are distinct clusters: one continuous cloud has an "
            "elbow, too."
        )
    verdicts = list(found.claims["verdict"])
    told = f"Of the abstract's {len(verdicts)} statements, {enumerated(counted(verdicts))}"
    row = found.claims.set_index("claim").loc["clusters_exist"]
    if row["verdict"] == UNTESTABLE:
        return f"{told}; whether responses form distinct clusters cannot be tested with these data."
    if pd.isna(row["index"]):
        return f"{told}; that responses form distinct clusters {ONE[row['verdict']]}."
    index = two_decimals(float(row["index"]))
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        low, high = (two_decimals(float(row[end])) for end in ("low", "high"))
        index += f" ({low} to {high} by statistic)"
    return (
        f"{told}; that responses form distinct clusters {ONE[row['verdict']]}: on a scale from 0 "
        "(one continuous cloud without clusters) to 1 (as many distinct groups), they lie at "
        f"{index}."
    )


def counted_as(number: int, noun: str, one: str = "") -> str:
    """A number with its noun, such as "15,000 trials"."""
    return (one or f"1 {noun}") if number == 1 else f"{number:,} {noun}s"


def between(numbers: list[int]) -> str:
    """A range, such as "24 to 26", or the one number that all are."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return str(low)
    return f"{low} or {high}" if high == low + 1 else f"{low} to {high}"


def enumerated(told: str) -> str:
    """A list with commas, its last part after an "and"."""
    rest, comma, last = told.rpartition(", ")
    return f"{rest} and {last}" if comma else last
