"""Names around a circle: all of them, in one place each, the same every time."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from site_gen.pages.network_layout import arc_columns, circle_layout

names = st.text("abcdefgh", min_size=1, max_size=2)
links = st.lists(st.tuples(names, names, st.integers(1, 50)).filter(lambda link: link[0] != link[1]), max_size=60)


@given(links)
def test_every_name_has_its_place_and_no_two_are_too_near(found: list[tuple[str, str, int]]) -> None:
    drawn = circle_layout(found)
    assert sorted(spoke.node for spoke in drawn.nodes) == sorted({name for link in found for name in link[:2]})
    assert len(drawn.chords) == len(found)
    places = [(spoke.x, spoke.y) for spoke in drawn.nodes]
    for at, one in enumerate(places):
        assert all(math.dist(one, other) > 15 for other in places[:at])
        assert all(0 < number < drawn.size for number in one)
    assert circle_layout(found) == drawn


@given(links)
def test_no_label_stands_on_its_head(found: list[tuple[str, str, int]]) -> None:
    for spoke in circle_layout(found).nodes:
        assert math.cos(math.radians(spoke.turn)) > -0.01
        right = spoke.x >= circle_layout(found).size / 2 - 0.1
        assert spoke.anchor == ("start" if right else "end") or abs(spoke.x - circle_layout(found).size / 2) < 1


def test_names_that_hang_together_stand_together() -> None:
    drawn = circle_layout([("a", "b", 9), ("c", "d", 8), ("b", "e", 3), ("d", "f", 2)])
    order = "".join(spoke.node for spoke in drawn.nodes)
    assert {"abe", "eba"} & {order[:3], order[3:]}
    assert {"cdf", "fdc"} & {order[:3], order[3:]}


@given(links)
def test_columns_hold_the_same_names_and_links_and_arcs_keep_to_their_room(found: list[tuple[str, str, int]]) -> None:
    columns, drawn = arc_columns(found, 200, 90), circle_layout(found)
    assert [name for one in columns for name, _ in one.places] == [spoke.node for spoke in drawn.nodes]
    assert sum(len(one.chords) for one in columns) == len(drawn.chords)
    assert [one.height for one in columns] == sorted((one.height for one in columns), reverse=True)
    for one in columns:
        heights = [y for _, y in one.places]
        assert heights == list(range(10, one.height, 20))
        for chord in one.chords:
            assert set(chord.ends) <= {name for name, _ in one.places}
            assert int(chord.path.partition("C")[2].split()[0]) <= 200 + 90 * 4 / 3 + 1
