"""The link `current`: what is wrong with it, told to readers, and mended by nights."""

from __future__ import annotations

import os
import uuid

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.own_database import first_line
from raceway.history.records import run_records
from raceway.publish.version import Version, published_version, published_versions, switch
from raceway.report.mart_file import MEND


def check_shown(home: Home) -> Version:
    """The version that readers see. Raises PermanentFault where there is none: nothing is published yet, or the link
    that shows it is damaged."""
    version = published_version(home)
    if version is not None:
        return version
    if damage := damage_of_current(home):
        raise PermanentFault(damage)
    raise PermanentFault(f"{home.root}: nothing is published yet; run: raceway --home {home.root} run")


def damage_of_current(home: Home) -> str:
    """A sentence where readers see no version though one was published; else an empty text."""
    if published_version(home) is not None or not (os.path.lexists(home.current) or published_versions(home)):
        return ""
    what = (
        "points to no version"
        if home.current.is_symlink()
        else ("is no link" if os.path.lexists(home.current) else "is not there, though versions are kept")
    )
    return (
        f"{home.current}: damaged: it {what}. Run a night, which shows the newest version that is kept again, or "
        "publishes anew: raceway run"
    )


def damage_when_opened(version: Version) -> str:
    """A sentence where a version's race.duckdb cannot be opened; else an empty text."""
    try:
        duckdb.connect(str(version.database), read_only=True).close()
    except duckdb.Error as fault:
        return f"{version.database}: damaged ({first_line(fault)}); {MEND}"
    return ""


def mend_current(home: Home) -> str:
    """Has `current` show the newest published version that is kept, where it shows none; gives the sentence that says
    so, else an empty text. What stands in its place is put aside. Raises PermanentFault for a damaged version.
    """
    if not home.published.is_dir() or published_version(home) is not None:
        return ""
    recorded = {record.version for record in run_records(home) if record.status == "published"}
    kept = [version for version in published_versions(home) if version.name in recorded]
    in_its_place = os.path.lexists(home.current) and not home.current.is_symlink()
    if not kept and not in_its_place:
        return ""
    what = "pointed to no version" if home.current.is_symlink() else "was not there"
    if in_its_place:
        aside = home.published / f"damaged-current-{uuid.uuid4().hex[:8]}"
        home.current.rename(aside)
        what = f"was no link; what stood there lies in {aside.name}, where nothing reads it: take it away"
    if kept:
        switch(home, kept[-1].name)
    shows = f"it shows {kept[-1].name} again" if kept else "no published version is kept"
    return f"{home.current}: {what}; {shows}"
