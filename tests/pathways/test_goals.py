"""Goals that are no programs: careers, clusters, majors, studies, what comes after; planned for, proven, verified."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogs import Catalog, InputError, load
from pathways.aims import Held, fill
from pathways.compile import compile_problem
from pathways.explore import fields, serves, switch
from pathways.files import load_example
from pathways.plan import GoalResult, Plan
from pathways.planner import Task, plan
from pathways.student import Goal, Student
from pathways.targets import Asked, Way, read_goal, target
from pathways.verify import verify
from requirements.crediting import credit_entries
from requirements.language import Program
from requirements.selector import Subject
from tests.pathways.school import course, credits, half, known, person, places, program, school

NURSE, WELDER, ENGINEER = "29-1141.00", "51-4121.00", "17-2141.00"
DIPLOMA = program(credits("any", 2))
SCIENCES = {"BIO": "03051", "CHEM": "03101", "ANAT": "03053", "APBIO": "03056", "PHYS": "03151"}


def aiming(catalog: Catalog, *goals: dict[str, Any], rules: tuple[Program, ...] = (DIPLOMA,), **record: Any) -> Plan:
    """A verified plan of someone with these goals, under these rules."""
    diploma = {"program": rules[0].id}
    with known(*rules):
        made = plan(person(goals=(diploma, *goals), **record), catalog)
    assert made.verified, made.problems
    return made


def lab(*names: str, **more: Any) -> tuple[Any, ...]:
    return tuple(course(name, sced=SCIENCES[name], title=name, **more) for name in names)


def tier(made: Plan, name: str) -> int:
    (found,) = [one for one in made.tiers if one.name == f"goal:{name}"]
    assert found.value == found.bound
    return int(found.value)


def status(goal: GoalResult, beginning: str) -> str:
    (part,) = [part for part in goal.parts if part.name.startswith(beginning)]
    return part.status


# ----------------------------------------------------------------------------------------------------- small schools


class TestParts:
    def test_each_part_counts_its_worth_once(self) -> None:
        made = aiming(school(*lab("BIO", "CHEM", "ANAT"), course("X")), {"career": NURSE})
        (goal,) = made.goals
        # What careers.value says of each: 505, 400 and 673.
        assert goal.reached == goal.offered == tier(made, f"career:{NURSE}") == 505 + 400 + 673
        assert {"BIO", "CHEM", "ANAT"} <= set(places(made))
        assert [part.status for part in goal.parts].count("planned") == 3
        assert goal.share == 1

    def test_courses_do_not_pile_up(self) -> None:
        """Three courses of one part fill it no more than one does."""
        first, *others = lab("BIO")
        made = aiming(
            school(first, *(replace(first, code=code) for code in ("B2", "B3")), *lab("CHEM"), course("X")),
            {"career": NURSE},
        )
        assert len({"BIO", "B2", "B3"} & set(places(made))) == 1
        assert not others

    def test_a_course_fills_one_part(self) -> None:
        """AP Biology may stand for Biology or for the third science, not for both."""
        made = aiming(school(*lab("APBIO"), course("X")), {"career": NURSE})
        (goal,) = made.goals
        science = [part for part in goal.parts if part.name.startswith("science") and part.status == "planned"]
        assert [part.weight for part in science] == [673]
        both = aiming(school(*lab("APBIO", "BIO"), course("X")), {"career": NURSE})
        assert sorted(p.weight for p in both.goals[0].parts if p.status == "planned") == [505, 673, 673]

    def test_the_record_counts(self) -> None:
        line = {"course": "BIO", "year": 2025, "mark": "B"}
        made = aiming(school(*lab("BIO", "CHEM"), course("X")), {"career": NURSE}, grade=10, transcript=[line])
        (goal,) = made.goals
        assert (status(goal, "science, 1"), status(goal, "science, 2")) == ("on_record", "planned")
        assert tier(made, f"career:{NURSE}") == 905
        failed = aiming(
            school(*lab("BIO"), course("X")), {"career": NURSE}, grade=10, transcript=[line | {"mark": "F"}]
        )
        assert status(failed.goals[0], "science, 1") == "planned"

    def test_credit_from_elsewhere_counts_by_its_national_code(self) -> None:
        """It fills one of two parts; for the other the school has nothing."""
        line = {"sced": "03056", "title": "AP Biology", "credits": 1, "year": 2025, "mark": "B", "origin": "transfer"}
        (goal,) = aiming(school(course("X"), course("Y")), {"career": NURSE}, grade=10, transcript=[line]).goals
        assert (status(goal, "science, 1"), status(goal, "science, 3")) == ("missing", "on_record")
        assert "fills another part" in next(p.words for p in goal.parts if p.name.startswith("science, 1"))

    def test_who_is_further_on_has_the_steps_before(self) -> None:
        algebra = course("ALG2", sced="02056", title="Algebra II")
        (goal,) = aiming(school(algebra, course("X")), {"career": NURSE}).goals
        steps = [part.status for part in goal.parts if part.name.startswith("mathematics")]
        assert steps == ["planned"] * 3

    def test_what_is_missing_says_why(self) -> None:
        catalog = school(*lab("CHEM"), course("ANAT", sced="03053", needs="CHEM"), course("X"))
        (goal,) = aiming(catalog, {"career": NURSE}, grade=12).goals
        reasons = {part.name.partition(":")[0]: part.words for part in goal.parts}
        assert "cannot be taken in the terms that are left" in reasons["science, 3"]
        assert "the school has no course" in reasons["science, 1"]
        assert "Biology (national course 03051) online or as dual enrollment" in reasons["science, 1"]

    def test_next_steps_are_the_years_courses(self) -> None:
        catalog = school(*lab("BIO"), course("CHEM", sced="03101", needs="BIO", title="CHEM"), course("X"))
        (goal,) = aiming(catalog, {"career": NURSE}).goals
        assert [step.courses for step in goal.next_steps] == [("BIO",), ("CHEM",)]


class TestOrder:
    def test_never_costs_graduation(self) -> None:
        catalog = school(*lab("BIO", "CHEM"), course("A"), course("B"), most=2)
        rules = program(credits("a", 1, "A"), credits("b", 1, "B"))
        made = aiming(catalog, {"career": NURSE}, rules=(rules,), grade=12)
        assert made.status == "optimal"
        assert set(places(made)) == {"A", "B"}
        assert tier(made, f"career:{NURSE}") == 0
        assert "not beside graduation" in next(p.words for p in made.goals[0].parts if p.status == "missing")

    def test_goes_before_wishes(self) -> None:
        made = aiming(
            school(*lab("BIO"), course("A"), most=1),
            {"career": NURSE},
            rules=(program(credits("any", 1)),),
            grade=12,
            wishes=[{"course": "A", "weight": 9}],
        )
        assert set(places(made)) == {"BIO"}
        assert not made.wishes[0].granted

    @pytest.mark.parametrize("career_first", [True, False])
    def test_all_goals_stand_in_the_students_order(self, career_first: bool) -> None:
        """One period, two goals: the one named first has it, and the tiers show what the other lacks."""
        rules = program(credits("any", 1)), program(credits("a", 1, "A"), id="honor", kind="endorsement")
        goals = [{"career": NURSE}, {"program": "honor"}]
        made = aiming(
            school(*lab("BIO"), course("A"), most=1),
            *(goals if career_first else goals[::-1]),
            rules=rules,
            grade=12,
        )
        names = [f"goal:career:{NURSE}", "goal:honor"]
        assert [one.name for one in made.tiers][1:3] == (names if career_first else names[::-1])
        assert set(places(made)) == ({"BIO"} if career_first else {"A"})
        assert tier(made, f"career:{NURSE}") == (505 if career_first else 0)
        assert tier(made, "honor") == (1 if career_first else 0)

    def test_two_careers_that_do_not_fit_together(self) -> None:
        """Chemistry is in both patterns, anatomy and physics in one each; two periods are left."""
        catalog = school(*lab("CHEM", "ANAT", "PHYS"), most=2)
        first = aiming(catalog, {"career": NURSE}, {"career": ENGINEER}, grade=12)
        second = aiming(catalog, {"career": ENGINEER}, {"career": NURSE}, grade=12)
        nurse, engineer = f"career:{NURSE}", f"career:{ENGINEER}"
        assert tier(first, nurse) > tier(second, nurse)
        assert tier(second, engineer) > tier(first, engineer) > 0

    def test_a_schedule_that_must_be_filled_leans_toward_the_goal(self) -> None:
        """No part, but the same knowledge: among equal courses the one that serves is taken."""
        catalog = school(course("A", sced="10201"), course("Z", sced="14055"), course("Y", sced="11001"), most=1)
        nothing = program(credits("any", 1))
        assert set(places(aiming(catalog, {"career": NURSE}, rules=(nothing,), grade=12))) == {"Z"}
        assert set(places(aiming(catalog, rules=(nothing,), grade=12))) != {"Z"}


class TestOtherGoals:
    def test_a_program_of_study_course_by_course(self) -> None:
        catalog = replace(
            school(course("A"), course("B", needs="A"), course("X")),
            programs_of_study={
                "programs": [{"pathway": "Baking", "courses_by_grade": {9: ["A"], 11: ["B"], 12: ["C"]}}]
            },
        )
        made = aiming(catalog, {"study": "baking"})
        (goal,) = made.goals
        assert tier(made, "study:Baking") == 2
        assert [part.status for part in goal.parts] == ["planned", "planned", "not_offered"]
        assert places(made)["B"] in (["2027-S1"], ["2028-S1"])  # near its usual grade, soon after the one before it
        with pytest.raises(InputError, match=r"no program of study 'Backing'.*Baking"):
            aiming(catalog, {"study": "Backing"})

    def test_a_cluster_by_one_of_its_pathways(self) -> None:
        """Introductions to two pathways of one cluster: they are not added up."""
        catalog = school(course("W", sced="17002"), course("H", sced="17001"), course("M", sced="17003"), course("X"))
        made = aiming(catalog, {"cluster": "construction"})
        (goal,) = made.goals
        assert goal.way == "Skilled Trades"
        assert {"W", "H", "M"} <= set(places(made))
        alone = [target(Goal(cluster="construction"), catalog, 9)]
        assert len(alone[0].ways) > 1
        assert tier(made, "cluster:construction") == goal.reached

    def test_work_completes_one_sequence(self) -> None:
        steps = [course(f"T{n}", sced=sced) for n, sced in enumerate(("17001", "17002", "17003", "17998"))]
        made = aiming(school(*steps, course("H", sced="14001")), {"after": "work"})
        assert (tier(made, "after:work"), made.goals[0].way) == (4, "Skilled Trades")
        assert "H" not in places(made)

    def test_undecided_keeps_clusters_open(self) -> None:
        """What must come by grade 10 counts only there: later, a first course opens nothing."""
        algebra, biology = course("ALG", sced="02052"), course("BIO", sced="03051")
        health = course("H", sced="14001")
        in_time = aiming(school(algebra, biology, health), {"after": "undecided"})
        assert status(in_time.goals[0], "Healthcare") == "planned"
        too_late = aiming(school(algebra, biology, replace(health, grades=(11, 12))), {"after": "undecided"})
        assert status(too_late.goals[0], "Healthcare") == "missing"
        assert tier(in_time, "after:undecided") == tier(too_late, "after:undecided") + 1

    @pytest.mark.parametrize(
        ("goal", "words"),
        [
            ({"career": "29-9999"}, "no occupation"),
            ({"career": "nurze"}, r"Registered Nurses \(29-1141.00\)"),
            ({"major": "99.1234"}, "CIP 2020 has no code"),
            ({"cluster": "magic"}, "The clusters are Advanced Manufacturing"),
            ({"career": "15-1111"}, "no longer used"),
            ({"major": "01.0508"}, r"Taxidermist \(01.0508\) prepares for no occupation"),
        ],
    )
    def test_unknown_goals_are_told_with_near_ones(self, goal: dict[str, str], words: str) -> None:
        with pytest.raises(InputError, match=words) as told:
            aiming(school(course("A")), goal)
        assert told.value.place == "goals"

    def test_a_goal_says_one_thing(self) -> None:
        with pytest.raises(ValueError, match="exactly one of"):
            Goal.model_validate({"career": NURSE, "after": "work"})
        with pytest.raises(InputError, match="named twice"):
            aiming(school(course("A")), {"career": NURSE}, {"career": "Registered Nurses"})

    def test_words_of_the_command_line(self) -> None:
        katy = load("katy-isd-tx")
        found = [read_goal(text, katy).says for text in ("29-1141", "undecided", "graphic design", "14.1901")]
        assert found == [
            ("career", NURSE), ("after", "undecided"), ("study", "graphic design"), ("major", "14.1901"),
        ]  # fmt: skip
        assert read_goal("us-tx-endorsement-stem", katy).program == "us-tx-endorsement-stem"


def test_without_such_goals_nothing_changes() -> None:
    """The same placements and points as for a record that has never heard of them."""
    catalog = school(*lab("BIO", "CHEM"), half("H"), course("X"))
    with known(DIPLOMA):
        none, some = (person(goals=({"program": "diploma"}, *more)) for more in ((), ({"career": NURSE},)))
        without = compile_problem(none, catalog, (DIPLOMA,), ())
        toward = compile_problem(some, catalog, (DIPLOMA,), ())
    assert without.problem.aims == ()
    assert replace(toward.problem, aims=(), candidates=()) == replace(without.problem, candidates=())
    cheaper = [
        all(a <= b for a, b in zip(one.costs, other.costs, strict=True))
        for one, other in zip(toward.problem.candidates, without.problem.candidates, strict=True)
    ]
    assert all(cheaper)


def test_the_replay_finds_false_claims() -> None:
    catalog = school(*lab("BIO", "CHEM"), course("X"))
    made = aiming(catalog, {"career": NURSE})
    (goal,) = made.goals
    first = next(part for part in goal.parts if part.status == "planned")

    def told(**changes: Any) -> tuple[str, ...]:
        with known(DIPLOMA):
            return verify(made.model_copy(update=changes), catalog)

    more = goal.model_copy(update={"reached": goal.reached + 1})
    assert any("is reached toward Registered Nurses" in one for one in told(goals=(more,)))
    other = first.model_copy(update={"course": "X"})
    parts = tuple(other if part is first else part for part in goal.parts)
    assert any("is said to fill" in one for one in told(goals=(goal.model_copy(update={"parts": parts}),)))
    assert told(goals=())
    tiers = tuple(
        one.model_copy(update={"value": one.value - 1, "bound": one.bound - 1}) if "career" in one.name else one
        for one in made.tiers
    )
    assert any("toward Registered Nurses, not" in one for one in told(tiers=tiers))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
    st.lists(st.sets(st.integers(0, 3), max_size=4), max_size=4),
)
def test_courses_fill_parts_at_the_greatest_weight(weights: list[int], courses: list[set[int]]) -> None:
    """Against all sets of parts, each tried with every assignment."""
    codes = ("01001", "02052", "03051", "04101", "05154", "08001", "10012", "11001")
    parts = tuple(
        Asked(
            f"part {n}",
            weight,
            "",
            (frozenset(codes[c] for c, fits in enumerate(courses) if n in fits) or frozenset(("24052",)),),
            alone=True,
        )
        for n, weight in enumerate(weights)
    )
    held = [Held(Subject(sced=codes[c]), f"course {c}") for c in range(len(courses))]
    found = fill(Way("", parts), held)
    assert len({h for by in found.values() for h in by}) == len(found)
    assert all(parts[n].filled_by(held[h].subject) for n, by in found.items() for h in by)

    def fillable(chosen: tuple[int, ...], free: frozenset[int]) -> bool:
        if not chosen:
            return True
        able = [c for c in free if chosen[0] in courses[c]]
        return any(fillable(chosen[1:], free - {c}) for c in able)

    every = range(len(weights))
    best = max(
        sum(weights[n] for n in chosen)
        for size in range(len(weights) + 1)
        for chosen in combinations(every, size)
        if fillable(chosen, frozenset(range(len(courses))))
    )
    assert sum(weights[n] for n in found) == best


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_proven_value_is_that_of_the_replay(data: st.DataObject) -> None:
    """Any few courses, any record: the plan verifies, so tier and replay agree, and the tier is proven."""
    names = data.draw(st.lists(st.sampled_from(sorted(SCIENCES)), min_size=1, max_size=4, unique=True))
    catalog = school(*lab(*names), course("X"), course("ALG", sced="02056"), most=data.draw(st.integers(1, 3)))
    done = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    lines = [{"course": name, "year": 2025, "mark": "C"} for name in done]
    goal = data.draw(st.sampled_from([{"career": NURSE}, {"career": ENGINEER}, {"after": "undecided"}]))
    made = aiming(catalog, goal, grade=data.draw(st.integers(10, 12)), transcript=lines)
    assert all(one.value == one.bound for one in made.tiers)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["03051", "03101", "03053", "03056", "03151", "02056", "14001", "14154", "17001", "17002"]),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    st.integers(1, 3),
    st.sampled_from([{"career": NURSE}, {"cluster": "healthcare-and-human-services"}, {"after": "work"}]),
)
def test_no_other_choice_of_courses_goes_further(sceds: list[str], most: int, goal: dict[str, str]) -> None:
    """One school year with so many periods: every choice of courses is tried."""
    catalog = school(*(course(f"C{sced}", sced=sced) for sced in sceds), course("X"), most=most)
    made = aiming(catalog, goal, rules=(program(credits("any", 1)),), grade=12)
    aim = target(Goal.model_validate(goal), catalog, 12)
    best = 0
    for size in range(min(most, len(sceds)) + 1):
        for chosen in combinations(sceds, size):
            held = [Held(Subject(code=f"C{sced}", sced=sced), sced) for sced in chosen]
            best = max(best, *(sum(way.parts[n].weight for n in fill(way, held)) for way in aim.ways))
    assert made.goals[0].reached == tier(made, aim.key) == best


# ------------------------------------------------------------------------------------------------------ real schools


def toward(catalog: str, *goals: dict[str, str]) -> tuple[Plan, list[str]]:
    """A ninth grader's plan, and the national codes of its courses."""
    known_catalog = load(catalog)
    first = known_catalog.calendar.term_names[0]
    record = {"id": "s", "name": "S", "catalog": catalog, "entering": 2026, "now": f"2026-{first}", "goals": goals}
    made = plan(Student.model_validate(record), known_catalog)
    assert (made.status, made.verified, made.problems) == ("optimal", True, ())
    assert made.graduates is not None
    return made, [place.sced or "" for place in made.placements]


BIOLOGY, CHEMISTRY, PHYSICS = {"03051", "03052", "03056"}, {"03101", "03106"}, {"03151", "03165", "03155"}
CALCULUS = {"02121", "02124", "02125"}
HEALTH, ENGINEERING, MANUFACTURING = "14", "21", "13"


@pytest.mark.parametrize(
    ("catalog", "health"),
    [("katy-isd-tx", True), ("woodinville-hs-wa", True), ("del-norte-hs-ca", False), ("montclair-hs-nj", False)],
)
def test_a_nurse(catalog: str, health: bool) -> None:
    made, codes = toward(catalog, {"career": NURSE})
    assert BIOLOGY & set(codes) and CHEMISTRY & set(codes)
    assert any(code.startswith(HEALTH) for code in codes) == health
    sequence = [part for part in made.goals[0].parts if part.name.startswith("career-technical")]
    assert any(part.status == "planned" for part in sequence) == health
    assert all("online or as dual enrollment" in part.words for part in sequence if part.status == "not_offered")


@pytest.mark.parametrize(
    ("catalog", "trade"), [("katy-isd-tx", "Manufacturing"), ("woodinville-hs-wa", "Weld"), ("del-norte-hs-ca", "")]
)
def test_a_welder(catalog: str, trade: str) -> None:
    made, codes = toward(catalog, {"career": WELDER})
    assert any(code.startswith(MANUFACTURING) for code in codes) == bool(trade)
    assert not trade or any(trade in place.title for place in made.placements)


def test_a_mechanical_engineer_who_starts_far_enough() -> None:
    """Algebra I behind them, calculus and physics fit."""
    student = load_example("woodinville-ahead")
    student = student.model_copy(update={"wishes": (), "goals": (*student.goals, Goal(career=ENGINEER))})
    made = plan(student)
    codes = {place.sced for place in made.placements}
    assert made.verified and made.status == "optimal"
    assert CALCULUS & codes and PHYSICS & codes


def test_a_mechanical_engineer_from_algebra_1() -> None:
    """Without calculus in reach the part is missing, and the reason is said."""
    made, codes = toward("montclair-hs-nj", {"career": ENGINEER})
    assert PHYSICS & set(codes) and not CALCULUS & set(codes)
    (calculus,) = [part for part in made.goals[0].parts if part.name.startswith("mathematics, 5")]
    assert calculus.status == "missing" and "terms that are left" in calculus.words


def test_the_bundled_nurse() -> None:
    made = Task.of(load_example("katy-nurse")).best()
    assert made.plan.verified and made.plan.status == "optimal"
    assert [one.name for one in made.plan.tiers][1:3] == [
        f"goal:career:{NURSE}",
        "goal:us-tx-endorsement-public-services",
    ]
    entries, _ = credit_entries(made.plan.request.transcript, made.compiled.catalog, entering=2025)
    assert len(entries) == 6


# -------------------------------------------------------------------------------------------------------- exploring


def test_exploring_names_several_fields() -> None:
    katy = load("katy-isd-tx")
    made, _ = toward("katy-isd-tx", {"career": NURSE})
    found = fields(made, katy)
    assert len(found.fields) == 14
    shares = [field.share for field in found.fields]
    assert shares == sorted(shares, reverse=True)
    health = next(field for field in found.fields if field.id == "healthcare-and-human-services")
    assert health.share == max(shares)
    assert all(0 <= one.share <= 1 for field in found.fields for one in field.occupations)
    assert "nothing about a person" in found.note


def test_what_a_course_serves() -> None:
    found = serves("8079", load("katy-isd-tx"))  # Medical Terminology
    assert found.serves[0].field == "Healthcare & Human Services"
    assert {one.field for one in found.serves} > {"Healthcare & Human Services"}
    with pytest.raises(InputError, match="no course 'nothing'"):
        serves("nothing", load("katy-isd-tx"))


def test_changing_ones_mind() -> None:
    student = load_example("katy-nurse")
    katy = load("katy-isd-tx")
    now, late = (
        switch(student, katy, Goal(career=NURSE), Goal(career=ENGINEER), lambda one: plan(one, katy), in_grade=grade)
        for grade in (None, 12)
    )
    for one in (now, late):
        assert one.before.verified and one.after.verified
        assert [goal.goal for goal in one.after.goals] == [f"career:{ENGINEER}"]
        assert one.only_before and one.only_after
    # Who changes later keeps more of the first plan and reaches less of the other goal.
    assert len(late.only_after) < len(now.only_after)
    nurse, engineer = zip(now.toward, late.toward, strict=True)
    assert nurse[0][0] == nurse[1][0] == "Registered Nurses"
    assert engineer[1][2] <= engineer[0][2]
    with pytest.raises(InputError, match="does not lie ahead"):
        switch(student, katy, Goal(career=NURSE), Goal(career=ENGINEER), lambda one: plan(one, katy), in_grade=10)
