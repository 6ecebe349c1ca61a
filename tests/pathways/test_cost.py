"""What news cost, what stands for a course at another school, and what quality means in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogs import Catalog
from pathways.cost import cost
from pathways.explain.shape import SMALL, less_good
from pathways.moves import match
from pathways.plan import Plan
from pathways.replan import Events, Replan, replan
from pathways.solver import Answer
from requirements.language import Program
from tests.pathways.school import compiled, course, credits, half, known, person, planned, program, school

ART = school(course("A", title="Art"), course("M", title="Music"), course("B", title="Biology"), most=2)
RULES = program(credits("arts", 1, "A", "M", name="Arts"), credits("science", 1, "B", name="Science"))


def again(made: Plan, rules: Program = RULES, catalog: Catalog = ART, **events: object) -> Replan:
    with known(rules):
        return replan(made, Events.model_validate(events), catalog)


class TestCost:
    def test_nothing_is_lost(self) -> None:
        made = planned(ART, person(), RULES)
        (gone,) = (place.course for place in made.placements if place.course in "AM")
        assert again(made, cancelled=[{"course": gone}]).cost == ()

    def test_a_wish(self) -> None:
        made = planned(ART, person(wishes=[{"course": "A"}]), RULES)
        *_, said = again(made, cancelled=[{"course": "A"}]).cost
        assert said.startswith("The wish for Art (A) does not come true: it cannot be taken in the terms that are left")

    def test_a_wish_that_comes_true(self) -> None:
        made = planned(ART, person(wishes=[{"course": "A"}]), RULES)
        without = again(made, cancelled=[{"course": "A"}]).plan
        assert cost(without, made)[-1] == "The wish for Art (A) comes true now"

    def test_a_later_diploma(self) -> None:
        pins = [{"course": code, "term": "2026-S1"} for code in "AB"]
        made = planned(ART, person(grade=11, pins=pins), RULES)
        assert made.graduates == "2026-S2"
        assert again(made, grades=[{"course": "B", "mark": "F"}]).cost == (
            "The diploma is complete in 2027-S2, not in 2026-S2",
        )

    def test_no_diploma(self) -> None:
        made = planned(ART, person(grade=12), RULES)
        without = again(made, cancelled=[{"course": "B"}])
        late, short = without.cost
        assert late == "The diploma cannot be complete by 2026-S2 any more"
        assert "Science: 1 credit missing, where nothing was missing" in short
        assert cost(without.plan, made)[0] == "The diploma is complete in 2026-S2 now"

    def test_another_calendar_is_compared_by_the_year(self) -> None:
        made = planned(ART, person(grade=12), RULES)
        terms = tuple(term.replace("S1", "T1").replace("S2", "T3") for term in made.terms)
        there = made.model_copy(update={"graduates": "2026-T3", "terms": terms})
        assert cost(made, there) == ()
        later = there.model_copy(update={"graduates": "2027-T3"})
        assert cost(made, later) == ("The diploma is complete in 2027-T3, not in 2026-S2",)


class TestMatches:
    here = course("E", title="English 1", sced="01001", sced_status="source")

    @pytest.mark.parametrize(
        ("there", "doubts"),
        [
            ({}, ()),
            ({"sced_status": "proposed"}, ("the national code was proposed by title, and no person has confirmed it",)),
            ({"level": "honors"}, ("the level is honors there, regular here",)),
            ({"credits": "0.5"}, ("it is half a year there, a year long here",)),
            ({"sced": "01002"}, ("no course there has its national code",)),
        ],
    )
    def test_every_doubt_is_said(self, there: dict[str, str], doubts: tuple[str, ...]) -> None:
        other = course("X", **({"title": "English I", "sced": "01001", "sced_status": "source"} | there))
        found = match(self.here, school(self.here), school(other))
        assert (found.doubts, found.sure) == (doubts, not doubts)
        assert found.there == (None if "sced" in there else "X")

    def test_without_a_national_code(self) -> None:
        bare = course("E", title="English 1")
        found = match(bare, school(bare), school(self.here))
        assert not found.sure and found.there is None
        assert "only a person can compare" in found.doubts[0]

    def test_only_another_school_is_matched(self) -> None:
        old = school(self.here, course("B", sced="03051"))
        rules = program(credits("e", 1, selector={"sced": ["01001"]}), credits("b", 1, selector={"sced": ["03051"]}))
        made = planned(old, person(), rules)
        new = replace(old, courses=tuple(replace(one, code=f"N{one.code}") for one in old.courses), name="Other")
        with known(rules):
            edition = replan(made, Events(catalog="new"), old, replace(old, edition="2027"))
            other = replan(made, Events(catalog="new"), old, replace(new, district="Other"))
        assert edition.matches == ()
        assert {one.course: one.there for one in other.matches} == {"E": "NE", "B": "NB"}


class TestShape:
    """Two answers to one problem: what the second is less good in."""

    def words(self, before: dict[str, int], after: dict[str, int]) -> str:
        catalog = school(
            course("S", title="Science", sced="03001"),
            course("P", title="AP Science", sced="03001", level="ap"),
            half("H", sced="04101", title="History A"),
            half("I", sced="04101", title="History B", needs="H"),
            course("Q", title="Quiet", needs='"approval"'),
            course("X", title="Extra"),
            most=3,
        )
        task = compiled(catalog, person(grade=11), program(credits("x", 1)))
        at = {candidate.code: i for i, candidate in enumerate(task.problem.candidates)}
        answers = [Answer(tuple((at[code], k) for code, k in one.items())) for one in (before, after)]
        return less_good(task, *answers)

    def test_a_gap_is_named(self) -> None:
        assert "no science in 2026–2027" in self.words({"S": 0}, {"S": 1})

    def test_half_a_course(self) -> None:
        assert "History A without its second half" in self.words({"H": 0, "I": 0}, {"H": 0})

    def test_more_courses_and_demanding_ones(self) -> None:
        assert "1 more course" in self.words({"S": 0}, {"S": 0, "X": 1})
        assert self.words({"S": 0}, {"P": 0}) == "demanding courses sooner, or more of them"

    def test_nothing_that_has_a_name(self) -> None:
        assert self.words({"S": 0}, {"S": 0}) == SMALL
