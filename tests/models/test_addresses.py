"""What the signs of an address (`%20`, `+`) stand for, as models read them on DuckDB."""

from __future__ import annotations

import duckdb
import jinja2
import pytest

from raceway.common.home import PROJECT


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("summer+sale%20%C3%A9t%C3%A9", "summer sale été"),
        ("100%+cotton", "100% cotton"),
        ("%E9t%E9+sale", "%E9t%E9+sale"),  # an old site's Latin-1: no UTF-8
        (None, None),
    ],
)
def test_signs_of_an_address_are_read_and_those_that_are_no_utf8_stay(written: str | None, meant: str | None) -> None:
    source = (PROJECT.dbt_project / "macros" / "engine" / "text.sql").read_text(encoding="utf-8")
    select = jinja2.Environment().from_string(source + "{{ duckdb__url_decoded('x') }}").render().strip()
    assert duckdb.execute(f"select {select} from (select cast(? as varchar) as x)", [written]).fetchone() == (meant,)
