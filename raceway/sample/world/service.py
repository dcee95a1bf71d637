"""What service hears: tickets, answers, reviews, tests of usability."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, Literal

TicketAccount = Literal["vn-help", "us-help"]
Rating = Literal["good", "bad", "offered", ""]
Form = Literal["typeform", "survey_monkey", "google_forms", "google_forms_vi"]
Platform = Literal["google_business_profile", "trustpilot", "judge_me", "shopee", "app store"]

REVIEW_ACCOUNTS: Final[dict[Platform, str]] = {
    "google_business_profile": "us-store", "trustpilot": "vn-shop", "judge_me": "vn-shop", "shopee": "vn-shop",
    "app store": "vn-shop",
}  # fmt: skip

FORM_ACCOUNTS: Final[dict[Form, str]] = {
    "typeform": "vn-shop", "google_forms_vi": "vn-shop", "survey_monkey": "us-store", "google_forms": "us-store",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request for help and what became of it. Moments are whole seconds."""

    account: TicketAccount
    number: int
    opened_at: dt.datetime
    requester: int  # the tool's number of who asked
    email: str | None  # None for a chat without an address
    channel: Literal["email", "web", "chat"]
    replied_at: dt.datetime | None
    solved_at: dt.datetime | None
    reopened_at: dt.datetime | None = None  # after solved_at, and not solved again
    offered_at: dt.datetime | None = None  # when the customer was asked for a rating
    rated_at: dt.datetime | None = None
    rating: Rating = ""  # where it was rated, else empty
    comment: str = ""
    deleted_at: dt.datetime | None = None
    merged_at: dt.datetime | None = None
    replies: int = 1  # public replies of agents, where anyone replied

    @property
    def closed_at(self) -> dt.datetime | None:
        """The tool closes what was solved four days ago."""
        if self.solved_at is None or self.reopened_at is not None:
            return None
        return self.solved_at + dt.timedelta(days=4)

    def updated_at(self, moment: dt.datetime) -> dt.datetime:
        """The last change that an export at `moment` knows."""
        changes = (
            self.replied_at, self.solved_at, self.reopened_at, self.offered_at, self.rated_at, self.deleted_at,
            self.merged_at, self.closed_at,
        )  # fmt: skip
        return max((c for c in changes if c is not None and c <= moment), default=self.opened_at)


@dataclass(frozen=True, slots=True)
class CsatAnswer:
    """A response to a satisfaction survey; `submitted_at` is None where it was left before the end."""

    form: Form
    id: str
    started_at: dt.datetime
    submitted_at: dt.datetime | None
    score: int | None
    comment: str
    email: str | None


EFFORT_ACCOUNT: Final = "vn-shop"


@dataclass(frozen=True, slots=True)
class EffortAnswer:
    """An answer, 1 to 7, to how easy the company made it."""

    id: str
    at: dt.datetime
    score: int
    email: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """A review; `scale` is the platform's highest rating."""

    platform: Platform
    id: str
    at: dt.datetime
    stars: int | None  # None: the platform states none
    comment: str
    email: str | None = None
    scale: int = 5
    product: str = ""
    is_spam: bool = False
    edited_at: dt.datetime | None = None
    stars_before: int | None = None  # what it said until it was edited
    removed_at: dt.datetime | None = None
    replied_at: dt.datetime | None = None  # when the company answered


@dataclass(frozen=True, slots=True)
class UsabilityTask:
    """A task that a participant of a usability test tried; the first report of it may have been wrong."""

    test: str
    participant: str
    task: str
    day: dt.date
    is_success: bool
    errors: int
    tenths: int  # tenths of a second
    errors_before: int | None = None  # what the first file said, where it was corrected


@dataclass(slots=True)
class Service:
    """All of it."""

    tickets: list[Ticket] = field(default_factory=list)
    answers: list[CsatAnswer] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    tasks: list[UsabilityTask] = field(default_factory=list)
    efforts: list[EffortAnswer] = field(default_factory=list)
