"""Processes beside the night's own, which land exports while Airflow starts and its tasks hand each other on.

Landing is one export after the other, and most of them are small: one core works and the others rest. Without a
scheduler, whose workers do this anyway, a night therefore has helpers:

    the night:  Airflow starts │ extract_a: find, land (takes what is decided) │ extract_b: …   │ race_mart: … gate
    helper 1:   imports        │ a/shop: 1, 2, 3 │ b/till: 1, 2, …                              │       check_mart
    helper 2:                  │ a/till: 1, 2 │ c/list: 1, …

Exports of one account are landed in their order, by one helper at a time; accounts do not know of each other. They
are begun when Airflow is up and all of the night's extract DAGs are about to run, in their order. What a helper
decides is in the ledger at once; the task `land` of its DAG hands it on. Great Expectations, whose import takes
longest, is imported once, by the first helper, and the others are forked from that; the mart's gate asks it, too.

A helper ends with the night's process, however that ends. One that dies leaves its export undecided, as a process of a
scheduler would; where none is left, the night's own process goes on with the rest.
"""

from __future__ import annotations

import datetime as dt
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Final

from raceway.common.faults import PassingFault, PermanentFault
from raceway.common.home import Home
from raceway.history.records import Check
from raceway.inbox.exports import Export

Call = tuple[str, tuple[Any, ...]]
"""One of `_CALLS` and its arguments."""


class Helpers:
    """The helpers of one night. Made without waiting: what is asked of them waits until they are up."""

    def __init__(self, count: int) -> None:
        ours, theirs = zip(*(socket.socketpair() for _ in range(count)), strict=True)
        fds = [end.fileno() for end in theirs]
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, *map(str, fds)],
            pass_fds=fds, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for end in theirs:
            end.close()
        self._ends = [Connection(end.detach()) for end in ours]
        self._lock = threading.Condition()
        self._waiting: deque[deque[tuple[Call, Future[Any]]]] = deque()
        self._alive = count
        self._closed = False
        self._threads = [threading.Thread(target=self._keep_busy, args=(end,), daemon=True) for end in self._ends]
        for thread in self._threads:
            thread.start()

    def ask(self, calls: Sequence[Call]) -> list[Future[Any]]:
        """Has one helper do these calls, one after the other. Cancelled are those that no helper is left for."""
        asked: list[tuple[Call, Future[Any]]] = [(call, Future()) for call in calls]
        with self._lock:
            self._waiting.append(deque(asked))
            self._lock.notify()
            if not self._alive:
                self._give_up()
        return [future for _, future in asked]

    def close(self) -> None:
        """Ends the helpers at once, whatever they are at: landing bears that at any point."""
        with self._lock:
            self._closed = True
            self._give_up()
            self._lock.notify_all()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for thread in self._threads:
            thread.join()  # the end of a connection is the end of the helper that held it
        for end in self._ends:
            end.close()
        self._process.wait()

    def _keep_busy(self, end: Connection) -> None:
        """Hands one helper call after call, until the night or the helper ends."""
        while (sequence := self._next()) is not None:
            while sequence:
                call, future = sequence.popleft()
                try:
                    end.send(call)
                    done, value = end.recv()
                except (EOFError, OSError):
                    self._mourn(sequence)
                    future.set_exception(
                        PassingFault("the process that worked at it has ended; was it stopped, or short of memory?")
                    )
                    return
                if done:
                    future.set_result(value)
                else:
                    future.set_exception(value)
        with suppress(EOFError, OSError):
            end.recv()

    def _next(self) -> deque[tuple[Call, Future[Any]]] | None:
        with self._lock:
            while not self._waiting and not self._closed:
                self._lock.wait()
            return None if self._closed else self._waiting.popleft()

    def _mourn(self, rest: deque[tuple[Call, Future[Any]]]) -> None:
        """A helper is gone: another one goes on with the rest of what it was asked."""
        with self._lock:
            self._alive -= 1
            if rest:
                self._waiting.appendleft(rest)
                self._lock.notify()
            if not self._alive:
                self._give_up()

    def _give_up(self) -> None:
        while self._waiting:
            for _, future in self._waiting.popleft():
                future.cancel()


_HELPERS: Final[list[Helpers]] = []
"""Of the night that this process runs; none in a scheduler's tasks."""
_AHEAD: Final[dict[Any, Future[Any]]] = {}
"""What the helpers were asked beforehand, by its call."""


@contextmanager
def helpers(count: int) -> Iterator[None]:
    """Has `count` helpers beside this process meanwhile; none where it is 0."""
    if count:
        _HELPERS[:] = [Helpers(count)]
    try:
        yield
    finally:
        _AHEAD.clear()
        while _HELPERS:
            _HELPERS.pop().close()


def begin(sequences: Sequence[Sequence[Call]]) -> None:
    """Has the helpers begin with these calls, each sequence in its order; nothing where there are none."""
    for helper in _HELPERS:
        for calls in sequences:
            for (name, arguments), future in zip(calls, helper.ask(calls), strict=True):
                _AHEAD[name, arguments] = future


def do(name: str, *arguments: Any) -> Any:
    """The value of a call, or what it raises: from a helper that has begun with it or is free, else from here."""
    future = _AHEAD.pop((name, arguments), None)
    if future is None and _HELPERS:
        [future] = _HELPERS[0].ask([(name, arguments)])
    if future is not None:
        with suppress(CancelledError):
            return future.result()
    return _CALLS[name](*arguments)


def _land(home: Home, export: Export, as_of: dt.date | None) -> dict[str, Any]:
    from raceway.landing.land import land

    return land(home, export, as_of=as_of).to_dict()


def _check_mart(home: Home, run_id: str) -> list[Check]:
    from raceway.publish.mart_gate import check_mart

    return check_mart(home, run_id)


_CALLS: Final[Mapping[str, Callable[..., Any]]] = {"land": _land, "check_mart": _check_mart}
"""What a helper can be asked; values and faults travel as pickles."""


# in a helper


def main() -> None:
    """The first helper: imports what all need, forks the others, and serves as they do."""
    first, *others = map(int, sys.argv[1:])
    import raceway.gate.gx_duckdb
    import raceway.landing.land
    import raceway.publish.mart_gate  # noqa: F401  # once for all

    while others:
        other = others.pop()
        if os.fork() == 0:
            for end in (first, *others):  # an end that somebody else holds open would not end with its helper
                os.close(end)
            first, others = other, []
        else:
            os.close(other)
    _serve(Connection(first))


def _serve(end: Connection) -> None:
    threading.Thread(target=_end_with_the_night, args=(end.fileno(),), daemon=True).start()
    while True:
        try:
            name, arguments = end.recv()
        except EOFError:
            return
        try:
            answer = True, _CALLS[name](*arguments)
        except Exception as fault:
            answer = False, _portable(fault)
        end.send(answer)


def _end_with_the_night(end: int) -> None:
    """Ends this process when the night's has ended, in the midst of whatever it is at."""
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
