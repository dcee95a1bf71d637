"""Which tables an export feeds: its members recognised, put in order, with what their siblings say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from raceway.common.faults import ExportRefused
from raceway.contracts.grammar import Sibling, SourceContract, TableContract, Unsupported
from raceway.inbox.exports import Export, part_of
from raceway.reading.furniture import Filters, filters_of
from raceway.reading.members import Member
from raceway.reading.sections import recognise_all
from raceway.reading.shape import Shape


@dataclass
class Job:
    """The members of an export that feed one table; where a report's days land by themselves, there are two jobs."""

    shapes: list[Shape]
    filters: Filters | None = None
    sibling: Member | None = None

    @property
    def table(self) -> TableContract:
        """The table that they feed."""
        return self.shapes[0].feeds

    @property
    def lacks(self) -> Sibling | None:
        """The rule of the sibling that ought to lie beside its members and does not."""
        return self.table.meta.sibling if self.sibling is None else None


def jobs_of(
    contract: SourceContract, export: Export, members: Sequence[Member], scratch: Path
) -> tuple[list[Job], int]:
    """The tables that an export's members feed, in the contract's order, and how many rows of small tables lie beside.

    Of a bundle (one download of several tables) the small ones beside the wanted are furniture.
    Raises ExportRefused where a member is no known report, or nothing but filters is there.
    """
    siblings, rest = _siblings(contract, members)
    shapes: dict[str, list[Shape]] = defaultdict(list)
    aside: list[tuple[Member, Unsupported]] = []
    for member in rest:
        for found in recognise_all(contract, member, scratch):
            if isinstance(found, Shape):
                for shape in _divided(contract, found):
                    shapes[shape.feeds.name].append(shape)
            else:
                aside.append((member, found))
    unwanted = [
        f"{member.name}: {kind.kind}: not a supported report"
        for member, kind in aside
        # a workbook's further sheets lie beside its table like the files of a download
        if not (shapes and kind.furniture_in_bundle and (export.bundle or member.path != member.raw))
    ]
    if unwanted:
        raise ExportRefused("; ".join(unwanted))
    if not shapes:
        raise ExportRefused(f"{export.files[0].path}: holds filters only, and no table they belong to")
    jobs = [
        _job(sorted(shapes[table.name], key=lambda shape: _part_order(contract, shape)), siblings)
        for table in contract.tables
        if table.name in shapes
    ]
    # small tables: their heads hold them whole
    rows = sum(_rows(member) for member in [*siblings, *(member for member, _ in aside)])
    return jobs, rows


def _divided(contract: SourceContract, shape: Shape) -> list[Shape]:
    """A shape, and before it the copy that gives the rows of one day to the daily table, where the contract has one."""
    rule = shape.table.meta.single_days
    if rule is None:
        return [shape]
    return [replace(shape, into=contract.table(rule.table), divided=True), replace(shape, divided=True)]


def _siblings(contract: SourceContract, members: Sequence[Member]) -> tuple[list[Member], list[Member]]:
    patterns = [table.meta.sibling.files for table in contract.tables if table.meta.sibling]
    is_sibling = [any(re.search(pattern, member.file_name) for pattern in patterns) for member in members]
    return (
        [member for member, yes in zip(members, is_sibling, strict=True) if yes],
        [member for member, yes in zip(members, is_sibling, strict=True) if not yes],
    )


def _job(shapes: list[Shape], siblings: Sequence[Member]) -> Job:
    rule = shapes[0].table.meta.sibling
    if rule is None or not siblings:
        return Job(shapes)
    return Job(shapes, filters_of(siblings[0], rule), siblings[0])


def _part_order(contract: SourceContract, shape: Shape) -> tuple[int, str, str, int]:
    part = part_of(contract, shape.member.file_name)
    number = part[2] if part else ""
    file = shape.member.part_of or shape.member
    return (int(number) if number.isdigit() else 0, number, file.name, shape.member.section)


def _rows(member: Member) -> int:
    return max(0, len([line for line in member.text.splitlines() if line.strip()]) - 1)
