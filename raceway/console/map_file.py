"""`raceway new-source NAME --kind orders --from FILE`: a file that no contract knows counts, the project unchanged.

A kind has a generic source (`orders_file`); the file becomes an account of it. Its headers are proposed for the
contract's columns and, in a scratch home, the file is landed as it would land: what is shown is what will be there.
Nothing is written into the home before a person's yes: the account's overlay (`sources/<source>.<name>.yml`), its row
in accounts.csv and a copy of the file in its inbox, which lands at once.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
from pydantic import ValidationError

from raceway.common.faults import BadSettings, ExportRefused
from raceway.common.home import Home
from raceway.common.lock import alone
from raceway.common.sql import exactly, quoted
from raceway.config.accounts import Account, load_accounts, sentences
from raceway.config.limits import Limits
from raceway.config.settings import load_settings
from raceway.console.dates import DayOrder, readings
from raceway.console.guess import EMAIL, NUMBER, table_of
from raceway.console.headers import HeaderMap, propose
from raceway.contracts.files import source_names
from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contract, overlays
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.landing.outcome import Outcome
from raceway.ledger.ledger import Ledger
from raceway.reading.members import open_members

KINDS: Final = ("orders", "ads", "events", "contacts", "answers")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
_SHOWN: Final = 10
_REFUSED_BATCH: Final = " The batch is not in effect:"


def source_of(kind: str) -> str:
    """The generic source of a kind of files."""
    return f"{kind}_file"


@dataclass(frozen=True)
class Said:
    """What a person said of a file, where it cannot say it itself."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Column by header; empty: no column."""
    day_order: DayOrder | None = None
    decimals: str = ""
    """comma or point."""
    market: str = ""
    currency: str = ""
    zone: str = ""
    prices_include_vat: bool = False


def said_of(
    mapped: Sequence[str], day_first: bool | None, decimals: str, market: str, currency: str, zone: str, vat: bool
) -> Said:
    """What the options of the command line say. Raises BadSettings where one says nothing."""
    headers = {}
    for pair in mapped:
        header, sign, column = pair.rpartition("=")
        if not sign or not header.strip():
            raise BadSettings(f"--map “{pair}”: write “Header=column”, or “Header=” for a header that is none")
        headers[" ".join(header.split())] = column.strip()
    if decimals not in ("", "comma", "point"):
        raise BadSettings(f"--decimals {decimals}: write comma or point")
    order = None if day_first is None else DayOrder.day_first if day_first else DayOrder.month_first
    return Said(headers, order, decimals, market, currency, zone, vat)


@dataclass
class Plan:
    """What would be written, and how the file lands with it."""

    file: Path
    account: Account
    is_new_account: bool
    mapping: HeaderMap
    overlay: str
    outcome: Outcome
    columns: list[str]
    rows: list[tuple[Any, ...]]
    refused: list[str]
    """Why rows were refused, the first few."""

    @property
    def table(self) -> TableContract:
        """The table that the file lands in."""
        return self.mapping.table


def plan(home: Home, name: str, kind: str, file: Path, said: Said) -> Plan:
    """Maps a file and lands it in a scratch home; the home itself is only read.

    Raises BadSettings where something is missing, open or taken, with what to say; ExportRefused where the file
    cannot be read or would be refused.
    """
    source = source_of(kind)
    table = _table(home, source, kind)
    _check_name(home, source, name, file)
    cells, comma = _cells(file, load_settings(home).limits)
    mapping = propose(table, cells, said.headers)
    open_questions = [*mapping.open]
    open_questions += _in_the_clear(mapping, cells)
    dates = _dates(mapping, cells, said.day_order, open_questions)
    known = load_accounts(home).get((source, name))
    account = known or _account(home, source, name, cells, mapping, said)
    if mapping.missing:
        unread = ", ".join(f"“{header}”" for header in mapping.unread) or "none"
        open_questions.insert(
            0,
            f"no header was found for {'; '.join(mapping.missing)}. Say which with --map “Header=column”; headers that "
            f"were not understood: {unread}",
        )
    if open_questions:
        said_so = "\n  ".join(open_questions)
        raise BadSettings(f"{file.name} does not tell all that is needed:\n  {said_so}")
    decimals = said.decimals or ("comma" if comma else "")
    text = _overlay_text(file, mapping, dates, decimals)
    with _scratch(home, account, known is None, text) as aside:
        outcome, columns, rows, refused = _rehearse(aside, source, name, file, table)
    return Plan(file, account, known is None, mapping, text, outcome, columns, rows, refused)


def carry_out(home: Home, made: Plan) -> Outcome:
    """Writes what was planned and lands the file. Raises HomeIsLocked where a night is running."""
    source, name = made.table.source, made.account.account
    with alone(home):
        overlay = overlays(source, home, name)[1]
        overlay.parent.mkdir(exist_ok=True)
        overlay.write_text(made.overlay, encoding="utf-8")
        if made.is_new_account:
            _append_account(home, made.account)
        waiting = _place(home, source, name, made.file)
        waiting.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(made.file, waiting)
        (export,) = [e for e in find_exports(home, source) if e.account == name and _is_of(e.files, waiting.name)]
        return land(home, export)


def _place(home: Home, source: str, name: str, file: Path) -> Path:
    """Where the file's copy waits in the inbox. Raises BadSettings where another file of its name waits there."""
    waiting = home.inbox / source / name / file.name
    if waiting.exists() and waiting.read_bytes() != file.read_bytes():
        raise BadSettings(f"{waiting}: another file of that name waits there; land or move it first")
    return waiting


def _is_of(files: Sequence[Any], name: str) -> bool:
    return any(file.path == name for file in files)


# ---------------------------------------------------------------- what the file says


def _table(home: Home, source: str, kind: str) -> TableContract:
    if kind not in KINDS:
        raise BadSettings(f"--kind {kind}: there is no such kind; write one of {', '.join(KINDS)}")
    if source not in source_names(home):
        there = [known for known in KINDS if source_of(known) in source_names(home)]
        raise BadSettings(f"--kind {kind}: this version has no source {source}; it has {', '.join(there)}")
    return load_contract(source, home).tables[0]


def _check_name(home: Home, source: str, name: str, file: Path) -> None:
    if not _NAME.fullmatch(name):
        raise BadSettings(f"{name}: a name is small letters, digits and _: kiosk")
    overlay = overlays(source, home, name)[1]
    if overlay.exists():
        raise BadSettings(
            f"{overlay}: {name} is mapped already; put further files of it into inbox/{source}/{name}/. A file that "
            "looks different is another name, or remove the overlay first"
        )
    if not file.is_file():
        raise BadSettings(f"{file}: no such file")
    _place(home, source, name, file)


def _cells(file: Path, limits: Limits) -> tuple[dict[str, list[str]], bool]:
    """The texts below each header at the file's top, and whether its numbers have a decimal comma."""
    with tempfile.TemporaryDirectory() as scratch:
        members = [m for m in open_members(file, file.name, Path(scratch), True, limits) if m.kind == "csv"]
        if not members:
            raise BadSettings(f"{file}: only tables are mapped, a csv or xlsx; write a contract for it by hand")
        if len(members) > 1:
            names = ", ".join(member.file_name for member in members)
            raise BadSettings(
                f"{file}: holds {len(members)} tables ({names}); save the wanted one as a file of its own"
            )
        headers, rows, _ = table_of(members[0])
    twice = sorted({header for header in headers if header.strip() and headers.count(header) > 1})
    if twice:
        raise BadSettings(f"{file.name}: the header “{twice[0]}” stands twice; rename one of them")
    cells = {
        " ".join(header.split()): [row[place].strip() for row in rows if place < len(row)]
        for place, header in enumerate(headers)
        if header.strip()
    }
    if not any(any(texts) for texts in cells.values()):
        raise BadSettings(f"{file.name}: no rows were found below a line of headers")
    numbers = [re.sub(r"[^\d.,]", "", text) for texts in cells.values() for text in texts if NUMBER.fullmatch(text)]
    return cells, _shows(numbers, ",", ".") and not _shows(numbers, ".", ",")


def _shows(numbers: Sequence[str], sign: str, other: str) -> bool:
    """Whether a number shows that `sign` begins decimals: it stands last, and not before three digits."""
    return any(
        sign in text and text.rfind(sign) > text.rfind(other) and not re.search(rf"\{sign}\d{{3}}$", text)
        for text in numbers
    )


def _in_the_clear(mapping: HeaderMap, cells: Mapping[str, Sequence[str]]) -> list[str]:
    """What is asked of texts that would land as they are and hold addresses: a header's name alone may mislead."""
    return [
        f"column “{proposal.header}” holds e-mail addresses, which would land in the clear as {proposal.column.name}: "
        f"leave it out with --map “{proposal.header}=”, or say which column keeps it as a hash"
        for proposal in mapping.proposals
        if proposal.column.is_text and not proposal.column.meta.hash and not proposal.column.meta.free_text
        if any(EMAIL.fullmatch(text) for text in cells[proposal.header])
    ]


def _dates(
    mapping: HeaderMap, cells: Mapping[str, Sequence[str]], order: DayOrder | None, asks: list[str]
) -> dict[str, list[str]]:
    """The formats of each date column of the file, in the order of days that its cells show or a person said."""
    found = {}
    for proposal in mapping.proposals:
        if proposal.column.data_type not in ("date", "timestamp"):
            continue
        texts = [text for text in cells[proposal.header] if text and text not in ("-", "--")]
        ways = dict(readings(tuple(texts)))
        if order in ways:
            ways = {order: ways[order]}
        if len(ways) > 1:
            text = next(text for text in texts if text)
            asks.append(
                f"column “{proposal.header}”: “{text}” may be the day first or the month first, and no row tells; "
                "say --day-first or --month-first"
            )
        elif ways:
            found[proposal.column.name] = next(iter(ways.values()))
    return found


def _account(
    home: Home, source: str, name: str, cells: Mapping[str, Sequence[str]], mapping: HeaderMap, said: Said
) -> Account:
    settings = load_settings(home)
    stated = {
        text.upper()
        for proposal in mapping.proposals
        if proposal.column.meta.currency
        for text in cells[proposal.header]
        if text
    }
    if len(stated) > 1:
        raise BadSettings(
            f"its rows have amounts in {', '.join(sorted(stated))}: an account has one currency; save each in a file "
            "of its own, under a name of its own"
        )
    markets = {account.market for account in load_accounts(home).values()}
    market = said.market.upper() or (markets.pop() if len(markets) == 1 else "")
    if not market:
        raise BadSettings("which country are its sales in, where a row states none? Say --market VN")
    currency = said.currency.upper() or (stated.pop() if stated else settings.business.reporting_currency)
    try:
        return Account.model_validate({
            "source": source, "account": name, "name": name, "market": market, "currency": currency,
            "time_zone": said.zone or settings.business.zone, "prices_include_vat": said.prices_include_vat,
        })  # fmt: skip
    except ValidationError as fault:
        raise BadSettings("\n".join(sentences(home.accounts, fault))) from fault


def _overlay_text(file: Path, mapping: HeaderMap, dates: Mapping[str, Sequence[str]], decimals: str) -> str:
    """The overlay of the account as YAML; JSON is YAML."""
    lines = [
        f"# How the files of this account look; mapped from {file.name} by raceway new-source.",
        "# Its language: docs/reference/contract-language.md.",
        "tables:",
        f"  {mapping.table.name}:",
    ]
    lines += [f"    number_locale: {decimals}"] if decimals else []
    lines.append("    headers:")
    lines += [f"      {column}: {_list([header])}" for column, header in mapping.by_column.items()]
    if dates:
        lines.append("    dates:")
        lines += [f"      {column}: {_list(formats)}" for column, formats in dates.items()]
    unread = [header for header in mapping.unread if header not in mapping.table.meta.personal]
    lines += [f"    unread: {_list(unread)}"] if unread else []
    return "\n".join(lines) + "\n"


def _list(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


# ---------------------------------------------------------------- the rehearsal


@contextmanager
def _scratch(home: Home, account: Account, is_new: bool, overlay: str) -> Iterator[Home]:
    """A home with this one's settings, lists and key, and the new overlay and account; gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        aside = Home(Path(folder) / "home")
        aside.root.mkdir(mode=0o700)
        for path in home.root.iterdir():
            if path.is_file() and path.suffix in (".toml", ".csv"):
                shutil.copy2(path, aside.root / path.name)
        for path in (home.sources, home.secrets):
            if path.is_dir():
                shutil.copytree(path, aside.root / path.name)
        aside.sources.mkdir(exist_ok=True)
        (aside.sources / f"{account.source}.{account.account}.yml").write_text(overlay, encoding="utf-8")
        if is_new:
            _append_account(aside, account)
        yield aside


def _rehearse(
    aside: Home, source: str, name: str, file: Path, table: TableContract
) -> tuple[Outcome, list[str], list[tuple[Any, ...]], list[str]]:
    """Lands the file there: what became of it, the filled columns, its first rows, and why rows were refused."""
    waiting = aside.inbox / source / name / file.name
    waiting.parent.mkdir(parents=True)
    shutil.copy2(file, waiting)
    exports = find_exports(aside, source)
    if not exports:
        raise BadSettings(f"{file.name}: the inbox reads no file of that name; name it plainly: {name}.csv")
    outcome = land(aside, exports[0])
    if not outcome.batches or outcome.status == "refused":
        told = outcome.reason or f"{file.name}: nothing of it lands"
        if _REFUSED_BATCH in told:  # that batch was in the scratch home alone: nothing of it can be accepted
            told = f"{told.partition(_REFUSED_BATCH)[0]} Mend these rows, or export again; nothing was written."
        raise ExportRefused(told)
    batch = Ledger(aside).state().batches[outcome.batches[0]]
    with duckdb.connect() as connection:
        landed = connection.read_parquet(exactly(batch.path), hive_partitioning=False)
        counts = landed.aggregate(", ".join(f"count({column.name})" for column in table.columns)).fetchall()[0]
        columns = [column.name for column, count in zip(table.columns, counts, strict=True) if count]
        rows = landed.order("_row").limit(_SHOWN).project(", ".join(columns)).fetchall()
        refused = []
        for kept in sorted((aside.quarantine / "rows").rglob("*.csv")):
            rows_of = f"read_csv({quoted(exactly(kept))}, hive_partitioning = false, header = true, all_varchar = true)"
            query = f"select * from {rows_of} limit 3"
            refused += [f"row {row[1]}, {row[2]}: {row[3]}" for row in connection.execute(query).fetchall()]
    return outcome, columns, rows, refused


def _append_account(home: Home, account: Account) -> None:
    """Adds the account's row to accounts.csv, under the columns that it has."""
    text = home.accounts.read_text(encoding="utf-8-sig")
    header = next(csv.reader(line for line in text.splitlines() if line and not line.startswith("#")))
    values = {
        key: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in account.model_dump().items()
    }
    with home.accounts.open("a", encoding="utf-8", newline="") as file:
        file.write("" if text.endswith("\n") else "\n")
        csv.writer(file, lineterminator="\n").writerow(values.get(column, "") for column in header)
