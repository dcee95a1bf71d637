"""A real Chromium on real pages; skipped where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.golden.golden_week import night
from tests.support.once import once
from tests.support.stretched_mart import stretched_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("RACEWAY_REQUIRE_EXTRAS"):
            pytest.fail("no Chromium is installed (Debian: apt install chromium)")
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def golden_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that the golden week's night published."""
    return night(tmp_path_factory).current.resolve() / "report" / "index.html"


@pytest.fixture(scope="session")
def wide_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 24 months, every KPI at every channel and market; its mart lies beside its folder."""
    home = night(tmp_path_factory)
    folder = once(tmp_path_factory, "stretched_mart", lambda made: stretched_report(home, made / "version"))
    return folder / "version" / "report" / "index.html"


class Opened:
    """A page with what it said and asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, file: Path, place: str = "") -> None:
        """Opens a file and waits until it is drawn."""
        self.page.goto(f"file://{file}#{place}")
        self.page.wait_for_selector("html[data-drawn]")

    @contextmanager
    def drawn_anew(self) -> Iterator[None]:
        """What is done inside draws the page anew; waits until it is drawn."""
        drawn = self.page.get_attribute("html", "data-drawn")
        yield
        self.page.wait_for_selector(f"html:not([data-drawn='{drawn}'])")

    def press(self, what: str) -> None:
        """Clicks on what draws the page anew."""
        with self.drawn_anew():
            self.page.click(what)

    def go(self, place: str) -> None:
        """Goes to another place of the page."""
        with self.drawn_anew():
            self.page.evaluate("(place) => { location.hash = place; }", place)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Opened(context.new_page())
    context.close()
