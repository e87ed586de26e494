"""How the study's figures look: type, colours, layout in inches, and how they are saved."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from PIL import Image
from response_clusters.files import replacing

DPI = 200
INK, QUIET, RULE, BAND, BLANK = "#222222", "#6b6b6b", "#c9c9c9", "#f3f3f3", "#e6e6e6"
SMALL, BODY, LABEL, HEADING = 7.0, 8.0, 9.0, 13.0
CONTRAST = 3.0  # with white, of large or bold text

matplotlib.rcParams.update(
    {
        # Metrics are those of the first, which matplotlib brings; an SVG names all of them, and
        # Verdana is as wide.
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Geneva", "Arial"],
        "font.size": BODY,
        "text.color": INK,
        # A region called "$V1$" is a name, not a formula.
        "text.parse_math": False,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": INK,
        "axes.labelsize": LABEL,
        "axes.linewidth": 0.7,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": LABEL,
        "axes.unicode_minus": True,
        "xtick.color": QUIET,
        "xtick.labelcolor": INK,
        "ytick.color": QUIET,
        "ytick.labelcolor": INK,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "savefig.dpi": DPI,
        "savefig.facecolor": "white",
        "svg.fonttype": "none",
        "svg.hashsalt": "response-clusters",
    }
)

# Ordered so that the first n are as far apart as can be had, in normal vision and simulated
# protanopia and deuteranopia alike; all of them stand out from white.
PALETTE = (
    *("#005ccc", "#eb8500", "#3d6614", "#e0147a", "#70145c", "#85a3d6", "#c25cff"),
    *("#3db870", "#5200ad", "#5c330a", "#298599", "#997a29", "#7000ff", "#7a70cc"),
    *("#995252", "#9933a3", "#333d7a", "#f57aad", "#0000d6", "#c20a00"),
)


def cluster_colour(n: int) -> str:
    """The colour of cluster `n` (from 1) in every figure; the palette's 20 repeat after that."""
    return PALETTE[(n - 1) % len(PALETTE)]


def contrast(colour: str) -> float:
    """The contrast of `colour` with white by the Web Content Accessibility Guidelines, 1 to 21."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05))


@cache
def text_colour(n: int) -> str:
    """The colour of cluster `n`, darkened until words in it reach `CONTRAST` on white.

    No darker than that: the clusters' colours move together as they lose light.
    """
    colour = cluster_colour(n)
    while contrast(colour) < CONTRAST:
        red, green, blue = to_rgb(colour)
        colour = to_hex((0.99 * red, 0.99 * green, 0.99 * blue))
    return colour


def tint(colour: str, share: float = 0.38) -> str:
    """White with a `share` of `colour` in it."""
    red, green, blue = (1 - share + share * part for part in to_rgb(colour))
    return to_hex((red, green, blue))


def cohort_name(cohort: str) -> str:
    """What a title calls a cohort."""
    return "All subjects pooled" if cohort == "pooled" else cohort


def percent(share: float) -> str:
    """A share in whole percent; in tenths where rounding would make it nothing or everything."""
    value = 100 * share
    if 0 < value < 0.95 or 99.5 <= value < 100:
        return f"{min(max(value, 0.1), 99.9):.1f} %"
    return f"{value:.0f} %"


def number(value: float, decimals: int | None = None) -> str:
    """A number with a proper minus sign; without `decimals`, as short as six digits allow."""
    # The zero added turns a negative zero into zero.
    text = (
        f"{value + 0.0:.6g}" if decimals is None else f"{round(value, decimals) + 0.0:.{decimals}f}"
    )
    return text.replace("-", "\N{MINUS SIGN}")


def counted(n: int, one: str, many: str) -> str:
    """`n` with thousands separators and the noun that goes with it."""
    return f"{n:,} {one if n == 1 else many}"


def clusters(k: int) -> str:
    """How many clusters: "6 clusters"."""
    return counted(k, "cluster", "clusters")


def size_text(fit: dict[str, Any], cluster: int) -> str:
    """How many trials a cluster of a fit has, and their share."""
    size = int(fit["sizes"][cluster - 1])
    return f"{counted(size, 'trial', 'trials')} ({percent(size / fit['trials'])})"


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


def write(figure: Figure, left: float, top: float, text: str, **look: Any) -> None:
    """A text at a point in inches from the figure's upper left corner, from which it hangs."""
    across, down = figure.get_size_inches()
    figure.text(left / across, 1 - top / down, text, **({"va": "top"} | look))


MARGIN, LINE, TITLE_LINE = 0.25, 0.19, 0.27
LONGEST = 12.0  # inches of a line, beyond which the eye does not find back


def heading(figure: Figure, title: str, subtitle: str = "") -> float:
    """The figure's title and what it shows, both in lines that fit its width.

    Returns
    -------
    float
        Where the content can start, in inches from the top.
    """
    width = figure.get_figwidth()
    titles, lines = heading_lines(width, title, subtitle)
    for row, line in enumerate(titles):
        write(figure, MARGIN, 0.17 + row * TITLE_LINE, line, size=HEADING, weight="bold")
    below = 0.18 + len(titles) * TITLE_LINE
    for row, line in enumerate(lines):
        write(figure, MARGIN, below + row * LINE, line, size=LABEL, color=QUIET)
    return heading_height(width, title, subtitle)


def heading_lines(width: float, title: str, subtitle: str) -> tuple[list[str], list[str]]:
    """Title and subtitle in lines that fit a figure `width` inches wide."""
    room = min(width - 2 * MARGIN, LONGEST)
    return wrapped(title, room, HEADING, "bold"), wrapped(subtitle, room, LABEL)


def heading_height(width: float, title: str, subtitle: str) -> float:
    """The inches that `heading` takes on a figure `width` inches wide."""
    titles, lines = heading_lines(width, title, subtitle)
    return 0.23 + len(titles) * TITLE_LINE + len(lines) * LINE


def note(figure: Figure, text: str) -> None:
    """A discreet line at the figure's foot, such as where the responses come from; or nothing."""
    if text:
        foot = 0.09 / figure.get_figheight()
        figure.text(
            MARGIN / figure.get_figwidth(), foot, text, size=SMALL, color=QUIET, style="italic"
        )


_EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")


def _as_jpeg(found: re.Match[str]) -> str:
    """A picture embedded as PNG, embedded as JPEG."""
    jpeg = BytesIO()
    with Image.open(BytesIO(b64decode(found[1]))) as picture:
        picture.convert("RGB").save(jpeg, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{b64encode(jpeg.getvalue()).decode('ascii')}"


def save(
    figure: Figure, svg_path: str | Path, png_path: str | Path, photographs: bool = False
) -> None:
    """Write a figure as SVG, its texts as text, and as PNG; both appear whole or not at all.

    The files carry no date, so the same figure gives the same bytes. An SVG of `photographs`
    embeds them as JPEG, in a fraction of the room.
    """
    with ExitStack() as drafts:
        svg = drafts.enter_context(replacing(svg_path))
        png = drafts.enter_context(replacing(png_path))
        figure.savefig(svg, format="svg", metadata={"Date": None})
        # Photographs hardly shrink further by the default's longer search.
        search = {"compress_level": 3} if photographs else {}
        figure.savefig(png, format="png", dpi=DPI, pil_kwargs=search)
        if photographs:
            svg.write_text(_EMBEDDED.sub(_as_jpeg, svg.read_text("utf-8")), "utf-8")
