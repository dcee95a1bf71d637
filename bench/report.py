"""The report page in Chromium: how fast it is, and the pictures of it in the documents.

    python -m bench.report [--home HOME]                 times: medians of 5
    python -m bench.report --pictures docs/images/report  takes the pictures anew instead

The home is one that has published. To reach: the first chart within 1 s of opening, an interaction within 150 ms.
Needs Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from raceway.common.home import PROJECT, Home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROUNDS: Final = 5
WIDE, PHONE = (1200, 680), (360, 740)
OTHERS: Final = (
    ("overview-dark", "overview", WIDE, "dark", "en"),
    ("overview-phone", "overview", PHONE, "light", "en"),
    ("overview-vi", "overview", WIDE, "light", "vi"),
)
"""Beside every page in light: name, place, size, theme, language."""

_SHOWN: Final = "raceway.tabs.filter((tab) => !tab.hidden).map((tab) => tab.name)"
_OPENED: Final = "() => Number(document.documentElement.dataset.drawnAt)"
_INTERACTION: Final = """async (place) => {
    const drawn = document.documentElement.dataset.drawn, began = performance.now();
    location.hash = place;
    while (document.documentElement.dataset.drawn === drawn) await new Promise((next) => setTimeout(next, 1));
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    return performance.now() - began;
}"""
INTERACTIONS: Final = {
    "another KPI": ("convert?kpi=net_sales", "convert?kpi=orders"),
    "another channel": ("convert?kpi=orders", "convert?kpi=orders&channel=store"),
    "another range": ("convert?kpi=orders", "convert?kpi=orders&range=24"),
    "another stage": ("convert", "engage"),
    "the overview": ("convert", "overview"),
    "months to weeks, first time": ("convert", "convert?period=week"),
    "months to days, first time": ("convert", "convert?period=day"),
}


def measure(browser: Browser, report: Path) -> None:
    """Prints size and medians."""
    print(f"{report}: {report.stat().st_size:,} bytes")
    for name, place in (("overview", "overview"), ("stage page with its chart", "convert?kpi=net_sales")):
        times = [_opened(browser, report, place, lambda page: page.evaluate(_OPENED)) for _ in range(ROUNDS)]
        print(f"opened, {name}: {statistics.median(times):.0f} ms")
    for name, (before, after) in INTERACTIONS.items():
        times = [
            _opened(browser, report, before, lambda page, after=after: page.evaluate(_INTERACTION, after))
            for _ in range(ROUNDS)
        ]
        print(f"{name}: {statistics.median(times):.0f} ms")


def take_pictures(browser: Browser, report: Path, folder: Path) -> None:
    """Writes a PNG of every page, and of the overview in dark, on a phone and in Vietnamese."""
    tabs = _opened(browser, report, "overview", lambda page: page.evaluate(_SHOWN))
    folder.mkdir(parents=True, exist_ok=True)
    for name, place, (width, height), theme, language in (*((tab, tab, WIDE, "light", "en") for tab in tabs), *OTHERS):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        page = context.new_page()
        page.add_init_script(f"localStorage.setItem('raceway-language', '{language}')")
        _wait(page, report, place)
        file = folder / f"{name}.png"
        page.screenshot(path=file)
        context.close()
        print(f"{file}: {file.stat().st_size / 1000:.0f} kB")


def _opened(browser: Browser, report: Path, place: str, ask: Callable[[Page], Any]) -> Any:
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
    page = context.new_page()
    _wait(page, report, place)
    answer = ask(page)
    context.close()
    return answer


def _wait(page: Page, report: Path, place: str) -> None:
    page.goto(f"file://{report}#{place}")
    page.wait_for_selector("html[data-drawn]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("RACEWAY_HOME", PROJECT.root / "var")))
    parser.add_argument("--pictures", type=Path, help="folder of the pictures")
    given = parser.parse_args()
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is not installed"
    report = Home(given.home).current.resolve() / "report" / "index.html"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        if given.pictures:
            take_pictures(browser, report, given.pictures)
        else:
            measure(browser, report)
        browser.close()


if __name__ == "__main__":
    main()
