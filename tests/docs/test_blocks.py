"""Every command block of the pages that can run here is run, in order, on a company after its first night.

The night is the README's own block for own files; one is run for all pages. A block that is not run says why in
its first line. Words of the pages that a reader fills in are filled in here: BATCH, AS_OF.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.ledger.ledger import Ledger
from tests.docs.pages import ROOT, Page, pages

NIGHT = "raceway.toml"
"""A word of the block that is the night: it makes the home, has a person fill in settings and accounts, and runs."""
TO_RUN = [page for page in pages() if any(block.is_run for block in page.blocks())]
EDITOR = (
    '#!/bin/sh\ncase "$1" in *accounts.csv) echo "google_ads,main,Main,,VN,Asia/Ho_Chi_Minh,VND,,,,,," >> "$1";; esac\n'
)


def report(impressions: int) -> str:
    """A campaign report of the 40 days before yesterday, 10 clicks a day."""
    days = [dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=back) for back in range(41, 1, -1)]
    rows = [f"{day.isoformat()},Tết,Search,VND,{impressions},10,50000" for day in days]
    return "\n".join(["Day,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost", *rows]) + "\n"


@dataclass(frozen=True)
class Desk:
    """Where somebody who follows a page works: the checkout's `.venv`, a home `var`, folders of a server."""

    root: Path

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        """One block, in one shell that stops at the first command that fails."""
        for place in ("/srv/raceway", "/backup"):
            commands = commands.replace(place, f"{self.root}{place}")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "RACEWAY"))}
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=1_800,
            check=False,
            env=inherited
            | {
                "HOME": str(self.root),
                "EDITOR": str(self.root / "editor"),
                "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
                "COLUMNS": "200",
            },
        )


def desk(root: Path) -> Desk:
    root.mkdir(exist_ok=True)
    (root / ".venv").symlink_to(sys.prefix)
    (root / "editor").write_text(EDITOR, encoding="utf-8")
    (root / "editor").chmod(0o700)
    return Desk(root)


@pytest.fixture(scope="session")
def after_the_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after the README's night: one batch in effect, one that the gate refused, one refused file."""
    at = desk(tmp_path_factory.mktemp("first") / "desk")
    (at.root / "Campaign report.csv").write_text(report(1_000), encoding="utf-8")
    waiting = at.root / "marketing" / "inbox" / "google_ads" / "main"
    waiting.mkdir(parents=True)
    (waiting / "overview.csv").write_text("Device,Cost,Impressions,Clicks\nPhones,1000,200,3\n", encoding="utf-8")
    (waiting / "spoilt.csv").write_text(report(-5), encoding="utf-8")
    [readme] = [page for page in TO_RUN if page.name == "README.md"]
    [block] = [block for block in readme.blocks() if NIGHT in block.text]
    ran = at.run(block.text)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "published" in ran.stdout
    return at.root / "marketing"


def batches(home: Path) -> tuple[str, str]:
    """The batch in effect, and the one that the gate refused."""
    found = {batch.status: batch.batch_id for batch in Ledger(Home(home)).state().batches.values()}
    return found["accepted"], found["refused"]


@pytest.mark.parametrize("page", TO_RUN, ids=[page.name for page in TO_RUN])
def test_the_blocks_of_a_page_run_as_they_stand(page: Page, after_the_night: Path, tmp_path: Path) -> None:
    at = desk(tmp_path / "desk")
    shutil.copytree(after_the_night, at.root / "var", symlinks=True)
    shutil.copytree(after_the_night, at.root / "srv" / "raceway", symlinks=True)
    (at.root / "backup").mkdir()
    accepted, refused = batches(after_the_night)
    as_of = json.loads((at.root / "var" / "published" / "current" / "run.json").read_text(encoding="utf-8"))["as_of"]
    for block in page.blocks():
        if block.language == "csv":  # the page says: save this as
            (at.root / "sales.csv").write_text(block.text, encoding="utf-8")
        if not block.is_run or (page.name == "README.md" and NIGHT in block.text):
            continue
        if block.text.startswith("mkdir /srv/raceway"):  # the page restores on a new machine
            shutil.rmtree(at.root / "srv" / "raceway")
        # who rejects a batch and then accepts one means the same; else it is the one that the gate refused
        back = accepted if "reject BATCH" in block.text.partition("accept BATCH")[0] else refused
        commands = block.text.replace("reject BATCH", f"reject {accepted}").replace("accept BATCH", f"accept {back}")
        ran = at.run(commands.replace("AS_OF", as_of))
        assert ran.returncode == 0, f"{block.text}\n{ran.stdout}{ran.stderr}"


def test_the_page_of_the_mart_has_the_published_tables_and_columns(after_the_night: Path) -> None:
    database = (after_the_night / "published" / "current" / "race.duckdb").resolve()
    with duckdb.connect(str(database), read_only=True) as mart:
        published = mart.execute(
            "select table_name, list(column_name order by ordinal_position) from information_schema.columns group by all"
        ).fetchall()
    page = (ROOT / "docs" / "reference" / "mart.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, flags=re.MULTILINE | re.DOTALL))
    described = {name: re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE) for name, text in sections.items()}
    assert {name: sorted(columns) for name, columns in described.items()} == {
        name: sorted(columns) for name, columns in published
    }


def test_no_word_that_a_reader_fills_in_is_left() -> None:
    words = {word for page in TO_RUN for block in page.blocks() if block.is_run
             for word in re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)*\b", re.sub(r"#.*|\"[^\"]*\"", "", block.text))}  # fmt: skip
    assert words <= {"BATCH", "AS_OF", "EDITOR"}
