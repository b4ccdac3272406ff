"""The kind of a page (article, forum, product, list…), by what it declares, its address and its generator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from site_gen.ingest.extract.html import json_ld_parser

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from site_gen.content.records import Doubts
    from site_gen.ingest.extract.html.metadata import PageMetadata

PageKind = Literal["article", "forum", "product", "documentation", "list", "front"]

_FORUM_TYPES = {"DiscussionForumPosting", "QAPage"}
_LIST_TYPES = {"CollectionPage", "SearchResultsPage", "ItemList", "OfferCatalog"}
PRODUCT_TYPES = {"Product", "ProductGroup", "SoftwareApplication", "MobileApplication", "VideoGame"}
_DOCUMENTATION_TYPES = {"TechArticle", "APIReference"}
_FORUM_GENERATOR = re.compile(
    r"phpbb|vbulletin|xenforo|discourse|mybb|invision|ips community|simple machines|smf\b|nodebb|flarum|vanilla"
    r"|bbpress|lemmy|punbb|fluxbb|yabb|ubb\.threads|woltlab|burning board|khoros|lithium",
    re.IGNORECASE,
)
_FORUM_ATTRIBUTE = re.compile(
    r"\b(?:phpbb|vbulletin|xenforo|ipsapp|ips_|discourse|mybb|nodebb|flarum|smf_|bbpress|lia-|qapage)", re.IGNORECASE
)
_FORUM_PATH = re.compile(
    r"/(?:viewtopic|showthread|threads?|topics?|forums?/[^/]+|t|discussions?|questions)(?:\.php|/)[^/]*\w|showtopic=|^/r/\w+/comments/"
    r"|/t5/",
    re.IGNORECASE,
)
_FORUM_HOST = re.compile(r"^(?:forums?|community|boards?|discuss(?:ions?)?|bbs|talk)\.")
_LIST_PATH = re.compile(r"/(?:collections?|categor(?:y|ies)|tags?|list|search|shop|browse)(?:/|$)", re.IGNORECASE)
_ARTICLE_NUMBER = re.compile(r"/(?:19|20)\d\d/|\d{5}")  # a year or an article's number in an address
_PATH_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_MIN_TITLE_WORDS = 5  # in the last part of an address that ends in an article's title
_DOCUMENTATION_GENERATOR = re.compile(
    r"docusaurus|sphinx|mkdocs|gitbook|vuepress|vitepress|docsy|readthedocs|mdbook|javadoc|doxygen|antora|starlight"
    r"|mintlify|readme\.io",
    re.IGNORECASE,
)
_DOCUMENTATION_PATH = re.compile(
    r"^/(?:[a-z-]{2,5}/)?(?:docs?|documentation|reference|manual|api)(?:/|$)", re.IGNORECASE
)


def classify_page(page: PageMetadata, tree: HtmlElement, url: str | None) -> PageKind:
    """Return the kind of a page; "article" where nothing suggests another. `url` is the page's address."""
    types = {name for item in page.json_ld for name in json_ld_parser.types_of(item)}
    og_type = (page.first_meta("og:type") or "").lower()
    generator = " ".join(page.meta.get("generator", []))
    parts = urlsplit(url or "")
    if _is_forum(types, generator, tree, parts.hostname or "", f"{parts.path}?{parts.query}"):
        return "forum"
    has_article = any(json_ld_parser.is_article(item) for item in page.json_ld)
    if og_type.startswith("product") or (types & PRODUCT_TYPES and not has_article):
        return "list" if og_type == "product.group" else "product"
    if url and parts.path.strip("/") == "" and not parts.query:
        return "front"
    has_documentation_host = (parts.hostname or "").startswith(("docs.", "developer."))
    is_documentation_url = has_documentation_host or _DOCUMENTATION_PATH.match(parts.path)
    if types & _DOCUMENTATION_TYPES or _DOCUMENTATION_GENERATOR.search(generator) or is_documentation_url:
        return "documentation"
    if (types & _LIST_TYPES or _LIST_PATH.search(parts.path)) and not has_article and og_type != "article":
        return "list"
    return "article"


def find_needed_gain(page: PageMetadata, kind: PageKind, url: str | None) -> float | None:
    """Return how much better a page's blocks must be than trafilatura's choice to replace it, as an expected F1.

    None: they never do, for the page declares that it is an article. That the type of Open Graph is `article` alone
    says little: themes give it to pages of services and lists as well. An address that ends in a title does.
    """
    if kind != "article":
        return 0.0
    if "article:published_time" in page.meta or any(json_ld_parser.is_article(item) for item in page.json_ld):
        return None
    path = urlsplit(url or "").path
    last_part = path.rstrip("/").rpartition("/")[2]
    has_title_url = len(_PATH_WORD.findall(last_part)) >= _MIN_TITLE_WORDS or bool(_ARTICLE_NUMBER.search(path))
    if (page.first_meta("og:type") or "").lower() == "article":
        return None if has_title_url else 0.1
    return 0.2 if has_title_url else 0.03


def _is_forum(types: set[str], generator: str, tree: HtmlElement, host: str, path: str) -> bool:
    if types & _FORUM_TYPES or _FORUM_GENERATOR.search(generator):
        return True
    body = tree.find("body")
    attributes = " ".join(
        " ".join(element.get(name) or "" for name in ("id", "class", "data-app", "itemtype"))
        for element in (tree, body)
        if element is not None
    )
    if _FORUM_ATTRIBUTE.search(attributes):
        return True
    return bool(_FORUM_PATH.search(path)) and (bool(_FORUM_HOST.match(host)) or "forum" in path or "thread" in path)


_DOUBT_BY_KIND = {
    "forum": "a forum page, not an article",
    "product": "a product's page, not an article",
    "list": "a list of pages, not an article",
    "front": "a front page, not an article",
}
PARTS_DOUBT = "put together from parts of the page, for it is no plain article"
# All that is said of a text for what kind of page it is on.
_KIND_DOUBTS = frozenset({*_DOUBT_BY_KIND.values(), PARTS_DOUBT})


def doubt_of_kind(kind: PageKind) -> str | None:
    """Return why the text of a page of this kind may not be an article; None where it may well be."""
    return _DOUBT_BY_KIND.get(kind)


def may_be_answered(doubts: Doubts) -> bool:
    """Return whether there is a doubt that a person can settle: what kind of page it is leaves nothing to correct."""
    return not _KIND_DOUBTS.issuperset(reason for _, reason in doubts)
