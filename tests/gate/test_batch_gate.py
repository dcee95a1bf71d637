"""The landing gate: one batch against what its contract expects, in sentences that name rows."""

from __future__ import annotations

import csv
import datetime as dt
import json
import time
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contract
from raceway.gate.batch_gate import check_batch
from raceway.history.records import BATCH_CHECKS, Check, read_checks

AS_OF = dt.date(2026, 11, 22)
# the 22nd in Ho Chi Minh City is still the 21st in UTC
EXPORTED_AT = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
ACCOUNT = Account(source="stall", account="vn", name="Stall", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND")
CONTRACT = """
version: 2
sources:
  - name: stall
    description: A market stall that counts its visitors.
    config: {meta: {owner: nobody}}
    tables:
      - name: days
        description: One row per day and place.
        config:
          meta:
            scope: {kind: days, day: day}
            covers: {by: [day]}
            unique: [[day, place]]
            rules:
              - name: buyers_at_most_visitors
                condition: buyers is null or buyers <= visitors
                says: nobody buys without being there
        columns:
          - {name: day, description: Day., data_type: date, config: {meta: {aliases: [Day]}}}
          - {name: place, description: Place., data_type: varchar,
             config: {meta: {aliases: [Place], expect: {accepted: [north, south], severity: warning}}}}
          - {name: visitors, description: Visitors (count)., data_type: bigint,
             config: {meta: {aliases: [Visitors], expect: {not_null: critical, min: 0}}}}
          - {name: buyers, description: Buyers (count)., data_type: bigint,
             config: {meta: {aliases: [Buyers], optional: true, expect: {min: 0}}}}
          - {name: cost, description: Rent., data_type: "decimal(18,6)",
             config: {meta: {aliases: [Rent], expect: {min: 0}}}}
"""
BATCH = "20261121T200000Z-0123456789ab"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = init_home(tmp_path_factory.mktemp("gate") / "home")
    folder = made.sources / "stall"
    folder.mkdir()
    (folder / "_stall__sources.yml").write_text(CONTRACT, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def table(home: Home) -> TableContract:
    return load_contract("stall", home).table("days")


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Where the batch's Parquet file is to be; a quote in the path must not matter."""
    folder = tmp_path / "o'hara" / BATCH
    folder.mkdir(parents=True)
    return folder / "data.parquet"


def write(path: Path, *rows: str) -> None:
    """Rows as SQL values: day, place, visitors, buyers, cost."""
    values = ", ".join(f"({number}, {row})" for number, row in enumerate(rows, start=1))
    some = values or "(0, null, null, null, null, null)"
    selected = f"from (values {some}) as rows (_row, day, place, visitors, buyers, rent) where {bool(rows)}"
    duckdb.connect().execute(f"""
        copy (
            select day::date as day, place::varchar as place, visitors::bigint as visitors, buyers::bigint as buyers,
                rent::decimal(18, 6) as "cost", '{BATCH}' as _batch_id, _row::bigint as _row {selected}
        ) to '{str(path).replace("'", "''")}' (format parquet)
    """)


def rows_of(home: Home, check: Check) -> list[dict[str, str]]:
    """The rows of the file that a check names."""
    with (home.root / check.rows_file).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def failed(home: Home, table: TableContract, path: Path) -> dict[str, Check]:
    checks = check_batch(home, table, path, ACCOUNT, EXPORTED_AT, AS_OF)
    return {check.name: check for check in checks if not check.passed}


def test_a_good_batch_passes_and_every_check_is_kept_beside_it(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, "'2026-11-20', 'north', 10, 2, 5.5", "'2026-11-21', 'north', 12, null, 0")

    checks = check_batch(home, table, batch, ACCOUNT, EXPORTED_AT, AS_OF)

    assert [check.name for check in checks] == [
        "buyers_at_most_visitors", "buyers_in_range", "cost_in_range", "day_filled", "day_not_in_the_future",
        "has_rows", "place_vocabulary", "unique_day_place", "visitors_filled", "visitors_in_range",
    ]  # fmt: skip
    assert all(check.passed and check.kind == "expectation" for check in checks)
    assert {(check.subject, check.batch_id) for check in checks} == {("stall.days", BATCH)}
    kept = read_checks(batch.parent / BATCH_CHECKS)
    assert [(check.name, check.passed) for check in kept] == [(check.name, True) for check in checks]


def test_a_negative_cost_is_critical_and_names_row_and_value(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, "'2026-11-20', 'north', 10, 2, 5.5", "'2026-11-21', 'north', 12, 1, -4.25")

    [check] = failed(home, table, batch).values()

    assert check.stops
    assert check.message == (
        "stall.days: cost is 0 or more; 1 of 2 rows break it (row 2: -4.25). The batch is not in effect: mend these "
        f"rows at the source and export again, or take it as it is: raceway accept {BATCH}. All of them: "
        f"{check.rows_file}"
    )
    assert check.broken_rows == 1
    assert [row["cost"] for row in rows_of(home, check)] == ["-4.250000"]


def test_a_day_after_the_export_is_critical_in_the_accounts_zone(home: Home, table: TableContract, batch: Path) -> None:
    # exported on the 22nd, local time: that day may stand in it, the next may not
    write(batch, "'2026-11-22', 'north', 10, 2, 1", "'2026-11-23', 'north', 12, 1, 1")

    check = failed(home, table, batch)["day_not_in_the_future"]

    assert check.stops
    assert "1 of 2 rows break it (row 2: 2026-11-23). " in check.message
    assert [row["day"] for row in rows_of(home, check)] == ["2026-11-23"]


def test_a_day_of_a_spreadsheets_beginning_of_time_is_critical(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, "'1900-01-01', 'north', 10, 2, 1")

    assert failed(home, table, batch)["day_not_in_the_future"].stops


def test_an_empty_key_is_critical(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, "null, 'north', 10, 2, 1")

    check = failed(home, table, batch)["day_filled"]

    assert check.stops
    assert check.observed == "1 of 1 rows break it (row 1: empty)"


def test_an_optional_column_may_be_empty(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, "'2026-11-20', 'north', 10, null, null")

    assert failed(home, table, batch) == {}


def test_rules_and_vocabularies_warn_and_name_rows(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, "'2026-11-20', 'north', 10, 2, 1", "'2026-11-21', 'east', 3, 4, 1")

    checks = failed(home, table, batch)

    assert set(checks) == {"buyers_at_most_visitors", "place_vocabulary"}
    assert not any(check.stops for check in checks.values())
    rule = checks["buyers_at_most_visitors"]
    assert rule.message.startswith(
        "stall.days: nobody buys without being there; 1 row breaks it (row 2). The rows count"
    )
    assert [(row["place"], row["visitors"], row["buyers"]) for row in rows_of(home, rule)] == [("east", "3", "4")]
    assert [row["place"] for row in rows_of(home, checks["place_vocabulary"])] == ["east"]
    assert checks["place_vocabulary"].observed == "1 of 2 rows break it (row 2: east)"


def test_a_grain_that_is_not_unique_warns(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, "'2026-11-20', 'north', 10, 2, 1", "'2026-11-20', 'north', 12, 1, 1")

    [check] = failed(home, table, batch).values()

    assert (check.name, check.severity) == ("unique_day_place", "warning")
    assert [row["visitors"] for row in rows_of(home, check)] == ["10", "12"]


def test_many_bad_rows_are_counted_and_the_first_are_named(home: Home, table: TableContract, batch: Path) -> None:
    write(batch, *(f"'2026-11-20', 'north', {-number}, null, 1" for number in range(1, 8)))

    check = failed(home, table, batch)["visitors_in_range"]

    assert check.observed == "7 of 7 rows break it (row 1: -1; row 2: -2; row 3: -3; row 4: -4; row 5: -5; …)"


def test_an_empty_export_warns_and_nothing_else(home: Home, table: TableContract, batch: Path) -> None:
    write(batch)

    [check] = failed(home, table, batch).values()

    assert (check.name, check.severity, check.batch_id) == ("has_rows", "warning", BATCH)


def test_a_column_that_is_not_there_fails_instead_of_passing(home: Home, table: TableContract, batch: Path) -> None:
    duckdb.connect().execute(f"""
        copy (select date '2026-11-20' as day, 'north' as place, 1 as visitors, 1 as buyers, '{BATCH}' as _batch_id,
            1 as _row) to '{str(batch).replace("'", "''")}' (format parquet)
    """)

    check = failed(home, table, batch)["cost_in_range"]

    assert check.stops
    assert "no answer" in check.observed
    assert "cost" in check.observed


def test_a_warm_gate_checks_a_batch_in_a_fraction_of_a_second(home: Home, table: TableContract, batch: Path) -> None:
    """A night has some hundred batches: what a batch costs must stay small after the first."""
    write(batch, *(f"'2026-11-20', 'north', {number}, null, 1" for number in range(1000)))
    check_batch(home, table, batch, ACCOUNT, EXPORTED_AT, AS_OF)

    began = time.process_time()
    for _ in range(5):
        check_batch(home, table, batch, ACCOUNT, EXPORTED_AT, AS_OF)

    # ten times what it takes on a quiet machine: this guards against a new context per batch
    assert (time.process_time() - began) / 5 < 1.5


def test_what_landing_noticed_is_a_warning_beside_the_expectations(
    home: Home, table: TableContract, batch: Path
) -> None:
    write(batch, "'2026-11-20', 'north', 10, 2, 5.5")
    finding = {"severity": "warning", "name": "total_differs", "message": "a.csv: the row “Total” says 11"}
    (batch.parent / "manifest.json").write_text(json.dumps({"findings": [finding]}), encoding="utf-8")

    noticed = failed(home, table, batch)["total_differs"]

    assert (noticed.kind, noticed.severity, noticed.batch_id) == ("landing", "warning", BATCH)
    assert noticed.message == (
        "stall.days: a.csv: the row “Total” says 11. The rows count as they are; export again, some may be missing"
    )
    assert "total_differs" in [check.name for check in read_checks(batch.parent / BATCH_CHECKS)]
