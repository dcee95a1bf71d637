"""How long the tests may take: `make test` runs what fits into minutes, `make test-all` the long forms as well.

RACEWAY_TESTS=all asks for the long forms, RACEWAY_FUZZ for a number of spoilt files; both are read here alone.
"""

from __future__ import annotations

import os

ALL = os.environ.get("RACEWAY_TESTS") == "all"
"""Whether the long forms run."""

SPOILT_FILES = int(os.environ.get("RACEWAY_FUZZ") or (2_000 if ALL else 250))
"""How many files are spoilt, over all sources: at least a dozen of each in the short form."""
