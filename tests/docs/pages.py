"""The Markdown pages of the repository: their links, code and command blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from raceway.common.home import PROJECT

ROOT = PROJECT.root
NOT_RUN = "# not run by the tests: "
"""First line of a command block that no test runs; the reason follows. It is visible on the page."""

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```\s*$", flags=re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str

    @property
    def is_run(self) -> bool:
        return self.language == "sh" and not self.text.startswith(NOT_RUN)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The page without its fenced blocks."""
        return _FENCE.sub("", self.text)

    def blocks(self) -> list[Block]:
        return [Block(language, text) for language, text in _FENCE.findall(self.text)]

    def links(self) -> list[str]:
        return _LINK.findall(_SPAN.sub("", self.prose))

    def code(self) -> list[str]:
        """What stands in backticks."""
        return _SPAN.findall(self.prose)

    def commands(self) -> Iterator[str]:
        """Every line of a command block, and every piece of code in the text."""
        for block in self.blocks():
            if block.language == "sh":
                yield from block.text.replace("\\\n", " ").splitlines()
        yield from self.code()

    def anchors(self) -> set[str]:
        """The anchors of its headings, as GitHub makes them."""
        headings = re.findall(r"^#+ (.+?)\s*$", self.prose, flags=re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def pages() -> list[Page]:
    """Every Markdown file that belongs to the repository."""
    found = [
        *ROOT.glob("*.md"),
        *(
            path
            for folder in ("docs", "dbt_project", "tests", "bench", "raceway", "templates")
            for path in (ROOT / folder).rglob("*.md")
        ),
    ]
    return [Page(path) for path in sorted(found)]
