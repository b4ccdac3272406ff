"""Measure how well and how fast articles are tagged: precision, recall and F1 against labelled documents.

    python benchmarks/tagging/tagging.py FOLDER [--extra FILE] [--half 0|1] [--errors KIND] [--no-speed]

FOLDER holds `gazetteer/companies.jsonl` (id, name, aliases, kind company or media), `gazetteer/topics.json`,
and labelled documents: `dev/wikinews.jsonl` and `dev/finance.jsonl` (companies and media by id, with `about`
0, 1 or null), `dev/reuters_topics.jsonl` (topics). Beside it may lie `seed/seed.json`, one page with all its
labels. FILE holds machine-made names, one a line: companies that no label knows, so that each tag of one counts
as wrong unless a labelled company has the name. `--half` takes every second document only: rules are made on
one half and checked on the other.

The speed is that of invented articles of 500 words, with 10,000 names.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import justext

sys.path.insert(0, str(Path(__file__).parents[2]))

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import paragraph_texts, parse
from site_gen.content.records import Entity, Kind, SavedPage, Tag
from site_gen.entities.matching.ambiguous_names import _stems
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import tag_text, weigh_entities
from site_gen.ingest.extract.copied_text.copied_draft import draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KINDS = {
    kind.key: kind
    for kind in (
        Kind(key="companies", label="", singular="", prefix="companies"),
        Kind(key="media", label="", singular="", prefix="media", only="about"),
        Kind(key="topics", label="", singular="", prefix="topics", by="keywords"),
        Kind(key="people", label="", singular="", prefix="people", names_of="people"),
        Kind(key="places", label="", singular="", prefix="places", names_of="places"),
    )
}


@dataclass
class Score:
    """Numbers of tags over all documents."""

    right: int = 0
    extra: int = 0  # given, and not among the labels
    missed: int = 0  # among the labels, and not given

    def count(self, labels: set[str], tags: set[str]) -> None:
        """Add a document."""
        self.right += len(labels & tags)
        self.extra += len(tags - labels)
        self.missed += len(labels - tags)

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.extra)
        recall = self.right / max(1, self.right + self.missed)
        f1 = 2 * self.right / max(1, 2 * self.right + self.extra + self.missed)
        counts = f"right {self.right} too much {self.extra} missed {self.missed}"
        return f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}   {counts}"


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines; none where there is no such file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def read_entities(folder: Path, *, names: bool = True) -> list[Entity]:
    """Return companies and media of the gazetteer, with or without the other names that were written by hand."""
    return [
        Entity(
            kind="media" if row["kind"] == "media" else "companies",
            slug=row["id"],
            name=row["name"],
            names=tuple(row["aliases"]) if names else (),
        )
        for row in read_rows(folder / "gazetteer" / "companies.jsonl")
    ]


def with_extra_names(entities: list[Entity], lines: Iterable[str]) -> list[Entity]:
    """Return entities and a company for each machine-made name, unless one of them has the name."""
    plain = {plain_name(text) for entity in entities for text in (entity.name, *entity.names)}
    extra_names = {plain_name(line): line for line in lines if line.strip()}
    return entities + [
        Entity(kind="companies", slug=f"extra-{number}-{line}", name=line)
        for number, (key, line) in enumerate(sorted(extra_names.items()))
        if key not in plain
    ]


def plain_name(text: str) -> str:
    """Return a name without the words that say what form of company it is, to find duplicates roughly."""
    forms = {
        "inc",
        "corp",
        "corporation",
        "co",
        "ltd",
        "plc",
        "group",
        "company",
        "the",
        "holdings",
        "limited",
        "sa",
        "nv",
    }
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return " ".join(word for word in words if word not in forms) or text.lower()


@dataclass(frozen=True)
class DocumentTags:
    """The tags that the program gives a document."""

    named: set[Tag]  # all entities that the text names
    about: set[Tag]  # those that it is about


def tag_documents(entities: Sequence[Entity], documents: Sequence[dict[str, Any]]) -> list[DocumentTags]:
    """Return the tags of each document."""
    matcher = Matcher(build_gazetteer(entities, KINDS))
    documents_tags = []
    for row in documents:
        paragraphs = [line for line in row["text"].split("\n") if line.strip()]
        weights = weigh_entities(row["title"], paragraphs, matcher, KINDS)
        # Media too, which become tags only as subjects.
        documents_tags.append(DocumentTags(set(weights), {tag for tag, weight in weights.items() if weight.about}))
    return documents_tags


def slugs_of(tags: Iterable[Tag], *kinds: str) -> set[str]:
    """Return the slugs of the tags of some kinds."""
    return {tag.slug for tag in tags if tag.kind in kinds}


def measure_news(documents: list[dict[str, Any]], entities: list[Entity], label: str, errors: str) -> None:
    """Print how well companies and media are tagged, and which of them a document is about.

    errors: the kind whose errors are printed, too, as `--errors` has it
    """
    named, media, about = Score(), Score(), Score()
    for row, tags in zip(documents, tag_documents(entities, documents), strict=True):
        entries = {**row["companies"], **row["media"]}
        unsure = {key for key, entry in entries.items() if entry["about"] is None}
        for kind, score, labels, given in (
            ("companies", named, set(row["companies"]), slugs_of(tags.named, "companies")),
            ("media", media, set(row["media"]), slugs_of(tags.named, "media")),
            ("about", about, {key for key, entry in entries.items() if entry["about"] == 1},
             slugs_of(tags.about, "companies", "media") - unsure),
        ):  # fmt: skip
            score.count(labels, given)
            if errors in {kind, f"{kind}:{label.split(maxsplit=1)[0]}"} and labels != given:
                print(f"  {label} {row['id']}: missed {sorted(labels - given)}, too much {sorted(given - labels)}")
    print(f"{label:28} companies  {named}\n{label:28} media      {media}\n{label:28} about      {about}")


def measure_topics(folder: Path, documents: list[dict[str, Any]], errors: str) -> None:
    """Print how well topics are tagged by their keywords."""
    topics = json.loads((folder / "gazetteer" / "topics.json").read_text("utf-8"))
    entities = [
        Entity(kind="topics", slug=key, name=topic["name"], keywords=tuple(topic["keywords"]))
        for key, topic in topics.items()
    ]
    score, topic_scores = Score(), {key: Score() for key in topics}
    for row, tags in zip(documents, tag_documents(entities, documents), strict=True):
        labels, given = set(row["topics"]) & topics.keys(), slugs_of(tags.named, "topics")
        score.count(labels, given)
        for key, topic_score in topic_scores.items():
            topic_score.count(labels & {key}, given & {key})
    print(f"{'topics':28} micro      {score}")
    if errors == "topics":
        for key, topic_score in topic_scores.items():
            print(f"  {key:14} {topic_score}")


def seed_companies(row: dict[str, Any], gazetteer: Iterable[Entity]) -> list[Entity]:
    """Return a gazetteer with the companies of the page with all its labels, and with names to trip over."""
    entities = {entity.slug: entity for entity in gazetteer}
    for key in row["companies"]:
        entities.setdefault(key, Entity(kind="companies", slug=key, name=key.replace("-", " ").title()))
    for key, names in {"akismet": (), "facebook": ("FB",), "target": ()}.items():
        name = entities[key].name if key in entities else key.title()
        entities[key] = Entity(kind="companies", slug=key, name=name, names=names)
    return list(entities.values())


def measure_seed(path: Path, gazetteer: list[Entity]) -> None:
    """Print what is missed and what is too much on one page with all its labels: companies, media, people, places.

    It has names to trip over: a spam filter's, an outlet's that stands in a tracker, a word that is no company's.
    `raw` is tagging alone, of the whole copy, menus and all; `whole way` what `site-gen add` does with the copy.
    """
    row = json.loads(path.read_text("utf-8"))
    people = [Entity(kind="people", slug=name, name=name) for name in row["people"]]
    short_forms = {"United States": ("U.S.", "USA")}
    places = [Entity(kind="places", slug=name, name=name, names=short_forms.get(name, ())) for name in row["places"]]
    all_entities = [*seed_companies(row, gazetteer), *people, *places]
    page = SavedPage(name="copy.txt", format="text", text=row["text"], sha256="")
    article = draft(page, datetime.date(2020, 1, 1))
    text = "\n".join(paragraph_texts(parse(article.markdown, make_parser())))
    for label, document in (("raw", row), ("whole way", {"title": article.title, "text": text})):
        (tags,) = tag_documents(all_entities, [document])
        labels = {kind: set(row[kind]) for kind in ("companies", "media", "people", "places")}
        given = {kind: slugs_of(tags.named, kind) for kind in labels}
        labels["about"] = {key for key, entry in row["companies"].items() if entry["about"]}
        given["about"] = slugs_of(tags.about, "companies", "media")
        for kind, wanted in labels.items():
            print(
                f"{'seed, ' + label:28} {kind:10} missed {sorted(wanted - given[kind])}, "
                f"too much {sorted(given[kind] - wanted)}"
            )


def invent_articles(count: int, rng: random.Random) -> tuple[list[Entity], list[tuple[str, list[str]]]]:
    """Return 4,000 companies with 10,000 names, and articles (title, paragraphs) of 500 words.

    Most paragraphs have a name. The filler is English words, so that short names stand inside of them as they do in
    real texts; one company in twenty goes by such a word, so that its surroundings have to be looked at.
    """
    words = sorted(_stems()[0])
    starts = "Ald Bre Cor Dun Elm Fal Gor Hol Ing Jor Kel Lyn Mor Nor Oss Pel Quin Ros Sel Tor Ull Ves Wyk Yar".split()
    ends = "berg dal feld gate ham ley mark mouth port sand stad ster ton vik wold worth".split()
    trades = "Systems Bank Motors Air Energy Foods Holdings Capital Freight Labs".split()
    roots = [f"{a}{b}{c}" for a in starts for b in ("a", "e", "i", "o", "en", "in", "ar", "um") for c in ends]
    rng.shuffle(roots)
    entities = []
    for number in range(4_000):
        root = roots[number % len(roots)] + ("" if number < len(roots) else " Two")
        if number % 20 == 0:
            root = rng.choice(words).capitalize()
        acronym = "".join(rng.choices("ABCDEFGHIKLMNOPRSTUVW", k=rng.choice((3, 4))))
        others = (f"{root} {rng.choice(trades)}", acronym)[: 2 - number % 2]
        entities.append(Entity(kind="companies", slug=f"c{number}", name=root, names=others))
    frequent = sorted(word for word in justext.get_stoplist("English") if word.isalpha())
    common = rng.sample(frequent, len(frequent)) + rng.sample(words, 6_000)
    weights = [1 / (rank + 3) for rank in range(len(common))]
    articles = []
    for _ in range(count):
        paragraphs = []
        for _ in range(10):
            line = rng.choices(common, weights, k=50)
            if rng.random() < 0.8:
                line[rng.randrange(50)] = rng.choice(entities).name
            line[0] = line[0].capitalize()
            paragraphs.append(" ".join(line) + ".")
        articles.append((f"{rng.choice(entities).name} and the {rng.choice(common)}", paragraphs))
    return entities, articles


def measure_speed(count: int = 3_000) -> None:
    """Print how many articles are tagged in a CPU-second: the best of three rounds."""
    entities, articles = invent_articles(count, random.Random(7))
    gazetteer = build_gazetteer(entities, KINDS)
    begin = time.process_time()
    matcher = Matcher(gazetteer)
    setup = time.process_time() - begin
    best = 0.0
    for _ in range(3):
        begin = time.process_time()
        total = sum(len(tag_text(title, paragraphs, matcher, KINDS).tags) for title, paragraphs in articles)
        best = max(best, count / (time.process_time() - begin))
    print(
        f"{'speed':28} {best:,.0f} articles a CPU-second, {len(gazetteer):,} names ({setup:.2f} s to set up), "
        f"{total / count:.1f} tags each"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--extra", type=Path, help="machine-made names, one a line")
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--errors", default="", help="companies, media, about or topics: show what went wrong")
    parser.add_argument("--no-speed", action="store_true")
    args = parser.parse_args()
    gazetteer = read_entities(args.folder)
    for name in ("wikinews", "finance"):
        documents = read_rows(args.folder / "dev" / f"{name}.jsonl")
        if args.half is not None:
            documents = documents[args.half :: 2]
        if not documents:
            continue
        measure_news(documents, gazetteer, name, args.errors)
        measure_news(documents, read_entities(args.folder, names=False), f"{name} one name each", args.errors)
        if args.extra:
            lines = args.extra.read_text("utf-8").splitlines()
            measure_news(documents, with_extra_names(gazetteer, lines), f"{name} + {len(lines):,} names", args.errors)
    documents = read_rows(args.folder / "dev" / "reuters_topics.jsonl")
    if documents:
        measure_topics(args.folder, documents if args.half is None else documents[args.half :: 2], args.errors)
    page = args.folder.parent / "seed" / "seed.json"
    if page.exists():
        measure_seed(page, gazetteer)
    if not args.no_speed:
        measure_speed()


if __name__ == "__main__":
    main()
