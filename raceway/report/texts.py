"""The words of the report, in English and Vietnamese: `texts.csv`, one row a text."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

FILE: Final = Path(__file__).with_name("texts.csv")


@functools.cache
def texts() -> Mapping[str, tuple[str, str]]:
    """Text by key, English and Vietnamese. `{name}` in a text is a place that the page fills."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return MappingProxyType({row["key"]: (row["en"], row["vi"]) for row in csv.DictReader(file)})
