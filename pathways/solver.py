"""The one door to the solver: a `Problem` goes in, placements with proven tier values come out.

The model follows what was measured for this kind of problem: one Boolean per course and start, prefix-sum
prerequisites, balance as a soft cap, rows written straight into the proto, ``linearization_level=2``, no presolve,
no mixed-integer-rounding cuts, one worker (so the answer does not depend on the machine's cores).
``docs/performance.md`` has the figures. Credit flows from classes of courses into requirement leaves, so that where
a course counts is decided with when it is taken.

Tiers are solved in order, each proven before the next. First the best conceivable value of all goals and wishes is
tried at once: where it can be reached, that one solve proves every tier but the last. Else the tiers go one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from pathways.problem import Clause, Demand, Problem, Tree

if TYPE_CHECKING:
    from ortools.sat.python.cp_model_helper import CpModelProto, CpSolverResponse

INFINITY = 2**62
SEED = 2026


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop.

    Parameters
    ----------
    effort
        Deterministic effort of each solve (the solver's own unit, near a second on the machine that defined it).
        Equal on every machine.
    seconds
        Wall-clock limit of the whole, for servers; None for none. A plan cut off by it is reported as not proven.
    """

    effort: float = 60.0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: its value and the proven bound. Shortfalls and points are minimised, wishes maximised."""

    name: str
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        return self.value == self.bound


@dataclass(slots=True)
class Answer:
    """Placements ``(candidate, start position)`` with their proof; None where no plan holds pins and limits."""

    placed: tuple[tuple[int, int], ...] | None
    tiers: tuple[Tier, ...] = ()
    status: str = "OPTIMAL"
    solves: int = 0
    effort: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)


class Model:
    """The CP-SAT model of a problem, written row by row."""

    def __init__(self, problem: Problem, without: frozenset[str] = frozenset(), goals: int | None = None) -> None:
        from ortools.sat.python import cp_model_helper

        self.problem = problem
        self.without = without
        self.proto: CpModelProto = cp_model_helper.CpModelProto()
        self.size = 0
        self.x = [[self.var(1) for _ in c.starts] for c in problem.candidates]
        self.shortfalls: list[list[tuple[int, int]]] = []
        self.wanted: list[tuple[int, int]] = []
        self.points: list[tuple[int, int]] = []
        self.courses()
        self.loads()
        self.prerequisites()
        for demand in problem.demands[:goals]:
            self.demand(demand)
        self.pins()
        self.wishes()
        self.quality()
        if not self.size:
            self.var(0)  # nothing left to choose: an empty solution would read as none

    def var(self, high: int) -> int:
        self.proto.variables.add().domain.extend([0, high])
        self.size += 1
        return self.size - 1

    def row(self, terms: Iterable[tuple[int, int]], low: int | None, high: int | None) -> None:
        linear = self.proto.constraints.add().linear
        merged: dict[int, int] = {}
        for v, a in terms:
            merged[v] = merged.get(v, 0) + a
        linear.vars.extend(list(merged))
        linear.coeffs.extend(list(merged.values()))
        linear.domain.extend([-INFINITY if low is None else low, INFINITY if high is None else high])

    def courses(self) -> None:
        """A course is taken once, versions of one course count once, repeatable ones as often as they may."""
        p = self.problem
        members: dict[int, list[int]] = {}
        for i, c in enumerate(p.candidates):
            taken = self.x[i]
            if len(taken) > 1 and p.groups[c.group][0] == 1:
                # One variable for "taken at all": deciding that before deciding when closes the gap sooner.
                whole = self.var(1)
                self.row([*((v, 1) for v in taken), (whole, -1)], 0, 0)
                taken = [whole]
            members.setdefault(c.group, []).extend(taken)
        for group, variables in members.items():
            times, again = p.groups[group]
            if len(variables) > 1 and times == 1:
                self.proto.constraints.add().at_most_one.literals.extend(variables)
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
                        self.proto.constraints.add().at_most_one.literals.extend(running)
        for a, b in p.exclusions:
            if a == b:
                self.row([(v, 1) for v in self.x[a]], None, 0)
            else:
                for v in self.x[a]:
                    for w in self.x[b]:
                        self.proto.constraints.add().at_most_one.literals.extend([v, w])

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
            free = f"load:{slot.term}" in self.without
            self.row(terms, None if free else slot.least, None if free else slot.most)
            if not slot.summer and slot.even < slot.most:
                over = self.var(slot.most)
                self.row([*terms, (over, -1)], None, slot.even)
                self.points.append((over, slot.uneven))

    def prerequisites(self) -> None:
        """Prefix sums: starts up to a slot need an alternative finished before it (begun by it, if concurrent)."""
        p = self.problem
        for clause in p.clauses:
            course = p.candidates[clause.course]
            starts = [k for k, slot in enumerate(course.starts) if slot < clause.until]
            once = p.groups[course.group][0] == 1
            ready = [self.ready(clause, course.starts[k]) for k in starts]
            for n, k in enumerate(starts):
                if once and n + 1 < len(starts) and ready[n + 1] == ready[n]:
                    continue  # the next prefix is longer and may lean on no more
                own = self.x[clause.course][: k + 1] if once else [self.x[clause.course][k]]
                self.row([*((v, 1) for v in own), *((v, -1) for v in ready[n])], None, 0)

    def ready(self, clause: Clause, slot: int) -> list[int]:
        """Columns that, once taken, let the clause's course begin in a slot."""
        return [
            self.x[other][k]
            for other, together in clause.alternatives
            for k, span in enumerate(self.problem.candidates[other].spans)
            if (span[0] if together else span[-1] + 1) <= slot
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
            if f"rule:{demand.program}:{tree.path}" not in self.without:
                self.tree(demand, tree, None, into, held)

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
            if f"pin:{pin.what}" not in self.without:
                self.row([(self.x[i][k], 1) for i, k in pin.columns], 1, None)

    def wishes(self) -> None:
        for wish in self.problem.wishes:
            columns = [self.x[i][k] for i, k in wish.columns]
            if wish.weight < 0:
                self.wanted += [(v, wish.weight) for v in columns]
                continue
            got = self.var(1)
            self.row([(got, 1), *((v, -1) for v in columns)], None, 0)
            self.wanted.append((got, wish.weight))

    def quality(self) -> None:
        for i, c in enumerate(self.problem.candidates):
            self.points += [(self.x[i][k], cost) for k, cost in enumerate(c.costs) if cost]
        for spread in self.problem.spreads:
            missing = self.var(1)
            self.row([(missing, 1), *((self.x[i][k], 1) for i, k in spread.columns)], 1, None)
            self.points.append((missing, spread.cost))
        for half in self.problem.halves:
            alone = self.var(1)
            seconds = [(v, 1) for i in half.seconds for v in self.x[i]]
            self.row([(alone, 1), *seconds, *((v, -1) for v in self.x[half.first])], 0, None)
            self.points.append((alone, half.cost))
        for pause in self.problem.pauses:
            waits = self.var(1)
            for k, recent in pause.starts:
                self.row([(waits, 1), *((self.x[i][j], 1) for i, j in recent), (self.x[pause.course][k], -1)], 0, None)
            self.points.append((waits, pause.cost))

    def near(self) -> list[tuple[int, int]]:
        return [(self.x[i][k], -1) for i, k in self.problem.near]

    def minimise(self, terms: Sequence[tuple[int, int]]) -> None:
        self.proto.clear_objective()
        if terms:
            self.proto.objective.vars.extend([v for v, _ in terms])
            self.proto.objective.coeffs.extend([a for _, a in terms])

    def hint(self, values: Sequence[int]) -> None:
        """Start the next search from these values."""
        self.proto.clear_solution_hint()
        self.proto.solution_hint.vars.extend(range(len(values)))
        self.proto.solution_hint.values.extend(values)

    def bounds(self, variable: int, low: int, high: int) -> tuple[int, int]:
        """Set a variable's bounds; the old ones come back."""
        domain = self.proto.variables[variable].domain
        old = (domain[0], domain[len(domain) - 1])  # a negative index reads the wrong element
        domain.clear()
        domain.extend([low, high])
        return old


@dataclass(slots=True)
class _Run:
    """Solves of one problem: shares the time limit, the stop signal and the count of effort."""

    limits: Limits
    stop: Event | None
    began: float
    solves: int = 0
    effort: float = 0.0
    cut_short: bool = False

    def solve(self, model: Model) -> tuple[str, list[int], int, int]:
        """One solve: status, values, objective value and bound."""
        import time

        from ortools.sat.python import cp_model_helper

        solver = cp_model_helper.SolveWrapper()
        parameters = cp_model_helper.SatParameters()
        parameters.num_workers = 1
        parameters.random_seed = SEED
        parameters.linearization_level = 2
        parameters.cp_model_presolve = False
        parameters.add_mir_cuts = False
        parameters.add_lp_constraints_lazily = False
        parameters.use_sat_inprocessing = False
        # The solver's own handler for Ctrl-C aborts the process when a search runs in a thread.
        parameters.catch_sigint_signal = False
        parameters.max_deterministic_time = self.limits.effort
        if self.limits.seconds is not None:
            left = self.limits.seconds - (time.monotonic() - self.began)
            parameters.max_time_in_seconds = max(left, 0.01)
        solver.set_parameters(parameters)
        if self.stop is not None and self.stop.is_set():
            return "UNKNOWN", [], 0, 0
        watcher = _watch(self.stop, solver.stop_search) if self.stop is not None else None
        response: CpSolverResponse = solver.solve(model.proto)  # type: ignore[no-untyped-call]
        if watcher is not None:
            watcher()
        self.solves += 1
        self.effort += response.deterministic_time
        status = str(response.status).rsplit(".", 1)[-1]
        if status not in ("OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN"):
            raise RuntimeError(f"the solver refused the model: {status}")
        self.cut_short = self.cut_short or status == "FEASIBLE"
        values = list(response.solution) if status in ("OPTIMAL", "FEASIBLE") else []
        value = round(response.objective_value) if values else 0
        bound = _ceil(response.best_objective_bound) if values else 0
        return status, values, value, bound


def solve(problem: Problem, limits: Limits | None = None, stop: Event | None = None) -> Answer:
    """Solve a problem tier by tier.

    Parameters
    ----------
    limits
        Deterministic effort and, for servers, wall-clock time.
    stop
        Setting it ends the search; the best plan so far comes back, marked as not proven.
    """
    import time

    run = _Run(limits or Limits(), stop, time.monotonic())
    model = Model(problem)
    built = time.monotonic()
    objectives = [(f"goal:{d.program}", terms) for d, terms in zip(problem.demands, model.shortfalls, strict=True)]
    if objectives:
        objectives[0] = ("graduation", objectives[0][1])
    objectives.append(("wishes", [(v, -w) for v, w in model.wanted]))
    upper = len(objectives)
    objectives.append(("quality", model.points))
    if problem.near:
        objectives.append(("nearness", model.near()))
    answer = Answer(None)
    bounds: list[int | None] = [None] * len(objectives)
    best = _all_at_once(run, model, objectives, upper, bounds)
    for n, (_, terms) in enumerate(objectives):
        if bounds[n] is not None:
            continue
        if not terms:
            bounds[n] = 0
            continue
        model.minimise(terms)
        if best:
            model.hint(best)
        status, values, value, bound = run.solve(model)
        if status == "INFEASIBLE":
            answer.status = status
            break
        if not values:
            answer.status = "FEASIBLE" if best else "UNKNOWN"
            break
        best, bounds[n] = values, bound
        model.row(terms, None, value)
    if best and answer.status == "OPTIMAL" and run.cut_short:
        answer.status = "FEASIBLE"
    if best:
        answer.placed = tuple((i, k) for i, row in enumerate(model.x) for k, v in enumerate(row) if best[v])
        for (name, terms), proven in zip(objectives, bounds, strict=True):
            value = sum(a * best[v] for v, a in terms)
            low = proven if proven is not None else sum(min(a, 0) for _, a in terms)
            sign = -1 if name in ("wishes", "nearness") else 1
            answer.tiers += (Tier(name, sign * value, sign * low),)
    answer.solves, answer.effort = run.solves, run.effort
    done = time.monotonic()
    answer.seconds = {"model": built - run.began, "solve": done - built}
    return answer


def holds_together(problem: Problem, without: frozenset[str], stop: Event | None = None) -> bool | None:
    """Whether the diploma's rules, load limits and pins, less those of ``without``, can all hold; None if unproven.

    Facts are named ``rule:PROGRAM:PATH``, ``load:TERM`` and ``pin:COURSE``.
    """
    import time

    model = Model(problem, without, goals=1)
    for variable, _ in model.shortfalls[0] if model.shortfalls else ():
        model.bounds(variable, 0, 0)
    status, _, _, _ = _Run(Limits(effort=5.0), stop, time.monotonic()).solve(model)
    return None if status == "UNKNOWN" else status != "INFEASIBLE"


def _all_at_once(
    run: _Run,
    model: Model,
    objectives: list[tuple[str, list[tuple[int, int]]]],
    upper: int,
    bounds: list[int | None],
) -> list[int]:
    """Try every goal met and every wish granted: no plan can do better, so this one solve proves all tiers."""
    before = []
    for _, terms in objectives[:upper]:
        for variable, weight in terms:
            # Costs (missing credit, a refused course) at 0, gains (a granted wish) at 1.
            low, high = (1, 1) if weight < 0 else (0, 0)
            before.append((variable, model.bounds(variable, low, high)))
    model.minimise(model.points)
    _, values, value, bound = run.solve(model)
    for variable, (low, high) in reversed(before):
        model.bounds(variable, low, high)
    if not values:
        return []
    for n, (_, terms) in enumerate(objectives[:upper]):
        ideal = sum(min(a, 0) for _, a in terms)
        bounds[n] = ideal
        if terms:
            model.row(terms, None, ideal)
    bounds[upper] = bound
    model.row(model.points, None, value)
    return values


def _ceil(value: float) -> int:
    from math import ceil, isfinite

    return ceil(value - 1e-6) if isfinite(value) else -INFINITY


def _watch(stop: Event, act: Callable[[], None]) -> Callable[[], None]:
    """Call ``act`` when ``stop`` is set; returns what ends the watch."""
    from threading import Event as Flag
    from threading import Thread

    done = Flag()

    def wait() -> None:
        while not done.is_set():
            if stop.wait(0.05):
                act()
                return

    Thread(target=wait, daemon=True).start()
    return done.set
