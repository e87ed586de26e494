"""Figure 1B: what is to be seen in the pictures nearest each cluster, as wordclouds."""

from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib import get_data_path
from matplotlib.figure import Figure
from PIL import ImageFont
from response_clusters import style
from response_clusters.job import job
from response_clusters.records import read_record
from response_clusters.tables import read_table
from wordcloud import WordCloud

FONT = str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf")
WIDE, HIGH, GAP = 3.7, 2.1, 0.3  # inches of a cloud, and between clouds
LARGEST = range(150, 59, -10)  # sizes of a cloud's first word to try, in 1/200 inch
LOOK = {"min_font_size": 20, "relative_scaling": 0.5, "margin": 7, "random_state": 0}


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


def as_meant(cloud: WordCloud, words: int) -> bool:
    """Whether no word had to shrink for want of room, nor was left out though large enough.

    A word that shrinks takes all that follow with it, and its size says less than its count.
    """
    share, size, last = cloud.relative_scaling, float(cloud.max_font_size), 1.0
    for (_, count), found, *_ in cloud.layout_:
        size = round((share * count / last + 1 - share) * size)
        if found != size:
            return False
        last = count
    placed = len(cloud.layout_)
    if placed == min(words, cloud.max_words):
        return True
    following = sorted(cloud.words_.values(), reverse=True)[placed]
    return round((share * following / last + 1 - share) * size) < cloud.min_font_size


def laid_out(words: dict[str, float], look: dict[str, Any]) -> list[PlacedWord]:
    """Where the words of one cloud stand.

    Parameters
    ----------
    words : dict of str to float
        Sizes. The first word is as large as leaves room for the others; those that would be
        smaller than the smallest size are left out.
    look : dict
        Options of `wordcloud.WordCloud` that replace those of `LOOK`; lengths in 1/200 inch.
    """
    fixed = {
        "width": round(WIDE * style.DPI),
        "height": round(HIGH * style.DPI),
        "font_path": FONT,
    }
    for largest in LARGEST:
        cloud = WordCloud(max_font_size=largest, **(LOOK | look | fixed))
        cloud.generate_from_frequencies(words)
        if as_meant(cloud, len(words)):
            break
    placed = []
    for (word, _), size, (down, across), turned, _ in cloud.layout_:
        # The cloud places a word's ink; a figure places its origin, left on the baseline.
        left, top, right, _ = ImageFont.truetype(FONT, size).getbbox(word, anchor="ls")
        x, y = (across - left, down - top) if turned is None else (across - top, down + right)
        points = 72 * size / style.DPI
        placed.append(PlacedWord(word, x / style.DPI, y / style.DPI, points, turned is not None))
    return placed


def wordcloud_figure(
    counts: pd.DataFrame,
    fit: dict[str, Any],
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
    fit : dict
        A fit's summary: k, trials and sizes.
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
    across = min(k, 2 if k <= 4 else 3 if k <= 9 else 4)
    pictures = "pictures" if top == "all" else f"{int(top):,} nearest pictures"
    seen = f"instances of a COCO category in a cluster's {pictures}"
    if count == "images":
        seen = f"how many of a cluster's {pictures} show a COCO category"
    over = ", relative to all pictures of the cohort" if size_by == "lift" else ""
    title = f"{style.cohort_name(cohort)}: what the pictures of the {style.clusters(k)} show"
    subtitle = f"Size of a word: {seen}{over}."
    width = max(2 * style.MARGIN + across * (WIDE + GAP) - GAP, 6.0)
    top_edge = style.heading_height(width, title, subtitle) + 0.4
    step = HIGH + 0.62
    figure = style.canvas(width, top_edge + ceil(k / across) * step - 0.1)
    style.heading(figure, title, subtitle)
    for cluster in range(1, k + 1):
        line, column_index = divmod(cluster - 1, across)
        x = style.MARGIN + column_index * (WIDE + GAP)
        y, colour = top_edge + line * step, style.text_colour(cluster)
        name = f"Cluster {cluster}"
        style.write(figure, x, y - 0.26, name, size=style.LABEL, weight="bold", color=colour)
        after = x + style.text_width(name, style.LABEL, "bold") + 0.04
        style.write(figure, after, y - 0.26, f"· {style.size_text(fit, cluster)}", size=style.LABEL)
        rule = style.place(figure, x, y - 0.05, WIDE, 0.01)
        rule.set_axis_off()
        rule.axhline(0.5, color=style.cluster_colour(cluster), linewidth=1.6)
        if cluster not in clouds:
            middle = {"ha": "center", "va": "center", "color": style.QUIET, "size": style.LABEL}
            style.write(figure, x + WIDE / 2, y + HIGH / 2, "No labels in its pictures", **middle)
            continue
        for word, right, down, points, upright in laid_out(clouds[cluster], look or {}):
            spot = {"va": "baseline", "rotation_mode": "anchor", "rotation": 90 * upright}
            spot |= {"size": points, "weight": "bold", "color": colour}
            style.write(figure, x + right, y + down, word, **spot)
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, out = rule.input, rule.output
        what = rule.params
        figure = wordcloud_figure(
            read_table(given.counts, "label_counts"),
            read_record(given.fit, "fit"),
            rule.wildcards.cohort,
            what["top"],
            what["count"],
            what["size_by"],
            what["look"],
            what["note"],
        )
        style.save(figure, out.svg, out.png)
