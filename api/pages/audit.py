"""Audits for the page: a figure, one cell a credit, a verdict in words, the source, and who decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from api.pages.shell import exact, plural
from catalogs import Catalog
from pathways.moves import Elsewhere
from pathways.plan import Plan
from requirements import reader
from requirements.figure import total_credits
from requirements.language import Reference, Verified
from requirements.report import AuditReport, RequirementResult, Use

VERDICTS = {
    "met": ("done", "Met"),
    "in_progress": ("now", "Met when this term ends well"),
    "planned": ("plan", "Met by the plan"),
    "ask": ("ask", "A person must decide"),
    "not_met": ("clash", "Short"),
}
ZERO = Fraction(0)
HAVE = ("earned", "in_progress")
MOST_CELLS = 30
"""Cells of a requirement; a larger one (220 credits) is drawn in coarser cells."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Credits in all as parts of a circle."""

    needed: str
    earned: str
    now: str
    now_from: str
    planned: str
    planned_from: str
    text: str
    needed_text: str


@dataclass(frozen=True, slots=True)
class RequirementView:
    """One requirement as the panel shows it."""

    name: str
    figure: str
    cells: tuple[str, ...]
    state: str
    word: str
    explain: str
    courses: tuple[str, ...]
    remarks: tuple[str, ...]
    parts: tuple[RequirementView, ...]
    sourced: bool
    status: Verified
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class ProgramView:
    """One program as its panel shows it."""

    id: str
    name: str
    state: str
    word: str
    ring: Ring | None
    headline: str
    summary: str
    requirements: tuple[RequirementView, ...]
    doubts: tuple[str, ...]


def program_views(plan: Plan, catalog: Catalog) -> list[ProgramView]:
    """The audits of a plan, the diploma first."""
    year = catalog.year_credits
    earned, now = (sum((line.credits for line in plan.record if line.stage == stage), ZERO) / year for stage in HAVE)
    to_come = sum((one.credits for one in plan.placements), ZERO) / year
    return [_of_plan(report, earned, now, to_come) for report in plan.audit.programs]


def elsewhere_view(found: Elsewhere) -> ProgramView:
    """The audit of a record in another state."""
    report = found.report
    state, word = VERDICTS[report.status]
    if report.status == "not_met":
        state, word = ("clash", "Not met yet") if _lacks(report) else ("plan", "Courses are done; other steps are not")
    return _view(report, state, word, headline=word)


def decisions(plan: Plan) -> list[str]:
    """What a person must decide, by requirement."""
    results = (one for report in plan.audit.programs for one in report.requirements)
    found = (f"{name}: {why} ({who})" for one in results for name, who, why in _asked(one))
    return list(dict.fromkeys(found))


def _asked(one: RequirementResult) -> Iterator[tuple[str, str, str]]:
    """The questions of a requirement and its parts: what about, to whom, which."""
    yield from ((one.name, ask.who, ask.why) for ask in one.ask)
    for part in one.parts:
        if one.status == "ask":
            yield from _asked(part)


def _of_plan(report: AuditReport, earned: Fraction, now: Fraction, to_come: Fraction) -> ProgramView:
    """The audit of a plan; amounts of the whole plan, in year-courses."""
    program = reader.load(report.program)
    state, word = _verdict(report)
    total = total_credits(program) if program.kind == "diploma" else None
    if not total:
        return _view(report, state, word, headline=word)
    unit, year = program.unit.name, program.unit.year_course
    earned, now, to_come = earned * year, now * year, to_come * year
    return _view(
        report,
        state,
        word,
        ring=_ring(total, earned, now, to_come),
        headline=f"{plural(earned, unit)} earned and {exact(now)} in progress, of {exact(total)} needed",
        summary=(
            f"{exact(earned)} earned, {exact(now)} in progress. The plan reaches {exact(earned + now + to_come)}; "
            f"{plural(total, unit)} {'is' if total == 1 else 'are'} needed."
        ),
    )


def _view(
    report: AuditReport, state: str, word: str, *, headline: str, summary: str = "", ring: Ring | None = None
) -> ProgramView:
    year = reader.load(report.program).unit.year_course
    return ProgramView(
        id=report.program,
        name=report.name,
        state=state,
        word=word,
        ring=ring,
        headline=headline,
        summary=summary,
        requirements=tuple(_requirement(one, year, None) for one in report.requirements),
        doubts=report.doubts,
    )


def _verdict(report: AuditReport) -> tuple[str, str]:
    """The verdict on a program; one that lacks only what is no course is on the way."""
    state, word = VERDICTS[report.status]
    if report.status == "not_met" and not _lacks(report):
        return "plan", "Courses met by the plan; other steps are still to do"
    return state, "Not met by this plan" if report.status == "not_met" else word


def _lacks(report: AuditReport) -> bool:
    return any(_lacks_courses(one) for one in report.requirements)


def _lacks_courses(one: RequirementResult) -> bool:
    if one.status != "not_met" or one.kind in ("task", "gpa"):
        return False
    if one.kind in ("all_of", "any_of"):
        return any(_lacks_courses(part) for part in one.parts)
    return True


def _ring(total: Fraction, earned: Fraction, now: Fraction, to_come: Fraction) -> Ring:
    done = min(earned, total)
    running = min(now, total - done)
    coming = min(to_come, total - done - running)
    return Ring(
        needed=_decimal(total),
        earned=_decimal(done),
        now=_decimal(running),
        now_from=_decimal(-done),
        planned=_decimal(coming),
        planned_from=_decimal(-done - running),
        text=exact(earned + now),
        needed_text=exact(total),
    )


def _decimal(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _requirement(one: RequirementResult, size: Fraction, outer: RequirementResult | None) -> RequirementView:
    state, word = VERDICTS[one.status]
    explain = [f"{why} ({who})" for _, who, why in _asked(one)]
    if one.status == "not_met":
        if not _lacks_courses(one):
            state, word = "plan", "To do"
        else:
            word = f"Short by {exact(one.missing)}" if one.missing else "Not met"
    for waiver in one.waivers:
        much = f"{exact(waiver.credits)} {one.unit} " if waiver.credits else ""
        explain.append(f"{much}waived by {waiver.by}: {waiver.reason}")
    if one.date:
        explain.append(str(one.date))
    counted = one.kind in ("credits", "courses", "total") and bool(one.need)
    has = one.earned + one.in_progress + one.planned
    figure = ""
    if counted or (one.need and one.kind in ("task", "gpa")):
        figure = f"{exact(min(has, one.need))} of {exact(one.need)}{'' if counted else ' ' + one.unit}".strip()
    same = outer is not None and (one.reference, one.verified) == (outer.reference, outer.verified)
    return RequirementView(
        name=one.name,
        figure=figure,
        cells=_cells(one, Fraction(1) if one.kind == "courses" else size) if counted else (),
        state=state,
        word=word,
        explain="; ".join(explain),
        courses=tuple(_use(use) for use in one.uses),
        remarks=tuple(text for text in (one.detail, one.note) if text),
        parts=tuple(_requirement(part, size, one) for part in one.parts if part.counted),
        sourced=not same,
        status="verified" if one.verified else "unverified",
        reference=one.reference,
    )


def _use(use: Use) -> str:
    """One course in a requirement, and by whose word."""
    words = [use.title, exact(use.credits)]
    if use.decided:
        words.append(f"accepted by {use.by}" if use.by else "accepted by a person")
    if use.pinned:
        words.append("placed here by a person")
    if use.asked:
        words.append("only if a person agrees")
    return ", ".join(words)


def _cells(one: RequirementResult, size: Fraction) -> tuple[str, ...]:
    """Classes of the cells: earned solid, in progress striped, planned empty, missing hatched, in doubt dotted."""
    size *= -(-one.need // (size * MOST_CELLS))
    left = one.need
    cells: list[str] = []
    amounts = {"got": one.earned, "now": one.in_progress, "to-come": one.planned, "ask": one.asked, "gap": left}
    for name, amount in amounts.items():
        shown = min(amount, left)
        left -= shown
        whole, part = divmod(shown / size, 1)
        cells += [name] * int(whole) + ([f"{name} h"] if part else [])
    return tuple(cells)
