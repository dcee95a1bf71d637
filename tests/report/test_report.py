"""The report page: what it opens with, in which language, what it holds, and that nothing gets into it as HTML."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from raceway.common.home import PROJECT
from raceway.report import charts, report
from raceway.report.texts import texts
from raceway.report.wording import Wording
from tests.support.mart_company import Company
from tests.support.report_page import block, shell

APP = PROJECT.root / "raceway" / "report" / "assets" / "app"
_VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """A page's elements and texts; fails where elements are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
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
        (self.scripts if self.open[-1:] in (["script"], ["style"]) else self.texts).append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def html(company: Company, run: str = "night-1") -> str:
    return company.publish(run).report.read_text(encoding="utf-8")


def test_the_leading_kpis_of_the_month_that_is_over_stand_in_the_html(company: Company) -> None:
    page = Page(html(company))

    assert "Leading KPIs of October 2026" in page.text
    assert "Ad spend 620 VND +24.0 % vs period before" in page.text
    # a rate changes by points: 0.30 against 0.25
    assert "Customer retention 30.0 % +5.0 points vs period before" in page.text
    assert "target 40.0 %: off track" in page.text
    assert "420" not in page.text


def test_the_report_speaks_vietnamese(company: Company) -> None:
    settings = company.home.settings
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('language = "en"', 'language = "vi"'), encoding="utf-8"
    )

    page = Page(html(company))

    assert ("html", {"lang": "vi"}) in page.elements
    assert "KPI chính tháng 10/2026" in page.text
    assert "Chi phí quảng cáo 620 VND +24,0 % so với kỳ trước" in page.text
    assert "tính đến 22/11/2026" in page.text


def test_a_name_never_leaves_the_text_or_the_data_that_it_stands_in(company: Company) -> None:
    name = """</title></script><!--<script>"&'"""
    settings = company.home.settings
    text = re.sub(
        r"(?m)^name = .*$", lambda _: f"name = {json.dumps(name)}", settings.read_text(encoding="utf-8"), count=1
    )
    settings.write_text(text, encoding="utf-8")
    company.sql("""update kpi_catalog set name = '</script><img onerror=alert(1)>' where kpi = 'ad_spend'""")

    source = html(company)
    page = Page(source)

    assert page.text.count(name) == 2
    assert "</script><img onerror=alert(1)>" in page.text
    assert "img" not in {tag for tag, _ in page.elements}
    assert shell(source)["company"] == name
    assert block(source, "catalogue")["kpis"]["name"][0] == "</script><img onerror=alert(1)>"


def test_no_template_marks_a_text_as_safe() -> None:
    templates = list((PROJECT.root / "raceway" / "report" / "templates").glob("*.j2"))
    assert templates
    assert not [path.name for path in templates if re.search(r"\|\s*safe\b|autoescape", path.read_text("utf-8"))]


def test_only_the_scripts_and_styles_of_the_page_may_run(company: Company) -> None:
    page = Page(html(company))

    [policy] = [
        given["content"] for tag, given in page.elements if given.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|\*|https?:", policy)
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    executed = [text for text in page.scripts if not re.match(r"^\s*(\{|eJ)", text)]
    hashes = {f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in executed}
    assert hashes == allowed


def test_pages_load_nothing_from_outside(company: Company) -> None:
    version = company.publish("night-1")

    for file in (version.report, version.path / "quality" / "index.html"):
        page = Page(file.read_text(encoding="utf-8"))
        links = [value for _, given in page.elements for name, value in given.items() if name in ("src", "href")]
        assert all(link is not None and "//" not in link for link in links)


def test_links_of_the_report_lead_somewhere(company: Company) -> None:
    version = company.publish("night-1")

    page = Page(version.report.read_text(encoding="utf-8"))
    for _, given in page.elements:
        if given.get("href"):
            assert (version.report.parent / str(given["href"])).resolve().is_file()


def test_a_late_source_is_said_at_the_top(company: Company) -> None:
    version = company.publish("night-1", late=("shopify/vn: nothing has landed yet; 2026-11-21 is due",))

    source = version.report.read_text(encoding="utf-8")
    assert "Late source: shopify/vn: nothing has landed yet; 2026-11-21 is due" in Page(source).text
    assert shell(source)["late"] == ["shopify/vn: nothing has landed yet; 2026-11-21 is due"]


def test_a_month_without_values_says_so(company: Company) -> None:
    company.sql("delete from race_kpi")
    company.sql("delete from race_measure")

    assert "No KPI of this month has a value yet." in Page(html(company)).text


def test_a_page_that_would_grow_too_large_holds_less_and_says_so(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not shell(html(company))["is_thinned"]
    monkeypatch.setattr(report, "LARGEST", 1000)

    source = html(company, "night-2")

    assert shell(source)["is_thinned"]
    assert block(source, "values_day")["axis"]["start"] == []
    assert block(source, "values_month")["axis"]["start"] == ["2026-10-01", "2026-11-01"]


def test_the_chart_specifications_are_those_that_altair_makes() -> None:
    assert json.loads(charts.FILE.read_text(encoding="utf-8")) == charts.charts()


def test_each_text_is_there_in_both_languages_with_the_same_places() -> None:
    for key, (english, vietnamese) in texts().items():
        assert english, key
        assert vietnamese, key
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", vietnamese)), key


def test_each_text_that_a_script_names_is_written() -> None:
    named = {
        key
        for file in APP.glob("*.js")
        for key in re.findall(r"""\bsay\("([a-z_]+)["]""", file.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    assert named - set(texts()) == set()


def test_each_text_is_named_by_a_script_a_template_or_the_program() -> None:
    room = PROJECT.root / "raceway" / "report"
    sources = [path for form in ("app/*.js", "*.j2", "*.py") for path in room.rglob(form)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    whole = set(re.findall(r"""["'`]([a-z_]+)["'`]""", text))
    begun = tuple(set(re.findall(r"""`([a-z_]+_)\$\{""", text)) | set(re.findall(r"""["']([a-z_]+_)["'] ~""", text)))
    assert [key for key in texts() if key not in whole and not key.startswith(begun)] == []


@pytest.mark.parametrize(
    ("language", "value", "unit", "shown"),
    [
        ("en", 1234567.5, "money", "1,234,568 VND"),
        ("vi", 1234567.5, "money", "1.234.568 VND"),
        ("en", 0.5, "money", "0.50 VND"),
        ("en", 0.0, "money", "0 VND"),
        ("en", -1e29, "money", "-100,000,000,000,000,000,000,000,000,000 VND"),
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
