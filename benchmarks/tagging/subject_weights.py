"""Learn the weights of `site_gen/entities/matching/subject_model.json`, and print what they give on both halves.

    python -m benchmarks.tagging.subject_weights JUDGED TAGGING SITE PAGES… [--write]

JUDGED holds `about.jsonl` (doc, entity, label about, mention, false or unsure), TAGGING what `tagging.py` takes. SITE
is the site that JUDGED's `score.py` made of the folders PAGES, where each page is named `DOC.html.gz`. Learnt is from
documents whose id hashes even only: judged pairs, those of `about_pairs.jsonl` beside this file, and news. With --write
the weights go into the package; the bars in that file are ours, and stay.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.tagging.tagging import KINDS, read_entities, read_rows
from site_gen.content import loader
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import paragraph_texts, parse
from site_gen.entities.matching import subject_model
from site_gen.entities.matching.corpus_evidence import build_matcher
from site_gen.entities.matching.disambiguation import disambiguate
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.salience import aside_reason, find_lead
from site_gen.entities.matching.short_forms import add_short_forms
from site_gen.entities.matching.tagger import joined_text, weigh_entities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_gen.content.records import Kind, Tag
    from site_gen.entities.matching.matcher import Hit

ORDINARY = {
    "here",
    "united",
    "united-airlines",
    "seamless",
    "seamlessweb",
    "uber",
    "discovery",
    "discovery-communications",
}
JUDGED, PAIRS, NEWS = 1.0, 0.7, 0.8  # how much a pair of each origin counts
SMOOTHING = 0.45  # how strongly weights are held near 0
WEIGHTS = Path(subject_model.__file__).with_suffix(".json")


class Pair(NamedTuple):
    """A document and an entity that it names."""

    origin: str  # judged, pairs or news
    even: bool  # whether the document's id hashes even
    about: bool  # whether the document is about it
    given: bool  # whether the program says so
    values: tuple[float, ...]  # its features; empty where the program asks no model


def is_even(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def weigh_document(
    title: str, paragraphs: Sequence[str], slug: str, matcher: Matcher, kinds: Mapping[str, Kind]
) -> tuple[bool, tuple[float, ...]]:
    """Return whether the program says that a document is about an entity, and its features.

    They are empty where it is no candidate.
    """
    text, body = joined_text(title, paragraphs), len(title) + 2
    hits = matcher.find_all(text)
    by_tag: dict[Tag, list[Hit]] = {}
    for hit in hits:
        if kinds[hit.tag.kind].by == "names":
            by_tag.setdefault(hit.tag, []).append(hit)
    entities, _ = disambiguate(text, body, hits, by_tag, kinds)
    lead = find_lead(title, paragraphs)
    values: tuple[float, ...] = ()
    for tag, own_hits, _ in add_short_forms(text, hits, entities, kinds):
        places = [(hit.start, hit.end) for hit in own_hits if hit.start >= body]
        if tag.slug != slug or not places or kinds[tag.kind].only == "about":
            continue
        start, end = places[0]
        in_lead, count = start < body + lead.end, len(own_hits)
        if in_lead or count > 1:
            values = subject_model.features(
                text, places, count, subject_model.page_style(title, text), lead=in_lead,
                opening=in_lead and start < body + lead.opening, aside=in_lead and bool(aside_reason(text, start, end)),
            )  # fmt: skip
    weights = weigh_entities(title, paragraphs, matcher, kinds)
    return any(tag.slug == slug and weight.about for tag, weight in weights.items()), values


def judged_pairs(judged: Path, site: Path, pages: Sequence[Path]) -> Iterator[Pair]:
    content, _ = loader.load(site)
    kinds = {kind.key: kind for kind in content.config.kinds}
    matcher = build_matcher(content.entities, kinds, (article.body for article in content.articles))
    page_files = [file for folder in pages for file in folder.glob("*.html.gz")]
    docs = {hashlib.sha256(file.read_bytes()).hexdigest(): file.name.removesuffix(".html.gz") for file in page_files}
    articles = {docs.get(article.saved.sha256, ""): article for article in content.articles if article.saved}
    markdown = make_parser()
    for origin, file in (("judged", judged / "about.jsonl"), ("pairs", Path(__file__).with_name("about_pairs.jsonl"))):
        for row in read_rows(file):
            article = articles.get(row["doc"])
            if article and row["label"] != "unsure" and not (origin == "judged" and row["entity"] in ORDINARY):
                paragraphs = paragraph_texts(parse(article.body, markdown))
                given, values = weigh_document(article.title, paragraphs, row["entity"], matcher, kinds)
                yield Pair(origin, is_even(row["doc"]), row["label"] == "about", given, values)


def news_pairs(folder: Path) -> Iterator[Pair]:
    matcher = Matcher(build_gazetteer(read_entities(folder), KINDS))
    for name in ("wikinews", "finance"):
        for row in read_rows(folder / "dev" / f"{name}.jsonl"):
            paragraphs = [line for line in row["text"].split("\n") if line.strip()]
            for slug, label in {**row["companies"], **row["media"]}.items():
                if label["about"] is not None:
                    given, values = weigh_document(row["title"], paragraphs, slug, matcher, KINDS)
                    yield Pair("news", is_even(row["id"]), label["about"] == 1, given, values)


def learn_weights(pairs: Sequence[Pair]) -> list[float]:
    """Return the bias and the weights, by Newton's method, with a penalty on the squares of the weights."""
    counts = {"judged": JUDGED, "pairs": PAIRS, "news": NEWS}
    examples = [((1.0, *pair.values), float(pair.about), counts[pair.origin]) for pair in pairs if pair.values]
    size = len(examples[0][0])
    weights = [0.0] * size
    for _ in range(30):
        gradient = [SMOOTHING * weight if at else 0.0 for at, weight in enumerate(weights)]
        curvature = [[SMOOTHING * (at == other > 0) for other in range(size)] for at in range(size)]
        for values, label, count in examples:
            chance = 1 / (1 + math.exp(-sum(w * v for w, v in zip(weights, values, strict=True))))
            for at, value in enumerate(values):
                gradient[at] += count * (chance - label) * value
                for other, second in enumerate(values):
                    curvature[at][other] += count * chance * (1 - chance) * value * second
        step = solve(curvature, gradient)
        weights = [weight - part for weight, part in zip(weights, step, strict=True)]
    return weights


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


def report(pairs: Sequence[Pair], label: str) -> None:
    """Print precision and recall of what the program gives with the weights that it has."""
    right, given, true = (
        sum(test) for test in zip(*((p.about and p.given, p.given, p.about) for p in pairs), strict=True)
    )
    print(f"{label:12} P {right / max(1, given):.3f} R {right / max(1, true):.3f} ({given} given, {true} true)")


def main() -> None:
    """Learn, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("judged", type=Path)
    parser.add_argument("tagging", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    pairs = [*judged_pairs(args.judged, args.site, args.pages), *news_pairs(args.tagging)]
    judged = [pair for pair in pairs if pair.origin == "judged"]
    report(judged, "judged")
    report([pair for pair in judged if pair.even], "  even half")
    report([pair for pair in judged if not pair.even], "  odd half")
    report([pair for pair in pairs if pair.origin == "news"], "news")
    bias, *weights = learn_weights([pair for pair in pairs if pair.even])
    model = json.loads(WEIGHTS.read_text("utf-8"))
    named = {name: round(weight, 2) for name, weight in zip(subject_model.FEATURES, weights, strict=True)}
    print(
        f"bias {bias:.2f} (was {model['bias']})",
        *(f"{n} {w} (was {model['weights'][n]})" for n, w in named.items()),
        sep="\n",
    )
    if args.write:
        model |= {"bias": round(bias, 2), "weights": named}
        WEIGHTS.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
