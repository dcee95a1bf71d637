"""Container, encoding, furniture: from the raw files of an export to something that DuckDB reads.

    raw file ──► members (zip and xlsx unpacked, gz left packed where DuckDB reads it)
             ──► encoding and header row, looked for in the first lines only
             ──► the table whose required columns that header has

Only the head of a file passes through Python; the rows are DuckDB's. What cannot be understood raises
ExportRefused with a sentence that names the file and says why.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from raceway.common.faults import ExportRefused
from raceway.common.texts import clean
from raceway.contracts.grammar import ColumnContract, SourceContract, TableContract, Unsupported
from raceway.reading.furniture import NUMBER_OR_DAY, names_of
from raceway.reading.json_head import first_record
from raceway.reading.members import LONGEST_RECORD, Member, opened
from raceway.reading.nearest import Attempt, unknown
from raceway.reading.shape import Headers, Shape, normal, without_currency
from raceway.reading.workbook import write_sheet_anew

_DELIMITERS: Final = (",", "\t", ";", "|")


def recognise(contract: SourceContract, member: Member) -> Shape | Unsupported:
    """Which table of the source a member feeds, or which known kind that is not landed.

    Raises ExportRefused for a shape that nobody knows, with the nearest known one.
    """
    for kind in contract.meta.unsupported:
        if kind.files and re.search(kind.files, member.report_name):
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
    return table.meta.files is None or bool(re.search(table.meta.files, member.report_name))


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
        if kind.columns and any(_has_all(row, kind) for _, rows in readings for row in rows):
            return kind
    attempts: list[Attempt] = []
    others: list[str] = []
    for table in contract.tables:
        if "csv" not in table.meta.formats or not _name_fits(table, member):
            continue
        for shape, above, below in _candidates(table, member, readings):
            missing = table.lacking(shape.places)
            if missing or (table.meta.unpivot and not shape.wide):
                attempts += [] if _of_others(shape) else [Attempt(table, shape, missing)]
                continue
            # a spreadsheet gives the lines above a table as many cells as the table has
            shape.preamble = "\n".join(clean(shape.delimiter.join(record).rstrip(shape.delimiter)) for record in above)
            if table.meta.title and not re.search(table.meta.title, shape.preamble):
                continue
            if not _is_filled(shape, below):
                continue
            other = _another_report(shape, above)
            if other:
                others.append(other)
                continue
            return _settled(shape, below)
    if others:
        raise ExportRefused(others[0])
    _refuse_wide(member, readings)
    first = max((row for _, rows in readings for row in rows[:5]), key=len, default=[])
    raise ExportRefused(unknown(contract, member.name, attempts, first))


def _refuse_wide(member: Member, readings: list[tuple[str, list[list[str]]]]) -> None:
    widest = max((len(row) for _, rows in readings for row in rows), default=0)
    if widest > member.limits.columns:
        raise ExportRefused(
            f"{member.name}: a table of {widest:,} columns, more than {member.limits.columns:,} (limits.columns of "
            "raceway.toml); export fewer, or raise the limit"
        )


def _settled(shape: Shape, below: list[list[str]]) -> Shape:
    """A recognised shape with what its rows show: furniture below the header, names, decimal commas of a sheet."""
    meta, member = shape.table.meta, shape.member
    shape.blank_above = sum(not record for record in csv_records(member.text, shape.delimiter, shape.header_at))
    shape.below, shape.skipped = _below(below, meta.below_header or int(meta.described and _describes(shape, below)))
    _refuse_without_data(shape, below)
    if meta.totals and meta.totals.nameless:
        top = csv_records(member.text, shape.delimiter, shape.header_at + 501)
        shape.names = names_of(shape, top[shape.header_at + 1 :])
    if shape.number_locale == "comma" and member.sheet:
        write_sheet_anew(member.sheet, member.path, ",")
    return shape


def _of_others(shape: Shape) -> list[str]:
    """The headers that say that a file is another report."""
    of_others = {normal(name) for name in shape.table.meta.without}
    return [header for header in shape.header if normal(header) in of_others]


def _is_filled(shape: Shape, below: list[list[str]]) -> bool:
    """Whether the columns without which a file is another table hold something in some record at the top."""
    places = [shape.places[column][0] for column in shape.table.meta.filled if shape.places.get(column)]
    records = [record for record in below if any(cell.strip() for cell in record)]
    return not records or all(any(record[p].strip() for record in records if p < len(record)) for p in places)


def _describes(shape: Shape, below: list[list[str]]) -> bool:
    """Whether the first record below the header says in words what the columns hold: no number of it is one."""
    first = next((record for record in below if any(cell.strip() for cell in record)), [])
    places = [
        shape.places[column.name][0]
        for column in shape.table.required
        if not column.is_text and shape.places.get(column.name)
    ]
    cells = [first[place].strip() for place in places if place < len(first)]
    return any(cells) and not any(NUMBER_OR_DAY.fullmatch(cell) for cell in cells if cell)


def _another_report(shape: Shape, above: list[list[str]]) -> str:
    """Why a file with all required columns is another report after all; empty where it is none."""
    meta = shape.table.meta
    found = _of_others(shape)
    title = next((cell.strip() for row in above for cell in row if cell.strip()), "")
    if not found and meta.titled and not re.search(meta.titled, title):
        found = list(shape.new_columns.values())
    if not found:
        return ""
    called = f"titled “{title}”, " if meta.titled and title else ""
    names = ", ".join(f"“{' '.join(header.split())[:80]}”" for header in found[:5])
    return (
        f"{shape.member.name}: {called}no known export of {shape.table.source}: it has all of {shape.table.name}, and "
        f"{names} besides, so its rows may be finer and would be counted several times. Export {shape.table.name} "
        f"({shape.table.description.split(';')[0].rstrip('.')}) without {'it' if len(found) == 1 else 'them'}"
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


def _has_all(row: list[str], kind: Unsupported) -> bool:
    cells = {normal(cell) for cell in row}
    return all(normal(column) in cells for column in kind.columns) and not any(
        normal(column) in cells for column in kind.without
    )


def _csv_shape(table: TableContract, member: Member, delimiter: str, number: int, row: list[str]) -> Shape | None:
    """The shape if `row` were the header; None where it has none of the table's columns, or more than are read."""
    if len(row) > member.limits.columns:
        return None
    row = [*map(clean, row), *(f"+{place + 1}" for place in range(table.meta.unnamed_cells))]
    names = Headers(row)
    shape = Shape(member, table, list(row), number, delimiter)
    languages: list[str] = []
    for column in table.columns:
        if not column.in_cells or not column.meta.aliases:
            continue
        found = _place(column, names)
        if found is not None:
            place, language = found
            shape.places[column.name] = [place]
            languages += [] if column.meta.optional else [language]
            _note_currency(shape, column, row[place])
        beside = [place for also in column.meta.also for place in names.called(also)[:1]]
        if beside:
            shape.places[column.name] = shape.places.get(column.name, []) + beside
    if table.meta.unpivot:
        shape.wide = _wide(shape, table.meta.unpivot.columns)
    if not shape.places and not shape.wide:
        return None
    if table.meta.unpivot:
        shape.places |= {column: [] for column in table.unpivoted}
    _place_derived(shape)
    for extra in _extras(table):
        for place in names.called(extra)[:1]:
            shape.extras[extra] = place
    used = {place for places in shape.places.values() for place in places} | set(shape.extras.values())
    shape.twins = [(p, q) for p in sorted(used) for q in range(len(row)) if q not in used and row[p] == row[q]]
    others = [language for language in languages if language not in ("en", "own")]
    shape.language = max(set(others), key=others.count) if others else "en"
    shape.new_columns = _new_columns(shape)
    return shape


def _place(column: ColumnContract, names: Headers) -> tuple[int, str] | None:
    """Position of a column among the headers and the language of the alias that met it.

    A word that several languages share (CTR, Impressions) counts as English, which decides nothing.
    """
    for language, aliases in column.meta.aliases.items():
        for alias in aliases:
            hits = names.matching(alias[1:]) if alias.startswith("~") else names.called(alias)
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


def _new_columns(shape: Shape) -> dict[int, str]:
    """Headers that neither the columns nor the contract's lists know."""
    meta = shape.table.meta
    used = {place for places in shape.places.values() for place in places} | set(shape.extras.values())
    used |= set(shape.wide)
    personal = {normal(name) for name in meta.personal}
    return {
        place: header
        for place, header in enumerate(shape.header)
        if place not in used
        and header.strip()
        and normal(header) not in personal
        and not any(re.fullmatch(pattern, header.strip(), re.IGNORECASE) for pattern in meta.known)
    }


def _refuse_without_data(shape: Shape, rows: list[list[str]]) -> None:
    first = next((row for row in rows if row), None)
    if first and len([cell for cell in first if cell.strip()]) == 1:
        said = first[0].strip()
        if any(normal(said) == normal(empty) for empty in shape.table.meta.empty):
            raise ExportRefused(f"{shape.member.name}: an export without data: it says “{said}”")
