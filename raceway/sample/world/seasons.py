"""How demand moves over the year: weekdays, Tết, sale days. Also the home's holidays.csv."""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.config.accounts import Holiday

# First day of the lunar new year; outside these years demand has no Tết.
TET: Final = {
    year: dt.date(year, month, day)
    for year, month, day in (
        (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22), (2024, 2, 10), (2025, 1, 29), (2026, 2, 17),
        (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 3), (2031, 1, 23), (2032, 2, 11), (2033, 1, 31),
        (2034, 2, 19), (2035, 2, 8),
    )
}  # fmt: skip

_WEEKDAYS: Final = (0.93, 0.92, 0.95, 0.98, 1.05, 1.12, 1.05)  # Monday to Sunday

# Sale days: (month, day) to (name, demand).
_SALES: Final = {
    (3, 8): ("8/3 Quốc tế Phụ nữ", 1.5),
    (9, 9): ("Sale 9.9", 1.7),
    (10, 10): ("Sale 10.10", 1.7),
    (10, 20): ("20/10 Phụ nữ Việt Nam", 1.6),
    (11, 11): ("Sale 11.11", 2.2),
    (12, 12): ("Sale 12.12", 2.0),
}


def demand(day: dt.date) -> float:
    """The demand of a day against a plain day (1.0): weekday, Tết and sale days multiplied."""
    return _WEEKDAYS[day.weekday()] * _tet(day) * _SALES.get((day.month, day.day), ("", 1.0))[1]


def _tet(day: dt.date) -> float:
    new_year = TET.get(day.year)
    if new_year is None:
        return 1.0
    days = (day - new_year).days
    if -21 <= days < -2:
        return 1.45
    if -2 <= days <= 4:
        return 0.3
    return 0.75 if 4 < days <= 12 else 1.0


def holidays(first: dt.date, last: dt.date) -> list[Holiday]:
    """Tết weeks and sale days that touch `first` to `last`, as rows of holidays.csv."""
    rows = [
        Holiday(
            starts_on=day - dt.timedelta(days=2), ends_on=day + dt.timedelta(days=4), name=f"Tết {year}", market="VN"
        )
        for year, day in TET.items()
    ]
    for year in range(first.year, last.year + 1):
        for (month, day_of_month), (name, _) in _SALES.items():
            day = dt.date(year, month, day_of_month)
            rows.append(Holiday(starts_on=day, ends_on=day, name=name, market="VN"))
    touching = [row for row in rows if row.ends_on >= first and row.starts_on <= last]
    return sorted(touching, key=lambda row: (row.starts_on, row.name))
