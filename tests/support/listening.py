"""Who listens on which address of this machine, as Linux tells."""

from __future__ import annotations

import ipaddress
import re
import sys
from pathlib import Path


def listening_of_session(session: int) -> list[tuple[str, int]]:
    """Addresses and ports on which the processes of a session listen for TCP."""
    sockets = {inode for process in _of_session(session) for inode in _sockets(process)}
    return sorted(place for inode, place in _listening().items() if inode in sockets)


def _of_session(session: int) -> list[Path]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[3]) == session:
            found.append(stat.parent)
    return found


def _sockets(process: Path) -> set[str]:
    inodes = set()
    try:
        for handle in (process / "fd").iterdir():
            try:
                named = re.fullmatch(r"socket:\[(\d+)\]", str(handle.readlink()))
            except OSError:  # closed meanwhile
                continue
            if named:
                inodes.add(named[1])
    except OSError:  # it has ended meanwhile
        pass
    return inodes


def _listening() -> dict[str, tuple[str, int]]:
    """Where each listening socket is bound, by its inode."""
    found = {}
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text(encoding="utf-8").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":  # LISTEN
                address, port = fields[1].split(":")
                found[fields[9]] = (_address(address), int(port, 16))
    return found


def _address(text: str) -> str:
    """An address as people write it: the kernel writes words of four bytes in the machine's own order."""
    words = [bytes.fromhex(text[at : at + 8]) for at in range(0, len(text), 8)]
    packed = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    return str(ipaddress.ip_address(packed))
