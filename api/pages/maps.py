"""Prerequisite maps: which boxes and lines a drawing has. Positions come from `layered`, the SVG from a template."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from api.pages.layered import Box, Drawing, Placed, Point, layered
from catalogs import Catalog, Course
from catalogs.exact import decimal_text
from catalogs.graph import build_graph
from catalogs.prerequisite import AllOf, AnyOf, GradeAtLeast, Need, Prerequisite, Text

Look = Literal["plain", "me", "out", "text", "gate"]

MOST = 14
"""Boxes that a course's own map shows at most in a column; the list below it has all."""

WIDTH, LINE, PADDING = 184.0, 16.0, 30.0
GATES = {"and": Box(38, 22), "or": Box(34, 22)}


@dataclass(frozen=True, slots=True)
class MapBox:
    """A box of the drawing with its text; ``code`` is the course it links to."""

    place: Placed
    look: Look
    lines: tuple[str, ...]
    small: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing ready for its template."""

    boxes: tuple[MapBox, ...]
    paths: tuple[str, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    """A prerequisite for a template: a leaf with its course or text, or a join of parts."""

    kind: Literal["course", "text", "all", "any"]
    text: str = ""
    code: str | None = None
    parts: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    look: Look
    lines: tuple[str, ...]
    small: str
    code: str | None
    box: Box


def prerequisite_words(catalog: Catalog, ast: Prerequisite) -> Words:
    """A prerequisite with the titles of its courses."""
    match ast:
        case Need(code, minimum, concurrent):
            course = catalog.get(code)
            more = [f"with {minimum} or better"] if minimum else []
            more += ["before or in the same term"] if concurrent else []
            tail = f" ({', '.join(more)})" if more else ""
            if course is None:
                return Words("text", f"{code}, a course this catalog does not list{tail}")
            return Words("course", f"{course.title}{tail}", code)
        case GradeAtLeast(grade):
            return Words("text", f"grade {grade} or above")
        case Text(text):
            return Words("text", f"“{text}”")
        case AllOf(parts):
            return Words("all", parts=tuple(prerequisite_words(catalog, part) for part in parts))
        case AnyOf(parts):
            return Words("any", parts=tuple(prerequisite_words(catalog, part) for part in parts))


def course_map(catalog: Catalog, course: Course) -> Map | None:
    """What one course needs (with its *and* and *or*), and what it opens; None where it stands alone."""
    graph = build_graph(catalog)
    parts = {course.code: _course(course, "me")}
    edges: list[tuple[str, str]] = []
    if course.prerequisite is not None:
        needs = dict(_gates(catalog, course.prerequisite, course.code, "need", edges))
        parts |= {key: part for key, part in needs.items() if key != course.code}
    opens = _named(catalog, course.code)[:MOST]
    for code in opens:
        parts.setdefault(code, _course(catalog.by_code[code]))
        edges.append((course.code, code))
    later = dict.fromkeys(far for code in opens for far in _named(catalog, code) if far not in parts)
    for far in list(later)[:MOST]:
        parts[far] = _course(catalog.by_code[far], "out")
        edges += [(code, far) for code in opens if graph.digraph.has_edge(code, far)]
    return _draw(parts, edges) if len(parts) > 1 else None


def subject_map(catalog: Catalog, courses: Sequence[Course]) -> Map | None:
    """How the courses of a subject lead to each other; courses of other subjects they ask for are drawn thin."""
    own = {course.code for course in courses}
    graph = build_graph(catalog).digraph
    edges = [(a, b) for a, b, data in graph.edges(data=True) if data["named"] and b in own]
    joined = {code for edge in edges for code in edge}
    parts = {
        course.code: _course(course, "plain" if course.code in own else "out")
        for course in catalog.courses
        if course.code in joined
    }
    order = {code: n for n, code in enumerate(parts)}
    return _draw(parts, sorted(edges, key=lambda edge: (order[edge[0]], order[edge[1]]))) if parts else None


def _named(catalog: Catalog, code: str) -> list[str]:
    """Courses whose prerequisite names this one itself, in the order of the catalog."""
    graph = build_graph(catalog).digraph
    after = {b for _, b, data in graph.out_edges(code, data=True) if data["named"]}
    return [course.code for course in catalog.courses if course.code in after]


def _gates(
    catalog: Catalog, ast: Prerequisite, target: str, name: str, edges: list[tuple[str, str]]
) -> Iterator[tuple[str, _Part]]:
    """Boxes for the leaves of a prerequisite and round gates where they join."""
    if isinstance(ast, AllOf | AnyOf):
        word = "and" if isinstance(ast, AllOf) else "or"
        edges.append((name, target))
        yield name, _Part("gate", (word,), "", None, GATES[word])
        for n, below in enumerate(ast.parts):
            yield from _gates(catalog, below, name, f"{name}.{n}", edges)
        return
    words = prerequisite_words(catalog, ast)
    if isinstance(ast, Need) and words.code is not None:
        key, part = words.code, _course(catalog.by_code[words.code])
        if ast.minimum or ast.concurrent:
            extra = f"{ast.minimum} or better" if ast.minimum else "may go together"
            part = _part(part.look, catalog.by_code[words.code].title, f"{words.code} · {extra}", words.code)
    else:
        small = "a person confirms" if isinstance(ast, Text) else ""
        key, part = name, _part("text", words.text, small, None)
    edges.append((key, target))
    yield key, part


def _course(course: Course, look: Look = "plain") -> _Part:
    credits = decimal_text(course.credits)
    return _part(
        look, course.title, f"{course.code} · {credits} credit{'' if course.credits == 1 else 's'}", course.code
    )


def _part(look: Look, title: str, small: str, code: str | None) -> _Part:
    lines = textwrap.wrap(title, 21, max_lines=3, placeholder=" …") or [""]
    return _Part(look, tuple(lines), small, code, Box(WIDTH, PADDING + LINE * len(lines)))


def _draw(parts: dict[str, _Part], edges: list[tuple[str, str]]) -> Map:
    drawing = layered({key: part.box for key, part in parts.items()}, edges)
    reading = sorted(parts, key=lambda key: (drawing.boxes[key].layer, drawing.boxes[key].y))
    return Map(
        boxes=tuple(
            MapBox(drawing.boxes[key], parts[key].look, parts[key].lines, parts[key].small, parts[key].code)
            for key in reading
        ),
        paths=_paths(drawing),
        width=drawing.width + 2,
        height=drawing.height + 2,
    )


def _paths(drawing: Drawing) -> tuple[str, ...]:
    return tuple(_path(points) for points in drawing.edges.values())


def _path(points: Sequence[Point]) -> str:
    """Straight through a column, in a curve to the next."""
    (x, y), *rest = points
    text = [f"M{x:g} {y:g}"]
    for n, (to_x, to_y) in enumerate(rest):
        middle = (x + to_x) / 2
        text.append(f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}" if n % 2 else f"L{to_x:g} {to_y:g}")
        x, y = to_x, to_y
    return "".join(text)
