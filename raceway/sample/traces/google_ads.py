"""Google Ads' report downloads: "Excel .csv" (UTF-16, tabs) and plain .csv, three leading lines, many totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, cents, grouped, header, table
from raceway.sample.traces.google_details import put_details
from raceway.sample.world.things import AdReport, AdRow, KeywordRow
from raceway.sample.world.world import World

_NONE: Final = " --"
_HEADER: Final = header(
    "Day,Campaign status,Campaign,Budget,Budget name,Budget type,Currency code,Status,Status reasons,"
    "Optimisation score,Campaign type,Clicks,Impr.,CTR,Avg. CPC,Cost,Search impr. share,Bid strategy type,"
    "Conv. rate,Conversions,Cost / conv."
)
_KEYWORD_HEADER: Final = header(
    "Day,Keyword status,Keyword,Match type,Campaign,Ad group,Status,Status reasons,Final URL,Impr.,Interactions,"
    "Interaction rate,Currency code,Avg. cost,Cost,Clicks,Conv. rate,Conversions,Avg. CPC,Cost / conv.,"
    "Quality Score,Exp. CTR"
)
_TYPES: Final = ("Search", "Display", "Performance Max", "Shopping", "Video", "Demand Gen", "Smart")


def write_google_ads(world: World, inbox: Path) -> int:
    """Writes all exports of Google Ads; gives the number of files."""
    files = 0
    for report in world.ad_reports:
        if report.source != "google_ads":
            continue
        currency = world.accounts[report.source, report.account].currency
        drop = Drop(inbox, report.source, report.account)
        name = f"Campaign report {report.exported_at.astimezone(world.settings.zone):%Y-%m-%d}.csv"
        drop.put(name, _campaigns(report, currency), report.exported_at)
        files += drop.files
    drop = Drop(inbox, "google_ads", "vn-main")
    period = (world.first, world.last)
    drop.put("Search keyword report.csv", _keywords(world.keywords, period), world.night)
    if not world.traps:
        return files + drop.files
    latest = max(
        (r for r in world.ad_reports if (r.source, r.account) == ("google_ads", "vn-main")), key=lambda r: r.exported_at
    )
    drop.put("Campaign report (1).csv", _without_day(latest), world.night)
    drop.put("Search keyword report (1).csv", _keywords_without_day(world.keywords, period), world.night)
    put_details(drop, latest, world.night, _date_line(latest.first, latest.last, False))
    return files + drop.files


def _campaigns(report: AdReport, currency: str) -> bytes:
    is_american = report.flavour == "excel-us"
    has_type = report.flavour != "csv"
    header = [cell for cell in _HEADER if has_type or cell != "Campaign type"]
    if is_american:
        header[header.index("Optimisation score")] = "Optimization score"
    rows = [_cells(row, currency, has_type, [row.day.isoformat(), "Enabled", row.campaign]) for row in report.rows]
    totals = [
        _total(report.rows, "Total: Campaigns", currency, has_type),
        _total(report.rows, "Total: Account", currency, has_type),
    ]
    for kind in _TYPES if has_type else ("Search", "Display"):
        of_kind = [row for row in report.rows if (row.campaign_type or "Search") == kind]
        totals.append(_total(of_kind, f"Total: {kind}", currency, has_type))
    delimiter = "," if report.flavour == "csv" else "\t"
    text = (
        "Campaign report\n"
        + _date_line(report.first, report.last, is_american)
        + table([header, *rows, *totals], delimiter, quote_also=",")
    )
    return text.encode("utf-8") if report.flavour == "csv" else b"\xff\xfe" + text.encode("utf-16-le")


def _date_line(first: dt.date, last: dt.date, is_american: bool) -> str:
    if is_american:
        return f'"{first:%B} {first.day}, {first.year} - {last:%B} {last.day}, {last.year}"\n'
    return f"{first.day} {first:%B} {first.year} - {last.day} {last:%B} {last.year}\n"


def _money(amount: int, currency: str) -> str:
    return str(amount) if currency == "VND" else cents(amount)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%" if whole else _NONE


def _cells(row: AdRow, currency: str, has_type: bool, lead: list[str]) -> list[str]:
    clicks, conversions = row.clicks or 0, row.purchases_x100 or 0
    budget = _NONE if row.impressions % 3 == 0 else _money(5_000_000 if currency == "VND" else 5_000, currency)
    return [
        *lead, budget, _NONE, "Daily", currency, "Eligible (Limited)", "limited by budget; unknown", "57.35",
        *([row.campaign_type] if has_type else []), grouped(clicks), grouped(row.impressions),
        _share(clicks, row.impressions), _money(row.cost // max(clicks, 1), currency), _money(row.cost, currency),
        "< 10%" if row.impressions % 5 == 0 else "34.12%", "Maximise conversions",
        _share(conversions, clicks * 100), cents(conversions) if conversions else "0",
        _money(row.cost * 100 // conversions, currency) if conversions else "0",
    ]  # fmt: skip


def _total(rows: Sequence[AdRow], label: str, currency: str, has_type: bool) -> list[str]:
    clicks, impressions = sum(row.clicks or 0 for row in rows), sum(row.impressions for row in rows)
    cost, conversions = sum(row.cost for row in rows), sum(row.purchases_x100 or 0 for row in rows)
    dash = _NONE if label == "Total: Campaigns" else ""
    return [
        label, dash, dash, dash, dash, dash, currency, dash, "", dash, *([dash] if has_type else []), grouped(clicks),
        grouped(impressions), _share(clicks, impressions), _money(cost // max(clicks, 1), currency),
        _money(cost, currency), _NONE, dash, _share(conversions, clicks * 100), f"{conversions / 100:,.2f}",
        _money(cost * 100 // conversions, currency) if conversions else "0",
    ]  # fmt: skip


def _without_day(report: AdReport) -> bytes:
    """The same campaigns for the whole range: a period report, never spread over days."""
    whole = []
    for campaign in dict.fromkeys(row.campaign for row in report.rows):
        rows = [row for row in report.rows if row.campaign == campaign]
        whole.append(
            AdRow(
                report.last, campaign, rows[0].campaign_type, rows[0].channel, sum(row.impressions for row in rows),
                sum(row.clicks or 0 for row in rows), sum(row.cost for row in rows),
                sum(row.purchases_x100 or 0 for row in rows),
            )
        )  # fmt: skip
    cells = [_cells(row, "VND", True, ["Enabled", row.campaign]) for row in whole]
    totals = [_total(whole, label, "VND", True) for label in ("Total: Campaigns", "Total: Account")]
    for total in totals:
        del total[1]  # there is no Day
    text = (
        "Campaign report\n"
        + _date_line(report.first, report.last, False)
        + table([_HEADER[1:], *cells, *totals], quote_also=",")
    )
    return text.encode("utf-8")


def _keyword_cells(row: KeywordRow, lead: list[str]) -> list[str]:
    average = str(row.cost // max(row.clicks, 1))
    return [
        *lead, "Enabled", row.keyword, row.match_type, row.campaign, row.ad_group, "Eligible", "", "",
        grouped(row.impressions), str(row.clicks), _share(row.clicks, row.impressions), "VND", average, str(row.cost),
        str(row.clicks), "0.00%", "0.00", average, "0", _NONE if row.quality_score is None else str(row.quality_score),
        _NONE if row.quality_score is None else "Average",
    ]  # fmt: skip


def _keyword_total(rows: Sequence[KeywordRow], label: str, lead: list[str]) -> list[str]:
    clicks, impressions, cost = sum(r.clicks for r in rows), sum(r.impressions for r in rows), sum(r.cost for r in rows)
    return [
        *lead, "", label, "", "", "", "", "", "", grouped(impressions), str(clicks), _share(clicks, impressions), "VND",
        "0", str(cost), str(clicks), "0.00%", "0.00", "0", "0", _NONE, _NONE,
    ]  # fmt: skip


def _keywords(rows: Sequence[KeywordRow], period: tuple[dt.date, dt.date]) -> bytes:
    cells = [_keyword_cells(row, [row.day.isoformat()]) for row in rows]
    totals = [
        _keyword_total(rows, label, [""]) for label in ("Total: Your keywords", "Total: Account", "Total: Search")
    ]
    text = (
        "Search keyword report\n"
        + _date_line(*period, False)
        + table([_KEYWORD_HEADER, *cells, *totals], "\t", quote_also=",")
    )
    return b"\xff\xfe" + text.encode("utf-16-le")


def _keywords_without_day(rows: Sequence[KeywordRow], period: tuple[dt.date, dt.date]) -> bytes:
    whole = []
    for keyword in dict.fromkeys(row.keyword for row in rows):
        of_it = [row for row in rows if row.keyword == keyword]
        last = of_it[-1]
        whole.append(
            KeywordRow(
                last.day, keyword, last.match_type, last.campaign, last.ad_group, sum(r.impressions for r in of_it),
                sum(r.clicks for r in of_it), sum(r.cost for r in of_it), last.quality_score,
            )
        )  # fmt: skip
    cells = [_keyword_cells(row, []) for row in whole]
    totals = [_keyword_total(whole, label, []) for label in ("Total: Your keywords", "Total: Account")]
    text = (
        "Search keyword report\n"
        + _date_line(*period, False)
        + table([_KEYWORD_HEADER[1:], *cells, *totals], quote_also=",")
    )
    return text.encode("utf-8")
