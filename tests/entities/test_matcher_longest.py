"""Of overlapping hits the longest from the left wins: compared with a slower and plainer algorithm."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import Tag
from site_gen.entities.matching.gazetteer import GazetteerName
from site_gen.entities.matching.matcher import Hit, _longest
from site_gen.entities.matching.name_context import Confidence

TAGS = [Tag("companies", slug) for slug in "abc"]
spans = st.tuples(st.integers(0, 9), st.integers(1, 4)).map(lambda two: (two[0], two[0] + two[1]))
confidences = st.sampled_from([s for s in Confidence if s])


@st.composite
def overlapping_hits(draw: st.DrawFn) -> list[Hit]:
    """Draw hits in the order of their ends, as the automaton yields them."""
    drawn = draw(st.lists(st.tuples(spans, st.sampled_from(TAGS), confidences), max_size=9))
    hits = [
        Hit(*span, tag, GazetteerName(f"x{number}", tag, "smart"), confidence)
        for number, (span, tag, confidence) in enumerate(drawn)
    ]
    return sorted(hits, key=lambda hit: hit.end)


def longest_hits(hits: list[Hit], decoys: list[tuple[int, int]]) -> list[Hit]:
    """Return of all hits the longest from the left, with one hit per tag."""
    candidates = {hit[:2] for hit in hits} | set(decoys)
    chosen_spans: list[tuple[int, int]] = []
    while candidates:
        first_start = min(start for start, _ in candidates)
        chosen_spans.append((first_start, max(end for start, end in candidates if start == first_start)))
        candidates = {span for span in candidates if span[0] >= chosen_spans[-1][1]}
    groups = [[hit for hit in hits if hit[:2] == span] for span in chosen_spans]
    # `max` gives the first of equals.
    return [
        max((hit for hit in group if hit.tag == tag), key=lambda hit: hit.confidence)
        for group in groups
        for tag in dict.fromkeys(hit.tag for hit in group)
    ]


@given(overlapping_hits(), st.lists(spans, max_size=4))
def test_the_longest_from_the_left_win(hits: list[Hit], decoys: list[tuple[int, int]]) -> None:
    assert _longest(hits, decoys) == longest_hits(hits, decoys)
