"""The commands that help to choose: other plans worth a look, and what one measure costs in another."""

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
    StudentArgument,
    at_work,
    check_writable,
    emit,
    screen,
)

if TYPE_CHECKING:
    from pathways.alternatives import Alternatives
    from pathways.front import Front
    from pathways.solver import Limits


def alternatives(
    student: StudentArgument,
    count: Annotated[int, typer.Option(metavar="K", help="How many other plans, 1 to 9.")] = 3,
    toward: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIRECTION",
            help="One that is lighter, demanding, sooner, language (another) or different; may be given several times.",
        ),
    ] = None,
    apart: Annotated[
        float, typer.Option(metavar="N", help="Year-long courses of another kind by which any two differ at least.")
    ] = 2.0,
    wishes: Annotated[
        int, typer.Option("--wishes-slack", metavar="POINTS", help="Points of wishes that may be given up.")
    ] = 0,
    quality: Annotated[
        int, typer.Option("--slack", metavar="POINTS", help="Quality points by which one may be worse.")
    ] = 72,
    seconds: Seconds = None,
    json: Json = False,
) -> int:
    """Find other plans worth a look: near the best one, and different in what is taken."""
    from math import isfinite

    from catalogs import InputError
    from pathways.files import find_student, naming

    record, folder = find_student(student)
    if not isfinite(apart):
        raise InputError(f"{apart} is no difference", mend="Give --apart as year-long courses, such as 2 or 1.5")

    def work(stop: Event) -> Alternatives:
        from fractions import Fraction

        from pathways.alternatives import Slack
        from pathways.alternatives import alternatives as find

        slack = Slack(apart=Fraction(str(apart)), wishes=wishes, quality=quality)
        return find(
            record, count=count, toward=toward or (), slack=slack, limits=_limits(seconds), stop=stop, folder=folder
        )

    with naming(student):
        found = at_work(f"planning {record.id} in several ways", work)
    if json:
        emit(found)
    else:
        from pathways.cli.plans import print_alternatives

        print_alternatives(found, screen())
    plans = [found.first, *(one.plan for one in found.alternatives)]
    if not all(plan.verified for plan in plans):
        return UNVERIFIED
    return HOLDS if found.alternatives else FAILS


def front(
    student: StudentArgument,
    of: Annotated[
        str,
        typer.Option(
            metavar="MEASURE",
            help="wishes, quality, rigor, load, courses, finish, graduation or goal:PROGRAM.",
            show_default=False,
        ),
    ],
    against: Annotated[str, typer.Option(metavar="MEASURE", help="Another of these.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: .svg, .png or .pdf.", show_default=False)
    ] = None,
    seconds: Seconds = None,
    json: Json = False,
) -> int:
    """Trade two measures against each other: every plan that is not worse in both than another."""
    from pathways.files import find_student, naming

    record, folder = find_student(student)
    if out is not None:
        from requirements.picture import form_of

        form_of(out)
        check_writable(out)

    def work(stop: Event) -> Front:
        from pathways.front import front as find

        return find(record, of=of, against=against, limits=_limits(seconds), stop=stop, folder=folder)

    with naming(student):
        found = at_work(f"trading {of} against {against} for {record.id}", work)
    if out is not None:
        from pathways.front_picture import front_picture
        from requirements.picture import form_of

        out.write_bytes(front_picture(found, form_of(out)))
    if json:
        emit(found)
    else:
        from pathways.cli.plans import print_front

        print_front(found, screen())
        if out is not None:
            print(f"\nwritten to {out}")
    if not all(point.plan.verified for point in found.points):
        return UNVERIFIED
    return HOLDS if found.points else FAILS


def _limits(seconds: float | None) -> Limits:
    from pathways.alternatives import EFFORT
    from pathways.solver import Limits

    return Limits(effort=EFFORT, seconds=seconds)
