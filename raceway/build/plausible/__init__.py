"""Whether a batch is plausible beside what the past says of its source, account and table.

See docs/explanation/plausibility.md.
"""

from raceway.build.plausible.walk import Verdicts, judge_batches

__all__ = ["Verdicts", "judge_batches"]
