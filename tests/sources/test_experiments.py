"""Decisions of Optimizely and GrowthBook's exposure rows: what is special about their files."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from raceway.gate.batch_gate import check_batch
from raceway.reading.personal import Hasher
from tests.support.desk import Desk

DECIDED = "decision_id, cast(decided_at as varchar), visitor_id, experiment_id, variation_id, is_holdback"
DEVICE = "1718200000.1710470458"
EXPOSED = "anonymous_id, user_id_hash, cast(exposed_at as varchar), experiment_id, variation_id"


def decision(number: int, **more: Any) -> dict[str, Any]:
    """A decision of 15 March 2024, 02:40:58.123 UTC and as many seconds later."""
    return {
        "uuid": f"6f1c-{number:02d}", "timestamp": 1710470458123 + 1000 * number, "process_timestamp": 1710470460000,
        "visitor_id": DEVICE, "campaign_id": "210001", "experiment_id": "210002", "variation_id": "210003",
        "is_holdback": False, "user_ip": "203.0.113.77", "user_agent": "Mozilla/5.0 Chrome/131",
        "attributes": [{"id": "plan", "name": "plan", "type": "custom", "value": "an@example.com"}],
    } | more  # fmt: skip


ROWS = [decision(0), decision(1, experiment_id=None), decision(2, is_holdback=True, variation_id=None)]
LANDED = [
    ("6f1c-00", "2024-03-15 02:40:58.123", DEVICE, "210002", "210003", False),
    ("6f1c-01", "2024-03-15 02:40:59.123", DEVICE, None, "210003", False),
    ("6f1c-02", "2024-03-15 02:41:00.123", DEVICE, "210002", None, True),
]


def lines(*records: dict[str, Any]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def parquet(*records: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(records)), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(("name", "write"), [("part-00000.snappy.parquet", parquet), ("decisions.jsonl", lines)])
def test_decisions_land_alike_from_parquet_and_from_json_lines(desk: Desk, name: str, write: Any) -> None:
    outcome = desk.land_one(f"experiments/site/{name}", write(*ROWS), gate=check_batch)
    assert (outcome.status, list(outcome.tables), outcome.rows_refused) == ("landed", ["optimizely_decisions"], 0)
    assert desk.rows(outcome, DECIDED) == LANDED
    manifest = desk.batch(outcome.batches[0]).manifest
    assert (manifest["covers_from"], manifest["covers_to"]) == ("2024-03-15", "2024-03-15")


def test_of_an_address_its_network_lands_and_of_attributes_nothing(desk: Desk) -> None:
    outcome = desk.land_one("experiments/site/a.parquet", parquet(*ROWS))
    assert desk.rows(outcome, "ip_network, visitor_hash")[0] == ("203.0.113.0/24", Hasher(desk.home).id(DEVICE))
    everything = repr(desk.rows(outcome))
    assert "203.0.113.77" not in everything
    assert "@" not in everything


def test_a_visitor_s_id_lands_in_the_clear_only_where_it_is_a_device_s(desk: Desk) -> None:
    devices = [DEVICE, "oeu1710470458123r0.4812345", "6F9619FF-8B86-D011-B42D-00CF4FC964FF"]
    others = ["an@example.com", "0912345678", "an.nguyen", "1234567", "12.5"]
    content = lines(*(decision(number, visitor_id=text) for number, text in enumerate(devices + others)))
    outcome = desk.land_one("experiments/site/a.jsonl", content, gate=check_batch)
    hasher = Hasher(desk.home)
    assert desk.rows(outcome, "visitor_id, visitor_hash") == [
        *((text, hasher.id(text)) for text in devices), *((None, hasher.id(text)) for text in others),
    ]  # fmt: skip


def test_an_address_as_an_anonymous_id_lands_as_a_hash(desk: Desk) -> None:
    content = b"anonymous_id,timestamp,experiment_id,variation_id\nan@example.com,2026-03-04 09:00:00,cta,0\n"
    outcome = desk.land_one("experiments/site/a.csv", content, gate=check_batch)
    assert outcome.status == "landed", outcome.reason
    [(landed,)] = desk.rows(outcome, "anonymous_id")
    assert "example" not in landed
    assert len(landed) >= 32


def test_a_decision_without_a_time_is_refused_alone(desk: Desk) -> None:
    outcome = desk.land_one("experiments/site/a.jsonl", lines(decision(0), decision(1, timestamp="soon"), decision(2)))
    assert (outcome.rows_landed, outcome.rows_refused) == (2, 1)
    assert [(row[1], row[2]) for row in desk.quarantined(outcome)] == [("2", "timestamp")]


HEAD = "user_id,anonymous_id,received_at,experiment_id,variation_id,context_page_path"
KEYED = "user_id,anonymous_id,timestamp,received_at,experiment_id,variation_id"


@pytest.mark.parametrize(
    ("head", "moments"),
    [
        (HEAD, ("2026-03-04 09:00:00 UTC", "2026-03-04 09:00:00.250 UTC")),
        (HEAD, ("2026-03-04T09:00:00Z", "2026-03-04T16:00:00.250+07:00")),
        (KEYED, ("2026-03-04 09:00:00,2026-03-04 09:05:00", "2026-03-04 09:00:00.250,2026-03-04 09:05:00")),
    ],
)
def test_the_result_of_a_query_lands_with_the_moment_of_the_exposure(
    desk: Desk, head: str, moments: tuple[str, str]
) -> None:
    rows = [f",a-1,{moments[0]},cta,0", f"u-7,a-1,{moments[1]},cta,control"]
    end = ",/sale" if head is HEAD else ""
    outcome = desk.land_one(
        "experiments/site/q.csv", "\n".join([head, *(row + end for row in rows)]) + "\n", gate=check_batch
    )
    assert outcome.status == "landed", outcome.reason
    assert desk.rows(outcome, EXPOSED) == [
        ("a-1", None, "2026-03-04 09:00:00", "cta", "0"),
        ("a-1", Hasher(desk.home).id("u-7"), "2026-03-04 09:00:00.25", "cta", "control"),
    ]
    assert desk.batch(outcome.batches[0]).manifest["findings"] == []


def test_exposures_land_from_json_lines_too(desk: Desk) -> None:
    row = {"user_id": 7, "anonymous_id": None, "received_at": "2026-03-04T09:00:00.250Z", "experiment_id": "cta",
           "variation_id": 1}  # fmt: skip
    outcome = desk.land_one("experiments/site/q.jsonl", lines(row))
    assert (outcome.status, list(outcome.tables)) == ("landed", ["exposures"]), outcome.reason
    assert desk.rows(outcome, EXPOSED) == [
        (None, Hasher(desk.home).id("7"), "2026-03-04 09:00:00.25", "cta", "1")
    ]  # fmt: skip


def test_results_per_variation_are_a_known_report_that_is_not_landed(desk: Desk) -> None:
    outcome = desk.land_one("experiments/site/r.csv", "experiment_id,variation_id,units,purchases\ncta,0,1000,31\n")
    assert (outcome.status, "aggregated experiment results" in outcome.reason) == ("refused", True)
