"""Values that remember who read them: what is kept equals what would be made anew, and seals tell when."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.depgraph import CellKey, DependencyGraph, cell
from site_gen.core.digests import digest_of

# A graph: for each node the nodes or inputs before it that it reads. Negative numbers are inputs.
INPUTS = 4
GRAPHS = st.lists(st.lists(st.integers(0, 30), max_size=4), min_size=1, max_size=9).map(
    lambda rows: [[place % (INPUTS + row) - INPUTS for place in places] for row, places in enumerate(rows)]
)


class Graph(DependencyGraph):
    """Cells after a drawn graph; a node may read its second half of inputs only where the first gives an even sum."""

    def __init__(self, graph: list[list[int]]) -> None:
        super().__init__()
        self.graph, self.inputs, self.made = graph, [0] * INPUTS, 0

    def read(self, place: int) -> int:
        if place < 0:
            self.note_read(("input", place))
            return self.inputs[place]
        return self.node(place)

    @cell
    def node(self, number: int) -> int:
        self.made += 1
        places = self.graph[number]
        half = len(places) // 2
        found = sum(map(self.read, places[:half]))
        return (found if found % 2 else found + sum(map(self.read, places[half:]))) % 5

    def put(self, place: int, value: int) -> set[CellKey]:
        changed, self.inputs[place] = self.inputs[place] != value, value
        return self.invalidate([("input", place)] if changed else [])


def anew(graph: Graph) -> list[int]:
    fresh = Graph(graph.graph)
    fresh.inputs = list(graph.inputs)
    return [fresh.node(number) for number in range(len(graph.graph))]


CHANGES = st.lists(st.tuples(st.integers(-INPUTS, -1), st.integers(0, 3), st.integers(0, 30)), max_size=12)


@given(GRAPHS, CHANGES)
def test_what_is_kept_is_what_would_be_made_anew(rows: list[list[int]], changes: list[tuple[int, int, int]]) -> None:
    graph = Graph(rows)
    for place, value, asked in changes:
        graph.put(place, value)
        graph.node(asked % len(rows))  # others stay forgotten for now
        wanted = anew(graph)
        assert graph.node(asked % len(rows)) == wanted[asked % len(rows)]
    assert [graph.node(number) for number in range(len(rows))] == anew(graph)


@given(GRAPHS, CHANGES)
def test_a_seal_changes_exactly_when_a_value_does(rows: list[list[int]], changes: list[tuple[int, int, int]]) -> None:
    graph = Graph(rows)
    with graph.tracing() as reads:
        for number in range(len(rows)):
            graph.node(number)
    seals: dict[tuple[int, ...], bytes | None] = {}
    for place, value, _ in [(-1, 0, 0), *changes]:
        graph.put(place, value)
        seal = graph.digest_all(reads)
        assert seal is not None
        assert seals.setdefault(tuple(anew(graph)), seal) == seal
    assert len(set(seals.values())) == len(seals)


@given(GRAPHS, CHANGES)
def test_what_changed_is_among_what_is_forgotten(rows: list[list[int]], changes: list[tuple[int, int, int]]) -> None:
    graph = Graph(rows)
    for place, value, _ in changes:
        before = [graph.node(number) for number in range(len(rows))]
        stale = graph.put(place, value)
        after = [graph.node(number) for number in range(len(rows))]
        differ = {("node", number) for number, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1}
        assert differ <= stale


def test_a_cell_is_made_once_until_what_it_read_changes() -> None:
    graph = Graph([[-1, -2], [0], [-3, -3]])
    for _ in range(3):
        graph.node(1), graph.node(2)
    assert graph.made == 3
    assert graph.put(-2, 1) == {("input", -2), ("node", 0), ("node", 1)}
    graph.node(1), graph.node(2)
    assert graph.made == 5
    assert graph.put(-2, 1) == set()


def test_a_trace_names_what_was_read_at_first_hand() -> None:
    graph = Graph([[-1, -2], [0, 0]])
    with graph.tracing() as reads:
        graph.node(1)
        graph.read(-3)
        graph.node(1)
    assert list(reads) == [("node", 1), ("input", -3)]
    with graph.tracing() as reads:
        graph.node(0)  # made before, and read now all the same
    assert list(reads) == [("node", 0)]


class Failing(DependencyGraph):
    """Has a cell that cannot be made without its input."""

    def __init__(self) -> None:
        super().__init__()
        self.there: dict[str, int] = {}

    @cell
    def item(self, name: str) -> int:
        self.note_read(("input", name))
        return self.there[name]


def test_a_cell_that_cannot_be_made_has_no_seal_until_it_can() -> None:
    cells = Failing()
    assert cells.digest_all([("item", "a")]) is None
    cells.there["a"] = 1
    cells.invalidate([("input", "a")])
    first = cells.digest_all([("item", "a")])
    assert first is not None
    del cells.there["a"]
    cells.invalidate([("input", "a")])
    assert cells.digest_all([("item", "a")]) is None


@pytest.mark.parametrize("key", [("nothing",), ("there", "a"), ("item",), ("item", "a", "b"), ("digest", "a")])
def test_a_cell_that_there_is_no_more_has_no_seal(key: CellKey) -> None:
    cells = Failing()
    cells.there["a"] = 1
    assert cells.digest_all([("item", "a"), key]) is None


def test_seals_of_other_cells_differ() -> None:
    cells = Failing()
    cells.there |= {"a": 1, "b": 2}
    a, b = ("item", "a"), ("item", "b")
    seals = [cells.digest_all(reads) for reads in ([], [a], [b], [a, b], [b, a])]
    assert len(set(seals)) == 5
    assert None not in seals


@dataclass(frozen=True)
class Record:
    """One kind of record."""

    a: object
    b: object = None


@dataclass(frozen=True)
class Other:
    """Another, with the same fields."""

    a: object
    b: object = None


NEAR: list[Any] = [
    None, True, False, 0, 1, -1, 10, 2**70, 0.0, 1.0, 1.5, "", "1", "None", "True", "s1:1", "a", "ab", "b", "\ud800",
    b"", b"1", b"a", (), ("",), ("", ""), ((),), ((), ()), (1,), ("1",), (1, 2), ((1,), 2), (1, (2,)), ((1, 2),),
    ("a", "b"), ("ab",), ("a", ("b",)), ("a", None), ("a", "None"), (12,), (None,),
    dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 1).toordinal(), "2026-01-01",
    {}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": 1, "b": 1}, {"a": {}}, {"a": ()}, {1: "a"},
    Record(1), Record(1, 1), Record(None, 1), Record(()), Record((), ()), Other(1), Record(Record(1)), Record(Other(1)),
    Record("a", "b"), Record("ab", ""), Record("ab"), (Record(1), Record(2)), (Record(1), 2),
]  # fmt: skip


def test_near_values_have_digests_of_their_own() -> None:
    digests = [digest_of(value) for value in NEAR]
    assert {len(digest) for digest in digests} == {16}
    assert len(set(digests)) == len(NEAR)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-20, 20)
    | st.text("ab1;:(", max_size=3)
    | st.dates()
    | st.binary(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


def exact(value: object) -> object:
    """A value in which 1 and True differ."""
    if isinstance(value, tuple):
        return ("tuple", *map(exact, value))
    if isinstance(value, dict):
        return ("dict", *((key, exact(value[key])) for key in sorted(value)))
    return type(value).__name__, value


@given(VALUES, VALUES)
def test_digests_differ_exactly_when_values_do(one: object, other: object) -> None:
    assert (digest_of(one) == digest_of(other)) == (exact(one) == exact(other))


@given(st.dictionaries(st.text(max_size=3), st.integers(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_a_mapping_makes_no_difference(value: dict[str, int], random: Any) -> None:
    items = list(value.items())
    random.shuffle(items)
    assert digest_of(value) == digest_of(dict(items)) == digest_of(MappingProxyType(dict(items)))


@pytest.mark.parametrize("value", [{1, 2}, frozenset("a"), object(), (object(),), {"a": [{1}]}])
def test_a_value_of_no_order_has_no_digest(value: object) -> None:
    with pytest.raises(TypeError, match="no digest of a"):
        digest_of(value)


def test_digests_are_the_same_in_another_process() -> None:
    code = (
        "from site_gen.core.digests import digest_of; import datetime as dt;"
        "print(digest_of(({'b': 1, 'a': ('x', None, True)}, dt.date(2026, 1, 1), 1.5, b'x', 'é')).hex())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout.strip()
        for seed in ("0", "1", "77")
    }  # fmt: skip
    here = digest_of(({"a": ("x", None, True), "b": 1}, dt.date(2026, 1, 1), 1.5, b"x", "é"))
    assert found == {here.hex()}
