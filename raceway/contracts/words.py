"""The words that every part of a contract is made of, and those about what stands around a table's rows."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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


def by_language(value: object) -> object:
    """Names that may be given as a list, or by language."""
    return {"en": value} if isinstance(value, list) else value


Pattern = Annotated[str, AfterValidator(_is_pattern)]
Names = Annotated[dict[str, tuple[str, ...]], BeforeValidator(by_language)]


class Part(BaseModel):
    """A part of a contract: unknown keys are faults, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reconcile(Part):
    """A total row against which the landed rows are summed, or the rows counted; a difference is a finding."""

    label: str
    columns: tuple[str, ...] = ()
    records: bool = Field(False, description="The first group of the label's pattern says how many rows there are.")

    @model_validator(mode="after")
    def _says_what(self) -> Reconcile:
        if self.records and not (self.label.startswith("~") and re.compile(self.label[1:]).groups):
            raise ValueError(r"records needs a label with a group, such as `~^Grand Totals \(([\d,.]+) records\)$`")
        if not self.records and not self.columns:
            raise ValueError("say what the total is of: columns, or records")
        return self


class Totals(Part):
    """Which rows are totals: one of the first cells starts with a label, and no day and no key is in the row."""

    labels: tuple[str, ...] = TOTAL_LABELS
    cells: int = 4
    anywhere: bool = Field(False, description="The label may start any cell of the row.")
    segments: tuple[str, ...] = Field((), description="Columns that a labelled total may fill, too.")
    blank: tuple[str, ...] = Field((), description="And rows in which all of these columns are empty.")
    says: str = Field("", description="What such rows are, where it is to be said in a finding.")
    nameless: bool = Field(False, description="And rows in which all cells that name something are empty.")
    beside: tuple[Pattern, ...] = Field((), description="With nameless: headers of texts that name no row.")
    unless: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="And rows whose cell of this column is empty or one of these words."
    )
    reconcile: tuple[Reconcile, ...] = ()


class Reconciles(Part):
    """Another table of the same source that tells the same measures of the same account and days."""

    against: str = Field(description="The other table, whose rows have a day.")
    columns: tuple[str, ...] = Field(min_length=1, description="Number columns that both tables have.")
    relation: Literal["equal", "at_most"] = Field(
        description="equal: this table tells as much as the other; at_most: a part of it, never more."
    )
    within: float = Field(0.01, ge=0, lt=1, description="By how much of the other's sum they may be apart.")


class Period(Part):
    """Where a report without a day column states its period."""

    of: Literal["preamble", "sibling", "columns", "file_name"]
    first: str | None = Field(None, description="With columns: the column of the first day.")
    last: str | None = Field(None, description="With columns: the column of the last day.")
    pattern: Pattern | None = Field(None, description="With file_name: groups `first` and `last`, or `month`.")
    header: Pattern | None = Field(None, description="Header of a column that states the period: its first group.")

    @model_validator(mode="after")
    def _says_where(self) -> Period:
        groups = re.compile(self.pattern or "").groupindex
        if self.of == "file_name" and not ("month" in groups or {"first", "last"} <= set(groups)):
            raise ValueError(
                "period of file_name needs `pattern` with groups (?P<first>…) and (?P<last>…), or (?P<month>…)"
            )
        return self


class SingleDays(Part):
    """Rows of a period report whose period is one day: they are rows of the daily table."""

    table: str = Field(description="The daily table, all of whose columns but the day this table has.")
    day: str = Field(description="Its column of the day.")


class Unpivot(Part):
    """Wide columns become rows: each header that the pattern meets gives one row per record."""

    columns: Pattern = Field(description="Pattern of the wide headers; its first group, else the header, is the name.")
    name: str = Field(description="Column that lands the header's name.")
    value: str = Field(description="Column that lands the cell.")
    keep_empty: bool = Field(False, description="Empty cells give a row, too.")


class Expect(Part):
    """What the landing gate expects of one column."""

    not_null: Severity | None = Field(None, description="Severity with which an empty value counts.")
    min: float | str | None = Field(None, description="Smallest value.")
    max: float | str | None = Field(None, description="Largest value.")
    accepted: tuple[str, ...] | None = Field(None, description="The only values there are.")
    severity: Severity = Field("critical", description="Severity of min, max and accepted.")
