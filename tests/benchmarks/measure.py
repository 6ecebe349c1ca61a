"""Time every step of a plan apart: compile, model, solve, conflict, audit, verify."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random

from catalogs.bundled import load
from pathways.compile import compile_problem
from pathways.explain.why_not import explain
from pathways.planner import Task, goal_programs, plan
from pathways.solver import Limits, Model, solve
from pathways.solver.tiers import ANSWERS
from pathways.student import Pin, PlacementInForce, Student
from pathways.verify import verify
from requirements.audit import audit
from requirements.crediting import credit_entries

STEPS = ("compile", "model", "solve", "conflict", "audit", "verify", "whole")


def steps(student: Student) -> tuple[dict[str, float], str]:
    """Processor seconds of each step for one student, and the plan's status; ``whole`` is a plan from end to end."""
    # Processor time: all of it is one thread, and other work on the machine does not count.
    clock, seconds = time.process_time, {}
    catalog = load(student.catalog)
    programs = goal_programs(student, catalog)

    began = clock()
    entries, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    compiled = compile_problem(student, catalog, programs, entries)
    seconds["compile"] = clock() - began

    began = clock()
    Model(compiled.problem)
    seconds["model"] = clock() - began

    ANSWERS.clear()
    began = clock()
    answer = solve(compiled.problem)
    seconds["solve"] = clock() - began - seconds["model"]

    began = clock()
    if answer.placed is None or (answer.tiers and answer.tiers[0].value > 0):
        explain(compiled, answer)
    seconds["conflict"] = clock() - began

    began = clock()
    for program in programs:
        audit(
            program,
            entries,
            decisions=student.decisions,
            achievements=student.achievements,
            grading=catalog.grading,
        )
    seconds["audit"] = clock() - began

    ANSWERS.clear()
    began = clock()
    made = plan(student, catalog, limits=Limits())
    seconds["whole"] = clock() - began
    began = clock()
    problems = verify(made, catalog)
    seconds["verify"] = clock() - began
    return seconds, made.status if not problems else "not verified"


def moved(student: Student) -> tuple[Student, Student] | None:
    """A student, and the same after one course of the plan was moved to another term; None where none can be moved.

    All else is to stay where it is as far as it can: what moving a course in the page asks for.
    """
    catalog = load(student.catalog)
    made = Task.of(student, catalog).best()
    random, compiled = Random(student.id), made.compiled
    columns = list(made.answer.placed or ())
    random.shuffle(columns)
    for i, k in columns:
        starts = compiled.problem.candidates[i].starts
        other = random.choice(starts)
        if other != starts[k]:
            code = compiled.courses[i].code
            pin = Pin(course=code, term=compiled.term(other).text, by="student")
            force = [PlacementInForce(course=p.course, term=f"{p.year}-{p.term}") for p in made.plan.placements]
            pins = (*(p for p in student.pins if p.course != code), pin)
            change = {"pins": pins, "plan_in_force": tuple(force), "nearness": "before_quality"}
            return student, student.model_copy(update=change)
    return None


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
