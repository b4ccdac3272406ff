"""The cheap search for tags passes every file that holds one, however the tag is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content import frontmatter
from site_gen.core.slugs import slugify
from site_gen.core.text import one_line, word_key
from site_gen.entities.curation.tag_prefilter import TagPrefilter
from tests.support.strategies import nasty

ascii_names = st.text(alphabet=st.sampled_from("aAbBzZ09 -_./'&,U.S.'"), max_size=20)


def article_bytes(tag: str) -> bytes:
    return frontmatter.dump({"title": "x", "companies": [tag]}, "Body.").encode()


@given(st.one_of(nasty, ascii_names, st.sampled_from(["con", "U.S. Steel", "O'Neil", "Page", "a.b"])))
def test_a_file_passes_by_the_slug_and_by_the_words_of_its_tag(text: str) -> None:
    text = one_line(text)
    if slug := slugify(text, ""):
        assert TagPrefilter([slug]).may_hold(article_bytes(text))
    if key := word_key(text):
        assert TagPrefilter([key]).may_hold(article_bytes(text))


@pytest.mark.parametrize("head", [b"", b"companies: [birch]\n", b"title: Birch & Sons\n"])
def test_other_files_do_not_pass(head: bytes) -> None:
    raw = b"---\n" + head + b"---\nAll about alder.\n"
    assert not TagPrefilter(["alder", "\u6d77\u5eb7"]).may_hold(raw)
    assert TagPrefilter(["alder"]).may_hold(raw.replace(b"---\nAll", b'companies: ["\\x61lder"]\n---\nAll'))
