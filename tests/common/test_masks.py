"""Addresses and numbers are masked in what is quoted; dates, ids, hashes and amounts are not."""

from __future__ import annotations

import duckdb
import pytest

from raceway.common.masks import mask_macros, masked, quoted_cell

NAMES = [
    ("an.tran@example.com", "[email]"),
    ("Tran An <An.Tran@Example.co.uk>, 2 x", "Tran An <[email]>, 2 x"),
    ("https://s.example/?email=an%40example.com&x=1", "https://s.example/?email=[email]&x=1"),
    ("?utm_content=an@example.com", "?utm_content=[email]"),
    ("gọi 0912345678", "gọi [phone]"),
    ("0912 345 678 / 0987.654.321", "[phone] / [phone]"),
    ("0912345678 0987654321", "[phone] [phone]"),
    ("(028) 3822 1234", "[phone]"),
    ("0283 822 1234x", "0283 822 1234x"),
    ("02838221234", "[phone]"),
    ("+84 912 345 678", "[phone]"),
    ("tel=%2B84912345678", "tel=[phone]"),
    ("+1 (415) 555-2671", "[phone]"),
]
OTHERS = [
    "2026-03-04 10:00:00", "03/04/2026 10:00", "03-04-2026 10:00", "04.03.2026 10:00:00", "0.912345678", "1,091,234,567",
    "20260301T040000Z-0912345678ab", "GA1.1.1234567890.1700000000", "Combo 2 @ 5.000đ", "@handle", "#1001",
    "a0912345678", "84912345678", "8934567890123", "gclid=Cj0KCQ0912345678x", "",
]  # fmt: skip


def _in_sql(text: str) -> str:
    with duckdb.connect() as connection:
        for statement in mask_macros():
            connection.execute(statement)
        [(found,)] = connection.execute("select rw_spared($1)", [text]).fetchall()
    return str(found)


@pytest.mark.parametrize(("text", "shown"), NAMES)
def test_addresses_and_numbers_are_masked_alike_in_python_and_in_sql(text: str, shown: str) -> None:
    assert (masked(text), _in_sql(text)) == (shown, shown)


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert (masked(text), _in_sql(text)) == (text, text)


def test_a_quoted_cell_is_one_line_and_short() -> None:
    assert quoted_cell("a\n b  an@example.com") == "“a b [email]”"
    assert quoted_cell("84912345678") == "“[phone]”"
    assert quoted_cell("x" * 100) == f"“{'x' * 60}…”"
