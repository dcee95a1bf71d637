"""Why did it change: the parts of the leading KPIs' changes, for the page.

The last month that is over against the month before it and against the same month of the year before. A running month
is not here: the mart keeps no cells of the same days of the month before, and a whole month is no match for some days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from raceway.report.change import MEASURE, Change, Changes, Cut
from raceway.report.context import Columns, Context
from raceway.report.kpi_cells import kpis
from raceway.report.parts import MIX, OVERLAP, RATE, UNASSIGNED, Part, half_up
from raceway.report.period_names import Period
from raceway.report.plain_numbers import Numbers
from raceway.report.restatement import read_restatement

_CELLS: Final = 12
"""Cells of a cut that are named, by size; what is left of it is one line more."""
_CHANGES: Final = (
    "kpi", "against", "before_start", "after_start", "digits", "before", "after", "change", "by", "explained",
    "first", "first_as_of", "first_complete",
)  # fmt: skip
_PARTS: Final = ("change", "by", "kind", "channel", "market", "name", "count", "mix", "rate", "part")


def payload(context: Context) -> dict[str, Any]:
    """Changes and their parts.

    Amounts are whole numbers of the unit's 10^-digits (12345 with 2 digits is 123.45), so that the parts of each cut
    sum to the change digit by digit in the page, too.
    """
    changes: Columns = {name: [] for name in _CHANGES}
    parts: Columns = {name: [] for name in _PARTS}
    for against, change in _changes(context):
        number = len(changes["kpi"])
        business = context.settings.business
        digits = Numbers.of(change.kpi, change, business.reporting_currency, context.settings.minor_unit).digits
        restated = read_restatement(context.connection, change)
        restated = restated if restated and restated.amount else None
        _add(
            changes,
            kpi=change.kpi.kpi,
            against=against,
            before_start=change.before[1].isoformat(),
            after_start=change.after[1].isoformat(),
            digits=digits,
            before=_whole(change.value_before, digits),
            after=_whole(change.value_after, digits),
            change=_whole(change.shown_change(digits), digits),
            by=change.leading_cut.by,
            explained=int(change.is_explained),
            first=_whole(restated.first, digits) if restated else None,
            first_as_of=restated.as_of.isoformat() if restated else None,
            first_complete=int(restated.was_complete) if restated else None,
        )
        for cut in _shown_cuts(change):
            for row in _rows(change, cut, digits):
                _add(parts, change=number, by=cut.by, **row)
    return {"changes": changes, "parts": parts}


def _changes(context: Context) -> Iterator[tuple[str, Change]]:
    """The changes that the page tells, by KPI: against the month before and the year before."""
    leading = [kpi for kpi in kpis(context.connection).values() if kpi.leading]
    after = (context.as_of.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    compared = {
        "previous": (after - dt.timedelta(days=1)).replace(day=1),
        "year_ago": after.replace(year=after.year - 1),
    }
    months: dict[str, Period] = {against: ("month", start) for against, start in compared.items()}
    changes = Changes(context.connection)
    changes.read(leading, [("month", after), *months.values()])
    for kpi in leading:
        for against, before in months.items():
            found = changes.change(kpi, before, ("month", after))
            if isinstance(found, Change):
                yield against, found


def _shown_cuts(change: Change) -> list[Cut]:
    """Where, and then why: a formula of one measure says nothing more by measure."""
    others = [cut for cut in change.cuts if not cut.is_by_cell and (cut.by != MEASURE or len(change.kpi.measures) > 1)]
    return [change.leading_cut, *(cut for cut in others if cut is not change.leading_cut)]


def _rows(change: Change, cut: Cut, digits: int) -> Iterator[dict[str, Any]]:
    """One row per cell, measure or cause, the largest first; the small ones together in the last."""
    lines: dict[tuple[str, str, str, str], dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for part, amount in zip(cut.parts, change.shown(cut, digits), strict=True):
        effect = part.effect if part.effect in (MIX, RATE) else "part"
        lines[_kind(part), part.channel, part.market, part.name][effect] += amount
    ordered = sorted(lines.items(), key=lambda line: (-abs(sum(line[1].values(), Fraction(0))), line[0]))
    for (kind, channel, market, name), amounts in ordered[:_CELLS]:
        yield _row(kind, channel, market, name, 1, amounts, digits)
    rest: dict[str, Fraction] = defaultdict(Fraction)
    for _, amounts in ordered[_CELLS:]:
        for effect, amount in amounts.items():
            rest[effect] += amount
    if rest:
        yield _row("others", "", "", "", len(ordered) - _CELLS, rest, digits)


def _kind(part: Part) -> str:
    if part.effect == OVERLAP:
        return "overlap"
    if part.name:
        return part.effect
    return "unassigned" if (part.channel, part.market) == UNASSIGNED else "cell"


def _row(
    kind: str, channel: str, market: str, name: str, count: int, amounts: dict[str, Fraction], digits: int
) -> dict[str, Any]:
    return {
        "kind": kind,
        "channel": channel,
        "market": market,
        "name": name,
        "count": count,
        "mix": _whole(amounts[MIX], digits) if MIX in amounts else None,
        "rate": _whole(amounts[RATE], digits) if RATE in amounts else None,
        "part": _whole(sum(amounts.values(), Fraction(0)), digits),
    }


def _whole(amount: Fraction, digits: int) -> int:
    return int(half_up(amount, digits) * Fraction(10) ** digits)


def _add(columns: Columns, **row: Any) -> None:
    for name, value in row.items():
        columns[name].append(value)
