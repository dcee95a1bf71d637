"""The semantic models are what the catalogue and the daily models say, and nothing is left out without a reason."""

from __future__ import annotations

from raceway.build.measures_on_facts import read_measures
from raceway.build.semantic_models import FILE, semantic_layer, semantic_yaml


def test_the_checked_in_semantic_models_are_what_the_catalogue_says() -> None:
    assert FILE.read_text(encoding="utf-8") == semantic_yaml()


def test_a_measure_of_one_fact_is_the_expression_of_its_daily_model() -> None:
    (clicks,) = read_measures().on_facts["ad_spend_with_clicks"]
    assert (clicks.fact, clicks.day, clicks.channel, clicks.market) == ("fct_reach_ads", "day", "channel", "market")
    assert (clicks.aggregate, clicks.expression) == ("sum", "CASE WHEN NOT clicks IS NULL THEN cost ELSE 0 END")


def test_a_measure_of_two_facts_is_the_sum_of_their_parts() -> None:
    parts = read_measures().on_facts["acquisition_cost"]
    assert [part.fact for part in parts] == ["fct_reach_ads", "fct_plan_cost"]
    assert parts[1].expression == "CASE WHEN is_acquisition THEN amount ELSE 0 END"


def test_a_condition_on_the_rows_goes_with_the_measure() -> None:
    (registrations,) = read_measures().on_facts["gathering_registrations"]
    assert registrations.where == "NOT is_cancelled"


def test_what_joins_several_facts_is_no_measure_of_one() -> None:
    told = read_measures()
    assert "order_fees" not in told.on_facts
    assert "`fct_convert_settlement`" in told.elsewhere["order_fees"]


def test_every_kpi_is_a_metric_or_says_why_it_is_none() -> None:
    layer = semantic_layer()
    assert len(layer.kpis) >= 122
    assert len(layer.kpis) + len(layer.missing) == 161
    assert all(len(why) > 20 for why in layer.missing.values())
