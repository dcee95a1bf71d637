"""Whether the gates catch faults in the data before they publish: faults injected into nights of invented companies.

    python -m bench.trust [--quick] [--work DIR] [--seeds 921 922 923] [--days 365] [--each 10] [--kinds …]

Of every seed a company's nights are landed, each account's file by itself, by raceway's own code. Then each injection
spoils the raw file of one account in one night, which is landed and judged as it would be. What is done is kept in the
work folder: a second call goes on. What was judged by another gate is judged anew.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from bench.trust.bases import Base, make_base, program_of_the_gate
from bench.trust.clean import clean_nights
from bench.trust.inject import FIRST_NIGHT, Injection, inject, plan
from bench.trust.kinds import KINDS
from bench.trust.result import RULE_COLUMNS, WAYS, alarm_rows, kind_rows, of_chaos, of_orders, summary
from bench.trust.retail import PARQUET, make_retail
from bench.trust.rules import false_cries
from bench.trust.whole import whole_night, whole_plan
from raceway.console.show import print_table

JUDGED_ON: Final = [921, 922, 923]
"""Seeds that no threshold was chosen on."""
QUICK_DAYS: Final = 60
Json = dict[str, Any]


def main() -> None:
    """Prints the tables, and writes them as JSON."""
    given = _given()
    console = Console(width=150)
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        made = [pool.submit(make_base, given.work, seed, given.days, given.scale) for seed in given.seeds]
        bases = [each.result() for each in made]
        kinds = [kind for kind in KINDS if not given.kinds or kind.name in given.kinds]
        planned = plan(bases, given.each, kinds, min(FIRST_NIGHT, given.days * 2 // 3))
        gate = program_of_the_gate()
        cried = list(pool.map(clean_nights, bases))
        results = run_all(pool, inject, bases, planned, given.work / f"injections-{gate}.jsonl")
        nights: list[Json] = []
        if given.whole:
            nights = run_all(pool, whole_night, bases, whole_plan(planned), given.work / f"nights-{gate}.jsonl")
        cries = list(pool.map(false_cries, bases))
        retail = clean_nights(make_retail(given.work, given.retail)) if given.retail.exists() else None
    print_table(console, "Faults injected into nights", ["kind", ">injected", *(f">{way}" for way in WAYS), ">missed",
                ">no baseline", ">caught %", *(f">{rule}" for rule in RULE_COLUMNS)], kind_rows(results))  # fmt: skip
    print_table(console, "Clean nights", ["company", ">nights", ">warned", ">held",
                *(f">{rule} cries" for rule in RULE_COLUMNS)], alarm_rows(cried, cries, retail))  # fmt: skip
    given.out.parent.mkdir(parents=True, exist_ok=True)
    told = summary(results, cried, cries, retail, nights)
    told |= of_chaos(given.out.with_name("chaos.json")) | of_orders(given.out.with_name("orders.json"))
    given.out.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    console.print(
        f"caught {told['caught_rate']:.1%}, lowest kind {told['lowest_kind_rate']:.0%}; "
        f"false alarms {told['false_alarm_rate']:.2%} of nights, held without fault {told['held_without_fault']}; "
        f"{given.out}"
    )


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--out", type=Path, default=Path("var/trust.json"))
    parser.add_argument("--seeds", type=int, nargs="*", default=JUDGED_ON)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--each", type=int, default=10, help="injections of each kind")
    parser.add_argument("--kinds", nargs="*", help="only these")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--retail", type=Path, default=PARQUET)
    parser.add_argument("--whole", action=argparse.BooleanOptionalAction, default=None, help="run a night of each kind")
    parser.add_argument("--quick", action="store_true", help="one company of 60 days, two injections of each kind")
    given = parser.parse_args()
    if given.quick:
        given.seeds, given.days, given.each = given.seeds[:1], QUICK_DAYS, 2
    if given.whole is None:
        given.whole = not given.quick
    given.work = given.work or Path(tempfile.gettempdir()) / f"raceway-trust{'-quick' if given.quick else ''}"
    given.work.mkdir(parents=True, exist_ok=True)
    return given


def run_all(
    pool: Executor, do: Callable[[Base, Injection], Json], bases: list[Base], planned: Iterable[Injection], noted: Path
) -> list[Json]:
    """Runs what is not noted yet, noting each as soon as it is done; gives the results of all that was planned."""
    lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
    known = {tuple(result["injection"]): result for result in map(json.loads, lines)}
    by_seed = {base.seed: base for base in bases}
    wanted = {tuple(each.key()): each for each in planned}
    asked = {pool.submit(do, by_seed[each.seed], each): key for key, each in wanted.items() if key not in known}
    with noted.open("a", encoding="utf-8") as out:
        for done in as_completed(asked):
            known[asked[done]] = {"injection": list(asked[done]), **done.result()}
            out.write(json.dumps(known[asked[done]], ensure_ascii=False) + "\n")
            out.flush()
    return [known[key] for key in wanted]


if __name__ == "__main__":
    main()
