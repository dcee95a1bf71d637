"""The removal effects of each month's paths, as the warehouse keeps them."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from raceway.fitting.markov import Path, removal_effects

if TYPE_CHECKING:
    import pyarrow as pa

FEWEST_CONVERSIONS: Final = 100
"""Paths with an order that a fit needs: a share read off n of them has a standard error of up to 0.5 ÷ √n, and
with fewer than 100 that is more than five hundredths of the credit."""


def fitted_weights(paths: pa.Table) -> pa.Table:
    """Columns month, channel, removal_effect (share, 6 decimals; null where not fitted), paths, conversions, is_fitted.

    `paths` has the columns month, path (channels joined by ` > `), conversions and nulls.
    """
    import pyarrow as pa

    by_month: dict[object, list[Path]] = defaultdict(list)
    for row in paths.to_pylist():
        by_month[row["month"]].append(Path(tuple(row["path"].split(" > ")), row["conversions"], row["nulls"]))
    rows = []
    for month, walked in by_month.items():
        conversions = sum(path.conversions for path in walked)
        is_fitted = conversions >= FEWEST_CONVERSIONS
        # in the order of the paths' texts, so that no sum depends on how the rows came
        walked.sort(key=lambda path: path.channels)
        for channel, effect in removal_effects(walked).items():
            rows.append(
                {
                    "month": month,
                    "channel": channel,
                    "removal_effect": Decimal(round(effect * 1_000_000)).scaleb(-6) if is_fitted else None,
                    "paths": conversions + sum(path.nulls for path in walked),
                    "conversions": conversions,
                    "is_fitted": is_fitted,
                }
            )
    schema = pa.schema(
        [
            ("month", pa.date32()),
            ("channel", pa.string()),
            ("removal_effect", pa.decimal128(18, 6)),
            ("paths", pa.int64()),
            ("conversions", pa.int64()),
            ("is_fitted", pa.bool_()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)
