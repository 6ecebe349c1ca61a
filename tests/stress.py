"""Plan thousands of made-up students and hold every plan to what a plan promises.

``python -m tests.stress --students 2000 --catalog katy-isd-tx`` (every bundled catalog when none is named) appends a
line for each student to a file of JSON lines, goes on where it was interrupted, prints a table, and fails where a plan
crashed, was not verified, or left a tier unproven without saying so.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalogs import InputError
from catalogs.bundled import bundled
from pathways.plan import Plan
from pathways.planner import plan
from pathways.solver import Limits
from tests.benchmarks.measure import percentile
from tests.varied import varied

FAULTS = ("crashed", "unverified", "unsaid")
"""What must not happen."""
COLUMNS = ("optimal", "infeasible, with its conflict", "unproven, said", "refused", *FAULTS)

Line = dict[str, Any]


def tried(catalog_id: str, seed: int, seconds: float | None = None) -> Line:
    """What came of one student: a record that contradicts itself is refused; any other error is a crash."""
    began = time.process_time()
    found: Line = {"catalog": catalog_id, "seed": seed}
    try:
        made = plan(varied(catalog_id, seed), limits=Limits(seconds=seconds))
    except InputError as error:
        found |= {"came": "refused", "words": str(error)}
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        found |= {"came": "crashed", "words": f"{error!r} in {Path(last.filename).name}, line {last.lineno}"}
    else:
        found |= judged(made)
        found |= {"solves": made.certificate.solves, "effort": float(made.certificate.effort)}
    return found | {"seconds": round(time.process_time() - began, 3)}


def judged(made: Plan) -> Line:
    """Which of the columns a plan belongs to, and why."""
    if not made.verified:
        return {"came": "unverified", "words": "; ".join(made.problems)}
    open_ = [tier.name for tier in made.tiers if tier.value != tier.bound]
    if made.status == "infeasible":
        # Nothing is proven of tiers where pins and loads leave no plan at all.
        if open_ and made.certificate.proven:
            return {"came": "unsaid", "words": f"called proven, with {', '.join(open_)} open"}
        if made.conflict is None:
            return {"came": "unsaid", "words": "out of reach, and no conflict says why"}
        if open_:
            return {"came": "unproven, said", "words": ", ".join(open_)}
        return {"came": "infeasible, with its conflict"}
    if made.status == "optimal" and not open_ and made.tiers and made.certificate.proven:
        return {"came": "optimal"}
    if made.status == "feasible" and not made.certificate.proven:
        return {"came": "unproven, said", "words": ", ".join(open_)}
    return {"came": "unsaid", "words": f"called {made.status}, with {', '.join(open_) or 'no tier'} open"}


def read(out: Path) -> list[Line]:
    """Lines of earlier runs; one cut off in the middle is left aside."""
    found = []
    for text in out.read_text().splitlines() if out.exists() else ():
        try:
            found.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return found


def run(catalog_ids: Sequence[str], seeds: range, out: Path, seconds: float | None, console: Console) -> list[Line]:
    """Try every student that the file does not have yet; all lines of those asked for."""
    before = {(line["catalog"], line["seed"]): line for line in read(out)}
    asked = [(catalog_id, seed) for catalog_id in catalog_ids for seed in seeds]
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )
    with bar, out.open("a") as file:
        if file.tell() and not out.read_bytes().endswith(b"\n"):
            file.write("\n")
        task = bar.add_task("", total=len(asked))
        for key in asked:
            bar.update(task, description=f"{key[0]} {key[1]}")
            if key not in before:
                before[key] = tried(*key, seconds)
                file.write(json.dumps(before[key]) + "\n")
                file.flush()
                if before[key]["came"] in FAULTS:
                    console.print(f"{key[0]} {key[1]} {before[key]['came']}: {before[key]['words']}", markup=False)
            bar.advance(task)
    return [before[key] for key in asked]


def rows(lines: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    """A row for each catalog, and one for all: how many came to what, and p50, p95 and longest of processor seconds."""
    by_catalog: dict[str, list[Line]] = {}
    for line in lines:
        by_catalog.setdefault(line["catalog"], []).append(line)
    if len(by_catalog) > 1:
        by_catalog["all"] = [line for found in by_catalog.values() for line in found]
    for name, found in by_catalog.items():
        counts = (sum(line["came"] == column for line in found) for column in COLUMNS)
        times = [line["seconds"] for line in found]
        figures = (percentile(times, 0.5), percentile(times, 0.95), max(times))
        yield (name, str(len(found)), *map(str, counts), *(f"{figure:.2f}" for figure in figures))


def main(arguments: Sequence[str] | None = None) -> int:
    asks = argparse.ArgumentParser(prog="python -m tests.stress", description=(__doc__ or "").splitlines()[0])
    asks.add_argument("--students", type=int, default=2000, help="students of each catalog")
    asks.add_argument("--catalog", action="append", choices=bundled(), help="every bundled one when left out")
    asks.add_argument("--first", type=int, default=0, help="seed of the first student")
    asks.add_argument("--out", type=Path, default=Path("stress.jsonl"), help="file to go on with")
    asks.add_argument("--seconds", type=float, help="wall-clock limit of each search; else its effort alone is limited")
    args = asks.parse_args(arguments)
    console = Console()
    seeds = range(args.first, args.first + args.students)
    lines = run(args.catalog or bundled(), seeds, args.out, args.seconds, console)
    print("| catalog |", " | ".join(("students", *COLUMNS, "p50 s", "p95 s", "longest s")), "|")
    print("|---|" + "---:|" * (len(COLUMNS) + 4))
    for row in rows(lines):
        print("|", " | ".join(row), "|")
    print("\nThe slowest:")
    for line in sorted(lines, key=lambda line: -line["seconds"])[:10]:
        print(f"{line['seconds']:8.2f} s  {line['catalog']} {line['seed']}: {line['came']}")
    return int(any(line["came"] in FAULTS for line in lines))


if __name__ == "__main__":
    sys.exit(main())
