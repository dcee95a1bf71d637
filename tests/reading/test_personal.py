"""Personal data lands as keyed hashes and stands in the clear nowhere but in archive and quarantine."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raceway.common.faults import BadSettings
from raceway.config.init import init_home
from raceway.reading import personal
from raceway.reading.macros import make_macros
from raceway.reading.personal import Hasher, give_key, hash_sql, normal_phone
from tests.support.desk import Desk


@pytest.mark.parametrize(
    ("text", "market", "expected"),
    [
        ("+84 912 345 678", "VN", "+84912345678"), ("'+84912345678", "VN", "+84912345678"),
        ("0912345678", "VN", "+84912345678"), ("912345678", "VN", "+84912345678"), ("912345678.0", "VN", "+84912345678"),
        ("84912345678", "VN", "+84912345678"), ("849123456", "VN", "+84849123456"), ("0084912345678", "VN", "+84912345678"),
        ("(212) 555-0100", "US", "+12125550100"), ("12125550100", "US", "+12125550100"), ("2125550100", "US", "+12125550100"),
        ("+44 20 7946 0018", "US", "+442079460018"), ("020 7946 0018", "GB", "+442079460018"), ("none", "VN", ""),
        ("+353 (0)1 234 5678", "VN", "+35312345678"), ("01 234 5678", "IE", "+35312345678"),
        ("0044 (0)20 7946 0018", "VN", "+442079460018"), ("0912345678\t", "VN", "+84912345678"),
        ("\u200b0912\u00a0345\u00a0678", "VN", "+84912345678"), ("912345678.00", "VN", "+84912345678"),
    ],
)  # fmt: skip
def test_phones_become_e164_by_the_market(text: str, market: str, expected: str) -> None:
    assert normal_phone(text, market) == expected


@pytest.mark.parametrize(
    "text",
    ["8.49E+10", "8,49123E+10", "84912E6", "912345678.5", "84912345678,25", "12", "0912", "091234", "+84 12345",
     "0000000000", "+84 000 000 000", "1111111111", "0123456789", "123456789", "0912345678 / 0987654321", "''",
     "0912345678 ext 5", "0912345678x5", "(212) 555-0100 Ext. 12", "02438123456 máy lẻ 101", "(024) 3812 3456 (ext. 12)", "+84 24 3812 3456 #7"],
)  # fmt: skip
def test_what_is_no_number_of_anybody_names_nobody(text: str) -> None:
    assert normal_phone(text, "VN") == ""


def test_a_phone_column_is_planned_at_once(hashing: duckdb.DuckDBPyConnection) -> None:
    """A step that is written out wherever later ones name it makes a select that takes seconds to plan."""
    began = time.process_time()
    hashing.execute(f"select {hash_sql('p', 'phone', 'VN')} from (select unnest(['0912345678']) as p)").fetchall()
    assert time.process_time() - began < 0.5


@settings(max_examples=200, deadline=None)
@given(phones=st.lists(st.text("0123456789+()-. ',eE\t\u00a0", max_size=18), min_size=1, max_size=20))
def test_sql_and_python_read_phones_alike(hashing: duckdb.DuckDBPyConnection, phones: list[str]) -> None:
    for market in ("VN", "US", "IE", "ZZ"):
        code, length = personal._PHONE_PLANS.get(market, ("", 0))
        rows = hashing.execute(
            f"select rw_phone(p, '{code}', {length}) from (select unnest($1::varchar[]) as p)", [phones]
        ).fetchall()
        assert rows == [(normal_phone(phone, market),) for phone in phones]


@pytest.fixture(scope="module")
def hashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        make_macros(connection)
        give_key(connection, init_home(tmp_path_factory.mktemp("home")))
        yield connection


def test_sql_and_python_hash_alike(desk: Desk) -> None:
    hasher = Hasher(desk.home)
    phones = ["+84 912 345 678", "'0912345678", "912345678.0", "849123456", "0084912345678", "84912345678", "12"]
    with duckdb.connect() as connection:
        make_macros(connection)
        give_key(connection, desk.home)
        for market in ("VN", "US", "ZZ"):
            for phone in phones:
                row = connection.execute(f"select {hash_sql('$1', 'phone', market)}", [phone]).fetchone()
                said = hasher.phone(phone, market) if normal_phone(phone, market) else None
                assert row == (said,), (phone, market)
        assert connection.execute(f"select {hash_sql('$1', 'email', 'VN')}", [" An@Example.com "]).fetchone() == (
            hasher.email("an@example.com"),
        )
        assert connection.execute(f"select {hash_sql('$1', 'id', 'VN')}", [" u-1 "]).fetchone() == (hasher.id("u-1"),)
        assert connection.execute(f"select {hash_sql('$1', 'email', 'VN')}", ["  "]).fetchone() == (None,)


def test_the_hash_is_hmac_sha_256_under_the_homes_key(desk: Desk) -> None:
    key = desk.home.hash_key.read_text(encoding="utf-8").strip().encode()
    expected = hmac.new(key, b"an@example.com", hashlib.sha256).hexdigest()
    assert Hasher(desk.home).email("AN@example.com") == expected


def test_a_missing_key_is_never_made_anew(desk: Desk) -> None:
    desk.home.hash_key.unlink()
    with pytest.raises(BadSettings, match="Put the key back from a backup"):
        Hasher(desk.home)


def test_nothing_personal_lands_in_the_clear(desk: Desk) -> None:
    secrets = ["an.nguyen", "912345678", "Nguyễn Văn An", "Ngõ Huế", "member-77", "rượu vang"]
    head = (
        "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
        "Billing Name,Billing Address1,Phone,Notes\n"
    )
    desk.land_one(
        "shopify/shop/orders_export.csv",
        head + "#1,An.Nguyen@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10,Nguyễn Văn An,Ngõ Huế,"
        "0912345678,rượu vang\n"
        "#2,an.nguyen@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,x,Giày,10,Nguyễn Văn An,Ngõ Huế,,\n"
        "#3,broken an.nguyen@example.com\n"
        + "".join(f"#{n},,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10,,,,\n" for n in range(4, 9)),
    )
    desk.land_one(
        "square/till/items-2026-03-01-2026-03-02.csv",
        "Date,Time,Time Zone,Item,Qty,Gross Sales,Net Sales,Transaction ID,Event Type,Customer ID,Customer Name\n"
        "2026-03-01,10:00:00,Hanoi,Tea,1,$8.00,$8.00,T1,Payment,member-77,Nguyễn Văn An\n",
    )
    written = [path for path in desk.home.landing.rglob("*") if path.is_file()]
    assert len(written) > 6
    for path in written:
        data = path.read_bytes()
        if path.suffix == ".parquet":  # pages are packed: look at the values
            with duckdb.connect() as connection:
                data = str(connection.execute(f"from read_parquet('{path}')").fetchall()).encode()
        for secret in secrets:
            assert secret.lower().encode() not in data.lower(), (path, secret)


def test_one_person_has_one_hash_in_shop_and_list(desk: Desk) -> None:
    shop = desk.land_one(
        "shopify/shop/orders_export.csv",
        "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Phone\n"
        "#1,An@Example.com ,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10,'+84912345678\n",
    )
    members = desk.land_one(
        "mailchimp/list/subscribed_members_export_a1.csv", "Email Address,OPTIN_TIME\nan@example.com,\n"
    )
    assert desk.rows(shop, "email_hash") == desk.rows(members, "email_hash")
    assert desk.rows(shop, "phone_hash") == [(Hasher(desk.home).phone("0912345678", "VN"),)]
