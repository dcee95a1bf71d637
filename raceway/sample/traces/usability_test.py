"""Usability tests by raceway's own template; the second file corrects some rows of the first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from raceway.sample.invent.service import halfway
from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.service import UsabilityTask
from raceway.sample.world.world import World


def write_usability_test(world: World, inbox: Path) -> int:
    """Writes the tests up to the middle and all of them at the end; gives the number of files."""
    drop = Drop(inbox, "usability_test", "company")
    for moment in (halfway(world), world.night):
        is_final = moment == world.night
        today = moment.astimezone(world.settings.zone).date()
        rows = [_row(task, is_final) for task in world.service.tasks if task.day < today]
        if rows:
            head = header("test,participant,task,success,errors,seconds,tested_on")
            drop.put(f"usability-{today - dt.timedelta(days=1)}.csv", table([head, *rows]).encode(), moment)
    return drop.files


def _row(task: UsabilityTask, is_final: bool) -> list[str]:
    errors = task.errors if is_final or task.errors_before is None else task.errors_before
    return [
        task.test, task.participant, task.task, "yes" if task.is_success else "no", str(errors) if errors else "",
        f"{task.tenths // 10}.{task.tenths % 10}", task.day.isoformat(),
    ]  # fmt: skip
