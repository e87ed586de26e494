"""The page of a made-up study of NSD's size: how large and how fast, and safe from its labels."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from response_clusters.report.page import page_html

from tests.workflow import made_up
from tests.workflow.browser import Visit, opened

MEGABYTES = 40
READY, SWITCHED = 3000, 300
"""Milliseconds, medians of three on two cores."""

# In the browser's own time, from the start of the navigation.
NOTED = """
new MutationObserver(() => {
  if (document.documentElement?.dataset.ready) window.readyAfter ??= performance.now();
}).observe(document, { attributes: true, subtree: true });
"""
SWITCH = """([id, value]) => new Promise((done) => {
  const root = document.documentElement, before = root.dataset.drawn, started = performance.now();
  const drawn = new MutationObserver(() => {
    if (root.dataset.drawn === before) return;
    drawn.disconnect();
    done(performance.now() - started);
  });
  drawn.observe(root, { attributes: true });
  const select = document.getElementById(id);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
})"""
SWITCHES = (("cohort", "subj03"), ("k", "20"), ("cluster", "7"), ("cohort", "pooled"), ("k", "12"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made_up") / "report.html"
    path.write_text(page_html(made_up.contents(), 36), "utf-8")
    return path


@pytest.fixture
def visit(browser: Any, page: Path) -> Iterator[Visit]:
    with opened(browser, page, "cohort=pooled&k=6&cluster=1") as visit:
        yield visit


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a line, whatever pytest captures."""

    def tell(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="")

    return tell


def test_it_is_small_enough_with_its_pictures_whole(
    page: Path, told: Callable[[str], None]
) -> None:
    size = page.stat().st_size / 1e6
    told(f"a page of NSD's size: {size:.1f} MB")
    assert size < MEGABYTES
    assert f"8,100 pictures of {made_up.SIZES[0]} × {made_up.SIZES[0]} pixels" in page.read_text()


def test_it_is_ready_and_switched_in_time(
    browser: Any, page: Path, told: Callable[[str], None]
) -> None:
    ready: list[float] = []
    switched: dict[tuple[str, str], list[float]] = {switch: [] for switch in SWITCHES}
    for _ in range(3):
        with opened(browser, page, noted=NOTED) as visit:
            ready.append(visit.page.evaluate("window.readyAfter"))
            for switch in SWITCHES:
                switched[switch].append(visit.page.evaluate(SWITCH, list(switch)))
            assert visit.said == []
    told(f"ready after {median(ready) / 1000:.2f} s")
    for (name, value), times in switched.items():
        told(f"{name} {value} after {median(times):.0f} ms")
    assert median(ready) < READY
    assert max(median(times) for times in switched.values()) < SWITCHED


def test_a_label_that_would_end_a_script_appears_as_text(visit: Visit) -> None:
    dialogs: list[str] = []
    visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    assert visit.choice() == ("pooled", 6, 1)
    assert visit.table("panel-nearest")[1][-1] == f"{made_up.HOSTILE}, dog"
    assert made_up.HOSTILE in [row[0] for row in visit.table("panel-categories")]
    # On the chart it is shortened.
    assert made_up.HOSTILE[:15] in {text[:15] for text in visit.labels("panel-categories")}
    first = visit.page.locator("#panel-nearest .pictures button").first
    first.hover()
    assert made_up.HOSTILE in visit.page.locator("#panel-nearest .told").inner_text()
    visit.page.wait_for_timeout(200)
    assert visit.page.locator("img[src=x]").count() == 0
    assert (dialogs, visit.said, set(visit.asked)) == ([], [], {visit.address.partition("#")[0]})


def test_all_pictures_of_a_choice_are_shown(visit: Visit) -> None:
    for cohort, k, cluster in (("pooled", 20, 20), ("subj05", 1, 1), ("subj08", 13, 2)):
        visit.choose(cohort=cohort, k=k, cluster=cluster)
        widths = visit.page.evaluate(
            """async () => {
              const pictures = [...document.querySelectorAll('#panel-nearest .pictures img')];
              await Promise.all(pictures.map(one => one.decode()));
              return pictures.map(one => one.naturalWidth);
            }"""
        )
        assert widths == [made_up.SIZES[0]] * made_up.LISTED
