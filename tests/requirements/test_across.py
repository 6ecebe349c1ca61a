"""What reaches over several requirements: limits, substitutions for any of them, parts that a layer drops."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from catalogs import InputError
from requirements.audit import audit
from requirements.check import check
from requirements.describe import describe
from requirements.figure import figures
from requirements.language import Program, walk
from requirements.lint import lint
from requirements.normal import reached
from requirements.reader import load
from requirements.record import Entry
from requirements.report import AuditReport, RequirementResult
from requirements.selector import Subject


def rules(*requirements: dict[str, Any], **more: Any) -> Program:
    head = {"id": "p", "name": "P", "jurisdiction": "US-XX", "kind": "diploma"}
    return Program.model_validate({**head, "requirements": requirements, **more})


def need(id: str, credits: float, *codes: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "credits": credits, "from": {"code": list(codes)}, **more}


def line(code: str, amount: int = 1, sced: str | None = None, **more: Any) -> Entry:
    return Entry(f"{code}@1", code, Subject(code=code, sced=sced), Fraction(amount), "earned", **more)


def sound(program: Program, *entries: Entry) -> AuditReport:
    report = audit(program, entries)
    assert check(program, entries, report) == ()
    return report


def found(report: AuditReport, path: str) -> RequirementResult:
    results = list(report.requirements)
    for one in results:
        results += one.parts
    return next(one for one in results if one.path == path)


def short(report: AuditReport) -> dict[str, Fraction]:
    return {one.path: one.missing for one in report.requirements if one.missing}


class TestLimits:
    def test_over_the_named_requirements_together(self) -> None:
        two = (need("a", 1, "X", "A"), need("b", 1, "Y", "B"), need("c", 1, "Z"))
        limit = {"id": "few", "credits": 1, "from": {"code": ["X", "Y", "Z"]}}
        free, bound = rules(*two), rules(*two, limits=[{**limit, "over": ["a", "b"]}])
        record = (line("X"), line("Y"), line("Z"))
        assert not short(sound(free, *record))
        assert sum(short(sound(bound, *record)).values()) == 1
        assert not short(sound(bound, *record, line("B")))

    def test_over_all_that_credit_counts_for_once(self) -> None:
        again = need("again", 1, "X", pool="again")
        program = rules(
            need("a", 1, "X"), need("b", 1, "Y"), again, limits=[{"id": "few", "credits": 1, "from": {"code": "X"}}]
        )
        assert sound(program, line("X", 2), line("Y")).answer == "met"
        program = rules(need("a", 2, "X"), again, limits=[{"id": "few", "credits": 1, "from": {"code": "X"}}])
        assert short(sound(program, line("X", 2))) == {"a": 1}

    def test_over_the_whole_program_is_over_totals_too(self) -> None:
        limit = {"id": "few", "credits": 1, "from": {"code": ["X", "Y"]}}
        program = rules({"id": "all", "total": 3}, limits=[limit])
        report = sound(program, line("X"), line("Y"), line("Z"))
        assert (report.requirements[0].earned, short(report)) == (2, {"all": 1})
        named = rules(need("a", 1, "X"), {"id": "all", "total": 3}, limits=[{**limit, "over": "a"}])
        assert sound(named, line("X"), line("Y"), line("Z")).answer == "met"

    @pytest.mark.parametrize(("grades", "missing"), [((8, 8), 1), ((8, 9), 0), ((9, 10), 0), ((None, None), 1)])
    def test_credit_of_some_grades_only(self, grades: tuple[int | None, int | None], missing: int) -> None:
        limit = {"id": "early", "credits": 1, "from": {"any_course": True}, "during": [7, 8]}
        program = rules(need("a", 2, "X", "Y"), limits=[limit])
        report = sound(program, line("X", grade=grades[0]), line("Y", grade=grades[1]))
        assert short(report).get("a", 0) == missing

    def test_a_cap_on_early_credit(self) -> None:
        cap = {"credits": 1, "from": {"any_course": True}, "during": [8]}
        program = rules(need("a", 2, "X", "Y", caps=[cap]))
        assert short(sound(program, line("X", grade=8), line("Y", grade=8))) == {"a": 1}
        assert not short(sound(program, line("X", grade=8), line("Y", grade=9)))

    def test_are_figures_and_words(self) -> None:
        limit = {"id": "few", "credits": 1, "from": {"code": "X"}, "over": "a", "during": [9, 10]}
        program = rules(need("a", 2, "X"), limits=[limit])
        assert ("limits/few", "at most 1 credit") in {(one.path, one.text) for one in figures(program)}
        assert "- At most 1 credit of course X, taken in grade 9 or 10, over A together" in describe(program)


class TestSubstitutions:
    def test_for_one_requirement_or_another(self) -> None:
        sub = {"id": "s", "instead_of": ["a", "b"], "allowed": {"code": ["S", "T"]}, "credits": 1}
        program = rules(need("a", 1, "A"), need("b", 1, "B"), substitutions=[sub])
        assert sound(program, line("S"), line("B")).answer == "met"
        assert sound(program, line("S"), line("A")).answer == "met"
        assert sum(short(sound(program, line("S"), line("T"))).values()) == 1

    def test_for_parts_where_they_fill_the_requirement(self) -> None:
        parts = [need("one", 1, "A"), need("two", 1, "B")]
        sub = {"id": "s", "instead_of": "a", "allowed": {"code": "S"}, "credits": 1}
        full = rules(need("a", 2, "A", "B", parts=parts), substitutions=[sub])
        assert reached(full, full.substitutions[0]) == ("a/one", "a/two")
        assert sound(full, line("A"), line("S")).answer == "met"
        assert found(sound(full, line("S", 2)), "a").missing == 1
        open_ = rules(need("a", 3, "A", "B", "C", parts=parts), substitutions=[sub])
        assert reached(open_, open_.substitutions[0]) == ("a",)
        assert found(sound(open_, line("A"), line("S"), line("C")), "a/two").missing == 1

    def test_courses_of_a_requirement_are_not_used_up_by_its_substitution(self) -> None:
        sub = {"id": "s", "instead_of": "a", "allowed": {"code": ["S", "A"]}, "credits": 1}
        program = rules(need("a", 3, "A"), substitutions=[sub])
        assert sound(program, line("A", 2), line("S")).answer == "met"
        assert short(sound(program, line("A"), line("S", 2))) == {"a": 1}

    def test_courses_that_one_of_the_parts_takes_itself(self) -> None:
        parts = [need("one", 1, "A"), need("two", 1, "B")]
        sub = {"id": "s", "instead_of": ["a/one", "a/two"], "allowed": {"code": ["A", "B", "S"]}, "credits": 1}
        program = rules(need("a", 2, "A", "B", parts=parts), substitutions=[sub])
        assert sound(program, line("A"), line("B")).answer == "met"
        assert sound(program, line("A", 2)).answer == "met"
        assert found(sound(program, line("S", 2)), "a").missing == 1

    def test_into_a_requirement_of_one_series(self) -> None:
        language = {"id": "l", "credits": 2, "from": {"subject": "world_language"}, "same": "series"}
        sub = {"id": "s", "instead_of": "l", "allowed": {"code": "S"}, "credits": 1}
        program = rules(language, substitutions=[sub])
        spanish, french = (line(code, sced=code) for code in ("24052", "24102"))
        assert sound(program, spanish, line("S")).answer == "met"
        assert sound(program, spanish, french).answer == "not_met"
        assert short(sound(program, line("S", 2))) == {"l": 1}
        asking = rules(
            language, substitutions=[{**sub, "allowed": {"subject": "world_language"}, "condition": "agreed"}]
        )
        assert sound(asking, spanish, french).answer == "ask"

    def test_a_condition_is_a_question_wherever_it_reaches(self) -> None:
        parts = [need("one", 1, "A"), need("two", 1, "B")]
        sub = {"id": "s", "instead_of": "a", "allowed": {"code": "S"}, "condition": "the board agrees"}
        report = sound(rules(need("a", 2, "A", "B", parts=parts), substitutions=[sub]), line("A"), line("S"))
        assert report.answer == "ask"
        assert [ask.why for ask in found(report, "a/two").ask] == ["it may stand in if the board agrees"]

    def test_one_that_stands_for_no_credit_is_found(self) -> None:
        sub = {"id": "s", "instead_of": "test", "allowed": {"code": "S"}}
        program = rules({"id": "test", "task": "assessment"}, substitutions=[sub])
        assert [one.rule for one in lint(program) if one.severity == "error"] == ["substitution"]

    def test_is_for_what_is_there(self) -> None:
        with pytest.raises(ValueError, match="'b', which is no requirement"):
            rules(need("a", 1, "A"), substitutions=[{"id": "s", "instead_of": ["a", "b"], "allowed": {"code": "S"}}])


class TestAverages:
    @pytest.mark.parametrize(
        ("marks", "answer"), [(("74", "76"), "met"), (("74", "75"), "not_met"), (("90", "B"), "ask")]
    )
    def test_in_percent(self, marks: tuple[str, str], answer: str) -> None:
        program = rules({"id": "mean", "gpa": 75, "scale": 100})
        report = sound(program, line("X", mark=marks[0]), line("Y", mark=marks[1]))
        assert report.answer == answer
        assert report.requirements[0].unit == "percent"

    @pytest.mark.parametrize(("mark", "answer"), [("B", "not_met"), ("A", "met")])
    def test_above_the_figure(self, mark: str, answer: str) -> None:
        program = rules({"id": "mean", "gpa": 3, "above": True})
        assert sound(program, line("X", mark=mark), line("Y", mark="B")).answer == answer
        assert "a grade point average above 3" in describe(program)

    def test_marks_in_doubt_that_reach_it(self) -> None:
        program = rules({"id": "mean", "gpa": 3, "from": {"maybe": {"code": "X"}}})
        assert sound(program, line("X", mark="B")).answer == "ask"
        assert sound(program, line("X", mark="C")).answer == "not_met"


class TestCoursesOfOneSeries:
    def test_so_many_of_one(self) -> None:
        program = rules({"id": "two", "courses": 2, "from": {"subject": "world_language"}, "same": "series"})
        one, two, other = (line(code, sced=code) for code in ("24052", "24053", "24102"))
        assert sound(program, one, other).answer == "not_met"
        assert sound(program, one, two, other).answer == "met"
        assert "all in one language or one area" in describe(program)


BASE = """
id: base
name: Base
jurisdiction: US-XX
kind: diploma
requirements:
  - id: a
    credits: 2
    from: {code: [A, B]}
    parts:
      - {id: one, credits: 1, from: {code: A}}
      - {id: two, credits: 1, from: {code: B}}
  - {id: b, credits: 1, from: {code: C}}
substitutions:
  - {id: s, instead_of: [a/one, b], allowed: {code: S}, credits: 1}
  - {id: t, instead_of: a/one, allowed: {code: T}}
limits:
  - {id: few, credits: 1, from: {code: X}, over: [a/one, b]}
  - {id: all, credits: 1, from: {code: Y}}
"""
LAYER = """
id: layer
name: Layer
jurisdiction: US-XX
kind: diploma
extends: base
unit: {year_course: 10}
drop: [a/one]
"""


class TestLayers:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "base.yaml").write_text(BASE)
        (tmp_path / "layer.yaml").write_text(LAYER)
        return tmp_path

    def test_drop_a_part_and_what_was_only_for_it(self, folder: Path) -> None:
        program = load("layer", [folder])
        assert [path for path, _ in walk(program.requirements)] == ["a", "a/two", "b"]
        assert [(one.id, one.instead_of, one.credits) for one in program.substitutions] == [("s", ("b",), 10)]
        assert [(one.id, one.over, one.credits) for one in program.limits] == [("few", ("b",), 10), ("all", (), 10)]

    def test_a_limit_over_what_is_not_there(self, folder: Path) -> None:
        (folder / "base.yaml").write_text(BASE.replace("over: [a/one, b]", "over: [a/ones, b]"))
        with pytest.raises(InputError, match=r"line 18.*no requirement 'a/ones' to limit.*Did you mean a/one"):
            load("base", [folder])
