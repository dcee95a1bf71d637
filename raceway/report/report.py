"""report/index.html of a published version: one page that needs nothing but a browser.

Each tab's numbers are gathered from the mart by its module in `tabs/` and packed into a block of the page; scripts,
styles and chart specifications stand inside, allowed by their hashes. What the page opens with is written into its
HTML, so that it says something before scripts run and with scripts off.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.stages import RACE_STAGES
from raceway.config.accounts import Accounts
from raceway.config.settings import Settings
from raceway.report.context import Context
from raceway.report.data_files import write_data
from raceway.report.packing import ASSETS, inlined, packed, plain
from raceway.report.page import render
from raceway.report.tabs import attribution, catalogue, change, customers, overview, plan, trust, values
from raceway.report.texts import texts
from raceway.report.wording import Wording

LARGEST: Final = 3_000_000
"""Bytes that the page may have. One that grows past it holds fewer days, and says so."""

TABS: Final[tuple[tuple[str, Callable[[Context], dict[str, Any]]], ...]] = (
    ("overview", overview.payload),
    ("catalogue", catalogue.payload),
    ("trust", trust.payload),
    ("change", change.payload),
)
"""The blocks of the page, beside the KPIs' values: a tab's script opens the block of its name."""

OF_FACTS: Final[tuple[tuple[str, Callable[[Context], dict[str, Any]], tuple[str, ...]], ...]] = (
    ("plan", plan.payload, plan.TABLES),
    ("attribution", attribution.payload, attribution.TABLES),
    ("customers", customers.payload, customers.TABLES),
)
"""Blocks that are made of facts: a mart without one of these tables has none of them, and the page says so."""

_VENDOR: Final = ("vega", "vega-lite", "vega-embed")
_STYLES: Final = ("style", "tabs", "print")
_SCRIPTS: Final = ("format", "table", "chart", "kpis", "parts", "figures", "shell", "change")
"""In this order; then every `tab_….js`, then `start`."""


def write_report(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    settings: Settings,
    details: Mapping[str, Any],
    accounts: Accounts,
) -> None:
    """Writes the page from the tables of the attached database `race`; `details` is the version's run.json, and
    `accounts` say which of them have ended."""
    context = Context(connection, dt.date.fromisoformat(details["as_of"]), settings, details, accounts)
    path.parent.mkdir()
    path.write_text(page(context), encoding="utf-8")
    write_data(context, path.parent / "data")


def page(context: Context) -> str:
    """The page, thinned where it would be larger than LARGEST."""
    blocks = {name: packed(payload(context)) for name, payload in TABS}
    blocks |= {name: packed(payload(context)) for name, payload, needs in OF_FACTS if all(map(context.has, needs))}
    first = overview.first_numbers(context)
    html = ""
    grains = {grain.period: (grain, "") for grain in values.GRAINS}
    for step in values.THINNED:
        for grain in step:
            grains[grain.period] = (grain, "")
        grains = {
            period: (grain, held or packed(values.payload(context, grain))) for period, (grain, held) in grains.items()
        }
        kept = blocks | {f"values_{period}": block for period, (_, block) in grains.items()}
        html = _html(context, kept, first, is_thinned=bool(step))
        if len(html.encode()) <= LARGEST:
            break
    return html


def _html(context: Context, blocks: Mapping[str, str], first: Sequence[Any], *, is_thinned: bool) -> str:
    settings, details = context.settings, context.details
    words = Wording(settings.business.language, settings.business.reporting_currency, settings.minor_unit)
    published = dt.datetime.fromisoformat(details["published_at"]).astimezone(settings.zone)
    style = inlined(*(ASSETS / "app" / f"{name}.css" for name in _STYLES))
    vendor = [inlined(ASSETS / "vendor" / f"{name}.min.js") for name in _VENDOR]
    app = ASSETS / "app"
    scripts = inlined(*(app / f"{name}.js" for name in _SCRIPTS), *sorted(app.glob("tab_*.js")), app / "start.js")
    shell = {
        "company": settings.business.name,
        "language": settings.business.language,
        "currency": settings.business.reporting_currency,
        "minor_unit": settings.minor_unit,
        "as_of": details["as_of"],
        "published": published.isoformat(timespec="minutes"),
        "zone": settings.business.zone,
        "version": details["version"],
        "at_risk": settings.targets.at_risk,
        "stages": RACE_STAGES,
        "is_thinned": is_thinned,
        "late": details["late"],
        "texts": dict(texts()),
        "charts": json.loads((ASSETS / "charts.json").read_text(encoding="utf-8")),
    }
    return render(
        "report.html.j2",
        title=f"RACE · {settings.business.name}",
        language=words.language,
        words=words,
        company=settings.business.name,
        as_of=context.as_of,
        published=published,
        details=details,
        first=first,
        last_month=(context.as_of.replace(day=1) - dt.timedelta(days=1)).replace(day=1),
        style=style,
        vendor=vendor,
        scripts=scripts,
        shell=plain(shell),
        blocks=blocks,
        policy="; ".join((
            "default-src 'none'",
            f"script-src {' '.join(script.hash for script in (*vendor, scripts))}",
            f"style-src {style.hash}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )),
    )  # fmt: skip
