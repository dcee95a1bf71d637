"""What Airflow's deadline alert calls: a process of its own, on the executor, while the run may still be at work."""

from __future__ import annotations

import logging
from typing import Any

from raceway.common.home import find_home

_LOG = logging.getLogger(__name__)


def mart_is_late(**_: Any) -> None:
    """Tells the routes where no mart of the day is published; says nothing where it is. Takes Airflow's context."""
    from raceway.alerts.tell import tell_late

    point, deliveries = tell_late(find_home())
    _LOG.warning("%s; %s", point.sentence if point else "the mart of the day is published", deliveries)
