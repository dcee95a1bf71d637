"""A home of an old program is brought to this one, and one of a newer program is refused untouched."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from pathlib import Path

import duckdb
import pytest

from raceway import __version__
from raceway.common.faults import BadSettings, PermanentFault
from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.console.upgrade import bring, differences
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.decisions import retry
from raceway.ledger.ledger import Ledger
from tests.support.command_line import raceway
from tests.support.small_version import small_version

OLD = Path(__file__).parents[1] / "fixtures" / "home-of-42ba662.tar.gz"
"""Landed by the code of commit 42ba662: two reports, of one a row refused, and a file that was refused whole. Its
ledger has loose events alone, its manifests name no contract."""


@pytest.fixture
def old(tmp_path: Path) -> Home:
    with tarfile.open(OLD) as packed:
        packed.extractall(tmp_path, filter="data")
    return small_version(tmp_path / "home", "2026-03-03", ["create table race_kpi as select 1 as value"])


@pytest.fixture(autouse=True)
def passing_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raceway.gate.batch_gate.check_batch", lambda *_: [])


def tree(home: Home) -> dict[str, str]:
    """Every file of a home with its hash; a lock and a ledger's scratch say nothing."""
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and path != home.lock
    }


def rows(home: Home) -> list[tuple[object, ...]]:
    """What counts in a home's landing, without the ids of batches."""
    paths = [str(batch.path) for batch in Ledger(home).state().accepted("google_ads", "campaign_daily")]
    with duckdb.connect() as connection:
        found = connection.execute(
            "select * exclude (_batch_id) from read_parquet($1, union_by_name = true) order by all", [paths]
        )
        return [tuple(column[0] for column in found.description), *found.fetchall()]


def understand(home: Home) -> None:
    """The company's overlay comes to read the date that was refused, 01_03_2026."""
    overlay = 'tables: {campaign_daily: {dates: {day: ["%d_%m_%Y"]}}}\n'
    (home.sources / "google_ads.yml").write_text(overlay, encoding="utf-8")


def test_what_differs_is_said_and_looking_changes_nothing(old: Home) -> None:
    before = tree(old)
    said = differences(old).said
    assert said[0] == f"program: an earlier one, which noted nothing → {__version__}"
    assert said[1] == "ledger: format 1, loose events alone → 2, a snapshot beside them"
    assert "support.first_reply_minutes = 1440" in said[2]
    assert said[3] == (
        "contract: google_ads.campaign_daily: 2 batches landed by another contract, or one that was not noted, 2 are "
        "read again"
    )
    assert len(said) == 4
    assert tree(old) == before


def test_an_old_home_comes_to_hold_what_this_program_lands_of_the_same_files(old: Home, tmp_path: Path) -> None:
    understand(old)
    bring(old, differences(old), "Lan")
    anew = init_home(tmp_path / "anew")
    for own in (old.settings, old.accounts, old.hash_key, old.sources / "google_ads.yml"):
        (anew.root / own.relative_to(old.root)).write_bytes(own.read_bytes())
    for file in old.archive.rglob("*.csv"):
        target = anew.inbox / "google_ads" / "main" / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    for export in find_exports(anew, "google_ads"):
        assert land(anew, export).status == "landed"
    assert rows(old) == rows(anew)
    assert len(rows(old)) == 1 + 5  # the row that was refused is among them


def test_bringing_a_home_twice_finds_nothing_left_to_do(old: Home) -> None:
    understand(old)
    bring(old, differences(old), "Lan")
    found = differences(old)
    assert (found.changed, found.to_mend) == ([], [])
    assert [one for one in found.said if not one.startswith("settings:")] == []


def test_a_batch_that_reads_as_it_landed_stays_the_same_batch(old: Home) -> None:
    bring(old, differences(old), "Lan")
    first = set(Ledger(old).state().batches)
    contracts = {batch.head["contract"] for batch in Ledger(old).state().accepted()}
    assert len(contracts) == 1
    bring(old, differences(old), "Lan")
    assert set(Ledger(old).state().batches) == first


def test_what_is_published_stays_while_a_home_is_brought(old: Home) -> None:
    before = {path: one for path, one in tree(old).items() if path.startswith("published/")}
    bring(old, differences(old), "Lan")
    assert {path: one for path, one in tree(old).items() if path.startswith("published/")} == before
    assert old.current.resolve().name == "v1"


def test_a_file_that_the_old_program_refused_can_be_retried(old: Home) -> None:
    bring(old, differences(old), "Lan")
    assert retry(old, "card.csv") == ["google_ads/main/card.csv"]


def test_a_home_of_a_newer_program_is_refused_and_left_as_it_was(old: Home) -> None:
    old.brought_to.write_text('{"program": "999.0.0"}', encoding="utf-8")
    before = tree(old)
    with pytest.raises(PermanentFault, match=r"was brought to raceway 999\.0\.0, and this is .* Nothing was changed"):
        differences(old)
    assert tree(old) == before


def test_a_ledger_of_a_newer_program_is_refused(old: Home) -> None:
    newest = max(old.ledger.glob("*.json"))
    event = json.loads(newest.read_text(encoding="utf-8")) | {"format_version": 99}
    newest.write_text(json.dumps(event), encoding="utf-8")
    with pytest.raises(PermanentFault, match="ledger format 99, this raceway reads up to"):
        differences(old)


def test_a_setting_that_is_gone_has_to_be_mended_first(old: Home) -> None:
    with old.settings.open("a", encoding="utf-8") as file:
        file.write("\n[colours]\nreport = 'red'\n")
    found = differences(old)
    assert found.to_mend == [f"{old.settings}: colours.report is no setting any more; remove the line"]
    with pytest.raises(BadSettings, match=r"colours\.report is no setting any more"):
        bring(old, found, "Lan")


def test_a_new_home_differs_in_nothing(tmp_path: Path) -> None:
    found = differences(init_home(tmp_path / "new"))
    assert (found.said, found.to_mend, found.changed) == ([], [], [])


def test_the_command_says_what_differs_and_with_no_rebuild_leaves_building_to_the_next_run(old: Home) -> None:
    understand(old)
    ran = raceway(old.root, "upgrade", "--no-rebuild")
    assert (ran.code, ran.err) == (0, "")
    assert "3 rows landed (2 before), 0 refused (1 before)" in ran.out
    assert ran.out.endswith("The home is of this version.\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "accounts.csv: empty; its first line names the columns"),
        ("source,account\ngoogle_ads,vn\n", "accounts.csv, row 2"),
    ],
)
def test_a_list_that_no_night_could_read_has_to_be_mended_first(old: Home, content: str, said: str) -> None:
    old.accounts.write_text(content, encoding="utf-8")
    [to_mend] = differences(old).to_mend
    assert said in to_mend
    ran = raceway(old.root, "upgrade", "--dry-run")
    assert (ran.code, "Nothing was changed." in ran.out) == (2, True)
