"""Satisfaction surveys: a Typeform, a SurveyMonkey survey and the sheets of two Google Forms."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from raceway.sample.invent.service import halfway
from raceway.sample.traces.drop import Drop, table
from raceway.sample.world.service import FORM_ACCOUNTS, CsatAnswer, Form
from raceway.sample.world.world import World

_TYPEFORM: Final = [
    "#", "How satisfied are you with your order,\n{{field:name}}?", "What could we improve?", "email", "Response Type",
    "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags",
]  # fmt: skip
_MONKEY: Final = [
    "Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name",
    "Custom Data 1", "How satisfied are you with our service?", "What can we improve?", "",
]  # fmt: skip
_MONKEY_BELOW: Final = ["", "", "", "", "", "", "", "", "", "Response", "Open-Ended Response", "Other"]
_SHEET: Final = ["Timestamp", "Overall, how satisfied are you?", "Any comment?", "Email Address"]
_SHEET_VI: Final = ["Dấu thời gian", "Bạn có hài lòng với cửa hàng không?", "Góp ý của bạn", "Địa chỉ email"]
_WORDS: Final = {1: "Very dissatisfied", 2: "Dissatisfied", 3: "Neutral", 4: "Satisfied", 5: "Very satisfied"}


def write_csat_survey(world: World, inbox: Path) -> int:
    """Writes the Typeform twice, the others once in the night; gives the number of files."""
    drops = {account: Drop(inbox, "csat_survey", account) for account in ("vn-shop", "us-store")}

    def of(form: Form) -> list[CsatAnswer]:
        return [answer for answer in world.service.answers if answer.form == form]

    for moment in (halfway(world), world.night):
        rows = [_typeform(answer, moment) for answer in reversed(of("typeform")) if answer.started_at < moment]
        if rows:
            content = table([_TYPEFORM, *rows])
            drops["vn-shop"].put(f"responses-{moment:%Y-%m-%d}.csv", content.encode(), moment)
    if answers := of("survey_monkey"):
        zone = world.accounts["csat_survey", FORM_ACCOUNTS["survey_monkey"]].zone
        rows = [_monkey(number, answer, zone) for number, answer in enumerate(answers)]
        drops["us-store"].put(
            "All Responses.csv", ("\ufeff" + table([_MONKEY, _MONKEY_BELOW, *rows])).encode(), world.night
        )
    for form, head, name in (
        ("google_forms", _SHEET, "Store survey (Responses) - Form Responses 1.csv"),
        ("google_forms_vi", _SHEET_VI, "Khảo sát (Câu trả lời) - Câu trả lời biểu mẫu 1.csv"),
    ):
        account = FORM_ACCOUNTS[form]  # type: ignore[index]  # the two forms are spelled out above
        zone = world.accounts["csat_survey", account].zone
        rows = [_sheet(answer, zone, form == "google_forms_vi") for answer in of(form)]  # type: ignore[arg-type]  # likewise
        if rows:
            drops[account].put(name, table([head, *rows], line_end="\r\n", last_line_end=False).encode(), world.night)
    return sum(drop.files for drop in drops.values())


def _typeform(answer: CsatAnswer, at: dt.datetime) -> list[str]:
    submitted = answer.submitted_at if answer.submitted_at is not None and answer.submitted_at <= at else None
    begun = answer.started_at.strftime("%Y-%m-%d %H:%M:%S")
    sent = "" if submitted is None else submitted.strftime("%Y-%m-%d %H:%M:%S")
    return [
        answer.id, "" if answer.score is None else str(answer.score), answer.comment, answer.email or "",
        "partial" if submitted is None else "completed", begun, "" if submitted is not None else begun, sent,
        answer.id[:10].lower(), "",
    ]  # fmt: skip


def _monkey(number: int, answer: CsatAnswer, zone: dt.tzinfo) -> list[str]:
    def local(moment: dt.datetime | None) -> str:
        return "" if moment is None else moment.astimezone(zone).strftime("%m/%d/%Y %I:%M:%S %p")

    return [
        str(118_400_000_001 + number), "429000001", local(answer.started_at), local(answer.submitted_at), "192.0.2.7",
        answer.email or "", "", "", "", "" if answer.score is None else _WORDS[answer.score], answer.comment, "",
    ]  # fmt: skip


def _sheet(answer: CsatAnswer, zone: dt.tzinfo, is_vietnamese: bool) -> list[str]:
    """A line of the sheet: days and months as the sheet's language orders them, hours without a leading zero."""
    at = (answer.submitted_at or answer.started_at).astimezone(zone)
    day = f"{at:%d/%m/%Y}" if is_vietnamese else f"{at.month}/{at.day}/{at.year}"
    return [f"{day} {at.hour}:{at:%M:%S}", str(answer.score), answer.comment, answer.email or ""]
