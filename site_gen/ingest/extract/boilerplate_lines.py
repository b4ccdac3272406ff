"""Tell lines that belong to the page around an article by what they do, in many languages.

They send the reader elsewhere, ask for something, or tell the day above a text. Lines that are told by their words:
`boilerplate_labels`.
"""

from __future__ import annotations

import re

from site_gen.core.text import words
from site_gen.core.word_lists import WordLists

_MAX_LENGTH = 300  # characters; a longer line is prose
_MAX_ABOVE = 90  # characters of a line above the first paragraph that is no part of the text

# A line that points elsewhere or tells where things are from: "Read more: …", "Photo: …".
_POINTERS = "|".join(WordLists(__package__, "boilerplate_lines.txt").phrases("pointers"))
_POINTER = re.compile(rf"^\W*(?:{_POINTERS})\s*[:：]\s*\S.{{0,180}}$", re.IGNORECASE)
_READING_TIME = re.compile(
    r"^\W*(?:(?:estimated\ )?(?:reading\ time|read\ time|time\ to\ read|tempo de leitura|tiempo de lectura"
    r"|temps de lecture|lesezeit|lesedauer|czas czytania|leestijd|tempo di lettura|время чтения)\b.{0,30}"
    r"|\d+\s*+-?\s*+(?:min(?:ute)?s?\b\.?)\s*+"
    r"(?:read(?:ing)?(?: time)?|to read|de lect?ure|de lect?ura|de leitura)?)\W*+$",
    re.IGNORECASE,
)
# What a page asks of its readers at the end.
_PROMOTION = re.compile(
    r"(?:^|[.!?]\s|\bplease\s|\b(?:can|to)\s)\W{0,60}(?:be sure to\s+)?"
    r"(?:follow|join|like us|find us|subscribe|sign\ up|get|receive|listen|download|keep\ up|stay|check\ out|visit"
    r"|write\ to"
    r"|contact|reach|email|e-mail|tweet)\b.{0,140}\b(?:twitter|facebook|instagram|youtube|linkedin|telegram|whatsapp"
    r"|tiktok|bluesky|mastodon|newsletters?|inbox|e-?mail(?:ed)?|app\ store|google\ play"
    r"|podcasts?|rss|patreon|letterbox|alerts?)\b"
    r"|^\W*(?:folge|folgen\ sie|suivez|abonnez|síguenos|sigue|suscríbete|siga|inscreva|seguici|iscriviti|volg"
    r"|подписывайтесь|关注)\b.{0,160}$"
    r"|^\W*(?:do\ you\ have|have\ you\ got|got)\ (?:a|any)\ (?:news\ )?(?:tip|story|stories|question)s?\b"
    r"|\bcontributed\ (?:reporting|to\ (?:this|the)\ (?:report|story|article))\b"
    r"|\bcommitted\ to\ publishing\b.{0,40}\bletters\b|^\W*(?:get|send)\ us\ your\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^(?:(?:https?://|www\.|(?:twitter|facebook|instagram)\.com/)\S++|[\w.+-]++@[\w-]++\.[\w.-]++"
    r"|@\w++(?:@[\w-]++\.[\w.-]++)?|[|,;·•\s()\[\]]++)++$",
    re.IGNORECASE,
)
# The marks of a press release: whom to ask, before or behind it.
_PRESS_CONTACT = re.compile(
    r"^\W*(?:(?:press|media|news)\s+)?(?:contacts?|enquiries|inquiries|pressekontakt|kontakt|contactos?|contatt[oi])"
    r"\s*[:：].{0,160}(?:@|\d{3})",
    re.IGNORECASE,
)
_PRESS_MARK = re.compile(r"^(?:(?=\W*+$)\W*#{3}|\W*(?:-\s?30\s?-|ends?\s?[-–—])\W*+$)", re.IGNORECASE)
_SHORTCODE = re.compile(r"^\\?\[/?[a-z_-]{3,20}(?:\s+[\w-]+=[^\[\]]*)?\\?\]$", re.IGNORECASE)
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{8}")  # eight letters, no blank
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|avr|juin|juil|août|déc|ene|abr|ago"
    r"|dic|fev|set|out|gen|mag|giu|lug|ott)[^\W\d]*\.?"
)
_DATED = re.compile(
    rf"\b{_MONTH}\s+\d{{1,2}}\b|\b\d{{1,2}}\.?\s+(?:de\s+)?{_MONTH}|\b\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b"
    r"|\b\d{1,2}[:.]\d\d\s*(?:[ap]\.?m|uhr|[A-Z]{2,4}\b)|\b\d+\s+(?:minute|hour|day|week|month|year)s?\ ago\b"
    r"|\d{4}\s*年",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W*(?:(?:written|posted|published|words|story|text|photos?)\s+)?(?:by|von|par|por)\s+\S|^\W*(?:posted|published|updated)\b",
    re.IGNORECASE,
)


def is_pointer(line: str) -> bool:
    """Tell whether the line only sends the reader elsewhere ("Read more: …").

    A reading time is such a line, too, a template's code (`[form id=1]`), and whom to ask about a press release.
    """
    if len(line) <= _MAX_LENGTH and (_POINTER.match(line) or _PRESS_CONTACT.match(line) or _PRESS_MARK.match(line)):
        return True
    return bool(_READING_TIME.match(line) or _SHORTCODE.match(line))


def is_promotion(line: str) -> bool:
    """Tell whether the line asks the reader to follow or subscribe, or gives nothing but addresses.

    Below an article such a line is no part of it.
    """
    return len(line) < _MAX_LENGTH and bool(_PROMOTION.search(line) or _CONTACT.match(line))


def is_above(line: str) -> bool:
    """Tell whether a line above the first paragraph is its dateline, byline or section: short, and no sentence."""
    if len(line) > _MAX_ABOVE or _UNSPACED.search(line) or line.rstrip("*_ ")[-1:] in '.!?…:;,。！？"”»':
        return False
    return bool(_DATED.search(line) or _BYLINE.match(line)) or len(words(line)) <= 3
