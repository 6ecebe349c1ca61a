"""What pages draw: the table of a plan, and prerequisite maps."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pages.grid import Grid, grid
from api.pages.layered import Box, layered
from api.pages.maps import course_map, subject_map
from catalogs.bundled import bundled, load
from pathways import files
from pathways.plan import Plan
from pathways.planner import plan
from pathways.solver import Limits

NAMES = "abcdefghij"


@pytest.fixture(scope="module", params=files.examples())
def drawn(request: pytest.FixtureRequest) -> tuple[Plan, Grid]:
    made = plan(files.load_example(request.param), limits=Limits(seconds=5))
    return made, grid(made, load(made.catalog))


def test_every_row_of_a_plan_is_full(drawn: tuple[Plan, Grid]) -> None:
    _, table = drawn
    for year in table.years:
        filled = [0] * len(year.rows)
        for n, row in enumerate(year.rows):
            for cell in row.cells:
                for below in range(cell.rows):
                    filled[n + below] += cell.columns
        assert set(filled) == {table.columns}


def test_every_course_stands_once_in_its_year_and_term(drawn: tuple[Plan, Grid]) -> None:
    made, table = drawn
    found = {
        cell.card.key: (year.label, number)
        for year in table.years
        for number, row in enumerate(year.rows)
        for cell in row.cells
        if cell.card
    }
    cards = [cell.card for year in table.years for row in year.rows for cell in row.cells if cell.card]
    assert len(cards) == len(found)
    assert len(cards) + len(table.before) == len(made.placements) + len(made.record)
    names = load(made.catalog).calendar.term_names
    for one in made.placements:
        label, row = found[f"{one.year}-{one.term}-{one.course}"]
        assert label.startswith(str(one.year))
        assert row == (names.index(one.term) if one.term in names else len(names))


def test_free_periods_are_those_of_the_plan(drawn: tuple[Plan, Grid]) -> None:
    made, table = drawn
    free = sum(cell.rows for year in table.years for row in year.rows for cell in row.cells if cell.free)
    assert free == sum(made.free.values())


def test_every_assumption_has_its_note(drawn: tuple[Plan, Grid]) -> None:
    _, table = drawn
    cards = [cell.card for year in table.years for row in year.rows for cell in row.cells if cell.card]
    for card in cards:
        if card.placement:
            assert tuple(table.notes[number - 1] for number in card.notes) == card.placement.assumptions


edges = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20)


@given(edges=edges)
@settings(deadline=None)
def test_a_drawing_runs_left_to_right_and_nothing_overlaps(edges: list[tuple[str, str]]) -> None:
    boxes = {name: Box(100, 40 + 10 * (n % 3)) for n, name in enumerate(NAMES)}
    drawing = layered(boxes, edges)
    assert set(drawing.boxes) == set(boxes)
    for (a, b), points in drawing.edges.items():
        assert drawing.boxes[a].layer < drawing.boxes[b].layer
        assert all(left[0] <= right[0] for left, right in pairwise(points))
    for one, other in combinations(drawing.boxes.values(), 2):
        if one.layer == other.layer:
            assert one.y + one.height <= other.y + 0.2 or other.y + other.height <= one.y + 0.2
    assert drawing == layered(boxes, edges)


@given(edges=edges.filter(lambda found: all(a < b for a, b in found)))
def test_no_edge_of_a_graph_without_circles_is_lost(edges: list[tuple[str, str]]) -> None:
    assert set(layered({name: Box(100, 40) for name in NAMES}, edges).edges) == set(edges)


@pytest.mark.parametrize("catalog_id", bundled())
def test_every_course_of_a_catalog_has_its_map(catalog_id: str) -> None:
    catalog = load(catalog_id)
    for course in catalog.courses:
        drawing = course_map(catalog, course)
        if drawing is not None:
            assert [box.code for box in drawing.boxes if box.look == "me"] == [course.code]
    for subject in {course.subject for course in catalog.courses}:
        own = [course for course in catalog.courses if course.subject == subject]
        drawing = subject_map(catalog, own)
        assert drawing is None or len(drawing.boxes) <= len(catalog.courses)
