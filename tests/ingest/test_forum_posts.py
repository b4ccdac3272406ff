"""Discussions come in as their posts: who wrote each, when and what, by the markup of the programs that run forums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.extraction import doubt_reasons, extract_html, json_ld

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = "Which rope holds a barge of forty tons in the spring tide? Ours has torn twice since March."
TOLD = "Take a laid one of eight strands, and soak it before the first tide. It stretches by a tenth then."
THANKED = "That worked, it has held for a month now. I soaked it for two days in the harbour basin."
MENU = "<ul><li><a href=/a>Forums</a><li><a href=/b>What is new</a><li><a href=/c>Members</a></ul>"


def forum(posts: str, head: str = "") -> str:
    title = "Which rope for a barge?"
    return (
        f"<html lang=en><head><title>{title}</title>{head}</head><body>{MENU}<h1>{title}</h1>{posts}"
        f"<div class=similar><a href=/t>Which paint for a barge?</a> <a href=/u>Which anchor?</a></div>{MENU}"
    )


def xenforo(author: str, day: str, body: str) -> str:
    return f"""<article class="message message--post" data-author="{author}"><div class=message-cell><h4>
        <a class="username">{author}</a></h4><div>Messages 412</div></div><header><time>{day}</time></header>
        <div class=message-body><div class=bbWrapper>{body}</div></div>
        <aside class=message-signature><div class=bbWrapper>Tarred since 1999</div></aside><a>Like</a></article>"""


def discourse(author: str, day: str, body: str) -> str:
    return f"""<div class="topic-body crawler-post"><div class=crawler-post-meta><span itemprop=author>
        <a><span itemprop=name>{author}</span></a></span><time>{day}</time><span itemprop=position>1</span></div>
        <div class=post itemprop=text>{body}</div><div class=crawler-linkback-list>2 Likes</div></div>"""


def phpbb(author: str, day: str, body: str) -> str:
    return f"""<div class="post bg2"><div class=inner><dl class=postprofile><dt><a class=username>{author}</a></dt>
        <dd>Posts: 412</dd></dl><div class=postbody><h3><a>Re: Which rope?</a></h3><p class=author>by <a class=username>
        {author}</a> » <time>{day}</time></p><div class=content>{body}</div><div class=signature>Tarred since 1999</div>
        </div></div></div>"""


def vbulletin(author: str, day: str, body: str) -> str:
    return f"""<li class=postcontainer id=post_17><span class=date>{day}, <span class=time>9:03 AM</span></span>
        <a class=username>{author}</a><dl><dt>Posts</dt><dd>412</dd></dl><div class=content><div id=post_message_17>
        <blockquote class=postcontent>{body}</blockquote></div></div><div class=signaturecontainer>Tarred</div></li>"""


def invision(author: str, day: str, body: str) -> str:
    return f"""<article class="cPost ipsComment"><aside><h3 class=cAuthorPane_author><a>{author}</a> <b>412</b></h3>
        Members</aside><div class=ipsComment_meta>Posted <time>{day}</time></div><div data-role=commentContent>{body}
        <span data-excludequote>Edited by {author}</span></div></article>"""


def fluxbb(author: str, day: str, body: str) -> str:
    return f"""<div class="blockpost rowodd"><h2><span class=conr>#1</span> <a>{day}</a></h2><div class=postleft><dl>
        <dt><strong>{author}</strong></dt><dd>Posts: 412</dd></dl></div><div><div class=postmsg>{body}</div>
        <div class="postsignature postmsg">Tarred since 1999</div></div></div>"""


def paragraph(text: str) -> str:
    return f"<p>{text}</p>"


ENGINES = [xenforo, discourse, phpbb, vbulletin, invision, fluxbb]


@pytest.mark.parametrize("post", ENGINES)
def test_a_discussion_is_its_posts_with_author_and_day(post: Callable[[str, str, str], str]) -> None:
    posts = [("Ann Lee", "Mar 3, 2024", ASKED), ("bo_ray", "Mar 4, 2024", TOLD), ("Ann Lee", "Apr 5, 2024", THANKED)]
    draft = extract_html(forum("".join(post(author, day, paragraph(text)) for author, day, text in posts)))
    assert (
        draft.markdown.replace("\\_", "_")
        == "".join(f"**{author}**, {day}\n\n{text}\n\n" for author, day, text in posts).rstrip("\n") + "\n"
    )
    assert draft.author == ("Ann Lee",)
    assert "a forum page, not an article" in doubt_reasons(draft)


def test_who_opened_a_discussion_may_have_a_name_of_any_signs() -> None:
    posts = xenforo("~*Ann*~ [Rye]", "Mar 3, 2024", paragraph(ASKED)) + xenforo("bo", "Mar 4, 2024", paragraph(TOLD))
    assert extract_html(forum(posts)).author == ("~*Ann*~ [Rye]",)


def test_a_quotation_of_a_post_above_goes_and_any_other_stays() -> None:
    quote = "<blockquote class=bbCodeBlock--quote><div>bo_ray said:</div><div>{}</div></blockquote>".format
    elsewhere = "Never moor with wire, it cuts the fairlead within a winter."
    posts = [("Ann Lee", paragraph(ASKED)), ("bo_ray", quote(ASKED) + paragraph(TOLD))]
    posts.append(("Ann Lee", quote(elsewhere) + paragraph(THANKED)))
    draft = extract_html(forum("".join(xenforo(author, "Mar 3, 2024", body) for author, body in posts)))
    assert draft.text.count(ASKED) == 1
    assert f"> {elsewhere}\n\n{THANKED}" in draft.markdown
    assert draft.markdown.count("said:") == 1


def test_of_a_preview_of_another_page_its_link_stays() -> None:
    preview = (
        "<aside class=onebox><header>rope.example</header><article><a href=https://rope.example/laid>Laid ropes</a><p>"
    )
    body = f"{paragraph(TOLD)}{preview}All of our ropes are made of the best hemp.</p></article></aside>"
    draft = extract_html(
        forum(discourse("Ann Lee", "3 March 2024", paragraph(ASKED)) + discourse("bo", "4 March 2024", body))
    )
    assert draft.markdown.endswith(f"{TOLD}\n\n[Laid ropes](https://rope.example/laid)\n")


def test_an_answer_that_is_shown_twice_comes_once() -> None:
    answer = f"<div class=answer><div class=js-post-body>{paragraph(TOLD)}</div></div>"
    question = f"<div class=question><div class=js-post-body>{paragraph(ASKED)}</div><a>edit</a></div>"
    assert extract_html(forum(question + answer + answer)).text.split("\n") == [ASKED, TOLD]


@pytest.mark.parametrize("text", [f"<div class=toptext>{ASKED}</div>", ""])
@pytest.mark.parametrize("author", ["ann", ""])
def test_who_comments_first_on_a_link_did_not_open_the_discussion(text: str, author: str) -> None:
    user = "<a class=hnuser>{}</a>".format
    comment = "<table><tr class=athing><td>{} <span class=commtext>{}</span></table>".format
    top = f"<table class=fatitem><tr><td>{author and user(author)}{text}</table>"
    draft = extract_html(forum(top + comment(user("bo_ray"), TOLD) + comment(user("cy"), THANKED)))
    assert draft.author == ((author,) if author else ())
    assert f"**bo\\_ray**\n\n{TOLD}" in draft.markdown


@pytest.mark.parametrize("described", [json_ld(headline="Which rope for a barge?"), ""])
def test_an_article_with_one_such_box_within_stays_an_article(described: str) -> None:
    text = paragraph(ASKED) + paragraph(TOLD) + paragraph(THANKED)
    draft = extract_html(forum(f"<article>{text}{xenforo('bo', 'Mar 3, 2024', 'Nice.')}</article>", described))
    assert TOLD in draft.text
    assert THANKED in draft.text
    assert "a forum page, not an article" not in doubt_reasons(draft)
