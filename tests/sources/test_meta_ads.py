"""Reports of Meta's Ads Manager: in Vietnamese, and a period in each row."""

from __future__ import annotations

from tests.support.desk import Desk


def test_meta_in_vietnamese_lands(desk: Desk) -> None:
    content = (
        '\ufeffNgày,"Tên chiến dịch","Tên quảng cáo","Lượt hiển thị","Kết quả","Số tiền đã chi tiêu (USD)"\n'
        "2026-03-01,Hè,12.23.2024,6,,0.02\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content)
    assert desk.rows(outcome, "campaign, ad, impressions, results, cast(cost as varchar)") == [
        ("Hè", "12.23.2024", 6, None, "0.020000")
    ]


def test_each_row_of_ads_manager_has_its_own_period(desk: Desk) -> None:
    content = (
        '"Reporting starts","Reporting ends","Ad name",Results,Impressions,"Amount spent (USD)"\n'
        "2026-01-01,2026-02-28,x,,10,1\n2026-03-01,2026-03-01,y,2,20,2\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content)
    assert list(outcome.tables) == ["ads_period"]
    assert desk.rows(outcome, "_entity") == [("2026-01-01|2026-02-28",), ("2026-03-01|2026-03-01",)]
