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
_MAY_HOLD: Final = r"[@＠]|%40|[0-9](?:[ .()-]{0,2}[0-9]){8}"
"""What every text holds that holds one: most texts are known not to by one look."""
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
    """The statements that make `rw_spared(x)`, which is `masked` in DuckDB; once per database."""
    phones = f"regexp_replace(x, {quoted(_PHONE)}, '\\1{PHONE_MASK}\\2', 'g')"
    return [
        f"create or replace macro rw_phones(x) as {phones}",
        "create or replace macro rw_spared(x) as case when regexp_matches(x, "
        f"{quoted(_MAY_HOLD)}) then rw_phones(rw_phones(regexp_replace(x, {quoted(_EMAIL)}, '{MAIL_MASK}', 'g'))) "
        "else x end",
    ]
