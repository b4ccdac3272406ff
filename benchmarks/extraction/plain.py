"""How well articles come out of copied pages, against simple ways and against trafilatura.

    python benchmarks/extraction/plain.py FOLDER [--half A|B]

FOLDER holds `gold.json` (per page `text`, and where known `title`, `date`, `author`, `source`) and
`plain.json.gz` (per page its whole text in one or more ways of copying: {id: {way: text}}). Printed for each way
of copying: token F1 (mean over pages, bag of words), share of titles that are exactly right, authors and days.
`--half` takes the pages of one half (by the hash of their ids): rules are thought of on one, checked on the other.
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
import time
import unicodedata
from collections import Counter
from pathlib import Path
from statistics import mean

import trafilatura

from site_gen.content.records import SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.text import scrub, word_key
from site_gen.ingest.extract.copied_text.copied_draft import draft

TODAY = dt.date(2100, 1, 1)
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def tokens(text: str) -> Counter[str]:
    text = unicodedata.normalize("NFKC", text).lower()
    return Counter(re.findall(r"\w+", UNSPACED.sub(lambda m: f" {m[0]} ", text)))


def f1(text: str, gold: str) -> float:
    one, two = tokens(text), tokens(gold)
    shared = (one & two).total()
    return 2 * shared / (one.total() + two.total()) if shared else float(not one and not two)


def ours(text: str) -> dict[str, str]:
    try:
        found = draft(SavedPage(name="", format="text", text=text, sha256=""), TODAY)
    except RefusedError:
        return {"text": "", "title": ""}
    day = found.published.isoformat() if found.published else ""
    return {"text": found.text, "title": found.title, "author": "; ".join(found.author), "date": day}


def raw(text: str) -> dict[str, str]:
    return {"text": text, "title": text.strip().split("\n")[0]}


def long_lines(text: str) -> dict[str, str]:
    return {
        "text": "\n".join(line for line in text.split("\n") if len(line.strip()) >= 80),
        "title": raw(text)["title"],
    }


def wrapped(text: str) -> dict[str, str]:
    body = "".join(f"<p>{html.escape(line.strip())}</p>\n" for line in text.split("\n") if line.strip())
    found = trafilatura.bare_extraction(f"<html><body>{body}</body></html>", include_comments=False)
    return {"text": (found.text if found else "") or "", "title": (found.title if found else "") or ""}


def names(text: str) -> set[str]:
    return {word_key(name) for name in re.split(r";|,|\||&|\band\b", text)} - {""}


def main() -> None:
    """Score every way and print the table."""
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
        for name, extract in (("site-gen", ours), ("raw", raw), ("lines >= 80", long_lines), ("trafilatura", wrapped)):
            start = time.process_time()
            found = {i: extract(scrub(copies[i][way])) for i in ids if way in copies[i]}
            spent = (time.process_time() - start) / len(found) * 1000
            scores = {i: f1(found[i]["text"], gold[i]["text"]) for i in found}
            by_source = [mean(scores[i] for i in scores if gold[i].get("source", "?") == s) for s in sources]
            titles = [word_key(found[i]["title"]) == word_key(gold[i]["title"]) for i in found if gold[i].get("title")]
            authors = [
                bool(names(found[i].get("author", "")) & names("; ".join([a] if isinstance(a, str) else a)))
                for i in found
                if (a := gold[i].get("author"))
            ]
            days = [found[i].get("date", "") == gold[i]["date"][:10] for i in found if gold[i].get("date")]
            facts = "".join(f"{mean(x) if x else 0:8.3f}" for x in (titles, authors, days))
            print(
                f"{way + ': ' + name:26}{mean(scores.values()):10.3f}"
                + "".join(f"{x:16.3f}" for x in by_source)
                + f"{facts}{spent:9.1f}"
            )


if __name__ == "__main__":
    main()
