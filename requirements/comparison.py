"""The rules of all states side by side, as data frames: credits by subject, what is asked besides, who asked first.

Read from the rule files alone, so that a figure here is a figure there. Credits are in year-courses: what one
year-long course earns, whatever a state calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal

from catalogs import sced
from requirements import vocabulary
from requirements.jurisdictions import jurisdictions
from requirements.language import (
    MAIN,
    AllOf,
    AnyOf,
    AnyRequirement,
    CourseRequirement,
    CreditRequirement,
    Program,
    Selector,
    Task,
    Total,
    children,
)
from requirements.listing import programs, standard_diplomas
from requirements.normal import size_of, takes_all
from requirements.reader import load

if TYPE_CHECKING:
    import pandas as pd

Asked = Literal["required", "choice"]

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "English": ("english",),
    "Mathematics": ("mathematics",),
    "Science": ("science",),
    "Social studies": ("social_studies",),
    "World language": ("world_language",),
    "Arts": ("arts",),
    "Health and PE": ("physical_education", "health"),
    "Career and technical": ("cte", "technology"),
    "Computer science": ("computer_science",),
    "Personal finance": ("personal_finance",),
}
CHOICE, ELECTIVES, TOTAL = "Choice", "Electives", "Total"
MOST, HALF = 0.9, 0.5

COURSES: Mapping[str, Selector] = {
    "Personal finance": Selector(subject=("personal_finance",)),
    "Computer science": Selector(subject=("computer_science",)),
    "Economics": Selector(term=("economics",)),
    "Civics or government": Selector(term=("civics", "us-government-civics", "us-government")),
    "Health": Selector(subject=("health",)),
    "Physical education": Selector(subject=("physical_education",)),
    "World language": Selector(subject=("world_language",)),
    "Arts": Selector(subject=("arts",)),
}
TASKS: Mapping[str, tuple[str, ...]] = {
    "Tests": ("assessment", "proficiency"),
    "Civics test": ("civics_test",),
    "Financial aid form": ("financial_aid",),
    "Service": ("service",),
    "Portfolio or project": ("portfolio",),
    "CPR or other training": ("training",),
    "Learning plan": ("plan",),
    "Career pathway or credential": ("pathway", "credential", "experience"),
}


def credits_by_subject(entering: int) -> pd.DataFrame:
    """Credits that each state's standard diploma asks, by subject.

    Parameters
    ----------
    entering : int
        Fall of entering grade 9.

    Returns
    -------
    DataFrame
        One row a jurisdiction (index: its id), columns of subjects, ``Choice`` (credit of several subjects),
        ``Electives`` and ``Total``; year-courses, 0 where nothing is asked, no total where the state sets none. Of a
        choice between requirements the first ways count, as rules name the ordinary one first.

    Examples
    --------
    >>> float(credits_by_subject(2026).loc["US-TX", "English"])
    4.0
    """
    import pandas as pd

    rows = {}
    for name, program in standard_diplomas(entering).items():
        row = dict.fromkeys((*SUBJECTS, CHOICE, ELECTIVES), 0.0)
        for rule in _apart(program.requirements):
            row[_column(rule)] += float(size_of(rule) / program.unit.year_course)
        totals = [rule.total / program.unit.year_course for rule in program.requirements if isinstance(rule, Total)]
        row[TOTAL] = float(max(totals)) if totals else float("nan")
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def demands(entering: int) -> pd.DataFrame:
    """What each state's standard diploma asks by name: courses, and what is no course.

    Returns
    -------
    DataFrame
        One row a jurisdiction; each cell ``required``, ``choice`` (one way among several) or empty.
    """
    import pandas as pd

    rows = {name: _demands(program) for name, program in standard_diplomas(entering).items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*COURSES, *TASKS]).fillna("")


def early_movers() -> pd.DataFrame:
    """The first class that each state asked for something, as far back as the rule files go.

    Returns
    -------
    DataFrame
        Columns ``demand``, ``jurisdiction``, ``first`` (fall of entering grade 9; none where it is not known) and
        ``or_earlier`` (the first cohort on file asks it already), sorted by demand and year.
    """
    import pandas as pd

    rows = []
    for name in jurisdictions():
        family = [one for one in programs(name, kind="diploma") if one.route == "standard" and one.jurisdiction == name]
        family.sort(key=lambda one: one.cohorts.from_ or 0)
        seen: set[str] = set()
        for number, one in enumerate(family):
            for demand, how in _demands(load(one.id)).items():
                if how == "required" and demand not in seen:
                    seen.add(demand)
                    rows.append((demand, name, one.cohorts.from_, number == 0))
    frame = pd.DataFrame(rows, columns=["demand", "jurisdiction", "first", "or_earlier"])
    frame["first"] = frame["first"].astype("Int64")
    return frame.sort_values(["demand", "first", "jurisdiction"], ignore_index=True)


def _apart(rules: Iterable[AnyRequirement]) -> Iterator[AnyRequirement]:
    """The requirements of credit that counts once, those that only join others taken apart."""
    for rule in rules:
        if rule.pool != MAIN or not size_of(rule):
            continue
        if isinstance(rule, AllOf):
            yield from _apart(rule.all_of)
        elif isinstance(rule, AnyOf):
            ways = [one for one in rule.any_of if size_of(one)]
            yield from _apart(ways[: rule.at_least])
        else:
            yield rule


def _column(rule: AnyRequirement) -> str:
    if isinstance(rule, CreditRequirement) and takes_all(rule.from_):
        return ELECTIVES
    codes = _rule_codes(rule)
    subjects = sorted(SUBJECTS, key=lambda name: len(_subject_codes(SUBJECTS[name])))
    for name in subjects:
        if _within(codes, _subject_codes(SUBJECTS[name])):
            return name
    # Else the only subject that it takes most of, or that most of it is: courses that may stand in are few. Where
    # they are not (all of computer science for mathematics), its id tells.
    found = [
        name
        for name in subjects
        if _within(_subject_codes(SUBJECTS[name]), codes, HALF) or _within(codes, _subject_codes(SUBJECTS[name]), HALF)
    ]
    if len(found) > 1:
        found = [name for name in found if rule.id.replace("-", "_") in SUBJECTS[name]]
    return found[0] if len(found) == 1 else CHOICE


def _demands(program: Program) -> dict[str, Asked]:
    found: dict[str, Asked] = {}

    def look(rules: Iterable[AnyRequirement], how: Asked) -> None:
        for rule in rules:
            below: Asked = "choice" if isinstance(rule, AnyOf) and rule.at_least < len(rule.any_of) else how
            for name in _named(rule):
                if found.get(name) != "required":
                    found[name] = how
            look(children(rule), below)

    look(program.requirements, "required")
    return found


def _named(rule: AnyRequirement) -> Iterator[str]:
    if isinstance(rule, Task):
        yield from (name for name, kinds in TASKS.items() if rule.task in kinds)
    elif isinstance(rule, (CreditRequirement, CourseRequirement)) or (
        isinstance(rule, AnyOf) and all(isinstance(one, (CreditRequirement, CourseRequirement)) for one in rule.any_of)
    ):
        codes = _rule_codes(rule)
        yield from (name for name, selector in COURSES.items() if _within(codes, _codes(selector)))


def _rule_codes(rule: AnyRequirement) -> frozenset[str]:
    if isinstance(rule, (CreditRequirement, CourseRequirement)):
        return _codes(rule.from_)
    return frozenset().union(*map(_rule_codes, children(rule)))


def _within(codes: frozenset[str], others: frozenset[str], share: float = MOST) -> bool:
    return bool(codes) and len(codes & others) >= share * len(codes)


@cache
def _subject_codes(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(vocabulary.subject(name).codes for name in names))


@cache
def _codes(selector: Selector) -> frozenset[str]:
    """National codes that a selector takes by itself; levels and tags are left aside."""
    every = frozenset(sced.codes())
    keys: list[frozenset[str]] = []
    if selector.term:
        # Where only a person can say, the codes that may count tell the subject all the same.
        terms = [vocabulary.term(name) for name in selector.term]
        keys.append(frozenset().union(*(term.sure or term.maybe for term in terms)))
    if selector.subject:
        keys.append(_subject_codes(selector.subject))
    if selector.set:
        keys.append(frozenset().union(*map(vocabulary.set_, selector.set)))
    if selector.sced:
        keys.append(frozenset().union(*map(vocabulary.expand, selector.sced)))
    if selector.ladder:
        keys.append(frozenset(vocabulary.ladder(selector.ladder.name).at_or_above(selector.ladder.at_least)))
    if selector.any:
        keys.append(frozenset().union(*map(_codes, selector.any)))
    keys += map(_codes, selector.all)
    found = every.intersection(*keys)
    return found - _codes(selector.exclude) if selector.exclude is not None else found
