"""The register of jurisdictions: what is on file for each, how sure it is, and what remains in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from requirements.jurisdictions import Jurisdiction, jurisdiction, jurisdictions
from requirements.language import Kind, Program, walk
from requirements.listing import ProgramSummary, programs
from requirements.reader import load

NOT_CHECKED = "Not checked:"
"""How a note begins that says what no machine checks."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One jurisdiction with its programs.

    Parameters
    ----------
    kinds : Counter
        Number of programs by kind.
    figures, verified : int
        Figures of all its programs, and how many are verified.
    doubts : tuple of str
        All doubts of its programs, each once.
    newest : str or None
        The latest date that a reference of its programs bears.
    unchecked : tuple of str
        What the rules say and no audit checks, each once.
    """

    jurisdiction: Jurisdiction
    programs: tuple[ProgramSummary, ...]
    kinds: Counter[Kind]
    figures: int
    verified: int
    doubts: tuple[str, ...]
    newest: str | None
    unchecked: tuple[str, ...]

    @property
    def verified_share(self) -> Fraction:
        """Share of verified figures, 0 where there are none."""
        return Fraction(self.verified, self.figures) if self.figures else Fraction(0)


def register() -> tuple[Registered, ...]:
    """All jurisdictions with what is on file for them, in the order of their ids."""
    every = programs()
    return tuple(
        _registered(one, tuple(p for p in every if p.jurisdiction.partition("/")[0] == one.id))
        for one in jurisdictions().values()
    )


def registered(state: str) -> Registered:
    """One jurisdiction, by its letters (``TX`` or ``US-TX``), with what is on file for it.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> registered("TX").jurisdiction.name
    'Texas'
    """
    found = jurisdiction(state)
    return _registered(found, tuple(programs(found.id)))


def _registered(jurisdiction: Jurisdiction, found: tuple[ProgramSummary, ...]) -> Registered:
    loaded = [load(one.id) for one in found]
    dates = [reference.date for program in loaded for reference in program.references]
    return Registered(
        jurisdiction=jurisdiction,
        programs=found,
        kinds=Counter(one.kind for one in found),
        figures=sum(one.figures for one in found),
        verified=sum(one.verified for one in found),
        doubts=tuple(dict.fromkeys([*jurisdiction.doubts, *(doubt for program in loaded for doubt in program.doubts)])),
        newest=max((date for date in dates if date and date[:2] in ("19", "20")), default=None),
        unchecked=tuple(dict.fromkeys(note for program in loaded for note in unchecked(program))),
    )


def unchecked(program: Program) -> Iterator[str]:
    """Notes of a program that say what no audit checks."""
    rules = (rule for _, rule in walk(program.requirements))
    said = [program.double_counting or ""]
    said += [one.note or "" for one in (program, *rules, *program.substitutions, *program.limits)]
    yield from (text for text in said if NOT_CHECKED in text)


def as_markdown() -> str:
    """The page ``docs/jurisdictions.md``."""
    found = register()
    counts = Counter(kind for one in found for kind in one.kinds.elements())
    figures, verified = sum(one.figures for one in found), sum(one.verified for one in found)
    about = (
        f"{len(found)} jurisdictions (50 states and the District of Columbia) with {counts.total()} programs: "
        f"{_counted(counts)}. Of their {figures:,} figures {verified / max(1, figures):.0%} were compared with a "
        "reference that was itself read; the others are marked as not yet verified wherever they are shown."
    )
    how = (
        "`pathways programs --state XX` lists the programs of a state, `pathways programs show ID` prints one with its "
        "references. Programs of no single state (college admission, NCAA) stand at the end."
    )
    heads = (
        *("jurisdiction", "rules set by", "diplomas", "endorsements", "other", "figures verified", "newest reference"),
        *("not checked", "doubts"),
    )
    note = "<!-- Written by python -m requirements.register; do not edit. -->"
    lines = [
        "# Jurisdictions",
        "",
        note,
        "",
        about,
        "",
        how,
        "",
        f"| {' | '.join(heads)} |",
        "|---|---|---:|---:|---:|---:|---|---:|---:|",
    ]
    lines += map(_row, found)
    lines += [
        "",
        "## Personal learning plans",
        "",
        "| jurisdiction | required | plan | detail | |",
        "|---|---|---|---|---|",
    ]
    lines += map(_policy, found)
    lines += ["", "## Doubts and what is not checked", ""]
    for one in found:
        if one.doubts or one.unchecked:
            lines += [f"### {one.jurisdiction.name}", ""]
            lines += [*(f"- {doubt}{_whose(one, doubt)}" for doubt in one.doubts)]
            lines += [*(f"- *{note}*{_whose(one, note)}" for note in one.unchecked), ""]
    lines += ["## Programs of no single state", ""]
    bodies = [p for p in programs() if not p.jurisdiction.startswith("US-")]
    lines += [f"- `{p.id}`: {p.name} ({p.verified} of {p.figures} figures verified)" for p in bodies]
    return "\n".join(lines) + "\n"


def _counted(kinds: Counter[Kind]) -> str:
    words = [f"{n} {kind.replace('_', ' ')}{'' if kind.endswith('study') else 's'}" for kind, n in kinds.most_common()]
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def _whose(one: Registered, text: str) -> str:
    """The programs that a doubt or note stands in, unless the jurisdiction itself says it."""
    ids = [p.id for p in one.programs if text in (*(program := load(p.id)).doubts, *unchecked(program))]
    if not ids:
        return ""
    return f" (`{ids[0]}`)" if len(ids) == 1 else f" (`{ids[0]}` and {len(ids) - 1} more)"


def _row(one: Registered) -> str:
    kinds, j = one.kinds, one.jurisdiction
    other = sum(kinds.values()) - kinds["diploma"] - kinds["endorsement"]
    cells = (
        f"[{j.name}](#{j.name.lower().replace(' ', '-')})" if one.doubts or one.unchecked else j.name,
        j.control,
        *(kinds["diploma"] or "", kinds["endorsement"] or "", other or ""),
        f"{one.verified} of {one.figures} ({float(one.verified_share):.0%})",
        one.newest or "",
        *(len(one.unchecked) or "", len(one.doubts) or ""),
    )
    return f"| {' | '.join(map(str, cells))} |"


def _policy(one: Registered) -> str:
    policy = one.jurisdiction.plan_policy
    required = {True: "yes", False: "no", None: "not settled"}[policy.required]
    facts = [
        f"for {policy.who}" if policy.who else "",
        f"from grade {policy.from_grade}" if policy.from_grade else "",
        f"reviewed {policy.reviewed}" if policy.reviewed else "",
        f"signed by {', '.join(policy.signed_by)}" if policy.signed_by else "",
    ]
    said = "; ".join(filter(None, facts))
    words = " ".join(filter(None, (f"{said[:1].upper()}{said[1:]}." if said else "", policy.detail)))
    sure = "" if one.jurisdiction.policy_status == "verified" else "not yet verified"
    return f"| {one.jurisdiction.name} | {required} | {policy.name or ''} | {words} | {sure} |"


if __name__ == "__main__":
    print(as_markdown(), end="")
