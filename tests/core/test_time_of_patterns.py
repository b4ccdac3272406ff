"""No regular expression takes much longer than its text is long: a saved page is hostile, and so may be an article."""

from __future__ import annotations

from tests.support.effort import cpu_seconds, grows_with_size
from tests.support.hostile_texts import HostileText, PatternUse, all_patterns, hostile_texts

_AT_ONCE = 0.001  # seconds: what reads 4,000 characters a few times needs less, what reads them all for each needs more
_CUBIC = 0.5  # seconds for so many: longer texts would take hours


def is_slow(use: PatternUse, text: HostileText) -> bool:
    def run(size: int) -> None:
        use.run(text.of_size(size))

    seconds = cpu_seconds(lambda: run(4_000), 1)
    if seconds < _AT_ONCE or grows_with_size(run, short=1_000, long=4_000):
        return False
    return seconds > _CUBIC or not grows_with_size(run)


def test_no_pattern_takes_longer_than_its_text_grows() -> None:
    patterns = all_patterns()
    assert len(patterns) > 300
    slow = [(use.where, text) for use in patterns for text in hostile_texts(use.pattern) if is_slow(use, text)]
    assert slow == []
