"""Learn the weights by which a block of a page counts as text (`site_gen/ingest/extract/html/block_weights.json`).

    pip install numpy scipy
    python benchmarks/extraction/block_weights.py FOLDER [--write]

FOLDER as for `html_pages.py`. Logistic regression with an L2 penalty: of each block of a page, whether its words stand
in the text that people marked. Learnt from pages that do not say that they are articles, for only those are judged;
each counts as much as any other, and in it long blocks for more. Printed: their mean token F1, trafilatura's and ours
with weights that were learnt from the other half of them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.extraction.html_pages import read_page
from benchmarks.extraction.scoring import token_f1
from site_gen.core.text import words
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
from site_gen.ingest.formats import saved_file

PENALTY = 10.0  # of the weights' squares
MIN_PAGES = 12  # that a feature must be seen on
MAX_LENGTH = 400  # characters; a longer block counts as this


@dataclass
class PageBlocks:
    """A page cut into blocks, with what people and trafilatura take for text."""

    key: str  # id of the page
    is_article: bool  # whether it declares that it is one
    extracted_text: str  # by trafilatura
    gold: str  # the text that people marked
    texts: list[str]  # of each block
    extracted: list[bool]  # of each block: whether trafilatura extracted it
    features: list[list[str]]  # of each block
    right: list[bool]  # of each block: whether it is text

    @property
    def half(self) -> int:
        """0 or 1, by a hash of the id."""
        return int(hashlib.sha256(self.key.encode()).hexdigest(), 16) // 2 % 2


def read_blocks(job: tuple[str, str, str]) -> PageBlocks | None:
    """Read a page; return None where it is not HTML.

    job: id of the page, its path, the text that people marked
    """
    key, path, gold = job
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    page = saved_file.parse("page.html", read_page(Path(path)))
    tree, _ = parse_html(page.text)
    if tree is None:
        return None
    signals = metadata.collect_metadata(tree, page.source)
    address = source_url.choose_source(page.source, source_url.find_declared_source(signals, page.text)[0])
    kind = page_kind.classify_page(signals, tree, address)
    is_article = page_kind.is_declared_article(signals, kind)
    tree_cleanup.prepare_tree(tree)
    text = trafilatura_engine.extract_first(tree, address, kind)
    blocks = page_blocks.read_blocks(tree)
    extracted, keys = block_classifier.match_extracted(blocks, text)
    features = list(block_classifier.block_features(blocks, keys, extracted, kind))
    texts = [block.text for block in blocks]
    return PageBlocks(key, is_article, text, gold, texts, extracted, features, match_gold(keys, gold))


def match_gold(keys: list[str], gold: str) -> list[bool]:
    """Return of each block whether the gold has it: all its words in a row, or most rows of three of them.

    keys: the words of each block
    """
    whole = f" {' '.join(words(gold))} "
    right = []
    for key in keys:
        row = key.split()
        if not key or f" {key} " in whole or len(row) < 4:
            right.append(bool(key) and f" {key} " in whole)
        else:
            triples = [" ".join(row[i : i + 3]) for i in range(len(row) - 2)]
            right.append(sum(f" {triple} " in whole for triple in triples) > len(triples) / 2)
    return right


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


def block_shares(pages: list[PageBlocks]) -> Any:
    """Return how much each block counts in learning: each page as much as any other, 1 on average."""
    shares = []
    for page in pages:
        row = np.minimum([float(len(text)) for text in page.texts], MAX_LENGTH) ** 0.7
        shares.append(row / max(row.sum(), 1e-9))
    joined = np.concatenate(shares)
    return joined * len(joined) / joined.sum()


def learn(pages: list[PageBlocks]) -> tuple[dict[str, int], Any]:
    """Return the index of each feature, and the weights: the last one is the bias."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({name for features in page.features for name in features})
    names = {name: i for i, name in enumerate(sorted(name for name, count in seen.items() if count >= MIN_PAGES))}
    values, share = feature_matrix(pages, names), block_shares(pages)
    sign = np.where(np.concatenate([page.right for page in pages]), 1.0, -1.0)

    def loss(w: Any) -> tuple[float, Any]:
        margin = sign * (values @ w[:-1] + w[-1])
        slope = -share * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        total = (share * np.logaddexp(0, -margin)).sum() + PENALTY * (w[:-1] @ w[:-1]) / 2
        return total, np.append(values.T @ slope + PENALTY * w[:-1], slope.sum())

    start = np.zeros(len(names) + 1)
    return names, minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x


def our_text(page: PageBlocks, is_text: list[bool]) -> str:
    """Return the text that `trafilatura_engine.extract_markdown` would choose.

    is_text: of each block whether it counts as text
    """
    blocks = list(zip(page.texts, is_text, page.extracted, strict=True))
    extracted_length = sum(len(block) for block, _, is_extracted in blocks if is_extracted)
    missed_length = sum(len(block) for block, counts, is_extracted in blocks if counts and not is_extracted)
    if not trafilatura_engine.should_replace(missed_length, extracted_length):
        return page.extracted_text
    return "\n".join(block for block, counts, _ in blocks if counts)


def main() -> None:
    """Learn from each half, look at the other, learn from all, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--write", action="store_true", help="put the weights into site_gen/ingest/extract/html/block_weights.json"
    )
    args = parser.parse_args()
    gold = json.loads((args.folder / "gold.json").read_text(encoding="utf-8"))
    jobs = [(key, str(args.folder / row["file"]), row["text"]) for key, row in sorted(gold.items()) if row.get("text")]
    with ProcessPoolExecutor(2) as pool:
        read_pages = list(pool.map(read_blocks, jobs, chunksize=8))
    pages = [page for page in read_pages if page and page.texts and not page.is_article]
    for half in (0, 1):
        names, w = learn([page for page in pages if page.half != half])
        others = [page for page in pages if page.half == half]
        scores = []
        for page in others:
            is_text = list(feature_matrix([page], names) @ w[:-1] + w[-1] > block_classifier.MIN_LOG_ODDS)
            scores.append((token_f1(page.extracted_text, page.gold), token_f1(our_text(page, is_text), page.gold)))
        before, after = np.mean(scores, axis=0)
        print(f"half {half}: {len(others)} pages, token F1 {before:.3f} trafilatura, {after:.3f} ours")
    names, w = learn(pages)
    weights = {name: round(float(w[i]), 2) for name, i in names.items() if abs(w[i]) >= 0.02}
    print(f"{len(names)} features, {len(weights)} written")
    if args.write:
        model = {"bias": round(float(w[-1]), 2), "weights": weights}
        file = Path(block_classifier.__file__).with_name(block_classifier.WEIGHTS_FILE)
        file.write_text(json.dumps(model, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
