"""Who was forgotten: under which new identity each of a person's identifiers lands from now on.

    landing/_forgotten.json     {"format_version": 1, "identities": {token: new identity}, "last": moment}   mode 600
    secrets/forget.key          the key of the tokens, made by the first `raceway forget`                     mode 600

A token is HMAC-SHA-256, under a key of its own, of what had landed (a keyed hash, or a device's id): the list names
nobody, and without the key nobody can be looked up in it. The new identities are random and say nothing of the old.
A later export that names the person again lands under the same new identity, so nothing of the past splits or joins.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Final

from raceway.common.faults import BadSettings, PermanentFault
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.moments import moment, utc_text
from raceway.common.own_files import mended_by, read_own_json

FORMAT_VERSION: Final = 1
HASHED: Final = re.compile(r"[0-9a-f]{64}")
"""How a keyed hash is written."""
_WORD: Final = re.compile(r"[^|;,\s]+")
_SHORTEST: Final = 16
"""Signs that a new id in the clear has at least: another id like it is not to be expected."""


_MEND: Final = (
    "put it back from a backup: without it a later export would bring back who was forgotten, under the old identity"
)


class Forgotten:
    """The identities of a home's forgotten persons."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._identities: dict[str, str] = {}
        self.last: dt.datetime | None = None
        """When a person was last forgotten; None where nobody was."""
        try:
            said = read_own_json(home.forgotten, _MEND)
        except FileNotFoundError:
            self._key = b""
            return
        with mended_by(home.forgotten, _MEND):
            if said["format_version"] > FORMAT_VERSION:
                raise PermanentFault(f"{home.forgotten}: written by a newer raceway; upgrade this one")
            self._identities = dict(said["identities"])
            self.last = moment(said["last"])
        self._key = self._read_key()

    def __bool__(self) -> bool:
        return bool(self._identities)

    def renamed(self, values: Iterable[str]) -> dict[str, str]:
        """The new identities of those of the given values that are a forgotten person's, by value."""
        if not self:
            return {}
        found = ((value, self._identities.get(self._token(value))) for value in values)
        return {value: new for value, new in found if new is not None}

    def forget(self, values: Iterable[str], at: dt.datetime) -> dict[str, str]:
        """Gives each value a new identity, or the one that it has got before, and keeps the list; durable on return.

        `values`: keyed hashes, and ids in the clear as they landed.
        """
        self._key = self._key or self._make_key()
        new = {}
        for value in sorted(set(values)):
            new[value] = self._identities.setdefault(self._token(value), _fresh(value))
        self.last = at
        said = {"format_version": FORMAT_VERSION, "identities": self._identities, "last": utc_text(at)}
        write_aside(self.home.forgotten, json.dumps(said, indent=1, sort_keys=True) + "\n")
        self.home.forgotten.chmod(0o600)
        return new

    def _token(self, value: str) -> str:
        return hmac.new(self._key, value.encode("utf-8"), hashlib.sha256).hexdigest()

    def _read_key(self) -> bytes:
        try:
            key = self.home.forget_key.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            key = ""
        if not key:
            raise BadSettings(
                f"{self.home.forget_key}: not there, but persons were forgotten here. Put the key back from a backup: "
                "without it a later export would bring them back under their old identity"
            )
        return key.encode("utf-8")

    def _make_key(self) -> bytes:
        self.home.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.home.forget_key.exists():
            with open(os.open(self.home.forget_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123  # the mode must hold from the first byte
                file.write(secrets.token_hex(32) + "\n")
        return self._read_key()


def last_forgotten(home: Home) -> dt.datetime | None:
    """When a person was last forgotten; None where nobody was. Needs no key."""
    try:
        with mended_by(home.forgotten, _MEND):
            return moment(read_own_json(home.forgotten, _MEND)["last"])
    except FileNotFoundError:
        return None


def words_of(text: str) -> list[str]:
    """The ids that a landed text holds: it is one, or joins several (`1;2`, an entity's `a|b`)."""
    return _WORD.findall(text)


def renamed_text(text: str, new: Mapping[str, str]) -> str:
    """A landed text in which each id has its new identity."""
    return _WORD.sub(lambda word: new.get(word.group(), word.group()), text)


def _fresh(value: str) -> str:
    """A random identity written as the value is: a hash for a hash, digits for digits."""
    if HASHED.fullmatch(value):
        return secrets.token_hex(32)
    drawn = "".join(_drawn(sign) for sign in value)
    filling = string.digits if value.isdigit() else string.ascii_lowercase
    return drawn + "".join(secrets.choice(filling) for _ in range(_SHORTEST - len(drawn)))


def _drawn(sign: str) -> str:
    for kind in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if sign in kind:
            return secrets.choice(kind)
    return sign
