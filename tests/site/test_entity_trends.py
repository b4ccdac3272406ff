"""The statistics of an entity's page, the related articles of an article, and the pages of pairs."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from site_gen.content import permalink_ledger
from site_gen.content.records import Entity, Tag
from site_gen.core.urls import UrlPath
from site_gen.pages.routes import plan_routes
from site_gen.site import articles, co_occurrence, entity_trends, stories
from tests.support.notes import MONDAY, PIER, RYE, SILO, VOSS, WORDS, note, put_notes, site_of, weekly_notes

LATHE = Tag("companies", "lathe")


def test_recent_activity_is_compared_with_earlier_weeks() -> None:
    wire = "The long pier fell into the sea at noon, and the harbour master said that nobody had been on it. " * 3
    day, title = MONDAY - dt.timedelta(days=9), "The pier falls"
    recent = [
        replace(note(900, MONDAY, PIER, VOSS), pairs=((PIER, VOSS),)),
        replace(note(901, day, PIER, RYE, body=wire, outlet="Post", title=title), pairs=((PIER, RYE),)),
        note(902, day, PIER, RYE, LATHE, body=wire, outlet="Wire", title=title),
        note(903, MONDAY - dt.timedelta(days=21), PIER),
    ]
    site = site_of([*weekly_notes(40, PIER, VOSS), *recent])
    activity = entity_trends.recent_activity(site, PIER)
    assert activity is not None
    assert (activity.week, activity.count, activity.usual) == (MONDAY, 3, 4.0)
    assert [other.name for other in activity.beside] == [
        "rye"
    ]  # Voss is an old acquaintance, and no sentence names Lathe, too
    assert activity.carried is not None
    assert (activity.carried.title, activity.outlets) == ("The pier falls", 2)


def test_a_new_entity_has_no_new_companions() -> None:
    activity = entity_trends.recent_activity(site_of([*weekly_notes(40, PIER), note(900, MONDAY, VOSS, PIER)]), VOSS)
    assert activity is not None
    assert activity.beside == ()


def test_an_entity_rarely_in_the_news_has_no_recent_activity() -> None:
    site = site_of([*weekly_notes(40, PIER), note(900, MONDAY, PIER), note(901, MONDAY - dt.timedelta(weeks=30), VOSS)])
    assert entity_trends.recent_activity(site, VOSS) is None


def test_a_young_site_has_no_usual_count() -> None:
    activity = entity_trends.recent_activity(site_of([*weekly_notes(8, PIER, before=0)]), PIER)
    assert activity is not None
    assert (activity.count, activity.usual) == (4, None)


def test_another_day_of_the_same_week_changes_no_recent_activity() -> None:
    notes = weekly_notes(40, PIER, VOSS, before=0)
    site = site_of(notes)
    keys = [("entity_trends.recent_activity", tag) for tag in (PIER, VOSS)]
    digest = site.digest_all(keys)
    assert digest is not None
    late = note(900, MONDAY + dt.timedelta(days=6), RYE)
    put_notes(site, late)
    assert site.digest_all(keys) == digest


def test_companions_are_ranked_by_more_than_chance() -> None:
    notes = [
        *weekly_notes(30, RYE),  # everywhere
        *weekly_notes(10, PIER, RYE, start=100),
        *weekly_notes(6, PIER, VOSS, start=200),
    ]
    (group,) = co_occurrence.companions(site_of(notes), PIER)
    assert group.is_significant
    assert [each.tag for each in group.members] == [VOSS]
    assert (group.members[0].count, group.members[0].expected) == (6, 2.1)
    (group,) = co_occurrence.companions(site_of(weekly_notes(4, PIER, RYE)), PIER)
    assert (group.is_significant, [each.tag for each in group.members]) == (False, [RYE])


def test_topics_of_stories_about_an_entity_add_up_over_time() -> None:
    days = dt.date(2025, 1, 9), dt.date(2025, 12, 9)
    about = [replace(note(n, day, PIER, SILO), about=frozenset({PIER})) for n, day in enumerate(days)]
    mentions = [note(3, dt.date(2025, 5, 9), PIER), note(4, dt.date(2025, 6, 9), PIER, SILO)]
    site = site_of([*about, *mentions])
    periods = entity_trends.time_periods(site)
    assert periods is not None
    assert (periods.unit, periods.labels) == ("quarter", ("2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4"))
    assert entity_trends.topics(site, PIER) == ((SILO, 2, (1, 0, 0, 1)),)
    assert entity_trends.topics(site_of(mentions), PIER) == ((SILO, 1, (1,)),)  # where no story is about it


def test_related_articles_resemble_an_article_and_tell_another_story() -> None:
    helium = "Helium from the Marl field fills hulls at Quill, where Oduya wants a second compressor and a longer mast."
    ropes = "Ropes of the Tallow yard hold barges in Rye harbour, and the guild of splicers asks for more pay."
    days = [MONDAY - dt.timedelta(days=60 * n) for n in range(4)]
    notes = [
        note(1, days[0], body=f"{helium} Nobody knew the price of it yet. " * 3, title="Helium for Quill"),
        note(2, days[1], body=f"Last spring it had been otherwise. {helium} Dear gas.", title="Helium and masts"),
        note(3, days[2], body=f"{ropes} A knot is a knot.", title="Ropes in Rye"),
        note(4, days[3], body=f"Rain fell on the old quay all week. {ropes}", title="Ropes at Tallow"),
    ]
    copy = note(5, days[1], body=f"Last spring it had been otherwise. {helium} Dear gas.", outlet="Wire",
                title="Helium and masts")  # fmt: skip
    site = site_of([*weekly_notes(30), *notes, copy])
    first, second = notes[0].card.url, notes[1].card.url
    assert stories.of_article(site, second) is not None
    assert [near.url for near in stories.related_articles(site, first)][:1] == [second]
    assert [near.url for near in stories.related_articles(site, second)][:1] == [first]
    for each in (*notes, copy):
        titles = [near.title for near in stories.related_articles(site, each.card.url)]
        assert each.card.title not in titles
        assert len(set(titles)) == len(titles) <= 4  # Helium and masts once, though two papers print it
    assert stories.related_articles(site, notes[2].card.url)[0].title == "Ropes at Tallow"


def test_an_article_like_no_other_has_no_related_articles() -> None:
    first, second = ([f"{letter}{word}" for word in WORDS[:60]] for letter in "xz")
    far = note(901, MONDAY, body=" ".join(["helium gas mast", *first]))
    other = note(902, MONDAY - dt.timedelta(days=99), body=" ".join(["helium gas mast", *second]))
    near = note(903, MONDAY - dt.timedelta(days=99), body=" ".join([*second[40:45], *first[20::-1]]))
    site = site_of([far, other, *weekly_notes(30)])
    assert stories.related_articles(site, other.card.url) == ()
    put_notes(site, near)
    assert [each.url for each in stories.related_articles(site, near.card.url)][:1] == [far.card.url]


@pytest.mark.parametrize(
    ("shared_words", "language", "is_related"),
    [(3, "en", False), (8, "en", True), (8, "en-GB", True), (8, "nl", False)],
)
def test_related_articles_share_several_words_and_the_language(
    shared_words: int, language: str, *, is_related: bool
) -> None:
    shared = " ".join(f"helium{word} " * 6 for word in WORDS[:shared_words])
    first, second = (f"{shared} " + " ".join(f"{letter}{word}" for word in WORDS[:60]) for letter in "xz")
    notes = [note(901, MONDAY, body=first), note(902, MONDAY - dt.timedelta(days=99), body=second, language=language)]
    site = site_of([*notes, *weekly_notes(30)])
    assert [near.url for near in stories.related_articles(site, notes[0].card.url)] == [notes[1].card.url] * is_related


def test_related_articles_do_not_depend_on_the_order_of_changes() -> None:
    notes = [
        *weekly_notes(12, PIER),
        *(note(50 + n, MONDAY, body=f"{'barge rope mast ' * n} of number {n}") for n in range(9)),
    ]
    whole = site_of(notes)
    grown = site_of(notes[:5])
    for each in reversed(notes[5:]):
        for url, _, _ in articles.listing(grown):
            stories.related_articles(grown, url)
        put_notes(grown, each)
    assert {url: stories.related_articles(grown, url) for url, _, _ in articles.listing(grown)} == {
        url: stories.related_articles(whole, url) for url, _, _ in articles.listing(whole)
    }


def test_a_recurring_pair_has_one_page_and_a_redirect_to_it() -> None:
    notes = [*weekly_notes(30, RYE), *weekly_notes(3, PIER, VOSS, start=100), *weekly_notes(2, PIER, RYE, start=200)]
    site = site_of(notes)
    assert co_occurrence.pairs(site) == ((PIER, VOSS),)
    pages = {page.url: page for page in plan_routes(site).pages}
    page, redirect = pages[UrlPath("/companies/pier/with/voss/")], pages[UrlPath("/companies/voss/with/pier/")]
    assert (page.template, page.stands_for) == ("pair.html", "companies/pier:with:companies/voss")
    assert (redirect.template, redirect.context(site).target) == ("redirect.html", page.url)
    view = page.context(site)
    assert (view.total, [story.card.id for story in view.stories]) == (3, ["n100", "n101", "n102"])
    assert view.first == MONDAY - dt.timedelta(weeks=6)


@pytest.mark.parametrize(
    ("left", "template", "target"),
    [
        (2, "pair.html", None),  # too few for a page of its own now, but it was published
        (0, "redirect.html", "/companies/pier/"),
    ],
)
def test_a_pairs_address_that_was_published_never_breaks(left: int, template: str, target: str | None) -> None:
    notes = [
        *weekly_notes(30, RYE),
        *weekly_notes(3, PIER, VOSS, start=100),
        *weekly_notes(3, PIER, start=200),
        *weekly_notes(3, VOSS, start=300),
    ]
    site = site_of(notes)
    before = {page.url: page.stands_for for page in plan_routes(site).pages if page.stands_for}
    site.put_ledgers(permalink_ledger.record_pages([], before, MONDAY), {})
    put_notes(site, *weekly_notes(3, PIER, start=100)[left:])  # a tag was taken out
    assert co_occurrence.pairs(site) == ()
    routes = plan_routes(site)
    assert routes.problems == ()
    pages = {page.url: page for page in routes.pages}
    assert before.keys() <= pages.keys()
    page, redirect = pages[UrlPath("/companies/pier/with/voss/")], pages[UrlPath("/companies/voss/with/pier/")]
    assert page.template == template
    assert redirect.context(site).target == ("/companies/voss/" if target else page.url)
    if target:
        assert page.context(site).target == target


def test_a_pair_redirects_when_one_of_the_two_is_renamed() -> None:
    notes = [*weekly_notes(30, RYE), *weekly_notes(4, PIER, VOSS, start=100)]
    site = site_of(notes)
    before = {page.url: page.stands_for for page in plan_routes(site).pages if page.stands_for}
    site.put_ledgers(permalink_ledger.record_pages([], before, MONDAY), {})
    zeal = Entity(kind="companies", slug="zeal", name="Zeal", redirect_from=(UrlPath("/companies/pier/"),))
    site.put_entities([zeal])
    put_notes(site, *weekly_notes(4, zeal.tag, VOSS, start=100))
    routes = plan_routes(site)
    pages = {page.url: page for page in routes.pages}
    assert routes.problems == ()
    for old in ("/companies/pier/with/voss/", "/companies/voss/with/pier/"):
        assert pages[UrlPath(old)].context(site).target == "/companies/voss/with/zeal/"


def test_the_network_holds_the_strongest_pairs_and_changes_only_with_them() -> None:
    site = site_of([*weekly_notes(30, RYE), *weekly_notes(6, PIER, VOSS, start=100)])
    assert co_occurrence.strongest_pairs(site) == ((PIER, VOSS, 6),)
    digest = site.digest_all([("co_occurrence.strongest_pairs",)])
    assert digest is not None
    put_notes(site, note(900, MONDAY, RYE))
    assert site.digest_all([("co_occurrence.strongest_pairs",)]) == digest
