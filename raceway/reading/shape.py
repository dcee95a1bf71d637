"""How a member was recognised: the table that it feeds, and where each column stands."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass, field
from typing import Final, Literal

from raceway.common.texts import clean
from raceway.contracts.grammar import TableContract
from raceway.reading.members import Member

_CURRENCY: Final = re.compile(r"\s*\(([A-Z]{3})\)$")


@dataclass
class Shape:
    """What a member's head says: which table it feeds and where each column stands."""

    member: Member
    table: TableContract
    header: list[str] = field(default_factory=list)
    header_at: int = 0
    """Records above the header."""
    delimiter: str = ","
    preamble: str = ""
    places: dict[str, list[int]] = field(default_factory=dict)
    """Column name to positions in the row: its own, then those of `also`."""
    extras: dict[str, int] = field(default_factory=dict)
    """Further headers that a contract names (time, zone) to their positions."""
    twins: list[tuple[int, int]] = field(default_factory=list)
    """Positions that are read, and others under the very same header."""
    language: str = "en"
    currency: str | None = None
    """ISO code that a header states in parentheses."""
    currency_header: str = ""
    new_columns: dict[int, str] = field(default_factory=dict)
    """Positions of the headers that nothing in the contract knows, and the headers."""
    records: str | None = None
    """JSON: the member that holds the records, in a file that has it."""
    wide: dict[int, str] = field(default_factory=dict)
    """Positions of wide headers that become rows, and the name that each gives."""
    blank_above: int = 0
    """Blank lines among the records above the header."""
    below: int = 0
    """Records directly below the header that are furniture (a second header)."""
    skipped: int = 0
    """Lines that they take, blank ones between them included."""
    beside: int = 0
    """Records of the file that belong to no table (sections that are not landed)."""
    findings: list[str] = field(default_factory=list)
    """What was noticed about the file as a whole, in sentences."""
    names: list[int] = field(default_factory=list)
    """Positions of the cells that say what a row is about: a row in which all are empty is a total."""
    exported_on: dt.date | None = None
    """Day of the export in the account's zone, from which a day without a year has its year."""
    into: TableContract | None = None
    """The daily table that takes the rows of one day, in the copy of the shape that gives it them."""
    divided: bool = False
    """Whether another copy of the shape gives the rows of one day to a daily table."""

    @property
    def feeds(self) -> TableContract:
        """The table that the rows land in."""
        return self.into or self.table

    proved_locale: Literal["point", "comma"] | None = None
    """How its numbers show that they write decimals, once they were asked (raceway.reading.number_format)."""

    @property
    def contract_locale(self) -> Literal["point", "comma"]:
        """How files with headers of this language write decimals, after the contract."""
        return self.table.meta.number_locale_of.get(self.language, self.table.meta.number_locale)

    @property
    def number_locale(self) -> Literal["point", "comma"]:
        """point or comma: how this file writes decimals."""
        return self.proved_locale or self.contract_locale


@functools.lru_cache(1 << 14)  # a contract's aliases are compared with every row that might be a header
def normal(text: str) -> str:
    """A header as names are compared: clean, case folded, white space of all kinds collapsed."""
    return " ".join(clean(text).split()).casefold()


def without_currency(text: str) -> tuple[str, str | None]:
    """A header without the currency in parentheses at its end, and that currency."""
    found = _CURRENCY.search(text.strip())
    return (text.strip()[: found.start()], found.group(1)) if found else (text, None)


class Headers:
    """The cells of a row that may be the header, by what they are called."""

    def __init__(self, row: list[str]) -> None:
        self._texts = [" ".join(clean(cell).split()) for cell in row]
        self._names = [normal(cell) for cell in row]
        self._by_name = _places(self._names)
        self._by_bare = _places([normal(without_currency(cell)[0]) for cell in row])

    def matching(self, pattern: str) -> list[int]:
        """Positions of the headers in which a pattern is found."""
        return [place for place, name in enumerate(self._names) if re.search(pattern.casefold(), name)]

    def called(self, alias: str) -> list[int]:
        """Positions of the headers that an alias names, in any case, else without the currency in parentheses.

        Of headers that differ in nothing but their case the one that is written like the alias: they are two columns
        (Shopee writes such). None is meant where none is written so.
        """
        wanted = normal(alias)
        hits = self._by_name.get(wanted) or self._by_bare.get(wanted) or []
        if len(hits) < 2 or len({self._names[place] for place in hits}) > 1:
            return hits
        if len({self._texts[place] for place in hits}) > 1:
            return [place for place in hits if self._texts[place] == " ".join(clean(alias).split())]
        return hits


def _places(names: list[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    return places
