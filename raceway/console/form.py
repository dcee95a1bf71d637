"""What commands that stand in modules of their own share: where they work, and in which form they print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import IO, Final, Protocol

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from raceway.common.home import Home
from raceway.common.texts import legible

MOST_ROWS: Final = 1_000_000
MOST_SECONDS: Final = 120
MOST_GIGABYTES: Final = 2
"""What a question to the mart may take where its options do not say otherwise."""


FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
"""Days before and after these are slips of a finger; a calendar ends beside them."""


def a_day(day: dt.datetime | None) -> dt.datetime | None:
    """The day that an option names. Raises BadParameter for one that no export can be of."""
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise typer.BadParameter(
            f"{day:%Y-%m-%d} lies outside {FIRST_YEAR} to {LAST_YEAR}; write the day that is meant"
        )
    return day


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    csv = "csv"
    json = "json"


class Language(StrEnum):
    """The languages of the report."""

    en = "en"
    vi = "vi"


class Places(Protocol):
    """Where a call of the command line works and writes."""

    out: Console
    err: Console

    def find(self) -> Home:
        """The home that was asked for."""

    def progress(self, first: str) -> AbstractContextManager[Callable[[str], None]]:
        """A line on the terminal that says what is going on; what it gives is told what comes next."""


class Terminal(Console):
    """A console that prints no sign which a terminal would obey but its own, and makes no picture of `:a:`: names,
    headers and cells are data. Every console of the program is one."""

    def __init__(
        self, *, stderr: bool = False, file: IO[str] | None = None, width: int | None = None,
        force_terminal: bool | None = None,
    ) -> None:  # fmt: skip
        """Writes to standard output, to standard error or into `file`."""
        super().__init__(stderr=stderr, file=file, width=width, force_terminal=force_terminal, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces that are printed, each with the signs written out that are not the console's own."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(legible(segment.text), segment.style)


def say(console: Console, sentence: str) -> None:
    """Prints a sentence as it is: not cut into lines, nothing in it read as markup."""
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
