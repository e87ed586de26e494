"""Figure 1B: wordclouds of the categories in the pictures nearest each cluster."""

from collections import Counter
from math import ceil
from typing import Any

import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.figure import Figure
from response_clusters.comparison.identity import Identity, match_text
from response_clusters.figures import style
from response_clusters.figures.word_layout import (
    HIGH,
    LEAST,
    LOOKS,
    PlacedWord,
    laid_out,
    points_of,
)

GAP = 0.16  # inches between clouds
UPWARDS = 1.0
"""Only lifts above this are drawn: categories more frequent here than elsewhere."""
FEWEST = 3
"""Fewest pictures that must show a category for its lift to be drawn: one is no evidence."""


def word_sizes(counts: pd.DataFrame, top: str, column: str) -> dict[int, dict[str, float]]:
    """The values that set the sizes of each cluster's words, largest first, without zeros.

    Lifts count only if they are above `UPWARDS` and from at least `FEWEST` pictures.

    Parameters
    ----------
    counts : DataFrame
        One row per cluster, top and category.
    top : str
        Which of the nearest pictures were counted: "10", "100", "all".
    column : str
        The column to size words by.
    """
    rows = counts[(counts["top"] == top) & (counts[column] > 0).fillna(False)]
    if column.endswith("_lift"):
        rows = rows[(rows[column] > UPWARDS) & (rows["images"] >= FEWEST)]
    rows = rows.sort_values(["cluster", column, "category"], ascending=[True, False, True])
    return {
        int(str(cluster)): dict(zip(words["category"], words[column].astype(float), strict=True))
        for cluster, words in rows.groupby("cluster")
    }


def foot_of(
    words: dict[str, float], placed: list[PlacedWord], most: int, size_by: str = "count"
) -> str:
    """The line below a cloud: its largest and smallest word, and how many are not drawn, and why.

    Parameters
    ----------
    words : dict of str to float
        Values by word, largest first.
    placed : list of PlacedWord
        The first of them.
    most : int
        Words of a cloud.
    size_by : {"count", "lift", "enrichment"}
        What values are.
    """
    names = list(words)
    ends = dict.fromkeys([names[0], names[len(placed) - 1]])
    text = " to ".join(
        f"{style.shortened(name, 0.7, 5)} {figure_of(words[name], size_by)}" for name in ends
    )
    largest = placed[0].points
    reasons: Counter[str] = Counter()
    for place, value in list(enumerate(words.values()))[len(placed) :]:
        small = points_of(value, words[names[0]], largest) < LEAST - 1e-9
        reasons[
            "too small" if small else f"beyond the first {most}" if place >= most else "no room"
        ] += 1
    left_out = ", ".join(f"{n:,} {why}" for why, n in reasons.items())
    return f"{text}; not drawn: {left_out}" if left_out else text


def figure_of(value: float, size_by: str) -> str:
    """A word's number: 12, a lift of "×3.1" or log-odds of "1.13"."""
    if size_by == "enrichment":
        return style.number(value, 2)
    if size_by == "lift":
        return f"×{style.number(value, 1 if value < 99.95 else 0)}"
    return f"{value:,.0f}"


def annotated_of(coverage: dict[str, Any], cluster: int, top: str) -> tuple[int, int]:
    """How many of a cluster's pictures are annotated, and how many there are."""
    rows = [r for r in coverage["clusters"] if r["cluster"] == cluster and r["top"] == top]
    return (rows[0]["images"], rows[0]["images"] + rows[0]["uncovered"]) if rows else (0, 0)


def annotated_text(known: int, every: int) -> str:
    """How many pictures there are, and how many of them are annotated."""
    pictures = style.counted(every, "picture", "pictures")
    share = "all" if known == every else f"{known:,}" if known else "none"
    return f"{pictures}, {share} annotated"


def title_of(cohort: str, top: str, covered: list[tuple[int, int]]) -> str:
    """The figure's title, with the number of annotated pictures if that is not all of them."""
    pictures = "pictures" if top == "all" else f"{int(top):,} nearest pictures"
    title = f"{style.cohort_name(cohort)}: what each cluster's {pictures} show"
    if all(known == every for known, every in covered):
        return title
    least, most = (extreme(known for known, _ in covered) for extreme in (min, max))
    some = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return f"{title} (only {some} of them annotated)"


def law_of(count: str, size_by: str) -> str:
    """The subtitle's part on what the size of a word means."""
    seen, whose = {
        "instances": ("instances of its category in these pictures", "its category is annotated"),
        "images": ("these pictures that show its category", "a picture shows its category"),
    }[count]
    if size_by == "count":
        return (
            f"The height of a word, squared, is proportional to the number of {seen}: four times "
            "the number is twice the height."
        )
    if size_by == "enrichment":
        return (
            "The height of a word, squared, is proportional to its enrichment: the log-odds that "
            "one of these pictures shows its category, minus the log-odds in all pictures of the "
            "cohort, at the lower end of a 95 % interval. Drawn are those above 0."
        )
    return (
        "The height of a word, squared, is proportional to its lift: how many times more often "
        f"{whose} here than in all pictures of the cohort. Drawn are lifts above "
        f"×{style.number(UPWARDS)} of categories in {FEWEST} or more of the pictures."
    )


def wordcloud_figure(
    counts: pd.DataFrame,
    coverage: dict[str, Any],
    fit: dict[str, Any],
    identity: Identity,
    cohort: str,
    top: str,
    count: str = "instances",
    size_by: str = "count",
    look: dict[str, Any] | None = None,
    note: str = "",
) -> Figure:
    """A wordcloud of COCO categories for each cluster.

    Parameters
    ----------
    counts : DataFrame
        One row per cluster, top and category: instances, images, the lift of either and, if words
        are sized by it, enrichment (`statistics.enrichment.label_bounds`).
    coverage : dict
        The label_coverage record: how many images of each cluster and top are annotated.
    fit : dict
        A fit's summary: k, trials and sizes.
    identity : dict
        The pooled cluster that each cluster is matched to.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    top : str
        Which of the nearest pictures to show: "10", "100", "all".
    count : {"instances", "images"}
        Whether to count every instance of a category or every picture that shows it.
    size_by : {"count", "lift", "enrichment"}
        Whether words are sized by that count, by how far it exceeds the base rate, or by how far
        the share of pictures certainly exceeds it.
    look : dict, optional
        See `laid_out`.
    """
    columns = {"count": count, "lift": f"{count.removesuffix('s')}_lift"}
    column = columns.get(size_by, size_by)
    clouds, k = word_sizes(counts, top, column), int(fit["k"])
    look = LOOKS | (look or {})
    across = min(k, 2 if k <= 4 else 3)
    wide = (style.COLUMN - 2 * style.MARGIN + GAP) / across - GAP
    covered = {n: annotated_of(coverage, n, top) for n in range(1, k + 1)}
    title = title_of(cohort, top, list(covered.values()))
    subtitle = (
        f"{law_of(count, size_by)} Sizes compare words of one cloud, not clouds. Below each: its "
        "largest and smallest word with their numbers, and how many categories are not drawn "
        "and why."
    )
    top_edge = style.heading_height(style.COLUMN, title, subtitle) + 0.36
    step = HIGH + 0.62
    figure = style.canvas(style.COLUMN, top_edge + ceil(k / across) * step - 0.12)
    style.heading(figure, title, subtitle)
    for cluster in range(1, k + 1):
        line, column_index = divmod(cluster - 1, across)
        x = style.MARGIN + column_index * (wide + GAP)
        y, colour = top_edge + line * step, style.cluster_colour(identity[cluster])
        name = f"Cluster {cluster}"
        style.write(figure, x, y - 0.3, name, size=style.LABEL, weight="bold", color=colour)
        after = x + style.text_width(name, style.LABEL, "bold") + 0.04
        more = f", {words}" if (words := match_text(cluster, identity)) else ""
        text = style.shortened(f"{style.size_text(fit, cluster)}{more}", x + wide - after)
        style.write(figure, after, y - 0.29, text, size=style.SMALL)
        text = annotated_text(*covered[cluster])
        style.write(figure, x, y - 0.17, text, size=5, color=style.QUIET)
        rule = style.place(figure, x, y - 0.05, wide, 0.01)
        rule.set_axis_off()
        rule.axhline(0.5, color=colour, linewidth=1)
        if cluster not in clouds:
            empty = empty_text(covered[cluster][0], size_by)
            style.describe(figure, f"{name}: {text}; {empty[0].lower()}{empty[1:]}.")
            middle = {"ha": "center", "va": "center", "color": style.QUIET, "size": style.BODY}
            style.write(figure, x + wide / 2, y + HIGH / 2, empty, **middle)
            continue
        placed = laid_out(clouds[cluster], look, wide)
        for word in placed:
            spot = {"va": "baseline", "rotation_mode": "anchor", "rotation": 90 * word.upright}
            spot |= {"size": word.points, "weight": "bold", "color": colour}
            for part in word.lines:
                style.write(figure, x + part.across, y + part.down, part.text, **spot)
        foot = foot_of(clouds[cluster], placed, look["max_words"], size_by)
        most = list(clouds[cluster].items())[:5]
        first = ", ".join(f"{word} {figure_of(value, size_by)}" for word, value in most)
        style.describe(figure, f"{name} ({text}): {first}; drawn: {foot}.")
        for row, text in enumerate(style.wrapped(foot, wide, 5)):
            style.write(figure, x, y + HIGH + 0.04 + 0.09 * row, text, size=5, color=style.QUIET)
    style.note(figure, note)
    return figure


def empty_text(known: int, size_by: str) -> str:
    """Why a cluster has no words, if `known` of its pictures are annotated."""
    if not known:
        return "None of its pictures is annotated"
    if size_by == "count":
        return "No labels in its pictures"
    if size_by == "enrichment":
        return "Nothing is certainly more frequent here"
    return f"No lift above ×{style.number(UPWARDS)} in {FEWEST} or more pictures"
