"""Faults of disks and databases are sentences, whoever raises them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlalchemy
from sqlalchemy.exc import DBAPIError, OperationalError

from raceway.common.disk_faults import is_of_the_disk, said_of_the_disk


def test_airflows_database_on_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'airflow.db'}")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("create table runs (said text)"))
        connection.execute(sqlalchemy.text("pragma max_page_count = 3"))
        with pytest.raises(OperationalError) as raised:
            connection.execute(sqlalchemy.text(f"insert into runs values ('{'x' * 100_000}')"))
    assert is_of_the_disk(raised.value)
    assert said_of_the_disk(raised.value) == (
        "Airflow's database could not be read or written: database or disk is full; look at it (airflow/airflow.db, or "
        "the server that is set) and at its disk, then run the command again"
    )


def test_what_duckdb_does_not_understand_is_a_slip_of_the_program(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"duckdb:///{tmp_path / 'mart.duckdb'}")
    with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(sqlalchemy.text("select nothing from nowhere"))
    assert isinstance(raised.value.orig, duckdb.Error)
    assert not is_of_the_disk(raised.value)
