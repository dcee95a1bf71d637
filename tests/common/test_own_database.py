"""A damaged database of our own is told as damage, whatever part of it is."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from raceway.common.disk_faults import is_of_the_disk
from raceway.common.faults import PermanentFault
from raceway.common.own_database import damage_of_database, damage_told


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _spoilt(content: bytes) -> bytes:
    """A bit of each block after the headers is another one."""
    spoilt = bytearray(content)
    for at in range(12_500, len(spoilt), 50_000):
        spoilt[at] ^= 0xFF
    return bytes(spoilt)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t as select range as n, range || 'x' as s from range(100000)")
    return path


@pytest.mark.parametrize("harm", [_cut, _spoilt, lambda _: b"", lambda content: b"x" * len(content)])
def test_damage_is_one_sentence_with_its_mend(database: Path, harm: object) -> None:
    assert damage_of_database(database) == ""
    database.write_bytes(harm(database.read_bytes()))  # type: ignore[operator]
    with (
        pytest.raises(PermanentFault, match=r"a.duckdb: damaged \(.*\); put it back$"),
        damage_told(database, "put it back"),
        duckdb.connect(str(database), read_only=True) as connection,
    ):
        connection.execute("select max(hash(t)) from t").fetchall()
    assert damage_of_database(database)


def test_a_folder_in_its_place_and_no_file_are_damage_too(tmp_path: Path) -> None:
    (tmp_path / "folder.duckdb").mkdir()
    for name in ("folder.duckdb", "none.duckdb"):
        with pytest.raises(PermanentFault, match="damaged"), damage_told(tmp_path / name, "put it back"):
            duckdb.connect(str(tmp_path / name), read_only=True)


def test_a_slip_in_a_question_is_no_damage(database: Path) -> None:
    with pytest.raises(duckdb.CatalogException), damage_told(database, "put it back"):
        duckdb.connect(str(database), read_only=True).execute("select * from nowhere")


def test_a_damaged_file_that_nobody_foresaw_ends_in_a_sentence_and_a_slip_does_not(database: Path) -> None:
    database.write_bytes(_spoilt(database.read_bytes()))
    with pytest.raises(duckdb.Error) as damage:
        duckdb.connect(str(database), read_only=True).execute("select max(hash(t)) from t").fetchall()
    assert is_of_the_disk(damage.value)
    with pytest.raises(duckdb.Error) as slip:
        duckdb.connect().execute("select * from nowhere")
    assert not is_of_the_disk(slip.value)
