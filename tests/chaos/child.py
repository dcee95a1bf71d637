"""A piece of work in a forked child that a fault may strike: it is killed or stopped in the midst of a named step.

Where a step is, is told by what it does in the home's files (Python's audit events), or by its time where the work is
done by dbt and DuckDB, which tell Python nothing.
"""

from __future__ import annotations

import codecs
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from raceway.common.disk_faults import is_of_the_disk, said_of_the_disk
from raceway.common.faults import RacewayFault
from raceway.common.home import Home
from raceway.night.mending import as_told
from tests.chaos.faults import Midst

TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.listdir", "os.scandir",
           "shutil.copyfile", "shutil.rmtree")  # fmt: skip
BY_TIME: Final = ("build", "gate_mart")
"""Steps whose work Python does not see."""
_LONGEST: Final = 60_000

for _name in ("cp437", "cp1252", "utf-16", "utf-8-sig", "latin-1", "idna"):
    codecs.lookup(_name)  # a child that is another user may not find them


@dataclass(frozen=True)
class Ended:
    """How a child ended: with what the mart is made of, with a sentence, with a traceback, or killed."""

    digest: str = ""
    sentence: str = ""
    traceback: str = ""
    killed: bool = False
    hit: str = ""
    """The step in which it was killed or stopped."""
    left: list[str] = field(default_factory=list)
    """Files that it said it left to the next night."""
    steps: dict[str, float] = field(default_factory=dict)
    """How much each step did: touches of the home's files, or seconds."""


class Watch:
    """Knows in which step a child is, and strikes there."""

    def __init__(self, home: Home, midst: Midst | None, steps: dict[str, float], note: str) -> None:
        self.home, self.midst, self.note = str(home.root), midst, note
        self.strike_at = midst.share * steps.get(midst.step, 0) if midst else 0.0
        self.step = ""
        self.done: dict[str, float] = {}
        self.touched = ""
        self.left: list[str] = []
        """Files that the night said it left to the next one."""
        self._struck = False

    @contextmanager
    def in_step(self, name: str) -> Iterator[None]:
        """Work that belongs to a step; a step within a step is the inner one's."""
        before, self.step = self.step, name
        began = time.monotonic()
        timer = None
        if self.midst and name == self.midst.step and name in BY_TIME and not self._struck:
            timer = threading.Timer(self.strike_at - self.done.get(name, 0.0), self._strike)
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            self.step = before
            if timer:
                timer.cancel()
            if name in BY_TIME:
                self.done[name] = self.done.get(name, 0.0) + time.monotonic() - began

    def hear(self, event: str, given: tuple[Any, ...]) -> None:
        """Python's audit hook."""
        if event not in TOUCHES or not self.step or self._struck or self.step in BY_TIME:
            return
        path = os.fsdecode(given[0]) if given and isinstance(given[0], str | bytes | os.PathLike) else ""
        if not path.startswith(self.home):
            return
        if path.startswith(f"{self.home}/inbox/") and event == "open":
            self.touched = path
        self.done[self.step] = self.done.get(self.step, 0) + 1
        if self.midst and self.step == self.midst.step and self.done[self.step] >= max(1.0, self.strike_at):
            self._strike()

    def _strike(self) -> None:
        self._struck = True
        assert self.midst is not None
        Path(self.note).write_text(f"{self.midst.step}\n{self.touched}", encoding="utf-8")
        if self.midst.do is None:
            os.killpg(0, signal.SIGKILL)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)


Work = Callable[[Home, Watch], str]
"""One night; gives the digest of what was made."""


def in_child(
    home: Home, work: Work, before: Callable[[], None] = lambda: None, midst: Midst | None = None,
    steps: dict[str, float] | None = None,
) -> Ended:  # fmt: skip
    """Does the work in a forked child; `before` is called in it. `steps` say how much each did undisturbed."""
    note = f"{home.root}.note"
    if midst:
        Path(note).unlink(missing_ok=True)
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(_carry_out(home, work, before, Watch(home, midst, steps or {}, note))).encode())
        os._exit(0)
    os.close(writing)
    status = wait_for(child, home, midst, note)
    with os.fdopen(reading, "rb") as opened:
        told = json.loads(opened.read() or b"{}")
    hit = read_note(note)[0] if midst else ""
    if os.WIFSIGNALED(status):
        killed = os.WTERMSIG(status) == signal.SIGKILL
        return Ended(killed=killed, traceback="" if killed and midst else f"signal {status}", hit=hit)
    return Ended(**told, hit=hit)


def wait_for(child: int, home: Home, midst: Midst | None, note: str) -> int:
    """Waits until a process has ended; where it stops in the midst, does what belongs there and lets it go on."""
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return status
        try:
            if midst and midst.do:
                midst.do(home, read_note(note)[1])
        finally:
            os.kill(child, signal.SIGCONT)


def read_note(note: str) -> tuple[str, str]:
    """The step in which it was struck and the file it had touched last; empty texts where it was not."""
    try:
        step, _, touched = Path(note).read_text(encoding="utf-8").partition("\n")
    except FileNotFoundError:
        return "", ""
    return step, touched


def _carry_out(home: Home, work: Work, before: Callable[[], None], watch: Watch) -> dict[str, Any]:
    try:
        before()
        sys.addaudithook(watch.hear)
        return {"digest": work(home, watch), "steps": watch.done, "left": watch.left}
    except Exception as met:
        watch.step = ""
        told = as_told(home, met)
        if isinstance(told, RacewayFault):
            return {"sentence": str(told)[:_LONGEST]}
        if is_of_the_disk(told):
            return {"sentence": said_of_the_disk(told)[:_LONGEST]}
        return {"traceback": "".join(traceback.format_exception(told))[-_LONGEST:]}
