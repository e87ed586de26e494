"""The figure of lineage: legible for few and many k, its clusters in an order without crossings."""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from response_clusters.figures import style
from response_clusters.figures.lineage import DRAWN, lineage_figure, places, summaries
from response_clusters.statistics.lineage import lineage
from response_clusters.tables import validated

from tests.unit.figures.test_figures import NOTE, beyond_edge, drawn_texts, overlapping, text_boxes

TRIALS = 3000
Fits = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]


def points(last: int) -> tuple[npt.NDArray[np.float64], Fits]:
    """Points on a line, and at each k their division into k equal parts, numbered at random."""
    rng = np.random.default_rng(last)
    x = rng.random(TRIALS)
    return x, [
        (rng.permutation(k)[(k * x).astype(int)] + 1, rng.normal(size=(k, 9)))
        for k in range(1, last + 1)
    ]


@cache
def flows_of(last: int) -> pd.DataFrame:
    return validated(lineage(points(last)[1]).assign(cohort="pooled"), "lineage", "lineage")


def drawn(last: int, chosen: int) -> Figure:
    identities = {
        k: {c: c if c <= chosen else None for c in range(1, k + 1)} for k in range(1, last + 1)
    }
    return lineage_figure(flows_of(last), chosen, identities, "pooled", NOTE)


@pytest.mark.parametrize(("last", "chosen"), [(2, 1), (2, 2), (6, 4), (12, 6), (20, 12), (25, 24)])
def test_drawn_legibly(last: int, chosen: int) -> None:
    figure = drawn(last, chosen)
    boxes = text_boxes(figure)
    assert figure.get_figwidth() * 25.4 <= 180.01
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert {NOTE, "k = 1", f"k = {min(last, 20)}"} <= {text for text, _ in boxes}
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []
    numbers = [text for text, _ in boxes if text.isdigit()]
    assert len(numbers) == sum(range(1, min(last, 20) + 1))


def test_clusters_stand_where_their_trials_come_from() -> None:
    """Points on a line, divided in order: no order of the parts crosses fewer lines than theirs."""
    last = 9
    x, fits = points(last)
    for k, row in places(flows_of(last), last).items():
        middles = np.array([x[fits[k - 1][0] == c].mean() for c in range(1, k + 1)])
        along = np.diff(middles[np.argsort(row)])
        assert (along > 0).all() or (along < 0).all()
        assert sorted(row) == [i - (k - 1) / 2 for i in range(k)]


def test_what_is_kept_is_counted_along_the_matches() -> None:
    flows = flows_of(6)
    found = summaries(flows)
    for k, rows in flows.groupby("k"):
        matched = rows[rows["matched"]]
        kept = sum(matched["trials"]) / TRIALS
        r = sorted(matched["r"])
        expected = [kept, np.median(r), r[0]]
        assert found.loc[k + 1, ["kept", "r", "r_least"]].tolist() == pytest.approx(expected)


def test_a_line_is_as_thick_as_it_has_trials() -> None:
    flows = flows_of(4)
    noticeable = flows[flows[["share", "share_next"]].max(axis=1) >= DRAWN]
    (axes,) = drawn(4, 3).axes
    widths = [part.get_linewidth() for part in axes.patches if isinstance(part, PathPatch)]
    trials = sorted(noticeable["trials"], reverse=True)
    assert len(widths) == len(trials)
    ratio = np.array(widths[:4]) / trials[:4]
    np.testing.assert_allclose(ratio, ratio[0])


def test_same_bytes_every_time(tmp_path: Path) -> None:
    for run in "ab":
        style.save(drawn(5, 3), tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
