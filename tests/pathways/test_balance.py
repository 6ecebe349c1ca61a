"""Curriculum balancing: against brute force, against published optima, and with every kind of bad input."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from api.cli import app
from catalogs import InputError
from pathways.balance import Balance, Curriculum, Range, parse_balance, read_balance
from pathways.balance.bounds import find_hull, find_order, independent, least_peak, leaves, narrow
from pathways.balance.check import faults, measure
from pathways.balance.solve import Balanced, balance
from pathways.balance.squares import NEAR_COST, Squares
from tests.pathways.balancing import FOREVER, PUBLISHED, published

SECONDS = 20.0


def random_problem(seed: int) -> Balance:
    """A small problem, often tight, now and then without answer."""
    rng = random.Random(seed)
    size, periods = rng.randint(1, 6), rng.randint(1, 4)
    credits = tuple(rng.choice([0, 1, 2, 3, 6, 6, 12]) for _ in range(size))
    pairs = [(a, b) for b in range(size) for a in range(b) if rng.random() < 0.2]
    curricula = tuple(
        Curriculum(f"q{n}", tuple(c for c in range(size) if rng.random() < 0.7)) for n in range(rng.randint(1, 3))
    )
    if rng.random() < 0.3:
        curricula += (Curriculum("again", curricula[0].courses),)
    total = sum(credits)
    return Balance(
        name=f"random {seed}",
        objective=rng.choice(["max-load", "gbac"]),
        periods=periods,
        ids=tuple(f"c{n}" for n in range(size)),
        credits=credits,
        load=Range(rng.choice([None, 0, 1]), rng.choice([None, total, total // 2 + 1])),
        courses=Range(rng.choice([None, 0, 0, 1]), rng.choice([None, size, 2])),
        prerequisites=tuple(pairs),
        curricula=curricula,
        undesired=tuple((c, p) for c in range(size) for p in range(periods) if rng.random() < 0.2),
        balance_weight=rng.choice([0, 1, 1, 3]),
        undesired_weight=rng.choice([0, 1, 1, 5]),
    )


def best_of_all(problem: Balance) -> int | None:
    """Value of the best of all assignments; None where none holds."""
    every = product(range(problem.periods), repeat=len(problem.ids))
    return min((measure(problem, each) for each in every if not faults(problem, each)), default=None)


def solved(problem: Balance, **options: Any) -> Balanced:
    answer = balance(problem, **{"seconds": SECONDS, **options})
    if answer.periods is not None:
        assert not faults(problem, answer.periods)
        assert measure(problem, answer.periods) == answer.value
        assert (answer.bound == answer.value) == (answer.status == "optimal")
    return answer


@pytest.mark.parametrize("seeds", [range(at, at + 50) for at in range(0, 300, 50)], ids=lambda seeds: str(seeds.start))
def test_agrees_with_brute_force(seeds: range) -> None:
    for seed in seeds:
        problem = random_problem(seed)
        answer, expected = solved(problem), best_of_all(problem)
        assert answer.status == ("infeasible" if expected is None else "optimal"), problem
        assert answer.value == expected, problem
        assert bool(answer.conflict) == (expected is None), problem


def test_cores_and_relaxation_take_turns_until_it_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pathways.balance.solve.CORE_WORK", 1e-6)
    monkeypatch.setattr("pathways.balance.solve.QUICK_MOVES", 0)
    from pathways.balance.model import Model

    turns: list[list[tuple[str, float]]] = []
    solve = Model.solve

    def watched(model: Model, **options: Any) -> Any:
        turns[-1].append((options["way"], options["work"]))
        return solve(model, **options)

    monkeypatch.setattr(Model, "solve", watched)
    for name in PUBLISHED:
        problem, optimum = published(name)
        turns.append([])
        assert solved(problem).value == optimum
        assert [way for way, _ in turns[-1]] == (["core", "whole"] * len(turns[-1]))[: len(turns[-1])]
        cores = [work for way, work in turns[-1] if way == "core"]
        assert cores == sorted(cores) and len(set(cores)) == len(cores)
    assert max(map(len, turns)) > 2


def test_bounds_hold() -> None:
    for seed in range(100):
        problem = random_problem(seed)
        expected = best_of_all(problem)
        if expected is None:
            continue
        if problem.objective == "max-load":
            order = find_order(len(problem.ids), problem.periods, problem.prerequisites)
            assert least_peak(problem, order) <= expected
        else:
            hulls = [find_hull(problem, one) for one in problem.curricula]
            assert problem.balance_weight * sum(hull.bound for hull in hulls) <= expected


def squares(seed: int) -> Balance:
    """A small problem of ``gbac`` with courses of 1, 5, 6 or 7 credits, so that loads are made up in several ways."""
    rng = random.Random(seed)
    return replace(
        random_problem(seed),
        objective="gbac",
        credits=tuple(rng.choice([1, 5, 5, 6, 7]) for _ in random_problem(seed).credits),
        load=Range(),
        balance_weight=rng.choice([1, 1, 2]),
    )


def every_assignment(problem: Balance) -> list[tuple[int, ...]]:
    every = product(range(problem.periods), repeat=len(problem.ids))
    return [each for each in every if not faults(problem, each)]


@pytest.mark.parametrize("listed", [0, 2, 250])
def test_groups_joined_step_by_step_prove_the_best(listed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pathways.balance.model.PATTERNS", listed)
    monkeypatch.setattr("pathways.balance.squares.WHOLE", 0)
    monkeypatch.setattr("pathways.balance.squares.PLAIN_SHARE", 0.0)  # neither the whole nor groups without lists
    settled = 0
    for seed in range(60):
        problem = squares(seed)
        values = {each: measure(problem, each) for each in every_assignment(problem)}
        if not values:
            continue
        best = min(values.values())
        part = Squares(problem, time.monotonic() + SECONDS, seed, None)
        part.found(max(values, key=lambda each: values[each]))
        for _ in zip(range(30), part.proof(), strict=False):
            assert part.bound <= best, problem
            if part.proven:
                break
        assert part.bound == part.value == best, problem
        settled += len(part.problem.curricula) > 1
    assert settled > 20


def test_the_bound_of_the_whole_without_lists_comes_first_and_is_kept() -> None:
    size = 160
    problem = Balance(
        *("wide", "gbac", 2, tuple(f"c{n}" for n in range(size)), tuple(5 + n % 3 for n in range(size))),
        *(Range(), Range(), ()),
        tuple(Curriculum(f"q{n}", tuple(range(n, size))) for n in range(3)),
        tuple((course, period) for course in range(40) for period in range(2)),
    )
    part = Squares(problem, time.monotonic() + SECONDS, 1, None)
    part.found((0, 1) * (size // 2))
    assert part.bound == 0
    steps = part.proof()
    next(steps)
    assert part.bound >= 40  # each of these is where it should not be, whatever is done; no curriculum alone says so
    for _ in range(4):
        next(steps)
        assert 40 <= part.bound <= part.value


def test_a_bound_that_counts_courses_in_no_curriculum_cuts_nothing_off() -> None:
    problem = Balance(
        *("beside", "gbac", 2, tuple("abc"), (6, 6, 6), Range(), Range(), ((0, 1),)),
        (Curriculum("one", (0, 1)),),
        ((2, 0), (2, 1), (1, 1)),
    )
    expected = best_of_all(problem)
    assert expected == 2
    part = Squares(problem, time.monotonic() + SECONDS, 1, None)
    part.found((0, 1, 0))
    (group,) = part.groups
    group.rise(expected)
    part.value += 1  # as if the best were not found yet
    part.prove(group, 1.0)
    assert (part.value, part.bound) == (expected, expected)


def test_curricula_alone_cost_no_more_than_together() -> None:
    for seed in range(60):
        problem = squares(seed)
        expected = best_of_all(problem)
        if expected is None:
            continue
        order = find_order(len(problem.ids), problem.periods, problem.prerequisites)
        hulls = [find_hull(problem, one) for one in problem.curricula]
        alone = [best_of_all(narrow(problem, order, group.curricula)[0]) for group in leaves(problem, hulls)]
        assert None not in alone
        assert sum(one for one in alone if one is not None) <= expected, problem


def test_a_neighbourhood_never_makes_it_worse_and_finds_the_best_of_a_small_problem() -> None:
    for seed in range(40):
        problem = squares(seed)
        values = {each: measure(problem, each) for each in every_assignment(problem)}
        if not values:
            continue
        part = Squares(problem, time.monotonic() + SECONDS, seed, None)
        part.found(max(values, key=lambda each: values[each]))
        before = part.value
        for _ in range(5):
            part.improve()
            assert part.value <= before
            before = part.value
        # All courses are free at once; a curriculum may cost no more than a little more than it did.
        assert part.value - min(values.values()) <= NEAR_COST * len(problem.curricula) * problem.balance_weight


def test_parts_that_nothing_ties_are_told_apart() -> None:
    problem = Balance(
        *("apart", "gbac", 2, tuple("abcdefg"), (1, 2, 3, 4, 5, 6, 7), Range(), Range(), ((0, 4),)),
        (Curriculum("one", (0, 1)), Curriculum("two", (2, 3)), Curriculum("three", (4,)), Curriculum("again", (3, 2))),
        ((6, 1), (2, 0)),
    )
    parts = independent(problem)
    assert [tuple(courses) for _, courses in parts] == [(2, 3), (5, 6), (0, 1, 4)]
    assert [[one.id for one in part.curricula] for part, _ in parts] == [["two", "again"], [], ["one", "three"]]
    assert [part.undesired for part, _ in parts] == [((0, 0),), ((1, 1),), ()]
    assert parts[2][0].prerequisites == ((0, 2),)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_optima(name: str) -> None:
    problem, optimum = published(name)
    answer = solved(problem, seconds=FOREVER)
    assert (answer.status, answer.value, answer.bound) == ("optimal", optimum, optimum)


def test_same_seed_same_answer_and_two_workers_agree() -> None:
    problem, optimum = published("bacp-3")
    one, again, two = solved(problem), solved(problem), solved(problem, workers=2, seed=7)
    assert one.periods == again.periods
    assert one.value == two.value == optimum


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_relaxing_a_limit_never_makes_it_worse(seed: int, data: st.DataObject) -> None:
    problem = random_problem(seed)
    looser = [
        replace(problem, load=replace(problem.load, most=None)),
        replace(problem, load=replace(problem.load, least=None)),
        replace(problem, courses=Range()),
        replace(problem, prerequisites=problem.prerequisites[:-1]),
        replace(problem, undesired=problem.undesired[1:]),
    ]
    before, after = solved(problem), solved(data.draw(st.sampled_from(looser)))
    if before.value is not None:
        assert after.value is not None
        assert after.value <= before.value


def test_another_period_never_raises_the_largest_load() -> None:
    for seed in range(40):
        problem = replace(random_problem(seed), objective="max-load", load=Range(), courses=Range())
        before, after = solved(problem), solved(replace(problem, periods=problem.periods + 1))
        if before.value is not None:
            assert after.value is not None
            assert after.value <= before.value


# ------------------------------------------------------------------------------------------------- time and conflicts


def hard(size: int = 120) -> Balance:
    """Many curricula that share courses: more than can be proven in a moment."""
    rng = random.Random(1)
    return Balance(
        *("hard", "gbac", 8, tuple(f"c{n}" for n in range(size)), tuple(rng.randint(3, 9) for _ in range(size))),
        *(Range(), Range(1, 9)),
        tuple((a, a + rng.randint(20, 29)) for a in range(size - 30)),
        tuple(Curriculum(f"q{n}", tuple(sorted(rng.sample(range(size), 35)))) for n in range(20)),
        tuple({(rng.randrange(size), rng.randrange(8)) for _ in range(100)}),
    )


def test_what_is_cut_off_says_so() -> None:
    answer = solved(hard(), seconds=2.0)
    assert answer.status == "feasible"
    assert answer.bound is not None and answer.value is not None
    assert answer.bound < answer.value


def test_stop_ends_the_search() -> None:
    stop = Event()
    stop.set()
    answer = solved(hard(), seconds=FOREVER, stop=stop)
    assert answer.status in ("feasible", "unknown")
    assert answer.seconds < 10


def test_a_conflict_is_as_small_as_can_be() -> None:
    # Three pairs, each of a first and a second course, in two periods of at most three credits; a, b and c come first.
    problem = Balance(
        *("tight", "max-load", 2, ("a", "b", "c", "x", "y", "z", "free"), (2, 1, 1, 1, 1, 1, 0)),
        *(Range(None, 4), Range(None, 3)),
        ((0, 3), (1, 4), (2, 5)),
        (Curriculum("some", (0, 1, 2, 3, 4, 5)), Curriculum("other", (6,))),
    )
    assert solved(problem).status == "optimal"
    answer = solved(replace(problem, load=Range(None, 3), credits=(2, 1, 1, 1, 1, 0, 0)))
    assert answer.status == "infeasible"
    assert "at most 3 credits of curriculum some in a period" in answer.conflict
    assert "a before x" in answer.conflict
    assert not any("other" in line for line in answer.conflict)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"periods": 2}, "c1 → c2 → c3 must be taken one after another: 3 courses in 2 periods"),
        ({"load": Range(None, 2)}, "curriculum all has 9 credits, but at most 2 in each of 3 periods"),
        ({"load": Range(None, 4)}, "course c3 has 5 credits, more than the 4 a period may have"),
        ({"load": Range(4, None)}, "curriculum all has 9 credits, but at least 4 in each of 3 periods"),
        ({"courses": Range(None, 1)}, "curriculum all has 4 courses, but at most 1 in each of 3 periods"),
        ({"courses": Range(2, None)}, "curriculum all has 4 courses, but at least 2 in each of 3 periods"),
    ],
)
def test_what_counting_shows_is_told_at_once(changes: dict[str, Any], words: str) -> None:
    problem = Balance(
        *("plain", "max-load", 3, ("c1", "c2", "c3", "c4"), (1, 2, 5, 1), Range(), Range(), ((0, 1), (1, 2), (0, 2))),
        (Curriculum("all", (0, 1, 2, 3)),),
    )
    answer = solved(replace(problem, **changes))
    assert answer.status == "infeasible"
    assert words in answer.conflict


def test_credits_too_many_to_list_are_squared_by_the_solver() -> None:
    problem = Balance(
        *(
            "large",
            "gbac",
            3,
            ("a", "b", "c", "d", "e"),
            (100_003, 90_001, 80_021, 70_003, 60_013),
            Range(),
            Range(1, 2),
        ),
        *(((0, 1),), (Curriculum("all", (0, 1, 2, 3, 4)),)),
    )
    assert solved(problem).value == best_of_all(problem)


# -------------------------------------------------------------------------------------------------------------- input

GOOD: dict[str, Any] = {
    "name": "good",
    "objective": "gbac",
    "periods": 3,
    "load": {"min": 0, "max": 9},
    "courses": {"min": 0, "max": 3},
    "course": [{"id": "a", "credits": 3}, {"id": "b", "credits": 4}, {"id": "c", "credits": 2}],
    "prerequisite": [["a", "b"], ["b", "c"]],
    "curriculum": [{"id": "q", "courses": ["a", "b"]}],
    "undesired": [["a", 1]],
    "weights": {"balance": 1, "undesired": 2},
}
MISSING = object()


def text(changes: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in {**GOOD, **changes}.items() if value is not MISSING}, indent=1)


def test_reads_what_it_should() -> None:
    made = parse_balance(text({}), "good.json")
    assert made.ids == ("a", "b", "c")
    assert made.prerequisites == ((0, 1), (1, 2))
    assert made.undesired == ((0, 0),)
    assert (made.balance_weight, made.undesired_weight) == (1, 2)
    bare = parse_balance(text(dict.fromkeys(list(GOOD)[3:5] + list(GOOD)[6:], MISSING)), "bare.json")
    assert bare.curricula == (Curriculum("all", (0, 1, 2)),)
    assert (bare.load, bare.courses, bare.undesired) == (Range(), Range(), ())
    twice = parse_balance(text({"prerequisite": [["a", "b"], ["a", "b"]], "undesired": [["a", 1], ["a", 1]]}), "f")
    assert (twice.prerequisites, twice.undesired) == (((0, 1),), ((0, 0),))


def bad() -> Iterator[tuple[dict[str, Any], str, str]]:
    yield {"objective": MISSING}, "line 1", "the key 'objective' is missing"
    yield {"periods": MISSING}, "line 1", "the key 'periods' is missing"
    yield {"course": MISSING}, "line 1", "the key 'course' is missing"
    yield {"objective": "least"}, "objective", "there is no objective 'least'"
    yield {"periods": 0}, "periods", "out of range"
    yield {"periods": "8"}, "periods", "'8' is no whole number"
    yield {"periods": True}, "periods", "True is no whole number"
    yield {"periods": 999_999_999}, "periods", "too many"
    yield {"load": {"min": 5, "max": 4}}, "load", "at least 5 and at most 4 cannot be"
    yield {"load": {"min": -1}}, "load.min", "out of range"
    yield {"load": 5}, "load", "5 is not an object"
    yield {"courses": {"most": 3}}, "courses.most", "there is no key 'most'"
    yield {"courses": None}, "courses", "None is not an object"
    yield {"course": []}, "course", "there are no courses"
    yield {"course": {}}, "course", "{} is not a list"
    yield {"course": ["a"]}, "course.0", "'a' is not an object"
    yield {"course": [{"id": "a"}]}, "course.0", "the key 'credits' is missing"
    yield {"course": [{"credits": 1}]}, "course.0", "the key 'id' is missing"
    yield {"course": [{"id": 1, "credits": 1}]}, "course.0.id", "1 is not a text"
    yield {"course": [{"id": "", "credits": 1}]}, "course.0.id", "the text is empty"
    yield {"course": [{"id": "a", "credits": 1.5}]}, "course.0.credits", "1.5 is no whole number"
    yield {"course": [{"id": "a", "credits": -1}]}, "course.0.credits", "out of range"
    yield {"course": [{"id": "a", "credits": 1}, {"id": "a", "credits": 1}]}, "course.1.id", "stands twice"
    yield {"prerequisite": [["a", "z"]]}, "prerequisite.0.1", "there is no course 'z'"
    yield {"prerequisite": [["a"]]}, "prerequisite.0", "is no pair"
    yield {"prerequisite": ["ab"]}, "prerequisite.0", "is no pair"
    yield {"prerequisite": [["a", "a"]]}, "prerequisite.0", "prerequisites go in a circle: a → a"
    yield {"prerequisite": [["a", "b"], ["b", "c"], ["c", "a"]]}, "prerequisite", "prerequisites go in a circle"
    yield {"prerequisites": []}, "prerequisites", "there is no key 'prerequisites'"
    yield {"curriculum": []}, "curriculum", "there are no curricula"
    yield {"curriculum": [{"id": "q", "courses": ["z"]}]}, "curriculum.0.courses.0", "there is no course 'z'"
    yield {"curriculum": [{"id": "q", "courses": ["a", "a"]}]}, "curriculum.0.courses.1", "stands twice"
    yield {"curriculum": [{"id": "q", "courses": "a"}]}, "curriculum.0.courses", "is not a list"
    yield {"curriculum": 2 * [{"id": "q", "courses": ["a"]}]}, "curriculum.1.id", "the curriculum 'q' stands twice"
    yield {"undesired": [["a", 4]]}, "undesired.0.1", "there is no period 4"
    yield {"undesired": [["a", 0]]}, "undesired.0.1", "out of range"
    yield {"undesired": [["z", 1]]}, "undesired.0.0", "there is no course 'z'"
    yield {"weights": {"balance": 0.5}}, "weights.balance", "0.5 is no whole number"
    yield {"weights": []}, "weights", "[] is not an object"
    yield {"weights": {"balance": 10**9}, "course": [{"id": c, "credits": 10**6} for c in "abc"]}, "course", "too large"


@pytest.mark.parametrize(("changes", "place", "message"), list(bad()))
def test_bad_input_names_file_place_and_mend(changes: dict[str, Any], place: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_balance(text(changes), "bad.json")
    every = getattr(caught.value, "errors", (caught.value,))
    fitting = [one for one in every if message in one.message]
    assert fitting, str(caught.value)
    assert fitting[0].file == "bad.json"
    assert fitting[0].place is not None and fitting[0].place.startswith("line ") and place in fitting[0].place
    assert fitting[0].mend


def test_a_cycle_is_told_with_its_courses() -> None:
    with pytest.raises(InputError, match="go in a circle") as caught:
        parse_balance(text({"prerequisite": [["a", "b"], ["b", "c"], ["c", "b"]]}), "bad.json")
    assert "b → c → b" in caught.value.message or "c → b → c" in caught.value.message


# ------------------------------------------------------------------------------------------------------- command line


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["balance", *map(str, arguments)])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.json"
    path.write_text(text({}), encoding="utf-8")
    return path


def test_json_has_the_promised_keys(good: Path) -> None:
    result = run(good, "--json", "--time-limit", "10", "--workers", "1", "--seed", "3")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert list(answer) == ["status", "objective", "bound", "assignment", "seconds"]
    assert answer["status"] == "optimal"
    assert answer["assignment"] == {"a": 1, "b": 2, "c": 3}
    problem = read_balance(good)
    assert answer["objective"] == answer["bound"] == measure(problem, [0, 1, 2])


def test_people_get_a_table_and_the_proof(good: Path) -> None:
    result = run(good)
    assert result.exit_code == 0
    for words in ("period", "load of q", "a", "proven optimal"):
        assert words in result.stdout
    assert result.stderr == ""


def test_exit_code_2_for_a_conflict(tmp_path: Path) -> None:
    path = tmp_path / "late.json"
    path.write_text(text({"periods": 2, "undesired": []}), encoding="utf-8")
    result = run(path)
    assert result.exit_code == 2
    assert "a → b → c must be taken one after another" in result.stdout
    result = run(path, "--json")
    assert result.exit_code == 2
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["objective"], answer["assignment"]) == ("infeasible", None, {})
    assert "one after another" in answer["conflict"][0]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff{}", b'{"a": 1, "a": 2}', b"{}", b'{"periods": NaN}', b"PK\x03\x04"]
)
def test_exit_code_1_for_bad_input(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    result = run(path)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: bad.json")
    assert run(path, "--json").exit_code == 1


def test_exit_code_1_for_no_file_and_for_options_that_cannot_be(tmp_path: Path, good: Path) -> None:
    assert run(tmp_path / "none.json").exit_code == 1
    assert run(tmp_path).exit_code == 1
    for option, value in (("--time-limit", "0"), ("--workers", "0"), ("--seed", "-1"), ("--time-limit", "nan")):
        result = run(good, option, value)
        assert result.exit_code == 1
        assert option in result.stderr


def test_the_file_on_the_page_gives_the_answer_on_the_page(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/reference/balance.md").read_text(encoding="utf-8")
    file, promised = (block.split("```")[0] for block in page.split("```json\n")[1:3])
    path = tmp_path / "example.json"
    path.write_text(file, encoding="utf-8")
    answer, expected = (json.loads(one) for one in (run(path, "--json").stdout, promised))
    assert answer.keys() == expected.keys()
    assert (answer["objective"], answer["bound"]) == (expected["objective"], expected["bound"])
    problem = read_balance(path)
    assert measure(problem, [expected["assignment"][id] - 1 for id in problem.ids]) == expected["objective"]


def test_neighbourhoods_keep_to_the_limits() -> None:
    answer = solved(hard(), seconds=4.0, workers=2)
    assert answer.status in ("optimal", "feasible")
