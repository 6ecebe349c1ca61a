from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs import Catalog, InputError, load
from catalogs.bundled import bundled
from catalogs.graph import Complexity, CourseGraph, build_graph
from catalogs.reach import NEVER, earliest_starts

Make = Callable[..., Catalog]


def test_measures_of_a_diamond_by_hand(graph_of: Make) -> None:
    #      B
    #    /   \
    #  A       D - E      F
    #    \   /
    #      C
    graph = CourseGraph(graph_of(A="", B="A", C="A", D="B and C", E="D", F=""))
    assert graph.complexity() == {
        "A": Complexity(4, 4), "B": Complexity(2, 4), "C": Complexity(2, 4),
        "D": Complexity(1, 4), "E": Complexity(0, 4), "F": Complexity(0, 1),
    }  # fmt: skip
    assert graph.structural_complexity() == 9 + 21
    assert graph.blocking_factor("A") == 4 and graph.delay_factor("F") == 1
    assert graph.structural_complexity(["A", "B", "E"]) == (1 + 2) + (0 + 2) + (0 + 1)
    assert graph.chain("E") == ("A", "B", "D", "E") and graph.longest_chain() == ("A", "B", "D", "E")
    assert graph.needs("D") == ("A", "B", "C") and graph.needs("A") == ()


def test_a_chain_and_no_edges_by_hand(graph_of: Make) -> None:
    assert CourseGraph(graph_of(A="", B="A", C="B")).structural_complexity() == (2 + 3) + (1 + 3) + (0 + 3)
    assert CourseGraph(graph_of(A="", B="", C="")).structural_complexity() == 3
    assert CourseGraph(graph_of()).longest_chain() == ()


def test_of_an_or_the_first_alternative_with_a_course_counts(graph_of: Make) -> None:
    catalog = graph_of(A="", B="", X="A or B", Y='"approval" or B', Z="NOWHERE or (A and B)", T='"talk"')
    graph = CourseGraph(catalog)
    assert graph.blocking_factor("A") == 2 and graph.blocking_factor("B") == 2
    assert graph.chain("X") == ("A", "X") and graph.chain("Y") == ("B", "Y") and graph.chain("T") == ("T",)
    # In a curriculum without A, B is the alternative that counts.
    assert graph.complexity(["B", "X"])["B"] == Complexity(1, 2)


def test_edges_know_versions_alternatives_and_concurrency(graph_of: Make) -> None:
    catalog = graph_of((("A", "AH"),), A="", AH="", B="", C="(A or B) and concurrent:D", D="")
    graph = CourseGraph(catalog).digraph
    assert dict(graph.pred["C"]) == {
        "A": {"concurrent": False, "named": True, "group": 0},
        "AH": {"concurrent": False, "named": False, "group": 0},
        "B": {"concurrent": False, "named": True, "group": 0},
        "D": {"concurrent": True, "named": True, "group": 1},
    }
    # A harder version that asks for the plain one does not ask for itself.
    assert not nx.number_of_selfloops(CourseGraph(graph_of((("A", "AH"),), A="", AH="A")).digraph)


def test_unlocks_any_and_all(graph_of: Make) -> None:
    catalog = graph_of((("A", "AH"),), A="", AH="", B="", C="A or B", D="A", E="D", F='D or "approval"')
    graph = CourseGraph(catalog)
    assert graph.unlocks("A") == graph.unlocks("AH") == ("C", "D")
    assert graph.unlocks("A", transitive=True) == ("C", "D", "E", "F")
    assert graph.unlocks("A", mode="all") == ("D",)
    assert graph.unlocks("A", mode="all", transitive=True) == ("D", "E")
    assert graph.unlocks("E") == ()


def test_circles_are_listed_and_stop_the_measures(graph_of: Make) -> None:
    catalog = graph_of(A="C", B="A", C="B", X="concurrent:Y", Y="concurrent:X", Z="")
    graph = CourseGraph(catalog)
    assert graph.cycles == (("A", "B", "C"),)
    with pytest.raises(InputError, match="in a circle"):
        graph.complexity()
    assert graph.complexity(["A", "B", "Z"])["A"] == Complexity(1, 2)


def test_an_unknown_code_is_an_input_error(graph_of: Make) -> None:
    graph = CourseGraph(graph_of(A=""))
    for ask in (graph.needs, graph.unlocks, graph.chain, graph.blocking_factor, graph.delay_factor):
        with pytest.raises(InputError, match="no course 'Q'"):
            ask("Q")


@given(st.integers(2, 8).flatmap(lambda n: st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))))
def test_measures_agree_with_counting_paths(edges: set[tuple[int, int]]) -> None:
    from catalogs import Calendar, Course, CreditUnit
    from catalogs.prerequisite import parse

    down = sorted((min(e), max(e)) for e in edges if e[0] != e[1])
    courses = []
    for n in range(8):
        before = " and ".join(dict.fromkeys(f"C{a}" for a, b in down if b == n))
        courses.append(Course(f"C{n}", "", "", 1, prerequisite=parse(before) if before else None))  # type: ignore[arg-type]
    unit = CreditUnit("", 1)  # type: ignore[arg-type]
    graph = CourseGraph(Catalog("", "", "", "", "", unit, Calendar(("S1",), 7), tuple(courses)))
    digraph = nx.DiGraph(down)
    digraph.add_nodes_from(range(8))
    paths = [p for a in digraph for b in digraph for p in nx.all_simple_paths(digraph, a, b)] + [[n] for n in digraph]
    for n in range(8):
        assert graph.delay_factor(f"C{n}") == max(len(path) for path in paths if n in path)
        assert graph.blocking_factor(f"C{n}") == len({path[-1] for path in paths if path[0] == n}) - 1


@pytest.mark.parametrize("name", bundled())
def test_bundled_catalogs_have_no_circle(name: str) -> None:
    catalog = load(name)
    graph = build_graph(catalog)
    assert build_graph(catalog) is graph and graph.cycles == ()
    assert graph.structural_complexity() >= 2 * len(catalog.courses) - len(catalog.courses)


def test_earliest_starts(graph_of: Make) -> None:
    catalog = graph_of(
        (("B", "BH"),),
        A="", B="A", BH="", C="B", G="grade >= 11", T='"approval"', O="C or T", S="S",
        X="concurrent:Y", Y="concurrent:X",
        P="A and concurrent:Q", Q="", U="NOWHERE", L1="", L2="L1", L3="L2", L4="L3", L5="L4",
    )  # fmt: skip
    starts = earliest_starts(catalog)
    assert {code: starts[code] for code in "ABCGTOSXYPU"} == {
        "A": 0, "B": 2, "C": 2, "G": 4, "T": 0, "O": 2, "S": NEVER, "X": 0, "Y": 0, "P": 2, "U": NEVER,
    }  # fmt: skip
    assert starts["L4"] == 6 and starts["L5"] == NEVER
    assert earliest_starts(catalog, {"L1"})["L5"] == 6
