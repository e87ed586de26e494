"""A page in Chromium, without a network: what it asks for, what it says and what it shows."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
WAIT = 20_000
"""Milliseconds after which something that does not happen fails a test."""

READY = "document.documentElement.dataset.ready === '1'"
DRAWN = "+(document.documentElement.dataset.drawn || 0)"
PROBLEM = "document.documentElement.dataset.problem || ''"


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; the test is skipped where there is no Chromium, or nothing to drive it."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)} is on the path")
    for name in ("playwright", "axe_playwright_python"):
        pytest.importorskip(name, reason=f"the Python package {name} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that was opened, what it said on the console and what it asked for."""

    page: Any
    address: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def of_root(self, name: str) -> str:
        """An attribute of the page's root: of ``cohort``, that of ``data-cohort``."""
        value: str = self.page.evaluate(
            "name => document.documentElement.dataset[name] ?? ''", name
        )
        return value

    def choice(self) -> tuple[str, int, int]:
        """The cohort, k and cluster that the page says it shows."""
        return self.of_root("cohort"), int(self.of_root("k")), int(self.of_root("cluster"))

    def wait(self, condition: str, what: str) -> None:
        """Wait until the JavaScript `condition` holds; if it never does, tell `what` was due."""
        from playwright.sync_api import TimeoutError as TooLate

        try:
            self.page.wait_for_function(condition, timeout=WAIT)
        except TooLate:
            problem = self.page.evaluate(PROBLEM)
            pytest.fail(f"{self.address}: {what} never came. {problem} {self.said}")

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Wait, after what is done inside, until the page is drawn once more."""
        before = self.page.evaluate(DRAWN)
        yield
        self.wait(f"{DRAWN} > {before}", f"drawing {before + 1}")

    def choose(self, **choice: Any) -> int:
        """Choose a cohort, a k, a cluster, or some of them, as a reader does.

        Returns how many of them were another before.
        """
        switched = 0
        for name in ("cohort", "k", "cluster"):
            if name in choice and self.of_root(name) != str(choice[name]):
                with self.drawing():
                    self.page.select_option(f"select#{name}", str(choice[name]))
                switched += 1
        return switched

    def go(self, fragment: str) -> None:
        """Change the part of the address that names the choice, which draws the page again."""
        with self.drawing():
            self.page.evaluate("fragment => { location.hash = fragment }", fragment)

    def table(self, panel: str) -> list[list[str]]:
        """The rows of a panel's numbers, the header first, each cell as its text."""
        rows: list[list[str]] = self.page.evaluate(
            """id => [...document.querySelectorAll(`#${id} table.numbers tr`)].map(row =>
                 [...row.cells].map(cell => cell.textContent.trim().replace(/\\s+/g, ' ')))""",
            panel,
        )
        return rows

    def content(self, panel: str) -> list[str]:
        """What a panel shows: the table's cells, and all texts, colours and pictures, sorted.

        Charts that grew or shrank by a pixel in between, or drew in another order, are the same.
        """
        held: list[str] = self.page.evaluate(
            """id => {
              const every = selector => [...document.getElementById(id).querySelectorAll(selector)];
              const cells = every('table.numbers td').map(one => one.textContent);
              const texts = every('svg text').map(one => one.textContent);
              const colours = every('svg path').map(one => one.getAttribute('fill') ?? '');
              const pictures = every('img').map(one => one.hidden ? '' : one.src);
              return [...cells, ...[...texts, ...colours, ...pictures].sort()];
            }""",
            panel,
        )
        return held

    def labels(self, panel: str) -> list[str]:
        """The texts on the axes of a panel's chart, from top to bottom."""
        held: list[str] = self.page.evaluate(
            """id => [...document.querySelectorAll(`#${id} .chart .role-axis text`)]
                 .map(one => [one.getBoundingClientRect().top, one.textContent])
                 .sort((a, b) => a[0] - b[0]).map(one => one[1])""",
            panel,
        )
        return held

    def findings(self) -> list[str]:
        """The serious and critical findings of axe, each with the elements that it is about."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:3]]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]


@contextmanager
def opened(
    browser: Any,
    path: Path,
    fragment: str = "",
    width: int = 1280,
    height: int = 900,
    scripts: bool = True,
    noted: str = "",
) -> Iterator[Visit]:
    """Open a page from disk, as a reader without a network does, and wait until it is drawn.

    Parameters
    ----------
    fragment : str
        The part of the address after ``#``.
    width, height : int
        Of the window, in CSS pixels.
    scripts : bool
        Whether the browser runs scripts; without them, there is nothing to wait for.
    noted : str
        JavaScript that runs before any of the page's own.
    """
    context = browser.new_context(
        offline=True,
        java_script_enabled=scripts,
        viewport={"width": width, "height": height},
    )
    if noted:
        context.add_init_script(noted)
    try:
        address = path.resolve().as_uri()
        visit = Visit(context.new_page(), address + (f"#{fragment}" if fragment else ""))
        visit.page.set_default_timeout(WAIT)
        visit.page.on("console", lambda message: visit.said.append(message.text))
        visit.page.on("pageerror", lambda error: visit.said.append(str(error)))
        visit.page.on("request", lambda request: visit.asked.append(request.url))
        visit.page.goto(visit.address)
        if scripts:
            visit.wait(READY, "the first drawing")
        yield visit
    finally:
        context.close()
