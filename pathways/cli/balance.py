"""The command `pathways balance`; its exit codes are those of the file format, not those of the other commands."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pathways.cli.shell import Json, at_work, comma, emit, report_error, screen

if TYPE_CHECKING:
    from rich.console import Console

    from pathways.balance import Balance
    from pathways.balance.solve import Balanced

FOUND, BAD_FILE, INFEASIBLE, NOTHING_FOUND = 0, 1, 2, 3
MANY = 4
"""Curricula up to which each has its own column of loads."""


def balance(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A balancing problem as JSON.", show_default=False, dir_okay=True)
    ],
    time_limit: Annotated[float, typer.Option(metavar="S", help="Stop after so many seconds.")] = 60.0,
    workers: Annotated[int, typer.Option(metavar="N", help="Threads of the solver; with one the answer repeats.")] = 1,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of the searches.", show_default=False)] = None,
    json: Json = False,
) -> int:
    """Spread fixed courses over periods so that the load is even, with a proof of optimality."""
    from catalogs import InputError

    try:
        problem, answer = _solve(file, time_limit, workers, seed)
    except InputError as error:
        report_error(error, as_json=json)
        return BAD_FILE
    if json:
        emit(_as_json(problem, answer))
    else:
        _print(problem, answer, screen())
    return {"infeasible": INFEASIBLE, "unknown": NOTHING_FOUND}.get(answer.status, FOUND)


def _solve(file: Path, seconds: float, workers: int, seed: int | None) -> tuple[Balance, Balanced]:
    from catalogs import InputError
    from pathways.balance import read_balance
    from pathways.balance.solve import SEED
    from pathways.balance.solve import balance as solve

    for option, value, low, high in (
        ("--time-limit", seconds, 0.001, 1_000_000.0),
        ("--workers", workers, 1, 128),
        ("--seed", seed, 0, 2**31 - 1),
    ):
        if value is not None and not low <= value <= high:
            raise InputError(f"{option} cannot be {value}", mend=f"Give a number from {low} to {high}")
    problem = read_balance(file)

    def work(stop: Event) -> Balanced:
        return solve(problem, seconds=seconds, workers=workers, seed=SEED if seed is None else seed, stop=stop)

    return problem, at_work(f"balancing {problem.name or file.name}", work)


def _as_json(problem: Balance, answer: Balanced) -> dict[str, Any]:
    placed = zip(problem.ids, answer.periods or (), strict=False)
    found = {
        "status": answer.status,
        "objective": answer.value,
        "bound": answer.bound,
        "assignment": {id: period + 1 for id, period in placed},
        "seconds": round(answer.seconds, 6),
    }
    return {**found, "conflict": answer.conflict} if answer.conflict else found


def _print(problem: Balance, answer: Balanced, console: Console) -> None:
    from rich.text import Text

    from pathways.balance.check import loads
    from pathways.cli.tables import hanging, table

    if answer.periods is None:
        if answer.status == "unknown":
            console.print("No assignment was found in the time; there may be one.")
            return
        console.print("There is no assignment. These cannot hold together:")
        for line in answer.conflict:
            hanging(f"- {line}", console)
        return
    periods = answer.periods
    each = [loads(problem, one, periods) for one in problem.curricula]
    few = len(each) <= MANY
    heads = [f"#load of {one.id}" for one in problem.curricula] if few else ["#least load", "#largest load"]
    made = table(console, "#period", *heads, "#courses", "taken")
    for period in range(problem.periods):
        here = [id for id, at in zip(problem.ids, periods, strict=True) if at == period]
        column = [load[period] for load in each]
        numbers = column if few else [min(column), max(column)]
        made.add_row(str(period + 1), *map(str, numbers), str(len(here)), Text(comma(here)))
    console.print(made)
    name = {"max-load": "Largest load", "gbac": "Cost"}[problem.objective]
    if answer.value == answer.bound:
        proof = "proven optimal: nothing lower is possible"
    else:
        gap = ((answer.value or 0) - (answer.bound or 0)) / max(answer.value or 0, 1)
        proof = f"not proven: nothing below {answer.bound} is possible (gap {gap:.1%})"
    console.print(f"{name} {answer.value}, {proof}; {answer.seconds:.3f} seconds.", markup=False)
