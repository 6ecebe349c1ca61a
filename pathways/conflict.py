"""Why a diploma cannot be reached in time: the smallest set of facts that cannot hold together.

The deletion filter of explanation theory (Chinneck and Dravnieks 1991, ORSA J. Computing 3(2); Marques-Silva 2010,
"Minimal unsatisfiability", ISMVL): a fact is dropped for good when the rest still cannot hold. Halving the list
first keeps the number of solves small.
"""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from pathways.plan import Conflict, Fact
from pathways.solver import Answer, Facts
from requirements.figure import figure_text
from requirements.language import walk

if TYPE_CHECKING:
    from pathways.compile import Compiled

DIPLOMA = 0


def explain(compiled: Compiled, answer: Answer, stop: Event | None = None) -> Conflict | None:
    """The minimal conflict of a problem whose diploma (or pins) cannot all hold; None where a limit left that open."""
    facts = _facts(compiled, pins_only=answer.placed is None)
    keys = list(facts)
    most = sum(candidate.periods for candidate in compiled.problem.candidates)
    oracle = Facts(
        compiled.problem,
        {key: most if key.startswith("load:") else 1 for key in keys},
        goals=0 if answer.placed is None else 1,
        stop=stop,
    )

    def impossible(kept: list[str]) -> bool:
        return oracle.hold(kept) is False

    if not impossible(keys):
        return None
    core, size = keys, max(1, len(keys) // 2)
    while True:
        i = 0
        while i < len(core):
            trial = core[:i] + core[i + size :]
            if impossible(trial):
                core = trial
            else:
                i += size
        if size == 1:
            break
        size //= 2
    return Conflict(words=_words(len(core), compiled.line.terms[-1].text), facts=tuple(facts[key] for key in core))


def _words(count: int, last: str) -> str:
    if count == 0:
        return f"The courses and terms that are left until {last} do not allow it, whatever limits are given up."
    if count == 1:
        return f"No plan until {last} can hold this; everything else can hold without it."
    return f"No plan until {last} can hold these {count} facts together; give up any one, and the others can hold."


def _facts(compiled: Compiled, *, pins_only: bool) -> dict[str, Fact]:
    """Everything a person could give up: requirements of the diploma, load limits, pins, wishes that must hold."""
    facts: dict[str, Fact] = {}
    problem = compiled.problem
    program = compiled.programs[DIPLOMA]
    references = {r.id: r for r in program.references}
    rules = dict(walk(program.requirements))
    if not pins_only:
        for tree in problem.demands[DIPLOMA].trees:
            rule = rules[tree.path]
            reference = references.get(rule.reference or program.reference or "")
            name = rule.name or rule.id.replace("-", " ")
            figure = figure_text(rule, program.unit)
            facts[f"rule:{program.id}:{tree.path}"] = Fact(
                kind="requirement",
                what=tree.path,
                words=f"{program.name} asks for {name}" + (f" ({figure})" if figure else ""),
                reference=reference.title if reference else None,
            )
    for pin in problem.pins:
        course = compiled.catalog.by_code[pin.what]
        facts[f"pin:{pin.what}"] = Fact(kind="pin", what=pin.what, words=f"{course.title} ({course.code}) is pinned")
    for asked in compiled.wishes:
        if asked.wish.must:
            words = f"the student's record decides: {asked.words}" + (f", by {asked.wish.by}" if asked.wish.by else "")
            facts[asked.fact] = Fact(kind="wish", what=asked.fact, words=words)
    for slot in problem.slots:
        facts[f"load:{slot.term}"] = Fact(
            kind="load",
            what=slot.term,
            words=f"{slot.term} has room for {slot.most} more {'period' if slot.most == 1 else 'periods'}"
            + (f" and must hold {slot.least}" if slot.least else ""),
        )
    return facts
