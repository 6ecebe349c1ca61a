"""Propose SCED codes for a course by its title.

A title is compared with every title of the SCED list and with a table of the names schools commonly use
(``data/aliases.csv``); what the catalog says of the subject, the programme (AP, IB, PLTW) and the level number then
moves the candidates up or down. A proposal is for a person to confirm: its confidence says how often such proposals are
right, as measured on catalogs mapped by hand (``docs/sced.md``).
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalogs.sced.codes import codes, rows
from catalogs.sced.titles import FAINT_WEIGHT, Title, read, stem

BEST = 3  # proposals given for a course

# Grade-named and prior-to-secondary titles, never the code of a high-school course.
_NOT_SECONDARY = re.compile(
    r"\((?:grade \d|.*kindergarten|early childhood education|prior-to-secondary)\)|^(?!Drafting|Elect)\S.*—General$"
)
# Subject areas whose courses sit in any department: leadership, seminars, study skills.
_ANYWHERE = frozenset(("22", "25"))

_UNKNOWN_WORD = 0.7  # weight of a word no SCED title or alias has
_OTHER_SUBJECT = 0.8
_OTHER_SUBJECT_SAME_WORDS = 0.93
_OTHER_PROGRAMME = {"ap": 0.45, "ib": 0.45, "ci": 0.3, "pltw": 0.93, "": 0.6}
_OTHER_NUMBER = 0.6
_NO_NUMBER = 0.7
_FIRST_LEVEL = 0.95  # a title without a number, read as the first level
_TITLE_NOT_ALIAS = 0.99

_REST_OF_AREA = "999"  # number of the code for what no other code of the area names
_BY_SUBJECT_ALONE = 0.05

# Logistic curve from score and lead to confidence: set beforehand, not fitted; docs/sced.md shows how well it holds.
_BIAS, _PER_SCORE, _PER_MARGIN = -6.0, 7.0, 4.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A SCED code proposed for a course.

    Attributes
    ----------
    code, title : str
        Current SCED code and its title.
    confidence : float
        Between 0 and 1; how often a proposal like this is right.
    """

    code: str
    title: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    title: Title
    size: float  # square root of the weight of its words
    area: str  # subject area the course must be listed in for this name to mean the code; "" for any
    trust: float


@dataclass(frozen=True, slots=True)
class _Index:
    entries: tuple[_Entry, ...]
    by_word: dict[str, tuple[int, ...]]
    weight: dict[str, float]
    subjects: tuple[tuple[frozenset[str], frozenset[str]], ...]
    top_level: dict[str, int]  # highest number of a ladder, by its code prefix


def propose(
    title: str,
    subject: str = "",
    *,
    level: str = "",
    terms: int | None = None,
    tags: Iterable[str] = (),
    halves: bool = False,
) -> list[Proposal]:
    """Propose up to three SCED codes for a course, the best first.

    Parameters
    ----------
    title : str
        Title of the course as the school writes it; any text.
    subject : str
        Department or subject the catalog lists it under.
    level : str
        Level the catalog gives it; only ``ap`` and ``ib`` change a proposal.
    terms : int, optional
        Terms of the school year it lasts.
    tags : iterable of str
        Tags of the course; ``grad:x`` tags count as further subjects.
    halves : bool
        Numbers in titles count halves of a course (``Spanish 3`` opens the second year). See `half_numbered`.

    Returns
    -------
    list of Proposal
        At most three, of different codes, by falling confidence. Where only the subject is known, the code for other
        courses of its area; empty where nothing speaks for any code.
    """
    index = _index()
    asked = read(title)
    words = asked.words
    programme = asked.programme or (level if level in ("ap", "ib") else "")
    number = asked.number
    hundreds = [word for word in sorted(asked.words) if len(word) == 3 and word.isdecimal()]
    if number is None and hundreds and asked.words & _languages():  # "German 200" is the second level
        number = int(hundreds[0]) // 100
        words = asked.words - {hundreds[0]}
    if halves and number and number <= 8 and not asked.halved and terms in (None, 1) and programme != "ap":
        number = (number + 1) // 2
    subjects = _areas(index, subject, frozenset(tag.partition(":")[2] for tag in tags if tag.startswith("grad:")))
    words = _known(index, words)
    shared: dict[int, float] = defaultdict(float)
    for word in sorted(words):  # sorted, here and below: sums of floats must not hang on the order of a set
        for place in index.by_word.get(word, ()):
            shared[place] += index.weight[word]
    size = math.sqrt(sum(index.weight.get(word, _UNKNOWN_WORD) for word in sorted(words)))
    best: dict[str, float] = {}
    for place, common in shared.items():
        entry = index.entries[place]
        score = common / (size * entry.size) * entry.trust
        if score <= best.get(entry.code, 0.2):
            continue
        area = entry.code[:2]
        if entry.area and entry.area not in subjects:
            score *= _OTHER_SUBJECT
        elif subjects and area not in subjects and area not in _ANYWHERE:
            score *= _OTHER_SUBJECT_SAME_WORDS if entry.title.words == words else _OTHER_SUBJECT
        if entry.title.programme != programme:
            score *= _OTHER_PROGRAMME[entry.title.programme]
        rung = entry.title.number
        if rung is not None:
            if number is None:
                score *= _FIRST_LEVEL if rung == 1 else _NO_NUMBER
            elif min(number, index.top_level.get(entry.code[:4], 99)) != rung:
                score *= _OTHER_NUMBER
            else:
                score *= 1.04
        if score > best.get(entry.code, 0.2):
            best[entry.code] = score
    ranked = sorted(best.items(), key=lambda item: (-round(item[1], 9), item[0]))[:BEST]
    if not ranked and len(subjects) <= 2:
        other = (area + _REST_OF_AREA for area in sorted(subjects))
        return [Proposal(code, codes()[code].title, _BY_SUBJECT_ALONE) for code in other if code in codes()]
    return _with_confidence(ranked)


def half_numbered(titles: Iterable[str]) -> bool:
    """Whether a catalog numbers halves of courses: a seventh or eighth number of a language is a half, not a year."""
    languages = _languages()
    return any(asked.number in (7, 8) and asked.words & languages for asked in map(read, titles))


def _with_confidence(ranked: list[tuple[str, float]]) -> list[Proposal]:
    if not ranked:
        return []
    first = ranked[0][1]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    sure = 1 / (1 + math.exp(-(_BIAS + _PER_SCORE * min(first, 1.0) + _PER_MARGIN * min(first - second, 0.4))))
    proposals = []
    rest = min(sure, 1 - sure)
    for place, (code, score) in enumerate(ranked):
        confidence = sure if not place else rest * 0.5**place * score / first
        proposals.append(Proposal(code, codes()[code].title, round(confidence, 3)))
    return proposals


def _areas(index: _Index, subject: str, more: frozenset[str]) -> frozenset[str]:
    """Subject areas a department stands for; empty where its name tells none."""
    areas: set[str] = set()
    for text in (subject, *sorted(more)):
        words = read(text.replace("-", " ")).words
        for needed, found in index.subjects:
            if needed <= words:
                areas |= found
        if areas:
            break
    return frozenset(areas)


def _known(index: _Index, words: frozenset[str]) -> frozenset[str]:
    return frozenset(word if word in index.by_word else _closest(word) for word in words)


@lru_cache(maxsize=4096)
def _closest(word: str) -> str:
    """The known word an unknown one shortens or misspells, else the word itself."""
    from rapidfuzz import fuzz, process

    by_word = _index().by_word
    if len(word) >= 3:
        longer = [known for known in by_word if known.startswith(word)]
        if longer:
            return max(longer, key=lambda known: (len(by_word[known]), known))
    if len(word) >= 5:
        found = process.extractOne(word, by_word.keys(), scorer=fuzz.ratio, score_cutoff=84)
        if found:
            return str(found[0])
    return word


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    titles = (read(code.title) for code in codes().values() if code.area == "24" and code.title.endswith(" I"))
    return frozenset(word for title in titles for word in title.words if word not in FAINT_WEIGHT)


@lru_cache(maxsize=1)
def _index() -> _Index:
    found: dict[tuple[str, str, Title], float] = {}
    for code in codes().values():
        if code.area != "23" and not _NOT_SECONDARY.search(code.title):
            found[code.code, "", read(code.title)] = _TITLE_NOT_ALIAS
    for code_text, area, phrases in rows("aliases.csv"):
        for phrase in phrases.split("|"):
            found[code_text, area, read(phrase)] = 1.0
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, (_, _, title) in enumerate(found):
        for word in sorted(title.words):
            by_word[word].append(place)
    total = math.log(len(found))
    weight = {
        word: FAINT_WEIGHT.get(word, 1.0) * (1 - 0.6 * math.log(len(places)) / total)
        for word, places in by_word.items()
    }
    top: dict[str, int] = defaultdict(int)
    entries = []
    for (code_text, area, title), trust in found.items():
        entries.append(
            _Entry(code_text, title, math.sqrt(sum(weight[word] for word in sorted(title.words))), area, trust)
        )
        if code_text[:2] in ("09", "24") and title.number:
            top[code_text[:4]] = max(top[code_text[:4]], title.number)
    subjects = tuple(
        (
            frozenset(stem(part) for word in words.split() for part in read(word).words or (word,)),
            frozenset(areas.split()),
        )
        for words, areas in rows("subjects.csv")
    )
    return _Index(
        tuple(entries), {word: tuple(places) for word, places in by_word.items()}, weight, subjects, dict(top)
    )
