"""Invented names, addresses and numbers. Every e-mail domain is reserved for examples."""

from __future__ import annotations

import unicodedata
from typing import Final

from raceway.sample.world.chance import Chance

_FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ",
                  "Ngô", "Dương", "Lý")  # fmt: skip
_MIDDLE: Final = ("Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Quang", "Thanh", "Xuân", "Kim")
_GIVEN: Final = ("An", "Anh", "Bình", "Châu", "Chi", "Dũng", "Đạt", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hoa",
                 "Huy", "Hương", "Khánh", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Ngân", "Nhung", "Phong",
                 "Phúc", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thủy", "Trang", "Trung", "Tú", "Tuấn", "Uyên",
                 "Việt", "Vy", "Yến")  # fmt: skip
_US_FAMILY: Final = ("Nguyen", "Smith", "Garcia", "Chen", "Johnson", "Cohen", "Rivera", "Williams", "Kim", "Rossi")
_US_GIVEN: Final = ("Alex", "Jordan", "Maria", "Kevin", "Anna", "David", "Linh", "Sarah", "Michael", "Emma")
_DOMAINS: Final = ("example.com", "example.com", "example.net", "example.org")

STREETS: Final = ("Hàng Bông", "Lê Lợi", "Nguyễn Huệ", "Trần Hưng Đạo", "Điện Biên Phủ", "Cách Mạng Tháng Tám")
CITIES: Final = (("Hà Nội", "100000"), ("Hồ Chí Minh", "700000"), ("Đà Nẵng", "550000"), ("Cần Thơ", "900000"),
                 ("Hải Phòng", "180000"))  # fmt: skip


def plain(text: str) -> str:
    """`text` in lower-case ASCII letters: Đặng → dang."""
    spread = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(sign for sign in spread if sign.isascii()).lower()


def invent_name(chance: Chance, country: str) -> str:
    """A full name as the country writes it."""
    if country in ("VN", "SG"):
        return f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"
    return f"{chance.choice(_US_GIVEN)} {chance.choice(_US_FAMILY)}"


def invent_email(chance: Chance, name: str, number: int) -> str:
    """An address like an.nguyen12@example.com; `number` makes it unique."""
    words = plain(name).split()
    return f"{words[-1]}.{words[0]}{number}@{chance.choice(_DOMAINS)}"


def invent_phone(country: str, number: int) -> str:
    """A number in E.164 that no other `number` gets."""
    if country == "US":
        return f"+1212{5_550_000 + number:07d}"
    if country == "SG":
        return f"+65{80_000_000 + number:08d}"
    return f"+849{(number * 7_919) % 100_000_000:08d}"
