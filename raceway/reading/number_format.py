"""Which number format a file is in: one for the whole file, proved from all its numeric columns together.

A cell proves a format where the other one cannot read it: `12.50` and `1,234.5` the point, `12,50` and `1.234.567` the
comma. `1.234` in a count is no fraction, and `150.000` in a currency without minor units (VND) is no amount to the
thousandth: both prove the comma. Where two cells prove different formats, the file is refused. Where nothing proves
one, the contract's counts, and a count or an amount that it would read as a fraction of three digits (`1.000`) refuses
the file with both readings: it may as well be a thousand. Only what files write as text is asked: a workbook's typed
numbers have no format.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.sql import quoted
from raceway.config.accounts import Account
from raceway.config.values import WITHOUT_MINOR_UNITS, minor_unit
from raceway.contracts.grammar import ColumnContract
from raceway.reading.aliases import text_of
from raceway.reading.cells import bare_reads_as_fraction
from raceway.reading.shape import Shape
from raceway.reading.workbook import sheet_texts

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
    asked = {
        number: column
        for number, column in enumerate(shape.table.columns)
        if is_numeric(column) and not column.meta.ident and _is_read(shape, column)
    }
    proofs: dict[NumberLocale, tuple[int, str, str]] = {}
    open_cell: tuple[int, str, str] | None = None
    decides = False
    for place, *found in connection.execute(_proofs_of(connection, shape, account, cells, asked)).fetchall():
        column = asked[place]
        header = _header(shape, column)
        point, at_point, comma, at_comma, either, at_either, is_either = found
        if point is not None:
            proofs["point"] = min(proofs.get("point", (at_point, header, point)), (at_point, header, point))
        weighs = column.is_amount and not column.meta.counts and (comma if own == "point" else point)
        decides = decides or bool(weighs or is_either)
        if comma is not None:
            proofs["comma"] = min(proofs.get("comma", (at_comma, header, comma)), (at_comma, header, comma))
        if either is not None:
            open_cell = min(open_cell or (at_either, header, either), (at_either, header, either))
    if len(proofs) == 2:
        ways = "; but ".join(
            f"row {row}, column “{header}”: “{text}” can only be read with {_WORDS[way]}"
            for way, (row, header, text) in sorted(proofs.items(), key=lambda proof: proof[1])
        )
        raise ExportRefused(f"{shape.member.name}, {ways}. One file has one number format; export it again in one")
    if proofs:
        # a rate alone (12,34 among conversions) may be a slip, and is refused by itself; it decides for cells that
        # both formats can read (1,234)
        return next(iter(proofs)) if decides else own
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


def _proofs_of(
    connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, cells: str,
    asked: Mapping[int, ColumnContract],
) -> str:  # fmt: skip
    """A query for a row of each column of `asked` by its number: the first text, and its record, that only the point
    can read, that only the comma can, and that both can read while the contract's makes a fraction of it; and whether
    a text is thousands in one and a fraction in the other.

    Each step is a query of its own: a macro names its text many times, and would be worked out as often.
    """
    typed = _not_typed(connection, shape)
    texts = " union all ".join(
        f"select {number} as place, ({text_of(number)}) as text, {_in_whole_units(column, shape, account)} as whole, "
        f"min(_n) as _n from cells where regexp_matches({text_of(number)}, '[.,]'){typed.format(text_of(number))} "
        "group by all"
        for number, column in asked.items()
    ) or "select 0 as place, '' as text, false as whole, 0 as _n where false"  # fmt: skip
    counts = ", ".join(str(number) for number, column in asked.items() if column.data_type == "bigint") or "null"
    weighty = ", ".join(str(number) for number, column in asked.items() if column.is_amount) or "null"
    reads = ", ".join(
        f"case when place in ({counts}) then rw_whole({way}) is not null "
        f"else {way} is not null and not (whole and {way}_fraction) end as by_{way}"
        for way in _WORDS
    )
    first = ", ".join(
        f"min_by(text, _n) filter (where {condition}), min(_n) filter (where {condition})"
        for condition in (
            "by_point and not by_comma",
            "by_comma and not by_point",
            f"by_point and by_comma and {shape.contract_locale}_fraction and place in ({weighty})",
        )
    )
    return (
        f"with cells as materialized ({cells}), texts as ({texts}), "
        "bare as (select place, text, whole, _n, rw_bare(text) as bare from texts), "
        "numbers as (select *, rw_bare_point(bare) as point, rw_bare_comma(bare) as comma, "
        f"{bare_reads_as_fraction('bare', 'point')} as point_fraction, "
        f"{bare_reads_as_fraction('bare', 'comma')} as comma_fraction from bare), "
        f"valid as (select *, {reads} from numbers) "
        f"select place, {first}, bool_or(by_point and by_comma and (point_fraction or comma_fraction)) "
        "from valid group by place order by place"
    )


def _in_whole_units(column: ColumnContract, shape: Shape, account: Account) -> str:
    """SQL condition that a cell is an amount in a currency without minor units."""
    if not column.meta.money or column.data_type == "bigint":
        return "false"
    of_row = next(
        (n for n, c in enumerate(shape.table.columns) if c.meta.row_currency and c.name in shape.places), None
    )
    if of_row is None:
        return "true" if minor_unit(account.currency) == 0 else "false"
    return f"coalesce(upper({text_of(of_row)}) in ({', '.join(quoted(code) for code in WITHOUT_MINOR_UNITS)}), false)"


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
