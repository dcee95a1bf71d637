"""Processes beside the night's own, which land exports while Airflow starts and its tasks hand each other on.

Landing is one export after the other, and most of them are small: one core works and the others rest. Without a
scheduler, whose workers do this anyway, a night therefore has helpers:

    the night:  Airflow starts │ extract_a: find, land (takes what is decided) │ extract_b: …   │ race_mart: … gate
    nursery:    imports
    helper 1:                  │ a/shop: 1, 2, 3 │ b/till: 1, 2, …                              │       check_mart
    helper 2:                  │ a/till: 1, 2 │ c/list: 1, …

Exports of one account are landed in their order, by one helper at a time; accounts do not know of each other. They
are begun when Airflow is up and all of the night's extract DAGs are about to run, in their order. What a helper
decides is in the ledger at once; the task `land` of its DAG hands it on. Great Expectations, whose import takes
longest, is imported once, by the nursery from which the helpers are forked; the mart's gate asks one of them, too.

Every export lands in such a process, which is watched (raceway.landing.watched): under a scheduler a task has one of
its own. They end with the process that asks them, however that ends.
"""

from __future__ import annotations

import atexit
import datetime as dt
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from typing import Any, Final

from raceway.common.home import Home
from raceway.common.watched import Nursery, Seat
from raceway.history.records import Check
from raceway.inbox.exports import Export
from raceway.landing.watched import land_watched

Call = tuple[str, tuple[Any, ...]]
"""One of `_CALLS` and its arguments."""

_FOR_LANDING: Final = ("raceway.landing.land", "raceway.gate.gx_duckdb")
_FOR_THE_NIGHT: Final = (*_FOR_LANDING, "raceway.publish.mart_gate")


class Helpers:
    """The helpers of one night. Made without waiting: what is asked of them waits until they are up."""

    def __init__(self, count: int) -> None:
        self.nursery = Nursery(_FOR_THE_NIGHT)
        self.seats = [Seat(self.nursery) for _ in range(count)]
        self._lock = threading.Condition()
        self._waiting: deque[deque[tuple[Call, Future[Any]]]] = deque()
        self._closed = False
        self._threads = [threading.Thread(target=self._keep_busy, args=(seat,), daemon=True) for seat in self.seats]
        for thread in self._threads:
            thread.start()

    def ask(self, calls: Sequence[Call]) -> list[Future[Any]]:
        """Has one helper do these calls, one after the other."""
        asked: list[tuple[Call, Future[Any]]] = [(call, Future()) for call in calls]
        with self._lock:
            self._waiting.append(deque(asked))
            self._lock.notify()
        return [future for _, future in asked]

    def close(self) -> None:
        """Ends the helpers at once, whatever they are at: landing bears that at any point."""
        with self._lock:
            self._closed = True
            while self._waiting:
                for _, future in self._waiting.popleft():
                    future.cancel()
            self._lock.notify_all()
        self.nursery.close()
        for thread in self._threads:
            thread.join()

    def _keep_busy(self, seat: Seat) -> None:
        """Hands one helper call after call, until the night ends."""
        while (sequence := self._next()) is not None:
            for (name, arguments), future in sequence:
                try:
                    value = _CALLS[name](seat, *arguments)
                except BaseException as fault:  # whatever it is, it is for whoever asked
                    future.set_exception(fault)
                else:
                    future.set_result(value)

    def _next(self) -> deque[tuple[Call, Future[Any]]] | None:
        with self._lock:
            while not self._waiting and not self._closed:
                self._lock.wait()
            return None if self._closed else self._waiting.popleft()


_HELPERS: Final[list[Helpers]] = []
"""Of the night that this process runs; none in a scheduler's tasks."""
_AHEAD: Final[dict[Any, Future[Any]]] = {}
"""What the helpers were asked beforehand, by its call."""
_OWN: Final[dict[int, tuple[Nursery, Seat]]] = {}
"""The one that a process without helpers has, by process: a fork has none of its parent's."""


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
    """The value of a call, or what it raises: from a helper that has begun with it or is free, else from a process that
    this one keeps for it."""
    future = _AHEAD.pop((name, arguments), None)
    if future is None and _HELPERS:
        [future] = _HELPERS[0].ask([(name, arguments)])
    if future is not None:
        with suppress(CancelledError):
            return future.result()
    return _CALLS[name](own_seat(), *arguments)


def own_seat() -> Seat:
    """A seat of this process, which it keeps."""
    if os.getpid() not in _OWN:
        nursery = Nursery(_FOR_LANDING)
        atexit.register(nursery.close)
        _OWN.clear()
        _OWN[os.getpid()] = nursery, Seat(nursery)
    return _OWN[os.getpid()][1]


def _land(seat: Seat, home: Home, export: Export, as_of: dt.date | None) -> dict[str, Any]:
    return land_watched(seat, home, export, as_of=as_of).to_dict()


def _check_mart(seat: Seat, home: Home, run_id: str) -> list[Check]:
    found: list[Check] = seat.do(check_mart_here, home, run_id)
    return found


def check_mart_here(home: Home, run_id: str) -> list[Check]:
    """The checks of the built mart."""
    from raceway.publish.mart_gate import check_mart

    return check_mart(home, run_id)


_CALLS: Final[Mapping[str, Callable[..., Any]]] = {"land": _land, "check_mart": _check_mart}
"""What a helper can be asked; values and faults travel as pickles."""
