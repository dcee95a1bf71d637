"""Files that are seen whole or not at all and outlast a power cut; what was read of them, kept until they change."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST_NAME: Final = 255
"""Bytes of a name that file systems hold."""

_JUST_NOW: Final = 100_000_000
"""Nanoseconds within which two changes of a file may bear the same time."""


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


def remove(path: Path) -> None:
    """Removes a file, a link or a whole folder; nothing where nothing is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_private(path: Path, content: str, once: bool = False) -> None:
    """Writes a small file that only its owner reads from its first byte on (600, in a folder of 700 where it is new).

    With `once` a file that is there by then stays as it is.
    """
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123  # the mode must hold from the first byte
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if once:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(aside)
        else:
            aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def move(path: Path, target: Path) -> None:
    """Moves a file, to another file system too; `target` is seen whole or not at all.

    Raises OSError; the file is then where it was.
    """
    try:
        path.rename(target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        aside = target.with_name(f".{uuid.uuid4().hex}.moving")
        try:
            shutil.copy2(path, aside)
            make_durable(aside)
            aside.rename(target)
        finally:
            aside.unlink(missing_ok=True)
        path.unlink()


def short_name(name: str, ending: str = "") -> str:
    """A file's name with an ending, cut in its middle where the disk could not hold it (255 bytes)."""
    most = _LONGEST_NAME - len(ending.encode())
    raw = name.encode("utf-8", "surrogateescape")
    if len(raw) > most:
        mark = f"~{hashlib.sha256(raw).hexdigest()[:8]}~".encode()
        half = (most - len(mark)) // 2
        kept = raw[:half].decode("utf-8", "ignore").encode(), raw[-half:].decode("utf-8", "ignore").encode()
        raw = kept[0] + mark + kept[1]
    return raw.decode("utf-8", "surrogateescape") + ending


def kept_until_changed(files: Callable[P, Iterable[Path]]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keeps what a function reads of `files` in this process, until the time, size or place of one changes.

    `files` takes the same (hashable) arguments and names all that the function reads, files that are not there too:
    one that appears is a change. What is kept is shared, so it must not be changed. A fault is never kept.
    """

    def keeping(read: Callable[P, T]) -> Callable[P, T]:
        kept: dict[Any, tuple[tuple[Any, ...], T]] = {}

        @functools.wraps(read)
        def reading(*args: P.args, **named: P.kwargs) -> T:
            key = (args, *sorted(named.items()))
            now = time.time_ns()
            stamps = tuple(_stamp(path) for path in files(*args, **named))
            known = kept.get(key)
            if known is not None and known[0] == stamps:
                return known[1]
            found = read(*args, **named)
            if all(stamp is None or now - stamp[0] > _JUST_NOW for stamp in stamps):
                kept[key] = stamps, found
            return found

        return reading

    return keeping


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes with a file: its time, size and place on the disk; None where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
