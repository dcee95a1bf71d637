"""What the program says of a check has its Vietnamese. Of dbt's tests tests/build/test_claims.py says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from raceway.common.home import PROJECT
from raceway.fitting import seasonal
from raceway.gate.batch_gate import NOTICED
from raceway.gate.landing_suites import all_suites
from raceway.report.kpi_page import caveats, examples, surprises
from raceway.report.phrases import in_vietnamese, phrases
from tests.report.test_kpi_page import seed

_LETTERS = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
"""Those that English has not."""
_PLACES = re.compile(r"\{\w+\}")


def said_in_code(node: ast.expr | None) -> Iterator[str]:
    """The sentences that an argument may be, as far as the code spells them out; what it fills in is a `7`."""
    match node:
        case ast.Constant(value=str() as text) if text:
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from (*said_in_code(one), *said_in_code(other))


def checks_in_code() -> Iterator[tuple[str, dict[str, ast.expr]]]:
    """Each call that makes a check: where it stands, and what it is given by name."""
    for file in sorted((PROJECT.root / "raceway").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Check":
                given = {one.arg: one.value for one in node.keywords if one.arg}
                yield f"{file.relative_to(PROJECT.root)}:{node.lineno}", given


def test_every_expectation_says_in_vietnamese_what_must_hold() -> None:
    said = {one["description"] for suite in all_suites() for one in suite.to_dict()["expectations"]}
    assert len(said) > 100
    assert [phrase for phrase in sorted(said) if not in_vietnamese(phrase)] == []


def test_every_check_that_code_makes_says_in_vietnamese_what_must_hold_and_what_to_do() -> None:
    places = list(checks_in_code())
    assert len(places) > 8
    assert [place for place, given in places if "expected" not in given] == []
    said = [
        (place, phrase)
        for place, given in places
        for name in ("expected", "remedy")
        for phrase in said_in_code(given.get(name))
    ]
    said += [(name, phrase) for name, phrases_of in NOTICED.items() for phrase in phrases_of]
    assert [(place, phrase) for place, phrase in said if not in_vietnamese(phrase)] == []


def test_what_a_batch_remedies_a_forecast_and_a_kpi_say_has_its_vietnamese() -> None:
    said = [
        "the batch is not in effect: mend these rows at the source and export again, or take it as it is: "
        "raceway accept 20260630T200000Z-11e8e46d5943",
        seasonal._NOTHING,
        "12 days are known; 56 are needed",
        "no day of the last 14 is in from every required account",
        *(caveat for kpi in seed("kpi_catalog") for caveat in caveats(kpi)),
    ]
    assert [phrase for phrase in said if not in_vietnamese(phrase)] == []


def test_what_differs_from_check_to_check_stands_in_the_vietnamese_too() -> None:
    assert in_vietnamese("cost of reach ads is 0 or more") == "cost của bảng reach ads từ 0 trở lên"
    assert in_vietnamese("status is one of on_track, at_risk, off_track, or empty") == (
        "status là một trong on_track, at_risk, off_track, hoặc trống"
    )
    assert in_vietnamese("each channel of convert order stands in channels") == (
        "mỗi channel của bảng convert order có trong channels"
    )


@pytest.mark.parametrize("phrase", ["a rule of our own shop holds", "", None])
def test_what_nobody_has_translated_has_no_vietnamese(phrase: str | None) -> None:
    assert in_vietnamese(phrase) == ""


def test_each_phrase_is_vietnamese_with_the_places_of_its_english() -> None:
    keys = [english for english, _ in phrases()]
    assert len(set(keys)) == len(keys)
    for english, vietnamese in phrases():
        assert sorted(_PLACES.findall(english)) == sorted(_PLACES.findall(vietnamese)), english
        assert _LETTERS.search(vietnamese), english


def test_every_standard_caveat_and_measure_has_its_vietnamese() -> None:
    pairs = [(row["standard"], row["standard_vi"]) for row in examples()]
    pairs += [(row["caveat"], row["caveat_vi"]) for row in surprises()]
    pairs += [(row[name], row[f"{name}_vi"]) for row in seed("measures") for name in ("definition", "dated_by")]
    for english, vietnamese in pairs:
        # a name of a method alone is the same in both
        assert _LETTERS.search(vietnamese) or vietnamese.startswith(("Fader", "như ")), english
        assert vietnamese != english
    dated = {(row["dated_by"], row["dated_by_vi"]) for row in seed("measures")}
    assert len(dated) == len({english for english, _ in dated})
