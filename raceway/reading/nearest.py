"""What is said of a file that is no table of its source: the nearest report, what it lacks, what to do.

A header counts as met only where an alias names it: a pattern that any header meets proves nothing. No cell of the file
is quoted that might be a person's: such a sentence is kept and published.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from raceway.contracts.grammar import ColumnContract, SourceContract, TableContract
from raceway.reading.shape import Shape, normal, without_currency

_SIMILAR: Final = 0.5
"""From this likeness on, 0 to 1, a header is offered as what was meant."""
_MAY_BE_PRIVATE: Final = re.compile(r"@|\+?\d[\d ().-]{7,}")


@dataclass(frozen=True)
class Attempt:
    """A row that was taken for the header of a table, and the required columns that it lacks."""

    table: TableContract
    shape: Shape
    missing: tuple[ColumnContract, ...]

    @property
    def named(self) -> int:
        """How many required columns stand under a header that an alias names."""
        return sum(
            normal(self.shape.header[places[0]]) in names or _bare(self.shape.header[places[0]]) in names
            for column in self.table.required
            if (places := self.shape.places.get(column.name)) and (names := _names(column))
        )

    @property
    def share(self) -> float:
        """The share of the required columns that are met by name."""
        return self.named / max(1, len(self.table.required))


def quotable(text: str) -> str:
    """A line of a file as a sentence may quote it: its first 80 characters, or … where it may name a person."""
    line = " ".join(text.split())[:80]
    return "…" if _MAY_BE_PRIVATE.search(line) else line


def unknown(contract: SourceContract, file: str, attempts: Sequence[Attempt], header: Sequence[str]) -> str:
    """The sentence about a file that is no table of the source; `header` is the row that looks most like one."""
    near = max(attempts, key=lambda attempt: (attempt.share, attempt.named), default=None)
    if near is not None and near.share >= _SIMILAR and near.named > 1:
        parts = [f"column “{_called(c)}” is missing{_hint(c, near.shape)}" for c in near.missing]
        wide = near.table.meta.unpivot
        if wide and not near.shape.wide:
            parts.append(f"no column is like {wide.columns}")
        return (
            f"{file}, row {near.shape.header_at + 1}: looks like {near.table.full_name}, but {'; '.join(parts)}. "
            "Export it with that column, or add the header to the contract's aliases; a file of another source belongs "
            "into that one's folder"
        )
    if near is not None and near.named:
        table, missing = near.table, list(near.missing)
    else:
        table = max(_delimited(contract), key=lambda table: _likeness(table, header))  # no cell is a known header
        missing = [column for column in table.required if _names(column)]
    names = ", ".join(f"“{_called(column)}”" for column in missing)
    lacks = f", but {names} {'is' if len(missing) == 1 else 'are'} missing" if missing else ""
    known = ", ".join(table.name for table in contract.tables)
    return (
        f"{file}: no known export of {contract.name} (it has {known}). The nearest is {table.name} "
        f"({_first_sentence(table)}){lacks}. Export that report, or put the file into the folder of its own source"
    )


def _delimited(contract: SourceContract) -> list[TableContract]:
    return [table for table in contract.tables if "csv" in table.meta.formats] or list(contract.tables)


def _likeness(table: TableContract, header: Sequence[str]) -> float:
    """How much the required columns are like the cells of a row, 0 to 1 on the mean."""
    required = [names for column in table.required if (names := _names(column))]
    cells = [normal(cell) for cell in header if cell.strip()][:200]
    if len(required) < 2 or not cells:  # one header proves nothing
        return 0.0
    ratio = difflib.SequenceMatcher
    best = [max(ratio(None, name, cell).ratio() for name in names for cell in cells) for names in required]
    return sum(best) / len(best)


def _names(column: ColumnContract) -> set[str]:
    every = [*(alias for aliases in column.meta.aliases.values() for alias in aliases), *column.meta.also]
    return {normal(alias) for alias in every if not alias.startswith(("~", "+"))}  # +1 is a cell without a header


def _bare(header: str) -> str:
    return normal(without_currency(header)[0])


def _called(column: ColumnContract) -> str:
    wanted = [a for aliases in column.meta.aliases.values() for a in aliases if not a.startswith("~")]
    return wanted[0] if wanted else column.name


def _hint(column: ColumnContract, shape: Shape) -> str:
    """The header that may be meant, where one is like it and cannot be somebody's address or number."""
    used = {place for places in shape.places.values() for place in places}
    left = [cell for place, cell in enumerate(shape.header) if place not in used and cell.strip()]
    near = [
        (difflib.SequenceMatcher(None, name, normal(cell)).ratio(), cell)
        for name in sorted(_names(column))
        for cell in left
        if not _MAY_BE_PRIVATE.search(cell)
    ]
    best = max(near, default=(0.0, ""))
    return f" (did you mean “{best[1]}”?)" if best[0] >= _SIMILAR else ""


def _first_sentence(table: TableContract) -> str:
    return re.split(r"[.:;](?:\s|$)", table.description)[0].strip()
