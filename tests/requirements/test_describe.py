"""Programs in plain words."""

import pytest

from catalogs.documents import parse_yaml
from requirements.describe import cohort_words, describe, describe_lines, selector_words
from requirements.language import Cohorts, Selector
from requirements.reader import load, parse_program, program_files

EXAMPLE = """\
id: example
name: Example diploma
jurisdiction: US-XX
kind: diploma
cohorts: {from: 2026}
unit: {name: unit, year_course: 2}
reference: law
status: verified
references:
  - {id: law, title: Law 12, date: "2025", status: verified}
  - {id: page, title: Web page, url: "https://example.org"}
requirements:
  - id: mathematics
    credits: 6
    from: {subject: mathematics}
    minimum_mark: C
    note: Two years at least after grade 9.
    parts:
      - {id: algebra, name: Algebra I, credits: 2, from: {term: algebra-1}}
      - {id: last, credits: 2, from: {ladder: {name: mathematics, at_least: 3}}, during: [11, 12], reference: page}
    caps:
      - {credits: 1, from: {term: personal-finance}}
  - {id: language, credits: 4, from: {subject: world_language}, same: series, pool: again}
  - id: seals
    at_least: 2
    any_of:
      - {id: ap, courses: 1, from: {level: [ap, ib]}}
      - {id: service, task: service, amount: 40, unit: hours, by_grade: 12}
      - {id: folder, task: portfolio, judged: true, who: the panel}
  - {id: gpa, name: Average, gpa: 2.5}
  - {id: all, name: All units, total: 44}
substitutions:
  - {id: cs, instead_of: mathematics/last, allowed: {term: computer-science}, credits: 1, condition: the board agrees}
note: Read it with care.
doubts: [Nobody knows.]
"""


def test_the_whole_text() -> None:
    program = parse_program(parse_yaml(EXAMPLE, "example.yaml"))
    assert (
        describe(program)
        == """\
Example diploma
US-XX: diploma, for students who entered grade 9 in fall 2026 or later.
A course that lasts a whole year earns 2 units.
Read it with care.

What is required
- Mathematics: 6 units of mathematics, each with C or better [1] (verified), among them:
  (Two years at least after grade 9.)
    - Algebra I: 2 units of Algebra I
    - Last: 2 units of mathematics from Algebra II or Integrated III up, taken in grade 11 or 12 [2] (not yet verified)
    - At most 1 unit of Personal finance or financial literacy
- Language: 4 units of world language, all in one language or one area; these may count for another requirement as well\
 [1] (verified)
- Seals: at least 2 of these
    - Ap: 1 course of any course at AP or IB level [1] (verified)
    - Service: 40 hours of service to the community, by the end of grade 12; confirmed by counselor [1] (verified)
    - Folder: a portfolio; the panel decides [1] (verified)
- Average: a grade point average of 2.5 [1] (verified)
- All units: 44 units in all [1] (verified)

What may stand in for it
- For Mathematics, Last: up to 1 unit of Computer science; only if a person agrees: the board agrees [1] (verified)

What is not certain
- Nobody knows.

Where this was read
[1] Law 12, 2025
[2] Web page, https://example.org (not yet verified)
"""
    )


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ({"subject": "english"}, "English"),
        ({"subject": ["mathematics", "science"], "level": "honors"}, "mathematics or science at honors level"),
        ({"term": ["algebra-1", "geometry", "algebra-2"]}, "Algebra I, Geometry or Algebra II"),
        ({"set": "science_lab"}, "laboratory science courses"),
        ({"sced": "02052"}, "Algebra I"),
        ({"sced": "02101-02126"}, "courses 02101 to 02126 of the national list"),
        ({"ladder": {"name": "world_language", "at_least": 2}}, "world language from level 2 up"),
        ({"level": "dual"}, "any course at dual credit level"),
        ({"tag": "grad:*"}, "courses marked grad in the catalog"),
        ({"code": "0101"}, "course 0101"),
        ({"any_course": True}, "any course"),
        ({"any_course": False}, "no course"),
        ({"any": [{"subject": "arts"}, {"term": "music"}]}, "arts or Music"),
        ({"all": [{"subject": "science"}, {"set": "ap"}]}, "science that also counts as AP courses"),
        ({"subject": "arts", "exclude": {"term": "music"}}, "arts, but not Music"),
        (
            {"subject": "arts", "maybe": {"subject": "cte"}},
            "arts, and if a person agrees career and technical education",
        ),
        ({"maybe": {"subject": "arts"}}, "arts, if a person agrees"),
    ],
)
def test_selectors(selector: dict[str, object], words: str) -> None:
    assert selector_words(Selector.model_validate(selector)) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "all students"),
        (2020, None, "students who entered grade 9 in fall 2020 or later"),
        (None, 2020, "students who entered grade 9 in fall 2020 or earlier"),
        (2020, 2020, "students who entered grade 9 in fall 2020"),
        (2020, 2024, "students who entered grade 9 from fall 2020 to fall 2024"),
    ],
)
def test_cohorts(first: int | None, last: int | None, words: str) -> None:
    assert cohort_words(Cohorts.model_validate({"from": first, "to": last})) == words


@pytest.mark.parametrize("name", program_files())
def test_every_bundled_program_can_be_said(name: str) -> None:
    program = load(name)
    lines = describe_lines(program)
    assert lines[0] == program.name
    assert not any("None" in line or "  " in line.strip() for line in lines)
