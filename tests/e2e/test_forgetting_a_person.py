"""A real night, a person forgotten, and the next night: nobody finds her, and every KPI is what it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.reading.personal import Hasher
from tests.e2e.conftest import AS_OF, END, rows, version
from tests.support.command_line import raceway
from tests.support.length import ALL
from tests.support.search import found_below

KPIS = "select * exclude (as_of) from race_kpi order by all"


@pytest.mark.skipif(not ALL, reason="two nights: make test-all")
def test_after_the_next_night_nothing_names_her_and_every_kpi_is_what_it_was(tmp_path: Path) -> None:
    root = tmp_path / "home"
    assert raceway(root, "init").code == 0
    assert raceway(root, "sample", "--days", "14", "--scale", "0.05", "--end", END).code == 0
    mail = _a_buyer(root)
    assert raceway(root, "run", "--as-of", AS_OF).code == 0
    first, kpis = version(root), rows(root, KPIS)
    home = Home(root)
    names = [mail, Hasher(home).email(mail)]
    apart = (home.truth, home.inbox)
    before = found_below(root, names, apart)
    for place in ("archive/", "landing/", "warehouse.duckdb"):
        assert any(path.startswith(place) for path in before), place
    forgotten = raceway(root, "forget", mail, "--later", "--why", "her letter of 1 July 2026")
    assert forgotten.code == 0, forgotten.out + forgotten.err
    night = raceway(root, "run", "--as-of", AS_OF)
    assert night.code == 0, night.out + night.err
    assert version(root) != first
    assert not (home.published / first).exists()
    assert rows(root, KPIS) == kpis
    assert found_below(root, names, apart) == {}


def _a_buyer(root: Path) -> str:
    """An address with which somebody has bought in the sample's shop."""
    for path in sorted((root / "inbox" / "shopify").rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("Email"):
                    return row["Email"].lower()
    raise AssertionError("the sample's shop has no buyer with an address")
