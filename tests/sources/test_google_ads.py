"""Google Ads' details: search terms, ads, and a connector's costs in millionths."""

from __future__ import annotations

import datetime as dt

import pytest

from raceway.config.accounts import Account
from raceway.config.init import init_home
from tests.support.desk import Desk


@pytest.fixture
def desk(tmp_path: object) -> Desk:
    accounts = [
        Account(source=source, account="us", name="us", market="US", time_zone="America/New_York", currency="USD")
        for source in ("tiktok_ads", "google_ads")
    ]
    return Desk(init_home(tmp_path / "home", accounts=accounts))  # type: ignore[operator]  # pytest gives a path


TERMS = "Search term,Match type,Added/Excluded,Clicks,Impr.,CTR,Currency code,Avg. CPC,Cost,Conv. rate,Conversions\n"


def test_search_terms_land_as_their_own_table_and_their_totals_are_furniture(desk: Desk) -> None:
    text = (
        'Search terms report\n"January 28, 2026 - February 24, 2026"\n' + TERMS
        + 'shoe shop,Performance Max,None,2,"1,001",0.20%,USD,0.39,0.78,0.00%,0.00\n'
        + "Total: Search terms,,,2,\"1,001\",0.20%,USD,0.39,0.78,0.00%,0.00\n"
        + "Total: Other search terms,,,9,\"7,001\",0.13%,USD,0.39,3.51,0.00%,0.00\n"
    )  # fmt: skip
    outcome = desk.land_one("google_ads/us/Search terms report.csv", text)
    assert list(outcome.tables) == ["search_term_period"]
    columns = "search_term, campaign, clicks, impressions, cast(cost as varchar), cast(period_start as varchar), cast(period_end as varchar)"
    assert desk.rows(outcome, columns) == [
        ("shoe shop", None, 2, 1001, "0.780000", "2026-01-28", "2026-02-24")
    ]  # fmt: skip
    assert outcome.rows_furniture == 2


def test_the_total_of_the_shown_search_terms_is_held_against_their_rows(desk: Desk) -> None:
    text = (
        'Search terms report\n"January 28, 2026 - February 24, 2026"\n' + TERMS
        + 'shoe shop,Performance Max,None,2,"1,001",0.20%,USD,0.39,0.78,0.00%,0.00\n'
        + 'boot shop,Performance Max,None,1,9,0.20%,USD,0.39,0.78,0.00%,0.00\n'
        + 'Total: Search terms,,,3,"1,020",0.20%,USD,0.39,1.55,0.00%,0.00\n'  # 1,001 and 9 are 1,010
        + "Total: Other search terms,,,9,\"7,001\",0.13%,USD,0.39,3.51,0.00%,0.00\n"
    )  # fmt: skip
    outcome = desk.land_one("google_ads/us/Search terms report.csv", text)
    [finding] = desk.batch(outcome.batches[0]).manifest["findings"]
    assert (finding["name"], finding["severity"]) == ("total_differs", "warning")
    assert finding["message"] == (
        "Search terms report.csv: the row “Total: Search terms” says impressions 1020 but the rows sum to 1010"
    )


def test_search_terms_by_day_land_by_day_even_with_a_keyword_column(desk: Desk) -> None:
    text = (
        "Search terms report\n1 May 2026 - 8 May 2026\nDay,Search term,Keyword,Match type,Campaign,Impr.,Clicks,Cost\n"
    )
    outcome = desk.land_one("google_ads/us/r.csv", text + "2026-05-01,shoe,shoes,Broad match,A,5,1,0.40\n")
    assert list(outcome.tables) == ["search_term_daily"]


def test_ads_never_pass_for_campaigns(desk: Desk) -> None:
    text = (
        'Ad report\n"May 1, 2026 - May 8, 2026"\nAd status,Final URL,Headline 1,Campaign,Ad group,Ad type,Impr.,Cost\n'
    )
    text += "Enabled,https://s.example/,Shoes,A,B,Responsive search ad,5,0.40\nTotal: Search,,,,,,5,0.40\n"
    outcome = desk.land_one("google_ads/us/Ad report.csv", text)
    assert list(outcome.tables) == ["ad_period"]
    assert desk.rows(outcome, "headline, campaign, impressions") == [("Shoes", "A", 5)]


CONNECTOR = "customer_id,date,clicks,conversions,cost_micros,device,id,impressions"


def test_a_connectors_millionths_land_whole_and_by_their_table(desk: Desk) -> None:
    campaigns = f"{CONNECTOR}\n2121450128,2026-02-01,49,0,36150000,MOBILE,9935249409,166\n"
    outcome = desk.land_one("google_ads/us/campaign_stats.csv", campaigns)
    assert list(outcome.tables) == ["connector_campaign_daily"]
    assert desk.rows(outcome, "campaign_id, device, cost_micros") == [("9935249409", "MOBILE", 36_150_000)]
    terms = "ad_group_id,campaign_id,clicks,cost_micros,date,impressions,search_term,search_term_match_type\n"
    outcome = desk.land_one("google_ads/us/terms.csv", terms + "1,2,25,120000,2026-04-19,300,shoe,BROAD\n")
    assert list(outcome.tables) == ["connector_search_term_daily"]


def test_a_cost_that_is_not_in_millionths_refuses_its_row(desk: Desk) -> None:
    text = f"{CONNECTOR}\n1,2026-02-01,4,0,36.15,MOBILE,9,166\n1,2026-02-02,4,0,36150000,MOBILE,9,166\n"
    outcome = desk.land_one("google_ads/us/campaign_stats.csv", text)
    assert (outcome.rows_landed, outcome.rows_refused) == (1, 1)


OF_CAMPAIGNS = "Campaign status,Campaign,Day,Currency code,Impr.,Clicks,Cost\n"


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("Ad asset report", "Asset,Asset type,Campaign,Ad group,Day,Currency code,Impr.,Clicks,Cost"),
        ("Location report", "Location,Campaign,Day,Currency code,Impr.,Clicks,Cost"),
        ("Ad group report", "Ad group status,Ad group,Campaign,Day,Currency code,Impr.,Clicks,Cost"),
        ("Ad group report", "Campaign,Day,Currency code,Impr.,Clicks,Cost"),
        ("Audience segments report", "Audience segment,Campaign,Day,Currency code,Impr.,Clicks,Cost"),
        ("My own Monday report", "Campaign,Something new,Day,Currency code,Impr.,Clicks,Cost"),
        ("Campaign report", "Campaign,Ad group,Day,Currency code,Impr.,Clicks,Cost"),
        ("Rapport sur les lieux", "Lieu,Campagne,Jour,Impr.,Clics,Coût"),
    ],
)
def test_a_report_of_another_level_never_passes_for_campaigns(desk: Desk, title: str, header: str) -> None:
    """Its rows are parts of campaigns, or count them several times; by its title or by its columns it is refused."""
    cells = [
        "2026-03-01" if name in ("Day", "Jour") else "USD" if "Currency" in name else "5" for name in header.split(",")
    ]
    outcome = desk.land_one(
        "google_ads/us/a.csv", f'{title}\n"March 1, 2026 - March 2, 2026"\n{header}\n{",".join(cells)}\n'
    )
    assert (outcome.status, outcome.batches) == ("refused", [])
    assert "another level" in outcome.reason or "counted several times" in outcome.reason


@pytest.mark.parametrize(
    "title", ["Campaign report\n", "Campaign performance report\n", "Daily spend of the team\n", ""]
)
def test_a_report_with_columns_of_campaigns_alone_is_one_whatever_its_title(desk: Desk, title: str) -> None:
    rows = "Enabled,Cups,2026-03-01,USD,100,5,10.00\n"
    outcome = desk.land_one("google_ads/us/a.csv", title + OF_CAMPAIGNS + rows)
    assert list(outcome.tables) == ["campaign_daily"]


def test_a_campaign_report_of_one_day_needs_no_column_for_it(desk: Desk) -> None:
    """Schedules send yesterday without the Day segment."""
    header = "Campaign,Currency code,Impr.,Clicks,Cost\n"
    content = f'Campaign report\n"March 4, 2026 - March 4, 2026"\n{header}Cups,USD,100,5,10.00\nTotal: Campaigns,USD,100,5,10.00\n'
    outcome = desk.land_one("google_ads/us/a.csv", content)
    assert (list(outcome.tables), outcome.rows_landed, outcome.rows_furniture) == (["campaign_daily"], 1, 1)
    assert desk.rows(outcome, "day, cast(cost as varchar)") == [(dt.date(2026, 3, 4), "10.000000")]
    longer = desk.land_one("google_ads/us/b.csv", content.replace("- March 4", "- March 5"))
    assert list(longer.tables) == ["campaign_period"]


def test_all_time_names_no_period(desk: Desk) -> None:
    content = "Campaign report\nAll time\nCampaign status,Campaign,Impr.,Currency code,Cost,Clicks\nEnabled,Cups,100,USD,10.00,5\n"
    outcome = desk.land_one("google_ads/us/a.csv", content)
    assert (outcome.status, "choose a period with a first and a last day" in outcome.reason) == ("refused", True)
