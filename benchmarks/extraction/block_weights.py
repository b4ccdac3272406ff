"""Learn the weights by which a block of a page counts as text (`site_gen/ingest/extract/html/block_weights.json`).

    pip install numpy scipy
    python benchmarks/extraction/block_weights.py FOLDER… [--write]

FOLDERs as for `html_pages.py`. Logistic regression with an L2 penalty: of each block of a page, which share of its
words stands in the text that people marked. Learnt from pages that do not say that they are articles; each counts as
much as any other, and in it long blocks for more. Printed: mean token F1 of the pages that are judged by their blocks,
by type and in two halves, trafilatura's first look and ours, each page by weights that were learnt without its fifth.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import warnings
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.extraction.html_pages import read_page
from benchmarks.extraction.scoring import token_f1, tokens
from site_gen.content.markdown import commonmark, document
from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.html import (
    block_classifier,
    metadata,
    page_blocks,
    page_kind,
    trafilatura_engine,
    tree_cleanup,
)
from site_gen.ingest.extract.html.html_parser import parse_html
from site_gen.ingest.extract.html.page_marks import strip_marks
from site_gen.ingest.formats import saved_file

PENALTY = 10.0  # of the weights' squares
MIN_WEIGHT = 0.03  # a smaller one is not written
MAX_WORDS = 60  # a longer block counts as this
FOLDS = 5
MIN_ROW = 4  # words in a row that stand in the gold for no other reason than that they are text
MAX_ALIGNED = 20_000  # words of a page; in a longer one frequent words are no anchors


@dataclass
class PageBlocks:
    """A page cut into blocks, with what people and trafilatura take for text."""

    key: str  # id of the page
    kind: str  # as the gold calls it
    needed_gain: float | None  # how much better blocks must be than trafilatura; None: they are not judged
    is_learnt: bool  # whether weights are learnt from it
    extracted_text: str  # by trafilatura, as plain text
    gold: str  # the text that people marked
    blocks: list[page_blocks.PageBlock]
    keys: list[str]  # of each block: its words
    extracted: list[bool]  # of each block: whether trafilatura extracted it
    features: list[list[str]]  # of each block
    shares: list[float]  # of each block: which share of its words is text

    @property
    def half(self) -> int:
        """0 or 1, by a hash of the id."""
        return hashlib.sha256(self.key.encode()).digest()[0] % 2

    @property
    def fold(self) -> int:
        """From 0 to 4, by a hash of the id."""
        return int(hashlib.sha256(self.key.encode()).hexdigest(), 16) // 7 % FOLDS


def read_blocks(job: tuple[str, str, str, str]) -> PageBlocks | None:
    """Read a page; return None where it is not HTML, or has no blocks.

    job: id of the page, its path, its kind, the text that people marked
    """
    key, path, kind_name, gold = job
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    page = saved_file.parse("page.html", read_page(Path(path)))
    tree, _ = parse_html(page.text)
    if tree is None:
        return None
    signals = metadata.collect_metadata(tree, page.source, page.text)
    address = source_url.choose_source(page.source, source_url.find_declared_source(signals, page.text)[0])
    kind = page_kind.classify_page(signals, tree, address)
    needed_gain = page_kind.find_needed_gain(signals, kind, address)
    says_article = kind == "article" and (signals.first_meta("og:type") or "").lower() == "article"
    tree_cleanup.complete_links(tree, address)
    tree_cleanup.prepare_tree(tree)
    text = strip_marks(trafilatura_engine.extract_first(tree, address, kind))
    blocks = page_blocks.read_blocks(tree)
    if not blocks:
        return None
    extracted, keys = block_classifier.match_extracted(blocks, text)
    return PageBlocks(
        key=key,
        kind=kind_name,
        needed_gain=needed_gain,
        is_learnt=needed_gain is not None and not says_article,
        extracted_text=document.plain_words(text, commonmark.make_parser()),
        gold=gold,
        blocks=blocks,
        keys=keys,
        extracted=extracted,
        features=[
            list(chain.from_iterable(bundles))
            for bundles in block_classifier.block_features(blocks, keys, extracted, kind)
        ],
        shares=gold_shares([block.text for block in blocks], gold),
    )


def gold_shares(texts: list[str], gold: str) -> list[float]:
    """Return of each block of a page which share of its words stands in the gold: in its order, or in one row."""
    rows, gold_words = [tokens(text) for text in texts], tokens(gold)
    page_words = [word for row in rows for word in row]
    matcher = SequenceMatcher(None, page_words, gold_words, autojunk=len(page_words) > MAX_ALIGNED)
    is_matched = bytearray(len(page_words))
    for start, _, length in matcher.get_matching_blocks():
        is_matched[start : start + length] = b"\1" * length
    whole = f" {' '.join(gold_words)} "
    shares, start = [], 0
    for row in rows:
        share = sum(is_matched[start : start + len(row)]) / len(row) if row else 0.0
        start += len(row)
        shares.append(1.0 if len(row) >= MIN_ROW and f" {' '.join(row)} " in whole else share)
    return shares


def feature_matrix(pages: list[PageBlocks], names: dict[str, int]) -> Any:
    """Return a sparse matrix (blocks of all pages, features): 1 where a block has a feature.

    names: the column of each feature
    """
    rows: list[int] = []
    columns: list[int] = []
    block = 0
    for page in pages:
        for features in page.features:
            indexes = [names[name] for name in features if name in names]
            rows += [block] * len(indexes)
            columns += indexes
            block += 1
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(block, len(names)))


def block_weights(pages: list[PageBlocks]) -> Any:
    """Return how much each block counts in learning: each page as much as any other, 1 on average."""
    rows = [np.clip([float(len(tokens(block.text))) for block in page.blocks], 1.0, MAX_WORDS) ** 0.7 for page in pages]
    joined = np.concatenate([row / row.sum() for row in rows])
    return joined * len(joined) / joined.sum()


def learn(pages: list[PageBlocks]) -> tuple[dict[str, int], Any]:
    """Return the index of each feature, and the weights: the last one is the bias."""
    seen = {name for page in pages for features in page.features for name in features}
    names = {name: i for i, name in enumerate(sorted(seen))}
    values, counts = feature_matrix(pages, names), block_weights(pages)
    transposed = values.T.tocsr()
    shares = np.concatenate([page.shares for page in pages])

    def loss(w: Any) -> tuple[float, Any]:
        odds = values @ w[:-1] + w[-1]
        slope = counts * (1 / (1 + np.exp(-np.clip(odds, -30, 30))) - shares)
        total = (counts * (np.logaddexp(0, odds) - shares * odds)).sum() + PENALTY * (w[:-1] @ w[:-1]) / 2
        return total, np.append(transposed @ slope + PENALTY * w[:-1], slope.sum())

    start = np.zeros(len(names) + 1)
    return names, minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 80}).x


def our_text(page: PageBlocks, odds: list[float]) -> str:
    """Return the text that `trafilatura_engine.extract_markdown` would choose, by the log odds of each block."""
    chosen = block_classifier.choose_text(page.blocks, page.keys, page.extracted, odds)
    if page.needed_gain is None or chosen.gain <= page.needed_gain:
        return page.extracted_text
    return "\n".join(block.text for block, is_text in zip(page.blocks, chosen.text, strict=True) if is_text)


def main() -> None:
    """Learn from all folds but one, look at that one, learn from all, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument(
        "--write", action="store_true", help="put the weights into site_gen/ingest/extract/html/block_weights.json"
    )
    args = parser.parse_args()
    jobs = [
        (key, str(folder / row["file"]), row["type"], row["text"])
        for folder in args.folders
        for key, row in sorted(json.loads((folder / "gold.json").read_text(encoding="utf-8")).items())
        if row.get("text")
    ]
    with ProcessPoolExecutor(2) as pool:
        pages = [page for page in pool.map(read_blocks, jobs, chunksize=8) if page and page.needed_gain is not None]
    learnt = [page for page in pages if page.is_learnt]
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for fold in range(FOLDS):
        names, w = learn([page for page in learnt if page.fold != fold])
        for page in pages:
            if page.fold == fold:
                odds = (feature_matrix([page], names) @ w[:-1] + w[-1]).tolist()
                row = (token_f1(page.extracted_text, page.gold), token_f1(our_text(page, odds), page.gold))
                for label in (page.kind, f"half {page.half}", "all"):
                    scores[label].append(row)
    for label, rows in sorted(scores.items()):
        before, after = np.mean(rows, axis=0)
        print(f"{label:16s}{len(rows):5d} pages, token F1 {before:.3f} trafilatura, {after:.3f} ours")
    names, w = learn(learnt)
    weights = {name: round(float(w[i]), 2) for name, i in names.items() if abs(w[i]) >= MIN_WEIGHT}
    print(f"{len(learnt)} pages, {len(names)} features, {len(weights)} written")
    if args.write:
        model = {"bias": round(float(w[-1]), 2), "weights": weights}
        file = Path(block_classifier.__file__).with_name(block_classifier.WEIGHTS_FILE)
        file.write_text(json.dumps(model, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
