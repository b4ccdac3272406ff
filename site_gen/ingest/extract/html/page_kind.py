"""What kind of page it is, by what it declares and what made it: an article, or what reads otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from site_gen.ingest.extract.html import json_ld_parser

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.metadata import PageMetadata

Kind = Literal["article", "forum", "product", "documentation", "list", "front"]

_FORUM_TYPES = {"DiscussionForumPosting", "QAPage"}
_LIST_TYPES = {"CollectionPage", "SearchResultsPage", "ItemList", "OfferCatalog"}
_PRODUCT_TYPES = {"Product", "ProductGroup", "SoftwareApplication", "MobileApplication", "VideoGame"}
_DOCUMENT_TYPES = {"TechArticle", "APIReference"}
_FORUM_MAKER = re.compile(
    r"phpbb|vbulletin|xenforo|discourse|mybb|invision|ips community|simple machines|smf\b|nodebb|flarum|vanilla"
    r"|bbpress|lemmy|punbb|fluxbb|yabb|ubb\.threads|woltlab|burning board|khoros|lithium",
    re.IGNORECASE,
)
_FORUM_MARK = re.compile(
    r"\b(?:phpbb|vbulletin|xenforo|ipsapp|ips_|discourse|mybb|nodebb|flarum|smf_|bbpress|lia-|qapage)", re.IGNORECASE
)
_FORUM_PATH = re.compile(
    r"/(?:viewtopic|showthread|threads?|topics?|forums?/[^/]+|t|discussions?|questions)(?:\.php|/)[^/]*\w|showtopic=|^/r/\w+/comments/"
    r"|/t5/",
    re.IGNORECASE,
)
_FORUM_HOST = re.compile(r"^(?:forums?|community|boards?|discuss(?:ions?)?|bbs|talk)\.")
_LIST_PATH = re.compile(r"/(?:collections?|categor(?:y|ies)|tags?|list|search|shop|browse)(?:/|$)", re.IGNORECASE)
_DOCUMENT_MAKER = re.compile(
    r"docusaurus|sphinx|mkdocs|gitbook|vuepress|vitepress|docsy|readthedocs|mdbook|javadoc|doxygen|antora|starlight"
    r"|mintlify|readme\.io",
    re.IGNORECASE,
)
_DOCUMENT_PATH = re.compile(r"^/(?:[a-z-]{2,5}/)?(?:docs?|documentation|reference|manual|api)(?:/|$)", re.IGNORECASE)


def of(page: PageMetadata, tree: HtmlElement, url: str | None) -> Kind:
    """The kind of a page; an article where nothing tells otherwise."""
    types = {kind for record in page.json_ld for kind in json_ld_parser.types_of(record)}
    declared = (page.first_meta("og:type") or "").lower()
    maker = " ".join(page.meta.get("generator", []))
    parts = urlsplit(url or "")
    if _is_forum(types, maker, tree, parts.hostname or "", f"{parts.path}?{parts.query}"):
        return "forum"
    written = any(json_ld_parser.is_article(record) for record in page.json_ld)
    if declared.startswith("product") or (types & _PRODUCT_TYPES and not written):
        return "list" if declared == "product.group" else "product"
    if url and parts.path.strip("/") == "" and not parts.query:
        return "front"
    by_place = _DOCUMENT_PATH.match(parts.path) or (parts.hostname or "").startswith(("docs.", "developer."))
    if types & _DOCUMENT_TYPES or _DOCUMENT_MAKER.search(maker) or by_place:
        return "documentation"
    if (types & _LIST_TYPES or _LIST_PATH.search(parts.path)) and not written and declared != "article":
        return "list"
    return "article"


def is_told_article(page: PageMetadata, sort: Kind) -> bool:
    """Whether the page itself says that it is an article, and nothing speaks against that."""
    return sort == "article" and (
        (page.first_meta("og:type") or "").lower() == "article"
        or "article:published_time" in page.meta
        or any(json_ld_parser.is_article(record) for record in page.json_ld)
    )


def _is_forum(types: set[str], maker: str, tree: HtmlElement, host: str, path: str) -> bool:
    if types & _FORUM_TYPES or _FORUM_MAKER.search(maker):
        return True
    body = tree.find("body")
    marks = " ".join(
        " ".join(element.get(name) or "" for name in ("id", "class", "data-app", "itemtype"))
        for element in (tree, body)
        if element is not None
    )
    if _FORUM_MARK.search(marks):
        return True
    return bool(_FORUM_PATH.search(path)) and (bool(_FORUM_HOST.match(host)) or "forum" in path or "thread" in path)


_SAID = {
    "forum": "a forum page, not an article",
    "product": "a product's page, not an article",
    "list": "a list of pages, not an article",
    "front": "a front page, not an article",
}


def doubt(kind: Kind) -> str | None:
    """Why the text of such a page may be other than expected."""
    return _SAID.get(kind)
