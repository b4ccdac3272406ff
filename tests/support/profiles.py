"""How many random examples each property is tried on: a few while a person waits, more in CI, most by night.

pytest                                  20 a property
pytest --hypothesis-profile ci          100, as `make test-all` does
pytest --hypothesis-profile night       1,000, with --timeout=0
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A slow machine is no fault: no example has a deadline; pytest-timeout ends what hangs.
_ANY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

for _name, _examples in {"default": 20, "ci": 100, "night": 1000}.items():
    settings.register_profile(_name, _ANY_MACHINE, max_examples=_examples)
settings.load_profile("default")


def examples(part: int = 1) -> int:
    """Return how many examples to try where one costs as much as `part` ordinary ones."""
    return max(1, settings.default.max_examples // part) if settings.default else 1
