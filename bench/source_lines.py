"""How many lines a source costs: YAML, SQL and Python of its folder, and the median over all sources.

    python -m bench.source_lines [SOURCE …]

Counted are the files of `dbt_project/models/staging/<source>/`: every begun 120 characters of a line are one line, so
that nothing is won by writing more into a line. Not counted are descriptions, comments and empty lines. Python that
knows a source (a mention of its name, or of one of its tables, in a module outside the sample) is looked for in
`raceway/`. With names, the median of those stands beside that of all others.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from raceway.common.home import PROJECT
from raceway.contracts.files import source_names

WIDTH: Final = 120
_BLOCK: Final = re.compile(r"^(\s*)(?:- )?description:\s*(?:[>|][+-]?)?")
_INLINE: Final = re.compile(r'\bdescription: *("(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[^,}]*)(, *)?')


def main() -> None:
    """Prints the lines of every source, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="*", help="the new ones, to be held against all others")
    new = parser.parse_args().sources
    counts = {source: lines_of(source) for source in source_names()}
    table = Table("source", "yaml", "sql", "python", "lines")
    for source, (yaml, sql, python) in sorted(counts.items(), key=lambda item: sum(item[1])):
        table.add_row(
            source + (" *" if source in new else ""), str(yaml), str(sql), str(python), str(yaml + sql + python)
        )
    console = Console()
    console.print(table)
    others = [sum(lines) for source, lines in counts.items() if source not in new]
    console.print(f"median of {len(others)} sources: {statistics.median(others):g}")
    if new:
        own = [sum(counts[source]) for source in new]
        console.print(f"median of the {len(own)} named (*): {statistics.median(own):g}")


def lines_of(source: str) -> tuple[int, int, int]:
    """YAML, SQL and Python lines of a source."""
    folder = PROJECT.contracts / source
    yaml = sum(_counted(_without_descriptions(path)) for path in sorted(folder.glob("*.yml")))
    sql = sum(_counted(_plain(path, "--")) for path in sorted(folder.glob("*.sql")))
    named = re.compile(rf"[\"']{source}[\"']")
    package = PROJECT.root / "raceway"
    python = sum(
        bool(named.search(line))
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] != "sample"
        for line in _plain(path, "#")
    )
    return yaml, sql, python


def _counted(lines: Iterable[str]) -> int:
    return sum(-(-len(line) // WIDTH) for line in lines)


def _plain(path: Path, comment: str) -> list[str]:
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.lstrip().startswith(comment)]


def _without_descriptions(path: Path) -> Iterator[str]:
    """The lines of a YAML file without its descriptions, whether they fill lines of their own or stand in braces."""
    inside = -1  # how far a description of several lines is indented; below 0 outside of one
    for line in _plain(path, "#"):
        indent = len(line) - len(line.lstrip())
        if 0 <= inside < indent:
            continue
        inside = -1
        block = _BLOCK.match(line)
        if block:
            inside = len(block.group(1)) + (2 if line.lstrip().startswith("- ") else 0)
            continue
        yield _INLINE.sub("", line)


if __name__ == "__main__":
    main()
