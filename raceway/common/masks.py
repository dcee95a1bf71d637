"""Mail addresses and phone numbers in what is quoted or kept as text: masked, in Python and in SQL alike.

Sentences name file and row; what stands there in the clear lies in quarantine/ alone. The patterns are written for
both engines of regular expressions (RE2 and Python's). They know a number by how it is written: with a `+` or a
`00`, or as Vietnam's are (0 and nine more digits, in groups or not); a bare number of another country, or with a
country's code and no plus, is no different from any other number.
"""

from __future__ import annotations

import re
from typing import Final

from raceway.common.sql import quoted

MAIL_MASK: Final = "[email]"
PHONE_MASK: Final = "[phone]"

_EMAIL: Final = r"[^\s@＠<>()\[\],;:&=?/“”'\x22|]+(?:[@＠]|%40)[0-9A-Za-zÀ-ỹ-]+(?:\.[0-9A-Za-zÀ-ỹ-]+)*\.[A-Za-zÀ-ỹ]{2,}"
# `%2B` is a plus in an address of the web. What stands before and after keeps ids, hashes and decimals apart.
_BEFORE, _AFTER = r"(^|[^0-9A-Za-z.,])", r"($|[^0-9A-Za-z])"
_PLUS: Final = r"(?:\+|00|%2[Bb])"
_PHONE: Final = (
    rf"{_BEFORE}(?:"
    r"\(?0[35789][0-9]\)?(?:[ .-]?[0-9]){7}|\(?02[0-9]\)?(?:[ .-]?[0-9]){8}"  # Vietnam's mobiles and landlines
    rf"|{_PLUS}[ ]?[1-9](?:[ .()-]{{0,2}}[0-9]){{8,13}}"
    rf"){_AFTER}"
)
_SIGNS: Final = ("@", "＠", "+", "%")
_BEGINNINGS: Final = ("00", "02", "03", "05", "07", "08", "09")
"""One of the signs, or 0 with the digit after it, stands in every text that holds an address or a number. To look for
them costs a tenth of what a pattern does, and most texts have none."""
_BARE: Final = re.compile(r"(?<![0-9A-Za-z])84[35789][0-9]{8}(?![0-9A-Za-z])")
"""A country's code without a plus: in a file that may be a campaign's id, in a sentence nobody needs it."""
_EMAILS_OF: Final = re.compile(_EMAIL)
_PHONES_OF: Final = re.compile(_PHONE)


def masked(text: str) -> str:
    """A text whose mail addresses and phone numbers are masked."""
    text = _EMAILS_OF.sub(MAIL_MASK, text)
    for _ in range(2):  # two numbers may share the sign between them
        text = _PHONES_OF.sub(rf"\1{PHONE_MASK}\2", text)
    return text


def quoted_cell(text: str, longest: int = 60) -> str:
    """A cell for a sentence: in quotes, on one line, masked, and cut where it is long."""
    shown = _BARE.sub(PHONE_MASK, masked(" ".join(text[:400].split())))
    return f"“{shown[:longest]}…”" if len(shown) > longest else f"“{shown}”"


def mask_macros() -> list[str]:
    """The statements that make `rw_spared(x)`, which is `masked` in DuckDB, and `rw_named(x)`, whether it holds any
    such thing; once per database."""
    phones = f"regexp_replace(x, {quoted(_PHONE)}, '\\1{PHONE_MASK}\\2', 'g')"
    signs = " or ".join(f"contains(x, {quoted(sign)})" for sign in _SIGNS)
    beginnings = " or ".join(f"contains(x, {quoted(digits)})" for digits in _BEGINNINGS)
    return [
        f"create or replace macro rw_phones(x) as {phones}",
        f"create or replace macro rw_named(x) as ({signs} or (contains(x, '0') and ({beginnings}))) "
        f"and regexp_matches(x, {quoted(f'{_EMAIL}|{_PHONE}')})",
        "create or replace macro rw_spared(x) as case when rw_named(x) "
        f"then rw_phones(rw_phones(regexp_replace(x, {quoted(_EMAIL)}, '{MAIL_MASK}', 'g'))) else x end",
    ]
