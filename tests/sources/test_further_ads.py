"""Ad platforms whose reports begin like those of ads_file: their headers, and what no day may bear."""

from __future__ import annotations

from pathlib import Path

import pytest

from raceway.common.home import PROJECT, Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.contracts.load import load_contract
from tests.support.desk import Desk
from tests.support.workbooks import workbook

SOURCES = ("microsoft_ads", "linkedin_ads", "pinterest_ads", "snapchat_ads", "apple_search_ads", "amazon_ads")
FACTS = "cast(day as varchar), campaign, impressions, clicks, cast(cost as double)"
CLAIMS = "conversions, cast(conversion_value as double), purchases, cast(purchase_value as double)"


@pytest.fixture
def ads(tmp_path: Path) -> Desk:
    def account(source: str, market: str, currency: str, zone: str) -> Account:
        return Account(source=source, account="a", name="a", market=market, currency=currency, time_zone=zone)

    accounts = [account(source, "US", "USD", "America/New_York") for source in (*SOURCES, "meta_ads", "tiktok_ads")]
    accounts += [account(source, "VN", "VND", "Asia/Ho_Chi_Minh") for source in ("zalo_ads", "ads_file")]
    return Desk(init_home(tmp_path / "home", accounts=accounts))


MICROSOFT = (
    '"Report Name: Campaign performance"\r\n"Report Time: 3/1/2026,3/2/2026"\r\n"Time Zone: (GMT-05:00) Eastern Time"\r\n'
    '"Last Completed Available Day: 3/8/2026 11:59:00 PM (GMT)"\r\n"Report Aggregation: Daily"\r\n"Report Filter: "\r\n'
    '"Potential Incomplete Data: false"\r\n"Rows: 2"\r\n\r\n'
    '"Gregorian date","Account name","Campaign name","Campaign type","Currency code","Impressions","Clicks","CTR",'
    '"Spend","Conversions","Revenue"\r\n'
    '"3/1/2026","A","Brand","Search & content","USD","1,200","60","5.00%","30.50","3","90.00"\r\n'
    '"3/2/2026","A","Reach","Audience","USD","800","8","1.00%","4.25","0","0.00"\r\n'
)
FOOTER = '"©2026 Microsoft Corporation. All rights reserved. "\r\n'


def test_microsofts_preamble_and_its_last_line_are_furniture(ads: Desk) -> None:
    outcome = ads.land_one("microsoft_ads/a/r.csv", MICROSOFT + FOOTER)
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused, outcome.rows_furniture) == ("landed", 2, 0, 1)
    assert ads.rows(outcome, FACTS) == [
        ("2026-03-01", "Brand", 1200, 60, 30.5),
        ("2026-03-02", "Reach", 800, 8, 4.25),
    ]
    assert ads.rows(outcome, CLAIMS + ", conversion_value_header")[0] == (3.0, 90.0, None, None, "Revenue")


@pytest.mark.parametrize(("clicks", "said"), [(68, []), (70, ["clicks 70 but the rows sum to 68"])])
def test_microsofts_overall_total_is_the_sum_of_its_rows(ads: Desk, clicks: int, said: list[str]) -> None:
    total = f'"Overall total","","","","","2,000","{clicks}","3.40%","34.76","3","90.00"\r\n'  # and a rounded cost
    outcome = ads.land_one("microsoft_ads/a/r.csv", MICROSOFT + total + FOOTER)
    assert (outcome.rows_landed, outcome.rows_furniture) == (2, 2)
    found = [
        finding["message"]
        for finding in ads.batch(outcome.batches[0]).manifest["findings"]
        if finding["name"] == "total_differs"
    ]
    assert found == [f"r.csv: the row “Overall total” says {sentence}" for sentence in said]


def test_a_report_of_microsofts_by_week_is_refused(ads: Desk) -> None:
    weekly = MICROSOFT.replace("Report Aggregation: Daily", "Report Aggregation: Weekly") + FOOTER
    assert "by week" in ads.land_one("microsoft_ads/a/r.csv", weekly).reason


def test_microsofts_keywords_and_search_terms_are_tables_of_their_own(ads: Desk) -> None:
    row = '"3/1/2026","Brand","running shoes","10","1","0.50"\n'
    head = '"Gregorian date","Campaign name","{}","Impressions","Clicks","Spend"\n'
    keywords = ads.land_one("microsoft_ads/a/k.csv", head.format("Keyword") + row)
    terms = ads.land_one("microsoft_ads/a/s.csv", head.format("Search term") + row)
    assert (list(keywords.tables), list(terms.tables)) == (["keyword_daily"], ["search_term_daily"])
    assert ads.rows(terms, "search_term, impressions, cast(cost as double)") == [("running shoes", 10, 0.5)]


LINKEDIN = (
    "Campaign Performance Report (in UTC)\n\nReport Start: March 1, 2026, 12:00 AM\nReport End: March 2, 2026, 11:59 PM\n"
    "Date Generated: March 3, 2026, 8:00 AM\n\n"
    "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign ID\tCampaign Name\tTotal Spent\tImpressions\tClicks\t"
    "Clicks to Landing Page\tConversions\tLeads\n"
)


def test_linkedins_utf_16_and_its_clicks_to_the_landing_page(ads: Desk) -> None:
    text = (
        LINKEDIN
        + "3/1/2026\tA\tUSD\t21\tB2B\t55.39\t1,000\t30\t12\t2\t1\n3/2/2026\tA\tUSD\t21\tB2B\t9\t500\t9\t0\t0\t0\n"
    )
    outcome = ads.land_one("linkedin_ads/a/r.csv", b"\xff\xfe" + text.encode("utf-16-le"))
    assert ads.rows(outcome, FACTS) == [("2026-03-01", "B2B", 1000, 12, 55.39), ("2026-03-02", "B2B", 500, 0, 9.0)]


def test_a_sum_of_linkedins_is_no_day(ads: Desk) -> None:
    """Without the breakdown by day a row bears the first day of the whole period."""
    text = LINKEDIN + "3/1/2026\tA\tUSD\t21\tB2B\t55.39\t1,000\t30\t12\t2\t1\n"
    outcome = ads.land_one("linkedin_ads/a/r.csv", b"\xff\xfe" + text.encode("utf-16-le"))
    assert outcome.status == "refused"
    assert "2026-03-01 to 2026-03-02" in outcome.reason


def test_a_dutch_report_of_linkedins_has_its_own_commas_and_days(ads: Desk) -> None:
    head = "Begindatum (in UTC)\tCampagnenaam\tTotaal besteed\tWeergaven\tKlikken\n"
    outcome = ads.land_one("linkedin_ads/a/r.csv", head + "2-3-2026\tB2B\t1.234,50\t1.000\t7\n")
    assert ads.rows(outcome, FACTS) == [("2026-03-02", "B2B", 1000, 7, 1234.5)]


def test_pinterests_clicks_are_those_that_leave_it(ads: Desk) -> None:
    head = (
        "Date,Campaign name,Impressions,Pin clicks,Outbound clicks,Spend in account currency,"
        "Total conversions (Checkout),Total order value (Checkout)\n"
    )
    outcome = ads.land_one("pinterest_ads/a/r.csv", head + "2026-03-01,Home,900,40,11,12.5,2,80\n")
    assert ads.rows(outcome, FACTS) == [("2026-03-01", "Home", 900, 11, 12.5)]
    assert ads.rows(outcome, CLAIMS) == [(None, None, 2.0, 80.0)]


def test_snapchats_swipe_ups_are_clicks_and_the_header_has_the_currency(ads: Desk) -> None:
    head = "Date,Campaign Name,Ad Squad Name,Paid Impressions,Swipe Ups,Amount Spent ({}),Purchases,Purchases Value\n"
    outcome = ads.land_one("snapchat_ads/a/r.csv", head.format("USD") + "2026-03-01,S,Q,700,9,3.25,1,40\n")
    assert ads.rows(outcome, FACTS + ", ad_set") == [("2026-03-01", "S", 700, 9, 3.25, "Q")]
    other = ads.land_one("snapchat_ads/a/e.csv", head.format("EUR") + "2026-03-01,S,Q,700,9,3.25,1,40\n")
    assert "is in EUR, but account a is in USD" in other.reason


APPLE = "Day,Campaign Name,Campaign ID,Spend,Impressions,Taps,Installs (Total)\n2026-03-01,App,77,8.10,300,21,6\n"


def test_apples_taps_are_clicks_and_its_installs_no_purchases(ads: Desk) -> None:
    outcome = ads.land_one(
        "apple_search_ads/a/r.csv", "Campaigns\nCurrency: USD\n\n" + APPLE + "Totals,,,8.10,300,21,6\n"
    )
    assert ads.rows(outcome, FACTS) == [("2026-03-01", "App", 300, 21, 8.1)]
    assert ads.rows(outcome, CLAIMS) == [(None, None, None, None)]
    assert outcome.rows_furniture == 1


def test_a_filtered_report_of_apples_would_stand_for_the_whole_day(ads: Desk) -> None:
    outcome = ads.land_one("apple_search_ads/a/r.csv", "Filters applied: Country or Region = VN\n\n" + APPLE)
    assert "with a filter" in outcome.reason


AMAZON = ["Date", "Portfolio name", "Currency", "Campaign Name", "Impressions", "Clicks", "Spend",
          "7 Day Total Sales ", "7 Day Total Orders (#)"]  # fmt: skip


def test_amazons_workbook_claims_orders_and_their_sales(ads: Desk) -> None:
    rows = [AMAZON, ["Mar 01, 2026", "P", "USD", "Shoes", 4000, 31, 16.25, 120.5, 3]]
    outcome = ads.land_one("amazon_ads/a/Sponsored Products Campaign report.xlsx", workbook({"Sheet": rows}))
    assert ads.rows(outcome, FACTS) == [("2026-03-01", "Shoes", 4000, 31, 16.25)]
    assert ads.rows(outcome, CLAIMS) == [(None, None, 3.0, 120.5)]


def test_amazons_summary_goes_to_its_period_and_a_summary_of_one_day_to_that_day(ads: Desk) -> None:
    head = ",".join(["Start Date", "End Date", *AMAZON[1:]]) + "\n"
    row = "P,USD,Shoes,4000,31,16.25,120.5,3\n"
    whole = ads.land_one("amazon_ads/a/w.csv", head + '"Mar 01, 2026","Mar 07, 2026",' + row)
    single = ads.land_one("amazon_ads/a/s.csv", head + '"Mar 02, 2026","Mar 02, 2026",' + row)
    assert (list(whole.tables), list(single.tables)) == (["ads_period"], ["ads_daily"])
    assert ads.rows(single, FACTS) == [("2026-03-02", "Shoes", 4000, 31, 16.25)]


def _template(name: str) -> str:
    text = (PROJECT.root / "docs" / "templates" / name).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n"


def test_the_templates_land_without_a_finding(ads: Desk) -> None:
    for source, campaign in (("zalo_ads", "Tết 2026"), ("ads_file", "Spring")):
        outcome = ads.land_one(f"{source}/a/r.csv", _template(f"{source}.csv"))
        assert ads.rows(outcome, FACTS) == [("2026-03-05", campaign, 12000, 180, 450000.0)], source
        assert ads.rows(outcome, "conversions, purchases, cast(purchase_value as double)") == [(9.0, 2.0, 1280000.0)]
        assert ads.batch(outcome.batches[0]).manifest["findings"] == [], source


def test_zalos_amounts_have_points_between_thousands(ads: Desk) -> None:
    head = "Ngày,Tên chiến dịch,Lượt hiển thị,Lượt nhấp,Chi phí (VND)\n"
    outcome = ads.land_one(
        "zalo_ads/a/r.csv", head + "06/03/2026,Z,12.000,<5,1.234.567\nTổng cộng,,12.000,,1.234.567\n"
    )
    assert ads.rows(outcome, FACTS + ", clicks_qualifier") == [("2026-03-06", "Z", 12000, 5, 1234567.0, "<")]
    assert outcome.rows_furniture == 1


@pytest.mark.parametrize(
    ("days", "status"),
    [
        (("2026-03-02", "2026-03-09", "2026-03-16"), "refused"),  # Mondays: a report by week
        (("2026-01-01", "2026-02-01"), "refused"),
        (("2026-03-02", "2026-03-03", "2026-03-16"), "landed"),
        (("2026-03-02",), "landed"),
    ],
)
def test_days_that_are_all_a_week_apart_are_none(ads: Desk, days: tuple[str, ...], status: str) -> None:
    rows = "".join(f"{day},C,100,10\n" for day in days)
    assert (
        ads.land_one("ads_file/a/r.csv", "day,campaign,impressions,spend\n" + rows, "2026-03-17 03:00").status == status
    )


def test_parts_of_campaigns_and_files_without_impressions_are_no_ads_report(ads: Desk) -> None:
    for head, row in (
        ("Day,Campaign,Keyword,Impressions,Spend", "2026-03-01,C,k,10,5"),
        ("Day,Campaign,Conversion name,Impressions,Spend", "2026-03-01,C,Lead,10,5"),
        ("Day,Campaign,Spend", "2026-03-01,C,5"),
        ("Campaign,Impressions,Spend", "C,10,5"),
    ):
        assert ads.land_one("ads_file/a/r.csv", f"{head}\n{row}\n").status == "refused", head


def test_a_home_maps_other_headers_of_ads_file_and_no_other_source_learns_them(ads: Desk) -> None:
    overlay = "tables:\n  ads_daily:\n    aliases: {day: [Datum], impressions: [Anzeigen], cost: [Ausgaben]}\n"
    _write(ads.home, "ads_file.yml", overlay + '    dates: {day: ["%d.%m.%Y"]}\n    number_locale: comma\n')
    outcome = ads.land_one("ads_file/a/r.csv", "Datum;Campaign;Anzeigen;Ausgaben\n05.03.2026;K;1.200;450.000\n")
    assert ads.rows(outcome, FACTS) == [("2026-03-05", "K", 1200, None, 450000.0)]
    daily = load_contract("zalo_ads", ads.home).table("ads_daily")
    assert "own" not in daily.by_name["cost"].meta.aliases


def _write(home: Home, name: str, text: str) -> None:
    home.sources.mkdir(parents=True, exist_ok=True)
    (home.sources / name).write_text(text, encoding="utf-8")


def test_a_connectors_tables_of_meta_and_tiktok_are_details(ads: Desk) -> None:
    meta = "ad_id,date,account_id,impressions,inline_link_clicks,spend,reach\n62152,2026-03-01,17,4233,10,76.53,608\n"
    outcome = ads.land_one("meta_ads/a/basic_ad.csv", meta)
    assert list(outcome.tables) == ["connector_ad_daily"]
    assert ads.rows(outcome, "ad_id, impressions, link_clicks, cast(cost as double)") == [("62152", 4233, 10, 76.53)]
    head = "{},STAT_TIME_HOUR,IMPRESSIONS,CLICKS,SPEND,TOTAL_PURCHASE_VALUE,_FIVETRAN_SYNCED\n"
    rows = "1,2026-03-01 5:00:00,22222,322,22.22,0.00,x\n1,2026-03-01 23:00:00,5,1,1,0.00,x\n"
    outcome = ads.land_one("tiktok_ads/a/campaign.csv", head.format("CAMPAIGN_ID") + rows)
    assert list(outcome.tables) == ["connector_campaign_daily"]
    assert ads.rows(outcome, "cast(day as varchar), campaign_id, impressions") == [
        ("2026-03-01", "1", 22222),
        ("2026-03-01", "1", 5),
    ]
    assert list(ads.land_one("tiktok_ads/a/ad.csv", head.format("AD_ID") + rows).tables) == ["connector_ad_daily"]


def test_the_value_of_purchases_is_told_apart_from_its_column_being_there(ads: Desk) -> None:
    head = "Day,Campaign name,Impressions,Amount spent (USD),Purchases,Purchases conversion value\n"
    outcome = ads.land_one("meta_ads/a/r.csv", head + "2026-03-01,C,10,5,1,60\n2026-03-02,C,10,5,,\n")
    assert ads.rows(outcome, "cast(purchase_value as double), purchase_value_header") == [
        (60.0, "Purchases conversion value"),
        (None, "Purchases conversion value"),
    ]
