"""Records that lie in a list below a member of each document: taken out, one JSON text each."""

from __future__ import annotations

import json
from typing import Any, Final

import duckdb

from raceway.common.sql import name, quoted
from raceway.reading.rows import fresh

HOLDER: Final = "_holder"
"""The member under which a record of a list shows the rest of the document that holds it."""


def taken_out(
    connection: duckdb.DuckDBPyConnection, member: str, documents: str, is_object: str, with_holder: bool
) -> tuple[str, str]:
    """A table of the documents (`line`, `_n`, `items`: null where they have no such list), and a query for the
    records as `line`, numbered by `_n`.

    `member` is the list's place (dotted), `is_object` the condition that a line is an object. With the holder each
    record has what its document says beside the list: once per document without the list, so that a long one is
    not copied with all its records into each of them.
    """
    path = quoted("$." + ".".join(name(part) for part in member.split(".")))
    unpacked, listed = fresh("unpacked"), fresh("listed")
    holder, item = "", "unnest(items)"
    if with_holder:
        without: Any = None
        for part in reversed(member.split(".")):
            without = {part: without}
        rest = f"json_merge_patch(cast(line as json), {quoted(json.dumps(without))})"
        holder = f", case when {is_object} then json_object('{HOLDER}', {rest}) end as holder"
        item = "unnest(items) as record, holder"
    connection.execute(
        f"create temp table {unpacked} as select line, _n, case when {is_object} then "
        f"case when json_type(line, {path}) = 'ARRAY' then cast(json_extract(line, {path}) as json[]) end "
        f"end as items{holder} from {documents}"
    )
    records = f"select {item if with_holder else item + ' as item'} from {unpacked} where items is not null"
    if with_holder:  # what is no object stays as it is, and is refused as such
        merged = "case when json_type(record) = 'OBJECT' then json_merge_patch(record, holder) else record end"
        records = f"select {merged} as item from ({records})"
    connection.execute(f"create temp table {listed} as {records}")
    return unpacked, f"(select cast(item as varchar) as line, rowid + 1 as _n from {listed})"
