"""What `check` reads of a page's tags is what html5lib, a parser by HTML's own rules, reads of them."""

from __future__ import annotations

from typing import Any

import html5lib
from hypothesis import event, example, given
from hypothesis import strategies as st

from site_gen.publish.check import html_links
from tests.support.sites import REPO

_KEYS = ("href", "src", "action", "formaction", "poster")

# Pages out of parts that go wrong next to each other. No part opens an element that moves others about, or drops them
# (tables, selects), nor a drawing, in which HTML's rules for text do not hold.
_VALUES = st.text(st.sampled_from("ab/#?&;=é.:-"), max_size=6)
_QUOTED = st.text(st.sampled_from("ab/#&<>'\"= é"), max_size=8)
_BLANKS = st.sampled_from([" ", "  ", "\n", "\t", "\n   ", "/"])
_NAMES = st.sampled_from([*_KEYS, "id", "name", "ID", "Href", "class", "title", "data-id", "xid", "data"])


@st.composite
def _attribute(draw: st.DrawFn) -> str:
    equals = draw(st.sampled_from(["=", "=", "=", " =", "= ", "\n=\n"]))
    kind = draw(st.sampled_from(["double", "double", "double", "single", "bare", "none"]))
    name = draw(_NAMES)
    match kind:
        case "double":
            return f'{name}{equals}"{draw(_QUOTED).replace(chr(34), "")}"'
        case "single":
            return f"{name}{equals}'{draw(_QUOTED).replace(chr(39), '')}'"
        case "bare":
            return f"{name}{equals}{draw(_VALUES) or 'x'}"
    return name


@st.composite
def _tag(draw: st.DrawFn) -> str:
    element = draw(st.sampled_from(["a", "p", "img", "span", "A", "video", "li", "div", "object", "b"]))
    parts = draw(st.lists(st.tuples(_BLANKS, _attribute()), max_size=4))
    joined = "".join(blank + attribute for blank, attribute in parts)
    return f"<{element}{joined}{draw(st.sampled_from(['', ' ', ' /']))}>"


_PARTS = st.one_of(
    _tag(),
    _tag(),
    st.sampled_from(["</a>", "</p>", "</div>", "text", "a < b", "3 > 2", ' id="no" ', "it's", '"', "&lt;a id=x&gt;"]),
    st.sampled_from(
        [
            "<!-- a -->",
            '<!-- <a id="in-a-comment"> -->',
            "<!---->",
            "<!-->",
            "<!--a--!>",
            "<? a >",
            "<!a>",
            "</ a>",
            "<3",
            "< a id='no'>",
            "<script>if (1 < 2) \"<a id='in-a-script'>\"</script>",
            '<script src="a.js"></script>',
            '<SCRIPT id="s">a<b</SCRIPT>',
            "<style>a > b {}</style>",
            '<style id="css">p::after { content: "<a id=no>" }</style>',
            '<textarea name="t"><a id="in-a-field"></textarea>',
            '<title id="t">A title</title>',
            "<title>a <b id=no> c</title>",
            '<meta http-equiv="refresh" content="0; url=/next/">',
            "<iframe src='f'><a id='in-a-frame'></iframe>",
        ]
    ),
)
pages = st.lists(_PARTS, max_size=8).map("".join)


def by_html5lib(page: str) -> tuple[set[str], set[str]]:
    """Return the anchors and addresses of a page, for the attributes that these tests make."""
    anchors: set[str] = set()
    addresses: set[str] = set()
    root: Any = html5lib.parse(page, namespaceHTMLElements=False)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2]
        for key, value in element.attrib.items():
            if key == "id" or (key == "name" and tag == "a"):
                anchors.add(value)
            elif key in _KEYS or (key == "data" and tag == "object"):
                addresses.add(value.strip())
            elif key == "content" and element.get("http-equiv") == "refresh":
                addresses.add(value.partition("url=")[2])
    return anchors, addresses


def read_quickly(page: str) -> tuple[set[str], set[str]] | None:
    """Return what the quick way finds, None where it leaves the page to the other."""
    pieces = [html_links.read_piece(piece) for piece in html_links.find_pieces(page.encode())]
    return None if None in pieces else _join(piece for piece in pieces if piece)


def read_in_order(page: str) -> tuple[set[str], set[str]]:
    return _join(html_links.read_page(page.encode()))


def _join(pieces: Any) -> tuple[set[str], set[str]]:
    parts = list(pieces)
    return {name for part in parts for name in part.anchors}, {name for part in parts for name in part.addresses}


@given(pages)
@example('<a title="a > b" href="/x/">')
@example('<a title="a < b" href="/x/">')
@example("<A HREF = '/x/' ID=y>")
@example('<a href="/one/" href="/two/">')
@example('<a href="/x/?a=1&amp;b=2#c">')
def test_tags_are_read_as_html_says(page: str) -> None:
    expected = by_html5lib(f"<!doctype html><body>{page}")
    assert read_in_order(page) == expected
    quick_result = read_quickly(page)
    event("quick" if quick_result is not None else "read in order")
    assert quick_result is None or quick_result == expected


def test_pages_of_the_theme_are_read_quickly_and_as_html_says() -> None:
    paths = sorted((REPO / "tests" / "golden").rglob("*.html"))
    assert len(paths) > 20
    for path in paths:
        page = path.read_text(encoding="utf-8")
        assert read_quickly(page) == read_in_order(page) != (set(), set())
