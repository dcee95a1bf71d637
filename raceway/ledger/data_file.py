"""Whether a batch's Parquet file is the one that landed: a quick look each night, every byte when it is asked for.

How many bytes landing wrote, and their SHA-256, stand in the manifest (`data_bytes`, `data_sha256`): in the ledger's as
it landed first, in the batch's folder as the file was written last. Batches of earlier versions note neither.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from raceway.common.files import write_aside
from raceway.ledger.states import BatchState

MANIFEST: Final = "manifest.json"
_MAGIC: Final = b"PAR1"
_SMALLEST: Final = 12
"""Bytes of a Parquet file without anything: two magic words and the footer's length."""


def marks_of(data: Path) -> dict[str, Any]:
    """The size and SHA-256 of a batch's file, as its manifest keeps them."""
    with data.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"data_bytes": data.stat().st_size, "data_sha256": sha256}


def note_marks(data: Path) -> None:
    """Writes into the manifest beside a file that was written again what it is now; one without a manifest has none."""
    path = data.with_name(MANIFEST)
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return
    write_aside(path, json.dumps(manifest | marks_of(data), ensure_ascii=False, indent=1, sort_keys=True))


def damage_of(batch: BatchState) -> str:
    """What is wrong with a batch's Parquet file as far as its size and its two ends show; empty where nothing is."""
    found = parquet_damage(batch.path)
    if found:
        return found
    size, known = batch.path.stat().st_size, batch.head.get("data_bytes")
    if known in (None, size):
        return ""
    known = _beside(batch.path).get("data_bytes", known)  # landed again, or given other entities, since
    return "" if known == size else f"it has {size} bytes, and {known} were written"


def deep_damage_of(batch: BatchState) -> str:
    """The same of every byte, where landing has noted their hash."""
    found = damage_of(batch)
    known = _beside(batch.path).get("data_sha256") or batch.head.get("data_sha256")
    if found or known in (None, marks_of(batch.path)["data_sha256"]):
        return found
    return "its bytes are not those that were written"


def parquet_damage(path: Path) -> str:
    """What is wrong with the two ends of a Parquet file; empty where nothing is."""
    if path.is_dir():
        return "a folder stands in its place"
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size < _SMALLEST:
                return f"it has {size} bytes"
            head = file.read(4)
            file.seek(-8, 2)
            tail = file.read(8)
    except FileNotFoundError:
        return "it is not there"
    if head != _MAGIC or tail[4:] != _MAGIC or int.from_bytes(tail[:4], "little") > size - _SMALLEST:
        return "it is cut off or overwritten: its ends are not those of a Parquet file"
    return ""


def _beside(data: Path) -> Mapping[str, Any]:
    """The manifest in a batch's folder; nothing where it cannot be read, since the ledger holds one, too."""
    try:
        manifest = json.loads(data.with_name(MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
