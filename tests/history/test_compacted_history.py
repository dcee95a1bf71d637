"""What ran and what was checked reads the same from little files, from their copies, and from both."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.history import records
from raceway.history.compacted import CHECK_COLUMNS, compact_history, gather_checks
from raceway.history.records import (
    COMPACTED,
    Check,
    RunRecord,
    check_lines,
    compact_records,
    record_checks,
    record_run,
    run_records,
)
from raceway.ledger.ledger import Ledger
from tests.ledger.busy_ledger import add, as_another_process

AT = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    as_another_process()
    return Home(tmp_path)


def check(message: str, minute: int = 0) -> Check:
    return Check(name=f"name of {message}", kind="dbt_test", severity="warning", passed=False, subject="orders",
                 message=message, checked_at=AT + dt.timedelta(minutes=minute))  # fmt: skip


def land(home: Home, number: int, *messages: str, reading: int = 0, decided: bool = True) -> Path:
    """A batch with its checks; gives their file."""
    add(home, "landed", number, reading)
    batch = list(Ledger(home).state().batches.values())[-1]
    file = batch.path.with_name("checks.jsonl")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(check_lines(check(message) for message in messages), encoding="utf-8")
    if decided:
        add(home, "accepted", number)
    return file


def record(run_id: str, status: str = "published", message: str = "") -> RunRecord:
    return RunRecord(run_id=run_id, as_of=dt.date(2026, 11, 22), started_at=AT, finished_at=AT, status=status,
                     program_version="1", message=message)  # fmt: skip


def history(home: Home) -> tuple[list[tuple[object, ...]], int]:
    """The rows of check_history, and how many little files were read for them."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        files = gather_checks(connection, home)
        rows = connection.execute(
            f"select run_id, {CHECK_COLUMNS} from kept_check where name is not null order by all"
        ).fetchall()
    return rows, files


def test_compacted_checks_read_the_same_and_only_new_files_are_read(home: Home) -> None:
    record_checks(home, "night-1", [check("one", 1), check("two", 2)])
    record_checks(home, "night-1", [check("three \u2028 'quoted'\n", 3)])
    land(home, 1, "of a batch", "of a batch too")
    land(home, 2)
    before, files = history(home)
    assert (len(before), files) == (5, 4), "a batch without checks has its file too"
    assert compact_history(home, at_least=5) == 0, "four files are not worth it"
    assert compact_history(home, at_least=4) == 4
    assert history(home) == (before, 0)
    record_checks(home, "night-2", [check("four", 4)])
    after, files = history(home)
    assert ([row for row in after if row not in before], files) == ([row for row in after if row[0] == "night-2"], 1)
    assert compact_history(home, at_least=1) == 1
    assert history(home) == (after, 0)
    assert compact_history(home, at_least=1) == 0


def test_the_copy_may_be_removed_or_left_unfinished_at_any_time(home: Home) -> None:
    record_checks(home, "night-1", [check("one")])
    land(home, 1, "two")
    before, _ = history(home)
    compact_history(home, at_least=1)
    (home.runs / COMPACTED / ".checks-v1.parquet.killed").write_bytes(b"PAR1 and no more")
    assert history(home) == (before, 0)
    shutil.rmtree(home.runs / COMPACTED)
    assert history(home) == (before, 2)


@pytest.mark.parametrize("left", [0, 100, 0.5], ids=["empty", "its beginning", "half"])
def test_a_spoilt_copy_of_the_checks_is_not_needed_and_replaced(home: Home, left: float) -> None:
    record_checks(home, "night-1", [check("one")])
    before, _ = history(home)
    compact_history(home, at_least=1)
    copy = home.runs / COMPACTED / "checks-v1.parquet"
    whole = copy.read_bytes()
    copy.write_bytes(whole[: int(left * len(whole)) if left < 1 else int(left)])
    assert history(home) == (before, 1)
    assert compact_history(home, at_least=1) == 1
    assert history(home) == (before, 0)


def test_a_batch_that_is_read_again_has_the_checks_of_its_last_landing(home: Home) -> None:
    file = land(home, 1, "first reading", decided=False)
    add(home, "refused", 1)
    compact_history(home, at_least=1)
    assert history(home)[1] == 0
    file.unlink()
    land(home, 1, "second reading", reading=1)
    rows, files = history(home)
    assert ([row[-1] for row in rows], files) == (["second reading"], 1)
    compact_history(home, at_least=1)
    assert history(home) == (rows, 0)


def test_a_batch_whose_gate_is_still_at_work_is_not_copied(home: Home) -> None:
    file = land(home, 1, "so far", decided=False)
    compact_history(home, at_least=1)
    file.write_text(check_lines([check("all of it")]), encoding="utf-8")
    add(home, "accepted", 1)
    assert [row[-1] for row in history(home)[0]] == ["all of it"]


def test_a_run_that_is_removed_is_gone_from_the_history(home: Home) -> None:
    record_checks(home, "night-1", [check("one")])
    record_checks(home, "night-2", [check("two")])
    record_run(home, record("night-1"))
    record_run(home, record("night-2"))
    compact_history(home, at_least=1)
    compact_records(home, at_least=1)
    shutil.rmtree(home.runs / "night-1")
    assert [row[0] for row in history(home)[0]] == ["night-2"]
    assert [known.run_id for known in run_records(home)] == ["night-2"]


def test_records_are_copied_and_a_later_result_of_a_run_counts(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for night in range(3):
        record_run(home, record(f"night-{night}", "failed", "the disk was full"))
    before = run_records(home)
    assert compact_records(home) == 0, "three are not worth it"
    assert compact_records(home, at_least=3) == 3
    record_run(home, record("night-1", "failed", "the disk is full!"))  # as long as the message before
    after = run_records(home)
    assert [known.message for known in after] == ["the disk was full", "the disk is full!", "the disk was full"]
    assert [after[0], after[2]] == [before[0], before[2]]
    read = []
    loads = records.json.loads
    monkeypatch.setattr(records.json, "loads", lambda text: (read.append(text), loads(text))[1])
    run_records(home)
    assert len([text for text in read if text.startswith("{\n")]) == 1, "only the replaced one from its own file"


def test_a_spoilt_copy_of_the_records_is_not_needed(home: Home) -> None:
    record_run(home, record("night-1"))
    compact_records(home, at_least=1)
    (home.runs / COMPACTED / "records-v1.jsonl").write_text("{half a li", encoding="utf-8")
    assert [known.run_id for known in run_records(home)] == ["night-1"]
