"""The command `pathways explore`: what a plan leads to, what a course serves, and what changing one's mind costs."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from pathways.cli.shell import FAILS, HOLDS, UNVERIFIED, Json, StudentArgument, at_work, comma, emit, screen

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from catalogs import Catalog
    from pathways.explore import CourseServes, Exploration, Switch
    from pathways.plan import Plan
    from pathways.student import Student


def explore(
    student: StudentArgument,
    course: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Which careers does this course of the school serve?", show_default=False),
    ] = None,
    switch: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="FROM TO",
            help="Plan toward one goal and toward the other, and show both side by side; goals as for plan --goal.",
            show_default=False,
        ),
    ] = None,
    first: Annotated[
        str | None,
        typer.Option(
            metavar="GOAL",
            help="Plan as the record is, and with this goal before all others, and show both side by side.",
            show_default=False,
        ),
    ] = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(metavar="GOAL", help="Aim at this as well, as with plan --goal.", show_default=False),
    ] = None,
    in_grade: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=7, max=12, help="With --switch: change one's mind when grade N begins.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Tell what a student's plan leads to; no verdict on anyone."""
    from catalogs import InputError
    from pathways.files import find_student, naming

    if sum(map(bool, (course, switch, first))) > 1:
        raise InputError("there are several questions", mend="Give one of --course, --switch and --first")
    if in_grade is not None and switch is None:
        raise InputError("--in-grade is about a switch", mend="Give --switch FROM TO as well")
    record, folder = find_student(student)

    def work(stop: Event) -> Exploration | CourseServes | Switch:
        from pathways import explore as answers
        from pathways.planner import load_catalog, plan
        from pathways.targets import read_goal

        catalog = load_catalog(record, folder)
        if course:
            return answers.serves(course, catalog)
        aiming = record.model_copy(update={"goals": (*record.goals, *(read_goal(one, catalog) for one in goal or ()))})

        def make(one: Student) -> Plan:
            return plan(one, catalog, stop=stop)

        if first is not None:
            return answers.first(aiming, catalog, read_goal(first, catalog), make)
        if switch is None:
            return answers.fields(make(aiming), catalog)
        before, after = (read_goal(text, catalog) for text in switch)
        return answers.switch(aiming, catalog, before, after, make, in_grade=in_grade)

    with naming(student):
        found = at_work(f"exploring for {record.id}", work)
    if json:
        emit(found)
    else:
        _print(found, screen())
    from pathways.explore import Switch

    plans = (found.before, found.after) if isinstance(found, Switch) else ()
    if not all(plan.verified for plan in plans):
        return UNVERIFIED
    return FAILS if any(plan.status == "infeasible" for plan in plans) else HOLDS


def _print(found: Exploration | CourseServes | Switch, console: Console) -> None:
    from pathways.explore import CourseServes, Exploration

    if isinstance(found, Exploration):
        _print_fields(found, console)
    elif isinstance(found, CourseServes):
        _print_course(found, console)
    else:
        _print_switch(found, console)


def _print_fields(found: Exploration, console: Console) -> None:
    from rich.text import Text

    from pathways.cli.tables import hanging, table

    made = table(console, "field", "#share", "by way of", "occupations of it that come nearest", "missing most")
    for one in found.fields:
        nearest = comma(f"{line.name} {float(line.share):.0%}" for line in one.occupations)
        made.add_row(
            Text(one.name), f"{float(one.share):.0%}", Text(one.by), Text(nearest), Text("; ".join(one.missing))
        )
    console.print(made)
    hanging(found.note, console, "dim")


def _print_course(found: CourseServes, console: Console) -> None:
    from rich.text import Text

    from pathways.cli.tables import hanging, table

    console.print(Text(f"{found.title} ({found.course})", style="bold"))
    made = table(console, "id", "occupation", "field", "#worth", "why")
    for one in found.serves:
        made.add_row(one.id, Text(one.name), Text(one.field), f"{one.value / 1000:.3f}", Text(one.why))
    console.print(made if found.serves else "O*NET rates no field of knowledge that stands for it.")
    hanging(found.note, console, "dim")


def _print_switch(found: Switch, console: Console) -> None:

    from pathways.cli.grid import grid
    from pathways.cli.plans import print_head
    from pathways.cli.tables import bullets, hanging, heading

    for name, plan in (("Before", found.before), ("After", found.after)):
        console.rule(name, align="left")
        print_head(plan, console)
        console.print(grid(plan, console))
    heading("The difference", console)
    hanging(found.words, console)
    bullets([f"only before: {one}" for one in found.only_before], console)
    bullets([f"only after: {one}" for one in found.only_after], console)
    console.print(_shares(found, console))


def _shares(found: Switch, console: Console, before: str = "before", after: str = "after") -> Table:
    """How far each of two plans goes."""
    from rich.text import Text

    from catalogs.exact import decimal_text
    from pathways.cli.tables import table
    from pathways.explore import percent

    made = table(console, "of each plan", f"#{before}", f"#{after}")
    for name, *shares in found.toward:
        what = f"share of what {name} asks" if found.of == "asks" else f"share of what the school offers toward {name}"
        made.add_row(Text(what), *map(percent, shares))
    for name, *missing in found.short:
        made.add_row(Text(f"credits missing of {name}"), *map(decimal_text, missing))
    plans = (found.before, found.after)
    granted = (f"{sum(wish.granted for wish in plan.wishes)} of {len(plan.wishes)}" for plan in plans)
    made.add_row("wishes that come true", *granted)
    made.add_row("requirements still short", *(str(len(plan.unmet)) for plan in plans))
    return made


def print_competing(
    made: Plan, catalog: Catalog, make: Callable[[Student], Plan], asked: Sequence[str], console: Console
) -> None:
    """For each goal that lacks what it might have if it stood first: what every goal would then get, and the price.

    Parameters
    ----------
    make
        Plans a student; it is not asked for the plan at hand.
    asked
        Words of the command that shows both plans, but for the goal.
    """
    from pathways.cli.tables import hanging, heading
    from pathways.explore import crowded, first

    for goal in crowded(made):
        found = first(made.request, catalog, goal, lambda one: made if one == made.request else make(one))
        if found.further:
            heading("These goals compete", console)
            hanging(found.words, console)
            console.print(_shares(found, console, "as it is", "with it first"))
            command = shlex.join(["pathways", *asked, "--first", goal.says[1]])
            hanging(f"Both plans side by side: {command}", console, "dim")
