"""Where faults are struck: a home after its first night with the files of a second waiting, and how nights run there.

A fault is struck, a night runs, and another. Well ended is only: with the undisturbed digest (recovered), or with one
sentence, and then, when what was struck is put back, with the undisturbed digest (stopped_with_sentence).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import shutil
import time
from pathlib import Path
from typing import Any

from raceway.common.home import Home
from tests.chaos.child import Ended, Work, read_note
from tests.chaos.child import in_child as work_in_child
from tests.chaos.faults import Fault, remove
from tests.chaos.homes import copy, put_aside
from tests.chaos.night import to_freeze, to_mart, warm_up
from tests.chaos.store import BUCKET, CONNECTION, Store, files_of

Line = dict[str, Any]


class Ground:
    """A home after its first night, with the files of a second waiting, and what the second night ends with."""

    level = "steps"

    def __init__(self, root: Path, home: Home, as_of: dt.date, every: int = 4) -> None:
        self.root, self.home, self.as_of = root, home, as_of
        self.beside: list[Ended] = []
        warm_up(Home(root / "struck"))
        waiting = put_aside(self.home, root / "waiting", every)
        first = self.run(self.home)
        assert first.digest, first
        for path, aside in waiting:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(path)
        self.prepare()
        self.undisturbed = self.run(self.copied("struck"))
        assert self.undisturbed.digest, self.undisturbed

    def work(self) -> Work:
        """What a night is here."""
        return to_freeze(self.as_of)

    def prepare(self) -> None:
        """What is done to the home once its second night waits."""

    def run(self, home: Home, fault: Fault | None = None) -> Ended:
        """One night, struck or not."""
        if fault is None:
            return work_in_child(home, self.work())
        return work_in_child(home, self.work(), fault.inside, fault.midst, self.undisturbed.steps)

    def run_beside(self, home: Home) -> None:
        """A second night while another is at work."""
        self.beside.append(self.run(home))

    def copied(self, name: str) -> Home:
        """A copy of the home at the same path for every fault, since paths are in sentences."""
        target = self.root / name
        shutil.rmtree(target, ignore_errors=True)
        return copy(self.home, target)

    def strike(self, fault: Fault) -> Line:
        """One fault and the nights after it; a line of the result."""
        began, worked = time.monotonic(), _cpu()
        home = self.copied("struck")
        self.beside.clear()
        struck = fault.strike(home)
        with fault.around(home):
            first = self.run(home, fault)
        self._put_whole_file_into_inbox(home, fault)
        done = first.digest == self.undisturbed.digest or fault.kind == "permission"
        then = first if done and not fault.may_differ else self.run(home)
        if not then.digest and struck is not None:
            self._put_back(home, struck)
        last = then if then.digest else self.run(home)
        line = self._judged(fault, first, then, last, struck)
        return line | {"seconds": round(time.monotonic() - began, 1), "cpu_seconds": round(_cpu() - worked, 1)}

    def _put_whole_file_into_inbox(self, home: Home, fault: Fault) -> None:
        """The sender brings the file again that was spoilt while it was read."""
        if fault.kind != "while_read":
            return
        touched = Path(read_note(f"{home.root}.note")[1])
        whole = self.home.root / touched.relative_to(home.root)
        if whole.is_file():
            remove(touched)
            touched.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(whole, touched)

    def _put_back(self, home: Home, struck: Path) -> None:
        whole = self.home.root / struck.relative_to(home.root)
        if struck.is_dir() and whole.is_dir() and not struck.is_symlink() and not whole.is_symlink():
            struck.chmod(0o755)
            return
        remove(struck)
        if whole.is_symlink():
            struck.symlink_to(whole.readlink())
        elif whole.exists():
            shutil.copy2(whole, struck)

    def _judged(self, fault: Fault, first: Ended, then: Ended, last: Ended, struck: Path | None) -> Line:
        undisturbed = self.undisturbed.digest
        right = last.digest == undisturbed
        judged = (
            [then, last]
            if fault.may_differ or first.left
            else [first, then, last, *(end for end in self.beside if end.digest)]
        )
        outcome = "recovered" if right and then.digest else "stopped_with_sentence" if right else "lost"
        said = then.sentence if not then.digest else first.sentence
        return {
            "fault": fault.name, "kind": fault.kind, "level": fault.level, "outcome": outcome,
            "wrong": any(end.digest and end.digest != undisturbed for end in judged),
            "hit": fault.midst is None or first.hit == fault.midst.step,
            "named": not then.sentence or struck is None or struck.name in then.sentence,
            "sentence": said or next((end.sentence for end in self.beside if end.sentence), ""),
            "traceback": next((end.traceback for end in (first, *self.beside, then, last) if end.traceback), ""),
        }  # fmt: skip


def _cpu() -> float:
    """Seconds of work of the processes that have ended, the nights' among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class StoreGround(Ground):
    """The same with the files of the second night in a bucket."""

    level = "store"

    def prepare(self) -> None:
        """Puts what waits into the bucket, and its address into the settings."""
        self.store = Store(files_of(self.home.inbox))
        for folder in self.home.inbox.iterdir():
            shutil.rmtree(folder)
        text = self.home.settings.read_text(encoding="utf-8")
        text = text.replace('address = ""', f'address = "s3://{BUCKET}/in"', 1).replace(
            'conn_id = ""', 'conn_id = "box"', 1
        )
        self.home.settings.write_text(text.replace("rest_seconds = 60", "rest_seconds = 0"), encoding="utf-8")
        said = {"conn_type": "aws", "login": "k", "password": "s", "extra": {
            "endpoint_url": self.store.address, "region_name": "us-east-1",
            "storage_options": {"config_kwargs": CONNECTION}}}  # fmt: skip
        os.environ["AIRFLOW_CONN_BOX"] = json.dumps(said)
        os.environ.setdefault("AIRFLOW_HOME", str(self.root / "airflow"))
        import airflow.sdk  # noqa: F401  # once, for all children

        self.store.fill()

    def strike(self, fault: Fault) -> Line:
        """The bucket is full again for every fault."""
        self.store.fill()
        return super().strike(fault)

    def run(self, home: Home, fault: Fault | None = None) -> Ended:
        """The store fails in a struck night alone."""
        if fault:
            self.store.fail(fault.at_store)
        try:
            return super().run(home, fault)
        finally:
            if fault:
                self.store.fail("")


class MartGround(Ground):
    """The same with nights that build, gate and publish."""

    level = "mart"

    def work(self) -> Work:
        """Up to the published mart."""
        return to_mart(self.as_of)

    def prepare(self) -> None:
        """Has each child forked with dbt and the gate imported and the project parsed."""
        _import_builder(self.home)

    def run(self, home: Home, fault: Fault | None = None) -> Ended:
        """As every ground's."""
        _import_builder(home)
        return super().run(home, fault)


def _import_builder(home: Home) -> None:
    import raceway.gate.gx_duckdb
    import raceway.publish.mart_gate  # noqa: F401
    from raceway.build.dbt_run import get_ready

    get_ready(home)
