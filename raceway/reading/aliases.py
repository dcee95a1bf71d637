"""The names that cells have in the SQL of the readers.

A file's header may repeat, be empty or be in any language, so SQL never uses it. A cell is called by where it stands:

    cell_<place>     the cell at this place of the record, counted from 0, as the file has it
    text_<number>    the cleaned text of the contract's column of this number, counted from 0
    extra_<place>    the cleaned text of a cell that no column holds and another one needs (a time beside its date)
    wide_<place>     a cell whose header is a value: it becomes a row of its own
    twin_<place>     the cleaned text of a cell whose header stands twice
    name_<place>     a cell that names what the row is about; where all are empty, the row is a total
    new_<place>      the cleaned text of a cell whose header the contract does not know
    first_<place>    one of the first cells of a record, where the label of a total may stand

A worked example. The contract has the columns day, campaign and cost; the file is

    Campaign;Cost;Day
    Tết;1.200;01/03/2026
    Total;1.200;--

so campaign stands at place 0, cost at 1 and day at 2. The text path reads

    select rw_cell(cell_2) as text_0, rw_cell(cell_0) as text_1, rw_cell(cell_1) as text_2, cell_0 as first_0
    from read_csv(…, columns = {'cell_0': 'varchar', 'cell_1': 'varchar', 'cell_2': 'varchar'})

and over that types `text_0` as a date, `text_2` as a number with a decimal comma, and finds the label of a total in
`first_0`. The strict reader has no texts: it types `cell_0` … while it reads.
"""

from __future__ import annotations


def cell_at(place: int) -> str:
    """The cell at a place of the record, as the file has it."""
    return f"cell_{place}"


def text_of(number: int) -> str:
    """The cleaned text of the contract's column of this number."""
    return f"text_{number}"


def extra_at(place: int) -> str:
    """The cleaned text of a cell that no column holds."""
    return f"extra_{place}"


def wide_at(place: int) -> str:
    """A cell that becomes a row of its own."""
    return f"wide_{place}"


def twin_at(place: int) -> str:
    """The cleaned text of a cell whose header stands twice."""
    return f"twin_{place}"


def new_at(place: int) -> str:
    """The cleaned text of a cell whose header the contract does not know."""
    return f"new_{place}"


def first_at(place: int) -> str:
    """One of the first cells, where the label of a total may stand."""
    return f"first_{place}"


def name_at(place: int) -> str:
    """A cell that names what the row is about."""
    return f"name_{place}"
