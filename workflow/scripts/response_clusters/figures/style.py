"""How the study's figures look: type, colours, layout in inches, and how they are saved."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from math import trunc
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from PIL import Image
from response_clusters.files import replacing

DPI = 300
COLUMN = 180 / 25.4
"""Inches that every figure is wide: a journal's two columns. No text in it is below 5 points."""
INK, QUIET, RULE, BAND, BLANK = "#222222", "#6b6b6b", "#c9c9c9", "#f3f3f3", "#e6e6e6"
SMALL, BODY, LABEL, HEADING = 5.5, 6.0, 7.0, 10.0
UNMATCHED = "#6b6b6b"
"""A cluster that corresponds to none of the pooled fit."""

rcParams.update(
    {
        # Widths are measured with the first, which comes with Matplotlib. An SVG names all of them;
        # Verdana is as wide as the first.
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Geneva", "Arial"],
        "font.size": BODY,
        "text.color": INK,
        # A region called "$V1$" is a name, not a formula.
        "text.parse_math": False,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": INK,
        "axes.labelsize": LABEL,
        "axes.linewidth": 0.5,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": LABEL,
        "axes.unicode_minus": True,
        "xtick.color": QUIET,
        "xtick.labelcolor": INK,
        "ytick.color": QUIET,
        "ytick.labelcolor": INK,
        "xtick.major.width": 0.5,
        "ytick.major.width": 0.5,
        "xtick.major.size": 2,
        "ytick.major.size": 2,
        "xtick.labelsize": BODY,
        "ytick.labelsize": BODY,
        "savefig.dpi": DPI,
        "savefig.facecolor": "white",
        "svg.fonttype": "none",
        "svg.hashsalt": "response-clusters",
    }
)

# The first six differ by at least 0.1 in Oklab (a just noticeable difference is about 0.02), in
# normal vision and in simulated protanopia, deuteranopia and tritanopia alike; the others differ by
# as much as possible. Text in any of them has a contrast of 4.5 with white.
PALETTE = (
    *("#1e2dc3", "#e10078", "#966900", "#2d78a5", "#871e3c", "#964bf0", "#3c0f5a"),
    *("#692d87", "#5a0000", "#784b00", "#1e0087", "#0000ff", "#4b3c00", "#d21eb4"),
    *("#0f4b5a", "#b43c4b", "#962d78", "#4b1e3c", "#4b00a5", "#4b693c"),
)


def cluster_colour(identity: int | None) -> str:
    """The colour of a pooled cluster (from 1) and of all clusters that correspond to it.

    The palette has 20 colours, which then repeat; a cluster that corresponds to none is grey.
    """
    return UNMATCHED if identity is None else PALETTE[(identity - 1) % len(PALETTE)]


def contrast(colour: str) -> float:
    """The contrast of `colour` with white by the Web Content Accessibility Guidelines, 1 to 21."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05))


def tint(colour: str, share: float = 0.38) -> str:
    """White with a `share` of `colour` in it."""
    red, green, blue = (1 - share + share * part for part in to_rgb(colour))
    return to_hex((red, green, blue))


def cohort_name(cohort: str) -> str:
    """What a title calls a cohort."""
    return "All subjects pooled" if cohort == "pooled" else cohort


def percent(share: float) -> str:
    """A share in whole percent; in tenths if rounding would make it 0 or 100."""
    value = 100 * share
    if 0 < value < 0.95 or 99.5 <= value < 100:
        return f"{min(max(value, 0.1), 99.9):.1f} %"
    return f"{value:.0f} %"


def number(value: float, decimals: int | None = None) -> str:
    """A number with a proper minus sign; without `decimals`, as short as six digits allow."""
    # Adding zero turns a negative zero into zero.
    text = (
        f"{value + 0.0:.6g}" if decimals is None else f"{round(value, decimals) + 0.0:.{decimals}f}"
    )
    return text.replace("-", "\N{MINUS SIGN}")


def correlation(r: float) -> str:
    """A correlation in two decimals, or truncated to three if two would round it up to 1."""
    if 0.995 <= abs(r) < 1:
        return number(trunc(1000 * r) / 1000, 3)
    return number(r, 2)


def counted(n: int, one: str, many: str) -> str:
    """`n` with thousands separators and the noun that goes with it."""
    return f"{n:,} {one if n == 1 else many}"


def clusters(k: int) -> str:
    """How many clusters: "6 clusters"."""
    return counted(k, "cluster", "clusters")


def the_clusters(k: int) -> str:
    """What a title calls all clusters of a fit: "the 6 clusters"."""
    return "the only cluster" if k == 1 else f"the {clusters(k)}"


def size_text(fit: dict[str, Any], cluster: int) -> str:
    """How many trials a cluster of a fit has, and their share."""
    size = int(fit["sizes"][cluster - 1])
    return f"{counted(size, 'trial', 'trials')} ({percent(size / fit['trials'])})"


def size_lines(fit: dict[str, Any], cluster: int) -> list[str]:
    """`size_text` in two lines."""
    trials, _, share = size_text(fit, cluster).partition(" (")
    return [trials, share.removesuffix(")")]


@cache
def text_width(text: str, size: float = BODY, weight: str = "normal") -> float:
    """The width of a line of text in inches at `size` points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
    return float(width) / 72


def widest(texts: Iterable[str], size: float = BODY, weight: str = "normal") -> float:
    """The width in inches of the widest of `texts`; zero without any."""
    return max((text_width(text, size, weight) for text in texts), default=0.0)


def wrapped(text: str, width: float, size: float = BODY, weight: str = "normal") -> list[str]:
    """`text` in lines of at most `width` inches, broken between words, or inside one too long."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
            continue
        while text_width(word, size, weight) > width and len(word) > 1:
            fits = (n for n in range(len(word) - 1, 1, -1))
            end = next((n for n in fits if text_width(word[:n], size, weight) <= width), 1)
            lines.append(word[:end])
            word = word[end:]
        lines.append(word)
    return lines


def shortened(text: str, width: float, size: float = SMALL, weight: str = "normal") -> str:
    """`text`, or as much of its beginning as fits `width` inches, with an ellipsis."""
    if text_width(text, size, weight) <= width:
        return text
    fits = (text[:n].rstrip(" ,") + "…" for n in range(len(text) - 1, 0, -1))
    return next((part for part in fits if text_width(part, size, weight) <= width), "…")


def elided(text: str, width: float, size: float = SMALL) -> str:
    """`text`, or as much of its beginning and its end as fits `width` inches.

    Long names that belong together often differ only at the end.
    """
    if text_width(text, size) <= width:
        return text
    halves = ((text[: n - n // 2].rstrip(), text[len(text) - n // 2 :]) for n in range(len(text)))
    fits = [f"{start}…{end.lstrip()}" for start, end in halves]
    return next((part for part in reversed(fits) if text_width(part, size) <= width), "…")


def canvas(width: float, height: float) -> Figure:
    """An empty figure of `width` by `height` inches, drawn by Agg."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def place(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes whose box is given in inches from the figure's upper left corner."""
    across, down = figure.get_size_inches()
    box = (left / across, 1 - (top + height) / down, width / across, height / down)
    return figure.add_axes(box)


def sheet(figure: Figure) -> Axes:
    """One set of axes, in inches, over a whole figure: hundreds of them would take seconds.

    Points are measured from the upper left corner, as in `place` and `write`.
    """
    axes = place(figure, 0, 0, *figure.get_size_inches())
    axes.set_axis_off()
    axes.set(xlim=(0, figure.get_figwidth()), ylim=(figure.get_figheight(), 0))
    axes.set_autoscale_on(False)
    return axes


def write(figure: Figure, left: float, top: float, text: str, **look: Any) -> None:
    """Write a text with its upper left corner at a point in inches from the figure's."""
    across, down = figure.get_size_inches()
    figure.text(left / across, 1 - top / down, text, **({"va": "top"} | look))


MARGIN, LINE, TITLE_LINE = 0.12, 0.135, 0.19


def heading(figure: Figure, title: str, subtitle: str = "") -> float:
    """Write the title and the subtitle, both in lines that fit the figure's width.

    Returns
    -------
    float
        Where the content can start, in inches from the top.
    """
    width = figure.get_figwidth()
    # The alternative text, see `save`.
    figure.set_label(f"{title}\n{subtitle}")
    titles, lines = heading_lines(width, title, subtitle)
    for row, line in enumerate(titles):
        write(figure, MARGIN, 0.09 + row * TITLE_LINE, line, size=HEADING, weight="bold")
    below = 0.12 + len(titles) * TITLE_LINE
    for row, line in enumerate(lines):
        write(figure, MARGIN, below + row * LINE, line, size=LABEL, color=QUIET)
    return heading_height(width, title, subtitle)


def heading_lines(width: float, title: str, subtitle: str) -> tuple[list[str], list[str]]:
    """Title and subtitle in lines that fit a figure `width` inches wide."""
    # Text may come out a little wider than measured here.
    room = 0.98 * (width - 2 * MARGIN)
    return wrapped(title, room, HEADING, "bold"), wrapped(subtitle, room, LABEL)


def heading_height(width: float, title: str, subtitle: str) -> float:
    """The inches that `heading` takes on a figure `width` inches wide."""
    titles, lines = heading_lines(width, title, subtitle)
    return 0.16 + len(titles) * TITLE_LINE + len(lines) * LINE


def describe(figure: Figure, text: str) -> None:
    """Add a sentence to the figure's alternative text, after its heading."""
    figure.set_label(f"{figure.get_label()} {text}")


def note(figure: Figure, text: str) -> None:
    """Write a quiet line at the figure's foot, such as where the responses come from."""
    if text:
        foot = 0.06 / figure.get_figheight()
        figure.text(
            MARGIN / figure.get_figwidth(), foot, text, size=SMALL, color=QUIET, style="italic"
        )


_EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")


def _as_jpeg(match: re.Match[str]) -> str:
    """A picture embedded as PNG, embedded as JPEG."""
    jpeg = BytesIO()
    with Image.open(BytesIO(b64decode(match[1]))) as picture:
        picture.convert("RGB").save(jpeg, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{b64encode(jpeg.getvalue()).decode('ascii')}"


def save(
    figure: Figure, svg_path: str | Path, png_path: str | Path, photographs: bool = False
) -> None:
    """Write a figure as SVG, its texts as text, and as PNG; both appear whole or not at all.

    The files carry no date, so the same figure gives the same bytes. An SVG of `photographs`
    embeds them as JPEG, which is much smaller. Both contain the heading and the sentences of
    `describe` as alternative text.
    """
    title, _, description = str(figure.get_label()).partition("\n")
    metadata = {"Title": title, "Description": description}
    with ExitStack() as drafts:
        svg = drafts.enter_context(replacing(svg_path))
        png = drafts.enter_context(replacing(png_path))
        figure.savefig(svg, format="svg", metadata={"Date": None})
        text = svg.read_text("utf-8")
        text = text.replace("<svg ", '<svg role="img" aria-labelledby="title description" ', 1)
        alternative = (
            f'<title id="title">{escape(title)}</title>\n'
            f' <desc id="description">{escape(description)}</desc>\n <metadata>'
        )
        text = text.replace("<metadata>", alternative, 1)
        svg.write_text(_EMBEDDED.sub(_as_jpeg, text) if photographs else text, "utf-8")
        # The default's longer search hardly makes photographs any smaller.
        search = {"compress_level": 3} if photographs else {}
        figure.savefig(png, format="png", dpi=DPI, metadata=metadata, pil_kwargs=search)
