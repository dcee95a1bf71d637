"""Raw files stay for the days of the setting, counted from when they were put away; the key is one for ever."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from raceway.build.freeze import freeze
from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.inbox.exports import find_exports
from raceway.inbox.raw_files import sweep
from raceway.ledger.decisions import UnknownBatch, retry
from raceway.reading.personal import check_key, key_fingerprint
from tests.support.desk import AS_OF, Ads, Desk

HEAD = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
LINE = "#{0},a@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,{0},Giày,10\n"


def kept(home: Home) -> list[str]:
    """Names of the raw files and refused rows that are kept."""
    return sorted(path.name for top in (home.archive, home.quarantine) for path in top.rglob("*") if path.is_file())


def in_days(days: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days)


def test_files_are_removed_by_when_they_were_put_away_and_not_by_their_own_time(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/report.csv", ads(("2024-01-01", "A", 1, 1, "1")), at="2024-01-02 03:00")
    desk.land_one("google_ads/vn/notes.csv", "what,is,this\n1,2,3\n")
    desk.land_one(
        "shopify/shop/orders.csv",
        HEAD + "".join(LINE.format(n) for n in (1, 2, 3)) + LINE.format(4).replace(",4,", ",x,"),
    )
    everything = kept(desk.home)
    assert [name for name in everything if not name.endswith("Z.csv")][:1] != []
    assert len(everything) == 5, "two archived, one refused with its reason, refused rows"
    assert sweep(desk.home, 30, in_days(29)) == 0
    assert kept(desk.home) == everything
    assert sweep(desk.home, 30, in_days(31)) == 4
    assert kept(desk.home) == []
    assert list(desk.home.archive.rglob("*")) == [], "no empty folders are left"
    assert desk.home.archive.is_dir()


def test_every_delivery_of_a_name_has_its_own_time(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")), at="2026-03-02 03:00")
    desk.land_one("google_ads/vn/report.csv", ads(("2026-03-01", "A", 2, 1, "1")), at="2026-03-03 03:00")
    assert len(kept(desk.home)) == 2
    assert sweep(desk.home, 0, in_days(0.001)) == 2


def test_what_the_ledger_does_not_name_is_left_alone(desk: Desk) -> None:
    own = desk.home.archive / "google_ads" / "mine.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine", encoding="utf-8")
    assert sweep(desk.home, 0, in_days(400)) == 0
    assert own.exists()


def test_retry_of_a_removed_file_says_so(desk: Desk) -> None:
    desk.land_one("google_ads/vn/notes.csv", "what,is,this\n1,2,3\n")
    sweep(desk.home, 30, in_days(31))
    with pytest.raises(
        UnknownBatch, match=r"not in the quarantine any more, where files are kept for retention\.archive_days"
    ):
        retry(desk.home, "notes.csv")
    assert retry(desk.home) == []


def test_a_late_part_is_refused_where_the_earlier_one_is_gone(desk: Desk) -> None:
    first = desk.land_one("shopify/shop/orders_export_1.csv", HEAD + LINE.format(1), at="2026-03-09 03:00")
    sweep(desk.home, 30, in_days(31))
    second = desk.land_one("shopify/shop/orders_export_2.csv", HEAD + LINE.format(2), at="2026-03-09 03:02")
    assert second.status == "refused"
    assert "orders_export_1.csv landed earlier and is not in archive/ any more" in second.reason
    assert "put all parts into the inbox again, together" in second.reason
    assert desk.batch(first.batches[0]).is_accepted
    desk.deliver("shopify/shop/orders_export_1.csv", HEAD + LINE.format(1), at="2026-03-09 03:00")
    retry(desk.home)
    [whole] = desk.land("shopify")
    assert desk.rows(whole, "order_name") == [("#1",), ("#2",)]
    assert find_exports(desk.home, "shopify") == []


def test_the_keys_fingerprint_stands_in_every_manifest_and_beside_them(desk: Desk, ads: Ads) -> None:
    outcome = desk.land_one("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    fingerprint = key_fingerprint(desk.home)
    assert len(fingerprint) == 16
    manifest = json.loads((desk.batch(outcome.batches[0]).path.parent / "manifest.json").read_bytes())
    assert manifest["key_fingerprint"] == fingerprint
    assert desk.home.key_fingerprint.read_text(encoding="utf-8").strip() == fingerprint


@pytest.mark.parametrize("key", ["", "0" * 64])
def test_another_key_lands_nothing_and_leaves_the_file_in_the_inbox(desk: Desk, ads: Ads, key: str) -> None:
    desk.land_one("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    desk.home.hash_key.write_text(key, encoding="utf-8")
    path = desk.deliver("google_ads/vn/next.csv", ads(("2026-03-02", "A", 1, 1, "1")))
    with pytest.raises(BadSettings, match=r"hash\.key"):
        desk.land("google_ads")
    assert path.exists()
    with pytest.raises(BadSettings, match=r"hash\.key"):
        freeze(desk.home, "r1", AS_OF, load_settings(desk.home), load_accounts(desk.home))


def test_the_key_is_known_from_the_manifests_where_its_note_is_lost(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    known = desk.home.key_fingerprint.read_text(encoding="utf-8").strip()
    desk.home.key_fingerprint.unlink()
    desk.home.hash_key.write_text("0" * 64, encoding="utf-8")
    with pytest.raises(BadSettings, match=f"hashed under the key {known}"):
        check_key(desk.home)


def test_a_home_may_move_with_its_key(desk: Desk, ads: Ads, tmp_path: Path) -> None:
    desk.land_one("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    shutil.copytree(desk.home.root, tmp_path / "moved")
    assert check_key(Home(tmp_path / "moved")) == key_fingerprint(desk.home)
