"""How well, and how fast, are articles tagged? Precision, recall and F1 against labelled documents.

    python benchmarks/tagging/tagging.py FOLDER [--extra FILE] [--half 0|1] [--errors KIND] [--predictions FILE]

FOLDER holds `gazetteer/companies.jsonl` (id, name, aliases, kind company or media), `gazetteer/topics.json`,
and labelled documents: `dev/wikinews.jsonl` and `dev/finance.jsonl` (companies and media by id, with `about`
0, 1 or null), `dev/reuters_topics.jsonl` (topics). Beside it may lie `seed/seed.json`, one page with all its
labels. FILE holds machine-made names, one a line: companies that no label knows, so that each tag of one counts
as wrong unless a labelled company has the name. `--half` takes every second document only: rules are invented on one and checked on the other.

All but the folder's own documents is invented: the speed is that of 500-word articles with 10,000 names.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import justext

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import paragraph_texts, parse
from site_gen.content.records import Entity, Kind, SavedPage, Tag
from site_gen.entities.matching.ambiguous_names import _stems
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import tag_text, weigh_entities
from site_gen.ingest.extract.copied_text.copied_draft import draft as extract

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
    """What was right, what too much, what was missed."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    def count(self, gold: set[str], found: set[str]) -> None:
        self.right += len(gold & found)
        self.extra += len(found - gold)
        self.missed += len(gold - found)

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.extra)
        recall = self.right / max(1, self.right + self.missed)
        f1 = 2 * self.right / max(1, 2 * self.right + self.extra + self.missed)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}   right {self.right} too much {self.extra} missed {self.missed}"


def rows(path: Path) -> list[dict[str, Any]]:
    """A file of JSON lines; nothing where there is none."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def companies(folder: Path, *, names: bool = True) -> list[Entity]:
    """The gazetteer as entities, with or without the other names that were written by hand."""
    return [
        Entity(
            kind="media" if row["kind"] == "media" else "companies",
            slug=row["id"],
            name=row["name"],
            names=tuple(row["aliases"]) if names else (),
        )
        for row in rows(folder / "gazetteer" / "companies.jsonl")
    ]


def with_extra(known: list[Entity], lines: Iterable[str]) -> list[Entity]:
    """The gazetteer and machine-made names; one whose name a known entity has is that entity."""
    plain = {plain_name(text) for entity in known for text in (entity.name, *entity.names)}
    more = {plain_name(line): line for line in lines if line.strip()}
    return known + [
        Entity(kind="companies", slug=f"extra-{number}-{line}", name=line)
        for number, (key, line) in enumerate(sorted(more.items()))
        if key not in plain
    ]


def plain_name(text: str) -> str:
    """A name without the words that say what form of company it is: for telling doubles, roughly."""
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
class Found:
    """What the program makes of one document."""

    named: set[Tag]
    about: set[Tag]


def tagged(entities: Sequence[Entity], documents: Sequence[dict[str, Any]]) -> list[Found]:
    """Each document's tags."""
    matcher = Matcher(build_gazetteer(entities, KINDS))
    found = []
    for row in documents:
        paragraphs = [line for line in row["text"].split("\n") if line.strip()]
        weights = weigh_entities(row["title"], paragraphs, matcher, KINDS)
        # Media too, which become tags only as subjects.
        found.append(Found(set(weights), {tag for tag, weight in weights.items() if weight.about}))
    return found


def slugs(tags: Iterable[Tag], *kinds: str) -> set[str]:
    return {tag.slug for tag in tags if tag.kind in kinds}


def news(documents: list[dict[str, Any]], entities: list[Entity], label: str, errors: str) -> None:
    """Companies and media named, and which of them a document is about."""
    named, media, about = Score(), Score(), Score()
    for row, found in zip(documents, tagged(entities, documents), strict=True):
        told = {**row["companies"], **row["media"]}
        unsure = {key for key, entry in told.items() if entry["about"] is None}
        for kind, score, gold, got in (
            ("companies", named, set(row["companies"]), slugs(found.named, "companies")),
            ("media", media, set(row["media"]), slugs(found.named, "media")),
            ("about", about, {key for key, entry in told.items() if entry["about"] == 1},
             slugs(found.about, "companies", "media") - unsure),
        ):  # fmt: skip
            score.count(gold, got)
            if errors in {kind, f"{kind}:{label.split(maxsplit=1)[0]}"} and gold != got:
                print(f"  {label} {row['id']}: missed {sorted(gold - got)}, too much {sorted(got - gold)}")
    print(f"{label:28} companies  {named}\n{label:28} media      {media}\n{label:28} about      {about}")


def topics(folder: Path, documents: list[dict[str, Any]], errors: str) -> None:
    """Topics by keywords."""
    told = json.loads((folder / "gazetteer" / "topics.json").read_text("utf-8"))
    entities = [
        Entity(kind="topics", slug=key, name=topic["name"], keywords=tuple(topic["keywords"]))
        for key, topic in told.items()
    ]
    score, each = Score(), {key: Score() for key in told}
    for row, found in zip(documents, tagged(entities, documents), strict=True):
        gold, got = set(row["topics"]) & told.keys(), slugs(found.named, "topics")
        score.count(gold, got)
        for key, one in each.items():
            one.count(gold & {key}, got & {key})
    print(f"{'topics':28} micro      {score}")
    if errors == "topics":
        for key, one in each.items():
            print(f"  {key:14} {one}")


def seed(path: Path, known: list[Entity]) -> None:
    """One page in full: companies, media, people and places, none missed and none false; with names to trip over: a
    spam filter's, an outlet's that stands in a tracker, a word that is no company's.

    `raw` is tagging alone, of the whole copy, menus and all; `whole way` what `site-gen add` does with the copy.
    """
    row = json.loads(path.read_text("utf-8"))
    entities = {entity.slug: entity for entity in known}
    for key in row["companies"]:
        entities.setdefault(key, Entity(kind="companies", slug=key, name=key.replace("-", " ").title()))
    for key, names in {"akismet": (), "facebook": ("FB",), "target": ()}.items():
        name = entities[key].name if key in entities else key.title()
        entities[key] = Entity(kind="companies", slug=key, name=name, names=names)
    people = [Entity(kind="people", slug=name, name=name) for name in row["people"]]
    other = {"United States": ("U.S.", "USA")}
    places = [Entity(kind="places", slug=name, name=name, names=other.get(name, ())) for name in row["places"]]
    everybody = [*entities.values(), *people, *places]
    page = SavedPage(name="copy.txt", format="text", text=row["text"], sha256="")
    draft = extract(page, datetime.date(2020, 1, 1))
    kept = "\n".join(paragraph_texts(parse(draft.markdown, make_parser())))
    for label, document in (("raw", row), ("whole way", {"title": draft.title, "text": kept})):
        (found,) = tagged(everybody, [document])
        gold = {kind: set(row[kind]) for kind in ("companies", "media", "people", "places")}
        got = {kind: slugs(found.named, kind) for kind in gold}
        gold["about"] = {key for key, entry in row["companies"].items() if entry["about"]}
        got["about"] = slugs(found.about, "companies", "media")
        for kind, wanted in gold.items():
            print(
                f"{'seed, ' + label:28} {kind:10} missed {sorted(wanted - got[kind])}, "
                f"too much {sorted(got[kind] - wanted)}"
            )


def invented(count: int, generator: random.Random) -> tuple[list[Entity], list[tuple[str, list[str]]]]:
    """4,000 companies with 10,000 names, and articles of 500 words with a name in most paragraphs.

    The filler is English words, so that short names stand inside of them as they do in real texts; one company in
    twenty goes by such a word, so that what is around it has to be looked at.
    """
    words = sorted(_stems()[0])
    starts = "Ald Bre Cor Dun Elm Fal Gor Hol Ing Jor Kel Lyn Mor Nor Oss Pel Quin Ros Sel Tor Ull Ves Wyk Yar".split()
    ends = "berg dal feld gate ham ley mark mouth port sand stad ster ton vik wold worth".split()
    trades = "Systems Bank Motors Air Energy Foods Holdings Capital Freight Labs".split()
    roots = [f"{a}{b}{c}" for a in starts for b in ("a", "e", "i", "o", "en", "in", "ar", "um") for c in ends]
    generator.shuffle(roots)
    entities = []
    for number in range(4_000):
        root = roots[number % len(roots)] + ("" if number < len(roots) else " Two")
        if number % 20 == 0:
            root = generator.choice(words).capitalize()
        acronym = "".join(generator.choices("ABCDEFGHIKLMNOPRSTUVW", k=generator.choice((3, 4))))
        others = (f"{root} {generator.choice(trades)}", acronym)[: 2 - number % 2]
        entities.append(Entity(kind="companies", slug=f"c{number}", name=root, names=others))
    frequent = sorted(word for word in justext.get_stoplist("English") if word.isalpha())
    common = generator.sample(frequent, len(frequent)) + generator.sample(words, 6_000)
    weights = [1 / (rank + 3) for rank in range(len(common))]
    articles = []
    for _ in range(count):
        paragraphs = []
        for _ in range(10):
            line = generator.choices(common, weights, k=50)
            if generator.random() < 0.8:
                line[generator.randrange(50)] = generator.choice(entities).name
            line[0] = line[0].capitalize()
            paragraphs.append(" ".join(line) + ".")
        articles.append((f"{generator.choice(entities).name} and the {generator.choice(common)}", paragraphs))
    return entities, articles


def speed(count: int = 3_000) -> None:
    """Articles a CPU-second: the best of three rounds."""
    entities, articles = invented(count, random.Random(7))
    names = build_gazetteer(entities, KINDS)
    begin = time.process_time()
    matcher = Matcher(names)
    made = time.process_time() - begin
    best = 0.0
    for _ in range(3):
        begin = time.process_time()
        total = sum(len(tag_text(title, paragraphs, matcher, KINDS).tags) for title, paragraphs in articles)
        best = max(best, count / (time.process_time() - begin))
    print(
        f"{'speed':28} {best:,.0f} articles a CPU-second, {len(names):,} names ({made:.2f} s to set up), {total / count:.1f} tags each"
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
    known = companies(args.folder)
    for name in ("wikinews", "finance"):
        documents = rows(args.folder / "dev" / f"{name}.jsonl")
        if args.half is not None:
            documents = documents[args.half :: 2]
        if not documents:
            continue
        news(documents, known, name, args.errors)
        news(documents, companies(args.folder, names=False), f"{name} one name each", args.errors)
        if args.extra:
            lines = args.extra.read_text("utf-8").splitlines()
            news(documents, with_extra(known, lines), f"{name} + {len(lines):,} names", args.errors)
    documents = rows(args.folder / "dev" / "reuters_topics.jsonl")
    if documents:
        topics(args.folder, documents if args.half is None else documents[args.half :: 2], args.errors)
    page = args.folder.parent / "seed" / "seed.json"
    if page.exists():
        seed(page, known)
    if not args.no_speed:
        speed()


if __name__ == "__main__":
    main()
