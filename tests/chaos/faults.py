"""The faults that are struck before a night, and what a fault is."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from raceway.common.home import Home

Spoil = Callable[[Path], None]
Level = Literal["steps", "store", "mart", "night"]
"""How much of a night it is struck at: up to the freeze, the same with an inbox in a bucket, up to the published mart,
or `raceway run` with Airflow."""


@dataclass(frozen=True)
class Midst:
    """In the midst of a step, at a share of what the step does: the process is killed with its group, or it is stopped
    while `do` works, which is told the file of the inbox that it touched last; then it goes on."""

    step: str
    share: float
    do: Callable[[Home, str], None] | None = None


@dataclass(frozen=True)
class Fault:
    """One fault. `strike` changes the home before the night, `inside` the process, `around` holds during the night,
    `midst` happens in it, `at_store` says what the store of the files does."""

    name: str
    kind: str
    strike: Callable[[Home], Path | None] = lambda home: None
    inside: Callable[[], None] = lambda: None
    around: Callable[[Home], AbstractContextManager[None]] = lambda home: nullcontext()
    midst: Midst | None = None
    at_store: str = ""
    level: Level = "steps"
    may_differ: bool = False
    """Whether the struck night itself may end with another mart: a file of its inbox is another one by then."""


def rewrite(path: Path, content: bytes) -> None:
    """Other content, in a file of its own: other homes share what is linked."""
    remove(path)
    path.write_bytes(content)


def remove(path: Path) -> None:
    """A file, a link or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def cut(path: Path) -> None:
    """Half of it."""
    content = path.read_bytes()
    rewrite(path, content[: len(content) // 2])


def flipped(path: Path) -> None:
    """Every bit but those of its ends."""
    content = path.read_bytes()
    rewrite(path, content[:4] + bytes(255 - byte for byte in content[4:-8]) + content[-8:])


def a_folder(path: Path) -> None:
    """A folder in its place."""
    remove(path)
    path.mkdir()


def holds(content: bytes) -> Spoil:
    """This instead of what was in it."""
    return lambda path: rewrite(path, content)


SPOILT: dict[str, Spoil] = {
    "cut": cut, "empty": holds(b""), "garbage": holds(b"\x00\xff not ours" * 40), "deleted": remove,
    "folder": a_folder, "no_fields": holds(b"{}"), "list": holds(b"[]"), "flipped": flipped,
    "foreign_kind": holds(b'{"format_version": 1, "event_id": "x", "kind": "painted", "at": "2026-01-01T00:00:00"}'),
    "dangling": lambda path: (remove(path), path.symlink_to("nowhere"))[0],
}  # fmt: skip
PLAIN = ("cut", "empty", "garbage", "deleted", "folder")
JSON = (*PLAIN, "no_fields", "list", "foreign_kind")


def own_files(home: Home) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    """Files of a home that has had its first night: a name for each, where it is, and how it may be spoilt."""
    batches = sorted(home.landing.glob("*/*/*/data.parquet"))
    for place, number in (("first", 0), ("middle", len(batches) // 2), ("last", -1)):
        yield f"data_{place}", batches[number], (*PLAIN, "flipped", "replaced")
    yield "manifest", batches[0].with_name("manifest.json"), JSON
    for number, states in enumerate(sorted(home.landing.glob("*/*__states/*.parquet"))[:2]):
        yield f"states_{number}", states, PLAIN
    yield "warehouse", home.warehouse, PLAIN[:-1]
    yield "key_fingerprint", home.key_fingerprint, PLAIN
    yield "lock", home.lock, PLAIN
    yield "accounts", home.accounts, (*PLAIN, "utf16")
    yield "settings", home.settings, PLAIN
    yield "hash_key", home.hash_key, PLAIN
    events = sorted(path for path in home.ledger.glob("*.json") if path.name != "compacted.json")
    for place, number in (("first", 0), ("middle", len(events) // 2), ("last", -1)):
        if events:
            yield f"event_{place}", events[number], JSON
    for part in sorted(home.ledger.glob("_compacted/*/*")):
        yield f"snapshot_{part.stem}", part, PLAIN
    frozen = sorted(home.runs.glob("*/frozen.json"))
    yield "frozen", frozen[-1], JSON
    for name, path in (
        ("waiver", home.waivers / "20260701-x.json"),
        ("outbox", home.alerts / "waiting" / "1.json"),
        ("points", home.alerts / "points.json"),
        ("records_copy", home.runs / "_compacted" / "records-v1.jsonl"),
        ("checks_copy", home.runs / "_compacted" / "checks-v1.parquet"),
        ("run", home.runs / "night-0" / "run.json"),
        ("checks", home.runs / "night-0" / "checks" / "1.jsonl"),
    ):
        yield name, path, tuple(kind for kind in JSON if kind != "deleted")


def damage(home: Home) -> Iterator[Fault]:
    """Every own file, spoilt in every way."""
    for name, path, ways in own_files(home):
        for way in ways:
            yield Fault(f"{name}:{way}", "own_file", spoiling(path.relative_to(home.root), way))


def spoiling(inside: Path, way: str) -> Callable[[Home], Path]:
    """Spoils a file of a home; gives where it is."""

    def strike(home: Home) -> Path:
        path = home.root / inside
        if not os.path.lexists(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"{}")
        if way == "replaced":
            others = (other for other in sorted(home.landing.glob("*/*/*/data.parquet")) if other != path)
            size = path.stat().st_size
            rewrite(path, next(other for other in others if other.stat().st_size != size).read_bytes())
        elif way == "utf16":
            rewrite(path, path.read_text(encoding="utf-8").encode("utf-16"))
        else:
            SPOILT[way](path)
        return path

    return strike


def full_disks() -> Iterator[Fault]:
    """No file may grow beyond so many bytes, as on a disk that is full by then."""
    for size in (0, 64, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 65_536, 262_144):
        yield Fault(f"full:{size}", "full_disk", inside=limit(size))


def limit(size: int) -> Callable[[], None]:
    """Has this process write no file beyond a size."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def permissions() -> Iterator[Fault]:
    """A folder that its user may not write; only told where the user is root, who can become another one."""
    for name in ("landing", "landing/_ledger", "archive", "runs", "inbox"):

        def strike(home: Home, name: str = name) -> Path:
            for folder, _, files in os.walk(home.root):
                os.chown(folder, NOBODY, NOBODY)
                for file in files:
                    os.chown(Path(folder, file), NOBODY, NOBODY, follow_symlinks=False)
            (home.root / name).chmod(0o500)
            return home.root / name

        yield Fault(f"permission:{name}", "permission", strike, inside=lambda: os.setuid(NOBODY))


NOBODY = 65534
