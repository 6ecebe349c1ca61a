"""How long balancing takes: published instances of BACP, random ones of their kind, and many curricula at once."""

from __future__ import annotations

import random
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from pathways.balance import Balance, Curriculum, Range
from pathways.balance.solve import balance
from tests.pathways.balancing import PUBLISHED, published

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


def chain(size: int, pairs: set[tuple[int, int]]) -> int:
    """Courses of the longest chain."""
    before: dict[int, list[int]] = {course: [] for course in range(size)}
    for a, b in pairs:
        before[b].append(a)
    depth: dict[int, int] = {}
    for course in TopologicalSorter(before).static_order():
        depth[course] = 1 + max((depth[a] for a in before[course]), default=0)
    return max(depth.values())


def random_bacp(seed: int) -> Balance:
    """One curriculum of 42 to 66 courses in 10 or 12 periods, with prerequisites at random."""
    rng = random.Random(seed)
    size, periods, most = rng.choice([42, 50, 66]), rng.choice([10, 12]), rng.choice([5, 10])
    while True:
        pairs = {(a, b) for a, b in (sorted(rng.sample(range(size), 2)) for _ in range(rng.randint(35, 90)))}
        if chain(size, pairs) <= periods:
            break
    every = tuple(range(size))
    return Balance(
        *(f"random {seed}", "max-load", periods, tuple(f"c{n}" for n in every)),
        *(tuple(rng.randint(1, most) for _ in every), Range(2, 100), Range(2, 10), tuple(sorted(pairs))),
        (Curriculum("all", every),),
    )


def random_gbacp(seed: int) -> Balance:
    """Six curricula that share courses, most of 6 credits."""
    rng = random.Random(seed)
    size, periods = 60, 6
    return Balance(
        *(f"random {seed}", "gbac", periods, tuple(f"c{n}" for n in range(size))),
        *(tuple(rng.choice([6, 6, 6, 6, 12]) for _ in range(size)), Range(), Range(2, 6)),
        tuple(sorted({(a, a + rng.randint(12, 23)) for a in range(0, size - 24, 2)})),
        tuple(Curriculum(f"q{n}", tuple(sorted(rng.sample(range(size), 22)))) for n in range(6)),
        tuple(sorted({(rng.randrange(size), rng.randrange(periods)) for _ in range(40)})),
    )


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published(benchmark: BenchmarkFixture, name: str) -> None:
    problem, optimum = published(name)
    answer = benchmark.pedantic(balance, (problem,), rounds=5, warmup_rounds=1)
    assert (answer.status, answer.value) == ("optimal", optimum)


@pytest.mark.parametrize("seed", range(12))
def test_random_bacp(benchmark: BenchmarkFixture, seed: int) -> None:
    answer = benchmark.pedantic(balance, (random_bacp(seed),), rounds=3, warmup_rounds=1)
    assert answer.status == "optimal"


@pytest.mark.parametrize("seed", range(3))
def test_random_gbacp(benchmark: BenchmarkFixture, seed: int) -> None:
    answer = benchmark.pedantic(balance, (random_gbacp(seed),), {"seconds": 30.0}, rounds=1)
    assert answer.status in ("optimal", "feasible")
