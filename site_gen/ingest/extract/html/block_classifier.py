"""Which blocks of a page are its text, where trafilatura may have found too little: on pages that are no articles.

Each block has features (what it is, what it stands in, what its neighbours are, whether trafilatura took it and
them); their weights (`block_weights`) add up to the logarithm of the odds that it is text. Logistic regression on
features of blocks is an old way to do this (Kohlschütter et al., "Boilerplate Detection using Shallow Text
Features", WSDM 2010); new is only that the other extractor's choice is one of the features.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from site_gen.core.text import words
from site_gen.ingest.extract.boilerplate_labels import is_label, is_tail
from site_gen.ingest.extract.copied_text.text_lines import SENTENCE_END
from site_gen.ingest.extract.html.block_weights import BIAS, BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.ingest.extract.html.page_blocks import Block, Container
    from site_gen.ingest.extract.html.page_kind import Kind

TEXT = -0.41  # log odds of .4: a block that is left out is missed more than one too many is a nuisance
PROSE = 80  # characters of a paragraph that is no menu's
LONG = 80  # characters from which a block is another kind of thing than a label
_PROSE_LINKED = 0.4
_MANY = 0.2
_DIGIT = re.compile(r"\d")
_PRICE = re.compile(r"[$€£¥]\s?\d|\d\s?[€£]|\bUSD\b")
_TAGS = frozenset(
    "p div li td th h1 h2 h3 h4 h5 dd dt blockquote pre button label section article figcaption summary".split()  # noqa: SIM905
)
_FAR = 20

# Where numbers become features: the edges of their ranges.
_LENGTHS = (12, 24, 44, 80, 150, 300, 660)
_WORDS = (1, 2, 5, 9)
_SHARES = (0.01, 0.3, 0.6, 0.95)
_PLACES = (0.02, 0.1, 0.3, 0.6, 0.8, 0.95)
_SIZES = (55, 400, 3000, 22000)
_LINKED = (0.05, 0.2, 0.4, 0.7)
_FOUND = (0.05, 0.3, 0.6, 0.9)
_PROSES = (0.05, 0.2, 0.6)
_DENSE = (0.1, 0.4, 0.7)
_STEPS = (1, 2, 4, 8, 20)
_DEPTHS = (8, 12, 16, 22)
_COVERED = (0.3, 0.6, 0.9)
_NEIGHBOUR = (1, 20, 80, 240)


@dataclass(frozen=True, slots=True)
class Judged:
    """A page's blocks beside what trafilatura found: which of them it took, which are text, and the characters
    of text that it left out."""

    taken: list[bool]
    text: list[bool]
    missed: int


def judge(blocks: Sequence[Block], found: str, sort: Kind) -> Judged:
    """Tell a page's text. `found`: trafilatura's, as Markdown or plain."""
    here, keys = taken(blocks, found)
    text = [odds(names) > TEXT for names in features(blocks, keys, here, sort)]
    missed = sum(len(block.text) for block, one, two in zip(blocks, here, text, strict=True) if two and not one)
    return Judged(here, text, missed)


def odds(names: Iterable[str]) -> float:
    """The logarithm of the odds that a block of these features is text, the same in whatever order they come: a sum
    may lie on the edge, and sets of texts have another order in each process."""
    return fsum((BIAS, *filter(None, map(BLOCK.get, names))))


def taken(blocks: Sequence[Block], found: str) -> tuple[list[bool], list[str]]:
    """Of each block whether its words stand in the found text, and its words."""
    whole = f" {' '.join(words(_ADDRESS.sub(']', found)))} "
    keys = [" ".join(words(block.text)) for block in blocks]
    return [bool(key) and f" {key} " in whole for key in keys], keys


_ADDRESS = re.compile(r"\]\([^()\s]*\)")


def features(blocks: Sequence[Block], keys: list[str], taken: list[bool], sort: Kind) -> Iterator[list[str]]:
    """The names of each block's features, in the order of the page."""
    lengths = [len(block.text) for block in blocks]
    shares = [block.linked / size for block, size in zip(blocks, lengths, strict=True)]
    whole, prose, prose_found = _measure(blocks, lengths, shares, taken)
    often = Counter(keys)
    near = [i for i, here in enumerate(taken) if here and lengths[i] > LONG // 2]
    first, last = (near[0], near[-1]) if near else (len(blocks), -1)
    steps = _steps(len(blocks), near)
    heading = next((i for i, block in enumerate(blocks) if block.tag == "h1"), None)
    page = [
        f"kind {sort}",
        f"prose found {bisect_right(_COVERED, prose_found / prose if prose else 1.0)}",
        f"found {bisect_right(_COVERED, sum(n for n, one in zip(lengths, taken, strict=True) if one) / max(1, whole))}",
    ]
    past = 0
    tail = False
    for i, block in enumerate(blocks):
        tail = tail or (lengths[i] < LONG and is_tail(block.text))
        strong = [
            *page,
            f"length {bisect_right(_LENGTHS, lengths[i])}",
            f"linked {bisect_right(_SHARES, shares[i])}",
            "before" if i < first else "behind" if i > last else "between",
            *[f"in {place}" for place in block.places],
            *_surroundings(block.around, prose),
        ]
        if SENTENCE_END.search(block.text[-4:]):
            strong.append("sentence")
        names = [
            *_form(block, keys[i]),
            f"at {bisect_right(_PLACES, past / max(1, whole))}",
            f"{min(4, often[keys[i]])} times",
            f"steps {bisect_right(_STEPS, steps[i])}",
            f"depth {bisect_right(_DEPTHS, block.depth)}",
            *_neighbours(i, lengths, shares, taken),
        ]
        if tail:
            names.append("below a tail's label")
        if heading is None:
            names.append("no h1")
        elif i - heading < _FAR:
            names.append("above h1" if i < heading else "h1" if i == heading else "soon below h1")
        past += lengths[i]
        # What says much says something else of a block that trafilatura took.
        yield [*strong, *names, "taken", *[f"taken, {name}" for name in strong]] if taken[i] else strong + names


def _measure(
    blocks: Sequence[Block], lengths: list[int], shares: list[float], taken: list[bool]
) -> tuple[int, int, int]:
    """Fill the containers; (characters of the page, of its long paragraphs, of those that were taken)."""
    whole = prose = prose_found = 0
    for block, size, share, here in zip(blocks, lengths, shares, taken, strict=True):
        long = size if size >= PROSE and share < _PROSE_LINKED else 0
        whole += size
        prose += long
        prose_found += long if here else 0
        for container in block.around:
            container.size += size
            container.linked += block.linked
            container.prose += long
            container.found += size if here else 0
    return whole, prose, prose_found


def _steps(count: int, near: list[int]) -> list[int]:
    """How far each block is from the nearest in a rising list of others."""
    steps = [99] * count
    for order in (range(count), range(count - 1, -1, -1)):
        since = 99
        marks = set(near)
        for i in order:
            since = 0 if i in marks else since + 1
            steps[i] = min(steps[i], since)
    return steps


def _form(block: Block, key: str) -> Iterator[str]:
    text = block.text
    if block.tag in _TAGS:
        yield f"tag {block.tag}"
    yield f"words {bisect_right(_WORDS, key.count(' ') + bool(key))}"
    if commas := text.count(","):
        yield f"commas {min(2, commas)}"
    if _DIGIT.search(text):
        digits = sum(map(str.isdigit, text)) / len(text) if len(text) < LONG else 0.0
        yield "digits" if digits < _MANY else "mostly digits"
        if _PRICE.search(text):
            yield "price"
    if text.isupper():
        yield "capitals"
    if len(text) < LONG and is_label(text):
        yield "label"


def _surroundings(around: tuple[Container, ...], prose: int) -> Iterator[str]:
    for level, container in enumerate(around[:3]):
        size = container.size or 1
        yield f"{level} size {bisect_right(_SIZES, size)}"
        yield f"{level} linked {bisect_right(_LINKED, container.linked / size)}"
        yield f"{level} found {bisect_right(_FOUND, container.found / size)}"
        yield f"{level} prose {bisect_right(_PROSES, container.prose / prose if prose else 0.0)}"
        yield f"{level} dense {bisect_right(_DENSE, container.prose / size)}"


def _neighbours(i: int, lengths: list[int], shares: list[float], taken: list[bool]) -> Iterator[str]:
    for step in (-1, 1):
        j = i + step
        if not 0 <= j < len(lengths):
            yield f"{step:+d} none"
            continue
        if taken[j]:
            yield f"{step:+d} taken"
        yield f"{step:+d} length {bisect_right(_NEIGHBOUR, lengths[j])}"
        yield f"{step:+d} linked {bisect_right(_SHARES, shares[j])}"
