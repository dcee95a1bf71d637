"""Contracts: all that raceway knows of a source's files, read from dbt's own source definition.

`_<source>__sources.yml` holds tables, columns, data types and descriptions where dbt looks for them, and
the file contract under `config.meta` of source, table and column. The language is described in
docs/contract-language.md; the models below are its grammar. A company's overlay
(`<home>/sources/<source>.yml`) changes schedule, owner and aliases; its own sources lie in
`<home>/sources/<name>/`.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from raceway.faults import BadContract
from raceway.home import PROJECT, Home

ExclusionKind = Literal[
    "order", "order_tag", "email", "phone", "host", "traffic_type", "browser", "device", "ip", "user_agent"
]
Severity = Literal["critical", "warning", "info"]
Policy = Literal["fail", "warn", "allow"]
# The types that a contract may give a column: those that DuckDB, Spark and Parquet share.
DATA_TYPES: Final = (
    "varchar", "bigint", "double", "boolean", "date", "timestamp", "decimal(18,6)", "decimal(18,8)",
)  # fmt: skip
TOTAL_LABELS: Final = ("Total:", "Total :", "Totals:", "Gesamt:", "Summe:", "Tổng:", "Tổng số:", "Tổng cộng:")
NULL_TOKENS: Final = ("", "--", "-", "N/A", "n/a", "null", "NULL", "(not set)")


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f"{text!r} is no regular expression: {fault}") from fault
    return text


def _by_language(value: object) -> object:
    return {"en": value} if isinstance(value, list) else value


Pattern = Annotated[str, AfterValidator(_is_pattern)]
Names = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_by_language)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(_Part):
    """What the landing gate expects of one column."""

    not_null: Severity | None = Field(None, description="Severity with which an empty value counts.")
    min: float | str | None = Field(None, description="Smallest value.")
    max: float | str | None = Field(None, description="Largest value.")
    accepted: tuple[str, ...] | None = Field(None, description="The only values there are.")
    severity: Severity = Field("critical", description="Severity of min, max and accepted.")


class Moment(_Part):
    """How a date or time is written."""

    formats: tuple[str, ...] = Field((), description="strptime formats, tried in order; empty: ISO.")
    epoch: Literal["s", "ms", "us"] | None = Field(None, description="A count since 1970 in this unit.")
    zone: str = Field("utc", description="utc, account, local (kept as written), or `column <header>` that names it.")
    time: str | None = Field(None, description="Header of a column with the time of day.")
    serial: bool = Field(False, description="Also a spreadsheet's day number, 46086.431 (days since 1899-12-30).")


class ColumnMeta(_Part):
    """`config.meta` of a column: where in the file its value comes from."""

    aliases: Names = Field(default_factory=dict, description="Headers that mean this column, by language.")
    also: tuple[str, ...] = Field((), description="Headers read in turn where the column's own cell is empty.")
    path: str | None = Field(None, description="Member of a JSON or Parquet record: device.web_info.hostname.")
    also_paths: tuple[str, ...] = Field((), description="Members read in turn where `path` is empty.")
    param: str | None = Field(None, description="Key in ga4's event_params.")
    value_of: Literal["currency", "period_start", "period_end", "file_name", "preamble"] | None = Field(
        None, description="Not in the cells: the account's currency, the export's period, its name or preamble."
    )
    pattern: Pattern | None = Field(
        None, description="With value_of file_name and preamble: its first group is the value."
    )
    header_of: str | None = Field(None, description="Lands the header under which that column stands in the file.")
    masked: bool = Field(False, description="`<5`, `> 90%` land the bound; needs a column with `qualifier_of`.")
    qualifier_of: str | None = Field(None, description="Lands `<` or `>` where that column's cell is masked.")
    words: dict[str, str] = Field(default_factory=dict, description="Cell texts (any case) that are read as another.")
    default: str | None = Field(None, description="Lands where the cell is empty.")
    optional: bool = Field(False, description="The file may lack it: it is empty then.")
    ident: bool = Field(False, description="An id: `1.2E+17` in it means that a spreadsheet spoilt the file.")
    percent: bool = Field(False, description="`6.47%` lands as 0.0647.")
    currency: bool = Field(False, description="A currency code: must be the account's in every row.")
    row_currency: bool = Field(False, description="The currency of this row's amounts, any; else the account's.")
    money: bool = Field(False, description="An amount in the batch's or the row's currency.")
    moment: Moment = Moment()
    hash: Literal["email", "phone", "id"] | None = Field(None, description="Lands as keyed hash only.")
    free_text: bool = Field(False, description="What people wrote: lands with e-mails, phones and numbers masked.")
    sentiment_of: str | None = Field(None, description="Column whose raw text this one scores, -1 to 1; no cell.")
    coarse: Literal["ip", "device"] | None = Field(
        None,
        description="What lands of it: an IP's /24 (IPv6: /48); a device's id where it is written as a cookie's.",
    )
    excluded_by: tuple[ExclusionKind, ...] = Field((), description="Kinds of exclusions.csv that flag its values.")
    expect: Expect = Expect()

    @property
    def in_no_place(self) -> bool:
        """Whether nothing says where in a record the value stands."""
        return not (self.aliases or self.path or self.param or self.qualifier_of or self.header_of or self.sentiment_of)


class Unsupported(_Part):
    """A kind of file that is known and not landed: refused with `<kind>: not a supported report`."""

    kind: str
    columns: tuple[str, ...] = Field((), description="Headers that all stand in one row.")
    text: Pattern | None = Field(None, description="Pattern found in the first lines.")
    files: Pattern | None = Field(None, description="Pattern of the file's name.")
    furniture_in_bundle: bool = Field(False, description="Inside a folder or zip of its kind: counted, not refused.")

    @model_validator(mode="after")
    def _says_how(self) -> Unsupported:
        if not (self.columns or self.text or self.files):
            raise ValueError("say how to recognise it: columns, text or files")
        return self


class Reconcile(_Part):
    """A total row against which the landed rows are summed; a difference is a finding."""

    label: str
    columns: tuple[str, ...]


class Totals(_Part):
    """Which rows are totals: one of the first cells starts with a label."""

    labels: tuple[str, ...] = TOTAL_LABELS
    cells: int = 4
    anywhere: bool = Field(False, description="The label may start any cell of the row.")
    blank: tuple[str, ...] = Field((), description="And rows in which all of these columns are empty.")
    reconcile: tuple[Reconcile, ...] = ()


class Period(_Part):
    """Where a report without a day column states its period."""

    of: Literal["preamble", "sibling", "columns", "file_name"]
    first: str | None = Field(None, description="With columns: the column of the first day.")
    last: str | None = Field(None, description="With columns: the column of the last day.")
    pattern: Pattern | None = Field(None, description="With file_name: groups `first` and `last`, or `month`.")

    @model_validator(mode="after")
    def _says_where(self) -> Period:
        groups = re.compile(self.pattern or "").groupindex
        if self.of == "file_name" and not ("month" in groups or {"first", "last"} <= set(groups)):
            raise ValueError(
                "period of file_name needs `pattern` with groups (?P<first>…) and (?P<last>…), or (?P<month>…)"
            )
        return self


class Unpivot(_Part):
    """Wide columns become rows: each header that the pattern meets gives one row per record."""

    columns: Pattern = Field(description="Pattern of the wide headers; its first group, else the header, is the name.")
    name: str = Field(description="Column that lands the header's name.")
    value: str = Field(description="Column that lands the cell.")
    keep_empty: bool = Field(False, description="Empty cells give a row, too.")


class Scope(_Part):
    """What a batch speaks for and therefore replaces."""

    kind: Literal["days", "entities", "events"]
    day: str | None = Field(None, description="Kind days: the column that names the day.")
    keys: tuple[str, ...] = Field((), description="Kinds entities and events: the key columns.")
    full_snapshot: bool = Field(False, description="The file says everything: a row that is gone is gone.")

    @model_validator(mode="after")
    def _complete(self) -> Scope:
        if self.kind == "days" and not self.day:
            raise ValueError("scope days needs `day`, the column that names the day")
        if self.kind == "events" and not self.keys:
            raise ValueError("scope events needs `keys`, the columns that tell events apart")
        if self.kind == "entities" and not self.keys and not self.full_snapshot:
            raise ValueError("scope entities needs `keys`, or `full_snapshot: true`")
        return self


class ExportedAt(_Part):
    """When the export was made: in a folder's or file's name (`date` group), else the file's own time."""

    pattern: Pattern | None = None


class Covers(_Part):
    """Which days a batch covers."""

    by: tuple[str, ...] = Field((), description="Date or timestamp columns; first to last value inside.")
    pattern: Pattern | None = Field(None, description="In the file's name: groups `first` and `last` (ISO days).")
    last_exclusive: bool = Field(False, description="The name's last day is no longer in the file.")
    whole_months: bool = Field(False, description="A value stands for its month: the last one to its end.")
    through_export: bool = Field(False, description="And every day up to the day before the export.")
    zone: Literal["account", "utc"] = Field("account", description="Zone in which a timestamp's day counts.")


class Sibling(_Part):
    """A small file beside the data that says period and filters (Search Console's Filters)."""

    files: Pattern
    date_rows: tuple[str, ...] = Field(description="First cells of the row that states the period.")
    plain_rows: tuple[str, ...] = Field((), description="First cells of rows that are no filter.")
    plain_values: tuple[str, ...] = Field((), description="Their values that filter nothing.")


class Parts(_Part):
    """Files that are parts of one export: equal `export` group, `part` group in order, written close together."""

    pattern: Pattern
    within_minutes: int = 60


class Drift(_Part):
    """What a change of the file's shape means."""

    on_new_column: Policy = Field("warn", description="A header that neither the columns nor `known` name.")
    on_missing_column: Literal["fail"] = Field("fail", description="A required column that no header names.")
    on_type_widening: Literal["allow", "fail"] = Field(
        "allow", description="Values wider than the type: refuse those rows (allow), or the file (fail)."
    )
    on_type_narrowing: Literal["fail"] = Field("fail", description="A type that cannot hold the contract's values.")


class Rule(_Part):
    """A free expectation of the gate: a condition in SQL that every row meets."""

    name: str
    condition: str
    severity: Severity = "warning"
    says: str = ""


class TableMeta(_Part):
    """`config.meta` of a table: the file contract."""

    formats: tuple[Literal["csv", "json", "parquet"], ...] = ("csv",)
    records: str | None = Field(None, description="JSON: member with the array of records, where there is one.")
    files: Pattern | None = Field(None, description="Pattern of the file's name; without it any name.")
    title: Pattern | None = Field(None, description="Pattern that the lines above the header must show.")
    without: tuple[str, ...] = Field((), description="Headers whose presence means another report.")
    header_rows: int = Field(30, description="Lines at the top among which the header is looked for.")
    encodings: tuple[Literal["utf-8", "utf-16", "cp1252"], ...] = ("utf-8", "utf-16")
    below_header: int = Field(0, ge=0, description="Records directly below the header that are furniture.")
    unnamed_cells: int = Field(0, ge=0, description="Cells of a row beyond the header; their headers are +1, +2 …")
    sections: bool = Field(False, description="Several tables in one file, each with a header, between blank lines.")
    unpivot: Unpivot | None = None
    totals: Totals | None = None
    empty: tuple[str, ...] = Field(("No data available.",), description="First cells of a file without data.")
    nulls: tuple[str, ...] = NULL_TOKENS
    number_locale: Literal["point", "comma"] = "point"
    number_locale_of: dict[str, Literal["point", "comma"]] = Field(
        default_factory=dict, description="By language of the header."
    )
    period: Period | None = None
    scope: Scope
    dated_by: str = Field("", description="In words: what dates a row.")
    exported_at: ExportedAt = ExportedAt()
    covers: Covers = Covers()
    sibling: Sibling | None = None
    parts: Parts | None = None
    keep_states: tuple[str, ...] = ()
    personal: tuple[str, ...] = Field((), description="Headers with personal data that never land.")
    ids: tuple[str, ...] = Field((), description="Headers of ids that do not land but show a spreadsheet's harm.")
    known: tuple[Pattern, ...] = Field((), description="Headers (patterns) that are known and not landed.")
    drift: Drift = Drift()
    max_refused_share: float | None = Field(None, gt=0, le=1, description="Above it the file is refused whole.")
    unique: tuple[tuple[str, ...], ...] = Field((), description="Gate: column sets that are unique (warning).")
    rules: tuple[Rule, ...] = Field((), description="Gate: free conditions.")


class SourceMeta(_Part):
    """`config.meta` of a source."""

    owner: str
    schedule: str = Field("0 3 * * *", description="Cron of extract_<source>, in the business zone.")
    timeout_minutes: int = 30
    tags: tuple[str, ...] = ()
    default_channel: str | None = Field(None, description="Marketing channel where a row states none.")
    bundle: Pattern | None = Field(None, description="Folder or zip names whose files are one export.")
    unsupported: tuple[Unsupported, ...] = ()


class ColumnContract(_Part):
    """One landed column."""

    name: str
    data_type: str
    description: str
    meta: ColumnMeta

    @property
    def is_text(self) -> bool:
        """Whether it lands as text."""
        return self.data_type == "varchar"

    @property
    def in_cells(self) -> bool:
        """Whether its value stands in the rows (and not in name, preamble or account)."""
        return self.meta.value_of is None and not self.meta.header_of and not self.meta.qualifier_of


class TableContract(_Part):
    """One landed table and how its files look."""

    source: str
    name: str
    description: str
    meta: TableMeta
    columns: tuple[ColumnContract, ...]

    @property
    def scope(self) -> Scope:
        """What a batch of this table replaces."""
        return self.meta.scope

    @property
    def full_name(self) -> str:
        """`source.table`."""
        return f"{self.source}.{self.name}"

    @cached_property
    def by_name(self) -> dict[str, ColumnContract]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> list[ColumnContract]:
        """Columns without which a file is not of this table: they find the header row."""
        return [
            c
            for c in self.columns
            if c.in_cells and not c.meta.optional and not c.meta.sentiment_of and c.name not in self.unpivoted
        ]

    @property
    def unpivoted(self) -> tuple[str, ...]:
        """The two columns that wide headers and their cells become; empty where nothing is unpivoted."""
        return (self.meta.unpivot.name, self.meta.unpivot.value) if self.meta.unpivot else ()

    def landed_types(self) -> dict[str, str]:
        """All columns of the Parquet file with their types, raceway's own (`_batch_id`, `_row`) included."""
        types = {column.name: column.data_type for column in self.columns}
        types |= {"_batch_id": "varchar", "_row": "bigint"}
        if self.scope.kind == "entities":
            types["_entity"] = "varchar"
        return types


class SourceContract(_Part):
    """One source: its schedule, owner and tables."""

    name: str
    description: str
    meta: SourceMeta
    tables: tuple[TableContract, ...]
    path: Path

    def table(self, name: str) -> TableContract:
        """One table by name. Raises BadContract where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise BadContract(f"{self.path}: source {self.name} has no table {name!r}")

    @property
    def table_names(self) -> list[str]:
        """Names of the tables, in the order in which a header is compared with them."""
        return [table.name for table in self.tables]


def contract_path(source: str, home: Home | None = None) -> Path | None:
    """The file that holds a source's contract: a company's own before the shipped one; None without one."""
    name = f"_{source}__sources.yml"
    places = [PROJECT.contracts / source / name]
    if home is not None:
        places.insert(0, home.sources / source / name)
    return next((path for path in places if path.is_file()), None)


def source_names(home: Home | None = None) -> list[str]:
    """All sources with a contract, sorted: shipped ones and those of the home."""
    folders = [PROJECT.contracts] + ([home.sources] if home is not None else [])
    return sorted(
        {
            path.parent.name
            for folder in folders
            for path in folder.glob("*/_*__sources.yml")
            if path.name == f"_{path.parent.name}__sources.yml"
        }
    )


def load_contracts(home: Home | None = None) -> dict[str, SourceContract]:
    """All contracts by source name. Raises BadContract for the first broken one."""
    return {source: load_contract(source, home) for source in source_names(home)}


def load_contract(source: str, home: Home | None = None) -> SourceContract:
    """One source's contract, the home's overlay laid over it.

    Raises BadContract naming file, table, column and what to write instead.
    """
    path = contract_path(source, home)
    if path is None:
        known = ", ".join(source_names(home)) or "none"
        raise BadContract(f"{source}: there is no contract _{source}__sources.yml; known sources: {known}")
    said = _yaml(path)
    sources = said.get("sources") if isinstance(said, dict) else None
    if not isinstance(sources, list) or len(sources) != 1 or not isinstance(sources[0], dict):
        raise BadContract(f"{path}: write exactly one source under `sources:`")
    raw = sources[0]
    if raw.get("name") != source:
        raise BadContract(f"{path}: source is named {raw.get('name')!r}; write `name: {source}`, as the folder says")
    overlay = home.sources / f"{source}.yml" if home is not None else None
    if overlay is not None and overlay.is_file():
        _lay_over(raw, overlay)
    meta = _part(SourceMeta, _meta(raw, str(path)), f"{path}: source {source}")
    tables = tuple(_table(path, source, table) for table in _named(raw, "tables", f"{path}: source {source}"))
    return SourceContract(
        name=source, description=_description(raw, f"{path}: source {source}"), meta=meta, tables=tables, path=path
    )


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    except yaml.YAMLError as fault:
        raise BadContract(f"{path}: no valid YAML: {fault}") from fault


def _meta(raw: dict[str, Any], where: str) -> dict[str, Any]:
    config = raw.get("config") or {}
    meta = config.get("meta") or {} if isinstance(config, dict) else None
    if not isinstance(meta, dict):
        raise BadContract(f"{where}: `config.meta` must be a mapping")
    return meta


PartT = TypeVar("PartT", bound=_Part)


def _part(model: type[PartT], values: dict[str, Any], where: str) -> PartT:
    try:
        return model.model_validate(values)
    except ValidationError as fault:
        raise BadContract("\n".join(_sentence(model, where, error) for error in fault.errors())) from fault


def _sentence(model: type[BaseModel], where: str, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "config.meta"
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key {key!r}; write one of: {', '.join(_keys_at(model, error['loc']))}"
    if error["type"] == "missing":
        return f"{where}: `{key}` is missing; add it under config.meta"
    return f"{where}: {key}: {error['msg']} (found {error['input']!r})"


def _keys_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """The keys that are allowed where `loc` points to."""
    here: Any = model
    for part in loc[:-1]:
        if isinstance(part, str) and part in getattr(here, "model_fields", {}):
            found = re.findall(r"raceway\.contracts\.(\w+)", str(here.model_fields[part].annotation))
            here = globals().get(found[0], here) if found else here
    return list(here.model_fields)


def _named(raw: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    items = raw.get(key)
    if not isinstance(items, list) or not items or not all(isinstance(i, dict) and i.get("name") for i in items):
        raise BadContract(f"{where}: `{key}` must be a list of entries with a name")
    names = [item["name"] for item in items]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadContract(f"{where}: {key}: {', '.join(twice)} stands twice")
    return items


def _description(raw: dict[str, Any], where: str) -> str:
    text = raw.get("description")
    if not isinstance(text, str) or not text.strip():
        raise BadContract(f"{where}: `description` is missing; say in a sentence what it is, with its unit")
    return " ".join(text.split())


def _table(path: Path, source: str, raw: dict[str, Any]) -> TableContract:
    where = f"{path}: table {raw['name']}"
    meta = _part(TableMeta, _meta(raw, where), where)
    wide = (meta.unpivot.name, meta.unpivot.value) if meta.unpivot else ()
    columns = tuple(_column(where, column, wide) for column in _named(raw, "columns", where))
    table = TableContract(
        source=source, name=raw["name"], description=_description(raw, where), meta=meta, columns=columns
    )
    _check_names(where, table)
    return table


def _column(where: str, raw: dict[str, Any], wide: tuple[str, ...] = ()) -> ColumnContract:
    """One column; those named in `wide` are what unpivoting gives and need no place of their own."""
    where = f"{where}, column {raw['name']}"
    data_type = raw.get("data_type")
    if data_type not in DATA_TYPES:
        raise BadContract(f"{where}: data_type {data_type!r}; write one of: {', '.join(DATA_TYPES)}")
    meta = _part(ColumnMeta, _meta(raw, where), where)
    if meta.in_no_place and meta.value_of is None and raw["name"] not in wide:
        raise BadContract(f"{where}: say where it comes from: aliases, path, param or value_of")
    if meta.hash and data_type != "varchar":
        raise BadContract(f"{where}: a hash is text; write `data_type: varchar`")
    if (meta.free_text or meta.coarse) and (data_type != "varchar" or meta.hash):
        raise BadContract(f"{where}: free_text and coarse go with plain text; write `data_type: varchar`, no hash")
    if meta.sentiment_of and data_type != "double":
        raise BadContract(f"{where}: a sentiment is a number from -1 to 1; write `data_type: double`")
    if meta.value_of in ("file_name", "preamble") and not meta.pattern:
        raise BadContract(f"{where}: value_of {meta.value_of} needs `pattern` with one group")
    if meta.masked and data_type not in ("bigint", "double") and not data_type.startswith("decimal"):
        raise BadContract(f"{where}: only a number is masked; write `data_type: double`, or leave `masked` out")
    if (meta.qualifier_of or meta.header_of) and data_type != "varchar":
        raise BadContract(f"{where}: qualifier_of and header_of land text; write `data_type: varchar`")
    empty = [word for word, text in meta.words.items() if not text.strip()]
    if empty:
        raise BadContract(f"{where}: words: {empty[0]!r} stands for nothing; write it under the table's `nulls`")
    return ColumnContract(name=raw["name"], data_type=data_type, description=_description(raw, where), meta=meta)


def _check_names(where: str, table: TableContract) -> None:
    """Every column that the table's contract names must exist."""
    meta = table.meta
    named = {
        "scope.day": [meta.scope.day] if meta.scope.day else [],
        "scope.keys": meta.scope.keys,
        "covers.by": meta.covers.by,
        "keep_states": meta.keep_states,
        "totals.reconcile": [c for r in (meta.totals.reconcile if meta.totals else ()) for c in r.columns],
        "period": [c for c in (meta.period.first, meta.period.last) if c] if meta.period else [],
        "unique": [column for columns in meta.unique for column in columns],
        "sentiment_of": [c.meta.sentiment_of for c in table.columns if c.meta.sentiment_of],
        "unpivot": list(table.unpivoted),
        "qualifier_of": [c.meta.qualifier_of for c in table.columns if c.meta.qualifier_of],
        "header_of": [c.meta.header_of for c in table.columns if c.meta.header_of],
    }
    for key, columns in named.items():
        missing = [column for column in columns if column not in table.by_name]
        if missing:
            raise BadContract(f"{where}: {key} names {', '.join(missing)}; its columns are {', '.join(table.by_name)}")
    _check_wide_and_masked(where, table)
    if meta.covers.through_export and meta.scope.kind == "days":
        # such a batch would replace days that it knows nothing about
        raise BadContract(f"{where}: covers.through_export does not go with scope days; write `covers.pattern`")
    for column in (column for column in table.columns if column.meta.sentiment_of):
        of = table.by_name[column.meta.sentiment_of or ""]
        if not of.is_text or not of.in_cells or of.meta.hash:
            raise BadContract(f"{where}, column {column.name}: sentiment_of {of.name}: it is no text of the cells")
    day = meta.scope.day
    if day and table.by_name[day].data_type != "date":
        raise BadContract(f"{where}, column {day}: scope days needs a date; write `data_type: date`")


def _check_wide_and_masked(where: str, table: TableContract) -> None:
    """What only delimited text can have stands in such tables only, and a masked number has its qualifier."""
    meta = table.meta
    qualified = {column.meta.qualifier_of for column in table.columns}
    for column in table.columns:
        if column.meta.masked and column.name not in qualified:
            raise BadContract(
                f"{where}, column {column.name}: masked needs a column that lands `<` or `>`; add a varchar column "
                f"with `qualifier_of: {column.name}`"
            )
        if column.meta.qualifier_of and not table.by_name[column.meta.qualifier_of].meta.masked:
            raise BadContract(
                f"{where}, column {column.name}: qualifier_of {column.meta.qualifier_of}, which is not masked; "
                "write `masked: true` there"
            )
    textual = {
        "below_header": meta.below_header, "unnamed_cells": meta.unnamed_cells, "sections": meta.sections,
        "unpivot": meta.unpivot,
        "masked": qualified - {None}, "header_of": [c for c in table.columns if c.meta.header_of],
    }  # fmt: skip
    if "csv" not in meta.formats:
        for key in (key for key, used in textual.items() if used):
            raise BadContract(f"{where}: {key} is for delimited text; leave it out, or add `csv` to formats")
    if meta.unpivot and len(set(table.unpivoted)) == 1:
        raise BadContract(f"{where}: unpivot needs two columns, one for the name and one for the value")


_OVERLAY_KEYS: Final = ("owner", "schedule", "timeout_minutes", "tags", "default_channel")
_OVERLAY_TABLE_KEYS: Final = ("aliases", "dates", "nulls", "number_locale")


def _lay_over(raw: dict[str, Any], path: Path) -> None:
    """Lays a company's overlay over a shipped contract: source keys, and more aliases per column."""
    said = _yaml(path) or {}
    if not isinstance(said, dict):
        raise BadContract(f"{path}: write a mapping with {', '.join(_OVERLAY_KEYS)} or `tables:`")
    unknown = sorted(set(said) - {*_OVERLAY_KEYS, "tables"})
    if unknown:
        raise BadContract(
            f"{path}: unknown key {unknown[0]!r}; an overlay may hold {', '.join(_OVERLAY_KEYS)} and tables"
        )
    meta = raw.setdefault("config", {}).setdefault("meta", {})
    meta.update({key: said[key] for key in _OVERLAY_KEYS if key in said})
    tables = {table["name"]: table for table in raw.get("tables", []) if isinstance(table, dict)}
    for table_name, changes in (said.get("tables") or {}).items():
        if table_name not in tables:
            raise BadContract(f"{path}: table {table_name!r} is not in the contract; it has {', '.join(tables)}")
        _lay_over_table(tables[table_name], changes or {}, f"{path}: table {table_name}")


def _lay_over_table(table: dict[str, Any], changes: dict[str, Any], where: str) -> None:
    unknown = sorted(set(changes) - set(_OVERLAY_TABLE_KEYS))
    if unknown:
        raise BadContract(f"{where}: unknown key {unknown[0]!r}; write one of {', '.join(_OVERLAY_TABLE_KEYS)}")
    of_table = _own_meta(table)
    if "number_locale" in changes:
        of_table["number_locale"] = changes["number_locale"]
    if "nulls" in changes:
        if not isinstance(changes["nulls"], list):
            raise BadContract(f"{where}: nulls: write a list of cell texts that mean nothing")
        of_table["nulls"] = [*of_table.get("nulls", NULL_TOKENS), *changes["nulls"]]
    columns = {column["name"]: column for column in table.get("columns", [])}
    for name, aliases in _per_column(changes, "aliases", "header", columns, where):
        meta = _own_meta(columns[name])
        known = _by_language(meta.get("aliases", {}))
        meta["aliases"] = {**known, "own": aliases} if isinstance(known, dict) else aliases
    for name, formats in _per_column(changes, "dates", "%d/%m/%Y", columns, where):
        if columns[name].get("data_type") not in ("date", "timestamp"):
            raise BadContract(
                f"{where}: dates of {name!r}: it is {columns[name].get('data_type')}, and no date or time"
            )
        meta = _own_meta(columns[name])
        meta["moment"] = {**meta.get("moment", {}), "formats": formats}


def _own_meta(raw: dict[str, Any]) -> dict[str, Any]:
    """`config.meta` of a table or column, to be changed: never one that a YAML anchor shares with others."""
    config = raw.get("config") or {}
    meta = dict(config.get("meta") or {})
    raw["config"] = {**config, "meta": meta}
    return meta


def _per_column(
    changes: dict[str, Any], key: str, example: str, columns: dict[str, Any], where: str
) -> list[tuple[str, list[str]]]:
    """The lists that an overlay gives by column under `key`."""
    said = changes.get(key) or {}
    if not isinstance(said, dict):
        raise BadContract(f"{where}: {key}: write `column: [{example}, …]`")
    for name, items in said.items():
        if name not in columns or not isinstance(items, list):
            raise BadContract(
                f"{where}: {key} of {name!r}: write `column: [{example}, …]` for one of {', '.join(columns)}"
            )
    return list(said.items())
