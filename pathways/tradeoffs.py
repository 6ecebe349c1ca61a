"""What one plan costs and gains against another, in plain sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from catalogs import Catalog
from catalogs.exact import decimal_text
from pathways.diversity import kind
from pathways.plan import Placement, Plan
from pathways.quality import Points

LEVELS = {"ap": "AP", "ib": "IB", "dual": "dual-credit", "college": "college"}
COURSE = Points().placed
"""Quality points of a year-long course."""
NAMED = 6
"""Courses that one sentence names at most."""


def trade_offs(first: Plan, other: Plan, catalog: Catalog) -> tuple[str, ...]:
    """What is different in ``other``, the courses first; empty where only terms differ.

    Parameters
    ----------
    first, other
        Plans of one student on one catalog.
    """
    return (
        *_courses(first, other, catalog),
        *_demands(first, other),
        *_load(first, other),
        *_end(first, other),
        *_wishes(first, other),
        *_tiers(first, other),
        *_open(first, other),
    )


def _courses(first: Plan, other: Plan, catalog: Catalog) -> list[str]:
    """Which courses stand in place of which: versions of one course, then within a kind, then across kinds."""
    lost, gained = _less(first.placements, other.placements), _less(other.placements, first.placements)
    said = []
    pairs = []
    for place in gained:
        key = catalog.credit_key(place.course)
        twin = next((one for one in lost if catalog.credit_key(one.course) == key), None)
        if twin is not None:
            pairs.append(place)
            lost.remove(twin)
            said.append(f"{place.title} in place of {twin.title}")
    gained = [place for place in gained if place not in pairs]
    kinds: defaultdict[str, tuple[list[Placement], list[Placement]]] = defaultdict(lambda: ([], []))
    for side, places in enumerate((gained, lost)):
        for place in places:
            kinds[kind(catalog.by_code[place.course])][side].append(place)
    across: tuple[list[Placement], list[Placement]] = ([], [])
    for new, old in kinds.values():
        if new and old:
            said.append(f"{_titles(new)} in place of {_titles(old)}")
        else:
            across[0].extend(new)
            across[1].extend(old)
    new, old = across
    if new and old:
        said.insert(0, f"{_titles(new)} in place of {_titles(old)}")
    elif new:
        said.append(f"{_titles(new)} besides")
    elif old:
        said.append(f"Without {_titles(old)}")
    return said


def _less(places: Sequence[Placement], others: Sequence[Placement]) -> list[Placement]:
    """Placements whose course the others hold less often."""
    there = Counter(place.course for place in others)
    left = []
    for place in places:
        if there[place.course]:
            there[place.course] -= 1
        else:
            left.append(place)
    return left


def _titles(places: Iterable[Placement]) -> str:
    """Courses by name, what is taken several times once."""
    counts = Counter(place.title for place in places)
    names = [title + (f" ({times} times)" if times > 1 else "") for title, times in counts.items()]
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _demands(first: Plan, other: Plan) -> list[str]:
    """Demanding courses more or fewer, by level and grade."""

    def count(plan: Plan) -> Counter[tuple[str, int]]:
        # Halves of a year-long course are one course to whoever takes them.
        seen = {(LEVELS[p.level], p.grade, _stem(p.title)) for p in plan.placements if p.level in LEVELS}
        return Counter((level, grade) for level, grade, _ in seen)

    before, after = count(first), count(other)
    said = []
    for level in dict.fromkeys(LEVELS.values()):
        steps: list[str] = []
        for grade in sorted({grade for _, grade in (*before, *after)}):
            more = after[level, grade] - before[level, grade]
            if more:
                noun = f"{level} course{'s' if abs(more) > 1 else ''} " if not steps else ""
                steps.append(f"{abs(more)} {noun}{'more' if more > 0 else 'fewer'} in grade {grade}")
        if steps:
            said.append(", ".join(steps))
    return said


def _stem(title: str) -> str:
    """A title without the number or letter of its half."""
    head, _, tail = title.rpartition(" ")
    return head if tail in ("1", "2", "A", "B", "I", "II") else title


def _load(first: Plan, other: Plan) -> list[str]:
    """The fullest term of each school year, where it changes, and how many courses there are in all."""
    before, after = _fullest(first), _fullest(other)
    said = []
    for grade in sorted(before.keys() | after.keys()):
        now, then = after.get(grade, 0), before.get(grade, 0)
        if now and then and now != then:
            said.append(f"{_count(now, 'period')} in the fullest term of grade {grade}, not {then}")
        elif now != then:
            said.append(f"Nothing in grade {grade}" if then else f"{_count(now, 'period')} in grade {grade}, not none")
    credit = sum((p.credits for p in other.placements), Fraction(0)) - sum(p.credits for p in first.placements)
    if credit:
        said.append(f"{_count(abs(credit), 'credit')} {'more' if credit > 0 else 'fewer'} in all")
    return said


def _count(number: Fraction | int, unit: str) -> str:
    return f"{decimal_text(Fraction(number))} {unit}{'' if number == 1 else 's'}"


def _fullest(plan: Plan) -> dict[int, int]:
    terms: Counter[tuple[int, str]] = Counter()
    for place in plan.placements:
        for term in place.terms:
            terms[place.grade, term] += place.periods
    fullest: dict[int, int] = {}
    for (grade, _), periods in terms.items():
        fullest[grade] = max(fullest.get(grade, 0), periods)
    return fullest


def _end(first: Plan, other: Plan) -> list[str]:
    if first.graduates == other.graduates or first.graduates is None or other.graduates is None:
        return []
    now, then = other.terms.index(other.graduates), first.terms.index(first.graduates)
    # Summers have no open periods of their own: what people count are the terms of the school year.
    between = sum(term in first.free for term in first.terms[min(now, then) + 1 : max(now, then) + 1])
    return [
        f"The last course ends in {other.graduates}, {_count(between, 'term')} {'earlier' if now < then else 'later'}"
    ]


def _wishes(first: Plan, other: Plan) -> list[str]:
    said = []
    for before, after in zip(first.wishes, other.wishes, strict=True):
        if before.granted != after.granted:
            said.append(f"The wish for {after.wish} {'comes true' if after.granted else 'does not come true'}")
    return said


def _tiers(first: Plan, other: Plan) -> list[str]:
    """Credit missing of each goal, and how good the rest is."""
    said = []
    for before, after in zip(first.tiers, other.tiers, strict=True):
        more = after.value - before.value
        if not more or after.name in ("wishes", "nearness"):
            continue
        if after.name == "quality":
            said.append(f"The shape of the years is {balance(more)}")
        else:
            name = after.words.partition(":")[0]
            said.append(f"{name}: {_count(abs(more), 'credit')} {'more' if more > 0 else 'fewer'} missing")
    return said


def balance(points: Fraction | int) -> str:
    """How much better or worse so many quality points are; a year-long course that nothing asks for weighs 24.

    Examples
    --------
    >>> balance(12), balance(-72), balance(0)
    ('a little less good', 'clearly better', 'as good')
    """
    if not points:
        return "as good"
    size = abs(Fraction(points))
    much = "a little" if size < COURSE else "somewhat" if size < 3 * COURSE else "clearly"
    return f"{much} {'less good' if points > 0 else 'better'}"


def _open(first: Plan, other: Plan) -> list[str]:
    """What must be confirmed by a person."""
    before, after = (sum(len(place.assumptions) for place in plan.placements) for plan in (first, other))
    if before == after:
        return []
    return [f"{abs(after - before)} {'more' if after > before else 'fewer'} to confirm with a person"]
