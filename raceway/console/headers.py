"""Which header of a file is which column of a contract: proposed from names and values, for a person to look at.

A header that the contract knows is meant by it. Another one is proposed where its name is like a column's and its
cells fit the column's type; cells alone speak for e-mails, currencies, and for the one date that a file has. What two
headers claim alike is left open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz

from raceway.common.faults import BadSettings
from raceway.console.dates import readings
from raceway.console.guess import EMAIL, NUMBER, PERSONAL, PHONE
from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.reading.shape import normal, without_currency

_ALIKE: Final = 76
"""Likeness of names, 0 to 100, from which on a header is proposed for a column."""
_ALIKE_WHERE_NEEDED: Final = 58
"""… for a column that the file must have and that no other header is more like."""
_TOO_NEAR: Final = 4
"""Two headers whose likeness differs by less claim a column alike."""
_ID: Final = re.compile(r"(?=.*\d)(?=.*[A-Za-z#-])[A-Za-z\d#_/-]{3,40}")
"""What can only be the name of something: letters or signs, and digits."""
_NOTHING: Final = frozenset({"", "-", "--", "n/a", "null"})
_NUMBERED: Final = re.compile(r"'?(\+[\d ()-]{9,}|0\d[\d .()-]{4,})")
"""A telephone number or a code, though all digits: a leading 0 or a country's code says so."""
_PERSON: Final = re.compile(r"(name|tên|họ|khách( hàng)?|customer|buyer|người (mua|nhận|đặt)( hàng)?)", re.IGNORECASE)
"""Headers that may name a person, or else a thing: only a person who sees the file knows."""


@dataclass(frozen=True)
class Proposal:
    """A header for a column, and what speaks for it."""

    column: ColumnContract
    header: str
    because: str


@dataclass
class HeaderMap:
    """What was proposed for one file and one table."""

    table: TableContract
    proposals: list[Proposal] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Headers that are no column."""
    personal: list[str] = field(default_factory=list)
    """… because they name persons: they never land."""
    open: list[str] = field(default_factory=list)
    """What several headers claim alike, in sentences."""

    @property
    def by_column(self) -> dict[str, str]:
        """Headers by column."""
        return {proposal.column.name: proposal.header for proposal in self.proposals}

    @property
    def missing(self) -> list[str]:
        """What a file of the table must have and this one has not, in words."""
        found = self.by_column
        lacking = [column.name for column in self.table.required if column.name not in found]
        sets = self.table.meta.one_of
        if sets and not any(all(column in found for column in wanted) for wanted in sets):
            lacking.append(" or ".join(" with ".join(wanted) for wanted in sets))
        return lacking


def propose(table: TableContract, cells: Mapping[str, Sequence[str]], given: Mapping[str, str]) -> HeaderMap:
    """A mapping of the headers of `cells` (with their texts) to the columns of `table`.

    `given` is what a person said: column (or nothing) by header. Raises BadSettings for a header or column that is
    not there.
    """
    _check(table, cells, given)
    mapping = HeaderMap(table)
    texts = {header: [text for text in values if text.lower() not in _NOTHING] for header, values in cells.items()}
    left = [header for header in cells if header.strip() and header not in given]
    for header, name in given.items():
        if name:
            mapping.proposals.append(Proposal(table.by_name[name], header, "you said so"))
    for step in (_known, _by_name, _by_values, _needed):
        for proposal in step(table, {header: texts[header] for header in left}, mapping):
            if proposal.header in left and proposal.column.name not in mapping.by_column:
                mapping.proposals.append(proposal)
                left.remove(proposal.header)
    order = list(table.by_name)
    mapping.proposals.sort(key=lambda proposal: order.index(proposal.column.name))
    mapping.personal = [header for header in left if _is_personal(table, header)]
    mapping.unread = [header for header in cells if header.strip() and header not in set(mapping.by_column.values())]
    return mapping


def _check(table: TableContract, cells: Mapping[str, Sequence[str]], given: Mapping[str, str]) -> None:
    for header, name in given.items():
        if header not in cells:
            raise BadSettings(f"--map “{header}={name}”: the file has no such header; it has {', '.join(cells)}")
        if name and name not in table.by_name:
            raise BadSettings(f"--map “{header}={name}”: there is no such column; there are {', '.join(table.by_name)}")
    named = [name for name in given.values() if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise BadSettings(f"--map: {twice[0]} stands for two headers; keep one of them")


def _is_personal(table: TableContract, header: str) -> bool:
    """Whether a header names persons: what is only like a column's name never lands in the clear under it."""
    names = {normal(name) for name in table.meta.personal}
    return normal(header) in names or bool(PERSONAL.search(header) or _PERSON.fullmatch(header.strip()))


def _free(table: TableContract, mapping: HeaderMap) -> list[ColumnContract]:
    found = mapping.by_column
    return [column for column in table.columns if column.in_cells and column.name not in found and column.meta.aliases]


Texts = Mapping[str, Sequence[str]]


def _known(table: TableContract, left: Texts, mapping: HeaderMap) -> Iterable[Proposal]:
    """Headers that the contract itself knows; of several that mean one column the first alias counts, as in landing."""
    for column in _free(table, mapping):
        names = [column.name, *(a for aliases in column.meta.aliases.values() for a in aliases if a[:1] != "~")]
        hits = [
            header
            for name in names
            for header in left
            if normal(name) in (normal(header), normal(without_currency(header)[0]))
        ]
        if hits and ((column.is_text and not column.meta.hash) or fits(column, left[hits[0]])):
            yield Proposal(column, hits[0], "its name")


def _by_name(table: TableContract, left: Texts, mapping: HeaderMap, alike: int = _ALIKE) -> Iterable[Proposal]:
    """Headers like a column's names, the likest first, whose cells fit its type."""
    free = _free(table, mapping)
    rated = sorted(
        (
            (likeness(column, header), header, column)
            for column in free
            for header, values in left.items()
            if values and fits(column, values) and (column.meta.hash or not _is_personal(table, header))
        ),
        key=lambda rating: (-rating[0], rating[1], rating[2].name),
    )
    taken: set[str] = set()
    for score, header, column in rated:
        if score < alike or header in taken or column.name in taken:
            continue
        rivals = [
            other
            for rate, other, of in rated
            if of is column and other != header and other not in taken and score - rate < _TOO_NEAR
        ]
        taken |= {column.name}
        if rivals:
            mapping.open.append(
                f"“{header}” and “{rivals[0]}” may both be {column.name}: say which with --map “{header}={column.name}”"
            )
            continue
        taken |= {header}
        yield Proposal(column, header, f"its name is {score:.0f} % alike")


def _by_values(table: TableContract, left: Texts, mapping: HeaderMap) -> Iterable[Proposal]:
    """Cells that speak for themselves: e-mails, currencies, the only moment of a file, its only ids."""
    for column in _free(table, mapping):
        if column.meta.ident and not column.meta.optional:
            ids = [
                header
                for header, values in left.items()
                if values and all(_ID.fullmatch(text) for text in values) and not readings(tuple(values))
            ]
            if len(ids) == 1:
                yield Proposal(column, ids[0], "its cells")
            continue
        speaks = (
            column.meta.hash == "email"
            or column.meta.currency
            or column.meta.row_currency
            or (column.data_type in ("date", "timestamp") and not column.meta.optional)
        )
        hits = [header for header, values in left.items() if values and fits(column, values)] if speaks else []
        if len(hits) == 1:
            yield Proposal(column, hits[0], "its cells")


def _needed(table: TableContract, left: Texts, mapping: HeaderMap) -> Iterable[Proposal]:
    """For what the file must have and lacks, the likest header of the rest."""
    found = mapping.by_column
    needed = {column.name for column in table.required if column.name not in found}
    sets = table.meta.one_of
    if sets and not any(all(column in found for column in wanted) for wanted in sets):
        needed |= {column for wanted in sets for column in wanted if len(wanted) == 1}
    for proposal in _by_name(table, left, mapping, _ALIKE_WHERE_NEEDED):
        if proposal.column.name in needed:
            yield proposal


def likeness(column: ColumnContract, header: str) -> float:
    """How much a header is like the names of a column, 0 to 100, accents and order of words aside."""
    names = [
        column.name.removesuffix("_hash").replace("_", " "),
        *(a for aliases in column.meta.aliases.values() for a in aliases if a[:1] != "~"),
    ]
    bare = plain(without_currency(header)[0])
    return max(_alike(column, bare, plain(name)) for name in names)


def _alike(column: ColumnContract, bare: str, name: str) -> float:
    """Likeness of two plain names. One of several words that begins or ends with the other is like it: `SL bán` and
    `SL`; of texts only the shorter header, since `Order` begins many a name."""
    alike: float = max(fuzz.token_sort_ratio(bare, name), 0.97 * fuzz.ratio(bare, name))
    shorter, longer = sorted((bare, name), key=len)
    is_part = bool(shorter) and (longer.startswith(f"{shorter} ") or longer.endswith(f" {shorter}"))
    if is_part and (not column.is_text or shorter == bare):
        return max(alike, _ALIKE)
    return alike


def plain(text: str) -> str:
    """A name in lower case, without accents and signs: `Ngày đặt` → `ngay dat`, `orderDate` → `order date`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("đ", "d").replace("Đ", "D")
    letters = "".join(sign for sign in unicodedata.normalize("NFD", apart) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters.casefold()).split())


def fits(column: ColumnContract, texts: Sequence[str]) -> bool:
    """Whether the cells of a header can be of a column; no cell fits all."""
    if column.meta.hash == "email":
        return all(EMAIL.fullmatch(text) for text in texts)
    if column.meta.hash == "phone":
        return all(PHONE.fullmatch(text) for text in texts)
    if column.meta.currency or column.meta.row_currency:
        return all(re.fullmatch(r"[A-Za-z]{3}", text) for text in texts) and len(set(texts)) <= 20
    if column.data_type in ("date", "timestamp"):
        return not texts or bool(readings(tuple(texts)))
    if not column.is_text and any(_NUMBERED.fullmatch(text) for text in texts):
        return False
    if column.data_type == "bigint":
        return all(re.fullmatch(r"-?\d[\d.,\s]*", text) and not re.search(r"[.,]\d{1,2}$", text) for text in texts)
    if column.data_type == "double" or column.data_type.startswith("decimal"):
        return all(NUMBER.fullmatch(text) and re.search(r"\d", text) for text in texts)
    if column.meta.ident:
        return all(re.search(r"\d", text) for text in texts) and not (texts and readings(tuple(texts)))
    if column.is_text:
        return not any(EMAIL.fullmatch(text) for text in texts)
    return True
