"""Names in columns: each has one place, arcs stay beside them, and the layout is always the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from site_gen.pages.network_layout import arc_columns

names = st.text("abcdefgh", min_size=1, max_size=2)
links = st.lists(st.tuples(names, names, st.integers(1, 50)).filter(lambda link: link[0] != link[1]), max_size=60)


def test_linked_names_are_neighbours() -> None:
    columns = arc_columns([("a", "b", 9), ("c", "d", 8), ("b", "e", 3), ("d", "f", 2)], 200, 90)
    orders = ["".join(name for name, _ in column.places) for column in columns]
    assert {"abe", "eba"} & {*orders}
    assert {"cdf", "fdc"} & {*orders}


@given(links)
def test_columns_hold_every_name_and_link_and_arcs_fit_their_width(links: list[tuple[str, str, int]]) -> None:
    columns = arc_columns(links, 200, 90)
    drawn_names = sorted(name for column in columns for name, _ in column.places)
    assert drawn_names == sorted({name for link in links for name in link[:2]})
    assert sum(len(column.arcs) for column in columns) == len(links)
    assert arc_columns(links, 200, 90) == columns
    assert [column.height for column in columns] == sorted((column.height for column in columns), reverse=True)
    for column in columns:
        heights = [y for _, y in column.places]
        assert heights == list(range(10, column.height, 20))
        for arc in column.arcs:
            assert set(arc.ends) <= {name for name, _ in column.places}
            assert int(arc.path.partition("C")[2].split()[0]) <= 200 + 90 * 4 / 3 + 1
