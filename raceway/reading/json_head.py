"""How a JSON file begins: the first record, by which a file is told from others, and how its records lie.

    {"a": 1}⏎{"a": 2}        JSON lines
    [{"a": 1}, {"a": 2}]     one array
    {"items": [{"a": 1}]}    a document whose member holds the records, or one such page a line
    {⏎ "a": 1⏎}              one document that is itself the record

Only the head of a file is looked at here, and it may be cut off anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from raceway.reading.json_lists import HOLDER

Record = dict[str, Any]

_LINES: Final = 30
_DECODER: Final = json.JSONDecoder()


def is_array(text: str) -> bool:
    """Whether the file is one array."""
    return text.lstrip()[:1] == "["


def is_lines(text: str) -> bool:
    """Whether the first line is a whole object: JSON lines, then."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return isinstance(_decoded(first.strip(), whole=True), dict)


def first_record(text: str, records: str | None) -> tuple[Record | None, str | None] | None:
    """The first record of a file and the member that holds the records; None where no object is found.

    `records` is the member (dotted) that the contract names; a file that lacks it holds bare records, and the
    second value is None. The record is None where that member's list is empty.
    """
    empty: tuple[None, str] | None = None
    for found in first_objects(text):
        if records is None:
            return found, None
        listed = _member(found, records)
        if not isinstance(listed, list):
            return found, None
        inside = next((item for item in listed if isinstance(item, dict)), None)
        if inside is not None:
            return inside | {HOLDER: found}, records
        empty = None, records
    if empty is None and records is not None:
        cut = re.search(rf'"{re.escape(records.split(".")[-1])}"\s*:\s*\[\s*(?=\{{)', text)
        inside = _decoded(text[cut.end() :]) if cut else None
        if isinstance(inside, dict):
            return inside | {HOLDER: {}}, records
    return empty


def first_objects(text: str, limit: int = _LINES) -> Iterator[Record]:
    """The first whole objects at the beginning of a file: of an array, of the first lines, or the document itself."""
    text = text.lstrip()
    if is_array(text):
        at = 1
        for _ in range(limit):
            at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
            try:
                item, at = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                return
            if isinstance(item, dict):
                yield item
        return
    document = None if is_lines(text) else _decoded(text)
    if isinstance(document, dict):
        yield document
    for line in text.split("\n")[:limit]:
        item = _decoded(line.strip(), whole=True)
        if isinstance(item, dict):
            yield item


def _decoded(text: str, whole: bool = False) -> Any:
    """The JSON value at the beginning of a text (`whole`: that is all of it); None where there is none."""
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):  # too deep is as good as broken
        return None
    return None if whole and text[end:].strip() else value


def _member(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document
