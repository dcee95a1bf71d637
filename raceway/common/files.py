"""Small files that are seen whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def write_aside(path: Path, content: str | bytes) -> None:
    """Writes a small file (a text as UTF-8) so that readers see the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with aside.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
