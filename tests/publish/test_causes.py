"""What two versions were made of is cut into causes, and led over from one to the other cause by cause."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.publish.causes import differing, in_order, write_frozen
from raceway.publish.made_of import FOLDER, made_of

EARLIER = {
    "program": "select 'p' as program",
    "settings": "select date '2026-03-02' as as_of, 'VND' as reporting_currency, 90 as churn_window_days",
    "accounts": "select 'ga4' as source, 'main' as account, 'VN' as market",
    "vat_rates": "select 'ga4' as source, 0.1 as rate",
    "batches": "select * from (values ('a', 'google_ads', 'campaign_daily', 'google_ads/a'), "
    "('m', 'plan', 'campaign_map', 'plan/m'), ('r', 'plan', 'fx_rates', 'plan/r'), ('t', 'plan', 'targets', 'plan/t')) "
    "as b(batch_id, source, table_name, path)",
    "scopes": "select 'google_ads' as source, 'campaign_daily' as table_name, 'a' as batch_id, '2026-03-01' as scope",
    "state_files": "select 'ga4' as source, 'events' as table_name, 'ga4/s' as path where false",
    "covered_days": "select 'google_ads' as source, 'campaign_daily' as table_name, date '2026-03-01' as day",
}


def version(folder: Path, **changed: str) -> Path:
    """A version's folder that keeps what it was made of: EARLIER, and the changed tables."""
    (folder / FOLDER).mkdir(parents=True)
    for table, select in (EARLIER | changed).items():
        duckdb.connect().sql(f"copy ({select}) to '{folder / FOLDER / f'{table}.parquet'}' (format parquet)")
    return folder


CHANGES = {
    "as_of": {"settings": EARLIER["settings"].replace("2026-03-02", "2026-03-03")},
    "settings": {"settings": EARLIER["settings"].replace("90", "60")},
    "rates": {"batches": EARLIER["batches"].replace("'r'", "'r2'")},
    "links": {"batches": EARLIER["batches"].replace("'m'", "'m2'")},
    "batches of google_ads": {"covered_days": f"{EARLIER['covered_days']} where false"},
    "batches of plan": {"batches": EARLIER["batches"].replace("'t'", "'t2'")},
    "program": {"program": "select 'q' as program"},
}


@pytest.mark.parametrize("cause", CHANGES)
def test_each_change_is_told_of_its_own_cause(tmp_path: Path, cause: str) -> None:
    before, after = version(tmp_path / "v1"), version(tmp_path / "v2", **CHANGES[cause])

    assert differing(made_of(before), made_of(before)) == []
    assert differing(made_of(before), made_of(after)) == [cause]


def test_accounts_and_vat_rates_have_causes_too(tmp_path: Path) -> None:
    before = version(tmp_path / "v1")
    after = version(
        tmp_path / "v2", accounts=f"{EARLIER['accounts']} where false", vat_rates="select 'x' as source, 0.2 as rate"
    )

    assert differing(made_of(before), made_of(after)) == ["settings", "rates"]


def test_the_order_of_causes_is_fixed() -> None:
    causes = ["batches of plan", "links", "batches of ga4", "rates", "settings", "as_of", "program"]
    expected = ["program", "as_of", "settings", "rates", "links", "batches of ga4", "batches of plan"]
    assert in_order(causes) == expected


def test_taking_every_cause_leads_from_one_version_to_the_other(tmp_path: Path) -> None:
    """A cause that is taken differs no more, whatever was taken before; the last leaves nothing that differs."""
    later = {
        "settings": EARLIER["settings"].replace("90", "60").replace("2026-03-02", "2026-03-03"),
        "batches": EARLIER["batches"].replace("'r'", "'r2'").replace("'a'", "'a2'").replace("'m'", "'m2'"),
    }
    before, after = version(tmp_path / "v1"), version(tmp_path / "v2", **later)
    home = Home(tmp_path / "home")
    left = differing(made_of(before), made_of(after))
    assert left == ["as_of", "settings", "rates", "links", "batches of google_ads"]
    taken: set[str] = set()
    while left:
        taken.add(left.pop(0))
        frozen = tmp_path / f"taken-{len(taken)}"
        with duckdb.connect() as connection:
            write_frozen(connection, home, made_of(before), made_of(after), taken)
            (frozen / FOLDER).mkdir(parents=True)
            for table in EARLIER:
                path = (
                    f"exclude (read_from) replace (replace(path, '{home.landing}/', '') as path)"
                    if table == "batches"
                    else ""
                )
                file = frozen / FOLDER / f"{table}.parquet"
                connection.execute(f"copy (select * {path} from frozen.{table}) to '{file}' (format parquet)")
        assert differing(made_of(frozen), made_of(after)) == left


def test_paths_lead_into_this_homes_landing(tmp_path: Path) -> None:
    before = version(tmp_path / "v1")
    with duckdb.connect() as connection:
        write_frozen(connection, Home(tmp_path / "moved"), made_of(before))
        paths = connection.execute("select min(path), min(read_from) from frozen.batches").fetchall()
    assert paths == [(f"{tmp_path}/moved/landing/google_ads/a",) * 2]
