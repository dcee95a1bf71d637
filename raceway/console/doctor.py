"""Is everything in order? Installation, settings, contracts, profiles, expectations, permissions, disk.

Every finding says what is wrong and what to do. Nothing is changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

import duckdb
import yaml
from rich.console import Console

from raceway import __version__
from raceway.common.faults import RacewayFault
from raceway.common.home import PROJECT, Home
from raceway.config.accounts import load_accounts, load_vat_rates
from raceway.config.lists import LISTS
from raceway.config.private import open_to_others
from raceway.config.segments import load_segments
from raceway.config.settings import Settings, load_settings
from raceway.console.doctor_own_files import examine_own_files
from raceway.console.findings import Finding
from raceway.console.show import print_table
from raceway.contracts.load import load_contracts
from raceway.reading.personal import key_fingerprint, known_fingerprint

MINIMUM_PYTHON: Final = (3, 11)
MINIMUM_FREE_BYTES: Final = 2 * 1024**3
GIT_PATHS_SHOWN: Final = 5
PATHS_SHOWN: Final = 20
PROFILE_TARGETS: Final = {"duckdb", "spark"}
_COLOURS: Final = {"ok": "[green]ok[/green]", "warning": "[yellow]warning[/yellow]", "error": "[red]error[/red]"}


def examine(home: Home, ci: bool = False) -> list[Finding]:
    """Looks at everything and gives a finding for each.

    With `ci` the home is a checkout of its settings: there is no key, no file of persons and no night to look at. What
    git keeps that it should not, and what is still to be decided in own sources, is looked at instead.
    """
    written = (_installation, _settings, _contracts, _profiles, _expectations)
    looks = (
        (_kept_by_git, _undecided)
        if ci
        else (examine_own_files, _waiting, _segments, _permissions, _routes, _key, _disk)
    )
    return [finding for look in (*written, *looks) for finding in look(home)]


def show_findings(console: Console, findings: list[Finding]) -> None:
    """Prints the findings, worst last so that they stay in sight."""
    order = {"ok": 0, "warning": 1, "error": 2}
    console.print()
    for finding in sorted(findings, key=lambda finding: order[finding.level]):
        console.print(f"{_COLOURS[finding.level]:<9} {finding.subject}: ", end="", highlight=False)
        console.print(finding.message, markup=False, highlight=False, soft_wrap=True)


def show_settings(console: Console, home: Home) -> None:
    """Prints every setting with its value and meaning. Raises BadSettings where they cannot be read."""
    settings = load_settings(home)
    rows = []
    for section in Settings.model_fields:
        values = getattr(settings, section)
        for key, field in type(values).model_fields.items():
            rows.append((f"{section}.{key}", _shown(getattr(values, key)), field.description or ""))
    print_table(console, f"Settings of {home.settings}", ("setting", "value…", "meaning…"), rows)


def _shown(value: object) -> str:
    return "\n".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def _installation(home: Home) -> Iterator[Finding]:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < MINIMUM_PYTHON:
        yield Finding("error", "python", f"{found}; raceway needs 3.11 or newer: make setup PYTHON=/path/to/python")
    else:
        yield Finding("ok", "python", found)
    wrong = []
    for line in (PROJECT.root / "requirements.in").read_text(encoding="utf-8").splitlines():
        name, pinned, version = line.split("#")[0].split(";")[0].strip().partition("==")
        if not pinned:
            continue
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = "missing"
        if installed != version:
            wrong.append(f"{name} {installed} instead of {version}")
    if wrong:
        yield Finding("error", "packages", f"{', '.join(wrong)}; mend it with: make setup")
    else:
        yield Finding("ok", "packages", f"raceway {__version__} with its pinned packages")
    for folder in (PROJECT.dbt_project, PROJECT.profiles, PROJECT.expectations, PROJECT.dags):
        if not folder.is_dir():
            yield Finding("error", "program", f"{folder} is missing; set RACEWAY_PROGRAM to the checkout")


def _settings(home: Home) -> Iterator[Finding]:
    for subject, load in {"settings": load_settings, **LISTS}.items():
        try:
            load(home)
        except RacewayFault as fault:
            yield Finding("error", subject, str(fault))
        else:
            yield Finding("ok", subject, "can be read")


def _waiting(home: Home) -> Iterator[Finding]:
    """Folders of the inbox whose files the next night would refuse, since accounts.csv does not tell of them."""
    try:
        accounts = load_accounts(home)
    except RacewayFault:
        return  # said above
    if not accounts:
        yield Finding("warning", "accounts", f"{home.accounts}: there is no account yet, so no file can land: write "
                      "one line for each folder inbox/<source>/<account>/")  # fmt: skip
    for folder in sorted(home.inbox.glob("*/*/")):
        source, account = folder.parent.name, folder.name
        if (source, account) not in accounts and any(path.is_file() for path in folder.rglob("*")):
            yield Finding("warning", "inbox", f"{folder}: files wait there, and {home.accounts} has no "
                          f"{source},{account}: they would be refused; write its line, or move them where they "
                          "belong")  # fmt: skip


def _segments(home: Home) -> Iterator[Finding]:
    """What the published mart says of the segments: one that nobody is in is a slip, or not needed."""
    mart = home.current / "race.duckdb"
    try:
        names = {rule.segment: None for rule in load_segments(home)}
    except RacewayFault:
        return  # said above
    if not names or not mart.is_file():
        return
    try:
        with duckdb.connect(str(mart), read_only=True) as connection:
            rows = connection.execute("select distinct marketing_segment from customer_360").fetchall()
    except duckdb.Error:  # a mart of an earlier version, or one that somebody holds
        return
    for name in names:
        if rows and (name,) not in rows:
            yield Finding("warning", "segments", f"{name}: nobody is in it in the published mart; look at its rules in "
                          f"{home.segments}")  # fmt: skip


def _contracts(home: Home) -> Iterator[Finding]:
    try:
        contracts = load_contracts(home)
    except RacewayFault as fault:
        yield Finding("error", "contracts", str(fault))
        return
    yield Finding("ok", "contracts", f"{len(contracts)} sources: {', '.join(sorted(contracts))}")
    try:
        accounts, required = load_accounts(home), load_settings(home).night.required
        rates = load_vat_rates(home)
    except RacewayFault:
        return  # said above
    known = {*accounts, *((source, "") for source, _ in accounts), ("", "")}
    for rate in rates:
        if (rate.source, rate.account) not in known:
            yield Finding("error", "vat_rates", f"{home.vat_rates}, the row of {rate.source}/{rate.account} from "
                          f"{rate.valid_from}: accounts.csv has no such account, so its rate counts nowhere; mend "
                          "source and account, or take the row out")  # fmt: skip
    for source, account in accounts:
        if source not in contracts:
            yield Finding("error", "accounts", f"{home.accounts}, {source}/{account}: there is no source {source}; "
                          f"known are {', '.join(sorted(contracts))}")  # fmt: skip
    with_account = {source for source, _ in accounts}
    for one in required:
        if one.source not in contracts:
            yield Finding("error", "settings", f"night.required: there is no source {one.source}")
        elif one.source not in with_account:
            yield Finding("warning", "settings", f"night.required: {one.source} has no account in accounts.csv: it is "
                          "late every night; add its account, or take it out of night.required")  # fmt: skip
        elif all(account.ended_on is not None for (source, _), account in accounts.items() if source == one.source):
            yield Finding("warning", "settings", f"night.required: every account of {one.source} has an ended_on in "
                          "accounts.csv: nothing of it is due after that; take it out of night.required")  # fmt: skip


def _profiles(home: Home) -> Iterator[Finding]:
    file = PROJECT.profiles / "profiles.yml"
    try:
        profiles = yaml.safe_load(file.read_text(encoding="utf-8"))
        targets = {name for profile in profiles.values() for name in profile["outputs"]}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as fault:
        yield Finding("error", "profiles", f"{file}: cannot be read ({fault}); get it anew from the program")
        return
    missing = PROFILE_TARGETS - targets
    if missing:
        yield Finding("error", "profiles", f"{file}: no target {', '.join(sorted(missing))}; get it anew")
    else:
        yield Finding("ok", "profiles", f"targets {', '.join(sorted(targets))}")


def _expectations(home: Home) -> Iterator[Finding]:
    from raceway.gate.landing_suites import landing_suite

    try:
        suites = [landing_suite(table).to_dict() for source in load_contracts(home).values() for table in source.tables]
    except RacewayFault:
        return  # said of the contracts
    except ValueError as fault:
        yield Finding("error", "expectations", str(fault))
    else:
        yield Finding("ok", "expectations", f"{len(suites)} suites follow from the contracts")


def _routes(home: Home) -> Iterator[Finding]:
    try:
        routes = load_settings(home).alerts.routes
    except RacewayFault:
        return  # said above
    without = [route for route in routes if not route.conn_id and not os.environ.get(route.variable)]
    for route in without:
        yield Finding("warning", "alerts", f"route {route.name}: {route.variable} is not set in this shell, "
                      "so it reaches nobody from here; set it where nights run (docs/how-to/alerts.md)")  # fmt: skip
    if not without:
        told = f"{len(routes)} routes; try them with: raceway doctor --notify" if routes else "no route: nobody is told"
        yield Finding("ok", "alerts", told)


def _permissions(home: Home) -> Iterator[Finding]:
    found = list(open_to_others(home))
    if found:
        paths = " ".join(f"'{path}'" for path in found[:PATHS_SHOWN])
        more = (
            f" and {len(found) - PATHS_SHOWN:,} more, named when these are mended" if len(found) > PATHS_SHOWN else ""
        )
        yield Finding("error", "permissions", f"others can read personal data or keys; mend it with: "
                      f"chmod go-rwx {paths}{more}")  # fmt: skip
    else:
        yield Finding("ok", "permissions", "keys, raw files, landing, warehouse and Airflow's database are yours alone")


def _key(home: Home) -> Iterator[Finding]:
    try:
        fingerprint, known = key_fingerprint(home), known_fingerprint(home)
    except RacewayFault as fault:
        yield Finding("error", "key", str(fault))
        return
    if known not in (None, fingerprint):
        yield Finding("error", "key", f"{home.hash_key} has the fingerprint {fingerprint}, but what landed here is "
                      f"hashed under the key {known}: put that one back from its backup (docs/how-to/backup.md); "
                      "nothing runs until then")  # fmt: skip
    else:
        backup = "back it up together with landing/ (docs/how-to/backup.md)"
        yield Finding("ok", "key", f"fingerprint {fingerprint}; {backup}")


def _kept_by_git(home: Home) -> Iterator[Finding]:
    """Keys, exports and persons' data in a repository are in every copy of it, and in its history."""
    folders = (home.secrets, home.inbox, home.archive, home.quarantine, home.landing, home.published, home.runs,
               home.airflow, home.scratch)  # fmt: skip
    try:
        listed = subprocess.run(
            ["git", "-C", str(home.root), "ls-files", "--", *(folder.name for folder in folders)],
            capture_output=True, text=True, check=True,
        ).stdout.split("\n")  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        yield Finding("ok", "git", "the home is in no repository")
        return
    kept = [path for path in listed if path and Path(path).name not in (".gitkeep", ".gitignore")]
    for path in kept[:GIT_PATHS_SHOWN]:
        yield Finding("error", "git", f"{home.root / path}: is kept by git, where all who have the repository read it. "
                      f"Take it out with: git rm -r --cached {path.split('/')[0]}, name the folder in .gitignore, and "
                      "take it out of the history; a key that was there is no secret any more")  # fmt: skip
    if not kept:
        yield Finding("ok", "git", "no key, export or person's data is kept by git")


def _undecided(home: Home) -> Iterator[Finding]:
    """Places of a drafted source that nobody has settled yet."""
    for path in sorted(home.sources.rglob("*.yml")):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if re.search(r"# decide\b", line):
                yield Finding("warning", "sources", f"{path}, row {number}: `decide` still stands there: settle what "
                              "it asks, and take the word out")  # fmt: skip


def _disk(home: Home) -> Iterator[Finding]:
    free = shutil.disk_usage(home.root).free
    gigabytes = f"{free / 1024**3:.1f} GB free"
    if free < MINIMUM_FREE_BYTES:
        yield Finding("warning", "disk", f"{gigabytes} at {home.root}; a night needs about three times the size of its "
                      "exports: make room, or lower retention.versions or retention.archive_days")  # fmt: skip
    else:
        yield Finding("ok", "disk", gigabytes)
