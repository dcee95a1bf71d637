"""A home's lists of words: reasons, codes of offline media and tiers of the loyalty programme."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.accounts import Pattern, _channels, typed_rows
from raceway.config.values import Model, Name

Filled = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _pattern_with_words(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty; write .* where every text is meant")
    return value


class Reason(Model):
    """Which reason a text names: one row of reasons.csv, tried before those of the program."""

    pattern: Annotated[Pattern, AfterValidator(_pattern_with_words)] = Field(
        description="Regular expression that must be found somewhere in the text, in lower case: không vừa|too small."
    )
    reason: Name = Field(description="What it means: size, damaged, late … or a word of your own.")


class OfflineCode(Model):
    """A code by which an offline medium (billboard, print, radio) brings orders: one row of offline_codes.csv."""

    code: Filled = Field(
        description="Coupon code, or a tag of the order (such as the telephone number that was called), any case."
    )
    medium: Filled = Field(description="What carried it, in your own words: billboard Nguyễn Huệ, leaflet May.")
    channel: Name = Field("offline_media", description="Channel of the orders that name it.")
    valid_from: dt.date | None = Field(None, description="First day of orders that it counts for; empty: always.")
    valid_until: dt.date | None = Field(None, description="Last such day; empty: for ever.")

    @model_validator(mode="after")
    def _can_be(self) -> OfflineCode:
        if self.channel not in _channels():
            raise ValueError(f"no channel {self.channel}; there are {', '.join(_channels())}")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self


class LoyaltyTier(Model):
    """What a tier of the loyalty programme is called: one row of loyalty_tiers.csv, before those of the program."""

    tier_name: Filled = Field(description="The tier as the programme's files write it, any case.")
    tier: Name = Field(description="One word for it in every language: silver.")
    rank: int = Field(
        ge=0, le=1_000_000, description="Where it stands: a tier of a higher rank is better; 0 is below every other."
    )


def load_reasons(home: Home) -> list[Reason]:
    """The rows of reasons.csv in their order; none where the file is missing."""
    return [row for _, row in typed_rows(home.reasons, Reason)] if home.reasons.exists() else []


def load_offline_codes(home: Home) -> list[OfflineCode]:
    """The rows of offline_codes.csv, codes in lower case; none where the file is missing. Raises BadSettings where two
    rows claim one code on one day."""
    rows = typed_rows(home.offline_codes, OfflineCode) if home.offline_codes.exists() else []
    found: list[OfflineCode] = []
    for number, row in rows:
        code = row.model_copy(update={"code": _as_compared(row.code)})
        for other in found:
            if other.code == code.code and _overlap(other, code):
                raise BadSettings(
                    f"{home.offline_codes}, row {number}: {code.code} stands twice for one day; keep one of the rows"
                )
        found.append(code)
    return found


def load_loyalty_tiers(home: Home) -> list[LoyaltyTier]:
    """The rows of loyalty_tiers.csv, their names as they are compared; none where the file is missing. Raises
    BadSettings where a name stands twice, or one tier has two ranks."""
    found: dict[str, LoyaltyTier] = {}
    ranks: dict[str, int] = {}
    for number, row in typed_rows(home.loyalty_tiers, LoyaltyTier) if home.loyalty_tiers.exists() else []:
        name = _as_compared(row.tier_name)
        if name in found:
            raise BadSettings(f"{home.loyalty_tiers}, row {number}: {name} stands twice; keep one of the rows")
        if ranks.setdefault(row.tier, row.rank) != row.rank:
            raise BadSettings(
                f"{home.loyalty_tiers}, row {number}: {row.tier} has two ranks; write one rank into all of its rows"
            )
        found[name] = row.model_copy(update={"tier_name": name})
    return list(found.values())


def _as_compared(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()


def _overlap(one: OfflineCode, other: OfflineCode) -> bool:
    first = max(one.valid_from or dt.date.min, other.valid_from or dt.date.min)
    last = min(one.valid_until or dt.date.max, other.valid_until or dt.date.max)
    return first <= last
