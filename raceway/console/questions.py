"""queries/: the questions that marketing asks, each one file of SQL whose header says what its answer looks like.

    -- question: the question, in English
    -- câu hỏi: the same in Vietnamese
    -- stage: plan, reach, act, convert, engage or advocacy
    -- grain: the columns that tell the answer's rows apart
    -- column NAME (UNIT): its meaning        one line a column, in the answer's order
    -- caveat: what a reader must know before using it

A line that begins with `--` and three blanks goes on with the line above. docs/reference/queries.md is
written from the headers; a test holds every answer to its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raceway.common.home import PROJECT
from raceway.common.stages import RACE_STAGES

UNITS: Final = {
    "text": ("VARCHAR",),
    "date": ("DATE",),
    "yes or no": ("BOOLEAN",),
    "count": ("INTEGER", "BIGINT"),
    "money": ("DECIMAL", "DOUBLE"),
    "percent": ("DOUBLE",),
    "ratio": ("DOUBLE",),
    "score": ("DOUBLE",),
    "days": ("DOUBLE",),
    "number": ("DECIMAL", "DOUBLE"),
}
"""Units of an answer's columns, and DuckDB's types that hold them. Percent: 1 = 100 %; money: reporting currency."""

_COLUMN: Final = re.compile(r"column (\w+) \(([\w ]+)\)")


@dataclass(frozen=True)
class Column:
    """A column of an answer."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Question:
    """One file of queries/: what it asks, and what its answer looks like."""

    path: Path
    english: str
    vietnamese: str
    stage: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    caveat: str

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def sql(self) -> str:
        """The whole file."""
        return self.path.read_text(encoding="utf-8")


def read_question(path: Path) -> Question:
    """Reads a file's header. Raises ValueError where a key is missing, or a unit or stage is none."""
    said: dict[str, str] = {}
    columns = []
    for line in _header_lines(path):
        key, _, text = line.partition(": ")
        if of_column := _COLUMN.fullmatch(key):
            columns.append(Column(of_column[1], of_column[2], text))
        else:
            said[key] = text
    wanted = {"question", "câu hỏi", "stage", "grain", "caveat"}
    if said.keys() != wanted:
        raise ValueError(f"{path}: the header has {sorted(said)}; it must have {sorted(wanted)} and its columns")
    if said["stage"] not in RACE_STAGES:
        raise ValueError(f"{path}: {said['stage']} is no stage; write one of {', '.join(RACE_STAGES)}")
    for column in columns:
        if column.unit not in UNITS:
            raise ValueError(f"{path}: {column.name} has the unit {column.unit}; write one of {', '.join(UNITS)}")
    grain = tuple(said["grain"].split(", "))
    return Question(path, said["question"], said["câu hỏi"], said["stage"], grain, tuple(columns), said["caveat"])


def _header_lines(path: Path) -> list[str]:
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("--"):
            break
        if line.startswith("--   ") and lines:
            lines[-1] += f" {line[5:]}"
        else:
            lines.append(line.removeprefix("-- "))
    return lines


def questions() -> list[Question]:
    """Every question of queries/, by stage and name."""
    found = [read_question(path) for path in PROJECT.queries.glob("*.sql")]
    return sorted(found, key=lambda question: (RACE_STAGES.index(question.stage), question.name))
