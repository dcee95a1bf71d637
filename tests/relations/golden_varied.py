"""The golden week, told as another week: 364 days earlier and ten times as dear, with its rates kept.

Its files are rewritten as text, not by the readers under test: dates in each way that the week's files write them, and
amounts in the columns that this page names.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Final

from raceway.common.home import Home
from raceway.config.init import init_home
from tests.golden.golden_week import FOLDER, lay_out
from tests.relations.homes import File, deliver, inbox_of
from tests.relations.left_out import EXCLUSIONS, with_the_left_out

EARLIER: Final = dt.timedelta(days=364)
"""52 whole weeks: weekdays and ISO weeks stay what they are. Earlier and not later, since no file may be of a time to
come: a week that is right 364 days later is the one that is right as it is."""
TIMES: Final = 10

MONEY: Final = {
    "Purchases conversion value", "Total Revenue",
    "Amount spent (VND)", "Cost", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Lineitem price",
    "Lineitem compare at price", "Lineitem discount", "Refunded Amount", "Outstanding Balance", "Amount", "amount",
    "cost", "target", "budget", "Gross Sales", "Discounts", "Net Sales", "Tax",
}  # fmt: skip
"""Headers of amounts in the golden week's files."""
_WITH_MONEY: Final = (
    "meta_ads", "google_ads", "shopify", "square", "hubspot/vn-crm/hubspot-crm-exports-all-deals",
    "plan/company/budgets", "plan/company/products", "plan/company/targets", "plan/company/market_size",
    "plan/company/initiatives", "plan/company/costs", "plan/company/subscriptions", "mailchimp/vn-list/campaigns",
)  # fmt: skip
_MONTHLY: Final = ("plan/company/targets", "plan/company/market_size")
"""Whose days stand for a month: they go to the same month of the year before."""

_LONG: Final = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip
_SHORT: Final = [name[:3] for name in _LONG]
_NAMES: Final = "|".join([*_LONG, *_SHORT])


def _moved(year: str, month: str, day: str, by: dt.timedelta) -> dt.date:
    number = int(month) if month.isdigit() else _SHORT.index(month[:3]) + 1
    return dt.date(int(year), number, int(day)) - by


def _name(day: dt.date, like: str) -> str:
    return (_SHORT if len(like) == 3 else _LONG)[day.month - 1]


def earlier(text: str, by: dt.timedelta = EARLIER) -> str:
    """A text with each date and moment that it names some days earlier."""

    def month_first(found: re.Match[str]) -> str:
        name, gap, day, end, year = found.groups()
        moved = _moved(year, name, day, by)
        return f"{_name(moved, name)}{gap}{moved.day:0{len(day)}d}{end}{moved.year}"

    def day_first(found: re.Match[str]) -> str:
        day, name, year = found.groups()
        moved = _moved(year, name, day, by)
        return f"{moved.day} {_name(moved, name)} {moved.year}"

    def numeric(found: re.Match[str]) -> str:
        before, year, month, day = found.groups()
        moved = _moved(year, month, day, by)
        return f"{before}{moved:%Y%m%d}" if before else moved.isoformat()

    text = re.sub(rf"\b({_NAMES})([ -])(\d{{1,2}})(, |-)(20\d\d)\b", month_first, text)
    text = re.sub(rf"\b(\d{{1,2}}) ({_NAMES}) (20\d\d)\b", day_first, text)
    text = re.sub(r"()(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)", numeric, text)
    text = re.sub(r'(event_date":"|events_)(20\d\d)(\d\d)(\d\d)', numeric, text)
    return re.sub(r'"(17\d{14})"', lambda found: f'"{int(found[1]) - by // dt.timedelta(microseconds=1)}"', text)


def dearer(text: str) -> str:
    """A table with ten times its amounts."""
    delimiter = "\t" if "\t" in text else ","
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    places: list[int] = []
    for record in records:
        if not places:
            places = [place for place, name in enumerate(record) if name.lstrip("\ufeff") in MONEY]
            continue
        for place in places:
            if place < len(record):
                record[place] = re.sub(r"\d[\d,]*(?:\.\d+)?", _times, record[place])
    assert places, text[:200]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(records)
    return out.getvalue()


def _times(amount: re.Match[str]) -> str:
    return str(Decimal(amount[0].replace(",", "")) * TIMES)


def varied(file: File) -> File:
    """A file of the golden week, ten times as dear and 364 days earlier."""
    text, encoding = _text(file)
    if file.place.startswith(_WITH_MONEY):
        text = dearer(text)
    text = text.replace("2026-", "2025-") if file.place.startswith(_MONTHLY) else earlier(text)
    seconds = file.seconds - int(EARLIER.total_seconds())
    return File(file.source, file.account, earlier(file.path), text.encode(encoding), seconds)


SITE: Final = "golden.example"
SECOND_SITE: Final = "again.example"
"""Two accounts that measure one site would count its sessions twice."""


def again(file: File, by: dt.timedelta) -> File:
    """A file of the golden week some days earlier, as accounts and a site of their own tell it, exported with the week."""
    text, encoding = _text(file)
    path, text = (earlier(said, by).replace(SITE, SECOND_SITE) for said in (file.path, text))
    return File(file.source, f"{file.account}-b", path, text.encode(encoding), file.seconds)


def _text(file: File) -> tuple[str, str]:
    encoding = "utf-16" if file.data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return file.data.decode(encoding), encoding


def lay_out_varied(root: Path, scratch: Path, key: Path) -> Home:
    """A new home with the varied week, and in it a person who is left out; people are hashed under the key of `key`."""
    golden = lay_out(scratch)
    home = empty_home(root, key)
    with home.exclusions.open("a", encoding="utf-8") as file:
        file.write(EXCLUSIONS)
    for source in sorted(path.name for path in golden.inbox.iterdir()):
        deliver(home, [varied(with_the_left_out(file)) for file in inbox_of(golden, source)])
    return home


def empty_home(root: Path, key: Path) -> Home:
    """A home of the varied week's company without files."""
    home = init_home(root)
    for name in ("raceway.toml", "accounts.csv", "exclusions.csv", "holidays.csv"):
        (home.root / name).write_text(earlier((FOLDER / name).read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copyfile(key, home.hash_key)
    return home
