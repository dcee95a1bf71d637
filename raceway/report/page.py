"""Small static HTML pages without anything from outside: templates below `templates/`, everything escaped.

Texts come from file names, cells and messages that other people wrote, so every value that a template prints is
escaped by Jinja, and no template marks one as safe. A value that a template names and nobody gave is an error.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import jinja2

_TEMPLATES: Final = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> str:
    """The page that a template makes of the values; None is printed as nothing.

    Raises jinja2.UndefinedError where the template names a value that was not given.
    """
    return _environment().get_template(template).render(values)


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2  # whoever only asks for the published version renders nothing

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _printed(value: Any) -> Any:
    return "" if value is None else value
