"""The signs that stand for currencies beside an amount."""

from __future__ import annotations

import re
from typing import Final

# Currencies that a sign may stand for; a sign that is not listed stands for nothing but itself.
MEANT: Final = {
    "$": ("USD", "AUD", "CAD", "SGD", "NZD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"), "US$": ("USD",),
    "CA$": ("CAD",), "A$": ("AUD",), "S$": ("SGD",), "R$": ("BRL",), "€": ("EUR",), "£": ("GBP",),
    "¥": ("JPY", "CNY"), "₫": ("VND",), "đ": ("VND",), "₹": ("INR",), "৳": ("BDT",), "₩": ("KRW",), "฿": ("THB",),
}  # fmt: skip

SIGN: Final = (
    f"(?:{'|'.join(re.escape(sign) for sign in MEANT if len(sign) > 1)}"
    f"|[A-Z]{{3}}|[{''.join(sign for sign in MEANT if len(sign) == 1)}])"
)
"""A regular expression, for Python and DuckDB, of what may stand before or behind an amount: a sign or a code."""
