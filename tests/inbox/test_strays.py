"""Files in the inbox that no source will ever look at."""

from __future__ import annotations

from pathlib import Path

from raceway.config.init import init_home
from raceway.console.status import read_status
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
