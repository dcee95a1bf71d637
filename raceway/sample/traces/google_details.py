"""Google Ads' details: a search terms report and a connector's campaign table, neither of which bears totals.

Both tell of the same clicks as the campaign reports; added to them, everything would count twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from raceway.sample.traces.drop import Drop, grouped, header, table
from raceway.sample.world.things import AdReport, AdRow

_HEADER: Final = header(
    "Search term,Match type,Added/Excluded,Campaign,Ad group,Clicks,Impr.,CTR,Currency code,Avg. CPC,Cost,"
    "Campaign type,Conv. rate,Conversions,Cost / conv."
)
_CONNECTOR: Final = header(
    "customer_id,date,_fivetran_synced,active_view_impressions,ad_network_type,base_campaign,clicks,conversions,"
    "conversions_value,cost_micros,device,id,impressions,interaction_event_types,interactions"
)
_DAYS: Final = 14  # of the connector's table
_CUSTOMER: Final = "4521880736"
_NETWORKS: Final = {"paid_search": "SEARCH", "display": "CONTENT", "paid_video": "YOUTUBE"}
# campaign, term, match type, ad group; the rest of the searches is rare and left out
_TERMS: Final = (
    ("Giày chạy – Tìm kiếm", "giày chạy bộ nam giá rẻ", "Broad match", "Giày chạy"),
    ("Giày chạy – Tìm kiếm", "giay chay bo, size 43", "Phrase match (close variant)", "Giày chạy"),
    ("Thương hiệu Sông Hồng", "sông hồng shoes", "Exact match", "Thương hiệu"),
    ("PMax giày dép", "dép trẻ em", "Performance Max", ""),
)


def put_details(drop: Drop, report: AdReport, exported_at: dt.datetime, date_line: str) -> None:
    """Writes both files of a daily campaign report in đồng; `date_line` is the second line of Google's downloads."""
    drop.put("Search terms report.csv", _search_terms(report.rows, date_line), exported_at)
    last_days = [row for row in report.rows if row.day > report.last - dt.timedelta(days=_DAYS)]
    drop.put("campaign_stats.csv", _campaign_stats(last_days), exported_at)


def _search_terms(rows: Sequence[AdRow], date_line: str) -> bytes:
    """A quarter of what their campaigns had goes to each term that Google shows."""
    cells, shown = [], (0, 0, 0)
    for campaign, term, match, group in _TERMS:
        of_it = [row for row in rows if row.campaign == campaign]
        clicks = sum(row.clicks or 0 for row in of_it) // 4
        impressions, cost = sum(row.impressions for row in of_it) // 4, sum(row.cost for row in of_it) // 4
        shown = (shown[0] + clicks, shown[1] + impressions, shown[2] + cost)
        kind = of_it[0].campaign_type if of_it else "Search"
        cells.append([term, match, "None", campaign, group, *_numbers(clicks, impressions, cost, kind)])
    whole = (sum(row.clicks or 0 for row in rows), sum(row.impressions for row in rows), sum(row.cost for row in rows))
    hidden = (whole[0] - shown[0], whole[1] - shown[1], whole[2] - shown[2])
    totals = [
        [label, "", "", "", "", *_numbers(*numbers, "")]
        for label, numbers in (
            ("Total: Search terms", shown),
            ("Total: Other search terms", hidden),
            ("Total: Account", whole),
        )
    ]
    text = "Search terms report\n" + date_line + table([_HEADER, *cells, *totals], "\t", quote_also=",")
    return b"\xff\xfe" + text.encode("utf-16-le")


def _numbers(clicks: int, impressions: int, cost: int, kind: str) -> list[str]:
    rate = f"{100 * clicks / impressions:.2f}%" if impressions else " --"
    return [
        grouped(clicks), grouped(impressions), rate, "VND", str(cost // max(clicks, 1)), str(cost), kind, "0.00%",
        "0.00", "0.00",
    ]  # fmt: skip


def _campaign_stats(rows: Sequence[AdRow]) -> bytes:
    """One row per campaign, day and device, costs in millionths."""
    cells = []
    numbers = {campaign: 11_000_000_000 + at for at, campaign in enumerate(sorted({row.campaign for row in rows}))}
    for row in rows:
        clicks, at = row.clicks or 0, numbers[row.campaign]
        for device, part in (("MOBILE", _three_quarters), ("DESKTOP", _the_rest)):
            cells.append(
                [
                    _CUSTOMER, row.day.isoformat(), f"{row.day} 21:40:00", "0", _NETWORKS.get(row.channel, "MIXED"),
                    f"customers/{_CUSTOMER}/campaigns/{at}", str(part(clicks)), "0", "0",
                    str(part(row.cost) * 1_000_000), device, str(at), str(part(row.impressions)), "[CLICK]",
                    str(part(clicks)),
                ]
            )  # fmt: skip
    return table([_CONNECTOR, *cells]).encode("utf-8")


def _three_quarters(number: int) -> int:
    return number * 3 // 4


def _the_rest(number: int) -> int:
    return number - _three_quarters(number)
