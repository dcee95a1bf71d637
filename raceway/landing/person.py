"""Who is meant by a mail address, a phone number, a customer's id or a person_id: everything that names the person.

what was given ──► hashed as it lands ──► the person of the last mart, with all identities joined to her
                                                      │
               ids in the clear that stand beside them in landed rows (a device, a CRM's record)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.own_database import damage_told
from raceway.common.sql import name, parquet_of
from raceway.config.accounts import load_accounts
from raceway.contracts.files import source_names
from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contract
from raceway.reading.forgotten import HASHED, words_of
from raceway.reading.personal import Hasher, normal_phone

_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:\"'“”=&?/\\|]+(?:@|＠|%40)[^\s@<>()\[\],;:\"'“”=&?/\\|]+\.[A-Za-z0-9-]+")
_PHONE: Final = re.compile(r"(?<![0-9A-Za-z])\+?\(?\d(?:[ \u00a0.()/·_-]{0,3}\d){6,14}(?![0-9A-Za-z])")
_PERSON_ID: Final = re.compile(r"[0-9a-f]{16,64}")


@dataclass
class Person:
    """One person: what names her in landed rows, and how to know her in a text."""

    hashes: set[str]
    """Keyed hashes of her addresses, numbers and ids."""
    clear: set[str]
    """Ids in the clear: devices and records of a CRM."""
    hasher: Hasher
    markets: tuple[str, ...]
    person_ids: set[str] = field(default_factory=set)
    """What the last mart calls her; empty where it does not know her."""

    @property
    def ids(self) -> set[str]:
        """All that names her in landed rows."""
        return self.hashes | self.clear

    def named_in(self, text: str) -> set[str]:
        """The pieces of a text that name her: addresses and numbers in the clear, keyed hashes, long ids."""
        found = {piece for piece in _EMAIL.findall(text) if self._is_address(piece)}
        found |= {piece for piece in _PHONE.findall(text) if self._is_number(piece)}
        found |= {piece for piece in HASHED.findall(text) if piece in self.hashes}
        return found | {known for known in self.clear if len(known) >= _LONG and known in text}

    def _is_address(self, piece: str) -> bool:
        address = piece.replace("%40", "@").replace("＠", "@")
        return bool({self.hasher.email(address), self.hasher.id(address)} & self.hashes)

    def _is_number(self, piece: str) -> bool:
        return bool({self.hasher.phone(piece, market) for market in self.markets} & self.hashes)


_LONG: Final = 8
"""Signs of an id that no other text is likely to hold."""


def find_person(home: Home, said: str) -> Person:
    """The person that a mail address, a phone number, `source:account:id` or a person_id means.

    Raises PermanentFault where it is none of them or the warehouse is damaged, BadSettings without the home's key.
    """
    said = said.strip()
    accounts = load_accounts(home)
    hasher = Hasher(home)
    person = Person(set(), set(), hasher, tuple(sorted({account.market for account in accounts.values()})))
    if "@" in said:
        person.hashes = {hasher.email(said), hasher.id(said), hasher.id(said.lower())}
    elif re.fullmatch(r"\+?[\d\s.()/-]+", said) and any(normal_phone(said, market) for market in person.markets):
        person.hashes = {hasher.phone(said, m) for m in person.markets if normal_phone(said, m)} | {hasher.id(said)}
    elif said.count(":") >= 2:
        source, account, own = said.split(":", 2)
        if (source, account) not in accounts:
            raise PermanentFault(f"{said}: accounts.csv has no row {source},{account}; write source:account:id")
        person.hashes, person.clear = {hasher.id(own)}, {own}
    elif _PERSON_ID.fullmatch(said):
        person.person_ids = {said}
    else:
        raise PermanentFault(
            f"{said}: neither a mail address, a phone number, a customer's id (source:account:id) nor a person_id"
        )
    _of_the_mart(home, person, accounts.keys())
    if person.person_ids == {said} and not person.hashes and not person.clear:
        raise PermanentFault(
            f"{said}: the warehouse knows no such person; a person_id is of the last night's mart (raceway run), and "
            "another one where the person was forgotten since"
        )
    _beside_in_landing(home, person)
    return person


def _of_the_mart(home: Home, person: Person, accounts: Iterable[tuple[str, str]]) -> None:
    """Adds what the last mart has joined to the person; nothing before the first night.

    Raises PermanentFault where a night has published and the warehouse is gone: what it joined would be left out.
    """
    if not home.warehouse.exists():
        if home.current.is_symlink():
            raise PermanentFault(f"{home.warehouse}: missing, though a night has published; {_MEND}")
        return
    with (
        damage_told(home.warehouse, _MEND),
        duckdb.connect(str(home.warehouse), read_only=True) as connection,
    ):
        known = connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'main' and table_name = 'int_identity_tree'"
        ).fetchone()
        if known is None:
            return
        given = list(person.ids | {f"{source}:{account}:{own}" for source, account in accounts for own in person.clear}
                     | {f"{account}:{own}" for _, account in accounts for own in person.ids})  # fmt: skip
        found = connection.execute(
            "select person_id, id_value from int_identity_tree where person_id in (select person_id from "
            "int_identity_tree where id_value in (select unnest($1)) or person_id in (select unnest($2)))",
            [given, list(person.person_ids)],
        ).fetchall()
    for person_id, value in found:
        person.person_ids.add(person_id)
        own = value.removesuffix("|no consent").rsplit(":", 1)[-1]
        (person.hashes if HASHED.fullmatch(own) else person.clear).add(own)


_MEND: Final = (
    "it says who is one person, so nothing was done without it. Run a night, which builds it anew from landing "
    "(raceway run); then give the command again"
)


def _beside_in_landing(home: Home, person: Person) -> None:
    """Adds the ids in the clear that stand in the rows of the person's hashes."""
    with duckdb.connect() as connection:
        for table, files in landed_files(home):
            hashed = [column.name for column in table.columns if column.meta.hash]
            clear = [column.name for column in table.columns if column.names_in_clear]
            if not hashed or not clear:
                continue
            for path in files:
                there = {column for (column, *_) in connection.execute(f"describe from {parquet_of(path)}").fetchall()}
                asked = [column for column in hashed if column in there]
                if not asked:
                    continue
                hers = " or ".join(f"{name(column)} in (select unnest($1))" for column in asked)
                for column in (column for column in clear if column in there):
                    rows = connection.execute(
                        f"select distinct {name(column)} from {parquet_of(path)} "
                        f"where ({hers}) and {name(column)} is not null",
                        [sorted(person.hashes)],
                    ).fetchall()
                    person.clear |= {word for (value,) in rows for word in words_of(value)}


def landed_files(home: Home) -> Iterator[tuple[TableContract, list[Path]]]:
    """Every table that has landed, with the Parquet files of all its batches, whatever became of them."""
    for source in source_names(home):
        if not (home.landing / source).is_dir():
            continue
        for table in load_contract(source, home).tables:
            files = sorted((home.landing / source / table.name).glob("*/data.parquet"))
            if files:
                yield table, files
