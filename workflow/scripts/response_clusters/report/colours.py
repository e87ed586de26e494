"""The page's colours: those of clusters in a light and in a dark page, as variables of its style.

Charts name the variables, so a page turns dark without a script.
"""

from response_clusters.figures.style import PALETTE, UNMATCHED

DARK = (
    *("#78b4ff", "#c369a5", "#e1b487", "#b4e1ff", "#ff3c3c", "#9669ff", "#ffffc3"),
    *("#f0e10f", "#f09600", "#4b965a", "#b4b4c3", "#7896e1", "#5af0c3", "#ff6987"),
    *("#c3ffff", "#d2f087", "#b4c3ff", "#e169d2", "#c3d24b", "#87c35a"),
)
"""The colours of `PALETTE` for a dark page: like hues for the first six, a contrast of at least 4.5
with its ground, and as far apart in the same four kinds of vision."""
DARK_UNMATCHED = "#9aa0a8"
DARK_GROUND = "#1a1d23"
"""What lies behind text and charts in a dark page; ``page.css`` has it as ``--card``."""


def style_variables() -> str:
    """The declarations of ``--c0`` (unmatched) to ``--c20`` for a light and for a dark page."""
    light, dark = (
        " ".join(f"--c{number}: {colour};" for number, colour in enumerate(colours))
        for colours in ((UNMATCHED, *PALETTE), (DARK_UNMATCHED, *DARK))
    )
    return (
        f":root {{ {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )
