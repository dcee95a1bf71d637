"""What goes wrong in a source's file: each function spoils the raw files of one night in an inbox."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bench.trust.forms import Sheet, keeping_time
from bench.trust.night import Night
from bench.trust.nights import SECOND_SHOP

SHOPS: Final = ("vn-shop", SECOND_SHOP)


Spoil = Callable[[Night], None]


# what is missing


def half_a_day(night: Night) -> None:
    """The export was taken at noon: what happened later is not in it, and a day's sums are about half of it."""
    if night.is_events:
        _keep_hours(night, lambda hour: hour < 12)
        return
    sheet = night.sheet()
    if "time" in sheet.form.columns or sheet.has("clock"):
        noon = 14 if night.source == "square" else 12  # the store opens at nine
        sheet.keep(lambda row: _is_old(sheet, row, night) or sheet.moment(row).hour < noon)
    else:
        share = Decimal(str(round(night.chance.uniform(0.35, 0.6), 2)))
        night.said = f"{share} of the day"
        for role in (*sheet.form.money, *sheet.form.counts):
            if sheet.has(role):
                sheet.change(role, lambda number: number * share)
    sheet.save()


def hours(night: Night) -> None:
    """Four hours of the day are missing; of a till, which sells less in an hour, six."""
    first, many = night.chance.randrange(10, 15), 6 if night.source == "square" else 4
    night.said = f"{first} to {first + many} o'clock"
    if night.is_events:
        _keep_hours(night, lambda hour: not first <= hour < first + many)
        return
    sheet = night.sheet()
    sheet.keep(lambda row: _is_old(sheet, row, night) or not first <= sheet.moment(row).hour < first + many)
    sheet.save()


def _is_old(sheet: Sheet, row: list[str], night: Night) -> bool:
    """Whether a row is an order of an earlier day, which comes again since it has changed."""
    return "time" in sheet.form.columns and sheet.moment(row).date() < night.day


def _keep_hours(night: Night, which: Callable[[int], bool]) -> None:
    events = night.events()
    zone = night.base_zone()
    events.rows = [row for row in events.rows if which(_moment(row).astimezone(zone).hour)]
    events.save()


def _moment(row: dict[str, Any]) -> dt.datetime:
    if "event_timestamp" in row:
        return dt.datetime.fromtimestamp(int(row["event_timestamp"]) / 1e6, dt.UTC)
    return dt.datetime.fromisoformat(row["timestamp"])


def whole_account(night: Night) -> None:
    """No file of this account came."""
    shutil.rmtree(night.folder)


def one_campaign(night: Night) -> None:
    """One campaign of at least 5 % of the cost is not in the report."""
    sheet = night.sheet()
    campaign = _campaign(night, sheet, 0.05)
    sheet.keep(lambda row: row[sheet.at("campaign")] != campaign)
    sheet.save()


def _campaign(night: Night, sheet: Sheet, share: float) -> str:
    costs: dict[str, Decimal] = defaultdict(Decimal)
    for row in sheet.data:
        costs[row[sheet.at("campaign")]] += sheet.number(row, "cost") or 0
    whole = sum(costs.values())
    campaign = night.chance.choice(sorted(name for name, cost in costs.items() if cost >= whole * Decimal(str(share))))
    night.said = f"{campaign}: {costs[campaign] / whole:.0%} of the cost"
    return campaign


def tag_gone(night: Night) -> None:
    """A tracking tag was lost with a change of the site: one kind of event comes no more."""
    events = night.events()
    name = night.chance.choice(("purchase", "add_to_cart", "view_item", "session_start", "scroll", "begin_checkout"))
    night.said = name
    events.rows = [row for row in events.rows if row["event_name"] != name]
    events.save()


# what is in another unit


def times(role_of: str, factor: str) -> Spoil:
    """Money in another unit: thousands, micros, cents."""

    def spoil(night: Night) -> None:
        sheet = night.sheet()
        for role in sheet.form.money if role_of == "money" else (role_of,):
            if sheet.has(role):
                sheet.change(role, lambda number: number * Decimal(factor))
        sheet.save()

    return spoil


def currency(night: Night) -> None:
    """The report is in another currency than the account: its code says so, its amounts stay."""
    sheet = night.sheet()
    if sheet.has("currency"):
        place = sheet.at("currency")
        for row in sheet.rows:
            if len(row) > place and row[place] in ("VND", "USD"):
                row[place] = "USD" if row[place] == "VND" else "VND"
    else:  # it stands in the header
        sheet.rows[sheet.header_at] = [cell.replace("(VND)", "(USD)") for cell in sheet.header]
        sheet.save_raw()
        return
    sheet.save()


def currency_unsaid(night: Night) -> None:
    """The amounts were converted to another currency, the code stayed."""
    sheet = night.sheet()
    factor = Decimal("0.00004") if _is_dong(sheet) else Decimal(25_000)
    for role in sheet.form.money:
        if sheet.has(role):
            sheet.change(role, lambda number: number * factor)
    sheet.save()


def _is_dong(sheet: Sheet) -> bool:
    return not sheet.has("currency") or sheet.data[0][sheet.at("currency")] == "VND"


def cost_zeroed(night: Night) -> None:
    """The report has clicks and no cost."""
    sheet = night.sheet()
    sheet.change("cost", lambda _: Decimal(0))
    sheet.save()


def vat(night: Night) -> None:
    """A tax of 10 % stands where 8 % are due; the till's sales hold their tax."""
    sheet = night.sheet()
    if night.source == "square":
        for role in ("gross", "net"):
            sheet.change(role, lambda number: number * Decimal("1.08875"))
    else:
        factor = (Decimal(10) / 110) / (Decimal(8) / 108)
        for role in ("tax", "tax line"):
            sheet.change(role, lambda number: number * factor)
    sheet.save()


# what happened at another time


def seven_hours(night: Night) -> None:
    """Times were shifted by the zone once more."""
    shift = dt.timedelta(hours=7)
    if night.is_events:
        events = night.events()
        for row in events.rows:
            if "event_timestamp" in row:
                row["event_timestamp"] = str(int(row["event_timestamp"]) + 7 * 3_600_000_000)
                row["event_date"] = f"{(_moment(row).astimezone(night.base_zone())):%Y%m%d}"
            else:
                for key in ("timestamp", "originalTimestamp", "sentAt", "receivedAt"):
                    moved = dt.datetime.fromisoformat(row[key]) + shift
                    row[key] = f"{moved:%Y-%m-%dT%H:%M:%S}.{moved.microsecond // 1000:03d}Z"
        events.save()
        return
    _move(night, lambda moment: moment + shift)


def wrong_month(night: Night) -> None:
    """The days stand in the month before."""
    _move(night, lambda moment: (moment.replace(day=1) - dt.timedelta(days=1)).replace(day=min(moment.day, 28)))


def day_for_month(night: Night) -> None:
    """Day and month have changed places."""

    def swapped(moment: dt.datetime) -> dt.datetime:
        return moment.replace(month=moment.day, day=moment.month) if moment.day <= 12 else moment

    _move(night, swapped)


def _move(night: Night, how: Callable[[dt.datetime], dt.datetime]) -> None:
    sheet = night.sheet()
    for row in sheet.data:
        moment = sheet.moment(row)
        moved = how(moment)
        sheet.move(row, moved.replace(tzinfo=moment.tzinfo))
    sheet.save()


# what stands where it does not belong


def clicks_for_impressions(night: Night) -> None:
    """The two columns have changed places."""
    sheet = night.sheet()
    one, other = sheet.at("clicks"), sheet.at("impressions")
    for row in sheet.rows:
        if row is not sheet.header and len(row) > max(one, other):
            row[one], row[other] = row[other], row[one]
    sheet.save_raw()


def total_as_data(night: Night) -> None:
    """The report's total bears a day and a name like a campaign's."""
    sheet = night.sheet()
    row = list(sheet.data[0])
    row[sheet.at("campaign")] = night.said = night.chance.choice(("Tất cả chiến dịch", "All campaigns", "Account"))
    for role in (*sheet.form.money, *sheet.form.counts):
        if sheet.has(role) and any(sheet.number(each, role) is not None for each in sheet.data):
            sheet.put(row, role, sum((sheet.number(each, role) or Decimal(0) for each in sheet.data), Decimal(0)))
    sheet.add(row)
    sheet.save()


def campaign_twice(night: Night) -> None:
    """A campaign was renamed, and both names stand in the report with the same numbers."""
    sheet = night.sheet()
    campaign = _campaign(night, sheet, 0.05)
    for row in [row for row in sheet.data if row[sheet.at("campaign")] == campaign]:
        twin = list(row)
        twin[sheet.at("campaign")] = f"{campaign} – mới"
        sheet.add(twin)
    sheet.save()


def ids_rounded(night: Night) -> None:
    """A spreadsheet has kept the first digits of long numbers."""
    if night.is_events:
        events = night.events()
        for row in events.rows:
            whole, _, part = row["user_pseudo_id"].partition(".")
            row["user_pseudo_id"] = f"{float(f'{whole}.{part}'):.10g}"
        events.save()
        return
    sheet = night.sheet()
    place = sheet.at("id")
    for row in sheet.data:
        digits = row[place].strip()
        if digits:
            row[place] = f"{int(digits):.4E}" if len(digits) < 16 or night.day.toordinal() % 2 else digits[:-1] + "0"
            row[place] += "\t" if row is not sheet.header and night.source == "tiktok_shop" else ""
    sheet.save()


def other_shop(night: Night) -> None:
    """The file of one shop lies in the folder of another one of the same system."""
    theirs = next(account for account in SHOPS if account != night.account)
    shutil.rmtree(night.folder)
    _lay(night, night.base.files(night.day, night.source, theirs), theirs)


def _lay(night: Night, files: list[Path], account: str, day: dt.date | None = None) -> None:
    """Puts files of the base into the night's folder."""
    root = night.base.folder / "raw" / (day or night.day).isoformat() / night.source / account
    for file in files:
        target = night.folder / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


# what comes twice, or not for real


def under_another_name(night: Night) -> None:
    """The same file once more under another name, a minute later."""
    for file in night.files:
        apart = (
            night.is_events or night.source == "search_console"
        )  # a shard's name tells its part, a folder its download
        twin = _twin(night, file) if apart else file.with_name(f"{file.stem} (2){file.suffix}")
        twin.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, twin)
        stat = file.stat()
        os.utime(twin, ns=(stat.st_atime_ns + 60 * 10**9, stat.st_mtime_ns + 60 * 10**9))


def _twin(night: Night, file: Path) -> Path:
    first, *rest = file.relative_to(night.folder).parts
    return night.folder.joinpath(f"{first} (1)", *rest) if rest else night.folder / "again" / first


def stale_copy(night: Night) -> None:
    """The export brought the file of the night before once more: its content, under tonight's name and time."""
    today = night.files
    old = night.base.files(night.before(), night.source, night.account)
    for file, before in zip(today, old, strict=False):
        keeping_time(file, before.read_bytes())


def stale_numbers(night: Night) -> None:
    """The numbers of the day before stand under the new day."""
    stale_copy(night)
    _move(night, lambda moment: moment + dt.timedelta(days=1))


def test_orders(night: Night) -> None:
    """Someone tries the checkout with a script: dozens of orders of one article within the hour."""
    sheet = night.sheet()
    many = night.chance.randrange(30, 70)
    night.said = f"{many} orders"
    model = next(row for row in sheet.data if row[sheet.at("total")])
    newest = max(int(row[sheet.at("id")]) for row in sheet.data if row[sheet.at("id")])
    number = max(int(row[sheet.at("name")].lstrip("#")) for row in sheet.data)
    at = dt.datetime.combine(night.day, dt.time(15), tzinfo=sheet.moment(model).tzinfo)
    for count in range(many):
        row = list(model)
        row[sheet.at("name")], row[sheet.at("id")] = f"#{number + 1_000 + count}", str(newest + 20_000 + 37 * count)
        row[sheet.at("email")] = f"test{count}@example.com"
        sheet.move(row, at + dt.timedelta(seconds=50 * count))
        sheet.add(row)
    sheet.save()


def bots(night: Night) -> None:
    """A crawler that looks like a browser: single page views by visitors that are all new."""
    events = night.events()
    views = [row for row in events.rows if row["event_name"] == "page_view"]
    many = int(len(events.rows) * night.chance.uniform(1.0, 3.0))
    night.said = f"{many} views beside {len(events.rows)} events"
    for count in range(many):
        row = dict(night.chance.choice(views))
        row["user_pseudo_id"] = f"{400_000_000 + count}.{int(_moment(row).timestamp())}"
        row["device"] = {**row["device"], "category": "desktop"}
        row["geo"] = {**row["geo"], "country": "United States"}
        row["user_first_touch_timestamp"] = row["event_timestamp"]
        row.pop("user_id", None)
        events.rows.append(row)
    events.save()


def consent(night: Night) -> None:
    """A new banner: most visitors do not agree any more."""
    events = night.events()
    refusing = {row["user_pseudo_id"] for row in events.rows}
    refusing = {client for client in sorted(refusing) if night.chance.random() < 0.85}
    for row in events.rows:
        if row["user_pseudo_id"] in refusing:
            row["privacy_info"] = {"analytics_storage": "No", "ads_storage": "No"}
    events.save()
