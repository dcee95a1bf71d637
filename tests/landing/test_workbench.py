"""The DuckDB that landings of a thread share: nothing of one reaches the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.landing.workbench import workbench
from tests.support.desk import Ads, Desk


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return init_home(tmp_path / "home")


def test_tables_macros_and_the_key_of_one_landing_are_gone_for_the_next(home: Home) -> None:
    with workbench(home, None) as connection:
        connection.execute("create temp table seen as select 1 as a")
        connection.execute("create temp macro cleaned(x) as trim(x)")
        connection.execute("set variable said = 'secret'")
    with workbench(home, None) as connection:
        assert connection.execute("select getvariable('said')").fetchone() == (None,)
        with pytest.raises(duckdb.CatalogException):
            connection.execute("from seen")
        with pytest.raises(duckdb.CatalogException):
            connection.execute("select cleaned('x')")


def test_rows_keep_their_order_after_a_landing_that_broke_off_while_writing(home: Home) -> None:
    with workbench(home, None) as connection:
        connection.execute("set preserve_insertion_order = false")
    with workbench(home, None) as connection:
        assert connection.execute("select current_setting('preserve_insertion_order')").fetchone() == (True,)


def test_each_home_hashes_under_its_own_key(home: Home, tmp_path: Path) -> None:
    other = init_home(tmp_path / "other")
    keys = set()
    for each in (home, other, home):
        with workbench(each, None) as connection:
            keys.add(connection.execute("select getvariable('hash_inner')").fetchone())
    assert len(keys) == 2


FORKING = """
import os, signal, sys
from pathlib import Path
from raceway.common.home import Home
from raceway.landing.workbench import workbench

def added_up():
    with workbench(Home(Path(sys.argv[1])), None) as connection:
        return connection.execute("select sum(range) from range(3_000_000)").fetchall() == [(4_499_998_500_000,)]

assert added_up()
child = os.fork()
if child == 0:
    signal.alarm(30)
    os._exit(0 if added_up() else 1)
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_forked_process_gets_a_database_of_its_own(home: Home) -> None:
    done = subprocess.run([sys.executable, "-c", FORKING, str(home.root)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_after_a_fatal_error_the_next_landing_gets_another_database(home: Home) -> None:
    with workbench(home, None) as connection:
        connection.execute("attach ':memory:' as broken")
    with pytest.raises(duckdb.FatalException), workbench(home, None):
        raise duckdb.FatalException("the database must be restarted")
    with workbench(home, None) as connection:
        assert connection.execute("from duckdb_databases() where database_name = 'broken'").fetchall() == []


def test_a_setting_that_fails_leaves_no_database_without_the_settings_after_it(home: Home) -> None:
    with pytest.raises(duckdb.Error), workbench(home, -1):
        pass
    with pytest.raises(duckdb.Error), workbench(home, -1):
        pass


def test_an_edited_account_counts_for_the_next_file_in_the_same_process(desk: Desk, ads: Ads) -> None:
    first = ads(("2026-03-07", "Brand", 10, 1, "5000"))
    assert desk.land_one("google_ads/vn/first.csv", first).status == "landed"
    accounts = desk.home.accounts.read_text(encoding="utf-8")
    assert "google_ads,vn,vn,,VN,Asia/Ho_Chi_Minh,VND" in accounts
    desk.home.accounts.write_text(
        accounts.replace("google_ads,vn,vn,,VN,Asia/Ho_Chi_Minh,VND", "google_ads,vn,vn,,VN,Asia/Ho_Chi_Minh,USD"),
        encoding="utf-8",
    )
    refused = desk.land_one("google_ads/vn/second.csv", first.replace("5000", "6000"), at="2026-03-09 04:00")
    assert refused.status == "refused"
    assert "account vn is in USD (accounts.csv)" in refused.reason
