"""What became of every course of a plan in force, and why: each reason is a fact of the new problem.

A course leaves its place because it may no longer be there (offering, record, pins, prerequisites), because the place
is full, or because keeping it there would cost graduation, a goal or a wish; the last is asked of the solver, by
solving once more with the course held in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from pydantic import Field

from catalogs import Catalog
from catalogs.prerequisite import AllOf, AnyOf, Need, Prerequisite
from pathways.compile import compile_problem, wanted
from pathways.plan import Placement, Plan
from pathways.planner import goal_programs
from pathways.problem import PinItem
from pathways.solver import Limits, solve
from pathways.student import PlacementInForce, TermText
from requirements.crediting import credit_entries
from requirements.language import Rule
from requirements.record import Entry, subject_of

Fate: TypeAlias = Literal["done", "failed", "kept", "moved", "replaced", "dropped", "added"]
"""done: begun or over; failed: over without credit; replaced: another version of the course stands for it."""

Old: TypeAlias = tuple[Placement, bool, PlacementInForce | None]
"""A placement of the plan in force, whether it was still to come, and what it is called on the new catalog."""

EFFORT = 5.0
"""Deterministic effort of one question to the solver."""


class Change(Rule):
    """What became of one course."""

    course: str
    title: str
    fate: Fate
    was: TermText | None = Field(default=None, description="its term in the plan in force")
    now: TermText | None = Field(default=None, description="its term in the new plan")
    instead: str | None = Field(default=None, description="the code that it has in the new plan, where that is another")
    why: str | None = Field(default=None, description="the reason, where the course does not stay as it was")


def changes(old: Plan, new: Plan, placements: Sequence[Old], catalog: Catalog) -> tuple[Change, ...]:
    """Everything that became of the courses of a plan in force, in its order, then what is new.

    Parameters
    ----------
    placements
        The old plan's placements.
    catalog
        The new plan's catalog.
    """
    why = _Reasons(old, new, catalog)
    left = list(new.placements)

    def take(*alike: object) -> Placement | None:
        """The first new placement with this code, or code and term, or credit group; it is used up."""
        for place in left:
            if alike in ((place.course, _start(place)), (place.course,), (None, catalog.credit_key(place.course))):
                left.remove(place)
                return place
        return None

    there = [(place, at) for place, to_come, at in placements if to_come]
    found: dict[int, tuple[Fate, Placement]] = {}
    # What stays is matched before what moves, so that a repeated course is not called moved twice.
    for n, (_, at) in enumerate(there):
        if at is not None and (same := take(at.course, at.term)):
            found[n] = ("kept", same)
    for n, (_, at) in enumerate(there):
        if at is not None and n not in found and (same := take(at.course)):
            found[n] = ("moved", same)
    for n, (_, at) in enumerate(there):
        if at is not None and n not in found and at.course in catalog.by_code:
            same = take(None, catalog.credit_key(at.course))
            if same:
                found[n] = ("replaced", same)
    lost = [place for n, (place, _) in enumerate(there) if n not in found]
    lost += [place for place, to_come, _ in placements if not to_come and why.failed(place)]
    told = [why.done(place) for place, to_come, _ in placements if not to_come]
    for n, (place, at) in enumerate(there):
        fate: Fate = found[n][0] if n in found else "dropped"
        same = found[n][1] if n in found else None
        told.append(
            Change(
                course=place.course,
                title=place.title,
                fate=fate,
                was=_start(place),
                now=_start(same) if same else None,
                instead=same.course if same and same.course != place.course else None,
                why=None if fate == "kept" else why.gone(place, at, same),
            )
        )
    told += [
        Change(course=place.course, title=place.title, fate="added", now=_start(place), why=why.added(place, lost))
        for place in left
    ]
    return tuple(told)


def _start(place: Placement) -> str:
    return f"{place.year}-{place.term}"


class _Reasons:
    """Reasons, from the new plan's problem and record."""

    def __init__(self, old: Plan, new: Plan, catalog: Catalog) -> None:
        self.old, self.new, self.catalog, self.student = old, new, catalog, new.request
        self.entries, _ = credit_entries(self.student.transcript, catalog, entering=self.student.entering)
        programs = goal_programs(self.student, catalog)
        self.compiled = compile_problem(self.student, catalog, programs, self.entries)
        self.names = {program.id: program.name for program in programs}
        scale = self.compiled.problem.scale
        self.units = {p.id: p.unit.year_course / scale for p in programs}
        self.units["graduation"] = programs[0].unit.year_course / scale
        self.at = {candidate.code: i for i, candidate in enumerate(self.compiled.problem.candidates)}
        self.missed = {e.subject.code or "": e for e in self.entries if e.stage == "earned" and not e.amount}
        self.taken = {(self.at[p.course], self.column(p.course, _start(p))) for p in new.placements}

    def column(self, code: str, term: str) -> int | None:
        """Position of the start of a course in a term."""
        i = self.at.get(code)
        starts = self.compiled.problem.candidates[i].starts if i is not None else ()
        return next((k for k, slot in enumerate(starts) if self.compiled.term(slot).text == term), None)

    def line(self, place: Placement) -> Entry | None:
        """What the record holds of a placement."""
        same = (e for e in self.entries if e.subject.code in (place.course, None) and e.year == place.year)
        return next(
            (e for e in same if e.term in (place.term, None) and (e.subject.code or e.title == place.title)), None
        )

    def failed(self, place: Placement) -> bool:
        line = self.line(place)
        return line is not None and not line.amount

    def done(self, place: Placement) -> Change:
        """A placement whose term has begun."""
        line, term = self.line(place), _start(place)
        said: dict[str, str | None] = {"course": place.course, "title": place.title, "was": term}
        if line is None:
            return Change.model_validate(
                {**said, "fate": "dropped", "why": f"{term} has begun, and the record does not hold it"}
            )
        fate = "done" if line.amount else "failed"
        mark = line.mark and f"{'passed' if line.amount else 'not passed'} ({line.mark})"
        return Change.model_validate({**said, "fate": fate, "why": mark})

    # -------------------------------------------------------------------------------------------- leaving a place

    def gone(self, place: Placement, at: PlacementInForce | None, now: Placement | None) -> str:
        """Why a course is not where it was."""
        if at is None:
            if self.old.catalog_name == self.catalog.name:
                return f"{self.catalog.name} does not offer it any more"
            return f"{self.catalog.name} has no course of its national code ({place.sced or 'it has none'})"
        if at.course != place.course and now is not None and _start(now) == at.term:
            return f"this is what {self.catalog.name} teaches under its national code"
        k = self.column(at.course, at.term)
        if k is None:
            return self.closed(at)
        column = (self.at[at.course], k)
        return self.unready(at) or self.full(column, at.course) or self.costly(column, at.term)

    def closed(self, at: PlacementInForce) -> str:
        """Why a course may not begin in a term at all."""
        line, student = self.compiled.line, self.student
        index = next((i for i, term in enumerate(line.terms) if term.text == at.term), None)
        course = self.catalog.by_code[at.course]
        off = [one.term for one in student.cancelled if one.course == course.code]
        if None in off:
            return "it is not offered any more"
        if at.term in off:
            return f"it is not offered in {at.term} after all"
        if index is None or index < line.first:
            return f"{at.term} cannot be planned any more"
        pin = next((one for one in student.pins if one.course == course.code), None)
        if pin is not None:
            return "a person ruled it out" if pin.never else "it is pinned elsewhere"
        have = next((e for e in self.entries if e.amount and self.same(e, course.code)), None)
        if have is not None:
            return f"{have.title} is on the record, and credit for it counts once"
        term = line.terms[index]
        if term.summer and not student.summer.allowed:
            return "the record allows no summer terms"
        if not line.fits(course, index):
            return f"{self.catalog.name} does not offer it in {at.term}"
        if term.grade not in course.grades and not term.summer:
            return f"it is not open to grade {term.grade}"
        return self.unready(at) or f"what it needs first cannot be done before {at.term}"

    def same(self, entry: Entry, code: str) -> bool:
        if entry.subject.code is None:
            return entry.subject.sced is not None and entry.subject.sced == self.catalog.by_code[code].sced
        return self.catalog.credit_key(entry.subject.code) == self.catalog.credit_key(code)

    def unready(self, at: PlacementInForce) -> str | None:
        """A prerequisite that the new plan does not fulfil by the old term; that of a course not passed comes first."""
        prerequisite = self.catalog.by_code[at.course].prerequisite
        index = next(i for i, term in enumerate(self.compiled.line.terms) if term.text == at.term)
        lacking = list(self.lacking(prerequisite, index)) if prerequisite else []
        said = [self.waits(needs, at.term) for needs in lacking]
        first = (n for n, needs in enumerate(lacking) if any(v in self.missed for v in self.meant(needs)))
        return said[next(first, 0)] if said else None

    def lacking(self, condition: Prerequisite, index: int) -> Iterator[tuple[Need, ...]]:
        """Courses that a condition still waits for by a term: one of each tuple would do."""
        if isinstance(condition, AllOf):
            for part in condition.parts:
                yield from self.lacking(part, index)
        elif isinstance(condition, AnyOf):
            ways = [list(self.lacking(part, index)) for part in condition.parts]
            if all(ways):
                yield tuple(need for way in ways for needs in way for need in needs)
        elif isinstance(condition, Need) and not self.there(condition, index):
            yield (condition,)

    def there(self, need: Need, index: int) -> bool:
        """Whether a course is on the record or in the new plan by a term."""
        codes = self.catalog.versions(need.code) if need.code in self.catalog.by_code else ()
        meets = self.catalog.grading.meets
        for entry in self.entries:
            ours = entry.amount and any(self.same(entry, code) for code in codes)
            low = need.minimum is not None and entry.mark is not None and meets(entry.mark, need.minimum) is False
            if ours and not low:
                return True
        order = {term.text: i for i, term in enumerate(self.compiled.line.terms)}
        return not codes or any(
            (order[_start(p)] <= index) if need.concurrent else (order[f"{p.year}-{p.terms[-1]}"] < index)
            for p in self.new.placements
            if p.course in codes
        )

    def meant(self, needs: Iterable[Need]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v for need in needs for v in self.catalog.versions(need.code)))

    def waits(self, needs: Sequence[Need], term: str) -> str:
        """What it needs first, and where that is now."""
        codes = self.meant(needs)
        later = next((p for p in self.new.placements if p.course in codes), None)
        missed = next((code for code in codes if code in self.missed), None)
        code = later.course if later else missed or codes[0]
        was = f"was not passed{_in_year(self.missed[missed])}" if missed else None
        comes = f"{'comes back' if missed == code else 'now comes'} in {_start(later)}" if later else None
        which = " and ".join(filter(None, (was, comes))) or f"is not in the plan before {term}"
        return f"it needs {self.catalog.by_code[code].title} first, which {which}"

    def full(self, column: tuple[int, int], code: str) -> str | None:
        """Who fills the old place in the new plan."""
        problem = self.compiled.problem
        candidate = problem.candidates[column[0]]
        before = {(place.course, place.term) for place in self.student.plan_in_force}
        for slot in candidate.spans[column[1]]:
            inside = [
                (i, k)
                for i, k in self.taken
                if k is not None and slot in problem.candidates[i].spans[k] and problem.candidates[i].code != code
            ]
            used = sum(problem.candidates[i].periods for i, _ in inside)
            if used + candidate.periods <= problem.slots[slot].most:
                continue
            came = [
                self.catalog.by_code[problem.candidates[i].code].title
                for i, k in sorted(inside)
                if (problem.candidates[i].code, self.compiled.term(problem.candidates[i].starts[k]).text) not in before
            ]
            room = f"{problem.slots[slot].term} has no room left"
            return f"to make room for {_listed(came)}: {room}" if came else room
        return None

    def costly(self, column: tuple[int, int], term: str) -> str:
        """What keeping it there would cost: the solver's answer to that very question."""
        problem = self.compiled.problem
        held = PinItem(problem.candidates[column[0]].code, (column,))
        answer = solve(replace(problem.bare(), pins=(*problem.pins, held)), Limits(effort=EFFORT))
        if answer.status == "INFEASIBLE":
            return f"pins and limits of load leave no plan that keeps it in {term}"
        tiers = {tier.name: tier for tier in answer.tiers}
        for tier in self.new.tiers:
            if tier.name not in tiers or tier.name in ("quality", "nearness"):
                continue
            bound = tiers[tier.name].bound
            unit = self.units.get(tier.name.removeprefix("goal:"), self.units["graduation"])
            worse = bound < tier.value if tier.name == "wishes" else bound * unit > tier.value
            if worse and tier.name == "graduation":
                return f"kept in {term}, the diploma could not be complete in time"
            if worse:
                goal = tier.name.removeprefix("goal:")
                name = "wishes" if goal == "wishes" else self.names[goal]
                return f"kept in {term}, it would cost {'a wish that counts' if name == 'wishes' else name}"
        return f"it could stay in {term} only if as much of the rest changed"

    # -------------------------------------------------------------------------------------------------- what is new

    def added(self, place: Placement, lost: Iterable[Placement]) -> str:
        """Why a course is there that the plan in force did not hold."""
        key = self.catalog.credit_key(place.course)
        again = next((e for code, e in self.missed.items() if code and self.catalog.credit_key(code) == key), None)
        if again is not None:
            return f"{again.title} was not passed{_in_year(again)} and comes back"
        if place.pinned and place.course not in {pin.course for pin in self.old.request.pins}:
            return "it is pinned now"
        subject = subject_of(self.catalog.by_code[place.course])
        if any(wanted(wish, subject) for wish in self.student.wishes if wish not in self.old.request.wishes):
            return "it is wished for now"
        own = {(c.program, c.requirement): c.name for c in place.counts_for}
        for other in lost:
            shared = next(
                (own[c.program, c.requirement] for c in other.counts_for if (c.program, c.requirement) in own), None
            )
            if shared:
                return f"it counts for {shared} in place of {other.title}"
        if place.opens:
            return f"it comes before {_listed(self.catalog.by_code[code].title for code in place.opens)}"
        if own:
            return f"it counts for {_listed(dict.fromkeys(own.values()))}"
        return (
            "no requirement asks for it; the plan is better with it, by its points of quality or the load of its term"
        )


def _in_year(entry: Entry) -> str:
    return f" in {entry.year}–{(entry.year + 1) % 100:02}" if entry.year is not None else ""


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
