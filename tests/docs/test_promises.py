"""docs/reference/promises.md: each promise names tests that are there."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "reference" / "promises.md"


def test_every_promise_names_tests_that_are_there() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| (?!promise|---)", line)]
    assert len(rows) > 25
    missing = []
    for row in rows:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        missing += [
            f"{file}::{test}"
            for file, test in named
            if not (ROOT / "tests" / file).is_file()
            or f"def {test}(" not in (ROOT / "tests" / file).read_text(encoding="utf-8")
        ]
    assert missing == []
