"""A draft of a new source loads as it stands, lands the file it was drawn from, and says what it cannot know."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path

import duckdb
import pytest

from raceway.build import dbt_run
from raceway.build.dbt_run import build
from raceway.build.freeze import freeze
from raceway.common.home import PROJECT, Home, Program
from raceway.config.accounts import Account, load_accounts
from raceway.config.init import init_home
from raceway.config.settings import load_settings
from raceway.console.new_source import draft_source
from raceway.contracts.load import load_contract
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from tests.support.command_line import raceway

SALES = """\
Kiosk sales, printed 2026-03-09
Ngày bán;Mã quầy;Số lượng;Số tiền;Giảm giá %;E-mail khách;Họ tên;SĐT
05/03/2026;Q01;2;"1.234.567,50";5,5%;An@example.com;Trần An;0912345678
06/03/2026;Q01;1;"45.000,00";0%;;;
21/03/2026;Q02;12;"2.045.000,00";10%;binh@example.com;Lê Bình;'+84 912 345 679
"""
EXPORTED = dt.datetime(2026, 3, 22, 1, 0, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    account = Account(
        source="kiosk", account="hanoi", name="Kiosk", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    return init_home(tmp_path / "home", accounts=[account])


@pytest.fixture
def example(tmp_path: Path) -> Path:
    file = tmp_path / "sales.csv"
    file.write_text(SALES, encoding="utf-8")
    return file


def landed(home: Home, example: Path) -> None:
    waiting = home.inbox / "kiosk" / "hanoi" / example.name
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(example.read_bytes())
    os.utime(waiting, (EXPORTED.timestamp(), EXPORTED.timestamp()))
    (export,) = find_exports(home, "kiosk")
    outcome = land(home, export, as_of=EXPORTED.date())
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused) == ("landed", 3, 0), outcome.reason


def test_types_dates_money_and_personal_data_are_recognised(home: Home, example: Path) -> None:
    draft_source(home, "kiosk", example, "sales")
    table = load_contract("kiosk", home).tables[0]
    types = {column.name: column.data_type for column in table.columns}
    assert types == {
        "ngay_ban": "date", "ma_quay": "varchar", "so_luong": "bigint", "so_tien": "decimal(18,6)",
        "giam_gia": "double", "e_mail_khach_hash": "varchar", "sdt_hash": "varchar",
    }  # fmt: skip
    assert table.by_name["ngay_ban"].meta.moment.formats == ("%d/%m/%Y",)
    assert (table.meta.number_locale, table.meta.personal) == ("comma", ("Họ tên",))
    assert (table.by_name["e_mail_khach_hash"].meta.hash, table.by_name["sdt_hash"].meta.hash) == ("email", "phone")


@pytest.fixture
def project_without_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt's project with its macros and the frozen tables, and no source but a company's own: quick to parse."""
    program = Program(tmp_path / "program")
    (program.dbt_project / "models").mkdir(parents=True)
    (house,) = (PROJECT.dbt_project / "models").rglob("_house__sources.yml")
    (program.dbt_project / "models" / house.name).symlink_to(house)
    for name in ("dbt_project.yml", "macros"):
        (program.dbt_project / name).symlink_to(PROJECT.dbt_project / name)
    program.profiles.symlink_to(PROJECT.profiles)
    monkeypatch.setattr(dbt_run, "PROJECT", program)


@pytest.mark.usefixtures("project_without_models")
def test_the_example_lands_with_its_draft_and_its_model_is_built(home: Home, example: Path) -> None:
    draft_source(home, "kiosk", example, "sales")
    landed(home, example)
    freeze(home, "run1", EXPORTED.date(), load_settings(home), load_accounts(home))
    build(home, "run1", "stg_kiosk__sales")
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        found = warehouse.execute(
            "select account, ngay_ban::varchar, ma_quay, so_luong, so_tien::double, giam_gia, e_mail_khach_hash is null"
            " from stg_kiosk__sales order by ngay_ban"
        ).fetchall()
    assert found == [
        ("hanoi", "2026-03-05", "Q01", 2, 1234567.5, 0.055, False),
        ("hanoi", "2026-03-06", "Q01", 1, 45000.0, 0.0, True),
        ("hanoi", "2026-03-21", "Q02", 12, 2045000.0, 0.1, False),
    ]


def test_what_the_file_cannot_say_is_listed(home: Home, tmp_path: Path) -> None:
    ambiguous = tmp_path / "visits.csv"
    ambiguous.write_text("Visit,Day,Seen at\n1,03/04/2026,2026-04-03 10:00:00\n2,05/04/2026,2026-04-05 11:00:00\n")
    said = "\n".join(draft_source(home, "door", ambiguous).decisions)
    assert "column day: its dates can be read as %d/%m/%Y or %m/%d/%Y" in said
    assert "column seen_at: its times name no zone" in said
    assert "scope: a new export replaces the days it holds" in said


def test_members_of_json_lines_become_columns(home: Home, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text(
        '{"id": "e1", "at": "2026-03-01T10:00:00Z", "who": {"email": "an@example.com"}, "amount": 12.5}\n'
        '{"id": "e2", "at": "2026-03-01T11:00:00Z", "who": {"email": "bo@example.com"}, "amount": 3}\n'
    )
    draft_source(home, "hook", events, "events")
    table = load_contract("hook", home).tables[0]
    assert [(c.name, c.data_type, c.meta.path) for c in table.columns] == [
        ("id", "varchar", "id"), ("at", "timestamp", "at"), ("who_email_hash", "varchar", "who.email"),
        ("amount", "decimal(18,6)", "amount"),
    ]  # fmt: skip
    assert (table.meta.formats, table.scope.keys) == (("json",), ("id",))


def test_a_name_that_is_taken_or_no_name_writes_nothing(home: Home, example: Path) -> None:
    for name, reason in (("shopify", "there is such a source already"), ("My Kiosk", "small letters")):
        ran = raceway(home.root, "new-source", name, "--from", str(example))
        assert (ran.code, reason in ran.err) == (2, True), ran.err
    assert list(home.sources.iterdir()) == []


def test_a_file_that_cannot_be_read_says_why(home: Home, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    ran = raceway(home.root, "new-source", "kiosk", "--from", str(empty))
    assert ran.code == 2
    assert "the file is empty" in ran.err


def test_the_walk_through_of_the_documentation_works_as_written(tmp_path: Path) -> None:
    """docs/tutorials/adding-a-source.md: its csv block, its command and its accounts line, pasted."""
    text = (Path(__file__).parents[2] / "docs" / "tutorials" / "adding-a-source.md").read_text(encoding="utf-8")
    sales = text.split("```csv\n")[2].split("```")[0]
    line = text.split("```text accounts.csv\n")[1].split("```")[0].strip()
    home = init_home(tmp_path / "home")
    example = tmp_path / "sales.csv"
    example.write_text(sales, encoding="utf-8")
    ran = raceway(home.root, "new-source", "kiosk", "--from", str(example), "--table", "sales")
    assert ran.code == 0, ran.err
    with home.accounts.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert len(line.split(",")) == len(header)
    home.accounts.write_text(",".join(header) + "\n" + line + "\n", encoding="utf-8")
    waiting = home.inbox / "kiosk" / "hanoi" / "sales.csv"
    waiting.parent.mkdir(parents=True)
    waiting.write_text(sales, encoding="utf-8")
    os.utime(waiting, (EXPORTED.timestamp(), EXPORTED.timestamp()))
    (export,) = find_exports(home, "kiosk")
    outcome = land(home, export, as_of=EXPORTED.date())
    assert (outcome.status, outcome.rows_refused) == ("landed", 0), outcome.reason
