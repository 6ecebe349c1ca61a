"""Seeded students whose records say everything that a record can say: those of `tests.students`, and more drawn on top.

Equal arguments give an equal student on every machine. Each thing is drawn by itself, so that any of them meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from catalogs import Catalog
from catalogs.bundled import load
from catalogs.prerequisite import texts
from pathways.careers import tables
from pathways.planner import goal_programs
from pathways.student import Student
from pathways.targets import leading
from pathways.timeline import timeline
from requirements import vocabulary
from requirements.language import CreditRequirement, Selector, Task, walk
from requirements.record import subjects
from requirements.selector import matches
from tests.students import student

LIFTS = ("any_grade", "beside_prerequisite", "any_term")
AFTER = ("military", "apprenticeship", "work", "undecided")
ELSEWHERE = ("transfer", "transfer", "exam", "college", "online")


def varied(catalog_id: str, seed: int) -> Student:
    """A made-up student with whatever a record can hold."""
    return _Draw(load(catalog_id), Random(f"{catalog_id}/varied/{seed}"), student(catalog_id, seed)).student()


@cache
def _majors() -> list[str]:
    """Majors that courses lead to."""
    return [code for code, major in tables.majors().items() if leading(major)]


class _Draw:
    def __init__(self, catalog: Catalog, random: Random, base: Student) -> None:
        self.catalog, self.random = catalog, random
        self.data: dict[str, Any] = dict(base)
        self.names = catalog.calendar.term_names
        self.codes = [course.code for course in catalog.courses]
        self.diploma = goal_programs(base, catalog)[0]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def more(self, key: str, *values: dict[str, Any]) -> None:
        self.data[key] = (*self.data[key], *values)

    def student(self) -> Student:
        self.time()
        self.credit_from_elsewhere()
        self.goals()
        line = timeline(Student.model_validate(self.data), self.catalog.calendar)
        self.ahead = line.terms[line.first :]
        self.loads()
        self.decisions()
        self.wishes()
        if self.chance(0.3):
            self.plan_in_force()
        if self.chance(0.01):
            self.data["robust"] = "core"
        return Student.model_validate(self.data)

    def time(self) -> None:
        """Middle school, a grade repeated, graduation sooner or later than usual."""
        entering = self.data["entering"]
        if not self.data["transcript"] and self.data["now"] == f"{entering}-{self.names[0]}" and self.chance(0.4):
            self.data["now"] = f"{entering - self.random.choice((1, 1, 2))}-{self.random.choice(self.names)}"
        elif self.chance(0.03):
            self.data["grade"] = max(8 + int(self.data["now"][:4]) - entering, 9)
        if self.chance(0.05):
            end = entering + self.random.choice((3, 4, 4))
            self.data["graduate"] = f"{end}-{self.random.choice(self.names) if end > entering + 3 else self.names[-1]}"

    def credit_from_elsewhere(self) -> None:
        for _ in range(self.random.choice((1, 1, 2, 6)) if self.chance(0.25) else 0):
            course = self.random.choice(self.catalog.courses)
            what = (
                {"subject": self.random.choice(vocabulary.subjects())}
                if self.chance(0.3) or not course.sced
                else {"sced": course.sced}
            )
            year = self.data["entering"] - self.random.choice((0, 1, 1, 2))
            line = {
                **what,
                "title": "Credit from elsewhere",
                "credits": self.catalog.year_credits / self.random.choice((1, 1, 2)),
                "mark": self.random.choice(("A", "B", "C", "P", "F")),
                "origin": self.random.choice(ELSEWHERE),
                "year": min(year, int(self.data["now"][:4]) - 1),
            }
            self.more("transcript", line)

    def goals(self) -> None:
        """Careers, majors, programs of study and what comes after, at any place in the order of goals."""
        found: list[dict[str, str]] = []
        for _ in range(self.random.choice((1, 1, 2)) if self.chance(0.4) else 0):
            kinds = {
                "career": list(tables.occupations()),
                "cluster": list(tables.clusters()),
                "pathway": list(tables.pathways()),
                "major": _majors(),
                "study": [one["pathway"] for one in self.catalog.programs_of_study.get("programs", ())],
                "after": list(AFTER),
            }
            kind = self.random.choice([kind for kind, names in kinds.items() if names])
            goal = {kind: self.random.choice(kinds[kind])}
            if goal not in found:
                found.append(goal)
        goals = list(self.data["goals"])
        for goal in found:
            goals.insert(self.random.randint(0, len(goals)), goal)
        self.data["goals"] = tuple(goals)

    def loads(self) -> None:
        most = self.catalog.calendar.max_courses_per_term
        if self.chance(0.25):
            load: dict[str, Any] = {"max": self.random.randint(most - 2, most + 1)}
            if self.chance(0.3):
                load["min"] = self.random.randint(1, most - 2)
            if self.chance(0.5):
                some = self.random.sample(self.ahead, min(len(self.ahead), 2))
                load["terms"] = {term.text: {"max": self.random.randint(0, most)} for term in some if not term.summer}
            load["middle_school"] = self.random.randint(0, 3)
            self.data["load"] = load

    def decisions(self) -> None:
        """What people decided: pins, permissions, approvals, waivers, substitutions, what counts where, tasks done."""
        random = self.random
        paths = [path for path, _ in walk(self.diploma.requirements)]
        credits = [path for path, r in walk(self.diploma.requirements) if isinstance(r, CreditRequirement)]
        taken = [line.course for line in Student.model_validate(self.data).transcript if line.course]
        if self.chance(0.2):
            for code in random.sample(self.codes, random.choice((1, 1, 2))):
                self.more("permissions", {"course": code, "lifts": random.choice(LIFTS), "by": "the school"})
        if self.chance(0.3):
            asked = sorted({t for c in self.catalog.courses if c.prerequisite for t in texts(c.prerequisite)})
            self.data["approvals"] = tuple(random.sample(asked, random.randint(0, len(asked))))
        if self.chance(0.15):
            amount = {} if self.chance(0.5) else {"credits": self.diploma.unit.year_course / random.choice((1, 2))}
            self.more(
                "waivers", {"requirement": random.choice(paths), "reason": "hardship", "by": "the board", **amount}
            )
        if self.chance(0.15) and credits:
            one = {"requirement": random.choice(credits), "reason": "as good", "by": "the school"}
            self.more("substitutions", {"course": random.choice([*taken, random.choice(self.codes)]), **one})
        if self.chance(0.15) and credits:
            self.more(
                "counts", {"course": random.choice([*taken, *self.codes[:3]]), "requirement": random.choice(credits)}
            )
        tasks = [path.rsplit("/", 1)[-1] for path, r in walk(self.diploma.requirements) if isinstance(r, Task)]
        if self.chance(0.3) and tasks:
            status = random.choice(("done", "done", "in_progress", "failed", "waived"))
            self.more("achievements", {"requirement": random.choice(tasks), "status": status})
        if self.chance(0.1):
            pinned = {pin.course for pin in self.data["pins"]}
            self.more("pins", {"course": random.choice([c for c in self.codes if c not in pinned]), "never": True})

    # Wishes

    def wishes(self) -> None:
        drawn: list[dict[str, Any]] = []
        for _ in range(self.random.choice((1, 2, 3)) if self.chance(0.6) else 0):
            wish = self.wish() | {"weight": self.random.randint(1, 5)}
            if "even" not in wish and not any("must" in one for one in drawn) and self.chance(0.15):
                wish |= {"must": True, "weight": 1}
            drawn.append(wish)
        self.more("wishes", *drawn)
        if self.chance(0.1):
            self.more("refusals", {"any_of": self.kind(), "weight": self.random.randint(1, 3)})

    def wish(self) -> dict[str, Any]:
        random = self.random
        says = random.choice(("any_of", "any_of", "any_of", "course", "free", "no_gap", "even", "finish_by"))
        if says == "free":
            return {"free": random.randint(1, 2)} | self.where()
        if says == "no_gap":
            return {"no_gap": self.kind()} | random.choice(({}, {"at_most": random.randint(0, 3)}))
        if says == "even":
            return {"even": random.choice(("rigor", "periods"))} | self.where()
        early = [term.text for term in self.ahead[:-1] if not term.summer]
        if says == "finish_by" and early:
            return {"finish_by": random.choice(early[len(early) // 2 :])}
        what = {"course": random.choice(self.codes)} if says == "course" else {"any_of": self.kind()}
        count = random.choice(("courses", "courses", "credits", "periods", "rigor"))
        each = {"credits": (None, "year"), "periods": (None, "term")}.get(count, (None, "year", "term"))
        unit = self.catalog.year_credits if count == "credits" else 1
        limit = random.choice(("at_least", "at_most"))
        return what | {"count": count, "each": random.choice(each), limit: unit * random.randint(1, 3)} | self.where()

    def where(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.chance(0.3):
            found["grades"] = [self.random.randint(9, 12)]
        if self.chance(0.2):
            found["terms"] = [self.random.choice([*self.names, self.random.choice(self.ahead).text])]
        return found

    def kind(self) -> dict[str, Any]:
        """A kind of which the school has a course."""
        while True:
            course = self.random.choice(self.catalog.courses)
            kind = self.random.choice(
                (
                    {"subject": self.random.choice(vocabulary.subjects())},
                    {"level": course.level or "regular"},
                    {"code": self.random.sample(self.codes, 5)},
                    {"sced": course.sced} if course.sced else {"code": course.code},
                )
            )
            meant = Selector.model_validate(kind)
            if any(matches(meant, one) for one in subjects(self.catalog).values()):
                return kind

    # The plan in force

    def plan_in_force(self) -> None:
        """Courses in any term in which they are offered, as many as a term holds; some of them cancelled."""
        places = list(self.places())
        self.data["plan_in_force"] = tuple(places)
        if self.chance(0.3):
            self.data["nearness"] = "before_quality"
        if self.chance(0.4):
            for place in self.random.sample(places, min(len(places), 2)):
                self.more("cancelled", place if self.chance(0.5) else {"course": place["course"]})

    def places(self) -> Iterator[dict[str, str]]:
        taken = {line.course for line in Student.model_validate(self.data).transcript}
        room = {(t.year, t.name): self.catalog.calendar.max_courses_per_term for t in self.ahead if not t.summer}
        courses = self.random.sample(self.catalog.courses, len(self.catalog.courses))
        for term in (term for term in self.ahead if not term.summer):
            for course in courses:
                span = [(term.year, name) for name in self.names[term.position : term.position + course.terms]]
                if (
                    course.code not in taken
                    and term.grade in course.grades
                    and (not course.offered or term.name in course.offered)
                    and len(span) == course.terms
                    and all(room.get(one, 0) >= course.periods for one in span)
                ):
                    taken.add(course.code)
                    for one in span:
                        room[one] -= course.periods
                    yield {"course": course.code, "term": term.text}
