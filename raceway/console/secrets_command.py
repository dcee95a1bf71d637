"""The command `raceway secrets`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from raceway.console.form import Places, say


def add_secrets(app: typer.Typer, places: Places) -> None:
    """Registers the command."""

    @app.command()
    def secrets(
        server: Annotated[
            Path | None, typer.Option(help="Instead: the variables of docker-compose.yml, into this file (.env).")
        ] = None,
        home_folder: Annotated[Path, typer.Option(help="With --server: the home's folder on the server.")] = Path(
            "/srv/raceway"
        ),
    ) -> None:
        """Make the passwords and keys that are missing; what is there stays. `make up` does so by itself.

        Passwords of the page and the report are said once. The key of personal data is made by `raceway init` alone.

        Example: `raceway secrets`, or on a server `raceway secrets --server .env`
        """
        from raceway.night.airflow_home import environment
        from raceway.night.logins import PASSWORDS, make_passwords, said_of, write_server_environment

        if server is not None:
            made = write_server_environment(server, home_folder)
            say(places.out, f"{server}: {', '.join(made) if made else 'has all of them already'} (mode 600)")
            return
        os.environ.update(environment(places.find()))
        passwords = Path(os.environ[PASSWORDS])
        for line in said_of(passwords, make_passwords(passwords)):
            say(places.out, line)
