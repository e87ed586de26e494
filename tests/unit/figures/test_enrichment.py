"""The figures of enrichment, of the nearest images again and of what predicts labels."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from response_clusters.figures import style
from response_clusters.figures.enrichment import enrichment_figure, limits, strongest
from response_clusters.figures.information import information_figure
from response_clusters.figures.nearest_again import nearest_again_figure
from response_clusters.tables import validated

from tests.unit.figures.test_figures import (
    NOTE,
    beyond_edge,
    drawn_texts,
    overlapping,
    text_boxes,
)

SHARK = "great white shark, white shark, man-eater, man-eating shark, Carcharodon carcharias"
CATEGORIES = ["person", "dining table", SHARK, "dog", "$x_1$", "tv", "kite"]
SAMPLES = ("in_sample", "other_images", "other_subjects")


def enrichment_of(
    k: int, samples: tuple[str, ...] = SAMPLES, tops: tuple[str, ...] = ("all", "100")
) -> pd.DataFrame:
    """Log-odds of every category; the rarest has no lower end, "kite" is in too few images."""
    rng = np.random.default_rng(k)
    rows = pd.DataFrame(
        list(product(range(1, k + 1), tops, CATEGORIES, samples)),
        columns=["cluster", "top", "category", "sample"],
    )
    odds = rng.normal(1, 1.2, len(rows))
    p = rng.random(len(rows)) ** 4
    rows = rows.assign(supercategory="thing", images=3.0, rate=0.3, base=0.1, lift=3.0)
    rows = rows.assign(log_odds=odds, low=odds - 1, high=odds + 0.7, p=p, q=p)
    rows = rows.assign(ratio=3.0, ratio_low=2.0, ratio_high=4.0)
    rows.loc[rows["category"] == "kite", "q"] = None
    rows.loc[rows["category"] == SHARK, "low"] = None
    return validated(rows, "enrichment", "enrichment")


def again_of(k: int) -> pd.DataFrame:
    """The last cluster's images were shown once, the second's r falls below 0."""
    rows = pd.DataFrame({"cluster": range(1, k + 1), "images": 100, "again": 97})
    rows = rows.assign(presentations=12_784, several=34, r_nearest=0.92, r_again=0.35)
    rows = rows.assign(r_base=0.01, same=0.61, base=1 / k)
    rows.loc[1, "r_again"] = -0.2
    last = rows.index[-1]
    rows.loc[last, ["again", "presentations", "several"]] = 0
    rows.loc[last, ["r_again", "same"]] = None
    return validated(rows, "nearest_again", "nearest_again")


def information_of(k: int, known: bool = True) -> pd.DataFrame:
    axes = sorted({1, 2, 3, 5, 10, k - 1})
    predictors = ["cluster", "shares", *(f"axes_{m}" for m in axes), "regions"]
    rows = pd.DataFrame({"predictor": predictors, "features": [k, k, *axes, 28]})
    r2 = np.linspace(-0.004, 0.12, len(rows)) if known else np.nan
    rows = rows.assign(images=73_000, categories=80 * known, r2=r2, r2_pooled=2 * r2)
    return validated(rows, "information", "information")


DRAWN: dict[str, tuple[Callable[[int], Figure], str]] = {
    "enrichment": (
        lambda k: enrichment_figure(enrichment_of(k), k, NOTE),
        "The 100 nearest images",
    ),
    "enrichment, all images of one subject": (
        lambda k: enrichment_figure(enrichment_of(k, SAMPLES[:2], ("all",)), k, NOTE),
        "All images, by share of trials",
    ),
    "enrichment, nothing annotated": (
        lambda k: enrichment_figure(enrichment_of(k).head(0), k, NOTE),
        "none in enough images",
    ),
    "nearest_again": (
        lambda k: nearest_again_figure(again_of(k), NOTE),
        "Other presentations of their images",
    ),
    "information": (lambda k: information_figure(information_of(k), NOTE), "All regions"),
    "information, unknown": (
        lambda k: information_figure(information_of(k, False), NOTE),
        "Shares of trials by cluster",
    ),
    "information, nothing annotated": (
        lambda k: information_figure(information_of(k).head(0), NOTE),
        "Mean over categories",
    ),
}


@pytest.mark.parametrize("k", [2, 6, 12, 20])
@pytest.mark.parametrize("name", DRAWN)
def test_drawn_legibly(name: str, k: int) -> None:
    draw, expected = DRAWN[name]
    figure = draw(k)
    boxes = text_boxes(figure)
    assert figure.get_figwidth() * 25.4 <= 180.01
    assert figure.get_figheight() * 25.4 <= 275
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert {expected, NOTE} <= {text for text, _ in boxes}
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []


@pytest.mark.parametrize("name", DRAWN)
def test_saved_with_texts_as_text_and_the_same_every_time(name: str, tmp_path: Path) -> None:
    draw, expected = DRAWN[name]
    for run in "ab":
        style.save(draw(3), tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    parts = list(ElementTree.parse(tmp_path / "a.svg").iter())
    words = {"".join(part.itertext()) for part in parts if part.tag.endswith("text")}
    assert {expected, NOTE} <= words


def test_the_strongest_are_those_of_the_list_in_sample() -> None:
    table = enrichment_of(2)
    odds = dict(zip(CATEGORIES, [0.5, 2.0, 1.0, 2.0, -1.0, 0.7, 9.0], strict=True))
    here = (table["sample"] == "in_sample") & (table["top"] == "100") & (table["cluster"] == 2)
    table.loc[here, "log_odds"] = table.loc[here, "category"].map(odds)
    # "kite" has no q, "$x_1$" is rarer than elsewhere; of equal ones, the first by name.
    assert strongest(table, 2, 4) == ["dining table", "dog", SHARK, "tv"]
    assert strongest(table, 2, 9) == ["dining table", "dog", SHARK, "tv", "person"]


def test_a_marker_is_hollow_where_q_is_not_below_the_level() -> None:
    table = enrichment_of(1, ("in_sample",), ("100",))
    table = table[table["category"].isin(["dog", "tv"])].assign(log_odds=1.0, low=0.1, high=2.0)
    table["q"] = np.where(table["category"] == "dog", 0.049, 0.05)
    axes = enrichment_figure(table, 1).axes[1]
    faces = [to_hex(line.get_markerfacecolor()) for line in axes.lines if line.get_marker() == "o"]
    assert faces == [style.cluster_colour(1), "#ffffff"]


def test_the_scale_has_room_for_every_interval_above_its_left_end() -> None:
    table = enrichment_of(6)
    low, high = limits(table)
    assert high > table["high"].max()
    assert np.log(1 / 50) < low < 0
    assert limits(table.head(0)) == (np.log(1 / 2) - 0.15, np.log(12) + 0.15)


def test_the_figures_are_told_in_words() -> None:
    told = str(nearest_again_figure(again_of(3)).get_label())
    assert "Cluster 1: r falls from 0.92 to 0.35." in told
    assert "Cluster 3" not in told
    assert "All regions: R² 0.120" in str(information_figure(information_of(6)).get_label())
    assert "No R² is known." in str(information_figure(information_of(6, False)).get_label())
    assert "Cluster 2: none." in str(enrichment_figure(enrichment_of(2).head(0), 2).get_label())
