"""How long plans take; what each step takes is told by ``python -m tests.benchmarks.report``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from catalogs.bundled import bundled, load
from pathways.compile import compile_problem
from pathways.files import examples, load_example
from pathways.planner import goal_programs, load_catalog, plan
from pathways.problem import Problem
from pathways.solver import Model, model, solve
from pathways.solver.tiers import ANSWERS
from pathways.student import Student
from pathways.verify import verify
from requirements.crediting import credit_entries
from tests.benchmarks.measure import STEPS, moved, percentile, steps
from tests.pathways.plain import plain_tiers
from tests.students import eager, student

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


@pytest.mark.parametrize("name", examples())
def test_example(benchmark: BenchmarkFixture, name: str) -> None:
    who = load_example(name)
    made = benchmark.pedantic(plan, (who,), setup=ANSWERS.clear, rounds=3, warmup_rounds=1)
    assert made.verified


@pytest.mark.parametrize("catalog_id", bundled())
@pytest.mark.parametrize("step", ["compile", "model", "solve", "verify"])
def test_step_of_a_fresh_ninth_grader(benchmark: BenchmarkFixture, step: str, catalog_id: str) -> None:
    who = student(catalog_id, 1000, 0)
    catalog = load_catalog(who)
    programs = goal_programs(who, catalog)
    entries, _ = credit_entries(who.transcript, catalog, entering=who.entering)
    problem = compile_problem(who, catalog, programs, entries).problem
    if step == "compile":
        benchmark.pedantic(compile_problem, (who, catalog, programs, entries), rounds=3, warmup_rounds=1)
    elif step == "model":
        benchmark.pedantic(Model, (problem,), rounds=5)
    elif step == "solve":
        benchmark.pedantic(solve, (problem,), setup=ANSWERS.clear, rounds=3)
    else:
        benchmark.pedantic(verify, (plan(who, catalog), catalog), rounds=5)


def problem_of(who: Student) -> Problem:
    catalog = load_catalog(who)
    entries, _ = credit_entries(who.transcript, catalog, entering=who.entering)
    return compile_problem(who, catalog, goal_programs(who, catalog), entries).problem


@pytest.mark.benchmark(group="the solver against the plain way")
@pytest.mark.parametrize("catalog_id", bundled())
@pytest.mark.parametrize("kind", ["fresh", "eager"])
@pytest.mark.parametrize("way", ["in use", "not strengthened", "plain"])
def test_ways(benchmark: BenchmarkFixture, way: str, kind: str, catalog_id: str) -> None:
    problem = problem_of(student(catalog_id, 1000, 0) if kind == "fresh" else eager(catalog_id, 3))
    if way == "plain":
        benchmark.pedantic(plain_tiers, (problem,), rounds=3)
    elif way == "not strengthened":
        with patch.object(model, "strengthen", lambda _: None):
            benchmark.pedantic(solve, (problem,), setup=ANSWERS.clear, rounds=3)
    else:
        benchmark.pedantic(solve, (problem,), setup=ANSWERS.clear, rounds=3)


@pytest.mark.benchmark(group="planning again")
@pytest.mark.parametrize("catalog_id", bundled())
@pytest.mark.parametrize("way", ["first plan", "remembered", "a course moved"])
def test_again(benchmark: BenchmarkFixture, way: str, catalog_id: str) -> None:
    pair = moved(student(catalog_id, 1000, 0))
    assert pair is not None
    problem = problem_of(pair[way == "a course moved"])
    solve(problem)
    setup = None if way == "remembered" else ANSWERS.clear
    answer = benchmark.pedantic(solve, (problem,), setup=setup, rounds=5)
    assert answer.proven


def test_every_step_is_measured() -> None:
    """Runs with the ordinary tests, so that the benchmarks stay in working order."""
    seconds, status = steps(student("woodinville-hs-wa", 2))
    assert seconds.keys() == set(STEPS)
    assert status in ("optimal", "infeasible")
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert len(load("woodinville-hs-wa").courses) > 100
