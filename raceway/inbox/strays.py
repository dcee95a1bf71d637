"""Files in the inbox that no source will ever look at: in a folder that is no source, behind a link, or in none."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from raceway.common.home import Home
from raceway.contracts.files import source_names
from raceway.inbox.exports import is_unfinished, paths_in


def strays(home: Home) -> list[str]:
    """A sentence for each folder that is no source and holds files, for each file outside a source's folder, for each
    link among the folders (links are not followed, whatever they lead to), and for what cannot be read below a
    source's folder."""
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
            else:
                said += _unreadable(home, path)
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


def _unreadable(home: Home, folder: Path) -> Iterator[str]:
    """Sentences about what no reader can open below a source's folder: pipes and devices, and folders that are shut."""
    if not os.access(folder, os.R_OK | os.X_OK):
        yield (
            f"{folder.relative_to(home.root)}/: this user may not look into it, so nothing in it is read; give it the "
            "right (chmod u+rwx, or chown)"
        )
        return
    for path in paths_in(folder):
        if path.name.startswith(".") or path.is_symlink() or path.is_file():
            continue
        if path.is_dir():
            yield from _unreadable(home, path)
        else:
            yield (
                f"{path.relative_to(home.root)}: is a pipe, a socket or a device and no file, so it is not read; take "
                "it away, and put the file itself there"
            )


def _nearest(name: str, sources: list[str]) -> str:
    return max(sources, key=lambda source: difflib.SequenceMatcher(None, name.casefold(), source).ratio())
