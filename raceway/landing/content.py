"""What an export holds for one table, as a hash: what tells a copy from another export."""

from __future__ import annotations

import hashlib
from typing import Final

from raceway.inbox.raw_files import RawFiles
from raceway.landing.batch import said_by_name
from raceway.landing.jobs import Job

_CHUNK: Final = 1 << 22


def content_hash(job: Job, raw: RawFiles) -> str:
    """SHA-256 over the raw bytes of the job's parts in order, its sibling last, and what their names say.

    The hashes of whole files are noted in `raw`, which needs them, too.
    """
    members = [shape.member for shape in job.shapes] + ([job.sibling] if job.sibling else [])
    whole = hashlib.sha256()
    for member in members:
        alone = hashlib.sha256()
        with member.path.open("rb") as file:
            while block := file.read(_CHUNK):
                whole.update(block)
                if len(members) > 1:
                    alone.update(block)
        if member.path == member.raw:
            raw.digests[str(member.raw)] = alone.hexdigest() if len(members) > 1 else whole.hexdigest()
    whole.update("".join(said_by_name(shape) for shape in job.shapes).encode())
    return whole.hexdigest()
