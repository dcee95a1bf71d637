"""Files in the inbox that no source will ever look at: in a folder that is no source, behind a link, or in none."""

from __future__ import annotations

import difflib

from raceway.common.home import Home
from raceway.contracts.files import source_names
from raceway.inbox.exports import is_unfinished


def strays(home: Home) -> list[str]:
    """A sentence for each folder that is no source and holds files, for each file outside a source's folder, and for
    each link among the folders: links are not followed, whatever they lead to."""
    if not home.inbox.is_dir():
        return []
    sources = source_names(home)
    said = []
    for path in sorted(home.inbox.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink():
            said.append(
                f"inbox/{path.name}: is a link, and links are not followed, so nothing behind it is read; put a folder "
                "with the files in its place, or mount the other place there"
            )
        elif path.name in sources:
            if not path.is_dir():
                said.append(
                    f"inbox/{path.name}: is a file where the folder of this source belongs, so nothing of the source "
                    "is read; put it into inbox/<source>/<account>/"
                )
        elif path.is_dir():
            files = [
                file
                for file in path.rglob("*")
                if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
            ]
            if files:
                said.append(
                    f"inbox/{path.name}/: no source has this name, so {len(files)} of its files are never read; the "
                    f"nearest is {_nearest(path.name, sources)}. Move them into inbox/<source>/<account>/, or describe "
                    "the source (raceway new-source)"
                )
        elif not is_unfinished(path.name):
            said.append(
                f"inbox/{path.name}: lies in no source's folder, so it is not read; put it into "
                "inbox/<source>/<account>/"
            )
    return said


def _nearest(name: str, sources: list[str]) -> str:
    return max(sources, key=lambda source: difflib.SequenceMatcher(None, name.casefold(), source).ratio())
