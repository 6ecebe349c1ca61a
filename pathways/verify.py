"""Replay a plan term by term and check every claim in it, sharing nothing with compiler, model or planner.

The replay reads the catalog's courses and the student's record afresh, walks the terms in order and keeps what has
been earned by then. Which course counts where is checked against the rules themselves by `requirements.check`,
claim by claim.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from catalogs import Catalog, Course
from catalogs.prerequisite import GradeAtLeast, Need, Text, evaluate
from catalogs.prerequisite import Leaf as Condition
from pathways.aimed import reached, tier_names
from pathways.granted import Granted
from pathways.plan import Fallback, Placement, Plan
from pathways.student import Wish
from requirements import figure, reader, vocabulary
from requirements.audit import audit
from requirements.check import check
from requirements.crediting import credit_entries, planned_entry
from requirements.language import Program
from requirements.record import Entry, TranscriptLine, subject_of
from requirements.report import WORST, RequirementResult
from requirements.selector import Subject, matches

_CORE = ("english", "mathematics", "science", "social_studies")


def verify(plan: Plan, catalog: Catalog | None = None) -> tuple[str, ...]:
    """Everything that is wrong with a plan, in sentences; empty when it holds.

    Parameters
    ----------
    catalog
        The catalog the plan was made on; loaded by the plan's own request when left out.
    """
    if catalog is None:
        from catalogs import bundled

        catalog = bundled.load(plan.request.catalog)
    malformed = _form(plan, catalog)
    if malformed:
        return tuple(malformed)
    return (
        *_inputs(plan, catalog),
        *_Replay(plan, catalog).run(),
        *_audits(plan, catalog),
        *_claims(plan),
        *_outcome(plan, catalog),
        *_fallbacks(plan, catalog),
    )


def _form(plan: Plan, catalog: Catalog) -> list[str]:
    """Names that the rest of the check leans on: courses and terms exist."""
    summer = catalog.calendar.summer.name if catalog.calendar.summer else "Summer"
    names = (*catalog.calendar.term_names, summer)
    wrong = [f"{p.course} is no course of {catalog.name}" for p in plan.placements if p.course not in catalog.by_code]
    for place in plan.placements:
        for term in (place.term, *place.terms):
            if term not in names:
                wrong.append(f"{place.title} ({place.course}): the school has no term {term!r}")
        if not place.terms or place.terms[0] != place.term:
            wrong.append(f"{place.title} ({place.course}): its terms do not begin with the one it is placed in")
    for text in (plan.request.now, *plan.terms):
        year, _, term = text.partition("-")
        if not year.isdecimal() or term not in names:
            wrong.append(f"{text!r} is no term of the school")
    return wrong or ([] if plan.terms else ["the plan names no terms"])


def _inputs(plan: Plan, catalog: Catalog) -> list[str]:
    """The hashes name the inputs that are there now."""
    wrong = []
    if plan.inputs.catalog != catalog.content_hash:
        wrong.append(f"the plan was made on another edition of {catalog.name} (content hash differs)")
    if plan.inputs.student != plan.request.digest:
        wrong.append("the student's record inside the plan was changed after planning (hash differs)")
    if [report.program for report in plan.audit.programs] != list(plan.inputs.programs):
        wrong.append("the programs audited are not those whose rules the plan was made from")
    for program, known in plan.inputs.programs.items():
        if figure.rule_hash(rules(plan, program)) != known:
            wrong.append(f"the rules of {program} changed since the plan was made (hash differs)")
    return wrong


def rules(plan: Plan, program: str) -> Program:
    """A program of the plan by its id: from a rule file that the record's goals name, else a bundled one."""
    for goal in plan.request.goals:
        if goal.program is not None and goal.program != program:
            named = reader.load(goal.program)
            if named.id == program:
                return named
    return reader.load(program)


class _Replay:
    """Walks the placements in the order of time."""

    def __init__(self, plan: Plan, catalog: Catalog) -> None:
        self.plan, self.catalog, self.student = plan, catalog, plan.request
        names = catalog.calendar.term_names
        summer = catalog.calendar.summer.name if catalog.calendar.summer else "Summer"
        self.order = {name: i for i, name in enumerate((*names, summer))}
        self.summer = summer
        self.wrong: list[str] = []
        self.entries, _ = credit_entries(self.student.transcript, catalog, entering=self.student.entering)

    def run(self) -> list[str]:
        for place in self.plan.placements:
            course = self.catalog.by_code[place.course]
            self.placement(course, place)
            self.shown(course, place)
            self.prerequisite(course, place)
        self.record()
        self.loads()
        self.once()
        self.pins()
        self.window()
        return self.wrong

    def say(self, place: Placement, what: str) -> None:
        self.wrong.append(f"{place.title} ({place.course}) in {place.year}-{place.term}: {what}")

    def moment(self, year: int, term: str) -> int:
        """Terms since year 0, summers included."""
        return year * len(self.order) + self.order[term]

    def grade_in(self, year: int) -> int:
        now = int(self.student.now.split("-", 1)[0])
        grade = self.student.grade or min(max(9 + now - self.student.entering, 6), 13)
        return grade + year - now

    def placement(self, course: Course, place: Placement) -> None:
        """The course exists as placed: title, credit, length, term, school year, grade."""
        names = self.catalog.calendar.term_names
        assumed = bool(place.assumptions)
        printed = (course.title, course.subject, course.periods, course.level, course.sced)
        if (place.title, place.subject, place.periods, place.level, place.sced) != printed:
            self.say(place, "title, subject, periods, level or national code are not the catalog's")
        if any(
            c.course == place.course and c.term in (None, f"{place.year}-{place.term}") for c in self.student.cancelled
        ):
            self.say(place, "it is cancelled")
        if place.grade != self.grade_in(place.year):
            self.say(place, f"the student is in grade {self.grade_in(place.year)} then, not {place.grade}")
        again = any(e.subject.code == course.code and not e.amount for e in self.entries)
        grade = min(place.grade, self.catalog.grade_levels[-1])
        grades = {grade, grade + 1} if place.term == self.summer else {grade}
        lifted = {permission.lifts for permission in self.student.permissions if permission.course == course.code}
        older = grade > max(course.grades) and (again or any("is meant for grade" in a for a in place.assumptions))
        pinned = (p for p in self.student.pins if p.course == course.code)
        asked = any(p.term == f"{place.year}-{place.term}" or (p.by_grade or 13) < 9 for p in pinned)
        younger = grade < 9 and asked and any("is meant for grade" in a for a in place.assumptions)
        if not grades & set(course.grades) and not older and not younger and "any_grade" not in lifted:
            self.say(place, f"open to grades {', '.join(map(str, course.grades))}")
        any_term = "any_term" in lifted and place.term != self.summer
        if course.years and not any_term and (place.year % 2 == 1) != (course.years == "odd"):
            self.say(place, f"offered only in {course.years} years")
        if place.term == self.summer:
            if not self.student.summer.allowed:
                self.say(place, "the student takes no summer terms")
            if self.summer not in course.offered and not assumed:
                self.say(place, "not known to be taught in summer, and the plan does not say so")
            if place.terms != (self.summer,):
                self.say(place, "a summer course is done in that summer")
        else:
            first = names.index(place.term)
            if place.terms != names[first : first + course.terms] or len(place.terms) != course.terms:
                self.say(place, f"lasts {course.terms} terms of one school year")
            if course.offered and place.term not in course.offered and not any_term:
                self.say(place, f"offered in {', '.join(course.offered)} only")
        full = self.worth(course)
        if place.credits != full:
            self.say(place, f"earns {full} credits, not {place.credits}")

    def worth(self, course: Course) -> Fraction:
        """Credit that a course still earns beside the record."""
        same = self.catalog.credit_group(course.code)
        academic = (course.sced or "")[:2] in ("01", "02", "03", "04", "24")
        before = sum(
            (
                e.amount
                for e in self.entries
                if e.subject.code in same or (e.subject.code is None and academic and e.subject.sced == course.sced)
            ),
            Fraction(0),
        )
        held = before * self.catalog.year_credits if course.repeatable == 1 else Fraction(0)
        return max(course.credits - held, Fraction(0))

    def prerequisite(self, course: Course, place: Placement) -> None:
        """What must come before it does, in the record or in an earlier term of the plan."""
        if course.prerequisite is None:
            return
        start = self.moment(place.year, place.term)

        def holds(condition: Condition) -> bool | None:
            if isinstance(condition, GradeAtLeast):
                return place.grade >= condition.grade
            if isinstance(condition, Text):
                said = f"“{condition.text}”"
                return condition.text in self.student.approvals or (
                    None if any(said in a for a in place.assumptions) else False
                )
            beside = any(
                p.course == place.course and p.lifts == "beside_prerequisite" for p in self.student.permissions
            )
            return self.has(replace(condition, concurrent=condition.concurrent or beside), start, place)

        if evaluate(course.prerequisite, holds) is False:
            self.say(place, "its prerequisite is not fulfilled by then, nor named as an assumption")

    def has(self, need: Need, start: int, place: Placement) -> bool | None:
        if need.code not in self.catalog.by_code:
            return None if any(need.code in a for a in place.assumptions) else False
        versions = self.catalog.versions(need.code)
        for other in self.plan.placements:
            if other.course in versions and other.course != place.course:
                begun = self.moment(other.year, other.term)
                ended = self.moment(other.year, other.terms[-1])
                if (begun <= start) if need.concurrent else (ended < start):
                    return True
        for code in versions:
            course = self.catalog.by_code[code]
            lines = [e for e in self.entries if e.amount and self.is_of(e, course) and self.in_time(e, need, start)]
            whole = course.credits / self.catalog.year_credits
            begun = need.concurrent and any(e.stage == "in_progress" for e in lines)
            if lines and (begun or sum((e.amount for e in lines), Fraction(0)) >= whole):
                marks = [e.mark for e in lines if e.mark is not None] if need.minimum else []
                if not marks or any(self.catalog.grading.meets(m, need.minimum or "") is not False for m in marks):
                    return True
        return False

    def is_of(self, entry: Entry, course: Course) -> bool:
        """The line is of this course: its own code, or credit from elsewhere under its SCED code."""
        if entry.subject.code is not None:
            return entry.subject.code == course.code
        return entry.subject.sced is not None and entry.subject.sced == course.sced

    def in_time(self, entry: Entry, need: Need, start: int) -> bool:
        """Earned credit is there; a course in progress must end (or, if concurrent, have begun) before."""
        if entry.stage == "earned":
            return True
        year, term = self.student.now.split("-", 1)
        course = self.catalog.get(entry.subject.code or "")
        if need.concurrent or course is None:
            return start > self.moment(int(year), term)
        names = self.catalog.calendar.term_names
        if entry.year is not None and entry.term in self.order:
            # Who joins a year course late still finishes with the school year.
            last = min(self.order[entry.term] + course.terms, len(names)) - 1
            return entry.year * len(self.order) + last < start
        # Without its term, a course in progress ends no later than the school year, and not before the present term.
        ends = [i for i in range(len(names)) if i >= self.order[term] and i + 1 >= course.terms]
        return self.moment(int(year), names[ends[0]] if ends else names[-1]) < start

    def shown(self, course: Course, place: Placement) -> None:
        """Pin, wish and neighbours of the course are as shown."""
        pin = next((p for p in self.student.pins if p.course == place.course and not p.never), None)
        wished = any(
            _is_wished(wish, subject_of(course))
            for wish in self.student.wishes
            if (wish.course or wish.any_of) and (wish.at_most is None or wish.at_least)
        )
        if place.wished != wished:
            self.say(place, "whether it was wished for is not what the record says")
        if place.pinned != (pin is not None) or place.pinned_by != (pin.by if pin else None):
            self.say(place, "the pin shown is not the record's")
        others = {p.course for p in self.plan.placements} | {e.subject.code for e in self.entries}
        if not {*place.needs, *place.opens} <= others:
            self.say(place, "it leans on or opens a course that is not there")

    def record(self) -> None:
        """The record is shown as it is."""
        shown = [(r.course, r.title, r.credits, r.year, r.term, r.grade, r.mark, r.stage) for r in self.plan.record]
        real = [
            (
                e.subject.code,
                e.title,
                e.amount * self.catalog.year_credits,
                e.year,
                e.term,
                e.grade,
                e.mark,
                "none" if not e.amount else e.stage,
            )
            for e in self.entries
        ]
        if shown != real:
            self.wrong.append("the record shown differs from the student's transcript")
        request = self.student
        if (self.plan.student, self.plan.name) != (request.id, request.name):
            self.wrong.append("the plan bears another student's name")
        if (self.plan.catalog_name, self.plan.edition) != (self.catalog.name, self.catalog.edition):
            self.wrong.append("the plan bears another catalog's name")

    def busy(self) -> tuple[Counter[tuple[int, str]], bool]:
        """Periods that courses in progress fill, and whether the record says so for all of them."""
        used: Counter[tuple[int, str]] = Counter()
        names, sure = self.catalog.calendar.term_names, True
        for entry in self.entries:
            course = self.catalog.get(entry.subject.code or "")
            if entry.stage != "in_progress" or course is None:
                continue
            if entry.year is None or entry.term not in names:
                sure = False
                continue
            first = names.index(entry.term)
            for term in names[first : first + course.terms]:
                used[entry.year, term] += course.periods
        return used, sure

    def loads(self) -> None:
        """Periods of every term within its limits, courses in progress included; open periods as shown."""
        used, sure = self.busy()
        planned: set[tuple[int, str]] = set()
        for place in self.plan.placements:
            for term in place.terms:
                used[place.year, term] += place.periods
                planned.add((place.year, term))
        for year, term in planned:
            most = self.most(year, term)
            if used[year, term] > most:
                self.wrong.append(f"{year}-{term} holds {used[year, term]} periods, but {most} is the most")
            # A term without any course may have none to offer: that is not to be told here.
            least = min(self.fewest(year, term), most)
            if sure and used[year, term] < least:
                self.wrong.append(f"{year}-{term} holds {used[year, term]} periods, but {least} is the least")
        for text, free in self.plan.free.items():
            year_text, term = text.split("-", 1)
            year = int(year_text)
            if sure and free != max(self.most(year, term) - used[year, term], 0):
                self.wrong.append(f"{text} has {self.most(year, term) - used[year, term]} open periods, not {free}")

    def most(self, year: int, term: str) -> int:
        """Most periods of a term: said for it, else for the student, else by the calendar."""
        load, calendar = self.student.load, self.catalog.calendar
        if term == self.summer:
            return self.student.summer.max or (calendar.summer.max_courses if calendar.summer else 2)
        special = load.terms.get(f"{year}-{term}")
        if special is not None and special.max is not None:
            return special.max
        if self.grade_in(year) < 9:
            return load.middle_school
        return calendar.max_courses_per_term if load.max is None else load.max

    def fewest(self, year: int, term: str) -> int:
        """Fewest periods of a term; none in summer, and after the term in which the student wishes to have finished."""
        load, calendar = self.student.load, self.catalog.calendar
        done = [wish.finish_by.split("-", 1) for wish in self.student.wishes if wish.finish_by]
        if term == self.summer or any(self.moment(year, term) > self.moment(int(y), name) for y, name in done):
            return 0
        special = load.terms.get(f"{year}-{term}")
        if special is not None and special.min is not None:
            return special.min
        if self.grade_in(year) < 9:
            return 0
        return (calendar.min_courses_per_term or 0) if load.min is None else load.min

    def once(self) -> None:
        """Credit is earned once for every course, its versions included, and never where two exclude each other."""
        times: defaultdict[str, int] = defaultdict(int)
        for place in self.plan.placements:
            times[self.catalog.credit_key(place.course)] += 1
        for key, number in times.items():
            courses = [
                self.catalog.by_code[p.course] for p in self.plan.placements if self.catalog.credit_key(p.course) == key
            ]
            if number > max(c.repeatable for c in courses):
                self.wrong.append(
                    f"{courses[0].title} ({courses[0].code}) is planned {number} times, or in several versions"
                )
        taken = {p.course for p in self.plan.placements} | {e.subject.code for e in self.entries if e.amount}
        excludes = {
            code: self.catalog.by_code[code].tag_values("excludes")
            for code in taken
            if code and code in self.catalog.by_code
        }
        for place in self.plan.placements:
            for other, barred in excludes.items():
                if other != place.course and (other in excludes[place.course] or place.course in barred):
                    self.say(place, f"earns no credit beside {other}")

    def pins(self) -> None:
        """Every pin is kept, unless the plan itself says that no plan keeps them all."""
        if not self.plan.tiers:
            return
        done = {e.subject.code for e in self.entries if e.amount}
        for pin in self.student.pins:
            at = [p for p in self.plan.placements if p.course == pin.course]
            if pin.never and at:
                self.say(at[0], "a person ruled this course out")
            elif (
                pin.term is not None
                and not any(f"{p.year}-{p.term}" == pin.term for p in at)
                and pin.course not in done
            ):
                self.wrong.append(f"{pin.course} is pinned to {pin.term}, but not placed there")
            elif pin.by_grade is not None and not any(p.grade <= pin.by_grade for p in at) and pin.course not in done:
                self.wrong.append(f"{pin.course} is to be taken by grade {pin.by_grade}, but is not")

    def window(self) -> None:
        """Nothing is planned into the past or after graduation."""
        year, term = self.student.now.split("-", 1)
        first = self.moment(int(year), term) + any(line.in_progress for line in self.student.transcript)
        last_year, last_term = self.plan.terms[-1].split("-", 1)
        last = self.moment(int(last_year), last_term)
        if self.student.graduate and self.plan.terms[-1] != self.student.graduate:
            self.wrong.append(f"the plan ends in {self.plan.terms[-1]}, graduation is to be in {self.student.graduate}")
        moments = [self.moment(int(text.split("-", 1)[0]), text.split("-", 1)[1]) for text in self.plan.terms]
        if any(b - a != 1 for a, b in pairwise(moments)):
            self.wrong.append("the terms shown do not follow each other")
        for place in self.plan.placements:
            if self.moment(place.year, place.term) < first:
                self.say(place, "this term is over, or under way")
            if self.moment(place.year, place.terms[-1]) > last:
                self.say(place, "this ends after graduation")


def _audits(plan: Plan, catalog: Catalog) -> list[str]:
    """Every audit in the plan holds for the record and the placements, by the rules themselves."""
    entries = list(credit_entries(plan.request.transcript, catalog, entering=plan.request.entering)[0])
    for place in plan.placements:
        course = catalog.get(place.course)
        if course is None or place.term not in (*catalog.calendar.term_names, *place.terms):
            return []
        entry = planned_entry(course, catalog, year=place.year, term=place.term, grade=place.grade)
        amount = place.credits / catalog.year_credits
        entries.append(replace(entry, amount=amount))
    wrong = []
    for report in plan.audit.programs:
        for sentence in check(
            rules(plan, report.program),
            entries,
            report,
            plan.request.decisions,
            plan.request.achievements,
            catalog.grading,
        ):
            wrong.append(f"audit of {report.program}: {sentence}")
    return wrong


def _claims(plan: Plan) -> list[str]:
    """Status, tiers and what is called missing agree with the audits."""
    wrong = []
    first = plan.audit.programs[0] if plan.audit.programs else None
    short = [r.name for r in (first.requirements if first else ()) if r.status == "not_met" and _misses_courses(r)]
    unmet = {u.program for u in plan.unmet}
    if plan.status == "optimal" and first is not None and first.program in unmet:
        wrong.append("the plan is called optimal and complete, but the diploma's audit lists what is missing")
    if plan.status == "optimal" and any(t.value != t.bound for t in plan.tiers):
        wrong.append("the plan is called optimal, but a tier's value differs from its bound")
    if short and first is not None and first.program not in unmet:
        wrong.append(f"the audit is short in {', '.join(short)}, but the plan does not say so")
    uses = Counter(
        (report.program, result.path, use.entry.split("@", 1)[0], use.credits)
        for report in plan.audit.programs
        for result in _results(report.requirements)
        for use in result.uses
        if use.stage == "planned" and not use.asked
    )
    shown = Counter((c.program, c.requirement, p.course, c.credits) for p in plan.placements for c in p.counts_for)
    if uses != shown:
        wrong.append("what the courses are said to count for differs from the audits")
    worst = max((report.status for report in plan.audit.programs), key=WORST.index, default="not_met")
    if plan.audit.status != worst:
        wrong.append(f"the audits together are called {plan.audit.status}, the worst of them is {worst}")
    return wrong


def _misses_courses(result: RequirementResult) -> bool:
    """Whether courses are missing for a requirement, and not only what is no course."""
    if result.kind == "any_of":
        needed = sum(part.counted for part in result.parts)
        return sum(not _misses_courses(part) for part in result.parts) < needed
    if result.kind == "all_of":
        return any(map(_misses_courses, result.parts))
    return result.kind not in ("task", "gpa") and result.missing > 0


def _outcome(plan: Plan, catalog: Catalog) -> list[str]:
    """Tiers, status, wishes and the term of graduation, told anew from placements and transcript."""
    wrong = []
    goals = [report.program for report in plan.audit.programs]
    programs = ["graduation", *(f"goal:{goal}" for goal in goals[1:])]
    names = [*tier_names(plan, catalog), "wishes", "quality"]
    tiers = {tier.name: tier for tier in plan.tiers}
    if "nearness" in tiers:
        names.insert(-1 if plan.request.nearness == "before_quality" else len(names), "nearness")
        points = _nearness(plan, catalog)
        # A search cut short may claim less than is there, never more.
        if tiers["nearness"].value > points or (plan.status == "optimal" and tiers["nearness"].value < points):
            wrong.append(f"staying near to the plan in force is worth {points}, not {tiers['nearness'].value}")
    if plan.tiers and list(tiers) != names:
        wrong.append(f"the tiers are not {', '.join(names)}")
    if not plan.tiers and (plan.placements or plan.status == "optimal"):
        wrong.append("the plan shows no tiers")
    if plan.certificate.proven != (bool(plan.tiers) and all(t.value == t.bound for t in plan.tiers)):
        wrong.append("the certificate says of the proof what the tiers do not")
    unmet = {u.program for u in plan.unmet}
    # Credit that only a person can accept is neither surely there nor surely missing.
    asked = {r.program for r in plan.audit.programs if any(one.status == "ask" for one in _results(r.requirements))}
    for goal, name in zip(goals, programs, strict=True):
        told = {True} if goal in unmet else {True, False} if goal in asked else {False}
        if name in tiers and (tiers[name].value > 0) not in told:
            wrong.append(f"the tier {name} and the list of what is missing disagree")
    graduation = tiers.get("graduation")
    # Only a bound above zero proves that the diploma is out of reach; a value alone may be a search cut short.
    if graduation is not None and (plan.status == "infeasible") != (graduation.bound > 0):
        wrong.append(f"the plan is called {plan.status}, but its graduation tier says otherwise")
    if (plan.graduates is None) != (graduation is None or graduation.value > 0):
        wrong.append("whether the diploma is complete, and when, disagree")

    wrong += reached(plan, catalog)
    placed = [subject_of(catalog.by_code[p.course]) for p in plan.placements]
    entries, _ = credit_entries(plan.request.transcript, catalog, entering=plan.request.entering)
    earned = [e.subject for e in entries if e.amount and e.subject.code in catalog.by_code]
    shapes = Granted(plan, catalog, entries)
    granted, there, worth = [], [], 0
    for number, wish in enumerate(plan.request.wishes, 1):
        if wish.plain:
            granted.append(any(_is_wished(wish, one) for one in placed))
            there.append(granted[-1] or any(_is_wished(wish, one) for one in earned))
            worth += wish.weight * granted[-1]
            continue
        parts = shapes.parts(wish)
        there.append(bool(parts) and all(parts))
        if wish.must and plan.tiers and not all(parts):
            wrong.append(f"the record decides on wish number {number}, but the plan does not hold it")
        elif not wish.must and wish.even is None:
            worth += wish.weight * sum(parts)
    worth -= sum(w.weight for w in plan.request.refusals for one in placed if _is_wished(w, one))
    if "wishes" in tiers and tiers["wishes"].value != worth:
        wrong.append(f"the wishes that come true are worth {worth}, not {tiers['wishes'].value}")
    if [wish.granted for wish in plan.wishes] != there:
        wrong.append("which wishes come true is not what the plan holds")

    order = {term: i for i, term in enumerate(plan.terms)}
    ends = [order.get(f"{p.year}-{p.terms[-1]}", -1) for p in plan.placements]
    if plan.graduates is not None and ends and order.get(plan.graduates) != max(ends):
        wrong.append(f"the last course ends in {plan.terms[max(ends)]}, the plan says {plan.graduates}")
    return wrong


def _fallbacks(plan: Plan, catalog: Catalog) -> list[str]:
    """A plan called robust has, for each of its core courses, a fallback that holds and still reaches the diploma."""
    if plan.robust is None or plan.robust.survives is None:
        return [] if (plan.robust is None) == (plan.request.robust is None) else ["nothing is said of failures"]
    if not plan.robust.survives:
        return ["fallbacks of a plan that survives nothing"] if plan.robust.fallbacks else []
    known = {(f.course, f.term): f for f in plan.robust.fallbacks}
    codes = frozenset().union(*(vocabulary.subject(area).codes for area in _CORE))
    wrong = []
    for place in plan.placements:
        if place.sced is None or place.sced not in codes:
            continue
        fallback = known.get((place.course, f"{place.year}-{place.term}"))
        what = f"if {place.title} ({place.course}) is failed in {place.year}-{place.term}"
        if fallback is None:
            wrong.append(f"{what}, no fallback is given")
        else:
            wrong += [f"{what}: {said}" for said in _fallback(plan, catalog, place, fallback)]
    return wrong


def _fallback(plan: Plan, catalog: Catalog, failed: Placement, fallback: Fallback) -> list[str]:
    """Replay a fallback: what has begun stays, the failed attempt fills its periods and earns nothing."""
    attempt = TranscriptLine(
        course=failed.course, year=failed.year, term=failed.term, grade=failed.grade, credits=failed.credits, mark="F"
    )
    request = plan.request.model_copy(update={"transcript": (*plan.request.transcript, attempt)})
    replay = _Replay(plan.model_copy(update={"request": request, "free": {}}), catalog)
    places = []
    for one in fallback.placements:
        course, year, _, term = catalog.get(one.course), *one.term.partition("-")
        if course is None or not year.isdecimal() or term not in replay.order:
            return [f"there is no {one.course} in {one.term}"]
        names = (*catalog.calendar.term_names, replay.summer)
        first = names.index(term)
        places.append(
            Placement(
                course=course.code,
                title=course.title,
                subject=course.subject,
                credits=replay.worth(course),
                year=int(year),
                term=term,
                grade=replay.grade_in(int(year)),
                terms=names[first : first + (1 if term == replay.summer else course.terms)],
                periods=course.periods,
                level=course.level,
                sced=course.sced,
                assumptions=one.assumptions,
            )
        )
    over = replay.moment(failed.year, failed.terms[-1])

    def begun(placements: Sequence[Placement]) -> Counter[tuple[str, int, str]]:
        return Counter((p.course, p.year, p.term) for p in placements if replay.moment(p.year, p.term) <= over)

    if begun(places) + Counter([(failed.course, failed.year, failed.term)]) != begun(plan.placements):
        replay.wrong.append("what has begun by then is not what was planned")
    replay.plan = replay.plan.model_copy(update={"placements": (*places, failed)})
    replay.loads()
    replay.plan = replay.plan.model_copy(update={"placements": tuple(places)})
    for place in places:
        if replay.moment(place.year, place.term) > over:
            replay.placement(catalog.by_code[place.course], place)
            replay.prerequisite(catalog.by_code[place.course], place)
    replay.once()
    replay.window()
    replay.student = request.model_copy(update={"pins": tuple(p for p in request.pins if p.course != failed.course)})
    replay.pins()
    if replay.wrong:
        return replay.wrong
    entries = list(replay.entries)
    for place in places:
        entry = planned_entry(catalog.by_code[place.course], catalog, place.year, place.term, place.grade)
        entries.append(replace(entry, amount=place.credits / catalog.year_credits))
    report = audit(
        rules(plan, plan.audit.programs[0].program),
        entries,
        decisions=request.decisions,
        achievements=request.achievements,
        grading=catalog.grading,
        sparing=True,
    )
    short = any(one.status == "not_met" and _misses_courses(one) for one in report.requirements)
    return ["the diploma is not complete in time"] if short else []


def _nearness(plan: Plan, catalog: Catalog) -> int:
    """A point for each course in force that stays in some version, one more as itself, one more in its term."""
    force = plan.request.plan_in_force
    kept = 0
    for key in (lambda code, _: catalog.credit_key(code), lambda code, _: code, lambda code, term: (code, term)):
        before = Counter(key(one.course, one.term) for one in force)
        after = Counter(key(p.course, f"{p.year}-{p.term}") for p in plan.placements)
        kept += (before & after).total()
    return kept


def _is_wished(wish: Wish, subject: Subject) -> bool:
    if wish.any_of is not None:
        return matches(wish.any_of, subject) is True
    return wish.course == subject.code


def _results(results: Sequence[RequirementResult]) -> Iterator[RequirementResult]:
    for result in results:
        yield result
        yield from _results(result.parts)
