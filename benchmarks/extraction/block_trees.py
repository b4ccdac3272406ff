"""Learn the trees by which a block of a page counts as text (`site_gen/ingest/extract/html/block_trees.txt`).

    pip install lightgbm
    python benchmarks/extraction/block_trees.py FOLDER… [--write]

FOLDERs as for `html_pages.py`. Boosted trees (LightGBM): of each block of a page, which share of its words stands in
the text that people marked. Learnt from pages that do not say that they are articles; each counts as much as any
other, and in it long blocks for more. Printed: mean token F1 of the pages that are judged by their blocks, by type and
in two halves, trafilatura's first look and ours, each page by trees that were learnt without its fifth; then the
features that the trees of all pages gain most by.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import warnings
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from typing import Any

import lightgbm
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.extraction.html_pages import read_page
from benchmarks.extraction.scoring import token_f1, tokens
from site_gen.content.markdown import commonmark, document
from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.html import (
    block_classifier,
    decision_trees,
    forum_posts,
    metadata,
    page_blocks,
    page_kind,
    trafilatura_engine,
    tree_cleanup,
)
from site_gen.ingest.extract.html.html_parser import parse_html
from site_gen.ingest.extract.html.page_marks import strip_marks
from site_gen.ingest.formats import saved_file

TREES = 120
PARAMETERS = {
    "objective": "cross_entropy", "num_leaves": 15, "learning_rate": 0.1, "min_data_in_leaf": 60, "lambda_l2": 5,
    "feature_fraction": 0.3, "bagging_fraction": 0.7, "bagging_freq": 1, "seed": 1, "deterministic": True,
    "num_threads": 1, "verbose": -1,
}  # fmt: skip
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
    is_learnt: bool  # whether trees are learnt from it
    extracted_text: str  # by trafilatura, as plain text
    posts_text: str | None  # of a forum whose program is told: that is our text, but trees are learnt from it as well
    gold: str  # the text that people marked
    blocks: list[page_blocks.PageBlock]
    keys: list[str]  # of each block: its words
    extracted: list[bool]  # of each block: whether trafilatura extracted it
    features: list[list[decision_trees.Bundle]]  # of each block
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
    is_forum = needed_gain is not None and bool(forum_posts.find_posts(tree, kind))
    says_article = kind == "article" and (signals.first_meta("og:type") or "").lower() == "article"
    tree_cleanup.complete_links(tree, address)
    tree_cleanup.prepare_tree(tree)
    text = strip_marks(trafilatura_engine.extract_first(tree, address, kind, trafilatura_engine.body_text(tree)))
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
        posts_text=read_posts(page.text, address) if is_forum else None,
        gold=gold,
        blocks=blocks,
        keys=keys,
        extracted=extracted,
        features=block_classifier.block_features(blocks, keys, extracted, kind),
        shares=gold_shares([block.text for block in blocks], gold),
    )


def read_posts(html: str, address: str | None) -> str:
    """Return the text of a forum's posts."""
    tree, _ = parse_html(html)
    assert tree is not None  # it was one before
    forum_posts.keep_posts(tree, forum_posts.find_posts(tree, "forum"))
    tree_cleanup.prepare_tree(tree)
    return document.plain_words(strip_marks(trafilatura_engine.render_whole(tree, address)), commonmark.make_parser())


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
    """Return a matrix (blocks of all pages, features): 1 where a block has a feature.

    names: the column of each feature
    """
    values = np.zeros((sum(len(page.blocks) for page in pages), len(names)), np.float32)
    for row, bundles in enumerate(bundles for page in pages for bundles in page.features):
        values[row, [names[name] for bundle in bundles for name in bundle]] = 1
    return values


def block_weights(pages: list[PageBlocks]) -> Any:
    """Return how much each block counts in learning: each page as much as any other, 1 on average."""
    rows = [np.clip([float(len(tokens(block.text))) for block in page.blocks], 1.0, MAX_WORDS) ** 0.7 for page in pages]
    joined = np.concatenate([row / row.sum() for row in rows])
    return joined * len(joined) / joined.sum()


def learn(pages: list[PageBlocks]) -> tuple[list[str], Counter[str]]:
    """Return trees, each as a line of the data file, and what each feature gains."""
    seen = {name for page in pages for bundles in page.features for bundle in bundles for name in bundle}
    names = {name: i for i, name in enumerate(sorted(seen))}
    data = lightgbm.Dataset(
        feature_matrix(pages, names),
        np.concatenate([page.shares for page in pages]),
        weight=block_weights(pages),
        feature_name=[f"f{i}" for i in names.values()],
    )
    booster = lightgbm.train(PARAMETERS, data, TREES)
    columns = list(names)
    trees = [
        json.dumps(nested_tree(tree["tree_structure"], columns), ensure_ascii=False, separators=(",", ":"))
        for tree in booster.dump_model()["tree_info"]
    ]
    return trees, Counter(dict(zip(columns, booster.feature_importance("gain").tolist(), strict=True)))


def nested_tree(node: dict[str, Any], columns: list[str]) -> Any:
    """Return a tree of LightGBM's as `decision_trees` reads it. Features are 0 or 1: those with one go right."""
    if "leaf_value" in node:
        return round(node["leaf_value"], 3)
    absent, present = (nested_tree(node[child], columns) for child in ("left_child", "right_child"))
    return [columns[node["split_feature"]], present, absent]


def our_text(page: PageBlocks, odds: list[float]) -> str:
    """Return the text that `trafilatura_engine.extract_markdown` would choose, by the log odds of each block."""
    if page.posts_text is not None:
        return page.posts_text
    chosen = block_classifier.choose_text(page.blocks, page.keys, page.extracted, odds)
    if page.needed_gain is None or chosen.gain <= page.needed_gain:
        return page.extracted_text
    return "\n".join(block.text for block, is_text in zip(page.blocks, chosen.text, strict=True) if is_text)


def main() -> None:
    """Learn from all folds but one, look at that one, learn from all, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument(
        "--write", action="store_true", help="put the trees into site_gen/ingest/extract/html/block_trees.txt"
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
        trees = decision_trees.parse_trees("\n".join(learn([page for page in learnt if page.fold != fold])[0]))
        for page in pages:
            if page.fold == fold:
                odds = decision_trees.sum_trees(trees, page.features)
                row = (token_f1(page.extracted_text, page.gold), token_f1(our_text(page, odds), page.gold))
                for label in (page.kind, f"half {page.half}", "all"):
                    scores[label].append(row)
    for label, rows in sorted(scores.items()):
        before, after = map(fmean, zip(*rows, strict=True))
        print(f"{label:16s}{len(rows):5d} pages, token F1 {before:.3f} trafilatura, {after:.3f} ours")
    lines, gains = learn(learnt)
    print(f"{len(learnt)} pages, {len(lines)} trees, {len(gains)} features; gains:")
    for name, gain in gains.most_common(40):
        print(f"{gain:9.0f}  {name}")
    if args.write:
        file = Path(block_classifier.__file__).with_name(block_classifier.TREES_FILE)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
