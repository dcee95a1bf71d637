"""What a home that another version of the program left differs in, and how it is brought to this one.

    look ──► differences: program, ledger, settings, contracts since each batch landed
    bring ──► batches whose contract changed are read again from the archive ──► the ledger is compacted ──► noted

Nothing here touches what is published: readers keep the version they have until the next night's passes its gate.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from raceway import __version__
from raceway.build.lost_since import refuse_what_was_lost
from raceway.common.faults import BadContract, BadSettings, PermanentFault, RacewayFault
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.own_files import mended_by, read_own_json
from raceway.config.accounts import load_accounts
from raceway.config.lists import LISTS
from raceway.config.settings import Settings
from raceway.contracts.fingerprint import fingerprint
from raceway.contracts.load import load_contract
from raceway.landing.manifest import MANIFEST_VERSION
from raceway.landing.read_again import ReadAgain, files_are_kept, read_again
from raceway.ledger.compaction import compact
from raceway.ledger.events import FORMAT_VERSION, snapshots
from raceway.ledger.ledger import BatchState, Ledger, LedgerState

RENAMED: Final[Mapping[str, str]] = {}
"""Settings that have another name since: old to new."""


@dataclass
class Differences:
    """What differs between a home and this program, in sentences and as what has to be done."""

    program: str
    """The program that last brought the home to itself; empty where none has."""
    said: list[str] = field(default_factory=list)
    to_mend: list[str] = field(default_factory=list)
    """What a person has to mend before the program runs."""
    changed: list[BatchState] = field(default_factory=list)
    """Batches to be read again: their contract is another one, and their files are kept."""


def differences(home: Home) -> Differences:
    """What differs between a home and this program; changes nothing.

    Raises PermanentFault where a newer program has written in the home.
    """
    found = Differences(_program_of(home))
    if found.program != __version__:
        found.said.append(f"program: {found.program or 'an earlier one, which noted nothing'} → {__version__}")
    _lists(home, found)
    state = Ledger(home).state()  # raises where an event or snapshot is newer
    newer = [b for b in state.batches.values() if int(b.head.get("format_version", 1)) > MANIFEST_VERSION]
    if newer:
        raise PermanentFault(
            f"batch {newer[0].batch_id}: manifest format {newer[0].head['format_version']}, this raceway reads up to "
            f"{MANIFEST_VERSION}; install the version that wrote it or a newer one"
        )
    if state.batches and not snapshots(home.ledger):
        found.said.append(f"ledger: format 1, loose events alone → {FORMAT_VERSION}, a snapshot beside them")
    _settings(home, found)
    _contracts(home, state, found)
    return found


def bring(home: Home, found: Differences, who: str) -> list[ReadAgain]:
    """Brings a home to this program: reads again what a changed contract alters, compacts the ledger, notes it.

    Raises BadSettings where settings have to be mended first.
    """
    if found.to_mend:
        raise BadSettings("\n".join(found.to_mend))
    done = read_again(home, found.changed, who)
    if Ledger(home).state().batches:
        compact(home, at_least=1)
    home.landing.mkdir(parents=True, exist_ok=True)
    write_aside(home.brought_to, json.dumps({"program": __version__}) + "\n")
    return done


def _program_of(home: Home) -> str:
    """The program that last brought the home to itself. Raises PermanentFault where it is newer than this one."""
    if not home.brought_to.is_file():
        return ""
    mend = "take it away: raceway upgrade looks at everything then, and writes it anew"
    with mended_by(home.brought_to, mend):
        program = str(read_own_json(home.brought_to, mend)["program"])
    if _order(program) > _order(__version__):
        raise PermanentFault(
            f"{home.root}: was brought to raceway {program}, and this is {__version__}; install that version or a "
            "newer one, or restore the backup from before the upgrade. Nothing was changed"
        )
    return program


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdigit())


# settings and lists


def _nothing_was_lost(home: Home) -> None:
    refuse_what_was_lost(home, load_accounts(home))


def _lists(home: Home, found: Differences) -> None:
    """What of the home's own lists cannot be read: the night at the end would not begin."""
    for load in (*LISTS.values(), _nothing_was_lost):
        try:
            load(home)
        except RacewayFault as fault:
            if str(fault) not in found.to_mend:
                found.to_mend.append(str(fault))


def _settings(home: Home, found: Differences) -> None:
    try:
        said = tomllib.loads(home.settings.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSettings(f"{home.settings}: no valid TOML: {fault}") from fault
    known, written = _keys(Settings()), set(_flat(said))
    commented = _commented(home.settings.read_text(encoding="utf-8"))
    for key in sorted(written - set(known)):
        if key in RENAMED:
            found.to_mend.append(f"{home.settings}: {key} is called {RENAMED[key]} now; rename it there")
        elif not any(key.startswith(f"{open_key}.") for open_key in known):
            found.to_mend.append(f"{home.settings}: {key} is no setting any more; remove the line")
    new = [f"{key} = {known[key]}" for key in known if key not in written | commented and not _inside(key, written)]
    if new:
        found.said.append(f"settings: {len(new)} that raceway.toml does not have count as: {', '.join(new)}")


def _inside(key: str, written: set[str]) -> bool:
    """Whether a key stands inside of, or around, one that is written."""
    return any(other.startswith(f"{key}.") or key.startswith(f"{other}.") for other in written)


def _commented(text: str) -> set[str]:
    """Every key that a settings file names, also in a comment, as `init` writes what stands at its default."""
    section, keys = "", set()
    for line in text.splitlines():
        if found := re.match(r"#?\s*\[([\w.]+)\]", line):
            section = found.group(1)
        elif found := re.match(r"#?\s*(\w+)\s*=", line):
            keys.add(f"{section}.{found.group(1)}")
    return keys


def _keys(model: BaseModel, above: str = "") -> dict[str, str]:
    """Every setting with its default, as section.key."""
    found: dict[str, str] = {}
    for name in type(model).model_fields:
        value, key = getattr(model, name), f"{above}{name}"
        if isinstance(value, BaseModel):
            found |= _keys(value, f"{key}.")
        else:
            found[key] = json.dumps(value, ensure_ascii=False, default=str)
    return found


def _flat(said: Mapping[str, Any], above: str = "") -> list[str]:
    keys: list[str] = []
    for name, value in said.items():
        keys += _flat(value, f"{above}{name}.") if isinstance(value, dict) else [f"{above}{name}"]
    return keys


# contracts


def _contracts(home: Home, state: LedgerState, found: Differences) -> None:
    """Which accepted batches landed by another contract than today's, by table."""
    tables: dict[tuple[str, str], list[BatchState]] = defaultdict(list)
    for batch in sorted(state.accepted(), key=lambda batch: (batch.rank, batch.batch_id)):
        today = _fingerprint_of(home, batch)
        if today is None:
            found.said.append(
                f"contract: {batch.source}.{batch.table} is no table any more; "
                f"batch {batch.batch_id} stays as it landed"
            )
        elif batch.head.get("contract") != today:
            tables[batch.source, batch.table].append(batch)
    for (source, table), batches in sorted(tables.items()):
        kept = [batch for batch in batches if files_are_kept(batch, state)]
        found.changed += kept
        noted = sum("contract" in batch.head for batch in batches)
        why = "another contract" if noted == len(batches) else "another contract, or one that was not noted"
        gone = len(batches) - len(kept)
        stays = f"; the files of {gone} are not in archive/ any more, these stay as they landed" if gone else ""
        found.said.append(
            f"contract: {source}.{table}: {len(batches)} batches landed by {why}, {len(kept)} are read again{stays}"
        )


def _fingerprint_of(home: Home, batch: BatchState) -> str | None:
    """Today's contract of a batch's table as its account's files are read; None where there is none."""
    try:
        return fingerprint(load_contract(batch.source, home, batch.account).table(batch.table))
    except BadContract:
        return None
