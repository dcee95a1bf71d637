"""Container, encoding, furniture: from the raw files of an export to something that DuckDB reads.

    raw file ──► members (zip and xlsx unpacked, gz left packed where DuckDB reads it)
             ──► encoding and header row, looked for in the first lines only
             ──► the table whose required columns that header has

Only the head of a file passes through Python; the rows are DuckDB's. What cannot be understood raises
ExportRefused with a sentence that names the file and says why.
"""

from __future__ import annotations

import csv
import difflib
import functools
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from raceway.common.faults import ExportRefused
from raceway.common.texts import clean
from raceway.contracts.grammar import ColumnContract, SourceContract, TableContract, Unsupported
from raceway.reading.json_head import first_record
from raceway.reading.members import LONGEST_RECORD, Member, opened, write_sheet_anew

_DELIMITERS: Final = (",", "\t", ";", "|")
_CURRENCY: Final = re.compile(r"\s*\(([A-Z]{3})\)$")


@dataclass
class Shape:
    """What a member's head says: which table it feeds and where each column stands."""

    member: Member
    table: TableContract
    header: list[str] = field(default_factory=list)
    header_at: int = 0
    """Records above the header."""
    delimiter: str = ","
    preamble: str = ""
    places: dict[str, list[int]] = field(default_factory=dict)
    """Column name to positions in the row: its own, then those of `also`."""
    extras: dict[str, int] = field(default_factory=dict)
    """Further headers that a contract names (time, zone) to their positions."""
    twins: list[tuple[int, int]] = field(default_factory=list)
    """Positions that are read, and others under the very same header."""
    language: str = "en"
    currency: str | None = None
    """ISO code that a header states in parentheses."""
    currency_header: str = ""
    new_columns: list[str] = field(default_factory=list)
    records: str | None = None
    """JSON: the member that holds the records, in a file that has it."""
    wide: dict[int, str] = field(default_factory=dict)
    """Positions of wide headers that become rows, and the name that each gives."""
    blank_above: int = 0
    """Blank lines among the records above the header."""
    below: int = 0
    """Records directly below the header that are furniture (a second header)."""
    skipped: int = 0
    """Lines that they take, blank ones between them included."""
    beside: int = 0
    """Records of the file that belong to no table (sections that are not landed)."""
    findings: list[str] = field(default_factory=list)
    """What was noticed about the file as a whole, in sentences."""

    proved_locale: Literal["point", "comma"] | None = None
    """How its numbers show that they write decimals, once they were asked (raceway.reading.number_format)."""

    @property
    def contract_locale(self) -> Literal["point", "comma"]:
        """How files with headers of this language write decimals, after the contract."""
        return self.table.meta.number_locale_of.get(self.language, self.table.meta.number_locale)

    @property
    def number_locale(self) -> Literal["point", "comma"]:
        """point or comma: how this file writes decimals."""
        return self.proved_locale or self.contract_locale


# ---------------------------------------------------------------- members


# ---------------------------------------------------------------- recognition


@functools.lru_cache(1 << 14)  # a contract's aliases are compared with every row that might be a header
def normal(text: str) -> str:
    """A header as names are compared: clean, case folded, white space of all kinds collapsed."""
    return " ".join(clean(text).split()).casefold()


def without_currency(text: str) -> tuple[str, str | None]:
    """A header without the currency in parentheses at its end, and that currency."""
    found = _CURRENCY.search(text.strip())
    return (text.strip()[: found.start()], found.group(1)) if found else (text, None)


def recognise(contract: SourceContract, member: Member) -> Shape | Unsupported:
    """Which table of the source a member feeds, or which known kind that is not landed.

    Raises ExportRefused for a shape that nobody knows, with the nearest known one.
    """
    for kind in contract.meta.unsupported:
        if kind.files and re.search(kind.files, member.file_name):
            return kind
    if member.kind == "csv":
        return _recognise_csv(contract, member)
    for table in contract.tables:
        if member.kind in table.meta.formats and _name_fits(table, member):
            shape = _json_shape(table, member) if member.kind == "json" else Shape(member, table)
            if shape is not None:
                return shape
    wanted = ", ".join(f"{table.name} ({', '.join(table.meta.formats)})" for table in contract.tables)
    kind_name = "JSON" if member.kind == "json" else "Parquet"
    raise ExportRefused(f"{member.name}: {kind_name} that is no table of {contract.name}; it has {wanted}")


def _json_shape(table: TableContract, member: Member) -> Shape | None:
    found = first_record(member.text, table.meta.records)
    if found is None:  # the first record may be longer than the head
        member.text = _longer_head(member)
        found = first_record(member.text, table.meta.records)
    if found is None:
        raise ExportRefused(f"{member.name}: no JSON object was found at its beginning; export it as JSON lines")
    record, wrapper = found
    if record is None:  # the list of records is there, and empty
        return Shape(member, table, records=wrapper)
    needed = [c for c in table.required if c.meta.path]
    fits = all(any(path.split(".")[0] in record for path in (c.meta.path or "", *c.meta.also_paths)) for c in needed)
    return Shape(member, table, records=wrapper) if fits else None


def _longer_head(member: Member) -> str:
    """The beginning of a JSON member, long enough for any record that is read."""
    with opened(member) as file:
        return file.read(LONGEST_RECORD).decode(member.encoding, "replace").removeprefix("\ufeff")


def _name_fits(table: TableContract, member: Member) -> bool:
    return table.meta.files is None or bool(re.search(table.meta.files, member.file_name))


def csv_records(text: str, delimiter: str, limit: int) -> list[list[str]]:
    """The first `limit` records of a text; a cut-off last one does no harm, since only the top is looked at."""
    csv.field_size_limit(1 << 24)
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            records.append(record)
            if len(records) >= limit:
                break
    except csv.Error:
        pass  # a quote that never ends: what was read until there is looked at, the rows explain the rest
    return records


def _recognise_csv(contract: SourceContract, member: Member) -> Shape | Unsupported:
    limit = max(table.meta.header_rows + 2 * table.meta.below_header for table in contract.tables)
    readings = [(delimiter, csv_records(member.text, delimiter, limit)) for delimiter in _DELIMITERS]
    for kind in contract.meta.unsupported:
        if kind.text and re.search(kind.text, "\n".join(member.text.split("\n")[:limit])):
            return kind
        if kind.columns and any(_has_all(row, kind.columns) for _, rows in readings for row in rows):
            return kind
    nearest: tuple[float, str] = (0.0, "")
    for table in contract.tables:
        if "csv" not in table.meta.formats or not _name_fits(table, member):
            continue
        for shape, above, below in _candidates(table, member, readings):
            missing = [column for column in table.required if column.name not in shape.places]
            share = 1 - len(missing) / len(table.required)
            if missing:
                nearest = max(nearest, (share, _missing(member, table, missing, shape)))
                continue
            shape.preamble = "\n".join(clean(shape.delimiter.join(record)) for record in above)
            if not table.meta.title or re.search(table.meta.title, shape.preamble):
                shape.blank_above = sum(not record for record in above)
                shape.below, shape.skipped = _below(below, table.meta.below_header)
                _refuse_without_data(shape, below)
                if shape.number_locale == "comma" and member.sheet:
                    write_sheet_anew(member.sheet, member.path, ",")
                return shape
    if nearest[0] >= 0.5:
        raise ExportRefused(nearest[1])
    known = ", ".join(table.name for table in contract.tables)
    first = next((" ".join(line.split()) for line in member.text.split("\n") if line.strip()), "")
    raise ExportRefused(
        f"{member.name}: no known export of {contract.name} (it has {known}); the file begins “{first[:80]}”"
    )


def _candidates(
    table: TableContract, member: Member, readings: list[tuple[str, list[list[str]]]]
) -> Iterator[tuple[Shape, list[list[str]], list[list[str]]]]:
    """Every row that might be the header, as a shape, with the records above and below it."""
    for delimiter, rows in readings:
        for number, row in enumerate(rows):
            shape = _csv_shape(table, member, delimiter, number, row)
            if shape is not None:
                yield shape, rows[:number], rows[number + 1 :]


def _below(rows: list[list[str]], count: int) -> tuple[int, int]:
    """The first `count` records below a header, where there are as many, and the lines that they take."""
    records, lines = 0, 0
    while records < count and lines < len(rows):
        records += bool(rows[lines])
        lines += 1
    return records, lines


def _has_all(row: list[str], columns: Iterable[str]) -> bool:
    cells = {normal(cell) for cell in row}
    return all(normal(column) in cells for column in columns)


def _csv_shape(table: TableContract, member: Member, delimiter: str, number: int, row: list[str]) -> Shape | None:
    """The shape if `row` were the header; None where it has none of the table's columns or one too many."""
    row = [*map(clean, row), *(f"+{place + 1}" for place in range(table.meta.unnamed_cells))]
    names = [normal(cell) for cell in row]
    bare = [normal(without_currency(cell)[0]) for cell in row]
    if any(normal(name) in names for name in table.meta.without):
        return None
    shape = Shape(member, table, list(row), number, delimiter)
    languages: list[str] = []
    for column in table.columns:
        if not column.in_cells or not column.meta.aliases:
            continue
        found = _place(column, names, bare)
        if found is not None:
            place, language = found
            shape.places[column.name] = [place]
            languages += [] if column.meta.optional else [language]
            _note_currency(shape, column, row[place])
        beside = [names.index(normal(also)) for also in column.meta.also if normal(also) in names]
        if beside:
            shape.places[column.name] = shape.places.get(column.name, []) + beside
    if not shape.places:
        return None
    if table.meta.unpivot:
        shape.wide = _wide(shape, table.meta.unpivot.columns)
        if not shape.wide:
            return None
        shape.places |= {column: [] for column in table.unpivoted}
    _place_derived(shape)
    for extra in _extras(table):
        if normal(extra) in names:
            shape.extras[extra] = names.index(normal(extra))
    used = {place for places in shape.places.values() for place in places} | set(shape.extras.values())
    shape.twins = [(p, q) for p in sorted(used) for q in range(len(row)) if q not in used and row[p] == row[q]]
    others = [language for language in languages if language not in ("en", "own")]
    shape.language = max(set(others), key=others.count) if others else "en"
    shape.new_columns = _new_columns(shape)
    return shape


def _place(column: ColumnContract, names: list[str], bare: list[str]) -> tuple[int, str] | None:
    """Position of a column among the headers and the language of the alias that met it.

    A word that several languages share (CTR, Impressions) counts as English, which decides nothing.
    """
    for language, aliases in column.meta.aliases.items():
        for alias in aliases:
            if alias.startswith("~"):
                hits = [i for i, name in enumerate(names) if re.search(alias[1:].casefold(), name)]
            else:
                wanted = normal(alias)
                hits = [i for i, name in enumerate(names) if name == wanted]
                hits = hits or [i for i, name in enumerate(bare) if name == wanted]
            if hits:
                return hits[0], language
    return None


def _place_derived(shape: Shape) -> None:
    """A qualifier stands in the cell that it qualifies, a sentiment is read from the cells that it scores."""
    for column in shape.table.columns:
        of = column.meta.qualifier_of or column.meta.sentiment_of
        if of in shape.places:
            shape.places[column.name] = shape.places[of]


def _wide(shape: Shape, pattern: str) -> dict[int, str]:
    """The headers that become rows, by position: those that the pattern meets and no column stands under."""
    used = {place for places in shape.places.values() for place in places}
    found = {
        place: re.search(pattern, " ".join(header.split()), re.IGNORECASE)
        for place, header in enumerate(shape.header)
        if place not in used and header.strip()
    }
    return {
        place: (hit.group(1) if hit.re.groups and hit.group(1) else " ".join(shape.header[place].split()))
        for place, hit in found.items()
        if hit
    }


def _note_currency(shape: Shape, column: ColumnContract, header: str) -> None:
    currency = without_currency(header)[1]
    if column.meta.money and currency:
        shape.currency, shape.currency_header = currency, header


def _extras(table: TableContract) -> Iterator[str]:
    yield from table.meta.ids
    for column in table.columns:
        moment = column.meta.moment
        if moment.time:
            yield moment.time
        if moment.zone.startswith("column "):
            yield moment.zone.removeprefix("column ")


def _new_columns(shape: Shape) -> list[str]:
    """Headers that neither the columns nor the contract's lists know."""
    meta = shape.table.meta
    used = {place for places in shape.places.values() for place in places} | set(shape.extras.values())
    used |= set(shape.wide)
    personal = {normal(name) for name in meta.personal}
    return [
        header
        for place, header in enumerate(shape.header)
        if place not in used
        and header.strip()
        and normal(header) not in personal
        and not any(re.fullmatch(pattern, header.strip(), re.IGNORECASE) for pattern in meta.known)
    ]


def _missing(member: Member, table: TableContract, missing: list[ColumnContract], shape: Shape) -> str:
    """The sentence about required columns that a header lacks, with the nearest one it has."""
    used = {place for places in shape.places.values() for place in places}
    left = [header for place, header in enumerate(shape.header) if place not in used and header.strip()]
    parts = []
    for column in missing:
        wanted = [alias for aliases in column.meta.aliases.values() for alias in aliases if not alias.startswith("~")]
        near = [
            (difflib.SequenceMatcher(None, normal(alias), normal(header)).ratio(), header)
            for alias in wanted
            for header in left
        ]
        best = max(near, default=(0.0, ""))
        hint = f" (did you mean “{best[1]}”?)" if best[0] >= 0.5 else ""
        parts.append(f"column “{wanted[0] if wanted else column.name}” is missing{hint}")
    return (
        f"{member.name}, row {shape.header_at + 1}: looks like {table.full_name}, but {'; '.join(parts)}. "
        "Export it with that column, or add the header to the contract's aliases"
    )


def _refuse_without_data(shape: Shape, rows: list[list[str]]) -> None:
    first = next((row for row in rows if row), None)
    if first and len([cell for cell in first if cell.strip()]) == 1:
        said = first[0].strip()
        if any(normal(said) == normal(empty) for empty in shape.table.meta.empty):
            raise ExportRefused(f"{shape.member.name}: an export without data: it says “{said}”")
