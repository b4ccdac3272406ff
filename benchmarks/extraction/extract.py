"""Text and facts of real pages beside what people found in them, ours and other extractors'.

    python benchmarks/extraction/extract.py FOLDER [--only NAME,…] [--half 0|1] [--keep FILE] [--no-throughput]

FOLDER holds gold.json ({id: {file, text?, title?, author?, date?, nodate?, url?, sitename?, source, type}})
and the pages it names, as HTML or gzip. Prints one row per extractor, then our figures by kind of page, what
our doubts are worth, the CPU time of a page beside trafilatura's own extraction with metadata (each page in
both, in turns, in the same process), and pages a second on two cores beside trafilatura's command.
Other extractors are used when installed: readability-lxml, newspaper4k, resiliparse.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import importlib.util
import json
import logging
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from scoring import MEASURES, address, line, names, score, token_f1

TODAY = dt.datetime.now(dt.UTC).date()
COLUMNS = [*MEASURES, "4-shingles"]
Found = dict[str, Any]


def read(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


# -- the extractors: bytes of a page in, text and facts out ---------------------------------------------


def ours(data: bytes) -> Found:
    from site_gen.core.errors import RefusedError
    from site_gen.ingest.extract.dispatch import extract
    from site_gen.ingest.formats import saved_file

    try:
        draft = extract(saved_file.parse("page.html", data), TODAY)
    except RefusedError as error:
        return {"refused": str(error)}
    doubts = [list(doubt) for doubt in draft.doubts]
    return {
        "text": draft.text,
        "markdown": draft.markdown,
        "title": draft.title,
        "author": list(draft.author),
        "date": draft.published and draft.published.isoformat(),
        "guess": any(field == "published" for field, _ in doubts),
        "url": draft.source,
        "site": draft.site,
        "language": draft.language,
        "doubts": doubts,
    }


def trafilatura(data: bytes) -> Found:
    from trafilatura import bare_extraction

    found = bare_extraction(data, include_comments=False, with_metadata=True)
    if found is None:
        return {}
    return {
        "text": found.text,
        "title": found.title,
        "author": found.author,
        "date": found.date,
        "url": found.url,
        "site": found.sitename,
    }


def readability(data: bytes) -> Found:
    from lxml.html import fromstring
    from readability import Document

    document = Document(data.decode("utf-8", "replace"))
    return {
        "text": fromstring(document.summary()).text_content(),
        "title": document.short_title(),
        "author": document.author(),
    }


def newspaper(data: bytes) -> Found:
    from newspaper import Article

    article = Article("http://localhost/", fetch_images=False)
    article.download(input_html=data.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date
    return {
        "text": article.text,
        "title": article.title,
        "author": article.authors,
        "date": date.date().isoformat() if date else None,
        "url": article.canonical_link,
    }


def resiliparse(data: bytes) -> Found:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(data.decode("utf-8", "replace"))
    return {"text": extract_plain_text(tree, main_content=True), "title": tree.title}


EXTRACTORS = {
    "ours": (ours, "site_gen"),
    "trafilatura": (trafilatura, "trafilatura"),
    "readability": (readability, "readability"),
    "newspaper4k": (newspaper, "newspaper"),
    "resiliparse": (resiliparse, "resiliparse"),
}


def start() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def run(job: tuple[str, str, list[str]]) -> tuple[str, dict[str, Found], dict[str, float]]:
    """All extractors of one page, by turns in this order or the other; what they found, and CPU seconds."""
    key, path, which = job
    data = read(Path(path))
    if int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2:
        which = which[::-1]
    found, seconds = {}, {}
    for name in which:
        begun = time.process_time()
        try:
            found[name] = EXTRACTORS[name][0](data)
        except Exception as error:
            found[name] = {"refused": f"{type(error).__name__}: {error}"}
        seconds[name] = time.process_time() - begun
    return key, found, seconds


def warmed(which: list[str]) -> None:
    """What a process does but once (imports, tables of languages) is not a page's time."""
    start()
    page = b"<html><head><title>A page</title></head><body><p>4 March 2026</p>" + b"<p>words of it</p>" * 30
    for name in which:
        EXTRACTORS[name][0](page)


# -- the tables -----------------------------------------------------------------------------------------


def table(rows: dict[str, dict[str, float]], counts: dict[str, int]) -> None:
    print(f"{'':16s}{'pages':>6s}" + "".join(f"{name:>13s}" for name in COLUMNS))
    for label, row in rows.items():
        cells = "".join(f"{row[name]:13.3f}" if name in row else f"{'–':>13s}" for name in COLUMNS)
        print(f"{label[:16]:16s}{counts[label]:6d}{cells}")


def doubts(gold: dict[str, Found], found: dict[str, Found]) -> None:
    """For each doubt: on how many pages, and how often the field was right with it and without any."""
    right = {
        "title": lambda p, g: line(p["title"]) == line(g["title"]),
        "author": lambda p, g: names(p["author"]) == names(g["author"]),
        "published": lambda p, g: (p["date"] or "") == g["date"][:10],
        "source": lambda p, g: address(p["url"]) == address(g["url"]),
        "text": lambda p, g: token_f1(p["text"], g["text"]),
    }
    needs = {"published": "date", "source": "url"}
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    shown: Counter[tuple[str, str]] = Counter()
    for key, page in found.items():
        if "refused" in page:
            continue
        for field, measure in right.items():
            reasons = [reason for name, reason in page["doubts"] if name == field] or ["(no doubt)"]
            shown.update((field, reason) for reason in reasons)
            if gold[key].get(needs.get(field, field)):
                for reason in reasons:
                    values[field, reason].append(float(measure(page, gold[key])))
    print(f"\n{'doubt':72s}{'pages':>6s}{'with gold':>10s}{'right':>7s}")
    for (field, reason), count in sorted(shown.items(), key=lambda item: (item[0][0], -item[1])):
        row = values[field, reason]
        print(f"{f'{field}: {reason}'[:71]:72s}{count:6d}{len(row):10d}{sum(row) / len(row) if row else 0:7.2f}")


# -- pages a second -------------------------------------------------------------------------------------


def throughput(paths: list[Path]) -> None:
    """Wall time of the same pages through our intake and through trafilatura's command, A B A B."""
    from site_gen.ingest.extract_pool import extract_all

    with tempfile.TemporaryDirectory() as temporary:
        folder, out = Path(temporary) / "pages", Path(temporary) / "out"
        folder.mkdir()
        for path in paths:
            (folder / path.name.removesuffix(".gz")).write_bytes(read(path))
        files = [str(path) for path in sorted(folder.iterdir())]
        command = [shutil.which("trafilatura") or str(Path(sys.executable).with_name("trafilatura"))]
        command += [
            "--input-dir",
            str(folder),
            "--output-dir",
            str(out),
            "--parallel",
            "2",
            "--json",
            "--with-metadata",
        ]
        times: dict[str, list[float]] = defaultdict(list)
        for turn in range(4):
            begun = time.perf_counter()
            if turn % 2 == 0:
                for _ in extract_all(files, TODAY):
                    pass
            else:
                subprocess.run(command, check=True, capture_output=True)
            times["ours" if turn % 2 == 0 else "trafilatura --parallel 2"].append(time.perf_counter() - begun)
    print(f"\npages a second, {len(files)} pages, wall, {multiprocessing.cpu_count()} cores")
    for name, both in times.items():
        print(f"  {name:26s}" + "".join(f"{len(files) / seconds:8.1f}" for seconds in both))
    ratio = sum(times["trafilatura --parallel 2"]) / sum(times["ours"])
    print(f"  ours in the time of one: {ratio:.2f}")


def chosen(gold: dict[str, Found], half: int | None) -> dict[str, Found]:
    """The whole, or the half of pages that a hash of their id puts there: one to think on, one to check on."""
    return {
        key: row
        for key, row in sorted(gold.items())
        if half is None or int(hashlib.sha256(key.encode()).hexdigest(), 16) // 2 % 2 == half
    }


def main() -> None:
    """Run the extractors and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="names of extractors, parted by commas")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only one half of the pages")
    parser.add_argument("--keep", type=Path, help="write what was found to this file, as JSON")
    parser.add_argument("--no-throughput", action="store_true")
    args = parser.parse_args()
    start()
    gold = chosen(json.loads((args.folder / "gold.json").read_text(encoding="utf-8")), args.half)
    which = []
    for name in (args.only or ",".join(EXTRACTORS)).split(","):
        if importlib.util.find_spec(EXTRACTORS[name][1]) is None:
            print(f"{name} is not installed: left out")
        else:
            which.append(name)
    jobs = [(key, str(args.folder / row["file"]), which) for key, row in gold.items()]
    found: dict[str, dict[str, Found]] = defaultdict(dict)
    seconds: dict[str, list[float]] = defaultdict(list)
    with ProcessPoolExecutor(2, initializer=warmed, initargs=(which,)) as pool:
        for key, pages, times in pool.map(run, jobs, chunksize=8):
            for name in which:
                found[name][key] = pages[name]
                seconds[name].append(times[name])
    if args.keep:
        args.keep.write_text(json.dumps(found, ensure_ascii=False, indent=0), encoding="utf-8")
    table({name: score(gold, found[name]) for name in which}, dict.fromkeys(which, len(gold)))
    base = sum(seconds.get("trafilatura", [0.0]))
    print("\nCPU a page:", end="")
    for name, row in seconds.items():
        print(f"  {name} {sum(row) / len(row) * 1000:.1f} ms" + (f" ({sum(row) / base:.2f})" if base else ""), end="")
    print()
    if "ours" in which:
        groups: dict[str, dict[str, Found]] = defaultdict(dict)
        for key, row in gold.items():
            groups[row["source"]][key] = row
            groups[f"type {row['type']}"][key] = row
        print()
        table(
            {name: score(rows, found["ours"]) for name, rows in groups.items()},
            {name: len(rows) for name, rows in groups.items()},
        )
        doubts(gold, found["ours"])
        refused = {key: page["refused"] for key, page in found["ours"].items() if "refused" in page}
        print(f"\nrefused {len(refused)}: " + "; ".join(f"{n} × {why}" for why, n in Counter(refused.values()).items()))
    if not args.no_throughput:
        throughput([args.folder / row["file"] for row in gold.values()])


if __name__ == "__main__":
    main()
