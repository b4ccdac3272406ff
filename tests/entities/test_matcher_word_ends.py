"""Searching for a name with the blank after it finds what searching without it finds."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from site_gen.content.records import Tag
from site_gen.core.text import one_line, scrub
from site_gen.entities.matching.gazetteer import GazetteerName
from site_gen.entities.matching.matcher import Matcher, _has_plain_separators
from site_gen.entities.matching.normalization import normalize
from tests.support.strategies import nasty

SIGNS = [" ", " ", " ", ".", ",", "-", "'s", "!", "&", "\n", "\t", "(", "s", "7", "é"]
PIECES = ["Halden", "halden", "Rope", "Inc", "Inc.", *SIGNS]
names_as_written = (
    st.lists(st.sampled_from(PIECES), max_size=4)
    .map(lambda pieces: one_line("".join(pieces)))
    .filter(lambda text: any(map(str.isalnum, text)))
)
gazetteers = st.lists(
    st.builds(
        GazetteerName,
        names_as_written,
        st.sampled_from([Tag("companies", "x"), Tag("companies", "y"), None]),
        st.just("smart"),
    ),
    max_size=8,
)


@given(gazetteers, st.one_of(st.lists(st.sampled_from([*PIECES, "\0 "]), max_size=14).map("".join), nasty.map(scrub)))
@example([GazetteerName("Halden, Rope", Tag("companies", "x"), "smart")], "Halden\0 Rope")
@example([GazetteerName(f"Halden Inc{end}", Tag("companies", "x"), "smart") for end in ("", ".")], "Halden Inc.")
@example([GazetteerName("Halden.", Tag("companies", "x"), "smart")], "Halden")
def test_both_searches_find_the_same_hits(names: list[GazetteerName], text: str) -> None:
    matcher, normalized = Matcher(names), normalize(text)
    all_hits = matcher._hits(text, matcher._matches(normalized))
    if _has_plain_separators(normalized):
        assert matcher._hits(text, matcher._word_matches(normalized)) == all_hits
    assert matcher.find_all(text) == all_hits
    assert not any("\0" in text[hit.start : hit.end] for hit in all_hits)
