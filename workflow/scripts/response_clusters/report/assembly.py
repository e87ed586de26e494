"""What the page is made of, read from the files of a study."""

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
from response_clusters.files import REMAKE, reading
from response_clusters.records import read_record
from response_clusters.report.bibliography import bibliography, cited
from response_clusters.report.methods import methods
from response_clusters.report.page import Contents, Picture
from response_clusters.tables import read_table

_TITLE = re.compile(r'<title id="title">(.*?)</title>', re.S)
_DESCRIPTION = re.compile(r'<desc id="description">(.*?)</desc>', re.S)
NO_MAPS = "they are drawn for subjects among describe.cohorts in the configuration"
"""Why there are none where the dataset would allow them."""


def contents_of(files: Mapping[str, Any], params: Mapping[str, Any]) -> Contents:
    """The page's contents.

    Parameters
    ----------
    files : mapping
        Paths by name. `explorers` (the pooled cohort's first), `summary`, `provenance` and
        `assignments` (of the pooled chosen fit) are there; `claims` and `nulls`, `thumbnails`, and
        the lists `subjects` (consistency tables), `wordclouds`, `figures`, `maps` and `static`
        (figures as SVG) where the study has them.
    params : mapping
        `told` of the dataset as `Plan.told` gives it, `names` of clusters, `pictures` (whether the
        page may show them), `terms` and `parts` (left out, with the reason), and the cohort and the
        fit of each of the `described` wordclouds.

    Raises
    ------
    StudyError
        If a file is not what it is called.
    """
    explorers = [read_record(path, "explorer") for path in files["explorers"]]
    provenance = read_record(files["provenance"], "provenance")
    chosen = {explorer["cohort"]: explorer["chosen"] for explorer in explorers}
    ks = {(c, "kbest"): k for c, k in chosen.items()}
    clouds = zip(params["described"], files.get("wordclouds", ()), strict=False)
    told = params["told"]
    text = methods(provenance["config"], provenance["software"], told, _sizes(files, explorers[0]))
    keys = cited(" ".join(paragraph for _, paragraph in text))
    claims = read_table(files["claims"], "claims") if "claims" in files else None
    nulls = read_table(files["nulls"], "nulls") if "nulls" in files else None
    pictures = read_table(files["thumbnails"], "thumbnails") if "thumbnails" in files else None
    return Contents(
        explorers=explorers,
        summary=read_record(files["summary"], "summary"),
        provenance=provenance,
        methods=text,
        bibliography=bibliography(keys, told["references"]),
        agreement=_agreement(files.get("subjects", ())),
        claims=claims,
        nulls=nulls,
        thumbnails=pictures,
        no_pictures=_no_pictures(params),
        terms=params["terms"],
        wordclouds={
            (cohort, ks.get((cohort, fit)) or int(fit[1:])): picture(path).svg
            for (cohort, fit), path in clouds
        },
        figures=[picture(path) for path in files.get("figures", ())],
        maps=[picture(path) for path in files.get("maps", ())],
        static=[picture(path) for path in files.get("static", ())],
        no_maps=_sentence("There are no maps", params["parts"].get("maps on the brain", NO_MAPS)),
        names={int(number): name for number, name in params["names"].items()},
    )


def _sizes(files: Mapping[str, Any], pooled: dict[str, Any]) -> dict[str, Any]:
    """How much was clustered, for the text on methods."""
    shown = read_table(files["assignments"], "assignments", ["subject", "image"])
    shown = shown.dropna(subset="image")
    return {
        "trials": pooled["trials"],
        "images": int(shown["image"].nunique()) or None,
        "regions": len(pooled["regions"]),
        "repeated": bool(shown.duplicated().any()),
    }


def _agreement(paths: Any) -> dict[int, Any]:
    """The r of all matched pairs of subjects' prototypes, by k."""
    found = {}
    for path in paths:
        table = read_table(path, "consistency_subjects")
        k = int(table["cluster_a"].max())
        found[k] = table.loc[table["matched"], "r"].to_numpy(np.float64)
    return found


def _no_pictures(params: Mapping[str, Any]) -> str:
    if not params["pictures"]:
        return (
            "This page shows no pictures of the dataset (report.pictures is false), so that it may "
            "be passed on."
        )
    why = params["parts"].get("mosaics and contact sheets", "")
    return _sentence("This page shows no pictures", why)


def _sentence(text: str, why: str) -> str:
    return f"{text}: {why}." if why else f"{text}."


def picture(path: str) -> Picture:
    """A figure of the study, with the title and the alternative text that it has itself.

    Raises
    ------
    StudyError
        If it cannot be read.
    """
    with reading(path, "a figure of the study", "damaged", REMAKE):
        svg = Path(path).read_text("utf-8")
    title, told = (
        unescape(found[1]).strip() if (found := pattern.search(svg)) else ""
        for pattern in (_TITLE, _DESCRIPTION)
    )
    return Picture(Path(path).stem, title, f"{title}. {told}", svg.encode("utf-8"))
