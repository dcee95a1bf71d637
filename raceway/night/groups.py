"""Exports that one task lands one after the other, each with an outcome of its own.

Under a scheduler every task is a process that imports Airflow and Great Expectations, which takes as long as
landing a hundred small files. What befalls one export keeps no other of its group from landing. What was decided
before a task was tried again is kept aside, since the files are not in the inbox any more by then:

    landing/_tmp/task-<hash of run and group>/outcomes.jsonl      one outcome a line, removed with the last one
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from raceway.common.disk_faults import MENDS, said_of_the_disk
from raceway.common.faults import ExportRefused, PassingFault, PermanentFault
from raceway.common.home import Home
from raceway.common.texts import legible
from raceway.inbox.exports import Export
from raceway.night import beside

Json = dict[str, Any]

GROUP_EXPORTS: Final = 50
"""Exports of one task, at most."""
GROUP_BYTES: Final = 64 << 20
"""Size of a group from which on no further export joins it: large files land side by side."""

_LOG: Final = logging.getLogger(__name__)


def in_groups(exports: Sequence[Export]) -> list[Json]:
    """Exports in their order as groups: each a `name` for people and its `exports`."""
    groups: list[list[Export]] = []
    size = 0
    for export in exports:
        if not groups or len(groups[-1]) == GROUP_EXPORTS or size >= GROUP_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(export)
        size += sum(file.bytes for file in export.files)
    return [{"name": _name(group), "exports": [export.to_dict() for export in group]} for group in groups]


def _name(group: Sequence[Export]) -> str:
    first, last = legible(group[0].name), legible(group[-1].name)
    return first if len(group) == 1 else f"{len(group)} exports: {first} … {last}"


def begin(home: Home, groups: Sequence[Sequence[Mapping[str, Any]]], as_of: dt.date | None) -> None:
    """Has the night's helpers begin with the exports of these sources' groups, those of an account in their order."""
    of_account: dict[tuple[str, str], list[Export]] = {}
    for group in (group for of_source in groups for group in of_source):
        for export in (Export.from_dict(values) for values in group["exports"]):
            of_account.setdefault((export.source, export.account), []).append(export)
    beside.begin([[("land", (home, export, as_of)) for export in exports] for exports in of_account.values()])


def land_group(
    home: Home, group: Mapping[str, Any], as_of: dt.date | None, task: str, tell: Callable[[str], None]
) -> Json:
    """Lands the exports of a group; gives its `outcomes` and, of those that broke off, its `faults`.

    A fault says which `export`, why (`reason`) and whether it may heal by itself (`passing`). `task` names the task
    of a DAG run, the same at every try; `tell` hears which export is on its way.
    """
    from duckdb import IOException

    kept = home.landing / "_tmp" / f"task-{_hash(task, group)}" / "outcomes.jsonl"
    decided = dict(_decided(kept))
    outcomes: list[Json] = []
    faults: list[Json] = []
    for export in (Export.from_dict(values) for values in group["exports"]):
        if export.name in decided and _is_gone(home, export):
            outcomes.append(decided[export.name])
            continue
        tell(legible(export.name))
        try:
            outcome = beside.do("land", home, export, as_of)
        except Exception as fault:
            _LOG.exception("%s: broke off", legible(export.name))
            passing = isinstance(fault, PassingFault | OSError | IOException) and not _is_shut(home, fault)
            reason = f"DuckDB could not read or write a file: {fault}" if isinstance(fault, IOException) else str(fault)
            if isinstance(fault, OSError) and fault.errno in MENDS:
                reason = said_of_the_disk(fault)
            faults.append({"export": export.name, "reason": reason or type(fault).__name__, "passing": passing})
            continue
        if outcome["status"] == "refused":
            _LOG.warning("%s: refused: %s", legible(export.name), outcome["reason"])
        outcomes.append(outcome)
        _keep(kept, export.name, outcome)
    if not any(fault["passing"] for fault in faults):
        shutil.rmtree(kept.parent, ignore_errors=True)
    return {"outcomes": outcomes, "faults": faults}


def _is_shut(home: Home, fault: Exception) -> bool:
    """Whether this user may not read a file of the inbox: no other try opens it."""
    return isinstance(fault, PermissionError) and str(fault.filename).startswith(f"{home.inbox}/")


def raise_what_befell(landed: Mapping[str, Any]) -> None:
    """Raises what shows a group's task as failed; nothing where all its exports landed or were known.

    PassingFault where another try may land the rest, else PermanentFault where one broke off, else ExportRefused
    with the sentences of what was refused.
    """
    faults = landed["faults"]
    for kind, chosen in (
        (PassingFault, [fault for fault in faults if fault["passing"]]),
        (PermanentFault, faults),
    ):
        if chosen:
            raise kind(_sentences(chosen, len(faults) + len(landed["outcomes"]), "could not be read"))
    refused = [outcome for outcome in landed["outcomes"] if outcome["status"] == "refused"]
    if refused:
        raise ExportRefused(_sentences(refused, len(landed["outcomes"]), "were refused"))


def _sentences(chosen: Sequence[Mapping[str, Any]], of: int, what: str) -> str:
    """The reasons, each once; a task's only export needs no count before its own."""
    reasons = list(dict.fromkeys(str(each["reason"]) for each in chosen))
    return reasons[0] if of == 1 else "\n".join([f"{len(chosen)} of {of} exports {what}:", *reasons])


def _is_gone(home: Home, export: Export) -> bool:
    """Whether a file of the export has left the inbox: it was decided, and nobody put it back."""
    return any(not file.kept_at and not export.located(home, file).is_file() for file in export.files)


def _hash(task: str, group: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{task}\n{json.dumps(group, sort_keys=True)}".encode()).hexdigest()[:16]


def _keep(kept: Path, name: str, outcome: Json) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("a", encoding="utf-8") as file:
        file.write(json.dumps([name, outcome], ensure_ascii=False) + "\n")


def _decided(kept: Path) -> Iterator[tuple[str, Json]]:
    """What earlier tries decided; a line that a killed one left unfinished is none."""
    for line in kept.read_text(encoding="utf-8").splitlines(keepends=True) if kept.exists() else ():
        if line.endswith("\n"):
            name, outcome = json.loads(line)
            yield name, outcome
