"""Figure 1B: what is to be seen in the pictures nearest each cluster, as wordclouds."""

from math import ceil, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import response_clusters.surroundings  # noqa: F401
from matplotlib import get_data_path
from matplotlib.figure import Figure
from PIL import ImageFont
from response_clusters import style
from response_clusters.identity import Identity, identity_of, told
from response_clusters.job import job
from response_clusters.records import read_record
from response_clusters.tables import read_table
from wordcloud import WordCloud

FONT = str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf")
HIGH, GAP = 1.45, 0.16  # inches of a cloud, and between clouds
UNIT = 600  # parts of an inch in which clouds are laid out
LARGEST = (30.0, 27.0, 24.0, 21.0, 18.0, 16.0, 14.0, 12.0, 10.5, 9.0, 8.0, 7.0, 6.0, 5.0)
"""Sizes of a cloud's first word to try, in points."""
LEAST = 5.0
LONGEST = 28
"""Characters of a word; what is longer is cut, with an ellipsis."""
LOOK = {"relative_scaling": 1, "margin": 20, "random_state": 0}


def word_sizes(counts: pd.DataFrame, top: str, column: str) -> dict[int, dict[str, float]]:
    """What sizes each cluster's words, largest first; words of size zero are left out.

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
    rows = rows.sort_values(["cluster", column, "category"], ascending=[True, False, True])
    return {
        int(str(cluster)): dict(zip(words["category"], words[column].astype(float), strict=True))
        for cluster, words in rows.groupby("cluster")
    }


class PlacedWord(NamedTuple):
    """A word of a cloud: where its baseline begins, in inches from the upper left corner."""

    word: str
    across: float
    down: float
    points: float
    upright: bool


def points_of(value: float, first: float, largest: float) -> float:
    """The size of a word in points: its area, height squared, is as its value.

    Parameters
    ----------
    value, first : float
        Of the word, and of the cloud's first.
    largest : float
        Points of the first word.
    """
    return largest * sqrt(value / first)


def shown(word: str) -> str:
    """A word as it is drawn: all of it, or its beginning and an ellipsis."""
    return word if len(word) <= LONGEST else word[: LONGEST - 1].rstrip(" ,") + "…"


def laid_out(words: dict[str, float], look: dict[str, Any], wide: float) -> list[PlacedWord]:
    """Where the words of one cloud stand.

    Every word is as large as `points_of` has it. The first is as large as leaves room for all that
    are not below the smallest size; those are left out.

    Parameters
    ----------
    words : dict of str to float
        Values by word, largest first.
    look : dict
        Options of `wordcloud.WordCloud` that replace those of `LOOK`.
    wide : float
        Inches of the cloud.
    """
    first = next(iter(words.values()))
    most = (LOOK | look).get("max_words", 200)
    best: list[PlacedWord] = []
    for largest in LARGEST:
        points = {word: points_of(value, first, largest) for word, value in words.items()}
        drawn = [word for word, size in points.items() if size >= LEAST][:most]
        # Of two long words that begin alike the larger is drawn.
        texts = {shown(word): points[word] for word in reversed(drawn)}
        cloud = WordCloud(
            **(LOOK | look | {"width": round(wide * UNIT), "height": round(HIGH * UNIT)}),
            font_path=FONT,
            max_font_size=round(largest * UNIT / 72),
            min_font_size=round(LEAST * UNIT / 72) - 2,
        )
        try:
            cloud.generate_from_frequencies(texts)
        except ValueError:
            continue  # not even the first word has room
        found = [
            _placed(entry, texts[entry[0][0]])
            for entry in cloud.layout_
            if abs(entry[1] * 72 / UNIT / texts[entry[0][0]] - 1) <= 0.03
        ]
        if len(found) > len(best):
            best = found
        if len(found) == len(texts):
            return found
    return best


def _placed(entry: Any, points: float) -> PlacedWord:
    """A word of a layout: the cloud places its ink, a figure its origin, left on the baseline."""
    (word, _), size, (down, across), turned, _ = entry
    left, top, right, _ = ImageFont.truetype(FONT, size).getbbox(word, anchor="ls")
    x, y = (across - left, down - top) if turned is None else (across - top, down + right)
    return PlacedWord(word, x / UNIT, y / UNIT, points, turned is not None)


def foot_of(words: dict[str, float], placed: list[PlacedWord], lift: bool) -> str:
    """What the largest and the smallest word stand for, and how many words are not drawn."""

    def told(value: float) -> str:
        return f"×{style.number(value, 1 if value < 99.95 else 0)}" if lift else f"{value:,.0f}"

    names = {shown(word) for word in words}
    drawn = [word for word in words if shown(word) in {place.word for place in placed}]
    ends = list(dict.fromkeys([drawn[0], drawn[-1]])) if drawn else []
    text = " to ".join(f"{shown(word)} {told(words[word])}" for word in ends)
    missing = len(names) - len(placed)
    return text + (f"; {missing} others not drawn" if missing else "")


def annotated_of(coverage: dict[str, Any], cluster: int, top: str) -> tuple[int, int]:
    """How many of a cluster's pictures are annotated, and how many there are."""
    rows = [r for r in coverage["clusters"] if r["cluster"] == cluster and r["top"] == top]
    return (rows[0]["images"], rows[0]["images"] + rows[0]["uncovered"]) if rows else (0, 0)


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
        One row per cluster, top and category: instances, images and the lift of either.
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
        Whether an object counts every time it is seen or once a picture.
    size_by : {"count", "lift"}
        Whether words are sized by that count or by how far it exceeds the base rate.
    look : dict, optional
        See `laid_out`.
    """
    column = count if size_by == "count" else f"{count.removesuffix('s')}_lift"
    clouds, k = word_sizes(counts, top, column), int(fit["k"])
    across = min(k, 2 if k <= 4 else 3)
    wide = (style.COLUMN - 2 * style.MARGIN + GAP) / across - GAP
    covered = {n: annotated_of(coverage, n, top) for n in range(1, k + 1)}
    known, every = (sum(pair[side] for pair in covered.values()) for side in (0, 1))
    pictures = "pictures" if top == "all" else f"{int(top):,} nearest pictures"
    some = "" if known == every else f" (of which {known:,} of {every:,} are annotated)"
    title = f"{style.cohort_name(cohort)}: what each cluster's {pictures} show{some}"
    seen = (
        "instances of a COCO category in" if count == "instances" else "pictures that show it, of"
    )
    law = f"A word's area (its height squared) follows the number of {seen} these pictures"
    if size_by == "lift":
        law = (
            "A word's area (its height squared) follows its lift: how many times more often "
            f"{'it is annotated' if count == 'instances' else 'a picture shows it'} here than in "
            "all pictures of the cohort; a rare category can be large by a single picture"
        )
    subtitle = (
        f"{law}. Under each cloud: what its largest and its smallest word stand for, and how many "
        "others are too small to draw or have no room."
    )
    top_edge = style.heading_height(style.COLUMN, title, subtitle) + 0.36
    step = HIGH + 0.58
    figure = style.canvas(style.COLUMN, top_edge + ceil(k / across) * step - 0.1)
    style.heading(figure, title, subtitle)
    for cluster in range(1, k + 1):
        line, column_index = divmod(cluster - 1, across)
        x = style.MARGIN + column_index * (wide + GAP)
        y, colour = top_edge + line * step, style.cluster_colour(identity[cluster])
        name = f"Cluster {cluster}"
        style.write(figure, x, y - 0.3, name, size=style.LABEL, weight="bold", color=colour)
        after = x + style.text_width(name, style.LABEL, "bold") + 0.04
        more = f", {words}" if (words := told(cluster, identity)) else ""
        text = style.shortened(f"{style.size_text(fit, cluster)}{more}", x + wide - after)
        style.write(figure, after, y - 0.29, text, size=style.SMALL)
        text = "{:,} of {:,} pictures annotated".format(*covered[cluster])
        style.write(figure, x, y - 0.17, text, size=5, color=style.QUIET)
        rule = style.place(figure, x, y - 0.05, wide, 0.01)
        rule.set_axis_off()
        rule.axhline(0.5, color=colour, linewidth=1)
        if cluster not in clouds:
            middle = {"ha": "center", "va": "center", "color": style.QUIET, "size": style.BODY}
            style.write(figure, x + wide / 2, y + HIGH / 2, "No labels in its pictures", **middle)
            continue
        placed = laid_out(clouds[cluster], look or {}, wide)
        for word, right, down, points, upright in placed:
            spot = {"va": "baseline", "rotation_mode": "anchor", "rotation": 90 * upright}
            spot |= {"size": points, "weight": "bold", "color": colour}
            style.write(figure, x + right, y + down, word, **spot)
        foot = foot_of(clouds[cluster], placed, size_by == "lift")
        style.describe(figure, f"Cluster {cluster}: {foot}.")
        foot = style.shortened(foot, wide, 5)
        style.write(figure, x, y + HIGH + 0.04, foot, size=5, color=style.QUIET)
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, out = rule.input, rule.output
        what, fit = rule.params, read_record(given.fit, "fit")
        figure = wordcloud_figure(
            read_table(given.counts, "label_counts"),
            read_record(given.coverage, "label_coverage"),
            fit,
            identity_of(read_table(given.identity, "identity"), fit["k"]),
            rule.wildcards.cohort,
            what["top"],
            what["count"],
            what["size_by"],
            what["look"],
            what["note"],
        )
        style.save(figure, out.svg, out.png)
