"""Personal data: how an e-mail, a phone number or an id becomes a keyed hash, in SQL and in Python.

Landing hashes in SQL (`hash_sql`), so that the clear value never leaves the statement that reads the file;
`Hasher` does the same for single values (exclusions, a person to forget). Both are HMAC-SHA-256 under the
home's `secrets/hash.key`, hex, over the normalised text; a test holds them equal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from contextlib import suppress
from typing import Final

import duckdb

from raceway.common.faults import BadSettings
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.sql import text_list
from raceway.common.texts import clean

_BLOCK: Final = 64  # block size of SHA-256 in bytes, as RFC 2104 needs it

# Calling code and usual length of a national number (without the leading 0) of a market.
_PHONE_PLANS: Final = {
    "VN": ("84", 9), "US": ("1", 10), "CA": ("1", 10), "GB": ("44", 10), "FR": ("33", 9), "DE": ("49", 10),
    "ES": ("34", 9), "IT": ("39", 10), "NL": ("31", 9), "BE": ("32", 9), "CH": ("41", 9), "AT": ("43", 10),
    "PL": ("48", 9), "SE": ("46", 9), "DK": ("45", 8), "NO": ("47", 8), "IE": ("353", 9), "PT": ("351", 9),
    "GR": ("30", 10), "SG": ("65", 8), "TH": ("66", 9), "MY": ("60", 9), "ID": ("62", 10), "PH": ("63", 10),
    "KH": ("855", 8), "LA": ("856", 9), "JP": ("81", 10), "KR": ("82", 10), "CN": ("86", 11), "TW": ("886", 9),
    "HK": ("852", 8), "IN": ("91", 10), "AU": ("61", 9), "NZ": ("64", 9), "BR": ("55", 11), "MX": ("52", 10),
    "AE": ("971", 9), "IL": ("972", 9), "TR": ("90", 10), "ZA": ("27", 9),
}  # fmt: skip

# A power of ten or a decimal: a spreadsheet took the number for a number, and its last digits are gone. Or
# an extension: the number is a switchboard's.
_NO_PHONE: Final = (
    r"\d+(?:[.,]\d+)?[eE]\+?\d+|[1-9]\d*[.,]\d+|(?i:.*\d[\s,;.(]*(?:ext(?:ension)?|x|#|poste|máy lẻ)[\s.:)]*\d+[\s)]*)"
)
# `+353 (0)1 …`: the zero is dialled at home only.
_TRUNK_ZERO: Final = r"^((?:\+|00)[^()]*)\(0\)"
_TYPED: Final = ("123456789", "1234567890")
"""National numbers that are nobody's, though many give them."""


def normal_email(text: str) -> str:
    """Clean and in lower case."""
    return clean(text).lower()


def normal_id(text: str) -> str:
    """Clean."""
    return clean(text)


def normal_phone(text: str, market: str) -> str:
    """A phone number in E.164 (`+84912345678`), national ones by the plan of `market` (ISO country).

    What spreadsheets did to it is undone: a leading apostrophe, a trailing `.0`, a lost leading zero; so is the `(0)`
    that people write behind a country code. Empty where the text names nobody: a power of ten or a decimal, whose last
    digits are gone; a number with an extension; too few digits or too many; what people type to have typed something
    (0000000000, 0123456789).
    """
    raw = re.sub(r"\.0+$", "", clean(clean(text).lstrip("'")))
    if re.fullmatch(_NO_PHONE, raw):
        return ""
    raw = re.sub(_TRUNK_ZERO, r"\1", raw)
    digits = re.sub(r"[^0-9]", "", raw)
    code, length = _PHONE_PLANS.get(market, ("", 0))
    plus = "+"
    if raw.startswith("+"):
        whole = digits
    elif digits.startswith("00"):
        whole = digits[2:]
    elif digits.startswith("0"):
        whole, plus = (f"{code}{digits[1:]}", "+") if code else (digits, "")
    elif code and not (digits.startswith(code) and len(digits) - len(code) >= length):
        whole = f"{code}{digits}"
    else:
        whole = digits
    own = whole.removeprefix(code).lstrip("0")
    if not 8 <= len(whole) <= 15 or len(own) < 7 or len(set(own)) == 1 or own in _TYPED:
        return ""
    return f"{plus}{whole}"


class Hasher:
    """Keyed hashes under a home's key. Raises BadSettings where the key is missing."""

    def __init__(self, home: Home) -> None:
        self._key = _read_key(home)

    def email(self, text: str) -> str:
        """Hash of an e-mail address."""
        return self._hash(normal_email(text))

    def phone(self, text: str, market: str) -> str:
        """Hash of a phone number; `market` (ISO country) completes a national one."""
        return self._hash(normal_phone(text, market))

    def id(self, text: str) -> str:
        """Hash of an id: a login, a till customer."""
        return self._hash(normal_id(text))

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def key_fingerprint(home: Home) -> str:
    """16 hex digits that tell the home's key from others and do not give it away. Raises BadSettings without one."""
    return hashlib.sha256(b"raceway-key" + _read_key(home)).hexdigest()[:16]


def check_key(home: Home) -> str:
    """The fingerprint of the home's key, which must be the one that everything landed is hashed under.

    The first key that lands something is remembered beside the landed batches. Raises BadSettings where the
    key is missing or another one: under another key every known person would become a stranger.
    """
    found = key_fingerprint(home)
    known = known_fingerprint(home)
    if known is None:
        write_aside(home.key_fingerprint, found + "\n")
    elif known != found:
        raise BadSettings(
            f"{home.hash_key}: its fingerprint is {found}, but what landed here is hashed under the key {known}. Put "
            "that key back from the backup that belongs to this landing folder (docs/how-to/backup.md); nothing was "
            "changed"
        )
    return found


def known_fingerprint(home: Home) -> str | None:
    """The fingerprint of the key that landed batches are hashed under; None where nothing has landed."""
    with suppress(FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
        noted = home.key_fingerprint.read_text(encoding="utf-8").strip()
        if _FINGERPRINT.fullmatch(noted):
            return noted
    for manifest in home.landing.glob("*/*/*/manifest.json"):  # the note is lost or damaged: any batch tells it
        with suppress(ValueError, AttributeError, OSError):  # of a damaged one others tell as well
            said: str | None = json.loads(manifest.read_bytes()).get("key_fingerprint")
            if said:
                return said
    return None


_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")


def _read_key(home: Home) -> bytes:
    try:
        key = home.hash_key.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise BadSettings(
            f"{home.hash_key}: not there. Put the key back from a backup (a new key would split every person in "
            "two), or make a new home with: raceway init"
        ) from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise BadSettings(f"{home.hash_key}: no key, its content is no text. Put the key back from a backup") from None
    if not key:
        raise BadSettings(f"{home.hash_key}: empty. Put the key back from a backup")
    return key.encode("utf-8")


def hash_macros() -> list[str]:
    """The statements that make the macros of `hash_sql`; once per database, beside `text_macro`."""
    return [f"create or replace macro {macro}" for macro in _PHONE_MACROS]


def give_key(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Puts the key's two pads into variables of a connection, for `hash_sql`.

    Variables, not literals: SQL text turns up in error messages and logs, a variable's value does not.
    """
    key = _read_key(home)
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    for name, pad in (("hash_inner", 0x36), ("hash_outer", 0x5C)):
        connection.execute(f"set variable {name} = $1::blob", [bytes(byte ^ pad for byte in block)])


def hash_sql(text: str, kind: str, market: str) -> str:
    """SQL for the keyed hash of the SQL text expression `text`; null where it is null or blank.

    `kind` is email, phone or id; `market` (ISO country) completes national phone numbers. The connection
    needs `give_key`, its database `hash_macros`.
    """
    normal = {"email": f"lower(rw_text({text}))", "id": f"rw_text({text})", "phone": _phone_sql(text, market)}[kind]
    inner = f"unhex(sha256(getvariable('hash_inner') || encode({normal})))"
    return f"case when coalesce({normal}, '') <> '' then sha256(getvariable('hash_outer') || {inner}) end"


def _phone_sql(text: str, market: str) -> str:
    code, length = _PHONE_PLANS.get(market, ("", 0))
    return f"rw_phone({text}, '{code}', {length})"


# `normal_phone` in DuckDB, step by step: the text, its digits, all with the country's code, without it. A step that
# later ones name more than once is bound by a list of one: written out as often, planning took seconds a column.
_PHONE_MACROS: Final = (
    "rw_phone_text(x) as regexp_replace(rw_text(ltrim(rw_text(x), chr(39))), '\\.0+$', '')",
    f"rw_phone_raw(text) as case when regexp_full_match(text, '{_NO_PHONE}') then '' "
    f"else regexp_replace(text, '{_TRUNK_ZERO}', '\\1') end",
    "rw_digits(raw) as regexp_replace(raw, '[^0-9]', '', 'g')",
    "rw_phone_whole(raw, digits, code, size) as case when starts_with(raw, '+') then digits "
    "when starts_with(digits, '00') then substr(digits, 3) "
    "when starts_with(digits, '0') then case when code = '' then digits else code || substr(digits, 2) end "
    "when code <> '' and not (starts_with(digits, code) and length(digits) - length(code) >= size) "
    "then code || digits else digits end",
    "rw_phone_own(whole, code) as ltrim(case when starts_with(whole, code) "
    "then substr(whole, length(code) + 1) else whole end, '0')",
    "rw_phone_kept(whole, own, plus) as case when length(whole) between 8 and 15 and length(own) >= 7 "
    f"and replace(own, left(own, 1), '') <> '' and not list_contains({text_list(_TYPED)}, own) "
    "then plus || whole else '' end",
    "rw_phone_sign(raw, digits, code) as case when code = '' and not starts_with(raw, '+') "
    "and regexp_matches(digits, '^0([^0]|$)') then '' else '+' end",
    "rw_phone(x, code, size) as list_transform([rw_phone_text(x)], lambda text: list_transform([rw_phone_raw(text)], "
    "lambda raw: list_transform([rw_phone_whole(raw, rw_digits(raw), code, size)], lambda whole: "
    "rw_phone_kept(whole, rw_phone_own(whole, code), rw_phone_sign(raw, rw_digits(raw), code)))[1])[1])[1]",
)
