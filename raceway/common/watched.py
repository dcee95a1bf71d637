"""Calls in processes of their own, watched by time and memory: what a call does to its process, it does to that alone.

    this process ──┬── nursery: has imported what all need; it does nothing but fork, and tells how a worker ended
                   └── worker, worker …: each does call after call, and is killed and replaced when one goes astray

A worker is forked from the nursery in milliseconds and stays for the next call, so that a call costs what it costs
here. Nursery and workers end with this process, however that ends.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Literal

from raceway.common.faults import PassingFault, PermanentFault
from raceway.common.home import PROJECT

LOOK_EVERY: Final = 0.2
"""Seconds between two looks at what a worker holds; an answer is taken at once."""
_AT_REST: Final = 0.25
"""Share of its memory that a worker may still hold after a call; beyond it the next call gets another worker."""
_FORK: Final = b"f"
_HOW_IT_ENDED: Final = b"e"
_FROM_OUTSIDE: Final = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""Signals that no program sends itself: a person, the machine, or the kernel that is short of memory."""


@dataclass(frozen=True)
class Bounds:
    """How long a call may take, in seconds, and how much memory its process may hold, in bytes; None: any."""

    seconds: float | None = None
    memory: int | None = None


class Ended(Exception):
    """A call ended its process, or had it ended by a bound. `by` is the signal's or the exit code's number."""

    def __init__(self, how: Literal["time", "memory", "signal", "exit"], by: int = 0) -> None:
        super().__init__(how, by)
        self.how = how
        self.by = by

    @property
    def is_from_outside(self) -> bool:
        """Whether somebody else ended it: the call may be innocent."""
        return self.how == "signal" and self.by in _FROM_OUTSIDE

    @property
    def words(self) -> str:
        """The end in a word that can be searched for: SIGSEGV, exit code 1."""
        if self.how != "signal":
            return f"exit code {self.by}"
        return signal.Signals(self.by).name if self.by in set(signal.Signals) else f"signal {self.by}"


def _environment() -> dict[str, str]:
    """The environment of a process that imports this program and nothing that lies in the current folder (`-P`)."""
    path = os.pathsep.join(filter(None, (str(PROJECT.root), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path}


class Nursery:
    """Forks workers that have imported `modules`. Made without waiting: the first worker waits until it is up."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = tuple(modules)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.is_closed = False
        self._start()

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(theirs.fileno()), *self._modules],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True, env=_environment(),
        )  # fmt: skip
        theirs.close()
        if self._control is not None:
            self._control.close()
        self._control = ours
        return ours

    def fork(self) -> tuple[int, Connection]:
        """A new worker: its process and the connection to it. Raises PassingFault where none can be had."""
        for _ in range(2):  # a nursery that was killed is replaced
            with self._lock:
                if self.is_closed:
                    raise PassingFault("the process that worked at it was ended with the run; run it again")
                control = self._control
                if control is None or self._process is None or self._process.poll() is not None:
                    control = self._start()
                end, theirs = socket.socketpair()
                with theirs:
                    try:
                        socket.send_fds(control, [_FORK + bytes(8)], [theirs.fileno()])
                        return int.from_bytes(_exactly(control, 8), "big"), Connection(end.detach())
                    except (OSError, EOFError):
                        end.close()
                if self._process is not None:
                    self._process.kill()
                    self._process.wait()
        raise PassingFault("no process could be started to read files in; is the machine short of memory?")

    def how_it_ended(self, pid: int) -> Ended:
        """How a worker ended that answers no more; it is known no longer after that."""
        with self._lock, suppress(OSError, EOFError):
            if self._control is not None:
                self._control.sendall(_HOW_IT_ENDED + pid.to_bytes(8, "big"))
                status = os.waitstatus_to_exitcode(int.from_bytes(_exactly(self._control, 8), "big"))
                return Ended("signal", -status) if status < 0 else Ended("exit", status)
        return Ended("signal", signal.SIGKILL)  # the nursery has ended with it

    def close(self) -> None:
        """Ends nursery and workers at once, whatever they are at."""
        self.is_closed = True
        with self._lock:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            if self._control is not None:
                self._control.close()
            self._process = self._control = None


class Seat:
    """A place for one worker: does one call at a time, each in the worker of the call before, or in a fresh one."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._lock = threading.Lock()
        self._worker: tuple[int, Connection] | None = None
        self.pid: int | None = None
        """The process of the last call's worker, which may have ended; None before the first."""

    def do(self, function: Callable[..., Any], *arguments: Any, bounds: Bounds = Bounds()) -> Any:  # frozen
        """What `function`, of a module, gives or raises. Raises Ended where its process ended or was ended, and
        PassingFault where none can be had."""
        with self._lock:
            pid, end = self._worker = self._worker or self._nursery.fork()
            self.pid = pid
            try:
                end.send((function, arguments))
                over = _watch(pid, end, bounds)
                if over is None:
                    done, value = end.recv()
            except (EOFError, OSError):
                over = self._nursery.how_it_ended(pid)
                self._leave()
            else:
                if over is not None or (bounds.memory and held_by(pid) > bounds.memory * _AT_REST):
                    self._kill()
            if over is not None:
                if self._nursery.is_closed:
                    raise PassingFault("the process that worked at it was ended with the run; run it again") from over
                raise over
        if done:
            return value
        raise value

    def _kill(self) -> None:
        if self._worker is not None:
            with suppress(ProcessLookupError):
                os.kill(self._worker[0], signal.SIGKILL)  # still known to the nursery: the number is no other's
            self._nursery.how_it_ended(self._worker[0])
        self._leave()

    def _leave(self) -> None:
        if self._worker is not None:
            self._worker[1].close()
        self._worker = None


def _watch(pid: int, end: Connection, bounds: Bounds) -> Ended | None:
    """Waits for an answer; the bound that is crossed before it comes, if one is."""
    until = None if bounds.seconds is None else time.monotonic() + bounds.seconds
    while not end.poll(LOOK_EVERY):
        if bounds.memory and held_by(pid) > bounds.memory:
            return Ended("memory")
        if until is not None and time.monotonic() > until:
            return Ended("time")
    return None


def held_by(pid: int) -> int:
    """Bytes that a process holds in memory and that are no file's; 0 where the system does not tell (/proc)."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    held = [line.split() for line in told.splitlines() if line.startswith(("RssAnon:", "RssShmem:"))]
    return sum(int(kilobytes) for _, kilobytes, *_ in held) << 10


def _exactly(control: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = control.recv(count - len(got))
        if not more:
            raise EOFError
        got += more
    return got


# in the nursery


def main() -> None:
    """The nursery: imports what its arguments name, forks a worker for each end that it is sent, and ends with them."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.freeze()  # a worker that collects garbage would copy the pages of all that was imported
    workers: set[int] = set()
    while True:
        message, ends, _, _ = socket.recv_fds(control, 9, 1)
        if not message:
            break
        if message[:1] == _FORK:
            pid = os.fork()
            if pid == 0:
                control.close()  # an end that somebody else holds open would not end
                _serve(Connection(ends[0]))
                os._exit(0)
            os.close(ends[0])
            workers.add(pid)
            control.sendall(pid.to_bytes(8, "big"))
        else:
            pid = int.from_bytes(message[1:], "big")
            _, status = os.waitpid(pid, 0)
            workers.discard(pid)
            control.sendall(status.to_bytes(8, "big"))
    for pid in workers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _serve(end: Connection) -> None:
    """A worker: does call after call until the process that asks has ended."""
    threading.Thread(target=_end_with_the_asker, args=(end.fileno(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # where the machine runs short of memory, the worker goes first
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    while True:
        try:
            function, arguments = end.recv()
        except EOFError:
            return
        try:
            answer = True, function(*arguments)
        except Exception as fault:
            answer = False, _portable(fault)
        end.send(answer)


def _end_with_the_asker(end: int) -> None:
    """Ends this process when the one that asks has ended, in the midst of whatever it is at."""
    watch = select.poll()
    watch.register(end, 0)  # tells of nothing but that the other end is closed
    watch.poll()
    os._exit(1)


def _portable(fault: Exception) -> Exception:
    """A fault that can travel, with where it was raised for the log."""
    where = "".join(traceback.format_exception(fault))
    try:
        copy = pickle.loads(pickle.dumps(fault))  # noqa: S301  # our own, a line ago
    except Exception:  # whatever a library's exception lacks
        copy = PermanentFault(f"{type(fault).__name__}: {fault}")
    copy.add_note(where)
    return copy if isinstance(copy, Exception) else PermanentFault(str(fault))


if __name__ == "__main__":
    main()
