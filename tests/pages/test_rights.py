"""What is shown in excerpts stays in excerpts.

No file of the site holds more of a source's own words in a row than a summary may, but for the passages that are
quoted, and those are short.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import shutil
import unicodedata
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from site_gen.build import build_session
from site_gen.content import loader
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import parse, plain_text
from site_gen.core.text import countable_words, first_words
from site_gen.site.article_indexer import MAX_EXCERPT_SUMMARY_WORDS
from tests.support.output_files import parse_html
from tests.support.sites import demo_site, edit_file, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

MOST_QUOTED = 1000  # characters of a passage
LETTER = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W_]+")
Words = list[str]
BEGINNING = 5  # words by which a quoted passage is recognized


def words(text: str) -> Words:
    """Words, and letters of scripts without blanks one by one, however they are written."""
    return LETTER.findall(unicodedata.normalize("NFKC", text).casefold())


@cache
def weight(word: str) -> float:
    return 0.5 if re.match("[\u0e00-\u9fff\uf900-\ufaff]", word) else 1


def runs(stream: Words, more_than: int = MAX_EXCERPT_SUMMARY_WORDS) -> Iterator[tuple[str, ...]]:
    """From each word on, the shortest run of more than so many words, two letters without blanks being one."""
    begin, total = 0, 0.0
    for end, word in enumerate(stream):
        total += weight(word)
        while total - weight(stream[begin]) > more_than:
            total -= weight(stream[begin])
            begin += 1
        if total > more_than:
            yield tuple(stream[begin : end + 1])


def texts(data: bytes) -> Iterator[str]:
    """Return what a file says, in each way that it may be written: packed, escaped, with tags, in an address."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    text = data.decode("utf-8", "ignore")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    text = html.unescape(html.unescape(text.replace("\\n", " ").replace('\\"', '"')))
    inside = " ".join(re.findall(r"<[^>]*>", text))
    between = re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:mark|a|em|strong|b|i|span|bdi|tspan)\b[^>]*>", "", text))
    yield from (inside, between)
    if "%" in text:
        yield from (unquote(inside), unquote(between))


def quoted_passages(out: Path) -> set[str]:
    """Return the passages that pages quote, each piece that stands between ellipses on its own."""
    passages: set[str] = set()
    for path in out.rglob("*.html"):
        for quote in parse_html(path).iter("blockquote"):
            passages.update("".join(quote.itertext()).split("…"))
    return passages


def without_passages(stream: Words, passages: Iterable[Words]) -> Iterator[Words]:
    """Return what is left of a stream between the passages in it."""
    passages_by_beginning: dict[tuple[str, ...], list[Words]] = {}
    for passage in passages:
        passages_by_beginning.setdefault(tuple(passage[:BEGINNING]), []).append(passage)
    quoted_up_to = 0  # passages may overlap: that of one entity goes on where that of another began
    rest: Words = []
    for at, word in enumerate(stream):
        candidates = passages_by_beginning.get(tuple(stream[at : at + BEGINNING]), [])
        length = max((len(p) for p in candidates if stream[at : at + len(p)] == p), default=0)
        quoted_up_to = max(quoted_up_to, at + length)
        if at >= quoted_up_to:
            rest.append(word)
        elif rest:
            yield rest
            rest = []
    yield rest


def leaks(out: Path, sources: dict[str, str]) -> list[str]:
    """Return runs of the sources' words that stand in a file of the site outside of quoted passages."""
    forbidden = {run: name for name, text in sources.items() for run in runs(words(text))}
    passages = [passage for passage in map(words, quoted_passages(out)) if len(passage) >= BEGINNING]
    leaked: list[str] = []
    for path in sorted(out.rglob("*")):
        if path.is_file() and not path.name.startswith(".site-gen"):
            for text in texts(path.read_bytes()):
                for part in without_passages(words(text), passages):
                    leaked += [f"{path}: {forbidden[run]}: {' '.join(run)}" for run in runs(part) if run in forbidden]
    return leaked


DAY = "On day {} of the dry season Quill Mooring counted {} latches and wrote it down."
PARAGRAPH = " ".join(DAY.format(n, n * 7) for n in range(60))
NAMES = ["Drift", "Lifteon", "Oriel Airbarge", "Quill Mooring", "Tamarisk Helium", "Marl-Osei", "Halden Aerostatics"]
CROWDED = " ".join(f"{NAMES[n % 7]} was told {n} times that it should not have come, and came." for n in range(80))
SHORT = " ".join(["I am on it so we go up or do as he is to do it"] * 12)
HAN = "霧港貨運業者昨日宣布向海外製造商訂購四艘硬式飛船總值約二億一千萬克朗"
ARTICLES = {
    "long": f"companies: [quill-mooring]\n---\n{PARAGRAPH}\n",
    "crowded": "companies: [drift, lifteon, oriel-airbarge, quill-mooring, tamarisk-helium, marl-osei, "
    f"halden-aerostatics]\n---\n{CROWDED}\n",
    "short-words": f"companies: [drift]\n---\n{SHORT} Drift {SHORT}\n",
    "described": f"companies: [drift]\ndescription: {SHORT}\n---\n{SHORT}\n\nDrift was there, and that is all.\n",
    "whole": f"text: full\ncompanies: [drift]\n---\n{CROWDED.replace('came', 'stayed')}\n",
    "han": f"language: zh\n---\n{HAN * 9}\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demo in excerpts, with articles that would show too much."""
    site = demo_site(tmp_path_factory.mktemp("rights"))
    edit_file(site / "content/site.yaml", "text: full", "text: excerpt")
    for name, rest in ARTICLES.items():
        head = f"---\ntitle: Added {name}\nsource: https://a.example/{name}\npublished: 2026-03-04\n"
        write_files(site, {f"content/articles/2026/{name}.md": head + rest})
    build_session.build(site, site / "output", build_session.BuildOptions("https://notes.example/quay/"))
    return site


def sources(site: Path, *, full: bool = False) -> dict[str, str]:
    markdown = make_parser()
    return {
        article.file: plain_text(parse(article.body, markdown))
        for article in loader.load(site)[0].articles
        if (article.text == "full") is full
    }


def test_no_file_holds_more_of_a_text_than_an_excerpt(site: Path) -> None:
    texts_by_file = sources(site)
    assert len(texts_by_file) > 40
    assert leaks(site / "output", texts_by_file) == []


def test_passages_are_short(site: Path) -> None:
    out = site / "output"
    lengths = {len("".join(q.itertext())): path for path in out.rglob("*.html") for q in quotes(path)}
    assert max(lengths) <= MOST_QUOTED, lengths[max(lengths)]
    assert len(lengths) > 50


def quotes(path: Path) -> list[Element]:
    is_excerpt = "<dd>excerpt</dd>" in path.read_text(encoding="utf-8")
    return list(parse_html(path).iter("blockquote")) if is_excerpt else []


@pytest.mark.slow
def test_a_text_that_may_be_shown_is_shown_in_full(site: Path) -> None:
    whole = (site / "output/articles/2026/whole/index.html").read_text(encoding="utf-8")
    assert "<dd>full text</dd>" in whole
    assert words(CROWDED.replace("came", "stayed"))[-30:] in [
        words(re.sub("<[^>]*>", "", line))[-30:] for line in whole.splitlines()
    ]
    assert leaks(site / "output", sources(site, full=True)) != []  # the test sees what is there


@pytest.mark.parametrize(
    "name", ["search/a.pf_fragment", "feed.json", "cards/a.svg", "companies/drift/index.html", "x.gz", "data/n.js"]
)
def test_a_leak_in_any_kind_of_file_is_noticed(site: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "output"
    shutil.copytree(site / "output/companies", out / "companies")
    run = " ".join(PARAGRAPH.split()[200 : 200 + MAX_EXCERPT_SUMMARY_WORDS + 1])
    written = {
        "svg": f"<svg><text>{run.replace(' of ', ' <tspan>of</tspan> ')}</text></svg>".encode(),
        "json": json.dumps({"a": run}).encode(),
        "gz": gzip.compress(run.encode()),
        "pf_fragment": gzip.compress(b"pagefind_dcd" + json.dumps({"content": run}).encode()),
        "html": f"<meta content='{run.replace('e', '&#101;')}'>".encode(),
        "js": f"x('{run.replace(' ', '%20')}')".encode(),
    }[name.rpartition(".")[2]]
    write_files(out, {name: written})
    assert [leak for leak in leaks(out, {"long": PARAGRAPH}) if name in leak]


def test_the_length_of_a_summary_is_counted_in_words() -> None:
    assert first_words(SHORT, MAX_EXCERPT_SUMMARY_WORDS).count(" ") == MAX_EXCERPT_SUMMARY_WORDS - 1
    assert (
        len(countable_words(first_words("霧港貨運業者" * 90, MAX_EXCERPT_SUMMARY_WORDS))) == MAX_EXCERPT_SUMMARY_WORDS
    )
    assert len(first_words("霧港貨運業者" * 90, MAX_EXCERPT_SUMMARY_WORDS)) == 2 * MAX_EXCERPT_SUMMARY_WORDS + 1
    exact = " ".join(["word"] * MAX_EXCERPT_SUMMARY_WORDS) + "."
    assert first_words(exact, MAX_EXCERPT_SUMMARY_WORDS) == exact
