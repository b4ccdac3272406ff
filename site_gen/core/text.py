"""Text cleaning, case folding and words: what every room needs of strings. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Forbidden in XML 1.0 (section 2.2), invisible, or able to turn the reading order of what follows
# (Unicode TR36, section 2.2; "Trojan Source", CVE-2021-42574). LRM, RLM, ZWJ and ZWNJ stay: Arabic,
# Persian and Indic texts need them.
_FORBIDDEN_BELOW = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff"
)
_FORBIDDEN_ABOVE = "".join(f"{chr(p << 16 | 0xFFFE)}{chr(p << 16 | 0xFFFF)}" for p in range(1, 17))
_FORBIDDEN = re.compile(f"[{_FORBIDDEN_BELOW}{_FORBIDDEN_ABOVE}]")
# _FORBIDDEN and more above the first plane: one range there is ten times faster than 32 characters.
_SUSPECT = re.compile(f"[{_FORBIDDEN_BELOW}\U0001fffe-\U0010ffff]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SUSPECT_OR_LINE_END = re.compile(f"{_SUSPECT.pattern[:-1]}\x85\u2028\u2029]")
_ASCII = bytes(range(128))
_CONTROLS = bytes([*range(9), *range(0x0B, 0x20), 0x7F])  # all that scrub changes in ASCII
_SPACES = re.compile(r"\s+")
_ZERO_WIDTH = re.compile("[\u200b\u2060\u00ad]")
# One character to one character, so that offsets into the folded text fit the text itself.
_NORMAL_SIGNS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "＇": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\n": " ",
        "\t": " ",
    }
    | dict.fromkeys("‐‑‒–", "-")  # dashes that fonts and editors put for a hyphen
)
_SIGN_PAIRS = [(chr(sign), normal) for sign, normal in _NORMAL_SIGNS.items()]
# Every ASCII character that belongs to no word becomes a blank.
_ASCII_WORD_GAPS = str.maketrans({chr(n): " " for n in range(128) if not chr(n).isalnum()})


def scrub(text: str) -> str:
    r"""Return text without the characters that no page, feed or terminal should see; line ends become `\n`.

    Called wherever text enters: when a saved page is decoded, when a content file is read, and on
    every YAML scalar (escapes such as `"\\ud800"` make new characters).
    """
    if is_surely_clean(text):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    data = text.encode("utf-8", "surrogatepass")
    if len(data.translate(None, _CONTROLS)) == len(data):
        beyond = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")  # little of most pages
        if not _SUSPECT_OR_LINE_END.search(beyond):
            return text
    text = text.replace("\x85", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _SUSPECT.sub(_unless_forbidden, text)


def is_surely_clean(text: str) -> bool:
    """Return whether a quick look shows that there is nothing in a text to scrub; False when it does not tell.

    Nearly all texts are all printable characters and newlines (and tabs, if they are ASCII).
    """
    if text.isascii():
        return len(text.encode().translate(None, _CONTROLS)) == len(text)
    # Whatever is scrubbed is not printable in Unicode's sense: a control, format, surrogate or unassigned
    # character, a line or paragraph separator.
    return text.replace("\n", "").isprintable()


def _unless_forbidden(match: re.Match[str]) -> str:
    """Return a character that looked forbidden, empty if it is."""
    return "" if _FORBIDDEN.match(match[0]) else match[0]


def one_line(text: str) -> str:
    """Return text on one line, in NFC, with single spaces and no soft hyphens: a title, a name, an author."""
    if text.isprintable():  # then its only blank is the space, and nothing in it is hidden
        line = text if text.isascii() else unicodedata.normalize("NFC", text)
        return " ".join(line.split()) if "  " in line else line.strip()
    # What a zero-width sign held apart may compose once the sign is gone.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", _ZERO_WIDTH.sub("", scrub(text)))).strip()


def scrubbed_offsets(text: str) -> list[int]:
    """Return for each character of `scrub(text)` its offset in the text itself, and at the end the text's length.

    An edit that is planned on the scrubbed text is made on the original with these: a line end of two
    characters goes as one, and what scrub dropped stays where it is.
    """
    dropped: set[int] = {at for match in _FORBIDDEN.finditer(text) for at in range(*match.span())}
    dropped |= {match.end() - 1 for match in _LINE_ENDS.finditer(text) if len(match[0]) == 2}
    return [at for at in range(len(text)) if at not in dropped] + [len(text)]


def fold_case(text: str) -> str:
    """Return lower-case text of exactly the same length, for matching with offsets that stay true.

    Characters whose lower-case form is longer (`İ`) are kept as they are.
    """
    lower = text.lower()
    if lower.isascii():
        return normalize_signs(lower)
    if len(lower) != len(text):
        lower = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return normalize_signs(lower).replace("ς", "σ")  # a sigma's form hangs on its place in the word


def normalize_signs(text: str) -> str:
    """Return text of the same length with one sort of apostrophe, hyphen and blank; its case stays."""
    if text.isascii():
        return text.replace("\n", " ").replace("\t", " ")
    for sign, normal in _SIGN_PAIRS:  # faster than a translation table, which is asked for every character
        text = text.replace(sign, normal)
    return text


# Where a text ends as a sentence does; marks of footnotes may follow.
SENTENCE_END = re.compile(r"[.!?。！？؟।۔…][\"'”’»)\]」』）]*(?:\[\w{1,3}\])*$")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words of a text, lower-cased and in NFKC: for comparing titles and lines."""
    if text.isascii():
        lower = text.lower()
        return _WORD.findall(lower) if "'" in lower else lower.translate(_ASCII_WORD_GAPS).split()
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def word_key(text: str) -> str:
    """Return a key that is equal for lines that differ only in case, punctuation and spacing."""
    return " ".join(words(text))


def name_key(name: str) -> str:
    """Return a key that is equal for names that differ only as lines do in `word_key`; `C`, `C++` and `C#` differ."""
    key = word_key(name)
    return key + name[len(name.rstrip("+#")) :] if key and name.endswith(("+", "#")) else key


# Scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, kana, Han.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"


@cache
def _countable_word() -> re.Pattern[str]:
    """Return the pattern of a word that counts.

    It is compiled when it is first needed: that takes as long as all else in this module, which every command imports.
    """
    return re.compile(rf"[{UNSPACED}]{{1,2}}|[^\W_{UNSPACED}]+")


def countable_words(text: str) -> list[str]:
    """Return the words of a text as they are counted, where many are too many.

    Two letters of a script without blanks are one word, and what an apostrophe joins is two.
    """
    return _countable_word().findall(text)


def first_words(text: str, most: int) -> str:
    """Return text of at most `most` words (see `countable_words`), with an ellipsis where it was cut."""
    if len(text) <= most:  # a letter a word at least
        return text
    for count, word in enumerate(_countable_word().finditer(text), 1):
        if count == most:
            rest = text[word.end() :]
            return f"{text[: word.end()]}…" if _countable_word().search(rest) else text
    return text


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def is_language_tag(text: str) -> bool:
    """Return whether a text has the form of a language tag (`en`, `zh-Hans`; BCP 47); a language's name has not."""
    return bool(_LANGUAGE.fullmatch(text))


def primary_language(tag: str) -> str:
    """Return the language of a language tag, without script and region: `zh` of `zh-Hant-TW`."""
    return tag.partition("-")[0].lower()


def shorten(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, cut at a word, with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head = cut.rpartition(" ")[0]
    return (head if len(head) > limit // 2 else cut).rstrip(" ,;:–—-(") + "…"


def nearest_word(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that a person most likely meant, or None when nothing is near."""
    matches = difflib.get_close_matches(word.casefold(), list(choices), n=1, cutoff=0.72)
    return matches[0] if matches else None


def did_you_mean(word: str, choices: Iterable[str], otherwise: str) -> str:
    """Return a mend for a word that is none of the choices: the nearest one, else `otherwise`."""
    near = nearest_word(word, choices)
    return f"did you mean {near}?" if near else otherwise
