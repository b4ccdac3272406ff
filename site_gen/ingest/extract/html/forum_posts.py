"""The posts of a discussion, by the markup that forums' programs are documented to write (`forum_engines.json`).

Where a program is told by its markup, its posts are the text, in their order: who wrote each, when, and what. Menus,
signatures, users' panels and what a program writes around a quotation are not.
"""

from __future__ import annotations

import importlib.resources
import json
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import astuple

from site_gen.core.text import one_line, words
from site_gen.ingest.extract.html.element_text import raw_texts, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.page_kind import PageKind

_KEY_ATTRIBUTES = ("itemprop", "component", "slot", "data-role", "data-testid")  # `[slot=comment]`
_BARE_ATTRIBUTES = ("data-author", "data-excludequote")  # `[data-author]`
_DIGITS = "0123456789"
_MAX_AUTHOR, _MAX_DAY = 60, 40  # characters
_MIN_REPEATED = 80  # characters of a post that is shown twice
_ROW = 4  # words: a quotation whose rows of so many words all stand above repeats it
_MAX_ANCESTORS, _MAX_HEAD = 40, 400  # elements around a text up to its post, and in a post before its text


class _ForumEngine(Struct, frozen=True):
    """The markup of a forum's program, as keys of elements (`_keys_of`)."""

    post: frozenset[str]  # a post with all that stands around its text
    body: frozenset[str]  # its text
    opening: frozenset[str] = frozenset()  # where links are discussed, the post that began it; it may have no text
    author: frozenset[str] = frozenset()  # of a post, the element that shows its author's name; `@name`: its attribute
    day: frozenset[str] = frozenset()  # of a post, the element that shows when it was written
    quotation: frozenset[str] = frozenset()  # within a body
    preview: frozenset[str] = frozenset()  # within a body, what a program drew of another page that is linked
    furniture: frozenset[str] = frozenset()  # within a body or around it, what is no text


class ForumPost(Struct, frozen=True):
    """A post as its page shows it."""

    author: str  # empty where none is shown
    day: str  # in the page's own form; empty where none is shown
    body: HtmlElement  # its text
    engine: _ForumEngine  # of the program that wrote it


_ENGINES = [
    _ForumEngine(**{name: frozenset(keys) for name, keys in record.items()})
    for record in json.loads(
        importlib.resources.files(__package__).joinpath("forum_engines.json").read_text(encoding="utf-8")
    ).values()
]
_KNOWN_KEYS = frozenset(key for engine in _ENGINES for keys in astuple(engine) for key in keys)


def find_posts(tree: HtmlElement, kind: PageKind) -> list[ForumPost]:
    """Return the posts of a page in their order; none where no program is told by its markup. The tree is unchanged.

    kind: of the page, as it is told so far. On one that nothing else calls a forum, a single post may be a blog's.
    """
    if kind not in {"forum", "article"}:
        return []
    keys_by_element = {element: keys for element in tree.iter("*") if (keys := _keys_of(element))}
    for engine in _ENGINES:
        boxes = {
            element: box
            for element, keys in keys_by_element.items()
            if not keys.isdisjoint(engine.body) and (box := _box_of(element, engine, keys_by_element)) is not None
        }
        posts = [
            ForumPost(*_read_head(box, element, engine), element, engine)
            for element, box in boxes.items()
            if not any(outer in boxes for outer in _ancestors(element))
        ]
        posts = list(_distinct(posts))
        if len(posts) >= (1 if kind == "forum" else 2):
            return posts
    return []


def find_opener(tree: HtmlElement, posts: Sequence[ForumPost]) -> str:
    """Return who began a discussion, as its program shows the name; empty where it shows none."""
    if not posts or not posts[0].engine.opening:
        return posts[0].author if posts else ""
    engine = posts[0].engine
    box = next((element for element in tree.iter("*") if not _keys_of(element).isdisjoint(engine.opening)), None)
    return "" if box is None else _read_head(box, None, engine)[0]


def keep_posts(tree: HtmlElement, posts: Iterable[ForumPost]) -> None:
    """Leave of a page's body its posts only, in place: a line with author and day, and the text, of each."""
    page_body = tree.find("body")
    if page_body is None:
        return
    boxes: list[HtmlElement] = []
    earlier: set[tuple[str, ...]] = set()
    for post in posts:
        _clean_body(post, earlier)
        earlier.update(_word_rows(post.body.text_content()))
        if post.author or post.day:
            boxes.append(_head_of(post, page_body))
        boxes.append(post.body)
    for box in boxes:
        box.tail = None
    for child in list(page_body):
        page_body.remove(child)
    page_body.text = None
    page_body.extend(boxes)


def _keys_of(element: HtmlElement) -> frozenset[str]:
    """Return the keys of an element that engines name: its tag, classes, id without its number, a few attributes."""
    keys = [str(element.tag)]
    for name, value in element.items():
        if name == "class":
            keys += [f".{token}" for token in value.split()]
        elif name == "id":
            keys.append(f"#{value.rstrip(_DIGITS)}")
        elif name in _KEY_ATTRIBUTES:
            keys.append(f"[{name}={value}]")
        elif name in _BARE_ATTRIBUTES:
            keys.append(f"[{name}]")
    return _KNOWN_KEYS.intersection(keys)


def _ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    return islice(element.iterancestors(), _MAX_ANCESTORS)


def _box_of(
    body: HtmlElement, engine: _ForumEngine, keys_by_element: Mapping[HtmlElement, frozenset[str]]
) -> HtmlElement | None:
    """Return the post that a body stands in; None where there is none, or a signature or the like stands between."""
    for element in (body, *_ancestors(body)):
        keys = keys_by_element.get(element, frozenset())
        if not keys.isdisjoint(engine.furniture):
            return None
        if element is not body and not keys.isdisjoint(engine.post):
            return element
    return None


def _read_head(box: HtmlElement, body: HtmlElement | None, engine: _ForumEngine) -> tuple[str, str]:
    """Return author and day of a post, by what stands in its box around its body."""
    author = next((one_line(box.get(key[1:]) or "")[:_MAX_AUTHOR] for key in engine.author if key[0] == "@"), "")
    day = ""
    inside = set() if body is None else set(body.iter())
    for element in islice((element for element in box.iter("*") if element not in inside), _MAX_HEAD):
        keys = _keys_of(element)
        if not author and not keys.isdisjoint(engine.author):
            author = next(_first_lines(element), "")[:_MAX_AUTHOR]
        if not day and not keys.isdisjoint(engine.day):
            day = next(filter(_is_day, _first_lines(element)), "")
    return author, day


def _first_lines(element: HtmlElement) -> Iterator[str]:
    """Yield the first texts in an element."""
    lines = (one_line(text[: 4 * _MAX_AUTHOR]).strip(" ,") for text, _ in islice(raw_texts(element), 9))
    return filter(None, lines)


def _is_day(text: str) -> bool:
    return len(text) <= _MAX_DAY and text[:1] != "#" and any(character in _DIGITS for character in text)


def _distinct(posts: Iterable[ForumPost]) -> Iterator[ForumPost]:
    """Yield each post once: an accepted answer is shown below its question, too."""
    texts: set[str] = set()
    for post in posts:
        text = one_line(post.body.text_content())
        if text and text not in texts:
            yield post
        if len(text) >= _MIN_REPEATED:
            texts.add(text)


def _clean_body(post: ForumPost, earlier: set[tuple[str, ...]]) -> None:
    """Take out of a body what is no text, and quotations of what stands above it; `earlier` are that one's rows."""
    body, engine = post.body, post.engine
    for element in list(body.iterdescendants("*")):
        keys = _keys_of(element)
        if not keys.isdisjoint(engine.preview):
            _shorten_preview(element)
        elif not keys.isdisjoint(engine.furniture) or (
            not keys.isdisjoint(engine.quotation) and earlier.issuperset(_word_rows(_longest_text(element)))
        ):
            element.drop_tree()
    body.tag = "div"
    body.attrib.clear()
    if len(body) == 1 and body[0].tag == "blockquote" and not f"{body.text or ''}{body[0].tail or ''}".strip():
        body[0].drop_tag()  # vBulletin writes the whole post as one


def _shorten_preview(element: HtmlElement) -> None:
    """Leave of the preview of a page its link: of several, that with the longest text."""
    link = max(element.iter("a"), key=lambda link: len(text_of(link)), default=None)
    if link is not None and link is not element:
        link.tail = None
        for child in list(element):
            element.remove(child)
        element.append(link)


def _longest_text(element: HtmlElement) -> str:
    return max((text for text, _ in raw_texts(element)), key=len, default="")


def _word_rows(text: str) -> set[tuple[str, ...]]:
    """Return all rows of a few words in a text; of a shorter one, itself."""
    row = words(text)
    return {tuple(row[start : start + _ROW]) for start in range(max(1, len(row) - _ROW + 1))}


def _head_of(post: ForumPost, page_body: HtmlElement) -> HtmlElement:
    """Return a paragraph with author and day of a post."""
    head = page_body.makeelement("p")
    name = page_body.makeelement("strong")
    name.text = post.author
    name.tail = f", {post.day}" if post.author and post.day else post.day
    head.append(name)
    return head
