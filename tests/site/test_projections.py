"""Which groups see an article, and which see a story."""

from __future__ import annotations

import datetime as dt

from site_gen.site.projections import STORY_GROUPS, project_article, project_story
from tests.support.notes import MONDAY, PIER, VOSS, note


def test_no_group_sees_both_articles_and_stories() -> None:
    day_ahead = MONDAY - dt.timedelta(days=9)
    notes = [
        note(1, MONDAY, PIER, VOSS),
        note(2, MONDAY, PIER),
        note(3, None, VOSS),
        note(4, MONDAY, VOSS, saved=day_ahead),
    ]
    of_articles = {group[0] for each in notes for group, _ in project_article(each)}
    of_stories = {group[0] for story in ([*notes[:2]], [notes[2]], [notes[3]]) for group, _ in project_story(story)}
    assert of_stories == STORY_GROUPS
    assert not of_articles & STORY_GROUPS
