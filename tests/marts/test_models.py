"""The rules of the measure and mart models, as dbt's own unit tests and on small real warehouses."""

from __future__ import annotations

from typing import Any


def test_every_unit_test_of_measures_and_mart_passes(mart: Any) -> None:
    mart.build()
    result = mart.build(command="test", select="path:models/measures,test_type:unit path:models/marts,test_type:unit")
    verdicts = {node.node.name: node.status for node in result.result}
    print(len(verdicts))
    assert len(verdicts) >= 17
    assert set(verdicts.values()) == {"pass"}
