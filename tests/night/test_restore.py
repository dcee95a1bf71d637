"""A home is restored from landing, ledger, key and settings; without the key nothing runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from tests.golden import golden_week
from tests.support.command_line import raceway

BACKED_UP = ("landing", "secrets", "sources", "raceway.toml", "accounts.csv", "exclusions.csv", "holidays.csv",
             "channel_rules.csv", "sales_channels.csv", "vat_rates.csv")  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after one night of files of every stage."""
    return golden_week.night(tmp_path_factory)


def night(home: Home, code: int) -> str:
    ran = raceway(home.root, "run", "--as-of", golden_week.AS_OF)
    assert ran.code == code, ran.out + ran.err
    return " ".join((ran.out + ran.err).split())


def restored(home: Home, root: Path, *without: str) -> Home:
    root.mkdir()
    for name in BACKED_UP:
        if name not in without:
            (shutil.copytree if (home.root / name).is_dir() else shutil.copy2)(home.root / name, root / name)
    return Home(root)


def mart(home: Home) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(home.current / "race.duckdb"), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            table: connection.execute(f"select * from {table} order by all").fetchall()
            for table in tables
            if not table.endswith("_history")  # they tell when it ran
        }


def test_landing_ledger_key_and_settings_give_the_same_mart_again(company: Home, tmp_path: Path) -> None:
    home = restored(company, tmp_path / "restored")
    night(home, 0)
    before, after = mart(company), mart(home)
    assert before.keys() == after.keys()
    assert [table for table in before if before[table] != after[table]] == []
    assert before["fct_convert_order"]
    assert before["race_kpi"]


def test_without_the_key_a_restored_home_refuses_to_run(company: Home, tmp_path: Path) -> None:
    home = restored(company, tmp_path / "restored", "secrets")
    assert "Put the key back from a backup" in night(home, 2)
    assert not home.published.exists()


def test_with_another_key_a_restored_home_refuses_to_run(company: Home, tmp_path: Path) -> None:
    home = restored(company, tmp_path / "restored")
    home.hash_key.write_text("0" * 64 + "\n", encoding="utf-8")
    known = company.key_fingerprint.read_text(encoding="utf-8").strip()
    assert f"hashed under the key {known}" in night(home, 2)
    assert f"hashed under the key {known}" in " ".join(raceway(home.root, "doctor").out.split())
