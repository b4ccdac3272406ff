"""What the lines of a copied page are: their words, their shape, how much they read like prose.

Everything here looks at a line by itself or counts it among the others; what stands around it is weighed
by who asks (`plain` for the text, `titles` for the title).
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass

import justext

from site_gen.core.text import words
from site_gen.ingest.extract.boilerplate_labels import is_label, is_notice, is_tail

_LANGUAGES = {
    "English": "en", "German": "de", "French": "fr", "Spanish": "es", "Italian": "it", "Portuguese": "pt",
    "Dutch": "nl", "Polish": "pl", "Russian": "ru", "Ukrainian": "uk", "Czech": "cs", "Slovak": "sk",
    "Swedish": "sv", "Danish": "da", "Norwegian_Bokmal": "nb", "Finnish": "fi", "Hungarian": "hu",
    "Romanian": "ro", "Croatian": "hr", "Bulgarian": "bg", "Greek": "el", "Turkish": "tr", "Arabic": "ar",
    "Hebrew": "he", "Persian": "fa", "Hindi": "hi", "Indonesian": "id", "Vietnamese": "vi", "Catalan": "ca",
    "Korean": "ko",
}  # fmt: skip
_SAMPLE = 4000  # words, or characters where words are not spaced, that tell a language
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_STOPS = re.compile("[。，、！？]")
_END = re.compile(r"[.!?…。！？؟۔।:;\"”’»)\]]\s*$")
SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"”’»)\]]*\s*$")
URL = re.compile(r"https?://\S+")
BYLINE = re.compile(
    r"^\W*(?:(?:words|text|written|story|reported|reviewed|medically reviewed|posted|published) by|by|von|par|por|di|"
    r"door|av|af|przez|autor(?:in)?|author|auteur|autore|автор|作者|著者|记者|記者)\s*[:：]?(?:\s+(?=\S)|\s*$)",
    re.IGNORECASE,
)
_MONTHS = """
jan january januar janvier enero ene gennaio gen janeiro januari stycznia января januára ledna ianuarie ocak
feb february februar février févr fevrier febrero febbraio fevereiro fev februari lutego февраля února februarie şubat
mar march märz mars marzo março maart mrt marca марта března martie mart
apr april avril avr abril abr aprile aprilie kwietnia апреля dubna nisan
may mai mayo maggio mag maio mei maja мая května mayıs maj
jun june juni juin junio giugno giu junho czerwca июня června iunie haziran
jul july juli juillet juil julio luglio lug julho lipca июля července iulie temmuz
aug august août aout agosto ago augustus sierpnia августа srpna ağustos augusti
sep sept september septembre septiembre settembre set setembro września сентября září septembrie eylül
oct okt october oktober octobre octubre ottobre ott outubro out października октября října octombrie ekim
nov november novembre noviembre novembro listopada ноября listopadu noiembrie kasım
dec dez december dezember décembre déc diciembre dic dicembre dezembro grudnia декабря prosince decembrie aralık
""".split()  # noqa: SIM905  a list of 150 words is read as a text
MONTH = "|".join(sorted(set(_MONTHS), key=len, reverse=True))
_DAY = re.compile(
    rf"""\b\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?,?\s+(?:de\s+|of\s+)?(?:{MONTH})\b
    | \b(?:{MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?!:)
    | \b(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b | \b\d{{1,2}}[/.]\d{{1,2}}[/.](?:(?:19|20)\d\d|\d\d)\b
    | \b\d{{4}}\s*[年년]\s*\d{{1,2}}\s*[月월]
    | \b\d+\s+(?:minutes?|hours?|days?|weeks?|months?|years?)\s+ago\b""",
    re.IGNORECASE | re.VERBOSE,
)
_MINUTES = re.compile(r"\b\d+\s*-?\s*(?:min(?:ute)?s?|minuten)\b.{0,12}$|\bread(?:ing)?[ -]time\b", re.IGNORECASE)
_SEPARATORS = re.compile(r"[|•·»›/>]")
_BULLET = re.compile(r"^[*+•◦▪-]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a copied page. `size` counts words, or half the letters of a script without blanks.

    `density` is the share of stop words; `often` how many lines of the page have its words; `telling` are the
    words that say what it is about (pairs of letters where a script sets no blanks between words).
    """

    text: str
    words: tuple[str, ...]
    key: str
    size: int
    density: float
    telling: tuple[str, ...]
    often: int
    prose: bool
    sentence: bool
    furniture: bool
    tail: bool
    byline: bool
    day: bool
    minutes: bool
    unspaced: bool


def look(texts: list[str], stops: frozenset[str]) -> list[Line]:
    """The lines of a page, in order; `stops` are the stop words of its language."""
    found = [tuple(words(text)) for text in texts]
    keys = [" ".join(pieces) for pieces in found]
    often = Counter(keys)
    known: dict[str, Line] = {}
    lines: list[Line] = []
    for text, pieces, key in zip(texts, found, keys, strict=True):
        line = known.get(text)
        if line is None:
            line = known[text] = _line(text, pieces, key, often[key], stops)
        lines.append(line)
    return lines


def _line(text: str, pieces: tuple[str, ...], key: str, often: int, stops: frozenset[str]) -> Line:
    letters = 0 if text.isascii() else len(_UNSPACED.findall(text))
    unspaced = letters > 10 or letters * 2 > len(text)
    size = max(len(pieces), letters // 2)
    furniture = size <= 60 and (is_label(text) or is_notice(text))
    density = sum(map(stops.__contains__, pieces)) / max(1, len(pieces))
    short = size <= 20 and not furniture
    return Line(
        text=text, words=pieces, key=key, size=size, density=density, often=often,
        telling=_telling(pieces, stops, unspaced),
        prose=not furniture and _is_prose(text, pieces, letters, density, stops),
        sentence=bool(SENTENCE_END.search(text)),
        furniture=furniture,
        tail=size <= 6 and is_tail(text),
        byline=short and bool(BYLINE.match(text)),
        day=short and any(map(str.isdigit, text)) and bool(_DAY.search(text)),
        minutes=short and bool(_MINUTES.search(text)),
        unspaced=unspaced,
    )  # fmt: skip


def _telling(pieces: tuple[str, ...], stops: frozenset[str], unspaced: bool) -> tuple[str, ...]:
    if unspaced:
        return tuple(word[i : i + 2] for word in pieces for i in range(max(1, len(word) - 1)))
    return tuple(word for word in pieces if word not in stops and (len(word) > 2 or not word.isascii()))


def _is_prose(text: str, pieces: tuple[str, ...], letters: int, density: float, stops: frozenset[str]) -> bool:
    """Whether a line is a paragraph: long enough, with stop words, ending as sentences do."""
    if letters > 10:
        return len(text) >= 25 and bool(_UNSPACED_STOPS.search(text))
    if len(_SEPARATORS.findall(text)) > max(2, len(pieces) * 0.15):
        return False
    if not stops:
        return len(pieces) >= 15 and bool(_END.search(text))
    if len(pieces) >= 12 and density >= 0.25 and (len(pieces) >= 25 or _END.search(text)):
        return True
    return len(pieces) >= 30 and density >= 0.18


@functools.cache
def _stop_words() -> dict[str, frozenset[str]]:
    return {code: frozenset(justext.get_stoplist(name)) for name, code in _LANGUAGES.items()}


@functools.cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Of each stop word the languages that have it."""
    out: dict[str, tuple[str, ...]] = {}
    for code, stops in _stop_words().items():
        for word in stops:
            out[word] = (*out.get(word, ()), code)
    return out


def language(texts: list[str]) -> tuple[str | None, frozenset[str]]:
    """The language whose stop words cover most of the text, with these, if they cover an eighth of it."""
    sample = "".join(texts)[:_SAMPLE]
    if not sample.isascii() and len(_UNSPACED.findall(sample)) > len(sample) * 0.3:
        kana, thai = re.search("[\u3040-\u30ff]", sample), re.search("[\u0e00-\u0e7f]", sample)
        return ("ja" if kana else "th" if thai else "zh"), frozenset()
    taken: list[str] = []
    for text in texts:
        taken.extend(words(text))
        if len(taken) >= _SAMPLE:
            break
    covered: Counter[str] = Counter()
    languages = _languages_of()
    for word, number in Counter(taken[:_SAMPLE]).items():
        for code in languages.get(word, ()):
            covered[code] += number
    if not covered:
        return None, frozenset()
    lists = _stop_words()  # a long list covers more of any text
    best = max(sorted(covered), key=lambda code: covered[code] / len(lists[code]) ** 0.15)
    return (best, lists[best]) if covered[best] > 0.12 * min(len(taken), _SAMPLE) else (None, frozenset())


def unwrapped(text: str) -> list[str]:
    """The lines that are not blank; text that was wrapped at a fixed width is joined into its paragraphs."""
    lines = [line.strip() for line in text.split("\n")]
    lengths = sorted(len(line) for line in lines if line)
    if len(lengths) >= 8:
        width = lengths[int(0.9 * (len(lengths) - 1))]
        full = sum(0.6 * width <= n <= width + 2 for n in lengths) / len(lengths)
        if 50 <= width <= 100 and lengths[-1] <= width + 25 and full > 0.4:
            return _joined(lines, width)
    return [re.sub(r"[ \t]+", " ", line) for line in lines if line]


_STRUCTURE = re.compile(r"^(?:[-*•–]|\d{1,2}[.)])\s+")


def _joined(lines: list[str], width: int) -> list[str]:
    out: list[str] = []
    previous = ""
    for line in lines:
        # A line goes on the one before it only if that one was too long for this one's first word.
        # One that is half empty was ended on purpose: a byline above a long address.
        full = len(previous) > width / 2 and len(previous) + 1 + len(line.split(" ", 1)[0]) > width - 6
        if line and full and not _STRUCTURE.match(line) and out:
            out[-1] = f"{out[-1]} {line}"
        elif line:
            out.append(line)
        previous = line
    return out
