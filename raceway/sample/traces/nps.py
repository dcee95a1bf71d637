"""The survey: answers as Typeform exports them, invitations by raceway's own template."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, table
from raceway.sample.world.things import Answer, Invitation
from raceway.sample.world.world import World

_QUESTION: Final = "How likely are you to recommend us,\non a scale of 0–10?"
_HEADER: Final = [
    "#", _QUESTION, "What could we do “better”, {{field:name}}?", "email", "invitation_id", "Response Type",
    "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags",
]  # fmt: skip
_INVITATION: Final = ["invitation_id", "invited_at", "email", "order_name"]


def write_nps(world: World, inbox: Path) -> int:
    """Writes answers and invitations as they stood in the middle and at the end; gives the number of files."""
    drop = Drop(inbox, "nps", "vn-shop")
    for exported_at in (world.moment(world.days[len(world.days) // 2], 8), world.night):
        day = exported_at.astimezone(world.settings.zone).date()
        answers = [answer for answer in world.answers if answer.at < exported_at]
        if answers:
            rows = [_HEADER, *(_answer(answer) for answer in reversed(answers))]
            drop.put(f"responses-{day}.csv", table(rows, quote_also="“").encode(), exported_at)
        sent = [invitation for invitation in world.invitations if invitation.sent_at < exported_at]
        if sent:
            rows = [_INVITATION, *(_invited(world, invitation) for invitation in sent)]
            drop.put(f"invitations-{day}.csv", table(rows).encode(), exported_at)
    return drop.files


def _answer(answer: Answer) -> list[str]:
    score = "" if answer.score is None else str(answer.score)
    at = answer.at.strftime("%Y-%m-%d %H:%M:%S")
    begun = (answer.at - dt.timedelta(seconds=47)).strftime("%Y-%m-%d %H:%M:%S")
    return [
        answer.id, score, answer.comment, answer.email or "", answer.invitation or "",
        "partial" if answer.is_partial else "completed", begun, at if answer.is_partial else "", at,
        answer.id[:10].lower(), "",
    ]  # fmt: skip


def _invited(world: World, invitation: Invitation) -> list[str]:
    local = invitation.sent_at.astimezone(world.settings.zone)
    return [invitation.id, local.strftime("%Y-%m-%d %H:%M:%S"), invitation.email, invitation.order_name]
