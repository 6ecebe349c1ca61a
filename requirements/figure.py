"""The figures of a program: each thing that it asks, where that was read, and what they add up to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from catalogs.exact import decimal_text
from requirements.identity import once_each
from requirements.language import (
    MAIN,
    AnyRequirement,
    CourseRequirement,
    CreditRequirement,
    Gpa,
    Program,
    Reference,
    Sourced,
    Task,
    Total,
    Unit,
    Verified,
    children,
)
from requirements.normal import size_of


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that a program asks, and where that was read.

    Parameters
    ----------
    path : str
        Path of the requirement; of a cap, with ``#cap-1``; ``substitutions/ID`` or ``limits/ID``.
    text : str
        The figure in words: "4 credits".
    status : str
        ``verified`` only where the rule says so, itself or by what encloses it, and its reference was verified too.
    reference : Reference or None
        The entry of the program's references, its own or that of what encloses it.
    """

    path: str
    text: str
    status: Verified
    reference: Reference | None


def figures(program: Program) -> Iterator[Figure]:
    """Every figure of a resolved program: credits, courses, totals, averages, tasks, caps, substitutions, limits."""
    references = {one.id: one for one in program.references}

    def figure(path: str, text: str, status: Verified | None, reference: str | None) -> Figure:
        source = references.get(reference) if reference else None
        sure = status == "verified" and source is not None and source.status == "verified"
        return Figure(path, text, "verified" if sure else "unverified", source)

    def below(rules: tuple[AnyRequirement, ...], prefix: str, outer: Sourced) -> Iterator[Figure]:
        for rule in rules:
            path = prefix + rule.id
            own = _within(rule, outer)
            text = figure_text(rule, program.unit)
            if text:
                yield figure(path, text, own.status, own.reference)
            for i, cap in enumerate(rule.caps if isinstance(rule, CreditRequirement) else (), 1):
                inner = _within(cap, own)
                yield figure(
                    f"{path}#cap-{i}", f"at most {amount(cap.credits, program.unit)}", inner.status, inner.reference
                )
            yield from below(children(rule), path + "/", own)

    yield from below(program.requirements, "", program)
    for sub in program.substitutions:
        own = _within(sub, program)
        most = f"up to {amount(sub.credits, program.unit)} " if sub.credits is not None else ""
        target = " or ".join(sub.instead_of)
        yield figure(f"substitutions/{sub.id}", f"{most}in place of {target}", own.status, own.reference)
    for limit in program.limits:
        own = _within(limit, program)
        yield figure(f"limits/{limit.id}", f"at most {amount(limit.credits, program.unit)}", own.status, own.reference)


def _within(rule: Sourced, outer: Sourced) -> Sourced:
    return Sourced(reference=rule.reference or outer.reference, status=rule.status or outer.status)


def figure_text(rule: AnyRequirement, unit: Unit) -> str:
    """The figure of a requirement in words; nothing for one that only joins others."""
    if isinstance(rule, CreditRequirement):
        return amount(rule.credits, unit)
    if isinstance(rule, CourseRequirement):
        return f"{rule.courses} course{'s' if rule.courses != 1 else ''}"
    if isinstance(rule, Total):
        return f"{amount(rule.total, unit)} in all"
    if isinstance(rule, Gpa):
        kind, percent = ("a grade point average", "") if rule.scale == 4 else ("an average", " percent")
        return f"{kind} {'above' if rule.above else 'of'} {decimal_text(rule.gpa)}{percent}"
    if isinstance(rule, Task):
        much = f", {decimal_text(rule.amount)} {rule.unit or ''}".rstrip() if rule.amount is not None else ""
        return rule.task.replace("_", " ") + much
    return ""


def amount(credits: Fraction, unit: Unit) -> str:
    """Credits with the name of their unit: "1 credit", "2.5 units"."""
    plural = "" if credits == 1 or unit.name.endswith("s") else "s"
    return f"{decimal_text(credits)} {unit.name}{plural}"


def total_credits(program: Program) -> Fraction | None:
    """Credits that a resolved program asks in all, in its own unit; None where it counts none.

    The largest total it names; without one, the sum of the requirements that credit counts for once.
    """
    totals = [rule.total for rule in program.requirements if isinstance(rule, Total)]
    if totals:
        return max(totals)
    return sum((size_of(rule) for rule in program.requirements if rule.pool == MAIN), Fraction(0)) or None


@once_each(1000)
def rule_hash(program: Program) -> str:
    """SHA-256 (hexadecimal) of a resolved program in canonical JSON; 16 digits of it serve as a short form."""
    data = program.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
