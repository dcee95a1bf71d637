"""Nights of a company with 24 months of history beside the same nights of one with a month."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.performance.landings import Differs
from bench.performance.rows import Row, row
from raceway.common.home import Home
from raceway.sample.write import write_sample

END: Final = dt.date(2026, 6, 30)
"""The last day of the sample."""
_PARTS: Final = ("freeze", "dbt", "gate", "publish")
_FITS: Final = (
    "int_clv_fits",
    "int_clv_scores",
    "int_attribution_weights",
    "int_forecasts",
    "int_experiment_statistics",
)


@dataclass
class Company:
    """A home that has had its first night, and its nights since."""

    home: Home
    first: dict[str, Any]
    """What its first night took."""
    day: dt.date = END + dt.timedelta(days=1)
    """The last night's as_of."""
    nights: list[dict[str, Any]] = field(default_factory=list)

    def night(self, on: dt.date) -> dict[str, Any]:
        """Runs a night; its figures. Raises Differs where it did not end well."""
        told = _night(self.home, on)
        self.day = on
        self.nights.append(told)
        return told


def companies(
    base: Path, work: Path, months: tuple[int, int], scale: float, tell: Callable[[str], None]
) -> list[Company]:
    """The long and the short company below `work`, copied from `base`, where they are made once: minutes each."""
    found = []
    for number in months:
        days = {1: 30, 24: 730}.get(number, 30 * number)
        home = Home(base / f"months-{number}-scale-{scale:g}")
        first = home.root / "first_night.json"
        if not first.exists():
            shutil.rmtree(home.root, ignore_errors=True)
            tell(f"inventing {number} months at scale {scale:g}")
            write_sample(home, days=days, scale=scale, end=END)
            tell(f"the first night of {number} months")
            first.write_text(json.dumps(_night(home, END + dt.timedelta(days=1))))
        here = work / home.root.name
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(home.root, here, symlinks=True)
        found.append(Company(Home(here), json.loads(first.read_bytes())))
    return found


def rows_of(long: Company, short: Company, repeats: int, tell: Callable[[str], None]) -> Iterator[Row]:
    """Measures one row after the other, the two companies in turns."""
    for name, change, target in (
        ("the night of one changed ad row", change_an_ad_row, 1.3),
        ("the night of one more day of events and a changed ad row", add_a_day, 1.3),
    ):
        seconds: tuple[list[float], list[float]] = ([], [])
        for turn in range(repeats):
            for company, taken in zip((long, short), seconds, strict=True):
                tell(f"{name}, {company.home.root.name}, {turn + 1} of {repeats}")
                on = company.day + dt.timedelta(days=1)
                change(company.home, on)
                taken.append(_of_parts(company.night(on)))
        yield row(f"{name}: freeze, dbt, gate, publish", "the same at 1 month", seconds[0], seconds[1], target)
        if change is change_an_ad_row:
            yield row(f"{name}, at 24 months", "", seconds[0], [], 40)
    seconds = ([], [])
    for _ in range(repeats):
        for company, taken in zip((long, short), seconds, strict=True):
            taken.append(company.night(company.day)["seconds"]["total"])
    yield row("a run with nothing new", "the same at 1 month", seconds[0], seconds[1], 1.2)
    for name, part in (
        ("the first night: publish", lambda told: told["seconds"]["publish"]),
        ("the first night: dbt", lambda told: told["seconds"]["dbt"]),
        ("the first night: fits", lambda told: sum(told["models"][model] for model in _FITS)),
    ):
        yield row(name, "the same at 1 month", [part(long.first)], [part(short.first)], None)


def change_an_ad_row(home: Home, on: dt.date) -> None:
    """The newest of Google's campaign reports again, one cost in it changed."""
    for file in sorted(home.archive.glob("google_ads/*/*/Campaign report 20*.csv"), key=_named, reverse=True):
        lines = file.read_bytes().decode("utf-16", "ignore").split("\n")
        head = next((number for number, line in enumerate(lines) if line.startswith("Day\t")), None)
        if head is not None:
            break
    else:
        raise Differs(f"{home.archive} holds no campaign report")
    cell = lines[head].split("\t").index("Cost")
    cells = lines[head + 1].split("\t")
    cells[cell] = str(int(float(cells[cell])) + 1111)
    lines[head + 1] = "\t".join(cells)
    _put(home, file, file.name, "\n".join(lines).encode("utf-16"), on)


def add_a_day(home: Home, on: dt.date) -> None:
    """The newest day of GA4's events once more, a day later, and a changed ad row."""
    change_an_ad_row(home, on)
    file = max(home.archive.glob("ga4/*/*/events_2???????.jsonl.gz"), key=_named)
    found = re.search(r"\d{8}", file.name)
    assert found is not None
    day = dt.datetime.strptime(found.group(), "%Y%m%d").date() + dt.timedelta(days=1)  # noqa: DTZ007  # a day alone
    lines = []
    for line in gzip.decompress(file.read_bytes()).splitlines():
        event = json.loads(line)
        event["event_date"] = f"{day:%Y%m%d}"
        event["event_timestamp"] = str(int(event["event_timestamp"]) + 86_400_000_000)
        lines.append(json.dumps(event))
    _put(home, file, f"events_{day:%Y%m%d}.jsonl.gz", gzip.compress("\n".join(lines).encode(), 1), on)


def _put(home: Home, like: Path, name: str, content: bytes, on: dt.date) -> None:
    """Puts a file into the inbox of the account that an archived one is of, exported in the morning of a day."""
    account = like.relative_to(home.archive).parts[:2]
    target = home.inbox.joinpath(*account, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    moment = dt.datetime.combine(on, dt.time(1), tzinfo=dt.UTC).timestamp()
    os.utime(target, (moment, moment))


def _named(file: Path) -> str:
    return file.name


def _night(home: Home, on: dt.date) -> dict[str, Any]:
    arguments = [sys.executable, "-m", "bench.performance.one_night", str(home.root), on.isoformat()]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Differs(f"the night of {on} in {home.root}: {done.stderr[-800:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if told["status"] not in ("published", "skipped"):
        raise Differs(f"the night of {on} in {home.root} ended {told['status']}")
    return told


def _of_parts(night: dict[str, Any]) -> float:
    return float(sum(night["seconds"][part] for part in _PARTS))
