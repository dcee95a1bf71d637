"""Every command says clearly what it did, or what is wrong and what to do; never a traceback."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.console.cli import app
from raceway.console.form import Terminal, say
from raceway.console.show import print_table
from raceway.contracts.files import source_names
from tests.support.command_line import raceway

COMMANDS = {"init", "sample", "run", "status", "query", "explain", "report", "serve", "docs", "secrets", "accept", "reject",
            "retry", "waive", "doctor", "new-source", "rollback", "reproduce", "diff", "backfill", "forget", "export",
            "upgrade", "upkeep"}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return init_home(tmp_path / "home")


@pytest.fixture
def published(home: Home) -> Home:
    """A home with a published mart of three rows, made by hand."""
    version = home.published / "v1"
    version.mkdir()
    with duckdb.connect(str(version / "race.duckdb")) as mart:
        mart.execute("create table race_kpi (kpi varchar, period_start date, value decimal(18, 2))")
        mart.execute(
            "insert into race_kpi values ('orders', '2026-01-01', 12), ('net_sales', '2026-01-01', 1234.5),"
            " ('tỷ lệ', '2026-02-01', null)"
        )
    home.current.symlink_to("v1")
    return home


def test_the_command_line_has_exactly_the_commands_it_promises() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert names == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_commands_help_shows_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert f"raceway {command}" in shown.output or f"{command}`" in shown.output


@pytest.mark.parametrize("decision", ["accept", "reject", "waive"])
def test_a_decision_without_a_reason_is_none(published: Home, decision: str) -> None:
    shown = CliRunner().invoke(app, ["--home", str(published.root), decision, "B", "--why", "  "])
    assert shown.exit_code == 2
    assert "says nothing; write what was looked at" in " ".join(shown.output.split())


def test_json_loses_no_column_whose_name_another_bears(published: Home) -> None:
    asked = raceway(published.root, "query", "--format", "json", "select 1 as a, 2 as a")
    assert (asked.code, asked.out) == (2, "")
    assert "JSON would lose one" in asked.err


def test_a_new_home_is_never_made_over_an_old_one(tmp_path: Path) -> None:
    root = tmp_path / "company"
    first = raceway(root, "init")
    assert first.code == 0, first.err
    assert f"raceway --home {root} run" in first.out
    settings = (root / "raceway.toml").read_text(encoding="utf-8")
    (root / "raceway.toml").write_text(settings.replace("My company", "Acme"), encoding="utf-8")
    again = raceway(root, "init")
    assert again.code == 2
    assert "is a raceway home already" in again.err
    assert "Acme" in (root / "raceway.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [["run"], ["status"], ["doctor"], ["query", "select 1"], ["retry"]])
def test_without_a_home_the_remedy_is_named(tmp_path: Path, command: list[str]) -> None:
    ran = raceway(tmp_path / "nowhere", *command)
    assert ran.code == 2
    assert "no raceway home here" in ran.err
    assert "init" in ran.err
    assert "Traceback" not in ran.err + ran.out


def test_a_wrong_setting_ends_with_file_key_and_remedy(home: Home) -> None:
    text = home.settings.read_text(encoding="utf-8")
    home.settings.write_text(text.replace("Asia/Ho_Chi_Minh", "Mars/Olympus"), encoding="utf-8")
    ran = raceway(home.root, "run")
    assert ran.code == 2
    assert "raceway.toml" in ran.err
    assert "business.zone" in ran.err
    assert "IANA" in ran.err
    assert "Traceback" not in ran.err + ran.out


def test_a_second_run_is_told_who_holds_the_home(home: Home) -> None:
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write('{"pid": 4242, "since": "2026-01-01T02:03:04+00:00"}')
        lock.flush()
        ran = raceway(home.root, "run")
    assert ran.code == 2
    assert "process 4242 since 2026-01-01T02:03:04+00:00" in ran.err
    assert "Traceback" not in ran.err + ran.out


def test_a_lock_left_by_a_dead_process_stops_nobody(home: Home) -> None:
    from raceway.common.lock import alone

    home.lock.write_text('{"pid": 4242, "since": "2026-01-01T02:03:04+00:00"}', encoding="utf-8")
    with alone(home):
        assert f'"pid": {os.getpid()}' in home.lock.read_text(encoding="utf-8")


def test_asking_before_the_first_night_names_the_remedy(home: Home) -> None:
    ran = raceway(home.root, "query", "select 1")
    assert ran.code == 2
    assert "nothing is published yet" in ran.err


def test_answers_come_as_csv_that_a_program_can_read(published: Home) -> None:
    ran = raceway(published.root, "query", "select * from race_kpi order by kpi", "--format", "csv")
    assert list(csv.reader(io.StringIO(ran.out))) == [
        ["kpi", "period_start", "value"],
        ["net_sales", "2026-01-01", "1234.50"],
        ["orders", "2026-01-01", "12.00"],
        ["tỷ lệ", "2026-02-01", ""],
    ]


def test_answers_come_as_json_with_one_object_a_row(published: Home) -> None:
    ran = raceway(published.root, "query", "select kpi, value from race_kpi order by kpi", "-f", "json")
    assert ran.json() == [
        {"kpi": "net_sales", "value": "1234.50"},
        {"kpi": "orders", "value": "12.00"},
        {"kpi": "tỷ lệ", "value": None},
    ]


def test_answers_come_as_a_table_for_people(published: Home) -> None:
    ran = raceway(published.root, "query", "select kpi from race_kpi where value is null")
    assert ran.code == 0
    assert "tỷ lệ" in ran.out


def test_a_query_cannot_change_the_mart(published: Home) -> None:
    ran = raceway(published.root, "query", "delete from race_kpi")
    assert ran.code == 2
    assert "read-only" in ran.err
    assert len(raceway(published.root, "query", "from race_kpi", "-f", "json").json()) == 3


def test_a_query_reaches_no_file_unless_it_is_called_unsafe(published: Home, tmp_path: Path) -> None:
    key = published.hash_key.read_text(encoding="utf-8").strip()
    asked = f"select content from read_text('{published.hash_key}')"
    shut = raceway(published.root, "query", asked, "-f", "csv")
    assert (shut.code, shut.out) == (2, "")
    assert "only the tables of the mart may be asked" in shut.err
    assert "--unsafe" in shut.err
    meant = raceway(published.root, "query", asked, "-f", "csv", "--unsafe")
    assert meant.code == 0
    assert key in meant.out
    assert "may read and write every file that you may" in meant.err


def test_an_answer_is_given_whole_or_not_at_all(published: Home) -> None:
    ran = raceway(published.root, "query", "from race_kpi", "-f", "csv", "--rows", "2")
    assert (ran.code, ran.out) == (2, "")
    assert "more than 2 rows" in ran.err
    assert "--rows" in ran.err
    assert raceway(published.root, "query", "from race_kpi", "-f", "csv", "--rows", "3").code == 0


def test_a_query_with_a_slip_ends_with_duckdbs_hint(published: Home) -> None:
    ran = raceway(published.root, "query", "select kpy from race_kpi")
    assert ran.code == 2
    assert "kpy" in ran.err
    assert "Traceback" not in ran.err + ran.out


def test_a_query_that_is_no_text_is_refused_in_a_sentence(published: Home) -> None:
    ran = raceway(published.root, "query", "select '\udcff'")
    assert ran.code == 2
    assert "UTF-8" in ran.err


def test_numbers_that_json_has_not_are_texts_in_it(published: Home) -> None:
    ran = raceway(published.root, "query", "select 'nan'::double as a, '-inf'::double as b", "-f", "json")
    assert ran.json() == [{"a": "nan", "b": "-inf"}]


@pytest.mark.parametrize("command", ["accept", "reject"])
def test_deciding_on_an_unknown_batch_is_refused(home: Home, command: str) -> None:
    ran = raceway(home.root, command, "20260101T000000Z-000000000000", "--why", "test")
    assert ran.code == 2
    assert "20260101T000000Z-000000000000" in ran.err
    assert "raceway status" in ran.err


def test_a_decision_needs_its_reason(home: Home) -> None:
    ran = raceway(home.root, "accept", "20260101T000000Z-000000000000")
    assert ran.code == 2
    assert "--why" in ran.err


def test_doctor_shows_every_setting_with_its_meaning(home: Home) -> None:
    ran = raceway(home.root, "doctor")
    assert ran.code == 0, ran.out + ran.err
    assert "rates.max_age_days" in ran.out
    assert "Oldest rate, in days, that may convert an amount." in ran.out
    assert f"{len(source_names())} sources" in ran.out


def test_doctor_finds_a_key_that_others_can_read(home: Home) -> None:
    home.hash_key.chmod(0o644)
    ran = raceway(home.root, "doctor")
    assert ran.code == 1
    assert "chmod go-rwx" in ran.out
    assert "hash.key" in ran.out


def test_doctor_names_a_folder_of_the_inbox_that_no_account_tells_of(home: Home) -> None:
    (home.inbox / "google_ads" / "main").mkdir(parents=True)
    (home.inbox / "google_ads" / "main" / "report.csv").write_text("Day\n", encoding="utf-8")
    ran = raceway(home.root, "doctor")
    assert ran.code == 0, ran.out
    said = " ".join(ran.out.split())
    assert "there is no account yet, so no file can land" in said
    assert "has no google_ads,main: they would be refused; write its line" in said


def test_doctor_finds_a_vat_rate_of_an_account_that_is_none(home: Home) -> None:
    home.vat_rates.write_text("source,account,market,valid_from,rate\nsapo,shop,,2026-01-01,0.1\n,,VN,2026-01-01,0.1\n")
    ran = raceway(home.root, "doctor", "--ci")
    assert "sapo/shop from 2026-01-01: accounts.csv has no such account" in " ".join(ran.out.split())


def test_doctor_finds_an_account_of_an_unknown_source(home: Home) -> None:
    header = home.accounts.read_text(encoding="utf-8")
    home.accounts.write_text(header + "gogle_ads,main,Main,,VN,Asia/Ho_Chi_Minh,VND\n", encoding="utf-8")
    ran = raceway(home.root, "doctor", "--ci")
    assert ran.code == 1
    assert "gogle_ads/main: there is no source gogle_ads" in ran.out


def test_a_new_homes_secrets_are_its_owners_alone(home: Home) -> None:
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in home.secrets.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "select 1", "--seconds", "99999999999999999999"),
        ("query", "select 1", "--seconds", "100000"),
        ("query", "select 1", "--memory", "99999999999"),
        ("query", "select 1", "--rows", "99999999999999999999"),
        ("sample", "--days", "99999999"),
        ("sample", "--scale", "1e300"),
        ("sample", "--scale", "nan"),
        ("sample", "--seed", "-1"),
        ("sample", "--end", "9999-12-31"),
        ("run", "--as-of", "0001-01-01"),
        ("backfill", "--from", "0001-01-01", "--to", "2026-01-01"),
        ("query", "--kpi", "orders", "--from", "9999-12-31"),
    ],
)
def test_a_number_or_day_that_cannot_be_meant_is_a_slip_and_no_fault_of_the_program(
    published: Home, arguments: tuple[str, ...]
) -> None:
    shown = CliRunner().invoke(app, ["--home", str(published.root), *arguments])
    assert shown.exit_code == 2
    assert arguments[-2] in shown.output or "--from" in shown.output


def test_every_option_that_takes_a_number_has_a_smallest_and_a_largest() -> None:
    numbers = [
        (name, option)
        for name, command in get_command(app).commands.items()  # type: ignore[attr-defined]  # a group
        for option in command.params
        if option.type_descriptor.annotation in (int, float)
    ]
    assert {option.name for _, option in numbers} == {"days", "scale", "seed", "rows", "seconds", "memory"}
    assert [(name, option.name) for name, option in numbers if option.min is None or option.max is None] == []


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_home_is_not_the_current_folder(empty: str) -> None:
    shown = CliRunner().invoke(app, ["--home", empty, "status"])
    assert shown.exit_code == 2
    assert "empty: it names no folder" in " ".join(shown.output.split())


def test_cells_and_sentences_are_printed_as_they_are(published: Home) -> None:
    text = ":a: :warning: [bold]x[/bold] [/] \\"
    shown = raceway(published.root, "query", f"select '{text}' as v")
    assert text in shown.out
    stream = io.StringIO()
    console = Terminal(file=stream, width=200)
    say(console, text)
    console.print(f"plain {text[:4]}")
    print_table(console, text, (text,), ((text,),))
    assert stream.getvalue().count(":a:") == 5
    assert stream.getvalue().count(text) == 4


def test_a_command_that_used_dbts_locks_ends_without_a_word_about_them() -> None:
    code = (
        "import duckdb\n"
        "from multiprocessing import get_context\n"
        "lock = get_context('spawn').RLock()\n"
        "from raceway.console import cli\n"
        "cli._end(3)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stderr) == (3, "")
