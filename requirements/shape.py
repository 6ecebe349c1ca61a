"""What every audit of a program shares: its normal form, what courses match, and where its figures were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from requirements.figure import rule_hash
from requirements.identity import once_each
from requirements.language import AnyRequirement, Program, Reference, Sourced, children, walk
from requirements.normal import Normal, normalize, reached
from requirements.selector import Subject, matches, series_of

MOST_NORMALS = 200
MOST_COURSES = 20_000
MOST_SHAPES = 500


class Prepared:
    """A normal form with what it says of every course asked about so far."""

    def __init__(self, normal: Normal) -> None:
        self.normal = normal
        self._leaves: dict[Subject, tuple[tuple[int, bool], ...]] = {}
        self._limits: dict[Subject, tuple[tuple[int, frozenset[int]], ...]] = {}

    def leaves(self, subject: Subject) -> tuple[tuple[int, bool], ...]:
        """Leaves in which a course may count, each with whether it surely does (else a person must say)."""
        found = self._leaves.get(subject)
        if found is None:
            if len(self._leaves) >= MOST_COURSES:
                self._leaves.clear()
            answers = ((i, leaf.match(subject)) for i, leaf in enumerate(self.normal.leaves))
            found = self._leaves[subject] = tuple((i, answer is True) for i, answer in answers if answer is not False)
        return found

    def limits(self, subject: Subject) -> tuple[tuple[int, frozenset[int]], ...]:
        """Limits that the credit of a course counts toward, each with the leaves in which it does."""
        found = self._limits.get(subject)
        if found is None:
            if len(self._limits) >= MOST_COURSES:
                self._limits.clear()
            found = self._limits[subject] = tuple(
                (j, inside) for j, limit in enumerate(self.normal.limits) if (inside := limit.binding(subject))
            )
        return found


class Shape:
    """A program prepared for audits; answers about courses are kept, as the same courses come again and again.

    Parameters
    ----------
    program : Program
        Resolved, its layers joined.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.hash = rule_hash(program)
        self.rules: dict[str, AnyRequirement] = dict(walk(program.requirements))
        self.reached = {sub.id: frozenset(reached(program, sub)) for sub in program.substitutions}
        self.sources: dict[str, tuple[bool, Reference | None]] = {}
        self._read_sources(program.requirements, "", program)
        base = normalize(program, ())
        self._selectors = [
            leaf.accepts[0] for leaf in {leaf.path: leaf for leaf in base.leaves if leaf.series is not None}.values()
        ]
        self._base = Prepared(base)
        self._prepared: dict[tuple[tuple[str, ...], ...], Prepared] = {}
        self._series: dict[Subject, tuple[str | None, tuple[int, ...]]] = {}

    def _read_sources(self, rules: Iterable[AnyRequirement], prefix: str, outer: Sourced) -> None:
        references = {one.id: one for one in self.program.references}
        for rule in rules:
            own = Sourced(reference=rule.reference or outer.reference, status=rule.status or outer.status)
            found = references.get(own.reference or "")
            sure = own.status == "verified" and found is not None and found.status == "verified"
            self.sources[prefix + rule.id] = (sure, found)
            self._read_sources(children(rule), f"{prefix}{rule.id}/", own)

    def prepared(self, subjects: Sequence[Subject]) -> Prepared:
        """The normal form for a record: it depends on the series that occur among its courses."""
        if not self._selectors:
            return self._base
        found: list[set[str]] = [set() for _ in self._selectors]
        for subject in subjects:
            series, rules = self._series_of(subject)
            if series is not None:
                for i in rules:
                    found[i].add(series)
        key = tuple(tuple(sorted(one)) for one in found)
        if key not in self._prepared:
            if len(self._prepared) >= MOST_NORMALS:
                self._prepared.clear()
            self._prepared[key] = Prepared(normalize(self.program, subjects))
        return self._prepared[key]

    def _series_of(self, subject: Subject) -> tuple[str | None, tuple[int, ...]]:
        """The series of a course, and the requirements of one series for which it may count."""
        found = self._series.get(subject)
        if found is None:
            if len(self._series) >= MOST_COURSES:
                self._series.clear()
            rules = tuple(i for i, selector in enumerate(self._selectors) if matches(selector, subject) is not False)
            found = self._series[subject] = (series_of(subject), rules)
        return found


@once_each(MOST_SHAPES)
def shape_of(program: Program) -> Shape:
    """The shape of a program."""
    return Shape(program)
