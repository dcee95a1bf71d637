"""Parts that sum to a change exactly: the algebra of sums and ratios, in fractions.

A sum's change is the sum of its cells' changes. A ratio R = N / D is the mean of its cells' ratios r, weighted by each
cell's share w of the denominator. With 0 for before and 1 for after, a cell adds

    mix  = (w1 - w0) · ((r0 + r1) / 2 - (R0 + R1) / 2)     that it has become more or less of the whole
    rate = (w0 + w1) / 2 · (r1 - r0)                       that its own ratio has changed

which together are w1·r1 - w0·r0 - (w1 - w0)·(R0 + R1) / 2. Over all cells Σ w = 1 in both periods, so the last term
falls away and the parts sum to R1 - R0. What the cells leave of the whole (a person counted in two of them, an amount
that names no cell) is given as cells of its own, so that Σ w = 1 holds. A numerator without a denominator has no r: it
adds the change of N_cell / D.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

Cell = tuple[str, str]
"""Channel and market; `all` where the cell is not cut by it, empty where it has none."""

UNASSIGNED: Final[Cell] = ("", "")
"""What names no channel or market."""

AMOUNT: Final = "amount"
MIX: Final = "mix"
RATE: Final = "rate"
NUMERATOR_ALONE: Final = "numerator alone"
OVERLAP: Final = "overlap"


@dataclass(frozen=True)
class Sides:
    """A numerator and a denominator of one period."""

    numerator: Fraction = Fraction(0)
    denominator: Fraction = Fraction(0)

    @property
    def ratio(self) -> Fraction | None:
        """Their quotient; None where the denominator is 0."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Part:
    """One part of a change, in the KPI's unit."""

    effect: str
    amount: Fraction
    channel: str = "all"
    market: str = "all"
    name: str = ""
    """What it is a part by where it is no cell: a measure, a currency, a cause."""
    before: Fraction | None = None
    """Value (of a sum its amount, of a ratio its ratio) in the earlier period; None where it had none."""
    after: Fraction | None = None
    share_before: Fraction | None = None
    """Share of the whole denominator, of a ratio alone."""
    share_after: Fraction | None = None

    def scaled(self, scale: Fraction) -> Part:
        """The same of a KPI that is counted in another unit (per thousand, in points)."""
        return replace(
            self,
            amount=self.amount * scale,
            before=None if self.before is None else self.before * scale,
            after=None if self.after is None else self.after * scale,
        )


def sum_parts(before: Mapping[Cell, Fraction], after: Mapping[Cell, Fraction], effect: str = AMOUNT) -> list[Part]:
    """What each cell adds to the change of a sum; cells without a change are left out."""
    parts = []
    for cell in sorted({*before, *after}):
        then, now = before.get(cell, Fraction(0)), after.get(cell, Fraction(0))
        if then != now:
            parts.append(Part(effect, now - then, *cell, before=then, after=now))
    return parts


def ratio_parts(
    before: Mapping[Cell, Sides], after: Mapping[Cell, Sides], overlap: tuple[Sides, Sides] = (Sides(), Sides())
) -> list[Part]:
    """What each cell adds to the change of a ratio: mix and rate, or a numerator alone.

    The cells and the overlap (signed: what they count twice, before and after) sum to the whole, whose denominator is
    not 0 in either period. Raises ZeroDivisionError where it is.
    """
    first, second = _total([*before.values(), overlap[0]]), _total([*after.values(), overlap[1]])
    middle = (first.numerator / first.denominator + second.numerator / second.denominator) / 2
    parts: list[Part] = []
    for cell in sorted({*before, *after}):
        parts += _ratio_part(cell, before.get(cell, Sides()), after.get(cell, Sides()), first, second, middle)
    doubled = (
        overlap[1].numerator / second.denominator
        - overlap[0].numerator / first.denominator
        - (overlap[1].denominator / second.denominator - overlap[0].denominator / first.denominator) * middle
    )
    if doubled:
        parts.append(
            Part(
                OVERLAP,
                doubled,
                share_before=overlap[0].denominator / first.denominator,
                share_after=overlap[1].denominator / second.denominator,
            )
        )
    return parts


def _ratio_part(cell: Cell, then: Sides, now: Sides, first: Sides, second: Sides, middle: Fraction) -> list[Part]:
    parts: list[Part] = []
    alone = Fraction(0)
    # a numerator without a denominator has no ratio: it is a part of its own, and its cell is absent in that period
    if not then.denominator:
        alone -= then.numerator / first.denominator
    if not now.denominator:
        alone += now.numerator / second.denominator
    old, new = then.ratio, now.ratio
    shares = (then.denominator / first.denominator, now.denominator / second.denominator)

    def part(effect: str, amount: Fraction) -> Part:
        return Part(effect, amount, *cell, "", old, new, *shares)

    # where a cell is absent in one period it takes the other's ratio
    r0, r1 = (new if old is None else old), (old if new is None else new)
    if r0 is not None and r1 is not None:
        mix = (shares[1] - shares[0]) * ((r0 + r1) / 2 - middle)
        rate = (shares[0] + shares[1]) / 2 * (r1 - r0)
        parts = [part(effect, amount) for effect, amount in ((MIX, mix), (RATE, rate)) if amount]
    if alone:
        parts.append(part(NUMERATOR_ALONE, alone))
    return parts


Term = tuple[str, Fraction, Fraction, Fraction]
"""A measure of a side: its name, what it counts, and its values before and after."""


def measure_weights(numerator: Sequence[Term], denominator: Sequence[Term] = ()) -> list[tuple[str, Fraction]]:
    """By term, of the numerator first: the side that it stands on, and what one unit of its change moves the KPI by.

    Of a ratio a numerator counts at the mean of 1/D, and a denominator as it moves 1/D at the mean numerator: halfway
    between the two orders of moving them, so that all together give R1 - R0. Raises ZeroDivisionError where a
    denominator is 0.
    """
    if not denominator:
        return [("numerator", factor) for _, factor, *_ in numerator]
    n0, n1, d0, d1 = (
        sum((factor * (then, now)[at] for _, factor, then, now in side), Fraction(0))
        for side in (numerator, denominator)
        for at in (0, 1)
    )
    inverse = (1 / d0 + 1 / d1) / 2
    per_unit = -(n0 + n1) / 2 / (d0 * d1)
    return [
        *(("numerator", factor * inverse) for _, factor, *_ in numerator),
        *(("denominator", factor * per_unit) for _, factor, *_ in denominator),
    ]


def measure_parts(numerator: Sequence[Term], denominator: Sequence[Term] = ()) -> list[Part]:
    """Which measure moved: what each adds to the change of a sum or of a ratio."""
    weights = measure_weights(numerator, denominator)
    return [
        Part(side, weight * (now - then), name=name, before=then, after=now)
        for (side, weight), (name, _, then, now) in zip(weights, (*numerator, *denominator), strict=True)
    ]


def total(parts: Iterable[Part]) -> Fraction:
    """The sum of parts."""
    return sum((part.amount for part in parts), Fraction(0))


def rounded(amounts: Sequence[Fraction], whole: Fraction, digits: int) -> list[Fraction]:
    """Amounts at so many decimals, which sum to `whole` (itself at so many): by largest remainder.

    Each is rounded down, and the units that are then missing go to those that lost most. `whole` may differ from the
    amounts' own sum by less than one unit.
    """
    unit = Fraction(1, 10**digits) if digits >= 0 else Fraction(10**-digits)
    floors = [amount // unit for amount in amounts]
    missing = int(whole / unit) - sum(floors)
    by_loss = sorted(range(len(amounts)), key=lambda at: (floors[at] - amounts[at] / unit, at))
    for at in by_loss[:missing]:
        floors[at] += 1
    return [floor * unit for floor in floors]


def half_up(amount: Fraction, digits: int) -> Fraction:
    """An amount at so many decimals; halves go away from 0."""
    unit = Fraction(1, 10**digits) if digits >= 0 else Fraction(10**-digits)
    count = (abs(amount) / unit + Fraction(1, 2)) // 1
    return count * unit if amount >= 0 else -count * unit


def decimal(amount: Fraction, digits: int) -> str:
    """An amount as a decimal text of so many digits, halves away from 0."""
    count = int(half_up(amount, digits) * 10**digits)
    sign, whole = "-" if count < 0 else "", abs(count)
    return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}" if digits else f"{sign}{whole}"


def _total(sides: Iterable[Sides]) -> Sides:
    numerator = denominator = Fraction(0)
    for one in sides:
        numerator += one.numerator
        denominator += one.denominator
    return Sides(numerator, denominator)
