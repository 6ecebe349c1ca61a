"""Single failures: every answer against all plans there are, the fallbacks verified, the score."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from catalogs import Catalog, InputError
from catalogs.bundled import bundled
from pathways.files import load_example
from pathways.plan import Plan
from pathways.planner import plan
from pathways.resilience import Failure, Resilience, resilience
from requirements.language import Program
from tests.pathways.school import course, credits, half, known, person, places, planned, program, school
from tests.pathways.test_brute_force import Case, Chosen, Truth, as_student, asked, draw
from tests.students import student


def trial(catalog: Catalog, made: Plan, *programs: Program, **more: Any) -> Resilience:
    with known(*programs):
        return resilience(made, catalog, **more)


def of(found: Resilience, code: str) -> Failure:
    (one,) = (failure for failure in found.courses if failure.course == code)
    return one


class Recourse(Truth):
    """All plans that follow a failure: what has begun stays, what was lost may come back, at a higher grade too."""

    def __init__(self, case: Case, placed: dict[str, int], lost: set[str], last: int) -> None:
        self.fixed: Chosen = {}
        super().__init__(case)
        self.fixed = {code: start for code, start in placed.items() if start <= last and code not in lost}
        after = last + 1
        for c in case.courses:
            older = after < self.slots and self.grade(after) > max(c.grades)
            grown = replace(c, grades=tuple(range(min(c.grades), 14))) if older or c.code in lost else c
            later = [start for start in self.starts(grown) if start > last]
            self.able[c.code] = [self.fixed[c.code]] if c.code in self.fixed else later

    def allowed(self, code: str, start: int, chosen: Chosen) -> bool:
        """What has begun goes on, even where the course beside it was lost."""
        return code in self.fixed or super().allowed(code, start, chosen)

    def survived(self) -> bool:
        done = set(self.case.done)
        return any(
            self.fixed.keys() <= chosen.keys() and self.graduation({*chosen, *done}) == 0 for chosen in self.plans()
        )


@pytest.mark.parametrize("part", range(6))
def test_every_single_failure_against_all_plans(part: int) -> None:
    asked_about = 0
    for seed in range(part * 40, part * 40 + 40):
        case = draw(Random(f"failure {seed}"))
        case.goal, case.wishes, case.refusals = [], [], []
        rules = [asked(f"r{n}", one) for n, one in enumerate(case.diploma)]
        if case.either:
            rules.append({"id": "either", "any_of": [asked(f"e{n}", one) for n, one in enumerate(case.either)]})
        if case.total is not None:
            rules.append({"id": "total", "total": str(case.total)})
        diploma = program(*rules)
        catalog = school(*case.courses, names=case.names, most=case.most)
        made = planned(catalog, as_student(case), diploma)
        if made.graduates is None:
            continue
        found = trial(catalog, made, diploma)
        truth = Truth(case)
        slot = {f"{truth.year(s)}-{case.names[s % truth.per_year]}": s for s in range(truth.slots)}
        placed = {code: slot[terms[0]] for code, terms in places(made).items()}
        for one in found.courses:
            assert one.course is not None
            ended = placed[one.course] + truth.by_code[one.course].terms - 1
            expected = Recourse(case, placed, {one.course}, ended).survived()
            assert one.survived is expected, (seed, one.words)
            asked_about += 1
        for one in found.terms:
            lost = {c for c, s in placed.items() if s <= slot[one.term] < s + truth.by_code[c].terms}
            expected = Recourse(case, placed, lost, slot[one.term]).survived()
            assert one.survived is expected, (seed, one.words)
        whole = sum((one.credits for one in found.courses), Fraction(0))
        saved = sum((one.credits for one in found.courses if one.survived), Fraction(0))
        assert found.score == (saved / whole if whole else 1)
        assert 0 <= found.score <= 1
    assert asked_about > 10
