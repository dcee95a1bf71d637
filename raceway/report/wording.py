"""The words and number formats of the report, in English and Vietnamese."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_VIETNAMESE: Final = {
    "RACE report": "Báo cáo RACE",
    "as of": "tính đến",
    "published": "xuất bản",
    "version": "phiên bản",
    "Plan": "Lập kế hoạch",
    "Reach": "Tiếp cận",
    "Act": "Tương tác",
    "Convert": "Chuyển đổi",
    "Engage": "Gắn kết",
    "Advocacy": "Lan tỏa",
    "Leading KPIs of": "KPI chính tháng",
    "against the month before": "so với tháng trước",
    "points": "điểm",
    "no value": "chưa có giá trị",
    "still provisional": "còn tạm tính",
    "target": "mục tiêu",
    "on track": "đạt",
    "at risk": "có nguy cơ",
    "off track": "chưa đạt",
    "No KPI of this month has a value yet.": "Chưa có KPI nào của tháng này có giá trị.",
    "Opportunities": "Cơ hội",
    "Cycle before": "Chu kỳ trước",
    "Target": "Mục tiêu",
    "Actual": "Thực tế",
    "Money at stake": "Giá trị cơ hội",
    "Initiatives": "Sáng kiến",
    "All checks passed.": "Mọi kiểm tra đều đạt.",
    "The numbers are published all the same.": "Số liệu vẫn được xuất bản.",
    "Late sources": "Nguồn trễ",
    "Refused": "Bị từ chối",
    "Waiting": "Đang chờ",
    "Checks that failed": "Kiểm tra không đạt",
    "Sources": "Nguồn dữ liệu",
    "Source": "Nguồn",
    "Account": "Tài khoản",
    "Files": "Tệp",
    "Reason": "Lý do",
    "Rows": "Dòng",
    "Rows refused": "Dòng bị từ chối",
    "Covers up to": "Có dữ liệu đến",
    "Last export": "Lần xuất gần nhất",
    "Days behind": "Trễ (ngày)",
    "Severity": "Mức độ",
    "Check": "Kiểm tra",
    "Found": "Kết quả",
    "None.": "Không có.",
    "critical": "nghiêm trọng",
    "warning": "cảnh báo",
    "info": "thông tin",
    "All checks": "Mọi kiểm tra",
    "Data": "Dữ liệu",
    "times": "lần",
    "days": "ngày",
    "months": "tháng",
    "hours": "giờ",
    "minutes": "phút",
    "seconds": "giây",
    "milliseconds": "mili giây",
}

_DECIMALS: Final = {"count": 0, "percent": 1, "money": 2, "score": 1, "ratio": 2}
_NAMED_UNITS: Final = ("months", "days", "hours", "minutes", "seconds", "milliseconds")


@dataclass(frozen=True)
class Wording:
    """How one report speaks: its language, and the currency its amounts are in."""

    language: str
    currency: str
    minor_unit: int

    def say(self, words: str) -> str:
        """The words in the report's language; words that have no translation stay English."""
        return _VIETNAMESE.get(words, words) if self.language == "vi" else words

    def name(self, name: str, name_vi: str | None) -> str:
        """A KPI's name in the report's language; English where it has no other."""
        return name_vi if self.language == "vi" and name_vi else name

    def number(self, value: float, decimals: int) -> str:
        """A number with thousands and decimals set apart as the language does; halves are rounded up."""
        rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        plain = f"{rounded:,f}"
        return plain.translate(str.maketrans(",.", ".,")) if self.language == "vi" else plain

    def value(self, value: float | None, unit: str) -> str:
        """A KPI's value in its unit: money with its currency, a rate as percent."""
        if value is None:
            return "–"
        if unit == "money":
            # amounts below ten lose too much at a whole unit (a cost per click)
            decimals = self.minor_unit if abs(value) >= 10 else max(self.minor_unit, 2)
            return f"{self.number(value, decimals)} {self.currency}"
        if unit == "percent":
            return f"{self.number(value * 100, 1)} %"
        shown = self.number(value, _DECIMALS.get(unit, 1))
        return f"{shown} {self.say(unit)}" if unit in _NAMED_UNITS else shown

    def change(self, value: float | None, before: float | None, unit: str) -> str:
        """The change against the period before: rates in points, all else in percent; empty if unknown."""
        if value is None or before is None:
            return ""
        if unit == "percent":
            return f"{self._signed((value - before) * 100)} {self.say('points')}"
        if unit == "score":
            return self._signed(value - before)
        return f"{self._signed((value / before - 1) * 100)} %" if before > 0 else ""

    def day(self, day: dt.date | None) -> str:
        """A date: ISO in English, day first in Vietnamese."""
        if day is None:
            return "–"
        return f"{day:%d/%m/%Y}" if self.language == "vi" else day.isoformat()

    def month(self, first_day: dt.date) -> str:
        """A month."""
        return f"{first_day:%m/%Y}" if self.language == "vi" else f"{first_day:%B %Y}"

    def _signed(self, value: float) -> str:
        shown = self.number(abs(value), 1)
        is_zero = not any(digit in "123456789" for digit in shown)
        return ("±" if is_zero else "+" if value > 0 else "−") + shown
