"""Learn the weights of `site_gen/entities/matching/subject_model.json`, and print what they give on both halves.

    python -m benchmarks.tagging.subject_weights JUDGED TAGGING SITE PAGES… [--more FILE] [--write]

JUDGED holds `about.jsonl` (doc, entity, label about, mention, false or unsure), TAGGING what `tagging.py` takes. SITE
is the site that JUDGED's `score.py` made of the folders PAGES, where each page is named `DOC.html.gz`. FILE has more
pairs as JUDGED has them. Learnt is from documents whose id hashes even only: judged pairs, those of `about_pairs.jsonl`
beside this file (with names that TAGGING lacks), and news. With --write the weights go into the package.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.tagging.tagging import KINDS, read_entities, read_rows, seed_companies
from site_gen.content import loader
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import paragraph_texts, parse
from site_gen.content.records import Entity
from site_gen.entities.matching import subject_model
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import weigh_and_doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from site_gen.content.records import Article
    from site_gen.entities.matching.tagger import EntityWeight

ORDINARY = {"here", "united", "seamless", "uber", "discovery"}  # names that `score.py` counts apart
WEIGHTS = {"judged": 1.0, "more": 0.5, "pairs": 0.7, "news": 1.0, "seed": 0.5}  # how much a pair of each origin counts
PENALTY = 0.7  # on the squares of the weights: holds them near 0
BAR = -0.5  # the score from which on a text is about an entity: news and the goals for mixed pages decided
OWN_PAIRS = Path(__file__).with_name("about_pairs.jsonl")
MODEL = Path(subject_model.__file__).with_suffix(".json")


class Pair(NamedTuple):
    """A document and an entity that it names."""

    origin: str  # a key of WEIGHTS
    doc: str  # the document's id
    about: bool  # whether the document is about it
    weight: EntityWeight | None  # what the program says; None where it finds no name

    @property
    def is_even(self) -> bool:
        """Whether the document's id hashes even."""
        return hashlib.sha256(self.doc.encode()).digest()[0] % 2 == 0

    @property
    def values(self) -> tuple[float, ...]:
        """The features, after a 1 for the bias; empty where there are none."""
        return (1.0, *self.weight.evidence.values) if self.weight and self.weight.evidence else ()


class Judge:
    """The articles of a site by document, weighed with a gazetteer."""

    def __init__(self, site: Path, pages: Sequence[Path], more: Sequence[Entity]) -> None:
        """Load a site, and find the document of each article by its saved page; add entities to those of the site."""
        content, _ = loader.load(site)
        self._kinds = {kind.key: kind for kind in content.config.kinds}
        self._matcher = Matcher(build_gazetteer([*content.entities, *more], self._kinds))
        files = [file for folder in pages for file in folder.glob("*.html.gz")]
        docs = {hashlib.sha256(file.read_bytes()).hexdigest(): file.name.removesuffix(".html.gz") for file in files}
        self._articles = {docs.get(article.saved.sha256): article for article in content.articles if article.saved}
        self._weights: dict[str, dict[str, EntityWeight]] = {}
        self._markdown = make_parser()

    def pairs(self, origin: str, rows: Sequence[dict[str, str]]) -> Iterator[Pair]:
        """Yield the pair of each row whose document the site has, unless it is labelled unsure."""
        for row in rows:
            doc = row["doc"]
            if doc in self._articles and row["label"] != "unsure":
                if doc not in self._weights:
                    self._weights[doc] = self._weigh(self._articles[doc])
                yield Pair(origin, doc, row["label"] == "about", self._weights[doc].get(row["entity"]))

    def _weigh(self, article: Article) -> dict[str, EntityWeight]:
        paragraphs = paragraph_texts(parse(article.body, self._markdown))
        source = article.source or ""
        weights, _ = weigh_and_doubt(
            article.title, paragraphs, self._matcher, self._kinds, source, with_evidence=True
        )  # fmt: skip
        return {tag.slug: weight for tag, weight in weights.items() if self._kinds[tag.kind].by == "names"}


def news_pairs(folder: Path) -> Iterator[Pair]:
    """Yield the pairs of the labelled news: each entity that is named, and each that a text is about."""
    entities = read_entities(folder)
    matcher = Matcher(build_gazetteer(entities, KINDS))
    for name in ("wikinews", "finance"):
        for row in read_rows(folder / "dev" / f"{name}.jsonl"):
            yield from _pairs_of_news("news", row["id"], row, matcher)
    seed = json.loads((folder.parent / "seed" / "seed.json").read_text("utf-8"))
    matcher = Matcher(build_gazetteer(seed_companies(seed, entities), KINDS))
    yield from _pairs_of_news("seed", "seed/seed.json", seed | {"media": {}}, matcher)


def _pairs_of_news(origin: str, doc: str, row: dict[str, Any], matcher: Matcher) -> Iterator[Pair]:
    paragraphs = [line for line in row["text"].split("\n") if line.strip()]
    weights, _ = weigh_and_doubt(row["title"], paragraphs, matcher, KINDS, with_evidence=True)
    named = {tag.slug: weight for tag, weight in weights.items() if tag.kind in {"companies", "media"}}
    labels = {slug: label["about"] for slug, label in {**row["companies"], **row["media"]}.items()}
    for slug in sorted({*named, *(slug for slug, about in labels.items() if about)}):
        if labels.get(slug, 0) is not None:
            yield Pair(origin, doc, labels.get(slug) == 1, named.get(slug))


def learn_weights(pairs: Sequence[Pair]) -> list[float]:
    """Return the bias and the weights, by Newton's method, with a penalty on the squares of the weights."""
    examples = [(pair.values, float(pair.about), WEIGHTS[pair.origin]) for pair in pairs if pair.values]
    size = len(examples[0][0])
    weights = [0.0] * size
    for _ in range(30):
        gradient = [PENALTY * weight if at else 0.0 for at, weight in enumerate(weights)]
        curvature = [[PENALTY * (at == other > 0) for other in range(size)] for at in range(size)]
        for values, label, count in examples:
            chance = 1 / (1 + math.exp(-dot(weights, values)))
            for at, value in enumerate(values):
                gradient[at] += count * (chance - label) * value
                for other, second in enumerate(values):
                    curvature[at][other] += count * chance * (1 - chance) * value * second
        weights = [weight - part for weight, part in zip(weights, solve(curvature, gradient), strict=True)]
    return weights


def dot(first: Sequence[float], second: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(first, second, strict=True))


def solve(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """Return the x of matrix · x = vector, by Gauss and Jordan."""
    table = [[*line, value] for line, value in zip(matrix, vector, strict=True)]
    for at in range(len(table)):
        pivot = max(range(at, len(table)), key=lambda line: abs(table[line][at]))
        table[at], table[pivot] = table[pivot], table[at]
        table[at] = [value / table[at][at] for value in table[at]]
        for other, line in enumerate(table):
            if other != at:
                table[other] = [value - line[at] * own for value, own in zip(line, table[at], strict=True)]
    return [line[-1] for line in table]


def report(label: str, pairs: Sequence[Pair], weights: Sequence[float] | None = None) -> None:
    """Print precision and recall of what the program gives, or would give with other weights."""
    right = given = true = 0
    for pair in pairs:
        is_given = bool(pair.weight and pair.weight.about)
        if weights and pair.values:
            is_given = dot(weights, pair.values) >= BAR
        right += is_given and pair.about
        given += is_given
        true += pair.about
    print(f"{label:24} P {right / max(1, given):.3f} R {right / max(1, true):.3f} ({given} given, {true} true)")


def cross_validate(pairs: Sequence[Pair]) -> None:
    """Print precision and recall in five folds by document, of both halves: to choose PENALTY and WEIGHTS by."""
    folds = [hashlib.md5(pair.doc.encode(), usedforsecurity=False).digest()[0] % 5 for pair in pairs]
    scored: list[Pair] = []
    for fold in range(5):
        weights = learn_weights([pair for pair, own in zip(pairs, folds, strict=True) if own != fold])
        for pair, own in zip(pairs, folds, strict=True):
            if own == fold and pair.weight and pair.values:
                about = dot(weights, pair.values) >= BAR
                pair = pair._replace(weight=pair.weight._replace(about=about))  # noqa: PLW2901
            scored += [pair] if own == fold else []
    for origin in WEIGHTS:
        report(f"five folds, {origin}", [pair for pair in scored if pair.origin == origin])


def main() -> None:
    """Learn, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("judged", type=Path)
    parser.add_argument("tagging", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--more", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    own_rows = read_rows(OWN_PAIRS)
    extra = [
        Entity(kind="companies", slug=row["entity"], name=row["names"][0], names=tuple(row["names"][1:]))
        for row in own_rows
        if "names" in row
    ]
    judge, wide_judge = Judge(args.site, args.pages, ()), Judge(args.site, args.pages, extra)
    rows = [row for row in read_rows(args.judged / "about.jsonl") if row["entity"] not in ORDINARY]
    pairs = [*judge.pairs("judged", rows), *news_pairs(args.tagging)]
    pairs += wide_judge.pairs("pairs", [row for row in own_rows if "names" not in row])
    pairs += judge.pairs("more", read_rows(args.more)) if args.more else ()
    even = [pair for pair in pairs if pair.is_even]
    bias, *weights = learn_weights(even)
    for origin in WEIGHTS:
        halves = {
            half: [p for p in pairs if p.origin == origin and p.is_even is (half == "even")] for half in ("even", "odd")
        }
        for half, part in halves.items():
            report(f"{origin}, {half}: is", part)
            report(f"{origin}, {half}: learnt", part, [bias, *weights])
    cross_validate(pairs)
    model = json.loads(MODEL.read_text("utf-8"))
    means = [
        sum(column) / len(column) for column in zip(*(pair.values[1:] for pair in even if pair.values), strict=True)
    ]
    print(f"bias {bias - BAR:.2f} (was {model['bias']})")
    model["bias"] = round(bias - BAR, 2)
    for (name, feature), weight, mean in zip(model["features"].items(), weights, means, strict=True):
        print(f"{name} {weight:.2f} (was {feature['weight']}), usual {mean:.2f}")
        feature |= {"weight": round(weight, 2), "usual": round(mean, 2)}
    if args.write:
        MODEL.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
