"""What is less good in the shape of one plan's years than in another's, in plain words.

Quality counts points (`pathways.quality`); a person asks what stands behind them. Here the same facts of the problem
that cost points are named: gaps, pauses, halves, uneven terms, open questions, courses that nothing asks for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from catalogs.course import RIGOR
from pathways.compile import Compiled
from pathways.solver import Answer
from requirements.describe import join_words

NAMED = 3
"""So many facts are named."""
SMALL = "courses or terms that are less usual"
AREAS = {"english": "English", "social_studies": "social studies"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a plan's years cost points for: facts that can be named, and figures that can be compared."""

    flaws: tuple[str, ...]
    to_confirm: int
    uneven: int
    courses: int
    demanding: int


def shape(compiled: Compiled, answer: Answer) -> Shape:
    """The shape of an answer's years."""
    problem = compiled.problem
    taken = {*(answer.placed or ())}
    starts = {i for i, _ in taken}
    titles = [course.title for course in compiled.courses]
    flaws = [
        f"no {AREAS.get(one.area, one.area)} in {one.year}–{one.year + 1}"
        for one in problem.spreads
        if taken.isdisjoint(one.columns)
    ]
    flaws += [
        f"a pause before {titles[pause.course]}"
        for pause in problem.pauses
        for k, recent in pause.starts
        if (pause.course, k) in taken and taken.isdisjoint(recent)
    ]
    flaws += [
        f"{titles[half.first]} without its second half"
        for half in problem.halves
        if half.first in starts and starts.isdisjoint(half.seconds)
    ]
    used: Counter[int] = Counter()
    to_confirm = demanding = 0
    for i, k in taken:
        candidate = problem.candidates[i]
        for slot in candidate.spans[k]:
            used[slot] += candidate.periods
        grade = compiled.term(candidate.starts[k]).grade
        level = compiled.courses[i].level
        demanding += RIGOR.get(level, 0) * len(candidate.spans[k]) * (13 - grade)
        to_confirm += len(compiled.assumptions(compiled.courses[i], candidate.starts[k]))
    uneven = sum(max(used[n] - slot.even, 0) for n, slot in enumerate(problem.slots))
    return Shape(tuple(flaws), to_confirm, uneven, len(taken), demanding)


def less_good(compiled: Compiled, before: Answer, after: Answer) -> str:
    """What is less good after than before, in a few words; both plans reach the same goals and wishes."""
    was, now = shape(compiled, before), shape(compiled, after)
    said = [flaw for flaw in now.flaws if flaw not in was.flaws]
    if now.to_confirm > was.to_confirm:
        said.append(f"{now.to_confirm - was.to_confirm} more to confirm with a person")
    if now.uneven > was.uneven:
        said.append("a less even load")
    if now.courses > was.courses:
        more = now.courses - was.courses
        said.append(f"{more} more course{'s' if more > 1 else ''}")
    if now.demanding > was.demanding:
        said.append("demanding courses sooner, or more of them")
    if len(said) > NAMED + 1:
        said = [*said[:NAMED], f"{len(said) - NAMED} more of the kind"]
    return join_words(said, "and") if said else SMALL
