"""What the layout of figures makes of the widest and the narrowest of their contents."""

from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from response_clusters.comparison.identity import identity_of
from response_clusters.errors import StudyError
from response_clusters.figures import style
from response_clusters.figures.centroids import centroid_figure
from response_clusters.figures.elbow import THRESHOLD, elbow_figure


def centroids(k: int, regions: list[str]) -> Figure:
    rows = pd.MultiIndex.from_product([range(1, k + 1), regions], names=["cluster", "region"])
    table = rows.to_frame(index=False).assign(response=0.2, prototype=-0.1, low=0.1, high=0.3)
    table.loc[table["region"] == regions[0], "prototype"] = 0.4
    listed = pd.DataFrame({"region": regions, "collection": None, "present": True})
    fit = {"k": k, "trials": 400_000 * k, "sizes": [400_000] * k}
    identity: dict[int, int | None] = dict.fromkeys(range(1, k + 1))
    return centroid_figure(table, table, listed, fit, identity, "% signal change", "subj01")


@pytest.mark.parametrize(("k", "millimetres"), [(1, 180), (6, 180), (14, 260), (20, 275)])
def test_28_regions_fit_a_page(k: int, millimetres: float) -> None:
    figure = centroids(k, [f"R{n}" for n in range(28)])
    assert figure.get_figheight() * 25.4 < millimetres


def test_names_that_differ_at_their_ends_stay_different() -> None:
    names = [f"the anterior part of the left ventral temporal cortex, layer {n}" for n in (1, 2)]
    shown = [style.elided(name, 1.9) for name in names]
    assert len(set(shown)) == 2
    assert all("…" in name and style.text_width(name, style.SMALL) <= 1.9 for name in shown)
    assert all(name.startswith("the anterior") for name in shown)
    assert style.elided("V1", 1.9) == "V1"
    assert style.elided("W" * 100, 0.2).count("…") == 1
    ticks = [text.get_text() for text in centroids(2, [*names, "x"]).axes[0].get_yticklabels()]
    assert len(set(ticks)) == 3


def test_the_only_cluster_is_called_so() -> None:
    figure = centroids(1, ["a", "b", "c"])
    title, _, told = str(figure.get_label()).partition("\n")
    assert title == "subj01: prototypes and responses of the only cluster"
    assert "Cluster 1, 400,000 trials (100 %): prototype highest in a (0.40), lowest in b" in told
    assert style.the_clusters(6) == "the 6 clusters"


def curve(gains: list[float]) -> pd.DataFrame:
    r2 = pd.Series([0.0, *gains]).cumsum()
    table = pd.DataFrame({"k": range(1, len(r2) + 1), "r2_between": r2, "r2_explained": r2 / 2})
    for name in ("r2_between", "r2_explained"):
        table[f"{name}_gain"] = table[name].diff()
    return table


@pytest.mark.parametrize(
    "gains",
    [
        # As of eight people: one curve ends on the threshold's name if that stands at the right.
        [0.71, 0.066, 0.033, 0.021, 0.0145, 0.0087, 0.013],
        [0.5, 0.1, 0.03, 0.02, 0.012, 0.011, 0.011, 0.0105, 0.01, 0.01],
        [0.012, 0.0115, 0.0115, 0.3, 0.05, 0.06, 0.06, 0.06],
        [0.2, -0.05],
    ],
)
def test_the_thresholds_name_is_crossed_by_no_curve(gains: list[float]) -> None:
    choice = {"statistic": "r2_between", "threshold": 0.01, "k": 2, "reached": True, "rule": "so"}
    choice["choices"] = {"r2_between": 2, "r2_explained": 3}
    figure = elbow_figure(curve(gains), choice, "subj01")
    figure.canvas.draw()
    axes = figure.axes[1]
    (name,) = [text for text in axes.texts if text.get_text() == "Threshold 0.01"]
    assert name.get_color() == THRESHOLD
    box: Bbox = name.get_window_extent()
    for line in axes.get_lines():
        points = line.get_xydata()
        if line.get_color() == THRESHOLD or len(points) < 3:
            continue
        for start, end in pairwise(axes.transData.transform(points)):
            steps = [start + (end - start) * n / 50 for n in range(51)]
            assert not any(box.contains(*step) for step in steps)


def test_an_edited_identity_table_is_refused() -> None:
    table = pd.DataFrame({"k": [2, 2], "cluster": [1, 2], "pooled_cluster": [3, None]})
    assert identity_of(table, 2) == {1: 3, 2: None}
    with pytest.raises(StudyError, match=r"identity.tsv: at k = 3 .* expected 1 to 3: delete"):
        identity_of(table, 3)
