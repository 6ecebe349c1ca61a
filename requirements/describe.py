"""A program in plain words, for a student or a parent to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from catalogs import sced
from catalogs.exact import decimal_text
from requirements import vocabulary
from requirements.figure import Figure, amount, figure_text, figures
from requirements.jurisdictions import PlanPolicy, jurisdictions
from requirements.language import (
    AGAIN,
    MAIN,
    AllOf,
    AnyOf,
    AnyRequirement,
    Cap,
    Cohorts,
    CreditRequirement,
    Gpa,
    Limit,
    Program,
    Requirement,
    Selector,
    Substitution,
    Task,
    Total,
    children,
)

_LEVELS = {"ap": "AP", "ib": "IB", "cte": "career and technical", "dual": "dual credit"}
_TASKS = {
    "assessment": "an assessment",
    "civics_test": "a civics test",
    "service": "service to the community",
    "financial_aid": "a form for financial aid",
    "portfolio": "a portfolio",
    "plan": "a plan in writing",
    "training": "a training",
    "experience": "an experience",
    "proficiency": "proof of what the student can do",
    "pathway": "a pathway to graduation",
    "approval": "an approval",
    "credential": "a credential",
    "residency": "time at the school",
    "attendance": "attendance",
    "other": "a condition",
}


def describe(program: Program) -> str:
    """A resolved program as plain text.

    Examples
    --------
    >>> from requirements import load
    >>> print(describe(load("us-tx-fhsp-2026")).splitlines()[0])
    Foundation High School Program without endorsement
    """
    return "\n".join(describe_lines(program)) + "\n"


def describe_lines(program: Program) -> list[str]:
    """The lines of `describe`: what is asked, what may stand in, what is not certain, and where it was read."""
    words = _Words(program)
    kind = program.kind.replace("_", " ") + (f", {program.route} route" if program.route else "")
    lines = [
        program.name,
        f"{program.jurisdiction}: {kind}, for {cohort_words(program.cohorts)}.",
        f"A course that lasts a whole year earns {amount(program.unit.year_course, program.unit)}.",
        *([program.note[:1].upper() + program.note[1:]] if program.note else []),
        "",
        "What is required",
    ]
    for rule in program.requirements:
        lines += words.requirement(rule, rule.id, 0, None)
    if program.substitutions:
        lines += ["", "What may stand in for it"]
        for sub in program.substitutions:
            source = words.source(words.figures.get(f"substitutions/{sub.id}"))
            lines.append(f"- {words.substitution(sub)}{_note(sub.note)}{source}")
    if program.limits:
        lines += ["", "How much counts at most"]
        for limit in program.limits:
            source = words.source(words.figures.get(f"limits/{limit.id}"))
            lines.append(f"- {words.cap(limit)}{_note(limit.note)}{source}")
    if program.double_counting:
        lines += ["", "Whether one course may count twice", program.double_counting]
    if program.kind == "diploma" and (home := jurisdictions().get(program.jurisdiction.partition("/")[0])) is not None:
        policy = home.plan_policy
        sure = "" if home.policy_status == "verified" else " (not yet verified)"
        lines += ["", f"{policy.name or 'Personal learning plan'}{sure}", policy_words(policy)]
    if program.doubts:
        lines += ["", "What is not certain", *(f"- {doubt}" for doubt in program.doubts)]
    if program.references:
        lines += ["", "Where this was read"]
        for number, one in enumerate(program.references, 1):
            date = f", {one.date}" if one.date and one.date != "unknown" else ""
            sure = "" if one.status == "verified" else " (not yet verified)"
            lines.append(f"[{number}] {one.title}{date}{f', {one.url}' if one.url else ''}{sure}")
    return lines


def policy_words(policy: PlanPolicy) -> str:
    """What a state asks of the personal learning plan, in a sentence or a few."""
    said = {True: "Required", False: "Not required by the state", None: "Whether it is required is not settled"}
    words = said[policy.required] + (f" of {policy.who}" if policy.required and policy.who else "")
    words += f", from grade {policy.from_grade}" if policy.from_grade else ""
    words += f", reviewed {policy.reviewed}" if policy.reviewed else ""
    words += f"; signed by {join_words(policy.signed_by, 'and')}" if policy.signed_by else ""
    if policy.takes_part:
        words += f"; {join_words(policy.takes_part, 'and')} take{'s' if len(policy.takes_part) == 1 else ''} part"
    return f"{words}. {policy.detail}" if policy.detail else f"{words}."


def cohort_words(cohorts: Cohorts) -> str:
    """Whom a program binds: "students who entered grade 9 in fall 2026 or later"."""
    first, last = cohorts.from_, cohorts.to
    if first is None and last is None:
        return "all students"
    if first == last:
        when = f"in fall {first}"
    elif last is None:
        when = f"in fall {first} or later"
    else:
        when = f"in fall {last} or earlier" if first is None else f"from fall {first} to fall {last}"
    return f"students who entered grade 9 {when}"


def selector_words(selector: Selector) -> str:
    """The courses of a selector in words.

    Examples
    --------
    >>> selector_words(Selector(subject="social_studies", level=("ap", "ib")))
    'social studies at AP or IB level'
    """
    parts = [_alternatives(getattr(selector, key), say) for key, say in _SAY.items() if getattr(selector, key)]
    if selector.ladder is not None:
        parts.append(_floor(selector.ladder.name, selector.ladder.at_least))
    parts += [_alternatives(selector.any, selector_words)] if selector.any else []
    parts += [selector_words(one) for one in selector.all]
    text = " that also counts as ".join(parts)
    if selector.level:
        text = f"{text or 'any course'} at {_alternatives(selector.level, lambda one: _LEVELS.get(one, one))} level"
    if selector.any_course:
        text = text or "any course"
    if selector.exclude is not None:
        text = f"{text or 'nothing'}, but not {selector_words(selector.exclude)}"
    if selector.maybe is not None:
        more = selector_words(selector.maybe)
        text = f"{text}, and if a person agrees {more}" if text else f"{more}, if a person agrees"
    return text or "no course"


def _code_words(spec: str) -> str:
    known = sced.codes()
    if spec in known:
        return known[spec].title
    first, _, last = spec.partition("-")
    return f"courses {first} to {last} of the national list" if last else f"courses {spec} of the national list"


_SUBJECTS = {"english": "English", "cte": "career and technical education", "jrotc": "JROTC"}
_SAY: dict[str, Callable[[str], str]] = {
    "term": lambda name: vocabulary.term(name).name,
    "subject": lambda name: _SUBJECTS.get(name, name.replace("_", " ")),
    "set": vocabulary.set_title,
    "sced": _code_words,
    "tag": lambda tag: f"courses marked {tag.removesuffix(':*')} in the catalog",
    "code": lambda code: f"course {code}",
}


def _floor(name: str, rung: int) -> str:
    return f"{name.replace('_', ' ')} from {vocabulary.ladder(name).titles[rung - 1]} up"


def _alternatives(values: Iterable[Any], say: Callable[[Any], str]) -> str:
    words = {text.casefold(): text for value in reversed(tuple(values)) if (text := say(value))}
    return join_words(list(reversed(words.values())), "or")


def join_words(words: Sequence[str], last: str) -> str:
    """Join words as a sentence does: "a, b or c"."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def title_of(rule: Requirement) -> str:
    """Name of a requirement, or its id as words."""
    return rule.name or rule.id.replace("-", " ").replace("_", " ").capitalize()


def requirement_words(program: Program, rule: AnyRequirement) -> str:
    """What one requirement of a program asks, in words."""
    return _Words(program).text(rule)


def cap_words(program: Program, cap: Cap) -> str:
    """What a cap or limit of a program allows, in words."""
    return _Words(program).cap(cap)


def substitution_words(program: Program, sub: Substitution) -> str:
    """What may stand in for what, in words."""
    return _Words(program).substitution(sub)


def _note(note: str | None) -> str:
    return f". {note[:1].upper()}{note[1:]}" if note else ""


class _Words:
    """Words for the requirements of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.figures = {figure.path: figure for figure in figures(program)}
        self.numbers = {one.id: number for number, one in enumerate(program.references, 1)}

    def title(self, path: str) -> str:
        rules, names = self.program.requirements, []
        for step in path.split("/"):
            rule = next(rule for rule in rules if rule.id == step)
            names.append(title_of(rule))
            rules = children(rule)
        return ", ".join(names)

    def source(self, figure: Figure | None, outer: Figure | None = None) -> str:
        """Reference and status of a figure; nothing where those of the requirement around it hold."""
        if figure is None or (outer and (figure.status, figure.reference) == (outer.status, outer.reference)):
            return ""
        number = f" [{self.numbers[figure.reference.id]}]" if figure.reference else ""
        return f"{number} ({'verified' if figure.status == 'verified' else 'not yet verified'})"

    def requirement(self, rule: AnyRequirement, path: str, depth: int, outer: Figure | None) -> list[str]:
        figure = self.figures.get(path)
        indent = "    " * depth
        among = ", among them:" if isinstance(rule, CreditRequirement) and rule.parts else ""
        lines = [f"{indent}- {title_of(rule)}: {self.text(rule)}{self.source(figure, outer)}{among}"]
        lines += [f"{indent}  ({rule.note})"] if rule.note else []
        for one in children(rule):
            lines += self.requirement(one, f"{path}/{one.id}", depth + 1, figure or outer)
        for i, cap in enumerate(rule.caps if isinstance(rule, CreditRequirement) else (), 1):
            source = self.source(self.figures[f"{path}#cap-{i}"], figure or outer)
            lines.append(f"{indent}    - {self.cap(cap)}{_note(cap.note)}{source}")
        return lines

    def cap(self, cap: Cap) -> str:
        most = f"At most {amount(cap.credits, self.program.unit)} of {selector_words(cap.from_)}"
        most += f", taken in grade {_grades(cap.during, 'or')}" if cap.during else ""
        over = cap.over if isinstance(cap, Limit) else ()
        return most + (f", over {join_words(list(map(self.title, over)), 'and')} together" if over else "")

    def substitution(self, sub: Substitution) -> str:
        most = f"up to {amount(sub.credits, self.program.unit)} of " if sub.credits is not None else ""
        when = f"; only if a person agrees: {sub.condition}" if sub.condition else ""
        target = join_words(list(map(self.title, sub.instead_of)), "or")
        return f"For {target}: {most}{selector_words(sub.allowed)}{when}"

    def text(self, rule: AnyRequirement) -> str:
        if isinstance(rule, AllOf):
            return "all of these"
        if isinstance(rule, AnyOf):
            return "one of these" if rule.at_least == 1 else f"at least {rule.at_least} of these"
        if isinstance(rule, Task):
            return _task(rule)
        text = figure_text(rule, self.program.unit)
        if isinstance(rule, (Total, Gpa)):
            return text if rule.from_.any_course else f"{text}, from {selector_words(rule.from_)}"
        text += f" of {selector_words(rule.from_)}"
        text += ", all in one language or one area" if rule.same else ""
        if isinstance(rule, CreditRequirement):
            text += f" in each of the grades {_grades(rule.each_grade)}" if rule.each_grade else ""
        text += f", taken in grade {_grades(rule.during, 'or')}" if rule.during else ""
        text += f", each with {rule.minimum_mark} or better" if rule.minimum_mark else ""
        if rule.pool == AGAIN and isinstance(rule, CreditRequirement):
            text += "; these may count for another requirement as well"
        elif rule.pool not in (MAIN, AGAIN):
            text += f"; counted once among the requirements for {rule.pool.replace('-', ' ')}"
        return text


def _grades(grades: Iterable[int], last: str = "and") -> str:
    return join_words([str(grade) for grade in grades], last)


def _task(rule: Task) -> str:
    text = _TASKS[rule.task]
    if rule.amount is not None:
        text = (
            f"{decimal_text(rule.amount)} {rule.unit or ''}".strip()
            + f" of {text.removeprefix('an ').removeprefix('a ')}"
        )
    text += f" ({rule.detail})" if rule.detail else ""
    text += f", by the end of grade {rule.by_grade}" if rule.by_grade is not None else ""
    return text + (f"; {rule.who} decides" if rule.judged else f"; confirmed by {rule.who}")
