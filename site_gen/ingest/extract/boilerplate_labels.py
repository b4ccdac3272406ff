"""Lines that belong to a page's furniture, not to its article, in many languages.

Lines are compared by `same_words`: case, punctuation and numbers of blanks do not matter.
Only general furniture stands here: no outlet's name, no line of one page.
"""

from __future__ import annotations

import re

from site_gen.core.text import word_key, words


def _lines(text: str) -> frozenset[str]:
    return frozenset(word_key(line) for line in text.strip().splitlines() if line.strip())


# What follows one of these is no longer the article.
TAIL = _lines("""
related
related posts
related post
related articles
related stories
related news
related content
related coverage
related topics
related reading
article topics
you may also like
you might also like
you may also be interested in
more stories
more news
recommended for you
recommended
read next
up next
what to read next
trending
trending now
most read
most popular
popular posts
recent posts
latest news
latest posts
latest stories
latest articles
top stories
editors picks
editor s picks
leave a reply
leave a comment
leave your comment
post a comment
add a comment
write a comment
comments
no comments
comments are closed
join the conversation
join the discussion
about the author
about the authors
cancel reply
ähnliche artikel
ähnliche beiträge
das könnte sie auch interessieren
mehr zum thema
kommentare
kommentar schreiben
schreibe einen kommentar
kommentar hinterlassen
lesen sie auch
articles similaires
à lire aussi
lire aussi
sur le même sujet
laisser un commentaire
commentaires
artículos relacionados
noticias relacionadas
también te puede interesar
deja un comentario
deja una respuesta
comentarios
leia também
veja também
artigos relacionados
deixe um comentário
comentários
leggi anche
articoli correlati
lascia un commento
commenti
lees ook
gerelateerde artikelen
reacties
czytaj też
czytaj także
zobacz też
komentarze
dodaj komentarz
läs också
kommentarer
les også
læs også
читайте также
похожие статьи
комментарии
оставить комментарий
関連記事
コメント
相关阅读
相关新闻
相關新聞
评论
關聯文章
관련기사
댓글
اقرأ أيضا
مواضيع ذات صلة
التعليقات
קראו גם
תגובות
""")

# Furniture anywhere.
_ANYWHERE = _lines("""
share
share this
share this article
share this story
share this post
share on facebook
share on twitter
share on x
share on linkedin
share via email
tweet
pin it
print
print this article
print this page
email
e mail
email this
copy link
save
facebook
twitter
x
linkedin
whatsapp
telegram
reddit
pinterest
instagram
youtube
mastodon
bluesky
follow us
subscribe
subscribe now
sign up
sign in
log in
login
register
newsletter
newsletters
menu
home
search
close
navigation
skip to content
skip to main content
back to top
back to blog
table of contents
click to tweet
pin for later
pin it for later
ask question
more
don t miss
read more
read next
must read
in this article
comentar
posted on
published
updated
explore further
about this author
download pdf
top
next
previous
next article
previous article
load more
show more
see all
view all
loading
advertisement
advertisements
advertise
ad
ads
sponsored
sponsored content
promoted content
paid content
topics
topic
tags
tag
categories
category
keywords
reply
cookie settings
cookie policy
accept
accept all
accept all cookies
reject all
manage preferences
privacy policy
terms of use
terms of service
terms and conditions
all rights reserved
about us
contact
contact us
sitemap
faq
view comments
show comments
listen to this article
teilen
drucken
anzeige
werbung
startseite
partager
imprimer
publicité
compartir
imprimir
publicidad
compartilhe
publicidade
condividi
stampa
pubblicità
delen
udostępnij
reklama
dela
поделиться
реклама
分享
広告
シェア
공유
مشاركة
שתפו
""")

# A short line that begins so is furniture: "More from the desk", "Filed under: Ports".
_STARTS = tuple(
    tuple(line.split())
    for line in (
        "more from", "more on", "more in", "most read", "most viewed", "most commented", "read more", "see also",
        "read also", "filed under", "posted in", "tagged", "tagged with", "share this", "follow us", "sign up for",
        "subscribe to", "skip to", "latest", "featured", "continue reading", "click here", "click to share",
        "you are here", "story continues below", "article continues below", "scroll to continue", "sponsored by",
    )
)  # fmt: skip
_STARTING = frozenset(start[0] for start in _STARTS)

# Inside a line of any shape: what sites say about themselves to everyone.
_NOTICE = re.compile(
    r"""
    \buses\ akismet\b | \bcomment\ data\ is\ processed\b | \bemail\ address\ will\ not\ be\ published\b
    | \brequired\ fields\ are\ marked\b | \bsave\ my\ name,?\ email\b
    | \b(?:we|this\ (?:web)?site)\ uses?\ cookies\b
    | \bby\ (?:continuing|using|clicking|signing\ up|subscribing)\b.{0,120}
      \b(?:cookies?|agree|consent|terms|privacy)\b
    | \ball\ rights\ reserved\b | ^\W*(?:©|\(c\)|copyright)\s*\W?\s*(?:19|20)\d\d
    | \b(?:enable|requires?|turn\ on)\ javascript\b
    | \bjavascript\ is\ (?:disabled|required|not\ enabled)\b | \bad\s?blocker\b
    | \bsign\ up\ (?:for|to)\ (?:our|the)\b.{0,80}\bnewsletter\b | \bsubscribe\ to\ (?:our|the)\b.{0,60}\bnewsletter\b
    | \bclick\ (?:here\ )?to\ (?:share|email|print|subscribe)\b | \bopens?\ in\ (?:a\ )?new\ window\b
    | \bpixel\b\W*$ | \b(?:tracking|analytics|facebook|fb|meta|google)\s+(?:pixel|tag)\b
    | \b(?:may|might|could)\ (?:earn|receive|get|make)\b.{0,40}\bcommissions?\b | \bcontains?\ affiliate\ links\b
    | \b(?:purchase|buy)\w*\ (?:something\ )?(?:made\ )?through\ (?:our|a|these|the)\ links?\b
    | \bprices\ (?:were|are)\ accurate\ at\ the\ time\b | \bimage\ used\ under\ licen[sc]e\b
    | \bschutz\ ihrer\ daten\b | \bverwendet\ cookies\b | \butilise\ des\ cookies\b | \butiliza\ cookies\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A line without any of these cannot be a notice: to look for them takes a hundredth of the time that the patterns take.
_NOTICE_HINTS = (
    "akismet", "comment data", "address will", "required fields", "save my name", "cookie", "by continuing", "by using",
    "by clicking", "by signing", "by subscribing", "rights reserved", "©", "(c)", "copyright", "javascript", "blocker",
    "newsletter", "click", "new window", "pixel", "tag", "commission", "affiliate", "through", "accurate at",
    "image used", "ihrer daten",
)  # fmt: skip
_COUNTED = re.compile(
    r"^(?:\d+|no)\s+(?:comments?|replies|responses|shares?|likes?|views?|kommentare?|commentaires?|comentarios?)$"
)
_SHORT = 8  # words
_NOTICE_LENGTH = 300  # characters; a longer line is prose that happens to speak of cookies


def is_tail(line: str) -> bool:
    """Whether the article ends before this line."""
    key = word_key(line)
    return key in TAIL or bool(_COUNTED.match(key))


def is_label(line: str) -> bool:
    """Whether the whole line is furniture. A line without a word or number (` | | `) is."""
    found = words(line)
    if not found:
        return True
    key = " ".join(found)
    if key in TAIL or key in _ANYWHERE or _COUNTED.match(key):
        return True
    if all(word in _ANYWHERE for word in found):  # a share bar: "Facebook Twitter LinkedIn"
        return True
    may = found[0] in _STARTING and len(found) <= _SHORT
    starts = may and any(tuple(found[: len(s)]) == s for s in _STARTS)
    return starts and line.rstrip()[-1:] not in ".!?。"


def is_notice(line: str) -> bool:
    """Whether the line is what a site tells every visitor: cookies, rights, comment rules, trackers."""
    if len(line) >= _NOTICE_LENGTH:
        return False
    low = line.lower() if line.isascii() else line.casefold().replace("ı", "i")  # as the patterns ignore case
    return any(hint in low for hint in _NOTICE_HINTS) and bool(_NOTICE.search(line))
