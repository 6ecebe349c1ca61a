"""Small schools, small rules and students to plan for, in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

from catalogs import Calendar, Catalog, Course, CreditUnit, Grading
from catalogs.calendar import Summer
from catalogs.prerequisite import parse
from pathways.compile import Compiled, compile_problem
from pathways.plan import Plan
from pathways.solver import Answer, Limits, solve
from pathways.student import Student
from requirements import reader
from requirements.crediting import credit_entries
from requirements.language import Program

ENGLISH, MATHEMATICS, SCIENCE, ARTS = "01001", "02052", "03051", "05154"


def course(code: str, credits: str | int = 1, *, needs: str = "", **more: Any) -> Course:
    """A course; a year of two terms unless it says otherwise."""
    more.setdefault("terms", 2)
    return Course(
        code,
        more.pop("title", f"Course {code}"),
        more.pop("subject", "Any"),
        Fraction(credits),
        prerequisite=parse(needs) if needs else None,
        **more,
    )


def half(code: str, **more: Any) -> Course:
    """A course of one term."""
    return course(code, "0.5", terms=1, **more)


def school(
    *courses: Course,
    names: Sequence[str] = ("S1", "S2"),
    most: int = 7,
    least: int | None = None,
    summer: int | None = None,
    year_course: str | int = 1,
    id: str = "school",
) -> Catalog:
    """A catalog of these courses."""
    return Catalog(
        id=id,
        name="Small High School",
        district="Small",
        state="TX",
        edition="2026",
        unit=CreditUnit("credit", Fraction(year_course)),
        calendar=Calendar(tuple(names), most, least, Summer("Summer", summer) if summer else None),
        courses=courses,
        grading=Grading("A-F, D passes"),
    )


def versions(*courses: Course) -> tuple[Course, ...]:
    """The same courses as versions of the first."""
    from dataclasses import replace

    return tuple(replace(one, version=courses[0].code) for one in courses)


def credits(id: str, amount: str | float, *codes: str, **more: Any) -> dict[str, Any]:
    """So many credits from these courses (from any, where none is named)."""
    selector = more.pop("selector", {"code": list(codes)} if codes else {"any_course": True})
    return {"id": id, "credits": amount, "from": selector, **more}


def program(*requirements: dict[str, Any], id: str = "diploma", kind: str = "diploma", **more: Any) -> Program:
    """A program of these requirements."""
    return Program.model_validate(
        {
            "id": id,
            "name": id.capitalize(),
            "jurisdiction": "US-TX",
            "kind": kind,
            "requirements": list(requirements),
            **more,
        }
    )


def person(*, grade: int = 9, term: str = "S1", **record: Any) -> Student:
    """A student in a grade and term; the school year begins in the fall of 2026."""
    record.setdefault("entering", 2026 - (grade - 9))
    record.setdefault("now", f"2026-{term}")
    return Student.model_validate({"id": "s", "name": "S", "catalog": "school", **record})


@dataclass
class Solved:
    """The planner's answer, easy to ask."""

    compiled: Compiled
    answer: Answer

    @property
    def tiers(self) -> dict[str, int]:
        return {tier.name: tier.value for tier in self.answer.tiers}

    @property
    def short(self) -> Fraction:
        """Year-courses that the diploma lacks."""
        return Fraction(self.tiers["graduation"], self.compiled.problem.scale)

    @property
    def where(self) -> dict[str, list[str]]:
        """Terms in which each course begins."""
        found: dict[str, list[str]] = {}
        for i, k in self.answer.placed or ():
            term = self.compiled.term(self.compiled.problem.candidates[i].starts[k])
            found.setdefault(self.compiled.courses[i].code, []).append(term.text)
        return {code: sorted(terms) for code, terms in found.items()}

    def starts(self, code: str) -> list[str]:
        """All terms in which a course could begin."""
        for taken, candidate in zip(self.compiled.courses, self.compiled.problem.candidates, strict=True):
            if taken.code == code:
                return [self.compiled.term(slot).text for slot in candidate.starts]
        return []

    def assumed(self, code: str) -> set[str]:
        choice = self.compiled.choices.by_code[code]
        return {text for start in choice.starts for text in self.compiled.choices.assumptions(choice, start)}


def compiled(catalog: Catalog, student: Student, *programs: Program) -> Compiled:
    entries, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    return compile_problem(student, catalog, programs, entries)


def solved(catalog: Catalog, student: Student, *programs: Program, limits: Limits | None = None) -> Solved:
    """Compile and solve, no more."""
    problem = compiled(catalog, student, *programs)
    return Solved(problem, solve(problem.problem, limits))


@contextmanager
def known(*programs: Program) -> Iterator[None]:
    """These programs can be loaded by their id, as bundled ones can."""
    by_id, load = {p.id: p for p in programs}, reader.load

    def find(id: Path | str, *args: Any) -> Program:
        return by_id[str(id)] if str(id) in by_id else load(id, *args)

    with patch.object(reader, "load", find):
        yield


def planned(catalog: Catalog, student: Student, *programs: Program, **more: Any) -> Plan:
    """The whole way: a plan, verified."""
    from pathways.planner import plan

    goals = tuple({"program": p.id} for p in programs)
    student = Student.model_validate(student.model_dump() | {"goals": goals})
    with known(*programs):
        result = plan(student, catalog, **more)
    assert result.verified, result.problems
    return result


def places(result: Plan) -> dict[str, list[str]]:
    """Terms in which each course begins."""
    found: dict[str, list[str]] = {}
    for place in result.placements:
        found.setdefault(place.course, []).append(f"{place.year}-{place.term}")
    return {code: sorted(terms) for code, terms in found.items()}
