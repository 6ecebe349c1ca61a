"""The commands. What is heavy (solver, models, graphs) is imported inside the command that needs it."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pathways.cli.balance import balance
from pathways.cli.careers import careers_app
from pathways.cli.choosing import alternatives, front
from pathways.cli.explore import explore
from pathways.cli.programs import programs_app
from pathways.cli.replanning import replan, resilience
from pathways.cli.shell import (
    FAILS,
    HOLDS,
    UNVERIFIED,
    Json,
    Seconds,
    StudentArgument,
    at_work,
    check_writable,
    comma,
    command,
    dumps,
    emit,
    guarded,
    screen,
    write_whole,
)
from pathways.cli.why import why

if TYPE_CHECKING:
    from catalogs import Catalog
    from pathways.plan import Plan
    from pathways.student import Student

BLOCKING = 5
"""Courses in the list of those that block most."""

app = typer.Typer(
    name="pathways",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Plan a student's courses to graduation and beyond: proven, verified, explained.",
)
examples_app = typer.Typer(help="List the bundled example students, or print one to copy.")
sced_app = typer.Typer(help="National course codes (SCED).", no_args_is_help=True)
app.add_typer(programs_app, name="programs", invoke_without_command=True)
app.add_typer(careers_app, name="careers")
app.add_typer(examples_app, name="examples", invoke_without_command=True)
app.add_typer(sced_app, name="sced")
command(app)(why)
command(app)(explore)
command(app)(balance)
command(app)(alternatives)
command(app)(front)
command(app)(replan)
command(app)(resilience)

CatalogArgument = Annotated[
    str, typer.Argument(metavar="CATALOG", help="Id of a bundled catalog, or a catalog folder.", show_default=False)
]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets a question mark, not a crash.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app(prog_name="pathways")


def _print_version(asked: bool) -> None:
    if asked:
        from catalogs.version import engine_version

        print(f"pathways {engine_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options of the program itself."""


# ------------------------------------------------------------------------------------------------------------ plans


@command(app)
def demo(
    only: Annotated[
        list[str] | None, typer.Option(metavar="EXAMPLE", help="Only this example; may be given several times.")
    ] = None,
    json: Json = False,
) -> int:
    """Plan the example students of every bundled catalog, and verify each plan."""
    from pathways.files import examples, load_example

    students = [load_example(name) for name in only or examples()]
    plans = []
    console = screen()
    for number, student in enumerate(students, 1):
        plans.append(_make_plan(student, f"planning {student.id} ({number} of {len(students)})"))
        if not json:
            from pathways.cli.plans import print_plan

            console.rule(student.id, align="left")
            print_plan(plans[-1], console)
            console.print()
    if json:
        emit([_short(plan) for plan in plans])
    else:
        from pathways.cli.plans import print_summary

        print_summary(plans, console)
    return HOLDS if all(plan.verified for plan in plans) else UNVERIFIED


@command(app)
def plan(
    student: StudentArgument,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GOAL",
            help="Aim at this as well, after the student's own goals: a program, occupation, cluster, major or program "
            "of study, by code or name; military, apprenticeship, work or undecided. May be given several times.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the plan as JSON as well.", show_default=False)
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw the way to the first goal that is no program, as .svg, .png or .pdf.",
            show_default=False,
        ),
    ] = None,
    seconds: Seconds = None,
    robust: Annotated[
        bool, typer.Option("--robust", help="The plan must survive the failure of any one of its core courses.")
    ] = False,
    json: Json = False,
) -> int:
    """Write the best plan for a student, proven tier by tier and verified."""
    from pathways.files import find_student, naming

    for file in (out, picture):
        if file is not None:
            check_writable(file)
    record, folder = find_student(student)
    if robust:
        record = record.model_copy(update={"robust": "core"})
    with naming(student):
        if goal:
            from pathways.planner import load_catalog
            from pathways.targets import read_goal

            catalog = load_catalog(record, folder)
            record = record.model_copy(update={"goals": (*record.goals, *(read_goal(one, catalog) for one in goal))})
        made = _make_plan(record, f"planning {record.id}", seconds=seconds, folder=folder)
    if out is not None:
        write_whole(out, dumps(made.as_json()) + "\n")
    if picture is not None:
        from pathways.goal_picture import write_goal_picture

        write_goal_picture(picture, made)
    if json:
        emit(made.as_json())
    else:
        from pathways.cli.explore import print_competing
        from pathways.cli.plans import print_plan
        from pathways.planner import load_catalog

        def again(one: Student) -> Plan:
            return _make_plan(one, "planning with another goal first", seconds=seconds, folder=folder)

        print_plan(made, screen())
        asked = ["explore", student, *(word for one in goal or () for word in ("--goal", one))]
        print_competing(made, load_catalog(record, folder), again, asked, screen())
        for file in (out, picture):
            if file is not None:
                print(f"\nwritten to {file}")
    if not made.verified:
        return UNVERIFIED
    return FAILS if made.status == "infeasible" else HOLDS


def _make_plan(student: Student, words: str, *, seconds: float | None = None, folder: Path | None = None) -> Plan:
    def work(stop: Event) -> Plan:
        # The solver takes a moment to load: the spinner turns meanwhile.
        from pathways.planner import plan as make_plan
        from pathways.solver import Limits

        return make_plan(student, limits=Limits(seconds=seconds), stop=stop, folder=folder)

    return at_work(words, work)


@command(app)
def verify(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="A plan as JSON, from --out or --json.", show_default=False)
    ],
    catalog: Annotated[
        str | None,
        typer.Option(
            metavar="CATALOG", help="Verify on this catalog, not on the one the plan names.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Replay a plan term by term and check every claim in it."""
    from catalogs import load
    from pathways.files import read_model
    from pathways.plan import Plan
    from pathways.planner import load_catalog
    from pathways.verify import verify as replay

    made = read_model(Plan, plan)
    known = load(catalog) if catalog else load_catalog(made.request, plan.parent)
    problems = at_work(f"verifying {plan.name}", lambda _: replay(made, known))
    if json:
        emit({"student": made.student, "holds": not problems, "problems": problems})
    elif problems:
        from pathways.cli.plans import print_problems

        print_problems(problems, screen())
    else:
        print(f"The plan of {made.student} holds ({made.status}, {len(made.placements)} courses).")
    return FAILS if problems else HOLDS


@command(app)
def audit(
    student: StudentArgument,
    program: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Audit against this program, not the student's goals; may be given several times."
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Hold a student's record, as it stands, against diploma and goals."""
    from pathways.audits import audit_record
    from pathways.files import find_student, naming
    from pathways.planner import load_catalog

    record, folder = find_student(student)
    with naming(student):
        catalog = load_catalog(record, folder)
        reports, remarks = audit_record(record, catalog, program or None)
    if json:
        emit({"student": record.id, "programs": reports, "remarks": remarks})
        return HOLDS
    from pathways.cli.plans import print_audit
    from pathways.cli.tables import print_words

    console = screen()
    console.print(f"{record.name} ({record.id}), {catalog.name}", markup=False)
    for report in reports:
        print_audit(report, console)
    print_words("\n".join(f"- {remark}" for remark in remarks), console)
    return HOLDS


@command(app)
def moves(
    student: StudentArgument,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="XX", help="Only these states, each in detail; may be given several times."),
    ] = None,
    finish: Annotated[
        bool, typer.Option("--plan", help="Plan the rest on the typical catalog of the one state given with --to.")
    ] = False,
    json: Json = False,
) -> int:
    """Hold a record against the standard diploma of every state, as if the student moved."""
    from catalogs import InputError
    from pathways.files import find_student, naming
    from pathways.moves import audit_everywhere, moved
    from pathways.planner import load_catalog
    from requirements.jurisdictions import jurisdiction

    states = [jurisdiction(one).id.removeprefix("US-") for one in to or ()]
    if finish and len(states) != 1:
        raise InputError("a plan is made for one state", mend="Give one --to, such as --to NY --plan")
    record, folder = find_student(student)
    with naming(student):
        catalog = load_catalog(record, folder)
        found = audit_everywhere(record, catalog, only=states)
        plan = _make_plan(moved(record, catalog, states[0]), f"planning {record.id}") if finish else None
    if json:
        emit({"student": record.id, "states": found, "plan": plan.as_json() if plan else None})
        return HOLDS
    from pathways.cli.plans import print_audit, print_plan
    from pathways.cli.tables import print_moves

    console = screen()
    console.print(f"{record.name} ({record.id}), {catalog.name}", markup=False)
    print_moves(found, console)
    for one in found if states else ():
        print_audit(one.report, console)
    if plan is not None:
        print_plan(plan, console)
    return HOLDS


# ---------------------------------------------------------------------------------------------------------- examples


@examples_app.callback()
@guarded
def examples(ctx: typer.Context, json: Json = False) -> int:
    """List the bundled example students, or print one to copy."""
    if ctx.invoked_subcommand is not None:
        return HOLDS
    from pathways.files import examples as names
    from pathways.files import load_example

    students = [load_example(name) for name in names()]
    if json:
        emit([{"id": s.id, "name": s.name, "catalog": s.catalog, "about": s.about} for s in students])
        return HOLDS
    from pathways.cli.tables import print_examples

    print_examples(students, screen())
    return HOLDS


@command(examples_app, "show")
def show_example(
    id: Annotated[str, typer.Argument(metavar="ID", help="Id of an example.", show_default=False)], json: Json = False
) -> int:
    """Print an example's file, to copy and change."""
    from pathways.files import EXAMPLES, load_example

    student = load_example(id)
    if json:
        emit(student.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    else:
        print((EXAMPLES / f"{id}.yaml").read_text(encoding="utf-8"), end="")
    return HOLDS


# ---------------------------------------------------------------------------------------------------------- catalogs


@command(app)
def check(
    catalog: CatalogArgument,
    all: Annotated[bool, typer.Option("--all", help="Show all findings, not only the first of each rule.")] = False,
    json: Json = False,
) -> int:
    """Check a catalog: what is wrong or odd in it, and what its course graph looks like."""
    from catalogs import load
    from catalogs.lint import counts, lint

    known = load(catalog)
    findings = lint(known)
    number = counts(findings)
    graph = _graph(known)
    if json:
        about = {"catalog": known.id, "name": known.name, "edition": known.edition}
        emit({**about, "counts": number, "findings": findings, "graph": graph})
    else:
        from pathways.cli.tables import print_findings, print_graph

        console = screen()
        console.print(f"{known.name}, {known.edition}", style="bold", markup=False)
        print_findings(findings, console, everything=all)
        print_graph(graph, console)
        print("\n" + comma(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in number.items()))
    return FAILS if number["error"] else HOLDS


@command(app)
def diff(old: CatalogArgument, new: CatalogArgument, json: Json = False) -> int:
    """Tell what changed between two editions of a catalog."""
    from catalogs import load
    from catalogs.catalog import course_content
    from catalogs.diff import diff as compare

    found = compare(load(old), load(new))
    if json:
        emit(
            {
                "added": [course_content(course) for course in found.added],
                "removed": [course_content(course) for course in found.removed],
                "changed": found.changed,
                "settings": found.settings,
            }
        )
        return HOLDS
    from pathways.cli.tables import print_diff

    print_diff(found, screen())
    return HOLDS


@command(sced_app)
def propose(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Title of a course.", show_default=False)],
    subject: Annotated[str, typer.Option(metavar="S", help="Department that lists it.", show_default=False)] = "",
    level: Annotated[str, typer.Option(metavar="L", help="Its level, such as ap or ib.", show_default=False)] = "",
    json: Json = False,
) -> int:
    """Propose national course codes for a title, for a person to confirm."""
    from catalogs.sced import propose as propose_codes

    found = propose_codes(title, subject, level=level)
    if json:
        emit(found)
        return HOLDS
    from pathways.cli.tables import print_proposals

    print_proposals(found, screen())
    return HOLDS


# ------------------------------------------------------------------------------------------------------------- JSON


def _short(plan: Plan) -> dict[str, Any]:
    """The lines of a plan that `demo --json` promises."""
    tiers = [{"name": tier.name, "value": tier.value, "bound": tier.bound} for tier in plan.tiers]
    same = {name: getattr(plan, name) for name in ("student", "catalog", "status", "verified")}
    return {**same, "tiers": tiers, "seconds": plan.seconds}


def _graph(catalog: Catalog) -> dict[str, Any]:
    """Figures of the course graph; ``problem`` in place of the measures where prerequisites go in a circle."""
    from catalogs import InputError
    from catalogs.graph import build_graph

    graph = build_graph(catalog)
    sizes = {
        "courses": len(catalog.courses),
        "with_prerequisite": sum(course.prerequisite is not None for course in catalog.courses),
        "edges": graph.digraph.number_of_edges(),
    }
    try:
        chain, measures = graph.longest_chain(), graph.complexity()
    except InputError as error:
        return {**sizes, "problem": error.message}
    most = sorted(measures.items(), key=lambda item: (-item[1].blocking, item[0]))[:BLOCKING]

    def course(code: str) -> dict[str, Any]:
        return {"code": code, "title": catalog.by_code[code].title}

    return {
        **sizes,
        "structural_complexity": graph.structural_complexity(),
        "longest_chain": [course(code) for code in chain],
        "blocking": [{**course(code), "blocking": m.blocking, "delay": m.delay} for code, m in most if m.blocking],
    }
