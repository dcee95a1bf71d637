"""The files of one account in one night, as a fault finds them."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.trust.bases import Base
from bench.trust.forms import FORMS, Events, Sheet, open_events, open_sheet
from bench.trust.nights import settings


@dataclass
class Night:
    """The files of one account in one night, as they lie in the inbox of an injection's home."""

    base: Base
    inbox: Path
    day: dt.date
    source: str
    account: str
    chance: random.Random
    said: str = ""
    """What of the fault was left to chance."""

    @property
    def folder(self) -> Path:
        return self.inbox / self.source / self.account

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    @property
    def report(self) -> Path:
        """The file that the fault is put into."""
        if self.is_events:
            return self.files[0]
        return next(path for path in self.files if re.search(FORMS[self.source].files, path.name))

    @property
    def is_events(self) -> bool:
        return self.source in ("ga4", "segment")

    def sheet(self) -> Sheet:
        return open_sheet(self.source, self.report)

    def events(self) -> Events:
        return open_events(self.report)

    def before(self, nights: int = 1) -> dt.date:
        return self.day - dt.timedelta(days=nights)

    def base_zone(self) -> ZoneInfo:
        return settings().zone
