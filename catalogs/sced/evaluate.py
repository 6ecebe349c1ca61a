"""Measure the proposals against codes given by hand: ``python -m catalogs.sced.evaluate FOLDER``.

The folder holds one CSV per bundled catalog (code, sced, confidence, runner_up); titles, subjects and levels come from
the catalog. Prints the tables of ``docs/sced.md``.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from catalogs.sced.codes import codes
from catalogs.sced.mapper import Proposal, half_numbered, propose

GROUPS = ("all", "sure", "likely", "doubtful")
BUCKETS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01)

Row = dict[str, str]

_CATALOGS = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Judged:
    """A course with its code by hand and the codes proposed for it."""

    gold: str
    runner_up: str
    sureness: str
    codes: tuple[str, ...]
    confidence: float

    @property
    def right(self) -> bool:
        """The first proposal is the code given by hand."""
        return self.codes[:1] == (self.gold,)

    @property
    def acceptable(self) -> bool:
        """The first proposal is the code given by hand or the second choice noted beside it."""
        return self.right or (bool(self.runner_up) and self.codes[:1] == (self.runner_up,))


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mapped(rows: list[Row]) -> list[list[Proposal]]:
    """Proposals of this package for the rows of a catalog."""
    halves = half_numbered(row["title"] for row in rows)
    return [
        propose(
            row["title"],
            row["subject"],
            level=row["level"],
            terms=int(row["terms"]),
            tags=row["tags"].split(";"),
            halves=halves,
        )
        for row in rows
    ]


def nearest_titles(rows: list[Row]) -> list[list[Proposal]]:
    """What plain text similarity gives: the SCED titles nearest to the title as written."""
    from rapidfuzz import fuzz, process, utils

    titles = {code.code: code.title for code in codes().values()}
    return [
        [
            Proposal(code, title, score / 100)
            for title, score, code in process.extract(
                row["title"], titles, scorer=fuzz.WRatio, processor=utils.default_process, limit=3
            )
        ]
        for row in rows
    ]


def judge(path: Path, method: Callable[[list[Row]], list[list[Proposal]]] = mapped) -> list[Judged]:
    """Proposals for every course of the catalog the gold file is named after, beside the codes given by hand."""
    gold = {row["code"]: row for row in _read(path)}
    courses = _read(_CATALOGS / path.stem / "courses.csv")
    return [
        Judged(
            gold[row["code"]]["sced"],
            gold[row["code"]]["runner_up"],
            gold[row["code"]]["confidence"],
            tuple(proposal.code for proposal in proposals),
            proposals[0].confidence if proposals else 0.0,
        )
        for row, proposals in zip(courses, method(courses), strict=True)
    ]


def _share(hits: Iterable[bool]) -> str:
    marks = list(hits)
    return f"{100 * sum(marks) / len(marks):.1f}" if marks else "-"


def tables(folder: Path) -> Iterator[str]:
    """Lines of the accuracy and calibration tables, as Markdown."""
    judged = {path.stem: judge(path) for path in sorted(folder.glob("*.csv"))}
    plain = {path.stem: judge(path, nearest_titles) for path in sorted(folder.glob("*.csv"))}
    heads = ("first right", "first right or second choice", "right among three", "area right", "nearest title")
    yield f"| catalog | gold | courses | {' | '.join(heads)} |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, results in judged.items():
        for group in GROUPS:
            part = [i for i, result in enumerate(results) if group in ("all", result.sureness)]
            some = [results[i] for i in part]
            cells = (
                _share(r.right for r in some),
                _share(r.acceptable for r in some),
                _share(r.gold in r.codes for r in some),
                _share(bool(r.codes) and r.codes[0][:2] == r.gold[:2] for r in some),
                _share(plain[name][i].right for i in part),
            )
            yield f"| {name} | {group} | {len(some)} | {' | '.join(cells)} |"
    yield ""
    yield "| catalog | confidence | courses | mean confidence | first right | first right or second choice |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for name, results in judged.items():
        for low, high in pairwise(BUCKETS):
            some = [result for result in results if low <= result.confidence < high]
            if some:
                mean = sum(result.confidence for result in some) / len(some)
                yield (
                    f"| {name} | {low:.1f} to {min(high, 1):.1f} | {len(some)} | {100 * mean:.1f} "
                    f"| {_share(r.right for r in some)} | {_share(r.acceptable for r in some)} |"
                )


if __name__ == "__main__":
    for line in tables(Path(sys.argv[1])):
        print(line)
