"""One spelling for what looks the same, the same in Python, in landing's SQL and in the models'."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raceway.common.home import PROJECT
from raceway.common.texts import clean, text_macro


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Landing's macros, and `of_models`, the expression that the dbt macro gives."""
    with duckdb.connect() as made:
        made.execute(text_macro())
        source = (PROJECT.dbt_project / "macros" / "engine" / "text.sql").read_text(encoding="utf-8")
        render = jinja2.Environment().from_string(source + "{{ duckdb__cleaned('x') }}")
        made.execute(f"create temp macro of_models(x) as {render.render().strip()}")
        yield made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (unicodedata.normalize("NFD", "Đã hủy"), "Đã hủy"), ("ann@example.com\u00a0", "ann@example.com"),
        ("\u200bann@example.com", "ann@example.com"), ("ann@example.com\t", "ann@example.com"),
        ("\ufeffann@example.com", "ann@example.com"), ("Refunded\u200b Amount", "Refunded Amount"),
        ("\u3000Hè\u2009", "Hè"), ("e\u200b\u0301", "é"), ("\u202eabc\u202c", "abc"), ("so\u00adft", "soft"),
        ("two\r\nlines\n", "two\nlines"), ("three\rlines\u2028here", "three\nlines\nhere"), ("a\tb", "a b"), ("\x07bell", "bell"), ("Hè\u00a02026", "Hè\u00a02026"),
        ("\u200b\t\u00a0", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_looks_the_same_lands_the_same(text: str, expected: str) -> None:
    assert clean(text) == expected


# characters that this Python's tables know: those of a later Unicode compose and sort in newer tables only
_KNOWN = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0")
_TRAPS = st.sampled_from(
    list(
        "\t\r\n\x0b\x1f\x7f\x85\xa0\xad\u034f\u061c\u180e\u200b\u200d\u200e\u202e\u2060\ufeff\u2028\u3000\u0301\u0323\u031b aAeđĐ"
    )
)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(st.text(st.one_of(_KNOWN, _TRAPS), max_size=12), min_size=1, max_size=20))
def test_sql_and_python_clean_alike(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    rows = connection.execute(
        "select rw_text(t), of_models(t) from (select unnest($1::varchar[]) as t)", [texts]
    ).fetchall()
    assert rows == [(clean(text), clean(text)) for text in texts]
    assert all(clean(clean(text)) == clean(text) for text in texts)


def test_seeds_hold_clean_texts() -> None:
    seeds = sorted(Path(PROJECT.dbt_project / "seeds").rglob("*.csv"))
    assert len(seeds) > 3
    for seed in seeds:
        lines = seed.read_text(encoding="utf-8").split("\n")
        assert [n for n, line in enumerate(lines, 1) if clean(line) != line.strip()] == [], seed.name
