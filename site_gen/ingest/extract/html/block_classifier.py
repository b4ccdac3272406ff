"""Which blocks of a page are its text, where trafilatura may extract too little: on pages that are no articles.

Each block has features: what it is, what it stands in, what its neighbours and the blocks in equal elements are (the
names of a shop's cards, the answers of a forum), whether trafilatura extracted it and them. What the decision trees in
`block_trees.txt` answer to them adds up to the logarithm of the odds that the block is text. The trees are learnt by
`benchmarks/extraction/block_trees.py` from pages whose text people marked. Blocks in equal elements share half of
their odds; then as many of the likeliest blocks are taken as give the best F1 that is to be expected.

To classify blocks by such features is an old way (Kohlschütter et al., "Boilerplate Detection using Shallow Text
Features", WSDM 2010); new is only that the other extractor's choice is one of the features.
"""

from __future__ import annotations

import importlib.resources
import re
from bisect import bisect_right
from collections import Counter
from math import exp, fsum
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.text import words
from site_gen.ingest.extract.boilerplate_labels import is_label, is_tail
from site_gen.ingest.extract.copied_text.text_lines import SENTENCE_END
from site_gen.ingest.extract.html import decision_trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from site_gen.ingest.extract.html.decision_trees import Bundle
    from site_gen.ingest.extract.html.page_blocks import BlockContainer, PageBlock, Places
    from site_gen.ingest.extract.html.page_kind import PageKind

TREES_FILE = "block_trees.txt"
TREES = decision_trees.parse_trees(
    importlib.resources.files(__package__).joinpath(TREES_FILE).read_text(encoding="utf-8")
)
_MAX_ODDS = 5.0  # log odds beyond it say no more
_MAX_LENGTH = 200  # characters; a longer block says as much of its group as this
_NO_WORDS = 0.3  # words that a block without any counts for
MIN_PROSE_LENGTH = 80  # characters; a menu has no paragraphs of that length
_MIN_LONG = 80  # characters from which a block is no label
_MAX_LINKED_PROSE = 0.4  # share of a paragraph's characters in links
_PRICE = re.compile(r"[$€£¥]\s?\d|\d\s?[€£]|\bUSD\b")
_CURRENCIES = ("$", "€", "£", "¥", "USD")  # without any, there is no price
_LINK_ADDRESS = re.compile(r"\]\([^()\s]*\)")
_FEATURE_TAGS = frozenset({"p", "div", "li", "dd", "h2", "pre", "button", "label"})  # they are features of a block
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_SOON_BELOW = 20  # blocks below the `h1`
_MIN_DESCRIPTION = 400  # characters; a shorter one of a product only sums it up
_MIN_DESCRIBED = 3  # words of a block that is told by them
_MOST_DESCRIBED = 0.8  # of the words of a description
_NO_DISTANCE = 99  # blocks, where there is none to be far from


class _Scale(Struct, frozen=True):
    """A number of which a tree can ask whether it reaches one of some bounds: `length ≥ 80`."""

    bounds: tuple[float, ...]  # in rising order
    bundles: tuple[
        Bundle, ...
    ]  # what a number has for features that reaches none of the bounds, the first, two of them…

    def features(self, number: float) -> Bundle:
        """Return the features of a number."""
        return self.bundles[bisect_right(self.bounds, number)]


def _scale(name: str, *bounds: float) -> _Scale:
    names = tuple(f"{name} ≥ {bound:g}" for bound in bounds)
    return _Scale(bounds, tuple(names[:count] for count in range(len(names) + 1)))


# Lengths and sizes are in characters, distances in blocks, positions are shares of the page; `linked`, `prose` and
# `extracted` are the shares of characters in links, in long paragraphs, and in what trafilatura extracted.
_LENGTH = _scale("length", 12, 24, 44, 80, 150, 300, 660)
_WORDS = _scale("words", 1, 2, 5, 9)
_LINKED = _scale("linked", 0.01, 0.3, 0.6, 0.95)
_POSITION = _scale("position", 0.02, 0.1, 0.3, 0.6, 0.8, 0.95)
_DISTANCE = _scale("distance to what was extracted", 1, 2, 4, 8, 20)
_DEPTH = _scale("depth", 8, 12, 16, 22)
_HEADINGS_ABOVE = _scale("headings above", 1, 2, 4, 8, 16)
_SINCE_HEADING = _scale("below the heading", 1, 2, 4, 10)
_PAGE_BLOCKS = _scale("page: blocks", 40, 100, 200, 400)
_PAGE_PROSE = _scale("page: prose", 0.1, 0.3, 0.5, 0.7)
_PAGE_LINKED = _scale("page: linked", 0.1, 0.25, 0.45)
_PAGE_PRICES = _scale("page: prices", 0.001, 0.03, 0.08)
_PAGE_EXTRACTED = _scale("page: extracted", 0.3, 0.6, 0.9)
_PAGE_PROSE_EXTRACTED = _scale("page: prose extracted", 0.3, 0.6, 0.9)
_GROUP_EXTRACTED = _scale("group: extracted", 0.01, 0.25, 0.6, 0.95)
_GROUP_COUNT = _scale("group: blocks", 2, 4, 10, 30)
_GROUP_LENGTH = _scale("group: mean length", 10, 20, 40, 80, 200)
_GROUP_LINKED = _scale("group: linked", 0.01, 0.3, 0.6, 0.95)
_GROUP_SHARE = _scale("group: share of the page", 0.005, 0.02, 0.08, 0.3)
_GROUP_SENTENCES = _scale("group: sentences", 0.01, 0.3, 0.7)
_GROUP_DISTINCT = _scale("group: distinct", 0.34, 0.9)
# Of the containers of a block, from the innermost outwards.
_CONTAINER_SCALES = tuple(
    (
        _scale(f"container {level}: size", 55, 400, 3000, 22000),
        _scale(f"container {level}: linked", 0.05, 0.2, 0.4, 0.7),
        _scale(f"container {level}: extracted", 0.05, 0.3, 0.6, 0.9),
        _scale(f"container {level}: share of the page's prose", 0.05, 0.2, 0.6),
        _scale(f"container {level}: prose", 0.1, 0.4, 0.7),
    )
    for level in (1, 2, 3)
)
# Of the blocks right above and right below.
_NEIGHBOUR_SCALES = tuple(
    (
        step,
        f"{name}: extracted",
        _scale(f"{name}: length", 1, 20, 80, 240),
        _scale(f"{name}: linked", 0.01, 0.3, 0.6, 0.95),
    )
    for step, name in ((-1, "above"), (1, "below"))
)


class BlockClassification(Struct, frozen=True):
    """What each block of a page is, in the order of the page."""

    text: list[bool]  # whether it is text
    gain: float  # F1 of these blocks' words that is expected, above that of the blocks that trafilatura extracted


def classify_blocks(blocks: Sequence[PageBlock], extracted_text: str, kind: PageKind) -> BlockClassification:
    """Classify the blocks of a page; `extracted_text` is what trafilatura extracted, as Markdown or plain text."""
    extracted, keys = match_extracted(blocks, extracted_text)
    odds = decision_trees.sum_trees(TREES, block_features(blocks, keys, extracted, kind))
    return choose_text(blocks, keys, extracted, odds)


def choose_text(
    blocks: Sequence[PageBlock], keys: Sequence[str], extracted: Sequence[bool], odds: Sequence[float]
) -> BlockClassification:
    """Choose the blocks whose words together have the highest F1 that is to be expected.

    keys, extracted: of each block, as `match_extracted` returns them; odds: their logarithms. The F1 is expected of the
    likeliest blocks, however many: where all is uncertain more of them are taken than where much is certain
    (Ye et al., "Optimizing F-measures: a tale of two approaches", ICML 2012).
    """
    chances = [1 / (1 + exp(-value)) for value in _share_odds(blocks, odds)]
    word_counts = [float(key.count(" ") + 1) if key else _NO_WORDS for key in keys]
    right = [chance * count for chance, count in zip(chances, word_counts, strict=True)]
    expected = fsum(right)
    best, best_count, chosen, chosen_right = 0.0, 0, 0.0, 0.0
    order = sorted(range(len(blocks)), key=lambda i: -chances[i])
    for count, i in enumerate(order, start=1):
        chosen += word_counts[i]
        chosen_right += right[i]
        if (f1 := 2 * chosen_right / (chosen + expected)) > best:
            best, best_count = f1, count
    text = [False] * len(blocks)
    for i in order[:best_count]:
        text[i] = True
    extracted_right = fsum(value for value, is_extracted in zip(right, extracted, strict=True) if is_extracted)
    extracted_count = fsum(value for value, is_extracted in zip(word_counts, extracted, strict=True) if is_extracted)
    return BlockClassification(text, best - 2 * extracted_right / ((extracted_count + expected) or 1.0))


def find_described(blocks: Sequence[PageBlock], description: str) -> list[PageBlock]:
    """Return the blocks that together say what a product's description says; none where it is short or not shown."""
    if len(description) < _MIN_DESCRIPTION:
        return []
    described = words(description)
    line = f" {' '.join(described)} "
    keys: dict[str, PageBlock] = {}
    for block in blocks:
        key = " ".join(words(block.text))
        if key.count(" ") >= _MIN_DESCRIBED - 1 and f" {key} " in line:
            keys.setdefault(key, block)
    count = sum(key.count(" ") + 1 for key in keys)
    return list(keys.values()) if count >= _MOST_DESCRIBED * len(described) else []


def _share_odds(blocks: Sequence[PageBlock], odds: Sequence[float]) -> list[float]:
    """Return log odds halfway between each block's own and the mean of the blocks of its path; long blocks say more."""
    clipped = [max(-_MAX_ODDS, min(_MAX_ODDS, value)) for value in odds]
    sums: dict[tuple[str, ...], float] = {}
    lengths: dict[tuple[str, ...], int] = {}
    for block, value in zip(blocks, clipped, strict=True):
        length = min(len(block.text), _MAX_LENGTH)
        sums[block.path] = sums.get(block.path, 0.0) + value * length
        lengths[block.path] = lengths.get(block.path, 0) + length
    return [(value + sums[block.path] / lengths[block.path]) / 2 for block, value in zip(blocks, clipped, strict=True)]


def match_extracted(blocks: Sequence[PageBlock], extracted_text: str) -> tuple[list[bool], list[str]]:
    """Return for each block whether its words stand in the extracted text, and these words on one line (its key)."""
    all_words = f" {' '.join(words(_LINK_ADDRESS.sub(']', extracted_text)))} "
    keys = [" ".join(words(block.text)) for block in blocks]
    return [bool(key) and f" {key} " in all_words for key in keys], keys


def block_features(
    blocks: Sequence[PageBlock], keys: Sequence[str], extracted: Sequence[bool], kind: PageKind
) -> list[list[Bundle]]:
    """Return the names of each block's features, in the order of the page; the trees in `block_trees.txt` ask for them.

    They come in bundles, for many blocks have the same place, group or container.
    keys, extracted: of each block, as `match_extracted` returns them. The containers of the blocks are filled.
    """
    lengths = [len(block.text) for block in blocks]
    linked_shares = [block.linked / length for block, length in zip(blocks, lengths, strict=True)]
    totals = _fill_containers(blocks, lengths, linked_shares, extracted)
    counts = Counter(keys)
    anchors = [i for i, is_extracted in enumerate(extracted) if is_extracted and lengths[i] > _MIN_LONG // 2]
    first, last = (anchors[0], anchors[-1]) if anchors else (len(blocks), -1)
    distances = _distances(len(blocks), anchors)
    groups = _group_features(blocks, keys, lengths, extracted, totals[0])
    page_features = _page_features(blocks, lengths, extracted, totals, kind)
    heading_features = _heading_features(blocks, lengths)
    place_bundles: dict[Places, Bundle] = {}
    container_bundles: dict[tuple[int, int], Bundle] = {}
    length_above = 0
    is_below_tail = False
    rows: list[list[Bundle]] = []
    for i, block in enumerate(blocks):
        is_short = lengths[i] < _MIN_LONG
        is_below_tail = is_below_tail or (is_short and is_tail(block.text))
        if (place_bundle := place_bundles.get(block.places)) is None:
            place_bundle = place_bundles[block.places] = tuple([f"in {place}" for place in block.places])
        row = [
            page_features,
            place_bundle,
            groups[block.path],
            next(heading_features),
            _LENGTH.features(lengths[i]),
            _WORDS.features(keys[i].count(" ") + bool(keys[i])),
            _LINKED.features(linked_shares[i]),
            _POSITION.features(length_above / max(1, totals[0])),
            _DISTANCE.features(distances[i]),
            _DEPTH.features(block.depth),
            ("before what was extracted" if i < first else "behind it" if i > last else "within it",),
        ]
        for level, container in enumerate(block.containers[: len(_CONTAINER_SCALES)]):
            if (container_bundle := container_bundles.get((level, id(container)))) is None:
                container_bundle = _container_features(level, container, totals[1])
                container_bundles[level, id(container)] = container_bundle
            row.append(container_bundle)
        row += _neighbour_features(i, lengths, linked_shares, extracted)
        if block.tag in _FEATURE_TAGS:
            row.append((f"tag {block.tag}",))
        if extracted[i]:
            row.append(("extracted",))
        if counts[keys[i]] > 1:
            row.append(("repeated",))
        if is_short and is_label(block.text):
            row.append(("label",))
        if is_below_tail:
            row.append(("below a tail's label",))
        length_above += lengths[i]
        rows.append(row)
    return rows


def _page_features(
    blocks: Sequence[PageBlock],
    lengths: Sequence[int],
    extracted: Sequence[bool],
    totals: tuple[int, int, int],
    kind: PageKind,
) -> Bundle:
    """Return the features that all blocks of a page have; `totals` are those of `_fill_containers`."""
    page_length, prose, extracted_prose = totals
    extracted_length = sum(length for length, is_extracted in zip(lengths, extracted, strict=True) if is_extracted)
    return (
        f"page: {kind}",
        *_PAGE_BLOCKS.features(len(blocks)),
        *_PAGE_PROSE.features(prose / max(1, page_length)),
        *_PAGE_LINKED.features(sum(block.linked for block in blocks) / max(1, page_length)),
        *_PAGE_PRICES.features(sum(_has_price(block.text) for block in blocks) / max(1, len(blocks))),
        *_PAGE_PROSE_EXTRACTED.features(extracted_prose / prose if prose else 1.0),
        *_PAGE_EXTRACTED.features(extracted_length / max(1, page_length)),
    )


def _group_features(
    blocks: Sequence[PageBlock],
    keys: Sequence[str],
    lengths: Sequence[int],
    extracted: Sequence[bool],
    page_length: int,
) -> dict[tuple[str, ...], Bundle]:
    """Return features of the blocks that stand in elements of the same tags and classes, by their path."""
    members: dict[tuple[str, ...], list[int]] = {}
    for i, block in enumerate(blocks):
        members.setdefault(block.path, []).append(i)
    features: dict[tuple[str, ...], Bundle] = {}
    for path, group in members.items():
        count, length = len(group), sum(lengths[i] for i in group)
        sentences = sum(bool(SENTENCE_END.search(blocks[i].text[-4:])) for i in group)
        features[path] = (
            *_GROUP_EXTRACTED.features(sum(extracted[i] for i in group) / count),
            *_GROUP_LENGTH.features(length / count),
            *_GROUP_COUNT.features(count),
            *_GROUP_LINKED.features(sum(blocks[i].linked for i in group) / length),
            *_GROUP_SHARE.features(length / page_length),
            *_GROUP_SENTENCES.features(sentences / count),
            *_GROUP_DISTINCT.features(len({keys[i] for i in group}) / count),
        )
    return features


def _fill_containers(
    blocks: Sequence[PageBlock], lengths: Sequence[int], linked_shares: Sequence[float], extracted: Sequence[bool]
) -> tuple[int, int, int]:
    """Fill the containers of the blocks.

    Returns the characters of the page, of its long paragraphs, and of those that were extracted.
    """
    page_length = prose = extracted_prose = 0
    for block, length, share, is_extracted in zip(blocks, lengths, linked_shares, extracted, strict=True):
        prose_length = length if length >= MIN_PROSE_LENGTH and share < _MAX_LINKED_PROSE else 0
        page_length += length
        prose += prose_length
        extracted_prose += prose_length if is_extracted else 0
        for container in block.containers:
            container.size += length
            container.linked += block.linked
            container.prose += prose_length
            container.extracted += length if is_extracted else 0
    return page_length, prose, extracted_prose


def _distances(count: int, anchors: Sequence[int]) -> list[int]:
    """Return how many blocks each of `count` blocks is from the nearest of the anchors, which are indexes."""
    distances = [_NO_DISTANCE] * count
    anchor_set = set(anchors)
    for order in (range(count), range(count - 1, -1, -1)):
        distance = _NO_DISTANCE
        for i in order:
            distance = 0 if i in anchor_set else distance + 1
            distances[i] = min(distances[i], distance)
    return distances


def _has_price(text: str) -> bool:
    return any(sign in text for sign in _CURRENCIES) and bool(_PRICE.search(text))


def _heading_features(blocks: Sequence[PageBlock], lengths: Sequence[int]) -> Iterator[Bundle]:
    """Yield for each block the features that headings above it give."""
    title = next((i for i, block in enumerate(blocks) if block.tag == "h1"), None)
    headings, last_heading, is_labelled = 0, -_NO_DISTANCE, False
    for i, block in enumerate(blocks):
        if block.tag in _HEADING_TAGS:
            headings, last_heading = headings + 1, i
            is_labelled = lengths[i] < _MIN_LONG and is_label(block.text)
        yield (
            *_HEADINGS_ABOVE.features(headings),
            *_SINCE_HEADING.features(i - last_heading),
            *(("below a label",) if is_labelled else ()),
            *(("above h1",) if title is not None and i < title else ()),
            *(("soon below h1",) if title is not None and title < i < title + _SOON_BELOW else ()),
        )


def _container_features(level: int, container: BlockContainer, page_prose: int) -> Bundle:
    """Return the features of a container; `level` counts from the innermost outwards, `page_prose` is in characters."""
    size, linked, extracted, prose_share, prose = _CONTAINER_SCALES[level]
    length = container.size or 1
    return (
        *size.features(length),
        *linked.features(container.linked / length),
        *extracted.features(container.extracted / length),
        *prose_share.features(container.prose / page_prose if page_prose else 0.0),
        *prose.features(container.prose / length),
    )


def _neighbour_features(
    i: int, lengths: Sequence[int], linked_shares: Sequence[float], extracted: Sequence[bool]
) -> Iterator[Bundle]:
    """Yield features of the blocks right above and right below block `i`."""
    for step, extracted_name, length, linked in _NEIGHBOUR_SCALES:
        if 0 <= (j := i + step) < len(lengths):
            yield length.features(lengths[j])
            yield linked.features(linked_shares[j])
            if extracted[j]:
                yield (extracted_name,)
