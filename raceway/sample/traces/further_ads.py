"""Files of the further ad platforms: Microsoft's csv, LinkedIn's UTF-16, Zalo's and any other's mapped file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, cents, grouped, header, table
from raceway.sample.world.things import AdReport, AdRow
from raceway.sample.world.world import World

_MICROSOFT: Final = header(
    "Gregorian date,Account name,Campaign name,Campaign type,Currency code,Impressions,Clicks,CTR,Avg. CPC,Spend,"
    "Conversions,Revenue"
)
_LINKEDIN: Final = header(
    "Start Date (in UTC),Account Name,Currency,Campaign ID,Campaign Name,Campaign Status,Total Spent,Impressions,"
    "Clicks,Clicks to Landing Page,Click Through Rate,Average CPC,Conversions,Leads"
)
_ZALO: Final = header("Ngày,Chiến dịch,Lượt hiển thị,Lượt nhấp,Chi phí,Tiền tệ,Đơn hàng,Giá trị đơn hàng")
_ANY: Final = header("day,campaign,channel,impressions,clicks,spend,currency,purchases,purchase value")


def write_microsoft_ads(world: World, inbox: Path) -> int:
    """Writes Microsoft Advertising's campaign reports; gives the number of files."""
    return _written(world, inbox, "microsoft_ads", "Campaign performance {:%m-%d-%Y}.csv")


def write_linkedin_ads(world: World, inbox: Path) -> int:
    """Writes LinkedIn's campaign performance reports; gives the number of files."""
    return _written(world, inbox, "linkedin_ads", "account_512_campaign_performance_report_{:%Y%m%d}.csv")


def write_zalo_ads(world: World, inbox: Path) -> int:
    """Writes Zalo's daily reports, a mapped file; gives the number of files."""
    return _written(world, inbox, "zalo_ads", "bao_cao_{:%Y%m%d}.csv")


def write_ads_file(world: World, inbox: Path) -> int:
    """Writes the reports of a platform that has no source of its own; gives the number of files."""
    return _written(world, inbox, "ads_file", "coccoc {:%Y-%m-%d}.csv")


def _written(world: World, inbox: Path, source: str, name: str) -> int:
    files = 0
    for report in (report for report in world.ad_reports if report.source == source):
        drop = Drop(inbox, source, report.account)
        content = {"microsoft_ads": _microsoft, "linkedin_ads": _linkedin, "zalo_ads": _zalo, "ads_file": _any}[source]
        drop.put(name.format(report.last), content(report), report.exported_at)
        files += drop.files
    return files


def _american(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _purchases(row: AdRow) -> int:
    return (row.purchases_x100 or 0) // 100


def _microsoft(report: AdReport) -> bytes:
    above = [
        "Report Name: Campaign performance", f"Report Time: {_american(report.first)},{_american(report.last)}",
        "Time Zone: (GMT-05:00) Eastern Time (US & Canada)", "Report Aggregation: Daily", "Report Filter: ",
        "Potential Incomplete Data: false", f"Rows: {len(report.rows)}",
    ]  # fmt: skip
    rows = [
        [_american(row.day), "Sông Hồng NY", row.campaign, row.campaign_type, "USD", grouped(row.impressions),
         grouped(row.clicks or 0), f"{100 * (row.clicks or 0) / row.impressions:.2f}%" if row.impressions else "0.00%",
         cents(row.cost // max(row.clicks or 0, 1)), cents(row.cost), str(_purchases(row)),
         cents(row.purchase_value or 0)]
        for row in report.rows
    ]  # fmt: skip
    lines = [
        *(f'"{line}"' for line in above), "",
        *(",".join(f'"{cell}"' for cell in cells) for cells in [_MICROSOFT, *rows]), "",
        f'"©{report.last.year} Microsoft Corporation. All rights reserved. "', "",
    ]  # fmt: skip
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode("utf-8")


def _linkedin(report: AdReport) -> bytes:
    above = (
        "Campaign Performance Report (in UTC)\n\n"
        f"Report Start: {report.first:%B} {report.first.day}, {report.first.year}, 12:00 AM\n"
        f"Report End: {report.last:%B} {report.last.day}, {report.last.year}, 11:59 PM\n"
        f"Date Generated: {report.exported_at:%B} {report.exported_at.day}, {report.exported_at.year}, 8:00 AM\n\n"
    )
    names = {name: str(21_000 + n) for n, name in enumerate(dict.fromkeys(row.campaign for row in report.rows))}
    # of all clicks those on the company's name and the like lead nowhere
    rows = [
        [_american(row.day), "Sông Hồng Wholesale", "USD", names[row.campaign], row.campaign, "ACTIVE", cents(row.cost),
         str(row.impressions), str((row.clicks or 0) * 3), str(row.clicks or 0), "1.00%",
         cents(row.cost // max(row.clicks or 0, 1)), str(_purchases(row)), "0"]
        for row in report.rows
    ]  # fmt: skip
    return b"\xff\xfe" + (above + table([_LINKEDIN, *rows], "\t")).encode("utf-16-le")


def _zalo(report: AdReport) -> bytes:
    rows = [
        [f"{row.day:%d/%m/%Y}", row.campaign, _points(row.impressions), _points(row.clicks or 0), _points(row.cost),
         "VND", str(_purchases(row)), _points(row.purchase_value or 0)]
        for row in report.rows
    ]  # fmt: skip
    total = ["Tổng cộng", "", _points(sum(row.impressions for row in report.rows)), "",
             _points(sum(row.cost for row in report.rows)), "", "", ""]  # fmt: skip
    return b"\xef\xbb\xbf" + table([_ZALO, *rows, total]).encode("utf-8")


def _points(number: int) -> str:
    return grouped(number).replace(",", ".")


def _any(report: AdReport) -> bytes:
    rows = [
        [row.day.isoformat(), row.campaign, row.channel, str(row.impressions), str(row.clicks or 0), str(row.cost),
         "VND", str(_purchases(row)), str(row.purchase_value or 0)]
        for row in report.rows
    ]  # fmt: skip
    return table([_ANY, *rows]).encode("utf-8")
