"""The short way through ordinary YAML gives what libyaml gives, for every text that it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from site_gen.content.bounded_yaml import MAX_DEPTH, Mapping, Node, Scalar, Sequence, _composed, _simple, parse, plain
from site_gen.content.frontmatter import dump, split
from tests.support.strategies import Messy, messy_files, nasty, values

CONTENT = Path(__file__).parent.parent.parent / "content"

# Signs and words at the border of what is simple.
PIECES = st.sampled_from(
    ["a", "b", "k", "x y", "é", "海", "😀", "“x”", "1", "2.5", "-5", "~", "null", "yes", "<<", "12:30", "a:b", "a#b",
     "a'b", 'a"b', "http://x.y/z?q", '"a b"', "'a b'", "'it''s'", '"a" b', "[a, b]", "{a: b, c: d}", "[]", "{}", "[a,]",
     "[a, , b]", "{a: b,}", "[a, b", "? k", "- -", "- ", "-", ": ", ":", " :", "#", " #", '"', "'", "[", "]", "{", "}",
     ",", ", ", "&", "*", "!", "|", ">", "%", "@", "`", "?", ".", "...", "---", "\\", "\t", " ", "  ", "/", "=", "(",
     "_", "+", "$", "\n", "\n\n", "\n ", "\n- ", "\n  - ", "\nb: ", "a: ", "\n---\n", "\n...\n", "\r", "\xa0", "\ufeff",
     "\x85", "\u2028", "\u2029", "\u200b", "\ud800", "\x00"]
)  # fmt: skip
VALUES = [
    "", " ", "plain", "x  y z", '"q: #, [x]"', "'s ''t'' u'", "''", '""', "~", "[a, b]", "[a,b]", "[ a , b ]", "[a]",
    '["a, b", c]', "['x', y z]", "{a: b}", "{a: b, c: d e}", "{a: [b, c], d: {e: f}}", '{a: "b"}', "{ a: b }", "[]",
    "{}", "[[a], [b, {c: d}]]", "https://a.b/c?d=e#f", "12:30:45", "2019-05-23", "x # y", "x#y", "x: y", "x:", "x:y",
    "-x", "- x", "? x", "“x”", "海", "a, b", "a [b]", "[a, b", "{a: b", '"a', '"a" b', "'a' b", "[a] b", "[a: b]",
    "{a: b} c", "{a}", "{a:b}", "{a: b, a: c}", "{a: }", "{a : b}", "[-a]", "[- a]", "[a, -]", "[a-b, c/d]", "[a , ]",
    "[?a]", "[a?]", "[a:b, c]", "[a b: c]", "[a #b]", "[a#b]", '{"a": b}', "{a: 12:30}", "{a:b: c}", "{a: b }", "|",
    ">", "!x", "&x y", "*x", "@x", "%x", ".x", "...", "---", "<<", "{<<: a}", "{a: <<}", '"\\n"', "[a\nb]", "x\n  y",
    '"x\n  y"', "x'y", "x,", "x]", "[a]]", "x\t", "x\xa0y", "x\u200by",
]  # fmt: skip
ENDS = [
    "\n", "\n", "\n", "\n", "\n\n", "  \n", " # c\n", "\n   \n", "\r\n", "", "\n- i\n", "\n  - i\n  - \"j k\"\n",
    "\n  - i\n\n  - j\n", "\n  -\n", "\n   - i\n  - j\n", "\n  - i\n    - j\n", "\n- i: j\n", "\n- - i\n",
    "\n- [a]\n", "\n- 'x'  \n- y z  \n", "\n-  i\n- j\n", "\n  c: d\n", "\n  more\n", "\n---\n", "\n...\n",
    "\n--- x\n", "\n\n\n- i\n",
]  # fmt: skip
KEYS = [
    "a", "b", "c", "d", "k-1", "é_1", "海", "1", "x y", '"q"', "'q'", "?", "<<", "~", "-", "- a", "a:b", "", "# c",
    "%a", "@", "[a]", "{a: b}", "k" * 100, "k" * 101,
]  # fmt: skip
GAPS = [": ", ": ", ": ", ":  ", ":", " : ", ":\t"]
sides = st.one_of(st.sampled_from(VALUES), st.lists(PIECES, max_size=4).map("".join))
lines = st.tuples(st.sampled_from(KEYS), st.sampled_from(GAPS), sides, st.sampled_from(ENDS)).map("".join)
heads = st.tuples(st.sampled_from(["", "", "\n", " ", "---\n", "\ufeff"]), st.lists(lines, max_size=5).map("".join))
yamlish = st.one_of(
    heads.map("".join),
    st.lists(PIECES, max_size=10).map("".join),
    st.lists(PIECES, max_size=6).map(lambda pieces: f"a: [{''.join(pieces)}]\nb: c\n"),
    st.lists(PIECES, max_size=6).map(lambda pieces: f"a: {{k: {''.join(pieces)}}}\nb: c\n"),
    nasty.map(lambda text: f"a: {text}"),
)


def same(one: Node, two: Node) -> bool:
    """Whether two nodes are of one type and equal, with all that is in them."""
    return repr(one) == repr(two) and one == two


def accepted(text: str) -> Mapping:
    simple = _simple(text)
    assert simple is not None, f"{text!r} went the long way"
    assert same(simple, _composed(text))
    return simple


@settings(max_examples=3000)
@given(yamlish)
@example("a: [a, b]\nb: {c: d, e: [f, {g: h}]}\nc:\n  - 'i'\n  - j\n\nd:")
@example("a: " + "x" * 2000 + "\nb: [" + "y" * 2000 + "]\nc: {d: " + "z" * 2000 + "}\n")
@example("a:\n- " + "x" * 2000 + "\n- '" + "y" * 2000 + "'\n")
@example("a: b\n...\n")
@example("a: b\n--- \n")
def test_what_is_read_the_short_way_is_what_libyaml_reads(text: str) -> None:
    simple = _simple(text)
    if simple is not None:  # libyaml raises nothing then, or this test fails
        assert same(simple, _composed(text))
        assert same(simple, parse(text))


def test_the_same_for_every_value_before_every_end_and_after_every_key() -> None:
    short = 0
    ends = [f"a: {value}{end}b: c\n" for value in VALUES for end in ENDS]
    for text in ends + [f"a: b\n{key}{gap}{value}\n" for key in KEYS for gap in GAPS for value in VALUES[:9]]:
        simple = _simple(text)
        if simple is not None:
            assert same(simple, _composed(text)), text
            short += 1
    assert short > 500  # else this says nothing


@given(messy_files())
def test_the_same_for_front_matter_as_people_write_it(messy: Messy) -> None:
    head = split(messy.text).yaml or ""
    simple = _simple(head)
    assert simple is None or same(simple, _composed(head))


@given(st.dictionaries(st.sampled_from(["title", "tagged", "saved", "x"]), values))
def test_the_same_for_front_matter_as_the_program_writes_it(meta: dict[str, object]) -> None:
    head = split(dump(meta, "")).yaml or ""
    simple = _simple(head)
    assert simple is None or same(simple, _composed(head))


@pytest.mark.parametrize(
    "text",
    [
        "title: Plain words, and more\n",
        "title: 'ONE: it''s “two”'  \n",
        'title: "three # four: five"\n',
        "source: https://a.example/b?c=d#e\n",
        "site: Airship & Mast\nauthor:\ncreated: 2026-11-22",
        "companies: [quill-mooring, marl-osei, 海康威视]\ntopics: [a]\n",
        "author: [\"A, B\", Roderick Amberley, 'C']\n",
        "tagged: [topics/helium, companies/drift]\n",
        "saved: {file: 'saved/A: b.html', sha256: 284914a0, extractor: trafilatura 2.3.1, text: 37a1}\n",
        "match: {case: exact, not: [Halden Bay, Port Halden]}\n",
        "clip: {a: {b: [c, {d: e}]}, f: []}\nx: {}\n",
        "companies:\n  - one\n  - 'two'\n\ntopics:\n- three\n- four words\nnext: x\n",
        "\n\na: b\n\n\nc: d\n\n",
        "a: " + "x" * 5000 + "\nb: '" + "y" * 5000 + "'\n",
    ],
)
def test_ordinary_front_matter_goes_the_short_way(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    simple = accepted(text)
    monkeypatch.delattr("site_gen.content.bounded_yaml._composed")
    assert same(parse(text), simple)


def test_the_demo_goes_the_short_way() -> None:
    files = sorted(CONTENT.rglob("*.md"))
    assert len(files) > 30
    for file in files:
        accepted(split(file.read_text(encoding="utf-8")).yaml or "")


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "a", "a: b: c\n", "a: b # c\n", "a: [b, c\n", "a: b\na: c\n", "a: {b: c, b: d}\n", "a: *b\n",
        "a: &b c\n", "a: !b c\n", "a: |\n  b\n", "a: b\n  c\n", "a:\n  b: c\n", "a:\tb\n", "a: b\tc\n",
        'a: "b\\nc"\n',
        "# a\nb: c\n", "---\na: b\n", "a: b\n---\n", "a: b\n...\n", "'a': b\n", "? a\n: b\n", "<<: {a: b}\n",
        "a: {<<: b}\n", "- a\n", "a: [b, ]\n", "a: [b: c]\n", "a: b\r\nc: d\n", "a: b\u2028c: d\n", "\ufeffa: b\n",
        "a: b\xa0c\n", "a:\n  - b\n   - c\n", "k" * 1100 + ": b\n", "a: {" + "k" * 1100 + ": b}\n",
        "a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH, "{a: b}", "a: b\n c: d\n",
    ],
)  # fmt: skip
def test_what_is_not_surely_simple_goes_the_long_way(text: str) -> None:
    assert _simple(text) is None


def test_depth_is_bounded_as_it_is_on_the_long_way() -> None:
    inner = MAX_DEPTH - 1
    accepted("a: " + "[" * inner + "]" * inner)
    accepted("a: " + "{b: " * inner + "c" + "}" * inner)
    assert _simple("a: " + "[" * 30_000) is None


def test_every_node_has_its_place() -> None:
    text = "tïtle: '😀 ''x'''\nlist:\n  - one\n  - \"two\"\n\nmap: {a: b c, d: [e]}\nnone:\n"
    root = accepted(text)
    (_, title), (_, items), (_, mapping), (name, none) = root.items
    assert isinstance(title, Scalar)
    assert (title.value, title.plain, text[title.start : title.end]) == ("😀 'x'", False, "'😀 ''x'''")
    assert isinstance(items, Sequence)
    assert [(text[i.start : i.end], i.line) for i in items.items] == [("one", 3), ('"two"', 4)]
    assert text[items.start : items.end] == '- one\n  - "two"\n\n'
    assert isinstance(mapping, Mapping)
    assert text[mapping.start : mapping.end] == "{a: b c, d: [e]}"
    assert (name.line, none.start, none.end, plain(none)) == (7, name.end + 1, name.end + 1, None)
    assert (root.start, root.end) == (0, len(text))
