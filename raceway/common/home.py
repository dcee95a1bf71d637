"""Where things are: the program's own folders and a company's home.

The program (code, dbt project, expectations, DAGs) is read-only at run time; everything a company owns
or a run writes lies in its home, so that an upgrade replaces the program and touches nothing else.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raceway.common.faults import BadSettings

_RUN_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:+-]{0,199}")
HOME_VARIABLE: Final = "RACEWAY_HOME"


@dataclass(frozen=True)
class Program:
    """Folders of the installed program. `root` is the checkout that holds `dbt_project/` and `dags/`."""

    root: Path

    @property
    def dbt_project(self) -> Path:
        """The dbt project: every transformation, contract and KPI."""
        return self.root / "dbt_project"

    @property
    def profiles(self) -> Path:
        """The folder of dbt's profiles.yml."""
        return self.root / "profiles"

    @property
    def contracts(self) -> Path:
        """The folder with one folder per source, each with its `_<source>__sources.yml`."""
        return self.dbt_project / "models" / "staging"

    @property
    def expectations(self) -> Path:
        """The Great Expectations context."""
        return self.root / "expectations"

    @property
    def queries(self) -> Path:
        """Questions that marketing asks of the mart, one file of SQL each."""
        return self.root / "queries"

    @property
    def dags(self) -> Path:
        """Airflow's DAG files."""
        return self.root / "dags"


PROJECT: Final = Program(Path(os.environ.get("RACEWAY_PROGRAM", Path(__file__).resolve().parents[2])))


@dataclass(frozen=True)
class Home:
    """One company's folder; all paths below `root`."""

    root: Path

    @property
    def settings(self) -> Path:
        """raceway.toml."""
        return self.root / "raceway.toml"

    @property
    def accounts(self) -> Path:
        """accounts.csv."""
        return self.root / "accounts.csv"

    @property
    def exclusions(self) -> Path:
        """exclusions.csv."""
        return self.root / "exclusions.csv"

    @property
    def holidays(self) -> Path:
        """holidays.csv."""
        return self.root / "holidays.csv"

    @property
    def channel_rules(self) -> Path:
        """channel_rules.csv."""
        return self.root / "channel_rules.csv"

    @property
    def vat_rates(self) -> Path:
        """vat_rates.csv."""
        return self.root / "vat_rates.csv"

    @property
    def sales_channels(self) -> Path:
        """sales_channels.csv."""
        return self.root / "sales_channels.csv"

    @property
    def ticket_topics(self) -> Path:
        """ticket_topics.csv."""
        return self.root / "ticket_topics.csv"

    @property
    def reasons(self) -> Path:
        """reasons.csv."""
        return self.root / "reasons.csv"

    @property
    def offline_codes(self) -> Path:
        """offline_codes.csv."""
        return self.root / "offline_codes.csv"

    @property
    def loyalty_tiers(self) -> Path:
        """loyalty_tiers.csv."""
        return self.root / "loyalty_tiers.csv"

    @property
    def segments(self) -> Path:
        """segments.csv."""
        return self.root / "segments.csv"

    @property
    def sources(self) -> Path:
        """Overlays of shipped contracts and a company's own sources."""
        return self.root / "sources"

    @property
    def secrets(self) -> Path:
        """Keys; mode 700, files 600."""
        return self.root / "secrets"

    @property
    def hash_key(self) -> Path:
        """The key under which personal data is hashed."""
        return self.secrets / "hash.key"

    @property
    def forget_key(self) -> Path:
        """The key under which the list of forgotten persons is written."""
        return self.secrets / "forget.key"

    @property
    def forgotten(self) -> Path:
        """Under which new identity a forgotten person's identifiers land; backed up with landing/."""
        return self.landing / "_forgotten.json"

    @property
    def key_fingerprint(self) -> Path:
        """Fingerprint of the key under which everything in landing/ is hashed; backed up with it."""
        return self.landing / "_key.txt"

    @property
    def brought_to(self) -> Path:
        """Which program the home was last brought to, by `raceway upgrade`."""
        return self.landing / "_program.json"

    @property
    def inbox(self) -> Path:
        """Where exports arrive: inbox/<source>/<account>/…"""
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        """Raw files that were landed; mode 600."""
        return self.root / "archive"

    @property
    def landing(self) -> Path:
        """Typed Parquet batches."""
        return self.root / "landing"

    @property
    def ledger(self) -> Path:
        """What happened to every file and batch, one JSON file per event."""
        return self.landing / "_ledger"

    @property
    def packs(self) -> Path:
        """Copies of small files that landed, many in one."""
        return self.landing / "_packs"

    @property
    def quarantine(self) -> Path:
        """Refused rows and files; mode 600."""
        return self.root / "quarantine"

    @property
    def scratch(self) -> Path:
        """Raw files that are being read, unpacked; mode 700, with empty folders at most between two nights."""
        return self.root / "scratch"

    @property
    def warehouse(self) -> Path:
        """The writer's own DuckDB file; disposable."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """Published versions and the link `current`."""
        return self.root / "published"

    @property
    def current(self) -> Path:
        """The published version that readers open."""
        return self.published / "current"

    @property
    def backfills(self) -> Path:
        """Days that are read again: what they were read as, until somebody approves or drops it."""
        return self.root / "backfills"

    @property
    def holds(self) -> Path:
        """Decisions to go back to an earlier version, which hold publishing until they are released."""
        return self.published / "_holds"

    @property
    def airflow(self) -> Path:
        """Airflow's own home: its database and logs."""
        return self.root / "airflow"

    @property
    def runs(self) -> Path:
        """One folder per run: effective set, checks, result."""
        return self.root / "runs"

    @property
    def alerts(self) -> Path:
        """What people were told of the nights, and what waits to be told."""
        return self.root / "alerts"

    @property
    def waivers(self) -> Path:
        """Checks that a person let pass, each for one run."""
        return self.runs / "_waivers"

    @property
    def truth(self) -> Path:
        """What the mart must show; only beside a sample inbox."""
        return self.root / "truth"

    @property
    def sample_as_of(self) -> Path:
        """The day for which a sample is meant to be run."""
        return self.truth / "as_of.txt"

    @property
    def lock(self) -> Path:
        """Held by the one run that lands and builds."""
        return self.root / "run.lock"

    def run(self, run_id: str) -> Path:
        """The folder of one run, made if it is not there. Raises BadSettings, as `run_folder`."""
        folder = self.run_folder(run_id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def run_folder(self, run_id: str) -> Path:
        """Where the folder of one run is.

        Raises BadSettings where the name would lead out of `runs/`: it may come from whoever triggers a DAG.
        """
        if not _RUN_ID.fullmatch(run_id):
            raise BadSettings(f"run_id {run_id!r}: letters, digits and . _ : + - only, and no dot first; leave it out")
        return self.runs / run_id

    def exists(self) -> bool:
        """Whether this folder is a raceway home (it has settings)."""
        return self.settings.is_file()


def check_place(root: Path) -> None:
    """Raises BadSettings where a home cannot lie: the addresses of Airflow's database and of dbt's warehouse end at `?`
    and `#`, and no log or list holds signs that cannot be printed."""
    odd = sorted({sign for sign in str(root) if sign in "?#" or not sign.isprintable()})
    if odd:
        raise BadSettings(
            f"{str(root)!r}: a home's path must not hold {', '.join(map(repr, odd))}; choose another folder"
        )


def find_home(path: str | Path | None = None) -> Home:
    """The home named by `path`, else by RACEWAY_HOME, else `var/` below the current folder.

    Raises BadSettings when there is no home at that place, with the command that makes one.
    """
    home = Home(Path(path or os.environ.get(HOME_VARIABLE) or "var").expanduser().absolute())
    check_place(home.root)
    if not home.exists():
        raise BadSettings(f"{home.root}: no raceway home here. Make one with: raceway --home {home.root} init")
    return home
