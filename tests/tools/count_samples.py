"""Writes tests/samples.csv: what every real sample file must become, its rows counted by another tool.

    python tests/tools/count_samples.py ../shared/samples

The expectations are a person's; the counts come from Python's csv and json modules, never from the reader
under test. A file that is not listed below stops the script: every file has an expectation.
"""

from __future__ import annotations

import codecs
import csv
import json
import sys
from pathlib import Path

COLUMNS = [
    "path", "source", "account", "sibling", "expected", "table", "rows_read", "rows_landed", "rows_refused",
    "rows_furniture", "sentence",
]  # fmt: skip
FOLDERS = (
    "google_ads", "meta_ads", "tiktok_ads", "ga4", "search_console", "shopify_woo", "pos", "email", "crm", "social", "zendesk",
    "reviews_gbp",
    "referral_affiliate",
    "seo_search_volume",
)  # fmt: skip

# Files that land: source, account (named by its currency), siblings, table, first header.
LANDED = {
    "google_ads/campaign_report_utf16le_tsv.csv": ("google_ads", "gbp", "", "campaign_period", "Campaign status"),
    "google_ads/campaign_report_utf8.csv": ("google_ads", "gbp", "", "campaign_period", "Campaign status"),
    "google_ads/search_keyword_report_by_device_utf8.csv": ("google_ads", "usd", "", "keyword_period", "Device"),
    "google_ads/search_keyword_report_utf16le_tsv.csv": ("google_ads", "cad", "", "keyword_period", "Keyword status"),
    "google_ads/ad_report.csv": ("google_ads", "usd", "", "ad_period", "Ad status"),
    "google_ads/search_terms_report_excerpt.csv": ("google_ads", "usd", "", "search_term_period", "Search term"),
    "google_ads/search_terms_report_utf16le_tsv.csv": ("google_ads", "cad", "", "search_term_period", "Search term"),
    "google_ads/connector_fivetran_campaign_stats_data.csv": (
        "google_ads",
        "usd",
        "",
        "connector_campaign_daily",
        "_fivetran_id",
    ),
    "google_ads/connector_fivetran_keyword_stats_data.csv": (
        "google_ads",
        "usd",
        "",
        "connector_keyword_daily",
        "_fivetran_id",
    ),
    "google_ads/connector_fivetran_search_term_keyword_stats_data.csv": (
        "google_ads",
        "usd",
        "",
        "connector_search_term_daily",
        "_fivetran_id",
    ),
    "meta_ads/ads_manager_export_lifetime.csv": ("meta_ads", "usd", "", "ads_period", "Reporting starts"),
    "meta_ads/ads_reporting_daily_gender_age_2024_BOM.csv": ("meta_ads", "usd", "", "ads_daily", "Day"),
    "meta_ads/connector_fivetran_facebook_ads_basic_ad_data.csv": (
        "meta_ads",
        "usd",
        "",
        "connector_ad_daily",
        "ad_id",
    ),
    "tiktok_ads/connector_fivetran_tiktok_ad_report_hourly_data.csv": (
        "tiktok_ads",
        "usd",
        "",
        "connector_ad_daily",
        "AD_ID",
    ),
    "tiktok_ads/connector_fivetran_tiktok_campaign_report_hourly_data.csv": (
        "tiktok_ads",
        "usd",
        "",
        "connector_campaign_daily",
        "CAMPAIGN_ID",
    ),
    "ga4/bigquery_event_row.json": ("ga4", "usd", "", "events", ""),
    "search_console/en_Chart.csv": ("search_console", "usd", "en_Filters.csv", "chart", "Date"),
    "search_console/fr_Dates.csv": ("search_console", "usd", "fr_Filtres.csv", "chart", "Date"),
    "search_console/en_Queries.csv": ("search_console", "usd", "en_Filters.csv;en_Chart.csv", "queries", "Top queries"),
    "search_console/en_Pages.csv": ("search_console", "usd", "en_Filters.csv;en_Chart.csv", "pages", "Top pages"),
    "shopify_woo/shopify_orders_export_redacted.csv": ("shopify", "usd", "", "orders", "Name"),
    "referral_affiliate/awin_transactions_excerpt_redacted.csv": ("affiliate", "usd", "", "transactions", "id"),
    "pos/square_items_detail_redacted.csv": ("square", "usd", "", "items", "Date"),
    "email/klaviyo_campaign_sent_report.csv": ("klaviyo", "usd", "", "sent_report", "Date"),
    "reviews_gbp/gbp_performance_2024-10.csv": ("reviews", "usd", "", "gbp_performance", "Store code"),
    "social/youtube_table_data.csv": ("social", "usd", "", "youtube_content", "Content"),
    "social/youtube_chart_data_subscription_status.csv": ("social", "usd", "", "youtube_chart", "Date"),
    "social/x_account_analytics_content_excerpt.csv": ("social", "usd", "", "x_content", "Post id"),
}
_SEO = "seo_search_volume/"
LANDED |= {
    _SEO + "ahrefs_matching_terms_utf16.csv": ("seo", "usd", "", "ahrefs_keywords", "#"),
    _SEO + "ahrefs_organic_keywords_utf16.csv": ("seo", "usd", "", "ahrefs_organic_keywords", "Keyword"),
    _SEO + "ahrefs_refdomains_utf16.csv": ("seo", "usd", "", "ahrefs_ref_domains", "Domain"),
    _SEO + "keyword_planner_utf16_a.csv": ("seo", "usd", "", "keyword_planner", "Keyword"),
    _SEO + "semrush_broad_match.csv": ("seo", "usd", "", "semrush_keywords", "Keyword"),
    _SEO + "semrush_bulk_usd.csv": ("seo", "usd", "", "semrush_keywords", "Keyword"),
    _SEO + "semrush_overview_trend_semicolon_wide.csv": ("seo", "usd", "", "semrush_trend", "Target"),
    _SEO + "seranking_positions_detailed.csv": ("seo", "usd", "", "seranking_positions", "Keyword"),
    _SEO + "trends_multiTimeline_en.csv": ("seo", "usd", "", "trends_timeline", "Week"),
    _SEO + "trends_multiTimeline_several_terms.csv": ("seo", "usd", "", "trends_timeline", "Week"),
    _SEO + "trends_multiTimeline_vi_first_line_edited.csv": ("seo", "usd", "", "trends_timeline", "Tháng"),
    _SEO + "trends_new_ui_searched_with_rising.csv": ("seo", "usd", "", "trends_queries", "query"),
    _SEO + "trends_new_ui_searched_with_top.csv": ("seo", "usd", "", "trends_queries", "query"),
}
# Files of several tables between blank lines: source and table.
SECTIONED = {
    "ga4/acquisition_overview_multisection_excerpt.csv": ("ga4", "ui_report"),
    "ga4/data_export_a.csv": ("ga4", "ui_report"),
    "ga4/data_export_b.csv": ("ga4", "ui_report"),
    "ga4/events_event_name.csv": ("ga4", "ui_report"),
    "ga4/exploration_freeform_one_metric.csv": ("ga4", "ui_report"),
    "ga4/pages_and_screens.csv": ("ga4", "ui_report"),
    "ga4/report_csv_export_multisection.csv": ("ga4", "ui_report"),
    "ga4/traffic_acquisition_by_week.csv": ("ga4", "ui_report"),
    _SEO + "trends_relatedQueries.csv": ("seo", "trends_related"),
}
# Files with a second header of descriptions below the first: so many records are furniture.
BELOW_HEADER = {"reviews_gbp/gbp_performance_2024-10.csv": 1}
# Files that belong to the ones beside them: their rows are furniture.
FURNITURE = {
    "search_console/en_Filters.csv": "en_Chart.csv",
    "search_console/en_Filters_page_filter.csv": "en_Queries.csv",
    "search_console/fr_Filtres.csv": "fr_Dates.csv",
}
# Files that are refused whole: beginning of the file's path to source and kind, the first that fits.
REFUSED = {
    "google_ads/overview_card_": ("google_ads", "Google Ads overview card"),
    "meta_ads/connector_": ("meta_ads", "Meta Ads connector table"),
    "tiktok_ads/connector_": ("tiktok_ads", "TikTok Ads connector table"),
    "ga4/connector_": ("ga4", "GA4 connector table"),
    "search_console/en_Countries": ("search_console", "Search Console countries table"),
    "search_console/fr_Pays": ("search_console", "Search Console countries table"),
    "search_console/en_Devices": ("search_console", "Search Console devices table"),
    "search_console/fr_Appareils": ("search_console", "Search Console devices table"),
    "search_console/en_Search appearance": ("search_console", "Search Console search appearance table"),
    "search_console/fr_Apparence": ("search_console", "Search Console search appearance table"),
    "shopify_woo/connector_": ("shopify", "Shopify connector table"),
    "shopify_woo/shopify_analytics_": ("shopify", "Shopify Analytics report"),
    "crm/connector_fivetran_sf_": ("salesforce", "Salesforce connector table"),
    "crm/connector_": ("hubspot", "HubSpot connector table"),
    "email/connector_": ("mailchimp", "Mailchimp connector table"),
    "zendesk/connector_": ("zendesk", "Zendesk connector table"),
    "social/connector_": ("social", "social media connector table"),
}
SENTENCES = {
    "meta_ads/ads_manager_empty_export.csv": ("meta_ads", "an export without data: it says “No data available.”")
}


def text_of(path: Path) -> str:
    """The text of a sample: UTF-16 by its byte order mark, else UTF-8."""
    data = path.read_bytes()
    return data.decode("utf-16") if data.startswith(codecs.BOM_UTF16_LE) else data.decode("utf-8-sig")


def count_sections(path: Path) -> tuple[int, int]:
    """Records below the headers of a file's sections, and how many of them are totals.

    A section begins after a blank line or comments; lines of one cell alone stand above its header.
    """
    read, totals, in_table = 0, 0, False
    lines = text_of(path).splitlines(keepends=True)
    records = list(csv.reader(lines))
    for number, record in enumerate(records):
        if not record or record[0].startswith("#"):
            in_table = False
        elif in_table:
            read += 1
            totals += record[-1] == "Grand total"
        else:
            below = records[number + 1] if number + 1 < len(records) else []
            in_table = len(record) > 1 or len(below) > 1
    return read, totals


def without_values(path: Path, delimiter: str) -> int:
    """Keyword Planner's records in which no month holds a number."""
    rows = csv.reader(text_of(path).splitlines(keepends=True), delimiter=delimiter)
    header = next(row for row in rows if row[:1] == ["Keyword"])
    months = [place for place, name in enumerate(header) if name.startswith("Searches: ")]
    return sum(not any(row[place].strip() for place in months) for row in rows if row)


def count(path: Path, first_header: str) -> tuple[int, int]:
    """Records below the header, and how many of them are totals."""
    text = text_of(path)
    if path.suffix == ".json":
        return len([json.loads(line) for line in text.splitlines() if line.strip()]), 0
    delimiter = max(",\t;", key=text.count)
    records = [record for record in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if any(record)]
    header = next(number for number, record in enumerate(records) if record[0] == first_header)
    below = records[header + 1 :]
    if path.name.startswith("keyword_planner"):
        return len(below), without_values(path, delimiter)
    return len(below), sum(any(cell == "Total" or cell.startswith("Total:") for cell in record[:4]) for record in below)


def expectation(path: str, file: Path) -> dict[str, object]:
    """One row of samples.csv."""
    nothing = dict.fromkeys(("rows_read", "rows_landed", "rows_refused", "rows_furniture"), 0)
    if path in LANDED:
        source, account, sibling, table, header = LANDED[path]
        read, totals = count(file, header)
        totals += BELOW_HEADER.get(path, 0)
        return {"path": path, "source": source, "account": account, "sibling": sibling, "expected": "landed",
                "table": table, "rows_read": read, "rows_landed": read - totals, "rows_refused": 0,
                "rows_furniture": totals, "sentence": ""}  # fmt: skip
    if path in SECTIONED:
        source, table = SECTIONED[path]
        read, totals = count_sections(file)
        return {"path": path, "source": source, "account": "usd", "sibling": "", "expected": "landed", "table": table,
                "rows_read": read, "rows_landed": read - totals, "rows_refused": 0, "rows_furniture": totals,
                "sentence": ""}  # fmt: skip
    if path in FURNITURE:
        rows = len([line for line in text_of(file).splitlines() if line.strip()]) - 1
        return {"path": path, "source": "search_console", "account": "usd", "sibling": FURNITURE[path],
                "expected": "furniture", "table": "", **nothing, "rows_read": rows, "rows_furniture": rows,
                "sentence": ""}  # fmt: skip
    if path in SENTENCES:
        source, sentence = SENTENCES[path]
    else:
        source, kind = next(value for start, value in REFUSED.items() if path.startswith(start))
        sentence = f"{kind}: not a supported report"
    return {"path": path, "source": source, "account": "usd", "sibling": "", "expected": "refused", "table": "",
            **nothing, "sentence": f"{file.name}: {sentence}"}  # fmt: skip


def main() -> None:
    samples = Path(sys.argv[1])
    files = sorted(file for folder in FOLDERS for file in (samples / folder).iterdir())
    target = Path(__file__).resolve().parent.parent / "samples.csv"
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for file in files:
            writer.writerow(expectation(f"{file.parent.name}/{file.name}", file))
    print(f"{target}: {len(files)} files")


if __name__ == "__main__":
    main()
