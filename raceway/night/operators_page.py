"""The operators' page inside Airflow's own: last night, what is open, and how the data went over time.

Airflow mounts it as a plugin's application and guards none of its routes, so every one here asks for a logged-in user
itself; there is no route without. The page is read-only: a decision is a form whose script starts the DAG `decide`
over Airflow's own API, which checks the user and records the name.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import jinja2
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Response
from fastapi.responses import FileResponse, HTMLResponse

from raceway.common.home import Home, find_home
from raceway.night.board import DAYS, read_board
from raceway.night.decide import ACTIONS, SHORTEST_WHY
from raceway.night.trends import read_trends
from raceway.night.wiring import EXTRACT_PREFIX

_FILES: Final = Path(__file__).parent / "templates"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def _folders(home: Home) -> dict[str, Path]:
    """What the page serves beside itself: the published version's pages, and dbt's docs, which lie beside it."""
    version = home.current.resolve()
    return {"report": version / "report", "quality": version / "quality", "docs": home.published.resolve() / "docs"}


def make_app() -> FastAPI:
    """The application with all its routes behind Airflow's login; no listing of them for anybody else."""
    from airflow.api_fastapi.core_api.security import get_user

    app = FastAPI(title="raceway", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(_routes, dependencies=[Depends(get_user)])
    return app


_routes: Final = APIRouter()


@_routes.get("/")
def last_night() -> HTMLResponse:
    """How the last night went, and what is open."""
    home = find_home()
    board = read_board(home)
    links = [name for name, folder in _folders(home).items() if (folder / "index.html").is_file()]
    return _page("night.html.j2", tab="night", board=board, zone=board.settings.zone, days=DAYS, links=links)


@_routes.get("/trends")
def trends() -> HTMLResponse:
    """Rows, freshness, empty cells, refusals and durations by source over time."""
    return _page("trends.html.j2", tab="trends", trends=read_trends(find_home(), _durations()))


@_routes.get("/decide")
def decide(action: str = "", id: str = "") -> HTMLResponse:
    """The form of a decision, filled in; sending it starts the DAG `decide` as the user who is logged in."""
    if action and action not in ACTIONS:
        raise HTTPException(404, f"no such action; there are {', '.join(ACTIONS)}")
    return _page("decide.html.j2", tab="decide", actions=ACTIONS, action=action, id=id, shortest=SHORTEST_WHY)


@_routes.get("/style.css")
def style() -> Response:
    """The page's style sheet."""
    return Response((_FILES / "page.css").read_text(encoding="utf-8"), media_type="text/css", headers=_headers())


@_routes.get("/decide.js")
def script() -> Response:
    """The script of the decision's form."""
    text = (_FILES / "decide.js").read_text(encoding="utf-8")
    return Response(text, media_type="text/javascript", headers=_headers())


@_routes.get("/published/{path:path}")
def published(path: str) -> FileResponse:
    """The report, the checks' page and dbt's docs; nothing else of the home."""
    name, _, below = path.partition("/")
    folder = _folders(find_home()).get(name)
    file = _file_below(folder, below) if folder is not None else None
    if file is None:
        raise HTTPException(404, "no such page in the published version")
    return FileResponse(file, headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})


def _file_below(folder: Path, below: str) -> Path | None:
    """The file, wherever links lead; None where that is not below the folder, or no file has such a name."""
    try:
        file = (folder / below).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (ValueError, OSError):  # a null byte, a name that is too long
        return None


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _page(template: str, **values: object) -> HTMLResponse:
    return HTMLResponse(_environment().get_template(template).render(values), headers=_headers())


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FILES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = lambda moment, zone: f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
    environment.filters["took"] = _took
    environment.filters["whole"] = lambda number: "" if number is None else f"{number:,.0f}"
    return environment


def _took(seconds: float) -> str:
    """A duration as people say it: 42 s, 2 min 49 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _durations() -> dict[str, list[float]]:
    """Seconds of the extract DAGs' newest runs by source, oldest first, from Airflow's database."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    since = dt.datetime.now(tz=dt.UTC) - dt.timedelta(days=DAYS)
    found: dict[str, list[float]] = defaultdict(list)
    with create_session() as session:
        rows: Any = session.execute(
            select(DagRun.dag_id, DagRun.start_date, DagRun.end_date)
            .where(DagRun.dag_id.startswith(EXTRACT_PREFIX, autoescape=True), DagRun.end_date.is_not(None),
                   DagRun.start_date > since)
            .order_by(DagRun.start_date)
        )  # fmt: skip
        for dag_id, began, ended in rows:
            found[dag_id.removeprefix(EXTRACT_PREFIX)].append((ended - began).total_seconds())
    return found
