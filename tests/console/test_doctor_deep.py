"""`raceway doctor --deep` finds what only reading every byte shows, and changes nothing."""

from __future__ import annotations

from raceway.console.doctor_deep import examine_files
from raceway.ledger.ledger import Ledger
from tests.support.desk import Ads, Desk


def test_a_deep_look_names_the_file_whose_bytes_have_changed_and_changes_nothing(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/first.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    assert [(one.level, one.subject) for one in examine_files(desk.home)] == [
        ("ok", "landing"), ("ok", "archive"), ("ok", "published"),
    ]  # fmt: skip
    [batch] = Ledger(desk.home).state().accepted()
    for path in (batch.path, next(desk.home.archive.rglob("first.csv"))):
        content = bytearray(path.read_bytes())
        content[40] ^= 0xFF
        path.write_bytes(content)
    found = [one for one in examine_files(desk.home) if one.level == "error"]
    assert [one.subject for one in found] == ["landing", "archive"]
    assert f"{batch.path}: its bytes are not those that were written" in found[0].message
    assert batch.path.is_file()
