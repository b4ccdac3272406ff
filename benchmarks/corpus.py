"""Write a site of invented articles, as large as you like: the same words for site-gen and for Hugo.

    python benchmarks/corpus.py 10000 DIR                 # a site for site-gen in DIR
    python benchmarks/corpus.py 10000 DIR --flavour hugo  # the same articles as a Hugo site, the smallest templates
    python benchmarks/corpus.py 10000 DIR --flavour hugo-page-for-page  # with as many pages as ours

Seeded: the same numbers always make the same bytes. An article has about 530 words in ten blocks (two
headings, a quotation, a list, four links), names one to six companies and is filed under one to four
topics; how often a company is named follows Zipf's law, as in real archives. The words ALIAS stand in
every fifth article and are no entity's name: a benchmark gives them to the largest company.
"""

from __future__ import annotations

import argparse
import bisect
import datetime as dt
import itertools
import json
import random
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ALIAS = "the Harbour Giant"
SEED = 11
_FIRST, _LAST = dt.date(2014, 1, 1), dt.date(2025, 12, 31)
_COMMON = (
    "the of a and to in for on with from by at its as that this after before under over more than into"
    " about against between during while which what who when where there their they it he she we one two"
    " three four ten hundred first last next new old large small early late high low long short open"
).split()
_NOUNS = (
    "pilot quay dredger tonnage berth pier freight container customs inspector tariff licence charter hull"
    " engine propeller turbine battery cable anchor winch crane depot warehouse timber grain ore copper steel"
    " cement fuel oil gas wind tide storm ferry tug barge trawler fleet owner broker insurer lender investor"
    " bank loan bond share dividend price margin contract tender bid ruling court judge lawyer appeal fine"
    " ministry council mayor senator treaty border union strike wage crew captain cook mate harbourmaster"
    " chart map route channel lock canal river delta coast island reef lighthouse radar sonar satellite signal"
    " camera sensor software update breach password server model archive newspaper editor report survey study"
).split()
_VERBS = (
    "said told warned denied signed bought sold leased built raised lowered delayed resumed refused approved"
    " inspected measured shipped towed moored loaded unloaded repaired insured financed merged opened closed"
    " promised expects plans hopes seeks argued counted published found lost won doubled halved rose fell"
).split()
_STARTS = "Ald Bre Cor Dun Elm Fal Gor Hol Ing Jor Kel Lyn Mor Nor Oss Pel Quin Ros Sel Tor Ull Ves Wyk Yar".split()
_MIDDLES = "a e i o an en in or ar ul is".split()
_ENDS = "berg dal feld gate ham ley mark mouth port sand stad ster ton vik wold worth".split()
_TRADES = "Lines Marine Shipping Energy Logistics Steel Systems Robotics Capital Insurance Freight Works".split()
_SUBJECTS = "harbour shipping energy labour customs climate fishing finance safety technology".split()
_ASPECTS = "policy prices strikes research accidents mergers law jobs supply exports".split()
_OUTLETS = "The Tide Table|Quay Street Journal|North Pier Press|Ledger & Line|The Daily Draught|Port Wire".split("|")
_WRITERS = [
    f"{first} {last}" for first in "Ines Tom Mara Olu Petra Sven".split() for last in "Brandt Osei Lund Keane".split()
]


@dataclass(frozen=True, slots=True)
class InventedArticle:
    """An article, in no site's format yet."""

    number: int  # its place among all, the oldest first, from 0
    slug: str  # name of its file, and the end of its address
    title: str
    date: dt.date  # day of publication
    source: str  # address that it claims to be from
    outlet: str
    writer: str
    description: str  # two sentences, for lists
    companies: tuple[str, ...]  # names, each of which stands in the body once or twice
    topics: tuple[str, ...]  # names, each of which stands in the body
    body: str  # Markdown


class Zipf:
    """Picks items at random, so that the n-th is n to the power of `steepness` times as rare as the first."""

    def __init__(self, items: Sequence[str], steepness: float) -> None:
        self._items = items
        self._sums = list(itertools.accumulate(1 / (i + 1) ** steepness for i in range(len(items))))

    def pick(self, rng: random.Random, count: int) -> tuple[str, ...]:
        """Return so many items, all different."""
        items: dict[str, None] = {}
        while len(items) < count:
            items[self._items[bisect.bisect(self._sums, rng.random() * self._sums[-1])]] = None
        return tuple(items)


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def company_names(count: int) -> list[str]:
    """Return names for a site of so many articles: 500 companies at 10,000, growing with the square root."""
    rng = random.Random(SEED)
    names: dict[str, None] = {}
    while len(names) < max(20, round(500 * (count / 10_000) ** 0.5)):
        names[rng.choice(_STARTS) + rng.choice(_MIDDLES) + rng.choice(_ENDS) + " " + rng.choice(_TRADES)] = None
    return list(names)


def topic_names() -> list[str]:
    return [f"{subject} {aspect}" for subject in _SUBJECTS for aspect in _ASPECTS]


def articles(count: int) -> Iterator[InventedArticle]:
    """Yield so many articles, oldest first."""
    companies, topics = Zipf(company_names(count), 1.0), Zipf(topic_names(), 0.8)
    days = (_LAST - _FIRST).days
    for number in range(count):
        rng = random.Random(f"{SEED}/{count}/{number}")
        article_companies, article_topics = companies.pick(rng, rng.randint(1, 6)), topics.pick(rng, rng.randint(1, 4))
        title = _sentence(rng, 5, 9)[:-1]
        yield InventedArticle(
            number=number,
            slug=f"{slug(title)[:60].strip('-')}-{number}",
            title=title,
            date=_FIRST + dt.timedelta(days=number * days // count),
            source=f"https://news.example/{number // 100}/{number}",
            outlet=rng.choice(_OUTLETS),
            writer=rng.choice(_WRITERS),
            description=f"{_sentence(rng)} {_sentence(rng)}",
            companies=article_companies,
            topics=article_topics,
            body=_body(rng, number, article_companies, article_topics),
        )


def _words(rng: random.Random, count: int) -> list[str]:
    words: list[str] = []
    while len(words) < count:
        words += [rng.choice(_COMMON), rng.choice(_NOUNS), rng.choice(_VERBS), rng.choice(_COMMON), rng.choice(_NOUNS)]
    return words[:count]


def _sentence(rng: random.Random, low: int = 9, high: int = 22) -> str:
    words = _words(rng, rng.randint(low, high))
    if len(words) > 14:
        words[7] += ","
    text = " ".join(words)
    return text[0].upper() + text[1:] + "."


def _link(rng: random.Random) -> str:
    return f"[{rng.choice(_NOUNS)} {rng.choice(_NOUNS)}](https://news.example/{rng.randint(1, 9999)})"


def _body(rng: random.Random, number: int, companies: Sequence[str], topics: Sequence[str]) -> str:
    def paragraph(sentences: int) -> str:
        return " ".join(_sentence(rng) for _ in range(sentences))

    def sentence_with(name: str) -> str:
        return f"{_sentence(rng, 6, 10)[:-1]} at {name}."

    blocks = [
        paragraph(3),
        f"{paragraph(3)} {_link(rng)} {_sentence(rng)}",
        f"## {_sentence(rng, 3, 6)[:-1]}",
        paragraph(4),
        f"> {paragraph(2)}",
        "\n".join(f"- {_sentence(rng, 5, 10)}" for _ in range(5)),
        f"{paragraph(3)} **{rng.choice(_NOUNS)} {rng.choice(_NOUNS)}** and *{rng.choice(_NOUNS)}* {_link(rng)}.",
        f"## {_sentence(rng, 3, 6)[:-1]}",
        f"{paragraph(3)} {_link(rng)}.",
        f"{paragraph(2)} {_link(rng)} {_sentence(rng)}",
    ]
    prose = [0, 1, 3, 6, 8, 9]  # the blocks that are paragraphs
    names = [*companies, *companies[:2], *topics, *((ALIAS,) if number % 5 == 0 else ())]
    for position, name in enumerate(names):
        blocks[prose[position % len(prose)]] += " " + sentence_with(name)
    return "\n\n".join(blocks) + "\n"


def write_site(count: int, folder: Path) -> None:
    """Write the articles as a site of ours: content/ with settings, entity files and articles."""
    content = folder / "content"
    for kind, names in (("companies", company_names(count)), ("topics", topic_names())):
        (content / kind).mkdir(parents=True, exist_ok=True)
        for name in names:
            lines = f"---\nname: {name}\n---\n"
            (content / kind / f"{slug(name)}.md").write_text(lines, encoding="utf-8")
    settings = "title: The Harbour Record\nbase_url: https://digest.example/\nlanguage: en\ntext: full\n"
    (content / "site.yaml").write_text(settings, encoding="utf-8")
    for article in articles(count):
        year = content / "articles" / f"{article.date.year}"
        year.mkdir(parents=True, exist_ok=True)
        front = (
            f"---\nid: n{article.number:07}\ntitle: {json.dumps(article.title)}\nsource: {article.source}\n"
            f"site: {json.dumps(article.outlet)}\nauthor: [{article.writer}]\npublished: {article.date}\nlanguage: en\n"
            f"description: {json.dumps(article.description)}\ncompanies: [{', '.join(map(slug, article.companies))}]\n"
            f"topics: [{', '.join(map(slug, article.topics))}]\n---\n\n"
        )
        (year / f"{article.slug}.md").write_text(front + article.body, encoding="utf-8")


def write_hugo(count: int, folder: Path, *, page_for_page: bool = False) -> None:
    """Write the articles as a Hugo site with the smallest templates that show what ours show.

    page_for_page: with templates (`speed/hugo`) that make as many pages and feeds as ours do instead: a page, two feeds
        and a list as JSON for each entity, a page and a list for each year of those with many articles, pages of
        pairs, of weeks, months and years; with companions and counts by month.
    """
    if page_for_page:
        shutil.copytree(_PAGE_FOR_PAGE, folder, dirs_exist_ok=True)
    for name, text in _HUGO.items():
        path = folder / name
        if not page_for_page or name.startswith("static/"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    target = folder / "content" / "articles"
    target.mkdir(parents=True, exist_ok=True)
    terms = _list_terms(count) if page_for_page else {}
    for taxonomy, outputs in _OUTPUTS.items() if page_for_page else ():
        path = folder / "content" / taxonomy / "_index.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = f"---\ntitle: {taxonomy}\ncascade:\n- target: {{kind: term}}\n  outputs: {json.dumps(outputs)}\n---\n"
        path.write_text(lines, encoding="utf-8")
    for article in articles(count):
        front = (
            f"---\ntitle: {json.dumps(article.title)}\ndate: {article.date}T00:00:00Z\nsource_url: {article.source}\n"
            f"site_name: {json.dumps(article.outlet)}\nauthor: {json.dumps(article.writer)}\n"
            f"summary: {json.dumps(article.description)}\ncompanies: {json.dumps(article.companies)}\n"
            f"topics: {json.dumps(article.topics)}\n{terms.get(article.number, '')}---\n\n"
        )
        (target / f"{article.slug}.md").write_text(front + article.body, encoding="utf-8")


def _list_terms(count: int) -> dict[int, str]:
    """Return by article's number the lines of its front matter that put it on pages of years, pairs, weeks, months."""
    all_articles = list(articles(count))
    sizes = Counter(name for article in all_articles for name in (*article.companies, *article.topics))
    shared = Counter(pair for article in all_articles for pair in itertools.combinations(sorted(article.companies), 2))
    pairs = {pair for pair, number in shared.most_common(count // 10) if number >= 3}  # some as many as ours
    tally = Counter(period for article in all_articles for period in _periods(article))
    lines: dict[int, str] = {}
    for article in all_articles:
        values = {
            "companyyears": [f"{name} {article.date.year}" for name in article.companies if sizes[name] > _LISTED],
            "topicyears": [f"{name} {article.date.year}" for name in article.topics if sizes[name] > _LISTED],
            "pairs": [
                " and ".join(pair) for pair in itertools.combinations(sorted(article.companies), 2) if pair in pairs
            ],
            "issues": [period for period in _periods(article) if tally[period] >= 3],
            "archive": [f"{article.date:%Y}", f"{article.date:%Y %m}"],
        }
        lines[article.number] = "".join(f"{name}: {json.dumps(value)}\n" for name, value in values.items() if value)
    return lines


def _periods(article: InventedArticle) -> list[str]:
    """Return the week and the month of an article."""
    week = article.date.isocalendar()
    return [f"{week.year}-w{week.week:02}", f"{article.date:%Y-%m}"]


_PAGE_FOR_PAGE = Path(__file__).parent / "speed/hugo"
_LISTED = 60  # articles of an entity from which on ours has a page for each of its years
_OUTPUTS = {  # what Hugo makes of each term
    "companies": ["html", "rss", "feed", "data"],
    "topics": ["html", "rss", "feed", "data"],
    "companyyears": ["html", "data"],
    "topicyears": ["html", "data"],
    "issues": ["html"],
}

_ITEM = (
    '<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> <time>{{ .Date.Format "2006-01-02" }}</time>'
    "<p>{{ .Params.summary }}</p></li>"
)
_HUGO = {
    "hugo.toml": (
        'baseURL = "https://digest.example/"\ntitle = "The Harbour Record"\ndisableKinds = ["section"]\n'
        '[taxonomies]\ncompany = "companies"\ntopic = "topics"\n'
        '[permalinks.page]\narticles = "/articles/:contentbasename/"\n'
        '[outputs]\nhome = ["html", "rss"]\npage = ["html"]\ntaxonomy = ["html"]\nterm = ["html", "rss"]\n'
        "[services.rss]\nlimit = 20\n"
    ),
    "layouts/baseof.html": (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>'
        '<link rel="stylesheet" href="/style.css"></head>\n<body><nav><a href="/">Home</a> '
        '<a href="/companies/">Companies</a> <a href="/topics/">Topics</a></nav>\n'
        '<main>{{ block "main" . }}{{ end }}</main></body></html>\n'
    ),
    "layouts/home.html": (
        '{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range first 50 .Site.RegularPages.ByDate.Reverse }}'
        f"{_ITEM}{{{{ end }}}}</ul>{{{{ end }}}}\n"
    ),
    "layouts/term.html": (
        '{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Pages.ByDate.Reverse }}'
        f"{_ITEM}{{{{ end }}}}</ul>{{{{ end }}}}\n"
    ),
    "layouts/taxonomy.html": (
        '{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Data.Terms.Alphabetical }}<li>'
        '<a href="{{ .Page.RelPermalink }}">{{ .Page.Title }}</a> {{ .Count }}</li>{{ end }}</ul>{{ end }}\n'
    ),
    "layouts/page.html": (
        '{{ define "main" }}<article><h1>{{ .Title }}</h1><p>{{ .Date.Format "2006-01-02" }} {{ .Params.author }}, '
        '<a href="{{ .Params.source_url }}">{{ .Params.site_name }}</a></p>\n{{ .Content }}\n'
        '<p>{{ range .GetTerms "companies" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ end }}'
        '{{ range .GetTerms "topics" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ end }}</p>'
        "</article>{{ end }}\n"
    ),
    "layouts/rss.xml": (
        '{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}\n'
        '<rss version="2.0"><channel><title>{{ .Title }}</title><link>{{ .Permalink }}</link>'
        "<description>{{ .Title }}</description>\n{{ range first 20 .Pages.ByDate.Reverse }}<item>"
        "<title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid>"
        '<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>'
        "<description>{{ .Params.summary }}</description></item>\n{{ end }}</channel></rss>\n"
    ),
    "static/style.css": "body { font-family: sans-serif }\n",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("dir", type=Path, help="the folder to write to")
    parser.add_argument("--flavour", choices=("ours", "hugo", "hugo-page-for-page"), default="ours")
    args = parser.parse_args()
    if args.flavour == "ours":
        write_site(args.count, args.dir)
    else:
        write_hugo(args.count, args.dir, page_for_page=args.flavour == "hugo-page-for-page")


if __name__ == "__main__":
    main()
