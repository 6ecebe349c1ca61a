"""Templates: their environment, and what every page has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import Response

from catalogs import Catalog
from catalogs.exact import decimal_text
from catalogs.typical import states, typical_id
from catalogs.version import engine_version
from requirements.jurisdictions import jurisdictions
from requirements.language import Cohorts

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"

LENGTHS = {"S": "Semester", "T": "Trimester", "Q": "Quarter"}
_TERM = re.compile(r"\b\d{4}-(?:[STQ]\d|Summer)\b")
BODIES = {
    "COLLEGES": "Selective colleges",
    "CSU": "California State University",
    "NCAA": "NCAA, college sport",
    "UC": "University of California",
}


@cache
def environment() -> Environment:
    """The templates, escaping everything, failing on names that are not there."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["exact"] = exact
    env.filters["part"] = lambda text: quote(str(text), safe="/")
    env.filters["term_words"] = term_words
    env.filters["spoken"] = spoken
    env.filters["title_in"] = lambda code, titles: titles.get(code, code)
    env.filters["with_title"] = _with_title
    env.globals["plural"] = plural
    env.globals["grades"] = grades
    env.globals["cohort"] = cohort
    env.globals["place"] = place
    env.globals["typical_schools"] = {
        typical_id(one.code): one.name for one in sorted(states().values(), key=lambda one: one.name)
    }
    env.tests["typical"] = is_typical
    env.filters["edition"] = edition
    env.filters["json"] = lambda model: model.model_dump_json(by_alias=True)
    env.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    env.filters["percent"] = lambda share: f"{int(share * 100)} %"
    env.globals["version"] = engine_version()
    return env


def page(
    request: Request, template: str, *, status_code: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> Response:
    """A page from a template."""
    text = environment().get_template(template).render(path=request.url.path, **context)
    return HTMLResponse(text, status_code, headers=dict(headers or {}))


def exact(value: Fraction | int) -> str:
    """An amount as the shortest decimal text."""
    return decimal_text(Fraction(value))


def plural(count: Fraction | int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    Examples
    --------
    >>> plural(1, "course"), plural(3, "course"), plural(2, "match", "matches")
    ('1 course', '3 courses', '2 matches')
    """
    noun = one if count == 1 or one.endswith("s") else many or f"{one}s"
    return f"{exact(count)} {noun}"


def grades(levels: Sequence[int], before: str = "grade") -> str:
    """Grade levels as people write them.

    Examples
    --------
    >>> grades((9, 10, 11, 12)), grades((11,)), grades((9, 11), "")
    ('grades 9 to 12', 'grade 11', '9, 11')
    """
    whole = len(levels) > 1 and tuple(levels) == tuple(range(levels[0], levels[-1] + 1))
    text = f"{levels[0]} to {levels[-1]}" if whole else ", ".join(map(str, levels))
    return f"{before}{'s' if len(levels) > 1 else ''} {text}" if before else text


def cohort(bounds: Cohorts) -> str:
    """Years of entry in a table."""
    if bounds.from_ is None and bounds.to is None:
        return "any year"
    if bounds.from_ == bounds.to:
        return str(bounds.to)
    return f"{bounds.from_} or later" if bounds.to is None else f"{bounds.from_ or 'up'} to {bounds.to}"


def _with_title(entered: str, catalog: Catalog) -> str:
    """A course code with its title, for a field; what is no code stays as it was entered."""
    course = catalog.get(entered)
    return f"{course.code} {course.title}" if course else entered


def term_words(name: str) -> str:
    """A term's name in full where it is one of the usual short forms.

    Examples
    --------
    >>> term_words("S1"), term_words("Summer")
    ('Semester 1', 'Summer')
    """
    return f"{LENGTHS[name[0]]} {name[1]}" if len(name) == 2 and name[0] in LENGTHS and name[1].isdigit() else name


def in_words(term: str) -> str:
    """A term with its school year.

    Examples
    --------
    >>> in_words("2027-S1")
    'Semester 1 of 2027–2028'
    """
    year, _, name = term.partition("-")
    return f"{term_words(name)} of {year}–{int(year) + 1}"


def spoken(sentence: str) -> str:
    """A sentence with its terms in words.

    Examples
    --------
    >>> spoken("it comes back in 2027-S1")
    'it comes back in Semester 1 of 2027–2028'
    """
    return _TERM.sub(lambda found: in_words(found[0]), sentence)


def place(jurisdiction: str) -> str:
    """The name of a state or body; of a district with its state.

    Examples
    --------
    >>> place("US-TX"), place("US-TX/katy"), place("NCAA")
    ('Texas', 'Katy, Texas', 'NCAA, college sport')
    """
    state, _, district = jurisdiction.partition("/")
    home = jurisdictions().get(state)
    name = home.name if home else BODIES.get(state, state)
    return f"{district.replace('-', ' ').title()}, {name}" if district else name


def is_typical(catalog: Catalog) -> bool:
    """Whether a catalog is a list of common courses, and no school's own."""
    return bool(catalog.meta.get("typical"))


def edition(catalog: Catalog) -> str:
    """A catalog with its edition, or that it has none."""
    if is_typical(catalog):
        return f"{catalog.name}: courses that high schools commonly offer, not those of any one school."
    return f"{catalog.name}, edition {catalog.edition.partition(' (')[0]}."
