"""The commands of operations: what people decide, and `doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from raceway.console.form import Places, say


def _said(why: str) -> str:
    """The reason of a decision. Raises BadParameter where it says nothing."""
    if not why.strip():
        raise typer.BadParameter("says nothing; write what was looked at")
    return why


_Why = Annotated[str, typer.Option(help="Why; kept with the decision and your name.", callback=_said)]
_Batch = Annotated[str, typer.Argument(help="A batch's id, as `raceway status` shows it.")]


def add_decisions(app: typer.Typer, places: Places) -> None:
    """Adds accept, reject, retry and waive to the program."""

    @app.command()
    def accept(
        batch: _Batch,
        why: _Why,
        level: Annotated[
            bool, typer.Option("--level", help="It is usual from now on: earlier days no longer count for comparison.")
        ] = False,
    ) -> None:
        """Put a batch that the gate refused or that is held into effect, from the next run on.

        With `--level`, what it says is the new usual: later batches are compared with its days and those after them
        alone. That may be said of a batch that is in effect with a warning, too.

        Example: `raceway accept 20260301T040000Z-0123456789ab --why "Black Friday, checked by hand"`
        """
        from raceway.ledger.decisions import accept as accept_batch

        home = places.find()
        accepted = accept_batch(home, batch, why=why, level=level)
        what = f"{accepted.batch_id} ({accepted.source}.{accepted.table}, {accepted.account})"
        say(places.out, f"{what} counts from the next run on{', and is what is usual' if level else ''}.")

    @app.command()
    def reject(batch: _Batch, why: _Why) -> None:
        """Take an accepted batch out; from the next run on, what it had replaced counts again.

        Example: `raceway reject 20260301T040000Z-0123456789ab --why "test data"`
        """
        from raceway.ledger.decisions import reject as reject_batch

        home = places.find()
        rejected = reject_batch(home, batch, why=why)
        what = f"{rejected.batch_id} ({rejected.source}.{rejected.table}, {rejected.account})"
        say(places.out, f"{what} is out from the next run on.")

    @app.command()
    def retry(
        file: Annotated[str | None, typer.Argument(help="A refused file, as `status` shows it; default all.")] = None,
        rows: Annotated[bool, typer.Option("--rows", help="Read refused rows of landed files again.")] = False,
    ) -> None:
        """Put refused files back into the inbox: the next run reads them with today's contracts.

        With `--rows` the refused rows of files that landed are read again instead, at once and from the archive: where
        today's contract reads more of them, a batch with all rows of its file takes the place of the earlier one. FILE
        is then a batch's id; default all batches with refused rows. What still fails stays in quarantine/rows/.

        Example: `raceway retry google_ads/vn-main/report.csv`, or after an alias was added `raceway retry --rows`
        """
        if rows:
            from raceway.console.rows_again import read_refused_rows

            for sentence in read_refused_rows(places.find(), file):
                say(places.out, sentence)
            return
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


def add_doctor(app: typer.Typer, places: Places) -> None:
    """Adds doctor to the program."""

    @app.command()
    def doctor(
        ci: Annotated[bool, typer.Option("--ci", help="Of a repository: no key, no data; warnings fail.")] = False,
        notify: Annotated[bool, typer.Option("--notify", help="Only send a trial to every route of alerts.")] = False,
        deep: Annotated[
            bool,
            typer.Option("--deep", help="Also read every byte of landing/, and say which files are damaged."),
        ] = False,
        late: Annotated[
            bool,
            typer.Option("--late", help="Only look whether the day's mart is published by alerts.deadline (for cron)."),
        ] = False,
    ) -> None:
        """Check installation, settings, lists, contracts, overlays, profiles, expectations, permissions and the key.

        Exit code: 1 where something is wrong, else 0. With `--ci` a home under version control is checked as it was
        checked out: its settings, lists, overlays and own sources, without a key, data or a night.

        With `--deep` every accepted batch, its states, what the archive keeps of its raw files and the published
        versions are read and held against what was noted as they were written; nothing is changed.

        With `--late` it looks whether the mart of the day is there, also where nothing ran: exit code 1, and a message
        to the routes, where it is not. With `--notify` it sends a trial: exit code 1 where a route did not take it.

        Example: `raceway doctor`, `raceway --home . doctor --ci`, or in a crontab
        `0 8 * * * raceway --home /srv/acme doctor --late`
        """
        home = places.find()
        if notify or late:
            from raceway.console.doctor_alerts import look_for_mart, try_routes

            failed = [
                look(home, lambda sentence: say(places.out, sentence))
                for look, wanted in ((try_routes, notify), (look_for_mart, late))
                if wanted
            ]
            raise typer.Exit(1 if any(failed) else 0)
        from raceway.console.doctor import examine, show_findings, show_settings

        findings = examine(home, ci)
        if deep:
            from raceway.console.doctor_deep import examine_files

            findings += examine_files(home)
        if not ci:
            show_settings(places.out, home)
        show_findings(places.out, findings)
        worst = {finding.level for finding in findings}
        raise typer.Exit(1 if "error" in worst or (ci and "warning" in worst) else 0)
