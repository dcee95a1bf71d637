"""The answer to who asks what is kept of them: their rows and nobody else's, for the owner's eyes alone."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import PermanentFault
from raceway.publish.access_request import export_person
from tests.support.desk import Desk
from tests.support.small_version import small_version

WHY = "her letter of 3 March 2026"
CONTACTS = (
    "Record ID,Email,Phone Number,Lead Status,Lifecycle Stage,Create Date,Original Source\n"
    "76340000251,an@example.com,0912 345 678,Open,Lead,2026-03-01 00:14,Organic\n"
    "76340000999,bo@example.com,0987 654 321,Open,Customer,2026-03-01 00:15,Organic\n"
)


def test_the_answer_holds_her_rows_alone_with_what_each_column_means(desk: Desk, tmp_path: Path) -> None:
    desk.land_one("hubspot/crm/all-contacts.csv", CONTACTS)
    answer = export_person(desk.home, "an@example.com", tmp_path / "answer", why=WHY, who="linh")
    assert answer.rows == {"landing/hubspot.contacts": 1}
    written = (answer.folder / "landing" / "hubspot.contacts.csv").read_text(encoding="utf-8")
    assert "76340000251" in written
    assert "76340000999" not in written
    columns = (answer.folder / "columns.csv").read_text(encoding="utf-8")
    assert "hubspot.contacts,email_hash,Keyed hash of the address." in columns
    assert {path.stat().st_mode & 0o777 for path in answer.folder.rglob("*") if path.is_file()} == {0o600}
    assert answer.folder.stat().st_mode & 0o777 == 0o700


def test_who_asked_and_why_is_kept_without_the_person(desk: Desk, tmp_path: Path) -> None:
    desk.land_one("hubspot/crm/all-contacts.csv", CONTACTS)
    export_person(desk.home, "an@example.com", tmp_path / "answer", why=WHY, who="linh")
    [line] = (desk.home.runs / "_exports.jsonl").read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["who"], json.loads(line)["why"]) == ("linh", WHY)
    assert "an@example.com" not in line


def test_without_a_reason_or_over_another_answer_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(PermanentFault, match="is there already"):
        export_person(desk.home, "an@example.com", tmp_path / "there", why=WHY)
    with pytest.raises(PermanentFault, match="say by whose request"):
        export_person(desk.home, "an@example.com", tmp_path / "answer", why="")
    assert not (tmp_path / "answer").exists()


def test_an_answer_lies_outside_the_home_and_lacks_no_mart_in_silence(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match="lies in the home"):
        export_person(desk.home, "an@example.com", desk.home.inbox / "hubspot" / "crm" / "answer", why=WHY)
    desk.land_one("hubspot/crm/all-contacts.csv", CONTACTS)
    small_version(desk.home.root, "2026-03-01", [])
    desk.home.current.unlink()
    desk.home.current.symlink_to("gone")
    with pytest.raises(PermanentFault, match="the answer would lack the mart"):
        export_person(desk.home, "an@example.com", tmp_path / "answer", why=WHY)
    assert not (tmp_path / "answer").exists()


def test_a_reason_that_names_her_is_kept_without_her(desk: Desk, tmp_path: Path) -> None:
    desk.land_one("hubspot/crm/all-contacts.csv", CONTACTS)
    export_person(desk.home, "an@example.com", tmp_path / "answer", why="letter of an@example.com")
    assert "an@example.com" not in (desk.home.runs / "_exports.jsonl").read_text(encoding="utf-8")


def test_a_damaged_mart_or_warehouse_ends_the_answer_with_a_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.land_one("hubspot/crm/all-contacts.csv", CONTACTS)
    small_version(desk.home.root, "2026-03-01", ["create table customer_360 as select 'p' as person_id"])
    desk.home.warehouse.write_bytes(b"no database")
    with pytest.raises(PermanentFault, match=r"warehouse\.duckdb: damaged"):
        export_person(desk.home, "an@example.com", tmp_path / "answer", why=WHY)
    desk.home.warehouse.unlink()
    with duckdb.connect(str(desk.home.warehouse)) as connection:
        connection.execute(
            "create table int_identity_tree as select 'abcdef0123456789' as person_id, 'email' as id_type, 'x' as id_value"
        )
    (desk.home.current / "race.duckdb").write_bytes(b"no database")
    with pytest.raises(PermanentFault, match=r"race\.duckdb: damaged"):
        export_person(desk.home, "abcdef0123456789", tmp_path / "other", why=WHY)
