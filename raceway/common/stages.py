"""The stages of RACE, in the order in which a customer passes them; dbt has the same list in `dbt_project.yml`."""

from __future__ import annotations

from typing import Final

RACE_STAGES: Final = ("plan", "reach", "act", "convert", "engage", "advocacy")
