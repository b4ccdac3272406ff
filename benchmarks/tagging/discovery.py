"""How well and how fast names that are not known are found, against labelled documents.

    python benchmarks/tagging/discovery.py FOLDER [--model] [--predictions FILE]

FOLDER holds `finance.jsonl` (a line for each document: `id`, `text`, `org_mentions`) and, for more to read,
`wikinews.jsonl`. Names are compared as its scorer does: case, legal form and a leading `the` folded. Printed are

- names: those in two documents or more, labelled as organisations against found as companies;
- pairs: the same, each name counted in each document that has it;
- all: every labelled organisation of every document, which is what the scorer prints for the predictions; names that
  stand in one document only are never suggested, so recall has a low ceiling there;
- halves: names, for each half of the documents by itself.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from pathlib import Path

from site_gen.entities import ner
from site_gen.entities.discovery.name_discovery import DiscoveredName, SearchedText, discover_names

SUFFIXES = frozenset("inc corp co ltd plc llc llp company corporation limited ag sa nv the".split())
ARTICLES = 2_000  # that are read to tell the speed


def fold(name: str) -> str:
    """The scorer's key of a name."""
    plain = re.sub(r"^the ", "", re.sub(r"[’']s?$", "", name.strip()), flags=re.IGNORECASE)
    words = re.sub(r"\W+", " ", plain.lower()).split()
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    return " ".join(words)


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def text_of(document: dict[str, object]) -> SearchedText:
    lines = (str(document.get("title", "")), *str(document["text"]).split("\n"))
    return SearchedText(tuple(line for line in lines if line.strip()), "en")


def companies(documents: list[dict[str, object]], model: ner.NerModel | None) -> list[DiscoveredName]:
    found = discover_names([text_of(document) for document in documents], model=model)
    return [one for one in found if one.kind == "company"]


def labelled(documents: list[dict[str, object]]) -> list[set[str]]:
    return [{fold(name) for name in document["org_mentions"]} for document in documents]  # type: ignore[attr-defined]


def line(label: str, wanted: set[object], given: set[object]) -> str:
    right = len(wanted & given)
    precision, recall = right / max(1, len(given)), right / max(1, len(wanted))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{label:28s} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}   {right} right, {len(given)} given, {len(wanted)} wanted"


def recurring(labels: list[set[str]]) -> set[object]:
    counts = Counter(name for names in labels for name in names)
    return {name for name, count in counts.items() if count > 1}


def names(label: str, documents: list[dict[str, object]], model: ner.NerModel | None) -> str:
    given: set[object] = {fold(one.name) for one in companies(documents, model)}
    return line(label, recurring(labelled(documents)), given)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="store_true", help="ask spaCy's model as well")
    parser.add_argument("--predictions", type=Path, help="write what was found here, for the scorer")
    args = parser.parse_args()
    model = ner.load_model() if args.model else None
    if args.model and model is None:
        parser.error("the model is not installed: pip install 'site-gen[ner]'")
    documents = read(args.folder / "finance.jsonl")
    labels = labelled(documents)
    found = companies(documents, model)
    by_document = [{fold(one.name) for one in found if number in one.texts} for number in range(len(documents))]
    wanted = recurring(labels)
    pairs = {(number, name) for number, given in enumerate(by_document) for name in given}
    truth = {(number, name) for number, given in enumerate(labels) for name in given}
    print(f"{len(documents)} documents{', with the model' if model else ''}")
    print(line("names", wanted, {fold(one.name) for one in found}))
    print(line("pairs", {pair for pair in truth if pair[1] in wanted}, set(pairs)))
    print(line("all (the scorer's line)", set(truth), set(pairs)))
    anywhere = {name for given in labels for name in given}
    right = sum(fold(one.name) in anywhere for one in found)
    print(f"{'an organisation at all':28s} {right} of {len(found)}")
    for half in (0, 1):
        print(names(f"half {half + 1}", documents[half::2], model))
    if args.predictions:
        rows = (
            {"id": document["id"], "org_strings": sorted(given)}
            for document, given in zip(documents, by_document, strict=True)
        )
        args.predictions.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    stock = [text_of(document) for document in [*documents, *read(args.folder / "wikinews.jsonl")]]
    texts = (stock * (ARTICLES // len(stock) + 1))[:ARTICLES]
    characters = sum(len(part) for text in texts for part in text.lines)
    start = time.process_time()
    discover_names(texts)
    seconds = time.process_time() - start
    print(
        f"speed: {len(texts) / seconds:.0f} articles a CPU-second, of {characters / len(texts):.0f} characters; "
        f"10,000 take {seconds / len(texts) * 10_000:.0f} s"
    )


if __name__ == "__main__":
    main()
