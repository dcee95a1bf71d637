"""The report in a real browser: it opens from a file, asks nobody, shows the mart's numbers, and can be read by all."""

from __future__ import annotations

import base64
import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from raceway.report.packing import ASSETS
from raceway.report.report import LARGEST
from tests.browser.conftest import Opened
from tests.support.stretched_mart import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CELLS = """async (period) => {
    const values = await raceway.kpis.values(period), found = [];
    const { kpi, channel, market } = values.block.series;
    kpi.forEach((name, s) => values.axis.start.forEach((start, i) => {
        const { value, complete, target } = values.cell(name, i, channel[s], market[s]);
        found.push([name, start, channel[s], market[s], value, complete, target ? target.target : null]);
    }));
    return JSON.stringify(found);
}"""


APP = ASSETS / "app"
SHOWN = "raceway.tabs.filter((tab) => !tab.hidden).map((tab) => tab.name)"
"""The pages of the screen; a hidden one is for paper."""


APART = """async (pictures) => {
    const points = await Promise.all(pictures.map(async (picture) => {
        const image = new Image();
        image.src = "data:image/png;base64," + picture;
        await image.decode();
        const sheet = new OffscreenCanvas(image.width, image.height).getContext("2d");
        sheet.drawImage(image, 0, 0);
        return sheet.getImageData(0, 0, image.width, image.height).data;
    }));
    let apart = Math.abs(points[0].length - points[1].length) / 4;
    for (let at = 0; at < Math.min(points[0].length, points[1].length); at += 4)
        apart += [0, 1, 2].some((part) => Math.abs(points[0][at + part] - points[1][at + part]) > 16);
    return apart / (points[0].length / 4);
}"""
"""The share of points in which two pictures differ by more than a sixteenth of a colour's range."""


def mart(page: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(page.parent.parent / "race.duckdb"), read_only=True)


@pytest.mark.parametrize("report", ["golden_report", "wide_report"])
def test_it_opens_from_a_file_without_errors_and_asks_nobody(
    opened: Opened, report: str, request: pytest.FixtureRequest
) -> None:
    file = request.getfixturevalue(report)
    opened.open(file)
    for place in opened.page.evaluate("raceway.tabs.map((tab) => tab.name)"):
        opened.go(place)

    assert opened.errors == []
    assert opened.requests == [f"file://{file}"]


@pytest.mark.parametrize(
    ("place", "stands_at"),
    [
        ("%", ["overview", "month", "all"]),
        ("reach?period=constructor", ["reach", "month", "all"]),
        ("reach%3Fperiod%3Dweek", ["reach", "week", "all"]),
        ("reach?market=50%25%26&range=-3&at=__proto__&kpi=toString", ["reach", "month", "50%&"]),
    ],
)
def test_a_link_that_was_bent_on_its_way_still_opens_a_page(
    opened: Opened, golden_report: Path, place: str, stands_at: list[str]
) -> None:
    opened.open(golden_report, place)

    assert opened.errors == []
    assert opened.page.evaluate("(({ tab, period, market }) => [tab, period, market])(raceway.state())") == stands_at


def test_each_part_that_a_script_uses_is_there(opened: Opened, golden_report: Path) -> None:
    opened.open(golden_report)
    used = sorted(
        {
            name
            for file in APP.glob("*.js")
            for name in re.findall(r"(?<![.\w])((?:format|parts|kpis)\.\w+)", file.read_text(encoding="utf-8"))
        }
    )
    assert len(used) > 20

    missing = "(used) => used.map((name) => name.split('.')).filter(([part, name]) => !(name in raceway[part]) && !(name in []))"
    assert opened.page.evaluate(missing, used) == []


def test_a_home_of_24_months_fits_and_keeps_all_its_days(opened: Opened, wide_report: Path) -> None:
    assert wide_report.stat().st_size < LARGEST
    opened.open(wide_report)

    assert opened.page.evaluate("raceway.shell.is_thinned") is False
    assert opened.page.evaluate("raceway.kpis.values('day').then((v) => v.axis.start.length)") == 90


@pytest.mark.parametrize("period", ["month", "week", "day", "quarter", "cycle"])
def test_every_number_behind_the_filters_is_the_marts(opened: Opened, wide_report: Path, period: str) -> None:
    opened.open(wide_report)

    told = json.loads(opened.page.evaluate(CELLS, period))
    cells = {(name, start, channel, market): rest for name, start, channel, market, *rest in told}

    with mart(wide_report) as connection:
        rows = connection.execute(
            """
            select kpi, period_start::varchar, channel, market, value, is_complete, target::double
            from race_kpi where period = ? and period_start >= ?
            """,
            [period, min(start for _, start, _, _ in cells)],
        ).fetchall()
    assert len(rows) > 2000
    for name, start, channel, market, value, is_complete, target in rows:
        shown, complete, aim = cells.pop((name, start, channel, market))
        if value is None or shown is None:
            assert (shown, value) == (None, None), (name, start, channel, market)
        else:
            assert math.isclose(shown, value, rel_tol=1e-12), (name, start, channel, market)
        assert (complete, aim) == (is_complete, target), (name, start, channel, market)
    # what the mart has no row of is unknown, not 0
    assert {shown for shown, *_ in cells.values()} <= {None}


def test_a_picked_period_channel_and_market_are_what_is_shown(opened: Opened, wide_report: Path) -> None:
    opened.open(wide_report, "convert?kpi=orders")
    with mart(wide_report) as connection:
        channel, market, start, value = connection.execute(
            """
            select channel, market, period_start::varchar, value from race_kpi
            where kpi = 'orders' and period = 'quarter' and channel <> 'all' and market <> 'all' and value > 0
                and period_start = '2025-10-01'
            order by channel, market limit 1
            """
        ).fetchone()

    opened.press("[data-focus=period-quarter]")
    for name, choice in (("at", start), ("channel", channel), ("market", market)):
        with opened.drawn_anew():
            opened.page.select_option(f"[data-focus={name}]", choice)

    assert opened.page.inner_text("[data-value=orders]") == f"{value:,.0f}"
    assert f"= {value:,.0f}" in opened.page.inner_text("[data-filled=orders]")


def test_a_click_on_a_kpi_opens_its_formula_with_the_numbers_of_that_cell(opened: Opened, wide_report: Path) -> None:
    opened.open(wide_report, "act")
    opened.press("[data-kpi=cart_abandonment_rate]")

    with mart(wide_report) as connection:
        top, bottom = connection.execute(
            """
            select numerator::double, denominator::integer from race_kpi
            where kpi = 'cart_abandonment_rate' and period = 'month' and period_start = '2026-06-01'
                and channel = 'all' and market = 'all'
            """
        ).fetchone()
    told = opened.page.inner_text("[data-filled=cart_abandonment_rate]")
    assert told.startswith(f"{top:,.3f}".rstrip("0").rstrip(".") + f" ÷ {bottom:,} = ")
    assert "carts_created - carts_ordered" in opened.page.inner_text(".definition")


def test_the_language_switch_changes_words_and_numbers(opened: Opened, wide_report: Path) -> None:
    opened.open(wide_report, "convert?kpi=orders")
    english = opened.page.inner_text("[data-value=orders]")

    opened.press("[data-focus=language-vi]")

    assert opened.page.get_attribute("html", "lang") == "vi"
    assert "Chuyển đổi" in opened.page.inner_text("#tabs")
    assert opened.page.inner_text("[data-value=orders]") == english.replace(",", ".")
    assert opened.page.evaluate("document.activeElement.dataset.focus") == "language-vi"


def test_a_page_looks_as_before_when_one_comes_back_to_it(opened: Opened, browser: Browser, wide_report: Path) -> None:
    beside = browser.new_page()  # the report's own policy lets no picture be read
    opened.open(wide_report, "convert?kpi=orders")

    def picture() -> str:
        return base64.b64encode(opened.page.screenshot(animations="disabled")).decode()

    first = picture()
    opened.press("[data-focus=language-vi]")
    vietnamese = picture()
    opened.go("reach")
    opened.press("[data-focus=language-en]")
    opened.go("convert?kpi=orders")
    again = picture()

    assert beside.evaluate(APART, [first, again]) < 0.002
    assert beside.evaluate(APART, [first, vietnamese]) > 0.02


def test_a_name_that_looks_like_html_stays_a_text(opened: Opened, wide_report: Path) -> None:
    opened.open(wide_report, "reach?kpi=ad_spend&period=week")
    opened.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert HOSTILE in opened.page.inner_text(".detail h2")
    assert opened.page.locator("img").count() == 0
    assert opened.errors == []


def test_behind_each_chart_stands_a_table_that_a_key_opens(opened: Opened, wide_report: Path) -> None:
    opened.open(wide_report, "convert?kpi=orders&range=6")
    summary = opened.page.locator("details.behind > summary")
    summary.focus()
    summary.press("Enter")
    opened.page.wait_for_selector("details.behind tbody tr")  # the browser tells of opening a moment later

    assert opened.page.locator("details.behind tbody tr").count() == 6
    assert opened.page.locator("figure .chart[aria-label]").count() == 1


# what the theme changes are the colours alone
@pytest.mark.parametrize(("theme", "rules"), [("light", None), ("dark", ["color-contrast"])])
def test_no_page_has_a_serious_fault_for_those_who_see_or_point_otherwise(
    opened: Opened, golden_report: Path, theme: str, rules: list[str] | None
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    opened.page.emulate_media(color_scheme=theme)
    opened.open(golden_report)
    for place in opened.page.evaluate(SHOWN):
        opened.go(place)
        found = Axe().run(opened.page, options=options).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"])
            for one in found if one["impact"] in ("serious", "critical")
        ]  # fmt: skip
        assert serious == [], place


def test_a_phone_shows_each_page_without_scrolling_sideways(opened: Opened, golden_report: Path) -> None:
    opened.page.set_viewport_size({"width": 360, "height": 740})
    opened.open(golden_report)
    for place in opened.page.evaluate(SHOWN):
        opened.go(place)
        assert opened.page.evaluate("document.documentElement.scrollWidth") == 360, place


def test_without_scripts_the_page_shows_its_first_numbers(browser, wide_report: Path) -> None:
    with mart(wide_report) as connection:
        (orders,) = connection.execute(
            """
            select value from race_kpi where kpi = 'orders' and period = 'month' and period_start = '2026-06-01'
                and channel = 'all' and market = 'all'
            """
        ).fetchone()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{wide_report}")

    assert "This page draws its charts with scripts" in page.inner_text("main")
    lead = page.locator(".lead", has=page.get_by_text("Orders", exact=True))
    assert lead.locator(".value").inner_text() == f"{orders:,.0f}"
    context.close()


def test_what_stands_before_a_hole_of_the_axis_is_not_the_period_before(opened: Opened, wide_report: Path) -> None:
    opened.open(wide_report)
    told = opened.page.evaluate("""async () => {
        const values = await raceway.kpis.values('month'), last = values.newest();
        const cell = () => { const { before, yearAgo } = values.cell('orders', values.newest()); return [before, yearAgo]; };
        const whole = [values.series('orders').values[last - 1], values.series('orders').values[last - 12]];
        const found = [whole, cell()];
        values.axis.start[last - 1] = '1999-01-01';  // as if nothing of that month and of the same of last year were in
        values.axis.end[last - 1] = '1999-01-31';
        values.axis.start[last - 12] = '1998-01-01';
        return [...found, cell()];
    }""")
    assert told[1] == told[0]
    assert told[2] == [None, None]


def test_the_list_of_kpis_stays_where_it_was_when_one_of_them_is_chosen(opened: Opened, wide_report: Path) -> None:
    opened.open(wide_report, "convert")
    last = opened.page.locator(".kpis a.kpi").last
    last.scroll_into_view_if_needed()
    stood = opened.page.evaluate("document.querySelector('.kpis').scrollTop")
    assert stood > 0

    with opened.drawn_anew():
        last.click()

    assert opened.page.evaluate("document.querySelector('.kpis').scrollTop") == stood
    assert opened.page.locator(".kpis [aria-current]").inner_text() == last.inner_text()
