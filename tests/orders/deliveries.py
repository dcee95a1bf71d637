"""What a company's sources export in its nights, and what people decide and set meanwhile, drawn from a seed.

Three sources and the plan's rates: ads in two currencies (scopes are days), a shop's orders (entities), a site's events
with logins that come late (events). Besides what a night brings, some days are restated a week later, some exports come
again unchanged, two are cut off by half, so that the freeze holds them.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from bench.trust import nights
from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.config.settings import Attribution, Customers, Night, Required, Settings
from raceway.sample.traces.google_ads import write_google_ads
from raceway.sample.world.things import AdReport
from tests.relations.homes import File, inbox_of

LAST: Final = dt.date(2026, 6, 30)
AS_OF: Final = LAST + dt.timedelta(days=1)
SOURCES: Final = ("google_ads", "shopify", "ga4")
_RESTATED: Final = 0.15
"""The share of nights in which the days of the week before are told anew."""
_SEEN_AGAIN: Final = 0.05
_LATE: Final = 0.1
"""The share of the logged-in events that reach the company in a later night."""
_RATES_OF: Final = 10
"""Days of one file of rates."""


@dataclass(frozen=True)
class Delivery:
    """One export: what a source gives in one night."""

    night: int
    files: tuple[File, ...]
    is_decided: bool = False
    """Whether a person decides about it: then it is told as it is."""

    @property
    def source(self) -> str:
        return self.files[0].source


@dataclass(frozen=True)
class Decision:
    """What a person says about an export's batches, not before the night in which it comes."""

    night: int
    kind: str
    """accept or reject."""
    delivery: Delivery

    @property
    def path(self) -> str:
        """Of its file, below the account's folder."""
        return self.delivery.files[0].path


@dataclass(frozen=True)
class Change:
    """A file of the home that a person writes anew in some night."""

    night: int
    name: str
    text: str


@dataclass
class Company:
    """Everything that happens; `begin` is its home before the first night."""

    seed: int
    nights: int
    begin: Home
    deliveries: list[Delivery] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def make_company(root: Path, seed: int, number: int, scale: float, sources: tuple[str, ...] = SOURCES) -> Company:
    """Draws the nights of a company and lays out its home below `root`."""
    luck = random.Random(f"company {seed}")
    invented = nights.invent_nights(max(number, 14) + 3, scale, seed, LAST)
    home = init_home(root / "begin", _settings(), _accounts(sources, invented.world.history_start))
    company = Company(seed, number, home)
    for night, day in enumerate(invented.days[-number:]):
        place = Home(root / "drawn" / f"{night:03d}")
        invented.write(day, place.inbox, sources)
        for source in sources:
            if (place.inbox / source).exists():
                company.deliveries += [
                    Delivery(night, (file.within(f"night {night:03d}"),)) for file in inbox_of(place, source)
                ]
    if "google_ads" in sources:
        company.deliveries += _restated(root, invented, number, luck)
        company.deliveries += _rates(invented, number)
    company.deliveries = [late for each in company.deliveries for late in _logins_apart(each, luck, number)]
    company.deliveries += list(_again(company.deliveries, luck, number))
    _decide(company, luck)
    _set(company, luck)
    shutil.rmtree(root / "drawn")
    return company


def _settings() -> Settings:
    required = (Required(source="google_ads", lag_days=2), Required(source="shopify"))
    return nights.settings().model_copy(update={"night": Night(required=required)})


def _accounts(sources: tuple[str, ...], history_start: dt.date) -> list[Account]:
    known = [a for a in nights.accounts(history_start) if a.source in sources]
    vn = next(a for a in known if a.market == "VN")
    return [*known, Account(source="plan", account="company", name="Plan", market="VN", time_zone=vn.time_zone,
                            currency="VND")]  # fmt: skip


def _restated(root: Path, invented: nights.Nights, number: int, luck: random.Random) -> Iterator[Delivery]:
    """Reports of seven days, of which the platform has found more conversions and taken back clicks."""
    days = invented.days[-number:]
    for night, day in enumerate(days):
        if night < 8 or luck.random() >= _RESTATED:
            continue
        account = luck.choice(["vn-main", "us-store"])
        last = day - dt.timedelta(days=1)
        first = last - dt.timedelta(days=6)
        rows = [
            replace(row, clicks=max(0, row.clicks - luck.randrange(3)))
            for back in range(7)
            for row in invented.rows.get(("google_ads", account, first + dt.timedelta(days=back)), [])
        ]
        at = invented.world.night - (days[-1] - day) + dt.timedelta(hours=2)
        flavour = "excel" if account == "vn-main" else "csv"
        report = AdReport("google_ads", account, at, first, last, tuple(rows), flavour)
        place = Home(root / "drawn" / f"restated {night}")
        write_google_ads(replace(invented.world, ad_reports=[report], keywords=[]), place.inbox)
        for file in inbox_of(place, "google_ads"):
            if "Search keyword" not in file.path:
                yield Delivery(night, (file.within(f"restated {night:03d}"),))


def _rates(invented: nights.Nights, number: int) -> Iterator[Delivery]:
    """A file of rates every ten days, each of the days before it."""
    days = invented.days[-number:]
    luck = random.Random(f"rates {invented.world.seed}")
    for start in range(-_RATES_OF, number, _RATES_OF):
        out = io.StringIO()
        write = csv.writer(out, lineterminator="\n")
        write.writerow(["rate_date", "currency", "to_currency", "rate"])
        night = max(0, min(start + _RATES_OF - 1, number - 1))
        for back in range(min(_RATES_OF, number - start)):
            write.writerow([days[0] + dt.timedelta(days=start + back), "USD", "VND", 25_000 + luck.randrange(900)])
        at = dt.datetime.combine(days[night], dt.time(15), dt.UTC)
        yield Delivery(night, (File("plan", "company", f"rates {start}/fx_rates.csv", out.getvalue().encode(),
                                    int(at.timestamp())),))  # fmt: skip


def _logins_apart(delivery: Delivery, luck: random.Random, number: int) -> Iterator[Delivery]:
    """Events that name a login may reach the company some nights later than those of the same day that do not."""
    [file] = delivery.files
    if delivery.source != "ga4":
        yield delivery
        return
    lines = gzip.decompress(file.data).decode().splitlines()
    late = {n for n, line in enumerate(lines) if json.loads(line).get("user_id") and luck.random() < _LATE}
    if not late or len(late) == len(lines):
        yield delivery
        return
    for chosen, nights_later, folder in (
        (set(range(len(lines))) - late, 0, "at once"),
        (late, luck.randrange(2, 9), "late"),
    ):
        data = gzip.compress("".join(f"{lines[n]}\n" for n in sorted(chosen)).encode(), mtime=0)
        part = replace(file.within(folder), data=data, seconds=file.seconds + nights_later * 60)
        yield Delivery(min(delivery.night + nights_later, number - 1), (part,))


def _again(deliveries: list[Delivery], luck: random.Random, number: int) -> Iterator[Delivery]:
    """The same bytes, exported once more in a later night."""
    for delivery in deliveries:
        if delivery.night < number - 3 and luck.random() < _SEEN_AGAIN:
            later = luck.randrange(1, 3)
            yield Delivery(
                delivery.night + later,
                tuple(replace(f.within("once more"), seconds=f.seconds + later * 86_400) for f in delivery.files),
            )


def _decide(company: Company, luck: random.Random) -> None:
    """Two exports are rejected; of two that are cut off by half one is put into effect, the other left waiting."""
    mine = company.deliveries
    twice = {one.files[0].path.removeprefix("once more/") for one in mine if "once more" in one.files[0].path}
    plain = [n for n, one in enumerate(mine) if one.night > 2 and one.source in ("google_ads", "shopify")
             and "Search keyword" not in one.files[0].path and one.files[0].path.removeprefix("once more/") not in twice]  # fmt: skip
    for number in luck.sample(plain, min(2, len(plain))):
        mine[number] = replace(mine[number], is_decided=True)
        at = min(mine[number].night + luck.randrange(3), company.nights - 1)
        company.decisions.append(Decision(at, "reject", mine[number]))
    whole = [one for one in mine if "restated" in one.files[0].path and not one.is_decided and one.night > 20]
    for place, one in enumerate(luck.sample(whole, min(2, len(whole)))):
        [file] = one.files
        encoding = "utf-16" if file.data[:2] == b"\xff\xfe" else "utf-8"
        lines = file.data.decode(encoding).splitlines(keepends=True)
        rows = [n for n, line in enumerate(lines) if n > 2 and not line.startswith("Total")]
        left = lines[:3] + [lines[n] for n in rows[: len(rows) // 2]]
        cut = Delivery(one.night, (replace(file.within("cut"), data="".join(left).encode(encoding),
                                           seconds=file.seconds + 3_600),), is_decided=True)  # fmt: skip
        mine.append(cut)
        if place == 0:
            company.decisions.append(Decision(min(cut.night + luck.randrange(2), company.nights - 1), "accept", cut))


def _set(company: Company, luck: random.Random) -> None:
    """What is set otherwise after some nights."""
    aside = company.begin.root.parent / "set"
    later = _settings().model_copy(
        update={"attribution": Attribution(lookback_days=14), "customers": Customers(churn_window_days=45)}
    )
    changed = init_home(aside, later)
    said = {"raceway.toml": (changed.root / "raceway.toml").read_text(encoding="utf-8")}
    orders = [file for one in company.deliveries for file in one.files if file.source == "shopify"]
    if orders:
        rows = list(csv.DictReader(io.StringIO(luck.choice(orders).data.decode("utf-8-sig"))))
        email = next((row["Email"] for row in rows if row["Email"]), "nobody@example.com")
        said["exclusions.csv"] = f"kind,value,reason\nemail,{email},a tester\n"
    accounts = (company.begin.root / "accounts.csv").read_text(encoding="utf-8")
    said["accounts.csv"] = accounts.replace(",Sông Hồng,", ",Sông Đà,")
    company.changes += [Change(luck.randrange(1, company.nights), name, text) for name, text in said.items()]
    shutil.rmtree(aside)


def by_night(company: Company) -> dict[int, list[Delivery]]:
    """The deliveries of each night."""
    found: dict[int, list[Delivery]] = defaultdict(list)
    for one in company.deliveries:
        found[one.night].append(one)
    return found


def named(path: str) -> str:
    """The last part of a path."""
    return PurePosixPath(path).name


Json = dict[str, Any]
