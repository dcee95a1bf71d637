"""Klaviyo's exports: counts with a decimal, text messages, the custom report, profiles."""

from __future__ import annotations

from raceway.reading.personal import Hasher
from tests.support.desk import Desk

CAMPAIGNS = (
    "Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Placed Order,Placed Order Rate,"
    "Revenue,Unique Opens,Open Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,"
    "Spam Complaints Rate,Successful Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel\n"
)
LETTER = (
    'Spring shoes,"promo, 2026",New in store,"Engaged (3 Months), VIP",2026-03-01 11:00:00,Sunday,64517.0,48.0,0.07%,'
    "2800.27,45587.0,70.80%,60684.0,264.0,0.41%,351.0,170.0,4.0,0.01%,64386.0,131.0,0.20%,01JNKBNFTCMV,Email\n"
)
TEXT = (
    "Store hours,,,VIP,2026-03-02 09:30:00,Monday,120.0,0.0,0.00%,0.0,,N/A,,7.0,5.83%,7.0,1.0,0.0,0.00%,120.0,0.0,"
    "0.00%,01JNKSMS,SMS\n"
)


def test_counts_written_with_a_decimal_land_whole_and_a_text_message_has_no_opens(desk: Desk) -> None:
    outcome = desk.land_one("klaviyo/letters/campaigns.csv", CAMPAIGNS + LETTER + TEXT)
    assert (outcome.rows_landed, outcome.rows_refused) == (2, 0)
    assert desk.rows(
        outcome,
        "campaign_id, channel, cast(sent_at as varchar), recipients, delivered, unique_opens, unique_clicks, unsubscribes",
    ) == [
        ("01JNKBNFTCMV", "Email", "2026-03-01 11:00:00", 64517, 64386, 45587, 264, 170),
        ("01JNKSMS", "SMS", "2026-03-02 09:30:00", 120, 120, None, 7, 1),
    ]
    batch = desk.batch(outcome.batches[0])
    assert (str(batch.covers_from), str(batch.covers_to)) == ("2026-03-01", "2026-03-07")  # the day before, New York


def test_half_a_recipient_is_refused_and_the_other_rows_land(desk: Desk) -> None:
    rows = "".join(TEXT.replace("01JNKSMS", f"id{n}") for n in range(30))
    outcome = desk.land_one("klaviyo/letters/c.csv", CAMPAIGNS + LETTER.replace("64517.0", "64517.5") + rows)
    assert (outcome.rows_landed, outcome.rows_refused) == (30, 1)
    assert [row[1:5] for row in desk.quarantined(outcome)] == [
        ("1", "Total Recipients", "is no whole number", "64517.5")
    ]


def test_the_custom_report_lands_as_detail_with_both_channels_of_a_list(desk: Desk) -> None:
    report = (
        "Date,Group Id,List/Segment,Click Rate,Open Rate,Total Placed Order Value,Campaign Message Channel\n"
        "2026,QTabcd,All customers,0.01122,0.37471,70403.47006,Email\n"
        "2026,QTabcd,All customers,0.01994,N/A,1714.10001,SMS\n"
        '2026,QTefgh,"Buyers, 2025",4.07%,53.38%,0.0,Email\n'
    )
    outcome = desk.land_one("klaviyo/letters/report.csv", report)
    assert outcome.tables.keys() == {"sent_report"}
    assert desk.rows(outcome, "group_id, channel, click_rate, open_rate, cast(order_value as varchar)") == [
        ("QTabcd", "Email", 0.01122, 0.37471, "70403.470060"),
        ("QTabcd", "SMS", 0.01994, None, "1714.100010"),
        ("QTefgh", "Email", 0.0407, 0.5338, "0.000000"),
    ]


def test_profiles_are_hashed_and_dated_by_consent_else_by_the_day_they_were_added(desk: Desk) -> None:
    head = (
        "Email,Klaviyo ID,First Name,Last Name,Email Marketing Consent,Email Marketing Consent Timestamp,Date Added\n"
    )
    outcome = desk.land_one(
        "klaviyo/letters/profiles.csv",
        head + "An@Example.com,01J1,An,Tran,SUBSCRIBED,2026-03-01 20:00:00,2026-01-05 08:00:00\n"
        "binh@example.com,01J2,Binh,Le,NEVER_SUBSCRIBED,,2026-01-06 08:00:00\n",
    )
    hasher = Hasher(desk.home)
    assert desk.rows(outcome, "email_hash, status, cast(subscribed_at as varchar), ended_at") == [
        (hasher.email("an@example.com"), "SUBSCRIBED", "2026-03-02 01:00:00", None),
        (hasher.email("binh@example.com"), "NEVER_SUBSCRIBED", "2026-01-06 13:00:00", None),
    ]
