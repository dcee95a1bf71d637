"""Appends, compactions, kills, late events and copies from backups, in any order: the fold stays the plain fold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raceway.common.home import Home
from raceway.ledger.compaction import compact
from raceway.ledger.events import SNAPSHOTS, snapshots
from raceway.ledger.fold import LandedIsMissing
from tests.ledger.busy_ledger import (
    Killed,
    add,
    as_another_process,
    copy_in,
    every_event,
    fields_of,
    folded,
    killed_before,
    loose,
    plain_fold,
    snapshot_folders,
)

KINDS = ("landed", "accepted", "refused", "refused whole", "duplicate", "rejected", "retry")
NUMBERS = st.integers(1, 6)
STEPS = st.one_of(
    st.tuples(st.sampled_from(KINDS), NUMBERS),
    st.tuples(st.just("compact"), st.sampled_from([1, 1, 3, 300])),
    st.tuples(st.just("compact_killed"), st.integers(0, 25)),
    st.tuples(st.just("hide"), st.integers(0, 40)),
    st.tuples(st.just("show"), st.integers(0, 40)),
    st.tuples(st.just("restore_event"), st.integers(0, 40)),
    st.tuples(st.just("keep_snapshots"), st.just(0)),
    st.tuples(st.just("restore_snapshot"), st.integers(0, 3)),
    st.tuples(st.just("another_process"), st.just(0)),
)


class Interleaving:
    """A ledger beside the list of its events, which is the truth."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "home")
        self.home.ledger.mkdir(parents=True)
        self.backup = root / "backup"
        self.backup.mkdir()
        self.texts: dict[str, str] = {}
        self.hidden: dict[str, str] = {}
        self.reading = 0

    def take(self, what: str, number: int) -> None:
        self.reading += 1
        if what in KINDS:
            event = add(self.home, what, number, self.reading)
            self.texts[event.event_id] = (self.home.ledger / f"{event.event_id}.json").read_text(encoding="utf-8")
        else:
            getattr(self, what)(number)

    def compact(self, at_least: int) -> None:
        missing = plain_fold(self.home, self.texts) == "missing"
        try:
            compact(self.home, at_least)
        except LandedIsMissing:
            assert missing

    def compact_killed(self, step: int) -> None:
        try:
            with killed_before(step):
                self.compact(1)
        except Killed:
            as_another_process()

    def another_process(self, _: int) -> None:
        as_another_process()

    def hide(self, number: int) -> None:
        """An event is written and not yet seen, by nobody."""
        covered = {event_id for snapshot in snapshots(self.home.ledger) for event_id in snapshot.event_ids()}
        seen = sorted(loose(self.home).keys() & self.texts.keys() - covered)
        if seen:
            event_id = seen[number % len(seen)]
            self.hidden[event_id] = self.texts.pop(event_id)
            (self.home.ledger / f"{event_id}.json").unlink()

    def show(self, number: int) -> None:
        if self.hidden:
            event_id = sorted(self.hidden)[number % len(self.hidden)]
            self.texts[event_id] = self.hidden.pop(event_id)
            self.put(event_id)

    def restore_event(self, number: int) -> None:
        """A backup's copy of an event comes in, whether it is covered or not."""
        if self.texts:
            self.put(sorted(self.texts)[number % len(self.texts)])

    def keep_snapshots(self, _: int) -> None:
        for folder in snapshot_folders(self.home):
            copy_in(self.backup / folder.name, folder)

    def restore_snapshot(self, number: int) -> None:
        kept = sorted(self.backup.iterdir())
        if kept:
            copy_in(self.home.ledger / SNAPSHOTS / kept[number % len(kept)].name, kept[number % len(kept)])

    def put(self, event_id: str) -> None:
        (self.home.ledger / f"{event_id}.json").write_text(self.texts[event_id], encoding="utf-8")

    def check(self) -> None:
        assert folded(self.home) == plain_fold(self.home, self.texts)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=25))
def test_any_interleaving_folds_to_the_state_of_the_plain_fold(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    as_another_process()
    root = tmp_path_factory.mktemp("interleaving")
    run = Interleaving(root)
    for number in range(1, 4):
        run.take("landed", number)
    for step in steps:
        run.take(*step)
        run.check()
    as_another_process()
    run.check()
    assert every_event(run.home) == fields_of(run.texts)
    shutil.rmtree(root)
