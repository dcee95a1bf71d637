"""dbt's documentation of the project as one page: models, columns, tests, lineage, metrics and exposures."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from raceway.build.dbt_run import where_of
from raceway.build.parsed_project import NotParsed, parse
from raceway.common.faults import PermanentFault
from raceway.common.files import write_aside
from raceway.common.home import PROJECT, Home

DOCS: Final = "docs/index.html"
"""Where the page lies below `published/`, beside the versions: it is the program's, and no night's."""


def write_docs(home: Home) -> Path:
    """Writes the page and returns its place. Types are those that the models declare, so no warehouse is opened.

    Raises PermanentFault where dbt cannot parse the project.
    """
    from dbt.cli.main import dbtRunner

    with tempfile.TemporaryDirectory() as folder:
        # the last of two equal arguments counts: the artifacts are what the page is made of
        where = [*where_of(Path(folder), Path(folder)), "--write-json"]
        try:
            manifest = parse(where)  # never a kept one: the manifest that the page holds is written by parsing
        except NotParsed as fault:
            raise PermanentFault(f"dbt could not parse {PROJECT.dbt_project}: {fault}") from fault
        done = dbtRunner(manifest=manifest).invoke(
            ["docs", "generate", "--static", "--empty-catalog", "--no-compile", *where]
        )
        page = Path(folder, "static_index.html")
        if done.exception is not None or not page.exists():
            raise PermanentFault(f"dbt could not write its documentation: {done.exception}")
        text = page.read_text(encoding="utf-8")
    place = home.published / DOCS
    place.parent.mkdir(parents=True, exist_ok=True)
    write_aside(place, text)
    return place
