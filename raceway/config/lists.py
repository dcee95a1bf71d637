"""Every list of a home, by its name, with what reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from raceway.common.home import Home
from raceway.config.accounts import (
    load_accounts,
    load_channel_rules,
    load_exclusions,
    load_holidays,
    load_sales_channels,
    load_ticket_topics,
    load_vat_rates,
)
from raceway.config.own_lists import load_loyalty_tiers, load_offline_codes, load_reasons
from raceway.config.segments import load_segments

LISTS: Final[Mapping[str, Callable[[Home], Any]]] = MappingProxyType(
    {
        "accounts": load_accounts,
        "exclusions": load_exclusions,
        "holidays": load_holidays,
        "channel_rules": load_channel_rules,
        "sales_channels": load_sales_channels,
        "ticket_topics": load_ticket_topics,
        "vat_rates": load_vat_rates,
        "reasons": load_reasons,
        "offline_codes": load_offline_codes,
        "loyalty_tiers": load_loyalty_tiers,
        "segments": load_segments,
    }
)
"""Each raises BadSettings where its list cannot be read."""
