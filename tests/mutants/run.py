"""Tries the mutants: each on a copy of the tree, where the tests that it names must fail.

    python -m tests.mutants.run                                  all of them
    python -m tests.mutants.run a_warning_stops                  one, or some, by name
    python -m tests.mutants.run --tree ../another --jobs 2       on another checkout, with two copies
    python -m tests.mutants.run --json mutants.json              the results as data, too

First the named tests run once without a mutant, so that a failure afterwards means something. A mutant is `killed` where
every test that it names fails, `survived` where one of them passes, and `broken` where nothing can be said: its text is
not there exactly once, a test of that name does not exist or fails without it, tests cannot be collected, or time is up.
Ends with 1 unless all are killed.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.mutants.mutants import MUTANTS, Mutant

ROOT: Final = Path(__file__).resolve().parents[2]
LEFT_OUT: Final = (".git", ".venv*", "var", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", "target", "logs")
TIMEOUT: Final = 1_800.0
"""Seconds for the tests of one mutant: far more than they take on a busy machine."""

# dbt reads a project of which one file has changed in an eighth of the time of a whole one
PARSE: Final = """
import os, sys
from raceway.build.parsed_project import parsed_project
from raceway.common.home import PROJECT
scratch = sys.argv[1]
os.environ["RACEWAY_WAREHOUSE"] = scratch + "/warehouse.duckdb"  # its name is in what is parsed
parsed_project(
    [PROJECT.dbt_project, PROJECT.profiles],
    ["--quiet", "--project-dir", str(PROJECT.dbt_project), "--profiles-dir", str(PROJECT.profiles),
     "--target-path", scratch + "/parsed", "--log-path", scratch + "/parsed"],
)
"""


@dataclass(frozen=True)
class Result:
    """What became of one mutant. `seconds` are those of the clock, `cpu` those of the processors."""

    name: str
    verdict: str
    """killed, survived or broken."""
    said: str
    """Which test let it pass, or why nothing can be said; empty where it was killed."""
    tests: tuple[str, ...]
    seconds: float
    cpu: float


@dataclass(frozen=True)
class Ran:
    """One call of pytest: its exit code (None: time was up), and how each case ended."""

    code: int | None
    cases: dict[str, str]
    """By name with its case in brackets: passed, failed or skipped."""
    seconds: float
    cpu: float
    said: str

    def of(self, test: str) -> set[str]:
        """How the cases of a test ended; of one case, where the name has brackets."""
        return {end for case, end in self.cases.items() if case == test or case.split("[")[0] == test}


# ---------------------------------------------------------------- where texts and tests stand


def files_with(tree: Path, mutant: Mutant) -> list[Path]:
    """The files of a tree in which a mutant's text stands, once for each time that it does."""
    found = []
    for path in sorted(tree.glob(mutant.kind)):
        found += [path] * path.read_text(encoding="utf-8").count(mutant.old)
    return found


def files_of(tree: Path, test: str) -> list[Path]:
    """The files below tests/ that define a test function (a case in brackets is not looked at)."""
    wanted = re.compile(rf"^(?:async )?def {re.escape(test.split('[')[0])}\(", re.MULTILINE)
    return [path for path in sorted((tree / "tests").rglob("test_*.py")) if wanted.search(path.read_text("utf-8"))]


def amiss(tree: Path, mutant: Mutant) -> str:
    """Why a mutant cannot be tried on a tree; empty where it can."""
    found = files_with(tree, mutant)
    if len(found) != 1:
        where = ", ".join(str(path.relative_to(tree)) for path in found) or "nowhere"
        return f"its text stands {len(found)} times in {mutant.kind} ({where})"
    for test in mutant.tests:
        files = files_of(tree, test)
        if len(files) != 1:
            where = ", ".join(str(path.relative_to(tree)) for path in files) or "nowhere"
            return f"{test} is defined in {len(files)} files ({where})"
    return ""


# ---------------------------------------------------------------- a copy, and tests in it


class Copy:
    """A throw-away copy of a tree, in which this Python's packages run the copy's own code."""

    def __init__(self, tree: Path, scratch: Path) -> None:
        self.scratch = scratch
        self.root = scratch / "tree"
        shutil.copytree(tree, self.root, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "RACEWAY", "DBT_"))
        }
        samples = os.environ.get("RACEWAY_SAMPLES") or str(tree.parent / "shared" / "samples")
        self.variables = kept | {
            "PYTHONPATH": str(self.root),  # before the tree that the environment was installed from
            "XDG_CACHE_HOME": str(scratch / "cache"),
            "RACEWAY_SAMPLES": samples,
        }
        self._look()

    def _look(self) -> None:
        """A process that a test starts, wherever it stands, runs the copy's code."""
        said = subprocess.run(
            [sys.executable, "-c", "import raceway; print(raceway.__file__)"],
            cwd=self.scratch, env=self.variables, capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        assert Path(said).is_relative_to(self.root), f"{said} would be tested instead of {self.root}"

    def test(self, tests: Iterable[str], timeout: float) -> Ran:
        """Runs tests of the copy by name."""
        nodes = [f"{files_of(self.root, test)[0].relative_to(self.root)}::{test}" for test in dict.fromkeys(tests)]
        report = self.scratch / "report.xml"
        report.unlink(missing_ok=True)
        began = time.monotonic()
        code, cpu, said = self._run(
            ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={self.scratch / 'pytest'}",
             f"--junitxml={report}", *nodes],
            timeout,
        )  # fmt: skip
        cases = _cases(report) if report.exists() else {}
        return Ran(code, cases, round(time.monotonic() - began, 1), round(cpu, 1), said)

    def parse(self, timeout: float) -> float:
        """Has dbt parse the copy's project, as far as it has changed; the tests find it parsed. Gives CPU seconds.

        Where this tree keeps what was parsed in another way, the tests parse it themselves.
        """
        return self._run(["-c", PARSE, str(self.scratch)], timeout)[1]

    def _run(self, arguments: Sequence[str], timeout: float) -> tuple[int | None, float, str]:
        """Exit code (None: time was up), CPU seconds of the process and all that it waited for, and its last words."""
        output = self.scratch / "output.txt"
        with output.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=self.root, env=self.variables, stdout=file, stderr=file,
                start_new_session=True,
            )  # fmt: skip
            late = threading.Event()

            def end() -> None:
                late.set()
                os.killpg(process.pid, signal.SIGKILL)

            timer = threading.Timer(timeout, end)
            timer.start()
            _, status, used = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
        said = output.read_text(encoding="utf-8", errors="replace")[-2_000:]
        return None if late.is_set() else process.returncode, used.ru_utime + used.ru_stime, said


def _cases(report: Path) -> dict[str, str]:
    """How each case of a JUnit report ended; a fixture that fails fails its test."""
    ends = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        told = {part.tag for part in case}
        end = "failed" if told & {"failure", "error"} else "skipped" if "skipped" in told else "passed"
        ends[case.attrib["name"]] = end
    return ends


# ---------------------------------------------------------------- trying


def tried(copy: Copy, mutant: Mutant, timeout: float) -> Result:
    """Puts a mutant into a copy, runs its tests and takes it out again."""
    [path] = files_with(copy.root, mutant)
    stat, text = path.stat(), path.read_text(encoding="utf-8")
    cpu = 0.0
    try:
        path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        if mutant.kind.startswith("dbt_project"):
            cpu += copy.parse(timeout)
        ran = copy.test(mutant.tests, timeout)
    finally:
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # so that no compiled mutant passes for it
    verdict, said = _judged(mutant, ran)
    return Result(mutant.name, verdict, said, mutant.tests, ran.seconds, round(cpu + ran.cpu, 1))


def _judged(mutant: Mutant, ran: Ran) -> tuple[str, str]:
    if ran.code is None:
        return "broken", "its tests did not end in time"
    if ran.code not in (0, 1):
        return "broken", f"pytest ended with {ran.code}: {' '.join(ran.said.split())[-400:]}"
    passed = [test for test in mutant.tests if "failed" not in ran.of(test)]
    return ("survived", f"{', '.join(passed)} did not fail") if passed else ("killed", "")


def try_all(tree: Path, mutants: Sequence[Mutant], jobs: int = 1, timeout: float = TIMEOUT) -> list[Result]:
    """Tries mutants on a tree, `jobs` at a time, each on a copy of its own; tells of each as it ends."""
    results = [Result(m.name, "broken", said, m.tests, 0.0, 0.0) for m in mutants if (said := amiss(tree, m))]
    rest = [mutant for mutant in mutants if mutant.name not in {result.name for result in results}]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        for number in range(max(1, min(jobs, len(rest)))):
            scratch = Path(folder).resolve() / str(number)
            scratch.mkdir()
            copies.put(Copy(tree, scratch))
        first = copies.get()
        if any(mutant.kind.startswith("dbt_project") for mutant in rest):
            first.parse(timeout)
        sound = first.test([test for mutant in rest for test in mutant.tests], timeout * 2) if rest else None
        copies.put(first)
        if sound:
            _tell(f"without a mutant: {len(sound.cases)} cases in {sound.seconds:.0f} s, {sound.cpu:.0f} s of CPU")
        for mutant in list(rest):
            unsound = [test for test in mutant.tests if sound and sound.of(test) != {"passed"}]
            if sound and unsound:
                said = f"{', '.join(unsound)} does not pass without it: {' '.join(sound.said.split())[-300:]}"
                results.append(Result(mutant.name, "broken", said, mutant.tests, 0.0, 0.0))
                rest.remove(mutant)

        def one(mutant: Mutant) -> Result:
            copy = copies.get()
            try:
                result = tried(copy, mutant, timeout)
            finally:
                copies.put(copy)
            _tell(_line(result))
            return result

        with ThreadPoolExecutor(max(1, jobs)) as pool:
            results += pool.map(one, rest)
    order = {mutant.name: place for place, mutant in enumerate(mutants)}
    return sorted(results, key=lambda result: order[result.name])


# ---------------------------------------------------------------- telling


def _line(result: Result) -> str:
    said = f"  {result.said}" if result.said else ""
    return f"{result.verdict:9}{result.seconds:7.0f}{result.cpu:7.0f}  {result.name}{said}"


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.run", description="Tries faults on a copy.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="mutants to try (default: all)")
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout to try them on (default: this one)")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time (default: 1)")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds for one mutant's tests")
    parser.add_argument("--json", type=Path, help="a file for the results as data")
    given = parser.parse_args(arguments)
    unknown = set(given.names) - {mutant.name for mutant in MUTANTS}
    if unknown:
        parser.error(f"no mutant of that name: {', '.join(sorted(unknown))}")
    chosen = [mutant for mutant in MUTANTS if not given.names or mutant.name in given.names]
    results = try_all(given.tree.resolve(), chosen, given.jobs, given.timeout)
    _tell(f"\n{'verdict':9}{'s':>7}{'CPU s':>7}  mutant")
    for result in results:
        _tell(_line(result))
    count = {verdict: sum(r.verdict == verdict for r in results) for verdict in ("killed", "survived", "broken")}
    cpu = sum(result.cpu for result in results)
    _tell(f"\n{count['killed']} of {len(results)} killed, {count['survived']} survived, {count['broken']} broken; "
          f"{cpu:.0f} s of CPU")  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n", encoding="utf-8")
    return 0 if count["killed"] == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
