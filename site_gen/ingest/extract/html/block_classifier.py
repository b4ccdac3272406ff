"""Which blocks of a page are its text, where trafilatura may extract too little: on pages that are no articles.

Each block has features: what it is, what it stands in, what its neighbours and the blocks in equal elements are (the
names of a shop's cards, the answers of a forum), whether trafilatura extracted it and them. The weights of a block's
features, in `block_weights.json`, and the bias add up to the logarithm of the odds that the block is text. They are
learnt by `benchmarks/extraction/block_weights.py` from pages whose text people marked. Blocks in equal elements share
half of their odds; then as many of the likeliest blocks are taken as give the best F1 that is to be expected.

Logistic regression on features of blocks is an old way to do this (Kohlschütter et al., "Boilerplate Detection using
Shallow Text Features", WSDM 2010); new is only that the other extractor's choice is one of the features.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from math import exp, fsum
from typing import TYPE_CHECKING

from site_gen.core.text import words
from site_gen.ingest.extract.boilerplate_labels import is_label, is_tail
from site_gen.ingest.extract.copied_text.text_lines import SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.ingest.extract.html.page_blocks import BlockContainer, PageBlock, Places
    from site_gen.ingest.extract.html.page_kind import PageKind

WEIGHTS_FILE = "block_weights.json"
_MODEL = json.loads(importlib.resources.files(__package__).joinpath(WEIGHTS_FILE).read_text(encoding="utf-8"))
BIAS: float = _MODEL["bias"]
WEIGHTS: dict[str, float] = _MODEL["weights"]  # by the name of a feature
_MAX_ODDS = 5.0  # log odds beyond it say no more
_MAX_LENGTH = 200  # characters; a longer block says as much of its group as this
_NO_WORDS = 0.3  # words that a block without any counts for
MIN_PROSE_LENGTH = 80  # characters; a menu has no paragraphs of that length
_MIN_LONG = 80  # characters from which a block is no label
_MAX_LINKED_PROSE = 0.4  # share of a paragraph's characters in links
_MOSTLY_DIGITS = 0.2  # share of a block's characters
_DIGIT = re.compile(r"\d")
_PRICE = re.compile(r"[$€£¥]\s?\d|\d\s?[€£]|\bUSD\b")
_CURRENCIES = ("$", "€", "£", "¥", "USD")  # without any, there is no price
_LINK_ADDRESS = re.compile(r"\]\([^()\s]*\)")
# Tags that are features of a block.
_FEATURE_TAGS = frozenset(
    "p div li td th h1 h2 h3 h4 h5 dd dt blockquote pre button label section article figcaption summary".split()  # noqa: SIM905
)
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_SOON_BELOW = 20  # blocks below the `h1`
_NO_DISTANCE = 99  # blocks, where there is none to be far from

# Where numbers become features: the bounds of their ranges. Lengths and sizes are in characters.
_LENGTHS = (12, 24, 44, 80, 150, 300, 660)
_WORD_COUNTS = (1, 2, 5, 9)
_LINKED_SHARES = (0.01, 0.3, 0.6, 0.95)
_POSITIONS = (0.02, 0.1, 0.3, 0.6, 0.8, 0.95)
_CONTAINER_SIZES = (55, 400, 3000, 22000)
_CONTAINER_LINKED = (0.05, 0.2, 0.4, 0.7)
_CONTAINER_EXTRACTED = (0.05, 0.3, 0.6, 0.9)
_CONTAINER_PROSE = (0.05, 0.2, 0.6)
_CONTAINER_DENSITY = (0.1, 0.4, 0.7)
_DISTANCES = (1, 2, 4, 8, 20)
_DEPTHS = (8, 12, 16, 22)
_EXTRACTED_SHARES = (0.3, 0.6, 0.9)
_NEIGHBOUR_LENGTHS = (1, 20, 80, 240)
_GROUP_EXTRACTED = (0.01, 0.25, 0.6, 0.95)
_GROUP_COUNTS = (2, 4, 10, 30)
_GROUP_LENGTHS = (10, 20, 40, 80, 200)
_GROUP_SHARES = (0.005, 0.02, 0.08, 0.3)
_GROUP_SENTENCES = (0.01, 0.3, 0.7)
_GROUP_DISTINCT = (0.34, 0.9)
_HEADINGS_ABOVE = (1, 2, 4, 8, 16)
_SINCE_HEADING = (1, 2, 4, 10)
_PAGE_COUNTS = (40, 100, 200, 400)
_PAGE_PROSE = (0.1, 0.3, 0.5, 0.7)
_PAGE_LINKED = (0.1, 0.25, 0.45)
_PAGE_PRICES = (0.001, 0.03, 0.08)


Bundle = tuple[str, ...]  # names of features that blocks have together


@dataclass(frozen=True, slots=True)
class BlockClassification:
    """What each block of a page is, in the order of the page."""

    text: list[bool]  # whether it is text
    gain: float  # F1 of these blocks' words that is expected, above that of the blocks that trafilatura extracted


def classify_blocks(blocks: Sequence[PageBlock], extracted_text: str, kind: PageKind) -> BlockClassification:
    """Classify the blocks of a page; `extracted_text` is what trafilatura extracted, as Markdown or plain text."""
    extracted, keys = match_extracted(blocks, extracted_text)
    odds_by_bundle: dict[Bundle, float] = {}
    odds = [log_odds(bundles, odds_by_bundle) for bundles in block_features(blocks, keys, extracted, kind)]
    return choose_text(blocks, keys, extracted, odds)


def choose_text(
    blocks: Sequence[PageBlock], keys: Sequence[str], extracted: Sequence[bool], odds: Sequence[float]
) -> BlockClassification:
    """Choose the blocks whose words together have the highest F1 that is to be expected.

    keys, extracted: of each block, as `match_extracted` returns them; odds: as `log_odds` does. The F1 is expected of
    the likeliest blocks, however many: where all is uncertain more of them are taken than where much is certain
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


def log_odds(bundles: Iterable[Bundle], odds_by_bundle: dict[Bundle, float]) -> float:
    """Return the logarithm of the odds that a block with these features is text.

    odds_by_bundle: what bundles add, as far as they came before; it is filled. Names may have any order in a bundle: a
    sum may lie on the edge, and sets of texts have another order in each process.
    """
    total = BIAS
    for bundle in bundles:
        odds = odds_by_bundle.get(bundle)
        if odds is None:
            odds = odds_by_bundle[bundle] = fsum(filter(None, map(WEIGHTS.get, bundle)))
        total += odds
    return total


def match_extracted(blocks: Sequence[PageBlock], extracted_text: str) -> tuple[list[bool], list[str]]:
    """Return for each block whether its words stand in the extracted text, and these words on one line (its key)."""
    all_words = f" {' '.join(words(_LINK_ADDRESS.sub(']', extracted_text)))} "
    keys = [" ".join(words(block.text)) for block in blocks]
    return [bool(key) and f" {key} " in all_words for key in keys], keys


def block_features(
    blocks: Sequence[PageBlock], keys: Sequence[str], extracted: Sequence[bool], kind: PageKind
) -> Iterator[list[Bundle]]:
    """Yield the names of each block's features, in the order of the page; `block_weights.json` has their weights.

    They come in bundles, for many blocks have the same place, group or shape, and what that adds is added up once.
    keys, extracted: of each block, as `match_extracted` returns them. The containers of the blocks are filled.
    """
    lengths = [len(block.text) for block in blocks]
    linked_shares = [block.linked / length for block, length in zip(blocks, lengths, strict=True)]
    page_length, prose, extracted_prose = _fill_containers(blocks, lengths, linked_shares, extracted)
    counts = Counter(keys)
    anchors = [i for i, is_extracted in enumerate(extracted) if is_extracted and lengths[i] > _MIN_LONG // 2]
    first, last = (anchors[0], anchors[-1]) if anchors else (len(blocks), -1)
    distances = _distances(len(blocks), anchors)
    heading = next((i for i, block in enumerate(blocks) if block.tag == "h1"), None)
    extracted_length = sum(length for length, is_extracted in zip(lengths, extracted, strict=True) if is_extracted)
    groups = _group_features(blocks, keys, lengths, extracted, page_length, kind)
    page_linked = sum(block.linked for block in blocks) / max(1, page_length)
    has_price = [_has_price(block.text) for block in blocks]
    page_features = (
        f"kind {kind}",
        f"page blocks {bisect_right(_PAGE_COUNTS, len(blocks))}",
        f"page prose {bisect_right(_PAGE_PROSE, prose / max(1, page_length))}",
        f"page linked {bisect_right(_PAGE_LINKED, page_linked)}",
        f"page prices {bisect_right(_PAGE_PRICES, sum(has_price) / max(1, len(blocks)))}",
        f"prose found {bisect_right(_EXTRACTED_SHARES, extracted_prose / prose if prose else 1.0)}",
        f"found {bisect_right(_EXTRACTED_SHARES, extracted_length / max(1, page_length))}",
    )
    taken_bundles: dict[Bundle, Bundle] = {}
    place_bundles: dict[Places, tuple[Bundle, Bundle]] = {}
    container_bundles: dict[tuple[int, int], Bundle] = {}
    length_above = 0
    is_below_tail = is_labelled = False
    headings, last_heading = 0, -_NO_DISTANCE
    for i, block in enumerate(blocks):
        if block.tag in _HEADING_TAGS:
            headings, last_heading = headings + 1, i
            is_labelled = lengths[i] < _MIN_LONG and is_label(block.text)
        is_below_tail = is_below_tail or (lengths[i] < _MIN_LONG and is_tail(block.text))
        if (place_bundle := place_bundles.get(block.places)) is None:
            names = tuple([f"in {place}" for place in block.places])
            place_bundle = place_bundles[block.places] = names, tuple([f"{kind}: {name}" for name in names])
        length_bin = bisect_right(_LENGTHS, lengths[i])
        paired = [
            page_features,
            (
                f"length {length_bin}",
                f"linked {bisect_right(_LINKED_SHARES, linked_shares[i])}",
                "before" if i < first else "behind" if i > last else "between",
                *(("sentence",) if SENTENCE_END.search(block.text[-4:]) else ()),
            ),
            place_bundle[0],
            groups[block.path][0],
        ]
        for level, container in enumerate(block.containers[:3]):
            if (container_bundle := container_bundles.get((level, id(container)))) is None:
                container_bundle = tuple(_container_features(level, container, prose))
                container_bundles[level, id(container)] = container_bundle
            paired.append(container_bundle)
        single = [
            place_bundle[1],
            groups[block.path][1],
            tuple(_shape_features(block, keys[i], has_price=has_price[i])),
            (
                # On a product's page another length is text than in a forum; so with places and groups.
                f"{kind}: length {length_bin}",
                f"at {bisect_right(_POSITIONS, length_above / max(1, page_length))}",
                f"{min(4, counts[keys[i]])} times",
                f"steps {bisect_right(_DISTANCES, distances[i])}",
                f"depth {bisect_right(_DEPTHS, block.depth)}",
            ),
            tuple(_neighbour_features(i, lengths, linked_shares, extracted)),
            tuple(_heading_features(i, heading, headings, last_heading, is_labelled=is_labelled)),
        ]
        if is_below_tail:
            single.append(("below a tail's label",))
        length_above += lengths[i]
        if not extracted[i]:
            yield paired + single
            continue
        # The features that say most have another weight for a block that trafilatura extracted.
        for bundle in paired:
            if bundle not in taken_bundles:
                taken_bundles[bundle] = (*bundle, *[f"taken, {name}" for name in bundle])
        yield [("taken",), *[taken_bundles[bundle] for bundle in paired], *single]


def _group_features(
    blocks: Sequence[PageBlock],
    keys: Sequence[str],
    lengths: Sequence[int],
    extracted: Sequence[bool],
    page_length: int,
    kind: PageKind,
) -> dict[tuple[str, ...], tuple[Bundle, Bundle]]:
    """Return features of the blocks that stand in elements of the same tags and classes, by their path.

    The second bundle of a path is of features that count by the kind of page.
    """
    members: dict[tuple[str, ...], list[int]] = {}
    for i, block in enumerate(blocks):
        members.setdefault(block.path, []).append(i)
    features: dict[tuple[str, ...], tuple[Bundle, Bundle]] = {}
    for path, group in members.items():
        count, length = len(group), sum(lengths[i] for i in group)
        extraction = bisect_right(_GROUP_EXTRACTED, sum(extracted[i] for i in group) / count)
        size = bisect_right(_GROUP_COUNTS, count)
        mean = bisect_right(_GROUP_LENGTHS, length / count)
        sentences = sum(bool(SENTENCE_END.search(blocks[i].text[-4:])) for i in group)
        names = (
            f"group found {extraction}",
            f"group length {mean}",
            f"group size {size}",
            f"group found {extraction}, size {size}",
            f"group length {mean}, size {size}",
            f"group linked {bisect_right(_LINKED_SHARES, sum(blocks[i].linked for i in group) / length)}",
            f"group share {bisect_right(_GROUP_SHARES, length / page_length)}",
            f"group sentences {bisect_right(_GROUP_SENTENCES, sentences / count)}",
            f"group distinct {bisect_right(_GROUP_DISTINCT, len({keys[i] for i in group}) / count)}",
        )
        features[path] = names, (f"{kind}: {names[0]}", f"{kind}: {names[1]}")
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


def _heading_features(
    i: int, title: int | None, headings: int, last_heading: int, *, is_labelled: bool
) -> Iterator[str]:
    """Yield features of block `i` by the headings above it.

    title: index of the first `h1`; is_labelled: whether the last heading is boilerplate
    """
    yield f"headings {bisect_right(_HEADINGS_ABOVE, headings)}"
    yield f"since heading {bisect_right(_SINCE_HEADING, i - last_heading)}"
    if is_labelled:
        yield "below a label"
    if title is None:
        yield "no h1"
    elif i - title < _SOON_BELOW:
        yield "above h1" if i < title else "h1" if i == title else "soon below h1"


def _shape_features(block: PageBlock, key: str, *, has_price: bool) -> Iterator[str]:
    text = block.text
    if block.tag in _FEATURE_TAGS:
        yield f"tag {block.tag}"
    yield f"words {bisect_right(_WORD_COUNTS, key.count(' ') + bool(key))}"
    if commas := text.count(","):
        yield f"commas {min(2, commas)}"
    if _DIGIT.search(text):
        digit_share = sum(map(str.isdigit, text)) / len(text) if len(text) < _MIN_LONG else 0.0
        yield "digits" if digit_share < _MOSTLY_DIGITS else "mostly digits"
        if has_price:
            yield "price"
    if text.isupper():
        yield "capitals"
    if len(text) < _MIN_LONG and is_label(text):
        yield "label"


def _container_features(level: int, container: BlockContainer, page_prose: int) -> Iterator[str]:
    """Yield features of a container; `level` counts from the innermost outwards, `page_prose` is in characters."""
    size = container.size or 1
    yield f"{level} size {bisect_right(_CONTAINER_SIZES, size)}"
    yield f"{level} linked {bisect_right(_CONTAINER_LINKED, container.linked / size)}"
    yield f"{level} found {bisect_right(_CONTAINER_EXTRACTED, container.extracted / size)}"
    yield f"{level} prose {bisect_right(_CONTAINER_PROSE, container.prose / page_prose if page_prose else 0.0)}"
    yield f"{level} dense {bisect_right(_CONTAINER_DENSITY, container.prose / size)}"


def _neighbour_features(
    i: int, lengths: Sequence[int], linked_shares: Sequence[float], extracted: Sequence[bool]
) -> Iterator[str]:
    """Yield features of the blocks right above and right below block `i`."""
    for step in (-1, 1):
        j = i + step
        if not 0 <= j < len(lengths):
            yield f"{step:+d} none"
            continue
        if extracted[j]:
            yield f"{step:+d} taken"
        yield f"{step:+d} length {bisect_right(_NEIGHBOUR_LENGTHS, lengths[j])}"
        yield f"{step:+d} linked {bisect_right(_LINKED_SHARES, linked_shares[j])}"
