"""The page of two studies in a real browser: the default one, and one without anything to see.

The second has no pictures, no labels and no space: averages over regions of trials whose images are
not known.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.browser import READY, Visit, opened

WIDE, NARROW = 1280, 390
K = {"demo": 6, "plain": 5}
"""The k that tests begin with: of this one, the pooled cohort has a wordcloud."""

SEEN = ("nearest", "categories", "wordcloud")
"""The panels that are about what was to be seen."""

PANELS = ("sizes", "r2", "prototypes", "response", "matches", "lineage")
SECTIONS = ("summary", "explorer", "lineage", "consistency", "brain", "methods", "provenance")


@pytest.fixture(scope="module", params=["demo", "plain"])
def study(request: pytest.FixtureRequest) -> Path:
    """The results folder of a study that has its page."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.fixture(scope="module", params=[WIDE, NARROW])
def visit(browser: Any, study: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The page, opened once at each width."""
    with opened(browser, study / "report.html", width=request.param) as visit:
        yield visit


@pytest.fixture(scope="module")
def wide(browser: Any, study: Path) -> Iterator[Visit]:
    """The page once more, for tests that use it."""
    with opened(browser, study / "report.html") as visit:
        yield visit


def panels(study: Path) -> tuple[str, ...]:
    """The ids of the panels that a study's page must have."""
    names = (*SEEN, *PANELS) if study.name == "demo" else ("nearest", *PANELS)
    return tuple(f"panel-{name}" for name in names)


def contents(visit: Visit, study: Path) -> dict[str, list[str]]:
    return {panel: visit.content(panel) for panel in panels(study)}


def test_every_part_is_there(visit: Visit, study: Path) -> None:
    ids = visit.page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert {*SECTIONS, *panels(study), "pictures-notice", "choice"} <= set(ids)
    assert len(set(ids)) == len(ids)
    if study.name == "demo":
        assert "claims" in ids
    for panel in ("panel-categories", "panel-wordcloud"):
        assert visit.page.locator(f"#{panel}").is_visible() == (panel in panels(study))
    assert visit.of_root("problem") == ""
    warnings = visit.page.locator("#summary .warnings").inner_text().lower()
    for words in ("mosaics", "labels", "maps on the brain"):
        assert (words in warnings) == (study.name == "plain"), words
    notice = visit.page.locator("#pictures-notice").inner_text()
    assert ("simulated" in notice) == (study.name == "demo")


def test_it_fits_the_window(visit: Visit) -> None:
    across, high = visit.page.evaluate(
        "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"
    )
    assert across <= visit.page.viewport_size["width"]
    assert 1000 < high < 30_000


def test_no_picture_is_broken(visit: Visit, study: Path) -> None:
    every, broken = visit.page.evaluate(
        """async () => {
          const every = [...document.images].filter(one => !one.closest('[hidden]')), broken = [];
          for (const one of every) {
            one.loading = 'eager';  // Below a closed heading, it would not be loaded yet.
            await one.decode().catch(() => broken.push(one.outerHTML.slice(0, 120)));
            if (!one.naturalWidth) broken.push(one.outerHTML.slice(0, 120));
          }
          return [every.length, broken];
        }"""
    )
    assert broken == []
    assert every >= (10 if study.name == "demo" else 0)


def test_every_chart_is_drawn_once(visit: Visit) -> None:
    charts = visit.page.evaluate(
        """[...document.querySelectorAll('.chart')].filter(one => !one.closest('[hidden]')).map(
             one => [...one.querySelectorAll('svg')].map(svg => svg.getBoundingClientRect().height))
        """
    )
    assert len(charts) >= 6
    for heights in charts:
        assert len(heights) == 1
        assert 40 < heights[0] < 2000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, scheme: str) -> None:
    """In all that can be read, also below headings that are closed at first."""
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    visit.page.emulate_media(color_scheme=scheme)
    try:
        assert visit.findings() == []
    finally:
        visit.page.emulate_media(color_scheme="light")
        shut = "document.querySelectorAll('details').forEach(one => { one.open = false })"
        visit.page.evaluate(shut)


def test_a_row_of_pictures_is_one_tab_stop(visit: Visit) -> None:
    stops = visit.page.evaluate(
        """[...document.querySelectorAll('.pictures')].map(row =>
             [row, ...row.querySelectorAll('*')].filter(one => one.tabIndex >= 0).length)"""
    )
    assert set(stops) == {1}


def test_arrows_move_along_the_pictures_and_tell_of_each(wide: Visit, study: Path) -> None:
    """Without pictures, along what stands in their places."""
    wide.choose(cohort="pooled", k=K[study.name], cluster=1)
    _, *rows = wide.table("panel-nearest")
    pictures = wide.page.locator("#panel-nearest .pictures [tabindex]")
    told = wide.page.locator("#panel-nearest .told")
    assert pictures.count() == len(rows) == 10
    pictures.nth(0).focus()
    for row, key in ((rows[1], "ArrowRight"), (rows[2], "ArrowRight"), (rows[1], "ArrowLeft")):
        wide.page.keyboard.press(key)
        text = " ".join(told.inner_text().split())
        for part in row[: 6 if study.name == "demo" else 4]:
            assert part in text, key
    assert wide.choice() == ("pooled", K[study.name], 1)
    focus = "document.activeElement.blur()"
    wide.page.evaluate(focus)
    pictures.nth(7).hover()
    text = " ".join(told.inner_text().split())
    assert all(part in text for part in rows[7][:4])
    wide.page.mouse.move(0, 0)
    pictures.nth(5).click()
    wide.page.keyboard.press("ArrowRight")
    stops = "document.querySelectorAll('#panel-nearest .pictures [tabindex=\"0\"]').length"
    assert wide.page.evaluate(stops) == 1
    pictures.nth(9).focus()
    wide.page.keyboard.press("ArrowRight")
    wide.page.keyboard.press("Tab")
    inside = "document.querySelector('#panel-nearest .pictures').contains(document.activeElement)"
    assert not wide.page.evaluate(inside)
    wide.page.evaluate(focus)


def test_every_panel_follows_cohort_and_k(wide: Visit, study: Path) -> None:
    wide.choose(cohort="pooled", k=K[study.name], cluster=1)
    first = contents(wide, study)
    wide.choose(cohort="subj02")
    other = contents(wide, study)
    assert [panel for panel in first if other[panel] == first[panel]] == []
    wide.choose(cohort="pooled", k=K[study.name], cluster=1)
    assert [panel for panel in first if contents(wide, study)[panel] != first[panel]] == []
    wide.choose(k=3)
    other = contents(wide, study)
    assert [panel for panel in first if other[panel] == first[panel]] == []
    numbered = [panel for panel in first if panel not in ("panel-r2", "panel-wordcloud")]
    wide.choose(k=4)
    fours = {panel: wide.table(panel) for panel in numbered}
    wide.choose(cohort="subj04")
    assert [panel for panel in numbered if wide.table(panel) == fours[panel]] == []


def test_what_is_about_one_cluster_follows_it(wide: Visit, study: Path) -> None:
    wide.choose(cohort="pooled", k=4, cluster=2)
    about = {"panel-nearest", "panel-response", "panel-matches", "panel-categories"}
    followed = [panel for panel in panels(study) if panel in about]
    before = {panel: wide.table(panel) for panel in followed}
    wide.choose(cluster=3)
    assert [panel for panel in followed if wide.table(panel) == before[panel]] == []


def test_charts_keep_the_order_of_the_tables_after_many_choices(wide: Visit, study: Path) -> None:
    """Of regions, of categories by their lift, and of cohorts."""
    for cohort, k, cluster in (
        ("pooled", 5, 2),
        ("subj04", 4, 3),
        ("pooled", 3, 1),
        ("subj02", 5, 4),
    ):
        wide.choose(cohort=cohort, k=k, cluster=cluster)
        for name in ("prototypes", "response", "categories", "matches"):
            if f"panel-{name}" in panels(study):
                _, *rows = wide.table(f"panel-{name}")
                order = [row[0] for row in rows if row[0] != cohort]
                labels = [text for text in wide.labels(f"panel-{name}") if text in order]
                assert labels == [text for text in order if text in labels], name
                assert labels


def test_the_choice_is_named(wide: Visit) -> None:
    wide.choose(cohort="subj02", k=5, cluster=4)
    text = wide.page.locator("#choice").inner_text()
    for part in ("subj02", "5", "4"):
        assert part in text
    assert [wide.page.input_value(f"#{name}") for name in ("cohort", "k", "cluster")] == [
        *("subj02", "5", "4")
    ]


def test_the_address_and_back_restore_a_choice(browser: Any, wide: Visit, study: Path) -> None:
    wide.choose(cohort="pooled", k=K[study.name], cluster=1)
    pooled = contents(wide, study)
    switched = wide.choose(cohort="subj04", k=3, cluster=2)
    address = wide.page.evaluate("location.hash")
    assert address == "#cohort=subj04&k=3&cluster=2"
    shown = contents(wide, study)
    for _ in range(switched):
        with wide.drawing():
            wide.page.go_back()
    assert wide.choice() == ("pooled", K[study.name], 1)
    assert contents(wide, study) == pooled
    with wide.drawing():
        wide.page.go_forward()
    assert wide.choice()[0] == "subj04"
    with opened(browser, study / "report.html", address[1:]) as again:
        assert again.choice() == ("subj04", 3, 2)
        assert contents(again, study) == shown
        assert again.said == []


def test_a_link_within_the_page_keeps_the_choice(wide: Visit, study: Path) -> None:
    """To a section, and to the figure of a claim, which is unfolded."""
    wide.choose(cohort="subj04", k=3, cluster=2)
    wide.page.locator("nav a").last.click()
    wide.page.wait_for_timeout(300)
    assert wide.choice() == ("subj04", 3, 2)
    if study.name == "demo":
        figure = wide.page.locator("#claims figure").first
        assert not figure.is_visible()
        wide.page.locator(f"a[href='#{figure.get_attribute('id')}']").first.click()
        figure.wait_for(state="visible")
        assert wide.choice() == ("subj04", 3, 2)
    wide.page.reload()
    wide.wait(READY, "the first drawing")
    wide.choose(cohort="subj04", k=3, cluster=2)


def test_keys_change_the_cluster(wide: Visit) -> None:
    wide.choose(cohort="pooled", k=4, cluster=2)
    wide.page.evaluate("document.activeElement.blur()")
    for key, cluster in (("ArrowRight", 3), ("ArrowRight", 4), ("ArrowLeft", 3)):
        with wide.drawing():
            wide.page.keyboard.press(key)
        assert wide.choice() == ("pooled", 4, cluster)
    wide.page.focus("#k")
    wide.page.keyboard.press("ArrowDown")
    wide.wait("document.documentElement.dataset.k === '5'", "k = 5")
    wide.page.evaluate("document.activeElement.blur()")


@pytest.mark.parametrize(
    ("fragment", "cohort", "k", "cluster"),
    [
        ("cohort=nobody&k=4&cluster=2", "pooled", 4, 2),
        ("cohort=subj02&k=99&cluster=1", "subj02", None, 1),
        ("cohort=subj02&k=3&cluster=-1", "subj02", 3, 1),
        ("%E0%A4%A&k=<script>&cluster=__proto__&cohort", "pooled", None, 1),
    ],
)
def test_a_broken_address_does_no_harm(
    wide: Visit, fragment: str, cohort: str, k: int | None, cluster: int
) -> None:
    """Each part falls back on its own, whether the page is opened there or is open already."""
    wide.choose(cohort="subj04", k=2, cluster=2)
    wide.go(fragment)
    found = wide.choice()
    wide.page.reload()
    wide.wait(READY, "the first drawing")
    assert wide.choice() == found
    expected = (cohort, k or found[1], cluster)
    assert found == expected
    if k is None:
        assert 2 <= found[1] <= 12
    assert wide.of_root("problem") == ""


def test_paper_names_the_choice_and_breaks_no_panel(wide: Visit, study: Path) -> None:
    wide.choose(cohort="subj02", k=4, cluster=3)
    wide.page.emulate_media(media="print")
    try:
        choice = wide.page.locator("#choice")
        assert choice.is_visible()
        for part in ("subj02", "4", "3"):
            assert part in choice.inner_text()
        breaks = wide.page.evaluate(
            "[...document.querySelectorAll('.panel')].map(one => getComputedStyle(one).breakInside)"
        )
        assert len(breaks) >= len(panels(study))
        assert {value.split("-")[0] for value in breaks} == {"avoid"}
        paper = wide.page.pdf(format="A4")
    finally:
        wide.page.emulate_media(media="screen")
    assert paper.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 2 <= pages <= 40
    assert wide.of_root("problem") == ""


def test_without_scripts_the_figures_are_seen(browser: Any, study: Path) -> None:
    with opened(browser, study / "report.html", scripts=False) as still:
        figures = still.page.locator("noscript img")
        assert figures.count() >= 2
        for number in range(figures.count()):
            figure = figures.nth(number)
            assert figure.is_visible()
            assert figure.get_attribute("alt")
            assert (figure.get_attribute("src") or "").startswith("data:image/")
            assert figure.evaluate("one => one.naturalWidth") > 100
        assert still.page.locator("#summary").inner_text().count(".") >= 3
        assert still.asked == [still.address]
        assert still.said == []


def test_nothing_was_said_on_the_console_or_asked_of_a_network(visit: Visit) -> None:
    assert visit.said == []
    assert set(visit.asked) == {visit.address}


def test_nor_was_it_while_the_page_was_used(wide: Visit) -> None:
    assert wide.said == []
    assert set(wide.asked) == {wide.address}
