"""Changes that a person could make to a student's record so that a plan becomes possible, and what each costs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pathways.student import Permission, Student, TermLoad
from requirements.describe import join_words

COSTS: Mapping[str, int] = MappingProxyType(
    {
        "summer": 1,
        "extra_period": 2,
        "any_term": 2,
        "beside_prerequisite": 4,
        "any_grade": 4,
        "pin": 8,
        "wish": 8,
        "goal": 16,
        "later": 32,
    }
)
"""What each change costs; of several together the sum is compared.

A summer term costs least, then a course online (beside the timetable, or in a term in which it is not taught), then an
approval, then what somebody decided or wished, then a goal; a later graduation costs most, and one more for every term.
"""


@dataclass(frozen=True, slots=True)
class Way:
    """A change.

    Parameters
    ----------
    what
        The term, course or program that it is about.
    courses
        Courses that it is about, all versions.
    amount
        Periods, for ``extra_period``.
    """

    kind: str
    what: str
    words: str
    cost: int
    courses: tuple[str, ...] = ()
    amount: int = 0

    def on(self, student: Student, placed: Collection[str]) -> Student:
        """The student's record with this change; a permission is for the courses that are placed."""
        match self.kind:
            case "summer":
                return student.model_copy(update={"summer": student.summer.model_copy(update={"allowed": True})})
            case "extra_period":
                limits = student.load.terms.get(self.what, TermLoad()).model_copy(update={"max": self.amount})
                terms = {**student.load.terms, self.what: limits}
                return student.model_copy(update={"load": student.load.model_copy(update={"terms": terms})})
            case "pin":
                return student.model_copy(update={"pins": tuple(p for p in student.pins if p.course != self.what)})
            case "wish":
                # A number would name another wish once one is gone: what was decided is wished for at most.
                wishes = list(student.wishes)
                wishes[int(self.what) - 1] = wishes[int(self.what) - 1].model_copy(update={"must": False})
                return student.model_copy(update={"wishes": tuple(wishes)})
            case "goal":
                return student.model_copy(update={"goals": tuple(g for g in student.goals if g.program != self.what)})
            case "later":
                return student.model_copy(update={"graduate": self.what})
            case _:
                granted = tuple(
                    Permission.model_validate({"course": code, "lifts": self.kind})
                    for code in self.courses
                    if code in placed
                )
                return student.model_copy(update={"permissions": (*student.permissions, *granted)})


def in_one_sentence(ways: Sequence[Way]) -> str:
    """Changes in one sentence; extra periods of several terms together."""
    terms = [way.what for way in ways if way.kind == "extra_period"]
    words = [way.words for way in ways if way.kind != "extra_period"]
    if terms:
        words.insert(0, f"take one course more in {join_words(terms, 'and')}, online or in an extra period")
    text = join_words(words, "and")
    return text[:1].upper() + text[1:]
