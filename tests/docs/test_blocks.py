"""Every command block of the pages that can run here is run, in order, on the golden week's home after its night.

That night is the one that other tests look at, too: a page works on a copy. A block that is not run says why in its
first line. What a reader fills in, BATCH, is filled in here.
"""

from __future__ import annotations

import datetime as dt
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
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.decisions import reject
from raceway.ledger.ledger import Ledger
from tests.docs.pages import ROOT, Page, pages
from tests.golden.golden_week import AS_OF, FOLDER, night

TO_RUN = [page for page in pages() if any(block.is_run for block in page.blocks())]
IN_EFFECT = ("google_ads", "campaign_daily", "vn-main")
"""The batch that the pages decide on."""
OVERVIEW = "Device,Cost,Impressions,Clicks\nMobile phones,1000,200,3\n"
"""What Google's overview page downloads: no report that raceway reads."""


@dataclass(frozen=True)
class Desk:
    """Where somebody who follows a page works: the checkout's `.venv`, a home `var`, folders of a server."""

    root: Path

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        """One block, in one shell that stops at the first command that fails."""
        commands = re.sub(r"/srv/raceway|/backup", lambda place: f"{self.root}{place[0]}", commands)
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
                "EDITOR": "true",  # leaves the file as it is
                "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
                "COLUMNS": "200",
            },
        )


def desk(root: Path) -> Desk:
    root.mkdir(exist_ok=True)
    (root / ".venv").symlink_to(sys.prefix)
    (root / "queries").symlink_to(ROOT / "queries")
    shutil.copyfile(FOLDER / "inbox" / "google_ads" / "vn-main" / "Campaign report.csv", root / "Campaign report.csv")
    return Desk(root)


@pytest.fixture(scope="module")
def after_the_night(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after its night, with a refused file."""
    home = Home(tmp_path_factory.mktemp("company") / "home")
    shutil.copytree(night(tmp_path_factory).root, home.root, symlinks=True)
    refused = home.inbox / "google_ads" / "vn-main" / "overview.csv"
    refused.parent.mkdir(parents=True, exist_ok=True)
    refused.write_text(OVERVIEW, encoding="utf-8")
    [export] = find_exports(home, "google_ads")
    assert land(home, export, as_of=dt.date.fromisoformat(AS_OF)).status == "refused"
    return home


@pytest.mark.parametrize("page", TO_RUN, ids=[page.name for page in TO_RUN])
def test_the_blocks_of_a_page_run_as_they_stand(page: Page, after_the_night: Home, tmp_path: Path) -> None:
    at = desk(tmp_path / "desk")
    for place in ("var", *(["srv/raceway"] if "/srv/raceway" in page.text else [])):
        shutil.copytree(after_the_night.root, at.root / place, symlinks=True)
    (at.root / "backup").mkdir()
    [batch] = {batch.batch_id for batch in Ledger(after_the_night).state().accepted(*IN_EFFECT)}
    for block in page.blocks():
        if block.language == "csv":  # the page says: save this as
            (at.root / "sales.csv").write_text(block.text, encoding="utf-8")
        if not block.is_run:
            continue
        if block.text.startswith("mkdir /srv/raceway"):  # the page restores on a new machine
            shutil.rmtree(at.root / "srv" / "raceway")
        if "accept BATCH" in block.text and "reject BATCH" not in block.text.partition("accept BATCH")[0]:
            reject(Home(at.root / "var"), batch, why="so that somebody can put it back")
        ran = at.run(block.text.replace("BATCH", batch))
        assert ran.returncode == 0, f"{block.text}\n{ran.stdout}{ran.stderr}"


def test_the_page_of_the_mart_has_the_published_tables_and_columns(after_the_night: Home) -> None:
    database = (after_the_night.current / "race.duckdb").resolve()
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
    assert words <= {"BATCH", "EDITOR", "VN"}  # the last is a country, said as it is
