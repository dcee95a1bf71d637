"""The mart's gate: what an analyst would meet, checked before anybody sees it."""

from __future__ import annotations

import datetime as dt

import pytest

from raceway.common.faults import GateFailed
from raceway.config.settings import load_settings
from raceway.history.records import Check, record_checks
from raceway.ledger.decisions import reject
from raceway.ledger.ledger import Ledger
from raceway.publish.mart_gate import check_mart
from tests.support.mart_company import Company


def failed(company: Company, run_id: str = "night") -> dict[str, Check]:
    return {check.name: check for check in check_mart(company.home, run_id) if not check.passed}


def test_a_sound_mart_passes(company: Company) -> None:
    checks = check_mart(company.home, "night")

    assert [check for check in checks if not check.passed] == []
    assert {check.subject for check in checks} == {
        "race_kpi", "race_kpi: KPIs that are a part of a whole", "race_measure",
    }  # fmt: skip
    # nothing of the copies that were checked is left
    assert list(company.home.run("night").iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "check", "found"),
    [
        ("delete from race_kpi", "not_empty", "0 rows found"),
        ("insert into race_kpi from race_kpi limit 1", "unique_key", "2 of 4 rows break it"),
        ("update race_kpi set market = null where kpi = 'ad_spend'", "market_filled", "2 of 3 rows break it (empty"),
        ("update race_kpi set stage = 'buy' where kpi = 'ad_spend'", "stage_vocabulary", "2 of 3 rows break it (buy"),
        ("update race_kpi set status = 'fine' where target is not null", "status_vocabulary", "(fine)"),
        ("update race_kpi set value = 'infinity'::double where kpi = 'ad_spend'", "numbers_are_finite", "2 rows"),
        ("update race_kpi set attainment = 'nan'::double where target > 0", "numbers_are_finite", "1 row breaks it"),
        ("update race_kpi set value = 1.01 where target is not null", "parts_of_a_whole", "rows break it (1.01)"),
        (
            "update race_kpi set value = -0.01 where target is not null",
            "counted_parts_of_a_whole", "1 row breaks it (customer_retention_rate",
        ),
        ("update race_kpi set as_of = '2026-11-21' where target > 0", "one_as_of", "1 of 3 rows break it (2026-11-21)"),
        ("update race_kpi set is_complete = true", "running_periods_are_incomplete", "1 row breaks it (ad_spend"),
        ("update race_kpi set numerator = null where target > 0", "values_have_a_numerator", "1 row breaks it"),
        ("update race_kpi set target = null", "attainment_needs_a_target", "1 row breaks it"),
        ("update race_kpi set period_end = '2026-09-30'", "periods_end_after_they_begin", "3 of 3 rows"),
        ("update race_kpi set period_start = '2026-11-23' where target > 0", "periods_have_begun", "1 of 3 rows"),
        ("alter table race_kpi drop year_ago_value", "promised_columns", "found kpi, stage, period"),
    ],
)  # fmt: skip
def test_a_damaged_mart_is_stopped_with_what_was_found(company: Company, damage: str, check: str, found: str) -> None:
    company.sql(damage)

    said = failed(company)[check]

    assert said.stops
    assert found in said.observed
    assert said.message.startswith("race_kpi")


def test_two_tables_that_break_checks_of_one_name_have_a_file_of_rows_each(company: Company) -> None:
    company.sql("update race_kpi set market = null where kpi = 'ad_spend'")
    company.sql("update race_measure set market = null")

    broken = [check for check in check_mart(company.home, "night") if check.name == "market_filled"]
    heads = {check.subject: (company.home.root / check.rows_file).read_text().split(",")[0] for check in broken}

    assert heads == {"race_kpi": "kpi", "race_measure": "measure"}


def test_a_part_is_no_larger_than_its_whole_in_an_incomplete_period_either(company: Company) -> None:
    company.sql("update race_kpi set value = 1.2, is_complete = false where kpi = 'customer_retention_rate'")

    assert failed(company)["parts_of_a_whole"].stops


def test_a_part_that_is_money_may_be_below_0(company: Company) -> None:
    company.sql("update kpi_catalog set part_of_whole = 1 where kpi = 'ad_spend'")
    company.sql("update race_kpi set value = -0.5 where kpi = 'ad_spend'")

    assert failed(company) == {}


def test_a_part_larger_than_its_whole_keeps_the_version_of_before(company: Company) -> None:
    before = company.publish("night-1")
    company.sql("update race_kpi set value = 1.000001 where kpi = 'customer_retention_rate'")
    record_checks(company.home, "night-2", check_mart(company.home, "night-2"))

    with pytest.raises(GateFailed, match=r"nothing was published: .* a part of a whole is never above 1"):
        company.publish("night-2")

    assert company.home.current.resolve().name == before.name


def test_a_table_that_shrinks_is_a_warning(company: Company) -> None:
    company.publish("night-1")
    company.sql("delete from fct_reach_ads where day < '2026-10-11'")

    [check] = failed(company, "night-2").values()

    assert (check.name, check.severity, check.subject) == ("volume_holds", "warning", "fct_reach_ads")
    assert check.message.startswith("fct_reach_ads: 42 rows, 52 in v")
    assert "19% fewer; a source may have come in part. Compare the newest batches" in check.message


def test_a_small_loss_of_rows_is_none(company: Company) -> None:
    company.publish("night-1")
    company.sql("delete from fct_reach_ads where day < '2026-10-08'")  # 7 of 52 are 13 %

    assert failed(company, "night-2") == {}


def test_a_kpi_that_lost_its_values_stops_publishing(company: Company) -> None:
    company.publish("night-1")
    company.sql("update race_kpi set value = null where kpi = 'customer_retention_rate'")

    check = failed(company, "night-2")["no_kpi_is_lost"]

    assert check.stops
    assert check.observed == "without a value now: customer_retention_rate"


def test_one_closed_period_that_lost_its_value_stops_publishing_though_the_kpi_has_others(company: Company) -> None:
    company.publish("night-1")
    company.sql("delete from race_kpi where kpi = 'ad_spend' and period_start = '2026-10-01'")

    check = failed(company, "night-2")["no_kpi_is_lost"]

    assert check.stops
    assert check.message.startswith("race_kpi: ad_spend (month of 2026-10-01) had values in v")


@pytest.mark.parametrize(
    "given_up",
    [
        # a KPI that the catalogue has no more
        "delete from kpi_catalog where kpi = 'customer_retention_rate'; "
        "delete from race_kpi where kpi = 'customer_retention_rate'",
        # a period that still runs
        "update race_kpi set value = null, numerator = null where period_start = '2026-11-01'",
        # a channel's row
        "insert into race_kpi select * replace ('email' as channel, null as value) from race_kpi where period_end < as_of",
        # what the mart itself says that it cannot know: a shop with a young history came in
        "update race_kpi set value = null, numerator = null where kpi = 'customer_retention_rate'; "
        "insert into int_unknown_windows values ('retained_customers', 'month', '2026-10-01', '2026-10-31', 'all')",
        "update race_kpi set value = null, numerator = null where kpi = 'customer_retention_rate'; "
        "insert into int_unknown_windows values ('retained_customers', 'month', '2026-10-01', '2026-10-31', null)",
        # a rate of nothing, restated, where the KPI has other values
        "update race_kpi set value = null, numerator = 0, denominator = 0 where kpi = 'customer_retention_rate'; "
        "insert into race_kpi select * replace (date '2026-09-01' as period_start, date '2026-09-30' as period_end, "
        "0.5 as value, 1 as numerator, 2 as denominator) from race_kpi where kpi = 'customer_retention_rate'",
    ],
)
def test_what_was_given_up_or_cannot_be_known_is_no_loss(company: Company, given_up: str) -> None:
    company.publish("night-1")
    company.sql(given_up)

    assert "no_kpi_is_lost" not in failed(company, "night-2")


@pytest.mark.parametrize("known_elsewhere", ["'2026-09-01', '2026-09-30', null", "'2026-10-01', '2026-10-31', 'VN'"])
def test_what_is_unknown_elsewhere_is_a_loss_here(company: Company, known_elsewhere: str) -> None:
    company.publish("night-1")
    company.sql("update race_kpi set value = null, numerator = null where kpi = 'customer_retention_rate'")
    company.sql(f"insert into int_unknown_windows values ('retained_customers', 'month', {known_elsewhere})")

    assert failed(company, "night-2")["no_kpi_is_lost"].stops


def test_a_cycle_that_the_settings_cut_elsewhere_is_no_loss(company: Company) -> None:
    cycle = "insert into race_kpi select * replace ('cycle' as period, date '{}' as period_start) from race_kpi "
    cycle += "where kpi = 'ad_spend' and period_start = '2026-10-01'"
    begins = load_settings(company.home).business.cycle_start + dt.timedelta(days=180)
    for start in (begins, begins + dt.timedelta(days=1)):
        company.sql(cycle.format(start))
    company.publish("night-1")
    company.sql("delete from race_kpi where period = 'cycle'")

    assert f"ad_spend (cycle of {begins}) had" in failed(company, "night-2")["no_kpi_is_lost"].message


def test_a_kpi_lost_because_a_person_took_a_batch_out_is_a_warning(company: Company) -> None:
    company.land("20261121T200000Z-aaaaaaaaaaaa", days=("2026-11-01", "2026-11-21"))
    company.publish("night-1")
    reject(company.home, "20261121T200000Z-aaaaaaaaaaaa", who="an", why="wrong account")
    company.sql("delete from race_kpi where kpi = 'ad_spend' and period_start = '2026-10-01'")

    check = failed(company, "night-2")["no_kpi_is_lost"]

    assert (check.severity, check.stops) == ("warning", False)
    assert len(Ledger(company.home).events()) == 3


def test_a_batch_that_does_not_feed_a_kpi_lets_no_loss_of_it_through(company: Company) -> None:
    company.land("20261121T200000Z-aaaaaaaaaaaa", days=("2026-11-01", "2026-11-21"))
    company.publish("night-1")
    reject(company.home, "20261121T200000Z-aaaaaaaaaaaa", who="an", why="wrong account")
    company.sql("delete from race_kpi where kpi = 'ad_spend' and period_start = '2026-10-01'")
    company.sql("update race_kpi set value = null where kpi = 'customer_retention_rate'")

    assert failed(company, "night-2")["no_kpi_is_lost"].stops


def test_without_a_mart_the_gate_says_what_to_do(company: Company) -> None:
    company.sql("drop table race_kpi")
    with pytest.raises(GateFailed, match="the mart is not built"):
        check_mart(company.home, "night")

    company.home.warehouse.unlink()
    with pytest.raises(GateFailed, match="build it first"):
        check_mart(company.home, "night")


def test_a_damaged_version_stops_no_night_and_is_told(company: Company) -> None:
    database = company.publish("night-1").database
    spoilt = bytearray(database.read_bytes())
    for at in range(12_500, len(spoilt), 20_000):
        spoilt[at] ^= 0xFF
    database.chmod(0o644)
    database.write_bytes(spoilt)
    [told] = [check for name, check in failed(company, "night-2").items() if name == "own_files_are_whole"]
    assert told.severity == "warning"
    assert told.message.startswith(f"{database}: damaged (Corrupt database file")
