"""Answers to how easy it was: a mapped file with the headers of raceway's template, the survey in the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.service import EFFORT_ACCOUNT
from raceway.sample.world.world import World

_HEADER: Final = header("response_id,score,scale,answered_at,email")


def write_answers_file(world: World, inbox: Path) -> int:
    """Writes the answers of one export; gives the number of files."""
    drop = Drop(inbox, "answers_file", EFFORT_ACCOUNT)
    zone = world.accounts["answers_file", EFFORT_ACCOUNT].zone
    rows = [
        [answer.id, str(answer.score), "7", f"{answer.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", answer.email or ""]
        for answer in world.service.efforts
    ]
    if rows:
        drop.put("ces-answers.csv", table([_HEADER, *rows]).encode(), world.night)
    return drop.files
