"""The solver's short cuts against the plain way: the same tiers, whatever is added up, fixed or tried at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from threading import Thread
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogs.bundled import bundled, load
from pathways.memory import Memory
from pathways.planner import goal_programs
from pathways.problem import AimWay, Clause, Demand, Gap, GrantItem, Near, PinItem, Problem, Tree
from pathways.solver import Limits, Model, relaxation, solve, tiers
from pathways.solver.alike import alike
from pathways.solver.model import INFINITY
from pathways.solver.relaxation import relax
from pathways.solver.rows import Rows
from pathways.student import Student
from tests.pathways.plain import plain_model, plain_tiers
from tests.pathways.school import compiled, course, credits, half, person, program, school
from tests.pathways.test_brute_force import aimed, built, draw, full
from tests.students import eager, student

TINY = 400


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    tiers.ANSWERS.clear()


def tiny(seed: int) -> Problem:
    case = (full if seed % 2 else draw)(Random(f"solver {seed}"))
    catalog, who, programs = built(case)
    if seed % 6 == 0:
        who = who.model_copy(update={"plan_in_force": in_force(case.names[0])})
    with aimed(case, programs):
        return compiled(catalog, who, *programs).problem


def in_force(term: str) -> tuple[object, ...]:
    return person(plan_in_force=[{"course": code, "term": f"2026-{term}"} for code in ("C0", "C2")]).plan_in_force


def real(who: Student) -> Problem:
    catalog = load(who.catalog)
    return compiled(catalog, who, *goal_programs(who, catalog)).problem


def values(problem: Problem) -> dict[str, int] | None:
    answer = solve(problem)
    assert answer.proven
    return None if answer.placed is None else {tier.name: tier.value for tier in answer.tiers}


class TestPlainWay:
    @pytest.mark.parametrize("part", range(8))
    def test_tiny_schools(self, part: int) -> None:
        for seed in range(part * TINY // 8, (part + 1) * TINY // 8):
            problem = tiny(seed)
            assert values(problem) == plain_tiers(problem), f"seed {seed}"

    @pytest.mark.parametrize("seed", [7001, 7002])
    @pytest.mark.parametrize("behind", [0, None])
    @pytest.mark.parametrize("catalog_id", bundled())
    def test_real_schools(self, catalog_id: str, behind: int | None, seed: int) -> None:
        problem = real(student(catalog_id, seed, behind))
        assert values(problem) == plain_tiers(problem)

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_students_who_want_far_more_than_fits(self, catalog_id: str) -> None:
        problem = real(eager(catalog_id, 3))
        assert values(problem) == plain_tiers(problem)

    @pytest.mark.parametrize("part", range(4))
    def test_the_order_of_candidates_changes_no_tier(self, part: int) -> None:
        for seed in range(part * 20, part * 20 + 20):
            problem = tiny(seed)
            assert values(problem) == values(shuffled(problem, Random(seed))), f"seed {seed}"

    def test_nor_does_it_in_a_real_school(self) -> None:
        problem = real(student("woodinville-hs-wa", 7003, 0))
        assert values(problem) == values(shuffled(problem, Random(1)))


def shuffled(problem: Problem, random: Random) -> Problem:
    """The same problem with its candidates in another order."""
    order = list(range(len(problem.candidates)))
    random.shuffle(order)
    at = {old: new for new, old in enumerate(order)}

    def columns(some):  # type: ignore[no-untyped-def]
        return tuple((at[i], *rest) for i, *rest in some)

    def tree(one: Tree) -> Tree:
        capped = tuple((limits, have, columns(some)) for limits, have, some in one.capped)
        return replace(one, columns=columns(one.columns), capped=capped, below=tuple(map(tree, one.below)))

    def demand(one: Demand) -> Demand:
        supplies = tuple(replace(supply, columns=columns(supply.columns)) for supply in one.supplies)
        return replace(one, supplies=supplies, trees=tuple(map(tree, one.trees)))

    def grant(one: GrantItem) -> GrantItem:
        sums = tuple(replace(own, columns=columns(own.columns)) for own in one.sums)
        gaps = tuple(
            Gap(None if gap.before is None else columns(gap.before), columns(gap.between), columns(gap.after))
            for gap in one.gaps
        )
        return replace(one, sums=sums, gaps=gaps)

    def way(one: AimWay) -> AimWay:
        parts = tuple(replace(part, needs=tuple(map(columns, part.needs))) for part in one.parts)
        return replace(one, parts=parts, shared=tuple(replace(s, columns=columns(s.columns)) for s in one.shared))

    return replace(
        problem,
        candidates=tuple(problem.candidates[old] for old in order),
        clauses=tuple(Clause(at[c.course], c.until, columns(c.alternatives)) for c in problem.clauses),
        exclusions=tuple((at[a], at[b]) for a, b in problem.exclusions),
        demands=tuple(map(demand, problem.demands)),
        pins=tuple(replace(pin, columns=columns(pin.columns)) for pin in problem.pins),
        wishes=tuple(replace(wish, columns=columns(wish.columns)) for wish in problem.wishes),
        spreads=tuple(replace(spread, columns=columns(spread.columns)) for spread in problem.spreads),
        pauses=tuple(
            replace(one, course=at[one.course], starts=tuple((k, columns(recent)) for k, recent in one.starts))
            for one in problem.pauses
        ),
        halves=tuple(
            replace(one, first=at[one.first], seconds=tuple(at[i] for i in one.seconds)) for one in problem.halves
        ),
        near=tuple(replace(one, columns=columns(one.columns)) for one in problem.near),
        breaches=tuple(replace(one, columns=columns(one.columns)) for one in problem.breaches),
        grants=tuple(map(grant, problem.grants)),
        peaks=tuple(
            replace(one, sums=tuple((have, columns(some)) for have, some in one.sums)) for one in problem.peaks
        ),
        aims=tuple(replace(one, ways=tuple(map(way, one.ways))) for one in problem.aims),
    )


@st.composite
def programs(draw: st.DrawFn) -> Rows:
    """A small integer program, not always with a solution."""
    size, count = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    number = st.integers(-3, 3)
    matrix = [draw(st.lists(number, min_size=size, max_size=size)) for _ in range(count)]
    terms = [(r, v, a) for r, row in enumerate(matrix) for v, a in enumerate(row) if a] or [(0, 0, 1)]
    used = sorted({r for r, _, _ in terms})
    row, column, coefficient = np.array([(used.index(r), v, a) for r, v, a in terms], np.int64).T
    sides = [sorted((draw(st.integers(-6, 6)), draw(st.integers(-6, 6)))) for _ in used]
    least = [-INFINITY if draw(st.booleans()) else low for low, _ in sides]
    most = [INFINITY if draw(st.booleans()) else high for _, high in sides]
    low = draw(st.lists(st.integers(-1, 1), min_size=size, max_size=size))
    high = [v + draw(st.integers(0, 2)) for v in low]
    cost = draw(st.lists(st.integers(-4, 4), min_size=size, max_size=size))
    return Rows(*(np.array(part, np.int64) for part in (low, high, row, column, coefficient, least, most, cost)))


def solutions(rows: Rows) -> dict[tuple[int, ...], int]:
    """All solutions, each with its cost."""
    boxes = (range(a, b + 1) for a, b in zip(rows.low.tolist(), rows.high.tolist(), strict=True))
    found = (np.array(x, np.int64) for x in product(*boxes))
    return {tuple(x.tolist()): rows.value(x) for x in found if rows.hold(x)}


class TestRows:
    @given(programs())
    @settings(max_examples=200, deadline=None)
    def test_tightening_loses_no_solution(self, rows: Rows) -> None:
        before, tight = solutions(rows), rows.copy()
        assert tight.tighten() or not before
        if before:
            assert solutions(tight) == before

    @given(programs(), st.randoms(use_true_random=False))
    @settings(max_examples=200, deadline=None)
    def test_any_prices_give_a_bound_and_lose_no_solution_within_it(self, rows: Rows, random: Random) -> None:
        prices = np.array([random.uniform(-3, 3) for _ in rows.least])
        with patch.object(relaxation, "_prices", lambda rows: prices):
            found = relax(rows)
        assert found is not None
        all_of_them = solutions(rows)
        for most in range(-8, 9):
            inside = solutions(found.within(most))
            assert {x for x, cost in all_of_them.items() if cost <= most} <= set(inside)
        assert all(cost >= found.bound for cost in all_of_them.values())

    @given(programs())
    @settings(max_examples=100, deadline=None)
    def test_the_bound_is_that_of_the_relaxation(self, rows: Rows) -> None:
        found, costs = relax(rows), solutions(rows).values()
        assert found is None or not costs or found.bound <= min(costs)
        assert found is not None or not costs


class TestAlike:
    def electives(self) -> Problem:
        courses = [half(f"E{n}", sced="05154") for n in range(6)]
        return compiled(school(*courses, course("A")), person(grade=11), program(credits("any", 3))).problem

    def test_electives_that_nothing_tells_apart_are_one(self) -> None:
        model = Model(self.electives())
        model.minimise(model.points)
        assert sorted(len(members) for members in alike(model, Rows.of(model)).classes) == [6]

    def test_a_wish_tells_them_apart(self) -> None:
        courses = [half(f"E{n}", sced="05154") for n in range(6)]
        who = person(grade=11, wishes=[{"course": "E3"}])
        model = Model(compiled(school(*courses), who, program(credits("any", 3))).problem)
        model.minimise([(v, -weight) for v, weight in model.wanted])
        (members,) = alike(model, Rows.of(model)).classes
        assert len(members) == 5

    def test_what_is_dealt_out_keeps_every_row(self) -> None:
        problem = self.electives()
        model = Model(problem)
        model.minimise(model.points)
        rows = Rows.of(model)
        same = alike(model, rows)
        (members,) = same.classes
        placed = solve(problem).placed or ()
        x = rows.low.copy()
        for i, k in placed:
            x[model.x[i][k]] = 1
        for i, (whole, _) in model.whole.items():
            x[whole] = sum(x[v] for v in model.x[i])
        taken = x[[v for starts in model.x for v in starts]].sum()
        dealt = same.dealt(same.merged(x))
        assert dealt[[v for starts in model.x for v in starts]].sum() == taken
        assert all(dealt[own[-1]] == sum(dealt[list(own[:-1])]) <= 1 for own in members)


class TestStrengthening:
    def test_halves_of_courses(self) -> None:
        """Half of a course in each of two years teaches nobody in either."""
        names = ("T1", "T2", "T3")
        maths = [half("M1", sced="02052", subject="M"), half("M2", sced="02052", subject="M", needs="M1")]
        who = person(grade=11, term="T1")
        problem = compiled(school(*maths, names=names), who, program(credits("m", 1, "M1", "M2"))).problem

        def bound(model: Model) -> int:
            model.minimise(model.points)
            found = relax(Rows.of(model))
            assert found is not None
            return found.bound

        answer = solve(problem)
        assert bound(plain_model(problem)) < bound(Model(problem)) <= answer.tiers[-1].value

    def test_not_where_a_prerequisite_may_be_given_up(self) -> None:
        problem = tiny(1)
        free = Model(problem, {"prerequisite:C1": 1})
        with patch("pathways.solver.model.strengthen", lambda _: pytest.fail("strengthened")):
            Model(problem, {"prerequisite:C1": 1})
        assert len(free.ends) > 0


class TestMemory:
    def test_a_proven_answer_is_remembered(self) -> None:
        problem = tiny(2)
        first = solve(problem)
        with patch.object(tiers, "Model", lambda *_: pytest.fail("solved again")):
            again = solve(replace(problem))
        assert again == first
        assert again is not first

    def test_not_for_other_limits(self) -> None:
        problem = real(student("woodinville-hs-wa", 7004, 0))
        solve(problem)
        with patch.object(tiers, "Model", side_effect=InterruptedError), pytest.raises(InterruptedError):
            solve(problem, Limits(effort=30.0))

    def test_what_is_not_proven_is_not(self) -> None:
        problem = real(student("del-norte-hs-ca", 1002, 0))
        assert not solve(problem, Limits(effort=0.0)).proven
        with patch.object(tiers, "Model", side_effect=InterruptedError), pytest.raises(InterruptedError):
            solve(problem, Limits(effort=0.0))

    def test_it_stays_small(self) -> None:
        memory: Memory[int, int] = Memory(3)
        threads = [Thread(target=lambda n=n: [memory.keep(n * 100 + i, i) for i in range(100)]) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(memory.get(key) is not None for key in range(400)) == 3

    def test_what_was_asked_for_stays_longest(self) -> None:
        memory: Memory[str, int] = Memory(2)
        memory.keep("a", 1)
        memory.keep("b", 2)
        assert memory.get("a") == 1
        memory.keep("c", 3)
        assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)


class TestStaying:
    """The plan in force is looked at first where staying near to it goes before quality."""

    @pytest.mark.parametrize("part", range(4))
    def test_changes_no_tier(self, part: int) -> None:
        for seed in range(part * 25, part * 25 + 25):
            problem = staying_near(tiny(seed), Random(seed))
            assert values(problem) == plain_tiers(problem), f"seed {seed}"

    @pytest.mark.parametrize("catalog_id", ["woodinville-hs-wa", "del-norte-hs-ca"])
    def test_a_course_that_is_moved_moves_little_else(self, catalog_id: str) -> None:
        student_ = student(catalog_id, 7005, 0)
        problem = real(student_)
        placed = solve(problem).placed
        assert placed is not None
        i, k = next((i, k) for i, k in placed if len(problem.candidates[i].starts) > 1)
        other = next(j for j in range(len(problem.candidates[i].starts)) if j != k)
        near = tuple(item for one in placed for item in (Near((one,), 1), Near(columns(problem, one[0]), 2)))
        moved = replace(pinned(problem, i, other), near=near, near_first=True)
        answer = solve(moved)
        assert answer.proven
        assert len(set(answer.placed or ()) & set(placed)) >= len(placed) - 3
        assert values(moved) == plain_tiers(moved)


def columns(problem: Problem, course: int) -> tuple[tuple[int, int], ...]:
    return tuple((course, k) for k in range(len(problem.candidates[course].starts)))


def staying_near(problem: Problem, random: Random) -> Problem:
    """The problem after some plan, which may be no plan at all any more."""
    every = [column for i in range(len(problem.candidates)) for column in columns(problem, i)]
    some = random.sample(every, min(len(every), 4))
    near = tuple(item for one in some for item in (Near((one,), 1), Near(columns(problem, one[0]), 2)))
    return replace(problem, near=near, near_first=True)


def pinned(problem: Problem, course: int, start: int) -> Problem:
    return replace(problem, pins=(*problem.pins, PinItem("moved", ((course, start),))))


class TestEveryRun:
    @pytest.mark.parametrize("catalog_id", bundled())
    def test_gives_the_same_plan(self, catalog_id: str) -> None:
        problem = real(eager(catalog_id, 5))
        first = solve(problem)
        tiers.ANSWERS.clear()
        again = solve(problem)
        assert (again.placed, again.tiers, again.effort) == (first.placed, first.tiers, first.effort)
