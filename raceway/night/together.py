"""Programs that run together until one of them ends, and end together with all that they have started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

_WAIT: Final = 20.0
"""Seconds that a program has to end by itself."""


def run_together(first: Sequence[str], others: Sequence[Sequence[str]], is_ready: Callable[[], bool]) -> int:
    """Runs `first`, and once it is ready the `others`; gives the exit code of the one that ended, 0 when stopped.

    SIGTERM, SIGHUP and Ctrl-C stop all. Each program leads a process group of its own, so that what it has started is
    ended with it, even where it was killed itself.
    """
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(_start(first))
        while running[0].poll() is None and not is_ready():
            time.sleep(0.5)
        if running[0].poll() is None:
            running += [_start(program) for program in others]
        while True:
            for program in running:
                if (code := program.poll()) is not None:
                    return max(code, 0)
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)  # once is enough: what follows must come to its end
        _end(running)
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _start(program: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(list(program), process_group=0, stdin=subprocess.DEVNULL)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Asks each program to end, waits, and then ends what is left of its group."""
    for program in running:
        program.terminate()
    deadline = time.monotonic() + _WAIT
    for program in running:
        with suppress(subprocess.TimeoutExpired):
            program.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
