"""A home is restored from landing, ledger, key and settings; without the key nothing runs."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.accounts import Account
from tests.support.command_line import raceway
from tests.support.small_company import AS_OF, REPORT, put, small_company

EXPORTED = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
ORDERS = (
    "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
    "#1,an@example.com,paid,VND,100000,100000,2026-03-01 10:00:00 +0700,1,Giày,100000\n"
    "#2,binh@example.com,paid,VND,50000,50000,2026-03-02 10:00:00 +0700,1,Áo,50000\n"
)
BACKED_UP = ("landing", "secrets", "sources", "raceway.toml", "accounts.csv", "exclusions.csv", "holidays.csv",
             "channel_rules.csv")  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after one night."""
    home = small_company(tmp_path_factory.mktemp("lost") / "home")
    shop = Account(
        source="shopify", account="shop", name="Shop", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    with home.accounts.open("a", encoding="utf-8") as file:
        values = shop.model_dump()
        file.write(
            ",".join(
                "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
                for value in values.values()
            )
            + "\n"
        )
    put(home, "report.csv", REPORT, EXPORTED)
    orders = home.inbox / "shopify" / "shop" / "orders_export.csv"
    orders.parent.mkdir(parents=True)
    orders.write_text(ORDERS, encoding="utf-8")
    os.utime(orders, (EXPORTED.timestamp(), EXPORTED.timestamp()))
    night(home, 0)
    return home


def night(home: Home, code: int) -> str:
    ran = raceway(home.root, "run", "--as-of", AS_OF.isoformat())
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
    assert len(before["fct_convert_order"]) == 2


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
