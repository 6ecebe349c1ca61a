"""The course graph: what leads to what, and how complex a curriculum is.

The measures are those of Heileman, Abdallah, Slim and Hickman, "Curricular analytics: a framework for quantifying the
impact of curricular reforms and pedagogical innovations" (2018), arXiv:1811.09676. They are defined where each
prerequisite is certain; for an ``or``, the first alternative that names a course of the catalog counts (catalogs put
the usual course first), and text conditions count for nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import networkx as nx

from catalogs.catalog import Catalog
from catalogs.errors import InputError
from catalogs.prerequisite import AllOf, AnyOf, Leaf, Need, Prerequisite, evaluate, leaves


@dataclass(frozen=True, slots=True)
class Complexity:
    """The measures of one course in a curriculum.

    Parameters
    ----------
    blocking
        Blocking factor: how many courses cannot be reached without it.
    delay
        Delay factor: number of courses on the longest chain through it, itself among them.
    """

    blocking: int
    delay: int

    @property
    def structural(self) -> int:
        """Structural complexity: blocking factor plus delay factor."""
        return self.blocking + self.delay


class CourseGraph:
    """The graph of a catalog.

    Parameters
    ----------
    catalog
        Its courses are the nodes, by code.

    Attributes
    ----------
    digraph : networkx.DiGraph
        An edge from a to b where the prerequisite of b names a or a version of a, with the attributes ``concurrent``
        (may be taken in the same term), ``named`` (the prerequisite names a itself, not only a version of it) and
        ``group`` (number of the part of the prerequisite, split at its outer ``and``; edges into b of an equal group
        are alternatives).

    Examples
    --------
    >>> from catalogs import load
    >>> graph = build_graph(load("katy-isd-tx"))
    >>> graph.chain("0077")
    ('0075', '0077')
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.digraph: nx.DiGraph[str] = nx.DiGraph()
        self.digraph.add_nodes_from(course.code for course in catalog.courses)
        for course in catalog.courses:
            if course.prerequisite is None:
                continue
            parts = course.prerequisite.parts if isinstance(course.prerequisite, AllOf) else (course.prerequisite,)
            for group, part in enumerate(parts):
                for leaf in leaves(part):
                    if isinstance(leaf, Need) and leaf.code in catalog.by_code:
                        for code in catalog.versions(leaf.code):
                            self._add(code, course.code, leaf, group)

    def _add(self, before: str, after: str, need: Need, group: int) -> None:
        if before == after:
            return
        old = self.digraph.get_edge_data(before, after)
        self.digraph.add_edge(
            before,
            after,
            concurrent=need.concurrent and (old is None or old["concurrent"]),
            named=need.code == before or (old is not None and old["named"]),
            group=group if old is None else old["group"],
        )

    def needs(self, code: str) -> tuple[str, ...]:
        """All courses that may come before it, through any alternative, directly or not; in order of code."""
        return tuple(sorted(nx.ancestors(self.digraph, self._known(code)) - {code}))

    def unlocks(self, code: str, *, transitive: bool = False, mode: Literal["any", "all"] = "any") -> tuple[str, ...]:
        """Courses that it leads to, in order of code.

        Parameters
        ----------
        code
            A course.
        transitive
            Whether to go on from those courses.
        mode
            ``any``: courses whose prerequisite names it or a version of it. ``all``: only courses that cannot be
            taken without it or a version of it, all else granted.
        """
        self._known(code)
        if mode == "all":
            return self._lost_without(code, transitive)
        found = nx.descendants(self.digraph, code) if transitive else set(self.digraph.successors(code))
        return tuple(sorted(found - {code}))

    def _lost_without(self, code: str, transitive: bool) -> tuple[str, ...]:
        start = frozenset(self.catalog.versions(code))
        lost = set(start)

        def holds(leaf: Leaf) -> bool:
            return not (isinstance(leaf, Need) and lost.issuperset(self.catalog.versions(leaf.code)))

        while True:
            more = {
                course.code
                for course in self.catalog.courses
                if course.code not in lost and course.prerequisite and evaluate(course.prerequisite, holds) is False
            }
            lost |= more
            if not more or not transitive:
                return tuple(sorted(lost - start))

    @cached_property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """One cycle of each set of courses that wait for each other; courses that only go together are no cycle."""
        named = nx.DiGraph((a, b, data) for a, b, data in self.digraph.edges(data=True) if data["named"])
        found = []
        for component in nx.strongly_connected_components(named):
            part = named.subgraph(sorted(component))
            strict = sorted((a, b) for a, b, data in part.edges(data=True) if not data["concurrent"])
            if strict:
                before, after = strict[0]
                found.append((before, *nx.shortest_path(part, after, before)[:-1]))
        return tuple(sorted(found))

    def chain(self, code: str) -> tuple[str, ...]:
        """The longest chain of courses that ends in it, each asked for by the next; ties by order of code.

        Raises
        ------
        InputError
            If prerequisites go in a circle.
        """
        graph = self._certain(None)
        lengths = _lengths(graph)
        chain = [self._known(code)]
        while before := sorted(graph.predecessors(chain[-1])):
            chain.append(max(before, key=lambda other: lengths[other]))
        return tuple(reversed(chain))

    def longest_chain(self) -> tuple[str, ...]:
        """The longest chain of the catalog."""
        lengths = _lengths(self._certain(None))
        return self.chain(max(sorted(lengths), key=lambda code: lengths[code])) if lengths else ()

    def complexity(self, codes: Iterable[str] | None = None) -> Mapping[str, Complexity]:
        """Measures of every course in a curriculum.

        Parameters
        ----------
        codes
            The curriculum, such as the courses of a plan; by default the whole catalog. Only edges inside it count.

        Raises
        ------
        InputError
            If a code is unknown, or prerequisites go in a circle.
        """
        graph = self._certain(None if codes is None else frozenset(self._known(code) for code in codes))
        before, after = _lengths(graph), _lengths(graph.reverse(copy=False))
        return {
            code: Complexity(blocking=len(nx.descendants(graph, code)), delay=before[code] + after[code] - 1)
            for code in graph
        }

    @cached_property
    def _whole(self) -> Mapping[str, Complexity]:
        return self.complexity()

    def blocking_factor(self, code: str) -> int:
        """How many courses of the catalog are out of reach until it is passed."""
        return self._whole[self._known(code)].blocking

    def delay_factor(self, code: str) -> int:
        """Number of courses on the longest chain of the catalog that runs through it."""
        return self._whole[self._known(code)].delay

    def structural_complexity(self, codes: Iterable[str] | None = None) -> int:
        """Sum of blocking and delay factors over a curriculum, by default the whole catalog."""
        measures = self._whole if codes is None else self.complexity(codes)
        return sum(measure.structural for measure in measures.values())

    def _certain(self, within: Collection[str] | None) -> nx.DiGraph[str]:
        """The graph without alternatives, on which the measures are defined."""
        inside = self.catalog.by_code.keys() if within is None else within
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(course.code for course in self.catalog.courses if course.code in inside)
        for code in list(graph):
            prerequisite = self.catalog.by_code[code].prerequisite
            if prerequisite is not None:
                graph.add_edges_from((before, code) for before in _counted(prerequisite, inside) if before != code)
        if not nx.is_directed_acyclic_graph(graph):
            circle = [before for before, _ in nx.find_cycle(graph)]
            raise InputError(
                f"prerequisites go in a circle: {' before '.join([*circle, circle[0]])}",
                file=str(self.catalog.path) if self.catalog.path else self.catalog.id,
                mend="Take one of them out of the prerequisites",
            )
        return graph

    def _known(self, code: str) -> str:
        if code not in self.catalog.by_code:
            raise InputError(f"the catalog {self.catalog.id} has no course {code!r}")
        return code


@lru_cache(maxsize=16)
def build_graph(catalog: Catalog) -> CourseGraph:
    """The graph of a catalog; built once and shared."""
    return CourseGraph(catalog)


def _counted(ast: Prerequisite, inside: Collection[str]) -> Iterator[str]:
    """Codes that count as certain prerequisites: all parts of an `and`, the first part of an `or` that has any."""
    match ast:
        case Need(code):
            if code in inside:
                yield code
        case AllOf(parts):
            for part in parts:
                yield from _counted(part, inside)
        case AnyOf(parts):
            for part in parts:
                if found := list(_counted(part, inside)):
                    yield from found
                    return


def _lengths(graph: nx.DiGraph[str]) -> dict[str, int]:
    """Number of courses on the longest chain that ends in each course."""
    lengths: dict[str, int] = {}
    for code in nx.topological_sort(graph):
        lengths[code] = 1 + max((lengths[before] for before in graph.predecessors(code)), default=0)
    return lengths
