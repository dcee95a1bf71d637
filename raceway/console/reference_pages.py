"""docs/reference/: the pages whose facts stand elsewhere, written from there.

    python -m raceway.console.reference_pages      writes them anew

| page | written from |
| --- | --- |
| commands.md | the command line itself |
| settings.md | the models behind `raceway.toml` and the home's lists |
| landed-tables.md | the contracts |
| queries.md | the headers of `queries/*.sql` |
| mart.md | the project's YAML files, which also comment the published tables |
| kpis.md | the catalogue's seeds (raceway/report/kpi_page.py) |
| semantic-layer.md | the catalogue and the daily models (raceway/report/semantic_page.py) |
| licences.md | the lock and the packages' metadata (raceway/console/licences.py) |

So are the semantic models themselves (raceway/build/semantic_models.py).

A test holds each page to what is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final

import typer
from pydantic.fields import FieldInfo

from raceway.build.semantic_models import write_file
from raceway.common.home import PROJECT
from raceway.config.accounts import Account, ChannelRule, Exclusion, Holiday, SalesChannel, TicketTopic, VatRate
from raceway.config.own_lists import LoyaltyTier, OfflineCode, Reason
from raceway.config.segments import SegmentRule
from raceway.config.settings import Required, Settings
from raceway.config.values import Model
from raceway.console.cli import app
from raceway.console.licences import licences_page
from raceway.console.questions import questions
from raceway.contracts.grammar import ColumnContract, SourceContract, TableContract
from raceway.contracts.load import load_contracts
from raceway.publish.descriptions import described_models
from raceway.publish.history_tables import HISTORY_COLUMNS, HISTORY_DESCRIPTIONS
from raceway.publish.kpi_published import COLUMNS, DESCRIPTION, KPI_PUBLISHED
from raceway.publish.mart_tables import MARTS
from raceway.report.kpi_page import kpi_page
from raceway.report.semantic_page import semantic_page

FOLDER: Final = PROJECT.root / "docs" / "reference"
_WRITTEN: Final = "Written by `python -m raceway.console.reference_pages`; change {what}, not this page."
_LISTS: Final = {
    "accounts.csv": Account,
    "exclusions.csv": Exclusion,
    "channel_rules.csv": ChannelRule,
    "sales_channels.csv": SalesChannel,
    "ticket_topics.csv": TicketTopic,
    "vat_rates.csv": VatRate,
    "reasons.csv": Reason,
    "offline_codes.csv": OfflineCode,
    "loyalty_tiers.csv": LoyaltyTier,
    "segments.csv": SegmentRule,
    "holidays.csv": Holiday,
}
_AS_IN_SQL: Final = {
    "string": "varchar",
    "int64": "bigint",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
    "bool": "boolean",
}
_HASHED: Final = {"email": "keyed hash of the address", "phone": "keyed hash of the number", "id": "keyed hash"}


def commands_page() -> str:
    """Every command with its arguments, options and example, as Markdown."""
    program = typer.main.get_command(app)
    lines = [
        "# Commands",
        "",
        _WRITTEN.format(what="`raceway/console/cli.py`"),
        "",
        "`raceway COMMAND --help` says the same. Options of the program itself stand before the command:",
        "`raceway --home /srv/acme status`.",
        "",
        *_parameters(program),
    ]
    for name, command in program.commands.items():  # type: ignore[attr-defined]  # it is a group
        lines += ["", f"## raceway {name}", "", *_help(command.help or ""), *_parameters(command)]
    return _page(lines)


def _help(text: str) -> list[str]:
    return [*(line.strip() for line in text.strip().splitlines()), ""]


def _parameters(command: Any) -> list[str]:
    rows = []
    for parameter in command.params:
        if parameter.name in ("install_completion", "show_completion"):  # of the shell, not of raceway
            continue
        is_argument = parameter.param_type_name == "argument"
        written = parameter.name.upper() if is_argument else ", ".join((*parameter.opts, *parameter.secondary_opts))
        said = [parameter.help or ""]
        if parameter.required:
            said.append("Required.")
        elif parameter.default not in (None, False):
            default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
            said.append(f"Default: {default}.")
        if parameter.envvar:
            said.append(f"Also from the variable {parameter.envvar}.")
        rows.append((f"`{written}`", " ".join(said)))
    return _table(("argument or option", "meaning"), rows) if rows else ["It has no arguments or options."]


def settings_page() -> str:
    """Every setting, and every column of the home's lists, with default and meaning, as Markdown."""
    lines = [
        "# Settings",
        "",
        _WRITTEN.format(what="`raceway/config/`"),
        "",
        "`raceway.toml` lies in the home. `raceway init` writes it with every key, its default and its meaning. A key",
        "that is left out has its default. A wrong value is refused with the file, the key and what to write instead;",
        "`raceway doctor` shows all values that hold.",
    ]
    for section, of in Settings.model_fields.items():
        model = of.annotation
        assert isinstance(model, type)
        assert issubclass(model, Model)
        lines += ["", f"## [{section}]", "", (model.__doc__ or "").strip(), ""]
        lines += _fields(("key", "default", "meaning"), model)
    lines += [
        "",
        'A required source is one line of the list: `{ source = "shopify", due = ["mon"], lag_days = 1 }`.',
        f"Its keys: {', '.join(f'`{key}`' for key in Required.model_fields)}.",
        "",
        "## The lists of a home",
        "",
        "Each is a csv file in UTF-8 with these columns. A list that is not there is empty, but for `accounts.csv`.",
    ]
    for file, model in _LISTS.items():
        says = " ".join((model.__doc__ or "").split())
        lines += ["", f"### {file}", "", says, "", *_fields(("column", "if empty", "meaning"), model)]
    return _page(lines)


def _fields(header: Sequence[str], model: type[Model]) -> list[str]:
    rows = [(f"`{key}`", _default(field), field.description or "") for key, field in model.model_fields.items()]
    return _table(header, rows)


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required():
        return "required"
    if value is None or value in ("", ()):
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(f"`{item.source if isinstance(item, Required) else item}`" for item in value)
    return f"`{value}`"


def queries_page() -> str:
    """Every question of queries/ with what its answer looks like, as Markdown."""
    asked = questions()
    lines = [
        "# Questions and their queries",
        "",
        _WRITTEN.format(what="the headers of `queries/*.sql`"),
        "",
        "Questions that marketing asks, each with a query to begin from. They run on the published mart as they are:",
        "`raceway query --file queries/channels.sql`, or pasted into any tool that has opened `race.duckdb`",
        "([which and how](../how-to/analysts.md)). Money is in the reporting currency, percent is a fraction (1 is",
        "100 %), null is unknown. Ratios are ratios of sums: to join rows, add both sides anew and divide.",
        "",
        *_table(
            ("stage", "question", "query"),
            [(one.stage, one.english, f"[{one.name}](#{one.name})") for one in asked],
        ),
    ]
    for one in asked:
        grain = " × ".join(f"`{column}`" for column in one.grain)
        columns = [(f"`{column.name}`", column.unit, _sentence(column.meaning)) for column in one.columns]
        lines += [
            "", f"## {one.name}", "", one.english, "", f"*{one.vietnamese}*", "",
            f"[`queries/{one.path.name}`](../../queries/{one.path.name}), one row for each {grain}.", "",
            *_table(("column", "unit", "meaning"), columns), "", f"**Know before you use it**: {one.caveat}",
        ]  # fmt: skip
    return _page(lines)


def landed_tables_page() -> str:
    """Every landed table with its scope and columns, as Markdown."""
    contracts = load_contracts()
    lines = [
        "# Landed tables",
        "",
        _WRITTEN.format(what="the contract"),
        "",
        "What the files of each source become: one folder of Parquet per batch, `landing/<source>/<table>/`. Types are",
        "DuckDB's; a `timestamp` is UTC without zone; money is in the account's currency. Beside these columns every",
        "row has `_batch_id` and `_row` (its record number in the file), and where newer exports replace entities",
        "`_entity` (its key).",
        "",
        "*Replaces* says what a newer export of the same account takes the place of. *?* marks columns that a file may",
        "lack. What lands as a hash, or masked, is said beside the column.",
        "",
        " · ".join(f"[{name}](#{name})" for name in sorted(contracts)),
    ]
    for name in sorted(contracts):
        lines += _source(contracts[name])
    return _page(lines)


def _source(contract: SourceContract) -> Iterator[str]:
    yield from ("", f"## {contract.name}", "", _sentence(contract.description))
    for table in contract.tables:
        yield from ("", f"### {table.full_name}", "", _sentence(table.description), "")
        yield f"Replaces: {_replaces(table)}."
        if table.meta.keep_states:
            yield f"Kept at each export: {_names(table.meta.keep_states)}."
        yield ""
        yield from _table(
            ("column", "type", "meaning"),
            [(f"`{column.name}`{_may_lack(column)}", column.data_type, _landed_as(column)) for column in table.columns],
        )


def _replaces(table: TableContract) -> str:
    scope = table.scope
    if scope.kind == "days":
        return f"the days that it covers (by `{scope.day}`)"
    if scope.kind == "events":
        return f"nothing; of rows with equal {_names(scope.keys)} the newest export's counts"
    return "everything of the account" if scope.full_snapshot else f"rows with equal {_names(scope.keys)}"


def _may_lack(column: ColumnContract) -> str:
    return " ?" if column.meta.optional else ""


def _landed_as(column: ColumnContract) -> str:
    told = "hash" in column.description.lower()
    notes = [_HASHED[column.meta.hash]] if column.meta.hash and not told else []
    notes += ["e-mails, phones and numbers masked"] if column.meta.free_text else []
    notes += [f"coarse: {column.meta.coarse}"] if column.meta.coarse else []
    notes += [f"only with a yes in `{column.meta.only_with}`"] if column.meta.only_with else []
    notes += [f"sentiment of `{column.meta.sentiment_of}`"] if column.meta.sentiment_of else []
    return _sentence(column.description) + (f" *({'; '.join(notes)})*" if notes else "")


def mart_page() -> str:
    """Every published table with its columns, as Markdown."""
    described = {entry["name"]: entry for entry in described_models() if _is_published(entry["name"])}
    groups = {
        "KPIs and reviews": [name for name in MARTS if name in described],
        "Dimensions": sorted(name for name in described if name.startswith("dim_")),
        **{
            f"Facts of {stage}": sorted(name for name in described if name.startswith(f"fct_{stage}_"))
            for stage in ("plan", "reach", "act", "convert", "engage", "advocacy")
        },
    }
    lines = [
        "# The mart",
        "",
        _WRITTEN.format(what="the descriptions in `dbt_project/`"),
        "",
        "The tables of `published/current/race.duckdb`; the same lie in `parquet/` beside it. Money is in the",
        "reporting currency, a `timestamp` is UTC. Tables and columns carry these texts as comments, so a BI tool",
        "shows them. Names only grow.",
        "",
        " · ".join(f"[{group}](#{group.lower().replace(' ', '-')})" for group in [*groups, "History"]),
    ]
    for group, names in groups.items():
        lines += ["", f"## {group}"]
        for name in names:
            columns = [
                (c["name"], c.get("data_type", ""), c.get("description", "")) for c in described[name]["columns"]
            ]
            lines += _published(name, described[name]["description"], columns)
    lines += ["", "## History"]
    for name, of in HISTORY_COLUMNS.items():
        rows = [(column, _AS_IN_SQL[str(kind)], says) for column, (kind, says) in of.items()]
        lines += _published(name, HISTORY_DESCRIPTIONS[name], rows)
    lines += _published(KPI_PUBLISHED.name, DESCRIPTION, [(name, *of) for name, of in COLUMNS.items()])
    return _page(lines)


def _is_published(name: str) -> bool:
    return name in MARTS or name.startswith(("fct_", "dim_"))


def _published(name: str, description: str, columns: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield from ("", f"### {name}", "", _sentence(description), "")
    yield from _table(
        ("column", "type", "meaning"),
        [(f"`{column}`", kind, _sentence(says)) for column, kind, says in columns],
    )


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _sentence(text: str) -> str:
    """A description on one line, with its full stop."""
    line = " ".join(text.split())
    return line if not line or line.endswith((".", "!", "?", "…")) else f"{line}."


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(header)} |",
        f"|{' --- |' * len(header)}",
        *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows),
    ]


def _cell(text: str) -> str:
    """A text that may stand in a table: no line breaks, no bars, no half-open tags."""
    outside_code = True
    parts = []
    for part in " ".join(text.split()).replace("|", "\\|").split("`"):
        parts.append(part.replace("<", "&lt;") if outside_code else part)
        outside_code = not outside_code
    return "`".join(parts)


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "landed-tables.md": landed_tables_page,
    "mart.md": mart_page,
    "queries.md": queries_page,
    "kpis.md": kpi_page,
    "semantic-layer.md": semantic_page,
    "licences.md": licences_page,
}


def write_pages(folder: Path = FOLDER) -> None:
    """Writes every page into `folder`."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write_file()
    write_pages()
