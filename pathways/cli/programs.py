"""The commands about rules: find a program, read it, compare states, check rule files of one's own."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pathways.cli.shell import FAILS, HOLDS, Json, check_writable, comma, command, emit, guarded, screen

if TYPE_CHECKING:
    from requirements.listing import ProgramSummary

programs_app = typer.Typer(help="List diplomas, endorsements and admission patterns; show, compare or check them.")

Entering = Annotated[
    int | None, typer.Option(metavar="YEAR", help="Only those that bind students who entered grade 9 in that fall.")
]


@programs_app.callback()
@guarded
def programs(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(metavar="XX", help="Only those of a state and its districts.")] = None,
    entering: Entering = None,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND", help="Only of one kind: diploma, endorsement, admission, recognition, program_of_study."
        ),
    ] = None,
    json: Json = False,
) -> int:
    """List diplomas, endorsements and admission patterns; show, compare or check them."""
    if ctx.invoked_subcommand is not None:
        return HOLDS
    from typing import cast, get_args

    from catalogs import InputError
    from requirements.language import Kind
    from requirements.listing import programs as find_programs

    if kind is not None and kind not in get_args(Kind):
        raise InputError(f"there is no kind {kind!r}", mend=f"The kinds are {comma(get_args(Kind))}")
    if state is not None:
        from requirements.jurisdictions import jurisdiction

        state = jurisdiction(state).id
    found = find_programs(state, entering, cast("Kind | None", kind))
    if json:
        emit([_line(one) for one in found])
        return HOLDS
    from pathways.cli.tables import print_programs

    print_programs(found, screen())
    return HOLDS


def _line(one: ProgramSummary) -> dict[str, Any]:
    same = ("id", "name", "jurisdiction", "kind", "route", "cohorts", "unit", "total", "figures", "verified", "doubts")
    return {name: getattr(one, name) for name in same}


@command(programs_app)
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="Id of a program, or a rule file.", show_default=False)],
    json: Json = False,
) -> int:
    """Print a program in plain words, with its references, what is verified, and what is in doubt."""
    from requirements.describe import describe
    from requirements.figure import figures, rule_hash, total_credits
    from requirements.reader import load

    program = load(id)
    if json:
        emit(
            {
                "program": program.model_dump(mode="json", by_alias=True, exclude_defaults=True),
                "total": total_credits(program),
                "figures": list(figures(program)),
                "text": describe(program),
                "hash": rule_hash(program),
            }
        )
        return HOLDS
    from pathways.cli.tables import print_words

    print_words(describe(program), screen())
    return HOLDS


@command(programs_app)
def states(json: Json = False) -> int:
    """List the states: how many programs each has on file, how sure they are, and whether a learning plan is asked."""
    from requirements.register import register

    found = register()
    if json:
        emit(found)
        return HOLDS
    from pathways.cli.tables import print_states

    print_states(found, screen())
    return HOLDS


@command(programs_app)
def compare(
    entering: Annotated[
        int | None,
        typer.Option(metavar="YEAR", help="Fall of entering grade 9; this year's by default.", show_default=False),
    ] = None,
    what: Annotated[
        str,
        typer.Option(metavar="TABLE", help="credits (by subject), demands (what else is asked) or movers (who first)."),
    ] = "credits",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw all of it: .svg, .png or .pdf.", show_default=False)
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the table as CSV.", show_default=False)
    ] = None,
    json: Json = False,
) -> int:
    """Compare the standard diplomas of all states: credits by subject, what else is asked, who asked first."""
    from catalogs import InputError
    from requirements import comparison

    year = entering or datetime.date.today().year
    makers = {
        "credits": lambda: comparison.credits_by_subject(year),
        "demands": lambda: comparison.demands(year),
        "movers": comparison.early_movers,
    }
    if what not in makers:
        raise InputError(f"there is no table {what!r}", mend=f"The tables are {comma(makers)}")
    for path in filter(None, (out, csv)):
        check_writable(path)
    frame = makers[what]()
    if out is not None:
        from requirements.picture import write_picture

        write_picture(out, year)
    if csv is not None:
        frame.to_csv(csv, index=what != "movers", index_label="jurisdiction")
    if json:
        import json as jsonlib

        emit({"entering": year, what: jsonlib.loads(frame.to_json(orient="records" if what == "movers" else "index"))})
        return HOLDS
    from pathways.cli.tables import print_frame

    print_frame(frame, screen())
    for path in filter(None, (out, csv)):
        print(f"written to {path}")
    return HOLDS


@command(programs_app)
def check(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", help="Rule files, or ids of programs; all programs when left out."),
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Show all findings, not only the first of each rule.")] = False,
    json: Json = False,
) -> int:
    """Check rule files: figures without a source, sums that do not fit, selectors that take nothing."""
    from requirements.lint import lint, lint_all
    from requirements.reader import load

    findings = [finding for file in files for finding in lint(load(file))] if files else list(lint_all())
    errors = sum(finding.severity == "error" for finding in findings)
    if json:
        emit(findings)
    else:
        from pathways.cli.tables import print_findings

        named = [replace(one, message=f"{one.program} {one.path}".strip() + f": {one.message}") for one in findings]
        print_findings(named, screen(), everything=all)
        counts = [
            (severity, sum(one.severity == severity for one in findings)) for severity in ("error", "warning", "note")
        ]
        print("\n" + comma(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts))
    return FAILS if errors else HOLDS
