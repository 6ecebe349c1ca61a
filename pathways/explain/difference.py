"""How two plans of one problem differ, in words: the first tier that changes, and the courses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pathways.compile import Compiled
from pathways.explain.shape import less_good
from pathways.problem import Near
from pathways.solver import Answer, Open, Tier, gains
from requirements import figure
from requirements.describe import join_words
from requirements.language import Rule

NAMED = 3
"""So many courses are named; more are counted."""


class Difference(Rule):
    """What another plan loses, and which courses it holds instead.

    ``tier`` is the first tier that differs (later ones cannot be compared then), None where all are equal;
    ``worse`` by how much, in the tier's own points or in ``1 / scale`` of a year-course.
    """

    tier: str | None
    worse: int
    words: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    moved: tuple[str, ...]


def difference(compiled: Compiled, before: Answer, after: Answer) -> Difference:
    """What is lost from one answer to another, in one sentence without its full stop's capital.

    Raises
    ------
    pathways.solver.Open
        Where a limit or the stop signal cut one of the two short before the tier that would tell.
    """
    if after.placed is None:
        if after.status != "INFEASIBLE":
            raise Open
        return Difference(
            tier="graduation",
            worse=0,
            words="no plan could hold the pins and loads together.",
            gone=(),
            new=(),
            moved=(),
        )
    tier, worse = _first_loss(compiled, before, after)
    then, now = _starts(compiled, before), _starts(compiled, after)
    gone = [code for code in then if code not in now]
    new = [code for code in now if code not in then]
    moved = [code for code in then if code in now and then[code] != now[code]]
    lost = _lost(compiled, tier, worse, before, after)
    swap = _swap(compiled, gone, new, moved)
    return Difference(
        tier=tier.name if tier else None,
        worse=worse,
        words=f"{lost}{'; ' if swap else ''}{swap}.",
        gone=tuple(gone),
        new=tuple(new),
        moved=tuple(moved),
    )


def _first_loss(compiled: Compiled, before: Answer, after: Answer) -> tuple[Tier | None, int]:
    for a, b in zip(before.tiers, after.tiers, strict=False):
        if a.name == "nearness":
            continue
        if not (a.proven and b.proven):
            raise Open
        if _loss(compiled, a, b):
            return a, _loss(compiled, a, b)
    return None, 0


def staying(answer: Answer) -> tuple[Near, ...]:
    """Nearness to an answer: what need not change should stay."""
    return tuple(Near((column,), 1) for column in answer.placed or ())


def _loss(compiled: Compiled, before: Tier, after: Tier) -> int:
    gained = before.name in gains(compiled.problem)
    return before.value - after.value if gained else after.value - before.value


def _starts(compiled: Compiled, answer: Answer) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for i, k in answer.placed or ():
        found.setdefault(compiled.courses[i].code, []).append(k)
    return found


def _lost(compiled: Compiled, tier: Tier | None, worse: int, before: Answer, after: Answer) -> str:
    if tier is None:
        return "the plan would be just as good"
    if tier.name == "wishes":
        names = _wishes(compiled, before, after)
        return f"{join_words(names, 'and')} would be lost" if names else f"wishes worth {worse} points would be lost"
    if tier.name == "quality":
        return f"all that is aimed at would still be reached, with {less_good(compiled, before, after)}"
    for aim in compiled.aims:
        if tier.name == f"goal:{aim.item.name}":
            return f"{worse} {aim.target.unit} toward {aim.target.name} would be lost"
    names = [program.id for program in compiled.programs]
    program = compiled.programs[0 if tier.name == "graduation" else names.index(tier.name.removeprefix("goal:"))]
    missing = figure.amount(worse * program.unit.year_course / compiled.problem.scale, program.unit)
    return f"{'the diploma' if tier.name == 'graduation' else program.name} would lack {missing} more"


def _wishes(compiled: Compiled, before: Answer, after: Answer) -> list[str]:
    """Wishes that came true before and do no longer, by name where they name a course."""
    catalog = compiled.catalog
    names = []
    for wish in compiled.problem.wishes:
        granted = [bool({*wish.columns} & {*(answer.placed or ())}) for answer in (before, after)]
        if wish.weight > 0 and granted == [True, False]:
            course = catalog.get(wish.what)
            names.append(f"the wish for {course.title if course else 'a course of a certain kind'}")
    return names


def _swap(compiled: Compiled, gone: Sequence[str], new: Sequence[str], moved: Sequence[str]) -> str:
    words = []
    if new:
        verb = "would come in place of" if gone else "would come in addition"
        words.append(f"{_named(compiled, new)} {verb} {_named(compiled, gone)}".rstrip())
    elif gone:
        words.append(f"{_named(compiled, gone)} would go")
    if moved:
        words.append(f"{_named(compiled, moved)} would move")
    return "; ".join(words)


def _named(compiled: Compiled, codes: Iterable[str]) -> str:
    titles = [compiled.catalog.by_code[code].title for code in codes]
    if len(titles) > NAMED + 1:
        titles = [*titles[:NAMED], f"{len(titles) - NAMED} others"]
    return join_words(titles, "and") if titles else ""
