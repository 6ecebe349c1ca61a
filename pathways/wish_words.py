"""What a wish asks, and what became of it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from catalogs import Catalog
from catalogs.exact import decimal_text
from pathways.plan import WishResult
from pathways.student import Wish
from requirements.describe import join_words, selector_words
from requirements.language import Selector
from requirements.selector import Subject, matches

if TYPE_CHECKING:
    from pathways.problem import PeakItem
    from pathways.wishes import Asked, Part, Placed

UNITS = {
    "courses": ("course", "courses"),
    "credits": ("credit", "credits"),
    "periods": ("period", "periods"),
    "rigor": ("point of rigor", "points of rigor"),
    "homework": ("hour of homework a week", "hours of homework a week"),
}
MOST_TITLES = 6


def is_meant(wish: Wish, subject: Subject) -> bool:
    """Whether a course is of the kind that a wish speaks of; every course, where it names none."""
    if wish.course is not None:
        return subject.code == wish.course
    kind = wish.any_of or wish.no_gap
    return kind is None or matches(kind, subject) is True


def wish_words(wish: Wish, catalog: Catalog) -> str:
    """A wish as people say it.

    Examples
    --------
    >>> from catalogs.bundled import load
    >>> wish_words(Wish(any_of={"level": "ap"}, at_most=2, each="term"), load("katy-isd-tx"))
    'at most 2 courses at AP level in every term'
    """
    course = catalog.get(wish.course or "")
    kind = wish.any_of or wish.no_gap
    what = f"{course.title} ({course.code})" if course else _kind_words(kind, catalog) if kind else ""
    if wish.free is not None:
        words = f"{'a free period' if wish.free == 1 else f'{wish.free} free periods'}{_when(wish)}"
    elif wish.even is not None:
        named = {"rigor": "rigor", "homework": "hours of homework", "periods": "periods"}[wish.even]
        words = f"{named} spread evenly over {_when(wish).removeprefix(' in ').replace('every term', 'the terms')}"
    elif wish.no_gap is not None:
        idle = Fraction(1) if wish.at_most is None else wish.at_most
        longer = "a term" if idle == 1 else f"{decimal_text(idle)} terms"
        words = f"no gap{f' of more than {longer}' if idle else ''} in {what}"
    elif wish.finish_by is not None:
        words = f"finished by {wish.finish_by}"
    elif wish.plain or (course and wish.at_least is None and wish.at_most is None):
        words = what + ("" if wish.plain else _when(wish))
    else:
        least, most = wish.limits
        unit = UNITS[wish.count or "courses"]
        if most is None or least:
            words = "exactly" if least == most else "at least"
            words += f" {_amount(least, *unit)}" + (
                f" and at most {decimal_text(most)}" if most not in (None, least) else ""
            )
        else:
            words = f"at most {_amount(most, *unit)}" if most else f"no {unit[0]}"
        # "2 courses at AP level", not "2 courses of any course at AP level"
        words += f" of {what}{_when(wish)}".replace(" of any course at ", " at ", 1)
    return words + (" (a must)" if wish.must else "")


def _kind_words(kind: Selector, catalog: Catalog) -> str:
    """A kind of course in words; courses named by nothing but their codes, by their titles."""
    if kind == Selector(code=kind.code) and all(code in catalog.by_code for code in kind.code):
        return join_words([catalog.by_code[code].title for code in kind.code], "or")
    return selector_words(kind)


def _amount(value: Fraction, one: str, many: str) -> str:
    return f"{decimal_text(value)} {one if value == 1 else many}"


def _when(wish: Wish) -> str:
    """The scope of a wish in words."""
    every = "" if wish.altogether else "every school year" if wish.each == "year" else "every term"
    bare = [text for text in wish.terms if not text[:4].isdigit()]
    named = [text for text in wish.terms if text not in bare]
    named += [f"{text} of any year" if wish.altogether else f"every {text}" for text in bare]
    grades = join_words([str(grade) for grade in wish.grades], "and")
    grades = f"grade{'s' if len(wish.grades) > 1 else ''} {grades}" if grades else ""
    words = " of ".join(part for part in (join_words(named, "and") or every, grades) if part)
    several = max(len(named), len(wish.grades)) > 1
    together = " together" if wish.altogether and several and wish.at_most != 0 else ""
    return f" in {words}{together}" if words else ""


def outcome(asked: Asked, placed: Mapping[tuple[int, int], tuple[Subject, str]], graduates: str | None) -> WishResult:
    """What became of a wish that is more than a course: granted or not, in figures, and why not.

    Parameters
    ----------
    placed
        Columns of the plan, each with what selectors see of its course, and its title and term.
    graduates
        Term in which the plan completes the diploma, or None.
    """
    if asked.peak is not None:
        return _spread_out(asked, asked.peak, placed)
    if not asked.parts:
        return WishResult(wish=asked.words, granted=False, words="none of the terms that it speaks of is left to plan")
    missing = [part for part in asked.parts if not part.granted(placed, graduates is not None)]
    words = _figures(asked, missing, placed, graduates)
    if missing:
        able = all(part.possible for part in missing)
        words += "; " + (
            "it does not fit together with graduation, goals and the wishes that count more"
            if able
            else "the record and the courses that can still be taken do not allow it"
        )
    return WishResult(wish=asked.words, granted=not missing, words=words)


def _figures(
    asked: Asked,
    missing: Sequence[Part],
    placed: Mapping[tuple[int, int], tuple[Subject, str]],
    graduates: str | None,
) -> str:
    wish, parts = asked.wish, asked.parts
    if wish.finish_by is not None:
        return f"the diploma is complete in {graduates}" if graduates else "the diploma is not complete"
    if wish.no_gap is not None:
        titles = [title for subject, title in placed.values() if is_meant(wish, subject)]
        return ("there is a longer gap" if missing else "held") + _listed(titles)
    unit = ("period open", "periods open") if wish.free is not None else UNITS[wish.count or "courses"]

    def amount(part: Part) -> str:
        counted = part.amount(placed)
        return _amount(part.item.sums[0].most + wish.free - counted if wish.free is not None else counted, *unit)

    if len(parts) == 1:
        when = f" in {parts[0].when}" if parts[0].when else ""
        counted = {(i, k) for i, k, _ in parts[0].item.sums[0].columns}
        titles = [title for column, (_, title) in placed.items() if column in counted and wish.free is None]
        return f"{amount(parts[0])}{when}{_listed(titles)}"
    kind = "school years" if wish.each == "year" else "terms"
    if not missing:
        return f"in each of the {len(parts)} {kind}"
    there = join_words([f"{part.when} ({amount(part)})" for part in missing], "and")
    return f"in {len(parts) - len(missing)} of {len(parts)} {kind}, not in {there}"


def _listed(titles: Sequence[str]) -> str:
    return f": {'; '.join(titles[:MOST_TITLES])}{' ...' if len(titles) > MOST_TITLES else ''}" if titles else ""


def _spread_out(asked: Asked, peak: PeakItem, placed: Placed) -> WishResult:
    """An even load in figures: granted where no term lies above the average by as much as one course."""
    sums = [
        Fraction(have + sum(a for i, k, a in columns if (i, k) in placed), asked.factor) for have, columns in peak.sums
    ]
    largest = Fraction(max((a for _, cs in peak.sums for i, k, a in cs if (i, k) in placed), default=0), asked.factor)
    average = sum(sums, Fraction(0)) / len(sums)
    unit = UNITS[asked.wish.even or "rigor"]
    heaviest, lightest = sums.index(max(sums)), sums.index(min(sums))
    words = (
        f"{_amount(sums[heaviest], *unit)} in the heaviest term ({asked.terms[heaviest]}), "
        f"{decimal_text(sums[lightest])} in the lightest ({asked.terms[lightest]}), {float(average):.1f} on average"
    )
    granted = not largest or max(sums) - average < largest
    return WishResult(wish=asked.words, granted=granted, words=words)
