"""Whole plans: made, audited and verified; and every way of tampering with one is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from random import Random
from threading import Event
from typing import Any

import pytest

from catalogs.bundled import bundled, load
from pathways.files import examples, load_example
from pathways.plan import Plan
from pathways.planner import plan
from pathways.solver import Limits
from pathways.student import Student
from pathways.verify import verify
from tests.pathways.school import (
    course,
    credits,
    half,
    known,
    person,
    places,
    planned,
    program,
    school,
    versions,
)
from tests.students import student

Data = dict[str, Any]


class TestExamples:
    @pytest.fixture(scope="class")
    def plans(self) -> dict[str, Plan]:
        return {}

    @pytest.mark.parametrize("name", examples())
    def test_is_proven_and_verified(self, name: str) -> None:
        result = plan(load_example(name))
        assert (result.status, result.verified, result.problems) == ("optimal", True, ())
        assert all(tier.value == tier.bound for tier in result.tiers)
        assert result.certificate.proven
        assert result.certificate.workers == 1
        assert result.graduates is not None
        assert result.conflict is None
        again = Plan.model_validate(json.loads(json.dumps(result.as_json())))
        assert verify(again) == ()

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_a_fresh_ninth_grader_of_every_catalog(self, catalog_id: str) -> None:
        catalog = load(catalog_id)
        record = {"id": "fresh", "name": "F", "catalog": catalog_id, "entering": 2026}
        record |= {"now": f"2026-{catalog.calendar.term_names[0]}"}
        if not catalog.state:
            record["state"] = "FL"
        result = plan(Student.model_validate(record))
        assert (result.status, result.verified) == ("optimal", True)

    @pytest.mark.parametrize("catalog_id", bundled())
    @pytest.mark.parametrize("seed", range(4))
    def test_a_plan_always_verifies(self, catalog_id: str, seed: int) -> None:
        result = plan(student(catalog_id, seed), limits=Limits(effort=5))
        assert result.problems == ()
        assert verify(result) == ()


RULES = (
    program(
        credits("english", 2, "E1", "E2", "E2H"),
        credits("science", 1, "B", "C"),
        credits("any", 1, "H1", "H2", "X", "S"),
        {"id": "total", "total": 4},
    ),
    program(credits("further", 1, "X"), id="goal", kind="endorsement"),
)


def small() -> Any:
    return school(
        course("E1"),
        *versions(course("E2", needs="E1[C]"), course("E2H", needs="E1[C]", level="honors")),
        course("B", grades=(9, 10)),
        course("C", needs="concurrent:B", years="even"),
        half("H1", offered=("S1",)),
        half("H2", needs="H1", offered=("S2",)),
        course("X", needs='"an audition"'),
        course("W", periods=2),
        half("S", offered=("Summer",)),
        most=3,
        summer=1,
    )


def someone(**more: Any) -> Student:
    record: Data = {
        "transcript": [{"course": "E1", "year": 2026, "term": "S1", "grade": 9, "mark": "B"}],
        "now": "2027-S1",
        "entering": 2026,
        "wishes": [{"course": "W", "weight": 2}, {"course": "C"}],
        "pins": [{"course": "H1", "term": "2028-S1", "by": "counselor"}],
    }
    return person(**(record | more))


@pytest.fixture(scope="module")
def good() -> Data:
    result = planned(small(), someone(), *RULES)
    assert result.status == "optimal"
    return result.as_json()


def found(data: Data, catalog: Any = None) -> tuple[str, ...]:
    with known(*RULES):
        return verify(Plan.model_validate(json.loads(json.dumps(data))), catalog or small())


def copy(data: Data) -> Data:
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


def at(data: Data, code: str) -> Data:
    return next(p for p in data["placements"] if p["course"] == code)  # type: ignore[no-any-return]


def change(code: str, **fields: Any) -> Callable[[Data], None]:
    return lambda data: at(data, code).update(fields)


def drop(code: str) -> Callable[[Data], None]:
    return lambda data: data["placements"].remove(at(data, code))


def add(**fields: Any) -> Callable[[Data], None]:
    def act(data: Data) -> None:
        catalog = small()
        one = catalog.by_code[fields["course"]]
        place = {
            **at(data, "H1"),
            "title": one.title,
            "credits": float(one.credits),
            "periods": one.periods,
            "level": one.level,
            "counts_for": [],
            "needs": [],
            "opens": [],
            "pinned": False,
            "pinned_by": None,
            "wished": False,
            **fields,
        }
        data["placements"].append(place)

    return act


def put(*path: Any, value: Any) -> Callable[[Data], None]:
    def act(data: Data) -> None:
        inner: Any = data
        for key in path[:-1]:
            inner = inner[key]
        assert inner[path[-1]] != value
        inner[path[-1]] = value

    return act


def swap_terms(data: Data) -> None:
    one, other = at(data, "H1"), at(data, "H2")
    for key in ("year", "term", "grade", "terms"):
        one[key], other[key] = other[key], one[key]


def first_use(data: Data) -> Data:
    for requirement in data["audit"]["programs"][0]["requirements"]:
        for use in requirement["uses"]:
            return use  # type: ignore[no-any-return]
    raise AssertionError("nothing counts")


# What only the compiler could tell again (the hash of the problem, the quality points) is left out.
TAMPERED: dict[str, Callable[[Data], None]] = {
    "another title": change("W", title="Chess"),
    "more credit": change("B", credits=2),
    "less credit": change("B", credits=0.5),
    "another grade": change("B", grade=11),
    "fewer periods": change("W", periods=1),
    "a term shorter": change("B", terms=["S1"]),
    "a course of nowhere": change("B", course="Z9"),
    "a term of nowhere": change("B", term="Q1", terms=["Q1"]),
    "another subject": change("B", subject="Sports"),
    "another level": change("B", level="ap"),
    "another national code": change("B", sced="01001"),
    "past its grades": change("B", year=2028, grade=11),
    "before its prerequisite": swap_terms,
    "not offered then": change("H1", term="S2", terms=["S2"]),
    "not in such years": change("C", year=2027, grade=10),
    "off its pin": change("H1", year=2027, grade=10),
    "after graduation": change("W", year=2030, grade=13),
    "in the past": change("W", year=2026, grade=9),
    "without its assumption": change("X", assumptions=[]),
    "dropped what the diploma needs": drop("E2"),
    "dropped what a goal needs": drop("X"),
    "dropped what is pinned": drop("H1"),
    "dropped what comes first": drop("B"),
    "dropped a wish": drop("W"),
    "a course twice": lambda data: data["placements"].append(copy(at(data, "W"))),
    "two versions": add(course="E2H", year=2029, term="S1", grade=12, terms=["S1", "S2"]),
    "one on record again": add(course="E1", year=2029, term="S1", grade=12, terms=["S1", "S2"]),
    "a summer that was not allowed": add(course="S", year=2028, term="Summer", grade=11, terms=["Summer"]),
    "a mark on record": put("request", "transcript", 0, "mark", value="D"),
    "credit on record": put("request", "transcript", 0, "credits", value=3),
    "a wish in the record": put("request", "wishes", 0, "weight", value=9),
    "a pin in the record": put("request", "pins", 0, "by", value="somebody"),
    "hash of the student": put("inputs", "student", value="0" * 64),
    "hash of the catalog": put("inputs", "catalog", value="0" * 64),
    "hash of the rules": put("inputs", "programs", "diploma", value="0" * 64),
    "no hash of the rules": lambda data: data["inputs"]["programs"].pop("diploma"),
    "a tier's value": put("tiers", 0, "value", value=1),
    "a tier's value and bound": lambda data: data["tiers"][0].update(value=1, bound=1),
    "a goal's tier": lambda data: data["tiers"][1].update(value=1, bound=1),
    "the wishes' tier": lambda data: data["tiers"][2].update(value=9, bound=9),
    "a tier's bound": put("tiers", 3, "bound", value=0),
    "a tier dropped": lambda data: data["tiers"].pop(1),
    "status": put("status", value="infeasible"),
    "missing credit that is not": lambda data: data["unmet"].append(
        {
            "program": "diploma",
            "requirement": "english",
            "name": "English",
            "missing": 1,
            "unit": "credit",
            "words": "x",
        }
    ),
    "an audit's status": put("audit", "programs", 0, "status", value="met"),
    "an audit figure": lambda data: data["audit"]["programs"][0]["requirements"][0].update(planned=9),
    "an audit left out": lambda data: data["audit"]["programs"].pop(0),
    "what counts for how much": lambda data: first_use(data).update(credits=0.25),
    "what counts here": lambda data: first_use(data).update(entry="W@2027-S1"),
    "free periods": lambda data: data["free"].update({"2027-S1": 9}),
    "the term of graduation": put("graduates", value="2027-S1"),
    "what a course counts for": lambda data: at(data, "E2")["counts_for"].clear(),
    "a wish's outcome": put("wishes", 0, "granted", value=False),
    "the list of terms": lambda data: data["terms"].append("2030-S1"),
    "the record shown": put("record", 0, "mark", value="A"),
    "the record shown without a line": lambda data: data["record"].clear(),
    "the grade on record": put("record", 0, "grade", value=12),
    "a wish nobody made": change("B", wished=True),
    "a pin nobody set": change("W", pinned=True, pinned_by="Ms. Nobody"),
    "a neighbour that is not there": change("B", opens=["NONE"]),
    "another student's name": put("name", value="Somebody else"),
    "another catalog's name": put("catalog_name", value="Another school"),
    "open periods": lambda data: data["free"].update(dict.fromkeys(data["free"], 99)),
    "the proof": put("certificate", "proven", value=False),
    "no tiers": put("tiers", value=[]),
}


class TestTampering:
    def test_the_plan_itself_holds(self, good: Data) -> None:
        assert found(good) == ()
        assert {p["course"] for p in good["placements"]} >= {"E2", "B", "C", "H1", "X", "W"}

    @pytest.mark.parametrize("what", TAMPERED)
    def test_is_found(self, good: Data, what: str) -> None:
        data = copy(good)
        try:
            TAMPERED[what](data)
        except StopIteration:
            pytest.skip("the plan holds no such course")
        assert data != good
        assert found(data), f"{what} was not found"

    def test_another_edition_of_the_catalog(self, good: Data) -> None:
        from dataclasses import replace

        catalog = small()
        assert found(good, replace(catalog, edition="2027"))
        longer = replace(catalog, courses=tuple(c for c in catalog.courses if c.code != "W"))
        assert any("W" in wrong for wrong in found(good, longer))

    def test_too_full_a_term(self, good: Data) -> None:
        data = copy(good)
        for place in data["placements"]:
            if place["course"] not in ("H1", "H2"):
                place.update(year=2027, grade=10)
        assert any("is the most" in wrong for wrong in found(data))

    def test_too_empty_a_term(self) -> None:
        catalog, rules = school(course("A"), course("B"), course("C"), least=2), program(credits("a", 1, "A"))
        made = planned(catalog, person(grade=12), rules)
        assert len(made.placements) == 2
        with known(rules):
            wrong = verify(made.model_copy(update={"placements": made.placements[:1]}), catalog)
        assert "2026-S2 holds 1 periods, but 2 is the least" in wrong

    @pytest.mark.parametrize("seed", range(40))
    def test_a_move_is_found_or_harmless(self, good: Data, seed: int) -> None:
        """A course moved anywhere is either found, or the tiers are honest for the plan as it now is."""
        data, random = copy(good), Random(seed)
        place = random.choice(data["placements"])
        shift = random.choice((-2, -1, 1, 2))
        place["year"] += shift
        place["grade"] += shift
        assert found(data)


class TestPlans:
    def test_partial_plan_says_what_is_missing_and_why(self) -> None:
        catalog = school(course("A"), course("B", offered=("S2",)), course("C"))
        rules = program(credits("a", 1, "A"), credits("b", 1, "B"), name="Small diploma")
        result = planned(catalog, person(grade=12), rules)
        assert (result.status, result.graduates) == ("infeasible", None)
        assert places(result) == {"A": ["2026-S1"]}
        assert [(u.requirement, u.missing) for u in result.unmet] == [("b", 1)]
        assert result.conflict is not None
        assert [fact.what for fact in result.conflict.facts] == ["b"]
        assert result.tiers[0].value == result.tiers[0].bound == 1

    def test_pins_against_each_other(self) -> None:
        catalog = school(*versions(course("A"), course("AH")))
        pins = [{"course": "A", "term": "2026-S1"}, {"course": "AH", "term": "2027-S1"}]
        result = planned(catalog, person(pins=pins), program(credits("a", 1)))
        assert (result.status, result.placements, result.tiers) == ("infeasible", (), ())
        assert result.conflict is not None
        assert {f.what for f in result.conflict.facts if f.kind == "pin"} == {"A", "AH"}

    def test_wishes_that_cannot_come_true_say_why(self) -> None:
        catalog = school(course("A"), course("V", offered=("S2",)), course("W"), most=1)
        wishes = [{"course": "V"}, {"course": "W"}]
        result = planned(catalog, person(grade=12, wishes=wishes), program(credits("a", 1, "A")))
        assert [w.granted for w in result.wishes] == [False, False]
        assert "rule it out" in result.wishes[0].words
        assert "does not fit" in result.wishes[1].words

    def test_a_wish_that_is_on_the_record(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        who = person(grade=10, transcript=[line], wishes=[{"course": "A"}])
        result = planned(school(course("A"), course("B")), who, program(credits("x", 2)))
        assert result.wishes[0].granted

    @pytest.mark.parametrize("effort", [0.0, 0.0001, 0.001, 0.01, 0.03])
    def test_a_search_cut_short_never_says_that_there_is_no_way(self, effort: float) -> None:
        result = plan(load_example("del-norte-ninth-grader"), limits=Limits(effort=effort))
        assert result.status == "feasible"
        assert result.conflict is None
        assert (result.graduates is None) == bool(result.unmet or not result.tiers)
        assert result.verified, result.problems

    def test_stopped_before_it_began(self) -> None:
        stop = Event()
        stop.set()
        catalog = school(course("A"))
        with known(RULES[0]):
            result = plan(
                person(goals=[{"program": "diploma"}], pins=[{"course": "A", "by_grade": 9}]), catalog, stop=stop
            )
        assert result.status == "feasible"
        assert not result.certificate.proven

    def test_a_time_limit(self) -> None:
        result = plan(student("del-norte-hs-ca", 1002, 0), limits=Limits(seconds=0.2))
        assert result.status in ("feasible", "optimal", "infeasible")
        assert result.certificate.proven == (result.status == "optimal") or result.status == "infeasible"

    def test_equal_input_gives_equal_bytes(self) -> None:
        texts = {
            json.dumps(plan(student("woodinville-hs-wa", 2)).as_json() | {"seconds": 0}, sort_keys=True)
            for _ in range(2)
        }
        assert len(texts) == 1

    def test_credit_of_part_of_a_course(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "credits": 0.5, "mark": "B"}
        result = planned(school(course("A")), person(grade=10, transcript=[line]), program(credits("a", 1, "A")))
        assert result.placements[0].credits == Fraction(1, 2)
        assert result.notes

    def test_where_a_planned_course_counts_is_remembered(self) -> None:
        rules = program(credits("a", 1, "A", "B"), credits("b", 1, "A"))
        who = person(counts=[{"course": "A", "requirement": "a"}])
        result = planned(school(course("A"), course("B")), who, rules)
        assert result.status == "infeasible"
        assert [u.requirement for u in result.unmet] == ["b"]

    def test_credit_goes_where_no_test_can_stand_in(self) -> None:
        """Tier and audit agree that nothing is missing, though the audit by itself would name the second."""
        task = {"id": "test", "task": "assessment"}
        either = {"id": "either", "any_of": [credits("course", 1, "A"), task]}
        rules = program(either, credits("science", 1, "A"))
        result = planned(school(course("A")), person(grade=12), rules)
        assert (result.status, result.unmet) == ("optimal", ())
        assert [c.requirement for c in result.placements[0].counts_for] == ["science"]

    @pytest.mark.parametrize("by", [None, "the counselor"])
    def test_a_wish_for_where_a_course_counts_binds_only_there(self, by: str | None) -> None:
        """In a goal that has no such requirement, in other pools, and with what is left over, it counts as ever."""
        again = {"pool": "again"}
        rules = program(credits("half", 0.5, "A"), credits("other", 0.5, "A"), credits("again", 1, "A", **again))
        goal = program(credits("english", 1, "A"), id="goal", kind="endorsement")
        done = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        for record in ({}, {"transcript": [done]}):
            who = person(grade=12, counts=[{"course": "A", "requirement": "half", "by": by}], **record)
            result = planned(school(course("A"), course("B")), who, rules, goal)
            assert (result.status, result.unmet) == ("optimal", ())

    @pytest.mark.parametrize(("by", "short"), [("the counselor", 0), (None, 1)])
    def test_a_person_vouches_by_name(self, by: str | None, short: int) -> None:
        """A mark that nobody can compare counts where a person says so."""
        rules = program(credits("a", 1, "A", minimum_mark="C"))
        who = person(
            grade=12,
            transcript=[{"course": "A", "year": 2025, "term": "S1", "mark": "P"}],
            counts=[{"course": "A", "requirement": "a", "by": by}],
        )
        result = planned(school(course("A"), course("B")), who, rules)
        assert result.tiers[0].value == short

    def test_a_course_taken_again_of_which_the_record_has_more_than_it_gives(self) -> None:
        """Its own credit, and more of the same national code from elsewhere: again, it earns nothing, and no less."""
        lines = [
            {"course": "A", "year": 2025, "term": "S1", "mark": "D"},
            {"sced": "02052", "title": "Algebra", "credits": 1, "year": 2024, "mark": "D", "origin": "transfer"},
        ]
        catalog = school(course("A", sced="02052"), course("B", needs="A[C]"))
        result = planned(catalog, person(grade=11, transcript=lines), program(credits("b", 1, "B")))
        assert [(p.course, p.credits) for p in result.placements] == [("A", 0), ("B", 1)]

    def test_a_waiver_of_some_credit_fills_where_it_helps_most(self) -> None:
        """Not the first part in order, but the one that nothing else fills any more."""
        parts = [credits("first", 1, "A"), credits("second", 1, "B")]
        waiver = {"requirement": "both", "credits": 1, "reason": "moved", "by": "principal"}
        rules = program(credits("both", 2, "A", "B", parts=parts))
        catalog = school(course("A"), course("B", grades=(9,)))
        result = planned(catalog, person(grade=12, waivers=[waiver]), rules)
        assert (result.status, [p.course for p in result.placements]) == ("optimal", ["A"])

    def test_waivers_and_substitutions_agree_with_the_audit(self) -> None:
        rules = program(credits("a", 2, "A", "B"), credits("b", 1, "C"), credits("c", 1, "D"))
        who = person(
            waivers=[{"requirement": "a", "credits": 1, "reason": "moved", "by": "principal"}],
            substitutions=[{"requirement": "b", "course": "E", "reason": "agreed", "by": "counselor"}],
        )
        catalog = school(course("A"), course("B"), course("C", grades=(8,)), course("D"), course("E"))
        result = planned(catalog, who, rules)
        assert (result.status, len(result.placements), result.unmet) == ("optimal", 3, ())

    @pytest.mark.parametrize("seed", range(40))
    def test_drawn_plans_verify(self, seed: int) -> None:
        from tests.pathways.test_laws import drawn

        catalog, who, rules = drawn(seed)
        result = planned(catalog, who, *rules)
        assert result.status in ("optimal", "infeasible")

    def test_repeats_verify(self) -> None:
        catalog = school(course("A", repeatable=3), course("B"))
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        result = planned(catalog, person(grade=10, transcript=[line]), program(credits("x", 3, "A")))
        assert places(result) == {"A": ["2026-S1", "2027-S1"]} or len(places(result)["A"]) == 2

    def test_summer_assumed_verifies(self) -> None:
        failed = {"course": "A", "year": 2024, "term": "S1", "grade": 9, "mark": "F"}
        catalog = school(course("A", grades=(9,)), course("B", grades=(12,), needs="A"))
        who = person(grade=11, term="S2", transcript=[failed], summer={"allowed": True})
        result = planned(catalog, who, program(credits("a", 1, "A"), credits("b", 1, "B")))
        assert places(result) == {"A": ["2026-Summer"], "B": ["2027-S1"]}
        assert result.placements[0].assumptions

    def test_courses_in_progress_verify(self) -> None:
        catalog = school(course("A"), half("H", needs="A"), half("H2", needs="concurrent:A"), half("H3"))
        lines = [
            {"course": "A", "year": 2026, "term": "S1", "in_progress": True},
            {"course": "H3", "year": 2026, "term": "S1", "in_progress": True},
        ]
        rules = program(credits("h", "0.5", "H"), credits("h2", "0.5", "H2"), credits("a", 1, "A"))
        result = planned(catalog, person(grade=11, transcript=lines), rules)
        assert result.status == "optimal"

    def test_nothing_left_to_plan(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        result = planned(school(course("A")), person(grade=12, transcript=[line]), program(credits("a", 1, "A")))
        assert (result.status, result.placements) == ("optimal", ())
        assert result.graduates is not None

    def test_one_of_several_ways_is_missing_once(self) -> None:
        ways = {"id": "way", "any_of": [credits("b", 1, "B"), credits("c", 2, "C")]}
        catalog = school(course("A"), course("B", offered=("S2",)), course("C", offered=("S2",)))
        result = planned(catalog, person(grade=12), program(credits("a", 1, "A"), ways))
        assert [(u.requirement, u.missing) for u in result.unmet] == [("way", 1)]

    def test_a_way_without_courses_leaves_nothing_missing(self) -> None:
        ways = {"id": "way", "any_of": [credits("b", 1, "B"), {"id": "test", "task": "assessment"}]}
        catalog = school(course("A"), course("B", offered=("S2",)))
        result = planned(catalog, person(grade=12), program(credits("a", 1, "A"), ways))
        assert (result.status, result.unmet) == ("optimal", ())
