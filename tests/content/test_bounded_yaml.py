"""YAML as content files may use it: what is refused and where, how values are read, and where each node stands."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.bounded_yaml import (
    MAX_CHARS,
    MAX_DEPTH,
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlError,
    parse,
    to_python,
)
from tests.support.effort import costs_at_most, cpu_seconds
from tests.support.strategies import nasty

BILLION_LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@cache
def cost_of_long_files() -> float:
    """Return the processor time for a few files that are nearly as long as they may be."""
    text = "".join(f"key-{number}: [a, b, c]\n" for number in range(MAX_CHARS // 24))
    return cpu_seconds(lambda: parse(text), rounds=10)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (BILLION_LAUGHS, 1, "anchors and aliases"),
        ("a: 1\nb: *a", 2, "anchors and aliases"),
        ("a: 1\nb:\n  - &x y\n", 3, "anchors and aliases"),
        ("x: &x\n  <<: *x", 1, "anchors and aliases"),
        ("a: &a [*a]", 1, "anchors and aliases"),
        ("&a b: c", 1, "anchors and aliases"),
        ("a: 1\n<<: {b: c}", 2, "merge keys"),
        ("a: 1\nb: !!python/object/apply:os.system [id]", 2, "YAML tag"),
        ("a: !!str x", 1, "YAML tag"),
        ("a: !local x", 1, "YAML tag"),
        ("!!map {a: b}", 1, "YAML tag"),
        ("a: !!binary aGk=", 1, "YAML tag"),
        ("[" * 30_000, 1, "levels of nesting"),
        ("x: 1\na: " + "[" * 30_000, 2, "levels of nesting"),
        ("{a: " * 16_000, 1, "levels of nesting"),
        ("- " * 30_000, 1, "levels of nesting"),
        ("? " * 30_000, 1, "levels of nesting"),
        ("a: " + "x" * 100_000, 1, "100,003 characters"),
        ("a: 1\nb: 2\n\na: 3", 4, "`a` appears twice, first 3 lines above"),
        ("a: 1\n'a': 3", 2, "`a` appears twice"),
        ("x:\n  a: 1\n  a: 2", 3, "`a` appears twice, first 1 line above"),
        ('a: 1\nb: "\\ud800"', 2, "invalid Unicode"),
        ('a: "\\U00110000"', 1, "invalid Unicode"),
        ("a: 1\n---\nb: 2", 2, "second YAML document"),
        ("a: 1\n...\n---\nb: 2", 3, "second YAML document"),
        ("a:\n\t- b", 2, "cannot start any token"),
        ("%YAML 9.9\n---\na: 1", 1, "incompatible YAML document"),
        ("- a\n- b", 1, "expected `key: value`"),
        ("# c\n\njust words", 3, "expected `key: value`"),
        ("? [a, b]\n: c", 1, "a key must be a word"),
        ("? {a: b}\n: c", 1, "a key must be a word"),
        ("a: b: c", 1, "mapping values are not allowed"),
        ("a: 1\nb: 'open\n", 3, "unexpected end of stream"),
        ("a: 1\nb: @x", 2, "cannot start any token"),
        ("a: [1, 2\nb: 3", 2, "did not find expected"),
        ("a: 1\nb: \ud800", 2, "U+D800"),
        ("a: 1\n\nb: \x00", 3, "U+0000"),
    ],
)
def test_refused_yaml_is_reported_at_once_with_its_line(text: str, line: int, what: str) -> None:
    with costs_at_most(2 * cost_of_long_files()), pytest.raises(YamlError) as caught:
        parse(text)
    assert what in caught.value.what
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("a:\n\t- b", "tabs"),
        ("title: Google: a history", "quotes"),
        ("title: @home", "quotes"),
        ("title: 'tis", "quotes"),
        ("a: &x 1", "quote it"),
        ("- a", "one key per line"),
        ("[" * 9, "fewer levels"),
    ],
)
def test_refused_yaml_comes_with_a_suggestion(text: str, mend: str) -> None:
    with pytest.raises(YamlError) as caught:
        parse(text)
    assert mend in caught.value.mend


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "~", "null", "---\n", "{}", "---\n...\n"])
def test_an_empty_document_is_an_empty_mapping(text: str) -> None:
    assert to_python(parse(text)) == {}


def test_scalars_are_read_as_text() -> None:
    text = "a: no\nb: 2019-05-23\nc: 1e3\nd: 0x1F\ne: ~\nf: '~'\ng:\nh: ''\ni: 12:30:45\nj: [yes, , ]\n"
    with pytest.raises(YamlError):
        parse(text)
    text = text.replace(", , ]", "]")
    assert to_python(parse(text)) == {
        "a": "no", "b": "2019-05-23", "c": "1e3", "d": "0x1F", "e": None, "f": "~", "g": None, "h": "",
        "i": "12:30:45", "j": ["yes"],
    }  # fmt: skip


def test_escapes_yield_no_control_character() -> None:
    assert to_python(parse('a: "x\\0\\u202e\\uFEFFy\\rz"')) == {"a": "xy\nz"}


def test_depth_and_size_are_allowed_up_to_the_limits() -> None:
    inner = MAX_DEPTH - 1
    assert to_python(parse("a: " + "[" * inner + "]" * inner))["a"]  # type: ignore[index]
    with pytest.raises(YamlError):
        parse("a: " + "[" * (inner + 1) + "]" * (inner + 1))
    assert len(parse("a: " + "x" * (MAX_CHARS - 3)).items) == 1


def test_nodes_have_offsets_and_lines() -> None:
    text = "tïtle: 海 x  # c\nlist:\n  - 'one'\n  - two\nmap: {a: b}\n"
    root = parse(text)
    (_, title), (name, items), (_, mapping) = root.items
    assert isinstance(title, ScalarNode)
    assert text[title.start : title.end] == "海 x"
    assert isinstance(items, SequenceNode)
    assert [text[i.start : i.end] for i in items.items] == ["'one'", "two"]
    assert [i.line for i in items.items] == [3, 4]
    assert (name.line, items.is_flow) == (2, False)
    assert isinstance(mapping, MappingNode)
    assert mapping.is_flow
    assert text[mapping.start : mapping.end] == "{a: b}"


yamlish = st.text(alphabet=st.sampled_from("ab01 :-?[]{},&*!|>'\"%@`#~\n\t\\.<é海\x00"), max_size=60)


@given(st.one_of(nasty, yamlish, st.lists(st.one_of(nasty, yamlish)).map("\n".join)))
def test_any_text_is_read_or_refused_with_a_yaml_error(text: str) -> None:
    refusal: YamlError | None = None
    try:
        assert isinstance(to_python(parse(text)), dict)
    except YamlError as error:
        refusal = error
    assert refusal is None or 1 <= refusal.line <= len(text.splitlines()) + 1
    assert refusal is None or refusal.what


def test_quoted_block_and_empty_nodes_have_offsets_and_lines() -> None:
    text = "tïtle: '😀 ''x'''\nlist:\n  - one\n  - \"two\"\n\nmap: {a: b c, d: [e]}\nnone:\n"
    root = parse(text)
    (_, title), (_, items), (_, mapping), (name, none) = root.items
    assert isinstance(title, ScalarNode)
    assert (title.value, title.is_plain, text[title.start : title.end]) == ("😀 'x'", False, "'😀 ''x'''")
    assert isinstance(items, SequenceNode)
    assert [(text[i.start : i.end], i.line) for i in items.items] == [("one", 3), ('"two"', 4)]
    assert text[items.start : items.end] == '- one\n  - "two"\n\n'
    assert isinstance(mapping, MappingNode)
    assert text[mapping.start : mapping.end] == "{a: b c, d: [e]}"
    assert (name.line, none.start, none.end, to_python(none)) == (7, name.end + 1, name.end + 1, None)
    assert (root.start, root.end) == (0, len(text))
