"""Extract a note clipped with Obsidian's Web Clipper: its keys and its text as they are."""

from __future__ import annotations

from site_gen.content.bounded_yaml import MappingNode, ScalarNode, SequenceNode, YamlError, parse, to_python
from site_gen.content.frontmatter import split
from site_gen.content.markdown import commonmark, document
from site_gen.content.records import Draft, SavedPage
from site_gen.content.typed_fields import parse_date
from site_gen.core.errors import RefusedError
from site_gen.core.text import is_language_tag, one_line
from site_gen.core.urls import host_of
from site_gen.ingest.extract import source_url

# The keys that become fields of the draft.
_DRAFT_KEYS = frozenset(
    {"title", "source", "author", "published", "created", "description", "tags", "site", "language"}
)


def extract_clip(page: SavedPage) -> Draft:
    """Return the draft of a note.

    Raises RefusedError when its front matter cannot be read, or names no title and the text has no heading.
    """
    try:
        parts = split(page.text)
        meta = parse(parts.yaml or "")
    except YamlError as error:
        raise RefusedError(f"its front matter cannot be read: line {error.line + 1}: {error.what}") from None
    # Other programs that write such notes call these `url` and `date`.
    address = source_url.clean_url(_first(meta, "source") or _first(meta, "url") or "")
    body = parts.body.strip()
    parsed = document.parse(body, commonmark.make_parser())
    heading = next((block.text for block in parsed.blocks if block.heading), None)
    title = _first(meta, "title") or heading
    if not title:
        raise RefusedError("the note has no title")
    published = parse_date(_first(meta, "published") or (_first(meta, "date") or "")[:10])
    language = _first(meta, "language")
    return Draft(
        title=title,
        markdown=body + "\n",
        text=document.plain_text(parsed),
        extractor="clip 1",
        author=tuple(_author_name(author) for author in _texts(meta, "author")),
        published=published,
        created=parse_date(_first(meta, "created") or ""),
        source=address,
        site=_first(meta, "site") or (host_of(address) if address else None) or None,
        language=language if language and is_language_tag(language) else None,
        description=_first(meta, "description"),
        tags=_texts(meta, "tags"),
        clip={
            key.value: to_python(value)
            for key, value in meta.items
            if key.value not in _DRAFT_KEYS and not _is_empty(value)
        },
    )


def _is_empty(node: ScalarNode | SequenceNode | MappingNode) -> bool:
    return node.is_null if isinstance(node, ScalarNode) else not node.items


def _texts(meta: MappingNode, key: str) -> tuple[str, ...]:
    """Return the texts of a key, which may be one or a list, each once; none where there is no such key."""
    node = next((value for name, value in meta.items if name.value == key), None)
    items = node.items if isinstance(node, SequenceNode) else (node,)
    texts = [one_line(item.value) for item in items if isinstance(item, ScalarNode) and not item.is_null]
    return tuple(dict.fromkeys(text for text in texts if text))


def _first(meta: MappingNode, key: str) -> str | None:
    return next(iter(_texts(meta, key)), None)


def _author_name(author: str) -> str:
    """Return an author without the brackets of a wiki link: `[[A. Writer]]`, `[[people/x|A. Writer]]`."""
    inner = author.removeprefix("[[").removesuffix("]]")
    return inner.rpartition("|")[2].strip() or author
