"""When an export was made, as its name or its files say."""

from __future__ import annotations

import datetime as dt
import re

from raceway.common.faults import ExportRefused
from raceway.contracts.grammar import TableContract
from raceway.inbox.exports import A_DAY, Export


def exported_at_of(export: Export, table: TableContract) -> tuple[dt.datetime, list[str]]:
    """From the name where the contract says so, else the newest time of the files; and what is to be said of it.

    Raises ExportRefused where the name states a day that the calendar has not.
    """
    noted: list[str] = []
    pattern = table.meta.exported_at.pattern
    for file in export.files if pattern else ():
        found = re.search(str(pattern), file.path)
        if found:
            named = dt.datetime.combine(_named_day(file.path, found.group("date")), dt.time(), dt.UTC)
            if named <= dt.datetime.now(dt.UTC) + A_DAY:
                return named, noted
            noted.append(
                f"{file.path}: its name says {named:%Y-%m-%d}, which lies in the future; it counts as exported at the "
                "file's own time"
            )
    return max(file.modified_at for file in export.files), noted


def _named_day(path: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as fault:
        raise ExportRefused(
            f"{path}: “{text}” in its name is no day of the calendar; name it as it was downloaded"
        ) from fault
