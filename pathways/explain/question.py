"""A student's question put to the solver: facts that a person knows, and changes that a person could make.

The record is compiled once more with its limits in question: starts beyond a grade, a term, a pin, the date of
graduation are kept, each with the fact that it breaks. The solver's own parts (tiers, bounds, flows) never appear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from threading import Event

from catalogs.course import RIGOR
from catalogs.prerequisite import in_words
from pathways.choices import Wide, says
from pathways.compile import Compiled, compile_problem, load
from pathways.explain.corrections import cheapest_corrections
from pathways.explain.deletion import Core, minimal_conflict
from pathways.explain.marco import enumerate_conflicts
from pathways.explain.quickxplain import preferred_conflict
from pathways.explain.ways import COSTS, Way, in_one_sentence
from pathways.plan import Change, Correction, Fact, FactKind
from pathways.problem import PinItem, Problem
from pathways.solver import Facts
from pathways.student import Student
from requirements.describe import join_words
from requirements.figure import figure_text
from requirements.language import Program, walk
from requirements.normal import normalize
from requirements.record import subjects

SPECIAL = 4
"""A requirement that takes no more than one in so many of all courses asks for something special."""
UNLIMITED = 99
MANY = 24
"""Limits of more courses of one kind are told as one fact."""
ORDER: tuple[FactKind, ...] = ("requirement", "pin", "wish", "prerequisite", "grade", "term", "load")
"""Rules first, then courses, then room."""
ASKS: dict[FactKind, str] = {
    "prerequisite": "ask for others first",
    "grade": "are for other grades",
    "term": "are taught in other terms",
}
"""What limits of very many courses come to."""
FEW = 6
"""A further conflict of more facts explains nothing that the first does not."""
NAMED = 3
"""So many terms are named one by one."""
ENOUGH = 0.4
"""Deterministic effort after which no further correction is looked for."""
TRIED = 12
"""So many corrections are tried. One may fail: a permission is for single courses, a fact for all their versions."""
LIMITS: tuple[tuple[str, FactKind], ...] = (
    ("any_grade", "grade"),
    ("any_term", "term"),
    ("prerequisite", "prerequisite"),
)


class Question:
    """Whether programs can hold, with what is asked besides, for a student, and if not, why and what would help.

    Parameters
    ----------
    plain
        The student's own problem.
    programs
        Programs that must be met.
    asked
        A course that must be in the plan.
    aim
        The program that the question is about: to give it up is no help.
    """

    def __init__(
        self,
        plain: Compiled,
        programs: Sequence[Program],
        *,
        asked: str | None = None,
        aim: Program | None = None,
        stop: Event | None = None,
    ) -> None:
        self.plain, self.programs, self.asked, self.stop = plain, tuple(programs), asked, stop
        self.aim = aim
        self.catalog = plain.catalog
        self.known = subjects(self.catalog)
        self.in_question = self.special()
        self.wide = self.widen()
        self.facts: dict[str, Fact] = {}
        self.ways: dict[str, Way] = {}
        self.keys: dict[str, dict[str, int]] = {}  # what giving a fact up loosens, or making a change
        # In the order in which they are given up where there is a choice: what says least about the student first.
        self.list_terms()
        self.list_pins()
        self.list_wishes()
        self.list_programs()
        self.list_courses()

    # ---------------------------------------------------------------------------------------------------- answers

    def conflicts(self, most: int) -> Iterator[tuple[Fact, ...]]:
        """Smallest sets of facts that cannot hold together, each about other requirements; none where all hold.

        Raises
        ------
        pathways.solver.Open
        """
        oracle, kept = self.oracle(self.facts), list(self.facts)
        for number in range(most):
            # Room in terms has a part in many conflicts and explains few: first without it.
            core = oracle.core([name for name in kept if self.facts[name].kind != "load"])
            core = oracle.core(kept) if core is None else core
            if core is None or (number and len(core) > FEW):
                return
            parts = self.parts([name for name in kept if name in core])
            found = minimal_conflict(parts, partial(_joined, parts, oracle.core))
            assert found is not None
            yield _in_order(_crowd([self.facts[name] for name in parts[part]]) for part in found)
            rules = [name for name in found if self.facts[name].kind == "requirement"]
            if not rules:
                return
            kept = [name for name in kept if name not in rules]

    def parts(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Facts by what is given up together: each alone, but limits of very many courses of one kind as one.

        Where hardly any course is open, everything that keeps any other course closed has a part in the conflict. To
        read all of that helps nobody, and to find it takes a question for each.
        """
        found: dict[str, tuple[str, ...]] = {}
        for kind in ORDER:
            alike = tuple(name for name in names if self.facts[name].kind == kind)
            together = kind in ASKS and len(alike) > MANY
            found |= {alike[0]: alike} if together else {name: (name,) for name in alike}
        return {part: found[part] for part in names if part in found}

    def preferred(self) -> tuple[Fact, ...] | None:
        """The smallest set that says most to people: what courses ask for rather than room; None where all hold.

        Raises
        ------
        pathways.solver.Open
        """
        found = preferred_conflict(tuple(reversed(self.facts)), self.oracle(self.facts).core)
        return None if found is None else self.said(found)

    def every_conflict(self) -> Iterator[tuple[Fact, ...]]:
        """All smallest sets of facts that cannot hold together, one after the other.

        Raises
        ------
        pathways.solver.Open
        """
        for kind, names in enumerate_conflicts(tuple(self.facts), self.oracle(self.facts).core):
            if kind == "conflict":
                yield self.said(names)

    def said(self, names: Collection[str]) -> tuple[Fact, ...]:
        """Facts by name: rules first, then courses, then room."""
        facts = (fact for name, fact in self.facts.items() if name in names)
        return _in_order(facts)

    def oracle(self, names: dict[str, Fact] | dict[str, Way]) -> Facts:
        """The question with these facts (or changes) open."""
        return Facts(
            self.wide.problem, {name: self.keys[name] for name in names}, goals=len(self.programs), stop=self.stop
        )

    def corrections(self, count: int) -> Iterator[Correction]:
        """Changes that make it possible, cheapest first, each of other kinds.

        Each is verified by compiling and solving the changed record.

        Raises
        ------
        pathways.solver.Open
        """
        costs = {name: way.cost for name, way in self.ways.items()}
        found, oracle = 0, self.oracle(self.ways)
        for names, placed in islice(cheapest_corrections(oracle, costs, lambda name: self.ways[name].kind), TRIED):
            codes = {self.wide.courses[i].code for i, _ in placed}
            ways = sorted((self.ways[name] for name in names), key=lambda way: (way.cost, way.what))
            record = self.plain.student
            for way in ways:
                record = way.on(record, codes)
            if ways and self.holds(record, without={way.what for way in ways if way.kind == "goal"}):
                changes = tuple(Change(kind=w.kind, what=w.what, words=w.words, cost=w.cost) for w in ways)
                yield Correction(
                    words=in_one_sentence(ways),
                    cost=sum(w.cost for w in ways),
                    changes=changes,
                    record=record,
                )
                found += 1
            if found == count or (found and oracle.run.effort > ENOUGH):
                return

    def holds(self, record: Student, without: Collection[str]) -> bool:
        """Whether the programs, without those given up, can be met with another record."""
        programs = tuple(program for program in self.programs if program.id not in without)
        compiled = compile_problem(record, self.catalog, programs or self.compiled_for, self.plain.entries)
        return Facts(self.bare(compiled), {}, goals=len(programs), stop=self.stop).core(()) is None

    # ---------------------------------------------------------------------------------------------------- compiling

    def widen(self) -> Compiled:
        """The student's problem with summer terms, another year, and the limits of courses in question."""
        plain, student = self.plain, self.plain.student
        names = self.catalog.calendar.term_names
        longer = student.model_copy(
            update={
                "graduate": f"{plain.line.terms[-1].year + 1}-{names[-1]}",
                "summer": student.summer.model_copy(update={"allowed": True}),
            }
        )
        wide = Wide(
            last=len(plain.line.terms) - 1,
            summer=student.summer.allowed,
            left=plain.left,
            courses=self.in_question,
        )
        compiled = compile_problem(longer, self.catalog, self.compiled_for, plain.entries, wide=wide)
        return replace(compiled, problem=self.bare(compiled))

    @property
    def compiled_for(self) -> tuple[Program, ...]:
        """The programs compiled; a diploma is always among them."""
        return self.programs or self.plain.programs[:1]

    def bare(self, compiled: Compiled) -> Problem:
        """Nothing but what can or cannot hold: no likings, no points; what is asked for must be there."""
        problem = compiled.problem
        pins = problem.pins
        if self.asked is not None:
            columns = (
                (i, k) for i, c in enumerate(problem.candidates) if c.code == self.asked for k in range(len(c.starts))
            )
            pins = (*pins, PinItem(f"asked {self.asked}", tuple(columns)))
        musts = tuple(item for item in problem.grants if not item.weight)
        return replace(problem.bare(), pins=pins, wishes=(), aims=(), grants=musts)

    def special(self) -> frozenset[str]:
        """Courses whose own limits can matter: those that a requirement asks for by kind, and the one asked about."""
        found: set[str] = set()
        for program in self.programs:
            normal = normalize(program, [*self.known.values(), *(e.subject for e in self.plain.entries)])
            for leaf in normal.leaves:
                fitting = [code for code, subject in self.known.items() if leaf.match(subject) is True]
                if len(fitting) * SPECIAL <= len(self.known):
                    found.update(fitting)
        if self.asked is not None:
            from catalogs.graph import build_graph

            found |= {self.asked, *build_graph(self.catalog).needs(self.asked)}
        return frozenset(found)

    # ---------------------------------------------------------------------------------------------------- listing

    def fact(self, name: str, fact: Fact, keys: dict[str, int]) -> None:
        self.facts[name], self.keys[name] = fact, keys

    def way(self, way: Way, keys: dict[str, int]) -> None:
        name = f"{way.kind} {way.what}"
        self.ways[name], self.keys[name] = way, keys

    def list_programs(self) -> None:
        """What the programs ask for; goals may be given up."""
        for program, demand in zip(self.programs, self.wide.problem.demands, strict=False):
            references = {r.id: r for r in program.references}
            rules = dict(walk(program.requirements))
            keys = {tree.path: f"rule:{program.id}:{tree.path}" for tree in demand.trees}
            for path, key in keys.items():
                rule = rules[path]
                reference = references.get(rule.reference or program.reference or "")
                name = rule.name or rule.id.replace("-", " ")
                figure = figure_text(rule, program.unit)
                words = f"{program.name} asks for {name}" + (f" ({figure})" if figure else "")
                title = reference.title if reference else None
                self.fact(key, Fact(kind="requirement", what=path, words=words, reference=title), {key: 1})
            if program.id != self.plain.programs[0].id and program is not self.aim:
                way = Way("goal", program.id, f"give up the goal {program.name}", COSTS["goal"])
                self.way(way, dict.fromkeys(keys.values(), 1))

    def list_pins(self) -> None:
        """What people decided about single courses."""
        for pin in self.plain.student.pins:
            course = self.catalog.by_code[pin.course]
            name = f"{course.title} ({course.code})"
            words = f"{name} is ruled out" if pin.never else f"{name} is pinned to {says(pin)}"
            key = f"pin:{pin.course}"
            self.fact(
                key, Fact(kind="pin", what=pin.course, words=words + (f" by {pin.by}" if pin.by else "")), {key: 1}
            )
            self.way(Way("pin", pin.course, f"drop the pin of {name}", COSTS["pin"]), {key: 1})

    def list_wishes(self) -> None:
        """Wishes that must hold."""
        for number, asked in enumerate(self.wide.wishes, 1):
            if asked.wish.must:
                fact = Fact(kind="wish", what=asked.fact, words=f"it is decided that {asked.words}")
                self.fact(asked.fact, fact, {asked.fact: 1})
                way = Way("wish", str(number), f"drop the decision that {asked.words}", COSTS["wish"])
                self.way(way, {asked.fact: 1})

    def list_terms(self) -> None:
        """Room in every term; summer terms; the date of graduation."""
        student, calendar = self.plain.student, self.catalog.calendar
        line, last = self.wide.line, self.plain.line.terms[-1]
        final = line.index(last.text, what="graduation")
        room: dict[tuple[bool, int, int], list[str]] = {}  # terms of equal room are one fact
        for number, slot in enumerate(self.wide.problem.slots):
            index = self.wide.slot_terms[number]
            if slot.summer and not student.summer.allowed:
                way = Way("summer", slot.term, f"take courses in {slot.term}", COSTS["summer"])
                self.way(way, {f"summer:{slot.term}": 1})
            if index > final:
                cost = COSTS["later"] + index - final
                way = Way("later", slot.term, f"graduate in {slot.term}, not in {last.text}", cost)
                self.way(way, {f"later:{slot.term}": 1})
            elif not slot.summer or student.summer.allowed:
                room.setdefault((slot.summer, slot.most, slot.least), []).append(slot.term)
                if not slot.summer:
                    most = load(student, calendar, line.terms[index])[1] + 1
                    words = f"take one course more in {slot.term}, online or in an extra period"
                    self.way(
                        Way("extra_period", slot.term, words, COSTS["extra_period"], amount=most),
                        {f"load:{slot.term}": 1},
                    )
        for (_, most, least), terms in room.items():
            several = len(terms) > 1
            named = join_words(terms, "and") if len(terms) <= NAMED else f"each term from {terms[0]} to {terms[-1]}"
            words = f"{named} {'have' if several and len(terms) <= NAMED else 'has'} room for {most} more "
            words += "period" if most == 1 else "periods"
            words += f" and must hold {least}" if least else ""
            keys = {f"load:{term}": UNLIMITED for term in terms}
            self.fact(f"load:{terms[0]}", Fact(kind="load", what=named, words=words), keys)

    def list_courses(self) -> None:
        """What each course asks for, its versions together."""
        problem = self.wide.problem
        named = {fact for breach in problem.breaches for fact in breach.facts}
        lean = {problem.candidates[clause.course].code for clause in problem.clauses}
        groups: dict[str, list[str]] = defaultdict(list)
        for code in sorted(self.in_question):
            groups[self.catalog.credit_key(code)].append(code)
        for codes in groups.values():
            codes.sort(key=lambda code: RIGOR.get(self.catalog.by_code[code].level, 0))  # the usual one names them
        for key, codes in groups.items():
            for lifts, kind in LIMITS:
                able = [c for c in codes if (c in lean if lifts == "prerequisite" else f"{lifts}:{c}" in named)]
                if not able:
                    continue
                keys = {f"{lifts}:{code}": 1 for code in able}
                self.fact(f"{lifts}:{key}", Fact(kind=kind, what=able[0], words=self.limit(able, kind)), keys)
                change = "beside_prerequisite" if lifts == "prerequisite" else lifts
                way = Way(change, able[0], self.lifted(able[0], kind), COSTS[change], courses=tuple(able))
                self.way(way, {f"{'beside' if lifts == 'prerequisite' else lifts}:{code}": 1 for code in able})

    def limit(self, codes: list[str], kind: FactKind) -> str:
        """A limit of a course in words."""
        course = self.catalog.by_code[codes[0]]
        name = f"{course.title} ({', '.join(codes[:3])}{', …' if len(codes) > 3 else ''})"
        if kind == "grade":
            return f"{name} is for grade {join_words([str(g) for g in course.grades], 'or')}"
        if kind == "term":
            years = f"in {course.years} years only" if course.years else ""
            terms = f"in {join_words(course.offered, 'or')} only" if course.offered else ""
            return f"{name} is taught {join_words([w for w in (terms, years) if w], 'and') or 'within one school year'}"
        assert course.prerequisite is not None
        return f"{name} needs {in_words(course.prerequisite, self.title)} first"

    def lifted(self, code: str, kind: FactKind) -> str:
        """A permission in words."""
        course = self.catalog.by_code[code]
        name = f"{course.title} ({code})"
        if kind == "grade":
            return f"an approval to take {name} in another grade"
        if kind == "term":
            return f"{name} online or elsewhere, in a term in which it is not taught here"
        return f"an approval to take {name} beside its prerequisite, not after it"

    def title(self, code: str) -> str:
        course = self.catalog.get(code)
        return course.title if course else code


def _in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda fact: ORDER.index(fact.kind)))


def _joined(parts: Mapping[str, Sequence[str]], core: Core, names: Iterable[str]) -> frozenset[str] | None:
    """The oracle for facts that are given up together."""
    part_of = {name: part for part in names for name in parts[part]}
    found = core(tuple(part_of))
    return None if found is None else frozenset(part_of[name] for name in found)


def _crowd(facts: Sequence[Fact]) -> Fact:
    """Several facts of one kind as one."""
    if len(facts) == 1:
        return facts[0]
    some = "; ".join(fact.words for fact in facts[:NAMED])
    words = f"{len(facts)} courses {ASKS[facts[0].kind]}, such as: {some}"
    return Fact(kind=facts[0].kind, what=", ".join(fact.what for fact in facts), words=words)
