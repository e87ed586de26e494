"""The page's charts: Altair compiled to Vega while the page is built, and filled in the browser.

A chart has named datasets without rows; the page's script gives it those of the cluster that is
chosen. Rows say themselves which colour they have, as a variable of the page's style, and where a
click on them leads (`go`).
"""

from typing import Any

import altair as alt

TEXT, QUIET, RULE, CARD = "var(--text)", "var(--quiet)", "var(--rule)", "var(--card)"
FONT = "system-ui, sans-serif"
HEADING = "\N{ZERO WIDTH SPACE}"
"""What a row of a chart begins with that is the heading of a family, and no region."""
ORDER = alt.EncodingSortField("at", op="min")
"""Names stand on an axis in the order of the rows, which the page's script numbers."""
STEP = 15
"""Pixels from one region to the next."""
NODES = [150, 2500]
"""Square pixels of circles in the lineage: of no trials, where a number still fits, and of all."""


def charts(unit: str, null: bool) -> dict[str, dict[str, Any]]:
    """Every chart of the page as a Vega specification, by the name of its panel.

    Parameters
    ----------
    unit : str
        The unit of the responses, as it stands beside an axis.
    null : bool
        Whether there are rows of what responses without clusters give. Of none, Vega would warn.
    """
    every = {
        "sizes": _sizes(),
        "r2": _r2(),
        "prototypes": _prototypes(),
        "response": _response(unit),
        "categories": _categories(),
        "matches": _matches(),
        "lineage": _lineage(),
        "consistency": _consistency(null),
    }
    return {name: _compiled(chart) for name, chart in every.items()}


def _compiled(chart: alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    """A chart in the page's type and colours, as Vega."""
    small = {"labelFontSize": 11, "titleFontSize": 11, "labelFont": FONT, "titleFont": FONT}
    ink = {"labelColor": TEXT, "titleColor": QUIET, "titleFontWeight": "normal"}
    lines = {"domainColor": RULE, "tickColor": RULE, "gridColor": RULE, "gridOpacity": 0.6}
    styled = (
        chart.properties(width="container")
        .configure(background="transparent", font=FONT, padding={"right": 6, "bottom": 2})
        .configure_axis(**small, **ink, **lines, labelOverlap=True, titlePadding=6)
        .configure_view(stroke=None)
        .configure_text(fontSize=11, fill=TEXT)
        # What charts show stands in the tables beside them too; marks would be unnamed graphics.
        .configure_mark(aria=False)
        .configure_rule(stroke=RULE)
    )
    vega: dict[str, Any] = styled.to_dict(format="vega")
    return vega


def _rows(name: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name))


def _colour(field: str = "fill") -> alt.Color:
    return alt.Color(f"{field}:N", scale=None, legend=None)


def _outline() -> dict[str, Any]:
    """The outline of the cluster that is chosen."""
    chosen = "datum.chosen"
    return {
        "stroke": alt.condition(chosen, alt.value(TEXT), alt.value("transparent")),
        "strokeWidth": alt.condition(chosen, alt.value(2), alt.value(0)),
    }


def _names(title: str | None = None, limit: int = 130) -> alt.Y:
    """An axis of names, in the order of the rows."""
    axis = alt.Axis(title=title, ticks=False, domain=False, labelPadding=6, labelLimit=limit)
    return alt.Y("name:N", sort=ORDER, axis=axis)


def _regions() -> alt.Y:
    """An axis of regions, with the headings of their families."""
    bold = alt.condition(f"datum.value[0] === '{HEADING}'", alt.value(600), alt.value(400))
    axis = alt.Axis(
        title=None,
        ticks=False,
        domain=False,
        labelOverlap=False,
        labelFontWeight=bold,
        labelPadding=6,
    )
    return alt.Y("region:N", sort=ORDER, axis=axis)


def _sizes() -> alt.LayerChart | alt.FacetChart:
    base = _rows("sizes").encode(y=_names())
    x = alt.X("share:Q", axis=alt.Axis(format="%", title="share of trials", tickCount=5))
    bars = base.mark_bar(cursor="pointer", cornerRadiusEnd=2, height={"band": 0.72}).encode(
        x=x, color=_colour(), tooltip=alt.Tooltip("tip:N"), **_outline()
    )
    text = base.mark_text(align="left", dx=5, clip=False).encode(x=x, text="told:N")
    return alt.layer(bars, text).properties(height=alt.Step(20))


def _r2() -> alt.LayerChart | alt.FacetChart:
    base = _rows("curve").encode(
        x=alt.X(
            "k:Q",
            scale=alt.Scale(zero=False, nice=False, padding=8),
            axis=alt.Axis(title="k", format="d", tickMinStep=1, grid=False),
        ),
        y=alt.Y("value:Q", axis=alt.Axis(title="R²", tickCount=5)),
        color=_colour(),
    )
    lines = base.mark_line(strokeWidth=1.5).encode(detail="which:N")
    points = base.mark_point(filled=True, size=46, cursor="pointer", opacity=1).encode(
        tooltip=alt.Tooltip("tip:N"), **_outline()
    )
    names = base.transform_filter("datum.last").mark_text(align="right", dy=-10, fontSize=11)
    rules = _rows("marks").encode(x="k:Q")
    shown = rules.mark_rule(strokeDash=[3, 3], stroke=QUIET)
    told = rules.mark_text(align="left", dx=4, baseline="bottom", fill=QUIET).encode(
        text="told:N", y=alt.value({"expr": "height - 4"})
    )
    return alt.layer(shown, told, lines, points, names.encode(text="which:N")).properties(
        height=200
    )


def _prototypes() -> alt.LayerChart | alt.FacetChart:
    base = _rows("cells").encode(
        x=alt.X(
            "name:O",
            sort=ORDER,
            axis=alt.Axis(title="cluster", orient="top", ticks=False, domain=False, labelAngle=0),
        ),
        y=_regions(),
    )
    cells = base.mark_rect(cursor="pointer").encode(
        fill=alt.Fill("fill:N", scale=None, legend=None), tooltip=alt.Tooltip("tip:N")
    )
    chosen = (
        _rows("column")
        .mark_rect(filled=False, stroke=TEXT, strokeWidth=2)
        .encode(x=alt.X("name:O", sort=ORDER), y=alt.value(0), y2=alt.value({"expr": "height"}))
    )
    return alt.layer(cells, chosen).properties(height=alt.Step(STEP))


def _response(unit: str) -> alt.LayerChart | alt.FacetChart:
    base = _rows("profile").encode(y=_regions(), color=_colour())
    title = alt.Axis(title=unit, tickCount=5, orient="top")
    box = base.mark_bar(height=7, opacity=0.35).encode(
        x=alt.X("low:Q", axis=title), x2="high:Q", tooltip=alt.Tooltip("tip:N")
    )
    median = base.mark_tick(thickness=2, height=9).encode(x="median:Q")
    mean = base.mark_point(filled=True, size=34, opacity=1).encode(
        x="mean:Q", tooltip=alt.Tooltip("tip:N")
    )
    zero = _rows("profile").mark_rule(stroke=QUIET).encode(x=alt.datum(0))
    # Headings have no numbers, so the rows of all other marks are without them.
    rows = _rows("profile").mark_text(text="").encode(y=_regions())
    return alt.layer(rows, zero, box, median, mean).properties(height=alt.Step(STEP))


def _categories() -> alt.LayerChart | alt.FacetChart:
    base = _rows("counted").encode(y=_names())
    x = alt.X("log:Q", axis=alt.Axis(title="lift over the base rate (log₂)", tickCount=6))
    zero = _rows("counted").mark_rule(stroke=QUIET).encode(x=alt.datum(0))
    stems = base.mark_rule(strokeWidth=1.5).encode(x=x, x2=alt.datum(0), color=_colour())
    points = base.mark_point(filled=True, opacity=1).encode(
        x=x,
        color=_colour(),
        size=alt.Size("count:Q", legend=None, scale=alt.Scale(range=[30, 320], zero=True)),
        tooltip=alt.Tooltip("tip:N"),
    )
    return alt.layer(zero, stems, points).properties(height=alt.Step(19))


def _matches() -> alt.LayerChart | alt.FacetChart:
    base = _rows("matched").encode(y=_names())
    x = alt.X(
        "r:Q",
        scale=alt.Scale(domainMax=1, nice=False),
        axis=alt.Axis(title="r of the two prototypes", tickCount=5),
    )
    points = base.mark_point(filled=True, size=110, opacity=1, cursor="pointer").encode(
        x=x, color=_colour(), tooltip=alt.Tooltip("tip:N")
    )
    # Names stand on the side where there is room for them.
    left = "datum.r > 0.3"
    told = base.mark_text(
        align=alt.expr(f"{left} ? 'right' : 'left'"), dx=alt.expr(f"{left} ? -9 : 9")
    )
    return alt.layer(points, told.encode(x=x, text="told:N")).properties(height=alt.Step(19))


def _lineage() -> alt.LayerChart | alt.FacetChart:
    place = alt.X("x:Q", scale=alt.Scale(domain=[-0.03, 1.03], nice=False), axis=None)
    row = alt.Y(
        "k:Q",
        scale=alt.Scale(reverse=True, zero=False, nice=False, padding=18),
        axis=alt.Axis(title="k", tickMinStep=1, format="d", domain=False, ticks=False, grid=True),
    )
    edges = (
        _rows("edges")
        .mark_rule(strokeCap="round")
        .encode(
            x=place,
            y=row,
            x2="x2:Q",
            y2="k2:Q",
            stroke=alt.Stroke("fill:N", scale=None, legend=None),
            strokeWidth=alt.StrokeWidth(
                "share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0.3, 9])
            ),
            opacity=alt.value(0.45),
        )
    )
    nodes = _rows("nodes").encode(x=place, y=row)
    circles = nodes.mark_circle(cursor="pointer", opacity=1).encode(
        color=_colour(),
        size=alt.Size("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=NODES)),
        tooltip=alt.Tooltip("tip:N"),
        **_outline(),
    )
    # On a narrow page there is no room for them.
    text = nodes.mark_text(
        fontSize=9, fill=CARD, fontWeight=600, opacity=alt.expr("width > 560 ? 1 : 0")
    ).encode(text=alt.Text("cluster:O"))
    named = text.transform_filter("datum.share > 0.01")
    return alt.layer(edges, circles, named).properties(height=460)


def _consistency(null: bool) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("k:O", axis=alt.Axis(title="k", labelAngle=0, domain=False, ticks=False))
    y = alt.Y(
        "median:Q",
        scale=alt.Scale(domainMax=1, zero=True),
        axis=alt.Axis(title="matched r between subjects", tickCount=6),
    )
    base = _rows("agreement").encode(x=x)
    band = _rows("null").mark_bar(width={"band": 0.9}, fill=RULE, opacity=0.9)
    bands = band.encode(x=x, y=alt.Y("low:Q"), y2="high:Q", tooltip=alt.Tooltip("tip:N"))
    aim = _rows("agreement").mark_rule(stroke=QUIET, strokeDash=[3, 3])
    spread = base.mark_rule(stroke=QUIET).encode(y=alt.Y("least:Q"), y2="most:Q")
    box = base.mark_bar(width=9, cursor="pointer").encode(
        y=alt.Y("low:Q"), y2="high:Q", color=_colour(), tooltip=alt.Tooltip("tip:N")
    )
    median = base.mark_tick(thickness=2, width=15, color=TEXT).encode(y=y)
    layers = [aim.encode(y=alt.datum(0.8)), spread, box, median]
    return alt.layer(*([bands] if null else []), *layers).properties(height=240)
