"""The page of a study whose names are of the odd sort, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from response_clusters.names import POOLED
from response_clusters.report.page import page_html

from tests.unit.report.pages import HOSTILE, contents, explorer, thumbnails
from tests.workflow.browser import Visit, opened

# Names that JavaScript, an address or the page itself has for something else.
SUBJECTS = ("__proto__", "constructor", "notice", "b c.d (x) @=+", "ünï", "a" * 100)
IMAGES = ("null", "__proto__", HOSTILE, None)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = [explorer(POOLED, IMAGES, text="toString")]
    study += [explorer(name, (name, *IMAGES), subject=name, text="toString") for name in SUBJECTS]
    for record in study:
        for fit in record["fits"]:
            for cluster in fit["clusters"]:
                cluster["matches"] = [
                    {"cohort": other, "k": fit["k"], "cluster": cluster["cluster"], "r": 0.5}
                    for other in (POOLED, *SUBJECTS)
                    if other != record["cohort"]
                ]
                cluster["categories"].append({"category": "x" * 100, "count": 1, "lift": None})
    made = contents(
        study,
        "x" * 100,
        names={1: HOSTILE[:40]},
        thumbnails=thumbnails([name for name in (*IMAGES, *SUBJECTS[1:]) if name is not None]),
        agreement={1: np.array([0.9, 0.7]), 2: np.array([0.5, 0.6])},
        figures=[],
        maps=[],
        static=[],
    )
    path = tmp_path_factory.mktemp("named") / "report.html"
    path.write_text(page_html(made, 36), "utf-8")
    return path


@pytest.fixture(scope="module", params=[1280, 390])
def visit(browser: Any, page: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    with opened(browser, page, width=request.param) as visit:
        yield visit


@pytest.mark.parametrize("cohort", [POOLED, *SUBJECTS])
def test_every_cohort_is_shown(visit: Visit, cohort: str) -> None:
    visit.choose(cohort=cohort, k=2, cluster=1)
    visit.choose(k=1)
    assert visit.choice() == (cohort, 1, 1)
    shown = [*([cohort] if cohort in SUBJECTS else []), *IMAGES]
    _, *rows = visit.table("panel-nearest")
    assert [row[4] for row in rows] == [image or "–" for image in shown]
    # What is known of an image called "null" is not shown of one that is not known.
    pictures = visit.page.locator("#panel-nearest .pictures button")
    assert [pictures.nth(n).locator("img").count() for n in range(len(shown))] == [
        int(image is not None) for image in shown
    ]
    others = {"all subjects pooled" if name == POOLED else name for name in (POOLED, *SUBJECTS)}
    labels = {text.rstrip("\u200b…") for text in visit.labels("panel-matches")}
    for other in others - {cohort, "all subjects pooled"}:
        assert other in labels or any(other.startswith(text) for text in labels if len(text) > 9)
    address = visit.page.evaluate("location.hash")
    visit.page.reload()
    visit.wait("document.documentElement.dataset.ready === '1'", f"the page at {address}")
    assert visit.choice() == (cohort, 1, 1)


def test_nothing_sticks_out_or_goes_wrong(visit: Visit) -> None:
    across = visit.page.evaluate("document.scrollingElement.scrollWidth")
    assert across <= visit.page.viewport_size["width"]
    assert visit.page.locator("img[src=x]").count() == 0
    assert visit.said == []
    assert visit.of_root("problem") == ""


def test_quick_choices_draw_every_chart_once(browser: Any, page: Path) -> None:
    """Also while the page is drawn for the first time."""
    hurry = """addEventListener("DOMContentLoaded", () => {
      for (const cluster of [2, 1, 2]) location.hash = `k=2&cluster=${cluster}`;
    });"""
    with opened(browser, page, noted=hurry) as visit:
        visit.wait("document.documentElement.dataset.cluster === '2'", "the last choice")
        for key in ("ArrowLeft", "ArrowRight", "ArrowLeft"):
            visit.page.keyboard.press(key)
        visit.wait("document.documentElement.dataset.cluster === '1'", "the last key's choice")
        charts = visit.page.locator(".chart")
        drawn = [charts.nth(n).locator("svg").count() for n in range(charts.count())]
        assert drawn == [1] * len(drawn)
        assert len(drawn) >= 6
        panels = [f"panel-{name}" for name in ("sizes", "prototypes", "response", "lineage")]
        shown = {panel: visit.content(panel) for panel in panels}
        assert visit.said == []
    with opened(browser, page, "k=2&cluster=1") as calm:
        assert {panel: calm.content(panel) for panel in panels} == shown
