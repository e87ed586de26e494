"""Every statement of the abstract: what the study finds, what a continuum gives, and a verdict."""

import math
from typing import Any

import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle, Wedge
from response_clusters.figures import style
from response_clusters.statistics.abstract import bare, statements, told
from response_clusters.statistics.verdicts import VERDICTS, WORDS, counted

COLOURS = dict(zip(VERDICTS, (*(style.PALETTE[n] for n in (0, 2, 1)), style.QUIET), strict=True))
GAP = 0.14  # inches between columns
SAID, STRIP, NUMBERS, VERDICT = 1.6, 1.25, 0.76, 0.8  # inches: columns; reasons have the rest
LINE = 0.1  # inches: a line of small type
PAD = 0.07  # inches above and below a row
MIDDLE = 0.075  # inches from a row's first line's top to the middle of its strip
THICK = 0.1  # inches: a band's height
CLOSE = 0.3  # inches: numbers nearer to each other would touch
MARK = 0.05  # inches: the radius of a verdict's mark


def claims_figure(claims: pd.DataFrame, note: str = "") -> Figure:
    """A row for each statement: its words, the numbers found, the verdict and the reason.

    Parameters
    ----------
    claims : DataFrame
        With the columns of ``claims``, at least one row.
    note : str
        A line for the figure's foot.
    """
    wide = style.COLUMN
    holds = int((claims["verdict"] == "holds").sum())
    title = f"{holds} of the abstract’s {len(claims)} statements hold"
    subtitle = (
        f"{counted(claims['verdict'])}. Holds: all of it is found, and responses without clusters "
        "do not give it."
    )
    edges = [style.MARGIN]
    for column in (SAID, STRIP, NUMBERS, VERDICT):
        edges.append(edges[-1] + column + GAP)
    room = 0.97 * (wide - style.MARGIN - edges[-1])
    rows = [_Row(row, room) for row in claims.itertuples()]
    head = style.heading_height(wide, title, subtitle) + 0.12
    top = head + 0.3
    figure = style.canvas(wide, top + sum(row.height for row in rows) + 0.2)
    style.heading(figure, title, subtitle)
    sheet = style.sheet(figure)
    _draw_key(figure, sheet, edges, head)
    for row in rows:
        sheet.plot([style.MARGIN, wide - style.MARGIN], [top, top], color=style.RULE, linewidth=0.4)
        row.draw(figure, sheet, edges, top + PAD)
        top += row.height
    style.describe(
        figure,
        " ".join(f"{row.row.statement.rstrip('.')}: {WORDS[row.row.verdict]}." for row in rows),
    )
    style.note(figure, note)
    return figure


class _Row:
    """One statement, its texts broken into lines."""

    def __init__(self, row: Any, room: float) -> None:
        self.row = row
        self.said = style.wrapped(row.statement, SAID, style.BODY)
        paper = "" if pd.isna(row.paper) else f"paper: {row.paper}"
        self.paper = style.wrapped(paper, SAID, style.SMALL)
        self.reason = _together(row.reason, room)
        lines = max(len(self.said) + len(self.paper), len(self.reason), 2)
        self.height = 2 * PAD + LINE * lines

    def draw(self, figure: Figure, sheet: Axes, edges: list[float], top: float) -> None:
        """Draw the row with its first line `top` inches from the figure's upper edge."""
        row = self.row
        small: dict[str, Any] = {"size": style.SMALL, "color": style.QUIET}
        for n, line in enumerate(self.said):
            style.write(figure, edges[0], top + n * LINE, line, size=style.BODY)
        for n, line in enumerate(self.paper, len(self.said)):
            style.write(figure, edges[0], top + n * LINE, line, **small)
        ours, null = (_float(row.ours), _float(row.null))
        _draw_strip(figure, sheet, row, edges[1], top + MIDDLE)
        if not math.isnan(ours):
            style.write(figure, edges[2], top, told(row.claim, ours), weight="bold")
        if not math.isnan(null):
            word = "chance" if statements()[row.claim]["against"] == "chance" else "null"
            style.write(figure, edges[2], top + LINE, f"{word}: {bare(row.claim, null)}", **small)
        _draw_mark(sheet, row.verdict, edges[3] + MARK, top + 0.045)
        look = {"size": style.BODY, "weight": "bold", "color": COLOURS[row.verdict]}
        style.write(figure, edges[3] + 3.2 * MARK, top, WORDS[row.verdict], **look)
        for n, line in enumerate(self.reason):
            style.write(figure, edges[4], top + n * LINE, line, size=style.SMALL)


def _together(text: str, room: float) -> list[str]:
    """A text in lines, none of which ends between a symbol and its value."""
    # A centred dot is as wide as a blank.
    lines = style.wrapped(text.replace(" = ", "·=·"), room, style.SMALL)
    return [line.replace("·=·", " = ") for line in lines]


def _draw_key(figure: Figure, sheet: Axes, edges: list[float], top: float) -> None:
    """What strips and columns are, above the first row."""
    quiet: dict[str, Any] = {"size": style.SMALL, "color": style.QUIET}
    for edge, text in zip(edges, ("What is said", "", "", "Verdict", "Why"), strict=True):
        style.write(figure, edge, top + 0.17, text, **quiet)
    left, middle = edges[1], top + 0.045
    sheet.plot([left, left + 0.2], [middle, middle], color=style.INK, linewidth=0.9)
    sheet.plot(left + 0.1, middle, "o", color=style.INK, markersize=3.4)
    style.write(figure, left + 0.26, top, "this study, with its interval", **quiet)
    sheet.add_patch(
        Rectangle((left, middle + 0.17 - THICK / 2), 0.2, THICK, color=style.RULE, linewidth=0)
    )
    style.write(figure, left + 0.26, top + 0.17, "null: no clusters, or chance", **quiet)
    left = edges[2] + 0.36
    _draw_aim(sheet, left, middle)
    style.write(figure, left + 0.08, top, "asked for", **quiet)


def _draw_strip(figure: Figure, sheet: Axes, row: Any, left: float, middle: float) -> None:
    """A claim's own scale with the null's band, what is asked for, and what the study finds."""
    said = statements()[row.claim]
    scale = said["scale"]

    def place(value: float) -> float:
        """Inches from the left, within the strip."""
        low, high, value = scale["low"], scale["high"], float(value)
        if scale.get("log"):
            low, high, value = math.log(low), math.log(high), math.log(max(value, low))
        return left + STRIP * min(max((value - low) / (high - low), 0.0), 1.0)

    sheet.plot([left, left + STRIP], [middle, middle], color=style.RULE, linewidth=0.5, zorder=1)
    names = {scale["low"]: "left", scale["high"]: "right"}
    if scale["low"] < 0:
        names[0] = "center"
    if scale["low"] < 0 and place(0) - left < CLOSE:
        del names[scale["low"]]
    for value, side in names.items():
        x = place(value)
        sheet.plot([x, x], [middle - 0.02, middle + 0.02], color=style.QUIET, linewidth=0.4)
        look: dict[str, Any] = {"size": 5, "color": style.QUIET, "ha": side}
        style.write(figure, x, middle + 0.065, style.number(value), **look)
    if row.verdict == "untestable":
        return
    low, high, null = (_float(v) for v in (row.null_low, row.null_high, row.null))
    if not math.isnan(low) and not math.isnan(high):
        # A band without width is still seen.
        start, end = place(low), place(high)
        band = (start - 0.006, middle - THICK / 2), end - start + 0.012, THICK
        sheet.add_patch(Rectangle(*band, color=style.RULE, linewidth=0, zorder=2))
    if not math.isnan(null):
        x = place(null)
        ends = [middle - THICK / 2, middle + THICK / 2]
        sheet.plot([x, x], ends, color=style.QUIET, linewidth=0.9, zorder=3)
    if said.get("marked", True):
        _draw_aim(sheet, place(said["aim"]), middle)
    colour = COLOURS[row.verdict]
    interval = [_float(row.low), _float(row.high)]
    if not any(map(math.isnan, interval)):
        sheet.plot(
            [place(end) for end in interval],
            [middle, middle],
            color=colour,
            linewidth=0.9,
            zorder=4,
        )
    ours = _float(row.ours)
    if not math.isnan(ours):
        beyond = (ours > scale["high"]) - (ours < scale["low"])
        marker = {0: "o", 1: ">", -1: "<"}[beyond]
        sheet.plot(place(ours), middle, marker, color=colour, markersize=3.4, zorder=5)


def _draw_aim(sheet: Axes, x: float, middle: float) -> None:
    """The mark of what is asked for: a small triangle on the strip."""
    look: dict[str, Any] = {"color": style.INK, "markersize": 2.8, "markeredgewidth": 0}
    sheet.plot(x, middle - THICK / 2 - 0.012, "v", zorder=4, **look)


def _draw_mark(sheet: Axes, verdict: str, x: float, y: float) -> None:
    """A full, a half or an empty circle; a dash for what is untestable."""
    colour = COLOURS[verdict]
    if verdict == "untestable":
        sheet.plot([x - MARK, x + MARK], [y, y], color=colour, linewidth=1)
        return
    look: dict[str, Any] = {"edgecolor": colour, "linewidth": 0.8}
    full = colour if verdict == "holds" else "none"
    sheet.add_patch(Circle((x, y), MARK, facecolor=full, **look))
    if verdict == "in_part":
        # The sheet's heights count downwards, so this is the left half.
        sheet.add_patch(Wedge((x, y), MARK, 90, 270, facecolor=colour, linewidth=0))


def _float(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)
