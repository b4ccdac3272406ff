"""Compare the text and facts that we and other extractors get from real HTML pages with what people marked.

    python benchmarks/extraction/html_pages.py FOLDER [--only NAME,…] [--half 0|1] [--keep FILE] [--no-throughput]

FOLDER holds gold.json ({id: {file, text?, title?, author?, date?, nodate?, url?, sitename?, source, type}}) and the
pages it names, as HTML or gzip. Prints one row per extractor, then our figures by kind of page, how often we are right
with each doubt and without any, the CPU time of a page beside trafilatura's own extraction with metadata (each page in
both, by turns, in the same process), and pages a second on two cores beside trafilatura's command. Other extractors
are used when installed: readability-lxml, newspaper4k, resiliparse.
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
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.extraction.scoring import MEASURES, author_names, plain_address, score, token_f1, word_line

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = dt.datetime.now(dt.UTC).date()
COLUMNS = [*MEASURES, "4-shingles"]
Page = dict[str, Any]  # text and facts of a page, by the names of the measures; "refused" with a reason instead


def read_page(path: Path) -> bytes:
    """Return the bytes of a page, which may be gzipped."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


# -- the extractors: bytes of a page in, text and facts out ---------------------------------------------


def ours(data: bytes) -> Page:
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


def trafilatura(data: bytes) -> Page:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    document = bare_extraction(data, include_comments=False, with_metadata=True)
    if not isinstance(document, Document):
        return {}
    return {
        "text": document.text,
        "title": document.title,
        "author": document.author,
        "date": document.date,
        "url": document.url,
        "site": document.sitename,
    }


def readability(data: bytes) -> Page:
    from lxml.html import fromstring
    from readability import Document

    document = Document(data.decode("utf-8", "replace"))
    tree: Any = fromstring(document.summary())
    return {
        "text": tree.text_content(),
        "title": document.short_title(),
        "author": document.author(),
    }


def newspaper(data: bytes) -> Page:
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


def resiliparse(data: bytes) -> Page:
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


def silence() -> None:
    """Keep what extractors log and warn off the tables."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def run(job: tuple[str, str, list[str]]) -> tuple[str, dict[str, Page], dict[str, float]]:
    """Run extractors on a page, in their order or in the reverse one, as a hash of its id says.

    job: id and path of the page, names of the extractors
    Return the id, what each extractor gave, and its CPU seconds.
    """
    key, path, names = job
    data = read_page(Path(path))
    if int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2:
        names = names[::-1]
    pages, seconds = {}, {}
    for name in names:
        start = time.process_time()
        try:
            pages[name] = EXTRACTORS[name][0](data)
        except Exception as error:
            pages[name] = {"refused": f"{type(error).__name__}: {error}"}
        seconds[name] = time.process_time() - start
    return key, pages, seconds


def warm_up(names: list[str]) -> None:
    """Extract a page with each extractor: what a process does once (imports, tables) is not a page's time."""
    silence()
    page = b"<html><head><title>A page</title></head><body><p>4 March 2026</p>" + b"<p>words of it</p>" * 30
    for name in names:
        EXTRACTORS[name][0](page)


# -- the tables -----------------------------------------------------------------------------------------


def print_table(rows: dict[str, dict[str, float]], counts: dict[str, int]) -> None:
    """Print a line for each label: how many pages it has, and the mean of each measure."""
    print(f"{'':16s}{'pages':>6s}" + "".join(f"{name:>13s}" for name in COLUMNS))
    for label, row in rows.items():
        cells = "".join(f"{row[name]:13.3f}" if name in row else f"{'–':>13s}" for name in COLUMNS)
        print(f"{label[:16]:16s}{counts[label]:6d}{cells}")


def print_doubts(gold: dict[str, Page], pages: dict[str, Page]) -> None:
    """Print for each doubt on how many pages it stands, and how often the field was right with it and without any."""
    measures: dict[str, Callable[[Page, Page], float]] = {
        "title": lambda p, g: word_line(p["title"]) == word_line(g["title"]),
        "author": lambda p, g: author_names(p["author"]) == author_names(g["author"]),
        "published": lambda p, g: (p["date"] or "") == g["date"][:10],
        "source": lambda p, g: plain_address(p["url"]) == plain_address(g["url"]),
        "text": lambda p, g: token_f1(p["text"], g["text"]),
    }
    gold_fields = {"published": "date", "source": "url"}  # where the gold has another name for a field
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    counts: Counter[tuple[str, str]] = Counter()
    for key, page in pages.items():
        if "refused" in page:
            continue
        for field, measure in measures.items():
            reasons = [reason for name, reason in page["doubts"] if name == field] or ["(no doubt)"]
            counts.update((field, reason) for reason in reasons)
            if gold[key].get(gold_fields.get(field, field)):
                for reason in reasons:
                    values[field, reason].append(float(measure(page, gold[key])))
    print(f"\n{'doubt':72s}{'pages':>6s}{'with gold':>10s}{'right':>7s}")
    for (field, reason), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
        row = values[field, reason]
        print(f"{f'{field}: {reason}'[:71]:72s}{count:6d}{len(row):10d}{sum(row) / len(row) if row else 0:7.2f}")


# -- pages a second -------------------------------------------------------------------------------------


def print_throughput(paths: list[Path]) -> None:
    """Print pages a second (wall) through our intake and through trafilatura's command, in the order A B A B."""
    from site_gen.ingest.extract_pool import extract_all

    with tempfile.TemporaryDirectory() as temporary:
        folder, out = Path(temporary) / "pages", Path(temporary) / "out"
        folder.mkdir()
        for path in paths:
            (folder / path.name.removesuffix(".gz")).write_bytes(read_page(path))
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
            start = time.perf_counter()
            if turn % 2 == 0:
                for _ in extract_all(files, TODAY):
                    pass
            else:
                subprocess.run(command, check=True, capture_output=True)
            times["ours" if turn % 2 == 0 else "trafilatura --parallel 2"].append(time.perf_counter() - start)
    print(f"\npages a second, {len(files)} pages, wall, {multiprocessing.cpu_count()} cores")
    for name, rounds in times.items():
        print(f"  {name:26s}" + "".join(f"{len(files) / seconds:8.1f}" for seconds in rounds))
    ratio = sum(times["trafilatura --parallel 2"]) / sum(times["ours"])
    print(f"  ours in the time of one: {ratio:.2f}")


def choose_half(gold: dict[str, Page], half: int | None) -> dict[str, Page]:
    """Return all pages, or the half that a hash of their ids makes: rules are made on one, checked on the other."""
    return {
        key: row
        for key, row in sorted(gold.items())
        if half is None or int(hashlib.sha256(key.encode()).hexdigest(), 16) // 2 % 2 == half
    }


def main() -> None:
    """Run the extractors and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="names of extractors, with commas between them")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only one half of the pages")
    parser.add_argument("--keep", type=Path, help="write what the extractors gave to this file, as JSON")
    parser.add_argument("--no-throughput", action="store_true")
    args = parser.parse_args()
    silence()
    gold = choose_half(json.loads((args.folder / "gold.json").read_text(encoding="utf-8")), args.half)
    names = []
    for name in (args.only or ",".join(EXTRACTORS)).split(","):
        if importlib.util.find_spec(EXTRACTORS[name][1]) is None:
            print(f"{name} is not installed: left out")
        else:
            names.append(name)
    jobs = [(key, str(args.folder / row["file"]), names) for key, row in gold.items()]
    extracted: dict[str, dict[str, Page]] = defaultdict(dict)
    seconds: dict[str, list[float]] = defaultdict(list)
    with ProcessPoolExecutor(2, initializer=warm_up, initargs=(names,)) as pool:
        for key, pages, times in pool.map(run, jobs, chunksize=8):
            for name in names:
                extracted[name][key] = pages[name]
                seconds[name].append(times[name])
    if args.keep:
        args.keep.write_text(json.dumps(extracted, ensure_ascii=False, indent=0), encoding="utf-8")
    print_table({name: score(gold, extracted[name]) for name in names}, dict.fromkeys(names, len(gold)))
    base = sum(seconds.get("trafilatura", [0.0]))
    print("\nCPU a page:", end="")
    for name, cpu in seconds.items():
        print(f"  {name} {sum(cpu) / len(cpu) * 1000:.1f} ms" + (f" ({sum(cpu) / base:.2f})" if base else ""), end="")
    print()
    if "ours" in names:
        groups: dict[str, dict[str, Page]] = defaultdict(dict)
        for key, row in gold.items():
            groups[row["source"]][key] = row
            groups[f"type {row['type']}"][key] = row
        print()
        print_table(
            {name: score(rows, extracted["ours"]) for name, rows in groups.items()},
            {name: len(rows) for name, rows in groups.items()},
        )
        print_doubts(gold, extracted["ours"])
        refused = {key: page["refused"] for key, page in extracted["ours"].items() if "refused" in page}
        print(
            f"\nrefused {len(refused)}: "
            + "; ".join(f"{count} × {reason}" for reason, count in Counter(refused.values()).items())
        )
    if not args.no_throughput:
        print_throughput([args.folder / row["file"] for row in gold.values()])


if __name__ == "__main__":
    main()
