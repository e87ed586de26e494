"""The numbers that the page shows, beside the study's tables: computed here by other means."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.optimize import linear_sum_assignment

from tests.workflow.browser import Visit, opened

MINUS = "\N{MINUS SIGN}"
ROUNDED = 0.5e-5
NOTHING = {"", "–", "—", "unknown", "not known"}


def is_shown(text: str, value: float) -> bool:
    """Whether `text` is `value` in as many digits as `text` has.

    It may have been rounded twice: explorer.json has five decimals.
    A correlation that two digits would round up to 1 has three, which are truncated.
    """
    found = re.fullmatch(rf"([-{MINUS}]?)(\d[\d,\u202f\u2009]*)(?:\.(\d+))?( ?%)?", text)
    if found is None:
        return False
    sign, whole, digits, percent = found.groups()
    number = float(re.sub(r"\D", "", whole) + "." + (digits or "0")) * (-1 if sign else 1)
    if percent:
        value *= 100
    unit = 10.0 ** -len(digits or "")
    if not percent and 0.995 <= abs(value) < 1 and len(digits or "") < 3:
        return False
    truncated = not percent and 0.995 <= abs(value) < 1 and 0 <= abs(value) - abs(number) < unit
    return truncated or abs(number - value) <= unit / 2 + ROUNDED * (100 if percent else 1)


def tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""])


class Fit:
    """A fit as the study's tables have it."""

    def __init__(self, study: Path, cohort: str, k: int) -> None:
        folder = study / cohort / f"k{k:02d}"
        self.study, self.cohort, self.k = study, cohort, k
        self.record = json.loads((folder / "fit.json").read_text())
        table = tsv(folder / "centroids.tsv")
        self.prototypes = table.pivot(index="region", columns="cluster", values="prototype")
        self.responses = table.pivot(index="region", columns="cluster", values="response")
        self.assignments = pd.read_parquet(folder / "assignments.parquet")

    def nearest(self, cluster: int, top: int) -> pd.DataFrame:
        """The members nearest the prototype, of each image the nearest."""
        rows = self.assignments[self.assignments["cluster"] == cluster]
        rows = rows.sort_values(["subject", "trial"]).sort_values(
            "correlation", ascending=False, kind="stable"
        )
        if rows["image"].notna().all():
            rows = rows.drop_duplicates("image")
        return rows.head(top)

    def matched(self, cluster: int, other: "Fit") -> tuple[int, float] | None:
        """The cluster of another fit that corresponds to one of this, and r; None for no one."""
        shared = self.prototypes.index.intersection(other.prototypes.index)
        both = np.corrcoef(self.prototypes.loc[shared].T, other.prototypes.loc[shared].T)
        r = both[: self.k, self.k :]
        ours, theirs = linear_sum_assignment(-r)
        pairs = dict(zip(ours, theirs, strict=True))
        if cluster - 1 not in pairs:
            return None
        match = int(pairs[cluster - 1])
        return match + 1, float(r[cluster - 1, match])


def check_nearest(visit: Visit, fit: Fit, cluster: int) -> None:
    _, *rows = visit.table("panel-nearest")
    expected = fit.nearest(cluster, 10)
    assert len(rows) == len(expected)
    seen = fit.study / "labels.parquet"
    labels = pd.read_parquet(seen) if seen.exists() else None
    for rank, (row, one) in enumerate(zip(rows, expected.itertuples(), strict=True), 1):
        shown_rank, r, subject, trial, image, shown = row
        assert (int(shown_rank), subject) == (rank, one.subject)
        assert is_shown(trial, one.trial)
        assert is_shown(r, one.correlation)
        if labels is None:
            assert image in NOTHING and shown in NOTHING
        else:
            assert image == str(one.image)
            known = labels.loc[labels["image"] == one.image, "category"]
            assert sorted([] if shown == "nothing" else shown.split(", ")) == sorted(known)


def check_sizes(visit: Visit, fit: Fit) -> None:
    _, *rows = visit.table("panel-sizes")
    assert len(rows) == fit.k
    for cluster, (row, size) in enumerate(zip(rows, fit.record["sizes"], strict=True), 1):
        assert row[0].split()[-1] == str(cluster)
        assert is_shown(row[1], size)
        assert is_shown(row[2], size / fit.record["trials"])


def check_r2(visit: Visit, fit: Fit) -> None:
    _, *rows = visit.table("panel-r2")
    curve = tsv(fit.study / fit.cohort / "elbow.tsv")
    assert len(rows) == len(curve)
    for row, expected in zip(rows, curve.itertuples(), strict=True):
        assert re.search(r"\d+", row[0])[0] == str(expected.k)  # type: ignore[index]
        assert is_shown(row[1], expected.r2_between)
        assert is_shown(row[2], expected.r2_explained)


def check_prototypes(visit: Visit, fit: Fit) -> None:
    _, *rows = visit.table("panel-prototypes")
    assert sorted(row[0] for row in rows) == sorted(fit.prototypes.index)
    for region, *values in rows:
        for text, value in zip(values, fit.prototypes.loc[region], strict=True):
            assert is_shown(text, value), region


def check_response(visit: Visit, fit: Fit, cluster: int) -> None:
    _, *rows = visit.table("panel-response")
    trials = pd.read_parquet(fit.study / fit.cohort / "responses.parquet")
    members = trials[(fit.assignments["cluster"] == cluster).to_numpy()]
    assert sorted(row[0] for row in rows) == sorted(fit.responses.index)
    for region, mean, *quartiles in rows:
        values = members[region].to_numpy(np.float64)
        assert is_shown(mean, fit.responses.loc[region, cluster]), region
        for text, q in zip(quartiles, np.percentile(values, [25, 50, 75]), strict=True):
            assert is_shown(text, q), region


def check_categories(visit: Visit, fit: Fit, cluster: int) -> None:
    config = yaml.safe_load((fit.study / "config.yaml").read_text())
    _, *rows = visit.table("panel-categories")
    top = config["wordcloud"]["top"]
    shown = fit.nearest(cluster, len(fit.assignments) if top == "all" else top)["image"]
    images = pd.read_parquet(fit.study / "images.parquet")
    covered = set(images.loc[images["covered"], "image"])
    labels = pd.read_parquet(fit.study / "labels.parquet")
    every = covered & set(fit.assignments["image"])
    here = covered & set(shown)
    counts, base = (
        labels[labels["image"].isin(among)].groupby("category")["instances"].sum()
        for among in (here, every)
    )
    assert 5 <= len(rows) <= 12
    assert min(int(count) for _, count, _ in rows) >= counts.drop([row[0] for row in rows]).max()
    for category, count, lift in rows:
        assert is_shown(count, counts[category]), category
        rate = counts[category] / len(here) / (base[category] / len(every))
        assert is_shown(lift, rate), category


def check_matches(visit: Visit, fit: Fit, cluster: int, cohorts: list[str], k_max: int) -> None:
    _, *rows = visit.table("panel-matches")
    others = [(fit.cohort, k) for k in (fit.k - 1, fit.k + 1) if 1 <= k <= k_max]
    others += [(cohort, fit.k) for cohort in cohorts if cohort != fit.cohort]
    found = {(cohort, k): fit.matched(cluster, Fit(fit.study, cohort, k)) for cohort, k in others}
    expected = {key: match for key, match in found.items() if match}
    assert {(cohort, int(k)) for cohort, k, *_ in rows} == set(expected)
    for cohort, k, number, r in rows:
        match, value = expected[cohort, int(k)]
        assert re.search(r"\d+", number)[0] == str(match)  # type: ignore[index]
        assert is_shown(r, value)


@pytest.fixture(scope="module", params=["demo", "plain"])
def study(request: pytest.FixtureRequest) -> Path:
    """The results folder of a study that has its page."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


def test_the_numbers_are_those_of_the_tables(browser: Any, study: Path) -> None:
    """At three choices drawn by chance: the pooled trials, a subject's, and either."""
    rng = np.random.default_rng(13)
    cohorts = sorted(path.parent.name for path in study.glob("*/elbow.json"))
    k_max = int(tsv(study / "pooled" / "elbow.tsv")["k"].max())
    subjects = [cohort for cohort in cohorts if cohort != "pooled"]
    with opened(browser, study / "report.html") as visit:
        for cohort in ("pooled", rng.choice(subjects), rng.choice(cohorts)):
            k = int(rng.integers(2, k_max + 1))
            cluster = int(rng.integers(1, k + 1))
            print(f"{study.name}: {cohort}, k = {k}, cluster {cluster}")
            visit.choose(cohort=cohort, k=k, cluster=cluster)
            assert visit.choice() == (cohort, k, cluster)
            fit = Fit(study, str(cohort), k)
            check_nearest(visit, fit, cluster)
            check_sizes(visit, fit)
            check_r2(visit, fit)
            check_prototypes(visit, fit)
            check_response(visit, fit, cluster)
            check_matches(visit, fit, cluster, cohorts, k_max)
            if study.name == "demo":
                check_categories(visit, fit, cluster)


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        *(("0.25", 0.2549, True), ("0.25", 0.2552, False), (f"{MINUS}0.3", -0.34, True)),
        *(("12 %", 0.1249, True), ("1,204", 1204, True), ("0.998", 0.9989, True)),
        *(("1.00", 0.998, False), ("", 0, False), ("0.3", -0.3, False)),
    ],
)
def test_a_number_is_shown_as_precisely_as_its_digits_say(
    text: str, value: float, shown: bool
) -> None:
    assert is_shown(text, value) is shown
