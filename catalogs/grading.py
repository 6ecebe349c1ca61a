"""Marks: their order, whether they pass, and their grade points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

LETTERS = ("F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+")
PASSING_WORDS = frozenset({"P", "CR", "S", "PASS"})
NUMERIC = re.compile(r"\d{1,3}(\.\d+)?")
PASSES = re.compile(r"\b([A-D][+-]?|\d{1,3})\s+pass(?:es|ing)?\b")

# Averages that a letter can stand for on the usual scale of 90, 80, 70, 60. A plain letter covers the ten of them,
# since many schools print no plus or minus.
FLOORS = {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}


def _clean(grade: str) -> str:
    return grade.strip().upper().replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")


def _number(grade: str) -> Fraction | None:
    value = Fraction(grade) if NUMERIC.fullmatch(grade) else None
    return value if value is not None and value <= 100 else None


def _averages(letter: str) -> tuple[int, int]:
    """The lowest and highest average out of 100 for which a letter may stand."""
    floor = FLOORS[letter[0]]
    if letter == "F":
        return 0, 59
    top = 100 if letter[0] == "A" else floor + 9
    if letter.endswith("+"):
        return floor + 7, top
    return (floor, floor + 2) if letter.endswith("-") else (floor, top)


@dataclass(frozen=True, slots=True)
class Grading:
    """The marks of a school.

    Parameters
    ----------
    scale
        The scale as the catalog words it, such as ``A-F, D passes`` or ``0-100, 70 passes``.
    """

    scale: str = "A-F"

    def rank(self, grade: str) -> int | None:
        """Place of a mark among its kind: letters F < D- < D < ... < A+, numbers 0 to 100 as they are; None if neither.

        A letter's rank and a number's do not compare; `meets` does that.
        """
        grade = _clean(grade)
        if grade in LETTERS:
            return LETTERS.index(grade)
        number = _number(grade)
        return int(number) if number is not None else None

    @property
    def _lowest_pass(self) -> str:
        match = PASSES.search(self.scale)
        return match.group(1) if match else ""

    def passes(self, grade: str) -> bool:
        """Whether a mark earns the credit: D- or 60 and above unless the scale says ``C passes`` or ``70 passes``."""
        grade = _clean(grade)
        if grade in PASSING_WORDS:
            return True
        lowest = self._lowest_pass
        number = _number(grade)
        if number is not None:
            return number >= (int(lowest) if lowest.isdigit() else _averages(lowest or "D")[0])
        # "D passes" lets D- pass too; "C passes" asks for a C.
        letter = lowest if lowest in LETTERS and lowest[0] != "D" else "D-"
        return grade in LETTERS and LETTERS.index(grade) >= LETTERS.index(letter)

    def meets(self, grade: str, minimum: str) -> bool | None:
        """Whether a mark reaches a minimum; None where it cannot be told (P against B, or B against 85).

        Letters and numbers are compared by the usual bands (A 90, B 80, C 70, D 60), and only where every reading of
        the letter gives the same answer.
        """
        grade, minimum = _clean(grade), _clean(minimum)
        have, want = self.rank(grade), self.rank(minimum)
        if want is None or have is None:
            return None if grade in PASSING_WORDS or self.passes(grade) or want is None else False
        number, least = _number(grade), _number(minimum)
        if (number is None) == (least is None):
            return number >= least if number is not None and least is not None else have >= want
        if least is not None:
            low, high = _averages(grade)
            return True if low >= least else False if high < least else None
        assert number is not None
        low, high = _averages(minimum)
        # A plain B starts at 80, or at 83 where B- exists.
        sure = low + 3 if minimum in FLOORS and minimum != "F" else low
        return True if number >= sure else False if number < low else None

    def percent(self, grade: str) -> Fraction | None:
        """The mark in percent; None for letters and words, which stand for no single number."""
        return _number(_clean(grade))

    def points(self, grade: str) -> Fraction | None:
        """Unweighted grade points: A 4, A- 3.7, B+ 3.3, ..., F 0 (A+ counts 4); None for a mark that has none."""
        grade = _clean(grade)
        number = _number(grade)
        if number is not None:
            return Fraction(max(0, min(4, int(number) // 10 - 5)))
        if grade not in LETTERS:
            return None
        whole = Fraction("FDCBA".index(grade[0]))
        step = Fraction(3, 10) if len(grade) == 2 else Fraction(0)
        return min(Fraction(4), whole + step if grade.endswith("+") else whole - step)
