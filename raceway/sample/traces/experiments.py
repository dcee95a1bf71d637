"""Exposures of the A/B tests: Optimizely's decisions, and the result of GrowthBook's query.

Optimizely's export comes as Parquet for the first half and as JSON lines for the second; some decisions stand in
it twice, some came late and stand in the second file, too. GrowthBook's rows are one csv file.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from raceway.sample.invent.experiments import CAMPAIGN
from raceway.sample.traces.drop import Drop, table
from raceway.sample.world.chance import Chance
from raceway.sample.world.experiments import Exposure
from raceway.sample.world.things import SECOND, micros
from raceway.sample.world.world import World

_AGENT: Final = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) {}/131.0.0.0"
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_HEAD: Final = ["user_id", "anonymous_id", "timestamp", "experiment_id", "variation_id", "context_page_path",
                "context_user_agent"]  # fmt: skip
_ATTRIBUTE: Final = pa.struct([(name, pa.string()) for name in ("id", "name", "type", "value")])
_SCHEMA: Final = pa.schema(
    [
        ("uuid", pa.string()), ("timestamp", pa.int64()), ("process_timestamp", pa.int64()),
        ("account_id", pa.string()), ("visitor_id", pa.string()), ("session_id", pa.string()),
        ("campaign_id", pa.string()),
        ("experiment_id", pa.string()), ("variation_id", pa.string()), ("is_holdback", pa.bool_()),
        ("attributes", pa.list_(_ATTRIBUTE)), ("user_ip", pa.string()), ("user_agent", pa.string()),
        ("referer", pa.string()),
    ]
)  # fmt: skip


def write_experiments(world: World, inbox: Path) -> int:
    """Writes the exports of both tests; gives the number of files."""
    chance = Chance(world.seed, "experiment files")
    told = sorted(
        [*world.experiments.exposures, *world.experiments.noise],
        key=lambda one: (one.at, one.visitor, one.variation or ""),
    )
    files = _decisions(world, inbox, chance, [one for one in told if one.account == "vn-shop"])
    return files + _query_result(world, inbox, chance, [one for one in told if one.account == "vn-outlet"])


def _decisions(world: World, inbox: Path, chance: Chance, told: list[Exposure]) -> int:
    drop = Drop(inbox, "experiments", "vn-shop")
    middle = world.days[len(world.days) // 2]
    border = micros(world.moment(middle, 0))
    early: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for number, one in enumerate(told):
        row = _decision(world, one, number, chance)
        if one.at >= border:
            later += [row] * (2 if chance.hit(0.03) else 1)
        else:
            fate = chance.random()
            early += [row] * (2 if fate < 0.03 else 0 if fate > 0.98 else 1)
            later += [row] if fate > 0.96 else []
    folder = f"type=decisions/date={middle:%Y-%m-%d}/experiment=all"
    if early:
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(early, schema=_SCHEMA), buffer, compression="zstd")
        drop.put(f"{folder}/part-00000.parquet", buffer.getvalue(), world.moment(middle, 5))
    if later:
        lines = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in later)
        drop.put("decisions.jsonl", lines.encode("utf-8"), world.night)
    return drop.files


def _decision(world: World, one: Exposure, number: int, chance: Chance) -> dict[str, Any]:
    millis = one.at // 1_000
    name = uuid.uuid5(uuid.NAMESPACE_OID, f"{world.seed}/{number}/{one.visitor}/{one.at}")
    plan = {"id": "plan", "name": "plan", "type": "custom", "value": "member"}
    return {
        "uuid": str(name), "timestamp": millis, "process_timestamp": millis + chance.randrange(200, 4_000),
        "account_id": "20001", "visitor_id": one.visitor, "session_id": None, "campaign_id": CAMPAIGN,
        "experiment_id": one.experiment, "variation_id": one.variation, "is_holdback": one.is_holdback,
        "attributes": [plan] if chance.hit(0.2) else [], "user_ip": f"203.0.113.{chance.randrange(1, 255)}",
        "user_agent": _AGENT.format(one.browser), "referer": None,
    }  # fmt: skip


def _query_result(world: World, inbox: Path, chance: Chance, told: list[Exposure]) -> int:
    """One file of all rows; the warehouse holds some of them twice."""
    drop = Drop(inbox, "experiments", "vn-outlet")
    rows = []
    for one in told:
        moment = _EPOCH + dt.timedelta(seconds=one.at // SECOND, milliseconds=one.at % SECOND // 1_000)
        cells = [
            one.login or "", one.visitor, f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1_000:03d} UTC",
            one.experiment or "", one.variation or "", "/p", _AGENT.format(one.browser),
        ]  # fmt: skip
        rows += [cells] * (2 if chance.hit(0.03) else 1)
    if rows:
        drop.put("experiment_viewed.csv", table([_HEAD, *rows]).encode("utf-8"), world.night)
    return drop.files
