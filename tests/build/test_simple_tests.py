"""Tests of a stage asked together answer as each would alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from raceway.build.parsed_project import SimpleTest
from raceway.build.simple_tests import ask


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("""
            create table orders (order_id integer, day timestamp);
            insert into orders values (1, '2026-03-01'), (1, null), (2, null), (3, '2026-03-02');
        """)
    return file


def one(name: str, select: str) -> SimpleTest:
    return SimpleTest(name, "orders", "", "error", "models/facts", ["model.raceway.orders"], select)


NULL_DAYS = one("not_null", "select day from orders where day is null")
TWICE = one("unique", "select order_id, count(*) from orders group by order_id having count(*) > 1")
KNOWN = one("known", "-- a comment at the end\nselect 1 from orders where order_id > 9 -- none")
UNKNOWN = one("unknown", "select * from orders where customer is null")


def test_each_of_many_has_its_own_count(warehouse: Path) -> None:
    many = [NULL_DAYS, TWICE, KNOWN] * 50
    assert [(answer.test, answer.failures) for answer in ask(warehouse, many)] == [
        (NULL_DAYS, 2), (TWICE, 1), (KNOWN, 0),
    ] * 50  # fmt: skip
    assert not any(answer.fault for answer in ask(warehouse, many))


def test_one_that_cannot_run_says_why_and_the_others_have_their_answers(warehouse: Path) -> None:
    answers = ask(warehouse, [NULL_DAYS, UNKNOWN, TWICE])
    assert [(answer.test.name, answer.failures) for answer in answers if not answer.fault] == [
        ("not_null", 2), ("unique", 1),
    ]  # fmt: skip
    [unknown] = [answer for answer in answers if answer.fault]
    assert unknown.test == UNKNOWN
    assert "customer" in unknown.fault


def test_nothing_to_ask_opens_nothing(tmp_path: Path) -> None:
    assert ask(tmp_path / "not_there.duckdb", []) == []
