"""What a process keeps of settings, accounts and contracts: read once, and again as soon as a file has changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings
from raceway.common.files import kept_until_changed
from raceway.common.home import Home
from raceway.config.accounts import Account, load_accounts
from raceway.config.init import init_home
from raceway.config.settings import load_settings
from raceway.contracts.load import load_contract

NEWS = Account(
    source="mailchimp", account="news", name="News", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = init_home(tmp_path / "home", accounts=[NEWS])
    for path in (made.settings, made.accounts):
        of_yesterday(path)
    return made


def of_yesterday(path: Path) -> None:
    """Gives a file a time at which no change of today can hide."""
    then = time.time() - 86_400
    os.utime(path, (then, then))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_has_not_changed_is_read_once(home: Home) -> None:
    assert load_accounts(home) is load_accounts(home)
    assert load_settings(home) is load_settings(home)
    assert load_contract("nps", home) is load_contract("nps", home)


def test_an_edited_accounts_csv_counts_at_the_next_read(home: Home) -> None:
    assert load_accounts(home)["mailchimp", "news"].currency == "VND"
    edit(home.accounts, ",VND,", ",USD,")
    assert load_accounts(home)["mailchimp", "news"].currency == "USD"
    edit(home.accounts, ",USD,", ",EUR,")  # as long as before, and within the same tick of the clock
    assert load_accounts(home)["mailchimp", "news"].currency == "EUR"


def test_a_setting_that_became_wrong_is_refused_at_the_next_read(home: Home) -> None:
    load_settings(home)
    edit(home.settings, "Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minx")
    for _ in range(2):
        with pytest.raises(BadSettings, match="Asia/Ho_Chi_Minx"):
            load_settings(home)


def test_an_overlay_counts_as_soon_as_it_is_there_and_until_it_is_taken_away(home: Home) -> None:
    shipped = load_contract("nps", home).meta.owner
    overlay = home.sources / "nps.yml"
    overlay.write_text("owner: surveys-team\n", encoding="utf-8")
    assert load_contract("nps", home).meta.owner == "surveys-team"
    overlay.unlink()
    assert load_contract("nps", home).meta.owner == shipped


def test_a_companys_own_contract_replaces_the_shipped_one_at_the_next_read(home: Home) -> None:
    shipped = load_contract("nps", home)
    own = home.sources / "nps" / "_nps__sources.yml"
    own.parent.mkdir()
    own.write_text(shipped.path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_contract("nps", home).path == own


def test_two_homes_are_kept_apart(home: Home, tmp_path: Path) -> None:
    other = init_home(tmp_path / "other")
    assert load_accounts(home)
    assert not load_accounts(other)


def test_a_file_that_was_written_a_moment_ago_is_not_kept(tmp_path: Path) -> None:
    """Two changes within one tick of the disk's clock bear the same time."""
    path = tmp_path / "note"
    reads: list[str] = []

    @kept_until_changed(lambda path: [path])
    def read(path: Path) -> str:
        reads.append(path.read_text(encoding="utf-8"))
        return reads[-1]

    path.write_text("one", encoding="utf-8")
    then = path.stat()
    assert read(path) == "one"
    path.write_text("two", encoding="utf-8")
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert read(path) == "two"
    of_yesterday(path)
    assert read(path) == read(path) == "two"
    assert reads == ["one", "two", "two"]
