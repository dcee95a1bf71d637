"""What one raw file may unpack to: counted while it is unpacked, archives inside archives included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from raceway.common.faults import ExportRefused
from raceway.config.limits import Limits

CHUNK: Final = 1 << 22

_MB: Final = 1 << 20
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_TOKENS: Final = re.compile(rb'["\\\[\]{}\n]')


@dataclass
class Budget:
    """How much of one raw file was unpacked, and what is left. `name` is what sentences call it, `size` its bytes."""

    name: str
    size: int
    limits: Limits
    unpacked: int = 0
    members: int = 0

    def unpack(self, count: int) -> None:
        """Counts bytes. Raises ExportRefused for a flood."""
        self.unpacked += count
        freely, times = self.limits.unpacked_freely_mb * _MB, self.limits.unpacked_times
        if self.unpacked > freely and self.unpacked > times * self.size:
            raise ExportRefused(
                f"{self.name}: {self.size:,} bytes that unpack to more than {times:g} times as much, further than "
                "exports shrink; unpack it yourself if it is one, or raise limits.unpacked_times in raceway.toml"
            )
        if self.unpacked > self.limits.unpacked_gb * 1024 * _MB:
            raise ExportRefused(
                f"{self.name}: unpacks to more than {self.limits.unpacked_gb:g} GB; divide the export, or raise "
                "limits.unpacked_gb in raceway.toml"
            )

    def take(self, count: int) -> None:
        """Counts members of an archive. Raises ExportRefused where they are too many."""
        self.members += count
        if self.members > self.limits.members:
            raise ExportRefused(
                f"{self.name}: the archive holds more than {self.limits.members:,} files; pack fewer into one, or "
                "raise limits.members in raceway.toml"
            )

    def copy(self, packed: IO[bytes], target: Path) -> None:
        """Unpacks a stream into a file. Raises ExportRefused for a flood."""
        with target.open("wb") as file:
            for block in self.blocks(packed):
                file.write(block)

    def blocks(self, packed: IO[bytes]) -> Iterator[bytes]:
        """A stream's bytes, counted. Raises ExportRefused for a flood."""
        while block := packed.read(CHUNK):
            self.unpack(len(block))
            yield block


def may_be_deep(blocks: Iterable[bytes], limits: Limits) -> bool:
    """Whether a JSON text has a run of opening brackets beyond the limit; they may stand in a text."""
    opened = re.compile(rb"[\[{]{%d}" % (limits.depth + 1))
    tail = b""
    found = False
    for block in blocks:
        brackets = tail + block.translate(None, _NO_BRACKETS)
        found = found or opened.search(brackets) is not None
        tail = brackets[-limits.depth :]
    return found


def refuse_deep(name: str, blocks: Iterable[bytes], limits: Limits, *, in_lines: bool) -> None:
    """Raises ExportRefused where lists and objects lie inside each other deeper than the limit.

    `in_lines` says that each line is a document of its own. Exact and slow: for what `may_be_deep`.
    """
    depth, line, in_text = 0, 1, False
    escaped_at = -1
    before = 0
    for block in blocks:
        for token in _TOKENS.finditer(block):
            sign, at = token.group(), before + token.start()
            if sign == b"\n":
                line += 1
                if in_lines:
                    depth, in_text = 0, False
            elif at == escaped_at:
                continue
            elif in_text:
                in_text = sign != b'"'
                escaped_at = at + 1 if sign == b"\\" else -1
            elif sign == b'"':
                in_text = True
            elif sign in b"[{":
                depth += 1
                if depth > limits.depth:
                    raise ExportRefused(
                        f"{name}, line {line}: more than {limits.depth} lists and objects inside each other; export it "
                        "flatter, or raise limits.depth in raceway.toml"
                    )
            elif sign in b"]}":
                depth -= 1
        before += len(block)
