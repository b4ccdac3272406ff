"""Learn the weights by which the title of a copied page is told (`site_gen/ingest/extract/copied_text/title_weights.json`).

    pip install numpy scipy
    python benchmarks/extraction/plain_weights.py FOLDER [--write]

FOLDER as for `plain.py`. The model is a conditional logit: of all lines that could be the title of a page, the
share of a line's `exp(score)` is its chance, and the weights are those that make the true titles most likely, with
an L2 penalty so that none grows for the sake of a few pages. Printed: how often the title is right on pages whose
weights were learnt without them (five folds by the hash of the id), and how often a title of some chance is right.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from site_gen.core.text import scrub, word_key
from site_gen.ingest.extract.copied_text import text_lines, title_line
from site_gen.ingest.extract.copied_text.article_finder import find_body
from site_gen.ingest.extract.copied_text.language_detection import detect_language

PENALTY = 1.0
FOLDS = 5


def examples(folder: Path) -> list[tuple[str, list[str], Any, Any]]:
    """For each copy with a known title: page id, keys of the candidate lines, their features, which are right."""
    gold = json.loads((folder / "gold.json").read_text())
    with gzip.open(folder / "plain.json.gz", "rt") as file:
        copies = json.load(file)
    out = []
    for page, ways in copies.items():
        title = word_key(gold[page].get("title") or "")
        for text in ways.values() if title else ():
            texts = text_lines.split_lines(scrub(text))
            _, stop_words = detect_language([line for line in texts if len(line) > 60] or texts)
            lines = text_lines.analyze_lines(texts, stop_words)
            body = find_body(lines) if any(line.is_prose for line in lines) else (0, len(lines) - 1)
            indexes = title_line.find_candidates(lines, body[1])
            features = title_line.title_features(lines, body, indexes)
            right = [title in (lines[i].key, *title_line.separated_keys(lines[i].text)) for i in indexes]
            values = np.array([[float(f[name]) for name in title_line.WEIGHTS] for f in features])
            out.append((page, [lines[i].key for i in indexes], values, np.array(right)))
    return out


def learn(pages: list[tuple[str, list[str], Any, Any]]) -> Any:
    pages = [page for page in pages if page[3].any()]
    values = np.vstack([page[2] for page in pages])
    right = np.concatenate([page[3] for page in pages])
    ends = np.cumsum([0, *(len(page[2]) for page in pages)])

    def loss(w: Any) -> tuple[float, Any]:
        scores, total, slope = values @ w, PENALTY * (w @ w) / 2, np.zeros(len(values))
        for start, end in itertools.pairwise(ends):
            chance = np.exp(scores[start:end] - scores[start:end].max())
            chance /= chance.sum()
            hit = chance[right[start:end]].sum() + 1e-12
            total -= np.log(hit)
            slope[start:end] = chance - np.where(right[start:end], chance / hit, 0)
        return total, values.T @ slope + PENALTY * w

    return minimize(loss, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


def chosen(page: tuple[str, list[str], Any, Any], w: Any) -> tuple[float, bool]:
    """The chance of the likeliest title, and whether it is right."""
    _, keys, values, right = page
    if not keys:
        return 0.0, False
    chance = np.exp(values @ w - (values @ w).max())
    chance /= chance.sum()
    sums: dict[str, float] = {}
    for key, share in zip(keys, chance, strict=True):
        sums[key] = sums.get(key, 0.0) + share
    best = max(sums, key=lambda key: sums[key])
    return sums[best], bool(right[keys.index(best)])


def fold(page: str) -> int:
    return int(hashlib.sha256(page.encode()).hexdigest(), 16) % FOLDS


def main() -> None:
    """Cross-validate, learn from all, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--write",
        action="store_true",
        help="put the weights into site_gen/ingest/extract/copied_text/title_weights.json",
    )
    args = parser.parse_args()
    pages = examples(args.folder)
    results = []
    for number in range(FOLDS):
        w = learn([page for page in pages if fold(page[0]) != number])
        results += [chosen(page, w) for page in pages if fold(page[0]) == number]
    print(f"{len(pages)} copies; exact title on pages not learnt from: {np.mean([right for _, right in results]):.3f}")
    for low, high in ((0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        some = [right for chance, right in results if low <= chance < high]
        print(f"chance {low:.1f} to {high:.1f}: {len(some):4} copies, right {np.mean(some) if some else 0:.2f}")
    w = learn(pages)
    weights = {name: round(float(value), 2) for name, value in zip(title_line.WEIGHTS, w, strict=True)}
    table = json.dumps(weights, ensure_ascii=False, indent=2)
    print(table)
    if args.write:
        Path(title_line.__file__).with_name(title_line.WEIGHTS_FILE).write_text(f"{table}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
