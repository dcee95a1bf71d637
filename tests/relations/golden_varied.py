"""The golden week, told as another week: earlier, dearer, and in a company that has one more market.

Its files are rewritten as text, not by the readers under test: dates in each way that the week's files write them, and
amounts in the columns that this page names.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

from raceway.common.home import Home
from raceway.config.init import init_home
from tests.golden.golden_week import FOLDER, lay_out
from tests.relations.homes import File, deliver, inbox_of

DAYS: Final = 364
"""52 whole weeks: weekdays and ISO weeks stay what they are, and no day of a change to summer time is crossed."""
EARLIER: Final = dt.timedelta(days=DAYS)
TIMES: Final = 10

MONEY: Final = {
    "Amount spent (VND)", "Cost", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Lineitem price",
    "Lineitem compare at price", "Lineitem discount", "Refunded Amount", "Outstanding Balance", "Amount", "amount",
    "cost", "target", "budget", "Gross Sales", "Discounts", "Net Sales", "Tax",
}  # fmt: skip
"""Headers of amounts in the golden week's files."""
_WITH_MONEY: Final = {
    "meta_ads", "google_ads", "shopify", "square", "hubspot/vn-crm/hubspot-crm-exports-all-deals",
    "plan/company/budgets", "plan/company/products", "plan/company/targets", "plan/company/market_size",
    "plan/company/initiatives", "plan/company/costs",
}  # fmt: skip
_MONTHLY: Final = ("plan/company/targets", "plan/company/market_size")
"""Whose days stand for a month: they go to the same month of the year before."""

_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_LONG: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_NAMES: Final = "|".join([*_LONG, *_MONTHS])


def _shift(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, day) - EARLIER


def _number(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _name(day: dt.date, like: str) -> str:
    return (_MONTHS if like in _MONTHS and like != "May" else _LONG)[day.month - 1]


def _month_first(found: re.Match[str]) -> str:
    name, gap, day, end, year = found.groups()
    moved = _shift(int(year), _number(name), int(day))
    return f"{_name(moved, name)}{gap}{moved.day:0{len(day)}d}{end}{moved.year}"


def _day_first(found: re.Match[str]) -> str:
    day, name, year = found.groups()
    moved = _shift(int(year), _number(name), int(day))
    return f"{moved.day} {_name(moved, name)} {moved.year}"


def earlier(text: str) -> str:
    """A text with each date and moment that it names 364 days earlier."""
    text = re.sub(rf"\b({_NAMES})([ -])(\d{{1,2}})(, |-)(20\d\d)\b", _month_first, text)
    text = re.sub(rf"\b(\d{{1,2}}) ({_NAMES}) (20\d\d)\b", _day_first, text)
    text = re.sub(
        r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)", lambda found: _shift(*map(int, found.groups())).isoformat(), text
    )
    text = re.sub(
        r'(event_date":"|events_)(20\d\d)(\d\d)(\d\d)',
        lambda found: f"{found[1]}{_shift(*map(int, found.groups()[1:])):%Y%m%d}",
        text,
    )
    return re.sub(r'"(17\d{14})"', lambda found: f'"{int(found[1]) - DAYS * 86_400 * 1_000_000}"', text)


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
                record[place] = re.sub(
                    r"\d[\d,]*(?:\.\d+)?", lambda found: str(Decimal(found[0].replace(",", "")) * TIMES), record[place]
                )
    assert places, text[:200]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(records)
    return out.getvalue()


def _text(data: bytes) -> tuple[str, str]:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return data.decode(encoding), encoding


def varied(file: File) -> File:
    """A file of the golden week, ten times as dear and 364 days earlier."""
    text, encoding = _text(file.data)
    if file.place.startswith(tuple(_WITH_MONEY)):
        text = dearer(text)
    text = text.replace("2026-", "2025-") if file.place.startswith(_MONTHLY) else earlier(text)
    return File(file.source, file.account, earlier(file.path), text.encode(encoding), file.seconds - DAYS * 86_400)


def lay_out_varied(root: Path, scratch: Path, key: Path, more: Callable[[Home], None] | None = None) -> Home:
    """A new home with the varied week; people are hashed under the same key. `more` adds to it."""
    golden = lay_out(scratch)
    home = init_home(root)
    for name in ("raceway.toml", "accounts.csv", "exclusions.csv", "holidays.csv"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        (home.root / name).write_text(earlier(text), encoding="utf-8")
    shutil.copyfile(key, home.hash_key)
    for source in sorted(path.name for path in golden.inbox.iterdir()):
        deliver(home, [varied(file) for file in inbox_of(golden, source)])
    if more:
        more(home)
    return home
