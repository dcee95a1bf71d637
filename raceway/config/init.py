"""A new home: commented settings and empty lists."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import secrets
import textwrap
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from pydantic import (
    BaseModel,
)

from raceway import __version__
from raceway.common.faults import BadSettings
from raceway.common.files import write_aside
from raceway.common.home import Home, check_place
from raceway.config.accounts import Account, ChannelRule, Exclusion, Holiday, SalesChannel, TicketTopic, VatRate
from raceway.config.own_lists import LoyaltyTier, OfflineCode, Reason
from raceway.config.segments import SegmentRule, usual_segments
from raceway.config.settings import Settings
from raceway.config.values import Model

_VIETNAMS_VAT: Final = """\
# Viet Nam: 10 %, and 8 % for most goods and services while the reduction holds. Take the # away where your prices hold
# VAT. Some goods are excepted and stay at 10 % (telecoms, finance, property, metals, mining products but coal, goods
# with excise duty but petrol): give those a row with their product_line. Check the rates with your accountant.
# ,,VN,,2009-01-01,0.10
# ,,VN,,2022-02-01,0.08
# ,,VN,,2023-01-01,0.10
# ,,VN,,2023-07-01,0.08
# The reduction was prolonged several times, at last to 2026-12-31 (Resolution 204/2025/QH15, Decree 174/2025/ND-CP). If
# it is not prolonged again:
# ,,VN,,2027-01-01,0.10
"""


def settings_toml(settings: Settings | None = None, asked: Collection[str] | None = None) -> str:
    """The commented text of raceway.toml for `settings` (default: all defaults).

    Of the required sources those that are not among `asked` are written as comments; None asks all of them.
    """
    settings = settings or Settings()
    lines = ["# Settings of this raceway home. Every key has its default; see `raceway doctor`.", ""]
    for section_name, section_field in Settings.model_fields.items():
        section = getattr(settings, section_name)
        lines += [f"# {(section_field.annotation.__doc__ or '').strip()}", f"[{section_name}]"]
        for key, field in type(section).model_fields.items():
            value = getattr(section, key)
            written = _toml(value)
            if key == "required" and asked is not None:
                entries = [f"  {'' if item.source in asked else '# '}{_toml(item)},\n" for item in value]
                lines.append(
                    "# A source that has an account in accounts.csv is asked for where its line is no comment."
                )
                written = f"[\n{''.join(entries)}]"
            lines += [f"# {field.description}", f"{key} = {written}"]
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value) + " }"
    if isinstance(value, tuple):
        inner = [_toml(item) for item in value]
        if any(isinstance(item, BaseModel) for item in value):
            return "[\n" + "".join(f"  {item},\n" for item in inner) + "]"
        return "[" + ", ".join(inner) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


def init_home(
    root: Path,
    settings: Settings | None = None,
    accounts: list[Account] | None = None,
    exclusions: list[Exclusion] | None = None,
    holidays: list[Holiday] | None = None,
) -> Home:
    """Makes a home: commented settings, the csv files with their headers, folders, the hashing key.

    Raises BadSettings where `root` is a home already: nothing is ever overwritten.
    """
    home = Home(root.expanduser().absolute())
    check_place(home.root)
    if home.exists():
        raise BadSettings(f"{home.root}: is a raceway home already; nothing was changed")
    for folder in (home.inbox, home.archive, home.landing, home.quarantine, home.published, home.sources,
                   home.secrets, home.airflow, home.runs):  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
    for private in (home.secrets, home.archive, home.quarantine, home.landing, home.airflow, home.runs):
        private.chmod(0o700)
    _write_csv(home.accounts, Account, accounts or [])
    if not accounts:
        with home.accounts.open("a", encoding="utf-8") as file:
            file.write(_in_comments(Account))
    _write_csv(home.exclusions, Exclusion, exclusions or [])
    _write_csv(home.holidays, Holiday, holidays or [])
    _write_csv(home.channel_rules, ChannelRule, [])
    _write_csv(home.sales_channels, SalesChannel, [])
    _write_csv(home.ticket_topics, TicketTopic, [])
    _write_csv(home.reasons, Reason, [])
    _write_csv(home.offline_codes, OfflineCode, [])
    _write_csv(home.loyalty_tiers, LoyaltyTier, [])
    _write_csv(home.segments, SegmentRule, usual_segments())
    _write_csv(home.vat_rates, VatRate, [])
    with home.vat_rates.open("a", encoding="utf-8") as file:
        file.write(_VIETNAMS_VAT)
    if not home.hash_key.exists():
        with open(os.open(home.hash_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123  # the mode must hold from the first byte
            file.write(secrets.token_hex(32) + "\n")
    write_aside(home.brought_to, json.dumps({"program": __version__}) + "\n")
    asked = None if settings else {account.source for account in accounts or []}
    home.settings.write_text(settings_toml(settings, asked), encoding="utf-8")  # last: it makes the folder a home
    return home


def _in_comments(model: type[Model]) -> str:
    """What each column of a list means, as comment lines below its header; what may stay empty is said."""
    lines = ["# One line an account, below these. A cell may stay empty where it says so."]
    for column, field in model.model_fields.items():
        empty = "" if field.is_required() else " May stay empty."
        said = textwrap.wrap(f"{column}: {field.description}{empty}", 116, subsequent_indent="  ")
        lines += [f"# {line}" for line in said]
    return "\n".join(lines) + "\n"


def _write_csv(path: Path, model: type[Model], rows: list[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(model.model_fields)
        for row in rows:
            writer.writerow("" if value is None else str(value).lower() if isinstance(value, bool) else value
                            for value in row.model_dump().values())  # fmt: skip
