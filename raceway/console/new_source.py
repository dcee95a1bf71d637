"""Drafts a source's folder from one example file: contract, staging model and suite, and what is left to decide.

A draft is a beginning, not a contract: what a file cannot say (whose zone its times are in, what a new export
replaces, whether a column is somebody's name) is guessed carefully, marked in the contract with `# decide`,
and listed for the person who goes on. It loads as it stands, and the example file lands with it.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raceway.common.faults import BadContract, BadSettings
from raceway.common.home import PROJECT, Home
from raceway.config.limits import Limits
from raceway.config.settings import load_settings
from raceway.console.guess import ID_HEADER, DraftColumn, columns_of
from raceway.contracts.files import source_names
from raceway.contracts.load import load_contract
from raceway.gate.landing_suites import landing_suite
from raceway.reading.members import Member, open_members
from raceway.reading.shape import normal

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")


@dataclass
class Draft:
    """What was written, and what a person must decide before the source feeds anything."""

    source: str
    folder: Path
    files: list[Path]
    decisions: list[str]


def draft_source(home: Home, source: str, example: Path, table: str = "rows", into_project: bool = False) -> Draft:
    """Writes the folder of a new source from `example` and says what is left to decide.

    The folder lies in the home's `sources/`, or with `into_project` among the shipped ones. Raises BadSettings
    where the name is taken or cannot be one, or the file is not there; ExportRefused where it cannot be read.
    """
    if not _NAME.fullmatch(source) or not _NAME.fullmatch(table):
        raise BadSettings(f"{source}/{table}: a source's and a table's name are small letters, digits and _: kiosk")
    if source in source_names(home):
        raise BadSettings(f"{source}: there is such a source already; extend its contract, or choose another name")
    if not example.is_file():
        raise BadSettings(f"{example}: no such file")
    folder = (PROJECT.contracts if into_project else home.sources) / source
    if folder.exists():
        raise BadSettings(f"{folder}: is there already; remove it, or choose another name")
    with tempfile.TemporaryDirectory() as scratch:
        member = _one_member(example, Path(scratch), load_settings(home).limits)
        form, columns, decisions = columns_of(member)
    scope = _scope(columns, decisions)
    decisions += [f"column {column.name}: {column.decide}" for column in columns if column.decide]
    decisions += _always(source, table)
    folder.mkdir(parents=True)
    contract = folder / f"_{source}__sources.yml"
    contract.write_text(_contract_text(source, table, form, columns, scope, example.name), encoding="utf-8")
    model = folder / f"stg_{source}__{table}.sql"
    model.write_text(_model_text(source, table, columns, into_project), encoding="utf-8")
    try:
        landed = load_contract(source, home).tables[0]
    except BadContract as fault:  # a draft must load: one that does not is a fault of this module
        raise AssertionError(f"the draft does not load: {fault}") from fault
    described = folder / f"_{source}__models.yml"
    described.write_text(_models_text(source, table, columns), encoding="utf-8")
    suite = landing_suite(landed)
    suites = PROJECT.expectations / "expectations" if into_project else folder
    suite_file = suites / f"{suite.name}.json"
    suite_file.write_text(suite.to_json(), encoding="utf-8")
    return Draft(source, folder, [contract, model, described, suite_file], decisions)


def _one_member(example: Path, scratch: Path, limits: Limits) -> Member:
    members = open_members(example, example.name, scratch, True, limits)
    if len(members) > 1:
        names = ", ".join(member.file_name for member in members)
        raise BadSettings(f"{example}: holds {len(members)} tables ({names}); draft from one of them, the others after")
    return members[0]


# ---------------------------------------------------------------- what the file says


def _scope(columns: list[DraftColumn], decisions: list[str]) -> dict[str, object]:
    landed = [column for column in columns if "personal" not in column.meta]
    day = next((column for column in landed if column.data_type == "date"), None)
    if day is not None:
        decisions.append(
            f"scope: a new export replaces the days it holds (`kind: days, day: {day.name}`). Write `kind: entities` "
            "with `keys` where rows change later (orders, contacts), `kind: events` where rows only ever come"
        )
        return {"kind": "days", "day": day.name}
    key = next((c for c in landed if ID_HEADER.search(c.header)), landed[0] if landed else None)
    if key is None:
        raise BadSettings("every column of the example looks like personal data: nothing is left to land")
    decisions.append(
        f"scope: a new export replaces the rows with the same {key.name} (`kind: entities`). Is it the key? A file "
        "that says everything has `full_snapshot: true`"
    )
    return {"kind": "entities", "keys": [key.name]}


def _always(source: str, table: str) -> list[str]:
    return [
        "descriptions: say in a sentence what each column is, with its unit; they are shown to analysts",
        "owner and schedule of the source, and whether the mart waits for it (`[[night.required]]`)",
        "expectations: which columns are never empty, which values are possible (`expect`)",
        f"accounts.csv: a line for each account of {source}, with its market, time zone and currency",
        f"what stg_{source}__{table} feeds: read it in an own model, or map it into the conformed models",
    ]


# ---------------------------------------------------------------- what is written


def _contract_text(
    source: str, table: str, form: str, columns: list[DraftColumn], scope: dict[str, object], example: str
) -> str:
    personal = [column.header for column in columns if "personal" in column.meta]
    landed = [column for column in columns if "personal" not in column.meta]
    dated = [c.name for c in landed if c.data_type in ("date", "timestamp")][:1]
    lines = [
        f"# Drafted from {example}. Its language: docs/reference/contract-language.md.",
        "# `decide` marks what a person must settle.",
        "version: 2",
        "",
        "sources:",
        f"  - name: {source}",
        f"    description: Exports of {source}.  # decide: what it is",
        "    schema: landing",
        "    config:",
        "      meta:",
        "        owner: marketing  # decide",
        '        schedule: "0 3 * * *"',
        "    tables:",
        f"      - name: {table}",
        f"        description: One row per record of {example}.  # decide",
        "        config:",
        "          meta:",
    ]
    lines += ["            formats: [json]"] if form == "json" else []
    if any(column.meta.get("locale") == "comma" for column in landed):
        lines.append("            number_locale: comma")
    lines.append(f"            scope: {_flow(scope)}  # decide: what a new export replaces")
    lines += [f"            covers: {{by: [{dated[0]}]}}"] if dated else []
    lines += [f"            personal: {_flow(personal)}"] if personal else []
    lines.append("        columns:")
    for column in landed:
        lines += [
            f"          - name: {column.name}",
            f"            description: {_text(column.header)}.  # decide: what it is, in which unit",
            f"            data_type: {column.data_type}",
            f"            config: {{meta: {_flow(_meta_of(column, form, scope))}}}"
            + (f"  # decide: {column.decide}" if column.decide else ""),
        ]
    return "\n".join(lines) + "\n"


def _meta_of(column: DraftColumn, form: str, scope: dict[str, object]) -> dict[str, object]:
    meta: dict[str, object] = {"path": column.header} if form == "json" else {"aliases": {"en": [column.header]}}
    meta |= {key: value for key, value in column.meta.items() if key != "locale"}
    keys = [scope.get("day"), *_names(scope.get("keys"))]
    if column.name in keys:
        meta["expect"] = {"not_null": "critical"}
    else:
        meta["optional"] = True
    return meta


def _names(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _model_text(source: str, table: str, columns: list[DraftColumn], into_project: bool) -> str:
    names = ",\n        ".join(column.name for column in columns if "personal" not in column.meta)
    config = "" if into_project else "{{ config(tags=['staging'], materialized='view') }}\n"
    return (
        f"-- Grain: one record of {source}'s {table}.\n"
        f"-- depends_on: {{{{ source('{source}', '{table}') }}}}\n{config}with\n\n"
        f"landed as (select * from {{{{ landed('{source}', '{table}') }}}}),\n\n"
        f"final as (\n    select\n        '{source}' as source,\n        account,\n        {names}\n"
        "    from landed\n)\n\n"
        "select * from final\n"
    )


def _models_text(source: str, table: str, columns: list[DraftColumn]) -> str:
    lines = [
        "version: 2",
        "",
        "models:",
        f"  - name: stg_{source}__{table}",
        f"    description: Records of {source}'s {table}. Grain - one record.",
        "    columns:",
        "      - {name: source, description: Source that exported the row}",
        "      - {name: account, description: Account of the source}",
    ]
    for column in columns:
        if "personal" not in column.meta:
            lines += [f"      - name: {column.name}", f"        description: {_text(column.header)}"]
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    """A value as YAML in one line; JSON is YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) else json.dumps(text, ensure_ascii=False)


def _text(header: str) -> str:
    """A header as the text of a description."""
    plain = re.sub(r"[^\w ()%/-]", " ", normal(header))
    return " ".join(plain.split()).capitalize() or "Unnamed column"
