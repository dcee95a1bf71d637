"""A critical check of the mart's gate that a person lets pass: one check, one run, with who and why.

    runs/_waivers/<moment>-<check>.json   one decision; the run that used it is written into it

A waiver is for the next run that reaches the gate, whether the check fails there or not, and for no other. The check
is recorded as the warning that it then is, so the published version shows it beside the numbers.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raceway.common.faults import PermanentFault
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.own_files import mended_by, read_own_json
from raceway.common.who import who_decides
from raceway.history.records import Check, run_checks, run_records


@dataclass(frozen=True)
class Waiver:
    """One decision. `subject` and `check` name the check, `refused_run` the run that it stopped."""

    check: str
    subject: str
    refused_run: str
    who: str
    why: str
    decided_at: str
    used_by: str | None = None
    """The run for which it held; None until then."""


def waivable(home: Home) -> list[Check]:
    """The checks of the mart's gate that stopped the newest run; none where it was not refused.

    A test of a model is not among them: where one fails nothing after it is built, so there is no mart to let pass.
    """
    runs = run_records(home)
    if not runs or runs[-1].status != "refused":
        return []
    return [check for check in run_checks(home, runs[-1].run_id) if check.stops and check.kind != "dbt_test"]


def waive(home: Home, name: str, why: str, who: str | None = None) -> Waiver:
    """Lets a check that stopped the newest run pass in the next. `name`: as the refusal names it, or `subject.name`.

    Raises PermanentFault without a reason, where the check did not stop that run, or where it is waived already.
    """
    if not why.strip():
        raise PermanentFault("a waiver needs its reason: --why, with what was looked at")
    stopping = waivable(home)
    found = [check for check in stopping if name in (check.name, f"{check.subject}.{check.name}")]
    if not found:
        known = ", ".join(f"{check.subject}.{check.name}" for check in stopping) or "none"
        raise PermanentFault(
            f"{name}: did not stop the newest run, so there is nothing to waive (to be waived: {known}). A test of a "
            "model cannot be waived: nothing after it was built"
        )
    if len(found) > 1:
        of = ", ".join(f"{check.subject}.{check.name}" for check in found)
        raise PermanentFault(f"{name}: stopped the run more than once; name one of {of}")
    [check] = found
    if any((open_one.check, open_one.subject) == (check.name, check.subject) for _, open_one in _open(home)):
        raise PermanentFault(f"{name}: is waived already, for the next run")
    now = dt.datetime.now(tz=dt.UTC)
    who = who_decides(who)
    waiver = Waiver(check.name, check.subject, run_records(home)[-1].run_id, who, why.strip(), now.isoformat())
    _write(home.waivers / f"{now:%Y%m%dT%H%M%S%f}Z-{re.sub(r'[^A-Za-z0-9]+', '-', check.name)[:80]}.json", waiver)
    return waiver


def apply_waivers(home: Home, run_id: str, checks: Sequence[Check]) -> list[Check]:
    """The checks of a gate as they count: a waived one that failed is a warning that says who let it pass, and why.

    Uses up every open waiver; the same run may ask again.
    """
    mine = [waiver for _, waiver in all_waivers(home) if waiver.used_by == run_id]
    for file, waiver in _open(home):
        used = dataclasses.replace(waiver, used_by=run_id)
        _write(file, used)
        mine.append(used)
    by_check = {(waiver.check, waiver.subject): waiver for waiver in mine}
    return [
        _waived(check, by_check[check.name, check.subject]) if (check.name, check.subject) in by_check else check
        for check in checks
    ]


def waivers_of(home: Home, run_id: str) -> list[Waiver]:
    """The waivers that a run used."""
    return [waiver for _, waiver in all_waivers(home) if waiver.used_by == run_id]


def open_waivers(home: Home) -> list[Waiver]:
    """The waivers that wait for the next run."""
    return [waiver for _, waiver in _open(home)]


def _waived(check: Check, waiver: Waiver) -> Check:
    if not check.stops:
        return check
    return dataclasses.replace(
        check,
        severity="warning",
        message=f"let pass once by {waiver.who} ({waiver.why}): {check.message}",
        remedy=f"critical otherwise; {waiver.who} let it pass for this run alone: {waiver.why}",
    )


def _open(home: Home) -> list[tuple[Path, Waiver]]:
    return [(file, waiver) for file, waiver in all_waivers(home) if waiver.used_by is None]


def all_waivers(home: Home) -> list[tuple[Path, Waiver]]:
    """Every waiver with its file, oldest first. Raises PermanentFault where one is damaged."""
    found = []
    for file in sorted(home.waivers.glob("*.json")):
        with mended_by(file, _MEND):
            found.append((file, Waiver(**read_own_json(file, _MEND))))
    return found


_MEND: Final = "take it away; where the check is still to be let pass, say so again with: raceway waive"


def _write(file: Path, waiver: Waiver) -> None:
    write_aside(file, json.dumps(dataclasses.asdict(waiver), ensure_ascii=False, indent=2) + "\n")
