"""Measure stories, summaries and related articles on real texts: precision, recall, and what an article costs.

    python benchmarks/analysis/stories.py FOLDER [--events FILE] [--days 365] [--count 10000]

FOLDER holds labelled documents as `benchmarks/tagging/tagging.py` reads them (`dev/wikinews.jsonl`,
`dev/finance.jsonl`, `dev/reuters_topics.jsonl`), and `dev/gum_summaries.jsonl` (sentences, and summaries that people
wrote). FILE is a JSON list of real reports of known events, several outlets an event, such as ECB+ (Cybulska and
Vossen, 2014): {id, event, title, text}.

Copies: of each text one is made with light, medium and heavy edits: every 20th, 7th, 3rd word is replaced, cut or
swapped with the next; from medium on paragraphs are dropped and an outlet's imprint is put around, heavy ones are
reordered; the headline is always another. Its outlet is another, and it comes up to ten days later. All other texts lie
about it, on random days of `--days`. Precision and recall count pairs of articles.

Events: reports of one event come up to three days after the first, from outlets of their own; the other events and
texts lie on random days of the same time; then each event on a small site of its own. Texts have no real dates: how
close strangers come in time is set by `--days`.

Speed: the real texts and, up to `--count`, variants of them in which each of the rarer words is exchanged for another
of like frequency.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).parents[2]))

from site_gen.build.graph_schema import GRAPH_SCHEMA
from site_gen.build.story_store import StoryStore
from site_gen.core import sqlite
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.keywords import extract_terms
from site_gen.site.analysis.minhash import build_sketch, tokenize
from site_gen.site.analysis.reader_address import addresses_reader, has_guide_title
from site_gen.site.analysis.related_articles import RelatedIndex
from site_gen.site.analysis.story_clustering import StoryIndex
from site_gen.site.analysis.story_similarity import ArticleFeatures
from site_gen.site.analysis.summary import extract_opening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DAY = 730_000  # an ordinal to begin at
EDIT_RATES = {"light": 0.05, "medium": 0.15, "heavy": 0.30}  # share of the words that are changed
IMPRINTS = (
    "Sign up to our morning letter and get the day's best stories before breakfast, free of charge.",
    "Copyright of this newspaper. No part of this text may be published, sent on or stored without written consent.",
)


class Document(NamedTuple):
    """A text that is put into the index as an article."""

    id: str
    title: str
    text: str  # paragraphs, a line each
    outlet: str  # what stands for the outlet: texts without one have an outlet of their own
    event: str = ""  # the event that it reports, where people said so


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines; none where there is no such file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def read_documents(folder: Path) -> list[Document]:
    """Return all real texts of the folder."""
    documents = [
        Document(row["id"], row["title"], row["text"], name if name != "finance" else row["id"])
        for name in ("wikinews", "finance", "reuters_topics")
        for row in read_rows(folder / "dev" / f"{name}.jsonl")
    ]
    return documents + [
        Document(row["id"], row["title"], "\n\n".join(row["sentences"]), "wikinews")
        for row in read_rows(folder / "dev" / "gum_summaries.jsonl")
    ]


def read_reports(path: Path) -> list[Document]:
    """Return the reports of known events."""
    return [
        Document(row["id"], row["title"], row["text"], row["id"], row["event"])
        for row in json.loads(path.read_text("utf-8"))
    ]


def features_of(document: Document, day: int) -> ArticleFeatures:
    """Return what the index compares articles by.

    day: of the news, as an ordinal
    """
    words = tokenize(normalize(document.text))
    return ArticleFeatures(
        file=document.id,
        id=document.id,
        news_day=day,
        filed_day=day,
        outlet=document.outlet,
        is_report=not (has_guide_title(document.title, "en") or addresses_reader(document.text, words, "en")),
        sketch=build_sketch(words),
        terms=extract_terms(document.title, document.text, words, "en"),
    )


def edited_copy(document: Document, level: str, rng: random.Random, words: list[str]) -> Document:
    """Return a copy with edits, as the module's docstring says.

    level: `light`, `medium` or `heavy`
    words: to replace others by
    """
    rate, paragraphs = EDIT_RATES[level], [part for part in document.text.split("\n") if part.strip()]
    if level != "light" and len(paragraphs) > 3:
        for _ in range(max(1, int(len(paragraphs) * rate))):
            paragraphs.pop(rng.randrange(1, len(paragraphs)))
    if level == "heavy" and len(paragraphs) > 1:
        index = rng.randrange(len(paragraphs) - 1)
        paragraphs[index], paragraphs[index + 1] = paragraphs[index + 1], paragraphs[index]
    for index, paragraph in enumerate(paragraphs):
        left, edited = paragraph.split(" "), list[str]()
        while left:
            word, chance = left.pop(0), rng.random()
            if chance < rate * 0.4:
                edited.append(rng.choice(words))
            elif rate * 0.7 < chance < rate and left:
                edited += [left.pop(0), word]
            elif chance >= rate:
                edited.append(word)
        paragraphs[index] = " ".join(edited)
    if level != "light":
        paragraphs = [IMPRINTS[0], *paragraphs, IMPRINTS[1]]
    copy_id, outlet = f"{document.id}-{level}", f"copy of {document.id}"
    return Document(copy_id, "Another headline for what was told", "\n\n".join(paragraphs), outlet)


def build_index(articles: Iterable[ArticleFeatures]) -> StoryIndex:
    index = StoryIndex()
    index.put({article.file: article for article in articles})
    return index


def compare_pairs(index: StoryIndex, group: Mapping[str, str]) -> tuple[float, float, list[tuple[str, str]]]:
    """Return precision and recall over pairs of articles, and the pairs that are wrong.

    group: file of each article -> what it tells; articles with equal values belong to one story
    """
    right, wrong = 0, []
    for story in index.clusters():
        files = story.files
        for number, file in enumerate(files):
            for earlier in files[:number]:
                if group[file] == group[earlier]:
                    right += 1
                else:
                    wrong.append((earlier, file))
    wanted = sum(size * (size - 1) // 2 for size in Counter(group.values()).values())
    return right / ((right + len(wrong)) or 1), right / (wanted or 1), wrong


def measure_copies(documents: list[Document], days: int) -> None:
    """Print how well copies are joined to their originals, for each level of edits."""
    rng = random.Random(1)
    words = [word for document in documents for word in document.text.split()]
    # What the sets hold twice is no false join: one of each.
    years_apart = build_index(features_of(document, DAY + 99 * number) for number, document in enumerate(documents))
    duplicates = {file for story in years_apart.clusters() for file in story.others}
    originals = [item for item in documents if item.id not in duplicates and len(item.text) > 500]
    for level in EDIT_RATES:
        articles: list[ArticleFeatures] = []
        group: dict[str, str] = {}
        for document in originals:
            day = DAY + rng.randrange(days)
            copy = edited_copy(document, level, rng, words)
            articles += [features_of(document, day), features_of(copy, day + rng.randrange(11))]
            group |= {document.id: document.id, copy.id: document.id}
        precision, recall, wrong = compare_pairs(build_index(articles), group)
        print(
            f"copies, {level:8} {len(originals)} texts: precision {precision:.3f}, recall {recall:.3f}, "
            f"{len(wrong)} wrong pairs"
        )


def measure_events(documents: list[Document], reports: list[Document], topics_path: Path, days: int) -> None:
    """Print how well reports of one event are joined, and how often related articles fit.

    topics_path: documents with topics
    """
    rng = random.Random(5)
    begins = {event: DAY + rng.randrange(days) for event in sorted({report.event for report in reports})}
    articles = [features_of(report, begins[report.event] + rng.choice((0, 0, 1, 1, 2, 3))) for report in reports]
    articles += [features_of(document, DAY + rng.randrange(days)) for document in documents]
    group = {item.id: item.event or item.id for item in (*reports, *documents)}
    index = build_index(articles)
    precision, recall, wrong = compare_pairs(index, group)
    sizes, cubed = Counter(group.values()), [0.0, 0.0]
    for report in reports:
        files = index.cluster_of(report.id).files
        same = sum(group[file] == report.event for file in files)
        cubed[0] += same / len(files) / len(reports)
        cubed[1] += same / sizes[report.event] / len(reports)
    print(
        f"events, {len(begins)} with {len(reports)} reports in {days} days: precision {precision:.3f}, "
        f"recall {recall:.3f} of pairs; B³ {cubed[0]:.3f}, {cubed[1]:.3f}; {len(wrong)} wrong pairs"
    )
    related = RelatedIndex()
    related.put({article.file: article.terms for article in articles})
    precisions = [
        sum(group[file] == report.event for file in related.nearest(report.id)[:3]) / 3
        for report in reports
        if sizes[report.event] > 3
    ]
    mean = sum(precisions) / (len(precisions) or 1)
    print(f"related articles: P@3 {mean:.3f} (another report of the event)")
    topics = {row["id"]: set(row["topics"]) for row in read_rows(topics_path) if row["topics"]}
    related = RelatedIndex()
    related.put({document.id: features_of(document, DAY).terms for document in documents if document.id in topics})
    lists = [(key, related.nearest(key)[:3]) for key in topics]
    right = sum(bool(topics[key] & topics[near]) for key, nearest in lists for near in nearest)
    shown, empty = sum(len(nearest) for _, nearest in lists), sum(not nearest for _, nearest in lists)
    print(
        f"related articles: {right} of {shown} are of one topic, {right / (shown or 1):.3f}; "
        f"{empty} of {len(lists)} have none"
    )


def measure_small_sites(documents: list[Document], reports: list[Document], days: int) -> None:
    """Print how well reports of one event are joined on a site that has 30 other texts."""
    rng, right, wrong, wanted = random.Random(3), 0.0, 0, 0
    for event in sorted({report.event for report in reports}):
        same, others = [report for report in reports if report.event == event], rng.sample(documents, 30)
        articles = [features_of(report, DAY + rng.choice((0, 0, 1, 1, 2, 3))) for report in same]
        articles += [features_of(document, DAY + rng.randrange(-days // 2, days // 2)) for document in others]
        group = {item.id: item.event or item.id for item in (*same, *others)}
        _, recall, wrong_pairs = compare_pairs(build_index(articles), group)
        count = len(same) * (len(same) - 1) // 2
        right, wrong, wanted = right + recall * count, wrong + len(wrong_pairs), wanted + count
    precision, recall = right / ((right + wrong) or 1), right / (wanted or 1)
    print(f"events, each on a site of 30 other texts: precision {precision:.3f}, recall {recall:.3f} of pairs")


def rouge_1(summary: str, reference: str) -> float:
    """Return F1 over the words of two texts, from 0 to 1."""
    ours, theirs = (Counter(re.findall(r"\w+", text.lower())) for text in (summary, reference))
    return 2 * (ours & theirs).total() / ((ours.total() + theirs.total()) or 1)


def measure_summaries(folder: Path) -> None:
    """Print how near our summaries come to those that people wrote, beside the first two sentences."""
    documents = [
        (row["title"], [s for s in row["sentences"] if not re.fullmatch(r"\w+, \w+ \d+, \d{4}", s)], row["summaries"])
        for row in read_rows(folder / "dev" / "gum_summaries.jsonl")
    ]
    summarizers: dict[str, Callable[[str, list[str]], str]] = {
        "ours": lambda title, sentences: extract_opening(title, sentences, "en"),
        "the first two sentences": lambda _, sentences: " ".join(sentences[:2]),
    }
    for name, summarize in summarizers.items():
        scores = [
            rouge_1(summarize(title, sentences), human) for title, sentences, humans in documents for human in humans
        ]
        print(f"summaries, {len(documents)} articles: {name} ROUGE-1 {sum(scores) / (len(scores) or 1):.3f}")


def exchange_words(text: str, swap: Mapping[str, str]) -> str:
    return re.sub(r"[^\W\d_]{3,}", lambda match: swap.get(match[0], match[0]), text)


def measure_speed(documents: list[Document], count: int) -> None:
    """Print what it costs to index so many articles, and to add one more."""
    rng = random.Random(2)
    frequency = Counter(word for item in documents for word in sorted(set(re.findall(r"[^\W\d_]{3,}", item.text))))
    rare = [word for word, _ in frequency.most_common()[600:]]
    articles: list[ArticleFeatures] = []
    for number in range(-(-count // len(documents))):
        swap: dict[str, str] = {}
        for start in range(0, len(rare) if number else 0, 400):
            block = rare[start : start + 400]
            swap |= dict(zip(block, rng.sample(block, len(block)), strict=True))
        for document in documents[: count - len(articles)]:
            title, text = (exchange_words(part, swap) for part in (document.title, document.text))
            variant = Document(f"{document.id}-{number}", title, text, f"outlet {rng.randrange(300)}")
            articles.append(features_of(variant, DAY + rng.randrange(3650)))
    start_time = time.process_time()
    index = build_index(articles)
    seconds = time.process_time() - start_time
    print(f"{len(articles):,} articles folded into {len(index):,} stories in {seconds:.1f} CPU-s")
    milliseconds: list[float] = []
    for article in rng.sample(articles, 300):
        index.put({article.file: None})
        start_time = time.process_time()
        index.put({article.file: article})
        milliseconds.append((time.process_time() - start_time) * 1000)
    milliseconds.sort()
    median, ninth, most = milliseconds[150], milliseconds[270], milliseconds[-1]
    print(f"one more: median {median:.1f} ms, nine in ten within {ninth:.1f}, most {most:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        measure_store(Path(folder) / "stories.sqlite", index, rng.sample(articles, 100))


def measure_store(path: Path, index: StoryIndex, edited: list[ArticleFeatures]) -> None:
    """Print what it costs to keep an index in a store, and to bring what is kept up to date after an edit."""
    connection = sqlite.open_database(path, GRAPH_SCHEMA, "1")
    start_time = time.process_time()
    index.save(StoryStore(path, connection))
    seconds, milliseconds = time.process_time() - start_time, list[float]()
    for article, other in pairwise(edited):
        # A few words and shingles are those of another article.
        terms = {**dict(list(article.terms.items())[:-4]), **dict(list(other.terms.items())[:4])}
        sketch = tuple(sorted({*article.sketch[:-4], *other.sketch[:4]}))
        start_time = time.process_time()
        store = StoryStore(path, connection)
        stories, related = StoryIndex(store), RelatedIndex(store)
        stories.put({article.file: replace(article, terms=terms, sketch=sketch)})
        related.put({article.file: terms})
        with sqlite.transaction(connection, path):
            stories.save(store)
        related.save(store)
        milliseconds.append((time.process_time() - start_time) * 1000)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    milliseconds.sort()
    median, ninth, most = (
        milliseconds[len(milliseconds) // 2],
        milliseconds[len(milliseconds) * 9 // 10],
        milliseconds[-1],
    )
    print(
        f"kept: {path.stat().st_size / 1e6:.1f} MB, written in {seconds:.1f} CPU-s; one edit, with related articles: "
        f"median {median:.1f} ms, nine in ten within {ninth:.1f}, most {most:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=Path)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--count", type=int, default=10_000)
    args = parser.parse_args()
    documents = read_documents(args.folder)
    measure_copies(documents, args.days)
    if args.events:
        reports = read_reports(args.events)
        measure_events(documents, reports, args.folder / "dev" / "reuters_topics.jsonl", args.days)
        measure_small_sites(documents, reports, args.days)
    measure_summaries(args.folder)
    measure_speed(documents, args.count)


if __name__ == "__main__":
    main()
