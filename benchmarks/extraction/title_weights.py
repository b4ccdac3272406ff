"""Learn the weights of features of a copied page's title (`site_gen/ingest/extract/copied_text/title_weights.json`).

    pip install numpy scipy
    python benchmarks/extraction/title_weights.py FOLDER [--write]

FOLDER as for `copied_text.py`. The model is a conditional logit: of all lines that could be the title of a page, the
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
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[2]))

from site_gen.core.text import scrub, word_key
from site_gen.ingest.extract.copied_text import text_lines, title_line
from site_gen.ingest.extract.copied_text.article_finder import find_body
from site_gen.ingest.extract.copied_text.language_detection import detect_language

PENALTY = 1.0  # of the weights' squares, against the log likelihood
FOLDS = 5


class TitleExample(NamedTuple):
    """A copy of a page whose title people marked."""

    page_id: str
    keys: list[str]  # of each line that could be the title: its words, for comparison
    values: Any  # array (lines, features)
    is_right: Any  # boolean array: of each line whether it is the title


def read_examples(folder: Path) -> list[TitleExample]:
    gold = json.loads((folder / "gold.json").read_text())
    with gzip.open(folder / "plain.json.gz", "rt") as file:
        copies = json.load(file)
    examples = []
    for page_id, ways in copies.items():
        title = word_key(gold[page_id].get("title") or "")
        for text in ways.values() if title else ():
            texts = text_lines.split_lines(scrub(text))
            _, stop_words = detect_language([line for line in texts if len(line) > 60] or texts)
            lines = text_lines.analyze_lines(texts, stop_words)
            body = find_body(lines) if any(line.is_prose for line in lines) else (0, len(lines) - 1)
            indexes = title_line.find_candidates(lines, body[1])
            features = title_line.title_features(lines, body, indexes)
            right = [title in (lines[i].key, *title_line.separated_keys(lines[i].text)) for i in indexes]
            values = np.array([[float(f[name]) for name in title_line.WEIGHTS] for f in features])
            examples.append(TitleExample(page_id, [lines[i].key for i in indexes], values, np.array(right)))
    return examples


def learn(examples: list[TitleExample]) -> Any:
    """Return the weight of each feature that makes the true titles most likely."""
    examples = [example for example in examples if example.is_right.any()]
    values = np.vstack([example.values for example in examples])
    right = np.concatenate([example.is_right for example in examples])
    ends = np.cumsum([0, *(len(example.values) for example in examples)])

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


def choose_title(example: TitleExample, w: Any) -> tuple[float, bool]:
    """Return the chance of the likeliest title, and whether it is right. Equal lines add up."""
    if not example.keys:
        return 0.0, False
    scores = example.values @ w
    chance = np.exp(scores - scores.max())
    chance /= chance.sum()
    sums: dict[str, float] = {}
    for key, share in zip(example.keys, chance, strict=True):
        sums[key] = sums.get(key, 0.0) + share
    best = max(sums, key=lambda key: sums[key])
    return sums[best], bool(example.is_right[example.keys.index(best)])


def fold_of(example: TitleExample) -> int:
    return int(hashlib.sha256(example.page_id.encode()).hexdigest(), 16) % FOLDS


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
    examples = read_examples(args.folder)
    results = []
    for fold in range(FOLDS):
        w = learn([example for example in examples if fold_of(example) != fold])
        results += [choose_title(example, w) for example in examples if fold_of(example) == fold]
    share = np.mean([right for _, right in results])
    print(f"{len(examples)} copies; exact title on pages not learnt from: {share:.3f}")
    for low, high in ((0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        in_range = [right for chance, right in results if low <= chance < high]
        share = np.mean(in_range) if in_range else 0
        print(f"chance {low:.1f} to {high:.1f}: {len(in_range):4} copies, right {share:.2f}")
    w = learn(examples)
    weights = {name: round(float(value), 2) for name, value in zip(title_line.WEIGHTS, w, strict=True)}
    table = json.dumps(weights, ensure_ascii=False, indent=2)
    print(table)
    if args.write:
        Path(title_line.__file__).with_name(title_line.WEIGHTS_FILE).write_text(f"{table}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
