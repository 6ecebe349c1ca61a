"""Layered drawing of a course graph: positions only, the same for equal graphs.

The way of Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981):
layers by longest path, dummy boxes where an edge spans several layers, order inside a layer by barycentres.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]

SWEEPS = 12
SHIFTS = 60
GAP_X, GAP_Y = 40.0, 14.0
DUMMY_HEIGHT = 8.0


@dataclass(frozen=True, slots=True)
class Box:
    """A box to place: its size."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a box came to stand (its upper left corner), its size, its column's number and left and right ends."""

    x: float
    y: float
    width: float
    height: float
    layer: int
    column: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes by key, edges as points between which they run straight, over, straight ..., and the size of it all."""

    boxes: dict[str, Placed]
    edges: dict[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float


def layered(boxes: dict[str, Box], edges: Sequence[tuple[str, str]]) -> Drawing:
    """Place boxes in columns so that edges run from left to right.

    Parameters
    ----------
    boxes
        Size of each box; their order breaks ties.
    edges
        From, to. An edge that would close a circle, or whose end is no box, is left out.

    Examples
    --------
    >>> size = Box(100, 40)
    >>> drawing = layered({"a": size, "b": size, "c": size}, [("a", "b"), ("b", "c"), ("a", "c")])
    >>> [drawing.boxes[key].layer for key in "abc"]
    [0, 1, 2]
    """
    kept = _without_circles(list(boxes), edges)
    layer_of = _layers(list(boxes), kept)
    columns: list[list[object]] = [[] for _ in range(max(layer_of.values(), default=-1) + 1)]
    for key, layer in layer_of.items():
        columns[layer].append(key)
    links: list[tuple[object, object]] = []
    routes: dict[tuple[str, str], list[object]] = {}
    for a, b in kept:
        steps: list[object] = [a, *((a, b, layer) for layer in range(layer_of[a] + 1, layer_of[b])), b]
        for dummy in steps[1:-1]:
            columns[dummy[2]].append(dummy)  # type: ignore[index]
        links += pairwise(steps)
        routes[a, b] = steps
    _order(columns, links)
    placed = _place(columns, links, boxes)
    return Drawing(
        boxes={key: placed[key] for key in boxes},
        edges={edge: _points([placed[step] for step in steps]) for edge, steps in routes.items()},
        width=max((box.x + box.width for box in placed.values()), default=0),
        height=max((box.y + box.height for box in placed.values()), default=0),
    )


def _points(steps: Sequence[Placed]) -> tuple[Point, ...]:
    """Where an edge runs: straight from its box to the end of the column, over to the next, ... and straight in."""
    points: list[Point] = []
    for n, box in enumerate(steps):
        middle = box.y + box.height / 2
        start = box.x + box.width if n == 0 else box.column[0]
        end = box.x if n == len(steps) - 1 else box.column[1]
        points += [(start, middle), (end, middle)]
    return tuple(points)


def _without_circles(keys: list[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges in order, without those that would lead back."""
    after: dict[str, set[str]] = {key: set() for key in keys}

    def leads(start: str, goal: str) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            if here == goal:
                return True
            waiting += sorted(after[here] - seen)
            seen |= after[here]
        return False

    kept = []
    for a, b in dict.fromkeys(edges):
        if a in after and b in after and not leads(b, a):
            after[a].add(b)
            kept.append((a, b))
    return kept


def _layers(keys: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Layer of each box: after all that it needs, and otherwise as near as possible to what it leads to."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for a, b in edges:
        before[b].append(a)
        after[a].append(b)
    layer: dict[str, int] = {}
    waiting = {key: len(before[key]) for key in keys}
    ready = [key for key in keys if not waiting[key]]
    for key in ready:
        layer[key] = max((layer[one] + 1 for one in before[key]), default=0)
        for one in after[key]:
            waiting[one] -= 1
            if not waiting[one]:
                ready.append(one)
    for key in reversed(ready):
        if after[key] and not before[key]:
            layer[key] = min(layer[one] for one in after[key]) - 1
    return {key: layer[key] for key in keys}


def _order(columns: list[list[object]], links: list[tuple[object, object]]) -> None:
    """Order each column by the mean place of its neighbours, to and fro; ties keep the order they had."""
    before: dict[object, list[object]] = defaultdict(list)
    after: dict[object, list[object]] = defaultdict(list)
    for a, b in links:
        before[b].append(a)
        after[a].append(b)
    best, fewest = [list(column) for column in columns], _crossings(columns, after)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for i in range(1, len(columns)) if forward else reversed(range(len(columns) - 1)):
            place = {key: n for n, key in enumerate(columns[i - 1 if forward else i + 1])}
            centres = {
                key: _centre(
                    [place[one] for one in (before if forward else after)[key] if one in place],
                    place,
                    n,
                    len(columns[i]),
                )
                for n, key in enumerate(columns[i])
            }
            columns[i].sort(key=centres.__getitem__)
        if (now := _crossings(columns, after)) < fewest:
            best, fewest = [list(column) for column in columns], now
    for column, order in zip(columns, best, strict=True):
        column[:] = order


def _centre(seen: list[int], place: dict[object, int], own: int, count: int) -> float:
    """Mean place of the neighbours as a share of their column, so that a box without any keeps its own."""
    return sum(seen) / len(seen) / len(place) if seen else own / count


def _crossings(columns: list[list[object]], after: dict[object, list[object]]) -> int:
    total = 0
    for left, right in pairwise(columns):
        place = {key: n for n, key in enumerate(right)}
        ends = [sorted(place[b] for b in after[a] if b in place) for a in left]
        flat = [end for group in ends for end in group]
        total += sum(1 for i, one in enumerate(flat) for other in flat[i + 1 :] if other < one)
    return total


def _place(
    columns: list[list[object]], links: list[tuple[object, object]], boxes: dict[str, Box]
) -> dict[object, Placed]:
    """Coordinates: columns side by side, each box as near to its neighbours as the order lets it."""
    near: dict[object, list[object]] = defaultdict(list)
    for a, b in links:
        near[a].append(b)
        near[b].append(a)

    def size(key: object) -> Box:
        return boxes[key] if isinstance(key, str) else Box(0, DUMMY_HEIGHT)

    top: dict[object, float] = {}
    for column in columns:
        y = 0.0
        for key in column:
            top[key] = y
            y += size(key).height + GAP_Y
    for sweep in range(SHIFTS):
        for column in columns if sweep % 2 else reversed(columns):
            wish = []
            for key in column:
                middles = [top[one] + size(one).height / 2 for one in near[key]]
                own = top[key] + size(key).height / 2
                wish.append((sum(middles) / len(middles) if middles else own) - size(key).height / 2)
            for key, y in zip(column, _spread(wish, [size(key).height for key in column]), strict=True):
                top[key] = y
    lowest = min(top.values(), default=0.0)
    placed: dict[object, Placed] = {}
    x = 0.0
    for layer, column in enumerate(columns):
        width = max((size(key).width for key in column), default=0.0)
        for key in column:
            box = size(key)
            # Dummies are as wide as their column, so that an edge passes between its boxes.
            own = box.width or width
            left, y = x + (width - own) / 2, top[key] - lowest
            placed[key] = Placed(round(left, 1), round(y, 1), own, box.height, layer, (x, x + width))
        x += width + GAP_X
    return placed


def _spread(wish: list[float], heights: list[float]) -> list[float]:
    """Tops nearest to the wishes (least squares) that keep the order and the gaps (pool adjacent violators)."""
    offset, offsets = 0.0, []
    for height in heights:
        offsets.append(offset)
        offset += height + GAP_Y
    pools: list[tuple[float, int]] = []
    for y, shift in zip(wish, offsets, strict=True):
        pools.append((y - shift, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (a, n), (b, m) = pools[-2], pools[-1]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m)]
    flat = [value for value, count in pools for _ in range(count)]
    return [value + shift for value, shift in zip(flat, offsets, strict=True)]
