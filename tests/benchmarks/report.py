"""Print the tables of docs/performance.md: ``python -m tests.benchmarks.report [students per catalog]``."""

from __future__ import annotations

import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version

from catalogs.bundled import bundled, load
from pathways.student import Student
from tests.benchmarks.measure import STEPS, moved, percentile, steps
from tests.students import eager, student

FRESH = 1000
"""Seeds of fresh ninth graders begin here."""


def row(name: str, people: Iterable[Student]) -> str:
    """One line of a table: p50 and p95 of every step, the longest whole plan, and what came of the plans."""
    measured = [steps(one) for one in people]
    cells = [
        f"{1000 * percentile(times, 0.5):.0f} / {1000 * percentile(times, 0.95):.0f}"
        for step in STEPS
        for times in [[seconds[step] for seconds, _ in measured]]
    ]
    longest = 1000 * max(seconds["whole"] for seconds, _ in measured)
    came = ", ".join(f"{n} {status}" for status, n in sorted(Counter(status for _, status in measured).items()))
    return f"| {name} | {' | '.join(cells)} | {longest:.0f} | {came} |"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print(f"{platform.machine()}, Python {platform.python_version()}, ortools {version('ortools')}, one worker.")
    print(f"{count} seeded students of each catalog; milliseconds of processor time, p50 / p95.\n")
    kinds: tuple[tuple[str, Callable[[str, int], Student]], ...] = (
        ("students of all grades", student),
        ("fresh ninth graders", lambda catalog_id, n: student(catalog_id, FRESH + n, 0)),
        ("ninth graders who want far more than fits", eager),
    )
    for title, draw in kinds:
        print(f"| {title} | {' | '.join(STEPS)} | longest | plans |")
        print("|---|" + "---:|" * (len(STEPS) + 1) + "---|")
        for catalog_id in bundled():
            name = f"{catalog_id} ({len(load(catalog_id).courses)} courses)"
            print(row(name, (draw(catalog_id, n) for n in range(count))), flush=True)
        print()
    print("| a course moved | first plan: solve | solve again | first plan: whole | whole again | cannot graduate so |")
    print("|---|---:|---:|---:|---:|---:|")
    for catalog_id in bundled():
        print(again(catalog_id, count), flush=True)


def again(catalog_id: str, count: int) -> str:
    """One line on planning again after a course was moved; who cannot graduate after that is only counted."""
    pairs = filter(None, (moved(student(catalog_id, FRESH + n, 0)) for n in range(count)))
    timed = [(steps(before), steps(after)) for before, after in pairs]
    good = [(first, then) for (first, was), (then, now) in timed if (was, now) == ("optimal", "optimal")]
    cells = [
        f"{1000 * percentile(times, 0.5):.0f} / {1000 * percentile(times, 0.95):.0f}"
        for names in (("model", "solve"), ("whole",))
        for which in (0, 1)
        for times in [[sum(pair[which][name] for name in names) for pair in good]]
    ]
    lost = sum(now == "infeasible" for _, (_, now) in timed)
    return f"| {catalog_id} | {' | '.join(cells)} | {lost} of {len(timed)} |"


if __name__ == "__main__":
    main()
