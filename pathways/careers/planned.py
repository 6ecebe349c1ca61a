"""Plans toward twenty occupations at each bundled school: ``python -m pathways.careers.planned``.

Prints the page ``docs/reference/occupations-planned.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogs import Catalog
from catalogs.bundled import load
from pathways.careers import tables
from pathways.careers.pattern import CAREER_TECHNICAL, LEVELS
from pathways.plan import GoalPart, GoalResult, Plan
from pathways.planner import plan
from pathways.student import Goal, Student
from requirements.record import TranscriptLine

OCCUPATIONS = (
    "51-4121.00 17-2141.00 11-9013.00 27-1024.00 47-2111.00 17-1011.00 15-1252.00 15-1212.00 25-2021.00 19-1031.00 "
    "13-2011.00 29-1141.00 19-1042.00 35-1011.00 11-1021.00 11-2021.00 23-1011.00 33-2011.00 49-3023.00 53-2012.00"
).split()
"""From all 14 clusters, in the order of these."""
ENGINEER = "17-2141.00"
ALGEBRA = {
    "katy-isd-tx": ("0211",),
    "montclair-hs-nj": ("4001",),
    "woodinville-hs-wa": ("MAL100A",),
    "del-norte-hs-ca": ("001012", "001013"),
    "typical-us": ("ALG1",),
}
"""The schools, each with its first course of high-school mathematics."""
STATES = {"typical-us": "NY"}
"""State whose diploma is aimed at where the catalog belongs to none."""
ENTERING = 2026
THERE = ("on_record", "in_progress", "planned")


@dataclass(frozen=True, slots=True)
class Planned:
    """A ninth grader's plan toward one occupation, beside the plan of the same student without a goal.

    Attributes
    ----------
    ahead : bool
        Whether they had the first course of mathematics in grade 8.
    without : Plan
        The other plan.
    """

    catalog: str
    ahead: bool
    plan: Plan
    without: Plan

    @property
    def new(self) -> tuple[str, ...]:
        """Titles of the courses that the plan without a goal does not hold."""
        there = {place.course for place in self.without.placements}
        return tuple(dict.fromkeys(place.title for place in self.plan.placements if place.course not in there))

    @property
    def goal(self) -> GoalResult:
        """How far the plan goes."""
        return self.plan.goals[0]

    @property
    def field(self) -> str:
        """Cluster of the occupation."""
        occupation = tables.occupations()[self.goal.goal.partition(":")[2]]
        return tables.clusters()[tables.pathways()[occupation.place or occupation.pathways[0]].cluster].name

    @property
    def sound(self) -> bool:
        """Whether the goal costs nothing of the diploma, every tier is proven, and the replay finds nothing wrong."""
        same = bool(self.plan.graduates) and self.plan.tiers[0].value == self.without.tiers[0].value
        return same and self.plan.status == "optimal" and self.plan.verified

    def courses(self, *subjects: str) -> tuple[str, ...]:
        """Titles of the courses for the parts of some subjects, in the order of time."""
        parts = [part for part in self.goal.parts if part.subject in subjects and part.status in THERE]
        return tuple(dict.fromkeys(part.title or "" for part in sorted(parts, key=lambda part: part.term or "")))

    @property
    def missing(self) -> tuple[GoalPart, ...]:
        """Parts that the school offers and the plan lacks."""
        return tuple(part for part in self.goal.parts if part.status in ("missing", "out_of_reach"))

    @property
    def untaught(self) -> tuple[GoalPart, ...]:
        """Parts for which the school has no course, or none beside those that fill other parts."""
        return tuple(part for part in self.goal.parts if part.status == "not_offered")

    @property
    def note(self) -> str:
        """What the school lacks of the sequence."""
        steps = [part for part in self.untaught if part.subject == CAREER_TECHNICAL]
        if len(steps) == len(LEVELS):
            return "no sequence here"
        return f"no course: {', '.join(map(_step, steps))}" if steps else ""


def _step(part: GoalPart) -> str:
    return part.name.removeprefix(f"{CAREER_TECHNICAL}, ").partition(":")[0]


def student(catalog: Catalog, occupation: str | None = None, *, ahead: bool = False) -> Student:
    """A ninth grader who has nothing but a goal, and perhaps the first course of mathematics."""
    first = catalog.calendar.term_names[0]
    done = [
        TranscriptLine(course=code, year=ENTERING - 1, grade=8, mark="A", origin="middle_school")
        for code in ALGEBRA[catalog.id]
        if ahead
    ]
    return Student(
        id="student",
        name="Student",
        catalog=catalog.id,
        state=STATES.get(catalog.id),
        entering=ENTERING,
        now=f"{ENTERING}-{first}",
        transcript=tuple(done),
        goals=(Goal(career=occupation),) if occupation else (),
    )


def planned(name: str, occupations: Sequence[str] = OCCUPATIONS) -> Iterator[Planned]:
    """Plans at one school: toward each occupation, and toward the engineer's again for who is ahead in mathematics."""
    catalog = load(name)
    for ahead in (False, True):
        without = plan(student(catalog, ahead=ahead), catalog)
        for occupation in occupations:
            if not ahead or occupation == ENGINEER:
                yield Planned(name, ahead, plan(student(catalog, occupation, ahead=ahead), catalog), without)


# ------------------------------------------------------------------------------------------------------------ the page


def page() -> str:
    """The page ``docs/reference/occupations-planned.md``."""
    found = {name: list(planned(name)) for name in ALGEBRA}
    every = [one for those in found.values() for one in those]
    return PAGE.format(
        plans=len(every),
        schools=len(found),
        occupations=len(OCCUPATIONS),
        fields=len({one.field for one in every}),
        sound=sum(one.sound for one in every),
        whole=sum(one.goal.share == 1 for one in every),
        tables="\n\n".join(_table(name, those) for name, those in found.items()),
    )


def _table(name: str, found: list[Planned]) -> str:
    head = (
        f"## {load(name).name}\n\n"
        "| occupation | share | mathematics and science | sequence and the field's own | new | missing | the school |\n"
        "|---|---:|---|---|---:|---|---|\n"
    )
    return head + "\n".join(map(_row, found))


def _row(one: Planned) -> str:
    mathematics, science = one.courses("mathematics"), one.courses("science")
    cells = (
        f"{one.goal.name}{', ahead in mathematics' if one.ahead else ''}",
        f"{float(one.goal.share):.1%}",
        "; ".join((*mathematics[-1:], *science)),
        "; ".join(one.courses(CAREER_TECHNICAL, "academic")),
        str(len(one.new)),
        "; ".join(part.name for part in one.missing),
        one.note,
    )
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


PAGE = """\
# Occupations planned

<!-- Written by python -m pathways.careers.planned; do not edit. -->

{occupations} occupations from all {fields} clusters, each the only goal of a ninth grader with nothing on record, at
the {schools} bundled catalogs; the engineer again for someone who had the first course of mathematics in grade 8. Of
{plans} plans {sound} complete the diploma, are proven in every tier and hold when they are replayed; {whole} hold all
that the school's courses can fill of the [goal](../explanation/careers.md#a-goal-is-reached-by-parts).

*Share* is of what the school offers toward the occupation. *Mathematics and science* names the last step in
mathematics and every science that counts; *new* is the number of courses that the plan without a goal does not hold;
*missing* is what the school offers and the plan lacks. Shares are proven. Where several plans are equally good, which
of the courses stands here is chance. What typical schools offer is planned under the diploma of New York.

{tables}

## What to see in it

- Who wants to be a nurse has biology, chemistry and a further science of life everywhere, and courses of health care
  where the school has any. Welders have welding at Woodinville and in the typical school, and manufacturing, step by
  step, at Katy; Montclair and Del Norte have nothing of it, and the plan says so.
- Engineers have physics everywhere. Calculus needs five years of mathematics: who begins with Algebra I in grade 9
  reaches it where two of them fit into one year, and at Katy and Montclair only who began in grade 8.
- Where the share is below 100 % at Woodinville, six periods are the reason: not all sciences fit beside the diploma.
  The parts that are worth least for the occupation are left out.
- Pilots, firefighters and cooks find little of their sequence at most schools. Their plans differ in mathematics and
  science, and the plan names what to ask for elsewhere.
- At Del Norte a course is half a year and counts as soon as its first half is planned, so AP Calculus BC 1 stands for
  calculus.
"""


if __name__ == "__main__":
    print(page(), end="")
