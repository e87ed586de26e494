"""The figures: drawn for few and many clusters and regions, legible, and the same every time."""

import re
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import h5py
import numpy as np
import pandas as pd
import pytest
from matplotlib import colormaps
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox
from PIL import Image
from scipy.optimize import linear_sum_assignment

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "workflow" / "scripts"))

from response_clusters.comparison.identity import identity_of as identities
from response_clusters.comparison.identity import match_text
from response_clusters.comparison.matching import matched_to
from response_clusters.errors import StudyError
from response_clusters.figures import style
from response_clusters.figures.agreement import ink_on
from response_clusters.figures.associations import associations_figure
from response_clusters.figures.centroids import centroid_figure, left_out, middle_half
from response_clusters.figures.consistency_k import (
    consistency_k_figure,
    matched_heatmaps,
    summary_matrix,
)
from response_clusters.figures.consistency_subjects import (
    block_medians,
    by_identity,
    consistency_subjects_figure,
    correlations,
)
from response_clusters.figures.contact_sheet import block_of, blocks_across, contact_sheet_figure
from response_clusters.figures.cooccurrence import cooccurrence_figure
from response_clusters.figures.elbow import elbow_figure
from response_clusters.figures.families import FAMILIES, families
from response_clusters.figures.mosaic import mosaic_figure
from response_clusters.figures.word_layout import HIGH, laid_out, points_of
from response_clusters.figures.wordcloud import foot_of, word_sizes, wordcloud_figure
from response_clusters.images.pictures import nearest_shown, read_pictures
from response_clusters.statistics.enrichment import label_bounds
from response_clusters.tables import validated

from tests.unit.figures.vision import VISION, seen

UNIT = "SD of the voxel's betas"
NOTE = "Simulated data: planted groups, not a measurement"
COLLECTIONS = {
    "prf-visualrois": "V1v V1d V2v V2d V3v V3d hV4",
    "floc-bodies": "EBA FBA-1 FBA-2 mTL-bodies",
    "floc-faces": "OFA FFA-1 FFA-2 mTL-faces aTL-faces",
    "floc-places": "OPA PPA RSC",
    "floc-words": "OWFA VWFA-1 VWFA-2 mfs-words mTL-words",
    "aseg": "L-hippocampus L-amygdala R-hippocampus R-amygdala",
}
NSD = pd.DataFrame(
    [(name, c, 8, True) for c, names in COLLECTIONS.items() for name in names.split()],
    columns=["region", "collection", "present", "in_all"],
)
FEW = pd.DataFrame(
    {
        "region": ["FFA-1", "the left ventral temporal cortex, anterior part", "$x_1$"],
        "collection": ["floc-faces", None, "streams"],
        "present": True,
    }
)
LONG = "a region whose name has eighty letters, as long as anybody would ever write one"
REGIONS = {"28 regions": NSD, "3 regions": FEW}


def fit_of(k: int) -> dict[str, Any]:
    sizes = sorted(np.random.default_rng(k).integers(900, 40_000, k).tolist(), reverse=True)
    return {"k": k, "trials": sum(sizes), "sizes": sizes}


def centroids_of(k: int, regions: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(k)
    rows = pd.MultiIndex.from_product([range(1, k + 1), regions["region"]]).to_frame(index=False)
    rows.columns = ["cluster", "region"]
    response = rng.normal(0, 0.4, len(rows))
    return rows.assign(response=response, prototype=response / 2)


def identity_of(k: int) -> dict[int, int | None]:
    """The first six clusters in another order, the rest without a match."""
    return {n: 7 - n if n <= 6 else None for n in range(1, k + 1)}


def centroids_drawn(k: int, regions: pd.DataFrame, cohort: str = "pooled") -> Figure:
    centroids = centroids_of(k, regions)
    r = centroids["response"]
    spread = centroids.assign(low=r - 0.2, high=r + 0.3)[["cluster", "region", "low", "high"]]
    return centroid_figure(
        centroids, spread, regions, fit_of(k), identity_of(k), UNIT, cohort, NOTE
    )


def nearest_of(k: int, most: int = 10) -> pd.DataFrame:
    """`most` trials a cluster, but six in the last; the second of cluster 1 has no image."""
    rng = np.random.default_rng(k)
    rows = [
        (n, rank, "subj01", 1000 * n + rank, int(rng.integers(0, 12)), None, 1 - rank / 150)
        for n in range(1, k + 1)
        for rank in range(1, 7 if n == k else most + 1)
    ]
    columns = ["cluster", "rank", "subject", "trial", "image", "coco_id", "correlation"]
    table = pd.DataFrame(rows, columns=columns).astype({"image": "Int32"})
    table.loc[1, "image"] = pd.NA
    return validated(table, "nearest", "nearest")


def counts_of(k: int) -> pd.DataFrame:
    """Every cluster but the last has labels; "sports ball" is seen most, "kite" never."""
    words = ["person", "dining table", "broccoli", "dog", "sports ball", "tv", "kite"]
    rows = [
        (n, top, 9, 9, word, "thing", i * 3 * (word != "kite"), i * (word != "kite"), 0.4, 0.2)
        for n in range(1, max(k, 2))
        for top in ("10", "100", "all")
        for i, word in enumerate(words, start=1)
    ]
    columns = ["cluster", "top", "distinct", "annotated", "category", "supercategory"]
    columns += ["instances", "images"]
    table = pd.DataFrame(rows, columns=[*columns, "instance_base", "image_base"])
    table["instance_lift"] = (table["instances"] / 9).where(table["category"] != "tv")
    table["image_lift"] = table["images"] / 4
    return validated(table, "label_counts", "label_counts")


def elbow_of(k: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The curve up to k + 3, with a gain below zero at its end."""
    ks = np.arange(1, k + 4)
    table = pd.DataFrame({"k": ks, "objective": 1e4 / ks, "r2_between": 0.9 - 0.9 / ks**1.5})
    table["r2_explained"] = 0.7 - 0.7 / ks
    table.loc[len(ks) - 1, "r2_explained"] -= 0.05
    for name in ("r2_between", "r2_explained"):
        table[f"{name}_gain"] = table[name].diff()
    rule = f"k = {k} is the last k before the gain in R² first falls below 0.01."
    choice = {"statistic": "r2_between", "threshold": 0.01, "k": k, "reached": True, "rule": rule}
    choice["choices"] = {"r2_between": k, "r2_explained": k + 1}
    return validated(table, "elbow", "elbow"), choice


def matches(a: np.ndarray, b: np.ndarray) -> list[tuple[int, int, float, bool]]:
    """cluster_a, cluster_b, r and matched for all rows of `a` against all rows of `b`."""
    r = np.corrcoef(a, b)[: len(a), len(a) :]
    pairs = set(zip(*linear_sum_assignment(-r), strict=True))
    return [(i + 1, j + 1, r[i, j], (i, j) in pairs) for i, j in np.ndindex(*r.shape)]


def consistency_k_of(k: int) -> pd.DataFrame:
    rng = np.random.default_rng(k)
    prototypes = {n: rng.normal(size=(n, 12)) for n in range(2, k + 2)}
    rows = [
        (a, i, b, j, r, hit)
        for a, b in combinations(prototypes, 2)
        for i, j, r, hit in matches(prototypes[a], prototypes[b])
    ]
    columns = ["k_a", "cluster_a", "k_b", "cluster_b", "r", "matched"]
    return validated(pd.DataFrame(rows, columns=columns), "consistency_k", "consistency_k")


def consistency_subjects_of(k: int, subjects: int) -> pd.DataFrame:
    """Subject n numbers the same k clusters in an order of its own, with a little noise."""
    rng = np.random.default_rng(k)
    shared = rng.normal(size=(k, 23))
    prototypes = {
        f"subj{n:02d}": (shared + rng.normal(0, 0.3, shared.shape))[rng.permutation(k)]
        for n in range(1, subjects + 1)
    }
    rows = [
        (a, i, b, j, 23, r, hit)
        for a, b in combinations(prototypes, 2)
        for i, j, r, hit in matches(prototypes[a], prototypes[b])
    ]
    columns = ["subject_a", "cluster_a", "subject_b", "cluster_b", "regions", "r", "matched"]
    return validated(pd.DataFrame(rows, columns=columns), "consistency_subjects", "subjects")


def coverage_of(k: int, uncovered: int = 0) -> dict[str, Any]:
    rows = [
        {"cluster": n, "top": top, "images": 100 - uncovered, "uncovered": uncovered}
        for n in range(1, k + 1)
        for top in ("10", "100", "all")
    ]
    return {"base": {"images": 900, "uncovered": uncovered}, "clusters": rows, "note": ""}


def cloud_of(
    k: int,
    *args: str,
    uncovered: int = 0,
    coverage: dict[str, Any] | None = None,
    words: dict[str, float] | None = None,
) -> Figure:
    counts = counts_of(k)
    counts = counts.assign(enrichment=label_bounds(counts, 10))
    if words:
        rows = [(1, "100", word, n, n) for word, n in words.items()]
        counts = pd.DataFrame(rows, columns=["cluster", "top", "category", "instances", "images"])
    return wordcloud_figure(
        counts,
        coverage or coverage_of(k, uncovered),
        fit_of(k),
        identity_of(k),
        "pooled",
        *(args or ("100",)),
        note=NOTE,
    )


def subjects_drawn(k: int, subjects: int) -> Figure:
    """Each subject's clusters correspond to pooled ones as its own order has it."""
    table = consistency_subjects_of(k, subjects)
    names = sorted({*table["subject_a"], *table["subject_b"]})
    return consistency_subjects_figure(table, {name: identity_of(k) for name in names}, NOTE)


def mosaic_of(k: int) -> Figure:
    shown = nearest_shown(nearest_of(k), 10)
    pictures = {image: np.full((4, 4, 3), 20 * image, np.uint8) for image in range(12)}
    return mosaic_figure(shown, pictures, fit_of(k), identity_of(k), "pooled", NOTE)


def contact_sheet_of(k: int) -> Figure:
    shown = nearest_shown(nearest_of(k, 100))
    pictures = {image: np.full((72, 72, 3), 20 * image, np.uint8) for image in range(12)}
    return contact_sheet_figure(shown, pictures, fit_of(k), identity_of(k), "pooled", NOTE)


def cooccurrence_of(k: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Pairs of k + 2 categories, some of them without r; some have long names."""
    rng = np.random.default_rng(k)
    names = sorted([*(f"category {n:02d}" for n in range(k)), "potted plant", LONG])
    rows = [(a, b, 20, 30, 5, rng.uniform(-0.2, 0.8)) for a, b in combinations(names, 2)]
    columns = ["category_a", "category_b", "images_a", "images_b", "both", "phi"]
    table = pd.DataFrame(rows, columns=columns)
    table["r"] = rng.uniform(-1, 1, len(table))
    table.loc[2::9, "r"] = None
    numbers = dict.fromkeys(["shuffled", "shuffled_low", "circular_shuffled"], -0.004)
    numbers |= dict.fromkeys(["mantel_r", "p", "shuffled_high", "circular_r"], 0.5)
    return validated(table, "cooccurrence", "here"), {"categories": k + 2, **numbers}


def associations_of(k: int) -> pd.DataFrame:
    """k subjects and the pool; nothing is known of presentations, nor V of the first subject."""
    variables = ["subject", "session", "run", "luminance", "contrast", "spatial_frequency"]
    rows = [
        (cohort, 6, name, 10, 500, None if cohort == "subj01" else 0.02 * n * i)
        for n, name in enumerate(variables)
        for i, cohort in enumerate([*(f"subj{s:02d}" for s in range(1, k + 1)), "pooled"])
        if name != "subject" or cohort == "pooled"
    ]
    table = pd.DataFrame(rows, columns=["cohort", "k", "variable", "levels", "trials", "v"])
    return validated(table.assign(v=table["v"].clip(upper=1)), "associations", "here")


DRAWN: dict[str, tuple[Callable[[int], Figure], str]] = {
    "centroids": (
        lambda k: centroids_drawn(k, NSD),
        f"Bars, scale below: prototype.  Dots, scale above: mean response ({UNIT}).",
    ),
    "centroids, few regions": (
        lambda k: centroids_drawn(
            k, FEW, "a cohort_with_a_name_that_is_too_long_for_any_title_" * 2
        ),
        "the left ventral temporal cortex, anterior part",
    ),
    "mosaic": (mosaic_of, "0.98"),
    "contact sheet": (contact_sheet_of, "6 pictures, r = 0.99 to 0.96"),
    "wordcloud": (
        lambda k: cloud_of(k),
        "sports ball",
    ),
    "elbow": (lambda k: elbow_figure(*elbow_of(k), "pooled", NOTE), "Threshold 0.01"),
    "consistency_k": (
        lambda k: consistency_k_figure(consistency_k_of(k), k, identity_of(k), "pooled", NOTE),
        "Neighbouring values of k",
    ),
    "enriched wordcloud": (lambda k: cloud_of(k, "100", "images", "enrichment"), "tv"),
    "cooccurrence": (
        lambda k: cooccurrence_figure(*cooccurrence_of(k), NOTE),
        "r of their responses",
    ),
    "associations": (lambda k: associations_figure(associations_of(k), NOTE), "Cramér's V"),
    "consistency_subjects": (
        lambda k: subjects_drawn(k, 4),
        "Pooled cluster",
    ),
}


def drawn_texts(figure: Figure) -> list[Text]:
    """The texts that a drawing of the figure shows: ticks outside the view, say, are not."""
    seen: list[Text] = []
    draw = Text.draw

    def watched(text: Text, renderer: Any) -> None:
        seen.append(text)
        draw(text, renderer)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Text, "draw", watched)
        figure.canvas.draw()
    return [text for text in seen if text.get_visible() and text.get_text()]


def text_boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """The drawn texts and where they stand, in pixels."""
    return [(text.get_text(), text.get_window_extent()) for text in drawn_texts(figure)]


def beyond_edge(figure: Figure, boxes: list[tuple[str, Bbox]] | None = None) -> list[str]:
    """The drawn texts that do not lie within the figure."""
    width, height = figure.bbox.size
    return [
        text
        for text, box in (text_boxes(figure) if boxes is None else boxes)
        if min(box.x0, box.y0) < 0 or box.x1 > width or box.y1 > height
    ]


def overlapping(boxes: list[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    """The texts whose boxes share more than a pixel."""
    edges = np.array([box.extents for _, box in boxes])
    x0, y0, x1, y1 = (edges[:, [side]] for side in range(4))
    shared = np.minimum(x1, x1.T) - np.maximum(x0, x0.T) > 1
    shared &= np.minimum(y1, y1.T) - np.maximum(y0, y0.T) > 1
    return [(boxes[a][0], boxes[b][0]) for a, b in np.argwhere(np.triu(shared, 1))]


@pytest.mark.parametrize("k", [2, 6, 12, 20])
@pytest.mark.parametrize("name", DRAWN)
def test_drawn_legibly(name: str, k: int) -> None:
    draw, expected = DRAWN[name]
    figure = draw(k)
    boxes = text_boxes(figure)
    # A journal's two columns, and no text in them below 5 points.
    assert figure.get_figwidth() * 25.4 <= 180.01
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert {expected, NOTE} <= {text for text, _ in boxes}
    assert beyond_edge(figure, boxes) == []
    # The words of a cloud nest: only their ink may not overlap, which has a test of its own.
    assert "wordcloud" in name or overlapping(boxes) == []


@pytest.mark.parametrize("name", DRAWN)
def test_saved_with_texts_as_text(name: str, tmp_path: Path) -> None:
    draw, expected = DRAWN[name]
    figure = draw(6)
    svg, png = tmp_path / "figure.svg", tmp_path / "figure.png"
    style.save(figure, svg, png)
    root = ElementTree.parse(svg).getroot()
    assert [part.tag.rpartition("}")[2] for part in root[:2]] == ["title", "desc"]
    assert root.get("role") == "img"
    assert root[0].text and root[1].text and len(root[1].text) > 40
    words = {"".join(t.itertext()) for t in ElementTree.parse(svg).iter() if t.tag.endswith("text")}
    assert {expected, NOTE} <= words
    with Image.open(png) as image:
        assert image.size == tuple(np.floor(300 * figure.get_size_inches() + 1e-6).astype(int))
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert len(image.convert("L").getcolors(256) or []) > 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figure.png", "figure.svg"]


@pytest.mark.parametrize("name", DRAWN)
def test_same_bytes_every_time(name: str, tmp_path: Path) -> None:
    draw, _ = DRAWN[name]
    for run in "ab":
        style.save(draw(3), tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    assert "<dc:date>" not in (tmp_path / "a.svg").read_text("utf-8")


WIDE = 2.1
MANY = {f"word {n:02d}": 160 * 0.9**n for n in range(80)}
SHARK = "great white shark, white shark, man-eater, man-eating shark, Carcharodon carcharias"


# Of all sizes, all alike and more than there is room for, of one letter and of a hundred.
CLOUDS: dict[str, dict[str, float]] = {
    "many": MANY,
    "few": {"person": 157.0, "dog": 38.0, "cat": 38.0, "tv": 12.0},
    "alike": {f"w{n}": 1.0 for n in range(300)},
    "long": {SHARK: 11.0, "y" * 100: 9.0, "z_" * 40: 5.0, "gypsy": 4.0, "x": 3.0},
}


@pytest.mark.parametrize("horizontal", [1.0, 0.3])
@pytest.mark.parametrize("name", CLOUDS)
def test_words_do_not_touch(horizontal: float, name: str) -> None:
    placed = laid_out(CLOUDS[name], {"prefer_horizontal": horizontal}, WIDE)
    assert len(placed) >= 2
    assert horizontal < 1 or not any(word.upright for word in placed)
    for word in placed:
        inks = []
        for line in word.lines:
            path = TextPath(
                (0, 0), line.text, size=word.points / 72, prop=FontProperties(weight="bold")
            )
            turned = path.transformed(Affine2D().rotate_deg(90 * word.upright))
            inks.append(turned.transformed(Affine2D().translate(line.across, -line.down)))
        ink = Bbox.union([path.get_extents() for path in inks])
        assert word.box == pytest.approx((ink.x0, -ink.y1, ink.x1, -ink.y0), abs=1e-6)
        assert 0 <= word.box[0] < word.box[2] <= WIDE
        assert 0 <= word.box[1] < word.box[3] <= HIGH
    for a, b in combinations([word.box for word in placed], 2):
        between = max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3])
        assert 72 * between > 1.4


@pytest.mark.parametrize("name", CLOUDS)
def test_a_words_area_follows_its_number(name: str) -> None:
    words = CLOUDS[name]
    placed = laid_out(words, {}, WIDE)
    # The largest words are drawn; those left out would be too small, or have no room.
    assert [word.word for word in placed] == list(words)[: len(placed)]
    assert min(word.points for word in placed) >= 5 - 1e-9
    first = placed[0]
    for word in placed:
        area = (word.points / first.points) ** 2
        assert area == pytest.approx(words[word.word] / words[first.word], rel=1e-9)


def test_what_a_cloud_leaves_out_is_counted_with_its_reason() -> None:
    placed = laid_out(MANY, {}, WIDE)
    small = sum(points_of(n, 160, placed[0].points) < 5 for n in MANY.values())
    assert small == len(MANY) - len(placed) > 0
    last = MANY[placed[-1].word]
    assert foot_of(MANY, placed, 60) == (
        f"word 00 160 to {placed[-1].word} {last:,.0f}; not drawn: {small} too small"
    )
    alike = CLOUDS["alike"]
    placed = laid_out(alike, {"max_words": 20}, WIDE)
    assert len(placed) == 20
    assert foot_of(alike, placed, 20).endswith("not drawn: 280 beyond the first 20")
    crowded = laid_out(alike, {"max_words": 300}, WIDE)
    assert foot_of(alike, crowded, 300).endswith(f"not drawn: {300 - len(crowded)} no room")
    one = {"x": 1.0}
    assert foot_of(one, laid_out(one, {}, WIDE), 60) == "x 1"


def test_a_long_name_is_broken_over_lines_and_keeps_its_size() -> None:
    words = {SHARK: 11.0, "dog": 4.0}
    long, dog = laid_out(words, {}, WIDE)
    assert " ".join(line.text for line in long.lines).replace("- ", "-") == SHARK
    assert len(long.lines) > 2 and len(dog.lines) == 1
    assert (long.points / dog.points) ** 2 == pytest.approx(11 / 4)
    assert foot_of(words, [long, dog], 60) == "great white shark… 11 to dog 4"
    texts = [text.get_text() for text in drawn_texts(cloud_of(2, words=words))]
    assert {line.text for line in long.lines} <= set(texts)


def test_a_cloud_says_how_many_of_its_pictures_are_annotated() -> None:
    texts = [text.get_text() for text in drawn_texts(cloud_of(3, uncovered=88))]
    assert texts.count("100 pictures, 12 annotated") == 3
    assert "(only 12 of them annotated)" in " ".join(texts)
    coverage = coverage_of(3, 88)
    coverage["clusters"][1] |= {"images": 100, "uncovered": 0}  # of the 100 nearest of cluster 1
    coverage["clusters"][7] |= {"images": 0, "uncovered": 60}  # of those of cluster 3
    varied = cloud_of(3, coverage=coverage)
    texts = [text.get_text() for text in drawn_texts(varied)]
    assert "(only 0 to 100 of them annotated)" in " ".join(texts)
    assert {"100 pictures, all annotated", "100 pictures, 12 annotated"} <= set(texts)
    assert {"60 pictures, none annotated", "None of its pictures is annotated"} <= set(texts)
    assert "annotated)" not in " ".join(text.get_text() for text in drawn_texts(cloud_of(3)))


def test_lift_is_drawn_as_clearly_as_counts() -> None:
    figure = cloud_of(3, "100", "images", "lift")
    texts = [text.get_text() for text in drawn_texts(figure)]
    # Lifts of 1 and less, and those of one or two pictures, say nothing and are not drawn.
    assert {"sports ball", "tv"} <= set(texts)
    assert not {"kite", "person", "broccoli", "dog"} & set(texts)
    assert texts.count("tv ×1.5 to sports ball ×1.2") == 2
    assert "lifts above ×1 of categories in 3 or more of the pictures" in str(figure.get_label())
    few = counts_of(3).assign(images=1, image_lift=9.0)
    none = wordcloud_figure(
        few, coverage_of(3), fit_of(3), identity_of(3), "pooled", "100", "images", "lift"
    )
    texts = [text.get_text() for text in drawn_texts(none)]
    assert texts.count("No lift above ×1 in 3 or more pictures") == 3


def test_only_certain_enrichment_is_drawn() -> None:
    figure = cloud_of(3, "100", "instances", "enrichment")
    counts = counts_of(3).assign(low=lambda rows: label_bounds(rows, 10))
    rows = counts[(counts["top"] == "100") & (counts["cluster"] == 1)].set_index("category")["low"]
    texts = [text.get_text() for text in drawn_texts(figure)]
    # Five of nine pictures are no certain excess over a fifth.
    assert set(rows.index[rows > 0]) == {"tv"} <= set(texts)
    assert not {"kite", "person", "broccoli", "dog", "sports ball"} & set(texts)
    assert texts.count(f"tv {rows['tv']:.2f}") == 2
    assert "at the lower end of a 95 % interval" in str(figure.get_label())
    none = counts.assign(enrichment=-1.0)
    coverage, fit, identity = coverage_of(3), fit_of(3), identity_of(3)
    empty = wordcloud_figure(none, coverage, fit, identity, "pooled", "100", "images", "enrichment")
    texts = [text.get_text() for text in drawn_texts(empty)]
    assert texts.count("Nothing is certainly more frequent here") == 3


def test_pairs_without_r_and_values_without_v_are_not_drawn() -> None:
    table, record = cooccurrence_of(6)
    figure = cooccurrence_figure(table, record)
    (points,) = figure.axes[0].collections
    assert len(np.asarray(points.get_offsets())) == table["r"].notna().sum() < len(table)
    assert "φ and r have r = 0.50 (p = 0.500)" in str(figure.get_label())
    none = dict.fromkeys(record, None)
    empty = cooccurrence_figure(table.assign(r=np.nan), {**none, "categories": 8})
    assert "No two categories have enough images" in " ".join(
        text.get_text() for text in drawn_texts(empty)
    )
    dots = associations_figure(associations_of(3)).axes[0].collections
    # Two subjects and the pool in each of six rows, but of subjects only the pool.
    assert sum(len(np.asarray(dot.get_offsets())) for dot in dots) == 6 + 5 * 2
    empty = associations_figure(associations_of(2).assign(v=np.nan))
    assert "Nothing to compare" in " ".join(text.get_text() for text in drawn_texts(empty))


def test_a_cloud_is_told_in_words() -> None:
    label = str(cloud_of(3).get_label())
    assert "Cluster 1 (100 pictures, all annotated): tv 18, sports ball 15, dog 12," in label
    assert "Cluster 3: 100 pictures, all annotated; no labels in its pictures." in label


def test_bands_span_the_middle_half_of_the_members() -> None:
    rng = np.random.default_rng(0)
    keys = pd.MultiIndex.from_product(
        [["subj01", "subj02"], range(1, 41)], names=["subject", "trial"]
    )
    rows = keys.to_frame(index=False).assign(V1v=rng.normal(size=80), PPA=rng.normal(size=80))
    clusters = rows[["subject", "trial"]].assign(cluster=[2, *rng.choice([1, 3], 79)])
    spread = middle_half(rows, clusters.sample(frac=1, random_state=0))
    assert list(spread.columns) == ["cluster", "region", "low", "high"]
    found = spread.set_index(["region", "cluster"])
    for cluster, members in rows.groupby(clusters["cluster"]):
        for region in ("V1v", "PPA"):
            expected = members[region].quantile([0.25, 0.75]).tolist()
            assert found.loc[(region, cluster)].tolist() == pytest.approx(expected)
    assert found.loc[("PPA", 2), "low"] == found.loc[("PPA", 2), "high"]  # of one trial


def test_words_are_those_counted() -> None:
    counts = counts_of(3)
    assert list(word_sizes(counts, "10", "instances")[1]) == [
        *("tv", "sports ball", "dog", "broccoli", "dining table", "person")
    ]
    assert "tv" not in word_sizes(counts, "all", "instance_lift")[2]
    assert 3 not in word_sizes(counts, "100", "images")
    texts = [text.get_text() for text in drawn_texts(cloud_of(3, "all", "images"))]
    assert texts.count("broccoli") == 2
    assert texts.count("No labels in its pictures") == 1


def test_pictures_are_read_once_and_averaged_over_area(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "pictures.hdf5", "w") as file:
        bricks = file.create_dataset("imgBrick", (9, 425, 425, 3), "uint8", chunks=(1, 425, 425, 3))
        bricks[2] = 0
        bricks[4] = 100 + 100 * (np.arange(425) % 2)[:, None]
    path = str(tmp_path / "pictures.hdf5")
    shown = pd.DataFrame({"image": pd.array([4, 2, 4], "Int32")})
    pictures = read_pictures(path, shown, 5)
    assert sorted(pictures) == [2, 4]
    assert not pictures[2].any()
    assert pictures[4].shape == (5, 5, 3)
    assert np.ptp(pictures[4]) <= 2 and abs(pictures[4].mean() - 150) < 1
    with pytest.raises(StudyError, match="picture 3 was never written"):
        read_pictures(path, pd.DataFrame({"image": [3]}), 5)
    shown.loc[0, "image"] = 9
    with pytest.raises(StudyError, match=r"image 9 was asked for.*holds 9 pictures"):
        read_pictures(path, shown, 5)
    named = pd.DataFrame({"image": ["a", "b"], "picture": ["4", "2"]})
    pictures = read_pictures(path, pd.DataFrame({"image": ["b"]}), 5, named)
    assert list(pictures) == ["b"] and not pictures["b"].any()


def test_a_contact_sheet_holds_one_raster_a_cluster(tmp_path: Path) -> None:
    svg = tmp_path / "sheet.svg"
    style.save(contact_sheet_of(3), svg, tmp_path / "sheet.png", photographs=True)
    text = svg.read_text("utf-8")
    assert text.count("data:image/jpeg;base64,") == 3
    assert "image/png" not in text
    images = [int(image) for image in nearest_shown(nearest_of(3, 100))["image"][:99]]
    pictures = {image: np.full((72, 72, 3), 20 * image, np.uint8) for image in range(12)}
    block = block_of(images, pictures, 10)
    assert block.shape == (10 * 74 - 2, 10 * 74 - 2, 3)
    assert block[5::74, 5::74, 0].ravel().tolist() == [*(20 * image for image in images), 255]


def test_blocks_fill_their_sheet() -> None:
    across = {k: blocks_across(k) for k in range(1, 21)}
    assert (across[1], across[2], across[4], across[6], across[20]) == (1, 2, 2, 3, 3)


def test_mosaic_skips_unknown_pictures() -> None:
    shown = nearest_shown(nearest_of(3), 10)
    assert shown[shown["cluster"] == 1]["rank"].tolist() == [1, *range(3, 11)]
    texts = [text.get_text() for text in drawn_texts(mosaic_of(2))]
    assert sum(re.fullmatch(r"[01]\.\d+", text) is not None for text in texts) == 9 + 6
    unknown = mosaic_figure(
        shown[shown["cluster"] > 1],
        {i: np.zeros((2, 2, 3), np.uint8) for i in range(12)},
        fit_of(3),
        identity_of(3),
        "pooled",
    )
    assert "No picture known" in [text.get_text() for text in drawn_texts(unknown)]


def test_medians_above_and_minima_below_the_diagonal() -> None:
    table = consistency_k_of(4)
    matched = table[table["matched"]]
    matrix = summary_matrix(matched)
    assert matrix.index.tolist() == matrix.columns.tolist() == [2, 3, 4, 5]
    assert np.isnan(np.diag(matrix)).all()
    for (a, b), r in matched.groupby(["k_a", "k_b"])["r"]:
        assert (matrix.loc[a, b], matrix.loc[b, a]) == (r.median(), r.min())
    empty = consistency_k_figure(table.iloc[:0], 1, {1: 1}, "pooled")
    assert any("Nothing to compare" in text.get_text() for text in drawn_texts(empty))


def test_heatmaps_of_the_chosen_k_are_ordered_by_match() -> None:
    table = consistency_k_of(5)
    below, above, every = matched_heatmaps(table, 4)
    assert (below.r.shape, above.r.shape, every.r.shape) == ((4, 3), (4, 5), (4, 5))
    assert list(every.r.columns) == [2, 3, 4, 5, 6]
    assert every.r.notna().sum().tolist() == [2, 3, 4, 4, 4]
    assert (every.r[4] == 1).all()
    for heatmap, k_a, k_b in ((below, 3, 4), (above, 4, 5)):
        both = table[(table["k_a"] == k_a) & (table["k_b"] == k_b)]
        own, other = ("a", "b") if k_a == 4 else ("b", "a")
        for row in both.to_dict("records"):
            cluster, column = row[f"cluster_{own}"], row[f"cluster_{other}"]
            assert heatmap.r.loc[cluster, column] == row["r"]
            assert row["matched"] == (heatmap.matched.get(cluster) == column)
        order = [heatmap.matched[n] for n in range(1, 5) if n in heatmap.matched]
        assert list(heatmap.r.columns)[: len(order)] == order
    assert matched_heatmaps(table, 1) == []
    assert len(matched_heatmaps(consistency_k_of(2), 2)) == 1


def test_correlations_are_written_one_way() -> None:
    values = (0.974, -0.43, 0.996, 0.9999, 1.0, -0.9996, 0.001)
    assert [style.correlation(r) for r in values] == [
        *("0.97", "\N{MINUS SIGN}0.43", "0.996", "0.999", "1.00", "\N{MINUS SIGN}0.999", "0.00")
    ]


def test_clusters_stand_together_by_what_they_correspond_to() -> None:
    table = consistency_subjects_of(7, 4)
    names = [f"subj{n:02d}" for n in range(1, 5)]
    order = by_identity(table, {name: identity_of(7) for name in names})
    assert order["group"].tolist() == [n for n in (1, 2, 3, 4, 5, 6, 0) for _ in names]
    assert order["subject"].tolist() == names * 7
    assert order[order["group"] == 1]["cluster"].tolist() == [6] * 4


def test_what_corresponds_to_no_pooled_cluster_stands_by_its_match() -> None:
    """Of four subjects' eight clusters, two have no match; most pairs agree which they are."""
    table = consistency_subjects_of(8, 4)
    names = [f"subj{n:02d}" for n in range(1, 5)]
    first = table[table["matched"] & (table["subject_a"] == "subj01")]
    link = first.set_index(["subject_b", "cluster_b"])["cluster_a"].to_dict()
    identity = {"subj01": identity_of(8)}
    for name in names[1:]:
        identity[name] = {n: identity["subj01"][link[name, n]] for n in range(1, 9)}
    # One more is left over whose match in the first subject is not.
    identity["subj04"] |= {n: None for n in identity["subj04"] if identity["subj04"][n] == 2}
    order = by_identity(table, identity)
    assert (
        order["group"].tolist()
        == [1] * 4 + [2] * 3 + [n for n in (3, 4, 5, 6) for _ in names] + [0] * 9
    )
    last = order[-9:]
    assert last["partner"].tolist() == [7] * 4 + [8] * 4 + [0]
    assert last["subject"].tolist() == names * 2 + ["subj04"]
    for row in last[:-1].itertuples():
        assert row.subject == "subj01" or link[row.subject, row.cluster] == row.partner
    figure = consistency_subjects_figure(table, identity, NOTE)
    assert overlapping(text_boxes(figure)) == []
    assert "stands by its match in subj01 (thin outlines)" in str(figure.get_label())


def test_each_pair_of_prototypes_and_each_match_is_drawn_once() -> None:
    figure = subjects_drawn(3, 4)
    mesh = np.ma.getmaskarray(figure.axes[0].collections[0].get_array())
    assert (~mesh).sum() == 6 * 9
    dots = [c.get_offsets() for c in figure.axes[-1].collections if len(c.get_offsets()) > 1]
    assert sum(map(len, dots)) == 6 * 3
    assert "the one-to-one matches of each of 6 pairs of subjects" in str(figure.get_label())
    assert "Each subject is in 3 pairs, so matches are not independent." in str(figure.get_label())


def test_blocks_say_their_medians_where_cells_have_no_room_for_numbers() -> None:
    table, k = consistency_subjects_of(6, 8), 6
    names = sorted({*table["subject_a"], *table["subject_b"]})
    identity = {name: identity_of(k) for name in names}
    order = by_identity(table, identity)
    r = correlations(table, order)
    assert np.isnan(np.diag(r)).all() and np.array_equal(r, r.T, equal_nan=True)
    medians = block_medians(r, order)
    ends = [
        [identity[s][c] for s, c in zip(table[f"subject_{x}"], table[f"cluster_{x}"], strict=True)]
        for x in "ab"
    ]
    for a, b in combinations(range(1, 7), 2):
        both = (np.equal(ends[0], a) & np.equal(ends[1], b)) | (
            np.equal(ends[0], b) & np.equal(ends[1], a)
        )
        assert medians.loc[a, b] == medians.loc[b, a] == np.median(table.loc[both, "r"])
    own = np.equal(ends[0], 2) & np.equal(ends[1], 2)
    assert medians.loc[2, 2] == np.median(table.loc[own, "r"])
    texts = [text.get_text() for text in drawn_texts(consistency_subjects_figure(table, identity))]
    for a, b in ((1, 1), (1, 2), (6, 5)):
        assert style.correlation(medians.loc[a, b]) in texts


def test_two_subjects_are_drawn_against_each_other() -> None:
    table = consistency_subjects_of(4, 2)
    figure = consistency_subjects_figure(
        table, {"subj01": {1: 3, 2: 1, 3: None, 4: 2}, "subj02": {1: 1, 2: 2, 3: 3, 4: None}}
    )
    cells = figure.axes[0].collections[0].get_array()
    wide = table.pivot(index="cluster_a", columns="cluster_b", values="r")
    expected = wide.loc[[2, 4, 1, 3], [1, 2, 3, 4]]
    assert np.asarray(cells).reshape(4, 4) == pytest.approx(expected.to_numpy(float))
    assert len(figure.axes[0].patches) == 4  # the matches
    texts = [text.get_text() for text in drawn_texts(figure)]
    assert [text for text in texts if text.startswith("subj01 · ")] == [
        f"subj01 · {n}" for n in (2, 4, 1, 3)
    ]
    assert texts.count("–") == 2
    assert "1 pair" not in str(figure.get_label())


@pytest.mark.parametrize("k", [1, 2, 6, 12, 20])
@pytest.mark.parametrize("subjects", [2, 3, 8])
def test_few_and_many_subjects_are_drawn_legibly(k: int, subjects: int) -> None:
    figure = subjects_drawn(k, subjects)
    boxes = text_boxes(figure)
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert figure.get_figheight() * 25.4 < 170


@pytest.mark.parametrize("subjects", [2, 3, 8])
@pytest.mark.parametrize("name", ["x", LONG])
def test_names_of_subjects_fit(name: str, subjects: int) -> None:
    table = consistency_subjects_of(6, subjects)
    for side in "ab":
        table[f"subject_{side}"] = [f"{n[-1]}{name}" for n in table[f"subject_{side}"]]
    names = {*table["subject_a"], *table["subject_b"]}
    figure = consistency_subjects_figure(table, {one: identity_of(6) for one in names}, NOTE)
    boxes = text_boxes(figure)
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []
    k = consistency_k_figure(consistency_k_of(6), 6, identity_of(6), name, NOTE)
    assert beyond_edge(k) == [] and overlapping(text_boxes(k)) == []


def test_both_consistency_figures_have_one_scale_and_title_every_axis() -> None:
    figures = [
        consistency_k_figure(consistency_k_of(5), 5, identity_of(5), "pooled"),
        subjects_drawn(6, 8),
        subjects_drawn(6, 2),
    ]
    for figure in figures:
        meshes = [
            found
            for axes in figure.axes
            for found in axes.collections
            if isinstance(found, QuadMesh)
        ]
        assert len(meshes) > 1
        assert {mesh.get_cmap().name for mesh in meshes} == {"RdBu_r"}
        assert {mesh.get_clim() for mesh in meshes} == {(-1, 1)}
    for axes in figures[0].axes:
        is_scale = axes.get_title() == "r"
        assert is_scale or (axes.get_xlabel() and axes.get_ylabel())
    label = str(figures[0].get_label())
    assert "Grey: no match" in label
    assert "is no evidence for any k" in label
    # Matches of one cohort's fits are not independent: how many exceed a bound is no finding.
    assert re.search(r"\d+ of \d+", label) is None


def test_no_correlation_below_1_is_written_as_1() -> None:
    table = consistency_k_of(4)
    table.loc[table["matched"], "r"] = 0.9996
    figure = consistency_k_figure(table, 4, identity_of(4), "pooled")
    texts = [text.get_text() for text in drawn_texts(figure)]
    assert texts.count("1.00") == 4  # the chosen k's clusters with themselves
    assert texts.count("0.999") == 3 + 4 + (2 + 3 + 4) + 2 * 6
    assert "k = 4 and 3: median r 0.999, lowest 0.999." in str(figure.get_label())


def test_numbers_stand_out_from_their_cells() -> None:
    for r in np.linspace(-1, 1, 201):
        ground = to_hex(colormaps["RdBu_r"]((r + 1) / 2))
        found, other = (
            style.contrast(ground) / style.contrast(ink) for ink in (ink_on(r), "#222222")
        )
        assert max(found, 1 / found) >= max(other, 1 / other) - 1e-9
        assert max(found, 1 / found) > 3.9


def test_a_chosen_k_of_1_is_compared_with_none() -> None:
    figure = consistency_k_figure(consistency_k_of(4), 1, {1: 1}, "pooled")
    assert "The chosen k = 1 has a single cluster" in str(figure.get_label())
    assert beyond_edge(figure) == [] and overlapping(text_boxes(figure)) == []


@pytest.mark.parametrize("name", ["x", LONG])
def test_short_and_long_names_are_drawn_legibly(name: str) -> None:
    regions = pd.DataFrame(
        {"region": [name, f"{name} 2", "V1"], "collection": None, "present": [True, True, True]}
    )
    absent = pd.concat([regions, regions[:1].assign(region=f"{name} 3", present=False)])
    centroids = centroids_of(6, regions)
    spread = centroids.assign(low=-0.2, high=0.3)[["cluster", "region", "low", "high"]]
    figure = centroid_figure(centroids, spread, absent, fit_of(6), identity_of(6), UNIT, name, NOTE)
    boxes = text_boxes(figure)
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []
    assert any(f"lacks: {name[:20]}" in text for text, _ in boxes)


def test_what_is_left_out_of_the_pool_is_named() -> None:
    regions = NSD.assign(in_all=NSD["region"] != "FBA-1", present=7)
    assert left_out(regions).endswith("(in how many): FBA-1 (7).")
    assert left_out(NSD) == ""


def test_a_colour_is_an_identity() -> None:
    prototypes = pd.DataFrame(np.eye(4)[[2, 0, 1]], columns=list("abcd"), index=[1, 2, 3])
    pooled = pd.DataFrame(np.eye(4)[:2], columns=list("abcd"), index=[1, 2])
    table = matched_to(prototypes, pooled).assign(k=3)
    identity = identities(table, 3)
    assert identity == {1: None, 2: 1, 3: 2}
    assert [style.cluster_colour(identity[n]) for n in (1, 2)] == [
        *(style.UNMATCHED, style.PALETTE[0])
    ]
    assert [match_text(n, identity) for n in (1, 2)] == ["no pooled match", "pooled cluster 1"]
    assert match_text(2, {2: 2}) == ""


def test_largest_k_is_named_when_no_gain_falls_below() -> None:
    table, choice = elbow_of(6)
    figure = elbow_figure(table, choice | {"k": 9, "reached": False}, "subj03")
    assert "subj03: k = 9, the largest tried" in [text.get_text() for text in drawn_texts(figure)]


def test_elbow_without_gains_or_threshold() -> None:
    table, choice = elbow_of(6)
    assert beyond_edge(elbow_figure(table.iloc[:1], choice | {"k": 1}, "subj03")) == []
    assert beyond_edge(elbow_figure(table, choice | {"threshold": 0.0}, "subj03")) == []


def test_families_in_order() -> None:
    table = pd.DataFrame(
        [
            ("RSC", "floc-places"),
            ("mine", pd.NA),
            ("V2v", "prf-visualrois"),
            ("early", "streams"),
            ("V1v", "prf-visualrois"),
        ],
        columns=["region", "collection"],
    )
    among = ["RSC", "V1v", "V2v", "early", "mine", "elsewhere"]
    assert families(table, among) == [
        ("Early visual", ["V2v", "V1v"]),
        ("Places", ["RSC"]),
        ("streams", ["early"]),
        ("", ["mine", "elsewhere"]),
    ]
    assert families(table, ["V1v"]) == [("Early visual", ["V1v"])]


def test_regions_without_a_collection_are_known_by_name() -> None:
    spelt = [name.replace("-", "") for name in NSD["region"]]
    spelt = [re.sub("^([LR])([ah])", r"\1_\2", name) for name in spelt]
    among = [*sorted(spelt), "x", "FFA", "Broca"]
    table = pd.DataFrame({"region": among, "collection": None})
    grouped = families(table, among)
    assert [name for name, _ in grouped] == [*FAMILIES.values(), ""]
    assert [region for _, members in grouped[:-1] for region in members] == spelt
    assert grouped[-1][1] == ["x", "FFA", "Broca"]
    assert families(table, ["vwfa_2", "ffa-1", "r Amygdala"]) == [
        *(("Faces", ["ffa-1"]), ("Words", ["vwfa_2"]), ("Subcortical", ["r Amygdala"]))
    ]


def test_numbers_in_words() -> None:
    assert [style.percent(share) for share in (0, 0.0012, 0.0096, 0.164, 0.9999, 1)] == [
        *("0 %", "0.1 %", "1 %", "16 %", "99.9 %", "100 %")
    ]
    assert style.number(-0.001, 2) == "0.00"
    assert style.number(-0.5) == "\N{MINUS SIGN}0.5"
    assert style.size_text({"sizes": [1204, 1], "trials": 1205}, 2) == "1 trial (0.1 %)"


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("k", "apart"), [(6, 0.1), (12, 0.06), (20, 0.05)])
def test_colours_are_told_apart(vision: str, k: int, apart: float) -> None:
    """A just noticeable difference in Oklab is about 0.02."""
    *matched, grey = seen((*style.PALETTE[:k], style.UNMATCHED), vision)
    assert min(np.linalg.norm(a - b) for a, b in combinations(matched, 2)) > apart
    assert min(np.linalg.norm(a - grey) for a in matched) > 0.04


def test_words_stand_out_from_white() -> None:
    assert style.contrast("#ffffff") == pytest.approx(1)
    assert style.contrast("#000000") == pytest.approx(21)
    for colour in (*style.PALETTE, style.UNMATCHED, style.QUIET):
        assert style.contrast(colour) >= 4.5


def test_long_words_are_broken_to_fit() -> None:
    lines = style.wrapped("a region_with_a_name_that_takes_more_than_a_line, too", 1.0)
    assert "".join(lines).replace(" ", "") == "aregion_with_a_name_that_takes_more_than_a_line,too"
    assert max(style.text_width(line) for line in lines) <= 1.0


def test_a_number_keeps_its_colour() -> None:
    assert [style.cluster_colour(n) for n in range(1, 21)] == list(style.PALETTE)
    assert style.cluster_colour(21) == style.cluster_colour(1)
