"""What holds rows of persons, keys or logs is its owner's alone, however it came to be."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.config.private import is_open, keep_private, open_to_others


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Files that others read, as on most machines; as it was at the end."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_new_home_is_closed_where_it_must_be_and_its_published_folder_is_open(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    assert list(open_to_others(home)) == []
    assert stat.S_IMODE(home.published.stat().st_mode) == 0o755


def test_databases_are_private_from_their_first_byte_and_so_is_what_lies_beside_them(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    keep_private(home)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("create table t as select 1")
        beside = home.warehouse.with_name(f"{home.warehouse.name}.wal")
        assert {stat.S_IMODE(path.stat().st_mode) for path in (home.warehouse, beside)} == {0o600}


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    for folder in (home.landing, home.archive, home.ledger):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    for file in (home.warehouse, home.airflow / "airflow.db"):
        file.write_bytes(b"")
    keep_private(home)
    assert list(open_to_others(home)) == []
    assert not is_open(home.warehouse)


def test_each_open_file_of_keys_and_raw_exports_is_found(tmp_path: Path) -> None:
    home = Home(init_home(tmp_path / "home").root)
    kept = home.archive / "shopify" / "shop" / "orders.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text("who,what\n", encoding="utf-8")
    home.hash_key.chmod(0o640)
    home.warehouse.write_bytes(b"")
    assert list(open_to_others(home)) == [
        home.warehouse, home.hash_key, home.archive / "shopify", home.archive / "shopify" / "shop", kept,
    ]  # fmt: skip
