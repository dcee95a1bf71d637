"""What raceway keeps of its own beside the data, as far as a quick look tells: records, notes, manifests, and what the
published version is made of. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from raceway.alerts.outbox import Outbox
from raceway.common.faults import RacewayFault
from raceway.common.home import Home
from raceway.common.own_files import read_own_json
from raceway.console.findings import Finding
from raceway.history.holds import holds
from raceway.history.records import run_checks, run_records
from raceway.history.waivers import all_waivers
from raceway.ledger.data_file import MANIFEST
from raceway.ledger.ledger import Ledger
from raceway.ledger.left_out import frozen_fingerprint, left_out
from raceway.publish.backfill import backfills
from raceway.publish.current import damage_of_current, damage_when_opened
from raceway.publish.version import published_version, version_in
from raceway.reading.forgotten import last_forgotten

_MANIFEST: Final = (
    "put it back from a backup; or take the batch's folder away, and the next run lands it again from archive/"
)


def examine_own_files(home: Home) -> Iterator[Finding]:
    """A finding for each own file that is cut off or changed by hand, and one that is ok where all can be read."""
    found = [*_records(home), *_manifests(home), *_versions(home)]
    yield from found or [Finding("ok", "own files", "records, notes, manifests and the published version can be read")]


def _records(home: Home) -> Iterator[Finding]:
    looks: list[tuple[str, Callable[[], Any]]] = [
        ("runs", lambda: run_records(home)),
        ("waivers", lambda: all_waivers(home)),
        ("holds", lambda: holds(home)),
        ("alerts", lambda: (Outbox(home).waiting(), Outbox(home).points())),
        ("backfills", lambda: backfills(home)),
        ("forgotten", lambda: last_forgotten(home)),
    ]
    for run in sorted(path for path in home.runs.glob("*") if path.is_dir() and not path.name.startswith("_")):
        if (run / "frozen.json").exists():
            looks += [
                ("runs", lambda run_id=run.name: (frozen_fingerprint(home, run_id), left_out(home, run_id))),  # type: ignore[misc]
            ]
        looks += [("runs", lambda run_id=run.name: run_checks(home, run_id))]  # type: ignore[misc]
    for subject, look in looks:
        try:
            look()
        except RacewayFault as fault:
            yield Finding("error", subject, str(fault))


def _manifests(home: Home) -> Iterator[Finding]:
    try:
        accepted = Ledger(home).state().accepted()
    except RacewayFault as fault:
        yield Finding("error", "ledger", str(fault))
        return
    for batch in accepted:
        try:
            read_own_json(batch.path.with_name(MANIFEST), _MANIFEST)
        except FileNotFoundError:  # the ledger holds one, too
            continue
        except RacewayFault as fault:
            yield Finding("error", "landing", str(fault))


def _versions(home: Home) -> Iterator[Finding]:
    """Damage of published versions that a quick look shows; `--deep` reads every byte of them."""
    for folder in sorted(home.published.glob("v*")):
        try:
            version = version_in(folder)
        except RacewayFault as fault:
            yield Finding("error", "published", str(fault))
            continue
        if version is None:
            yield Finding("error", "published", f"{folder}: damaged: its run.json is not there; take the folder away, "
                          "or copy it back from a backup")  # fmt: skip
    try:
        shown, damage = published_version(home), damage_of_current(home)
    except RacewayFault:  # said above
        return
    if damage := damage or (damage_when_opened(shown) if shown else ""):
        yield Finding("error", "published", damage)
