"""Versions of the golden week, built again and compared for real: whole builds, so they belong to the long tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import Home
from raceway.ledger.decisions import reject
from raceway.ledger.ledger import Ledger
from raceway.publish.version import published_versions
from tests.golden.golden_week import AS_OF, night
from tests.support.command_line import raceway
from tests.support.length import ALL

pytestmark = pytest.mark.skipif(not ALL, reason="whole builds: RACEWAY_TESTS=all")
ADS = ("google_ads", "campaign_daily", "vn-main")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Home:
    return Home(shutil.copytree(night(tmp_path_factory).root, tmp_path / "home", symlinks=True))


def test_a_version_comes_out_the_same_and_a_tampered_one_does_not(home: Home) -> None:
    told = raceway(home.root, "reproduce")
    assert told.code == 0, told.out + told.err
    assert "are equal" in told.out

    database = (home.current / "race.duckdb").resolve()
    database.chmod(0o600)
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from fct_reach_ads where cost = (select max(cost) from fct_reach_ads)")
    told = raceway(home.root, "reproduce", "--json")
    found = json.loads(told.out)
    assert (told.code, found["is_equal"], found["parquet"]) == (1, False, [])
    assert [one["table"] for one in found["database"]] == ["fct_reach_ads"]


def test_the_parts_of_a_difference_sum_to_it_and_a_rollback_holds_the_next_night(home: Home) -> None:
    """A setting and a batch of ads differ; each cell's parts sum to its difference, and each cause has its own cells."""
    change(home.settings, lambda text: text.replace("first_reply_minutes = 60", "first_reply_minutes = 1440"))
    [batch] = {batch.batch_id for batch in Ledger(home).state().accepted(*ADS)}
    reject(home, batch, why="clicks of two weeks in one day")
    ran = raceway(home.root, "run", "--as-of", AS_OF)
    assert ran.code == 0, ran.out + ran.err
    first, second = published_versions(home)

    told = raceway(home.root, "diff", first.name, second.name, "--period", "all", "--json")
    assert told.code == 0, told.err
    found: dict[str, Any] = json.loads(told.out)

    assert found["causes"] == ["settings", "batches of google_ads"]
    known = [cell for cell in found["cells"] if cell["change"] is not None]
    assert len(known) > 20
    for cell in known:
        assert sum(map(Decimal, cell["parts"].values())) == Decimal(cell["change"])
    assert any(set(cell["parts"]) == {"settings"} for cell in known)
    assert any(set(cell["parts"]) == {"batches of google_ads"} for cell in known if cell["kpi"] == "ad_spend")
    assert "fct_reach_ads" in {one["table"] for one in found["tables"]}

    assert raceway(home.root, "rollback", "--why", "ads are missing").code == 0
    assert home.current.resolve().name == first.name
    held = raceway(home.root, "run", "--as-of", AS_OF)
    assert held.code == 4, held.out + held.err
    assert "publishing is held since" in held.out
    assert [version.name for version in published_versions(home)] == [first.name, second.name]


def change(file: Path, how: Callable[[str], str]) -> None:
    before = file.read_text(encoding="utf-8")
    after = how(before)
    assert after != before
    file.write_text(after, encoding="utf-8")


def test_a_backfill_shows_what_it_changes_before_it_counts(home: Home) -> None:
    """Today's contract reads clicks and impressions the other way round; only KPIs of clicks differ, and only when it is approved."""
    (home.sources / "google_ads.yml").write_text(
        "tables:\n  campaign_daily:\n    headers:\n      clicks: [Impr.]\n      impressions: [Clicks]\n",
        encoding="utf-8",
    )
    ledger = [event.event_id for event in Ledger(home).events()]
    told = raceway(home.root, "backfill", "--from", "2026-03-01", "--to", "2026-03-08", "--source", "google_ads",
                   "--why", "a trial", "--json")  # fmt: skip
    assert told.code == 0, told.err
    found = json.loads(told.out)

    assert found["diff"]["causes"] == ["batches of google_ads"]
    touched = {cell["kpi"] for cell in found["diff"]["cells"]}
    assert {"ctr", "cpc"} <= touched
    assert "net_sales" not in touched
    assert [event.event_id for event in Ledger(home).events()] == ledger
