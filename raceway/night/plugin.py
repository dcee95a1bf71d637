"""Airflow's plugin: mounts the operators' page and puts it into the navigation.

Every process of Airflow loads plugins, tasks too, so nothing of the page is imported before somebody opens it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar, Final

from airflow.plugins_manager import AirflowPlugin

PREFIX: Final = "/raceway"


class _Lazy:
    """An ASGI application that is made when it is first asked."""

    def __init__(self) -> None:
        self._app: Any = None

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        if self._app is None:
            from raceway.night.operators_page import make_app

            self._app = make_app()
        await self._app(scope, receive, send)


class OperatorsPage(AirflowPlugin):  # type: ignore[misc]  # Airflow has no types here
    """The page “raceway” in Airflow's navigation."""

    name = "raceway"
    fastapi_apps: ClassVar[list[Any]] = [{"app": _Lazy(), "url_prefix": PREFIX, "name": "raceway"}]
    external_views: ClassVar[list[Any]] = [
        {"name": "raceway", "href": f"{PREFIX.removeprefix('/')}/", "url_route": "raceway", "destination": "nav",
         "nav_top_level": True}
    ]  # fmt: skip
