"""Stories, summaries and related articles on real texts: precision, recall, and what one article costs.

    python benchmarks/tagging/stories.py FOLDER [--events FILE] [--days 365] [--count 10000]

FOLDER holds labelled documents as `benchmarks/tagging/tagging.py` reads them (`dev/wikinews.jsonl`, `dev/reuters_topics.jsonl`,
`dev/finance.jsonl`, `dev/gum_summaries.jsonl`). FILE is a JSON list of real reports of known events, several outlets an
event, such as ECB+ (Cybulska and Vossen, 2014): {id, event, title, text}.

Copies: of each text one is made with light, medium and heavy edits: every 20th, 7th, 3rd word is replaced, cut or
swapped with the next; from medium on paragraphs are dropped and an outlet's imprint is put around, heavy ones are
reordered; the headline is always another. Its outlet is another, and it comes up to ten days later. All other texts lie
about it, strewn over `--days` days. Precision and recall count pairs of articles.

Events: reports of one event come up to three days after the first, from outlets of their own; the other events and texts
are strewn over the same days; then each event on a small site of its own. Texts have no real dates: how close strangers
come in time is set by `--days`.

Speed: the real texts and, up to `--count`, variants of them in which each of the rarer words is exchanged for another of
like frequency.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.keywords import extract_terms
from site_gen.site.analysis.minhash import build_sketch, tokenize
from site_gen.site.analysis.related_articles import RelatedIndex
from site_gen.site.analysis.story_clustering import StoryIndex
from site_gen.site.analysis.story_similarity import ArticleFeatures
from site_gen.site.analysis.summary import extract_opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAY = 730_000  # an ordinal to begin at
RATES = {"light": 0.05, "medium": 0.15, "heavy": 0.30}
IMPRINTS = (
    "Sign up to our morning letter and get the day's best stories before breakfast, free of charge.",
    "Copyright of this newspaper. No part of this text may be published, sent on or stored without written consent.",
)


class Text(NamedTuple):
    id: str
    title: str
    text: str
    outlet: str
    event: str = ""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def texts(folder: Path) -> list[Text]:
    found = [
        Text(row["id"], row["title"], row["text"], name if name != "finance" else row["id"])
        for name in ("wikinews", "finance", "reuters_topics")
        for row in rows(folder / "dev" / f"{name}.jsonl")
    ]
    return found + [
        Text(r["id"], r["title"], "\n\n".join(r["sentences"]), "wikinews")
        for r in rows(folder / "dev" / "gum_summaries.jsonl")
    ]


def entry(of: Text, day: int) -> ArticleFeatures:
    words = tokenize(normalize(of.text))
    return ArticleFeatures(
        file=of.id,
        id=of.id,
        news_day=day,
        filed_day=day,
        outlet=of.outlet,
        sketch=build_sketch(words),
        terms=extract_terms(of.title, of.text, words, "en"),
    )


def edited(of: Text, level: str, rng: random.Random, words: list[str]) -> Text:
    rate, paragraphs = RATES[level], [p for p in of.text.split("\n") if p.strip()]
    if level != "light" and len(paragraphs) > 3:
        for _ in range(max(1, int(len(paragraphs) * rate))):
            paragraphs.pop(rng.randrange(1, len(paragraphs)))
    if level == "heavy" and len(paragraphs) > 1:
        at = rng.randrange(len(paragraphs) - 1)
        paragraphs[at], paragraphs[at + 1] = paragraphs[at + 1], paragraphs[at]
    for place, paragraph in enumerate(paragraphs):
        left, out = paragraph.split(" "), list[str]()
        while left:
            word, chance = left.pop(0), rng.random()
            if chance < rate * 0.4:
                out.append(rng.choice(words))
            elif rate * 0.7 < chance < rate and left:
                out += [left.pop(0), word]
            elif chance >= rate:
                out.append(word)
        paragraphs[place] = " ".join(out)
    if level != "light":
        paragraphs = [IMPRINTS[0], *paragraphs, IMPRINTS[1]]
    return Text(f"{of.id}-{level}", "Another headline for what was told", "\n\n".join(paragraphs), f"copy of {of.id}")


def fold(entries: Iterable[ArticleFeatures]) -> StoryIndex:
    index = StoryIndex()
    index.put({one.file: one for one in entries})
    return index


def pairs(index: StoryIndex, group: Mapping[str, str]) -> tuple[float, float, list[tuple[str, str]]]:
    """Precision and recall over pairs, and the pairs that are wrong."""
    right, wrong = 0, []
    for story in index.clusters():
        files = story.files
        for place, one in enumerate(files):
            for other in files[:place]:
                if group[one] == group[other]:
                    right += 1
                else:
                    wrong.append((other, one))
    known = sum(n * (n - 1) // 2 for n in Counter(group.values()).values())
    return right / ((right + len(wrong)) or 1), right / (known or 1), wrong


def copies(all_texts: list[Text], days: int) -> None:
    rng = random.Random(1)
    words = [word for of in all_texts for word in of.text.split()]
    # What the sets hold twice is no false join: one of each.
    seen = fold(replace(entry(of, DAY), news_day=None) for of in all_texts)
    twice = {file for story in seen.clusters() for file in story.others}
    alone = [of for of in all_texts if of.id not in twice and len(of.text) > 500]
    for level in RATES:
        entries, group = [], {}
        for of in alone:
            day = DAY + rng.randrange(days)
            copy = edited(of, level, rng, words)
            entries += [entry(of, day), entry(copy, day + rng.randrange(11))]
            group |= {of.id: of.id, copy.id: of.id}
        precision, recall, wrong = pairs(fold(entries), group)
        print(
            f"copies, {level:8} {len(alone)} texts: precision {precision:.3f}, recall {recall:.3f}, {len(wrong)} wrong pairs"
        )


def events(all_texts: list[Text], path: Path, path_of_topics: Path, days: int) -> None:
    rng = random.Random(5)
    reports = [
        Text(row["id"], row["title"], row["text"], row["id"], row["event"])
        for row in json.loads(path.read_text("utf-8"))
    ]
    begins = {event: DAY + rng.randrange(days) for event in sorted({of.event for of in reports})}
    entries = [entry(of, begins[of.event] + rng.choice((0, 0, 1, 1, 2, 3))) for of in reports]
    entries += [entry(of, DAY + rng.randrange(days)) for of in all_texts]
    group = {of.id: of.event or of.id for of in (*reports, *all_texts)}
    index = fold(entries)
    precision, recall, wrong = pairs(index, group)
    sizes, cubed = Counter(group.values()), [0.0, 0.0]
    for of in reports:
        files = index.cluster_of(of.id).files
        same = sum(group[file] == of.event for file in files)
        cubed[0] += same / len(files) / len(reports)
        cubed[1] += same / sizes[of.event] / len(reports)
    print(
        f"events, {len(begins)} with {len(reports)} reports in {days} days: precision {precision:.3f}, recall {recall:.3f} of pairs;",
        end=" ",
    )
    print(f"B³ {cubed[0]:.3f}, {cubed[1]:.3f}; {len(wrong)} wrong pairs")
    related = RelatedIndex()
    related.put({one.file: one.terms for one in entries})
    hits = [
        sum(group[other] == of.event for other in related.nearest(of.id)[:3]) / 3
        for of in reports
        if sizes[of.event] > 3
    ]
    print(f"related articles: P@3 {sum(hits) / len(hits):.3f} (another report of the event)")
    topics = {row["id"]: set(row["topics"]) for row in rows(path_of_topics) if row["topics"]}
    related = RelatedIndex()
    related.put({of.id: entry(of, DAY).terms for of in all_texts if of.id in topics})
    lists = [(one, related.nearest(one)[:3]) for one in topics]
    right = sum(bool(topics[one] & topics[other]) for one, found in lists for other in found)
    shown, none = sum(len(found) for _, found in lists), sum(not found for _, found in lists)
    print(
        f"related articles: {right} of {shown} are of one topic, {right / (shown or 1):.3f}; {none} of {len(lists)} have none"
    )


def small_sites(all_texts: list[Text], path: Path, days: int) -> None:
    rng, right, wrong, known = random.Random(3), 0.0, 0, 0
    reports = [
        Text(row["id"], row["title"], row["text"], row["id"], row["event"])
        for row in json.loads(path.read_text("utf-8"))
    ]
    for event in sorted({of.event for of in reports}):
        told, others = [of for of in reports if of.event == event], rng.sample(all_texts, 30)
        entries = [entry(of, DAY + rng.choice((0, 0, 1, 1, 2, 3))) for of in told]
        entries += [entry(of, DAY + rng.randrange(-days // 2, days // 2)) for of in others]
        group = {of.id: of.event or of.id for of in (*told, *others)}
        _, recall, missed = pairs(fold(entries), group)
        count = len(told) * (len(told) - 1) // 2
        right, wrong, known = right + recall * count, wrong + len(missed), known + count
    print(
        f"events, each on a site of 30 other texts: precision {right / (right + wrong):.3f}, recall {right / known:.3f} of pairs"
    )


def summaries(folder: Path) -> None:
    def rouge(one: str, other: str) -> float:
        a, b = (Counter(re.findall(r"\w+", text.lower())) for text in (one, other))
        same = sum((a & b).values())
        return 2 * same / ((a.total() + b.total()) or 1)

    documents = [
        (row["title"], [s for s in row["sentences"] if not re.fullmatch(r"\w+, \w+ \d+, \d{4}", s)], row["summaries"])
        for row in rows(folder / "dev" / "gum_summaries.jsonl")
    ]
    ways = {
        "ours": lambda title, found: extract_opening(title, found, "en"),
        "the first two sentences": lambda _, found: " ".join(found[:2]),
    }
    for name, way in ways.items():
        scores = [rouge(way(title, found), human) for title, found, humans in documents for human in humans]
        print(f"summaries, {len(documents)} articles: {name} ROUGE-1 {sum(scores) / (len(scores) or 1):.3f}")


def exchanged(text: str, swap: Mapping[str, str]) -> str:
    return re.sub(r"[^\W\d_]{3,}", lambda match: swap.get(match[0], match[0]), text)


def speed(all_texts: list[Text], count: int) -> None:
    rng = random.Random(2)
    known = Counter(word for of in all_texts for word in sorted(set(re.findall(r"[^\W\d_]{3,}", of.text))))
    rare = [word for word, _ in known.most_common()[600:]]
    entries: list[ArticleFeatures] = []
    for number in range(-(-count // len(all_texts))):
        swap: dict[str, str] = {}
        for start in range(0, len(rare) if number else 0, 400):
            block = rare[start : start + 400]
            swap |= dict(zip(block, rng.sample(block, len(block)), strict=True))
        for of in all_texts[: count - len(entries)]:
            title, text = (exchanged(part, swap) for part in (of.title, of.text))
            made = Text(f"{of.id}-{number}", title, text, f"outlet {rng.randrange(300)}")
            entries.append(entry(made, DAY + rng.randrange(3650)))
    begin = time.process_time()
    index = fold(entries)
    print(f"{len(entries):,} articles folded into {len(index):,} stories in {time.process_time() - begin:.1f} CPU-s")
    taken: list[float] = []
    for one in rng.sample(entries, 300):
        index.put({one.file: None})
        begin = time.process_time()
        index.put({one.file: one})
        taken.append((time.process_time() - begin) * 1000)
    taken.sort()
    print(f"one more: median {taken[150]:.1f} ms, nine in ten within {taken[270]:.1f}, most {taken[-1]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=Path)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--count", type=int, default=10_000)
    args = parser.parse_args()
    all_texts = texts(args.folder)
    copies(all_texts, args.days)
    if args.events:
        events(all_texts, args.events, args.folder / "dev" / "reuters_topics.jsonl", args.days)
        small_sites(all_texts, args.events, args.days)
    summaries(args.folder)
    speed(all_texts, args.count)


if __name__ == "__main__":
    main()
