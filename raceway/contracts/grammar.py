"""The language of contracts: what a source's file may say, with its defaults."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from raceway.common.faults import BadContract
from raceway.contracts.words import (
    NULL_TOKENS,
    ExclusionKind,
    Expect,
    Names,
    Part,
    Pattern,
    Period,
    Policy,
    Reconciles,
    Severity,
    SingleDays,
    Totals,
    Unpivot,
)


class Moment(Part):
    """How a date or time is written."""

    formats: tuple[str, ...] = Field((), description="strptime formats, tried in order; empty: ISO.")
    epoch: Literal["s", "ms", "us"] | None = Field(None, description="A count since 1970 in this unit.")
    zone: str = Field("utc", description="utc, account, local (kept as written), or `column <header>` that names it.")
    time: str | None = Field(None, description="Header of a column with the time of day.")
    serial: bool = Field(False, description="Also a spreadsheet's day number, 46086.431 (days since 1899-12-30).")
    yearless: bool = Field(False, description="Formats without a year: the latest such day before the export.")


class ColumnMeta(Part):
    """`config.meta` of a column: where in the file its value comes from."""

    aliases: Names = Field(default_factory=dict, description="Headers that mean this column, by language.")
    also: tuple[str, ...] = Field((), description="Headers read in turn where the column's own cell is empty.")
    path: str | None = Field(None, description="Member of a JSON or Parquet record: device.web_info.hostname.")
    also_paths: tuple[str, ...] = Field((), description="Members read in turn where `path` is empty.")
    param: str | None = Field(None, description="Key in ga4's event_params.")
    params_unless: str | None = Field(
        None, description="Lands a digest of all of ga4's event_params where that member of the record is empty."
    )
    value_of: Literal["currency", "period_start", "period_end", "file_name", "preamble"] | None = Field(
        None, description="Not in the cells: the account's currency, the export's period, its name or preamble."
    )
    pattern: Pattern | None = Field(
        None, description="With value_of file_name and preamble: its first group is the value."
    )
    extract: Pattern | None = Field(None, description="Of the cell's text only this pattern's first group is read.")
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
    counts: bool = Field(False, description="With data type double: it counts things, though in fractions of one.")
    moment: Moment = Moment()
    hash: Literal["email", "phone", "id"] | None = Field(None, description="Lands as keyed hash only.")
    person: bool = Field(
        False, description="An id in the clear that stands for a person (several: joined by `;`); `forget` renames it."
    )
    free_text: bool = Field(False, description="What people wrote: lands with e-mails, phones and numbers masked.")
    sentiment_of: str | None = Field(None, description="Column whose raw text this one scores, -1 to 1; no cell.")
    coarse: Literal["ip", "device", "year", "month"] | None = Field(
        None,
        description="What lands of it: an IP's /24 (IPv6: /48); a device's id where it is written as a cookie's; "
        "the year or the month of a date.",
    )
    only_with: str | None = Field(None, description="Column of the row without a yes in which nothing of it lands.")
    excluded_by: tuple[ExclusionKind, ...] = Field((), description="Kinds of exclusions.csv that flag its values.")
    expect: Expect = Expect()

    @property
    def in_no_place(self) -> bool:
        """Whether nothing says where in a record the value stands."""
        places = (self.aliases, self.path, self.param, self.params_unless, self.qualifier_of, self.header_of)
        return not (any(places) or self.sentiment_of)


class Unsupported(Part):
    """A kind of file that is known and not landed: refused with `<kind>: not a supported report`."""

    kind: str
    columns: tuple[str, ...] = Field((), description="Headers that all stand in one row.")
    without: tuple[str, ...] = Field((), description="With columns: headers that do not stand beside them.")
    text: Pattern | None = Field(None, description="Pattern found in the first lines.")
    files: Pattern | None = Field(None, description="Pattern of the file's name.")
    furniture_in_bundle: bool = Field(False, description="Inside a folder or zip of its kind: counted, not refused.")

    @model_validator(mode="after")
    def _says_how(self) -> Unsupported:
        if not (self.columns or self.text or self.files):
            raise ValueError("say how to recognise it: columns, text or files")
        return self


class Scope(Part):
    """What a batch speaks for and therefore replaces."""

    kind: Literal["days", "entities", "events"]
    day: str | None = Field(None, description="Kind days: the column that names the day.")
    keys: tuple[str, ...] = Field((), description="Kinds entities and events: the key columns.")
    full_snapshot: bool = Field(False, description="The file says everything: a row that is gone is gone.")
    made_at: str | None = Field(
        None, description="Kind entities: the moment at which one was made. One key with two of them, more than a "
        "minute apart, is two entities: told apart where `own_id` is stated, else the file is refused."
    )  # fmt: skip
    own_id: str | None = Field(
        None, description="Kind entities, with a `made_at` in every row that never changes: the source's own id of "
        "one, in at least one of its rows."
    )  # fmt: skip

    @property
    def entity(self) -> str:
        """SQL for what tells the entities of a landed file apart: two of one name by when they were made."""
        return f"concat(_entity, '|', cast({self.made_at} as varchar))" if self.own_id else "_entity"

    @model_validator(mode="after")
    def _complete(self) -> Scope:
        if self.kind == "days" and not self.day:
            raise ValueError("scope days needs `day`, the column that names the day")
        if self.kind == "events" and not self.keys:
            raise ValueError("scope events needs `keys`, the columns that tell events apart")
        if self.kind == "entities" and not self.keys and not self.full_snapshot:
            raise ValueError("scope entities needs `keys`, or `full_snapshot: true`")
        if self.own_id and not self.made_at:
            raise ValueError("scope own_id needs `made_at`, the column that tells entities of one key apart")
        return self


class Goods(Part):
    """An order's lines and the sum that the order itself states for them: a cut file loses lines, the sum stays."""

    stated: str = Field(description="Column of the stated sum of an order's goods, after its discount.")
    discount: str | None = Field(None, description="Column of the order's discount, which the lines do not show.")
    line: str | None = Field(None, description="Column of a line's amount.")
    price: str | None = Field(None, description="Without `line`: column of a line's price for one …")
    quantity: str | None = Field(None, description="… and of its quantity.")


class ExportedAt(Part):
    """When the export was made: in a folder's or file's name (`date` group), else the file's own time."""

    pattern: Pattern | None = None


class Covers(Part):
    """Which days a batch covers."""

    by: tuple[str, ...] = Field((), description="Date or timestamp columns; first to last value inside.")
    pattern: Pattern | None = Field(None, description="In the file's name: groups `first` and `last` (ISO days).")
    last_exclusive: bool = Field(False, description="The name's last day is no longer in the file.")
    whole_months: bool = Field(False, description="A value stands for its month: the last one to its end.")
    through_export: bool = Field(False, description="And every day up to the day before the export.")
    period: bool = Field(False, description="And the days of the report's period, up to the day before the export.")
    zone: Literal["account", "utc"] = Field("account", description="Zone in which a timestamp's day counts.")


class Sibling(Part):
    """A small file beside the data that says period and filters (Search Console's Filters).

    Rows without it may be a part or the whole, so they wait for it, and are refused where it does not come.
    """

    files: Pattern
    called: str = Field(description="Its name for people.")
    within_minutes: int = Field(60, description="Files of one download are written so close together.")
    date_rows: tuple[str, ...] = Field(description="First cells of the row that states the period.")
    plain_rows: tuple[str, ...] = Field((), description="First cells of rows that are no filter.")
    plain_values: tuple[str, ...] = Field((), description="Their values that filter nothing.")


class Parts(Part):
    """Files that are parts of one export: equal `export` group, `part` group in order, written close together."""

    pattern: Pattern
    within_minutes: int = 60


class Drift(Part):
    """What a change of the file's shape means."""

    on_new_column: Policy = Field("warn", description="A header that neither the columns nor `known` name.")
    on_missing_column: Literal["fail"] = Field("fail", description="A required column that no header names.")
    on_type_widening: Literal["allow", "fail"] = Field(
        "allow", description="Values wider than the type: refuse those rows (allow), or the file (fail)."
    )
    on_type_narrowing: Literal["fail"] = Field("fail", description="A type that cannot hold the contract's values.")


class Rule(Part):
    """A free expectation of the gate: a condition in SQL that every row meets."""

    name: str
    condition: str
    severity: Severity = "warning"
    says: str = ""


class TableMeta(Part):
    """`config.meta` of a table: the file contract."""

    like: str | None = Field(None, description="`source.table` whose file contract and columns this table begins with.")
    formats: tuple[Literal["csv", "json", "parquet"], ...] = ("csv",)
    records: str | None = Field(None, description="JSON: member with the array of records, where there is one.")
    files: Pattern | None = Field(None, description="Pattern of the file's name; without it any name.")
    title: Pattern | None = Field(None, description="Pattern that the lines above the header must show.")
    titled: Pattern | None = Field(
        None, description="Pattern of the report's title; under another title every header must be known."
    )
    without: tuple[str, ...] = Field((), description="Headers whose presence means another report.")
    header_rows: int = Field(30, description="Lines at the top among which the header is looked for.")
    encodings: tuple[Literal["utf-8", "utf-16", "cp1252"], ...] = ("utf-8", "utf-16")
    below_header: int = Field(0, ge=0, description="Records directly below the header that are furniture.")
    described: bool = Field(False, description="The record below the header is furniture if it describes the columns.")
    one_of: tuple[tuple[str, ...], ...] = Field(
        (),
        description="Sets of columns of which the file has one whole: an amount of the order, or price and quantity.",
    )
    filled: tuple[str, ...] = Field((), description="Columns that some record at the top fills; else another table.")
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
    single_days: SingleDays | None = None
    day_by_day: bool = Field(
        False, description="Refuse a file whose days are weeks or months apart, or a period's sum."
    )
    scope: Scope
    goods: Goods | None = Field(None, description="Orders whose lines may be compared with what they state.")
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
    reconciles: tuple[Reconciles, ...] = Field((), description="Reports that tell the same measures of the same days.")


class SourceMeta(Part):
    """`config.meta` of a source."""

    owner: str
    schedule: str = Field("0 3 * * *", description="Cron of extract_<source>, in the business zone.")
    timeout_minutes: int = 30
    tags: tuple[str, ...] = ()
    default_channel: str | None = Field(None, description="Marketing channel where a row states none.")
    measures_sites: bool = Field(False, description="Its table events holds what visitors do on sites.")
    bundle: Pattern | None = Field(None, description="Folder or zip names whose files are one export.")
    unsupported: tuple[Unsupported, ...] = ()


class ColumnContract(Part):
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
    def names_person(self) -> bool:
        """Whether its values stand for a person or a person's device: as keyed hashes, or in the clear."""
        return bool(self.meta.hash) or self.names_in_clear

    @property
    def names_in_clear(self) -> bool:
        """Whether its values are ids of persons or devices as the source gives them."""
        return self.is_text and (self.meta.person or "device" in self.meta.excluded_by)

    @property
    def is_amount(self) -> bool:
        """Whether it is a count or an amount, so that `1.000` in it may be a thousand: no rate, position or score."""
        return self.data_type == "bigint" or self.data_type.startswith("decimal") or self.meta.counts

    @property
    def is_number(self) -> bool:
        """Whether it lands as a number that is no id."""
        return self.data_type.startswith(("bigint", "integer", "double", "decimal")) and not self.meta.ident

    @property
    def in_cells(self) -> bool:
        """Whether its value stands in the rows (and not in name, preamble or account)."""
        return self.meta.value_of is None and not self.meta.header_of and not self.meta.qualifier_of


class TableContract(Part):
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

    def lacking(self, found: Collection[str]) -> tuple[ColumnContract, ...]:
        """The columns without which a file that has the columns `found` is not of this table; of the sets of `one_of`
        those of the first, where none is whole."""
        missing = tuple(column for column in self.required if column.name not in found)
        sets = self.meta.one_of
        if sets and not any(all(column in found for column in wanted) for wanted in sets):
            missing += tuple(self.by_name[column] for column in sets[0] if column not in found)
        return missing

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


class SourceContract(Part):
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
