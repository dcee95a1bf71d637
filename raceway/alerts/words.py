"""The message's own words in English and Vietnamese, and how it writes amounts, days and counts.

What the program says of a file or a check (a point's sentence) is the program's, in English everywhere: the runbook
is searched for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_VIETNAMESE: Final = {
    "published": "đã xuất bản",
    "nothing new": "không có gì mới",
    "passed, and publishing is held": "đạt, tạm dừng xuất bản",
    "refused by the gate": "bị cổng kiểm tra từ chối",
    "could not run": "không chạy được",
    "no mart by the deadline": "quá hạn chưa có dữ liệu",
    "trial message": "tin thử",
    "all is well": "mọi thứ đều ổn",
    "{count} to look at": "{count} việc cần xem",
    "{count} recovered": "{count} việc đã xong",
    "{count} as before": "{count} việc như trước",
    "Open as before, and not told again: {count}.": "Còn như trước, không nhắc lại: {count}.",
    "As of": "Tính đến",
    "Readers see version": "Người đọc thấy phiên bản",
    "Nothing is published yet.": "Chưa có gì được xuất bản.",
    "Landed since the version before: {batches} batches, {rows} rows; refused: {refused}.":
        "Đã nạp từ phiên bản trước: {batches} lô, {rows} dòng; bị từ chối: {refused}.",
    "first time": "lần đầu",
    "still, since {day}": "vẫn còn, từ {day}",
    "Recovered": "Đã xong",
    "since {day}": "từ {day}",
    "To mend it": "Cách xử lý",
    "At stake": "Bị ảnh hưởng",
    "sales of {amount} a day": "doanh thu {amount} mỗi ngày",
    "advertising cost of {amount} a day": "chi phí quảng cáo {amount} mỗi ngày",
    "all KPIs stay as of {day}": "mọi KPI dừng ở ngày {day}",
    "all KPIs: nothing is published yet": "mọi KPI: chưa có gì được xuất bản",
    "KPIs: {names}": "KPI: {names}",
    "{names} and {count} more": "{names} và {count} KPI khác",
    "and {count} more": "và {count} việc khác",
    "{count} alike": "{count} trường hợp như nhau",
    "Report": "Báo cáo",
    "Run": "Lần chạy",
    "No mart was published by the deadline": "Quá hạn mà chưa xuất bản dữ liệu",
    "Publishing is held": "Tạm dừng xuất bản",
    "The night broke off": "Đêm chạy bị gián đoạn",
    "The gate refused the mart": "Cổng kiểm tra từ chối dữ liệu",
    "Late sources": "Nguồn trễ",
    "Refused files": "Tệp bị từ chối",
    "Refused batches": "Lô bị từ chối",
    "Held until somebody decides": "Chờ quyết định",
    "Rows that could not be read": "Dòng không đọc được",
    "Files that wait": "Tệp đang chờ",
    "Files that no source looks at": "Tệp không thuộc nguồn nào",
    "Checks that failed": "Kiểm tra không đạt",
    "Messages that were not delivered": "Tin chưa gửi được",
    "This is a trial: raceway can reach you here. Nothing has happened.":
        "Đây là tin thử: raceway gửi được tới đây. Không có sự cố nào.",
}  # fmt: skip

HEADINGS: Final[Mapping[str, str]] = {
    "no_mart": "No mart was published by the deadline",
    "publish_held": "Publishing is held",
    "failed": "The night broke off",
    "gate": "The gate refused the mart",
    "late": "Late sources",
    "refused_file": "Refused files",
    "refused_batch": "Refused batches",
    "held": "Held until somebody decides",
    "rows": "Rows that could not be read",
    "waiting": "Files that wait",
    "stray": "Files that no source looks at",
    "check": "Checks that failed",
    "undelivered": "Messages that were not delivered",
}
"""By cause."""

ENDINGS: Final[Mapping[str, str]] = {
    "published": "published",
    "skipped": "nothing new",
    "held": "passed, and publishing is held",
    "refused": "refused by the gate",
    "failed": "could not run",
}
"""By the status of a run."""


def speaking(language: str) -> Callable[..., str]:
    """A function that says a phrase of this page in a language, its {places} filled in."""

    def say(phrase: str, **places: object) -> str:
        said = _VIETNAMESE[phrase] if language == "vi" else phrase
        return said.format(**places) if places else said

    return say


def whole(number: int, language: str) -> str:
    """A count with its thousands apart: 12,345 in English, 12.345 in Vietnamese."""
    return f"{number:,}".replace(",", "." if language == "vi" else ",")


def money(amount: Decimal, currency: str, language: str) -> str:
    """An amount rounded half up to three leading digits, since it is a mean: 8,450,000 VND."""
    exact = amount.copy_abs()
    places = max(0, len(str(int(exact))) - 3)
    step = Decimal(10) ** places
    rounded = int((exact / step).to_integral_value(ROUND_HALF_UP) * step)
    return f"{'-' if amount < 0 else ''}{whole(rounded, language)} {currency}"
