"""What one file may ask for: `[limits]` of `raceway.toml`, the only place where such a number stands."""

from __future__ import annotations

from pydantic import Field

from raceway.config.values import Model


class Limits(Model):
    """What one file may ask for. Beyond it the file is refused with a sentence, and the others land."""

    file_seconds: float = Field(
        300, gt=0, description="Seconds that reading, checking and landing an export may take, whatever its size …"
    )
    seconds_per_mb: float = Field(1.0, ge=0, description="… and so many more for each megabyte of its files.")
    memory_gb: float = Field(
        4.0, ge=0.5, description="Gigabytes of memory that the process which reads an export may hold (Linux); DuckDB "
        "has six tenths of it and lays aside on the disk what is more."
    )  # fmt: skip
    unpacked_gb: float = Field(
        50.0,
        gt=0,
        description="Gigabytes to which one file may unpack, and which reading it may lay aside on the disk.",
    )
    unpacked_freely_mb: float = Field(
        256.0, gt=0, description="Megabytes to which a packed file may unpack whatever its size; beyond it counts …"
    )
    unpacked_times: float = Field(
        200.0, ge=2, description="… how many times its size it unpacks to: exports shrink to a tenth or a fiftieth."
    )
    members: int = Field(5_000, ge=1, description="Files in one archive, those of archives inside it included.")
    nested: int = Field(3, ge=1, description="Archives inside each other.")
    rows: int = Field(100_000_000, ge=1, description="Rows of one file or member.")
    columns: int = Field(5_000, ge=1, description="Columns of a table.")
    sheet_cells: int = Field(
        20_000_000, ge=1, description="Cells of a sheet from its first to its last row and column, empty ones included."
    )
    depth: int = Field(100, ge=2, description="Lists and objects inside each other in a JSON file.")
