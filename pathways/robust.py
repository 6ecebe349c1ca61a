"""A plan that survives the failure of any one of its core courses: the planner's side of `pathways.solver.robust`."""

from __future__ import annotations

from fractions import Fraction
from threading import Event

from catalogs import Catalog
from pathways.compile import Compiled
from pathways.offering import offering
from pathways.plan import Fallback, FallbackPlacement, RobustResult
from pathways.solver import Answer, Failures, Limits, gains, solve_robust
from requirements.figure import amount


def core_courses(catalog: Catalog) -> frozenset[str]:
    """Courses of English, mathematics, science and social studies."""
    return frozenset(code for code, areas in offering(catalog).areas.items() if areas)


def survive(
    compiled: Compiled, plain: Answer, limits: Limits | None = None, stop: Event | None = None
) -> tuple[Answer, RobustResult]:
    """The best plan that survives, with its fallbacks and price; else the plain one, and why.

    Parameters
    ----------
    compiled
        Compiled with the core courses among those that may fail.
    plain
        The best plan without that.
    """
    problem = compiled.problem
    if plain.placed is None or not plain.tiers or plain.tiers[0].value:
        words = "The diploma is not reached in time, so that there is nothing that a failure could break."
        return plain, RobustResult(survives=False, words=words)
    core = core_courses(compiled.catalog)
    risky = frozenset(i for i, candidate in enumerate(problem.candidates) if candidate.code in core)
    found = solve_robust(problem, risky, plain, limits, stop)
    if found.answer is not None:
        return found.answer, _survived(compiled, plain, found.answer, risky, stop)
    if not found.fatal:
        words = (
            "The search was cut short before it found a plan that survives every failure, or proved that there is none."
        )
        return plain, RobustResult(survives=None, words=words)
    fatal = tuple(
        f"{compiled.courses[i].title} ({compiled.courses[i].code}) in {_start(compiled, i, k)}" for i, k in found.fatal
    )
    words = (
        f"No plan survives the failure of {fatal[0]}, and no plan that graduates in time can do without it."
        if len(fatal) == 1
        else f"No plan survives every failure: each that graduates in time has one of {', '.join(fatal)}, "
        "and does not survive when it fails."
    )
    return plain, RobustResult(survives=False, words=words, fatal=fatal)


def _start(compiled: Compiled, i: int, k: int) -> str:
    return compiled.term(compiled.problem.candidates[i].starts[k]).text


def _survived(
    compiled: Compiled, plain: Answer, answer: Answer, risky: frozenset[int], stop: Event | None
) -> RobustResult:
    failures = Failures(compiled.problem, stop)
    placed = frozenset(answer.placed or ())
    fallbacks = []
    for i, k in sorted(placed):
        if i in risky:
            last = compiled.problem.candidates[i].spans[k][-1]
            way = failures.fallback(placed, {(i, k)}, last)
            if way is None:
                words = "The search was cut short before it found the fallbacks."
                return RobustResult(survives=None, words=words)
            fallbacks.append(
                Fallback(
                    course=compiled.courses[i].code,
                    term=_start(compiled, i, k),
                    placements=tuple(_placement(compiled, *column) for column in way),
                )
            )
    before, gained = {tier.name: tier.value for tier in plain.tiers}, gains(compiled.problem)
    price, cost = {}, []
    for tier in answer.tiers:
        worse = Fraction((before[tier.name] - tier.value) * (1 if tier.name in gained else -1))
        if worse > 0:
            price[tier.name], said = _priced(compiled, tier.name, worse)
            cost.append(said)
    count = {0: "holds no core course that could fail", 1: "survives the failure of its one core course"}.get(
        len(fallbacks), f"survives the failure of any one of its {len(fallbacks)} core courses"
    )
    words = f"This plan {count}, " + (
        f"at the price of {', '.join(cost)}." if cost else "and costs nothing more than the best plan without that."
    )
    return RobustResult(survives=True, words=words, price=price, fallbacks=tuple(fallbacks))


def _priced(compiled: Compiled, tier: str, worse: Fraction) -> tuple[Fraction, str]:
    """What a tier has lost in its own unit, and in words."""
    name = tier.removeprefix("goal:")
    for program in compiled.programs:
        if program.id == name:
            lost = worse * program.unit.year_course / compiled.problem.scale
            return lost, f"{amount(lost, program.unit)} of {program.name}"
    for aim in compiled.aims:
        if aim.target.key == name:
            return worse, f"{worse} {aim.target.unit} of {aim.target.name}"
    return worse, f"{worse} quality points" if tier == "quality" else f"{worse} points of {tier}"


def _placement(compiled: Compiled, i: int, k: int) -> FallbackPlacement:
    course, slot = compiled.courses[i], compiled.problem.candidates[i].starts[k]
    said = compiled.assumptions(course, slot)
    return FallbackPlacement(course=course.code, term=compiled.term(slot).text, assumptions=said)
