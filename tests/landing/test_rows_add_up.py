"""Every row ends landed, refused or as furniture, and is numbered as a reader of the file counts."""

from __future__ import annotations

from tests.support.desk import Desk

HEAD = "Day,Campaign,Impr.,Clicks,Cost\n"


def test_totals_are_furniture_and_are_compared_with_the_rows(desk: Desk) -> None:
    content = (
        'Campaign report\n"March 1, 2026 - March 2, 2026"\nCampaign,Day,Impr.,Clicks,Cost\n'
        'A,2026-03-01,"1,000",10,5.00\nB,2026-03-02,500,5,2.50\n'
        'Total: Campaigns, --,"1,500",15,7.60\nTotal: Account,,"1,500",15,7.60\nTotal: Search,,0,0,0\n'
    )
    outcome = desk.land_one("google_ads/us/a.csv", content)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_refused, outcome.rows_furniture) == (5, 2, 0, 3)
    manifest = desk.batch(outcome.batches[0]).manifest
    assert manifest["totals"]["Total: Campaigns"]["impressions"] == {"stated": "1500", "summed": "1500"}
    (finding,) = manifest["findings"]
    assert finding["message"] == "a.csv: the row “Total: Campaigns” says cost 7.600000 but the rows sum to 7.500000"


def test_a_total_is_recognised_in_a_file_that_the_strict_reader_can_type(desk: Desk) -> None:
    """Plain numbers throughout: nothing but the label says that the last row is a total."""
    content = "Campaign,Day,Impr.,Clicks,Cost\nA,2026-03-01,10,1,5\nTotal: Campaigns,,10,1,5\n"
    outcome = desk.land_one("google_ads/us/a.csv", content)
    assert (outcome.rows_landed, outcome.rows_furniture) == (1, 1)
    assert desk.rows(outcome, "campaign, impressions") == [("A", 10)]


def test_a_total_in_a_column_that_does_not_land_is_recognised(desk: Desk) -> None:
    content = (
        "Search keyword report\n1 May 2026 - 8 May 2026\n"
        "Keyword status\tFinal URL\tKeyword\tMatch type\tCampaign\tImpr.\tClicks\tCost\n"
        "Enabled\t\tshoes\tBroad match\tA\t10\t1\t5\n\tTotal: Account\t\t\t\t10\t1\t5\n"
    )
    outcome = desk.land_one("google_ads/us/k.csv", content)
    assert (list(outcome.tables), outcome.rows_landed, outcome.rows_furniture) == (["keyword_period"], 1, 1)


def test_the_nameless_account_total_of_meta_is_furniture(desk: Desk) -> None:
    content = (
        'Day,"Campaign name","Ad name",Impressions,"Amount spent (USD)"\n'
        "2026-03-01,,,30,3\n2026-03-01,A,x,10,1\n2026-03-01,A,y,20,2\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content)
    assert (outcome.rows_landed, outcome.rows_furniture) == (2, 1)
    assert desk.rows(outcome, "ad, impressions, currency, _row") == [("x", 10, "USD", 2), ("y", 20, "USD", 3)]


def test_rows_that_are_not_whole_are_refused_and_the_numbers_below_them_stay_right(desk: Desk) -> None:
    content = HEAD + (
        "2026-03-01,A,1,1,5\n"
        "2026-03-01,B,1\n"  # too few cells
        '2026-03-01,"C\nD",3,1,5\n'  # a name with a line break is one record
        "2026-03-01,E,1,1,5,6,7\n"  # too many cells
        "2026-03-01,F,5,x,5\n"  # a text in a number
        "2026-03-01,G,6,1,5\n"
        "2026-03-01,H,7,1,5\n"
    )
    outcome = desk.land_one("google_ads/vn/a.csv", content)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_refused) == (7, 4, 3)
    assert desk.rows(outcome, "campaign, impressions, _row") == [("A", 1, 1), ("C\nD", 3, 3), ("G", 6, 6), ("H", 7, 7)]
    refused = desk.quarantined(outcome)
    assert [(row, column, raw) for _, row, column, _, raw in refused] == [
        ("2", None, "2026-03-01,B,1"), ("4", None, "2026-03-01,E,1,1,5,6,7"), ("5", "Clicks", "x"),
    ]  # fmt: skip
    assert refused[0][3].startswith("the row is not whole: Expected Number of Columns: 5 Found: 3")


def test_one_row_with_two_bad_cells_is_one_refused_row_with_two_reasons(desk: Desk) -> None:
    content = HEAD + "2026-03-01,A,1,1,5\n2026-03-01,B,x,y,5\n2026-03-01,C,1,1,5\n"
    outcome = desk.land_one("google_ads/vn/a.csv", content)
    assert outcome.rows_refused == 1
    assert [(row[1], row[2]) for row in desk.quarantined(outcome)] == [("2", "Clicks"), ("2", "Impr.")]


def test_quarantined_rows_are_private(desk: Desk) -> None:
    outcome = desk.land_one("google_ads/vn/a.csv", HEAD + "2026-03-01,A,1,1,5\n2026-03-01,B,x,1,5\n")
    (path,) = (desk.home.quarantine / "rows").rglob("*.csv")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert outcome.batches[0] in path.name


def test_a_header_without_rows_lands_as_an_empty_batch(desk: Desk) -> None:
    outcome = desk.land_one("google_ads/vn/a.csv", HEAD)
    batch = desk.batch(outcome.batches[0])
    assert (outcome.status, outcome.rows_read, batch.covered_days()) == ("landed", 0, [])


def test_a_preamble_states_days_without_rows_as_covered_but_none_that_were_not_over(desk: Desk) -> None:
    content = "Campaign report\n1 March 2026 - 31 March 2026\n" + HEAD + "2026-03-02,A,1,1,5\n2026-03-05,A,1,1,5\n"
    outcome = desk.land_one("google_ads/vn/a.csv", content, at="2026-03-09 03:00")
    batch = desk.batch(outcome.batches[0])
    assert (str(batch.covers_from), str(batch.covers_to)) == ("2026-03-01", "2026-03-08")


def test_days_with_money_are_listed_where_a_rate_will_be_needed(desk: Desk) -> None:
    lines = "2026-03-02,A,1,1,5\n2026-03-03,A,1,1,0\n2026-03-05,A,1,1,5\n"
    foreign = desk.land_one("google_ads/us/a.csv", HEAD + lines)
    own = desk.land_one("google_ads/vn/a.csv", HEAD + lines)
    assert desk.batch(foreign.batches[0]).manifest["money_days"] == {"USD": ["2026-03-02", "2026-03-05"]}
    assert desk.batch(own.batches[0]).manifest["money_days"] == {}, "VND is the reporting currency"


def test_a_file_that_needs_the_text_path_lands_the_same_rows_as_a_clean_one(desk: Desk) -> None:
    clean = HEAD + "2026-03-01,A,1200,1,5.5\n2026-03-02,B,30,2,\n"
    untidy = HEAD + '2026-03-01,A,"1,200",1,5.50\n2026-03-02,B,30,2, --\n'
    first, second = desk.land_one("google_ads/us/a.csv", clean), desk.land_one("google_ads/us/b.csv", untidy)
    assert desk.rows(first, "* exclude (_batch_id)") == desk.rows(second, "* exclude (_batch_id)")


def test_a_null_token_in_a_text_of_an_otherwise_clean_file_is_empty(desk: Desk) -> None:
    """Nothing else in the file sends it to the text path."""
    content = "Day,Campaign,Campaign type,Impr.,Clicks,Cost\n2026-03-01,A, --,10,1,5\n2026-03-01,B,Search,10,1,5\n"
    outcome = desk.land_one("google_ads/us/a.csv", content)
    assert desk.rows(outcome, "campaign, campaign_type") == [("A", None), ("B", "Search")]
