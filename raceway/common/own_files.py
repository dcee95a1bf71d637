"""Small JSON files that raceway itself wrote: read whole, or told to be damaged in one sentence.

Such a file is written aside and renamed, so a kill never cuts it. A disk, a copy or a hand may: then a person is told
which file it is, what is wrong with it and what mends it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from raceway.common.faults import PermanentFault


@contextmanager
def mended_by(path: Path, mend: str) -> Iterator[None]:
    """Turns what is wrong with the content of `path`, met while it is read, into one sentence that ends with `mend`.

    Raises PermanentFault. A file that is not there stays a FileNotFoundError: that is the caller's to judge.
    """
    try:
        yield
    except (IsADirectoryError, NotADirectoryError):
        raise PermanentFault(f"{path}: damaged: no file, or no folder above it, is what stands there; {mend}") from None
    except KeyError as fault:
        raise PermanentFault(f"{path}: damaged: {fault} is missing in it; {mend}") from fault
    except (ValueError, TypeError, AttributeError) as fault:
        raise PermanentFault(f"{path}: damaged: {_first_line(fault)}; {mend}") from fault


def read_own_json(path: Path, mend: str) -> dict[str, Any]:
    """The JSON object in a file of our own; `mend` says what to do where it is damaged.

    Raises PermanentFault naming file, damage and mend, FileNotFoundError where there is none.
    """
    with mended_by(path, mend):
        found = json.loads(path.read_bytes())
        if not isinstance(found, dict):
            raise TypeError("no JSON object")
    return found


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
