"""An assistant's client reads the mart over standard input and output, as it is published when it asks."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

from tests.support.tiny_mart import publish_tiny, tiny_home


def test_a_client_reads_definitions_values_and_rows_and_follows_a_new_version(tmp_path: Path) -> None:
    home = tiny_home(tmp_path / "home")
    (tmp_path / "secret.csv").write_text("line\nsecret\n", encoding="utf-8")
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "raceway.console.cli", "--home", str(home.root), "serve", "--mcp"]
    )

    async def talk() -> None:
        async with Client(server) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            assert tools == {"list_kpis", "get_kpi", "get_kpi_values", "explain", "query"}

            kpis = (await _told(client, "list_kpis", stage="advocacy"))["kpis"]
            assert {"net_promoter_score", "referral_revenue"} <= {kpi["kpi"] for kpi in kpis}
            assert {kpi["stage"] for kpi in kpis} == {"advocacy"}

            cpc = await _told(client, "get_kpi", kpi="cpc")
            assert (cpc["numerator"], cpc["denominator"]) == ("ad_spend_with_clicks", "ad_clicks")
            bounces = await _told(client, "get_kpi", kpi="bounce_rate")
            assert bounces["standard"].startswith("GA4")
            assert bounces["caveats"]
            assert bounces["standard_vi"].startswith("GA4: lượt truy cập")
            assert len(bounces["caveats_vi"]) == len(bounces["caveats"])
            assert all(bounces["caveats_vi"])
            assert all(measure["definition_vi"] for measure in cpc["measures"])
            assert {measure["measure"] for measure in cpc["measures"]} == {"ad_spend_with_clicks", "ad_clicks"}

            whole = await _told(client, "get_kpi_values", kpis=["cpc"])
            assert whole["rows"] == [["cpc", "month", "2026-06-01", "300.000000", "100.000000", 3.0, True]]
            sliced = await _told(client, "get_kpi_values", kpis=["cpc"], by=["channel"])
            assert [row[3:7] for row in sliced["rows"]] == [
                ["email", "0.000000", "0.000000", None],
                ["paid_search", "200.000000", "60.000000", 200 / 60],
                ["paid_social", "100.000000", "40.000000", 2.5],
            ]

            asked = "select denominator from race_kpi where channel = 'all'"
            assert (await _told(client, "query", sql=asked))["rows"] == [["100.000000"]]
            publish_tiny(home, "v2", clicks=150)
            assert (await _told(client, "query", sql=asked))["rows"] == [["150.000000"]]

            assert (await _told(client, "query", sql="select 'nan'::double, 'inf'::double"))["rows"] == [["nan", "inf"]]

            assert "the nearest are" in await _refused(client, "get_kpi_values", kpis=["cpcc"])
            assert "list_kpis" in await _refused(client, "get_kpi", kpi="cpcc")
            assert "one select" in await _refused(client, "query", sql="drop table race_kpi")
            said = await _refused(client, "query", sql=f"from read_csv('{tmp_path}/secret.csv')")
            assert "only the tables of the mart may be asked" in said

    # beside this thread: a browser that another test has opened keeps a loop running in it
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, talk()).result()


async def _told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


async def _refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text
