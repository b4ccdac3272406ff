"""Learn what tells a company's name from other names, and write the weights that `suggest` ranks by.

    python benchmarks/tagging/learn_company_likelihood.py SITE NAMES [--check SITE] [--write]

SITE is a site of real articles: the half of the documents whose ids hash even, the other half for `--check`. NAMES is a
file of names judged by reading: a JSON object a line, with `name` and `label` (`company`, `organisation`, and what is
none of both). What the site's entities are called does not matter: all names are looked at. Printed are, for each site,
how many of the first 50 and 100 judged names are companies or organisations and how many of the 30 companies in most
documents are in the first 60; by the weights learnt from all names, and (held out) for each half of the names by
weights learnt from the other half.

The model is logistic regression, fitted by AdaGrad with a penalty on large weights, on the whole site and on four
samples of it, so that it has also seen names in few texts. Same input, same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from math import exp, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.tagging.name_discovery import ORGANISATIONS, ranking_line, read_labels
from site_gen.entities.discovery import company_likelihood
from site_gen.entities.discovery.name_discovery import DiscoveredName, SearchedText, discover_names, rank_of
from site_gen.entities.suggest import searched_texts
from site_gen.entities.suggestion_session import SuggestionSession

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EPOCHS, RATE, PENALTY = 120, 0.15, 0.005
SAMPLES, SAMPLE_SHARE = 4, 0.4
LEAST_WEIGHT = 0.05  # smaller ones are left out
WEIGHTS = Path(company_likelihood.__file__).with_suffix(".txt")
HEAD = """\
# Weights (log odds) of the features that tell companies and organisations from other names; `start` is where a name
# without evidence begins. Learnt by benchmarks/tagging/learn_company_likelihood.py; do not edit by hand.
"""


class Example(NamedTuple):
    """A judged name as the collection uses it."""

    evidence: Mapping[str, float]  # by feature
    is_good: bool  # whether it is a company or an organisation


def name_half(name: str) -> int:
    """Return 0 or 1, the half of the names that a name is in."""
    return hashlib.sha256(name.lower().encode()).digest()[0] % 2


def examples(names: Sequence[DiscoveredName], labels: Mapping[str, tuple[str, int]]) -> list[tuple[str, Example]]:
    """Return the judged among the names, each with its example."""
    return [
        (name.name, Example(name.evidence, labels[name.name.lower()][0] in ORGANISATIONS))
        for name in names
        if name.name.lower() in labels
    ]


def learn(data: Sequence[Example]) -> dict[str, float]:
    """Return the weight of each feature."""
    features = sorted({feature for example in data for feature in example.evidence} | {"start"})
    numbers = {feature: number for number, feature in enumerate(features)}
    rows = [
        ([(numbers["start"], 1.0), *((numbers[f], value) for f, value in example.evidence.items())], example.is_good)
        for example in data
    ]
    weights, squares = [0.0] * len(features), [1e-3] * len(features)
    generator = random.Random(1)
    for _ in range(EPOCHS):
        generator.shuffle(rows)
        for values, is_good in rows:
            total = sum(weights[number] * value for number, value in values)
            error = 1 / (1 + exp(-max(-30.0, min(30.0, total)))) - is_good
            for number, value in values:
                slope = error * value + PENALTY * weights[number]
                squares[number] += slope * slope
                weights[number] -= RATE * slope / sqrt(squares[number])
    return {feature: round(weight, 2) for feature, weight in zip(features, weights, strict=True)}


def ranked(names: Sequence[DiscoveredName], weights_by_half: Sequence[Mapping[str, float]]) -> list[str]:
    """Return the names in their order by weights; those for a half of the names may be others."""

    def rank(name: DiscoveredName) -> float:
        weights = weights_by_half[name_half(name.name)]
        return rank_of(name, company_likelihood.likelihood(name.evidence, weights))

    return [name.name for name in sorted(names, key=lambda name: (-rank(name), -name.count, name.name))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("names", type=Path)
    parser.add_argument("--check", type=Path, metavar="SITE", help="a site that nothing is learnt from")
    parser.add_argument("--write", action="store_true", help=f"write the weights to {WEIGHTS.name}")
    args = parser.parse_args()
    labels = read_labels(args.names)
    texts = searched_texts(SuggestionSession(args.site))
    names = discover_names(texts)
    data = examples(names, labels)
    generator = random.Random(4)
    for _ in range(SAMPLES):
        sample: list[SearchedText] = generator.sample(texts, int(len(texts) * SAMPLE_SHARE))
        data += examples(discover_names(sample), labels)
    weights = learn([example for _, example in data])
    held_out = [learn([example for name, example in data if name_half(name) != half]) for half in (0, 1)]
    sites = [("learnt from", names)]
    if args.check:
        sites.append(("not learnt from", discover_names(searched_texts(SuggestionSession(args.check)))))
    for label, listed in sites:
        print(ranking_line(label, ranked(listed, [weights, weights]), labels))
        print(ranking_line("  names held out", ranked(listed, held_out), labels))
    if args.write:
        lines = (f"{feature} {weight}\n" for feature, weight in weights.items() if abs(weight) >= LEAST_WEIGHT)
        WEIGHTS.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
