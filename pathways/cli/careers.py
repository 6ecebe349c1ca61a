"""The commands about careers: search, one goal with its courses, and what resembles a profile of interests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pathways.cli.shell import HOLDS, Json, comma, command, emit, screen

if TYPE_CHECKING:
    from rich.console import Console

    from pathways.careers.cards import GoalCard, MatchCard, PatternCard, Questionnaire
    from pathways.careers.goals import Found

careers_app = typer.Typer(
    help="Occupations, clusters and college majors: search, show with the courses that lead there, match interests.",
    no_args_is_help=True,
)

NEAREST = 3
"""Occupations named beside a field."""
COURSES = 3
"""Courses named for a part of a pattern."""
NAMED = 6
"""Names of a list in a line."""


@command(careers_app)
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words of a name.", show_default=False)],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Only occupation, cluster, pathway or major; may be given several times.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="Most lines.")] = 10,
    json: Json = False,
) -> int:
    """Find occupations, clusters, pathways and majors by name; typing errors are forgiven."""
    from catalogs import InputError
    from pathways.careers.goals import KINDS
    from pathways.careers.goals import search as find_names

    if unknown := [one for one in kind or () if one not in KINDS]:
        raise InputError(f"there is no kind {unknown[0]!r}", mend=f"The kinds are {comma(KINDS)}")
    found = find_names(text, [one for one in KINDS if not kind or one in kind], limit=limit)
    if json:
        emit(found)
    else:
        _print_found(found, screen())
    return HOLDS


@command(careers_app)
def show(
    goal: Annotated[
        str,
        typer.Argument(
            metavar="CODE_OR_NAME",
            help="An O*NET, SOC or CIP code, the id of a cluster or pathway, or a name.",
            show_default=False,
        ),
    ],
    catalog: Annotated[
        str | None,
        typer.Option(metavar="CATALOG", help="With the courses of this catalog.", show_default=False),
    ] = None,
    json: Json = False,
) -> int:
    """Tell about an occupation, cluster, pathway or major, and which courses lead there."""
    from catalogs import load
    from pathways.careers.cards import card
    from pathways.careers.goals import find

    told = card(find(goal), load(catalog) if catalog else None)
    if json:
        emit(told)
    else:
        _print_card(told, screen())
    return HOLDS


@command(careers_app)
def match(
    scores: Annotated[
        str | None,
        typer.Option(
            metavar="R,I,A,S,E,C", help="Six scores from 0 to 40, as the Interest Profiler gives.", show_default=False
        ),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(metavar="DIGITS", help="Answers to the questionnaire, 0 to 4 each.", show_default=False),
    ] = None,
    zone: Annotated[
        int | None,
        typer.Option(metavar="N", help="Only occupations of this job zone, 1 to 5.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=923, help="Most occupations.")] = 20,
    json: Json = False,
) -> int:
    """Tell which fields resemble a profile of interests; without one, print a questionnaire to answer."""
    from catalogs import InputError
    from pathways.careers import interests
    from pathways.careers.cards import match_card, questionnaire

    if scores is not None and answers is not None:
        raise InputError("there are scores and answers", mend="Give either --scores or --answers")
    if scores is None and answers is None:
        asked = questionnaire()
        if json:
            emit(asked)
        else:
            _print_questions(asked, screen())
        return HOLDS
    profile = interests.read_scores(scores) if scores is not None else interests.read_answers(answers or "")
    told = match_card(interests.match(profile, zone), limit)
    if json:
        emit(told)
    else:
        _print_match(told, screen())
    return HOLDS


# ------------------------------------------------------------------------------------------------------------- tables


def _print_found(found: tuple[Found, ...], console: Console) -> None:
    from rich.text import Text

    from pathways.cli.tables import table

    if not found:
        console.print("No name has a word like these.")
        return
    made = table(console, "id", "kind", "name", "#likeness")
    for one in found:
        made.add_row(one.id, one.kind, Text(one.name), f"{one.likeness:.0%}")
    console.print(made)


def _print_card(told: GoalCard, console: Console) -> None:
    from rich.text import Text

    from pathways.cli.tables import hanging, heading, table

    framework = {2024: ", one of the 14 clusters", 2002: ", of the 16 former clusters"}.get(told.framework or 0, "")
    console.print(Text(f"{told.name} ({told.kind} {told.id}{framework})", style="bold"))
    for name, words in _facts(told):
        hanging(f"- {name}: {words}", console)
    for one in told.patterns[:1]:
        _print_pattern(one, bool(told.catalog), console)
    if len(told.patterns) > 1:
        more = comma(one.pathway.id for one in told.patterns[1:])
        hanging(f"Further patterns, each with pathways careers show ID: {more}", console, "dim")
    if told.worth:
        heading("WHAT COURSES ARE WORTH", console)
        made = table(console, "code", "#worth", "why")
        for line in told.worth:
            more = f" ({line.same} more {'counts' if line.same == 1 else 'count'} the same)" if line.same else ""
            made.add_row(line.code, f"{line.value / 1000:.3f}", Text(line.why + more))
        console.print(made)
    console.print()
    hanging(told.attribution, console, "dim")


def _facts(told: GoalCard) -> list[tuple[str, str]]:
    """What there is to tell, in the order in which it is told."""
    found: list[tuple[str, str]] = []
    if told.zone:
        found.append(("Job zone", f"{told.zone}, {told.preparation}"))
    if told.education and told.bachelor is not None:
        found.append(
            ("Required education", f"{told.education} most often; bachelor's or more for {told.bachelor:.0f} %")
        )
    if told.outlook:
        one = told.outlook
        wage = f"${one.wage:,}{' or more' if one.wage_or_more else ''}" if one.wage else "not published"
        found.append(("Median wage 2024", f"{wage} ({one.title.lower()})"))
        found.append(("Jobs", f"{one.employment:,.1f} thousand in 2024, {one.change:+.1f} % until 2034"))
        found.append(("Openings", f"{one.openings:,.1f} thousand a year"))
        found.append(("Typical entry", f"{one.education}; experience {one.experience}; training {one.training}"))
    if told.interests:
        found.append(("Interests, 1 to 7", comma(f"{area} {score:g}" for area, score in told.interests.items())))
    if told.cluster:
        found.append(("Cluster", f"{told.cluster.name} ({told.cluster.id})"))
    for name, rated in (("Knowledge", told.knowledge), ("Skills", told.skills)):
        if rated:
            found.append((f"{name}, 0 to 100", comma(f"{one.name} {one.importance}" for one in rated)))
    for name, those in (
        ("Pathways", told.pathways),
        ("Occupations", told.occupations),
        ("Majors", told.majors),
        ("Related", told.related),
    ):
        if those:
            more = f" and {len(those) - NAMED} more" if len(those) > NAMED else ""
            found.append((name, "; ".join(f"{one.name} ({one.id})" for one in those[:NAMED]) + more))
    return found


def _print_pattern(one: PatternCard, school: bool, console: Console) -> None:
    from rich.text import Text

    from pathways.cli.tables import hanging, heading, table

    heading(f"COURSE PATTERN of {one.pathway.name}", console)
    if school:
        made = table(console, "part", "courses of the school")
        for part in one.parts:
            if part.courses:
                titles = [f"{course.code} {course.title}" for course in part.courses]
                rest = f" and {len(titles) - COURSES} more" if len(titles) > COURSES else ""
                words = "; ".join(titles[:COURSES]) + rest
            else:
                near = comma(f"{course.id} {course.name}" for course in part.near)
                words = f"none; of the same kind: {near}" if near else "none"
            made.add_row(Text(part.name + (" (further)" if part.further else "")), Text(words))
    else:
        made = table(console, "part", "any of these national codes")
        for part in one.parts:
            few = part.codes[:COURSES]
            rest = f" and {len(part.codes) - COURSES} more" if len(part.codes) > COURSES else ""
            words = "; ".join(f"{code.id} {code.name}" for code in few) + rest
            made.add_row(Text(part.name + (" (further)" if part.further else "")), Text(words))
    console.print(made)
    source = f"The order was read in: {'; '.join(one.sources)}." if one.sources else "The order was read in no source."
    hanging(source, console, "dim")


def _print_match(told: MatchCard, console: Console) -> None:
    from rich.text import Text

    from pathways.cli.tables import hanging, heading, table

    console.print(Text(comma(f"{area} {score:g}" for area, score in told.scores.items()), style="bold"))
    if told.strongest:
        hanging(f"Strongest: {comma(told.strongest)}; next: {comma(told.next_strongest)}", console)
    hanging(told.remark, console)
    if not told.fields:
        return
    heading("FIELDS", console)
    made = table(console, "field", "#r", "how close", "#close", "nearest")
    for one in told.fields:
        nearest = comma(line.name for line in one.nearest[:NEAREST])
        made.add_row(Text(one.name), f"{one.r:.2f}", one.closeness, str(one.close), Text(nearest))
    console.print(made)
    heading("OCCUPATIONS", console)
    made = table(console, "id", "occupation", "#zone", "#r", "how close", "why")
    for line in told.occupations:
        made.add_row(line.id, Text(line.name), str(line.zone or ""), f"{line.r:.3f}", line.closeness, Text(line.why))
    console.print(made)
    zones = comma(f"zone {zone}: {count}" for zone, count in told.zones.items())
    hanging(f"{len(told.occupations)} of {told.total} shown. Close occupations by job zone: {zones}", console, "dim")
    hanging(told.attribution, console, "dim")


def _print_questions(asked: Questionnaire, console: Console) -> None:
    from pathways.cli.tables import hanging

    hanging("How much would you like to do this?", console, "bold")
    console.print(comma(f"{number} {words}" for number, words in asked.answers.items()))
    for one in asked.questions:
        hanging(f"{one.number:>2} {one.text}", console)
    hanging("Answer with pathways careers match --answers and one digit for each, in order.", console)
    hanging(asked.note, console, "dim")
