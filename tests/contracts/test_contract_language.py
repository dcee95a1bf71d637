"""What a contract can say about files: second headers, footers, masked numbers, wide months, sections.

Each test writes a small source of a company's own into the home and lands an ugly file of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from raceway.common.faults import BadContract
from raceway.contracts.load import load_contract
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.ledger import Ledger
from tests.support.desk import AS_OF, Desk

Kiosk = Callable[..., Desk]

DAY = {"data_type": "date", "aliases": ["Day"]}
NAME = {"data_type": "varchar", "aliases": ["Name"]}
COUNT = {"data_type": "bigint", "aliases": ["Count"]}


def contract(columns: dict[str, dict[str, Any]], **table: Any) -> str:
    """A source `kiosk` with one table: columns as {name: data_type and meta}, and the table's meta."""
    table.setdefault("scope", {"kind": "entities", "full_snapshot": True})
    return yaml.safe_dump({
        "version": 2,
        "sources": [{
            "name": "kiosk", "description": "A kiosk.", "schema": "landing", "config": {"meta": {"owner": "retail"}},
            "tables": [{
                "name": "sales", "description": "Sales.", "config": {"meta": table},
                "columns": [
                    {"name": name, "description": f"The {name}.", "data_type": column["data_type"],
                     "config": {"meta": {key: value for key, value in column.items() if key != "data_type"}}}
                    for name, column in columns.items()
                ],
            }],
        }],
    }, sort_keys=False)  # fmt: skip


@pytest.fixture
def kiosk(desk: Desk) -> Kiosk:
    """Writes the contract of `kiosk` and its account `lobby` into the home."""

    def write(columns: dict[str, dict[str, Any]], **table: Any) -> Desk:
        path = desk.home.sources / "kiosk" / "_kiosk__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contract(columns, **table), encoding="utf-8")
        with desk.home.accounts.open("a", encoding="utf-8") as file:
            file.write("kiosk,lobby,Lobby,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,\n")
        return desk

    return write


def counts(outcome: Any) -> tuple[int, int, int, int]:
    """Read, landed, refused, furniture."""
    return outcome.rows_read, outcome.rows_landed, outcome.rows_refused, outcome.rows_furniture


# ---------------------------------------------------------------- below_header


@pytest.mark.parametrize("blank", ["", "\n"], ids=["directly", "after a blank line"])
def test_a_second_header_below_the_first_is_furniture_and_counts_as_a_record(kiosk: Kiosk, blank: str) -> None:
    desk = kiosk({"name": NAME, "count": COUNT}, below_header=1)
    outcome = desk.land_one(
        "kiosk/lobby/a.csv",
        f'Name,Count\n{blank}"Who, or\nwhat","Shown, ""how"" often"\nA,5\n\nB,x\nC,7\n' + "D,1\n" * 9,
    )
    assert counts(outcome) == (13, 11, 1, 1)
    assert desk.rows(outcome, "name, count, _row")[:3] == [("A", 5, 2), ("C", 7, 4), ("D", 1, 5)]
    assert desk.quarantined(outcome) == [("a.csv", "3", "Count", "is no whole number", "x")]


def test_a_clean_file_with_a_second_header_goes_through_the_strict_reader_with_the_same_numbers(kiosk: Kiosk) -> None:
    desk = kiosk({"name": NAME, "count": COUNT}, below_header=2)
    outcome = desk.land_one("kiosk/lobby/a.csv", "Name,Count\nwho,how often\nQID1,QID2\nA,5\n")
    assert (counts(outcome), desk.rows(outcome, "name, count, _row")) == ((3, 1, 0, 2), [("A", 5, 3)])


def test_a_file_that_ends_with_its_second_header_lands_empty(kiosk: Kiosk) -> None:
    desk = kiosk({"name": NAME, "count": COUNT}, below_header=2)
    assert counts(desk.land_one("kiosk/lobby/a.csv", "Name,Count\nwho,how often\n")) == (1, 0, 0, 1)


# ---------------------------------------------------------------- totals


FOOTER = {"labels": ["Grand Total", "Confidential", "Copyright"]}


def test_a_footer_of_another_width_is_furniture_and_other_ragged_rows_are_refused(kiosk: Kiosk) -> None:
    desk = kiosk({"day": DAY, "name": NAME, "count": COUNT}, totals=FOOTER, max_refused_share=1)
    outcome = desk.land_one(
        "kiosk/lobby/a.csv",
        "Day,Name,Count\n,,18,Grand Total\n2026-03-01,A,5\n2026-03-01,Copyright row\n2026-03-01,B,6,Totally fine\n"
        '2026-03-01,"C, Grand Total",7\n"Grand Totals (3 records)"\n"Copyright © 2026 kiosk, inc."\nConfidential - x\n',
    )
    assert counts(outcome) == (8, 2, 2, 4)
    # a row with a day is data, whatever stands in its last cell
    assert desk.rows(outcome, "name, _row") == [("A", 2), ("C, Grand Total", 5)]
    assert [row[1] for row in desk.quarantined(outcome)] == ["3", "4"]


def test_a_label_inside_a_quoted_cell_of_a_ragged_row_makes_no_total(kiosk: Kiosk) -> None:
    desk = kiosk({"day": DAY, "name": NAME, "count": COUNT}, totals=FOOTER, max_refused_share=1)
    outcome = desk.land_one("kiosk/lobby/a.csv", 'Day,Name,Count\n2026-03-01,"A, Grand Total",5,6\n')
    assert counts(outcome) == (1, 0, 1, 0)


@pytest.mark.parametrize(("anywhere", "expected"), [(True, (2, 1, 0, 1)), (False, (2, 2, 0, 0))])
def test_a_label_may_stand_in_any_cell_only_where_the_contract_says_so(
    kiosk: Kiosk, anywhere: bool, expected: tuple[int, ...]
) -> None:
    columns = {"count": COUNT, **{f"c{n}": {"data_type": "varchar", "aliases": [f"C{n}"]} for n in range(6)}}
    desk = kiosk(columns, totals={**FOOTER, "anywhere": anywhere})
    outcome = desk.land_one("kiosk/lobby/a.csv", "Count,C0,C1,C2,C3,C4,C5\n1,,,,,,x\n1,,,,,,Grand Total\n")
    assert counts(outcome) == expected


# ---------------------------------------------------------------- row numbers


def test_blank_lines_do_not_shift_the_numbers_of_rows_above_and_below_broken_ones(kiosk: Kiosk) -> None:
    desk = kiosk({"name": NAME, "count": COUNT}, max_refused_share=1)
    outcome = desk.land_one(
        "kiosk/lobby/a.csv",
        '\ntitle\n\nName,Count\n\nA,1\n\n\n"B\n\nB",2\nbroken\n\nC,3\n\n\n1,2,3\n"D",4\n\nE,x\n',
    )
    assert desk.rows(outcome, "name, _row") == [("A", 1), ("B\n\nB", 2), ("C", 4), ("D", 6)]
    assert [(row[1], row[4]) for row in desk.quarantined(outcome)] == [("3", "broken"), ("5", "1,2,3"), ("7", "x")]


# ---------------------------------------------------------------- masked numbers and words


def test_a_masked_number_lands_as_its_bound_with_its_qualifier(kiosk: Kiosk) -> None:
    desk = kiosk(
        {
            "share": {"data_type": "double", "aliases": ["Share"], "percent": True, "masked": True},
            "share_is": {"data_type": "varchar", "qualifier_of": "share"},
            "users": {"data_type": "bigint", "aliases": ["Users"], "masked": True},
            "users_is": {"data_type": "varchar", "qualifier_of": "users"},
        },
        max_refused_share=1,
    )
    outcome = desk.land_one(
        "kiosk/lobby/a.csv",
        'Share,Users\n< 10%,<5\n >90%, 12\n57.35%,>= 7\n--,\n5%,< \n5%,<five\n5%,"<1,234"\n<>5%,1\n',
    )
    assert desk.rows(outcome, "share, share_is, users, users_is, _row") == [
        (0.1, "<", 5, "<", 1), (0.9, ">", 12, None, 2), (0.5735, None, 7, ">", 3), (None, None, None, None, 4),
        (0.05, None, 1234, "<", 7),
    ]  # fmt: skip
    assert [row[1:] for row in desk.quarantined(outcome)] == [
        ("5", "Users", "is no whole number", "<"), ("6", "Users", "is no whole number", "<five"),
        ("8", "Share", "is no number", "<>5%"),
    ]  # fmt: skip


def test_a_masked_cell_of_a_number_that_is_not_declared_masked_is_refused(kiosk: Kiosk) -> None:
    desk = kiosk({"name": NAME, "count": COUNT}, max_refused_share=1)
    assert counts(desk.land_one("kiosk/lobby/a.csv", "Name,Count\nA,<5\nB,5\n")) == (2, 1, 1, 0)


def test_words_stand_for_what_the_contract_says_whatever_their_case(kiosk: Kiosk) -> None:
    desk = kiosk(
        {
            "stars": {"data_type": "bigint", "aliases": ["Stars"], "words": {"FIVE": "5", "Một": "1"}},
            "mood": {"data_type": "varchar", "aliases": ["Mood"], "words": {"good": "satisfied"}},
        },
        max_refused_share=1,
    )
    outcome = desk.land_one("kiosk/lobby/a.csv", "Stars,Mood\nfive,GOOD\n MỘT ,Goodish\n4,--\nsix,good\n")
    assert desk.rows(outcome, "stars, mood") == [(5, "satisfied"), (1, "Goodish"), (4, None)]
    assert desk.quarantined(outcome) == [("a.csv", "4", "Stars", "is no whole number", "six")]


# ---------------------------------------------------------------- periods


@pytest.mark.parametrize(
    ("file", "first", "last"),
    [
        ("sales_2026-1-3_2026-01-31.csv", "2026-01-03", "2026-01-31"),
        ("sales_20260103_20260131.csv", "2026-01-03", "2026-01-31"),
        ("sales 2026-2.csv", "2026-02-01", "2026-02-28"),
        ("sales 2025-12.csv", "2025-12-01", "2025-12-31"),
    ],
)
def test_a_period_is_read_from_the_files_name(kiosk: Kiosk, file: str, first: str, last: str) -> None:
    pattern = r"sales[ _](?:(?P<first>[\d-]{8,10})_(?P<last>[\d-]{8,10})|(?P<month>\d{4}-\d{1,2}))\.csv"
    desk = kiosk(
        {"name": NAME, "first": {"data_type": "date", "value_of": "period_start"},
         "last": {"data_type": "date", "value_of": "period_end"}},
        period={"of": "file_name", "pattern": pattern},
    )  # fmt: skip
    outcome = desk.land_one(f"kiosk/lobby/{file}", "1 Jan 2020 - 2 Jan 2020\nName\nA\n")
    assert desk.rows(outcome, "cast(first as varchar), cast(last as varchar)") == [(first, last)]


@pytest.mark.parametrize("file", ["sales.csv", "sales_2026-02-30_2026-03-01.csv", "sales_2026-03-02_2026-03-01.csv"])
def test_a_file_whose_name_states_no_period_is_refused(kiosk: Kiosk, file: str) -> None:
    pattern = r"_(?P<first>[\d-]+)_(?P<last>[\d-]+)\.csv"
    desk = kiosk({"name": NAME}, period={"of": "file_name", "pattern": pattern})
    outcome = desk.land_one(f"kiosk/lobby/{file}", "Name\nA\n")
    assert (outcome.status, outcome.reason.split(";")[0].split(" (looked")[0]) == (
        "refused", f"{file}: a report without days whose name states no period"
    )  # fmt: skip


# ---------------------------------------------------------------- wide columns


WIDE = {
    "keyword": {"data_type": "varchar", "aliases": ["Keyword"]},
    "month": {"data_type": "date", "moment": {"formats": ["%b %Y"]}},
    "searches": {"data_type": "bigint"},
    "header": {"data_type": "varchar", "header_of": "keyword"},
}
UNPIVOT = {"columns": "^Searches: (.+)$", "name": "month", "value": "searches"}


def test_wide_months_become_rows_and_records_are_what_is_counted(kiosk: Kiosk) -> None:
    desk = kiosk(WIDE, unpivot=UNPIVOT, totals={"labels": ["Total:"]}, max_refused_share=1)
    outcome = desk.land_one(
        "kiosk/lobby/a.csv",
        'Key words stats\nKeyword,Notes,Searches: Oct 2025,searches:  Nov 2025\ná,n,10,"1,000"\nb,,,20\nc,,--,\n'
        "d,,x,30\nTotal: all,,10,1050\n\nbroken\ne,,5,6\n",
    )
    assert counts(outcome) == (7, 3, 2, 2)
    assert desk.rows(outcome, "keyword, cast(month as varchar), searches, header, _row") == [
        ("á", "2025-10-01", 10, "Keyword", 1), ("á", "2025-11-01", 1000, "Keyword", 1),
        ("b", "2025-11-01", 20, "Keyword", 2),
        ("e", "2025-10-01", 5, "Keyword", 7), ("e", "2025-11-01", 6, "Keyword", 7),
    ]  # fmt: skip
    manifest = desk.batch(outcome.batches[0]).manifest
    assert (manifest["rows_landed"], manifest["rows_unpivoted"]) == (3, 5)
    assert [row[1:] for row in desk.quarantined(outcome)] == [
        ("4", "Searches: Oct 2025", "is no whole number", "x"),
        ("6", None, "the row is not whole: Expected Number of Columns: 4 Found: 1", "broken"),
    ]
    (finding,) = [f["message"] for f in manifest["findings"]]
    assert "new column “Notes”" in finding


def test_empty_cells_give_rows_only_where_the_contract_keeps_them(kiosk: Kiosk) -> None:
    desk = kiosk(WIDE, unpivot={**UNPIVOT, "keep_empty": True})
    outcome = desk.land_one("kiosk/lobby/a.csv", "Keyword,Searches: Oct 2025,Searches: Nov 2025\na,,\n")
    assert (counts(outcome), desk.rows(outcome, "searches")) == ((1, 1, 0, 0), [(None,), (None,)])


def test_a_wide_header_that_is_no_date_refuses_the_rows_with_its_name(kiosk: Kiosk) -> None:
    desk = kiosk(WIDE, unpivot=UNPIVOT, max_refused_share=1)
    outcome = desk.land_one("kiosk/lobby/a.csv", "Keyword,Searches: Okt 2025\na,1\n")
    assert desk.quarantined(outcome)[0][1:] == ("1", "Searches: Okt 2025", "is no date (%b %Y)", "Okt 2025")


def test_masked_cells_may_be_wide(kiosk: Kiosk) -> None:
    desk = kiosk(
        {
            "week": {"data_type": "date", "aliases": ["Week"]},
            "term": {"data_type": "varchar"},
            "interest": {"data_type": "bigint", "masked": True},
            "interest_is": {"data_type": "varchar", "qualifier_of": "interest"},
        },
        unpivot={"columns": ".+", "name": "term", "value": "interest"},
    )
    outcome = desk.land_one("kiosk/lobby/a.csv", 'Category: all\n\nWeek,a: (VN),"""b"": (VN)"\n2026-01-04,<1,7\n')
    assert desk.rows(outcome, "term, interest, interest_is") == [("a: (VN)", 1, "<"), ('"b": (VN)', 7, None)]


# ---------------------------------------------------------------- sections


SECTIONED = {
    "report": {"data_type": "varchar", "value_of": "preamble", "pattern": r"(?m)^# Report: (.+)$"},
    "name": NAME,
    "count": COUNT,
    "first": {"data_type": "date", "value_of": "period_start"},
}
FILE = (
    "# ---\r\n# Report: Kiosk\r\n# Start date: 20260101\r\n# End date: 20260131\r\n\r\nName,Count\r\n"
    '"A\r\n\r\nA",1\r\nB,x\r\n\r\n#  \r\n# Start date: 20260201\r\n# End date: 20260228\r\nName,Count\r\n\r\n'
    "Colour,Hue\r\nred,1\r\nblue,2\r\n\r\n# Start date: 20260301\r\n# End date: 20260302\r\nCount,Name\r\n7,C\r\n\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_every_section_lands_with_its_own_header_and_period(kiosk: Kiosk, encoding: str) -> None:
    desk = kiosk(SECTIONED, sections=True, period={"of": "preamble"}, max_refused_share=1)
    outcome = desk.land_one("kiosk/lobby/a.csv", FILE.encode(encoding))
    assert desk.rows(outcome, "report, name, count, cast(first as varchar)") == [
        ("Kiosk", "A\n\nA", 1, "2026-01-01"), ("Kiosk", "C", 7, "2026-03-01"),
    ]  # fmt: skip
    assert counts(outcome) == (6, 2, 1, 3)
    (finding,) = desk.batch(outcome.batches[0]).manifest["findings"]
    assert finding["message"] == (
        "a.csv (section 3): a section of 3 rows that is no table of kiosk, not landed; it begins “Colour Hue”"
    )


def test_the_same_sections_again_are_a_duplicate(kiosk: Kiosk) -> None:
    desk = kiosk(SECTIONED, sections=True, period={"of": "preamble"}, max_refused_share=1)
    desk.land_one("kiosk/lobby/a.csv", FILE)
    assert desk.land_one("kiosk/lobby/b.csv", FILE).status == "duplicate"


def test_a_file_of_which_no_section_is_known_is_refused(kiosk: Kiosk) -> None:
    desk = kiosk(SECTIONED, sections=True)
    outcome = desk.land_one("kiosk/lobby/a.csv", "Colour,Hue\nred,1\n\nShape,Size\nround,2\n")
    assert outcome.reason == (
        "a.csv: no known export of kiosk (it has sales). The nearest is sales (Sales), but “Name”, “Count” are missing. "
        "Export that report, or put the file into the folder of its own source"
    )


# ---------------------------------------------------------------- overlay


def test_an_overlay_gives_dates_and_null_tokens_of_a_mapped_file(kiosk: Kiosk) -> None:
    desk = kiosk({"day": DAY, "name": NAME, "count": COUNT})
    (desk.home.sources / "kiosk.yml").write_text(
        "tables:\n  sales:\n    dates: {day: ['%d.%m.%Y']}\n    nulls: [không có]\n    aliases: {name: [Tên]}\n",
        encoding="utf-8",
    )
    outcome = desk.land_one("kiosk/lobby/a.csv", "Day,Tên,Count\n09.03.2026,không có,--\n2026-03-08,B,2\n")
    assert desk.rows(outcome, "cast(day as varchar), name, count") == [
        ("2026-03-09", None, None),
        ("2026-03-08", "B", 2),
    ]


@pytest.mark.parametrize(
    ("overlay", "sentence"),
    [
        ("dates: {name: ['%d']}", r"table sales: dates of 'name': it is varchar, and no date or time"),
        (
            "dates: {when: ['%d']}",
            r"table sales: dates of 'when': write `column: \[%d/%m/%Y, …\]` for one of day, name",
        ),
        ("dates: ['%d']", r"table sales: dates: write `column: \["),
        ("nulls: none", r"table sales: nulls: write a list of cell texts"),
        (
            "words: {}",
            r"table sales: unknown key 'words'; write one of aliases, dates, headers, nulls, number_locale, unread",
        ),
    ],
)
def test_a_broken_overlay_says_what_to_write(kiosk: Kiosk, overlay: str, sentence: str) -> None:
    desk = kiosk({"day": DAY, "name": NAME})
    (desk.home.sources / "kiosk.yml").write_text(f"tables:\n  sales:\n    {overlay}\n", encoding="utf-8")
    with pytest.raises(BadContract, match=sentence):
        load_contract("kiosk", desk.home)


# ---------------------------------------------------------------- grammar


MASKED = {"data_type": "double", "aliases": ["Share"], "masked": True}


@pytest.mark.parametrize(
    ("columns", "table", "sentence"),
    [
        ({"a": MASKED}, {}, r"column a: masked needs a column that lands `<` or `>`; .*`qualifier_of: a`"),
        ({"a": {**MASKED, "data_type": "varchar"}}, {}, r"column a: only a number is masked"),
        ({"a": MASKED, "b": {"data_type": "double", "qualifier_of": "a"}}, {}, r"column b: qualifier_of and header_of land"),
        ({"a": NAME, "b": {"data_type": "varchar", "qualifier_of": "a"}}, {}, r"column b: qualifier_of a, which is not"),
        ({"a": NAME, "b": {"data_type": "varchar", "qualifier_of": "c"}}, {}, r"qualifier_of names c; its columns are"),
        ({"a": {**NAME, "words": {"none": " "}}}, {}, r"column a: words: 'none' stands for nothing; write it under .*nulls"),
        ({"a": NAME}, {"unpivot": {**UNPIVOT, "columns": "("}}, r"unpivot.columns: .*no regular expression"),
        ({"a": NAME}, {"unpivot": UNPIVOT}, r"unpivot names month, searches; its columns are a"),
        ({"a": NAME}, {"unpivot": {**UNPIVOT, "wide": 1}}, r"unknown key 'unpivot.wide'; write one of: columns, name"),
        ({"a": NAME}, {"below_header": -1}, r"below_header: .*greater than or equal to 0"),
        ({"a": NAME}, {"period": {"of": "file_name"}}, r"period of file_name needs `pattern` with groups"),
        ({"a": NAME}, {"period": {"of": "file_name", "pattern": "(?P<first>x)"}}, r"needs `pattern` with groups"),
        ({"a": {**NAME, "path": "a"}}, {"sections": True, "formats": ["json"]}, r"sections is for delimited text"),
        ({"a": {"data_type": "varchar", "value_of": "preamble"}}, {}, r"value_of preamble needs `pattern` with one group"),
    ],
)  # fmt: skip
def test_a_broken_contract_says_what_to_write(
    kiosk: Kiosk, columns: dict[str, Any], table: dict[str, Any], sentence: str
) -> None:
    desk = kiosk(columns, **table)
    with pytest.raises(BadContract, match=sentence):
        load_contract("kiosk", desk.home)


# ---------------------------------------------------------------- two tasks at once


def test_equal_files_that_land_at_once_end_as_one_batch_and_a_duplicate(kiosk: Kiosk) -> None:
    desk = kiosk({"name": NAME, "count": COUNT})
    for name in ("a.csv", "b.csv"):
        desk.deliver(f"kiosk/lobby/{name}", "Name,Count\nA,5\n")
    exports = find_exports(desk.home, "kiosk")
    assert len(exports) == 2
    meet = threading.Barrier(2)

    outcomes: list[Any] = []

    def run(number: int) -> None:
        meet.wait()
        outcomes.append(land(desk.home, exports[number], gate=lambda *_: [], as_of=AS_OF))

    tasks = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    assert sorted(outcome.status for outcome in outcomes) == ["duplicate", "landed"]
    state = Ledger(desk.home).state()
    assert [batch.status for batch in state.batches.values()] == ["accepted"]
    assert not list(Path(desk.home.inbox).rglob("*.csv"))
    assert not [path for path in (desk.home.landing / "_tmp").glob("*") if path.is_dir()]
