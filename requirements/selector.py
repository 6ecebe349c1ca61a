"""Does a course, or a line of a transcript, fall under a selector? Three answers: yes, no, and a person must say."""

from __future__ import annotations

from dataclasses import dataclass

from requirements import vocabulary
from requirements.language import Selector


@dataclass(frozen=True, slots=True)
class Subject:
    """What a selector can see of a course or of a line of a transcript.

    Parameters
    ----------
    code : str or None
        The school's own course code; None for credit from elsewhere.
    sced : str or None
        Five-digit national course code.
    area : str or None
        Subject name of the vocabulary (``mathematics``), known only where credit came in by subject without a course.
    level : str
        Level of the catalog: regular, honors, ap ...
    tags : frozenset of str
        Tags of the catalog.
    """

    code: str | None = None
    sced: str | None = None
    area: str | None = None
    level: str = ""
    tags: frozenset[str] = frozenset()


_WORSE = {True: 2, None: 1, False: 0}


def _any(answers: list[bool | None]) -> bool | None:
    return max(answers, key=_WORSE.__getitem__) if answers else False


def _all(answers: list[bool | None]) -> bool | None:
    return min(answers, key=_WORSE.__getitem__)


MOST_KNOWN = 20_000
# Rules ask the same of the same courses again and again. Selectors are told apart by identity: hashing one costs
# more than matching it.
_known: dict[int, tuple[Selector, dict[Subject, bool | None]]] = {}


def matches(selector: Selector, subject: Subject) -> bool | None:
    """Whether the course counts: True, False, or None where a person must decide.

    A named course of the vocabulary answers None for the codes that only some states or districts accept. Keys of
    a selector are joined by *and* (the worst answer holds), values of a key by *or* (the best holds).
    """
    known = _known.get(id(selector))
    if known is None or known[0] is not selector:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        known = _known[id(selector)] = (selector, {})
    answers = known[1]
    if subject not in answers:
        answers[subject] = _matches(selector, subject)
    return answers[subject]


def _matches(selector: Selector, subject: Subject) -> bool | None:
    answers: list[bool | None] = []
    if selector.term:
        answers.append(_any([_term(name, subject) for name in selector.term]))
    if selector.subject:
        answers.append(_any([_subject(name, subject) for name in selector.subject]))
    if selector.set:
        answers.append(any(subject.sced in vocabulary.set_(name) for name in selector.set))
    if selector.sced:
        answers.append(any(subject.sced in vocabulary.expand(spec) for spec in selector.sced))
    if selector.ladder:
        rungs = vocabulary.ladder(selector.ladder.name)
        answers.append(subject.sced in rungs.at_or_above(selector.ladder.at_least))
    if selector.level:
        answers.append(subject.level in selector.level)
    if selector.tag:
        answers.append(any(_tag(pattern, subject.tags) for pattern in selector.tag))
    if selector.code:
        answers.append(subject.code in selector.code)
    if selector.any_course:
        answers.append(True)
    if selector.any:
        answers.append(_any([matches(one, subject) for one in selector.any]))
    if selector.all:
        answers.append(_all([matches(one, subject) for one in selector.all]))
    answer = _all(answers) if answers else False
    if selector.maybe is not None and answer is False and matches(selector.maybe, subject) is not False:
        answer = None
    if selector.exclude is not None and answer is not False:
        excluded = matches(selector.exclude, subject)
        if excluded:
            return False
        if excluded is None:
            return None
    return answer


def _term(name: str, subject: Subject) -> bool | None:
    term = vocabulary.term(name)
    if subject.sced in term.sure:
        return True
    # Of a course taught in parts the last part shows that the whole was done; an earlier one alone is a question.
    for group in term.together:
        if subject.sced in group:
            return True if subject.sced == max(group) else None
    return None if subject.sced in term.maybe else False


def _subject(name: str, subject: Subject) -> bool | None:
    if subject.sced is None:
        return subject.area == name or (name == "electives" and subject.area is not None)
    known = vocabulary.subject(name)
    if subject.sced in known.codes:
        return True
    return None if subject.sced in known.maybe else False


def _tag(pattern: str, tags: frozenset[str]) -> bool:
    if pattern.endswith("*"):
        return any(tag.startswith(pattern[:-1]) for tag in tags)
    return pattern in tags


def series_of(subject: Subject) -> str | None:
    """The series (one language, one career area) of a course, or None."""
    return vocabulary.series(subject.sced) if subject.sced else None
