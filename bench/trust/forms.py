"""How the sources' files are written, so that a fault can be put into one: tables of text, and lines of JSON.

A file is read as its cells stand; only what a fault changes is written anew. Rows that are no data (above the
header, totals, a second header) stay where they were; a total is added up again, as the source itself would.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True)
class Form:
    """How one source writes its report: which file, when a row happened, and its columns by their role."""

    files: str
    """Pattern of the report's file name."""
    columns: Mapping[str, str]
    """Header by role: day or time, campaign, cost, clicks, impressions, currency, id, price …"""
    when: str = "%Y-%m-%d"
    """How the day, or the time, is written."""
    money: tuple[str, ...] = ("cost", "value")
    """Roles that hold money."""
    counts: tuple[str, ...] = ("clicks", "impressions", "reach", "results", "conversions")
    """Roles that add up over rows, beside money."""
    dots: bool = False
    """Whether a point groups thousands."""


_ADS: Final = {"day": "Day", "campaign": "Campaign", "cost": "Cost", "clicks": "Clicks", "impressions": "Impr.",
               "currency": "Currency code", "conversions": "Conversions"}  # fmt: skip
FORMS: Final[dict[str, Form]] = {
    "google_ads": Form(r"^Campaign report", _ADS),
    "meta_ads": Form(r"^Untitled-report", {
        "day": "Day", "campaign": "Campaign name", "cost": "Amount spent (VND)", "clicks": "Link clicks",
        "impressions": "Impressions", "reach": "Reach", "results": "Results", "conversions": "Purchases"}),
    "tiktok_ads": Form(r"^Untitled report", {
        "day": "By Day", "campaign": "Campaign name", "cost": "Cost", "clicks": "Clicks (destination)",
        "impressions": "Impressions", "currency": "Currency", "conversions": "Complete payment",
        "value": "Total complete payment value"}),
    "microsoft_ads": Form(r"^Campaign performance", {
        "day": "Gregorian date", "campaign": "Campaign name", "cost": "Spend", "clicks": "Clicks",
        "impressions": "Impressions", "currency": "Currency code", "conversions": "Conversions",
        "value": "Revenue"}, when="%m/%d/%Y"),
    "linkedin_ads": Form(r"^account_", {
        "day": "Start Date (in UTC)", "campaign": "Campaign Name", "cost": "Total Spent",
        "clicks": "Clicks to Landing Page", "impressions": "Impressions", "currency": "Currency",
        "conversions": "Conversions", "results": "Clicks"}, when="%m/%d/%Y"),
    "zalo_ads": Form(r"^bao_cao", {
        "day": "Ngày", "campaign": "Chiến dịch", "cost": "Chi phí", "clicks": "Lượt nhấp",
        "impressions": "Lượt hiển thị", "currency": "Tiền tệ",
        "conversions": "Đơn hàng", "value": "Giá trị đơn hàng"}, when="%d/%m/%Y", dots=True),
    "ads_file": Form(r"^coccoc", {
        "day": "day", "campaign": "campaign", "cost": "spend", "clicks": "clicks", "impressions": "impressions",
        "currency": "currency", "conversions": "purchases", "value": "purchase value"}),
    "search_console": Form(r"^Chart", {"day": "Date", "clicks": "Clicks", "impressions": "Impressions"}, money=()),
    "shopify": Form(r"^orders_export", {
        "time": "Created at", "id": "Id", "name": "Name", "currency": "Currency", "subtotal": "Subtotal",
        "shipping": "Shipping", "tax": "Taxes", "tax line": "Tax 1 Value", "total": "Total",
        "discount": "Discount Amount", "price": "Lineitem price", "refunded": "Refunded Amount",
        "email": "Email", "sku": "Lineitem sku", "item": "Lineitem name", "quantity": "Lineitem quantity"},
        when="%Y-%m-%d %H:%M:%S %z", money=("subtotal", "shipping", "tax", "tax line", "total", "discount", "price",
                                            "refunded"), counts=()),
    "square": Form(r"^items-", {
        "day": "Date", "clock": "Time", "gross": "Gross Sales", "discount": "Discounts", "net": "Net Sales",
        "tax": "Tax", "id": "Transaction ID"}, money=("gross", "discount", "net", "tax"), counts=()),
    "tiktok_shop": Form(r"^All order", {
        "time": "Created Time", "id": "Order ID", "price": "SKU Unit Original Price",
        "seller discount": "SKU Seller Discount", "discount": "Order Discount", "total": "Order Amount",
        "refunded": "Order Refund Amount"}, when="%d/%m/%Y %H:%M:%S\t",
        money=("price", "seller discount", "discount", "total", "refunded"), counts=()),
}  # fmt: skip
_TOTALS: Final = re.compile(r"^(Total|Tổng)", re.IGNORECASE)


@dataclass
class Sheet:
    """A table of text: all its rows in order, and which of them are data."""

    form: Form
    path: Path
    encoding: str
    delimiter: str
    rows: list[list[str]]
    header_at: int
    data: list[list[str]] = field(default_factory=list)
    """The rows that hold data; the same lists as in `rows`."""

    @property
    def header(self) -> list[str]:
        return self.rows[self.header_at]

    def at(self, role: str) -> int:
        """The place of a role's column."""
        return self.header.index(self.form.columns[role])

    def has(self, role: str) -> bool:
        """Whether the file has a column of this role."""
        return self.form.columns.get(role) in self.header

    def moment(self, row: list[str]) -> dt.datetime:
        """When a row happened, as its file writes it."""
        if "time" in self.form.columns:
            return dt.datetime.strptime(row[self.at("time")], self.form.when)  # noqa: DTZ007 - as the file writes it
        moment = dt.datetime.strptime(row[self.at("day")], self.form.when)  # noqa: DTZ007 - as the file writes it
        if self.has("clock"):
            clock = dt.time.fromisoformat(row[self.at("clock")])
            moment = dt.datetime.combine(moment.date(), clock)
        return moment

    def move(self, row: list[str], to: dt.datetime) -> None:
        """Writes another moment into a row."""
        if "time" in self.form.columns:
            row[self.at("time")] = to.strftime(self.form.when)
            return
        row[self.at("day")] = _plain(to.strftime(self.form.when), row[self.at("day")])
        if self.has("clock"):
            row[self.at("clock")] = to.strftime("%H:%M:%S")

    def number(self, row: list[str], role: str) -> Decimal | None:
        """A cell as a number; None where it holds none."""
        text = row[self.at(role)]
        if self.form.dots:
            text = text.replace(".", "")
        found = re.fullmatch(r"\(?-?\$?([\d,]*\.?\d+)\)?", text.strip())
        if found is None:
            return None
        number = Decimal(found.group(1).replace(",", ""))
        return -number if text.strip().startswith(("(", "-")) else number

    def put(self, row: list[str], role: str, number: Decimal) -> None:
        """Writes a number into a cell, with as many decimals and the sign of money that stood there."""
        place = self.at(role)
        before = row[place]
        digits = 0 if self.form.dots or "." not in before else len(before.rstrip(")").rpartition(".")[2])
        text = str(abs(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
        if "$" in before:
            row[place] = f"(${text})" if number < 0 else f"${text}"
        else:
            row[place] = f"-{text}" if number < 0 else text

    def change(self, role: str, how: Callable[[Decimal], Decimal]) -> None:
        """Changes every number of a role."""
        for row in self.data:
            if (number := self.number(row, role)) is not None:
                self.put(row, role, how(number))

    def keep(self, which: Callable[[list[str]], bool]) -> None:
        """Leaves out the data rows that are not to be kept."""
        gone = {id(row) for row in self.data if not which(row)}
        self.rows = [row for row in self.rows if id(row) not in gone]
        self.data = [row for row in self.data if id(row) not in gone]

    def add(self, row: list[str]) -> None:
        """Puts one more data row below the last."""
        at = max(number for number, known in enumerate(self.rows) if known is (self.data or [self.header])[-1])
        self.rows.insert(at + 1, row)
        self.data.append(row)

    def save(self) -> None:
        """Writes the file, its totals added up again; its own time stays."""
        for row in self.rows:
            if row and row is not self.header and not any(row is known for known in self.data):
                self._add_up(row)
        self.save_raw()

    def save_raw(self) -> None:
        """Writes the file as its cells stand; its own time stays."""
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(self.rows)
        keeping_time(self.path, out.getvalue().encode(self.encoding))

    def _add_up(self, row: list[str]) -> None:
        if row[0].startswith("Rows: "):
            row[0] = f"Rows: {len(self.data)}"
        if not _TOTALS.match(row[0]) or len(row) != len(self.header):
            return
        for role in (*self.form.money, *self.form.counts):
            if self.has(role) and re.search(r"\d", row[self.at(role)]):
                self.put(row, role, sum((self.number(each, role) or Decimal(0) for each in self.data), Decimal(0)))


def _plain(text: str, like: str) -> str:
    """A date without the leading zeros that its file does not write: 6/1/2026."""
    return re.sub(r"(^|/)0", r"\1", text) if re.search(r"(^|/)[1-9]/", like) and "/" in like else text


def keeping_time(path: Path, content: bytes) -> None:
    """Writes a file anew with the time that it had."""
    stat = path.stat()
    path.unlink()  # it may be a link to the base's file
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def open_sheet(source: str, path: Path) -> Sheet:
    """Reads a source's report."""
    form = FORMS[source]
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] == b"\xff\xfe" else "utf-8-sig" if raw[:3] == b"\xef\xbb\xbf" else "utf-8"
    text = raw.decode(encoding)
    first = form.columns.get("day") or form.columns["time"]
    delimiter = "\t" if any("\t" in line and first in line.split("\t") for line in text.splitlines()) else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header_at = next(number for number, row in enumerate(rows) if first in row)
    sheet = Sheet(form, path, encoding, delimiter, rows, header_at)
    sheet.data = [row for row in rows[header_at + 1 :] if _is_data(sheet, row)]
    return sheet


def _is_data(sheet: Sheet, row: list[str]) -> bool:
    try:
        sheet.moment(row)
    except (ValueError, IndexError):
        return False
    return True


@dataclass
class Events:
    """Lines of JSON, as GA4 and Segment write them."""

    path: Path
    rows: list[dict[str, Any]]

    def save(self) -> None:
        """Writes the file; its own time stays."""
        text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in self.rows)
        keeping_time(self.path, gzip.compress(text.encode(), compresslevel=1, mtime=0))


def open_events(path: Path) -> Events:
    """Reads a file of events."""
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return Events(path, [json.loads(line) for line in lines if line])
