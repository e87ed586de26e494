"""The page ``report.html``: one file, assembled from what rules wrote."""

import json
import math
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from response_clusters.errors import StudyError
from response_clusters.report.charts import charts
from response_clusters.report.colours import style_variables
from response_clusters.report.pictures import PIXELS, blocks
from response_clusters.report.room import room_file
from response_clusters.report.sections import Rows, agreement_rows, claim_rows, null_rows
from response_clusters.report.strips import curve
from vl_convert import javascript_bundle

SECTIONS = {
    "summary": "Summary",
    "explorer": "Explorer",
    "lineage": "Lineage",
    "consistency": "Consistency",
    "claims": "Claims",
    "brain": "On the brain",
    "methods": "Methods",
    "provenance": "Provenance",
}
MOSAIC = "mosaic"
"""The figure of a fit that shows pictures, by its name."""
SNIPPET = "window.vegaEmbed = vegaEmbed;"
"""What the browser gets of the libraries of charts."""


@dataclass(frozen=True)
class Picture:
    """A figure of the study in the page.

    Attributes
    ----------
    name : str
        Short and unique among figures of its kind.
    title : str
        What stands below it.
    told : str
        The alternative text.
    svg : bytes
    """

    name: str
    title: str
    told: str
    svg: bytes

    @property
    def address(self) -> str:
        return f"data:image/svg+xml;base64,{b64encode(self.svg).decode('ascii')}"


@dataclass(frozen=True)
class Contents:
    """What the page is made of.

    Attributes
    ----------
    explorers : list of dict
        The explorer records of all cohorts, the pooled first.
    summary, provenance : dict
        The records of these names.
    methods : list of (str, str)
        Headings and paragraphs.
    bibliography : str
        What they cite, in BibTeX.
    agreement : dict of ndarray of float64
        By k, the r of all matched pairs of prototypes of two subjects; empty for one subject.
    claims, nulls : DataFrame or None
        The tables of these names; None where the claims were not computed.
    thumbnails : DataFrame or None
        The table of this name; None for a page without pictures.
    no_pictures, terms : str
        Why there are none, or what the dataset's terms say of passing pictures on.
    wordclouds : dict of bytes
        SVG by cohort and k.
    figures, maps, static : list of Picture
        Of the claims, of the brain, and those for readers without scripts.
    no_maps : str
        Why there are no maps.
    names : dict of str
        Names of pooled clusters of the chosen fit, by number.
    """

    explorers: list[dict[str, Any]]
    summary: dict[str, Any]
    provenance: dict[str, Any]
    methods: list[tuple[str, str]]
    bibliography: str
    agreement: dict[int, npt.NDArray[np.float64]] = field(default_factory=dict)
    claims: pd.DataFrame | None = None
    nulls: pd.DataFrame | None = None
    thumbnails: pd.DataFrame | None = None
    no_pictures: str = ""
    terms: str = ""
    wordclouds: dict[tuple[str, int], bytes] = field(default_factory=dict)
    figures: list[Picture] = field(default_factory=list)
    maps: list[Picture] = field(default_factory=list)
    static: list[Picture] = field(default_factory=list)
    no_maps: str = ""
    names: dict[int, str] = field(default_factory=dict)


def page_html(contents: Contents, megabytes: float) -> str:
    """The page's text.

    Parameters
    ----------
    megabytes : float
        The most that it may have, in 10⁶ bytes: pictures are the largest that fit.

    Raises
    ------
    StudyError
        If it has more without any picture.
    """
    thumbnails, filling = contents.thumbnails, _filling(contents)
    for side in PIXELS if thumbnails is not None and len(thumbnails) else ():
        page = _filled(contents, filling, blocks(thumbnails, contents.explorers, side), side)
        if len(page.encode("utf-8")) <= megabytes * 1e6:
            return page
    page = _filled(contents, filling)
    least = math.ceil(len(page.encode("utf-8")) / 1e4) / 100
    if len(page.encode("utf-8")) > megabytes * 1e6:
        raise StudyError(
            f"Configuration: report.megabytes is {megabytes:g}, but the page has {least:g} MB "
            "without any picture; expected at least as many: raise it, or lower kmeans.k.max."
        )
    return page


def _filled(
    contents: Contents,
    filling: dict[str, Any],
    pictures: list[dict[str, str]] | None = None,
    side: int = 0,
) -> str:
    """The template with everything in its place; `side` is 0 for a page without pictures."""
    blocks = {
        "page": as_json({**filling["page"], "pixels": side}),
        **{f"explorer-{number}": text for number, text in enumerate(filling["explorers"])},
        **{f"pictures-{number}": as_json(block) for number, block in enumerate(pictures or ())},
    }
    # What people wrote (names, labels, paths) is escaped; what is marked up is our own.
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(room_file("page.html.j2")).render(
        **{name: part for name, part in filling.items() if name not in ("page", "explorers")},
        # A mosaic is of the same pictures.
        static=[figure for figure in contents.static if side or figure.name != MOSAIC],
        notice=_notice(contents, side),
        pictures_told=_pictures_told(contents, side),
        blocks=[(name, Markup(text)) for name, text in blocks.items()],
    )


def _filling(contents: Contents) -> dict[str, Any]:
    """What the template is filled with, but for what depends on the pictures."""
    pooled = contents.explorers[0]
    agreement = agreement_rows(contents.agreement)
    null = null_rows(contents.nulls) if agreement else []
    claims: Rows = []
    if contents.claims is not None:
        claims = claim_rows(contents.claims, {figure.name for figure in contents.figures})
    methods = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in contents.methods)
    settings = contents.provenance["config"]
    return {
        "page": {
            "cohorts": [explorer["cohort"] for explorer in contents.explorers],
            "names": {str(number): name for number, name in contents.names.items()},
            "charts": charts(pooled["unit"], bool(null)),
            "wordclouds": {
                f"{cohort} {k}": b64encode(svg).decode("ascii")
                for (cohort, k), svg in contents.wordclouds.items()
            },
            "agreement": agreement,
            "null": null,
        },
        "explorers": [as_json(explorer) for explorer in contents.explorers],
        "summary": contents.summary,
        "provenance": contents.provenance,
        "config": yaml.safe_dump(settings, sort_keys=True, allow_unicode=True),
        "pooled": pooled,
        "names": dict(sorted(contents.names.items())),
        "counted": _counted(pooled["counted"]),
        "sections": [{"id": key, "title": title} for key, title in SECTIONS.items()],
        "curve": Markup(curve(pooled)),
        "agreement": agreement,
        "null": null,
        "claims": claims,
        "figures": contents.figures,
        "maps": contents.maps,
        "no_maps": contents.no_maps,
        "methods": contents.methods,
        "methods_address": _text_address(methods),
        "bibliography": contents.bibliography,
        "bibliography_address": _text_address(contents.bibliography),
        "licences": room_file("licences.txt"),
        "style": Markup(style_variables() + room_file("page.css")),
        "script": Markup(room_file("page.js")),
        "bundle": Markup(javascript_bundle(SNIPPET)),
    }


def as_json(value: Any) -> str:
    """JSON that may stand in a script element: no text in it can be read as a tag."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _counted(counted: dict[str, str] | None) -> str:
    """What the panel of categories counts; empty where labels are not known."""
    if counted is None:
        return ""
    where = f"its {counted['top']} nearest images"
    return f"{counted['count'].title()} in {'all its images' if counted['top'] == 'all' else where}"


def _text_address(text: str) -> str:
    return f"data:text/plain;charset=utf-8;base64,{b64encode(text.encode('utf-8')).decode('ascii')}"


def _notice(contents: Contents, side: int) -> str:
    """What the page says at its top: whether it may be passed on."""
    if side:
        return contents.terms
    return contents.no_pictures or "This page shows no pictures."


def _pictures_told(contents: Contents, side: int) -> str:
    """What the page says at its foot: how large its pictures are."""
    if contents.thumbnails is None or not len(contents.thumbnails):
        return "Without pictures."
    if not side:
        return (
            f"Without pictures: even at {PIXELS[-1]} × {PIXELS[-1]} pixels, they take more than "
            "report.megabytes in the configuration leaves room for."
        )
    fitted = "" if side == PIXELS[0] else ", the most that report.megabytes leaves room for"
    return f"{len(contents.thumbnails):,} pictures of {side} × {side} pixels{fitted}."
