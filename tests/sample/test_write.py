"""A sample is as large and as rich as promised, and leaves a company's own home alone."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings
from raceway.common.home import PROJECT
from raceway.common.kpi_formula import measures_of
from raceway.common.stages import RACE_STAGES
from raceway.config.accounts import Account, load_accounts, load_exclusions, load_holidays
from raceway.config.init import init_home
from raceway.contracts.load import load_contract
from raceway.reading.shape import normal
from raceway.sample.invent.everything import invent_world
from raceway.sample.traces.google_ads import write_google_ads
from raceway.sample.traces.meta_ads import write_meta_ads
from raceway.sample.traces.search_console import write_search_console
from raceway.sample.traces.shopify import write_shopify
from raceway.sample.world.seasons import TET, demand, holidays
from raceway.sample.write import write_sample
from tests.sample.conftest import LAST, Written


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_default_sample_has_enough_events_and_orders(sample: Written) -> None:
    assert sample.summary.events >= 100_000
    assert sample.summary.orders >= 5_000
    assert (sample.summary.last - sample.summary.first).days == 89
    assert (sample.summary.first - sample.summary.history_start).days == 400
    accounts = load_accounts(sample.home)
    assert {accounts[key].history_start for key in (("shopify", "vn-shop"), ("square", "us-store"))} == {
        sample.summary.history_start
    }


def test_the_truth_has_every_kpi_and_varies(sample: Written) -> None:
    seeds = PROJECT.dbt_project / "seeds"
    fed = {row["measure"] for row in read(seeds / "measure_sources.csv")}
    computable = {row["kpi"] for row in read(seeds / "kpi_catalog.csv") if fed.issuperset(measures_of(row))}
    assert {row["kpi"] for row in read(sample.home.truth / "kpis.csv")} == computable
    assert len(computable) >= 61
    shown = defaultdict(set)
    days: Counter[str] = Counter()
    for row in read(sample.home.truth / "measures.csv"):
        if row["value"]:  # else nobody can know it
            shown[row["measure"]].add(row["value"])
            days[row["measure"]] += (row["period"], row["channel"], row["market"]) == ("day", "all", "all")
    for row in read(PROJECT.dbt_project / "seeds" / "measures.csv"):
        if row["measure"] in shown and (row["additivity"], row["grains"]) == ("sum", "all"):
            values = shown[row["measure"]]
            is_rare = max(float(value) for value in values) < 200  # a post of an influencer, a trial
            # messages go out once a week
            wanted = 3 if is_rare or row["stage"] == "plan" else min(20, days[row["measure"]])
            assert len(values) >= wanted, row["measure"]


def test_each_channel_occurs(sample: Written) -> None:
    rows = [row for row in read(sample.home.truth / "measures.csv") if row["measure"] == "sessions"]
    assert {row["channel"] for row in rows} == {
        "all", "paid_search", "paid_social", "paid_video", "display", "cross_network", "organic_search",
        "organic_social", "email", "sms_chat", "referral", "referral_program", "affiliate", "influencer",
        "marketplace", "direct", "other",
    }  # fmt: skip
    assert {row["market"] for row in rows} == {"all", "VN", "US", "SG"}


def test_an_order_changes_between_exports(sample: Written) -> None:
    seen = defaultdict(set)
    tags = set()
    for path in sorted(sample.home.inbox.glob("shopify/vn-shop/*/*.csv")):
        for row in read(path):
            if row["Financial Status"]:
                seen[row["Name"]].add(row["Refunded Amount"])
                tags.add(row["Tags"])
    assert any(len(amounts) > 2 for amounts in seen.values())
    assert {"cod_refused", "Bom Hàng"} <= {tag for text in tags for tag in text.split(", ")}


def test_a_fresh_home_is_filled(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    write_sample(home, days=14, scale=0.02, end=LAST)
    assert ("square", "us-store") in load_accounts(home)
    assert {row.kind for row in load_exclusions(home)} > {"order", "email", "browser"}
    assert any(row.name.startswith("Tết") for row in load_holidays(home))


def test_a_company_s_own_home_is_left_alone(tmp_path: Path) -> None:
    own = Account(source="shopify", account="mine", name="Mine", market="VN", time_zone="Asia/Tokyo", currency="JPY")
    home = init_home(tmp_path / "home", accounts=[own])
    with pytest.raises(BadSettings, match=r"make the sample in a new home"):
        write_sample(home, days=14, scale=0.02, end=LAST)
    assert list(home.inbox.iterdir()) == []


def test_settings_of_another_zone_are_refused_by_name(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    text = home.settings.read_text().replace('zone = "Asia/Ho_Chi_Minh"', 'zone = "Europe/Paris"')
    home.settings.write_text(text)
    with pytest.raises(BadSettings, match=r"business\.zone.*Asia/Ho_Chi_Minh.*Europe/Paris"):
        write_sample(home, days=14, scale=0.02, end=LAST)


def test_too_few_days_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="--days 14"):
        write_sample(init_home(tmp_path / "home"), days=13)


def test_a_sample_ends_yesterday_unless_told_otherwise(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    before = dt.datetime.now(tz=dt.timezone(dt.timedelta(hours=7))).date()
    summary = write_sample(home, days=14, scale=0.02)
    after = dt.datetime.now(tz=dt.timezone(dt.timedelta(hours=7))).date()
    assert before <= summary.as_of <= after
    assert summary.last == summary.as_of - dt.timedelta(days=1)


def test_progress_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    write_sample(init_home(tmp_path / "home"), days=14, scale=0.02, end=LAST, progress=said.append)
    assert said[0].startswith("inventing")
    assert "working out the truth" in said


def test_demand_falls_at_tet_and_rises_on_sale_days() -> None:
    assert demand(TET[2026]) < 0.5 < demand(dt.date(2026, 3, 4)) < 1.5 < demand(dt.date(2026, 11, 11))
    assert [row.name for row in holidays(dt.date(2026, 11, 1), dt.date(2026, 11, 30))] == ["Sale 11.11"]


def test_the_plan_aims_at_thirty_kpis_and_more_in_all_six_stages(small: Written) -> None:
    aimed = {(row["kpi"], row["period"]) for row in read(small.home.inbox / "plan/company/targets.csv")}
    stages = {row["kpi"]: row["stage"] for row in read(PROJECT.dbt_project / "seeds" / "kpi_catalog.csv")}
    assert len({kpi for kpi, _ in aimed}) >= 30
    assert {stages[kpi] for kpi, _ in aimed} == set(RACE_STAGES)
    assert {period for _, period in aimed} == {"month", "quarter", "cycle"}


def test_the_templates_have_the_columns_of_the_plan_files(small: Written) -> None:
    folder = PROJECT.root / "docs" / "templates"
    for name in ("targets", "budgets", "costs", "fx_rates", "initiatives"):
        header = next(line for line in (folder / f"{name}.csv").read_text().splitlines() if not line.startswith("#"))
        assert header == (small.home.inbox / f"plan/company/{name}.csv").read_text().splitlines()[0]
    template = (folder / "nps_invitations.csv").read_text().splitlines()
    invitations = small.file("nps/vn-shop/invitations*.csv").read_text().splitlines()
    assert invitations[0] in template


def test_the_templates_of_followers_and_mentions_name_what_their_contracts_read() -> None:
    for name, source, table in (
        ("social_follower_counts", "social", "follower_counts"),
        ("listening_brand24", "listening", "brand24"),
    ):
        lines = (PROJECT.root / "docs" / "templates" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        header = next(line for line in lines if not line.startswith("#")).split(",")
        aliases = [
            [normal(alias) for words in column.meta.aliases.values() for alias in words]
            for column in load_contract(source).table(table).columns
        ]
        assert all(any(normal(name) in words for words in aliases) for name in header)
        vietnamese = next(line for line in lines if "Vietnamese headers" in line).split(": ", 1)[1].rstrip(".")
        assert all(any(normal(name) in words for words in aliases) for name in vietnamese.split(", "))


def test_without_traps_the_same_people_come_in_plain_files(tmp_path: Path) -> None:
    ugly = ("(1)", ".zip", "_2.csv", "campaign_stats", "Ads-")
    worlds, names = {}, {}
    for traps in (True, False):
        world = worlds[traps] = invent_world(21, 0.05, 7, LAST, traps=traps)
        for write in (write_google_ads, write_meta_ads, write_shopify, write_search_console):
            write(world, tmp_path / str(traps))
        names[traps] = [path.name for path in (tmp_path / str(traps)).rglob("*") if path.is_file()]

    assert any(sign in name for name in names[True] for sign in ugly)
    assert not any(sign in name for name in names[False] for sign in ugly)
    assert [order.id for order in worlds[False].orders] == [order.id for order in worlds[True].orders]
    accounts = [(report.source, report.account) for report in worlds[False].ad_reports]
    assert sorted(accounts) == sorted({(report.source, report.account) for report in worlds[True].ad_reports})
