"""The home that a sample lives in: made, filled where it is fresh, or recognised as made before."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.accounts import Account, Exclusion, Holiday, load_accounts
from raceway.config.init import init_home, settings_toml
from raceway.config.settings import Settings, load_settings
from raceway.sample.world import company
from raceway.sample.world.seasons import holidays

_FUTURE_DAYS: Final = 366  # of holidays that are written down already


def prepare_home(home: Home, history_start: dt.date, last: dt.date) -> Settings:
    """Makes the sample's home, fills a fresh one, or sees that it was made for the same days; gives its settings.

    A fresh home (no accounts yet) keeps settings that somebody wrote. Raises BadSettings where the home is
    a company's own, or its zone or currency are not the sample's.
    """
    accounts = company.sample_accounts(history_start)
    days_off = holidays(history_start, last + dt.timedelta(days=_FUTURE_DAYS))
    if not home.exists():
        init_home(home.root, company.sample_settings(), accounts, company.sample_exclusions(), days_off)
    elif not load_accounts(home):
        _fill(home.accounts, Account, accounts)
        _fill(home.exclusions, Exclusion, company.sample_exclusions())
        _fill(home.holidays, Holiday, days_off)
        if home.settings.read_text(encoding="utf-8") in (settings_toml(), settings_toml(asked=())):
            home.settings.write_text(settings_toml(company.sample_settings()), encoding="utf-8")
    elif list(load_accounts(home).values()) != accounts:
        raise BadSettings(
            f"{home.accounts}: these accounts are not those of a sample that ends on {last}; "
            "make the sample in a new home, or in this one with the same --days and --end as before"
        )
    settings = load_settings(home)
    wanted = company.sample_settings().business
    for key in ("zone", "reporting_currency"):
        found, meant = getattr(settings.business, key), getattr(wanted, key)
        if found != meant:
            raise BadSettings(f"{home.settings}: business.{key}: the sample's company has {meant!r} (found {found!r})")
    return settings


def _fill(path: Path, model: type[BaseModel], rows: Iterable[BaseModel]) -> None:
    """Writes one of the home's csv files; an empty cell means nothing."""
    cells: list[Sequence[object]] = [list(model.model_fields)]
    for row in rows:
        values = row.model_dump().values()
        cells.append([str(v).lower() if isinstance(v, bool) else "" if v is None else v for v in values])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(cells)
