"""Whole nights through Airflow: `raceway run` in a process of its own, struck in the midst of a step of its DAGs.

Run as a program it is `raceway` whose steps tell how long they took, and in one of which the process stops or is
killed with its group: `CHAOS='{"times": …, "note": …, "step": …, "at": seconds, "kill": true}'`.
"""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from raceway.common.home import PROJECT, Home
from tests.chaos.child import Ended, read_note, wait_for
from tests.chaos.faults import Fault, Level, limit, spoiling
from tests.chaos.ground import Ground
from tests.chaos.midst import WHOLE_KILLS, kills_at, two_runs_at, warehouse_opened
from tests.chaos.night import mart_digest

STEPS: Final = ("find", "land", "start", "freeze", "build", "gate_mart", "publish")
VARIABLE: Final = "CHAOS"


def whole_faults(ground: Ground) -> Iterator[Fault]:
    """At least one fault of each kind, in a night through Airflow."""
    level: Level = "night"
    yield from kills_at(WHOLE_KILLS, level)
    for step, lost in (("land", False), ("staging", False), ("find", True), ("mart", True)):
        yield two_runs_at(step, 0.5, lost, ground.run_beside, level)
    for size in (2_048, 65_536, 1_048_576):
        yield Fault(f"night:full:{size}", "full_disk", inside=limit(size), level=level)
    for way in ("deleted", "garbage", "empty"):
        yield Fault(f"airflow_db:{way}", "own_file", spoiling(Path("airflow/airflow.db"), way), level=level)
    for way in ("folder", "dangling"):
        yield Fault(f"night:current:{way}", "own_file", spoiling(Path("published/current"), way), level=level)
    for way in ("cut", "garbage"):
        yield Fault(f"night:warehouse:{way}", "warehouse", spoiling(Path("warehouse.duckdb"), way), level=level)
    yield from warehouse_opened(level)
    batch = sorted(ground.home.landing.glob("*/*/*/data.parquet"))[0].relative_to(ground.home.root)
    for way in ("cut", "flipped"):
        yield Fault(f"night:data:{way}", "own_file", spoiling(batch, way), level=level)
    event = sorted(ground.home.ledger.glob("2*.json"))[0].relative_to(ground.home.root)
    yield Fault("night:event:empty", "own_file", spoiling(event, "empty"), level=level)


class WholeGround(Ground):
    """Nights through Airflow."""

    level = "night"

    def run(self, home: Home, fault: Fault | None = None) -> Ended:
        """`raceway run`, struck or not."""
        midst = fault.midst if fault else None
        note, times = f"{home.root}.note", Path(f"{home.root}.times")
        said: dict[str, Any] = {"times": str(times), "note": note}
        if fault:
            Path(note).unlink(missing_ok=True)
        if midst:
            said |= {"step": midst.step, "at": midst.share * self.undisturbed.steps[midst.step],
                     "kill": midst.do is None}  # fmt: skip
        before = fault.inside if fault else None
        times.unlink(missing_ok=True)
        out = Path(f"{home.root}.out-{time.monotonic_ns()}")
        with out.open("wb") as file:
            night = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.whole", "--home", str(home.root), "run", "--as-of",
                 self.as_of.isoformat()],
                cwd=PROJECT.root, env={**os.environ, VARIABLE: json.dumps(said)}, stdout=file, stderr=file,
                stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=before,
            )  # fmt: skip
            status = wait_for(night.pid, home, midst, note)
        night.returncode = os.waitstatus_to_exitcode(status)
        text = out.read_text(encoding="utf-8", errors="replace")
        out.unlink()
        return _ended(home, night.returncode, text, read_note(note)[0] if midst else "", _times(times))


def _ended(home: Home, code: int, text: str, hit: str, steps: dict[str, float]) -> Ended:
    trace = text[-6_000:] if "Traceback (most recent call last)" in text else ""
    if code < 0:
        return Ended(killed=code == -signal.SIGKILL, traceback=trace, hit=hit)
    if code:
        told = re.search(r"raceway: (.*)", text, re.DOTALL)
        return Ended(
            sentence=told[1].strip()[:6_000] if told else "" if trace else text[-2_000:], traceback=trace, hit=hit
        )
    return Ended(digest=mart_digest(home), traceback=trace, hit=hit, steps=steps)


def _times(path: Path) -> dict[str, float]:
    """How long the first call of each step took."""
    steps: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        name, _, seconds = line.partition(" ")
        steps.setdefault(name, float(seconds))
    return steps


# in the night's process


def main() -> None:
    """`raceway` whose steps are watched."""
    from raceway.build import dbt_run
    from raceway.console.cli import main as raceway
    from raceway.night import steps

    said = json.loads(os.environ.pop(VARIABLE))
    for name in STEPS:
        setattr(steps, name, _watched(name, getattr(steps, name), said))
    # while this process gets ready to build, its helpers land
    dbt_run.get_ready = _watched("helpers", dbt_run.get_ready, said)
    raceway()


def _watched(name: str, step: Callable[..., Any], said: dict[str, Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def watched(*given: Any) -> Any:
        called = given[1] if name == "build" else name
        strikes = called == said.get("step") and not Path(said["note"]).exists()
        timer = threading.Timer(said["at"], _strike, (said,)) if strikes else None
        if timer:
            timer.daemon = True
            timer.start()
        began = time.monotonic()
        try:
            return step(*given)
        finally:
            with Path(said["times"]).open("a", encoding="utf-8") as file:
                file.write(f"{called} {time.monotonic() - began}\n")
            if timer:
                timer.cancel()
                _strike(said)  # it was faster than undisturbed: at its end, then

    return watched


_ONCE: Final = threading.Lock()


def _strike(said: dict[str, Any]) -> None:
    with _ONCE:
        if Path(said["note"]).exists():
            return
        Path(said["note"]).write_text(f"{said['step']}\n", encoding="utf-8")
        if said["kill"]:
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main()
