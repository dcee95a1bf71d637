"""Files that are seen whole or not at all, and outlast a power cut."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def make_durable(path: Path) -> None:
    """Waits until a file, or what a folder lists, is on the disk and would outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_aside(path: Path, content: str | bytes) -> None:
    """Writes a small file (a text as UTF-8) so that readers see the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with aside.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
