"""Why a KPI changed, on the mart of the sample's nights: the parts of every KPI sum to its change, digit by digit."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.console.explain import all_explained, explained, print_explanation
from raceway.report.change import Change, Changes, Unknown
from raceway.report.context import Context
from raceway.report.explanation import open_mart
from raceway.report.kpi_cells import kpis
from raceway.report.parts import total
from raceway.report.period_names import KINDS, Period
from raceway.report.tabs.change import payload
from tests.e2e.conftest import AS_OF, TwoNights, rows
from tests.support.command_line import Ran

NEVER_DIVIDED = {"domain_authority", "experiments_concluded"}
"""One measure each, over all channels and markets alone."""


@pytest.fixture(scope="module")
def home(sample_nights: tuple[Path, Ran]) -> Home:
    return Home(sample_nights[0])


@pytest.fixture(scope="module")
def mart(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_mart(home.current.resolve() / "race.duckdb") as connection:
        yield connection


def _pairs(mart: duckdb.DuckDBPyConnection, kind: str) -> dict[str, tuple[Period, Period]]:
    """By KPI the last two periods in which it has a value.

    Ninety days hold one quarter: where there is but one, the month stands before it. The algebra asks for two values
    and their cells, and not for periods of one length.
    """
    found = mart.execute(
        """
        select kpi, list((period, period_start) order by period = $kind desc, period_start desc)
        from race.race_kpi
        where channel = 'all' and market = 'all' and value is not null
            and (period = $kind or period = 'month' and $kind in ('quarter', 'cycle'))
        group by kpi
        """,
        {"kind": kind},
    ).fetchall()
    return {kpi: (tuple(of[1]), tuple(of[0])) for kpi, of in found if len(of) > 1 and of[0][0] == kind}


Compared = Callable[[str], dict[str, Change]]


@pytest.fixture(scope="module")
def compared(mart: duckdb.DuckDBPyConnection) -> Compared:
    """By kind of period the changes of every KPI that has two values there; made once."""
    catalog = kpis(mart)

    @functools.cache
    def of(kind: str) -> dict[str, Change]:
        pairs = _pairs(mart, kind)
        changes = Changes(mart)
        changes.read([catalog[kpi] for kpi in pairs], [period for pair in pairs.values() for period in pair])
        # what facts and fits tell is asked of the month alone: it asks the same of every other
        found = {kpi: changes.change(catalog[kpi], *pair, causes=kind == "month") for kpi, pair in pairs.items()}
        assert all(isinstance(change, Change) for change in found.values())
        return found

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_of_every_kpi_sum_to_its_change(
    mart: duckdb.DuckDBPyConnection, compared: Compared, kind: str
) -> None:
    told = {
        row[:3]: row[3] for row in mart.execute(
            "select kpi, period, period_start, value from race.race_kpi where channel = 'all' and market = 'all'"
        ).fetchall()
    }  # fmt: skip
    wrong = []
    for kpi, change in compared(kind).items():
        values = [float(change.value_before), float(change.value_after)]
        assert values == pytest.approx([told[kpi, *period] for period in (change.before, change.after)]), kpi
        for cut in change.cuts:
            if total(cut.parts) != change.amount or any(
                sum(change.shown(cut, digits)) != change.shown_change(digits) for digits in (0, 6)
            ):
                wrong.append((kpi, cut.by))
    assert wrong == []
    # nothing that has values at this kind of period is passed over
    valued = Counter(kpi for (kpi, period, _), value in told.items() if period == kind and value is not None)
    assert {kpi for kpi, count in valued.items() if count > 1} <= set(compared(kind))
    assert len(compared(kind)) >= (150 if kind in ("month", "quarter", "cycle") else 120)


def test_nearly_every_kpi_is_explained(compared: Compared) -> None:
    """By month; what is not is counted anew in each cell, or stands nowhere but over all."""
    changes = compared("month")
    not_explained = {kpi for kpi, change in changes.items() if not change.is_explained}

    anew = {kpi for kpi, change in changes.items() if {"distinct", "percentile"} & {*change.kpi.additivity.values()}}
    assert not_explained >= NEVER_DIVIDED
    assert not_explained - NEVER_DIVIDED <= anew
    assert len(not_explained) <= 20


def test_a_value_that_is_not_known_is_refused_with_a_sentence(mart: duckdb.DuckDBPyConnection, home: Home) -> None:
    catalog = kpis(mart)
    first = ("month", rows(home.root, "select min(period_start) from race_kpi where period = 'month'")[0][0])
    last = (
        "month",
        rows(home.root, "select max(period_start) from race_kpi where kpi = 'orders' and period = 'month'")[0][0],
    )
    changes = Changes(mart)
    changes.read([catalog["customer_retention_rate"]], [first, last])
    found = changes.change(catalog["customer_retention_rate"], first, last)

    assert isinstance(found, Unknown)
    with pytest.raises(PermanentFault, match=r"has no value in month .*, so no change can be told: "):
        explained(home, "customer_retention_rate", f"{first[1]:%Y-%m}", f"{last[1]:%Y-%m}", None, "all", "all")


def test_a_fitted_value_is_its_customers_and_its_parameters(home: Home) -> None:
    """Scored anew with its own parameters it is what the mart says, but for the rounding of each person's value."""
    told = explained(home, "predicted_clv", None, None, None, "all", "all")

    fit = next(cut for cut in told.change.cuts if cut.by == "fit")
    assert [part.name for part in fit.parts] == ["customers", "parameters", "rest"]
    assert abs(fit.parts[2].amount) < 1  # dong


def test_exchange_rates_move_what_is_sold_in_dollars_alone(home: Home) -> None:
    told = explained(home, "net_sales", "2026-05", "2026-06", None, "all", "VN")
    assert [cut.by for cut in told.change.cuts] == ["channel", "measure"]

    told = explained(home, "net_sales", "2026-05", "2026-06", None, "all", "all")
    currency = next(cut for cut in told.change.cuts if cut.by == "currency")
    before, after = (
        rows(home.root, f"""
            select sum(amount), sum(amount / rate) from (
                select order_date as day, gross_sales - discounts as amount, source, account
                from fct_convert_order where is_counted
                union all
                select refund_date, -refunded_sales, source, account from fct_convert_refund where is_counted
            )
            inner join dim_source using (source, account)
            inner join dim_fx_rate using (currency, day)
            where currency = 'USD' and strftime(day, '%Y-%m') = '2026-{month}'
        """)[0] for month in ("05", "06")
    )  # fmt: skip
    rates = [float(amounts[0]) / float(amounts[1]) for amounts in (before, after)]
    by_hand = (float(before[1]) + float(after[1])) / 2 * (rates[1] - rates[0])
    assert float(currency.parts[0].amount) == pytest.approx(by_hand, rel=1e-6)
    assert currency.parts[0].name == "USD in net_sales"


def test_what_a_newer_export_changed_stands_apart_as_restatement(two_nights: TwoNights, home: Home) -> None:
    """In the first night a quarter of the exports was missing; the second had them all."""
    restated = rows(
        home.root,
        f"""
        select first.kpi, strftime(first.period_start, '%Y-%m'), first.numerator, last.numerator
        from kpi_published as first
        inner join kpi_published as last using (kpi, period, period_start, channel, market)
        inner join race_kpi as now using (kpi, period, channel, market)
        where first.version = '{two_nights.first_version}' and last.version <> first.version
            and first.numerator <> last.numerator and first.denominator is null and last.denominator is null
            and channel = 'all' and market = 'all' and period = 'month' and period_start < '2026-06-01'
            and now.period_start = '2026-06-01' and now.value is not null
        order by abs(last.numerator - first.numerator) desc limit 1
        """,
    )
    [(kpi, month, first, last)] = restated

    told = explained(home, kpi, month, "2026-06", None, "all", "all").to_dict()

    scale = rows(home.root, f"select scale from kpi_catalog where kpi = '{kpi}'")[0][0]
    assert Decimal(told["before"]) == last * Decimal(scale)
    assert Decimal(told["restatement"]["restated"]) == (last - first) * Decimal(scale)
    assert told["restatement"]["version"] == two_nights.first_version


def test_json_and_csv_sum_digit_by_digit(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(home, "customer_acquisition_cost", "2026-05", "2026-06", None, "all", "all")
    print_explanation(Console(), told, "json")
    found = json.loads(capsys.readouterr().out)
    print_explanation(Console(), told, "csv")
    parts = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    change = Decimal(found["change"])
    assert change == Decimal(found["after"]) - Decimal(found["before"])
    for cut in found["cuts"]:
        assert sum(Decimal(part["part"]) for part in cut["parts"]) == change
        assert sum(Decimal(part["part"]) for part in parts if part["by"] == cut["by"]) == change
    assert {cut["by"] for cut in found["cuts"]} >= {"channel × market", "channel", "market", "measure"}
    assert any(part["effect"] == "numerator alone" for part in found["cuts"][0]["parts"])
    assert found["standard"]
    assert found["standard_vi"] == "Chi phí đến nay chia cho số khách hàng mới"
    assert len(found["caveats_vi"]) == len(found["caveats"])
    assert found["definition"][0] == "customer_acquisition_cost = (acquisition_cost) / (new_customers)"


def test_people_see_a_sentence_and_a_table(home: Home) -> None:
    out = io.StringIO()
    print_explanation(
        Console(file=out, width=150), explained(home, "net_sales", None, None, None, "all", "all"), "table"
    )

    shown = out.getvalue()
    assert "Net sales " in shown.splitlines()[1]
    assert " in 2026-05 to " in shown
    assert "by channel × market" in shown
    assert "by currency" in shown
    assert "net_sales: gross_sales - discounts - refunded_sales" in shown


def test_all_kpis_are_listed_with_their_largest_part(home: Home) -> None:
    listed = {row["kpi"]: row for row in all_explained(home, "2026-05", "2026-06", None)}

    assert len(listed) >= 161
    assert listed["experiments_concluded"]["said"] == "not explained"
    assert "no value in 2026-0" in listed["cac_payback_months"]["said"]
    assert listed["net_sales"]["largest_part"].endswith(": amount")


@pytest.mark.parametrize(("asked", "sentence"), [
    (("net_salse", None, None, None, "all", "all"), "there is no KPI 'net_salse'; did you mean net_sales"),
    (("net_sales", "2019-01", None, None, "all", "all"), r"the mart has no month 2019-01 of net_sales; it has those from"),
    (("net_sales", "last", None, None, "all", "all"), "'last' is no period: write a month as 2026-05"),
    (("net_sales", "2026-05", "2026-W22", None, "all", "all"), "are periods of two kinds; compare like with like"),
    (("mrr", "2026-06-01", None, "day", "all", "all"), "mrr is not kept by day; it is by month, quarter, cycle"),
    (("net_sales", "2026-05", None, None, "tv", "all"), "net_sales has no channel tv in month 2026-05; those that it has"),
    (("mrr", "2026-05", None, None, "email", "all"), "mrr has no channel email in month 2026-05; it has none: leave"),
    (("net_sales", "2026-05", "2026-05", None, "all", "all"), "is both the earlier and the later period"),
])  # fmt: skip
def test_what_cannot_be_compared_is_said_with_a_way_out(home: Home, asked: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(PermanentFault, match=sentence):
        explained(home, *asked)


def test_the_pages_parts_sum_to_its_changes(home: Home, mart: duckdb.DuckDBPyConnection) -> None:
    as_of = rows(home.root, f"select date '{AS_OF}'")[0][0]
    told = payload(Context(mart, as_of, load_settings(home), {}, load_accounts(home)))

    changes, parts = told["changes"], told["parts"]
    assert {"net_sales", "customer_acquisition_cost", "predicted_clv"} <= {*changes["kpi"]}
    assert {*changes["after_start"]} == {"2026-06-01"}
    assert {*changes["before_start"]} <= {"2026-05-01", "2025-06-01"}
    sums: dict[tuple[int, str], int] = {}
    for number, by, part in zip(parts["change"], parts["by"], parts["part"], strict=True):
        sums[number, by] = sums.get((number, by), 0) + part
    assert {(number, by): changes["change"][number] for number, by in sums} == sums
    at = changes["kpi"].index("net_sales")
    unit = Fraction(1, 10 ** changes["digits"][at])
    [(value,)] = rows(home.root, "select numerator from race_kpi where kpi = 'net_sales' and period = 'month' and channel = "
                      "'all' and market = 'all' and period_start = '2026-06-01'")  # fmt: skip
    assert abs(changes["after"][at] * unit - Fraction(value)) <= unit / 2


def test_what_the_page_shows_sums_to_the_change_that_it_shows(home: Home) -> None:
    """In a browser, in both languages: the texts of the parts, added by hand, are the text of the change."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("RACEWAY_REQUIRE_EXTRAS"):
            pytest.fail("no Chromium is installed (Debian: apt install chromium)")
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    page_file = home.current.resolve() / "report" / "index.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"file://{page_file}#convert?kpi=customer_acquisition_cost")
        card = page.locator("[data-why=customer_acquisition_cost]")
        change = int(card.locator("[data-change]").get_attribute("data-change") or 0)
        english = card.locator("[data-part]").all_inner_texts()
        parts = [
            int(part.get_attribute("data-part") or 0)
            for part in card.locator("table").first.locator("[data-part]").all()
        ]
        page.click("[data-focus=language-vi]")
        page.wait_for_selector("text=Vì sao thay đổi?")
        vietnamese = card.locator("[data-part]").all_inner_texts()
        page.goto(f"file://{page_file}#convert?kpi=gross_margin&period=week&channel=email")
        command = page.locator("[data-why=gross_margin] code").inner_text()
        browser.close()

    assert said == []
    assert sum(parts) == change
    assert [int(re.sub("[+,\\s]", "", text)) for text in english[: len(parts)]] == parts
    assert [text.replace(".", ",") for text in vietnamese] == english
    assert re.fullmatch(
        r"raceway explain gross_margin --from \d{4}-\d\d-\d\d --to \d{4}-\d\d-\d\d --period week --channel email",
        command,
    )
