"""What a careful reader would ask about a rule file: figures without a source, sums that do not fit, missed cohorts."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from catalogs import sced
from requirements.figure import amount, figures
from requirements.language import (
    MAIN,
    CreditRequirement,
    Program,
    Selector,
    Total,
    walk,
)
from requirements.listing import ProgramSummary, programs
from requirements.mistakes import near
from requirements.normal import reached, size_of
from requirements.reader import load
from requirements.selector import Subject, matches

Severity = Literal["error", "warning", "note"]
_EDITION = re.compile(r"(.+)-(?:19|20)\d\d")  # an id that ends on a year
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Parameters
    ----------
    severity : str
        ``error`` (the audit would be wrong), ``warning`` (probably not meant) or ``note``.
    rule : str
        Name of the check.
    program, path : str
        Id of the program and path of the requirement; an empty path for the whole program.
    mend : str
        What to do about it.
    """

    severity: Severity
    rule: str
    program: str
    path: str
    message: str
    mend: str = ""


def lint(program: Program) -> tuple[Finding, ...]:
    """Findings about one resolved program, errors first."""
    found = [
        *_sources(program),
        *_sums(program),
        *_selectors(program),
        *_substitutions(program),
        *_known_already(program),
        *_grades(program),
    ]
    return tuple(sorted(found, key=lambda one: _ORDER[one.severity]))


def lint_all(folders: Iterable[Path | str] = ()) -> tuple[Finding, ...]:
    """Findings about every program, and about how they stand beside each other.

    Raises
    ------
    InputError
        If a rule file cannot be read.
    """
    folders = tuple(folders)
    summaries = programs(folders=folders)
    found = [finding for one in summaries for finding in lint(load(one.id, folders))]
    known = [one.id for one in summaries]
    for one in summaries:
        for other in load(one.id, folders).alongside:
            if other not in known:
                message = f"it is earned on top of {other!r}, which is no program"
                found.append(Finding("error", "alongside", one.id, "", message, near(other, known) or ""))
    found += _cohorts(summaries)
    return tuple(sorted(found, key=lambda one: (_ORDER[one.severity], one.program)))


def _sources(program: Program) -> Iterator[Finding]:
    unverified = total = 0
    for figure in figures(program):
        total += 1
        unverified += figure.status == "unverified"
        if figure.reference is None:
            message = f"no reference says where {figure.text!r} was read"
            yield Finding("warning", "reference", program.id, figure.path, message, "Name one of the references")
    if unverified:
        message = f"{unverified} of {total} figures are not yet verified"
        yield Finding("note", "unverified", program.id, "", message, "Compare them with their references")


def _sums(program: Program) -> Iterator[Finding]:
    unit = program.unit
    for path, rule in walk(program.requirements):
        if isinstance(rule, CreditRequirement):
            parts = sum((size_of(part) for part in rule.parts), Fraction(0))
            if parts > rule.credits:
                message = f"its parts need {amount(parts, unit)}, more than its {amount(rule.credits, unit)}"
                yield Finding("error", "parts", program.id, path, message, "Raise it, or make a part smaller")
            for cap in rule.caps:
                if cap.credits >= rule.credits:
                    message = f"a cap of {amount(cap.credits, unit)} never binds"
                    yield Finding("note", "cap", program.id, path, message)
    totals = [rule for rule in program.requirements if isinstance(rule, Total) and rule.from_.any_course]
    asked = sum((size_of(rule) for rule in program.requirements if rule.pool == MAIN), Fraction(0))
    least = sum((size_of(rule, least=True) for rule in program.requirements if rule.pool == MAIN), Fraction(0))
    if totals and asked and program.kind == "diploma":
        total = max(rule.total for rule in totals)
        explained = any(
            "total" in text or "add up" in text for text in (*program.doubts, *(t.note or "" for t in totals))
        )
        if least > total:
            message = f"the requirements need {amount(least, unit)}, more than the total of {amount(total, unit)}"
            yield Finding("warning", "total", program.id, totals[0].id, message, "Check both against the reference")
        elif asked < total and not explained:
            message = f"the requirements add up to {amount(asked, unit)}, the total is {amount(total, unit)}"
            yield Finding(
                "note", "total", program.id, totals[0].id, message, "Say in a note or a doubt what fills the rest"
            )


def _selectors(program: Program) -> Iterator[Finding]:
    for path, selector in _all_selectors(program):
        if not _speaks_codes(selector):
            continue
        if not any(matches(selector, Subject(sced=code)) is not False for code in sced.codes()):
            yield Finding("error", "selector", program.id, path, "no national course code falls under it", "Widen it")


def _all_selectors(program: Program) -> Iterator[tuple[str, Selector]]:
    for path, rule in walk(program.requirements):
        selector = getattr(rule, "from_", None)
        if selector is not None:
            yield path, selector
        for i, cap in enumerate(rule.caps if isinstance(rule, CreditRequirement) else (), 1):
            yield f"{path}#cap-{i}", cap.from_
    for sub in program.substitutions:
        yield f"substitutions/{sub.id}", sub.allowed
    for limit in program.limits:
        yield f"limits/{limit.id}", limit.from_


def _speaks_codes(selector: Selector) -> bool:
    """Whether national codes alone can tell what falls under a selector: no levels, tags or codes of a catalog."""
    nested = (*selector.any, *selector.all, *(one for one in (selector.exclude, selector.maybe) if one))
    return not (selector.level or selector.tag or selector.code) and all(map(_speaks_codes, nested))


def _substitutions(program: Program) -> Iterator[Finding]:
    for sub in program.substitutions:
        if not reached(program, sub):
            message = f"nothing in {' or '.join(sub.instead_of)} is credit that a course could stand in for"
            mend = "Name a requirement of credits; of something else to do, write any_of with both ways"
            yield Finding("error", "substitution", program.id, f"substitutions/{sub.id}", message, mend)


def _known_already(program: Program) -> Iterator[Finding]:
    """Conditional substitutions whose courses count anyway: people would be told of a condition that does not bind."""
    rules = dict(walk(program.requirements))
    codes = [Subject(sced=code) for code in sced.codes()]
    for sub in program.substitutions:
        if sub.condition is None or not _speaks_codes(sub.allowed):
            continue
        own = [getattr(rules[path], "from_", None) for path in reached(program, sub)]
        named = [code for code in codes if matches(sub.allowed, code)]
        if own and named and all(s is not None and matches(s, code) for s in own for code in named):
            message = "every course that it names counts already without its condition"
            yield Finding("note", "condition", program.id, f"substitutions/{sub.id}", message, "Take it out")


def _grades(program: Program) -> Iterator[Finding]:
    for path, rule in walk(program.requirements):
        grades = {*(getattr(rule, "during", None) or ()), *(getattr(rule, "each_grade", None) or ())}
        if strange := sorted(grade for grade in grades if not 6 <= grade <= 13):
            message = f"grade {strange[0]} is no grade of a secondary school"
            yield Finding("error", "grades", program.id, path, message, "Write grades such as [11, 12]")


def _cohorts(summaries: Sequence[ProgramSummary]) -> Iterator[Finding]:
    """Programs for one class after another that bind the same students, or leave out some between two others.

    These are the standard diplomas of a jurisdiction, and programs whose ids differ in nothing but their year.
    """
    families: dict[tuple[str, str], list[ProgramSummary]] = defaultdict(list)
    for one in summaries:
        if one.kind == "diploma" and one.route == "standard":
            families[one.jurisdiction, "standard"].append(one)
        elif edition := _EDITION.fullmatch(one.id):
            families[one.jurisdiction, edition[1]].append(one)
    for family in families.values():
        ordered = sorted(family, key=lambda one: (one.cohorts.from_ or 0, one.id))
        for earlier, later in itertools.pairwise(ordered):
            end, start = earlier.cohorts.to or 9999, later.cohorts.from_ or 0
            if start <= end:
                message = (
                    f"students who entered in {start} are bound by {earlier.id} as well"
                    if start
                    else (f"{earlier.id} and {later.id} both bind all students up to some year")
                )
                mend = "End the cohorts of one before those of the other, or give one of them another route"
                yield Finding("warning", "overlap", later.id, "", message, mend)
            elif start > end + 1:
                message = (
                    f"neither {earlier.id} nor {later.id} binds students who entered from {end + 1} to {start - 1}"
                )
                yield Finding("warning", "hole", later.id, "", message, f"Extend {earlier.id} or {later.id}")
