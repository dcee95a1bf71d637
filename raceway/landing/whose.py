"""Whose an export is: its account, and that it lies in the inbox itself."""

from __future__ import annotations

from raceway.common.faults import ExportRefused
from raceway.common.home import Home
from raceway.config.accounts import ACCOUNT_COLUMNS, Account, load_accounts
from raceway.inbox.exports import Export


def account_of(home: Home, export: Export) -> Account:
    """The account that an export belongs to. Raises ExportRefused where accounts.csv has none of its folder's name."""
    accounts = load_accounts(home)
    source, name = export.source, export.account
    first = export.files[0].path
    if not name:
        raise ExportRefused(
            f"{first}: lies in inbox/{source}/ itself; put it into inbox/{source}/<account>/, where the account is "
            "one of accounts.csv"
        )
    if (source, name) not in accounts:
        known = ", ".join(account for of, account in accounts if of == source) or "none"
        line = ",".join([source, name, name, "", "VN", "Asia/Ho_Chi_Minh", "VND"])
        raise ExportRefused(
            f"{name}/{first}: accounts.csv has no account {name!r} of {source} (it has: {known}). Add a line like "
            f"`{line}{',' * (len(ACCOUNT_COLUMNS) - 7)}` with its market, time zone and currency, "
            "then `raceway retry`"
        )
    return accounts[source, name]


def refuse_links(home: Home, export: Export) -> None:
    """Raises ExportRefused for a symbolic link: it is never followed."""
    for file in export.files:
        if export.located(home, file).is_symlink():
            raise ExportRefused(
                f"{f'{export.account}/{file.path}'.lstrip('/')}: a symbolic link, which is not followed: what it "
                "points to may lie outside the home; put the file itself into the inbox"
            )
