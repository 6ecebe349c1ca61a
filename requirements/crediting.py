"""Turn the lines of a transcript into credit: what counts, how much, and why the rest does not.

Amounts are in year-courses (credits divided by what one year-long course earns in the catalog). No line is dropped: one
that earns nothing stays as an entry of amount 0 with its reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction

from catalogs import Catalog, Course, sced
from catalogs.errors import InputError, InputErrors
from catalogs.exact import decimal_text
from catalogs.grading import Grading
from requirements import vocabulary
from requirements.record import Entry, TranscriptLine, subject_of
from requirements.selector import Subject

# Marks that earn no credit although they are no F: withdrawn, incomplete, not passed, audited.
NO_CREDIT = frozenset({"NP", "NC", "U", "W", "WP", "WF", "I", "INC", "AU", "FAIL", "N"})
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a line that a person should know.

    Parameters
    ----------
    line : int
        Number of the line, from 1.
    entry : str
        Id of its entry.
    """

    line: int
    entry: str
    message: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A line with what it names; ``full`` is what its course earns at once (None for credit from elsewhere)."""

    entry: Entry
    course: Course | None
    full: Fraction | None


def credit_entries(
    lines: Sequence[TranscriptLine], catalog: Catalog, entering: int | None = None
) -> tuple[tuple[Entry, ...], tuple[Remark, ...]]:
    """Read transcript lines into credit entries, one a line and in their order.

    Failed lines earn nothing. A course, or another version of it, earns its credit once (`Course.repeatable` times):
    the best mark counts. Lines with part of a course's credit add up to the whole, except that the same term of two
    years is the same part taken again. What is in progress counts unless the credit is already earned.

    Parameters
    ----------
    lines : sequence of TranscriptLine
    catalog : Catalog
        The school's catalog; credits of all lines are in its unit.
    entering : int, optional
        Fall in which the student entered grade 9; gives the grade of lines that tell only their year.

    Raises
    ------
    InputError
        For an unknown course, subject, code or mark, naming the line; `InputErrors` for several.
    """
    read: list[_Read] = []
    remarks: list[Remark] = []
    errors: list[InputError] = []
    seen: Counter[str] = Counter()
    terms: dict[tuple[str | None, int | None], set[str]] = defaultdict(set)
    for line in lines:
        if line.credits is None and line.term is not None and line.year is not None:
            terms[line.course, line.year].add(line.term)
    for number, line in enumerate(lines, 1):
        try:
            one, notes = _read(line, catalog, entering, len(terms[line.course, line.year]))
        except InputError as error:
            error.place = f"transcript line {number}"
            errors.append(error)
            continue
        key = one.entry.id
        seen[key] += 1
        if seen[key] > 1:
            one = replace(one, entry=replace(one.entry, id=f"{key}#{seen[key]}"))
        read.append(one)
        remarks += [Remark(number, one.entry.id, note) for note in notes]
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    entries, more = _once(read, catalog)
    return entries, tuple(sorted((*remarks, *more, *_same_code(read)), key=lambda remark: remark.line))


def planned_entry(course: Course, catalog: Catalog, year: int, term: str, grade: int) -> Entry:
    """Credit that a planned course would earn."""
    return Entry(
        id=f"{course.code}@{year}-{term}",
        title=course.title,
        subject=subject_of(course),
        amount=course.credits / catalog.year_credits,
        stage="planned",
        grade=grade,
        year=year,
        term=term,
        origin="middle_school" if grade < 9 else "school",
    )


def _read(line: TranscriptLine, catalog: Catalog, entering: int | None, terms: int) -> tuple[_Read, list[str]]:
    """One line by itself; `terms` tells in how many terms of its year the course is written without its credits."""
    notes: list[str] = []
    course = catalog.get(line.course) if line.course is not None else None
    outside = line.sced is not None or line.subject is not None
    if line.course is not None and course is None:
        if not outside or line.credits is None:
            raise _unknown_course(line.course, catalog, outside)
        notes.append(f"course {line.course} is not in the catalog {catalog.id}: counted as credit from elsewhere")
    code = _current(line.sced, notes) if line.sced is not None else None
    if line.subject is not None:
        vocabulary.subject(line.subject)
    if course is not None:
        subject = subject_of(course)
        if code is not None and subject.sced is None:
            subject = replace(subject, sced=code)
        elif code is not None and code != subject.sced:
            notes.append(f"the line says code {code}, the catalog {subject.sced}: the catalog's is used")
        title, full = course.title, course.credits / catalog.year_credits
    else:
        subject = Subject(sced=code, area=line.subject if code is None else None, level=line.level)
        title = sced.codes()[code].title if code else f"Credit in {line.subject or 'no subject'}"
        full = None
    credits = line.credits if line.credits is not None else course.credits if course is not None else NOTHING
    if course is not None and line.credits is None and line.term is not None and 2 <= terms <= course.terms:
        credits /= course.terms
        notes.append(f"written term by term without credits: read as 1 of {course.terms} parts of the course")
    amount = credits / catalog.year_credits
    reason = None if line.in_progress else _failed(line.mark, catalog.grading)
    if reason is None and amount == 0:
        reason = "no credit"
    grade = line.grade
    if grade is None and entering is not None and line.year is not None and 6 <= 9 + line.year - entering <= 13:
        grade = 9 + line.year - entering
    when = "-".join(str(part) for part in (line.year, line.term) if part is not None)
    name = (course.code if course else None) or line.sced or line.subject
    entry = Entry(
        id=f"{name}@{when}" if when else str(name),
        title=line.title or title,
        subject=subject,
        amount=NOTHING if reason else amount,
        stage="in_progress" if line.in_progress else "earned",
        # A mark so far is not the mark: what a course in progress will reach is not known.
        mark=None if line.in_progress else line.mark,
        grade=grade,
        year=line.year,
        term=line.term,
        origin=line.origin,
        reason=reason,
    )
    return _Read(entry, course, full), notes


def _unknown_course(code: str, catalog: Catalog, outside: bool) -> InputError:
    if outside:
        return InputError(
            f"course {code} is not in the catalog {catalog.id}",
            mend="Give its credits to count it as credit from elsewhere",
        )
    close = get_close_matches(code, catalog.by_code, n=3)
    names = " or ".join(f"{one} ({catalog.by_code[one].title})" for one in close)
    mend = f"Did you mean {names}?" if close else "Give sced or subject, and credits, for credit from elsewhere"
    return InputError(f"there is no course {code!r} in the catalog {catalog.id}", mend=mend)


def _current(code: str, notes: list[str]) -> str | None:
    """A code of the present national list; a retired one is replaced, or left out where no successor is sure."""
    if code in sced.codes():
        return code
    if code not in sced.retired():
        vocabulary.expand(code)  # raises, and names the codes that look like it
    title, now = sced.retired()[code]
    notes.append(f"the national code {code} ({title}) is retired: read as {now or 'credit without a code'}")
    return now


def _failed(mark: str | None, grading: Grading) -> str | None:
    """Why a mark earns no credit; None where it does."""
    if mark is None or grading.passes(mark):
        return None
    word = mark.strip().upper()
    if word in NO_CREDIT:
        return f"no credit ({mark.strip()})"
    if grading.rank(mark) is None:
        raise InputError(
            f"the mark {mark[:20]!r} cannot be read on the scale {grading.scale!r}",
            mend="Write a letter, a number from 0 to 100, P or F; leave it out where the course is in progress",
        )
    return f"not passed ({mark.strip()})"


def _once(read: Sequence[_Read], catalog: Catalog) -> tuple[tuple[Entry, ...], list[Remark]]:
    """Let each course earn its credit once, or as often as it may be repeated."""
    entries = [one.entry for one in read]
    remarks: list[Remark] = []
    groups: dict[str, list[int]] = defaultdict(list)
    for i, one in enumerate(read):
        if one.course is not None and one.entry.amount > 0:
            groups[catalog.credit_key(one.course.code)].append(i)
    for members in groups.values():
        courses = [course for i in members if (course := read[i].course) is not None]
        times = max(course.repeatable for course in courses)
        room = max(course.credits * course.repeatable for course in courses) / catalog.year_credits
        years: dict[str, set[int | None]] = defaultdict(set)
        for i in sorted(members, key=lambda i: _best_first(entries[i], i, catalog.grading)):
            entry, full = entries[i], read[i].full
            part = entry.term is not None and full is not None and entry.amount < full
            again = part and entry.year not in years[str(entry.term)] and len(years[str(entry.term)]) >= times
            counted = NOTHING if again else min(entry.amount, room)
            if part and counted:
                years[str(entry.term)].add(entry.year)
            room -= counted
            if counted == entry.amount:
                continue
            entries[i] = replace(entry, amount=counted, reason="repeated" if counted == 0 else "repeated in part")
            if again:
                remarks.append(
                    Remark(i + 1, entry.id, f"{entry.term} was taken before: read as the same part repeated")
                )
            elif counted:
                much = decimal_text(counted * catalog.year_credits)
                remarks.append(Remark(i + 1, entry.id, f"only {much} of its credits count: the course earns no more"))
    return tuple(entries), remarks


def _best_first(entry: Entry, position: int, grading: Grading) -> tuple[bool, Fraction, int, int, int]:
    """Order in which attempts count: earned before in progress, then the best mark, then the earliest."""
    points = grading.points(entry.mark) if entry.mark is not None else None
    rank = grading.rank(entry.mark) if entry.mark is not None else None
    # A pass without a mark stands between a D, which fails every minimum, and a C.
    value = points if points is not None else Fraction(3, 2)
    return (entry.stage != "earned", -value, -(rank or 0), entry.year or 9999, position)


def _same_code(read: Sequence[_Read]) -> list[Remark]:
    """Remarks on credit from elsewhere that may be for a course the student has already."""
    remarks = []
    total: dict[str, Fraction] = defaultdict(Fraction)
    for i, one in enumerate(read):
        code = one.entry.subject.sced
        if code is None or one.entry.amount == 0:
            continue
        total[code] += one.entry.amount
        if one.course is None and total[code] > 1:
            remarks.append(
                Remark(
                    i + 1,
                    one.entry.id,
                    f"more than a year of the national course {code}: perhaps the same course twice",
                )
            )
    return remarks
