"""A change told: sentence, parts with their shares, definition, caveats, and what was restated."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.own_database import damage_told
from raceway.common.sql import quoted
from raceway.report.change import Change, Changes, Cut, Unknown
from raceway.report.kpi_cells import ALL, MEDIAN_WEIGHTS, Kpi, kpis
from raceway.report.kpi_page import caveats, examples, surprises
from raceway.report.mart_file import MEND
from raceway.report.parts import MIX, NUMERATOR_ALONE, OVERLAP, RATE, UNASSIGNED, Cell, Part, decimal
from raceway.report.period_names import find_periods, named
from raceway.report.phrases import in_vietnamese
from raceway.report.plain_numbers import Numbers
from raceway.report.restatement import Restatement, read_restatement

EXACT_DIGITS: Final = {False: 6, True: 12}
"""Decimals for machines: of sums all that there are, of ratios so many; both sum to the change."""
_NAMED_PARTS: Final = 3
_EFFECTS: Final = {
    RATE: "the rates within",
    MIX: "the mix of them",
    NUMERATOR_ALONE: "what has no denominator",
    OVERLAP: "overlap",
}
"""The effects of a ratio, in words."""


@dataclass(frozen=True)
class Explanation:
    """One change with all that is said of it."""

    change: Change
    numbers: Numbers
    currency: str
    notes: tuple[str, ...]
    restatement: Restatement | None
    definition: tuple[str, ...]
    standard: str
    caveats: tuple[str, ...]
    standard_vi: str
    caveats_vi: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The change in words: by how much, and the largest parts for and against it."""
        change, kpi = self.change, self.change.kpi
        verb = "rose" if change.amount > 0 else "fell" if change.amount < 0 else "did not change"
        where = " × ".join(one for one in change.cell if one != "all")
        head = (
            f"{kpi.name}{f' ({where})' if where else ''} {verb} from {self.numbers.value(change.value_before)} in "
            f"{named(change.before)} to {self.numbers.value(change.value_after)} in {named(change.after)}"
        )
        if not change.amount:
            return f"{kpi.name}{f' ({where})' if where else ''} {verb}: {self.numbers.value(change.value_after)}."
        head += f" ({self.numbers.change(change.shown_change(self.numbers.digits))}{self._relative()})."
        largest = sorted(self.by_label(change.leading_cut).items(), key=lambda part: (-abs(part[1]), part[0]))
        said = [
            f"{label} {self.numbers.change(amount)}{self._of_change(amount)}"
            for label, amount in largest[:_NAMED_PARTS] if amount
        ]  # fmt: skip
        if len(largest) > 1 and said:
            head += f" Largest parts by {change.leading_cut.by}: {'; '.join(said)}."
        return head + self._effects()

    def _effects(self) -> str:
        """What rates and mix did, where the change is that of a ratio."""
        said = []
        for effect, words in _EFFECTS.items():
            parts = [part.amount for part in self.change.leading_cut.parts if part.effect == effect]
            if parts:
                said.append(f"{words} {self.numbers.change(sum(parts, Fraction(0)))}")
        return f" In all: {', '.join(said)}." if said else ""

    def by_label(self, cut: Cut) -> dict[str, Fraction]:
        """What each cell, measure or cause adds as shown, its effects together."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for part, amount in zip(cut.parts, self.change.shown(cut, self.numbers.digits), strict=True):
            found[label(self.change.kpi, part)] += amount
        return found

    def _relative(self) -> str:
        change = self.change
        if self.numbers.unit == "percent" or change.value_before <= 0:
            return ""
        return f", {float(change.amount / change.value_before):+.1%}"

    def _of_change(self, amount: Fraction) -> str:
        return f" ({float(amount / self.change.amount):.0%} of the change)"

    def to_dict(self) -> dict[str, Any]:
        """For machines. Amounts are texts of exact decimals: the parts of each cut sum to `change` digit by digit."""
        change, kpi = self.change, self.change.kpi
        digits = EXACT_DIGITS[bool(kpi.denominator) or kpi.is_median or kpi.is_fitted]
        return {
            "kpi": kpi.kpi,
            "name": kpi.name,
            "name_vi": kpi.name_vi,
            "unit": kpi.unit,
            "currency": self.currency if kpi.unit == "money" else None,
            "good": kpi.good,
            "period": change.before[0],
            "from": change.before[1].isoformat(),
            "to": change.after[1].isoformat(),
            "channel": change.cell[0],
            "market": change.cell[1],
            "before": decimal(change.value_before, digits),
            "after": decimal(change.value_after, digits),
            "change": decimal(change.shown_change(digits), digits),
            "is_explained": change.is_explained,
            "rest_share": round(float(change.rest_share), 6),
            "explained_by": change.leading_cut.by,
            "sentence": self.sentence,
            "notes": list(self.notes),
            "restatement": self.restatement.to_dict(digits) if self.restatement else None,
            "definition": list(self.definition),
            "standard": self.standard,
            "caveats": list(self.caveats),
            "standard_vi": self.standard_vi,
            "caveats_vi": list(self.caveats_vi),
            "cuts": [{"by": cut.by, "parts": self._rows(cut, digits)} for cut in change.cuts],
        }

    def _rows(self, cut: Cut, digits: int) -> list[dict[str, Any]]:
        shown = self.change.shown(cut, digits)
        return [
            {
                "effect": part.effect,
                "channel": part.channel,
                "market": part.market,
                "name": part.name,
                "before": None if part.before is None else decimal(part.before, digits),
                "after": None if part.after is None else decimal(part.after, digits),
                "share_before": None if part.share_before is None else round(float(part.share_before), 6),
                "share_after": None if part.share_after is None else round(float(part.share_after), 6),
                "part": decimal(amount, digits),
                "of_change": round(float(part.amount / self.change.amount), 6) if self.change.amount else None,
            }
            for part, amount in zip(cut.parts, shown, strict=True)
        ]


def label(kpi: Kpi, part: Part) -> str:
    """What a part is called."""
    if part.effect == OVERLAP:
        return "overlap (the median of all)" if kpi.is_median else "overlap (counted in several)"
    if part.name:
        return part.name
    if (part.channel, part.market) == UNASSIGNED:
        return "of no channel or market"
    return " × ".join(one for one in (part.channel, part.market) if one != "all") or "all"


@contextmanager
def open_mart(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the published mart attached as `race`, read-only, and with no way to anything else.

    Raises PermanentFault where the file is damaged.
    """
    closed = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    with damage_told(database, MEND), duckdb.connect(config=dict(closed)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach {quoted(str(database))} as race (read_only)")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def find_kpi(catalog: dict[str, Kpi], asked: str) -> Kpi:
    """A KPI by key or name, in any case. Raises PermanentFault where there is none, with the nearest."""
    wanted = asked.strip().casefold()
    names = {key.casefold(): key for key in catalog}
    for kpi in catalog.values():
        for name in (kpi.name, kpi.name_vi):
            names.setdefault(name.casefold(), kpi.kpi)
    if wanted in names:
        return catalog[names[wanted]]
    near = dict.fromkeys(names[one] for one in difflib.get_close_matches(wanted, names, n=3, cutoff=0.5))
    hint = f"; did you mean {', '.join(near)}?" if near else ";"
    raise PermanentFault(f"there is no KPI {asked!r}{hint} `raceway explain` without a name lists all")


def explain(
    connection: duckdb.DuckDBPyConnection,
    asked: str,
    *,
    before: str | None = None,
    after: str | None = None,
    kind: str | None = None,
    cell: Cell = ALL,
    currency: str,
    minor_unit: int,
) -> Explanation:
    """Why a KPI changed between two periods of the attached database `race`.

    `before` and `after` are periods as people write them (period_names), `cell` the channel and market, `currency` and
    `minor_unit` those that money is reported in. Raises PermanentFault where KPI, period or cell is not in the mart,
    or a value is not known.
    """
    kpi = find_kpi(kpis(connection), asked)
    then, now = find_periods(connection, kpi.kpi, before, after, kind)
    changes = Changes(connection)
    changes.read([kpi], [then, now])
    found = changes.change(kpi, then, now, cell)
    if isinstance(found, Unknown):
        raise PermanentFault(_why_unknown(connection, found, cell))
    row = _catalog_row(kpi)
    example: dict[str, str] = next((one for one in examples() if one["kpi"] == kpi.kpi), {})
    surprising = [one for one in surprises() if one["kpi"] == kpi.kpi]
    return Explanation(
        found,
        Numbers.of(kpi, found, currency, minor_unit),
        currency,
        tuple(_notes(connection, found)),
        read_restatement(connection, found),
        tuple(_definition(connection, kpi)),
        example.get("standard", ""),
        (*caveats(row), *(one["caveat"] for one in surprising)),
        example.get("standard_vi", ""),
        (*map(in_vietnamese, caveats(row)), *(one["caveat_vi"] for one in surprising)),
    )


def _catalog_row(kpi: Kpi) -> dict[str, str]:
    def side(terms: Sequence[tuple[str, Fraction]]) -> str:
        return " ".join(f"{'-' if of < 0 else '+'} {abs(of)} * {name}" for name, of in terms).removeprefix("+ ")

    return {"kpi": kpi.kpi, "numerator": side(kpi.numerator), "denominator": side(kpi.denominator)}


def _definition(connection: duckdb.DuckDBPyConnection, kpi: Kpi) -> list[str]:
    """The formula, and each measure's definition."""
    [(numerator, denominator)] = connection.execute(
        "select numerator, denominator from race.kpi_catalog where kpi = ?", [kpi.kpi]
    ).fetchall()
    formula = f"({numerator}) / ({denominator})" if denominator else numerator
    told = dict(
        connection.execute(
            "select measure, definition from race.measure_catalog where measure = any(?::varchar[])", [kpi.measures]
        ).fetchall()
    )
    scale = f" × {kpi.scale}" if kpi.scale != 1 else ""
    return [f"{kpi.kpi} = {formula}{scale}", *(f"{name}: {told[name]}" for name in kpi.measures)]


def _notes(connection: duckdb.DuckDBPyConnection, change: Change) -> list[str]:
    """What to know before this very change is believed."""
    notes = []
    lengths: dict[dt.date, int] = {}
    for kind, start in (change.before, change.after):
        row = connection.execute(
            "select is_complete, period_end < as_of, (least(period_end, as_of - 1) - period_start + 1)::integer, as_of "
            "from race.race_kpi where kpi = ? and period = ? and period_start = ? and channel = ? and market = ?",
            [change.kpi.kpi, kind, start, *change.cell],
        ).fetchone()
        if row is None:
            continue
        is_complete, is_over, days, as_of = row
        lengths[start] = days
        if not is_over:
            notes.append(f"{named((kind, start))} still runs: {days} days of it are in, as of {as_of}.")
        elif not is_complete:
            notes.append(f"{named((kind, start))} is not complete: a day, a source or what follows is not in.")
    if not change.kpi.denominator and "sum" in change.kpi.additivity.values() and len({*lengths.values()}) > 1:
        notes.append(f"The periods have {' and '.join(str(days) for days in lengths.values())} days.")
    if change.kpi.is_median:
        weight = MEDIAN_WEIGHTS.get(change.kpi.measures[0])
        notes.append(
            f"It is a percentile: its cells are weighted by {weight}, and the overlap is what the percentile of all "
            "differs from their mean."
        )
    for cut in change.cuts:
        if cut.not_told:
            notes.append(
                f"What exchange rates did to {', '.join(cut.not_told)} is not known: the mart keeps no facts by "
                "account that sum to it."
            )
    if not change.is_explained:
        notes.append(
            f"Not explained: {float(change.rest_share):.0%} of the change is in no part of the cut by "
            f"{change.leading_cut.by}."
            if change.leading_cut.rest
            else "Not explained: the mart keeps no channels or markets of it here, and it is made of one measure."
        )
    return notes


def _why_unknown(connection: duckdb.DuckDBPyConnection, unknown: Unknown, cell: Cell) -> str:
    kpi, (kind, start) = unknown.kpi.kpi, unknown.period
    has_row = connection.execute(
        "select count(*) from race.race_kpi "
        "where kpi = ? and period = ? and period_start = ? and channel = ? and market = ?",
        [kpi, kind, start, *cell],
    ).fetchone()
    where = f"{kind} {named((kind, start))}"
    if has_row and has_row[0] == 0:
        for dimension, asked in zip(("channel", "market"), cell, strict=True):
            rows = connection.execute(
                f"select distinct {dimension} from race.race_kpi where kpi = ? and period = ? and period_start = ? "
                f"and {dimension} <> 'all' order by 1",
                [kpi, kind, start],
            ).fetchall()
            there = [one for (one,) in rows]
            if asked != "all" and asked not in there:
                has = f"those that it has are {', '.join(there)}" if there else f"it has none: leave --{dimension} out"
                return f"{kpi} has no {dimension} {asked} in {where}; {has}"
        return (
            f"{kpi} has no row for channel {cell[0]} and market {cell[1]} in {where}: by day and week they are not "
            "crossed, and a pair without anything in 400 days has none; leave --channel or --market out"
        )
    return (
        f"{kpi} has no value in {where}, so no change can be told: {unknown.reason}; choose periods that have one, as "
        f"`raceway query \"select period_start, value from race_kpi where kpi = '{kpi}' and period = '{kind}' "
        "and channel = 'all' and market = 'all'\"` shows them"
    )
