"""Lists of well-known names and of words of trades, which say what a name most likely is. Pure.

The lists are in `well_known_names.txt`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core.word_lists import WordLists
from site_gen.entities.lexicon import LEGAL_FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable

_LISTS = WordLists(__package__, "well_known_names.txt")
_MAKER_LIST = "products by maker"
LIST_NAMES = ("companies", "organisations", "ambiguous names", "outlets", "products", "trade terms")


def _products_by_maker() -> dict[str, str]:
    """Return the maker of each product; `MAKER: PRODUCT` names the maker of all that follow, too."""
    makers = {}
    maker = ""
    for phrase in _LISTS.phrases(_MAKER_LIST):
        before, colon, product = phrase.partition(": ")
        maker = before if colon else maker
        makers[product or before] = maker
    return makers


_MAKERS = _products_by_maker()
_LIST_BY_NAME = {name: list_name for list_name in reversed(LIST_NAMES) for name in _LISTS.phrases(list_name)}
_LIST_BY_NAME = {**dict.fromkeys(_MAKERS, "products"), **_LIST_BY_NAME}
_LIST_BY_SMALL_NAME = {name.lower(): list_name for name, list_name in _LIST_BY_NAME.items()}
_MAKER_BY_SMALL_NAME = {name.lower(): maker for name, maker in _MAKERS.items()}


def find_list(name: str) -> str:
    """Return the list, of LIST_NAMES, that has a name; empty where none has it.

    A name is looked for as it is written, then without regard to capitals, then without a legal form at its end.
    """
    if list_name := _LIST_BY_NAME.get(name):
        return list_name
    if name.endswith("s") and name[:-1].isupper():  # PRs, which are no PRS
        return _LIST_BY_NAME.get(name[:-1], "")
    if list_name := _LIST_BY_SMALL_NAME.get(name.lower()):
        return list_name
    start, _, last = name.rpartition(" ")
    return find_list(start.rstrip(",")) if start and last.lower().rstrip(".") in LEGAL_FORMS else ""


def find_first_list(spellings: Iterable[str]) -> str:
    """Return the list of the first of several spellings that has one, or an empty string."""
    return next(filter(None, map(find_list, spellings)), "")


def find_maker(product: str) -> str:
    """Return the company that makes a well-known product, as it is written; empty for anything else."""
    return _MAKER_BY_SMALL_NAME.get(product.lower(), "")
