"""Reports of one source that tell the same measures of the same days: what of them can be compared."""

from __future__ import annotations

from pathlib import Path

from raceway.common.faults import BadContract
from raceway.contracts.grammar import TableContract


def days_of(table: TableContract) -> tuple[str, str] | None:
    """The columns of the first and the last day that a row speaks for; twice the day's where it is one day; None where
    the table's rows stand for no stretch of days."""
    if table.scope.kind == "days" and table.scope.day:
        return table.scope.day, table.scope.day
    period = table.meta.period
    told = {column.meta.value_of: column.name for column in table.columns if column.meta.value_of}
    first = (period.first if period else None) or told.get("period_start")
    last = (period.last if period else None) or told.get("period_end")
    return (first, last) if first and last else None


def check_reconciles(path: Path, tables: tuple[TableContract, ...]) -> None:
    """Raises BadContract where a table is to be compared with one that is not there, or in what one of them lacks."""
    by_name = {table.name: table for table in tables}
    for table in tables:
        for rule in table.meta.reconciles:
            where, other = f"{path}: table {table.name}: reconciles", by_name.get(rule.against)
            if other is None or other is table or other.scope.kind != "days":
                raise BadContract(
                    f"{where} names {rule.against}, which is no other table of this source with `scope: {{kind: days}}`"
                )
            if days_of(table) is None:
                raise BadContract(f"{where}: its rows speak for no days; write `scope: {{kind: days, …}}` or `period`")
            for column in rule.columns:
                lacking = [one.name for one in (table, other) if column not in one.by_name]
                if lacking:
                    raise BadContract(f"{where}: {lacking[0]} has no column {column}")
                if not (table.by_name[column].is_number and other.by_name[column].is_number):
                    raise BadContract(f"{where}: {column} is no number in both tables")
