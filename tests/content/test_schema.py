"""Records from front matter: what each key may hold, and every problem with its line."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given

from site_gen.content.bounded_yaml import parse
from site_gen.content.frontmatter import dump
from site_gen.content.records import Article, Entity, Kind, SiteConfig, StoryOverride, Tag
from site_gen.content.schema import article_id, decode_article, decode_entity, decode_site_config, names_by_kind
from site_gen.content.typed_fields import Fields, parse_date
from site_gen.core.slugs import is_slug
from site_gen.core.text import one_line
from site_gen.core.urls import UrlPath
from tests.support.strategies import days, nasty

KINDS = (
    Kind(key="companies", label="Companies", singular="Company", prefix="companies"),
    Kind(key="topics", label="Topics", singular="Topic", prefix="topics", by="keywords"),
)
CONFIG = SiteConfig(title="T", base_url="https://a.example/", kinds=KINDS, extra_keys=("mood",))


def fields(yaml: str) -> Fields:
    return Fields(parse(yaml), "f.md", line0=1)


def problem_lines(of: Fields) -> list[str]:
    return [str(problem) for problem in of.problems]


def read_article(yaml: str, *entities: Entity) -> tuple[Article, list[str]]:
    article_fields = fields(yaml)
    names = names_by_kind(entities)
    return decode_article(
        article_fields, CONFIG, year="2019", slug="x", body="B", body_line=9, names=names
    ), problem_lines(article_fields)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019-05-23", dt.date(2019, 5, 23)),
        (" 2019-5-3 ", dt.date(2019, 5, 3)),
        ("2019-05-23T23:59:59-08:00", dt.date(2019, 5, 23)),
        ("2019-05-23 10:00", dt.date(2019, 5, 23)),
        ("2019-02-30", None),
        ("2019-13-01", None),
        ("0000-01-01", None),
        ("2019-05-23 or so", None),
        ("2019-05-23x", None),
        ("23.05.2019", None),
        ("2019", None),
        ("", None),
    ],
)
def test_dates_as_people_and_machines_write_them(text: str, date: dt.date | None) -> None:
    assert parse_date(text) == date


@given(days)
def test_every_date_is_read_as_it_is_written(day: dt.date) -> None:
    assert parse_date(day.isoformat()) == (day if day.year >= 1600 else None)


def test_an_article_with_every_key() -> None:
    record, problems = read_article(
        "id: k3v9x2qd\ntitle: ' U.S.  weighs '\nsource: https://news.example/a\nsite: News\n"
        "author: [A. Writer, '[[B]]', '[[people/c|C. D.]]']\npublished: 2019-05-23\ncreated: 2019-05-24\n"
        "language: zh-Hans\ndescription: D.\ntext: full\ncompanies: [hikvision, Voss & Co]\ntopics: ai\n"
        "ignore: [companies/bloomberg, companies/bloomberg]\ntagged: [companies/hikvision]\nredirect_from: [old/x]\n"
        "tags: [clippings]\nclip: {a: {b: c}}\nmood: fine\n"
        "saved: {file: saved/b.html, sha256: 9f, extractor: t 1, text: 51}\n"
    )
    assert problems == []
    assert (record.id, record.title, record.author) == ("k3v9x2qd", "U.S. weighs", ("A. Writer", "B", "C. D."))
    assert record.published == dt.date(2019, 5, 23)
    assert record.tags == (Tag("companies", "hikvision"), Tag("companies", "voss-co"), Tag("topics", "ai"))
    assert record.tag_texts == {Tag("companies", "voss-co"): "Voss & Co"}
    assert record.ignore == (Tag("companies", "bloomberg"),)
    assert record.redirect_from == ("/old/x/",)
    assert record.saved is not None
    assert (record.saved.sha256, record.saved.text_hash) == ("9f", "51")
    assert (record.text, record.language, record.body, record.body_line) == ("full", "zh-Hans", "B", 9)


def test_names_that_differ_in_a_sign_are_several_tags_or_are_told() -> None:
    several = [
        Entity(kind="companies", slug=slug, name=name) for slug, name in (("zq-plus", "Zq+"), ("zq-sharp", "Zq#"))
    ]
    record, problems = read_article("title: No\ncompanies: [Zq, Zq+, 'Zq#']\n", *several)
    assert [tag.slug for tag in record.tags] == ["zq", "zq-plus", "zq-sharp"]
    assert problems == []
    record, problems = read_article("title: No\ncompanies: [Zq, Zq+]\n")
    assert [tag.slug for tag in record.tags] == ["zq"]
    mend = "remove one, or add content/companies/zq-plus.md with `name: Zq+`"
    assert problems == [f"f.md:3: `companies`: Zq and Zq+ are one tag, companies/zq; {mend}"]
    assert read_article("title: No\ncompanies: [Zq, zq, ZQ.]\n")[1] == []


def test_an_article_with_thousands_of_tags_is_refused() -> None:
    tags = ", ".join(f"t{n}" for n in range(1000))
    assert read_article(f"title: No\ntopics: [{tags}]\n")[1] == []
    (problem,) = read_article(f"title: No\ntopics: [{tags}, one-more]\n")[1]
    assert problem.endswith("has 1,001 tags; remove some; 1,000 at most")


def test_an_article_with_a_title_alone_and_its_id() -> None:
    record, problems = read_article("title: No\n")
    assert problems == []
    assert (record.title, record.published, record.text, record.tags) == ("No", None, None, ())
    assert record.id == article_id("articles/2019/x")
    assert read_article("title: No\nsource: https://a.example/b\n")[0].id == article_id("https://a.example/b")
    moved = "title: No\nredirect_from: [/old.html, /articles/2018/w/, /articles/2019/v/]\n"
    assert read_article(moved)[0].id == article_id("articles/2018/w"), "a note that moved is the one that it was"
    assert read_article(f"{moved}source: https://a.example/b\n")[0].id == article_id("https://a.example/b")


def test_the_id_of_an_article_never_changes() -> None:
    assert article_id("a") != article_id("b")
    assert len(article_id("a")) == 8
    assert article_id("https://a.example/") == "kswyffqv"


def test_all_problems_of_an_article_are_reported_at_once_with_their_lines() -> None:
    _, problems = read_article(
        "titel: x\nid: K 1\nsource: //evil\npublished: 2019-02-30\ncreated: [2019]\nlanguage: english!\ntext: all\n"
        "companies: {a: b}\nauthor: [[x]]\nignore:\n  - companies/a\n  - compnies/b\n  - topics\n"
        "redirect_from:\n  - ../x\n  - //evil\n  - /a/../b\n  - /good/\nsaved: yes\n"
    )
    assert sorted(problems) == sorted(
        [
            "f.md:2: `title` is missing; add a line `title: …`",
            "f.md:2: `titel` is not a key of this file; did you mean title?",
            "f.md:3: `id: K 1` has characters other than a-z, 0-9 and -; never change an id; restore it",
            "f.md:4: `source: //evil` is not a web address; write it with https://",
            "f.md:5: `published` is the text '2019-02-30', not a calendar date; write 2019-05-23",
            "f.md:6: `created` is a list, not a calendar date; write 2019-05-23",
            "f.md:7: `language: english!` is not a language tag; write en, de, zh-Hans …",
            "f.md:8: `text: all` is not excerpt or full; write excerpt or full",
            "f.md:9: `companies` holds keys of its own; write a list: [one, two]",
            "f.md:10: `author` holds a list; write a list: [one, two]",
            "f.md:13: `ignore`: compnies/b has a kind that this site does not have; did you mean companies?",
            "f.md:14: `ignore`: topics is not a tag; write companies/name",
            "f.md:16: `redirect_from`: ../x is not an address of this site; write /companies/name/",
            "f.md:17: `redirect_from`: //evil is not an address of this site; write /companies/name/",
            "f.md:18: `redirect_from`: /a/../b is not an address of this site; write /companies/name/",
            "f.md:20: `saved` is the text 'yes'; write saved: {key: value}",
        ]
    )


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("29.02.2024", "2024-02-29"),
        ("1. 3. 2024", "2024-03-01"),
        ("2024/2/29", "2024-02-29"),
        ("29/02/2024", "2024-02-29"),
        ("02/29/2024", "2024-02-29"),
        ("3/4/2024", "2024-04-03 or 2024-03-04"),
        ("30.02.2024", "2019-05-23"),
        ("4.3.24", "2019-05-23"),
        ("yesterday", "2019-05-23"),
    ],
)
def test_a_day_in_other_writing_is_answered_with_that_day(text: str, mend: str) -> None:
    assert read_article(f"title: a\npublished: {text}\n")[1] == [
        f"f.md:3: `published` is the text '{text}', not a calendar date; write {mend}"
    ]


def test_empty_items_and_values_are_left_out() -> None:
    record, problems = read_article(
        "title: a\ncompanies: [~, '', ' ', x]\ntopics:\n  -\n  - y\nignore: [~]\nsite: ''\n"
    )
    assert problems == []
    assert record.tags == (Tag("companies", "x"), Tag("topics", "y"))
    assert record.site is None


def test_a_tag_may_be_a_name_and_a_slug_means_the_entity_that_has_it() -> None:
    one = Entity(kind="companies", slug="hikvision", name="Hikvision", names=("海康威视", "apple", "!!!"))
    two = Entity(kind="companies", slug="apple", name="Apple Inc.")
    record, problems = read_article("title: a\ncompanies: [海康威视, apple, APPLE INC, '???', Unknown Co]\n", one, two)
    assert [tag.slug for tag in record.tags] == ["hikvision", "apple", "unknown-co"]
    assert len(problems) == 1
    assert "`companies`: ??? has no letter or digit to make an address from; write a name" in problems[0]
    one = Entity(kind="companies", slug="x", name="A B")
    two = Entity(kind="companies", slug="a-b", name="Other")
    record, _ = read_article("title: a\ncompanies: [a-b, A B]\n", one, two)
    assert [tag.slug for tag in record.tags] == ["a-b"]
    record, _ = read_article("title: a\ncompanies: [a-b]\n", one)
    assert [tag.slug for tag in record.tags] == ["x"]


def test_a_tag_from_before_a_rename_means_the_renamed_file() -> None:
    paths = (UrlPath("/companies/hik/"),)
    renamed = Entity(kind="companies", slug="hikvision", name="Hikvision", redirect_from=paths)
    record, _ = read_article("title: a\ncompanies: [hik]\n", renamed)
    assert [tag.slug for tag in record.tags] == ["hikvision"]


def test_tags_that_the_program_wrote_may_be_of_a_removed_kind() -> None:
    record, problems = read_article("title: a\npeople: [ann]\ntagged: [people/ann, companies/x]\n")
    assert problems == []
    assert [str(tag) for tag in record.tagged] == ["companies/x"]


@given(nasty)
def test_any_tag_becomes_a_slug(text: str) -> None:
    decoded_fields = fields(dump({"title": "a", "companies": [text]}, "")[4:-5])
    record = decode_article(decoded_fields, CONFIG, year="2019", slug="x", body="", body_line=1, names={})
    assert all(is_slug(tag.slug) for tag in record.tags)
    assert len(record.tags) + len(problem_lines(decoded_fields)) == (one_line(text) != "")


def test_an_entity_with_every_key() -> None:
    decoded_fields = fields(
        "name: Hikvision\nnames: [Hangzhou H., Hikvision]\naliases: [海康威视, Hangzhou H.]\nwikidata: Q1\n"
        "website: https://h.example\nredirect_from: /companies/h/\nmatch: {case: exact, not: [Hikvision Park]}\n"
        "facts: {Founded: 2001, '  Odd  key ': x, Empty: }\nkeywords: [cctv]\ntags: [a]\n"
    )
    record = decode_entity(decoded_fields, "companies", "hikvision", "Notes.")
    assert problem_lines(decoded_fields) == []
    assert record.names == ("Hangzhou H.", "海康威视")
    assert (record.match.case, record.match.never) == ("exact", ("Hikvision Park",))
    assert record.facts == (("Founded", "2001"), ("Odd key", "x"))
    assert (record.wikidata, record.website, record.keywords) == ("Q1", "https://h.example", ("cctv",))
    assert record.redirect_from == ("/companies/h/",)


def test_all_problems_of_an_entity_are_reported() -> None:
    decoded_fields = fields(
        "nmae: x\nwikidata: 1\nwebsite: javascript:x\nmatch:\n  case: excat\n  nto: [x]\nfacts: [a]\n"
    )
    record = decode_entity(decoded_fields, "companies", "x", "")
    assert (record.name, record.website, record.wikidata) == ("x", None, None)
    assert sorted(problem_lines(decoded_fields)) == sorted(
        [
            "f.md:2: `name` is missing; add a line `name: …`",
            "f.md:2: `nmae` is not a key of this file; did you mean name?",
            "f.md:3: `wikidata: 1` is not an item number; write Q and digits",
            "f.md:4: `website: javascript:x` is not a web address; write it with https://",
            "f.md:6: `match.case: excat` is not auto or smart or exact or context; did you mean exact?",
            "f.md:7: `match.nto` is not a key of this file; remove it; known keys: case, context, exact, not, smart",
            "f.md:8: `facts` is a list; write facts: {Label: text}",
        ]
    )


def test_a_text_in_the_place_of_a_name_is_reported() -> None:
    long, mend = "Zorbex " * 50, "has a name of 349 characters; at most 300"
    head = f"name: {long}\nnames: [Halden, {long}]\nkeywords: {long}\nmatch:\n  not: {long}\n"
    decoded_fields = fields(head)
    decode_entity(decoded_fields, "companies", "x", "")
    keys = {3: "names", 4: "keywords", 2: "name", 6: "match.not"}
    assert sorted(problem_lines(decoded_fields)) == sorted(f"f.md:{n}: `{key}` {mend}" for n, key in keys.items())
    decoded_fields = fields(f"name: {'Zorbex ' * 40}\n")
    decode_entity(decoded_fields, "companies", "x", "")
    assert not problem_lines(decoded_fields)


def test_a_site_yaml_with_every_kind_of_key() -> None:
    decoded_fields = Fields(
        parse(
            "title: T\nbase_url: https://u.github.io/r/\nlanguage: de\nhome_articles: 9\nextra_keys: [mood]\n"
            "kinds:\n  people:\n  places: {label: Places, singular: Place, prefix: where, by: keywords}\n"
        ),
        "content/site.yaml",
    )
    config = decode_site_config(decoded_fields)
    assert problem_lines(decoded_fields) == []
    assert [kind.key for kind in config.kinds] == ["companies", "topics", "people", "places"]
    names_of = {kind.key: kind.names_of for kind in config.kinds}
    assert names_of == {"companies": "companies", "topics": "companies", "people": "people", "places": "places"}
    assert config.kind("people").label == "People"
    assert (config.kind("places").prefix, config.kind("places").by) == ("where", "keywords")
    assert (config.language, config.home_articles, config.text) == ("de", 9, "excerpt")
    with pytest.raises(KeyError):
        config.kind("nothing")


def test_all_problems_of_site_yaml_are_reported() -> None:
    decoded_fields = Fields(
        parse(
            "base_url: https://a.example/?x=1\nlanguage: D\ntext: non\nhome_articles: 0\nkinds:\n"
            "  People: {label: P}\n  a:\n    label: A\n    prefix: articles\n  b:\n    prefix: topics\n"
            "  c:\n    prefix: C c\n  saved:\n  author: {label: x}\n  d: {labl: D}\n  e: [x]\nbase_ulr: x\n"
        ),
        "s",
    )
    decode_site_config(decoded_fields)
    assert sorted(problem_lines(decoded_fields)) == sorted(
        [
            "s:1: `title` is missing; add a line `title: …`",
            "s:1: `base_url: https://a.example/?x=1` is not a site's address; write https://user.github.io/repo/",
            "s:2: `language: D` is not a language tag; write en, de, zh-Hans …",
            "s:3: `text: non` is not excerpt or full; write excerpt or full",
            "s:4: `home_articles` is the text '0'; write a number from 1 to 500",
            "s:6: `People` cannot be a folder and URL; write people",
            "s:9: `articles` is used by pages of the site itself; choose another prefix",
            "s:11: `b` and `topics` have the same prefix, `topics`; choose another",
            "s:13: the prefix `C c` cannot be used in a URL; write c-c",
            "s:14: `saved` is already used in content/; choose another word for this kind",
            "s:15: `author` is already used in content/; choose another word for this kind",
            "s:16: `kinds.d.labl` is not a key of this file; did you mean label?",
            "s:17: `kinds.e` is a list; write e: {key: value}",
            "s:18: `base_ulr` is not a key of this file; did you mean base_url?",
        ]
    )


@pytest.mark.parametrize("url", ["example.com", "/x/", "ftp://a.example/", "javascript:x", "https://"])
def test_a_bad_base_url_is_reported_once_with_its_line(url: str) -> None:
    decoded_fields = Fields(parse(f"title: T\nbase_url: {url}\n"), "s")
    decode_site_config(decoded_fields)
    assert problem_lines(decoded_fields) == [
        f"s:2: `base_url: {url}` is not a site's address; write https://user.github.io/repo/"
    ]


def test_a_tag_that_is_a_slug_already_means_what_a_name_of_it_means() -> None:
    one = Entity(kind="companies", slug="a-b", name="A B")
    two = Entity(kind="companies", slug="c", name="C", names=("former-name", "a b", "x y"))
    for text, slug in [("a-b", "a-b"), ("A-B", "a-b"), ("former-name", "c"), ("x-y", "c"), ("con", "con-page")]:
        record, problems = read_article(f"title: a\ncompanies: [{text}]\n", one, two)
        assert ([tag.slug for tag in record.tags], problems) == ([slug], [])


def test_a_key_has_its_line_and_an_empty_one_no_node() -> None:
    decoded_fields = fields("a: 1\nb:\nc: ~\nd: '~'\n\ne: [x]\n")
    assert [decoded_fields.line_of_key(key) for key in "abcdex"] == [2, 3, 4, 5, 7, 2]
    assert [decoded_fields.node(key) is None for key in "abcdex"] == [False, True, True, False, False, True]
    decoded_fields.finish()
    assert decoded_fields.problems == []


@pytest.mark.parametrize(
    ("written", "override"),
    [
        ("alone", StoryOverride(alone=True)),
        ("{lead: k3v9x2qd}", StoryOverride(lead="k3v9x2qd")),
        ("{not: [a1, b2]}", StoryOverride(apart=("a1", "b2"))),
        ("{lead: a1, not: b2}", StoryOverride(lead="a1", apart=("b2",))),
        ("", StoryOverride()),
    ],
)
def test_an_override_of_a_story_is_read(written: str, override: StoryOverride) -> None:
    record, problems = read_article(f"title: No\nstory: {written}\n")
    assert problems == []
    assert record.story == override


@pytest.mark.parametrize("written", ["together", "[a1]", "{leads: a1}"])
def test_a_wrong_override_of_a_story_is_reported(written: str) -> None:
    record, problems = read_article(f"title: No\nstory: {written}\n")
    assert record.story == StoryOverride()
    assert len(problems) == 1
    assert "story" in problems[0]
    assert ":3" in problems[0]
