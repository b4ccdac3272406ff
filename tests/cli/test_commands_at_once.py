"""Two commands on one site at once: what is there then is what they make in turn, in one order or the other.

The second is given at an effect of the first on the disk, and ends before the first goes on, unless it waits for it.
How many effects are tried, the profile says; by night all are.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_faults import SCENARIOS, Trial
from tests.support.faults import FaultRunner
from tests.support.profiles import examples
from tests.support.publishing import identity  # noqa: F401
from tests.support.sites import clean_build, differing_files, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.faults import FaultyRun

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks Linux for the names of open files"),
]

PAIRS = [
    ("add", "add"), ("add", "build"), ("build", "add"), ("tag", "entity rename"), ("entity rename", "tag"),
    ("entity rename", "entity add"), ("publish", "publish"), ("suggest", "tag"), ("tag", "suggest"), ("undo", "add"),
    ("add", "undo"), ("add", "tag"), ("tag", "add"), ("entity rename", "add"), ("add", "entity rename"),
]  # fmt: skip


@pytest.fixture(scope="module")
def runner() -> Iterator[FaultRunner]:
    with FaultRunner() as fault_runner:
        yield fault_runner


class Pair:
    """Two commands on the site of the first."""

    def __init__(self, trial: Trial, first: str, second: str) -> None:
        self._trial, self._commands = trial, (SCENARIOS[first].args, SCENARIOS[second].args)
        self.effects = len(trial.clean.effects)
        self.expected = [self._content_of(commands) for commands in (self._commands, self._commands[::-1])]

    def _content_of(self, commands: tuple[tuple[str, ...], ...]) -> dict[str, bytes]:
        """Return what the person has after commands that were given one after the other."""
        self._trial.restore()
        for command in commands:
            self._trial.run(command)
        return self._trial.owned()

    def run(self, at: int) -> FaultyRun:
        """Give the second command at an effect of the first."""
        self._trial.restore()
        return self._trial.run(self._commands[0], at, other=self._commands[1])


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_commands_at_once_are_two_in_turn(
    runner: FaultRunner, tmp_path: Path, saved_pages: Path, first: str, second: str
) -> None:
    trial = Trial(runner, SCENARIOS[first], tmp_path / "trial", saved_pages)
    pair = Pair(trial, first, second)
    points = range(1, pair.effects + 1)
    count = pair.effects if examples() >= 1000 else min(pair.effects, examples(7))
    for at in random.Random(first + second).sample(points, count):
        ended = pair.run(at)
        what = f"{second} at {at}, {trial.clean.effects[at - 1]}: {ended.status} {ended.err} {ended.out} {ended.other}"
        assert "Traceback" not in ended.err + ended.other, what
        assert trial.owned() in pair.expected, (what, differing_files(trial.owned(), pair.expected[0]))
        assert trial.build().status == 0, what
        assert differing_files(read_files(trial.output), clean_build(trial.site)) == [], what
        assert trial.strays() == [], what
