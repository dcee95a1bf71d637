"""What the tasks' steps leave on record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings, PassingFault
from raceway.common.files import write_aside
from raceway.common.home import HOME_VARIABLE
from raceway.history.records import run_checks, run_records
from raceway.ledger.left_out import FROZEN
from raceway.night import steps
from raceway.publish.version import published_version
from tests.support.mart_company import AS_OF, make_company

STARTED_AT = dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC)


def test_a_night_that_was_published_stays_so_where_its_upkeep_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = make_company(tmp_path)
    company.land("20261121T200000Z-000000000001", days=("2026-11-20", "2026-11-21"))
    monkeypatch.setenv(HOME_VARIABLE, str(company.home.root))
    (company.home.ledger / "_compacted" / ".lock").mkdir(parents=True)  # where compacting wants a file
    run = steps.Run("night-1", AS_OF, STARTED_AT)

    write_aside(company.home.run("night-1") / FROZEN, '{"fingerprint": "f", "waiting": {}}')

    version = steps.publish(run.to_json())["version"]

    published = published_version(company.home)
    assert published is not None
    assert published.name == version
    assert [record.status for record in run_records(company.home)] == ["published"]
    [failed] = [check for check in run_checks(company.home, "night-1") if not check.passed]
    assert (failed.name, failed.severity) == ("upkeep", "warning")
    assert failed.message.startswith("upkeep: compacting the ledger failed and is tried again by the next run: ")


def test_a_run_that_a_lasting_fault_of_the_disk_stops_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = make_company(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, str(company.home.root))
    company.home.warehouse.unlink(missing_ok=True)
    company.home.warehouse.mkdir()  # where DuckDB wants a file
    with pytest.raises(PassingFault):
        steps.freeze(steps.Run("night-1", AS_OF, STARTED_AT).to_json())
    [record] = run_records(company.home)
    assert (record.run_id, record.status) == ("night-1", "failed")
    assert "DuckDB could not read or write a file" in record.message


@pytest.mark.parametrize("run_id", ["../../elsewhere", "a/b", ".hidden", "", "scheduled__2026\n"])
def test_the_name_of_a_run_never_leads_out_of_its_folder(tmp_path: Path, run_id: str) -> None:
    home = make_company(tmp_path).home
    with pytest.raises(BadSettings, match="letters, digits and"):
        home.run_folder(run_id)
    assert home.run_folder("scheduled__2026-03-01T00:00:00+00:00").parent == home.runs
