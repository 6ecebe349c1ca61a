"""Interests: a profile of six areas, from scores or from a short questionnaire, and the fields that resemble it.

The areas are Holland's: realistic, investigative, artistic, social, enterprising, conventional. An occupation resembles
a person by the Pearson correlation of their six scores, so that the shape of a profile counts and not its height.

References
----------
J. L. Holland, *Making Vocational Choices*, 3rd ed., 1997. D. Gregory and P. Lewis, *Linking client assessment profiles
to O*NET occupational profiles*, National Center for O*NET Development, 2000 (correlation of profiles).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from catalogs.errors import InputError
from pathways.careers import tables
from pathways.careers.tables import Cluster, Occupation

AREAS = {
    "R": "realistic",
    "I": "investigative",
    "A": "artistic",
    "S": "social",
    "E": "enterprising",
    "C": "conventional",
}
MOST = 40
"""Highest score of an area: ten answers of 0 to 4 in the short form of the Interest Profiler."""

BEST, GREAT = 0.729, 0.608
"""Correlations from which a match is close, and fairly close: one-tailed critical values of six pairs at 5 and 10 %."""

WEAK = 2.0
"""Standard deviation of the six scores below which they show no clear pattern (5 % of the scale; a choice of ours)."""

NEAREST = 5
"""Occupations that stand for a field: the mean of their correlations is its closeness."""

Closeness = Literal["close", "fairly close", "not close"]

ANSWERS = ("strongly dislike", "dislike", "not sure", "like", "strongly like")
"""What the answers 0 to 4 mean."""

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("R", "Fix a bicycle that makes a strange noise"),
    ("I", "Find out why two thermometers in one room disagree"),
    ("A", "Draw the cover of a friend's story"),
    ("S", "Show a new student around the school all week"),
    ("E", "Talk shops on your street into supporting a school team"),
    ("C", "Keep the list of who has paid for the class trip"),
    ("R", "Put up the tents and the lights for a summer fair"),
    ("I", "Compare the water of three ponds over a year"),
    ("A", "Make up the tune for a short film"),
    ("S", "Sit with someone who is sad until they want to talk"),
    ("E", "Start a stall and decide what it sells"),
    ("C", "Sort a box of mixed receipts by date and kind"),
    ("R", "Take care of a vegetable bed through all weathers"),
    ("I", "Read how a vaccine was discovered"),
    ("A", "Act a part that is nothing like you"),
    ("S", "Help a younger child to learn to read"),
    ("E", "Lead a group that cannot agree"),
    ("C", "Check every sum in a budget before it is printed"),
    ("R", "Take an old radio apart and make it work again"),
    ("I", "Work on a puzzle of logic that takes days"),
    ("A", "Change a room so that it feels different"),
    ("S", "Practice with a neighbor who is learning to walk again"),
    ("E", "Speak for your class before the whole school"),
    ("C", "Set up a table that works out everyone's hours"),
)
"""A questionnaire of our own, four activities for each area. Unlike O*NET's Interest Profiler it is not validated."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Six scores of one person, each from 0 to 40, in the order R, I, A, S, E, C.

    Raises
    ------
    InputError
        For another number of scores, and for one that is no number from 0 to 40.

    Examples
    --------
    >>> Profile((10, 32, 6, 9, 8, 18)).strongest
    ('I',)
    """

    scores: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.scores) != len(AREAS):
            raise InputError(
                f"an interest profile has six scores, not {len(self.scores)}",
                place="scores",
                mend="Give them in the order R, I, A, S, E, C, such as 10,32,6,9,8,18",
            )
        for area, score in zip(AREAS, self.scores, strict=True):
            if not 0 <= score <= MOST:  # no number at all fails this too
                raise InputError(
                    f"the score of {area} ({AREAS[area]}) is {score:g}",
                    place="scores",
                    mend=f"Give a number from 0 to {MOST}: the sum of ten answers from 0 to 4",
                )

    @property
    def by_area(self) -> Mapping[str, float]:
        """The scores by their area's letter."""
        return dict(zip(AREAS, self.scores, strict=True))

    @property
    def strongest(self) -> tuple[str, ...]:
        """The area with the highest score, or all that share it."""
        return tuple(area for area, score in self.by_area.items() if score == max(self.scores))

    @property
    def next_strongest(self) -> tuple[str, ...]:
        """The two areas after the strongest, and all that share the score of the second of them."""
        rest = sorted((score for area, score in self.by_area.items() if area not in self.strongest), reverse=True)
        return tuple(
            area
            for area, score in sorted(self.by_area.items(), key=lambda one: -one[1])
            if area not in self.strongest and score >= rest[min(1, len(rest) - 1)]
        )

    @property
    def spread(self) -> float:
        """Standard deviation of the six scores."""
        mean = sum(self.scores) / len(AREAS)
        return math.sqrt(sum((score - mean) ** 2 for score in self.scores) / len(AREAS))

    @property
    def clear(self) -> bool:
        """Whether the areas differ enough for a comparison to mean anything."""
        return self.spread >= WEAK


def read_scores(text: str) -> Profile:
    """A profile from six numbers with commas between them.

    Raises
    ------
    InputError
        If they are not six numbers from 0 to 40.

    Examples
    --------
    >>> read_scores("10,32,6,9,8,18").by_area["I"]
    32.0
    """
    return Profile(tuple(_number(part, "scores") for part in text.split(",")))


def read_answers(text: str) -> Profile:
    """A profile from the answers to `QUESTIONS`, 0 to 4 each, with or without commas between them.

    The sum of an area's four answers is put on the scale of 0 to 40.

    Raises
    ------
    InputError
        If an answer is missing or is none of 0 to 4: with an area incomplete there is nothing to compare.
    """
    parts = [part.strip() for part in text.split(",")] if "," in text else list(text.strip())
    if len(parts) != len(QUESTIONS):
        raise InputError(
            f"there are {len(QUESTIONS)} questions and {len(parts)} answers",
            place="answers",
            mend="Give one answer from 0 (strongly dislike) to 4 (strongly like) for each",
        )
    sums = dict.fromkeys(AREAS, 0.0)
    for number, ((area, _), part) in enumerate(zip(QUESTIONS, parts, strict=True), 1):
        if part not in ("0", "1", "2", "3", "4"):
            said = f"is {part[:20]!r}" if part else "is missing"
            raise InputError(
                f"the answer to question {number} ({AREAS[area]}) {said}",
                place="answers",
                mend="Give 0 (strongly dislike), 1, 2 (not sure), 3 or 4 (strongly like)",
            )
        sums[area] += int(part)
    highest = (len(ANSWERS) - 1) * len(QUESTIONS) // len(AREAS)
    return Profile(tuple(total * MOST / highest for total in sums.values()))


def _number(part: str, place: str) -> float:
    try:
        return float(part)
    except ValueError:
        raise InputError(
            f"{part.strip()[:20]!r} is no number",
            place=place,
            mend="Give six numbers in the order R, I, A, S, E, C, such as 10,32,6,9,8,18",
        ) from None


# ------------------------------------------------------------------------------------------------------------- match


@dataclass(frozen=True, slots=True)
class Match:
    """An occupation beside a profile.

    Attributes
    ----------
    occupation : Occupation
        The occupation.
    r : float
        Correlation of its six scores with the person's, from -1 to 1.
    closeness : str
        What r is called.
    why : str
        The areas in which the two are alike and those in which they are not, in a sentence.
    """

    occupation: Occupation
    r: float
    closeness: Closeness
    why: str


@dataclass(frozen=True, slots=True)
class Field:
    """A cluster of 2024 beside a profile.

    Attributes
    ----------
    cluster : Cluster
        The cluster.
    r : float
        Mean correlation of its nearest occupations, five or as many as it has.
    closeness : str
        What r is called.
    close : int
        Number of its occupations that are close.
    nearest : tuple of Match
        The nearest occupations.
    """

    cluster: Cluster
    r: float
    closeness: Closeness
    close: int
    nearest: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """What resembles a profile: never one answer, but fields and how close each is.

    Attributes
    ----------
    profile : Profile
        The profile asked about.
    zone : int or None
        The job zone asked for.
    fields : tuple of Field
        All clusters that have an occupation in the zone, the nearest first.
    occupations : tuple of Match
        All occupations of the zone, the nearest first.
    zones : mapping of int to int
        In each job zone, the number of occupations that are close.
    remark : str
        How to read it; says so where there is no clear pattern, or where nothing is close.
    """

    profile: Profile
    zone: int | None
    fields: tuple[Field, ...]
    occupations: tuple[Match, ...]
    zones: Mapping[int, int]
    remark: str


def match(profile: Profile, zone: int | None = None) -> Matches:
    """Rank occupations and their fields by how much their interests resemble a profile.

    Parameters
    ----------
    profile : Profile
        The person's six scores.
    zone : int, optional
        Only occupations of this job zone, 1 to 5: how much preparation the person has or aims at.

    Returns
    -------
    Matches
        Without fields and occupations where the profile shows no clear pattern, for which r means nothing.

    Raises
    ------
    InputError
        For a job zone that does not exist.

    Examples
    --------
    >>> found = match(Profile((10, 32, 6, 9, 8, 18)), zone=4)
    >>> found.occupations[0].occupation.name, round(found.occupations[0].r, 4)
    ('Data Scientists', 0.9394)
    """
    if zone is not None and zone not in tables.ZONES:
        raise InputError(f"there is no job zone {zone}", place="zone", mend="Give a number from 1 to 5")
    if not profile.clear:
        return Matches(
            profile, zone, (), (), {}, "The six scores are nearly equal: they show no clear pattern to compare."
        )
    own = _shape(profile.scores)
    every = [_matched(one, profile, own) for one in tables.occupations().values() if one.interests is not None]
    every.sort(key=lambda one: (-round(one.r, 9), one.occupation.id))
    shown = tuple(one for one in every if zone in (None, one.occupation.zone))
    zones = dict.fromkeys(tables.ZONES, 0)
    for one in every:
        if one.occupation.zone is not None and one.r >= BEST:
            zones[one.occupation.zone] += 1
    if shown[0].r < BEST:
        remark = "No occupation here is close to this profile; the nearest are shown."
    else:
        remark = "A resemblance of interests, no more: it says nothing of ability, and it rules nothing out."
    return Matches(profile, zone, _fields(shown), shown, zones, remark)


def closeness(r: float) -> Closeness:
    """What a correlation is called."""
    return "close" if r >= BEST else "fairly close" if r >= GREAT else "not close"


def _matched(occupation: Occupation, profile: Profile, own: Sequence[float]) -> Match:
    theirs = _shape_of(occupation.id)
    r = sum(map(float.__mul__, theirs, own))
    return Match(occupation, r, closeness(r), _why(own, theirs))


def _shape(scores: Sequence[float]) -> tuple[float, ...]:
    """Scores less their mean, of length one: the product of two such vectors is their correlation."""
    mean = sum(scores) / len(scores)
    length = math.sqrt(sum((score - mean) ** 2 for score in scores))
    return tuple((score - mean) / length for score in scores)


@cache
def _shape_of(occupation: str) -> tuple[float, ...]:
    interests = tables.occupations()[occupation].interests
    assert interests is not None
    return _shape(interests)


def _why(own: Sequence[float], theirs: Sequence[float]) -> str:
    """The areas that speak most for a likeness, and the one that speaks most against it."""
    shares = {area: mine * other for area, mine, other in zip(AREAS, own, theirs, strict=True)}
    high = [area for area, mine in zip(AREAS, own, strict=True) if mine > 0]
    alike = [area for area in sorted(high, key=lambda area: -shares[area]) if shares[area] > 0][:2]
    against = min(shares, key=lambda area: shares[area])
    both = " and ".join(AREAS[area] for area in alike)
    text = f"Both are high in {both}" if alike else "Neither's strong areas are strong in the other"
    if shares[against] < -0.02:
        more = dict(zip(AREAS, own, strict=True))[against] > 0
        text += f"; it asks for {'less' if more else 'more'} of what is {AREAS[against]}"
    return f"{text}."


def _fields(shown: Sequence[Match]) -> tuple[Field, ...]:
    of: dict[str, list[Match]] = {}
    for one in shown:
        if one.occupation.place is not None:
            of.setdefault(tables.pathways()[one.occupation.place].cluster, []).append(one)
    found = []
    for cluster, own in of.items():
        r = sum(one.r for one in own[:NEAREST]) / len(own[:NEAREST])
        near = sum(one.r >= BEST for one in own)
        found.append(Field(tables.clusters()[cluster], r, closeness(r), near, tuple(own[:NEAREST])))
    return tuple(sorted(found, key=lambda one: (-round(one.r, 9), one.cluster.id)))
