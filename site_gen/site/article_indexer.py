"""Index one article: fill its card, find its mentions of entities, choose the passages to quote. Pure."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from site_gen.content.authorship import is_fact_ours
from site_gen.content.markdown.document import (
    Anchor,
    Document,
    TextBlock,
    can_link,
    exceeds_limits,
    own_link_spans,
    paragraph_texts,
    parse,
)
from site_gen.content.markdown.quotes import (
    Paragraph,
    Span,
    passage_html,
    prepare_paragraph,
    quote_passage,
    text_fragment,
)
from site_gen.content.markdown.sentences import split_sentences
from site_gen.content.note_links import NoteLinks
from site_gen.core.digests import digest_of
from site_gen.core.packing import pack
from site_gen.core.text import first_words, one_line, shorten
from site_gen.core.urls import url_path
from site_gen.entities.matching.normalization import normalize
from site_gen.entities.matching.tag_merge import tags_removed_by_hand, without_ignored_tags
from site_gen.site.analysis.keywords import extract_terms, pack_terms
from site_gen.site.analysis.minhash import build_sketch, pack_numbers, tokenize
from site_gen.site.analysis.page_key import page_key
from site_gen.site.analysis.reader_address import addresses_reader, has_guide_title
from site_gen.site.analysis.summary import (
    MAX_SHOWN_DESCRIPTION,
    MAX_SUMMARY_WORDS,
    extract_opening,
    has_sentences,
    usable_description,
)
from site_gen.site.indexed_article import (
    TOO_MUCH_MARKUP,
    ArticleCard,
    ArticleDetail,
    IndexedArticle,
    Mention,
    PackedFeatures,
    QuotedParagraph,
    quoted_html,
)
from site_gen.site.outlets import outlet_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt

    from site_gen.content.records import Article, SiteConfig, Tag
    from site_gen.entities.matching.matcher import Matcher

# Words of the summary of an article that is not shown in full: the most of its own in a row that are no quotation.
MAX_EXCERPT_SUMMARY_WORDS = 40
_MAX_NAMES_TOGETHER = 3  # entities of a sentence that says something of two of them; more are a list
_GAP = "\0 "  # between blocks where they are searched together: no name goes across it, and one may follow it
_MIN_QUOTE_LENGTH = (
    40  # characters: a shorter passage is a caption or a label, and is quoted only where there is no other
)


def index_article(
    article: Article,
    queried_names: Iterable[str],
    config: SiteConfig,
    matcher: Matcher,
    markdown: MarkdownIt,
    names: Mapping[str, Mapping[str, str]],
) -> tuple[IndexedArticle, bytes, str]:
    """Return the indexed article, its text as a packed `Document`, and its words as the matcher sees them.

    queried_names: the names that were looked up since it was read, see `IndexedArticle`; those that its links to notes
    have may be added meanwhile. names: see `schema.decode_article`.
    """
    kinds = {kind.key: kind for kind in config.kinds}
    links = NoteLinks(names, config.kinds)
    article = without_ignored_tags(article, links.tags)
    document = parse(article.body, markdown, page_of=links.page_of)
    blocks = document.blocks
    language = article.language or config.language
    spans: dict[Tag, dict[int, list[Span]]] = {}  # of each entity the mentions, by the number of their block
    anchors: dict[str, tuple[Anchor, ...]] = {}
    linked = set(links.tags)  # where their writer put the links
    tags = frozenset(article.tags)
    about = tags.intersection(article.about)
    # One search for all blocks: a search costs more to begin than to go on.
    text = _GAP.join([block.text for block in blocks])
    normalized = normalize(text)
    hits, patterns = matcher.find_with_patterns(text, normalized)
    number, offset = 0, 0  # of the block that a hit is in: which it is, and where it begins in `text`
    for start, end, tag, _, _ in hits:
        while start >= offset + len(blocks[number].text):
            offset += len(blocks[number].text) + len(_GAP)
            number += 1
        if tag not in tags:
            continue
        block, span = blocks[number], (start - offset, end - offset)
        spans.setdefault(tag, {}).setdefault(number, []).append(span)
        # The first mention that can be a link becomes one: not in a heading, a link, or across markup.
        if kinds[tag.kind].by != "names" or tag in linked or block.heading:
            continue
        block_anchors = anchors.get(block.id, ())
        if (not block_anchors or block_anchors[-1].end <= span[0]) and can_link(document, block, *span):
            linked.add(tag)
            anchors[block.id] = (*block_anchors, Anchor(*span, url_path(kinds[tag.kind].prefix, tag.slug)))
    if links.tags:
        _add_linked_words(spans, document, {page: tag for page, tag in links.tag_by_page.items() if tag in tags})
    quoted_block = {tag: _best_block(blocks, inside) for tag, inside in spans.items()}
    named = {tag: inside for tag, inside in spans.items() if kinds[tag.kind].by == "names"}
    quotable = {
        number: prepare_paragraph(blocks[number].text, language) for number in sorted(set(quoted_block.values()))
    }
    packed_document = pack(document)
    is_full_text = (article.text or config.text) == "full"
    counts = {tag: sum(map(len, inside.values())) for tag, inside in spans.items()}
    card, sentences, has_description = _card(article, document, language, is_full_text=is_full_text)
    detail = ArticleDetail(
        author=article.author,
        created=article.created,
        is_full_text=is_full_text,
        has_description=has_description,
        anchors=anchors,
        quotes=() if is_full_text else tuple(_quotes(blocks, quotable, article.tags, quoted_block, spans)),
        mention_counts=counts,
        document_digest=digest_of(packed_document).hex(),
        caution=_caution(article),
        about=tuple(tag for tag in article.tags if tag in about),
        saved=article.saved,
    )
    mentions: dict[Tag, bytes] = {}
    for tag, number in quoted_block.items():
        pieces = quote_passage(quotable[number], list(dict.fromkeys(spans[tag][number])))
        mentions[tag] = pack(Mention(blocks[number].id, passage_html(pieces), text_fragment(pieces), counts[tag]))
    words = tokenize(normalized.replace("\0", " "))  # the gaps would be words, and the last words of headings with them
    features = PackedFeatures(
        pack_numbers(build_sketch(words)),
        pack_terms(extract_terms(article.title, text, words, language)),
        page_key(article.source or ""),
        article.story,
        not (has_guide_title(article.title, language) or addresses_reader(text, words, language)),
        any(key == "text" for key, _ in article.doubts),
        sentences,
    )
    indexed = IndexedArticle(
        file=article.file,
        card=card,
        mentions=mentions,
        detail=pack(detail),
        redirect_from=article.redirect_from,
        written_names=dict(article.tag_texts),
        matched_patterns=frozenset(patterns),
        queried_names=frozenset(queried_names),
        about=about,
        pairs=tuple(sorted(_pairs(blocks, named, language))),
        features=features,
        removed_tags=tags_removed_by_hand(article),
        passages_digest=digest_of(quoted_html(detail, mentions)),
    )
    return indexed, packed_document, normalized


def _add_linked_words(
    spans: dict[Tag, dict[int, list[Span]]], document: Document, tag_by_page: Mapping[str, Tag]
) -> None:
    """Add the words of links to notes, whatever they are, to the mentions of the entities that the links lead to."""
    for number, start, end, page in own_link_spans(document):
        if (tag := tag_by_page.get(page)) and start < end:
            inside = spans.setdefault(tag, {}).setdefault(number, [])
            if all(other[1] <= start or end <= other[0] for other in inside):
                inside.append((start, end))
                inside.sort()
    for tag in tag_by_page.values():
        if tag in spans:
            spans[tag] = dict(sorted(spans[tag].items()))


def _caution(article: Article) -> str:
    """Return why the text may not be what was published; empty where there is no doubt.

    It is the doubt of extraction; a text that was read from a PDF is in doubt anyway: there, lines are all that there
    is to go by.
    """
    if exceeds_limits(article.body):
        return TOO_MUCH_MARKUP
    for key, reason in article.doubts:
        if key == "text":
            return reason
    return "read from a PDF" if article.saved and "pdf" in article.saved.extractor.lower() else ""


def _dated_by(article: Article) -> str:
    """Return what the article's date is, as `ArticleCard.dated_by` says it.

    A day after that of saving is in doubt, but for the next one, which some time zones have already.
    """
    if article.published is None:
        return ""
    is_ahead = article.created is not None and (article.published - article.created).days > 1
    return "guessed" if is_ahead or any(key == "published" for key, _ in article.doubts) else "published"


def _best_block(blocks: Sequence[TextBlock], spans: Mapping[int, list[Span]]) -> int:
    """Return the number of the first paragraph of sentences that has the name, else of the first long, else any block.

    What has no sentence is a line of a shop, a caption, a row of a table.
    """
    paragraphs = [i for i in spans if not blocks[i].heading and len(blocks[i].text) >= _MIN_QUOTE_LENGTH]
    prose = (i for i in paragraphs if has_sentences(blocks[i].text))
    return next(prose, paragraphs[0] if paragraphs else next(iter(spans)))


def _pairs(
    blocks: Sequence[TextBlock], spans: Mapping[Tag, Mapping[int, list[Span]]], language: str
) -> set[tuple[Tag, Tag]]:
    """Return the entities that stand in one sentence, two by two; not those of a sentence that lists many.

    spans: of each entity the mentions, by the number of their block.
    """
    pairs: set[tuple[Tag, Tag]] = set()
    tags_by_block: dict[int, list[Tag]] = {}
    for tag in sorted(spans):
        for number in spans[tag]:
            tags_by_block.setdefault(number, []).append(tag)
    for number, tags in tags_by_block.items():
        if len(tags) < 2:
            continue
        ends = [*accumulate(map(len, split_sentences(blocks[number].text, language)))]
        tags_by_sentence: dict[int, dict[Tag, None]] = {}
        for tag in tags:
            for start, _ in spans[tag][number]:
                tags_by_sentence.setdefault(bisect_right(ends, start), {})[tag] = None
        for together in tags_by_sentence.values():
            if len(together) <= _MAX_NAMES_TOGETHER:
                pairs.update(combinations(together, 2))
    return pairs


def _quotes(
    blocks: Sequence[TextBlock],
    quotable: Mapping[int, Paragraph],
    tags: Iterable[Tag],
    quoted_block: Mapping[Tag, int],
    spans: Mapping[Tag, Mapping[int, list[Span]]],
) -> Iterator[QuotedParagraph]:
    """Yield each paragraph that is quoted, with all the names that it is quoted for.

    quotable: the quoted blocks by number; quoted_block: of each entity the number of the block that is quoted for it;
    spans: of each entity the mentions, by the number of their block.
    """
    for number, block_paragraph in quotable.items():
        block_tags = tuple(tag for tag in tags if quoted_block.get(tag) == number)
        spans_to_mark = sorted({span for tag in block_tags for span in spans[tag][number]})
        first_spans = [spans[tag][number][0] for tag in block_tags]
        yield QuotedParagraph(
            blocks[number].id, passage_html(quote_passage(block_paragraph, spans_to_mark, first_spans)), block_tags
        )


def _card(article: Article, document: Document, language: str, *, is_full_text: bool) -> tuple[ArticleCard, str, bool]:
    """Return the card, two sentences of the text, and whether the card's summary is a description.

    The sentences are to take the place of the summary where that is the page's own description and says nothing of
    this article alone (`with_opening_as_summary`); they are empty where the summary is made of such sentences already.
    """
    texts = paragraph_texts(document)
    is_ours = is_fact_ours(article, "description")
    # What is no quotation must not be a long piece of the text, wherever it is shown.
    max_words = MAX_SUMMARY_WORDS if is_full_text else MAX_EXCERPT_SUMMARY_WORDS
    summary = one_line(article.description or "")
    if is_ours:
        summary = usable_description(summary, article.title, texts, language, max_words)
    sentences = extract_opening(article.title, texts, language, max_words) if is_ours or not summary else ""
    summary = shorten(summary if is_full_text else first_words(summary, max_words), MAX_SHOWN_DESCRIPTION)
    has_description = bool(summary)
    fields = (
        url_path("articles", article.year, article.slug),
        article.id,
        article.title,
        article.published,
        _dated_by(article),
        article.published or article.created or dt.date(int(article.year), 1, 1),
        article.created,
        article.outlet,
        article.source,
        outlet_domain(article.source or ""),
        summary or sentences,
        language,
        article.tags,
    )
    return ArticleCard(*fields, digest=digest_of(fields)), sentences if has_description else "", has_description
