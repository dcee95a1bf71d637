"""What a required source must cover, by its own calendar. Days counted by hand; 2026-04-01 is a Wednesday."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from tests.support.dbt_story import Story

FRESH = "required_sources_are_fresh"


def story_of(folder: Path, newest: int, as_of: str, weekdays: tuple[str, ...]) -> Story:
    """A shop whose exports cover the days of March up to `newest`, one day behind where they are due."""
    story = Story(folder)
    story.account("shopify", "vn-shop")
    story.settings["as_of"] = as_of
    story.lists["required_lag_days.shopify"] = ["1"]
    if weekdays:
        story.lists["required_due_weekday.shopify"] = list(weekdays)
    story.rows_of["covered_days"] = [("shopify", "orders", "vn-shop", dt.date(2026, 3, newest))]
    story.freeze()
    with duckdb.connect(str(story.warehouse)) as connection:
        connection.execute("create table measures as select 'orders' as measure, 'all' as grains")
        connection.execute(
            "create table measure_sources as select 'orders' as measure, 'shopify' as source, 'orders' as table_name, "
            "'covers' as role"
        )
        connection.execute("create table race_kpi as select 1 as kpi")
    return story


@pytest.mark.parametrize(
    ("newest", "as_of", "weekdays", "due"),
    [
        (31, "2026-04-01", (), None),
        (30, "2026-04-01", (), 31),
        (29, "2026-04-01", ("0",), None),  # due on Mondays: the last was the 30th
        (28, "2026-04-01", ("0",), 29),
        (29, "2026-03-30", ("0",), None),  # on the Monday itself
        (29, "2026-04-01", ("0", "1"), 30),  # and on Tuesdays: the 31st
        (26, "2026-03-29", ("4",), None),  # Sunday, due on Fridays: the 27th
    ],
)
def test_a_source_is_asked_for_as_of_the_last_day_on_which_it_was_due(
    tmp_path: Path, newest: int, as_of: str, weekdays: tuple[str, ...], due: int | None
) -> None:
    told = [row["due_day"] for row in story_of(tmp_path, newest, as_of, weekdays).found(FRESH)]
    assert told == ([dt.date(2026, 3, due)] if due else [])
