"""The commands on a plan in force: plan again after news, and find out what it survives."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from pathways.cli.shell import (
    FAILS,
    HOLDS,
    UNVERIFIED,
    Json,
    Seconds,
    at_work,
    check_writable,
    dumps,
    emit,
    screen,
    write_whole,
)

if TYPE_CHECKING:
    from rich.console import Console

    from pathways.replan import Grade, Replan
    from pathways.resilience import Failure, Resilience


def replan(
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", help="The plan in force as JSON, from --out or --json.", show_default=False),
    ],
    failed: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE[@TERM]", help="This course earned no credit; may be given several times."),
    ] = None,
    grade: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE[@TERM]=MARK", help="The mark of a course; may be given several times."),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(
            metavar="TERM",
            help="The last term that has begun, such as 2027-S1; that of the last grade when left out.",
            show_default=False,
        ),
    ] = None,
    cancel: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE[@TERM]",
            help="This course is not offered in that term, or any more; may be given several times.",
        ),
    ] = None,
    catalog: Annotated[
        str | None,
        typer.Option(
            metavar="CATALOG", help="Another edition of the school's catalog, or another school's.", show_default=False
        ),
    ] = None,
    student: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The record as edited: another pin, another wish, a later graduation.",
            show_default=False,
        ),
    ] = None,
    quality_first: Annotated[
        bool, typer.Option("--quality-first", help="The best plan, and only then the one nearest to the plan in force.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the new plan as JSON as well.", show_default=False)
    ] = None,
    seconds: Seconds = None,
    json: Json = False,
) -> int:
    """Plan again after news, staying as near to the plan in force as graduation, goals and wishes allow."""
    from pathways.files import read_model, read_student
    from pathways.plan import Plan
    from pathways.replan import Events
    from pathways.student import Cancelled

    if out is not None:
        check_writable(out)
    in_force = read_model(Plan, plan)
    events = Events(
        grades=(*(_grade(f"{one}=F", "--failed") for one in failed or ()), *map(_grade, grade or ())),
        now=now and _term(now, "--now"),
        cancelled=tuple(
            Cancelled(course=code, term=term) for code, term in (_place(c, "--cancel") for c in cancel or ())
        ),
        catalog=catalog,
        student=read_student(student) if student else None,
    )

    def work(stop: Event) -> Replan:
        from pathways.replan import replan as plan_again
        from pathways.solver import Limits

        return plan_again(
            in_force,
            events,
            nearness="after_quality" if quality_first else "before_quality",
            limits=Limits(seconds=seconds),
            stop=stop,
            folder=(student or plan).parent,
        )

    found = at_work(f"planning {in_force.student} again", work)
    if out is not None:
        write_whole(out, dumps(found.plan.as_json()) + "\n")
    if json:
        emit(found)
    else:
        print_replan(found, screen())
        if out is not None:
            print(f"\nwritten to {out}")
    if not found.plan.verified:
        return UNVERIFIED
    return FAILS if found.plan.status == "infeasible" else HOLDS


def print_replan(found: Replan, console: Console) -> None:
    """What changed and why, what it cost, what a new school should look at, then the new plan."""
    from rich.text import Text

    from pathways.cli.grid import grid, legend
    from pathways.cli.plans import print_certificate, print_head, print_missing
    from pathways.cli.tables import bullets, hanging

    print_head(found.plan, console)
    console.print(Text(f"{found.words}\n"))
    for change in found.changes:
        if change.fate in ("kept", "done"):
            continue
        when = " → ".join(filter(None, (change.was, change.now)))
        title = f"{change.title} ({change.course}{f' → {change.instead}' if change.instead else ''})"
        hanging(f"- {change.fate}: {title}, {when}" + (f": {change.why}" if change.why else ""), console)
    for line in found.cost:
        hanging(f"- {line}", console)
    for one in found.matches:
        if not one.sure:
            there = f" → {one.there_title} ({one.there})" if one.there else ""
            hanging(f"- to be looked at: {one.title} ({one.course}){there}: {'; '.join(one.doubts)}", console)
    bullets(found.notes, console)
    console.print(grid(found.plan, console))
    console.print(legend(found.plan))
    print_missing(found.plan, console)
    print_certificate(found.plan, console)


def resilience(
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|STUDENT",
            help="A plan as JSON; or a student's file or example, planned first.",
            show_default=False,
        ),
    ],
    fallbacks: Annotated[
        bool, typer.Option("--fallbacks", help="Make and verify the whole plan that follows each failure.")
    ] = False,
    json: Json = False,
) -> int:
    """Find out which single failures, of a course or of a whole term, break graduation on time."""
    from pathways.files import find_student, naming, read_model
    from pathways.plan import Plan

    path = Path(plan)
    made = read_model(Plan, path) if path.is_file() and _is_plan(path) else None
    record, folder = find_student(plan) if made is None else (made.request, path.parent)

    def work(stop: Event) -> Resilience:
        from pathways.planner import plan as make_plan
        from pathways.resilience import resilience as survive

        with naming(plan):
            in_force = made or make_plan(record, stop=stop, folder=folder)
        return survive(in_force, fallbacks=fallbacks, stop=stop, folder=folder)

    found = at_work("trying every failure", work)
    if json:
        emit(found)
    else:
        print_resilience(found, screen())
    return HOLDS


def _is_plan(path: Path) -> bool:
    from catalogs.documents import read_yaml

    return "placements" in read_yaml(path).data


def print_resilience(found: Resilience, console: Console) -> None:
    """The score, then every failure with what it does."""
    from rich.text import Text

    from pathways.cli.tables import bullets, heading, table

    saved = sum(one.survived is True for one in found.courses)
    console.print(
        Text(f"{found.student}: {saved} of {len(found.courses)} single failures still graduate by {found.deadline}"),
        Text(f"({float(100 * found.score):.0f} % by credit)"),
    )
    for name, failures in (("A course failed", found.courses), ("A whole term lost", found.terms)):
        heading(name, console)
        made = table(console, "", "failure", "known after", "in time?")
        for one in failures:
            mark, style = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "magenta")}[one.survived]
            title = f"{one.title} ({one.course})" if one.course else one.title
            made.add_row(Text(mark, style), Text(title), one.known, Text(_outcome(one)))
        console.print(made)
    for one in (*found.courses, *found.terms):
        if one.fallback is not None and one.fallback.changes:
            heading(one.words, console)
            console.print(Text(one.fallback.words))
            bullets(
                [
                    f"{c.fate}: {c.title}, {' → '.join(filter(None, (c.was, c.now)))}: {c.why}"
                    for c in one.fallback.changes
                    if c.fate not in ("kept", "done", "failed")
                ],
                console,
            )
    bullets(found.notes, console)


def _outcome(one: Failure) -> str:
    if one.survived is None:
        return "left open: the search was cut short"
    if one.survived:
        exception = "yes, by an exception that a person must grant"
        return exception if one.moved is None else f"yes, {one.moved or 'nothing'} moved"
    later = f"no; {one.graduates}, {one.later} {'term' if one.later == 1 else 'terms'} later" if one.graduates else "no"
    return later + ("; a summer term would save it" if one.summer else "")


def _grade(text: str, option: str = "--grade") -> Grade:
    from catalogs import InputError
    from pathways.replan import Grade

    place, given, mark = text.partition("=")
    if not given or not mark.strip():
        raise InputError(f"{option} {text} names no mark", mend=f"Write {place or 'CODE'}=B")
    code, term = _place(place, option)
    return Grade(course=code, mark=mark.strip(), term=term)


def _place(text: str, option: str) -> tuple[str, str | None]:
    code, given, term = text.partition("@")
    return code, _term(term, option) if given else None


def _term(text: str, option: str) -> str:
    from catalogs import InputError
    from pathways.student import split_term

    try:
        split_term(text)
    except ValueError:
        raise InputError(
            f"{option}: {text!r} is no term", mend="Write it as YEAR-TERM, the fall of the school year first: 2027-S1"
        ) from None
    return text
