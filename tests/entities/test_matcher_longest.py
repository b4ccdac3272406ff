"""Of overlapping names the longest from the left, told in a slower and plainer way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import Tag
from site_gen.entities.matching.gazetteer import GazetteerName
from site_gen.entities.matching.matcher import Hit, _longest
from site_gen.entities.matching.name_context import Confidence

TAGS = [Tag("companies", slug) for slug in "abc"]
spans = st.tuples(st.integers(0, 9), st.integers(1, 4)).map(lambda two: (two[0], two[0] + two[1]))
standings = st.sampled_from([s for s in Confidence if s])


@st.composite
def hits_found(draw: st.DrawFn) -> list[Hit]:
    """Hits in the order of their ends, as the automaton gives them."""
    found = draw(st.lists(st.tuples(spans, st.sampled_from(TAGS), standings), max_size=9))
    made = [
        Hit(*span, tag, GazetteerName(f"x{number}", tag, "smart"), how) for number, (span, tag, how) in enumerate(found)
    ]
    return sorted(made, key=lambda hit: hit.end)


def plainly(hits: list[Hit], decoys: list[tuple[int, int]]) -> list[Hit]:
    left = {hit[:2] for hit in hits} | set(decoys)
    taken: list[tuple[int, int]] = []
    while left:
        begin = min(start for start, _ in left)
        taken.append((begin, max(end for start, end in left if start == begin)))
        left = {span for span in left if span[0] >= taken[-1][1]}
    groups = [[hit for hit in hits if hit[:2] == span] for span in taken]
    # `max` gives the first of equals.
    return [
        max((hit for hit in group if hit.tag == tag), key=lambda hit: hit.confidence)
        for group in groups
        for tag in dict.fromkeys(hit.tag for hit in group)
    ]


@given(hits_found(), st.lists(spans, max_size=4))
def test_the_longest_from_the_left_win(hits: list[Hit], decoys: list[tuple[int, int]]) -> None:
    assert _longest(hits, decoys) == plainly(hits, decoys)
