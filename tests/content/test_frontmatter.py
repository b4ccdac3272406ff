"""Front matter: split, dumped, and edited without a change to any other byte."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.bounded_yaml import YamlError, parse, to_python
from site_gen.content.frontmatter import dump, edit, split
from site_gen.core.text import scrub
from tests.support.strategies import MessyFile, days, messy_files, nasty, slugs, values


def parsed_values(text: str) -> dict[str, object]:
    mapping = to_python(parse(split(text).yaml or ""))
    assert isinstance(mapping, dict)
    return mapping


def as_read(value: object) -> object:
    """Return a value as it is after it was written and read again."""
    if isinstance(value, dict):
        return {key: as_read(inner) for key, inner in value.items()}
    return [as_read(v) for v in value] if isinstance(value, list) else scrub(str(value))


# -- split and dump


def test_front_matter_is_split_from_the_body() -> None:
    assert split("---\na: 1\n---\nBody\n") == ("a: 1\n", "Body\n", 4)
    assert split("---\r\na: 1\r\n...  \r\n\r\nBody") == ("a: 1\n", "\nBody", 4)
    assert split("\ufeff---\n---") == ("", "", 3)
    assert split("No front matter\n---\n") == (None, "No front matter\n---\n", 1)
    assert split("--- a\nb\n---\n")[0] is None
    assert split("") == (None, "", 1)


@pytest.mark.parametrize("text", ["---", "---\na: 1\n", "---\na: 1\n ---\n", "---\na: |\n  ---\n", "---\n----\n"])
def test_front_matter_that_is_never_closed_is_refused(text: str) -> None:
    with pytest.raises(YamlError, match="never closed") as caught:
        split(text)
    assert caught.value.line == 1
    with pytest.raises(YamlError, match="never closed"):
        edit(text, {"a": "b"})


texts = nasty.map(scrub).filter(lambda t: t != "")
metas = st.dictionaries(
    st.sampled_from(["title", "id", "no", "companies", "saved", "clip", "null"]),
    st.one_of(texts, days, st.lists(texts, min_size=1), st.dictionaries(slugs, texts, min_size=1)),
)


@given(metas, nasty)
def test_dumped_front_matter_is_read_again(meta: dict[str, object], body: str) -> None:
    text = dump(meta, body)
    assert parsed_values(text) == {key: as_read(value) for key, value in meta.items()}
    assert list(parsed_values(text)) == list(meta)
    assert split(text).body == scrub(body).strip() + "\n"
    assert text.count("\n") == len(meta) + 2 + split(text).body.count("\n")  # a key a line
    text.encode()


def test_dumped_front_matter_reads_as_people_write() -> None:
    meta = {
        "title": "No: a “story” #1",
        "author": ["A. Writer", "B"],
        "published": dt.date(2019, 5, 23),
        "site": None,
        "topics": [],
        "saved": {"file": "saved/x.html", "text": "9f"},
    }
    assert dump(meta, "\n\nText.\n\n") == (
        "---\ntitle: 'No: a “story” #1'\nauthor: [A. Writer, B]\npublished: 2019-05-23\n"
        "saved: {file: saved/x.html, text: 9f}\n---\nText.\n"
    )


# -- edit: laws


def assert_other_lines_stay(messy: MessyFile, changes: dict[str, object], edited: str) -> None:
    """Assert that all lines of unedited keys, and all between keys, stay byte for byte in their order."""
    pattern = re.escape(f"{messy.bom}---{messy.newline}")
    for chunk in messy.chunks:
        pattern += "(?:.*?)" if chunk.key in changes else re.escape(messy.lines(chunk))
    pattern += "(?:.*?)" if set(changes) - set(messy.keys) else ""
    pattern += re.escape(messy.closing + messy.body)
    assert re.fullmatch(pattern, edited, re.DOTALL), edited


@given(messy_files(), st.dictionaries(st.sampled_from(["title", "companies", "topics", "saved", "tagged"]), values))
def test_an_edit_changes_its_keys_and_nothing_else(messy: MessyFile, changes: dict[str, object]) -> None:
    before = parsed_values(messy.text)
    try:
        edited = edit(messy.text, changes)
    except YamlError:
        if "|+" in messy.text:  # the blank lines below would become part of the text above
            return
        raise
    expected = {k: v for k, v in before.items() if k not in changes}
    expected |= {k: as_read(v) for k, v in changes.items() if v is not None}
    assert parsed_values(edited) == expected
    assert [k for k in parsed_values(edited) if k in before] == [k for k in before if k in expected]
    assert_other_lines_stay(messy, changes, edited)
    assert split(edited).body == split(messy.text).body
    assert edit(edited, changes) == edited
    new_ends = set(re.findall(r"\r\n|\r|\n", edited.removesuffix(messy.body)))
    assert new_ends <= {messy.newline}


@given(messy_files())
def test_editing_to_the_same_value_changes_no_byte(messy: MessyFile) -> None:
    same: dict[str, object] = {k: v for k, v in parsed_values(messy.text).items() if v is not None}
    if all(isinstance(v, str) or (isinstance(v, list) and all(isinstance(i, str) for i in v)) for v in same.values()):
        assert edit(messy.text, same) == messy.text
    assert edit(messy.text, {}) == messy.text
    assert edit(messy.text, {"not-there": None}) == messy.text


@given(messy_files(), st.data())
def test_no_comment_on_a_line_of_its_own_is_lost_where_a_list_changes(messy: MessyFile, data: st.DataObject) -> None:
    lists = [
        k for k, v in parsed_values(messy.text).items() if isinstance(v, list) and all(isinstance(i, str) for i in v)
    ]
    if not lists:
        return
    key = data.draw(st.sampled_from(lists))
    edited = edit(messy.text, {key: data.draw(st.lists(slugs, max_size=6))})

    def own_lines(text: str) -> list[str]:
        return sorted(line.strip() for line in scrub(text).split("\n") if line.strip().startswith("#"))

    missing = own_lines(messy.text)
    for line in own_lines(edited):
        if line in missing:
            missing.remove(line)
    assert missing == []


@given(nasty.filter(lambda t: not scrub(t).startswith("---")))
def test_a_text_without_front_matter_gets_one(text: str) -> None:
    edited = edit(text, {"title": "New", "topics": ["a"], "x": None})
    assert parsed_values(edited) == {"title": "New", "topics": ["a"]}
    assert edited.endswith(text.removeprefix("\ufeff"))
    assert split(edited).body == scrub(text)
    assert edit(text, {"x": None}) == text


@given(st.lists(st.text(alphabet=st.sampled_from("ab01 :-?[]{},|>'\"#~\n\r\t\\.é"), max_size=20)), values)
def test_an_edit_of_any_front_matter_is_right_or_refused(lines: list[str], value: object) -> None:
    text = "---\n" + "\n".join(lines) + "\n---\nBody"
    try:
        edited = edit(text, {"a": value})
    except YamlError:
        return
    before, after = parsed_values(text), parsed_values(edited)
    before.pop("a", None)
    if value is not None:
        before["a"] = as_read(value)
    assert after == before
    assert edited.endswith(text[text.rindex("\nBody") :])


# -- edit: examples


def edited(yaml: str, **changes: object) -> str:
    text = edit(f"---\n{yaml}---\nBody\n", changes)
    assert text.startswith("---\n")
    assert text.endswith("---\nBody\n")
    return text[4:-9]


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("k: [a, b, c]  # n\n", ["a"], "k: [a]  # n\n"),
        ("k: [a, b, c]  # n\n", ["b", "d"], "k: [b, d]  # n\n"),
        ("k: ['a', \"b\"]\n", ["b", "no"], "k: [\"b\", 'no']\n"),
        ("k: [a, b]\n", ["b", "a"], "k: [b, a]\n"),
        ("k: []  # n\n", ["a"], "k: [a]  # n\n"),
        ("k:  # n\n", ["a"], "k: [a]  # n\n"),
        ("k: a  # n\n", ["a"], "k: [a]  # n\n"),
        ("k: [a]  # n\n", [], "k: []  # n\n"),
        ("k:\n- a  # 1\n- b  # 2\n", ["b"], "k:\n- b  # 2\n"),
        ("k:  # n\n  - a  # 1\n\n  # own\n  - b\n", ["a", "c"], "k:  # n\n  - a  # 1\n  - c\n\n  # own\n"),
        ("k:\n  - a  # 1\n  # own\n  - b  # 2\n", ["b", "a"], "k:\n  - b  # 2\n  # own\n  - a  # 1\n"),
        ("k:\n  - a  # 1\n  # own\n  - b  # 2\n", ["c"], "k:\n  # own\n  - c\n"),
        ("k:  # n\n  - a  # 1\n  # own\n  - b\n", [], "# 1\n# own\nk: []  # n\n"),
        ("k:\n  - a\n\n# next\nz: 1\n", ["a", "b"], "k:\n  - a\n  - b\n\n# next\nz: 1\n"),
        ("k: [\n  a,   # 1\n  b,\n  # own\n  c   # 3\n]\n", ["a", "d"], "k: [\n  a,   # 1\n  d\n  # own\n]\n"),
        ("k: [\n  a,   # 1\n  b   # 2\n]\n", ["a", "b", "c"], "k: [\n  a,   # 1\n  b,   # 2\n  c\n]\n"),
        ("k: [\n  a,\n  b,\n]\n", ["b", "c"], "k: [\n  b,\n  c,\n]\n"),
        ("k: [\n  a,   # 1\n  # own\n  b\n]  # end\n", ["b", "a"], "# 1\n# own\nk: [b, a]  # end\n"),
    ],
)
def test_lists_are_edited_item_by_item(before: str, wanted: list[str], after: str) -> None:
    assert edited(before, k=wanted) == after


def test_new_keys_stand_at_the_end_in_their_order() -> None:
    assert edited("a: 1\n# c\n", b=["x"], c="y: z", a=None) == "# c\nb: [x]\nc: 'y: z'\n"
    assert edited("  a: 1\n", b="x") == "  a: 1\n  b: x\n"
    assert edited("", b="x") == "b: x\n"


def test_values_are_written_anew_where_they_change() -> None:
    assert edited("t: |  # why\n  old\n\n  text\n\n# next\nz: 1\n", t="new") == "t: new  # why\n\n# next\nz: 1\n"
    assert edited('t: "old\n  text"  # why\n', t="a\nb") == 't: "a\\nb"  # why\n'
    assert edited("? t\n: old\nz: 1\n", t="new") == "t: new\nz: 1\n"
    assert edited("? t\nz: 1\n", t=None) == "z: 1\n"
    assert edited("t:\n  a: 1\n  b: # in\n    - c\nz: 1\n", t={"a": "2"}) == "# in\nt: {a: '2'}\nz: 1\n"


def test_line_ends_bom_and_odd_signs_stay() -> None:
    text = "\ufeff---\r\n# \x00 c\r\nk: [a]\r\nz: '\u202e'\r\n---\r\nBody\x00\r\nlast"
    assert edit(text, {"k": ["a", "b"], "n": "1"}) == (
        "\ufeff---\r\n# \x00 c\r\nk: [a, b]\r\nz: '\u202e'\r\nn: '1'\r\n---\r\nBody\x00\r\nlast"
    )


def test_a_key_below_a_text_that_keeps_its_blank_lines() -> None:
    text = "---\nt: |+\n  kept\n\na: 1\n\n---\n"
    with pytest.raises(YamlError, match="does not edit"):
        edit(text, {"a": None})
    assert edit(text, {"a": "2"}) == text.replace("a: 1", "a: '2'")


@pytest.mark.parametrize("yaml", ["{a: 1}\n", "{}\n", "~\n", "? a\n:\nz: 1\n"])
def test_what_cannot_be_edited_surely_is_refused(yaml: str) -> None:
    with pytest.raises(YamlError, match="does not edit"):
        edit(f"---\n{yaml}---\n", {"a": "2"})


def test_broken_front_matter_is_refused_with_its_line() -> None:
    with pytest.raises(YamlError) as caught:
        edit("---\na: 1\na: 2\n---\n", {"a": "3"})
    assert caught.value.line == 2


pieces = st.sampled_from(["---", "...", "---\n", "\n---\n", "\n", " ", "\t", "-", "a: b", "\r\n", "\ufeff", "\x00"])


@given(st.sampled_from(["", "---\n", "---", "---  \n"]), st.lists(pieces, max_size=8).map("".join))
def test_front_matter_ends_at_the_first_line_that_closes_it(opening: str, rest: str) -> None:
    text = opening + rest
    lines = scrub(text).split("\n")
    closing = re.compile(r"(---|\.\.\.)[ \t]*")
    at = next((n for n, line in enumerate(lines[1:], 1) if closing.fullmatch(line)), None)
    if not re.fullmatch(r"---[ \t]*", lines[0]):
        assert split(text) == (None, scrub(text), 1)
    elif at is None:
        with pytest.raises(YamlError):
            split(text)
    else:
        head = "".join(f"{line}\n" for line in lines[1:at])
        assert split(text) == (head, "\n".join(lines[at + 1 :]), at + 2)
