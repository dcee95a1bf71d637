"""TikTok Ads Manager's reports: csv in English and Vietnamese, and a workbook; few clicks are masked as `<5`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.traces.workbook import Cell, workbook
from raceway.sample.world.things import AdReport, AdRow
from raceway.sample.world.world import World

_NONE: Final = "-"
_MASKED: Final = "<5"
# The full-width brackets are TikTok's own.
_ENGLISH: Final = header(
    "By Day|Campaign name|Ad group name|Ad name|Website URL (Ad level）|Currency|Cost|Impressions|"
    "Clicks (destination)|CPC (destination)|CTR (destination)|Complete payment|Total complete payment value",
    "|",
)
_VIETNAMESE: Final = header(
    "Theo ngày|Tên chiến dịch|Tên nhóm quảng cáo|Tên quảng cáo|URL trang web （Cấp quảng cáo）|Đơn vị tiền tệ|Chi phí|"
    "Lượt hiển thị|Lượt nhấp （đích đến）|CPC （đích đến）|CTR （đích đến）|Hoàn tất thanh toán|"
    "Tổng giá trị hoàn tất thanh toán",
    "|",
)


def write_tiktok_ads(world: World, inbox: Path) -> int:
    """Writes all exports of TikTok; gives the number of files."""
    drop = Drop(inbox, "tiktok_ads", "vn-main")
    for report in world.ad_reports:
        if report.source != "tiktok_ads":
            continue
        name = f"Untitled report-{report.first:%Y%m%d} to {report.last:%Y%m%d}"
        if report.flavour == "xlsx":
            rows: list[list[Cell]] = [list(_ENGLISH), *map(_typed, report.rows), _total(report, "Total of {} results")]
            drop.put(f"{name}.xlsx", workbook(rows, "Data"), report.exported_at)
            continue
        names, label = (
            (_VIETNAMESE, "Tổng của {} kết quả") if report.flavour == "csv-vi" else (_ENGLISH, "Total of {} results")
        )
        cells = [[_text(cell) for cell in row] for row in (*map(_typed, report.rows), _total(report, label))]
        drop.put(f"{name}.csv", b"\xef\xbb\xbf" + table([names, *cells]).encode("utf-8"), report.exported_at)
    return drop.files


def _typed(row: AdRow) -> list[Cell]:
    """A row as the workbook holds it: numbers where there are any, signs where there are none."""
    clicks: Cell = _MASKED if row.clicks is None else row.clicks or _NONE
    purchases = (row.purchases_x100 or 0) // 100
    return [
        row.day.isoformat(), row.campaign, row.ad_set, row.ad, "https://www.giaysonghong.example/", "VND", row.cost,
        row.impressions, clicks, round(row.cost / row.clicks) if row.clicks else _NONE,
        f"{100 * row.clicks / row.impressions:.2f}%" if row.clicks and row.impressions else _NONE,
        purchases or _NONE, row.purchase_value or _NONE,
    ]  # fmt: skip


def _total(report: AdReport, label: str) -> list[Cell]:
    """The last row; its clicks are those that are told."""
    rows = report.rows
    purchases = sum(row.purchases_x100 or 0 for row in rows) // 100
    return [
        label.format(len(rows)), "", "", "", "", "", sum(row.cost for row in rows),
        sum(row.impressions for row in rows), sum(row.clicks or 0 for row in rows), "", "", purchases,
        sum(row.purchase_value or 0 for row in rows),
    ]  # fmt: skip


def _text(cell: Cell) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
