"""Who decides: the name that is kept with what a person asked for."""

from __future__ import annotations

import getpass
import os


def who_decides(given: str | None = None) -> str:
    """The name that was given (Airflow's user), else RACEWAY_WHO, else that of the account on this machine."""
    return given or os.environ.get("RACEWAY_WHO") or getpass.getuser()
