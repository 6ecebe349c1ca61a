"""Seeded synthetic students on any bundled catalog, drawn without the planner: a random walk through past terms.

Equal arguments give an equal student on every machine. The figures (marks, wishes) are plausible, not measured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from catalogs import Catalog, Course
from catalogs.bundled import bundled, load
from catalogs.prerequisite import GradeAtLeast, Leaf, Need, evaluate
from pathways.student import Student
from requirements import listing, reader
from requirements.language import CreditRequirement, Program, Selector, walk
from requirements.record import subjects
from requirements.selector import matches

NOW = 2026
CORE = ("01", "02", "03", "04")
MARKS = ("A",) * 30 + ("B",) * 35 + ("C",) * 25 + ("D",) * 7 + ("F",) * 3
STATES = ("FL", "IN", "NY", "TX", "VA", "WA")
"""States whose rules a catalog of no state is tried with."""
FURTHER = {
    "CA": ("uc-ag", "csu-ag"),
    "TX": ("us-tx-endorsement-stem", "us-tx-endorsement-business", "us-tx-endorsement-arts-humanities"),
    "WA": ("wa-cadr",),
}
ANYWHERE = ("ncaa-division-1",)
SERVICES = {"el": "english_learner", "special-education": "special_education", "resource": "special_education"}


def student(catalog_id: str, seed: int, terms_behind: int | None = None) -> Student:
    """A made-up student.

    Parameters
    ----------
    terms_behind
        Terms of high school that are over or under way; drawn from 0 to one less than four years when left out.
    """
    return _Draw(load(catalog_id), Random(f"{catalog_id}/{seed}"), seed, terms_behind).student()


def eager(catalog_id: str, seed: int, terms_behind: int = 0) -> Student:
    """A made-up student who wants far more than fits: 8 to 15 wishes, several goals, two pins."""
    return _Draw(load(catalog_id), Random(f"{catalog_id}/eager/{seed}"), seed, terms_behind, eager=True).student()


def students(catalog_id: str, count: int, terms_behind: int | None = None) -> Iterator[Student]:
    """The first so many students of a catalog."""
    return (student(catalog_id, seed, terms_behind) for seed in range(count))


class _Draw:
    def __init__(self, catalog: Catalog, random: Random, seed: int, behind: int | None, *, eager: bool = False) -> None:
        self.catalog, self.random, self.seed, self.eager = catalog, random, seed, eager
        self.names = catalog.calendar.term_names
        per_year = len(self.names)
        self.behind = random.randrange(4 * per_year) if behind is None else behind
        self.entering = NOW - self.behind // per_year
        # In the middle of a year something is always under way; at its end the marks may be out already.
        self.under_way = self.behind > 0 and (self.behind % per_year != 0 or random.random() < 0.3)
        self.services = ("english_learner",) if random.random() < 0.05 else ()
        self.held: dict[str, int] = {}  # credit key -> term from which it is held
        self.lines: list[dict[str, Any]] = []
        self.busy: defaultdict[int, int] = defaultdict(int)
        self.core: defaultdict[tuple[int, str], Fraction] = defaultdict(Fraction)
        self.state = catalog.state or random.choice(STATES)
        self.diploma = self.choose_diploma()
        self.needs = self.diploma_needs()
        self.weak = random.random() < 0.1
        self.honors = random.random() * 0.6

    def student(self) -> Student:
        random, catalog = self.random, self.catalog
        self.middle_school()
        for index in range(self.behind):
            self.term(index)
        now = self.behind - 1 if self.under_way else self.behind
        data: dict[str, Any] = {
            "id": f"{catalog.id}-{self.seed}",
            "name": f"Student {self.seed}",
            "catalog": catalog.id,
            "entering": self.entering,
            "now": self.text(now),
            "services": self.services,
            "transcript": self.lines,
            "goals": self.goals(),
            "summer": {"allowed": random.random() < 0.2},
        }
        if not catalog.state:
            data["state"] = self.state
        ahead = [
            (course, index)
            for course in catalog.courses
            if self.level_fits(course)
            for index in range(self.behind, 4 * len(self.names))
            if self.open_in(course, index) and catalog.credit_key(course.code) not in self.held
        ]
        courses = list(dict.fromkeys(course.code for course, _ in ahead))
        if courses:
            many = random.randint(8, 15) if self.eager else random.choice((0, 1, 2, 2, 3, 4))
            picks = random.sample(courses, min(len(courses), many))
            data["wishes"] = [{"course": code, "weight": random.randint(1, 5)} for code in picks]
            if random.random() < 0.3:
                data["wishes"].append({"any_of": {"subject": random.choice(("arts", "world_language"))}})
            picks = random.sample(courses, min(len(courses), random.choice((0, 0, 1, 2))))
            data["refusals"] = [{"course": code} for code in picks]
        data["pins"] = list(self.pins([(c, i) for c, i in ahead if c.prerequisite is None]))
        if random.random() < 0.4:
            most = catalog.calendar.max_courses_per_term
            data["load"] = {"max": most - random.choice((0, most > 6, most > 7))}
        return Student.model_validate(data)

    def text(self, index: int) -> str:
        year, term = divmod(index, len(self.names))
        return f"{self.entering + year}-{self.names[term]}"

    def level_fits(self, course: Course) -> bool:
        service = SERVICES.get(course.level)
        return service is None or service in self.services

    def open_in(self, course: Course, index: int) -> bool:
        """Offered to this grade, from this term on, within the school year."""
        year, term = divmod(index, len(self.names))
        return (
            9 + year in course.grades
            and (not course.offered or self.names[term] in course.offered)
            and term + course.terms <= len(self.names)
            and (not course.years or (course.years == "odd") == ((self.entering + year) % 2 == 1))
        )

    def may_take(self, course: Course, index: int) -> bool:
        if not self.level_fits(course) or self.catalog.credit_key(course.code) in self.held:
            return False
        room = self.catalog.calendar.max_courses_per_term - course.periods
        if not self.open_in(course, index) or any(self.busy[i] > room for i in range(index, index + course.terms)):
            return False

        def holds(condition: Leaf) -> bool | None:
            if isinstance(condition, GradeAtLeast):
                return 9 + index // len(self.names) >= condition.grade
            if isinstance(condition, Need) and condition.code in self.catalog.by_code:
                keys = {self.catalog.credit_key(code) for code in self.catalog.versions(condition.code)}
                return any(self.held.get(key, index + 1) <= index for key in keys)
            return None if self.random.random() < 0.2 else False

        return course.prerequisite is None or evaluate(course.prerequisite, holds) is not False

    def middle_school(self) -> None:
        if self.random.random() < 0.2:
            kinds = self.random.choice((("02052",), ("24052",), ("02052", "24052")))
            for kind in kinds:
                found = [c for c in self.catalog.courses if c.sced == kind and c.prerequisite is None and 9 in c.grades]
                if found and self.catalog.credit_key(found[0].code) not in self.held:
                    self.held[self.catalog.credit_key(found[0].code)] = 0
                    self.lines.append(
                        {
                            "course": found[0].code,
                            "year": self.entering - 1,
                            "grade": 8,
                            "mark": "B",
                            "origin": "middle_school",
                        }
                    )

    def term(self, index: int) -> None:
        """Fill one past term: core subjects first, then whatever else is open."""
        goal = self.catalog.calendar.max_courses_per_term - self.random.choice((0, 0, 0, 1))
        year = index // len(self.names)
        for area in CORE:
            if self.core[year, area] < self.catalog.year_credits and self.random.random() < 0.97:
                self.take([c for c in self.catalog.courses if (c.sced or "")[:2] == area], index, goal, area)
        for _ in range(20):
            if self.busy[index] >= goal:
                break
            self.take(self.random.sample(self.catalog.courses, 40), index, goal, None)

    def take(self, courses: Any, index: int, goal: int, area: str | None) -> None:
        able = [c for c in courses if self.busy[index] + c.periods <= goal and self.may_take(c, index)]
        if not able:
            return
        # Most take the usual level, and in core subjects what later courses build on.
        usual = [c for c in able if c.level in ("regular", "academic", "")]
        able = usual if usual and self.random.random() > self.honors else able
        # Most take what the diploma asks first, and there the course made for their grade.
        short = [c for c in able if self.needed(c) is not None]
        if short and self.random.random() < 0.9:
            narrow = min(len(c.grades) for c in short)
            able = [c for c in short if not area or len(c.grades) == narrow]
        course = self.random.choice(able)
        end = index + course.terms
        year, term = divmod(index, len(self.names))
        line: dict[str, Any] = {
            "course": course.code,
            "year": self.entering + year,
            "term": self.names[term],
            "grade": 9 + year,
        }
        if area:
            self.core[year, area] += course.credits
        for i in range(index, end):
            self.busy[i] += course.periods
        key = self.catalog.credit_key(course.code)
        if self.under_way and end >= self.behind:
            line["in_progress"] = True
            self.held[key] = end
        elif end > self.behind:
            # Marks of this term are out but the course goes on: it would be under way.
            raise AssertionError("a course cannot outlast a finished year")
        else:
            line["mark"] = self.random.choice("BCCDF" if self.weak else MARKS)
            if self.catalog.grading.passes(line["mark"]):
                self.held[key] = end
        need = self.needed(course)
        if need is not None and key in self.held:
            selector, left = self.needs[need]
            self.needs[need] = selector, left - course.credits / self.catalog.year_credits
        self.lines.append(line)

    def choose_diploma(self) -> Program:
        for id in self.catalog.meta.get("diplomas", ()):
            if self.entering in reader.load(id).cohorts:
                return reader.load(id)
        standard = listing.standard_diploma(self.state, self.entering)
        assert standard is not None
        return standard

    def diploma_needs(self) -> list[tuple[Selector, Fraction]]:
        """What the diploma asks by name, parts before what they are parts of, in year-courses."""
        unit = self.diploma.unit.year_course
        named = [(path, r) for path, r in walk(self.diploma.requirements) if isinstance(r, CreditRequirement)]
        named.sort(key=lambda pair: -pair[0].count("/"))
        return [(r.from_, r.credits / unit) for _, r in named]

    def needed(self, course: Course) -> int | None:
        """Number of the first need that the course would still fill."""
        subject = subjects(self.catalog)[course.code]
        for i, (selector, left) in enumerate(self.needs):
            if left > 0 and matches(selector, subject):
                return i
        return None

    def goals(self) -> list[dict[str, str]]:
        goals = [{"program": self.diploma.id}] if self.random.random() < 0.5 else []
        if self.eager:
            further = [*FURTHER.get(self.state, ()), *ANYWHERE]
            self.random.shuffle(further)
            return [*goals, *({"program": program} for program in further[:3])]
        if self.random.random() < 0.4:
            goals.append({"program": self.random.choice(FURTHER.get(self.state, ANYWHERE))})
        elif self.random.random() < 0.1:
            goals.append({"program": ANYWHERE[0]})
        return goals

    def pins(self, ahead: list[tuple[Course, int]]) -> Iterator[dict[str, Any]]:
        if self.eager:
            for code in self.random.sample(sorted({course.code for course, _ in ahead}), 2):
                index = self.random.choice([i for course, i in ahead if course.code == code])
                yield {"course": code, "term": self.text(index), "by": "the counselor"}
            return
        if ahead and self.random.random() < 0.2:
            course, index = self.random.choice(ahead)
            yield {"course": course.code, "term": self.text(index), "by": "the counselor"}
        elif ahead and self.random.random() < 0.1:
            course, index = self.random.choice(ahead)
            grade = 9 + (index + course.terms - 1) // len(self.names)
            yield {"course": course.code, "by_grade": grade}
        if ahead and self.random.random() < 0.1:
            course, _ = self.random.choice(ahead)
            if self.random.random() < 0.5:
                yield {"course": course.code, "never": True}


def all_students(per_catalog: int, terms_behind: int | None = None) -> Iterator[Student]:
    """So many students of every bundled catalog."""
    for catalog_id in bundled():
        yield from students(catalog_id, per_catalog, terms_behind)
