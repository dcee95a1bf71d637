"""A compacted ledger says what its events say: after kills, late events, copies, and beside other processes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.ledger import compaction
from raceway.ledger import ledger as ledgers
from raceway.ledger.compaction import compact
from raceway.ledger.events import ABOUT, GUARD, SNAPSHOTS
from raceway.ledger.fold import LandedIsMissing
from raceway.ledger.ledger import Ledger
from tests.ledger.busy_ledger import (
    Killed,
    add,
    as_another_process,
    every_event,
    fields_of,
    folded,
    killed_before,
    loose,
    manifest_of,
    plain_fold,
    snapshot_folders,
)

STORY = [
    ("landed", 1), ("accepted", 1), ("refused whole", 2), ("landed", 4), ("refused", 4), ("duplicate", 1), ("retry", 2),
    ("landed", 2), ("landed", 4), ("accepted", 4), ("accepted", 2), ("rejected", 1), ("forgotten", 1), ("refused", 5),
]  # fmt: skip
"""Every kind of event; the last is about a batch that is landed first where the story is told."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    as_another_process()
    return Home(tmp_path)


def tell(home: Home) -> dict[str, str]:
    """The story as events of a home; gives their texts by id."""
    add(home, "landed", 5)
    for reading, (kind, number) in enumerate(STORY):
        add(home, kind, number, reading)
    return loose(home)


def test_a_compacted_ledger_folds_to_the_same_state_and_keeps_every_event(home: Home) -> None:
    texts = tell(home)
    before = folded(home)
    assert before == plain_fold(home, texts)
    assert compact(home, at_least=1) == len(texts)
    as_another_process()
    assert loose(home) == {}, "what is covered has left the folder"
    assert folded(home) == before
    assert every_event(home) == fields_of(texts)
    assert compact(home, at_least=1) == 0, "there is nothing more to do"


def test_the_texts_of_the_events_are_kept_letter_by_letter(home: Home) -> None:
    texts = tell(home)
    compact(home, at_least=1)
    (snapshot,) = snapshot_folders(home)
    kept = duckdb.connect().sql(f"select event_id, text from '{snapshot}/events.parquet'").fetchall()
    assert kept == sorted(texts.items())


def test_few_events_stay_loose(home: Home) -> None:
    texts = tell(home)
    assert compact(home) == 0
    assert loose(home) == texts


def test_later_events_fold_onto_the_snapshot_and_into_the_next_one(home: Home) -> None:
    texts = tell(home)
    compact(home, at_least=1)
    first = snapshot_folders(home)
    add(home, "accepted", 5)
    add(home, "landed", 8)
    texts |= loose(home)
    for process in ("this", "another"):
        assert folded(home) == plain_fold(home, texts), f"in {process} process"
        as_another_process()
    assert compact(home, at_least=3) == 0, "two are not worth it"
    assert compact(home, at_least=2) == 2
    assert folded(home) == plain_fold(home, texts)
    assert len(snapshot_folders(home)) == 1
    assert snapshot_folders(home) != first


def test_a_manifest_is_read_when_asked_for(home: Home) -> None:
    tell(home)
    held = Ledger(home).state()
    whole = held.batches[manifest_of(4)["batch_id"]].manifest
    assert whole == manifest_of(4, 8, refused=0), "the one of its last landing"
    compact(home, at_least=1)
    as_another_process()
    batch = Ledger(home).state().batches[manifest_of(4)["batch_id"]]
    assert set(whole) - set(batch.head) == {"columns", "findings", "totals"}
    assert batch.manifest == whole
    add(home, "landed", 8)
    compact(home, at_least=1)
    assert batch.manifest == whole, "also after the snapshot it was folded from is gone"
    assert held.batches[batch.batch_id].manifest == whole, "or its event is compacted"


@pytest.mark.parametrize("late", range(len(STORY) - 1))
def test_an_event_that_comes_late_folds_where_it_belongs(home: Home, late: int) -> None:
    texts = tell(home)
    event_id = sorted(texts)[late + 1]
    file = home.ledger / f"{event_id}.json"
    aside = file.rename(home.root / file.name)
    try:
        compact(home, at_least=1)
    except LandedIsMissing:
        assert len(loose(home)) == len(texts) - 1, "nothing is compacted where a landing is missing"
    aside.rename(file)
    for process in ("this", "another"):
        assert folded(home) == plain_fold(home, texts), f"in {process} process"
        as_another_process()
    compact(home)
    as_another_process()
    assert loose(home) == {} or len(loose(home)) == len(texts), "a late event is compacted however few are loose"
    assert folded(home) == plain_fold(home, texts)
    assert every_event(home) == fields_of(texts)


def test_an_event_about_a_batch_that_never_landed_is_told_in_a_sentence(home: Home) -> None:
    add(home, "accepted", 1)
    with pytest.raises(LandedIsMissing, match=r"was accepted \(event .*\), but not that it landed"):
        Ledger(home).state()


def test_a_snapshot_of_a_newer_raceway_is_refused(home: Home) -> None:
    tell(home)
    compact(home, at_least=1)
    (snapshot,) = snapshot_folders(home)
    said = json.loads((snapshot / ABOUT).read_text()) | {"format_version": 3}
    (snapshot / ABOUT).write_text(json.dumps(said))
    for ask in (Ledger(home).state, Ledger(home).events, Ledger(home).put_away, lambda: compact(home, at_least=1)):
        with pytest.raises(PermanentFault, match="ledger format 3, this raceway reads up to 2; install the version"):
            ask()


@pytest.mark.parametrize(
    "part", ["snapshot.json", "batches.parquet", "files.parquet", "events.parquet", "kept.parquet"]
)
@pytest.mark.parametrize("cut", [True, False], ids=["half", "missing"])
def test_a_snapshot_that_was_copied_by_half_is_told_in_a_sentence(home: Home, part: str, cut: bool) -> None:
    tell(home)
    compact(home, at_least=1)
    (snapshot,) = snapshot_folders(home)
    whole = (snapshot / part).read_bytes()
    (snapshot / part).unlink()
    if cut:
        (snapshot / part).write_bytes(whole[: len(whole) // 2])
    as_another_process()
    ledger = Ledger(home)
    with pytest.raises(PermanentFault, match=f"not whole .*{part}.* copy"):
        ledger.state(), ledger.events(), ledger.put_away()
    (snapshot / part).write_bytes(whole)
    assert folded(home) != "missing"


def test_a_loose_event_that_was_copied_by_half_is_told_in_a_sentence(home: Home) -> None:
    event_id = next(iter(tell(home)))
    (home.ledger / f"{event_id}.json").write_text('{"format_vers')
    as_another_process()
    with pytest.raises(PermanentFault, match=f"not whole .*{event_id}.* copy"):
        Ledger(home).state()


def test_a_raceway_that_knows_no_snapshots_meets_a_format_it_does_not_know(home: Home) -> None:
    """The first format read every *.json of the folder and refused a version above 1."""
    tell(home)
    compact(home, at_least=1)
    versions = [json.loads(path.read_text())["format_version"] for path in home.ledger.glob("*.json")]
    assert versions == [2]
    add(home, "accepted", 5)
    assert (home.ledger / GUARD).exists()


def test_a_snapshot_of_another_fold_is_folded_anew(home: Home) -> None:
    texts = tell(home)
    compact(home, at_least=1)
    (snapshot,) = snapshot_folders(home)
    said = json.loads((snapshot / ABOUT).read_text())
    (snapshot / ABOUT).write_text(json.dumps(said | {"fold_version": said["fold_version"] - 1}))
    duckdb.connect().sql(f"copy (select * from '{snapshot}/batches.parquet' limit 0) to '{snapshot}/batches.parquet'")
    as_another_process()
    assert folded(home) == plain_fold(home, texts)
    compact(home)
    as_another_process()
    assert folded(home) == plain_fold(home, texts)
    assert json.loads((snapshot_folders(home)[0] / ABOUT).read_text()) == said


def test_an_append_sorts_after_the_snapshot_even_where_the_clock_was_set_back(home: Home) -> None:
    add(home, "landed", 1)
    (event_id,) = loose(home)
    ahead = event_id.replace("2026", "2099", 1)
    said = json.loads((home.ledger / f"{event_id}.json").read_text())
    (home.ledger / f"{event_id}.json").unlink()
    (home.ledger / f"{ahead}.json").write_text(
        json.dumps(said | {"event_id": ahead, "at": said["at"].replace("2026", "2099", 1)})
    )
    compact(home, at_least=1)
    assert add(home, "accepted", 1).event_id > ahead
    assert [batch["status"] for batch in folded(home)["batches"]] == ["accepted"]


def test_what_was_put_away_is_known_after_compaction(home: Home) -> None:
    tell(home)
    before = Ledger(home).put_away()
    assert any(path.startswith("quarantine/rows/google_ads/vn/") for path in before)
    assert any(path.startswith("archive/") for path in before)
    compact(home, at_least=1)
    assert Ledger(home).put_away() == before
    again = add(home, "duplicate", 1)
    (path,) = {path for path, at in Ledger(home).put_away().items() if before.get(path) != at}
    assert Ledger(home).put_away()[path] == again.at, "of two times the later one"


def test_a_kill_at_any_step_of_a_compaction_changes_nothing(tmp_path: Path) -> None:
    as_another_process()
    begun = Home(tmp_path / "begun")
    texts = tell(begun)
    compact(begun, at_least=1)
    add(begun, "landed", 7)
    add(begun, "accepted", 7)
    texts |= loose(begun)
    step = 0
    while True:
        home = Home(tmp_path / str(step))
        shutil.copytree(begun.root, home.root)
        truth = plain_fold(home, texts)
        try:
            with killed_before(step):
                compact(home, at_least=1)
        except Killed:
            pass
        else:
            break
        as_another_process()
        assert folded(home) == truth, f"killed before step {step}"
        assert every_event(home) == fields_of(texts)
        compact(home, at_least=1)
        as_another_process()
        assert folded(home) == truth
        assert loose(home) == {}
        assert len(snapshot_folders(home)) == 1
        assert list((home.ledger / SNAPSHOTS).glob(".aside-*")) == [], "what the killed one left is cleared away"
        step += 1
    assert step > 10, "every change of the file system was a place to die"


def test_a_second_compaction_leaves_it_to_the_first(home: Home) -> None:
    texts = tell(home)
    (home.ledger / SNAPSHOTS).mkdir()
    with compaction._alone(home.ledger / SNAPSHOTS) as is_alone:
        assert is_alone
        assert compact(home, at_least=1) == 0
    assert loose(home) == texts


def test_two_compactions_that_do_not_see_each_other_lose_nothing(home: Home) -> None:
    """As on two machines over a file system without locks: both read the same events, both finish."""
    texts = tell(home)
    (home.ledger / SNAPSHOTS).mkdir()
    ledger = Ledger(home)
    one = ledger.folded()
    add(home, "landed", 7)
    texts |= loose(home)
    other = ledger.folded()
    kept = {event_id: text for event_id, text in texts.items() if event_id in other.listing.loose}
    compaction._write(ledger, one, one.listing.loose)
    for event_id, text in kept.items():  # the other one had read them before they were removed
        (home.ledger / f"{event_id}.json").write_text(text)
    compaction._write(ledger, other, other.listing.loose)
    assert len(snapshot_folders(home)) == 2
    as_another_process()
    assert folded(home) == plain_fold(home, texts)
    assert every_event(home) == fields_of(texts)
    compact(home)
    assert len(snapshot_folders(home)) == 1
    as_another_process()
    assert folded(home) == plain_fold(home, texts)


def test_what_another_machine_has_just_written_is_shown_whole_or_not_at_all(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one compaction clears away what it takes for left over, its writer cannot show it any more."""
    tell(home)
    place = home.ledger / SNAPSHOTS
    written = place / ".aside-of-another-machine"
    written.mkdir(parents=True)
    (written / ABOUT).write_text("{}")
    remove, shown = shutil.rmtree, []

    def remove_while_it_is_shown(folder: Path, **how: bool) -> None:
        try:
            written.rename(place / "20260101T000000000000Z-00000000.00000000")
            shown.append(folder)
        except FileNotFoundError:
            remove(folder, **how)

    monkeypatch.setattr(shutil, "rmtree", remove_while_it_is_shown)
    compact(home)
    assert (shown, list(place.glob(".aside-*")), snapshot_folders(home)) == ([], [], [])


APPENDING = """
import sys
from pathlib import Path
from raceway.common.home import Home
from tests.ledger.busy_ledger import add
home, first, count = Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, first + count):
    add(home, "landed", number)
    add(home, "accepted", number)
"""


def test_processes_append_while_another_compacts(home: Home) -> None:
    add(home, "landed", 1)
    root = Path(__file__).parents[2]
    others = [
        subprocess.Popen([sys.executable, "-c", APPENDING, str(home.root), str(first), "40"],
                         cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for first in (100, 200)
    ]  # fmt: skip
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
    for other in others:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.close()
    compactions = 0
    while any(other.poll() is None for other in others):
        compactions += compact(home, at_least=10) > 0
        state = Ledger(home).state()
        assert len(state.batches) >= 1
    assert [other.wait() for other in others] == [0, 0]
    for other in others:
        assert other.stdout is not None
        other.stdout.close()
    compact(home, at_least=1)
    as_another_process()
    found = every_event(home)
    assert len(found) == 1 + 2 * 2 * 40
    state = Ledger(home).state()
    assert sorted(batch.batch_id for batch in state.accepted()) == sorted(
        manifest_of(first + number)["batch_id"] for first in (100, 200) for number in range(40)
    )
    assert compactions >= 1


def test_a_state_is_folded_once_and_followed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(home)
    compact(home, at_least=1)
    add(home, "landed", 7)
    first = Ledger(home).state()
    read: list[str] = []
    reading = ledgers.loose_text
    monkeypatch.setattr(
        ledgers, "loose_text", lambda folder, event_id: (read.append(event_id), reading(folder, event_id))[1]
    )
    monkeypatch.setattr(ledgers, "read_state", lambda *_: pytest.fail("the snapshot is read again"))
    assert Ledger(home).state() == first
    assert read == [], "nothing is read where nothing was appended"
    event = add(home, "accepted", 7)
    second = Ledger(home).state()
    assert read == [event.event_id], "only what was appended"
    seven = manifest_of(7)["batch_id"]
    assert (first.batches[seven].status, second.batches[seven].status) == ("landed", "accepted"), (
        "a state is the caller's"
    )


def test_another_ledger_put_in_the_place_of_one_that_was_folded_is_seen(home: Home) -> None:
    tell(home)
    Ledger(home).state()
    shutil.rmtree(home.ledger)
    assert Ledger(home).state().batches == {}
    add(home, "landed", 9)
    assert list(Ledger(home).state().batches) == [manifest_of(9)["batch_id"]]


def test_texts_that_hold_any_character_come_back_as_they_were(home: Home) -> None:
    """A column travels as one text that is cut at a mark; a text that holds the mark, or is none, is no exception."""
    add(home, "landed", 1)
    Ledger(home).append("accepted", batch_id=manifest_of(1)["batch_id"], who="lan\x1e", why=None)
    for name in ("a\x1eb.csv", "[1].csv", "Giày “đẹp”\n.csv", ""):
        Ledger(home).append(
            "refused", source="shopify", account="vn", reason=f"{name}: \x1e\x1f, not a report", files=[
                {"path": name, "sha256": "0" * 64, "kept_at": f"quarantine/files/{name}"}
            ],
        )  # fmt: skip
    before = folded(home)
    compact(home, at_least=1)
    as_another_process()
    assert folded(home) == before


def test_a_level_that_a_person_begins_outlives_a_compaction(home: Home) -> None:
    add(home, "landed", 5)
    (batch_id,) = Ledger(home).state().batches
    Ledger(home).append("accepted", batch_id=batch_id, who="an", why="prices with VAT from now on", level=True)
    compact(home, at_least=1)
    as_another_process()
    assert Ledger(home).state().batches[batch_id].begins_level
    Ledger(home).append("accepted", batch_id=batch_id, who="an", why="again")
    assert Ledger(home).state().batches[batch_id].begins_level
