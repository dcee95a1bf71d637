"""A home's settings: defaults round-trip, and every refusal names file, row, key and remedy."""

from __future__ import annotations

import datetime as dt
import stat
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import jinja2
import pytest
from babel.numbers import get_currency_precision, list_currencies

from raceway.common.faults import BadSettings
from raceway.common.home import PROJECT, Home, find_home
from raceway.config.accounts import (
    Account,
    ChannelRule,
    Exclusion,
    load_accounts,
    load_channel_rules,
    load_exclusions,
    load_sales_channels,
    load_ticket_topics,
    load_vat_rates,
)
from raceway.config.init import init_home, settings_toml
from raceway.config.settings import Settings, load_settings
from raceway.config.values import minor_unit

SHOP = Account(
    source="shopify",
    account="vn-shop",
    name="Cửa hàng",
    market="VN",
    time_zone="Asia/Ho_Chi_Minh",
    currency="VND",
    prices_include_vat=True,
    vat_rate=Decimal("0.08"),
    history_start=dt.date(2025, 1, 1),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return init_home(tmp_path / "home", accounts=[SHOP], exclusions=[Exclusion(kind="order_tag", value="test")])


def test_what_init_writes_reads_back_equal(home: Home) -> None:
    """But for the sources that are asked for: only those that have an account, the others stand there as comments."""
    read = load_settings(home)
    assert read.night.required == tuple(r for r in Settings().night.required if r.source == "shopify")
    assert read.model_copy(update={"night": Settings().night}) == Settings()
    assert '# { source = "google_ads"' in home.settings.read_text(encoding="utf-8")
    assert load_accounts(home) == {("shopify", "vn-shop"): SHOP}
    assert load_exclusions(home) == [Exclusion(kind="order_tag", value="test")]


def test_a_new_list_of_accounts_says_what_each_column_means(tmp_path: Path) -> None:
    home = init_home(tmp_path / "new")
    header, *comments = home.accounts.read_text(encoding="utf-8").splitlines()
    assert header.split(",") == list(Account.model_fields)
    assert all(line.startswith("# ") and len(line) <= 120 for line in comments)
    told = " ".join(line.removeprefix("# ").strip() for line in comments)
    for column, field in Account.model_fields.items():
        assert f"{column}: {field.description}" in told
    assert "opened_on: First day of a shop, list or site that opened while you were here" in told
    assert (
        "ended_on: Last day of an account that has ended: nothing of it is due, late or missing after it. May" in told
    )
    assert load_accounts(home) == {}
    with home.accounts.open("a", encoding="utf-8") as file:
        file.write("shopify,vn-shop,Shop,,VN,Asia/Ho_Chi_Minh,VND\n")
    assert list(load_accounts(home)) == [("shopify", "vn-shop")]


def test_every_key_of_the_written_settings_has_a_comment_above_it() -> None:
    lines = settings_toml().splitlines()
    keys = [number for number, line in enumerate(lines) if " = " in line and line[0].isalpha()]
    assert len(keys) > 25
    assert all(lines[number - 1].startswith("# ") for number in keys)


def test_the_hashing_key_is_readable_by_its_owner_alone(home: Home) -> None:
    assert stat.S_IMODE(home.hash_key.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700
    assert len(bytes.fromhex(home.hash_key.read_text().strip())) == 32


def test_init_never_overwrites_a_home(home: Home) -> None:
    key = home.hash_key.read_bytes()
    with pytest.raises(BadSettings, match="is a raceway home already; nothing was changed"):
        init_home(home.root)
    assert home.hash_key.read_bytes() == key


def test_a_folder_that_is_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="Make one with: raceway --home"):
        find_home(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'zone = "Asia/Ho_Chi_Minh"',
            'zone = "Saigon"',
            r"business\.zone.*'Saigon' is no IANA time zone; write one like",
        ),
        ('reporting_currency = "VND"', 'reporting_currency = "dong"', r"business\.reporting_currency.*found 'dong'"),
        (
            "churn_window_days = 90",
            "churn_window_days = 0",
            r"customers\.churn_window_days.*greater than or equal to 1",
        ),
        ("at_risk = 0.9", "at_risk = 1.5", r"at_risk must not be larger than targets\.on_track"),
        ("churn_window_days = 90", "churn_windows_days = 90", r"customers\.churn_windows_days: there is no such key"),
        ("[customers]", "[customers", "no valid TOML"),
    ],
)
def test_a_wrong_setting_is_refused_with_file_key_and_reason(home: Home, old: str, new: str, sentence: str) -> None:
    text = home.settings.read_text(encoding="utf-8")
    assert old in text
    home.settings.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSettings, match=sentence) as refusal:
        load_settings(home)
    assert str(home.settings) in str(refusal.value)


def test_comments_and_blank_lines_shift_no_row_number(home: Home) -> None:
    lines = home.accounts.read_text(encoding="utf-8").splitlines()
    bad = "shopify,b,B,,VN,Asia/Saigonn,VND"
    home.accounts.write_text("\n".join(["# ours", lines[0], "# more", "", *lines[1:], bad]) + "\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=rf"row {len(lines) + 4}: time_zone"):
        load_accounts(home)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("shopify,b,B,,VN,Asia/Saigonn,VND,,,,,", r"row 3: time_zone:.*'Asia/Saigonn' is no IANA time zone"),
        ("shopify,b,B,,vietnam,Asia/Ho_Chi_Minh,VND,,,,,", r"row 3: market:.*found 'vietnam'"),
        ("shopify,vn-shop,B,,VN,Asia/Ho_Chi_Minh,VND,,,,,", r"row 3: shopify/vn-shop stands twice"),
        ("shopify,b,B,,VN,Asia/Ho_Chi_Minh,VND,true,8,,,", r"row 3: vat_rate:.*less than 1"),
        ("shopify,b,B, Inc,,VN,Asia/Ho_Chi_Minh,VND,,,,,,,,,", r"row 3: more cells than the header"),
    ],
)
def test_a_wrong_account_row_is_refused_with_its_row_number(home: Home, row: str, sentence: str) -> None:
    with home.accounts.open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(BadSettings, match=sentence):
        load_accounts(home)


def test_accounts_saved_by_a_spreadsheet_with_a_byte_order_mark_are_read(home: Home) -> None:
    home.accounts.write_bytes(b"\xef\xbb\xbf" + home.accounts.read_bytes().replace(b"\n", b"\r\n"))
    assert load_accounts(home) == {("shopify", "vn-shop"): SHOP}


def test_the_business_day_of_a_late_evening_in_utc_is_the_next_one_in_ho_chi_minh() -> None:
    assert Settings().business_day(dt.datetime(2026, 3, 1, 17, 0, tzinfo=dt.UTC)) == dt.date(2026, 3, 2)
    assert Settings().business_day(dt.datetime(2026, 3, 1, 16, 59, tzinfo=dt.UTC)) == dt.date(2026, 3, 1)


def test_dong_has_no_minor_unit_and_dinar_has_three() -> None:
    assert [minor_unit(currency) for currency in ("VND", "USD", "KWD", "CLF")] == [0, 2, 3, 4]


def test_minor_units_are_those_of_babel_but_where_people_write_fewer_decimals_than_iso_has() -> None:
    """What Babel learns of new currencies shows here: ISO 4217's list one decides, and values.py follows it."""
    in_use = ["AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"]
    withdrawn = ["ADP", "BYR", "ESP", "ITL", "LUF", "MGF", "MRO", "SLL", "STD", "TMM", "TRL", "ZMK", "ZWD"]
    currencies = [
        currency for currency in list_currencies() if get_currency_precision(currency) != minor_unit(currency)
    ]
    assert sorted(currencies) == sorted(in_use + withdrawn)
    assert {get_currency_precision(currency) for currency in currencies} == {0}


@pytest.mark.parametrize("places", sorted({minor_unit(currency) for currency in list_currencies()}))
def test_models_know_every_minor_unit(places: int) -> None:
    """A minor unit without its branch would make money null."""
    text = (PROJECT.dbt_project / "macros" / "money.sql").read_text(encoding="utf-8")
    money = jinja2.Environment(autoescape=False).from_string(text).module
    rounded = money.rounded_to_minor_unit("cast(2.123456 as decimal(18, 6))", str(places))
    assert duckdb.connect().sql(f"select {rounded}, {money.minor_units_per_unit(str(places))}").fetchall() == [
        (Decimal("2.123456").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), 10**places)
    ]


def test_own_channel_rules_keep_their_order(home: Home) -> None:
    assert load_channel_rules(home) == []
    home.channel_rules.write_text(
        "channel,click_id,category,source,medium,campaign,is_ad\n"
        "organic_social,fbclid,,facebook,paid,^$,\n"
        "affiliate,,,accesstrade|masoffer,,,true\n"
    )
    assert load_channel_rules(home) == [
        ChannelRule(channel="organic_social", click_id="fbclid", source="facebook", medium="paid", campaign="^$"),
        ChannelRule(channel="affiliate", source="accesstrade|masoffer", is_ad=True),
    ]


def test_tags_of_tickets_are_compared_without_case_and_blanks(home: Home) -> None:
    assert load_ticket_topics(home) == []
    home.ticket_topics.write_text("tag,topic\n Đổi  Size ,size\nVIP,vip\n", encoding="utf-8")
    assert [(row.tag, row.topic) for row in load_ticket_topics(home)] == [("đổi_size", "size"), ("vip", "vip")]
    home.ticket_topics.write_text("tag,topic\nVIP,vip\nvip,other\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"row 3: vip stands twice; keep one of the rows"):
        load_ticket_topics(home)


def test_names_of_sales_channels_are_compared_whole_in_one_spelling(home: Home) -> None:
    assert load_sales_channels(home) == []
    decomposed = unicodedata.normalize("NFD", "Hội Chợ")
    home.sales_channels.write_text(
        f"sales_channel,sales_place,marketplace\n {decomposed} ,offline,\n", encoding="utf-8"
    )
    assert [channel.sales_channel for channel in load_sales_channels(home)] == ["hội chợ"]
    home.sales_channels.write_text("sales_channel,sales_place\nFair,offline\nFAIR,online\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"row 3: fair stands twice; keep one of the rows"):
        load_sales_channels(home)


def test_a_new_home_has_the_rates_of_viet_nam_ready_as_comments(home: Home) -> None:
    assert load_vat_rates(home) == []
    text = home.vat_rates.read_text(encoding="utf-8")
    home.vat_rates.write_text(text.replace("# ,,", ",,"), encoding="utf-8")
    assert [(rate.market, rate.valid_from.isoformat(), rate.rate) for rate in load_vat_rates(home)] == [
        ("VN", "2009-01-01", Decimal("0.10")), ("VN", "2022-02-01", Decimal("0.08")), ("VN", "2023-01-01", Decimal("0.10")),
        ("VN", "2023-07-01", Decimal("0.08")), ("VN", "2027-01-01", Decimal("0.10")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (",vn,,,2026-01-01,0.1", "row 2: the row: account vn without its source"),
        (
            ",,VN,Tea,2026-01-01,0.1\n,,VN,tea,2026-01-01,0.2",
            "rows 2 and 3: two rates of one kind of sale from 2026-01-01",
        ),
        (",,VN,,2026-01-01,8", "row 2: rate: Input should be less than 1"),
    ],
)
def test_a_vat_rate_that_cannot_be_meant_is_refused_with_its_row(home: Home, rows: str, sentence: str) -> None:
    home.vat_rates.write_text(f"source,account,market,product_line,valid_from,rate\n{rows}\n", encoding="utf-8")
    with pytest.raises(BadSettings) as refused:
        load_vat_rates(home)
    assert sentence in str(refused.value)


def test_an_account_s_prices_hold_vat_or_not_or_state_it(home: Home) -> None:
    text = home.accounts.read_text(encoding="utf-8")
    home.accounts.write_text(text.replace(",true,", ",stated,", 1), encoding="utf-8")
    assert [account.prices_include_vat for account in load_accounts(home).values()] == ["stated"]


def test_the_capital_letter_of_an_escape_is_no_capital_letter() -> None:
    rule = ChannelRule(channel="affiliate", source=r"\S+", medium=r"\pL\D*\P{Greek}", campaign="(?i)Sale")
    assert rule.source == r"\S+"


def test_a_home_without_channel_rules_has_none(home: Home) -> None:
    home.channel_rules.unlink()
    assert load_channel_rules(home) == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("radio,,,fm,,,", "no channel radio; there are paid_search"),
        ("email,,,(news,,,", "source: not a regular expression"),
        ("email,,,(?=news),,,", "source: not a regular expression"),
        ("affiliate,,,Accesstrade,,,", "source: has capital letters"),
        ("affiliate,,,,,Tết.*,", "write it in lower case"),
        ("other,,,,,,", "without a condition"),
    ],
)
def test_a_channel_rule_that_cannot_be_meant_is_refused_with_its_row(home: Home, row: str, sentence: str) -> None:
    home.channel_rules.write_text(f"channel,click_id,category,source,medium,campaign,is_ad\n{row}\n")
    with pytest.raises(BadSettings, match=r"channel_rules[.]csv, row 2: ") as refused:
        load_channel_rules(home)
    assert sentence in str(refused.value)


def test_an_account_opens_before_it_ends_and_its_whole_history_begins_no_later() -> None:
    opened = SHOP.model_copy(update={"history_start": None, "opened_on": dt.date(2026, 3, 1)})
    assert [opened.is_there(dt.date(2026, month, 1)) for month in (2, 3, 4)] == [False, True, True]
    ended = SHOP.model_copy(update={"ended_on": dt.date(2026, 3, 31)})
    assert [ended.is_there(dt.date(2026, 3, 31)), ended.is_there(dt.date(2026, 4, 1))] == [True, False]
    cells = SHOP.model_dump() | {"opened_on": dt.date(2024, 12, 31)}
    with pytest.raises(ValueError, match="history_start 2025-01-01 lies after opened_on 2024-12-31"):
        Account.model_validate(cells)
    with pytest.raises(ValueError, match="ended_on 2025-12-31 lies before opened_on 2026-01-01"):
        Account.model_validate(cells | {"opened_on": dt.date(2026, 1, 1), "ended_on": dt.date(2025, 12, 31)})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty; its first line names the columns"),
        (b"\xef\xbb\xbf\n", "empty; its first line names the columns"),
        ("source,account\n".encode("utf-16"), "UTF-16"),
        ("source,account\n".encode("utf-16-le"), "UTF-16"),
        (
            "source,account,name\ngoogle_ads,main,Tiếng\nmeta_ads,main,é\n".encode("cp1258", "replace"),
            "row 3: not UTF-8",
        ),
    ],
)
def test_accounts_that_are_no_text_of_this_kind_are_refused_as_such(home: Home, content: bytes, sentence: str) -> None:
    home.accounts.write_bytes(content)
    with pytest.raises(BadSettings, match=sentence):
        load_accounts(home)
