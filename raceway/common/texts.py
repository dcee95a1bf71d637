"""Text as it lands: one spelling for what looks the same to the eye.

Letters are composed (NFC), so that a decomposed `Đã hủy` is `Đã hủy`; zero-width and control characters are gone; a tab
inside is a blank and a line end of any kind is `\n`; blanks of every kind around it (U+00A0 too) are trimmed. `clean`
says it for Python, `clean_sql` for DuckDB (`cleaned` in macros/engine/text.sql for models); a test holds them equal.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Character classes that Python's re and DuckDB's RE2 read alike once `\x{…}` is written out.
_LINES: Final = r"\n\x{000b}\x{000c}\r\x{0085}\x{2028}\x{2029}"
_GONE: Final = (
    r"\x{0000}-\x{0008}\x{000e}-\x{001f}\x{007f}-\x{0084}\x{0086}-\x{009f}\x{00ad}\x{034f}\x{061c}\x{180e}"
    r"\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}"
)
_BLANKS: Final = r" \t\n\x{00a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}"
_LETTERS: Final = r"!-~\x{00a1}-\x{00ac}\x{00ae}-\x{024f}\x{1e00}-\x{1eff}"
_PLAIN: Final = f"[{_LETTERS}](?:[ {_LETTERS}]*[{_LETTERS}])?"
"""What is clean at a glance, Vietnamese included; most cells are."""


_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves a terminal's cursor, colours or turns what it shows; tab and line end stay."""


def legible(text: str) -> str:
    """A text for people's eyes: what a terminal or page would obey stands as it is written in code (\\x1b, \\u202e)."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(lambda found: ascii(found.group())[1:-1], text)


def _python(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\x\{([0-9a-f]{4})\}", r"\\u\1", pattern))


_GONE_HERE: Final = _python(f"[{_GONE}]+")
_LINES_HERE: Final = _python(rf"\r\n|[{_LINES}]")
_AROUND_HERE: Final = _python(rf"\A[{_BLANKS}]+|[{_BLANKS}]+\Z")


def clean(text: str) -> str:
    """A text as it lands; empty where nothing is left."""
    if text.isascii() and text.isprintable():  # most are, and have nothing but blanks to lose
        return text.strip(" ")
    bare = _LINES_HERE.sub("\n", _GONE_HERE.sub("", text)).replace("\t", " ")
    return _AROUND_HERE.sub("", unicodedata.normalize("NFC", bare))


def clean_sql(text: str) -> str:
    """DuckDB's SQL for the same over a SQL text expression; null where it is null."""
    return f"case when {is_plain_sql(text)} then {text} else {cleaned_sql(text)} end"


def is_plain_sql(text: str) -> str:
    """A SQL condition that a text is clean at a glance."""
    return f"regexp_full_match({text}, '{_PLAIN}')"


def cleaned_sql(text: str) -> str:
    """`clean_sql` without the glance, for a text that is rarely as it should be."""
    bare = f"regexp_replace(regexp_replace({text}, '[{_GONE}]+', '', 'g'), '\\r\\n|[{_LINES}]', chr(10), 'g')"
    bare = f"replace({bare}, chr(9), ' ')"
    return f"regexp_replace(nfc_normalize({bare}), '^[{_BLANKS}]+|[{_BLANKS}]+$', '', 'g')"


def text_macro() -> str:
    """The statement that makes `rw_text(x)` on a connection."""
    return f"create or replace macro rw_text(x) as {clean_sql('x')}"
