"""Names around a circle: each has one place, no two overlap, and the layout is always the same."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from site_gen.pages.network_layout import arc_columns, circle_layout

names = st.text("abcdefgh", min_size=1, max_size=2)
links = st.lists(st.tuples(names, names, st.integers(1, 50)).filter(lambda link: link[0] != link[1]), max_size=60)


@given(links)
def test_every_name_has_its_place_and_no_two_are_too_near(links: list[tuple[str, str, int]]) -> None:
    layout = circle_layout(links)
    assert sorted(spoke.node for spoke in layout.nodes) == sorted({name for link in links for name in link[:2]})
    assert len(layout.chords) == len(links)
    places = [(spoke.x, spoke.y) for spoke in layout.nodes]
    for at, one in enumerate(places):
        assert all(math.dist(one, other) > 15 for other in places[:at])
        assert all(0 < number < layout.size for number in one)
    assert circle_layout(links) == layout


@given(links)
def test_no_label_is_upside_down(links: list[tuple[str, str, int]]) -> None:
    for spoke in circle_layout(links).nodes:
        assert math.cos(math.radians(spoke.turn)) > -0.01
        right = spoke.x >= circle_layout(links).size / 2 - 0.1
        assert spoke.anchor == ("start" if right else "end") or abs(spoke.x - circle_layout(links).size / 2) < 1


def test_linked_names_are_neighbours() -> None:
    layout = circle_layout([("a", "b", 9), ("c", "d", 8), ("b", "e", 3), ("d", "f", 2)])
    order = "".join(spoke.node for spoke in layout.nodes)
    assert {"abe", "eba"} & {order[:3], order[3:]}
    assert {"cdf", "fdc"} & {order[:3], order[3:]}


@given(links)
def test_columns_hold_the_same_names_and_links_and_arcs_fit_their_width(links: list[tuple[str, str, int]]) -> None:
    columns, layout = arc_columns(links, 200, 90), circle_layout(links)
    assert [name for column in columns for name, _ in column.places] == [spoke.node for spoke in layout.nodes]
    assert sum(len(column.chords) for column in columns) == len(layout.chords)
    assert [column.height for column in columns] == sorted((column.height for column in columns), reverse=True)
    for column in columns:
        heights = [y for _, y in column.places]
        assert heights == list(range(10, column.height, 20))
        for chord in column.chords:
            assert set(chord.ends) <= {name for name, _ in column.places}
            assert int(chord.path.partition("C")[2].split()[0]) <= 200 + 90 * 4 / 3 + 1
