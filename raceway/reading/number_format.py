"""Which number format a file is in: one for the whole file, proved from all its numeric columns together.

A cell proves a format where the other one cannot read it: `12.50` and `1,234.5` the point, `12,50` and `1.234.567` the
comma. `1.234` in a count is no fraction, and `150.000` in a currency without minor units (VND) is no amount to the
thousandth: both prove the comma. Where two cells prove different formats, the file is refused. Where nothing proves
one, the contract's counts, and a count or an amount that it would read as a fraction of three digits (`1.000`) refuses
the file with both readings: it may as well be a thousand. Only what files write as text is asked: a workbook's typed
numbers have no format.
"""

from __future__ import annotations

from typing import Final, Literal

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.sql import quoted
from raceway.config.accounts import Account
from raceway.config.values import WITHOUT_MINOR_UNITS, minor_unit
from raceway.contracts.grammar import ColumnContract
from raceway.reading.aliases import text_of
from raceway.reading.cells import reads_as_fraction
from raceway.reading.members import sheet_texts
from raceway.reading.shape import Shape

NumberLocale = Literal["point", "comma"]

_WORDS: Final = {"point": "a decimal point", "comma": "a decimal comma"}


def is_numeric(column: ColumnContract) -> bool:
    """Whether a column's cells are counts, amounts or rates."""
    return column.data_type in ("bigint", "double") or column.data_type.startswith("decimal")


def prove_format(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, cells: str) -> NumberLocale:
    """The format of a file's numbers, over `cells`: SQL for its cleaned texts (`text_0` …) and record numbers `_n`.

    Raises ExportRefused where its numbers contradict each other, or may be read in two ways.
    """
    own = shape.contract_locale
    proofs: dict[NumberLocale, tuple[int, str, str]] = {}
    open_cell: tuple[int, str, str] | None = None
    weighty = False
    typed = _not_typed(connection, shape)
    for number, column in enumerate(shape.table.columns):
        if not is_numeric(column) or column.meta.ident or not _is_read(shape, column):
            continue
        text = text_of(number)
        point = _valid(column, text, "point", shape, account)
        comma = _valid(column, text, "comma", shape, account)
        weighs = column.is_amount and not column.meta.counts
        open_here = f"{point} and {comma} and {reads_as_fraction(text, own)}" if column.is_amount else "false"
        found = connection.execute(
            f"select min_by(({text}), _n) filter (where {point} and not {comma}), min(_n) filter (where {point} and "
            f"not {comma}), min_by(({text}), _n) filter (where {comma} and not {point}), min(_n) filter (where {comma} "
            f"and not {point}), min_by(({text}), _n) filter (where {open_here}), min(_n) filter (where {open_here}) "
            f"from ({cells}) where regexp_matches({text}, '[.,]'){typed.format(text)}"
        ).fetchone()
        assert found is not None
        header = _header(shape, column)
        if found[0] is not None:
            proofs["point"] = min(proofs.get("point", (found[1], header, found[0])), (found[1], header, found[0]))
        weighty = weighty or bool(weighs and found[2 if own == "point" else 0])
        if found[2] is not None:
            proofs["comma"] = min(proofs.get("comma", (found[3], header, found[2])), (found[3], header, found[2]))
        if found[4] is not None:
            open_cell = min(open_cell or (found[5], header, found[4]), (found[5], header, found[4]))
    if len(proofs) == 2:
        ways = "; but ".join(
            f"row {row}, column “{header}”: “{text}” can only be read with {_WORDS[way]}"
            for way, (row, header, text) in sorted(proofs.items(), key=lambda proof: proof[1])
        )
        raise ExportRefused(f"{shape.member.name}, {ways}. One file has one number format; export it again in one")
    if proofs:
        # a rate alone (12,34 among conversions) may be a slip: it decides for others, and is refused by itself
        return next(iter(proofs)) if weighty or open_cell is not None else own
    if open_cell is not None:
        row, header, text = open_cell
        raise ExportRefused(
            f"{shape.member.name}, row {row}, column “{header}”: “{text}” may be {_readings(text, own)}, and nothing "
            "else in the file shows which; export it without a sign between the thousands, or with a column that shows "
            "decimals"
        )
    return own


def _readings(text: str, own: NumberLocale) -> str:
    sign = "." if own == "point" else ","
    whole, _, rest = "".join(letter for letter in text if letter.isdigit() or letter == sign).partition(sign)
    return f"{whole} or {whole},{rest}" if not rest.strip("0") else f"{whole}.{rest} or {whole},{rest}"


def _valid(column: ColumnContract, text: str, locale: NumberLocale, shape: Shape, account: Account) -> str:
    """SQL condition that a text is a value of its column in a format."""
    number = f"rw_{locale}({text})"
    if column.data_type == "bigint":
        return f"coalesce(rw_whole({number}) is not null, false)"
    fits = f"coalesce({number} is not null, false)"
    if not column.meta.money:
        return fits
    of_row = next(
        (n for n, c in enumerate(shape.table.columns) if c.meta.row_currency and c.name in shape.places), None
    )
    if of_row is not None:
        whole = f"upper({text_of(of_row)}) in ({', '.join(quoted(code) for code in WITHOUT_MINOR_UNITS)})"
        return f"({fits} and not coalesce({whole} and {reads_as_fraction(text, locale)}, false))"
    return f"({fits} and not {reads_as_fraction(text, locale)})" if minor_unit(account.currency) == 0 else fits


def _is_read(shape: Shape, column: ColumnContract) -> bool:
    """Whether a column's texts stand in the cells of this file."""
    wide = shape.table.meta.unpivot
    return bool(shape.places.get(column.name)) or (wide is not None and column.name == wide.value)


def _header(shape: Shape, column: ColumnContract) -> str:
    places = shape.places.get(column.name)
    return " ".join(shape.header[places[0]].split()) if places else column.name


def _not_typed(connection: duckdb.DuckDBPyConnection, shape: Shape) -> str:
    """A further SQL condition, over `{0}`, that a workbook's cell is a text; empty for other files."""
    if shape.member.sheet is None:
        return ""
    connection.execute("set variable sheet_texts = $1::varchar[]", [sheet_texts(shape.member.sheet)])
    return " and list_contains(getvariable('sheet_texts'), {0})"
