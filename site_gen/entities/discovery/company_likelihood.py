"""How likely a name is a company's or another organisation's, by the evidence of `name_evidence`. Pure.

A logistic model adds the evidence up. Its weights are in `company_likelihood.txt`;
`benchmarks/tagging/learn_company_likelihood.py` learns them from names judged by reading.
"""

from __future__ import annotations

import functools
import importlib.resources
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_LOG_ODDS = 30.0
_LEAST_REASON = 0.3  # log odds that a reason moves a name by, at least


@functools.cache
def default_weights() -> Mapping[str, float]:
    """Return the learnt weight of each feature; `start` is that of no evidence."""
    text = (
        importlib.resources.files("site_gen.entities.discovery").joinpath("company_likelihood.txt").read_text("utf-8")
    )
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {feature: float(weight) for feature, _, weight in lines}


def likelihood(evidence: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """Return how likely a name with this evidence is a company's or an organisation's, from 0 to 1."""
    weights = weights or default_weights()
    total = weights["start"] + sum(weights.get(feature, 0) * value for feature, value in evidence.items())
    return 1 / (1 + exp(-max(-_MAX_LOG_ODDS, min(_MAX_LOG_ODDS, total))))


def strongest_reasons(evidence: Mapping[str, float], most: int = 4) -> list[tuple[str, float]]:
    """Return the features that move a name most and by how much (log odds), the strongest first."""
    moves = ((feature, round(default_weights().get(feature, 0) * value, 2)) for feature, value in evidence.items())
    strong = [move for move in moves if abs(move[1]) >= _LEAST_REASON]
    return sorted(strong, key=lambda move: (-abs(move[1]), move[0]))[:most]
