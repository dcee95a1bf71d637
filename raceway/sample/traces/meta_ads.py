"""Meta's exports: Ads Reporting (BOM, blank means none, Vietnamese or English) and the Ads Manager table."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.things import AdReport, AdRow
from raceway.sample.world.world import World

_SETTING: Final = "7-day click or 1-day view"
_QUOTED: Final = " "  # Meta quotes every cell that holds a space or a comma

_ENGLISH: Final = header(
    "Day,Campaign name,Ad set name,Ad name,Delivery status,Delivery level,Reach,Impressions,Frequency,"
    "Attribution setting,Result type,Results,Amount spent (VND),Cost per result,Link clicks,Purchases,Starts,"
    "Ends,Reporting starts,Reporting ends"
)
_VIETNAMESE: Final = header(
    "Ngày,Tên chiến dịch,Tên nhóm quảng cáo,Tên quảng cáo,Trạng thái phân phối,Cấp độ phân phối,Người tiếp cận,"
    "Lượt hiển thị,Tần suất,Cài đặt ghi nhận,Loại kết quả,Kết quả,Số tiền đã chi tiêu (VND),"
    "Chi phí trên mỗi kết quả,Lượt click vào liên kết,Lượt mua,Bắt đầu,Kết thúc,Lượt bắt đầu báo cáo,"
    "Lượt kết thúc báo cáo"
)
_MANAGER: Final = header(
    "Reporting starts|Reporting ends|Ad name|Ad delivery|Results|Result indicator|Cost per results|Ad set budget|"
    "Ad set budget type|Amount spent (VND)|Impressions|Reach|Frequency|CPM (cost per 1,000 impressions) (VND)|"
    "Purchases|Ends|Attribution setting|Bid|Bid type|Last significant edit|Quality ranking|Ad set name|Campaign name",
    "|",  # one name holds a comma
)


def write_meta_ads(world: World, inbox: Path) -> int:
    """Writes all exports of Meta; gives the number of files."""
    drop = Drop(inbox, "meta_ads", "vn-main")
    reports = [report for report in world.ad_reports if report.source == "meta_ads"]
    for report in reports:
        name = "Báo-cáo-quảng-cáo" if report.flavour == "vi" else "Untitled-report"
        drop.put(
            f"{name}-{report.first:%b-%d-%Y}-to-{report.last:%b-%d-%Y}.csv", _reporting(report), report.exported_at
        )
    if world.traps:
        drop.put(
            f"Giày-Sông-Hồng-Ads-{world.first:%b-%d-%Y}-{world.last:%b-%d-%Y}.csv",
            _manager(world, reports),
            world.night,
        )
    return drop.files


def _reporting(report: AdReport) -> bytes:
    header = list(_VIETNAMESE if report.flavour == "vi" else _ENGLISH)
    rows = [_cells(row) for row in report.rows]
    if report.flavour == "no-clicks":
        at = header.index("Link clicks")
        for row in (header, *rows):
            del row[at]
    if report.flavour == "breakdown":
        header[4:4] = ["Gender", "Age"]
        for row, source in zip(rows, report.rows, strict=True):
            row[4:4] = [source.gender, source.age]
    return b"\xef\xbb\xbf" + table([header, *rows], quote_also=_QUOTED).encode("utf-8")


def _cells(row: AdRow) -> list[str]:
    purchases = None if row.purchases_x100 is None else row.purchases_x100 // 100
    day = row.day.isoformat()
    # The result of a row is what its ad set is paid for: here a purchase, there an engagement.
    results, result_type = (
        (purchases, "Website purchases") if purchases else (row.impressions // 90, "Post engagements")
    )
    reach = row.impressions * 9 // 10
    return [
        day, row.campaign, row.ad_set, row.ad, "active", "ad", str(reach), str(row.impressions),
        f"{row.impressions / reach:.6g}" if reach else "", _SETTING, result_type if results else "",
        str(results) if results else "", str(row.cost), f"{row.cost / results:.8g}" if results else "",
        "" if row.clicks is None else str(row.clicks), str(purchases) if purchases else "",
        "2026-01-05", "Ongoing", day, day,
    ]  # fmt: skip


def _manager(world: World, reports: list[AdReport]) -> bytes:
    """The table of the Ads Manager: one row per ad for its whole life, some of it twice, no day in it; above them the
    account's total without any name, below them a draft that never ran."""
    latest = max(reports, key=lambda report: report.last)
    rows = []
    for number, row in enumerate(row for row in latest.rows if row.day == latest.last):
        spent, impressions = row.cost * 29, max(row.impressions, 1) * 31
        purchases = None if number % 2 else number + 1
        rows.append(
            [
                world.first.isoformat(), world.last.isoformat(), row.ad, "active" if number % 3 else "not_delivering",
                str(purchases) if purchases else "",
                "actions:offsite_conversion.fb_pixel_purchase" if purchases else "",
                f"{spent / purchases:.10g}" if purchases else "", "Using campaign budget", "0", str(spent),
                str(impressions), str(impressions * 8 // 10), "1.25", f"{1000 * spent / impressions:.8g}",
                str(purchases) if purchases else "", "Ongoing", _SETTING, "0", "ABSOLUTE_OCPM", "0", "-", row.ad_set,
                row.campaign,
            ]
        )  # fmt: skip
    spent_at, impressions_at = _MANAGER.index("Amount spent (VND)"), _MANAGER.index("Impressions")
    total, draft = [""] * len(_MANAGER), [""] * len(_MANAGER)
    total[:2] = draft[:2] = [world.first.isoformat(), world.last.isoformat()]
    total[spent_at] = str(sum(int(row[spent_at]) for row in rows))
    total[impressions_at] = str(sum(int(row[impressions_at]) for row in rows))
    draft[2:4] = ["Bản nháp", "archived"]
    return table([_MANAGER, total, *rows, draft], quote_also=_QUOTED).encode("utf-8")
