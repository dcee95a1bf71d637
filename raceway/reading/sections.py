"""Files that hold several tables, each with its own header, between blank lines (GA4's report exports).

    file ──► plain utf-8 copy ──► cut at blank lines outside quotes ──► one member per section
                                                                        ──► the table that its header has

A section whose header is of no table is furniture: counted, and named in a finding. What a file says above its
first header (account, property, name of the report) counts for all of its sections.
"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from raceway.common.faults import ExportRefused
from raceway.contracts.grammar import SourceContract, Unsupported
from raceway.reading.members import HEAD_BYTES, Member, blank_lines, plain_copy
from raceway.reading.nearest import quotable
from raceway.reading.recognise import recognise
from raceway.reading.shape import Shape


def recognise_all(contract: SourceContract, member: Member, scratch: Path) -> list[Shape | Unsupported]:
    """Which tables of the source a member feeds: one, or as many as it has sections.

    Raises ExportRefused for a shape that nobody knows.
    """
    divided = tuple(table for table in contract.tables if table.meta.sections)
    if member.kind != "csv" or not divided:
        return [recognise(contract, member)]
    refusal: ExportRefused | None = None
    whole: Shape | Unsupported | None = None
    try:
        whole = recognise(contract, member)
    except ExportRefused as fault:
        refusal = fault
    if whole is not None and not (isinstance(whole, Shape) and whole.table.meta.sections):
        return [whole]
    only = contract.model_copy(update={"tables": divided, "meta": contract.meta.model_copy(update={"unsupported": ()})})
    pieces = _pieces(member, scratch, whole.delimiter if isinstance(whole, Shape) else ",")
    found = [(piece, _shape(only, piece)) for piece in pieces]
    shapes = [shape for _, shape in found if shape is not None]
    if not shapes and refusal is not None:
        raise refusal
    if len(pieces) == 1 and whole is not None:
        return [whole]
    for piece in [piece for piece, shape in found if shape is None]:
        records = _records(piece.path.read_text(encoding="utf-8"))
        shapes[0].beside += len(records)
        shapes[0].findings.append(
            f"{piece.name}: a section of {len(records)} rows that is no table of {contract.name}, not landed; "
            f"it begins “{quotable(' '.join(records[0])) if records else ''}”"
        )
    return list(shapes)


def _shape(contract: SourceContract, piece: Member) -> Shape | None:
    try:
        found = recognise(contract, piece)
    except ExportRefused:
        return None  # the caller counts it and says so
    return found if isinstance(found, Shape) else None


def _pieces(member: Member, scratch: Path, delimiter: str) -> list[Member]:
    """The sections as members; lines that are no table by themselves belong to the section below them."""
    folder = Path(tempfile.mkdtemp(prefix="sections-", dir=scratch))
    plain = plain_copy(member, folder / "plain.csv", cp1252=False)
    data = plain.read_bytes()
    cuts = [*blank_lines(plain, delimiter), len(data)]
    plain.unlink()
    pieces: list[Member] = []
    start = 0
    for cut in cuts:
        text = data[start:cut]
        if not text.strip() or (cut < len(data) and _is_title(text.decode("utf-8"))):
            continue  # start stays: title and what follows it are one section
        number = len(pieces) + 1
        path = folder / f"{number}.csv"
        path.write_bytes(text.lstrip(b"\n"))
        head = path.read_bytes()[:HEAD_BYTES].decode("utf-8", "ignore")
        pieces.append(
            Member(f"{member.name} (section {number})", path, member.raw, "csv", text=head, part_of=member,
                   section=number)
        )  # fmt: skip
        start = cut
    return pieces


def _is_title(text: str) -> bool:
    """Whether lines are comments, or hold one cell each, and so stand above a table."""
    lines = [line for line in text.splitlines() if line.strip()]
    return all(line.startswith("#") for line in lines) or all(len(record) == 1 for record in _records(text))


def _records(text: str) -> list[list[str]]:
    return [record for record in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in record)]
