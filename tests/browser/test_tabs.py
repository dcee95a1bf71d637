"""Plan, attribution, customers and trust show the mart's numbers; a month goes to paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.browser.conftest import CHROMIUM, Opened
from tests.support.command_line import raceway

# a map's or a table's cells as they are read: row → texts, in the columns' order
TABLE = """(place) => Object.fromEntries([...document.querySelectorAll(`${place} tbody tr`)].map((row) =>
    [row.querySelector('th').innerText.trim(), [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim())]))"""


def ask(page: Path, sql: str, *given: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(page.parent.parent / "race.duckdb"), read_only=True) as connection:
        return connection.execute(sql, list(given)).fetchall()


def written(opened: Opened, value: float | None, unit: str) -> str:
    """A number as the page writes it, short."""
    return opened.page.evaluate("([value, unit]) => raceway.format.value(value, unit, true)", [value, unit])


def choose(opened: Opened, name: str, value: str) -> None:
    """Takes a choice of a part of the page, and waits until that part is drawn anew."""
    choice = opened.page.locator(f"select[data-choice={name}]")
    if choice.input_value() == value:
        return
    shown = "(name) => document.querySelector(`select[data-choice=${name}]`).closest('[data-shown]').dataset.shown"
    before = opened.page.evaluate(shown, name)
    choice.select_option(value)
    opened.page.wait_for_function(f"([name, before]) => ({shown})(name) !== before", arg=[name, before])


@pytest.mark.parametrize(("measure", "unit"), [("revenue", "money"), ("orders", "count")])
def test_every_channel_shows_what_each_of_seven_models_gives_it(
    opened: Opened, golden_report: Path, measure: str, unit: str
) -> None:
    opened.open(golden_report, "attribution")
    opened.page.click(f"[data-choice=measure-{measure}]")
    opened.page.wait_for_selector(f"[data-choice=measure-{measure}][aria-pressed=true]")

    shown = opened.page.evaluate(TABLE, ".map")
    rows = ask(
        golden_report,
        f"""
        select name, model, sum({measure})::double from fct_convert_attribution
        inner join dim_channel using (channel)
        where order_date >= (select date_trunc('month', max(as_of) - 1) - interval 2 month from race_kpi)
        group by all
        """,
    )
    models = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "data_driven")
    assert len({model for _, model, _ in rows}) == len(models)
    for channel, model, value in rows:
        assert shown[channel][models.index(model)] == written(opened, value, unit), (channel, model)


def test_what_platforms_claim_stands_beside_the_orders_of_the_same_days(opened: Opened, golden_report: Path) -> None:
    opened.open(golden_report, "attribution")
    choose(opened, "model", "linear")

    shown = opened.page.evaluate(TABLE, "[aria-label='What platforms claim beside what orders say']")
    rows = ask(
        golden_report,
        """
        select source, sum(claimed_orders)::double, sum(attributed_orders)::double, count(*)
        from fct_convert_attribution_claims
        where model = 'linear'
            and day >= (select date_trunc('month', max(as_of) - 1) - interval 2 month from race_kpi)
        group by source
        """,
    )
    names = {"google_ads": "Google Ads", "meta_ads": "Meta Ads", "tiktok_ads": "TikTok Ads"}
    assert shown.keys() == {names.get(source, source) for source, *_ in rows}
    for source, claimed, attributed, days in rows:
        cells = shown[names.get(source, source)]
        assert (cells[0], cells[1]) == (written(opened, claimed, "count"), written(opened, attributed, "count"))
        assert cells[2] == (f"{claimed / attributed:.1f}×" if attributed else "–")
        assert cells[5] == str(days)


def test_segments_show_their_customers_and_small_ones_that_they_are_small(opened: Opened, golden_report: Path) -> None:
    opened.open(golden_report, "customers")

    shown = opened.page.evaluate(TABLE, "[aria-label='RFM segments']")
    rows = ask(
        golden_report, "select segment, count(*) from customer_360 where is_customer and segment > '' group by 1"
    )
    assert rows
    for segment, customers in rows:
        name = opened.page.evaluate("(segment) => raceway.say(`rfm_${segment}`)", segment)
        assert shown[name][0] == (str(customers) if customers >= 5 else "not told")


def test_no_persons_id_stands_in_the_page(golden_report: Path, opened: Opened) -> None:
    opened.open(golden_report, "customers")
    told = opened.page.evaluate(
        "Promise.all(['plan', 'attribution', 'customers', 'trust'].map(raceway.load)).then(JSON.stringify)"
    )
    persons = [person for (person,) in ask(golden_report, "select person_id from dim_customer")]
    assert persons
    assert [person for person in persons if person in told] == []


def test_each_target_is_paced_with_the_marts_numbers(opened: Opened, golden_report: Path) -> None:
    opened.open(golden_report, "plan")
    shown = {}
    for period in opened.page.eval_on_selector_all("[data-choice=period] option", "(all) => all.map((o) => o.value)"):
        choose(opened, "period", period)
        more = opened.page.query_selector("[aria-label='Are we on pace?'] .more")
        if more:
            more.click()
        shown[period] = opened.page.evaluate(TABLE, "[aria-label='Are we on pace?']")

    rows = ask(
        golden_report,
        """
        select period || '|' || period_start, name, unit, value, paced_target::double, target::double, status
        from race_kpi inner join kpi_catalog using (kpi)
        where target is not null and channel = 'all' and market = 'all' and period_start < as_of
        """,
    )
    compared = 0
    for period, name, unit, value, paced, target, status in rows:
        if period in shown:
            cells = shown[period][name]
            told = [written(opened, number, unit) for number in (value, paced, target)]
            assert [cells[0], cells[2], cells[3]] == told, (period, name)
            assert cells[5].endswith((status or "not due yet").replace("_", " ")) or status is None
            compared += 1
    assert compared > 0


def test_every_check_that_does_not_hold_is_an_open_point_with_its_remedy(opened: Opened, golden_report: Path) -> None:
    opened.open(golden_report, "trust")
    points = opened.page.eval_on_selector_all(".point", "(all) => all.map((one) => one.innerText)")
    [(run,)] = ask(
        golden_report, "select run_id from run_history where status = 'published' order by started_at desc limit 1"
    )
    rows = ask(
        golden_report,
        """
        select subject, message, remedy from check_history
        where not passed and kind <> 'freeze' and (run_id = ? or coalesce(run_id, '') = ''
            and batch_id in (select batch_id from batch_history where status in ('accepted', 'pending')))
        """,
        run,
    )
    assert rows
    for subject, message, remedy in rows:
        # its subject and its remedy stand beside the sentence, not in it once more
        problem, _, rest = message.removeprefix(f"{subject}: ").partition(remedy[0].upper() + remedy[1:])
        [told] = [point for point in points if subject in point and problem[1:].strip() in point]
        assert remedy in told
        assert rest.strip(". ") in told
        assert told.lower().count(remedy.lower()) == 1


def test_a_month_is_printed_on_few_sheets(golden_report: Path, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    home = golden_report.parents[3]
    target = tmp_path / "month.pdf"
    ran = raceway(home, "report", "--pdf", "--language", "vi", "--to", str(target))
    assert ran.code == 0, ran.err
    assert ran.out.strip() == str(target)
    assert 4 <= len(re.findall(rb"/Type /Page\b", target.read_bytes())) <= 8


def test_the_month_on_paper_has_the_marts_numbers(opened: Opened, golden_report: Path) -> None:
    [(start,)] = ask(
        golden_report,
        "select max(period_start)::varchar from race_kpi where period = 'month' and kpi = 'orders' and value > 0",
    )
    opened.open(golden_report, f"print?at={start}")
    rows = ask(
        golden_report,
        """
        select name, unit, value from race_kpi inner join kpi_catalog using (kpi)
        where period = 'month' and period_start = ? and channel = 'all' and market = 'all' and "leading"::integer = 1
            and value is not null
        """,
        start,
    )
    shown = opened.page.evaluate(TABLE, ".stage-table")
    assert rows
    for name, unit, value in rows:
        cells = next(cells for title, cells in shown.items() if title.removesuffix("▲").strip().startswith(name))
        assert cells[0] == written(opened, value, unit), name


# what a page says: its texts by where they stand, but for code, pictures and what is quoted in another language
TEXTS = """() => {
    const walker = document.createTreeWalker(document.getElementById('page'), NodeFilter.SHOW_TEXT);
    const said = new Set();
    while (walker.nextNode()) {
        const { parentElement, textContent } = walker.currentNode;
        if (!parentElement.closest('code, svg, .chart, [lang]:not(html)')) said.add(textContent.trim());
    }
    return [...said];
}"""
# a name or an abbreviation is the same in both languages; a sentence of ours has words
WORDS = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")


@pytest.mark.parametrize(
    "place",
    ["overview", "plan", "reach?kpi=sessions", "act?kpi=cost_per_lead", "convert?kpi=net_sales", "convert?kpi=gross_margin",
     "engage?kpi=churn_rate", "advocacy?kpi=advocate_rate", "attribution", "customers", "trust", "print"],
)  # fmt: skip
def test_no_text_of_ours_is_english_on_the_vietnamese_page(opened: Opened, golden_report: Path, place: str) -> None:
    opened.open(golden_report, place)
    english = set(opened.page.evaluate(TEXTS))
    with opened.drawn_anew():
        opened.page.evaluate("raceway.frame.speak('vi')")
    vietnamese = set(opened.page.evaluate(TEXTS))

    # initiatives have the names that the company gave them
    own = {name for (name,) in ask(golden_report, "select distinct initiative_name from osa_review")}
    assert len(vietnamese) > 10
    assert [text for text in sorted(english & vietnamese - own) if WORDS.search(text)] == []
    assert opened.page.locator(".definition [lang=en]:not(q), .remedy [lang=en]").count() == 0


def test_what_a_check_found_is_quoted_in_english_below_what_it_claims_in_vietnamese(
    opened: Opened, golden_report: Path
) -> None:
    opened.open(golden_report, "trust")
    with opened.drawn_anew():
        opened.page.evaluate("raceway.frame.speak('vi')")
    points = opened.page.evaluate(
        """() => [...document.querySelectorAll('.point')].filter((one) => one.querySelector('.claim')).map((one) =>
            [one.querySelector('.claim').innerText, one.querySelector('q').lang, one.querySelector('q').innerText,
             one.querySelector('.remedy').innerText])"""
    )

    [[claim, language, sentence, remedy]] = [
        point for point in points if "every account of a required" in point[2].lower()
    ]
    assert claim == "Mọi tài khoản của nguồn bắt buộc có dữ liệu đến ngày mà cài đặt yêu cầu."
    assert language == "en"
    assert "due_day" in sentence
    assert remedy.startswith("Cần làm: xuất những ngày mới nhất của tài khoản và đưa vào thư mục của nó")
