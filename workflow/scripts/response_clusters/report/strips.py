"""The page's charts that need no script: a strip for each claim, and the curve of R² over k."""

import math
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from response_clusters.report.charts import FONT, QUIET, RULE, TEXT
from response_clusters.statistics.abstract import statements
from response_clusters.statistics.verdicts import DOES_NOT, HOLDS, IN_PART, UNTESTABLE

COLOURS = {
    HOLDS: "var(--holds)",
    IN_PART: "var(--part)",
    DOES_NOT: "var(--not)",
    UNTESTABLE: QUIET,
}
"""Of verdicts, as variables of the page's style."""
WIDE, HIGH = 300, 18  # pixels of a strip
MIDDLE = 10
TALL = 190  # pixels of the curve
CLOSE = 0.15  # of a scale: numbers nearer to each other would touch


def strip(row: Any) -> str:
    """A claim's own scale with the null's band, what is asked for and what the study finds, as SVG.

    Parameters
    ----------
    row : namedtuple
        A row of the claims table.
    """
    said = statements()[row.claim]
    low, high = said["scale"]["low"], said["scale"]["high"]
    logarithmic = said["scale"].get("log", False)
    scale = alt.Scale(domain=[low, high], type="log" if logarithmic else "linear", clamp=True)
    ends = [low, high] if logarithmic or low >= 0 else [0, high]
    if low < -CLOSE * (high - low):
        ends.append(low)
    axis = alt.Axis(title=None, values=ends, domain=False, tickSize=3, grid=False)
    axis.labelExpr = f"replace(datum.value, '-', '{chr(0x2212)}')"
    x = alt.X("x:Q", scale=scale, axis=axis)

    def layer(rows: list[dict[str, Any]], mark: dict[str, Any], **more: Any) -> alt.Chart:
        # Drawn at a height in pixels, so that only the x axis is an axis.
        mark = {"aria": False, "y": MIDDLE, **mark}
        return alt.Chart(alt.InlineData(rows), mark=alt.MarkDef(**mark)).encode(x=x, **more)

    layers = [layer([{"x": low, "end": high}], {"type": "rule", "stroke": RULE}, x2="end:Q")]
    tested = row.verdict != UNTESTABLE
    if tested and known(row.null_low, row.null_high):
        band = {"type": "rule", "stroke": RULE, "strokeWidth": 10, "strokeCap": "butt"}
        layers.append(layer([{"x": row.null_low, "end": row.null_high}], band, x2="end:Q"))
    if tested and known(row.null):
        tick = {"type": "tick", "orient": "vertical", "size": 10, "thickness": 2, "color": QUIET}
        layers.append(layer([{"x": row.null}], tick))
    if tested and said.get("marked", True):
        aim = {"type": "point", "shape": "triangle-down", "filled": True, "size": 34, "fill": TEXT}
        layers.append(layer([{"x": said["aim"]}], aim | {"y": MIDDLE - 7, "opacity": 1}))
    if tested and known(row.low, row.high):
        line = {"type": "rule", "stroke": COLOURS[row.verdict], "strokeWidth": 2}
        layers.append(layer([{"x": row.low, "end": row.high}], line, x2="end:Q"))
    if tested and known(row.ours):
        point = {"type": "point", "filled": True, "size": 70, "fill": COLOURS[row.verdict]}
        layers.append(layer([{"x": row.ours}], point | {"opacity": 1}))
    return _svg(alt.layer(*layers).properties(width=WIDE, height=HIGH))


def known(*values: Any) -> bool:
    """Whether none of them is missing."""
    return not any(value is None or pd.isna(value) or math.isinf(value) for value in values)


def curve(explorer: dict[str, Any]) -> str:
    """Both R² of a cohort over k with the chosen one, as SVG."""
    rows = [
        {"k": row["k"], "value": row[key], "which": name, "fill": fill}
        for key, name, fill in (
            ("r2_between", "R² between", TEXT),
            ("r2_explained", "R² explained", QUIET),
        )
        for row in explorer["curve"]
    ]
    base = alt.Chart(alt.InlineData(rows)).encode(
        x=alt.X(
            "k:Q",
            scale=alt.Scale(zero=False, nice=False, padding=8),
            axis=alt.Axis(format="d", tickMinStep=1, grid=False),
        ),
        y=alt.Y("value:Q", axis=alt.Axis(title="R²", tickCount=5)),
        color=alt.Color("fill:N", scale=None, legend=None),
    )
    chosen = alt.Chart(alt.InlineData([{"k": explorer["chosen"]}])).encode(x="k:Q")
    told = f"k = {explorer['chosen']}"
    last = base.transform_filter(alt.datum.k == explorer["curve"][-1]["k"])
    chart = alt.layer(
        chosen.mark_rule(strokeDash=[3, 3], stroke=QUIET),
        chosen.mark_text(text=told, y=TALL - 4, align="left", baseline="bottom", dx=4, fill=TEXT),
        base.mark_line(strokeWidth=1.5).encode(detail="which:N"),
        base.mark_point(filled=True, size=30, opacity=1),
        last.mark_text(align="right", dy=-10, fontSize=11).encode(text="which:N"),
    )
    return _svg(chart.properties(width=380, height=TALL))


def _svg(chart: alt.LayerChart | alt.FacetChart) -> str:
    """A chart in the page's type and colours, which scales with what it is in."""
    small = {"labelFontSize": 11, "titleFontSize": 11, "labelFont": FONT, "titleFont": FONT}
    ink = {"labelColor": QUIET, "titleColor": QUIET, "titleFontWeight": "normal"}
    lines = {"domainColor": RULE, "tickColor": RULE, "gridColor": RULE}
    styled = (
        chart.configure(background="transparent", font=FONT, padding=4)
        .configure_axis(**small, **ink, **lines)
        .configure_view(stroke=None)
        .configure_mark(aria=False)
    )
    text: str = vl_convert.vega_to_svg(styled.to_dict(format="vega"))
    # The words beside it say what it shows.
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
