"""What the program says of checks, remedies and caveats, in Vietnamese: `phrases.csv`, one row a phrase.

A check's claim and its remedy stand in English where the check stands (a contract, the yml beside a dbt test, the code
that makes it). `phrases.csv` holds them once more as the key of their translation, as a message catalogue does; a
`{name}` in a phrase is a column, table or number that differs from check to check. A test holds every claim and remedy
of the program to an entry. What was found, with its file and row, is quoted as it was said and never translated.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("phrases.csv")
_PLACE: Final = re.compile(r"\{(\w+)\}")


def in_vietnamese(phrase: str | None) -> str:
    """A claim, remedy or caveat in Vietnamese; empty where the catalogue has none of it (a company's own check)."""
    if not phrase:
        return ""
    whole, with_places = _catalogue()
    if phrase in whole:
        return whole[phrase]
    for pattern, vietnamese in with_places:
        found = pattern.fullmatch(phrase)
        if found:
            return vietnamese.format_map(found.groupdict())
    return ""


def phrases() -> Iterator[tuple[str, str]]:
    """The catalogue: English and Vietnamese, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["en"], row["vi"]


@functools.cache
def _catalogue() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Phrases without a place, and those with one as patterns; of several that fit the first in the file counts."""
    whole = {english: vietnamese for english, vietnamese in phrases() if not _PLACE.search(english)}
    with_places = [
        (re.compile(_PLACE.sub(r"(?P<\1>.*?)", re.escape(english).replace(r"\{", "{").replace(r"\}", "}"))), vietnamese)
        for english, vietnamese in phrases()
        if _PLACE.search(english)
    ]
    return whole, with_places
