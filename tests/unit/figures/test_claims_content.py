"""What the figures of claims draw is what their tables say."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from response_clusters.figures import models, style
from response_clusters.figures.curve import curve_figure, gains_of
from response_clusters.figures.elbow import THRESHOLD
from response_clusters.figures.generalisation import PANELS, generalisation_figure
from response_clusters.figures.ladder import LEVELS, ladder_figure
from response_clusters.figures.lineage import RADIUS, WIDEST, lineage_figure
from response_clusters.figures.nulls import NAMES, nulls_figure, rows_of
from response_clusters.figures.prototypes import pairs_of, prototypes_figure
from response_clusters.figures.stability import CURVES, stability_figure

from tests.unit.figures.claim_tables import (
    choice_of,
    chosen_of,
    curve_of,
    generalisation_of,
    identity_table,
    ladder_of,
    lineage_of,
    nulls_of,
    prototypes_of,
    stability_of,
)
from tests.unit.figures.test_figures import drawn_texts
from tests.unit.figures.vision import VISION, oklab

LINES = {
    "observed": models.OBSERVED,
    "continuum": models.CONTINUUM,
    "groups": models.GROUPS,
}


def titled(figure: Figure, title: str) -> Axes:
    """The axes of a title."""
    (axes,) = [axes for axes in figure.axes if axes.get_title(loc="left") == title]
    return axes


def line_of(axes: Axes, colour: str) -> Line2D:
    """The only line over k of a colour."""
    (line,) = [a for a in axes.get_lines() if a.get_color() == colour and len(a.get_xdata()) > 2]
    return line


def dots_of(axes: Axes, colour: str, marker: str = "o") -> dict[float, float]:
    """The single marks of a colour: what they are at, by height."""
    marks = [
        line
        for line in axes.get_lines()
        if line.get_color() == colour and line.get_marker() == marker and len(line.get_xdata()) == 1
    ]
    return {float(line.get_ydata()[0]): float(line.get_xdata()[0]) for line in marks}


def bands_of(axes: Axes, colour: str) -> list[np.ndarray]:
    """The outlines of the areas in a model's tint."""
    tint = style.tint(colour, models.SHARE)
    return [
        area.get_paths()[0].vertices
        for area in axes.collections
        if isinstance(area, FillBetweenPolyCollection) and to_hex(area.get_facecolor()[0]) == tint
    ]


def assert_curves(axes: Axes, table: pd.DataFrame) -> None:
    """All three lines and the band of the continuum are the table's columns."""
    table = table.sort_values("k")
    for column, colour in LINES.items():
        line = line_of(axes, colour)
        np.testing.assert_allclose(line.get_xdata(), table["k"])
        np.testing.assert_allclose(line.get_ydata(), table[column])
    (band,) = bands_of(axes, models.CONTINUUM)
    assert band[:, 1].min() == pytest.approx(table["low"].min())
    assert band[:, 1].max() == pytest.approx(table["high"].max())


def test_the_curve_is_the_table() -> None:
    curve, chosen = curve_of(6), chosen_of(6)
    figure = curve_figure(curve, chosen, choice_of(6))
    table = curve[curve["statistic"] == "r2_between"]
    assert_curves(titled(figure, "R² between"), table)
    above = titled(figure, "R² between minus the mean of the continuum")
    np.testing.assert_allclose(line_of(above, models.CONTINUUM).get_ydata(), 0, atol=1e-12)
    drawn = line_of(above, models.OBSERVED).get_ydata()
    np.testing.assert_allclose(drawn, table["observed"] - table["continuum"])
    band = bands_of(above, models.GROUPS)[0]
    assert band[:, 1].max() == pytest.approx((table["groups_high"] - table["continuum"]).max())
    gains = titled(figure, "Gain in R² between over k − 1 (dashed: threshold 0.01)")
    np.testing.assert_allclose(
        line_of(gains, models.OBSERVED).get_ydata(), np.diff(table["observed"])
    )
    marks = [line for line in gains.get_lines() if line.get_color() == THRESHOLD]
    assert marks[0].get_ydata()[0] == 0.01


def test_the_bars_are_the_shares_of_draws() -> None:
    figure = curve_figure(curve_of(6), chosen_of(6), choice_of(6))
    axes = titled(figure, "Share of draws in which the elbow chooses k")
    bars = [
        (bar.get_y(), round(bar.get_x() + bar.get_width() / 2), bar.get_height())
        for bar in axes.patches
    ]
    assert bars == [
        (2, 6, pytest.approx(0.375)),
        (2, 7, pytest.approx(0.125)),
        (1, 5, pytest.approx(1 / 9)),
        (1, 6, pytest.approx(7 / 18)),
        (0, 6, pytest.approx(0.5)),
    ]
    texts = {text.get_text() for text in drawn_texts(figure)}
    assert {"Data, images drawn anew: 20 draws", "Continuum: 9 draws", "78 %"} <= texts
    assert "surrogates of a continuum choose 5 in 2, 6 in 7 of 9" in str(figure.get_label())


def test_the_deciding_statistic_is_drawn() -> None:
    choice = choice_of(6) | {"statistic": "r2_explained"}
    figure = curve_figure(curve_of(6), chosen_of(6), choice)
    table = curve_of(6).query("statistic == 'r2_explained'")
    assert_curves(titled(figure, "R² explained"), table)


def test_gains_need_the_k_before() -> None:
    table = pd.DataFrame({"k": [5, 2, 1, 3], "observed": [0.9, 0.5, 0.0, 0.7]})
    gains = gains_of(table.assign(continuum=[0.8, 0.4, 0.0, np.nan], groups=np.nan))
    assert gains["k"].tolist() == [2, 3]
    assert gains["observed"].tolist() == pytest.approx([0.5, 0.2])
    assert gains["continuum"].tolist()[0] == pytest.approx(0.4)
    assert gains["continuum"].isna().tolist() == [False, True]
    assert gains["groups"].isna().all()


def test_every_index_is_drawn_where_it_is() -> None:
    nulls = nulls_of(6, subjects=3)
    figure = nulls_figure(nulls, 6)
    axes = next(axes for axes in figure.axes if axes.get_xlabel() == "Index")
    pooled = nulls[nulls["cohort"] == "pooled"].set_index("statistic")["index"]
    large = dots_of(axes, models.OBSERVED)
    assert [large[y] for y in sorted(large)] == pytest.approx([pooled[name] for name in NAMES])
    small = [
        (round(float(line.get_ydata()[0])), float(line.get_xdata()[0]))
        for line in axes.get_lines()
        if line.get_markersize() == 2.8
    ]
    single = nulls[nulls["cohort"] != "pooled"]
    expected = [
        (list(NAMES).index(row.statistic), row.index_)
        for row in single.rename(columns={"index": "index_"}).itertuples()
    ]
    np.testing.assert_allclose(sorted(small), sorted(expected))
    texts = [text.get_text() for text in drawn_texts(figure)]
    row = nulls.query("cohort == 'pooled' and statistic == 'repeat_kappa'").iloc[0]
    number = "{:.3f}".format
    interval = f"{number(row['continuum'])} ({number(row['low'])} to {number(row['high'])})"
    assert {interval, number(row["observed"]), number(row["groups"])} <= set(texts)
    assert f"{row['index']:.2f}" in texts


def test_the_interval_is_on_the_scale_of_the_index() -> None:
    nulls = nulls_of(6, subjects=1).query("statistic == 'r2_between'")
    axes = next(a for a in nulls_figure(nulls, 6).axes if a.get_xlabel() == "Index")
    row = nulls[nulls["cohort"] == "pooled"].iloc[0]
    tint = style.tint(models.CONTINUUM, 0.6)
    (area,) = [a for a in axes.collections if to_hex(a.get_facecolor()[0]) == tint]
    across = area.get_paths()[0].vertices[:, 0]
    span = row["groups"] - row["continuum"]
    assert across.min() == pytest.approx((row["low"] - row["continuum"]) / span)
    assert across.max() == pytest.approx((row["high"] - row["continuum"]) / span)


@pytest.mark.parametrize(("index", "at", "marker"), [(7.0, 2.0, ">"), (-7.0, -1.0, "<")])
def test_an_index_beyond_the_scale_is_an_arrow(index: float, at: float, marker: str) -> None:
    nulls = nulls_of(6, subjects=1).query("statistic == 'r2_between' and cohort == 'pooled'")
    axes = next(
        a for a in nulls_figure(nulls.assign(index=index), 6).axes if a.get_xlabel() == "Index"
    )
    assert list(dots_of(axes, models.OBSERVED, marker).values()) == [at]
    assert dots_of(axes, models.OBSERVED) == {}


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("groups", "no model of groups"),
        ("observed", "not defined in these data"),
        ("continuum", "no surrogate has a value"),
        ("", "both models give the same"),
    ],
)
def test_a_row_without_an_index_says_why(lost: str, said: str) -> None:
    nulls = nulls_of(6).query("statistic == 'shared_kappa'").assign(index=np.nan)
    nulls = nulls.assign(**{lost: np.nan}) if lost else nulls
    texts = [text for text in drawn_texts(nulls_figure(nulls, 6)) if text.get_text() == said]
    assert [text.get_color() for text in texts] == [style.QUIET]


def test_the_chosen_k_is_left_to_the_figure_of_the_curve() -> None:
    nulls = nulls_of(2).query("statistic == 'r2_between'")
    both = pd.concat([nulls.assign(statistic="chosen_k"), nulls])
    assert rows_of(both) == ["r2_between"]


def test_prototypes_stand_where_the_axes_say() -> None:
    prototypes, points = prototypes_of(6)
    figure = prototypes_figure(prototypes, points)
    own = points[points["kind"] == "prototype"].set_index("cluster")
    for axes, (across, up) in zip(figure.axes, ((1, 2), (1, 3), (2, 3)), strict=False):
        assert axes.get_xlabel() == f"Axis {across} (r)" and axes.get_ylabel() == f"Axis {up} (r)"
        for n in range(1, 7):
            (x,) = dots_of(axes, style.cluster_colour(n)).values()
            assert x == pytest.approx(own.loc[n, f"axis_{across}"])
            (y,) = dots_of(axes, style.cluster_colour(n))
            assert y == pytest.approx(own.loc[n, f"axis_{up}"])
        dots = axes.collections[0].get_offsets()
        trials = points.loc[points["kind"] == "trial", [f"axis_{across}", f"axis_{up}"]]
        np.testing.assert_allclose(dots, trials)
        # A number stands in its mark or nearer to it than to any other.
        for text in axes.texts:
            far = np.hypot(
                *(own[[f"axis_{across}", f"axis_{up}"]] - np.array(text.get_position())).T.values
            )
            assert far[int(text.get_text()) - 1] < 0.25


def test_lines_join_antipodes() -> None:
    prototypes, points = prototypes_of(6)
    pairs = pairs_of(prototypes)
    least = {
        frozenset((int(row.cluster), int(row.antipode_cluster))): row.antipode
        for row in prototypes.itertuples()
    }
    assert {frozenset(pair[:2]): pair[2] for pair in pairs} == pytest.approx(least)
    axes = prototypes_figure(prototypes, points).axes[0]
    own = points[points["kind"] == "prototype"].set_index("cluster")
    joined = [line for line in axes.get_lines() if line.get_color() == style.INK]
    assert len(joined) == len(pairs)
    for line, (a, b, r) in zip(joined, pairs, strict=True):
        np.testing.assert_allclose(line.get_xdata(), own.loc[[a, b], "axis_1"])
        np.testing.assert_allclose(line.get_ydata(), own.loc[[a, b], "axis_2"])
        assert line.get_linewidth() == pytest.approx(0.2 + 1.4 * r * r)


def test_a_single_prototype_has_no_antipode() -> None:
    prototypes, points = prototypes_of(1)
    assert pairs_of(prototypes) == []
    assert "Most negative r: none." in str(prototypes_figure(prototypes, points).get_label())


def test_the_rows_of_prototypes_are_the_table() -> None:
    prototypes, points = prototypes_of(6)
    surrogates, antipodes, shares = prototypes_figure(prototypes, points).axes[3:6]
    for y, row in enumerate(prototypes.itertuples()):
        colour = style.cluster_colour(row.cluster)
        assert dots_of(surrogates, colour) == {y: pytest.approx(row.r)}
        assert dots_of(antipodes, colour) == {y: pytest.approx(row.antipode)}
        widths = [bar.get_width() for bar in shares.patches[5 * y : 5 * y + 5]]
        upto = [row.axes_1, row.axes_2, row.axes_3, row.axes_4, row.axes_5]
        np.testing.assert_allclose(np.cumsum(widths), upto)
    ranges = [area.get_segments()[0][:, 0] for area in surrogates.collections[::2]]
    np.testing.assert_allclose(ranges, prototypes[["r_low", "r_high"]])
    texts = {text.get_text() for text in antipodes.texts}
    first = prototypes.iloc[0]
    assert f"{style.correlation(first['antipode'])} with {first['antipode_cluster']:.0f}" in texts


def test_the_ladder_has_a_line_per_level() -> None:
    ladder = ladder_of(6)
    ladder["index"] = ladder["index"].clip(-0.9, 1.9)
    figure = ladder_figure(ladder, 6)
    index = next(axes for axes in figure.axes if axes.get_ylabel() == "Index")
    for level, (_, short, colour, _) in LEVELS.items():
        table = ladder[ladder["level"] == level]
        lines = [line for line in index.get_lines() if line.get_color() == colour]
        np.testing.assert_allclose(lines[0].get_xdata(), table["k"])
        np.testing.assert_allclose(lines[0].get_ydata(), table["index"])
        assert_curves(titled(figure, f"R² explained: {short}"), table)
    texts = {text.get_text() for text in drawn_texts(figure)}
    assert "Trials (213,000)" in texts
    assert "Means over subjects of shared images (515)" in texts


def test_a_ladder_of_trials_has_one_level() -> None:
    figure = ladder_figure(ladder_of(6, levels=1), 6)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert [title for title in titles if title] == ["R² explained: trials"]
    assert "shared" not in str(figure.get_label()).partition("Index at")[2]


def test_stability_is_the_table() -> None:
    stability = stability_of(6)
    figure = stability_figure(stability, 6)
    for statistic, name in CURVES.items():
        assert_curves(titled(figure, name), stability[stability["statistic"] == statistic])
    strength = titled(figure, CURVES["prediction_strength"])
    dashed = [line for line in strength.get_lines() if line.get_color() == style.QUIET]
    assert [line.get_ydata()[0] for line in dashed] == [0.8]
    (jaccard,) = [axes for axes in figure.axes if axes.get_xlabel().startswith("Jaccard")]
    at = stability.set_index(["k", "statistic"])["observed"]
    for n in range(1, 7):
        expected = {n - 1: pytest.approx(at[6, f"jaccard_{n}"])}
        assert dots_of(jaccard, style.cluster_colour(n)) == expected
    assert dots_of(jaccard, models.OBSERVED) == {
        6: pytest.approx(at[6, "jaccard_mean"]),
        7: pytest.approx(at[6, "jaccard_least"]),
    }
    marks = [line for line in jaccard.get_lines() if line.get_color() == style.QUIET]
    assert [line.get_xdata()[0] for line in marks] == [0.6, 0.75, 0.85]
    excess = style.number(100 * at[6, "rival_objective"], 2)
    assert f"{excess} %" in {text.get_text() for text in drawn_texts(figure)}


@pytest.mark.parametrize(
    ("strength", "said"),
    [
        ([0.9, 0.7, 0.85, 0.4], "The last k with a prediction strength above 0.8 (dashed), from"),
        ([0.8, 0.7, 0.6, 0.4], "No k has a prediction strength above 0.8"),
        ([None] * 4, ""),
    ],
)
def test_the_last_supported_k_is_told(strength: list[float | None], said: str) -> None:
    stability = stability_of(4, most=5)
    at = stability["statistic"] == "prediction_strength"
    stability.loc[at, "observed"] = np.array(strength, dtype=float)
    told = str(stability_figure(stability, 4).get_label())
    assert said in told
    assert ("counts as supported" in told) == bool(said)
    assert ("counts as supported, is 4." in told) == said.startswith("The last")


def test_generalisation_is_the_table() -> None:
    table = generalisation_of(6, subjects=3)
    figure = generalisation_figure(table)
    panels = figure.axes[-3:]
    for axes, statistic in zip(panels, PANELS, strict=True):
        part = table[table["statistic"] == statistic].reset_index()
        for column, colour, marker in (
            ("observed", models.OBSERVED, "o"),
            ("groups", models.GROUPS, "D"),
        ):
            assert dots_of(axes, colour, marker) == pytest.approx(part[column].to_dict())
        spans = bands_of(axes, models.CONTINUUM)
        ends = [(band[:, 0].min(), band[:, 0].max()) for band in spans]
        np.testing.assert_allclose(ends, part[["low", "high"]])


def test_circles_and_lines_are_trials() -> None:
    lineage, identity = lineage_of(6), identity_table(6, 4)
    figure = lineage_figure(lineage, identity, 4)
    axes = figure.axes[0]
    circles = [patch for patch in axes.patches if isinstance(patch, Circle)]
    assert len(circles) == sum(range(1, 7))
    by_row: dict[float, list[Circle]] = {}
    for circle in circles:
        by_row.setdefault(round(circle.center[1], 6), []).append(circle)
    rows = dict(zip(range(1, 7), (by_row[y] for y in sorted(by_row)), strict=True))
    for k, row in rows.items():
        side = ("k", "cluster") if k < 6 else ("k_next", "cluster_next")
        part = lineage[lineage[side[0]] == k]
        sizes = part.groupby(side[1])["trials"].sum()
        areas = [circle.radius**2 / RADIUS**2 for circle in row]
        np.testing.assert_allclose(areas, sizes / sizes.sum(), atol=1e-3)
        colours = [to_hex(circle.get_facecolor()) for circle in row]
        assert colours == [style.cluster_colour(n if n <= 4 else None) for n in range(1, k + 1)]
    drawn = lineage[lineage[["share", "share_next"]].max(axis=1) >= 0.02]
    ends: dict[tuple[Any, ...], float] = {
        (
            *rows[row.k][row.cluster - 1].center,
            *rows[row.k_next][row.cluster_next - 1].center,
        ): row.trials / 20_000
        for row in drawn.itertuples()
    }
    lines = {
        tuple(line.get_xydata().ravel()): line.get_linewidth() / WIDEST for line in axes.get_lines()
    }
    assert set(lines) == set(ends)
    wide = {at: share for at, share in ends.items() if share * WIDEST > 0.3}
    assert {at: lines[at] for at in wide} == pytest.approx(wide)


def test_the_colours_of_models_are_told_apart() -> None:
    """From each other and from all colours of clusters: 0.02 in Oklab is just noticeable."""
    own = [models.OBSERVED, models.CONTINUUM, models.GROUPS]
    colours = np.array([to_rgb(c) for c in (*own, *style.PALETTE, style.UNMATCHED)])
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    for matrix in VISION.values():
        seen = oklab(np.clip(linear @ np.transpose(matrix), 0, 1))
        assert min(np.linalg.norm(a - b) for a, b in combinations(seen[:3], 2)) > 0.2
        assert min(np.linalg.norm(a - b) for a in seen[1:3] for b in seen[3:]) > 0.1


def test_an_axis_of_indices_shows_both_ends() -> None:
    assert models.index_limits(np.array([0.1, np.nan])) == (-0.3, 1.3)
    assert models.index_limits(np.array([-40.0, 40.0])) == (-1.0, 2.0)
    low, high = models.index_limits(np.array([-0.42, 1.57]))
    assert -0.6 < low < -0.42 and 1.57 < high <= 1.7
    assert models.index_limits(np.array([])) == (-0.3, 1.3)


def test_no_number_is_rounded_up_to_1() -> None:
    texts = [models.decimal(value) for value in (0.99949, 0.9995, 0.99996, 1.0, -0.99999)]
    assert texts == ["0.999", "0.9995", "0.9999", "1.000", "\N{MINUS SIGN}0.9999"]
