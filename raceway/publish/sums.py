"""SHA-256 of each file of a version, as `sha256sum --check` reads them; `doctor --deep` holds the files to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

SUMS: Final = "sha256sums.txt"


def write_sums(folder: Path, before: Path | None) -> None:
    """Writes the sums of all files of a version that is about to be shown; a file that is a hard link to one of the
    version `before` has the sum that was noted there."""
    known = sums_of(before) if before is not None else {}
    lines = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        shared = before is not None and name in known and (before / name).exists() and file.samefile(before / name)
        lines.append(f"{known[name] if shared else _sha256(file)}  {name}\n")
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def sums_of(folder: Path) -> dict[str, str]:
    """The noted sums by file; none for a version of an earlier program."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    return {name: said for said, _, name in (line.partition("  ") for line in lines)}


def are_as_written(folder: Path, sums: Mapping[str, str], beginning: str) -> bool:
    """Whether `sums` names files of a version that begin so, and all of them have the bytes that were noted."""
    noted = {name: said for name, said in sums.items() if name.startswith(beginning)}
    files = {name: folder / name for name in noted}
    return bool(noted) and all(file.is_file() and _sha256(file) == noted[name] for name, file in files.items())


def changed_files(folder: Path) -> Iterator[Path]:
    """The files of a version that are gone, or whose bytes are not those that were written."""
    for name, said in sums_of(folder).items():
        file = folder / name
        if not file.is_file() or _sha256(file) != said:
            yield file


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
