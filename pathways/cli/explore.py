"""The command `pathways explore`: what a plan leads to, what a course serves, and what changing one's mind costs."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from pathways.cli.shell import FAILS, HOLDS, UNVERIFIED, Json, StudentArgument, at_work, comma, emit, screen

if TYPE_CHECKING:
    from rich.console import Console

    from pathways.explore import CourseServes, Exploration, Switch


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

    if course and switch:
        raise InputError("there are two questions", mend="Give --course or --switch, not both")
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
        if switch is None:
            return answers.fields(plan(record, catalog, stop=stop), catalog)
        before, after = (read_goal(text, catalog) for text in switch)
        return answers.switch(
            record, catalog, before, after, lambda one: plan(one, catalog, stop=stop), in_grade=in_grade
        )

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
    from rich.text import Text

    from pathways.cli.grid import grid
    from pathways.cli.plans import print_head
    from pathways.cli.tables import bullets, hanging, heading, table

    for name, plan in (("Before", found.before), ("After", found.after)):
        console.rule(name, align="left")
        print_head(plan, console)
        console.print(grid(plan, console))
    heading("The difference", console)
    hanging(found.words, console)
    bullets([f"only before: {one}" for one in found.only_before], console)
    bullets([f"only after: {one}" for one in found.only_after], console)
    made = table(console, "of each plan", "#before", "#after")
    for name, *shares in found.toward:
        made.add_row(Text(f"share of what {name} asks"), *(f"{float(share):.0%}" for share in shares))
    plans = (found.before, found.after)
    granted = (f"{sum(wish.granted for wish in plan.wishes)} of {len(plan.wishes)}" for plan in plans)
    made.add_row("wishes that come true", *granted)
    made.add_row("requirements still short", *(str(len(plan.unmet)) for plan in plans))
    console.print(made)
