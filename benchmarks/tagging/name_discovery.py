"""Measure how well and how fast names that no entity has yet are found and ranked, against labelled documents.

    python benchmarks/tagging/name_discovery.py FOLDER [--model] [--predictions FILE] [--judged NAMES SITE…]

FOLDER holds `finance.jsonl` (a line for each document: `id`, `text`, `org_mentions`) and, for more to read,
`wikinews.jsonl`. Names are compared without case, legal form and a leading `the`. Printed are

- names: those in two documents or more, labelled as organisations against suggested as companies,
  organisations or outlets;
- pairs: the same, each name counted in each document that has it;
- all: every labelled organisation of every document, though names that stand in one document only are never
  suggested, so that recall has a low ceiling there;
- halves: names, for each half of the documents by itself;
- with `--judged`, for each site: of the names that come first, how many are companies or other organisations, and how
  many of the 30 companies in most documents are among the first 60. A site without companies is what a fresh one is.
  NAMES has names judged by reading, a JSON object a line: `name`, `label` (`company`, `organisation`, or what is
  neither), `docs` (how many documents have it).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from site_gen.entities import ner
from site_gen.entities.discovery.name_discovery import DiscoveredName, SearchedText, discover_names
from site_gen.entities.suggest import searched_texts
from site_gen.entities.suggestion_session import SuggestionSession

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEGAL_FORMS = frozenset("inc corp co ltd plc llc llp company corporation limited ag sa nv the".split())
SPEED_ARTICLES = 2_000  # that are read to measure the speed
ORGANISATIONS = frozenset({"company", "organisation"})  # labels of names that should come first
FIRST_NAMES = (50, 100)  # how many of the names that come first are looked at
MOST_WRITTEN, THEIR_PLACES = 30, 60  # of the companies in most documents so many should be in the first places


def name_key(name: str) -> str:
    """Return a name without case, possessive ending, legal form and a leading `the`."""
    plain = re.sub(r"^the ", "", re.sub(r"[’']s?$", "", name.strip()), flags=re.IGNORECASE)
    words = re.sub(r"\W+", " ", plain.lower()).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def searched_text(document: dict[str, Any]) -> SearchedText:
    lines = (str(document.get("title", "")), *str(document["text"]).split("\n"))
    return SearchedText(tuple(line for line in lines if line.strip()), "en")


def discover_companies(documents: list[dict[str, Any]], model: ner.NerModel | None) -> list[DiscoveredName]:
    names = discover_names([searched_text(document) for document in documents], model=model)
    return [name for name in names if name.kind in {"company", "organisation", "outlet"}]


def labelled_names(documents: list[dict[str, Any]]) -> list[set[str]]:
    """Return the keys of the organisations of each document."""
    return [{name_key(name) for name in document["org_mentions"]} for document in documents]


def score_line(label: str, labelled: set[Any], suggested: set[Any]) -> str:
    """Return a line of the table: precision, recall and F1 of a set against the labelled one."""
    right = len(labelled & suggested)
    precision, recall = right / max(1, len(suggested)), right / max(1, len(labelled))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    counts = f"{right} right, {len(suggested)} given, {len(labelled)} wanted"
    return f"{label:28s} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}   {counts}"


def recurring(labels: list[set[str]]) -> set[str]:
    """Return the names that stand in two documents or more."""
    counts = Counter(name for names in labels for name in names)
    return {name for name, count in counts.items() if count > 1}


def names_line(label: str, documents: list[dict[str, Any]], model: ner.NerModel | None) -> str:
    """Return the line of the table for names that recur in some documents."""
    given = {name_key(company.name) for company in discover_companies(documents, model)}
    return score_line(label, recurring(labelled_names(documents)), given)


def read_labels(path: Path) -> dict[str, tuple[str, int]]:
    """Return label and number of documents of each judged name, by the name in small letters."""
    return {row["name"].lower(): (row["label"], row.get("docs", 0)) for row in read_rows(path)}


def ranking_line(label: str, names: Sequence[str], labels: Mapping[str, tuple[str, int]]) -> str:
    """Return a line of the table: how many of the names that come first are organisations."""
    parts = []
    for most in FIRST_NAMES:
        judged = [labels[name.lower()][0] in ORGANISATIONS for name in names[:most] if name.lower() in labels]
        parts.append(f"first {most} P {sum(judged) / max(1, len(judged)):.3f} of {len(judged)} judged")
    companies = [name for name in sorted(labels, key=lambda name: -labels[name][1]) if labels[name][0] == "company"]
    first_names = {name.lower() for name in names[:THEIR_PLACES]}
    share = f"{len(first_names.intersection(companies[:MOST_WRITTEN]))} of {MOST_WRITTEN}"
    return f"{label:28s} {'  '.join(parts)}  {share} in the first {THEIR_PLACES}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="store_true", help="ask spaCy's model as well")
    parser.add_argument("--predictions", type=Path, help="write the names of each document to this file, as JSON lines")
    parser.add_argument("--judged", nargs="+", type=Path, metavar="FILE", help="judged names, and sites to rank")
    args = parser.parse_args()
    model = ner.load_model() if args.model else None
    if args.model and model is None:
        parser.error("the model is not installed: pip install 'site-gen[ner]'")
    documents = read_rows(args.folder / "finance.jsonl")
    labels = labelled_names(documents)
    companies = discover_companies(documents, model)
    by_document = [
        {name_key(company.name) for company in companies if number in company.texts} for number in range(len(documents))
    ]
    wanted = recurring(labels)
    pairs = {(number, name) for number, given in enumerate(by_document) for name in given}
    truth = {(number, name) for number, given in enumerate(labels) for name in given}
    print(f"{len(documents)} documents{', with the model' if model else ''}")
    print(score_line("names", wanted, {name_key(company.name) for company in companies}))
    print(score_line("pairs", {pair for pair in truth if pair[1] in wanted}, pairs))
    print(score_line("all", truth, pairs))
    anywhere = {name for given in labels for name in given}
    right = sum(name_key(company.name) in anywhere for company in companies)
    print(f"{'an organisation at all':28s} {right} of {len(companies)}")
    for half in (0, 1):
        print(names_line(f"half {half + 1}", documents[half::2], model))
    if args.predictions:
        rows = (
            {"id": document["id"], "org_strings": sorted(given)}
            for document, given in zip(documents, by_document, strict=True)
        )
        args.predictions.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for site in args.judged[1:] if args.judged else []:
        names = discover_names(searched_texts(SuggestionSession(site)), model=model)
        print(ranking_line(f"ranking, {site.name}", [name.name for name in names], read_labels(args.judged[0])))
    texts = [searched_text(document) for document in [*documents, *read_rows(args.folder / "wikinews.jsonl")]]
    texts = (texts * (SPEED_ARTICLES // len(texts) + 1))[:SPEED_ARTICLES]
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
