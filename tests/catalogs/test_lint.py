from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from catalogs import Catalog, load
from catalogs.bundled import bundled
from catalogs.lint import counts, lint

Read = Callable[..., Catalog]


def rules(catalog: Catalog) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in lint(catalog):
        assert finding.message and finding.mend
        found.setdefault(finding.rule, []).append(finding.code)
    found.pop("sced-missing", None)
    return found


@pytest.mark.parametrize("name", [name for name in bundled() if name != "typical-us"])
def test_reach_is_what_the_catalog_says_of_itself(name: str) -> None:
    catalog = load(name)
    said = catalog.meta["reachability"]["not_in_four_years_without_credit_before_grade_9"]
    found = rules(catalog)
    assert sorted(found.get("early-credit", []) + found.get("unreachable", [])) == sorted(map(str, said))
    for rule in (
        "prerequisite-unknown",
        "prerequisite-cycle",
        "prerequisite-self",
        "rec-unknown",
        "equivalents-unknown",
    ):
        assert rule not in found


def test_a_clean_catalog_has_no_finding(read: Read) -> None:
    catalog = read(
        "A,Algebra 1,,1,2,9-12,S1,,,\nB,Algebra 2,,1,2,9-12,S1,,A[C],rec:A;excludes:A\nC,Civics,,0.5,1,,,,,\n"
    )
    assert rules(catalog) == {}


@pytest.mark.parametrize(
    ("rows", "rule", "codes"),
    [
        ("A,Art,,1,2,,,,X or Y,\n", "prerequisite-unknown", ["A", "A"]),
        ('A,Art,,1,2,,,,"A or ""talk""",\n', "prerequisite-self", ["A"]),
        ("A,Art,,1,2,,,,B,\nB,Band,,1,2,,,,A,\n", "prerequisite-cycle", ["A"]),
        ("A,Art,,1,2,9,,,B,\nB,Band,,1,2,12,,,,\n", "unreachable", ["A"]),
        ("A,Art,,1,2,9,,,B,\nB,Band,,1,2,9,,,,\n", "early-credit", ["A"]),
        ("A,Art,,1,2,,S2,,,\n", "no-start", ["A"]),
        ("A,Art,,1,2,,S1;S2,,,\n", "past-year-end", ["A"]),
        ("A,Art,,1,2,,,,,periods:8\n", "too-many-periods", ["A"]),
        ("A,Art,,1,2,,,,B[Q],\nB,Band,,1,2,,,,,\n", "minimum-unknown", ["A"]),
        ("A,Art,,0.3,2,,,,,\n", "credits-odd", ["A"]),
        ("A,Art,,1,1,,,,,\n", "credits-for-length", ["A"]),
        ("A,Art,,1,2,,,,,\nB,art,,1,2,,,,,\n", "title-twice", ["A"]),
        ("A,Art 2,,0.5,1,,,,,\n", "half-missing", ["A"]),
        ("A,Art B,,0.5,1,,,,,\n", "half-missing", ["A"]),
        ("A,Art 1,,.5,1,,,,,\nB,Art 2,,.5,1,,,,,\nC,Art 3,,.5,1,,,,,\n", "half-missing", ["C"]),
        ("A,Art,,1,2,,,,,rec:X|A\n", "rec-unknown", ["A"]),
        ("A,Art,,1,2,,,,,rec:concurrent:X\n", "rec-unknown", ["A"]),
        ("A,Art,,1,2,,,,,excludes:X\n", "excludes-unknown", ["A"]),
        ("ART 1,Art,,1,2,,,,,\nor,Oratory,,1,2,,,,,\n", "code-unusable", ["ART 1", "or"]),
    ],
)
def test_each_rule_finds_its_slip(read: Read, rows: str, rule: str, codes: list[str]) -> None:
    assert rules(read(rows)).get(rule) == codes


@pytest.mark.parametrize(
    "rows",
    [
        "A,English 10,,0.5,1,,,,,\n",  # a grade level, no second half
        "A,Art 1,,0.5,1,,,,,\n",  # a first half may stand alone
        "A,Spanish 2,,1,2,,,,,\n",  # a year course is no half
        "A,Film I,,0.5,1,,,,,\n",
    ],
)
def test_halves_raise_no_false_alarm(read: Read, rows: str) -> None:
    assert "half-missing" not in rules(read(rows))


def test_equivalents_sced_unit_and_encoding(read: Read, small: str, head: str) -> None:
    settings = (
        small.replace("credit (1 per year course, 0.5 per semester)", "credit") + "equivalents: {groups: [[A, X]]}\n"
    )
    wide = head.replace("tags", "tags,sced")
    data = (wide + "A,Café,,1,2,,,,,,99999\nB,Band,,1,2,,,,,,\n").encode("latin-1")
    catalog = read(data, settings=settings)
    found = rules(catalog)
    assert found["equivalents-unknown"] == ["X"] and found["sced-unknown"] == ["A"]
    assert found["unit-inferred"] == [""] and found["encoding"] == [""]
    assert any(finding.rule == "sced-missing" for finding in lint(catalog))


def test_a_retired_sced_code_is_told_with_its_successor(read: Read) -> None:
    from catalogs.sced.codes import retired

    code, now = next((code, now) for code, (_, now) in retired().items() if now)
    catalog = read("A,Art,,1,2,,,,,\n")
    old = replace(catalog, courses=(replace(catalog.courses[0], sced=code),))
    finding = next(finding for finding in lint(old) if finding.rule == "sced-retired")
    assert now in finding.message and now in finding.mend


def test_counts_and_order(read: Read) -> None:
    findings = lint(read("A,Art 2,,0.5,1,,,,X,\n"))
    assert [finding.severity for finding in findings] == ["error", "error", "warning", "note"]
    assert counts(findings) == {"error": 2, "warning": 1, "note": 1}


def test_corequisites_of_each_other_are_no_circle(read: Read) -> None:
    found = rules(read("A,Art,,1,2,,,,concurrent:B,\nB,Band,,1,2,,,,concurrent:A,\n"))
    assert found == {}
