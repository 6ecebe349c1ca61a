"""The CP-SAT model of a problem.

The model follows what was measured for this kind of problem: one Boolean per course and start, prefix-sum
prerequisites, balance as a soft cap. Credit flows from classes of courses into requirement leaves, so that where a
course counts is decided with when it is taken. Rows are kept as plain numbers: what is sent to the solver is only what
`rows` leaves of them.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pathways.problem import Clause, Demand, GrantItem, Pause, Problem, Tree
from pathways.solver.strengthen import strengthen

INFINITY = 2**62


@dataclass(frozen=True, slots=True)
class Leaning:
    """A course that begins at one of these starts leans on one of the columns, unless it ``waits``."""

    course: int
    starts: Sequence[int]
    columns: Sequence[tuple[int, int]]
    waits: int


class Model:
    """The integer model of a problem, written row by row: every row is linear, every variable an integer in bounds.

    Row ``r`` has the terms ``ends[r - 1]`` to ``ends[r]`` of ``columns`` and ``coefficients``; their sum lies between
    ``least[r]`` and ``most[r]``; no row is without terms. Variable ``v`` lies between ``lows[v]`` and ``highs[v]``.
    ``x[i][k]`` says that candidate ``i`` begins at its ``k``-th start; where it has several, ``whole[i]`` is the
    variable that says whether it is taken at all, and the row that makes it their sum. ``missing`` has the variable of
    each of the problem's spreads, and ``leanings`` what its pauses say.

    Parameters
    ----------
    facts
        Facts that may be given up, each with the most of it: periods of a term's load, else 1. Each gets a variable
        (``given_up``) that is 0 while the fact holds. Facts are named ``rule:PROGRAM:PATH``, ``load:TERM``,
        ``pin:COURSE``, ``prerequisite:COURSE`` (``beside:COURSE`` where its prerequisite may be taken in the same term,
        not before), ``wish:NUMBER``, and by the problem's breaches.
    goals
        So many programs only, the diploma first.
    """

    def __init__(
        self, problem: Problem, facts: Mapping[str, int] = MappingProxyType({}), goals: int | None = None
    ) -> None:
        self.problem = problem
        self.lows, self.highs = array("q"), array("q")
        self.columns, self.coefficients, self.ends = array("q"), array("q"), array("q")
        self.least, self.most = array("q"), array("q")
        self.objective: Sequence[tuple[int, int]] = ()
        self.hinted: Sequence[int] = ()
        self.whole: dict[int, tuple[int, int]] = {}
        self.nothing = self.var(0)  # always 0: the term of a row without any
        self.given_up = {fact: self.var(most) for fact, most in facts.items()}
        self.x = [[self.var(1) for _ in c.starts] for c in problem.candidates]
        self.shortfalls: list[list[tuple[int, int]]] = []
        self.wanted: list[tuple[int, int]] = []
        self.points: list[tuple[int, int]] = []
        self.aimed: list[list[tuple[int, int]]] = []
        self.missing: list[int] = []
        self.leanings: list[Leaning] = []
        self.courses()
        self.loads()
        self.prerequisites()
        for demand in problem.demands[:goals]:
            self.demand(demand)
        self.pins()
        self.breaches()
        self.aims()
        self.wishes()
        self.quality()
        if not facts:
            strengthen(self)

    @property
    def size(self) -> int:
        """How many variables there are."""
        return len(self.highs)

    def var(self, high: int) -> int:
        self.lows.append(0)
        self.highs.append(high)
        return len(self.highs) - 1

    def row(self, terms: Iterable[tuple[int, int]], low: int | None, high: int | None) -> None:
        merged: dict[int, int] = {}
        for v, a in terms:
            merged[v] = merged.get(v, 0) + a
        if 0 in merged.values() or not merged:
            merged = {v: a for v, a in merged.items() if a} or {self.nothing: 1}
        self.columns.extend(merged)
        self.coefficients.extend(merged.values())
        self.close(low, high)

    def at_most_one(self, variables: Sequence[int]) -> None:
        """Of different variables at most one is 1."""
        self.columns.extend(variables)
        self.coefficients.extend([1] * len(variables))
        self.close(None, 1)

    def close(self, low: int | None, high: int | None) -> None:
        self.ends.append(len(self.columns))
        self.least.append(-INFINITY if low is None else low)
        self.most.append(INFINITY if high is None else high)

    def unless(self, fact: str, weight: int) -> list[tuple[int, int]]:
        """The term that loosens a row where a fact is given up."""
        return [(self.given_up[fact], weight)] if fact in self.given_up else []

    def courses(self) -> None:
        """A course is taken once, versions of one course count once, repeatable ones as often as they may."""
        p = self.problem
        members: dict[int, list[int]] = {}
        for i, c in enumerate(p.candidates):
            taken = self.x[i]
            if len(taken) > 1 and p.groups[c.group][0] == 1:
                # One variable for "taken at all": deciding that before deciding when closes the gap sooner.
                whole = self.var(1)
                self.whole[i] = whole, len(self.ends)
                self.row([*((v, 1) for v in taken), (whole, -1)], 0, 0)
                taken = [whole]
            members.setdefault(c.group, []).extend(taken)
        for group, variables in members.items():
            times, again = p.groups[group]
            if len(variables) > 1 and times == 1:
                self.at_most_one(variables)
            elif times > 1:
                repeats = self.var(times - 1)
                self.row([*((v, 1) for v in variables), (repeats, -1)], None, 1)
                self.points.append((repeats, again))
        for i, c in enumerate(p.candidates):
            if p.groups[c.group][0] > 1:
                # Once more means after it ended, not beside it.
                for slot in range(len(p.slots)):
                    running = [self.x[i][k] for k, span in enumerate(c.spans) if slot in span]
                    if len(running) > 1:
                        self.at_most_one(running)
        for a, b in p.exclusions:
            if a == b:
                self.row([(v, 1) for v in self.x[a]], None, 0)
            else:
                for v in self.x[a]:
                    for w in self.x[b]:
                        self.at_most_one([v, w])

    def loads(self) -> None:
        """Periods of every term within its limits; what lies above the even load costs points."""
        inside: list[list[tuple[int, int]]] = [[] for _ in self.problem.slots]
        for i, c in enumerate(self.problem.candidates):
            for k, span in enumerate(c.spans):
                for position in span:
                    inside[position].append((self.x[i][k], c.periods))
        for slot, terms in zip(self.problem.slots, inside, strict=True):
            if not terms:
                continue
            loose = self.unless(f"load:{slot.term}", 1)
            if loose:
                self.row([*terms, *((v, slot.least) for v, _ in loose)], slot.least, None)
                self.row([*terms, *((v, -1) for v, _ in loose)], None, slot.most)
            else:
                self.row(terms, slot.least, slot.most)
            if not slot.summer and (slot.even < slot.most or loose):
                over = self.var(slot.most + sum(self.high(v) for v, _ in loose))
                self.row([*terms, (over, -1)], None, slot.even)
                self.points.append((over, slot.uneven))

    def prerequisites(self) -> None:
        """Prefix sums: starts up to a slot need an alternative finished before it (begun by it, if concurrent)."""
        p = self.problem
        for clause in p.clauses:
            course = p.candidates[clause.course]
            starts = [k for k, slot in enumerate(course.starts) if slot < clause.until]
            once = p.groups[course.group][0] == 1
            beside, loose = (self.unless(f"{fact}:{course.code}", -1) for fact in ("beside", "prerequisite"))
            ready = [self.ready(clause, course.starts[k]) for k in starts]
            for n, k in enumerate(starts):
                if once and n + 1 < len(starts) and ready[n + 1] == ready[n]:
                    continue  # the next prefix is longer and may lean on no more
                own = self.x[clause.course][: k + 1] if once else [self.x[clause.course][k]]
                self.row([*((v, 1) for v in own), *((v, -1) for v in ready[n]), *beside, *loose], None, 0)
                if beside:
                    # Given up so far only: in the same term at the latest.
                    begun = [(v, -1) for v in self.ready(clause, course.starts[k], beside=True)]
                    self.row([*((v, 1) for v in own), *begun, *loose], None, 0)

    def ready(self, clause: Clause, slot: int, *, beside: bool = False) -> list[int]:
        """Columns that, once taken, let the clause's course begin in a slot."""
        return [
            self.x[other][k]
            for other, together in clause.alternatives
            for k, span in enumerate(self.problem.candidates[other].spans)
            if (span[0] if together or beside else span[-1] + 1) <= slot
        ]

    def demand(self, demand: Demand) -> None:
        """Credit of each class flows into leaves; leaves, choices and totals of the program must be filled."""
        into: list[list[tuple[int, int]]] = [[] for _ in demand.leaves]
        held = [0] * len(demand.leaves)
        capped: list[list[int]] = [[] for _ in demand.limits]
        for supply in demand.supplies:
            most = supply.have + sum(a for _, _, a in supply.columns)
            terms = [(self.x[i][k], -a) for i, k, a in supply.columns]
            if len(supply.leaves) == 1 and not supply.limits:
                # Nowhere else to go: the courses themselves fill the leaf.
                leaf = supply.leaves[0]
                into[leaf] += [(v, -a) for v, a in terms]
                held[leaf] += supply.have
                continue
            flows = []
            for leaf in supply.leaves:
                flow = self.var(min(most, demand.leaves[leaf].need))
                flows.append((flow, 1))
                into[leaf].append((flow, 1))
                for j, inside in supply.limits:
                    if leaf in inside:
                        capped[j].append(flow)
            self.row([*flows, *terms], None, supply.have)
        for most, variables in zip(demand.limits, capped, strict=True):
            if variables:
                self.row([(v, 1) for v in variables], None, most)
        self.shortfalls.append([])
        for tree in demand.trees:
            first = len(self.shortfalls[-1])
            self.tree(demand, tree, None, into, held)
            for given_up, _ in self.unless(f"rule:{demand.program}:{tree.path}", 1):
                # Nothing may be missing while the rule holds.
                for short, _ in self.shortfalls[-1][first:]:
                    self.row([(short, 1), (given_up, -self.high(short))], None, 0)

    def tree(
        self, demand: Demand, tree: Tree, chosen: int | None, into: list[list[tuple[int, int]]], held: list[int]
    ) -> None:
        """Rows of one requirement; under ``chosen`` they bind only where that branch is chosen."""
        if tree.leaf is not None or tree.total is not None:
            if tree.leaf is not None:
                need = demand.leaves[tree.leaf].need - held[tree.leaf]
                terms = into[tree.leaf]
            else:
                need = (tree.total or 0) - tree.have
                terms = [(self.x[i][k], a) for i, k, a in tree.columns]
                under: list[list[tuple[int, int]]] = [[] for _ in tree.caps]
                for limits, have, columns in tree.capped:
                    counts = self.var(min(tree.caps[j] for j in limits))
                    self.row([(counts, 1), *((self.x[i][k], -a) for i, k, a in columns)], None, have)
                    terms.append((counts, 1))
                    for j in limits:
                        under[j].append((counts, 1))
                for most, counted in zip(tree.caps, under, strict=True):
                    self.row(counted, None, most)
            if need <= 0:
                return
            short = self.var(need)
            self.shortfalls[-1].append((short, 1))
            if chosen is None:
                self.row([*terms, (short, 1)], need, None)
            else:
                self.row([*terms, (short, 1), (chosen, -need)], 0, None)
            return
        if tree.least == len(tree.below):
            for below in tree.below:
                self.tree(demand, below, chosen, into, held)
            return
        picks = []
        for below in tree.below:
            pick = self.var(1)
            picks.append((pick, 1))
            if below.tasks:
                self.points.append((pick, self.problem.task_costs[below.courses] * below.tasks))
            self.tree(demand, below, pick, into, held)
        if chosen is None:
            self.row(picks, tree.least, None)
        else:
            self.row([*picks, (chosen, -tree.least)], 0, None)

    def pins(self) -> None:
        for pin in self.problem.pins:
            columns = [(self.x[i][k], 1) for i, k in pin.columns]
            self.row([*columns, *self.unless(f"pin:{pin.what}", 1)], 1, None)

    def breaches(self) -> None:
        """Columns that no one may use while the facts they break hold."""
        for breach in self.problem.breaches:
            loose = [term for fact in breach.facts for term in self.unless(fact, -1)]
            for i, k in breach.columns:
                self.row([(self.x[i][k], 1), *loose], None, 0)

    def aims(self) -> None:
        """Parts of goals that are filled, on one way to each goal."""
        for aim in self.problem.aims:
            gains: list[tuple[int, int]] = []
            ways = [(self.var(1), 1) for _ in aim.ways]
            self.row(ways, None, 1)
            for (way, _), item in zip(ways, aim.ways, strict=True):
                if item.have:
                    gains.append((way, -item.have))
                given: list[list[tuple[int, int]]] = [[] for _ in item.parts]
                for shared in item.shared:
                    flows = [(self.var(1), 1) for _ in shared.parts]
                    self.row([*flows, *((self.x[i][k], -1) for i, k in shared.columns)], None, shared.have)
                    for place, (flow, _) in zip(shared.parts, flows, strict=True):
                        given[place].append((flow, -1))
                for part, shares in zip(item.parts, given, strict=True):
                    filled = self.var(1)
                    gains.append((filled, -part.weight))
                    self.row([(filled, 1), (way, -1)], None, 0)
                    for columns in part.needs:
                        self.row([(filled, 1), *((self.x[i][k], -1) for i, k in columns), *shares], None, 0)
            self.aimed.append(gains)

    def wishes(self) -> None:
        for wish in self.problem.wishes:
            columns = [self.x[i][k] for i, k in wish.columns]
            if wish.weight < 0:
                self.wanted += [(v, wish.weight) for v in columns]
                continue
            got = self.var(1)
            self.row([(got, 1), *((v, -1) for v in columns)], None, 0)
            self.wanted.append((got, wish.weight))
        for item in self.problem.grants:
            self.grant(item)
        for peak in self.problem.peaks:
            top = self.var(max(have + sum(a for _, _, a in amounts) for have, amounts in peak.sums))
            for have, amounts in peak.sums:
                self.row([*((self.x[i][k], a) for i, k, a in amounts), (top, -1)], None, -have)
            self.points.append((top, peak.cost))

    def grant(self, item: GrantItem) -> None:
        """Rows that bind where a part of a wish is granted, or, where it must hold, unless its fact is given up."""
        off: list[tuple[int, int]]  # the variable that lifts the rows: at 1, or (with -1) at 0
        if item.weight:
            got = self.var(1)
            self.wanted.append((got, item.weight))
            off = [(got, -1)]
        else:
            off = self.unless(item.fact, 1)
        free = int(bool(item.weight))
        for one in item.sums:
            terms = [(self.x[i][k], a) for i, k, a in one.columns]
            if one.least > 0:
                self.row([*terms, *((v, sign * one.least) for v, sign in off)], one.least * (1 - free), None)
            if (over := one.upper - one.most) > 0:
                self.row([*terms, *((v, -sign * over) for v, sign in off)], None, one.most + over * free)
        for gap in item.gaps:
            ends = []
            for columns in (gap.before, gap.after):
                if columns is not None:
                    ends.append((end := self.var(1), 1))
                    for i, k in columns:
                        self.row([(self.x[i][k], 1), (end, -1)], None, 0)
            between = [(self.x[i][k], -1) for i, k in gap.between]
            self.row([*ends, *between, *((v, -sign) for v, sign in off)], None, len(ends) - 1 + free)
        if item.complete:
            for short, _ in self.shortfalls[0] if self.shortfalls else ():
                most = self.high(short)
                self.row([(short, 1), *((v, -sign * most) for v, sign in off)], None, most * free)

    def quality(self) -> None:
        for i, c in enumerate(self.problem.candidates):
            self.points += [(self.x[i][k], cost) for k, cost in enumerate(c.costs) if cost]
        for spread in self.problem.spreads:
            missing = self.var(1)
            self.row([(missing, 1), *((self.x[i][k], 1) for i, k in spread.columns)], 1, None)
            self.missing.append(missing)
            self.points.append((missing, spread.cost))
        for half in self.problem.halves:
            alone = self.var(1)
            seconds = [(v, 1) for i in half.seconds for v in self.x[i]]
            self.row([(alone, 1), *seconds, *((v, -1) for v in self.x[half.first])], 0, None)
            self.points.append((alone, half.cost))
        for pause in self.problem.pauses:
            self.pause(pause)

    def pause(self, pause: Pause) -> None:
        """Starts that lean on the same columns share a row, each with a variable of its own: a course begins once."""
        course = self.problem.candidates[pause.course]
        together: dict[object, list[int]] = {}
        once = self.problem.groups[course.group][0] == 1
        for k, recent in pause.starts:
            together.setdefault(recent if once else k, []).append(k)
        recent_of = dict(pause.starts)
        waits = None
        for starts in together.values():
            if waits is None or once:
                waits = self.var(1)
                self.points.append((waits, pause.cost))
            before = [(self.x[i][j], 1) for i, j in recent_of[starts[0]]]
            self.row([(waits, 1), *before, *((self.x[pause.course][k], -1) for k in starts)], 0, None)
            self.leanings.append(Leaning(pause.course, starts, recent_of[starts[0]], waits))

    def near(self) -> list[tuple[int, int]]:
        """Gains of staying near to the plan in force, as terms to minimise."""
        terms = []
        for near in self.problem.near:
            starts = Counter(i for i, _ in near.columns)
            taken = [i for i in starts if i in self.whole and starts[i] == len(self.x[i])]
            columns = [(self.x[i][k], -1) for i, k in near.columns if i not in taken]
            columns += [(self.whole[i][0], -1) for i in taken]
            if len(columns) == 1:
                terms += columns
                continue
            stays = self.var(near.most)
            self.row([(stays, 1), *columns], None, 0)
            terms.append((stays, -1))
        return terms

    def minimise(self, terms: Sequence[tuple[int, int]]) -> None:
        self.objective = terms

    def hint(self, values: Sequence[int]) -> None:
        """Start the next search from these values."""
        self.hinted = values

    def placed(self, values: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """The placements of a solution."""
        return tuple((i, k) for i, row in enumerate(self.x) for k, v in enumerate(row) if values[v])

    def high(self, variable: int) -> int:
        """A variable's upper bound."""
        return self.highs[variable]

    def bounds(self, variable: int, low: int, high: int) -> tuple[int, int]:
        """Set a variable's bounds; the old ones come back."""
        old = self.lows[variable], self.highs[variable]
        self.lows[variable], self.highs[variable] = low, high
        return old

    def narrow(self, low: Iterable[int], high: Iterable[int]) -> None:
        """Narrow the bounds of all variables: no solution that still counts lies outside of these."""
        self.lows = array("q", map(max, self.lows, low))
        self.highs = array("q", map(min, self.highs, high))
