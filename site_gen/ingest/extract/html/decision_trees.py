"""Boosted decision trees: each asks a few questions of a block's features, and what all of them answer is added up.

Trees come from a data file, one a line. A tree is a number, or `[feature, tree, tree]`: the first is for blocks with
that feature, the second for those without (Friedman, "Greedy function approximation: a gradient boosting machine",
Annals of Statistics, 2001).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Bundle = tuple[str, ...]  # names of features that blocks have together
_CHUNK = 1024  # blocks that are put to a tree at once: the time is linear in their number


class Split(Struct, frozen=True):
    """A question of a tree: whether a block has a feature."""

    feature: str  # its name
    present: Tree  # for blocks that have it
    absent: Tree  # for all others


Tree = Split | float  # a number is what a block gets that came this far


def parse_trees(text: str) -> list[Tree]:
    """Parse the trees of a data file."""
    return [_parse_tree(json.loads(line)) for line in text.splitlines()]


def _parse_tree(tree: list[object] | float) -> Tree:
    if not isinstance(tree, list):
        return float(tree)
    feature, present, absent = tree
    return Split(str(feature), _parse_tree(present), _parse_tree(absent))  # type: ignore[arg-type]  # from JSON


def sum_trees(trees: Iterable[Tree], rows: Sequence[Sequence[Bundle]]) -> list[float]:
    """Return of each block the sum over all trees. `rows` has the bundles of each block; their order has no weight.

    All blocks go down a tree together: a set of them is a number with a bit for each, so that a question is one `&`.
    """
    sums = [0.0] * len(rows)
    trees = list(trees)
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        sets_by_feature = _sets_by_feature(chunk)
        for tree in trees:
            stack: list[tuple[Tree, int]] = [(tree, (1 << len(chunk)) - 1)]
            while stack:
                node, blocks = stack.pop()
                if isinstance(node, Split):
                    present = blocks & sets_by_feature.get(node.feature, 0)
                    if present:
                        stack.append((node.present, present))
                    if present != blocks:
                        stack.append((node.absent, blocks ^ present))
                    continue
                while blocks:
                    last = blocks & -blocks
                    sums[start + last.bit_length() - 1] += node
                    blocks ^= last
    return sums


def _sets_by_feature(rows: Sequence[Sequence[Bundle]]) -> dict[str, int]:
    """Return for each feature which blocks have it, as bits."""
    sets_by_bundle: dict[Bundle, int] = {}
    for i, bundles in enumerate(rows):
        bit = 1 << i
        for bundle in bundles:
            sets_by_bundle[bundle] = sets_by_bundle.get(bundle, 0) | bit
    sets: dict[str, int] = {}
    for bundle, blocks in sets_by_bundle.items():
        for feature in bundle:
            sets[feature] = sets.get(feature, 0) | blocks
    return sets
