"""Looks through one article: what its card shows, who is named where, which passages are quoted. Pure."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from site_gen.content.authorship import is_fact_ours
from site_gen.content.markdown.document import Anchor, Block, Document, can_anchor, paragraphs, parse, to_json
from site_gen.content.markdown.quotes import Paragraph, Span, fragment, markup, paragraph, passage
from site_gen.core.digests import digest_of
from site_gen.core.text import compact_json, first_words, one_line, shorten
from site_gen.core.urls import host_of, url_path
from site_gen.entities.matching.normalization import normalize
from site_gen.entities.matching.tag_merge import tags_removed_by_hand
from site_gen.site.analysis.keywords import extract_terms, pack_terms
from site_gen.site.analysis.minhash import build_sketch, pack_numbers, tokenize
from site_gen.site.analysis.page_key import page_key
from site_gen.site.analysis.summary import extract_opening, usable_description
from site_gen.site.indexed_article import (
    ArticleCard,
    ArticleDetail,
    IndexedArticle,
    Mention,
    PackedFeatures,
    QuotedParagraph,
    detail_to_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt

    from site_gen.content.records import Article, SiteConfig, Tag
    from site_gen.entities.matching.matcher import Matcher

MAX_SUMMARY_LENGTH = 280  # characters of a description that a list shows
MAX_EXCERPT_SUMMARY_WORDS = (
    40  # of an article that is not shown in full: the most of its own words in a row that are no quotation
)
_GAP = "\0 "  # between blocks where they are searched together: no name goes across it, and one may follow it
_PREFERRED = 40  # a passage shorter than this is a caption or a label; a longer one is quoted first


def index_article(
    article: Article, asked: Iterable[str], config: SiteConfig, matcher: Matcher, markdown: MarkdownIt
) -> tuple[IndexedArticle, str, str]:
    """What an article says, its text as JSON, and its words as the matcher sees them.

    asked: what was looked up when it was read, see IndexedArticle.
    """
    kinds = {kind.key: kind for kind in config.kinds}
    document = parse(article.body, markdown)
    blocks = document.blocks
    language = article.language or config.language
    spans: dict[Tag, dict[int, list[Span]]] = {}
    anchors: dict[str, tuple[Anchor, ...]] = {}
    linked: set[Tag] = set()
    wanted = frozenset(article.tags)
    about = wanted.intersection(article.about)
    # One search for all blocks: a search costs more to begin than to go on.
    whole = _GAP.join([block.text for block in blocks])
    formed = normalize(whole)
    hits, seen = matcher.find_with_patterns(whole, formed)
    index, offset = 0, 0
    for start, end, tag, _, _ in hits:
        while start >= offset + len(blocks[index].text):
            offset += len(blocks[index].text) + len(_GAP)
            index += 1
        if tag not in wanted:
            continue
        block, span = blocks[index], (start - offset, end - offset)
        spans.setdefault(tag, {}).setdefault(index, []).append(span)
        # The first mention that can be a link is one: not in a heading, a link, or across markup.
        if kinds[tag.kind].by != "names" or tag in linked or block.heading:
            continue
        here = anchors.get(block.id, ())
        if (not here or here[-1].end <= span[0]) and can_anchor(document, block, *span):
            linked.add(tag)
            anchors[block.id] = (*here, Anchor(*span, url_path(kinds[tag.kind].prefix, tag.slug)))
    places = {tag: _best_place(blocks, inside) for tag, inside in spans.items()}
    quoted = {place: paragraph(blocks[place].text, language) for place in sorted(set(places.values()))}
    text = to_json(document)
    full = (article.text or config.text) == "full"
    times = {tag: sum(map(len, inside.values())) for tag, inside in spans.items()}
    card, sentences, described = _card(article, document, language, full=full)
    detail = ArticleDetail(
        author=article.author,
        created=article.created,
        is_full_text=full,
        has_description=described,
        anchors=anchors,
        quotes=() if full else tuple(_quotes(blocks, quoted, article.tags, places, spans)),
        mention_counts=times,
        document_digest=digest_of(text).hex(),
        caution=_caution(article),
        about=tuple(tag for tag in article.tags if tag in about),
    )
    mentions: dict[Tag, str] = {}
    for tag, place in places.items():
        pieces = passage(quoted[place], list(dict.fromkeys(spans[tag][place])))
        mentions[tag] = compact_json(Mention(blocks[place].id, markup(pieces), fragment(pieces), times[tag]))
    words = tokenize(formed)
    news = PackedFeatures(
        pack_numbers(build_sketch(words)),
        pack_terms(extract_terms(article.title, whole, words, language)),
        page_key(article.source or ""),
        article.story,
        sentences,
    )
    found = IndexedArticle(
        file=article.file,
        card=card,
        mentions=mentions,
        detail=detail_to_json(detail),
        redirect_from=article.redirect_from,
        written_names=dict(article.tag_texts),
        matched_patterns=frozenset(seen),
        queried_names=frozenset(asked),
        about=about,
        features=news,
        removed_tags=tags_removed_by_hand(article),
    )
    return found, text, formed


def _caution(article: Article) -> str:
    """Why the text may not be what was published: what extraction says of it; of a PDF, lines are all that
    there is to go by."""
    for key, reason in article.doubts:
        if key == "text":
            return reason
    return "read from a PDF" if article.saved and "pdf" in article.saved.extractor.lower() else ""


def _dated_by(article: Article) -> str:
    if article.published is None:
        return "saved" if article.created else ""
    return "guessed" if article.doubts and any(key == "published" for key, _ in article.doubts) else "published"


def _best_place(blocks: Sequence[Block], spans: Mapping[int, list[Span]]) -> int:
    """The first real paragraph that has the name, else the first place of any kind."""
    long = (i for i in spans if not blocks[i].heading and len(blocks[i].text) >= _PREFERRED)
    return next(long, next(iter(spans)))


def _quotes(
    blocks: Sequence[Block],
    quoted: Mapping[int, Paragraph],
    tags: Iterable[Tag],
    places: Mapping[Tag, int],
    found: Mapping[Tag, Mapping[int, list[Span]]],
) -> Iterator[QuotedParagraph]:
    """Each paragraph that a page of ours links to, with all the names that it is quoted for."""
    for place, words in quoted.items():
        named = tuple(tag for tag in tags if places.get(tag) == place)
        spans = sorted({span for tag in named for span in found[tag][place]})
        wanted = [found[tag][place][0] for tag in named]
        yield QuotedParagraph(blocks[place].id, markup(passage(words, spans, wanted)), named)


def _card(article: Article, document: Document, language: str, *, full: bool) -> tuple[ArticleCard, str, bool]:
    """The card, two sentences to take the place of its summary where that is the page's own description, and whether
    its summary is a description at all."""
    texts = paragraphs(document)
    ours = is_fact_ours(article, "description")
    summary = usable_description(article.description, texts) if ours else one_line(article.description or "")
    sentences = extract_opening(article.title, texts, language) if ours or not summary else ""
    summary = shorten(summary, MAX_SUMMARY_LENGTH)
    described = bool(summary)
    if not full:  # what is no quotation must not be a piece of the text, wherever it is shown
        summary, sentences = (
            first_words(summary, MAX_EXCERPT_SUMMARY_WORDS),
            first_words(sentences, MAX_EXCERPT_SUMMARY_WORDS),
        )
    fields = (
        url_path("articles", article.year, article.slug),
        article.id,
        article.title,
        article.date,
        _dated_by(article),
        article.date or dt.date(int(article.year), 1, 1),
        article.created,
        article.site or host_of(article.source or ""),
        article.source,
        summary or sentences,
        language,
        article.tags,
    )
    return ArticleCard(*fields, digest=digest_of(fields)), sentences if described else "", described
