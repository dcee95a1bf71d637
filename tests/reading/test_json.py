"""JSON lands whether it comes as lines, as one array, or as a document around its records."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from raceway.landing.outcome import Outcome
from tests.support.desk import Desk

CONTRACT = """
version: 2
sources:
  - name: voices
    description: What people say.
    schema: landing
    config: {meta: {owner: care}}
    tables:
      - name: notes
        description: One row per note.
        config:
          meta:
            formats: [json]
            records: data.notes
            scope: {kind: entities, keys: [note_id]}
        columns:
          - {name: note_id, description: Id., data_type: varchar, config: {meta: {path: id}}}
          - {name: stars, description: Stars (count)., data_type: bigint, config: {meta: {path: score.stars}}}
          - {name: tags, description: Tags as JSON., data_type: varchar, config: {meta: {path: tags, optional: true}}}
"""

NOTES: list[Any] = [
    {"id": "n1", "score": {"stars": 5}, "tags": ["a", {"b": 1}]},
    {"id": "n2", "score": {"stars": 1}},
]
LANDED = [("n1", 5, '["a",{"b":1}]'), ("n2", 1, None)]


@pytest.fixture
def voices(desk: Desk) -> Desk:
    path = desk.home.sources / "voices" / "_voices__sources.yml"
    path.parent.mkdir(parents=True)
    path.write_text(CONTRACT, encoding="utf-8")
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        file.write("voices,care,care,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,\n")
    return desk


def land(desk: Desk, content: str | bytes, name: str = "notes.json") -> Outcome:
    return desk.land_one(f"voices/care/{name}", content)


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(json.dumps(note) for note in NOTES),
        json.dumps(NOTES),
        json.dumps(NOTES, indent=2),
        "\ufeff" + json.dumps(NOTES, indent=2),
        json.dumps({"data": {"notes": NOTES}, "next": None}),
        json.dumps({"data": {"notes": NOTES}, "next": None}, indent=2),
        "\n".join(json.dumps({"data": {"notes": [note]}}) for note in NOTES),
        json.dumps([{"data": {"notes": []}}, {"data": {"notes": NOTES}}]),
        json.dumps(NOTES).encode("utf-16"),
        gzip.compress(json.dumps(NOTES).encode()),
        gzip.compress(json.dumps({"data": {"notes": NOTES}}, indent=1).encode()),
    ],
    ids=["lines", "array", "pretty array", "marked array", "document", "pretty document", "a page a line",
         "array of pages", "utf-16", "packed array", "packed document"],
)  # fmt: skip
def test_every_layout_of_the_same_records_lands_the_same_rows(voices: Desk, content: str | bytes) -> None:
    outcome = land(voices, content)
    assert outcome.status == "landed", outcome.reason
    assert voices.rows(outcome, "note_id, stars, tags") == LANDED
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_refused) == (2, 2, 0)


def test_one_pretty_object_is_one_record(voices: Desk) -> None:
    outcome = land(voices, json.dumps(NOTES[0], indent=4))
    assert voices.rows(outcome, "note_id, stars, tags, _row") == [(*LANDED[0], 1)]


def test_a_document_with_an_empty_list_is_an_export_without_rows(voices: Desk) -> None:
    outcome = land(voices, '{"data": {"notes": []}}')
    assert (outcome.status, outcome.rows_read) == ("landed", 0)


def test_a_document_longer_than_the_head_lands_whole(voices: Desk) -> None:
    many = [{"id": f"n{n}", "score": {"stars": n % 5}, "tags": "x" * 100} for n in range(20_000)]
    outcome = land(voices, json.dumps({"data": {"notes": many}}, indent=1))
    assert (outcome.rows_landed, outcome.rows_refused) == (20_000, 0)
    assert voices.rows(outcome, "note_id, _row")[-1] == ("n19999", 20_000)


def test_a_first_record_longer_than_the_head_lands(voices: Desk) -> None:
    outcome = land(voices, json.dumps([{"id": "long", "score": {"stars": 2}, "tags": "y" * 400_000}]))
    assert voices.rows(outcome, "note_id, length(tags)") == [("long", 400_000)]


def test_elements_that_are_no_records_are_refused_rows(voices: Desk) -> None:
    outcome = land(voices, json.dumps([NOTES[0], None, "text", *NOTES, {"id": "n3", "score": {"stars": "many"}}]))
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_refused) == (6, 3, 3), outcome.reason
    assert [row[1:4] for row in voices.quarantined(outcome)] == [
        ("2", None, "the record is no JSON object"),
        ("3", None, "the record is no JSON object"),
        ("6", "score.stars", "is no whole number"),
    ]


def test_a_page_without_its_list_is_refused_and_the_others_land(voices: Desk) -> None:
    pages = [{"data": {"notes": NOTES}}, {"data": {"notes": "none"}}]
    outcome = land(voices, "\n".join(json.dumps(page) for page in pages))
    assert (outcome.rows_landed, outcome.rows_refused) == (2, 1)
    assert voices.quarantined(outcome)[0][1:4] == ("2", None, "has no list “data.notes”")


def test_a_member_of_another_kind_is_said_and_no_untold_one(voices: Desk) -> None:
    """The stars of n3 stand where the contract says nothing lies; n4 and n5 tell none."""
    others = [{"id": "n3", "score": 4}, {"id": "n4", "score": []}, {"id": "n5", "score": None}]
    for content in ("\n".join(map(json.dumps, [*NOTES, *others])), json.dumps([*NOTES, *others])):
        outcome = land(voices, content)
        assert voices.rows(outcome, "note_id, stars")[2:] == [("n3", None), ("n4", None), ("n5", None)]
        (found,) = voices.batch(outcome.batches[0]).manifest["findings"]
        assert "member “score” of 1 records is no object as the contract has it" in found["message"]
        assert "the first is row 3" in found["message"]


def test_parameters_of_another_kind_are_a_refused_row(desk: Desk) -> None:
    event = {"event_date": "20260301", "event_timestamp": 1772330400000000, "event_name": "x", "user_pseudo_id": "a"}
    told: list[Any] = [[{"key": "ga_session_id", "value": {"int_value": 5}}], [{"key": "ga_session_id"}], None, []]
    bent: list[Any] = [{"ga_session_id": 5}, [{"key": "ga_session_id", "value": 5}], "ga_session_id=5"]
    lines = [json.dumps({**event, "event_params": params}) for params in [*told, *bent]]
    outcome = desk.land_one("ga4/site/a.jsonl", "\n".join(lines) + "\n")
    assert desk.rows(outcome, "ga_session_id") == [(5,), (None,), (None,), (None,)]
    assert [row[1:3] for row in desk.quarantined(outcome)] == [(str(n), "event_params") for n in (5, 6, 7)]


def test_a_broken_line_is_refused_and_the_others_land(voices: Desk) -> None:
    outcome = land(voices, f'{json.dumps(NOTES[0])}\n{{"id": "n9", "sco\n{json.dumps(NOTES[1])}\n')
    assert (outcome.rows_landed, outcome.rows_refused) == (2, 1)
    outcome = land(voices, f'{{"id": "n9", "sco\n{json.dumps(NOTES[0])}\n{json.dumps(NOTES[1])}\n', "first.json")
    assert (outcome.rows_landed, outcome.rows_refused) == (2, 1)


@pytest.mark.parametrize(
    "content",
    [json.dumps(NOTES)[:-1], json.dumps(NOTES, indent=1)[:-20], json.dumps({"data": {"notes": NOTES}}, indent=1)[:-9]],
)
def test_a_cut_off_array_or_document_is_refused_whole_with_a_sentence(voices: Desk, content: str) -> None:
    outcome = land(voices, content)
    assert outcome.status == "refused"
    assert "cut off or damaged" in outcome.reason


@pytest.mark.parametrize("content", ["[]", '[1, "x"]', "{", "[Report]\na,b\n1,2\n"])
def test_json_that_holds_no_record_is_refused_with_a_sentence(voices: Desk, content: str) -> None:
    outcome = land(voices, content)
    assert outcome.status == "refused"
    assert "notes.json: no JSON object was found" in outcome.reason


def nested(depth: int, inside: str = "1") -> str:
    return json.dumps([*NOTES, {"id": 9, "more": json.loads("[" * depth + inside + "]" * depth)}])


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, nested(500)])
@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())])
def test_json_nested_deeper_than_the_limit_is_refused_with_a_sentence(
    voices: Desk, content: str, pack: Callable[[str], bytes]
) -> None:
    outcome = land(voices, pack(content))
    assert outcome.status == "refused"
    assert "line 1: more than 100 lists and objects inside each other; export it flatter" in outcome.reason


@pytest.mark.parametrize(
    "content", [nested(90), nested(2, json.dumps("[" * 500)), nested(2, json.dumps('"\\' + "{" * 500))]
)
def test_brackets_in_a_text_are_no_depth(voices: Desk, content: str) -> None:
    assert land(voices, content).rows_landed >= len(NOTES)


def test_records_of_another_kind_are_refused(voices: Desk) -> None:
    assert "is no table of voices" in land(voices, '[{"order": 1}]').reason


def test_a_blank_line_is_no_record_and_counts_as_none(voices: Desk) -> None:
    lines = [json.dumps(NOTES[0]), "", " \t\r", "no record", *[json.dumps(NOTES[1])] * 19]
    outcome = land(voices, "\n".join(lines))
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_refused) == (21, 20, 1), outcome.reason
    assert voices.rows(outcome, "_row") == [(1,), *((row,) for row in range(3, 22))]
    assert voices.quarantined(outcome)[0][1:4] == ("2", None, "the line is no JSON object")


def test_packed_lines_that_unpack_to_a_flood_are_refused(voices: Desk) -> None:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as stream:
        stream.write(b'{"id": "n1", "score": {"stars": 5}}\n{"id": "')
        for _ in range(300):
            stream.write(b"0" * (1 << 20))
        stream.write(b'"}\r\n\n')
    outcome = land(voices, out.getvalue(), "flood.jsonl.gz")
    assert outcome.status == "refused"
    assert "unpack to more than 200 times as much" in outcome.reason
