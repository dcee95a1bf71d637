"""Back-test of the expected ends of periods: coverage and width of the 80 % interval, beside plain pacing.

    python -m bench.forecast [--seeds 905 906 907 908] [--retail PARQUET] [--cache DIR] [--origins FILE]

At every origin the model sees the days before it and says where month and quarter end. Origins of the invented worlds
lie 35 days apart, so that they wander through the month; those of the shop (second half) a week. The score is Winkler's
(width, and ten times what lay outside) ÷ the mean of such periods: less is better. `--develop` takes the seeds and the
half that the model was made with. `--origins` writes the series and origins down for a rival in an environment of its
own (bench/forecast_rival.py), `--rival FILE` reads what it said.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console

from bench.forecast_series import Series, retail_series, sample_series
from raceway.console.show import print_table
from raceway.fitting.day_kinds import kinds_of_days
from raceway.fitting.seasonal import fit_days

Told = tuple[float, float, float]
"""Expected, low, high of what is still to come."""

DEVELOPED_ON: Final = [11, 12, 13, 14]
JUDGED_ON: Final = [905, 906, 907, 908]
HALF: Final = dt.date(2011, 6, 1)
YEAR: Final = 364
_RETAIL: Final = Path("../shared/reference/online_retail/online_retail.parquet")


@dataclass(frozen=True)
class Origin:
    """A day of which all before is known, and a period that is asked for."""

    series: Series
    period: str
    as_of: dt.date
    start: dt.date
    end: dt.date

    @property
    def places(self) -> tuple[int, int, int]:
        """Of the period's first day, as_of and the day after the period."""
        first = self.series.first
        return (self.start - first).days, (self.as_of - first).days, (self.end - first).days + 1

    @property
    def actual(self) -> float:
        """What came from as_of to the period's end."""
        _, now, end = self.places
        return float(self.series.values[now:end].sum())

    @property
    def usual(self) -> float:
        """What a period of this length brings on average."""
        start, _, end = self.places
        return float(self.series.values.mean()) * (end - start)


def origins(series: Series, first: dt.date, last: dt.date, step: int) -> list[Origin]:
    """Every `step` days from the first with 63 days of history on, month and quarter, where all of them is known."""
    found = []
    as_of = max(first, series.first + dt.timedelta(days=63))
    while as_of <= last:
        month = as_of.replace(day=1)
        quarter = month.replace(month=3 * ((as_of.month - 1) // 3) + 1)
        for period, start, months in (("month", month, 1), ("quarter", quarter, 3)):
            end = (start + dt.timedelta(days=31 * months)).replace(day=1) - dt.timedelta(days=1)
            if start >= series.first and end <= last:
                found.append(Origin(series, period, as_of, start, end))
        as_of += dt.timedelta(days=step)
    return found


def seasonal(origin: Origin) -> Told | None:
    """The model that ships."""
    series, (_, now, end) = origin.series, origin.places
    values = np.full(end, np.nan)
    values[:now] = series.values[:now]
    kinds = kinds_of_days(series.first, end, series.shipped, series.own)
    fitted = fit_days(values, kinds, series.first.weekday(), series.is_count)
    if isinstance(fitted, str):
        return None
    total = fitted.total_of(np.isnan(values))
    return None if isinstance(total, str) else (total.expected, total.low_80, total.high_80)


def linear(origin: Origin) -> Told | None:
    """What came so far, by the days; its interval from how far it was off in all earlier stretches of such lengths."""
    start, now, end = origin.places
    over, left = now - start, end - now
    sums = np.append(0.0, np.cumsum(origin.series.values))
    if over == 0 or sums[now] <= sums[start]:
        return None
    past = np.arange(over, now - left + 1)
    paced = (sums[past] - sums[past - over]) * left / over
    return _by_past_errors((sums[now] - sums[start]) * left / over, paced, sums[past + left] - sums[past])


def last_year(origin: Origin) -> Told | None:
    """What came so far × what the same days (364 before) brought after and before; its interval like linear's."""
    start, now, end = origin.places
    over, left = now - start, end - now
    sums = np.append(0.0, np.cumsum(origin.series.values))
    if over == 0 or start < YEAR or sums[now] <= sums[start] or sums[now - YEAR] <= sums[start - YEAR]:
        return None
    share = (sums[end - YEAR] - sums[now - YEAR]) / (sums[now - YEAR] - sums[start - YEAR])
    past = np.arange(over + YEAR, now - left + 1)
    before = sums[past - YEAR] - sums[past - YEAR - over]
    told = before > 0
    past, before = past[told], before[told]
    paced = (sums[past] - sums[past - over]) * (sums[past + left - YEAR] - sums[past - YEAR]) / before
    return _by_past_errors((sums[now] - sums[start]) * share, paced, sums[past + left] - sums[past])


def _by_past_errors(expected: float, paced: Any, came: Any) -> Told | None:
    told = paced > 0
    if told.sum() < 20:
        return None
    low, high = np.quantile(came[told] / paced[told], [0.1, 0.9])
    return expected, expected * float(low), expected * float(high)


METHODS: Final[dict[str, Callable[[Origin], Told | None]]] = {
    "seasonal": seasonal, "linear": linear, "last year": last_year,
}  # fmt: skip


def winkler(told: Told, origin: Origin) -> float:
    """Width and ten times what lay outside, in parts of what such a period brings."""
    _, low, high = told
    came = origin.actual
    return (high - low + 10 * max(low - came, 0) + 10 * max(came - high, 0)) / origin.usual


def holds(told: Told, origin: Origin) -> bool:
    """Whether the interval holds what came."""
    return told[1] - 1e-6 <= origin.actual <= told[2] + 1e-6


def effective_spread(asked: list[tuple[Origin, Told]]) -> float:
    """Half the 95 % band of a coverage whose origins of one world and one month miss together."""
    groups: dict[tuple[str, dt.date], list[float]] = defaultdict(list)
    coverage = float(np.mean([holds(told, origin) for origin, told in asked]))
    for origin, told in asked:
        groups[origin.series.world, origin.as_of.replace(day=1)].append(holds(told, origin) - coverage)
    return 1.96 * float(np.sqrt(sum(sum(each) ** 2 for each in groups.values()))) / len(asked)


def table(name: str, asked: list[Origin], said: dict[str, list[Told | None]]) -> list[tuple[str, ...]]:
    """One row per period and method that is compared, each on the origins at which both say something."""
    rows = []
    for period in ("month", "quarter", "both"):
        here = [place for place, origin in enumerate(asked) if period in (origin.period, "both")]
        for method, answers in said.items():
            both = [
                (asked[place], answers[place], said["seasonal"][place])
                for place in here
                if answers[place] and said["seasonal"][place]
            ]
            if not both:
                continue
            told = [(origin, answer) for origin, answer, _ in both]
            band = 1.96 * np.sqrt(0.16 / len(both))
            rows.append(
                (
                    name, period, method, f"{len(both):,}",
                    f"{100 * np.mean([holds(answer, origin) for origin, answer in told]):.1f}",
                    f"{80 - 100 * band:.1f} to {80 + 100 * band:.1f}", f"± {100 * effective_spread(told):.1f}",
                    f"{np.mean([winkler(answer, origin) for origin, answer in told]):.3f}",
                    f"{np.mean([winkler(ours, origin) for origin, _, ours in both]):.3f}",
                    f"{100 * np.mean([abs(answer[0] - origin.actual) / origin.usual for origin, answer in told]):.1f}",
                )
            )  # fmt: skip
    return rows


def write_origins(path: Path, asked: list[Origin]) -> None:
    """The series and origins, for another program."""
    path.write_text(
        json.dumps(
            [
                {"as_of": origin.as_of.isoformat(), "values": origin.series.values[: origin.places[1]].tolist(),
                 "days": origin.places[2] - origin.places[1], "place": place}
                for place, origin in enumerate(asked)
            ]
        )
    )  # fmt: skip


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="*")
    parser.add_argument("--retail", type=Path, default=_RETAIL)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "raceway-forecast")
    parser.add_argument("--develop", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="take every n-th origin alone")
    parser.add_argument("--origins", type=Path)
    parser.add_argument("--rival", type=Path)
    given = parser.parse_args()
    seeds = given.seeds if given.seeds is not None else DEVELOPED_ON if given.develop else JUDGED_ON
    asked = {"sample": [o for series in sample_series(seeds, given.cache) for o in _sample_origins(series)]}
    if given.retail.exists():
        asked["retail"] = [o for s in retail_series(given.retail) for o in _retail_origins(s, given.develop)]
    else:
        print(f"no file {given.retail}: the shop is left out; name UCI's Online Retail by --retail", file=sys.stderr)
    console, rows = Console(width=140), []
    asked = {name: of[:: given.every] for name, of in asked.items()}
    if given.origins:
        write_origins(given.origins, [origin for of in asked.values() for origin in of])
    rival = json.loads(given.rival.read_text()) if given.rival else {}
    begun = 0
    for name, of in asked.items():
        said = {method: [ask(origin) for origin in of] for method, ask in METHODS.items()}
        for method, answers in rival.items():
            told = {int(place): (row[0], row[1], row[2]) for place, row in answers.items()}
            said[method] = [told.get(begun + place) for place in range(len(of))]
        begun += len(of)
        rows += table(name, of, said)
    print_table(
        console,
        "Ends of periods",
        ["data", "period", "method", ">origins", ">holds %", ">band %", ">spread", ">Winkler", ">ours there", ">off %"],
        rows,
    )


def _sample_origins(series: Series) -> list[Origin]:
    end = series.first + dt.timedelta(days=len(series.values) - 1)
    return [origin for origin in origins(series, series.first, end, 35) if origin.usual > 0]


def _retail_origins(series: Series, develop: bool) -> list[Origin]:
    end = series.first + dt.timedelta(days=len(series.values) - 1)
    if develop:
        return origins(series, series.first, HALF - dt.timedelta(days=1), 7)
    return origins(series, HALF, end, 7)


if __name__ == "__main__":
    main()
