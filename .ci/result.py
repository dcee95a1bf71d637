"""Runs the tests for `.ci/run` and says how it went: how many, which were slowest, what all of it cost.

    python .ci/result.py RESULTS COMMAND…

COMMAND runs the tests and writes a JUnit file to RESULTS. Ends as the command does; where that was well, with 1 if the
tests cost more CPU seconds than LIMIT.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

LIMIT = 2_000
"""CPU seconds that all tests may take, their children included: so that they never creep again. They
took 1,370 when it was set; the rest is headroom for noise.

CPU seconds and not minutes, since wall time is noise on shared cores; and seconds of a core on which the yardstick
takes YARDSTICK, since cores differ. Who meets it makes a test cheaper (the summary above names the dearest ones),
moves a long form to `make test-all`, or raises it here with a reason.
"""

YARDSTICK = 0.90
"""CPU seconds of the yardstick on the machine on which LIMIT was measured."""

SLOWEST = 10


def main(results: str, command: list[str]) -> int:
    """Runs the command; gives the exit code."""
    speeds = [_yardstick()]
    before = _children()
    code = subprocess.run(command, check=False).returncode
    spent = _children() - before
    speeds.append(_yardstick())
    slower = max(1.0, *(speed / YARDSTICK for speed in speeds))
    allowed = LIMIT * slower
    if not Path(results).exists():  # the tests did not even begin
        return code or 1
    cases = list(ElementTree.parse(results).iter("testcase"))  # noqa: S314  # the file is pytest's own
    print(f"{len(cases)} tests, {len(list(_skipped(cases)))} skipped")
    samples = [case for case in cases if "test_samples" in case.get("classname", "")]
    skipped = len(list(_skipped(samples)))
    print(f"tests on sample exports: {len(samples) - skipped} ran, {skipped} skipped")
    print(f"the {SLOWEST} slowest, in seconds on the clock:")
    for case in sorted(cases, key=_seconds, reverse=True)[:SLOWEST]:
        print(f"{_seconds(case):8.1f}  {case.get('classname')}::{case.get('name')}")
    print(
        f"the tests took {spent:.0f} CPU seconds; {allowed:.0f} are allowed here: {LIMIT} × {slower:.2f} (slower core)"
    )
    if code == 0 and spent > allowed:
        print(f"too much by {spent - allowed:.0f} CPU seconds: see LIMIT in {__file__}", file=sys.stderr)
        return 1
    return code


def _yardstick() -> float:
    """CPU seconds of a fixed piece of work, done on two cores at once as the tests are."""
    work = (
        "import time\nn = 0\nfor i in range(4_000_000):\n    n = (n * 31 + i) & 0xFFFFFFFF\nprint(time.process_time())"
    )
    told = [subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return max(float(process.communicate()[0]) for process in told)


def _children() -> float:
    """CPU seconds of all processes that this one has waited for, and of those that they have."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _skipped(cases: Iterable[ElementTree.Element]) -> Iterable[ElementTree.Element]:
    return (case for case in cases if case.find("skipped") is not None)


def _seconds(case: ElementTree.Element) -> float:
    return float(case.get("time", "0"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
