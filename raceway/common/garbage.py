"""Python's collector of garbage, put off where there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Puts the collector off meanwhile: hundreds of thousands of new values set it off again and again, and where all
    of them are kept it finds nothing; of writing a sample that was a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
