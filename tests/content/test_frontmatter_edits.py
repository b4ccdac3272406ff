"""Items of lists and pairs of mappings are edited where they stand; comments, quotes and bytes beside them stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from site_gen.content import frontmatter_edits
from site_gen.content.bounded_yaml import YamlError, to_python
from site_gen.content.frontmatter import split
from site_gen.core.text import scrub
from tests.support.strategies import MessyFile, messy_files, slugs


def file_text(head: str) -> str:
    return f"---\n{head}---\nBody.\n"


EDITS = [
    ("k: [a, b]\n", ["x", "b"], "k: [x, b]\n"),
    ("k: [ 'a' , \"b\" ]  # why\n", ["x", "y"], "k: [ 'x' , \"y\" ]  # why\n"),
    ("k:\n  - a  # the owner\n  # own\n  - b\n", ["x", "b"], "k:\n  - x  # the owner\n  # own\n  - b\n"),
    ("k: a  # main\n", ["no"], "k: 'no'  # main\n"),
    ("k:\n  - a  # one\n  - b  # two\n", ["a", None], "k:\n  - a  # one\n  # two\n"),
    ("k: [a, b, c]\n", ["a", None, "d"], "k: [a, d]\n"),
    ("k: [a]\nj: 1\n", [None], "j: 1\n"),
    ("k:\n- a # why\n", [None], "# why\nk: []\n"),
    ("k: [\n  a, # one\n  b # two\n]\n", ["a", None], "# one\n# two\nk: [a]\n"),
    ("k: [a, {b: 1}, c]\n", ["x", "c"], "k: [x, {b: 1}, c]\n"),
]


@pytest.mark.parametrize(("head", "wanted", "after"), EDITS)
def test_items_are_changed_where_they_stand(head: str, wanted: list[str | None], after: str) -> None:
    assert frontmatter_edits.replace_items(file_text(head), {"k": wanted}) == file_text(after)


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("f: {a: 1}\n", "f: {a: 1, B c: '2: 3'}\n"),
        ("f:\n  a: 1  # why\n# next\ng: 1\n", "f:\n  a: 1  # why\n  B c: '2: 3'\n# next\ng: 1\n"),
        ("f: {\n  a: 1,  # why\n}\n", "f: {\n  a: 1, B c: '2: 3',  # why\n}\n"),
        ("g: 1\n", "g: 1\nf: {B c: '2: 3'}\n"),
        ("f:\n", "f: {B c: '2: 3'}\n"),
    ],
)
def test_pairs_are_added_at_the_end(head: str, after: str) -> None:
    assert frontmatter_edits.add_pairs(file_text(head), "f", {"B c": "2: 3"}) == file_text(after)


def test_comments_are_added_at_the_end_of_the_front_matter() -> None:
    assert frontmatter_edits.add_comments(file_text("k: 1\n"), ["# one", "# two"]) == file_text("k: 1\n# one\n# two\n")


@given(messy_files(), st.data())
def test_only_the_items_change(messy: MessyFile, data: st.DataObject) -> None:
    text = messy.text
    try:
        root = frontmatter_edits.parse_head(text)
    except YamlError:
        assume(False)
    lists = {}
    for key in messy.keys:
        items = frontmatter_edits.text_items(frontmatter_edits.value_of_key(root, key))
        if items and key in {"companies", "topics", "ignore"}:
            lists[key] = [data.draw(st.one_of(st.just(item.value), slugs, st.none())) for item in items]
    try:
        after = frontmatter_edits.replace_items(text, lists)
    except YamlError:
        return
    assert frontmatter_edits.replace_items(after, {}) == after
    nodes = {name.value: node for name, node in frontmatter_edits.parse_head(after).items}
    for chunk in messy.chunks:
        if chunk.key is None or chunk.key not in lists:
            assert messy.lines(chunk) in after  # not a byte of other keys, or between them, changes
            continue
        expected = [item for item in lists[chunk.key] if item is not None]
        items_after = [item.value for item in frontmatter_edits.text_items(nodes.get(chunk.key))]
        assert items_after == expected
        if not any(sign in chunk.text for sign in "\"'|>"):  # else a # may be no comment
            for comment in re.findall(r"(?m)(?:^|\s)#(.*)$", chunk.text):
                assert scrub(comment).strip() in after
    assert split(after).body == split(text).body
    assert {key: to_python(node) for key, node in nodes.items() if key not in lists} == {
        name.value: to_python(node) for name, node in root.items if name.value not in lists
    }
