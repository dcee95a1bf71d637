"""The commands that decide about batches, files and checks: accept, reject, retry, waive."""

from __future__ import annotations

from typing import Annotated

import typer

from raceway.console.form import Places, say

_Why = Annotated[str, typer.Option(help="Why; kept with the decision and your name.")]
_Batch = Annotated[str, typer.Argument(help="A batch's id, as `raceway status` shows it.")]


def add_decisions(app: typer.Typer, places: Places) -> None:
    """Registers the commands."""

    @app.command()
    def accept(batch: _Batch, why: _Why) -> None:
        """Put a batch that the gate refused into effect, from the next run on.

        Example: `raceway accept 20260301T040000Z-0123456789ab --why "Black Friday, checked by hand"`
        """
        from raceway.ledger.decisions import accept as accept_batch

        taken = accept_batch(places.find(), batch, why=why)
        say(
            places.out,
            f"{taken.batch_id} ({taken.source}.{taken.table}, {taken.account}) counts from the next run on.",
        )

    @app.command()
    def reject(batch: _Batch, why: _Why) -> None:
        """Take an accepted batch out; from the next run on, what it had replaced counts again.

        Example: `raceway reject 20260301T040000Z-0123456789ab --why "test data"`
        """
        from raceway.ledger.decisions import reject as reject_batch

        out = reject_batch(places.find(), batch, why=why)
        say(
            places.out,
            f"{out.batch_id} ({out.source}.{out.table}, {out.account}) is out from the next run on.",
        )

    @app.command()
    def retry(
        file: Annotated[str | None, typer.Argument(help="A refused file, as `status` shows it; default all.")] = None,
    ) -> None:
        """Put refused files back into the inbox: the next run reads them with today's contracts.

        Example: `raceway retry google_ads/vn-main/report.csv`
        """
        from raceway.ledger.decisions import retry as retry_files

        files = retry_files(places.find(), file)
        for name in files:
            say(places.out, f"{name}: back in the inbox")
        say(places.out, "Read again by: raceway run" if files else "There is no refused file.")

    @app.command()
    def waive(
        check: Annotated[str, typer.Argument(help="A check that stopped the mart, as the refusal names it.")], why: _Why
    ) -> None:
        """Let a critical check of the mart pass in the next run, once; a warning says so beside the numbers.

        Example: `raceway waive values_are_kept --why "the shop was closed in 2024, checked by hand"`
        """
        from raceway.history.waivers import waive as waive_check

        waived = waive_check(places.find(), check, why=why)
        say(
            places.out,
            f"{waived.subject}.{waived.check} may fail in the next run, and in no other; then it is critical again.",
        )
