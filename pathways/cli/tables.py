"""Tables and lists for people: one function for each kind of answer that is no plan and no audit."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from catalogs.exact import decimal_text

if TYPE_CHECKING:
    import pandas as pd

    from catalogs.diff import CatalogDiff
    from catalogs.sced import Proposal
    from pathways.moves import Elsewhere
    from pathways.student import Student
    from requirements.listing import ProgramSummary
    from requirements.register import Registered

FIRST = 3
"""Findings of one rule that are shown unless all are asked for."""

_SEVERITY = {"error": "bold red", "warning": "yellow", "note": "bold"}


def table(console: Console, *columns: str) -> Table:
    """An empty table: ruled in a terminal, plain columns elsewhere; a name that begins with # is one of numbers."""
    made = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for column in columns:
        number = column.startswith("#")
        made.add_column(
            column.removeprefix("#"),
            justify="right" if number else "left",
            no_wrap=number or column == "id",
            overflow="fold",
        )
    return made


def heading(words: str, console: Console) -> None:
    """A line above a part of the answer."""
    console.print(Text(f"\n{words}", style="bold"))


def print_findings(findings: Iterable[Any], console: Console, *, everything: bool) -> None:
    """Findings of a lint by severity and rule; the first few of each rule, or all."""
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for finding in findings:
        groups[finding.severity, finding.rule].append(finding)
    severity = None
    for (now, rule), found in groups.items():
        if now != severity:
            console.print(f"\n{now}s".upper(), style=_SEVERITY[now])
            severity = now
        console.print(Text(rule, style="bold"), Text(f"({len(found)})"))
        shown = found if everything else found[:FIRST]
        mends = dict.fromkeys(finding.mend for finding in found if finding.mend)
        for finding in shown:
            hanging(f"- {finding.message}", console)
            if finding.mend and len(mends) > 1:
                hanging(f"  mend: {finding.mend}", console)
        if len(mends) == 1:
            hanging(f"  mend: {next(iter(mends))}", console)
        if len(shown) < len(found):
            console.print(Text(f"  and {len(found) - len(shown)} more (--all shows them)", style="dim"))


def print_graph(figures: Mapping[str, Any], console: Console) -> None:
    """What the course graph says of a catalog."""
    heading("COURSE GRAPH", console)
    console.print(
        f"{figures['courses']} courses, {figures['with_prerequisite']} with a prerequisite, "
        f"{figures['edges']} links between courses"
    )
    if "problem" in figures:
        console.print(Text(figures["problem"]))
        return
    chain = figures["longest_chain"]
    hanging(f"Longest chain ({len(chain)} courses): {' → '.join(course['title'] for course in chain)}", console)
    heading("Most blocking courses", console)
    made = table(console, "code", "course", "#blocks", "#longest chain through it")
    for course in figures["blocking"]:
        made.add_row(course["code"], Text(course["title"]), str(course["blocking"]), str(course["delay"]))
    console.print(made)


def print_programs(found: Sequence[ProgramSummary], console: Console) -> None:
    """A line for each program: whom it binds, and how much of it is verified against its references."""
    if not found:
        console.print("No program fits.")
        return
    made = table(console, "id", "name", "kind", "entering", "#credits", "#verified")
    for one in found:
        first, last = one.cohorts.from_, one.cohorts.to
        if first and last:
            years = f"{first}–{last}" if first < last else str(first)
        else:
            years = f"from {first}" if first else f"to {last}" if last else "all"
        total = decimal_text(one.total) if one.total is not None else ""
        kind = f"{one.route} {one.kind}" if one.route else one.kind.replace("_", " ")
        made.add_row(one.id, Text(one.name), kind, years, total, f"{one.verified}/{one.figures}")
    console.print(made)
    console.print(Text(f"{len(found)} programs; pathways programs show ID prints one of them", style="dim"))


def print_states(found: Iterable[Registered], console: Console) -> None:
    """A line for each state: its programs, how sure they are, what it asks of the learning plan."""
    made = table(console, "state", "rules by", "#programs", "#verified", "#doubts", "learning plan")
    for one in found:
        policy = one.jurisdiction.plan_policy
        asked = {True: policy.name or "required", False: "not required", None: "not settled"}[policy.required]
        since = f", from grade {policy.from_grade}" if policy.required and policy.from_grade else ""
        name = f"{one.jurisdiction.id.removeprefix('US-')} {one.jurisdiction.name}"
        share = f"{float(one.verified_share):.0%}"
        made.add_row(
            Text(name),
            one.jurisdiction.control,
            str(len(one.programs)),
            share,
            str(len(one.doubts)),
            Text(asked + since),
        )
    console.print(made)


_BRIEF = {
    "Mathematics": "math",
    "Social studies": "social",
    "World language": "language",
    "Health and PE": "PE",
    "Career and technical": "CTE",
    "Computer science": "CS",
    "Personal finance": "finance",
    "Civics or government": "civics",
    "Physical education": "PE",
    "Financial aid form": "aid form",
    "Portfolio or project": "portfolio",
    "CPR or other training": "training",
    "Learning plan": "plan",
    "Career pathway or credential": "career",
}


def print_frame(frame: pd.DataFrame, console: Console) -> None:
    """A data frame under short headings: a full dot for what is required, a ring for one way among several."""
    shown = frame.rename(columns=lambda name: _BRIEF.get(str(name), str(name)).lower()).rename(index=_state)
    if "jurisdiction" in shown:
        shown["jurisdiction"] = shown["jurisdiction"].map(_state)
    lines = shown.map(_cell).to_string(index="jurisdiction" not in shown).splitlines()
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    if any("●" in line for line in lines):
        console.print(Text("● required, ○ one way among several", style="dim"))


def _state(name: object) -> str:
    return str(name).removeprefix("US-")


def _cell(value: Any) -> str:
    words = {"required": "●", "choice": "○", "True": "yes", "False": "", "0.0": "", "nan": "", "<NA>": "?"}
    text = f"{value:g}" if isinstance(value, float) and value else str(value)
    return words.get(text, text)


def print_moves(found: Iterable[Elsewhere], console: Console) -> None:
    """A line for each state: how much of the record counts there, and what is short."""
    made = table(console, "state", "diploma", "#asks", "#counts", "#if agreed", "#short", "what is short")
    for one in found:
        short = [f"{s.name} {decimal_text(s.credits)}" if s.credits else s.name for s in one.short[:FIRST]]
        more = [f"{len(one.short) - FIRST} more"] if len(one.short) > FIRST else []
        tasks = [f"{len(one.tasks)} that {'is' if len(one.tasks) == 1 else 'are'} no course"] if one.tasks else []
        figures = [decimal_text(n) if n else "" for n in (one.need, one.counted, one.asked, one.missing)]
        made.add_row(one.state, Text(one.program_name), *figures, Text("; ".join([*short, *more, *tasks])))
    console.print(made)
    console.print(Text("in year-long courses, what is in progress included", style="dim"))


def print_examples(students: Iterable[Student], console: Console) -> None:
    """A line for each example student."""
    made = table(console, "id", "catalog", "about")
    for student in students:
        made.add_row(student.id, student.catalog, Text(student.about or student.name))
    console.print(made)


def print_diff(found: CatalogDiff, console: Console) -> None:
    """Courses added, removed and changed, and settings of the catalog."""
    if not found:
        console.print("No difference that matters for planning.")
    for words, courses in (("Added", found.added), ("Removed", found.removed)):
        if courses:
            console.print(f"{words} ({len(courses)})", style="bold")
            bullets([f"{course.code} {course.title}" for course in courses], console)
    for words, changes in (
        ("Changed", [(f"{course.code}, {one.field}", one) for course in found.changed for one in course.changes]),
        ("Settings", [(one.field, one) for one in found.settings]),
    ):
        if changes:
            heading(f"{words} ({len(changes)})", console)
            made = table(console, "what", "before", "after")
            for what, one in changes:
                made.add_row(Text(what), Text(_value(one.old)), Text(_value(one.new)))
            console.print(made)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_value(one)}" for key, one in value.items()) or "–"
    return "–" if value is None or value == "" else str(value)


def print_proposals(found: Sequence[Proposal], console: Console) -> None:
    """Proposed codes, the likeliest first."""
    if not found:
        console.print("Nothing in the title speaks for any code.")
        return
    made = table(console, "code", "title", "#confidence")
    for one in found:
        made.add_row(one.code, Text(one.title), f"{one.confidence:.0%}")
    console.print(made)


def print_words(text: str, console: Console) -> None:
    """Text of indented lines and lists, wrapped to the terminal; as it is where there is none."""
    for line in text.splitlines():
        hanging(line, console)


def bullets(lines: Iterable[str], console: Console) -> None:
    """Lines with a dash before each."""
    for line in lines:
        hanging(f"- {line}", console)


def hanging(line: str, console: Console, style: str = "") -> None:
    """A line whose further lines begin below its words, not below its bullet."""
    if console.is_terminal:
        body = line.lstrip()
        inner = len(line) - len(body) + (2 if body[1:2] == " " else 0)
        line = textwrap.fill(
            line, max(console.width, inner + 20), subsequent_indent=" " * inner, break_on_hyphens=False
        )
    console.print(Text(line, style=style), soft_wrap=True)
