"""Course titles as schools write them, read into words, a level number and the programme they belong to."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from catalogs.sced.codes import rows

PROGRAMMES = ("ap", "ib", "pltw", "ci")

_LONGEST = 160  # characters read of a title; real ones stay well under

# Spellings mended before a title is cut into words. Order matters.
_SPELLINGS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"\([^)]*\b(?:dual|college|credits?|dc|de)\b[^)]*\)", " "),
        (
            (
                r"\b(?!(?:read|asl|to|and|in|of|the|for|by|ww|post|pre|early) )[a-z]{2,4}[- ]?\d{3,4}"
                r"(?:\s*[/,&-]\s*(?:[a-z]{2,4}[- ]?)?\d{3,4})*[a-z]?\b"
            ),
            " ",
        ),
        (r"\b(?:19|20)\d\d\b(?!s)", " "),
        (r"\badvanced placement\b", "ap"),
        (r"\binternational baccalaureate\b", "ib"),
        (r"\bproject lead the way\b", "pltw"),
        (r"\bcambridge(?: international)?\b", "ci"),
        (r"\bp\.\s*e\.", "pe"),
        (
            r"\bu\.?\s?s\.?(?:\s?a\.?)?(?=\W|$)|\bunited states(?: of america)?\b|\bamerican (?=history|gov)",
            "us ",
        ),
        (r"\bpre[- ]?ap\b|\bpre[- ]?advanced placement\b", " "),
        (r"\bpre[- ]?calc(?:ulus)?\b", "precalculus"),
        (r"\bpre[- ]?algebra\b|\bpre[- ]?alg\b", "prealgebra"),
        (r"\bpost[- ]?secondary\b", "college"),
        (r"\b([23])[- ]?d(?:imensional)?\b", r"dim\1"),
        (r"\btwo[- ]dimensional\b", "dim2"),
        (r"\bthree[- ]dimensional\b", "dim3"),
        (r"\bc\s?(?:\+\+|\bplus plus\b)", "cplusplus"),
        (r"\bc#|\bc sharp\b", "csharp"),
        (r"\ba\s?\+", "aplus"),
        (r"\be\s?&\s?m\b", "electricity magnetism"),
        (r"\bpart\.?\s*(?:1|a|i|one)\b", "parta"),
        (r"\bpart\.?\s*(?:2|b|ii|two)\b", "partb"),
        (r"\bj\.?\s?r\.?\s?o\.?\s?t\.?\s?c\b\.?", "jrotc"),
        (r"\bjr\.?\s+rotc\b", "junior rotc"),
        (r"\bpractic(?:um|a)\b|\bpract?\.?(?=\s)|\binternships?\b|\bwork(?:place)? experience\b", "workexperience"),
        (r"\bindependent stud(?:y|ies)\b|\bind\.? study\b", "independentstudy"),
        (r"\be[- ]commerce\b", "ecommerce"),
        (r"\bweight[- ]?(?:lifting|training)\b", "weight training"),
        (r"\bwood[- ]?(?:working|shop|work)\b", "woodworking"),
        (r"\bmetal[- ]?(?:working|shop|work)\b", "metalworking"),
        (r"\bcyber[- ]?security\b", "cybersecurity"),
        (r"\byear[- ]?book\b", "yearbook"),
        (r"\bcheer[- ]?lead(?:ing|ers?)\b", "cheerleading"),
        (r"\bcomp(?:uter)?\.? sci(?:ence)?\b\.?", "computer science"),
        (r"\bcomp(?:uter)?\.? (?=app|prog|graph|tech|aid|gam|integ|maint)", "computer "),
        (r"\blanguages? other than english\b|\blote\b", "world language"),
        (
            (
                r"\b(?:1st|2nd|3rd|first|second|third|fall|spring|winter|summer)"
                r" (?:sem(?:ester)?|tri(?:mester)?|term|quarter)\b"
            ),
            " ",
        ),
        (r"\b(?:sem(?:ester)?|tri(?:mester)?|quarter|term|qtr)\.?\s*[1-4ab]?\b", " "),
        (r"\b(?:s|t|q)[1-4]\b|\b[1-4] of [1-4]\b", " "),
        (r"\b\d+(?:\.\d+)?\s*(?:credits?|cr|units?|hours?|hrs?)\b", " "),
        (r"\b(?:level|lvl|year|yr|grade|gr)\.?\s*(?=\d|[ivx]+\b)", " "),
        (r"\b(\d+)(?:st|nd|rd|th)(?: grade)?\b", r"\1"),
    )
)

# Words about level, credit or delivery, which say nothing of the content.
_SILENT = frozenset(
    """a an and the of for to in on at by with from as or its into
    honors honor hon hons hn hnr hnrs h hh kap pap gt gifted talented cp cpa reg regular
    dual dc de ce dcc dce concurrent enrollment enrolled chs cihs uw hl sl virid onl
    credit credits elective semester trimester quarter yr resource sheltered sdai sdaie sdc rsp
    course class part boys girls boy girl l kapf per weighted nonweighted b c d e f g""".split()
)

# Words that name a kind of course rather than its content: they tell candidates apart but do not carry a match.
_FAINT = frozenset(
    """virtual online parta partb introduction introductory principle fundamental foundation basic advanced
    beginning intermediate general comprehensive study studies concept essential survey program applied exploration
    exploring skill technique ap ib pltw ci language school high college preparation year senior junior sophomore
    freshman current issue education science system technology""".split()
)
FAINT_WEIGHT = {
    **dict.fromkeys(_FAINT, 0.4),
    **dict.fromkeys(("workexperience", "independentstudy"), 1.6),
    **dict.fromkeys(("language", "education", "science", "system", "technology", "preparation", "college"), 0.7),
}

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "l": 1, "ll": 2, "lll": 3}
_LETTERS = re.compile(r"[a-z]{2}")
_TOKEN = re.compile(r"dim[23]|[a-z]+|\d+[ab]?(?![a-z\d])|\d+")
_KEPT_LETTERS = {
    "a": frozenset(("computer", "ib")),
    "b": frozenset(("ib",)),
    "c": frozenset(("physic",)),
}


@dataclass(frozen=True, slots=True)
class Title:
    """A title read into parts.

    Attributes
    ----------
    words : frozenset of str
        Content words, abbreviations spelled out, plural endings off.
    number : int or None
        Level number (``Spanish III`` is 3), or the grade in ``English 9``.
    halved : bool
        The number carries a letter that tells a half (``Integrated Math 1a``).
    programme : str
        ``ap``, ``ib``, ``pltw``, ``ci`` or empty.
    """

    words: frozenset[str]
    number: int | None
    halved: bool
    programme: str


@lru_cache(maxsize=1)
def _meanings() -> dict[str, tuple[str, ...]]:
    return {word: tuple(stem(part) for part in meaning.split()) for word, meaning in rows("words.csv")}


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The word without its plural ending."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def read(text: str) -> Title:
    """Read a course title.

    Never fails: text without any word gives an empty set of words.
    """
    text = unicodedata.normalize("NFKD", text[:_LONGEST]).lower().replace("’", "'").replace("'s", "s").replace("'", "")
    plain = text = "".join(c for c in text if not unicodedata.combining(c))
    for pattern, to in _SPELLINGS:
        text = pattern.sub(to, text)
    if not _LETTERS.search(text):  # nothing but a college course number, such as "ENGL 1301"
        text = plain
    meanings = _meanings()
    words: list[str] = []
    number: int | None = None
    halved = False
    for place, token in enumerate(_TOKEN.findall(text)):
        if token[0].isdigit():
            digits = token.rstrip("ab")
            if number is None and 0 < len(digits) <= 2 and int(digits) <= 12:
                number, halved = int(digits), token != digits
            elif len(digits) > 1:
                words.append(digits)
        elif token in _ROMAN and (place or len(token) > 1):
            number = number or _ROMAN[token]
        elif token in ("a", "b", "c"):
            if _KEPT_LETTERS[token] & set(words):
                words.append(token)
        elif token in meanings:
            words.extend(meanings[token])
        elif token not in _SILENT:
            words.append(stem(token))
    content = frozenset(word for word in words if word not in _SILENT or word in _KEPT_LETTERS)
    if "calculus" in content and content & {"ab", "bc"}:
        content |= {"ap"}
    programme = next((name for name in PROGRAMMES if name in content), "")
    return Title(content, number, halved, programme)
