"""The report page: what it shows, in which language, and that nothing from outside gets into it as HTML."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from raceway.common.home import PROJECT
from raceway.history.records import Check, record_checks
from raceway.report.wording import Wording
from tests.support.mart_company import Company

MakeCheck = Callable[..., Check]

_VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """A page's elements and texts; fails where elements are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def report(company: Company) -> Page:
    return Page(company.publish("night-1").report.read_text(encoding="utf-8"))


def test_the_leading_kpis_of_the_month_that_is_over_are_shown(company: Company) -> None:
    page = report(company)

    assert "Leading KPIs of October 2026" in page.text
    assert "Ad spend 620 VND +24.0 % against the month before" in page.text
    # a rate changes by points: 0.30 against 0.25
    assert "Customer retention 30.0 % +5.0 points against the month before" in page.text
    assert "target 40.0 %: off track" in page.text
    assert "420" not in page.text


def test_the_opportunities_of_the_newest_cycle_are_shown_with_the_money_at_stake(company: Company) -> None:
    page = report(company)

    assert "Opportunities, 2026-08-30 – 2026-11-27" in page.text
    assert "Customer retention 25.0 % – 30.0 % 1,234 VND 2" in page.text
    assert "9 VND" not in page.text

    company.sql("update osa_review set opportunity_rank = null")
    assert "Opportunities" not in Page(company.publish("night-2").report.read_text(encoding="utf-8")).text


def test_the_report_speaks_vietnamese(company: Company) -> None:
    settings = company.home.settings
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('language = "en"', 'language = "vi"'), encoding="utf-8"
    )

    page = report(company)

    assert ("html", {"lang": "vi"}) in page.elements
    assert "KPI chính tháng 10/2026" in page.text
    assert "Chi phí quảng cáo 620 VND +24,0 % so với tháng trước" in page.text
    assert "tính đến 22/11/2026" in page.text


def test_what_was_refused_is_said(company: Company) -> None:
    company.refuse_file("overview.csv", "Google Ads overview card: not a supported report")
    company.land("20261121T200000Z-aaaaaaaaaaaa", days=("2026-11-01", "2026-11-21"))

    page = report(company)

    assert "overview.csv 0 Google Ads overview card: not a supported report" in page.text
    where = "quarantine/rows/google_ads/vn/20261121T200000Z-aaaaaaaaaaaa.csv"
    assert f"google_ads vn report.csv 1 with row, column and reason in {where}" in page.text


def test_a_source_is_behind_as_of_and_one_that_has_ended_behind_its_last_day(company: Company) -> None:
    company.land("20261115T200000Z-aaaaaaaaaaaa", days=("2026-11-01", "2026-11-15"))
    assert "google_ads vn 2026-11-15 6 " in report(company).text
    rows = company.home.accounts.read_text(encoding="utf-8").splitlines()
    columns = rows[0].split(",")
    ended = dict.fromkeys(columns, "") | {
        "source": "google_ads", "account": "vn", "name": "Ads", "market": "VN", "time_zone": "Asia/Ho_Chi_Minh",
        "currency": "VND", "ended_on": "2026-11-16",
    }  # fmt: skip
    others = [row for row in rows[1:] if not row.startswith("google_ads,vn,")]
    text = "\n".join([rows[0], *others, ",".join(ended[column] for column in columns)]) + "\n"
    company.home.accounts.write_text(text, encoding="utf-8")
    page = Page(company.publish("night-2").report.read_text(encoding="utf-8"))
    assert "google_ads vn 2026-11-15 1 " in page.text


def test_a_file_name_is_never_html(company: Company) -> None:
    company.refuse_file("<script>alert(1)</script>.csv", 'unknown "shape" & <b>kind</b>')

    page = report(company)

    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "b"})
    assert "<script>alert(1)</script>.csv" in page.text
    assert 'unknown "shape" & <b>kind</b>' in page.text


def test_a_name_never_leaves_the_attribute_or_the_title_that_it_stands_in(company: Company) -> None:
    name = """</title><script>"&'</script>"""
    settings = company.home.settings
    text = re.sub(
        r"(?m)^name = .*$", lambda _: f"name = {json.dumps(name)}", settings.read_text(encoding="utf-8"), count=1
    )
    settings.write_text(text, encoding="utf-8")
    company.sql("""update kpi_catalog set name = '" onload="alert(1)' where kpi = 'ad_spend'""")
    company.sql("""
        insert into race_kpi by name
        select * replace (date '2026-09-01' as period_start, date '2026-09-30' as period_end, 500 as value)
        from race_kpi where kpi = 'ad_spend' and period_start = '2026-10-01'
    """)

    page = report(company)

    assert {tag for tag, _ in page.elements}.isdisjoint({"script"})
    assert page.text.count(name) == 2
    drawn = [given for tag, given in page.elements if tag == "svg"]
    assert '" onload="alert(1)' in [given["aria-label"] for given in drawn]
    assert not any("onload" in given for given in drawn)


def test_no_template_marks_a_text_as_safe() -> None:
    templates = list((PROJECT.root / "raceway" / "report" / "templates").glob("*.j2"))
    assert templates
    assert not [path.name for path in templates if re.search(r"\|\s*safe\b|autoescape", path.read_text("utf-8"))]


def test_pages_load_nothing_from_outside(company: Company) -> None:
    version = company.publish("night-1")

    for file in (version.report, version.path / "quality" / "index.html"):
        page = Page(file.read_text(encoding="utf-8"))
        links = [value for _, given in page.elements for name, value in given.items() if name in ("src", "href")]
        assert all(link is not None and "//" not in link for link in links)
        assert "@import" not in page.text
        assert "url(" not in page.text


def test_links_of_the_report_lead_somewhere(company: Company) -> None:
    version = company.publish("night-1")

    page = Page(version.report.read_text(encoding="utf-8"))
    for _, given in page.elements:
        if given.get("href"):
            assert (version.report.parent / str(given["href"])).resolve().is_file()


def test_all_checks_passed_is_said_only_when_it_is_true(company: Company, failing: MakeCheck) -> None:
    assert "All checks passed." in report(company).text
    record_checks(company.home, "night-2", [failing("warning", "orders: 40% fewer rows")])

    page = Page(company.publish("night-2").report.read_text(encoding="utf-8"))

    assert "All checks passed." not in page.text
    assert "Checks that failed: 1." in page.text


def test_what_an_earlier_freeze_said_of_a_batch_is_not_said_again(company: Company, failing: MakeCheck) -> None:
    batch = "20261121T200000Z-aaaaaaaaaaaa"
    company.land(batch, days=("2026-11-01", "2026-11-21"))
    held = dataclasses.replace(failing("warning", "report.csv is held"), batch_id=batch)
    record_checks(company.home, "night-1", [held])
    assert "report.csv is held" in report(company).text

    version = company.publish("night-2")

    assert "report.csv is held" not in Page(version.report.read_text(encoding="utf-8")).text
    assert "report.csv is held" not in (version.report.parent.parent / "quality/index.html").read_text(encoding="utf-8")


def test_a_late_source_is_said_at_the_top(company: Company) -> None:
    version = company.publish("night-1", late=("shopify/vn: nothing has landed yet; 2026-11-21 is due",))

    page = Page(version.report.read_text(encoding="utf-8"))
    assert "All checks passed. Late sources: 1. The numbers are published all the same." in page.text
    assert "shopify/vn: nothing has landed yet; 2026-11-21 is due" in page.text


def test_a_source_shows_how_far_it_reaches(company: Company) -> None:
    company.land("20261121T200000Z-aaaaaaaaaaaa", days=("2026-11-01", "2026-11-18"))

    # as of the 22nd the 21st is the newest whole day: three days are missing
    assert "google_ads vn 2026-11-18 3 2026-11-21 10" in report(company).text


def test_a_month_without_values_says_so(company: Company) -> None:
    company.sql("delete from race_kpi")
    company.sql("delete from race_measure")

    assert "No KPI of this month has a value yet." in report(company).text


@pytest.mark.parametrize(
    ("language", "value", "unit", "shown"),
    [
        ("en", 1234567.5, "money", "1,234,568 VND"),
        ("vi", 1234567.5, "money", "1.234.568 VND"),
        ("en", 0.5, "money", "0.50 VND"),
        ("en", 0.12345, "percent", "12.3 %"),
        ("vi", 0.12345, "percent", "12,3 %"),
        ("en", 12345.0, "count", "12,345"),
        ("en", 41.25, "score", "41.3"),
        ("en", 3.2, "days", "3.2 days"),
        ("vi", 3.2, "days", "3,2 ngày"),
        ("en", None, "count", "–"),
    ],
)
def test_numbers_are_written_as_the_language_does(language: str, value: float | None, unit: str, shown: str) -> None:
    assert Wording(language, "VND", 0).value(value, unit) == shown


@pytest.mark.parametrize(
    ("value", "before", "unit", "shown"),
    [
        (110.0, 100.0, "count", "+10.0 %"),
        (90.0, 100.0, "money", "−10.0 %"),
        (0.3, 0.25, "percent", "+5.0 points"),
        (100.0, 100.0, "count", "±0.0 %"),
        (100.0, 0.0, "count", ""),
        (100.0, None, "count", ""),
        (None, 100.0, "count", ""),
        (41.0, 44.5, "score", "−3.5"),
    ],
)
def test_a_change_is_a_share_but_of_rates_it_is_points(
    value: float | None, before: float | None, unit: str, shown: str
) -> None:
    assert Wording("en", "VND", 0).change(value, before, unit) == shown
