"""Which language a text is written in, by its stop words (jusText's lists) or by its script."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING

from site_gen.core.text import words
from site_gen.core.word_lists import small_words

if TYPE_CHECKING:
    from collections.abc import Sequence

# jusText's names of its lists, and the language tags.
_LANGUAGES = {
    "English": "en", "German": "de", "French": "fr", "Spanish": "es", "Italian": "it", "Portuguese": "pt",
    "Dutch": "nl", "Polish": "pl", "Russian": "ru", "Ukrainian": "uk", "Czech": "cs", "Slovak": "sk",
    "Swedish": "sv", "Danish": "da", "Norwegian_Bokmal": "nb", "Finnish": "fi", "Hungarian": "hu",
    "Romanian": "ro", "Croatian": "hr", "Bulgarian": "bg", "Greek": "el", "Turkish": "tr", "Arabic": "ar",
    "Hebrew": "he", "Persian": "fa", "Hindi": "hi", "Indonesian": "id", "Vietnamese": "vi", "Catalan": "ca",
    "Korean": "ko",
}  # fmt: skip
_SAMPLE_SIZE = 4000  # words, or characters in a script without blanks between words
_CLEAR_COVERAGE = 0.3  # the share that speaks against the declared language: names alone do not reach it
_MIN_LENGTH = 300  # characters of a text that speaks against the declared language
_MIN_COVERAGE = 0.12  # share of a text's words that must be stop words of its language
# A letter of a script that sets no blanks between words: Thai, Lao, Burmese, Japanese, Chinese.
UNSPACED_LETTER = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")


def detect_language(texts: Sequence[str]) -> tuple[str | None, frozenset[str]]:
    """Return the language whose stop words cover most of the texts, and these stop words.

    The language is None where they cover less than an eighth. There are no stop words for Japanese, Thai and
    Chinese, which are told by their script.
    """
    sample = "".join(texts)[:_SAMPLE_SIZE]
    if not sample.isascii() and len(UNSPACED_LETTER.findall(sample)) > len(sample) * 0.3:
        kana, thai = re.search("[\u3040-\u30ff]", sample), re.search("[\u0e00-\u0e7f]", sample)
        return ("ja" if kana else "th" if thai else "zh"), frozenset()
    sample_words: list[str] = []
    for text in texts:
        sample_words.extend(words(text))
        if len(sample_words) >= _SAMPLE_SIZE:
            break
    coverage: Counter[str] = Counter()  # words of the sample by the language that has them as stop words
    languages = _languages_by_stop_word()
    for word, count in Counter(sample_words[:_SAMPLE_SIZE]).items():
        for code in languages.get(word, ()):
            coverage[code] += count
    if not coverage:
        return None, frozenset()
    stop_words = _stop_words_by_language()
    # A long list covers more of any text.
    best = max(sorted(coverage), key=lambda code: coverage[code] / len(stop_words[code]) ** 0.15)
    if coverage[best] > _MIN_COVERAGE * min(len(sample_words), _SAMPLE_SIZE):
        return best, stop_words[best]
    return None, frozenset()


def choose_language(declared: str | None, texts: Sequence[str]) -> str | None:
    """Return the language of a page: the declared one (a BCP 47 tag), but where its text is clearly in another.

    Themes declare English, whatever is written with them. A short text says little, and a language without a list
    of stop words cannot be told from its neighbours: there the declared one stands.
    """
    primary = (declared or "").partition("-")[0]
    if declared and (primary not in _LANGUAGES.values() or sum(map(len, texts)) < _MIN_LENGTH):
        return declared
    detected, stop_words = detect_language(texts)
    if not declared or detected is None or detected == primary:
        return declared or detected
    if not stop_words:  # the script tells
        return detected
    sample = [word for text in texts for word in words(text)][:_SAMPLE_SIZE]
    of_declared = sum(map(_stop_words_by_language()[primary].__contains__, sample))
    of_detected = sum(map(stop_words.__contains__, sample))
    return detected if of_detected > max(2 * of_declared, _CLEAR_COVERAGE * len(sample)) else declared


@functools.cache
def _stop_words_by_language() -> dict[str, frozenset[str]]:
    return {code: frozenset(small_words(name)) for name, code in _LANGUAGES.items()}


@functools.cache
def _languages_by_stop_word() -> dict[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for code, stop_words in _stop_words_by_language().items():
        for word in stop_words:
            languages[word] = (*languages.get(word, ()), code)
    return languages
