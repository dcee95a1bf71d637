"""Credentials of a remote inbox, or the address of a route, from an Airflow connection."""

from __future__ import annotations

from typing import Any

from raceway.common.faults import BadSettings


def connection(conn_id: str, setting: str = "inbox.conn_id") -> Any:
    """An Airflow connection: of the environment (AIRFLOW_CONN_…), a secrets backend or the metadata database.

    `setting` is the key of raceway.toml that names it. Raises BadSettings where there is none of that name.
    """
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

    try:
        return Connection.get(conn_id)
    except (AirflowNotFoundException, AirflowRuntimeError) as fault:
        raise BadSettings(
            f"{setting} {conn_id}: Airflow has no connection of that name; set AIRFLOW_CONN_{conn_id.upper()}, or "
            "add it on Airflow's page"
        ) from fault
