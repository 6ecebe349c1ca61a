"""Plans and audits for people: grid, progress in each requirement, certificate, and what is missing and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from catalogs.exact import decimal_text
from pathways.cli.answers import print_conflict
from pathways.cli.goals import print_goal
from pathways.cli.grid import elsewhere, grid, legend
from pathways.cli.tables import bullets, hanging, heading, table

if TYPE_CHECKING:
    from pathways.alternatives import Alternatives
    from pathways.front import Front
    from pathways.plan import Plan
    from requirements.report import AuditReport, RequirementResult

_STATUS = {
    "met": ("✓", "green", "met"),
    "in_progress": ("▸", "yellow", "in progress"),
    "planned": ("·", "", "planned"),
    "ask": ("?", "magenta", "a person decides"),
    "to_do": ("○", "", "to do"),
    "not_met": ("✗", "red", "not met"),
}
_AMOUNTS = {
    "need": "need",
    "earned": "earned",
    "in_progress": "now",
    "planned": "planned",
    "asked": "asked",
    "missing": "missing",
}


def print_plan(plan: Plan, console: Console) -> None:
    """Everything that a plan says: grid, progress, certificate, what is missing and why."""
    print_head(plan, console)
    console.print(grid(plan, console))
    console.print(legend(plan))
    other = list(elsewhere(plan))
    if other:
        heading("Also on the record", console)
        for line in other:
            console.print(line)
    for report in plan.audit.programs:
        print_audit(report, console)
    print_missing(plan, console)
    if plan.robust is not None:
        heading("If a core course is failed", console)
        hanging(plan.robust.words, console)
    for goal in plan.goals:
        print_goal(goal, console)
    if plan.wishes:
        heading("Wishes", console)
        for wish in plan.wishes:
            hanging(f"{'✓' if wish.granted else '✗'} {wish.wish}: {wish.words}", console)
    assumed = dict.fromkeys(f"{p.title}: {words}" for p in plan.placements for words in p.assumptions)
    if assumed or plan.notes:
        heading("To confirm", console)
        bullets([*plan.notes, *assumed], console)
    print_certificate(plan, console)


def print_missing(plan: Plan, console: Console) -> None:
    """What is missing at the end, and why."""
    if plan.conflict is not None:
        console.print("\nWhy the diploma cannot be reached in time", style="bold red")
        print_conflict(plan.conflict, console)
    if plan.unmet:
        heading("Still missing at the end of the plan", console)
        bullets([f"{one.program}, {one.words}" for one in plan.unmet], console)


def print_head(plan: Plan, console: Console) -> None:
    """Who, where, and how it ends."""
    console.print(Text(plan.name, style="bold"), Text(f"({plan.student}), {plan.catalog_name}, {plan.edition}"))
    if plan.request.about:
        console.print(Text(plan.request.about, style="dim"))
    end = "the diploma is not reached in time"
    if plan.graduates:
        end = f"diploma complete in {plan.graduates}"
    elif plan.status == "feasible":
        end = "the search was cut short before it found a way to the diploma"
    console.print(_verdict(plan), Text(f"{end}\n"), sep=": ")


def _verdict(plan: Plan) -> Text:
    style = {"optimal": "bold green", "feasible": "bold yellow", "infeasible": "bold red"}[plan.status]
    text = Text(plan.status, style=style)
    return text.append(
        ", verified" if plan.verified else ", NOT VERIFIED", style="green" if plan.verified else "bold red"
    )


def print_certificate(plan: Plan, console: Console) -> None:
    """The tiers with their proof, and what the independent check found."""
    heading("Certificate", console)
    tiers = table(console, "tier", "#value", "#bound", "unit", "proof")
    for tier in plan.tiers:
        proven = tier.value == tier.bound
        sense = "lower" if tier.sense == "least" else "higher"
        words = "proven: no plan does better" if proven else f"open: {sense} may be possible"
        tiers.add_row(
            Text(tier.name),
            decimal_text(tier.value),
            decimal_text(tier.bound),
            Text(tier.unit),
            Text(words, "green" if proven else "yellow"),
        )
    console.print(tiers)
    proof = plan.certificate
    console.print(
        Text(f"{proof.solver}, seed {proof.seed}, {proof.solves} solves, {float(plan.seconds):.1f} s", style="dim")
    )
    if plan.verified:
        console.print(
            Text("Verified: replayed term by term by a checker that shares no code with the planner.", "green")
        )
    else:
        print_problems(plan.problems, console)


def print_problems(problems: Sequence[str], console: Console) -> None:
    """What a replay found wrong."""
    console.print("This plan does not hold:", style="bold red")
    bullets(problems, console)


def print_summary(plans: Iterable[Plan], console: Console) -> None:
    """One line for each plan."""
    heading("All plans", console)
    made = table(console, "student", "catalog", "status", "verified", "#seconds")
    for plan in plans:
        made.add_row(
            plan.student, plan.catalog, plan.status, "yes" if plan.verified else "NO", f"{float(plan.seconds):.1f}"
        )
    console.print(made)


def print_alternatives(found: Alternatives, console: Console) -> None:
    """Plans side by side in a line each, then what each alternative costs and gains."""
    print_head(found.first, console)
    made = table(console, "plan", "#differs", "#courses", "#credits", "#wishes", "#quality", "ends", "verified")
    plans = [("the best", "", found.first)]
    for number, one in enumerate(found.alternatives, 1):
        plans.append((f"{number}. {one.toward or 'different'}", decimal_text(one.apart), one.plan))
    for name, apart, plan in plans:
        tiers = {tier.name: decimal_text(tier.value) for tier in plan.tiers}
        credits = sum((place.credits for place in plan.placements), Fraction(0))
        figures = (str(len(plan.placements)), decimal_text(credits), tiers.get("wishes", ""), tiers.get("quality", ""))
        made.add_row(name, apart, *figures, plan.graduates or "", "yes" if plan.verified else "NO")
    console.print(made)
    for number, one in enumerate(found.alternatives, 1):
        heading(f"{number}. {one.toward or 'different'}", console)
        bullets(one.trade_offs or ["The same courses in other terms"], console)
        hanging(one.words, console, style="dim")
    if found.words:
        console.print()
    for words in found.words:
        hanging(words, console)


def print_front(found: Front, console: Console) -> None:
    """A line for each point."""
    console.print(Text(found.name, style="bold"), Text(f"({found.student}), {found.catalog_name}\n"))
    axes = (found.of, found.against)
    names = [f"#{axis.title} ({axis.unit}, {axis.sense} is best)" for axis in axes]
    made = table(console, *names, "", "proof", "verified")
    for point in found.points:
        made.add_row(
            decimal_text(point.of),
            decimal_text(point.against),
            "the best plan" if point.best else "",
            "proven" if point.proven else "open",
            "yes" if point.plan.verified else "NO",
        )
    if found.points:
        console.print(made)
    for point in found.points:
        if point.trade_offs and not point.best:
            heading(point.words, console)
            bullets(point.trade_offs, console)
    console.print()
    hanging(found.words, console)


def print_audit(report: AuditReport, console: Console) -> None:
    """Progress in every requirement of one program, and what a person must decide."""
    heading(f"{report.name}: {_outcome(report)}", console)
    shown = list(_shown(report.requirements, 0))
    columns = [name for name in _AMOUNTS if any(getattr(result, name) for result, _ in shown)]
    made = table(console, "", "requirement", *(f"#{_AMOUNTS[name]}" for name in columns))
    for result, depth in shown:
        mark, style, _ = _STATUS[_state(result)]
        name = result.name + (f" ({result.detail})" if result.detail else "") + ("" if result.verified else " *")
        amounts = (getattr(result, column) for column in columns)
        made.add_row(
            Text(mark, style=style),
            Padding(Text(name), (0, 0, 0, 2 * depth)),
            *(decimal_text(amount) if amount else "" for amount in amounts),
        )
    console.print(made)
    statuses = {_state(result) for result, _ in shown}
    legend = [f"{mark} {words}" for status, (mark, _, words) in _STATUS.items() if status in statuses]
    legend += [] if all(result.verified for result, _ in shown) else ["* not yet verified against its source"]
    hanging("  ".join(legend), console, style="dim")
    titles = {use.entry: use.title for result in _all(report.requirements) for use in result.uses}
    titles |= {one.entry: one.title for one in report.unused}
    for result, _ in shown:
        for ask in result.ask:
            about = f", about {', '.join(titles.get(entry, entry) for entry in ask.entries)}" if ask.entries else ""
            hanging(f"? {result.name}: {ask.why}{about} (asks the {ask.who})", console)
    for pin in report.pins:
        if not pin.obeyed:
            hanging(f"✗ {pin.course} cannot count for {pin.requirement}: {pin.words}", console)
    doubts = (f"in doubt: {doubt}" for doubt in report.doubts)
    bullets([*report.notes, *(f"assumed: {words}" for words in report.assumptions), *doubts], console)


def _outcome(report: AuditReport) -> str:
    states = [_state(result) for result in report.requirements]
    if "to_do" in states and "not_met" not in states:
        return f"no course is missing, {states.count('to_do')} to do besides"
    return _STATUS[report.status][2]


def _state(result: RequirementResult) -> str:
    """Its status; what is open and no course (a test, a form, hours) is still to do."""
    return "to_do" if result.status == "not_met" and _no_course(result) else result.status


def _no_course(result: RequirementResult) -> bool:
    parts = [part for part in result.parts if part.counted and part.status == "not_met"]
    return result.kind == "task" or (bool(parts) and not result.missing and all(map(_no_course, parts)))


def _all(results: Iterable[RequirementResult]) -> Iterator[RequirementResult]:
    for result in results:
        yield result
        yield from _all(result.parts)


def _shown(results: Iterable[RequirementResult], depth: int) -> Iterator[tuple[RequirementResult, int]]:
    """Requirements with their depth; of a choice, only what stands for it."""
    for result in results:
        if result.counted:
            yield result, depth
            yield from _shown(result.parts, depth + 1)
