"""`raceway doctor --deep` finds what only reading every byte shows, and changes nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from raceway.console.doctor_deep import examine_files
from raceway.ledger.ledger import Ledger
from raceway.publish.sums import changed_files, sums_of, write_sums
from tests.support.desk import Ads, Desk
from tests.support.small_version import small_version


def test_a_deep_look_names_the_file_whose_bytes_have_changed_and_changes_nothing(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/first.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    assert [(one.level, one.subject) for one in examine_files(desk.home)] == [
        ("ok", "landing"), ("ok", "archive"), ("ok", "published"),
    ]  # fmt: skip
    [batch] = Ledger(desk.home).state().accepted()
    for path in (batch.path, next(desk.home.archive.rglob("first.csv"))):
        content = bytearray(path.read_bytes())
        content[40] ^= 0xFF
        path.write_bytes(content)
    found = [one for one in examine_files(desk.home) if one.level == "error"]
    assert [one.subject for one in found] == ["landing", "archive"]
    assert f"{batch.path}: its bytes are not those that were written" in found[0].message
    assert batch.path.is_file()


@pytest.mark.parametrize("file", ["race.duckdb", "parquet/race_kpi/part.parquet", "report/index.html"])
def test_a_deep_look_names_the_file_of_a_version_that_is_not_what_was_written(tmp_path: Path, file: str) -> None:
    home = small_version(
        tmp_path / "home", "2026-03-03", ["create table race_kpi as select range as n from range(9000)"]
    )
    version = home.published / "v1"
    for folder in ("parquet/race_kpi", "report"):
        (version / folder).mkdir(parents=True)
    duckdb.sql("select range as n from range(9000)").write_parquet(str(version / "parquet/race_kpi/part.parquet"))
    (version / "report/index.html").write_text("<html></html>", encoding="utf-8")
    write_sums(version, None)
    assert [one.message for one in examine_files(home) if one.subject == "published"] == [
        "1 versions are as they were written"
    ]
    content = bytearray((version / file).read_bytes())
    content[len(content) // 2] ^= 1
    (version / file).write_bytes(content)
    [found] = [one for one in examine_files(home) if one.level == "error"]
    assert found.message.startswith(
        f"{version / file}: its bytes are not those that were written; go back to a version"
    )
    (version / file).unlink()
    [found] = [one for one in examine_files(home) if one.level == "error"]
    assert "is not there any more" in found.message


def test_a_version_without_sums_is_read_and_its_damaged_database_found(tmp_path: Path) -> None:
    home = small_version(
        tmp_path / "home", "2026-03-03", ["create table race_kpi as select range as n from range(9000)"]
    )
    assert "1 of an earlier version have no sums, and can be read" in examine_files(home)[-1].message
    database = home.published / "v1" / "race.duckdb"
    content = bytearray(database.read_bytes())
    content[14_000] ^= 1
    database.write_bytes(content)
    [found] = [one for one in examine_files(home) if one.level == "error"]
    assert "race.duckdb: Corrupt database file" in found.message


def test_a_file_that_two_versions_share_is_summed_once_and_alike(tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
    (tmp_path / "v1" / "a").write_text("same", encoding="utf-8")
    (tmp_path / "v2" / "a").hardlink_to(tmp_path / "v1" / "a")
    (tmp_path / "v2" / "b").write_text("other", encoding="utf-8")
    write_sums(tmp_path / "v1", None)
    write_sums(tmp_path / "v2", tmp_path / "v1")
    assert sums_of(tmp_path / "v2") == {
        "a": hashlib.sha256(b"same").hexdigest(), "b": hashlib.sha256(b"other").hexdigest(),
    }  # fmt: skip
    assert list(changed_files(tmp_path / "v2")) == []
