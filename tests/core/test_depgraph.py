"""The dependency graph: cached cells equal recomputed ones, and digests change exactly when values do."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from site_gen.core.depgraph import CellKey, DependencyGraph, query
from site_gen.core.digests import digest_of, lasting_digest

# A graph: for each node the nodes or inputs before it that it reads. Negative numbers are inputs.
INPUTS = 4
GRAPHS = st.lists(st.lists(st.integers(0, 30), max_size=4), min_size=1, max_size=9).map(
    lambda rows: [[place % (INPUTS + row) - INPUTS for place in places] for row, places in enumerate(rows)]
)


class Graph(DependencyGraph):
    """Cells of a drawn graph; a node reads the second half of its inputs only where the first has an even sum."""

    def __init__(self, inputs_of_nodes: list[list[int]]) -> None:
        super().__init__(__package__)
        self.inputs_of_nodes, self.inputs, self.computed_count = inputs_of_nodes, [0] * INPUTS, 0

    def read(self, number: int) -> int:
        if number < 0:
            self.note_read(("input", number))
            return self.inputs[number]
        return node(self, number)

    def set_input(self, number: int, value: int) -> set[CellKey]:
        changed, self.inputs[number] = self.inputs[number] != value, value
        return self.invalidate([("input", number)] if changed else [])


@query
def node(graph: Graph, number: int) -> int:
    graph.computed_count += 1
    places = graph.inputs_of_nodes[number]
    half = len(places) // 2
    total = sum(map(graph.read, places[:half]))
    return (total if total % 2 else total + sum(map(graph.read, places[half:]))) % 5


NODE = "test_depgraph.node"


def recomputed_values(graph: Graph) -> list[int]:
    fresh_graph = Graph(graph.inputs_of_nodes)
    fresh_graph.inputs = list(graph.inputs)
    return [node(fresh_graph, number) for number in range(len(graph.inputs_of_nodes))]


CHANGES = st.lists(st.tuples(st.integers(-INPUTS, -1), st.integers(0, 3), st.integers(0, 30)), max_size=12)


@given(GRAPHS, CHANGES)
def test_a_cached_value_equals_a_recomputed_one(rows: list[list[int]], changes: list[tuple[int, int, int]]) -> None:
    graph = Graph(rows)
    for number, value, place in changes:
        graph.set_input(number, value)
        node(graph, place % len(rows))  # others stay forgotten for now
        expected = recomputed_values(graph)
        assert node(graph, place % len(rows)) == expected[place % len(rows)]
    assert [node(graph, number) for number in range(len(rows))] == recomputed_values(graph)


def test_what_is_made_of_a_cell_that_keeps_its_value_is_no_suspect() -> None:
    graph = Graph([[-1, -2], [0], [1]])  # 0 reads two inputs, 1 reads 0, 2 reads 1
    assert [node(graph, number) for number in range(3)] == [0, 0, 0]
    assert graph.digest((NODE, 0))
    assert graph.set_input(-2, 5) == {("input", -2)}  # a sum of 5 is 0, too
    assert graph.set_input(-2, 6) == {("input", -2), *((NODE, number) for number in range(3))}
    assert [node(graph, number) for number in range(3)] == [1, 1, 1]


def test_a_cell_that_comes_to_read_another_waits_until_that_one_is_right() -> None:
    graph = Graph([[-1, -1], [0], [-2, 1]])  # 1 reads 0; 2 reads 1, but not while input -2 is odd
    graph.set_input(-2, 1)
    assert [node(graph, number) for number in range(3)] == [0, 0, 1]
    assert graph.digest_all([(NODE, number) for number in range(3)])
    graph.inputs[-1], graph.inputs[-2] = 2, 2
    graph.invalidate([("input", -1), ("input", -2)])
    assert node(graph, 2) == recomputed_values(graph)[2] == 1


@given(GRAPHS, CHANGES)
def test_a_digest_changes_exactly_when_a_value_does(rows: list[list[int]], changes: list[tuple[int, int, int]]) -> None:
    graph = Graph(rows)
    with graph.tracing() as reads:
        for number in range(len(rows)):
            node(graph, number)
    digests: dict[tuple[int, ...], bytes | None] = {}
    for number, value, _ in [(-1, 0, 0), *changes]:
        graph.set_input(number, value)
        digest = graph.digest_all(reads)
        assert digest is not None
        assert digests.setdefault(tuple(recomputed_values(graph)), digest) == digest
    assert len(set(digests.values())) == len(digests)


@given(GRAPHS, CHANGES)
def test_cells_whose_values_change_are_among_the_invalidated(
    rows: list[list[int]], changes: list[tuple[int, int, int]]
) -> None:
    graph = Graph(rows)
    for number, value, _ in changes:
        before = [node(graph, number) for number in range(len(rows))]
        stale = graph.set_input(number, value)
        after = [node(graph, number) for number in range(len(rows))]
        changed = {(NODE, number) for number, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1}
        assert changed <= stale


def test_a_cell_is_computed_once_until_an_input_of_it_changes() -> None:
    graph = Graph([[-1, -2], [0], [-3, -3]])
    for _ in range(3):
        node(graph, 1), node(graph, 2)
    assert graph.computed_count == 3
    assert graph.set_input(-2, 1) == {("input", -2), (NODE, 0), (NODE, 1)}
    node(graph, 1), node(graph, 2)
    assert graph.computed_count == 5
    assert graph.set_input(-2, 1) == set()


def test_a_trace_holds_direct_reads_only() -> None:
    graph = Graph([[-1, -2], [0, 0]])
    with graph.tracing() as reads:
        node(graph, 1)
        graph.read(-3)
        node(graph, 1)
    assert list(reads) == [(NODE, 1), ("input", -3)]
    with graph.tracing() as reads:
        node(graph, 0)  # computed before, and read now all the same
    assert list(reads) == [(NODE, 0)]


class PossiblyMissingValues(DependencyGraph):
    """Inputs, each of which may be missing."""

    def __init__(self) -> None:
        super().__init__(__package__)
        self.values: dict[str, int] = {}


@query
def item(graph: PossiblyMissingValues, name: str) -> int:
    graph.note_read(("input", name))
    return graph.values[name]


ITEM = "test_depgraph.item"


def test_a_cell_that_cannot_be_computed_has_no_digest_until_it_can() -> None:
    cells = PossiblyMissingValues()
    assert cells.digest_all([(ITEM, "a")]) is None
    cells.values["a"] = 1
    cells.invalidate([("input", "a")])
    first = cells.digest_all([(ITEM, "a")])
    assert first is not None
    del cells.values["a"]
    cells.invalidate([("input", "a")])
    assert cells.digest_all([(ITEM, "a")]) is None


@pytest.mark.parametrize(
    "key",
    [
        ("nothing",),
        ("values", "a"),
        (ITEM,),
        (ITEM, "a", "b"),
        ("digest", "a"),
        ("test_depgraph.nothing",),
        ("test_depgraph.with_types", "a"),
        ("nothing.item", "a"),
    ],
)
def test_a_key_of_no_cell_has_no_digest(key: CellKey) -> None:
    cells = PossiblyMissingValues()
    cells.values["a"] = 1
    assert cells.digest_all([(ITEM, "a"), key]) is None


def test_digests_of_different_reads_differ() -> None:
    cells = PossiblyMissingValues()
    cells.values |= {"a": 1, "b": 2}
    a, b = (ITEM, "a"), (ITEM, "b")
    digests = [cells.digest_all(reads) for reads in ([], [a], [b], [a, b], [b, a])]
    assert len(set(digests)) == 5
    assert None not in digests


class Record(Struct, frozen=True):
    """A record."""

    a: object
    b: object = None


SIMILAR_VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 10, 2**70, 0.0, 1.0, 1.5, "", "1", "None", "True", "s1:1", "a", "ab", "b", "\ud800",
    b"", b"1", b"a", (), ("",), ("", ""), ((),), ((), ()), (1,), ("1",), (1, 2), ((1,), 2), (1, (2,)), ((1, 2),),
    ("a", "b"), ("ab",), ("a", ("b",)), ("a", None), ("a", "None"), (12,), (None,),
    dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 1).toordinal(),
    {}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": 1, "c": 1}, {"c": 1, "a": 1}, {"a": {}}, {"a": ()}, {1: "a"},
    Record(1), Record(1, 1), Record(None, 1), Record(()), Record((), ()), Record(Record(1)),
    Record("a", "b"), Record("ab", ""), Record("ab"), (Record(1), Record(2)), (Record(1), 2),
]  # fmt: skip


def test_similar_values_have_different_digests() -> None:
    digests = [digest_of(value) for value in SIMILAR_VALUES]
    assert {len(digest) for digest in digests} == {16}
    assert len(set(digests)) == len(SIMILAR_VALUES)


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


def with_types(value: object) -> object:
    """Return a value with the types in it, so that 1 and True differ."""
    if isinstance(value, tuple):
        return ("tuple", *map(with_types, value))
    if isinstance(value, dict):
        return ("dict", *((key, with_types(value[key])) for key in value))
    return type(value).__name__, value


@given(VALUES, VALUES)
def test_digests_differ_exactly_when_values_do(first: object, second: object) -> None:
    assert (digest_of(first) == digest_of(second)) == (with_types(first) == with_types(second))


@given(st.dictionaries(st.text(max_size=3), st.integers(-9, 9), max_size=5))
def test_all_mappings_are_alike(value: dict[str, int]) -> None:
    assert digest_of(value) == digest_of(MappingProxyType(value))


def test_a_lasting_digest_is_what_ledgers_hold() -> None:
    value = ([("a", "b", None, "ü", "2024-W01")], [("x", ["1", "2"])])
    assert lasting_digest(value).hex() == "aeb4ff804fcc87eea434636a4d6bce69"
    with pytest.raises(TypeError, match="no lasting digest of a int"):
        lasting_digest((1,))


@pytest.mark.parametrize("value", [object(), (object(),), {"a": [object()]}])
def test_a_value_of_no_known_type_has_no_digest(value: object) -> None:
    with pytest.raises(TypeError, match="no digest of a"):
        digest_of(value)


def test_digests_are_the_same_in_another_process() -> None:
    code = (
        "from site_gen.core.digests import digest_of; import datetime as dt;"
        "print(digest_of(({'a': ('x', None, True), 'b': 1}, dt.date(2026, 1, 1), 1.5, b'x', 'é')).hex())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout.strip()
        for seed in ("0", "1", "77")
    }  # fmt: skip
    expected = digest_of(({"a": ("x", None, True), "b": 1}, dt.date(2026, 1, 1), 1.5, b"x", "é"))
    assert digests == {expected.hex()}
