"""What an entity's page tells: its last weeks, who appears with it, its topics over time, what is near an article."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import TYPE_CHECKING

import pytest

from site_gen.content import permalink_ledger
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.records import Article, Entity, Kind, SiteConfig, Tag
from site_gen.core.internal_links import Links
from site_gen.core.urls import UrlPath
from site_gen.entities.matching.matcher import Matcher
from site_gen.pages.routes import plan_routes
from site_gen.site.article_indexer import index_article
from site_gen.site.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.site.indexed_article import IndexedArticle

KINDS = (
    Kind(key="companies", label="Companies", singular="Company", prefix="companies"),
    Kind(key="topics", label="Topics", singular="Topic", prefix="topics", by="keywords"),
)
CONFIG = SiteConfig(title="T", base_url="https://digest.example/", kinds=KINDS)
PIER, VOSS, RYE, SILO = Tag("companies", "pier"), Tag("companies", "voss"), Tag("companies", "rye"), Tag("topics", "s")
MONDAY = dt.date(2026, 11, 16)
WORDS = [f"{a}{b}{c}" for a, b, c in itertools.product("bdfgklmnprst", "aeiou", ("nder", "lmin", "rkot", "stap"))]


def note(
    number: int, day: dt.date, *tags: Tag, body: str = "", outlet: str = "Post", title: str = ""
) -> IndexedArticle:
    """Return an article in words of its own, so that it is no other's story."""
    chance = random.Random(number)
    made = Article(
        file=f"content/articles/{day.year}/note-{number}.md", id=f"n{number}", year=str(day.year),
        slug=f"note-{number}",
        title=title or f"Note {number}", body=body or " ".join(chance.choices(WORDS, k=60)), published=day, site=outlet,
        tags=tags,
    )  # fmt: skip
    return index_article(made, (), CONFIG, Matcher({}), make_parser())[0]


def site_of(notes: Iterable[IndexedArticle]) -> Site:
    site = Site(CONFIG, Links("/"), lambda _file, _digest: pytest.fail("no text is asked for"))
    site.put_articles({one.file: one for one in notes})
    return site


def weekly(count: int, *tags: Tag, start: int = 0, before: int = 4) -> list[IndexedArticle]:
    """Return a story a week, the last of them so many weeks before that of MONDAY."""
    return [note(start + n, MONDAY - dt.timedelta(weeks=before + n), *tags) for n in range(count)]


def test_the_last_weeks_are_told_against_those_before() -> None:
    wire = "The long pier fell into the sea at noon, and the harbour master said that nobody had been on it. " * 3
    recent = [
        note(900, MONDAY, PIER, VOSS),
        note(901, MONDAY - dt.timedelta(days=9), PIER, RYE, body=wire, outlet="Post", title="The pier falls"),
        note(902, MONDAY - dt.timedelta(days=9), PIER, RYE, body=wire, outlet="Wire", title="The pier falls"),
        note(903, MONDAY - dt.timedelta(days=21), PIER),
    ]
    site = site_of([*weekly(40, PIER, VOSS), *recent])
    told = site.recent_activity(PIER)
    assert told is not None
    assert (told.last_week, told.count, told.usual_count) == (MONDAY, 3, 4.0)
    assert told.new_companions == (RYE,)  # Voss is an old acquaintance
    assert told.top_story is not None
    assert (told.top_story[0].title, told.top_story[1]) == ("The pier falls", 2)


def test_of_an_entity_that_is_new_everybody_would_be_the_first_beside_it() -> None:
    told = site_of([*weekly(40, PIER), note(900, MONDAY, VOSS, PIER)]).recent_activity(VOSS)
    assert told is not None
    assert told.new_companions == ()


def test_who_was_never_in_the_news_much_and_is_not_now_has_no_last_weeks() -> None:
    site = site_of([*weekly(40, PIER), note(900, MONDAY, PIER), note(901, MONDAY - dt.timedelta(weeks=30), VOSS)])
    assert site.recent_activity(VOSS) is None


def test_a_young_site_does_not_know_what_is_usual() -> None:
    told = site_of([*weekly(8, PIER, before=0)]).recent_activity(PIER)
    assert told is not None
    assert (told.count, told.usual_count) == (4, None)


def test_another_day_of_the_same_week_moves_nothing() -> None:
    notes = weekly(40, PIER, VOSS, before=0)
    site = site_of(notes)
    seal = site.digest_all([("recent_activity", PIER), ("recent_activity", VOSS)])
    late = note(900, MONDAY + dt.timedelta(days=6), RYE)
    site.put_articles({late.file: late})
    assert site.digest_all([("recent_activity", PIER), ("recent_activity", VOSS)]) == seal


def test_who_appears_with_whom_is_ranked_by_more_than_chance() -> None:
    notes = [
        *weekly(30, RYE),  # everywhere
        *weekly(10, PIER, RYE, start=100),
        *weekly(6, PIER, VOSS, start=200),
    ]
    (circle,) = site_of(notes).companions(PIER)
    assert circle.is_significant
    assert [one.tag for one in circle.members] == [VOSS]
    assert (circle.members[0].count, circle.members[0].expected) == (6, 2.1)
    (circle,) = site_of(weekly(4, PIER, RYE)).companions(PIER)
    assert (circle.is_significant, [one.tag for one in circle.members]) == (False, [RYE])


def test_topics_over_time_add_up() -> None:
    notes = [note(1, dt.date(2025, 1, 9), PIER, SILO), note(2, dt.date(2025, 12, 9), PIER, SILO)]
    site = site_of([*notes, note(3, dt.date(2025, 5, 9), PIER)])
    periods = site.time_periods()
    assert periods is not None
    assert (periods.unit, periods.labels) == ("quarter", ("2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4"))
    assert site.entity_topics(PIER) == ((SILO, 2, (1, 0, 0, 1)),)


def test_related_articles_are_near_and_never_of_one_story() -> None:
    helium = "Helium from the Marl field fills hulls at Quill, where Oduya wants a second compressor and a longer mast."
    ropes = "Ropes of the Tallow yard hold barges in Rye harbour, and the guild of splicers asks for more pay."
    days = [MONDAY - dt.timedelta(days=60 * n) for n in range(4)]
    wanted = [
        note(1, days[0], body=f"{helium} Nobody knew the price of it yet. " * 3, title="Helium for Quill"),
        note(2, days[1], body=f"Last spring it had been otherwise. {helium} Dear gas.", title="Helium and masts"),
        note(3, days[2], body=f"{ropes} A knot is a knot.", title="Ropes in Rye"),
        note(4, days[3], body=f"Rain fell on the old quay all week. {ropes}", title="Ropes at Tallow"),
    ]
    copy = note(5, days[1], body=f"Last spring it had been otherwise. {helium} Dear gas.", outlet="Wire",
                title="Helium and masts")  # fmt: skip
    site = site_of([*weekly(30), *wanted, copy])
    first, second = wanted[0].card.url, wanted[1].card.url
    assert site.story(second) is not None
    assert [near.url for near in site.related_articles(first)][:1] == [second]
    assert [near.url for near in site.related_articles(second)][:1] == [first]
    for one in (*wanted, copy):
        shown = [near.title for near in site.related_articles(one.card.url)]
        assert one.card.title not in shown
        assert len(set(shown)) == len(shown) <= 4  # Helium and masts once, though two papers print it
    assert site.related_articles(wanted[2].card.url)[0].title == "Ropes at Tallow"


def test_what_nothing_is_near_has_no_related_articles() -> None:
    first, second = ([f"{letter}{word}" for word in WORDS[:60]] for letter in "xz")
    far = note(901, MONDAY, body=" ".join(["helium gas mast", *first]))
    other = note(902, MONDAY - dt.timedelta(days=99), body=" ".join(["helium gas mast", *second]))
    near = note(903, MONDAY - dt.timedelta(days=99), body=" ".join([*second[40:45], *first[20::-1]]))
    site = site_of([far, other, *weekly(30)])
    assert site.related_articles(other.card.url) == ()
    site.put_articles({near.file: near})
    assert [one.url for one in site.related_articles(near.card.url)][:1] == [far.card.url]


def test_a_list_of_related_articles_is_the_same_however_the_site_came_to_be() -> None:
    notes = [
        *weekly(12, PIER),
        *(note(50 + n, MONDAY, body=f"{'barge rope mast ' * n} of number {n}") for n in range(9)),
    ]
    whole = site_of(notes)
    grown = site_of(notes[:5])
    for one in reversed(notes[5:]):
        for url, _, _ in grown.articles():
            grown.related_articles(url)
        grown.put_articles({one.file: one})
    assert {url: grown.related_articles(url) for url, _, _ in grown.articles()} == {
        url: whole.related_articles(url) for url, _, _ in whole.articles()
    }


def test_a_pair_that_recurs_has_one_page_and_a_way_to_it() -> None:
    notes = [*weekly(30, RYE), *weekly(3, PIER, VOSS, start=100), *weekly(2, PIER, RYE, start=200)]
    site = site_of(notes)
    assert site.pairs() == ((PIER, VOSS),)
    pages = {page.url: page for page in plan_routes(site).pages}
    page, way = pages[UrlPath("/companies/pier/with/voss/")], pages[UrlPath("/companies/voss/with/pier/")]
    assert (page.template, page.stands_for) == ("pair.html", "companies/pier:with:companies/voss")
    assert (way.template, way.context(site).target) == ("redirect.html", page.url)
    shown = page.context(site)
    assert (shown.total, [story.card.id for story in shown.stories]) == (3, ["n100", "n101", "n102"])
    assert shown.first == MONDAY - dt.timedelta(weeks=6)


@pytest.mark.parametrize(
    ("left", "template", "target"),
    [
        (2, "pair.html", None),  # too few for a page of its own now, but it was published
        (0, "redirect.html", "/companies/pier/"),
    ],
)
def test_a_pairs_address_that_was_published_never_breaks(left: int, template: str, target: str | None) -> None:
    notes = [
        *weekly(30, RYE),
        *weekly(3, PIER, VOSS, start=100),
        *weekly(3, PIER, start=200),
        *weekly(3, VOSS, start=300),
    ]
    site = site_of(notes)
    before = {page.url: page.stands_for for page in plan_routes(site).pages if page.stands_for}
    site.put_ledgers(permalink_ledger.record_pages([], before, MONDAY), {})
    site.put_articles({one.file: one for one in weekly(3, PIER, start=100)[left:]})  # a tag was taken out
    assert site.pairs() == ()
    found = plan_routes(site)
    assert found.problems == ()
    pages = {page.url: page for page in found.pages}
    assert before.keys() <= pages.keys()
    page, way = pages[UrlPath("/companies/pier/with/voss/")], pages[UrlPath("/companies/voss/with/pier/")]
    assert page.template == template
    assert way.context(site).target == ("/companies/voss/" if target else page.url)
    if target:
        assert page.context(site).target == target


def test_a_pair_leads_on_when_one_of_the_two_has_another_name() -> None:
    notes = [*weekly(30, RYE), *weekly(4, PIER, VOSS, start=100)]
    site = site_of(notes)
    before = {page.url: page.stands_for for page in plan_routes(site).pages if page.stands_for}
    site.put_ledgers(permalink_ledger.record_pages([], before, MONDAY), {})
    zeal = Entity(kind="companies", slug="zeal", name="Zeal", redirect_from=(UrlPath("/companies/pier/"),))
    site.put_entities([zeal])
    site.put_articles({one.file: one for one in [*weekly(30, RYE), *weekly(4, zeal.tag, VOSS, start=100)]})
    found = plan_routes(site)
    pages = {page.url: page for page in found.pages}
    assert found.problems == ()
    for old in ("/companies/pier/with/voss/", "/companies/voss/with/pier/"):
        assert pages[UrlPath(old)].context(site).target == "/companies/voss/with/zeal/"


def test_the_network_shows_the_surest_links_and_is_drawn_again_only_for_them() -> None:
    site = site_of([*weekly(30, RYE), *weekly(6, PIER, VOSS, start=100)])
    assert site.strongest_pairs() == ((PIER, VOSS, 6),)
    seal = site.digest_all([("strongest_pairs",)])
    one = note(900, MONDAY, RYE)
    site.put_articles({one.file: one})
    assert site.digest_all([("strongest_pairs",)]) == seal
