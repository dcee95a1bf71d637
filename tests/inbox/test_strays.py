"""Files in the inbox that no source will ever look at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from raceway.config.init import init_home
from raceway.console.status import read_status
from raceway.inbox.exports import find_exports
from raceway.inbox.strays import strays


def test_a_folder_that_is_no_source_and_a_file_in_none_are_said_by_status(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    folder = home.inbox / "shopfy" / "main"
    folder.mkdir(parents=True)
    (folder / "orders.csv").write_text("a\n1\n")
    (home.inbox / "loose.csv").write_text("a\n1\n")
    (home.inbox / "half.csv.part").write_text("a")
    (home.inbox / "meta_ads" / "us").mkdir(parents=True)
    (home.inbox / "empty").mkdir()
    file, said = sorted(strays(home), reverse=True)
    assert (
        "inbox/shopfy/: no source has this name, so 1 of its files are never read; the nearest is shopify"
        in said + file
    )
    assert "inbox/loose.csv: lies in no source's folder" in said + file
    assert sorted(read_status(home).strays) == sorted(strays(home))


def test_a_link_in_the_place_of_a_source_is_said_and_so_is_a_file(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    elsewhere = tmp_path / "exports" / "vn"
    elsewhere.mkdir(parents=True)
    (elsewhere / "orders.csv").write_text("a\n1\n")
    (home.inbox / "shopify").symlink_to(elsewhere.parent)
    (home.inbox / "other").symlink_to(elsewhere.parent)
    (home.inbox / "nowhere").symlink_to(tmp_path / "gone")
    (home.inbox / "kiotviet").write_text("a\n1\n")
    link = "is a link, and links are not followed, so nothing behind it is read"
    assert [sentence.partition(";")[0] for sentence in strays(home)] == [
        "inbox/kiotviet: is a file where the folder of this source belongs, so nothing of the source is read",
        f"inbox/nowhere: {link}",
        f"inbox/other: {link}",
        f"inbox/shopify: {link}",
    ]
    assert find_exports(home, "shopify") == []
    assert read_status(home).strays == strays(home)


def test_what_no_reader_can_open_in_a_sources_folder_is_said_and_all_else_is_found(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    account = home.inbox / "shopify" / "main"
    (account / "2026").mkdir(parents=True)
    (account / "orders.csv").write_text("a\n1\n")
    os.mkfifo(account / "2026" / "pipe.csv")
    [said] = strays(home)
    assert said.startswith("inbox/shopify/main/2026/pipe.csv: is a pipe, a socket or a device")
    assert [export.files[0].path for export in find_exports(home, "shopify")] == ["orders.csv"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is shut to root")
def test_a_folder_that_is_shut_is_said_and_stops_no_other(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    for name in ("a", "shut"):
        (home.inbox / "shopify" / name).mkdir(parents=True)
        (home.inbox / "shopify" / name / "orders.csv").write_text("a\n1\n")
    (home.inbox / "shopify" / "shut").chmod(0)
    try:
        [said] = strays(home)
        assert said.startswith("inbox/shopify/shut/: this user may not look into it")
        assert [export.account for export in find_exports(home, "shopify")] == ["a"]
    finally:
        (home.inbox / "shopify" / "shut").chmod(0o700)
