"""What people wrote is scored, then masked; an IP and a birth date land coarse, the latter with consent only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from raceway.common.faults import BadContract
from raceway.common.home import Home
from raceway.contracts.load import load_contract
from raceway.reading.free_text import coarse_date_sql, coarse_ip_sql, masked_sql, prepare, sentiment_sql
from raceway.reading.macros import make_macros
from tests.support.desk import Desk

CONTRACT = """
version: 2
sources:
  - name: voices
    description: What people say.
    schema: landing
    config: {meta: {owner: care}}
    tables:
      - name: notes
        description: One row per note.
        config: {meta: {formats: [csv, json], scope: {kind: entities, keys: [note]}}}
        columns:
          - name: note
            description: Id.
            data_type: varchar
            config: {meta: {aliases: [Note], path: note}}
          - name: said
            description: What was said, masked.
            data_type: varchar
            config: {meta: {aliases: [Said], path: said, free_text: true, optional: true}}
          - name: feeling
            description: Its sentiment, -1 to 1.
            data_type: double
            config: {meta: {sentiment_of: said}}
          - name: network
            description: Coarse IP.
            data_type: varchar
            config: {meta: {aliases: [IP], path: ip, coarse: ip, optional: true}}
          - name: agreed
            description: Consent.
            data_type: boolean
            config: {meta: {aliases: [Agreed], path: agreed, optional: true, words: {sure: "yes"}}}
          - name: born
            description: Year of birth.
            data_type: varchar
            config: {meta: {aliases: [Year, Born], path: born, coarse: year, only_with: agreed, optional: true}}
          - name: born_in
            description: Month of birth.
            data_type: varchar
            config: {meta: {aliases: [Month, Born], path: born, coarse: month, only_with: agreed, optional: true}}
"""
WRITTEN = "Rất tốt! Gọi 0912 345 678, an@example.com"
MASKED = "Rất tốt! Gọi [phone], [email]"


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("voices"))
    write_contract(home, CONTRACT)
    with duckdb.connect() as made:
        make_macros(made)
        prepare(made, load_contract("voices", home).table("notes"))
        yield made


def write_contract(home: Home, text: str) -> None:
    path = home.sources / "voices" / "_voices__sources.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def value(connection: duckdb.DuckDBPyConnection, sql: str, text: str | None) -> object:
    row = connection.execute(f"select {sql}", [text]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good", 0.6), ("EXCELLENT!!!", 1.0), ("bad", -0.6), ("very good", 0.9), ("a bit slow", -0.3),
        ("not good", -0.6), ("It isn’t good", -0.6), ("not very good", -0.6), ("not bad", 0.6),
        ("I don't think it is good", -0.6), ("no problems, great service", 0.6), ("not only good but great", 0.6),
        ("The food was excellent but the delivery was slow.", 0.2), ("👍", 0.6), ("it never arrived", -0.6),
        ("Rất tốt", 0.9), ("tốt lắm", 0.9), ("hài lòng", 0.6), ("không hài lòng", -0.6), ("chất lượng không tốt", -0.6),
        ("không tệ", 0.6), ("thất vọng", -0.6), ("chưa bao giờ thất vọng", 0.6), ("hơi chậm nhưng đẹp", 0.15),
        ("san pham tuyet voi", 1.0), ("that vong", -0.6), ("không chỉ đẹp mà còn bền", 0.6), ("lừa đảo", -1.0),
        ("tuye\u0323\u0302t vo\u031b\u0300i", 1.0),
        ("vui lòng gọi lại", None), ("a table", None), ("", None), ("   ", None), (None, None), ("5", None),
    ],
)  # fmt: skip
def test_a_text_has_the_sentiment_of_its_words(
    connection: duckdb.DuckDBPyConnection, text: str | None, expected: float | None
) -> None:
    assert value(connection, sentiment_sql("$1"), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WRITTEN, MASKED), ("mail an.nguyen+x@mail.example.com.", "mail [email]."), ("AN@EX.VN,b＠c.vn", "[email],[email]"),
        ("an @ example.com", "[email]"), ("Nguyễn.an@công-ty.vn", "[email]"), ("+84 (912) 345-678", "[phone]"),
        ("0912.345.678", "[phone]"), ("(212) 555-0100", "[phone]"), ("call 555-0100", "call [phone]"),
        ("1 800 555 0199", "[phone]"), ("84912345678", "[number]"), ("order #1234567 of 12345", "order #[number] of 12345"),
        ("0912,345,678", "[phone]"), ("0912💩345💩678", "[phone]"), ("1,000,000,000đ", "1,000,000,000đ"),
        ("email=a%40b.vn", "[email]"), ("０９１２３４５６７８", "[number]"), ("0\u200b912345678", "[phone]"), ("5/5, 10:30, 1.500.000đ", "5/5, 10:30, 1.500.000đ"),
        ("nothing to hide", "nothing to hide"), (None, None),
    ],
)  # fmt: skip
def test_addresses_phones_and_long_numbers_are_masked(
    connection: duckdb.DuckDBPyConnection, text: str | None, expected: str | None
) -> None:
    assert value(connection, masked_sql("$1"), text) == expected


def test_masking_leaves_no_address_and_no_long_number(connection: duckdb.DuckDBPyConnection) -> None:
    phones = ["0912345678", "+84 912 345 678", "0912-345-678", "(0912) 345 678", "84.912.345.678", "00 84 912345678"]
    mails = ["an@example.com", "An.Nguyen+1@sub.example.co.uk", "ẩn_danh@ví-dụ.vn"]
    for before in ("", "call ", "call:", "(", "«", "x"):
        for after in ("", ".", ", ok", ")", " 12", "!"):
            for secret in phones + mails:
                left = str(value(connection, masked_sql("$1"), f"{before}{secret}{after}"))
                assert not re.search(r"\w@|\d{6}|\d{3}\D?\d{3}\D?\d{3}", left), (before, secret, after, left)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"), (" 10.20.30.40, 1.1.1.1", "10.20.30.0/24"), ("1.2.3.4:443", "1.2.3.0/24"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::/48"), ("2001:0DB8:0:0:0:0:0:1", "2001:db8:0::/48"),
        ("::1", "0:0:0::/48"), ("fe80::1%eth0", "fe80:0:0::/48"), ("::ffff:1.2.3.4", "1.2.3.0/24"),
        ("::ffff:cb00:714d", "203.0.113.0/24"), ("0:0:0:0:0:FFFF:0102:0304", "1.2.3.0/24"),
        ("unknown", None), ("an@example.com", None), ("1:2:3", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_an_ip_is_coarsened_and_anything_else_dropped(
    connection: duckdb.DuckDBPyConnection, text: str | None, expected: str | None
) -> None:
    assert value(connection, coarse_ip_sql("$1"), text) == expected


@pytest.fixture
def voices(desk: Desk) -> Desk:
    write_contract(desk.home, CONTRACT)
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        file.write("voices,care,care,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,\n")
    return desk


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n.csv", f'Note,Said,IP\n1,"{WRITTEN}",203.0.113.77\n2,,\n3,a table,x\n'),
        ("n.json", f'{{"note": "1", "said": "{WRITTEN}", "ip": "203.0.113.77"}}\n{{"note": "2"}}\n'
                   '{"note": "3", "said": "a table", "ip": "x"}'),
        ("n.csv", f'Note,Said,IP\n1,"{WRITTEN}",203.0.113.77\n2,N/A,\n3,a table,x\n'),
    ],
    ids=["strict csv", "json", "csv with null tokens"],
)  # fmt: skip
def test_texts_land_masked_with_the_sentiment_of_the_raw_text(voices: Desk, name: str, content: str) -> None:
    outcome = voices.land_one(f"voices/care/{name}", content)
    assert outcome.status == "landed", outcome.reason
    assert voices.rows(outcome, "note, said, feeling, network") == [
        ("1", MASKED, 0.9, "203.0.113.0/24"),
        ("2", None, None, None),
        ("3", "a table", None, None),
    ]
    assert outcome.rows_refused == 0


def test_a_sentiment_without_its_text_is_empty(voices: Desk) -> None:
    assert voices.rows(voices.land_one("voices/care/n.csv", "Note\n1\n"), "feeling") == [(None,)]


@pytest.mark.parametrize(
    ("text", "year", "month"),
    [
        ("1990-06-15", "1990", "6"), ("15/06/1990", "1990", "6"), ("1990", "1990", None), ("06", "?", "6"),
        ("1990-06-15 00:00:00", "1990", "6"), ("31/02/1990", "?", "?"), ("an@example.com", "?", "?"),
        ("0190-06-15", "?", "?"), ("", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_of_a_date_its_year_and_its_month_land_alone(
    connection: duckdb.DuckDBPyConnection, text: str | None, year: str | None, month: str | None
) -> None:
    assert value(connection, coarse_date_sql("$1", "year", ("%d/%m/%Y",)), text) == year
    assert value(connection, coarse_date_sql("$1", "month", ("%d/%m/%Y",)), text) == month


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n.csv", "Note,Born,Agreed\n1,1990-06-15,yes\n2,1990-06-15,no\n3,1990-06-15,\n4,,sure\n5,soon,Sure\n"),
        ("n.json", '{"note": "1", "born": "1990-06-15", "agreed": true}\n'
                   '{"note": "2", "born": "1990-06-15", "agreed": false}\n{"note": "3", "born": "1990-06-15"}\n'
                   '{"note": "4", "agreed": "sure"}\n{"note": "5", "born": "soon", "agreed": "yes"}'),
        ("n.csv", "Note,Born,Agreed\n1,1990-06-15,yes\n2,1990-06-15,no\n3,1990-06-15,N/A\n4,,sure\n5,soon,yes\n"),
    ],
    ids=["strict csv", "json", "csv with null tokens"],
)  # fmt: skip
def test_without_a_yes_beside_it_nothing_of_a_birth_date_lands(voices: Desk, name: str, content: str) -> None:
    outcome = voices.land_one(f"voices/care/{name}", content)
    assert outcome.status == "landed", outcome.reason
    assert voices.rows(outcome, "note, agreed, born, born_in") == [
        ("1", True, "1990", "6"), ("2", False, None, None), ("3", None, None, None), ("4", True, None, None),
        ("5", True, "?", "?"),
    ]  # fmt: skip
    assert outcome.rows_refused == 0


def test_where_nobody_is_asked_nothing_of_a_birth_date_lands(voices: Desk) -> None:
    outcome = voices.land_one("voices/care/n.csv", "Note,Year,Month\n1,1990,6\n")
    assert voices.rows(outcome, "born, born_in") == [(None, None)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("sentiment_of: said", "sentiment_of: saying", "sentiment_of names saying"),
        ("sentiment_of: said", "sentiment_of: feeling", "it is no text of the cells"),
        ("data_type: double", "data_type: varchar", "write `data_type: double`"),
        ("free_text: true", "free_text: true, hash: id", "no hash"),
        ("coarse: year, only_with: agreed", "coarse: year, only_with: said", "it is no yes or no of the cells"),
        ("coarse: year, only_with: agreed", "coarse: year, only_with: asked", "only_with names asked"),
    ],
)
def test_a_contract_whose_columns_look_at_the_wrong_ones_is_refused(
    voices: Desk, old: str, new: str, sentence: str
) -> None:
    write_contract(voices.home, CONTRACT.replace(old, new))
    with pytest.raises(BadContract, match=sentence):
        load_contract("voices", voices.home)
