"""Measure how well articles come out of the text of copied pages, against simple ways and against trafilatura.

    python benchmarks/extraction/copied_text.py FOLDER [--half A|B]

FOLDER holds `gold.json` (per page `text`, and where known `title`, `date`, `author`, `source`) and
`plain.json.gz` (per page its whole text in one or more ways of copying: {id: {way: text}}). Printed for each way
of copying: token F1 (mean over pages, bag of words), share of titles that are exactly right, authors and days.
`--half` takes the pages of one half (by the hash of their ids): rules are made on one, checked on the other.
The simple ways only give a text; their title is their first line.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import html
import json
import logging
import re
import sys
import time
from pathlib import Path
from statistics import mean

import trafilatura
from trafilatura.settings import Document

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.extraction.scoring import token_f1
from site_gen.content.records import SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.text import scrub, word_key
from site_gen.ingest.extract.copied_text.copied_draft import draft

TODAY = dt.date(2100, 1, 1)


def ours(text: str) -> dict[str, str]:
    try:
        article = draft(SavedPage(name="", format="text", text=text, sha256=""), TODAY)
    except RefusedError:
        return {"text": "", "title": ""}
    day = article.published.isoformat() if article.published else ""
    return {"text": article.text, "title": article.title, "author": "; ".join(article.author), "date": day}


def whole_text(text: str) -> dict[str, str]:
    return {"text": text, "title": text.strip().split("\n")[0]}


def long_lines(text: str) -> dict[str, str]:
    """Take lines of 80 characters and more for the text."""
    return {
        "text": "\n".join(line for line in text.split("\n") if len(line.strip()) >= 80),
        "title": whole_text(text)["title"],
    }


def trafilatura_on_paragraphs(text: str) -> dict[str, str]:
    """Give trafilatura a page in which each line is a paragraph."""
    body = "".join(f"<p>{html.escape(line.strip())}</p>\n" for line in text.split("\n") if line.strip())
    document = trafilatura.bare_extraction(f"<html><body>{body}</body></html>", include_comments=False)
    if not isinstance(document, Document):
        return {"text": "", "title": ""}
    return {"text": document.text or "", "title": document.title or ""}


EXTRACTORS = {
    "site-gen": ours,
    "raw": whole_text,
    "lines >= 80": long_lines,
    "trafilatura": trafilatura_on_paragraphs,
}


def author_keys(text: str) -> set[str]:
    """Return the names in a byline, each as a key for comparison."""
    return {word_key(name) for name in re.split(r";|,|\||&|\band\b", text)} - {""}


def main() -> None:
    """Score every extractor on every way of copying, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("A", "B"))
    args = parser.parse_args()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    gold = json.loads((args.folder / "gold.json").read_text())
    with gzip.open(args.folder / "plain.json.gz", "rt") as file:
        copies = json.load(file)
    ids = [i for i in copies if not args.half or "AB"[hashlib.sha256(i.encode()).digest()[0] & 1] == args.half]
    sources = sorted({gold[i].get("source", "?") for i in ids})
    print(f"{len(ids)} pages")
    print(f"{'':26}{'token F1':>10}" + "".join(f"{s[:14]:>16}" for s in sources) + "   title  author    date  ms/copy")
    for way in sorted({way for i in ids for way in copies[i]}):
        for name, extract in EXTRACTORS.items():
            start = time.process_time()
            pages = {i: extract(scrub(copies[i][way])) for i in ids if way in copies[i]}
            milliseconds = (time.process_time() - start) / len(pages) * 1000
            scores = {i: token_f1(page["text"], gold[i]["text"]) for i, page in pages.items()}
            by_source = [mean(scores[i] for i in scores if gold[i].get("source", "?") == s) for s in sources]
            titles = [word_key(pages[i]["title"]) == word_key(gold[i]["title"]) for i in pages if gold[i].get("title")]
            authors = [
                bool(author_keys(pages[i].get("author", "")) & author_keys("; ".join([a] if isinstance(a, str) else a)))
                for i in pages
                if (a := gold[i].get("author"))
            ]
            days = [pages[i].get("date", "") == gold[i]["date"][:10] for i in pages if gold[i].get("date")]
            facts = "".join(f"{mean(x) if x else 0:8.3f}" for x in (titles, authors, days))
            print(
                f"{way + ': ' + name:26}{mean(scores.values()):10.3f}"
                + "".join(f"{x:16.3f}" for x in by_source)
                + f"{facts}{milliseconds:9.1f}"
            )


if __name__ == "__main__":
    main()
