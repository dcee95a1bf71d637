"""Who may log in at Airflow's page and at the report beside it, and the keys that a home's Airflow works with.

Nothing has a default: what is missing is made, strong, and kept in files that only their owner reads.
Logins are those of Airflow's simple auth manager. It knows three roles of use here:

    viewer     sees every page, and changes nothing
    operator   also runs, stops and decides: Airflow's role `user`, which sees no connection and edits no pool
    admin      everything

`AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS` names other people than these three, as `lan:admin,minh:viewer`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from raceway.common.faults import BadSettings
from raceway.common.files import write_private
from raceway.common.home import Home

USERS: Final = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"
PASSWORDS: Final = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"
ROLES: Final = {"admin": "admin", "operator": "user", "viewer": "viewer"}
"""The users of a new home, with Airflow's name of their role."""
KEYS: Final = {
    "AIRFLOW__API_AUTH__JWT_SECRET": "airflow_jwt.key",  # signs the tokens between Airflow's processes, and of users
    "AIRFLOW__API__SECRET_KEY": "airflow_session.key",  # signs the page's sessions
    "AIRFLOW__CORE__FERNET_KEY": "airflow_fernet.key",  # encrypts connections in Airflow's database
}
"""Airflow's keys by their variables: the file of each below `secrets/`."""
_VARIABLE: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=")
_GIVEN: Final = "RACEWAY_{}_PASSWORD"
_SHORTEST: Final = 12
"""Signs that a password of somebody's own choice has at least."""


def keys(home: Home) -> dict[str, str]:
    """Airflow's keys by their variables; made and kept in the home where the environment gives none."""
    return {
        variable: _kept(home.secrets / name, _fernet_key if "FERNET" in variable else _key)
        for variable, name in KEYS.items()
        if not os.environ.get(variable)
    }


def make_passwords(path: Path) -> dict[str, str]:
    """Makes a password for every user that has none in the file of passwords; gives those that were made.

    RACEWAY_ADMIN_PASSWORD and its like (a user's name in capitals) give one instead, as a server's environment does,
    and replace an older one. The file is its owner's alone from its first byte, and closed where it was open.
    Raises BadSettings where the file cannot be read, or a given password is short.
    """
    known = passwords_of(path)
    given = {user: os.environ.get(_GIVEN.format(user.upper()), "") for user in users()}
    for user, password in given.items():
        if password and len(password) < _SHORTEST:
            raise BadSettings(
                f"{_GIVEN.format(user.upper())}: shorter than {_SHORTEST} signs; make one with: raceway secrets"
            )
    chosen = {user: password for user, password in given.items() if password}
    made = {user: secrets.token_urlsafe(15) for user in users() if user not in known and user not in chosen}
    wanted = known | chosen | made
    if wanted != known or not path.exists():
        write_private(path, json.dumps(wanted) + "\n")
    path.chmod(0o600)
    return made


def said_of(path: Path, made: Mapping[str, str]) -> list[str]:
    """What is told of the logins: a password once, when it was made, and where all are kept."""
    lines = [f"Login    {user} / {password}  (said this once)" for user, password in made.items()]
    return [*lines, f"Logins   {', '.join(users())}; their passwords are in {path}, which only you can read"]


def users() -> list[str]:
    """Who may log in, whatever the role."""
    named = os.environ.get(USERS) or ",".join(":".join(pair) for pair in ROLES.items())
    return [user.partition(":")[0].strip() for user in named.split(",") if user.strip()]


def passwords_of(path: Path) -> dict[str, str]:
    """The passwords of a file by user; none where it is not there. Raises BadSettings where it cannot be read."""
    try:
        known = json.loads(path.read_text(encoding="utf-8") or "{}")
        return {str(user): str(password) for user, password in known.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as fault:
        raise BadSettings(
            f"{path}: no JSON of users and passwords ({fault}); mend it, or delete it and new ones are made"
        ) from fault


def knows_password(said: str, path: Path) -> bool:
    """Whether a header of HTTP Basic names a user with the right password, in constant time."""
    scheme, _, encoded = said.partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        known = passwords_of(path)
    except (binascii.Error, UnicodeDecodeError, ValueError, BadSettings):
        return False
    # an unknown user takes as long as a wrong password, and never fits
    right = hmac.compare_digest(password.encode(), known.get(user, "\0").encode())
    return right and bool(password) and user in known and user in users() and scheme.lower() == "basic"


def server_environment(home_folder: Path) -> dict[str, str]:
    """What docker-compose.yml asks for, made anew: letters and digits where a value stands in an address."""
    return {
        "RACEWAY_HOME_FOLDER": str(home_folder),
        "RACEWAY_DB_PASSWORD": secrets.token_hex(24),
        "RACEWAY_JWT_SECRET": _key(),
        "RACEWAY_SECRET_KEY": _key(),
        "RACEWAY_FERNET_KEY": _fernet_key(),
        **{_GIVEN.format(user.upper()): secrets.token_urlsafe(15) for user in ROLES},
    }


def write_server_environment(file: Path, home_folder: Path) -> list[str]:
    """Adds to a file of variables for docker compose those that it has not; gives their names.

    Nothing that stands there is changed. Raises BadSettings where the file cannot be read or written, or holds anything
    but variables, and for a home's folder that no line of it can name.
    """
    folder = str(home_folder)
    if not home_folder.is_absolute() or not folder.isprintable() or set(folder) & set("':"):
        raise BadSettings(
            f"--home-folder {folder!r}: docker compose needs a whole path (/srv/raceway) without quotes, colons and "
            "line ends; write one"
        )
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        there = _variables(file, text)
        made = {name: value for name, value in server_environment(home_folder).items() if name not in there}
        lines = [*text.splitlines(), *(f"{name}={_as_written(value)}" for name, value in made.items())]
        write_private(file, "\n".join(lines) + "\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadSettings(f"{file}: cannot be read or written ({fault}); choose another place") from fault
    return list(made)


def _as_written(value: str) -> str:
    """A value as a line of variables holds it: in single quotes no `$`, `#` or blank of it means anything."""
    return value if re.fullmatch(r"[\w./=-]+", value, re.ASCII) else f"'{value}'"


def _variables(file: Path, text: str) -> set[str]:
    """The names of the variables in a text. Raises BadSettings where a line is neither one, nor a comment nor empty."""
    names = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _VARIABLE.match(line)
        if found is None:
            raise BadSettings(
                f"{file}, row {number}: no variable (NAME=value) and no comment, so this is another file than one of "
                "variables: nothing was written; name a new file, as .env"
            )
        names.add(found[1])
    return names


def _key() -> str:
    return secrets.token_hex(32)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    """A secret that is made once; of two processes that make one at a time both get the first."""
    if not path.exists():
        write_private(path, make(), once=True)
    path.chmod(0o600)
    return path.read_text(encoding="utf-8").strip()
