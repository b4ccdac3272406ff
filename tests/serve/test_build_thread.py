"""The builder's thread: when it builds, what it keeps, what it tells."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.serve import build_thread as live_module
from site_gen.serve.build_thread import BuildThread, SiteStatus
from site_gen.serve.builder_protocol import DeferredProgress, RefreshResult
from site_gen.serve.event_stream import EventHub
from site_gen.serve.file_watcher import HintQueue
from site_gen.serve.status_lines import StatusPrinter
from tests.support.serving import FakeBuilder
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator


WRONG = Problem("content/x.md", 3, "is wrong", "mend it")


class Running:
    def __init__(self, out: Path) -> None:
        self.fake = FakeBuilder(out)
        self.hints = HintQueue()
        self.heard: list[tuple[SiteStatus, SiteStatus, RefreshResult]] = []
        self.paths = ["/one/"]
        self.live = BuildThread(
            self.fake, self.hints, on_change=lambda *event: self.heard.append(event), base_path=lambda: self.paths[-1]
        )

    def begin(self) -> None:
        self.live.start()
        until(lambda: self.live.wait_for_first_build(0.1))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    found = Running(tmp_path)
    yield found
    assert found.live.stop(SECONDS)


def test_the_first_build_looks_at_everything(running: Running) -> None:
    running.fake.set({"/": "x"})
    running.begin()
    assert running.fake.calls[0] is None
    assert running.live.status == SiteStatus(1, (), "/one/")
    assert running.heard[0][:2] == (SiteStatus(), SiteStatus(1, (), "/one/"))


def test_a_site_that_is_up_to_date_is_served_before_it_is_loaded(tmp_path: Path) -> None:
    fake, hints, heard = FakeBuilder(tmp_path, wait=threading.Event()), HintQueue(), []
    note = Problem("content/x.md", 0, "is worth telling")
    live = BuildThread(
        fake, hints, on_change=lambda *event: heard.append(event), up_to_date=RefreshResult(notes=(note,))
    )
    live.start()
    assert live.wait_for_first_build(SECONDS)
    assert live.status == SiteStatus(0, (), "/")
    assert [change.notes for _, _, change in heard] == [(note,)]
    until(lambda: fake.calls == [None], "it is loaded at once")
    hints.put(tmp_path / "x.md")
    assert fake.wait is not None
    fake.wait.set()
    until(lambda: [tmp_path / "x.md"] in fake.calls, "what changed meanwhile is looked at")
    assert live.stop(SECONDS)


def test_a_builder_that_cannot_load_a_site_that_is_up_to_date_is_told_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "FIRST_RETRY", 0.05)
    fake, hints = FakeBuilder(tmp_path, error=UsageError("another build holds it")), HintQueue()
    live = BuildThread(fake, hints, on_change=lambda *_: None, up_to_date=RefreshResult())
    live.start()
    assert live.wait_for_first_build(SECONDS)
    until(lambda: [one.what for one in live.status.problems] == ["cannot be built: another build holds it"])
    fake.error = None
    until(lambda: live.status.problems == ())
    assert live.stop(SECONDS)


def test_hints_are_given_on_and_a_look_at_everything_follows(running: Running) -> None:
    running.begin()
    until(lambda: running.fake.calls == [None, None], "a look behind the first build")
    running.hints.put(Path("a"))
    running.hints.put(Path("b"))

    def hinted() -> list[Path]:  # in one batch or in two
        return [path for call in running.fake.calls for path in call or ()]

    until(lambda: hinted() == [Path("a"), Path("b")] and running.fake.calls[-1] is None)


def test_all_calls_come_from_one_thread_and_closing_is_the_last(running: Running) -> None:
    running.begin()
    running.hints.put(Path("a"))
    until(lambda: len(running.fake.calls) >= 3)
    assert len(running.fake.threads) == 1
    assert running.fake.threads != {threading.get_ident()}
    assert running.fake.closed == 0
    assert running.live.stop(SECONDS)
    assert running.fake.closed == 1


def test_complaints_come_and_go_and_the_build_stays(running: Running) -> None:
    running.fake.set({"/": "x"})
    running.begin()
    running.fake.problems = (WRONG,)
    running.hints.put(Path("a"))
    until(lambda: running.live.status.problems == (WRONG,))
    running.fake.problems = ()
    running.hints.put(Path("a"))
    until(lambda: running.live.status.problems == ())
    assert running.live.status.build == 1


def test_complaints_of_others_stand_beside_the_builder_s(running: Running) -> None:
    other = Problem("content/saved/inbox/x.html", 0, "holds no article")
    running.begin()
    running.live.set_other_problems((other,))
    assert running.live.status.problems == (other,)
    running.fake.problems = (WRONG,)
    running.hints.put(Path("a"))
    until(lambda: running.live.status.problems == (other, WRONG))
    running.live.set_other_problems(())
    assert running.live.status.problems == (WRONG,)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device", "/out/x"), "/out/x: cannot be built (No space left on device)"),
        (UsageError("another build is writing"), "the site: cannot be built: another build is writing"),
        (KeyError("x"), "the site: the build failed (KeyError: 'x'); please report it"),
    ],
)
def test_a_builder_that_cannot_work_is_asked_again(running: Running, error: Exception, told: str) -> None:
    running.begin()
    running.fake.error = error
    running.hints.put(Path("a"))
    until(lambda: list(map(str, running.live.status.problems)) == [told])
    running.fake.error = None
    running.fake.set({"/": "x"})
    until(lambda: running.live.status == SiteStatus(1, (), "/one/"))  # without a further hint


def test_after_a_failure_every_page_may_have_changed(running: Running) -> None:
    """What a refresh wrote before it failed, it could not tell."""
    running.begin()
    running.fake.error = OSError(28, "No space left on device", "/out/x")
    running.hints.put(Path("a"))
    until(lambda: running.live.status.problems)
    assert running.live.status.build == 0
    running.fake.error = None
    until(lambda: not running.live.status.problems)
    assert running.live.status.build == 1
    running.hints.put(Path("a"))
    calls = len(running.fake.calls)
    until(lambda: len(running.fake.calls) > calls)
    assert running.live.status.build == 1


def test_a_builder_may_raise_what_is_wrong(running: Running) -> None:
    running.fake.error = SiteError(WRONG)
    running.begin()
    assert running.live.status.problems == (WRONG,)
    running.fake.error = None
    running.hints.put(Path("a"))
    until(lambda: running.live.status.problems == ())
    running.fake.error = SiteError(WRONG)
    running.hints.put(Path("a"))
    until(lambda: running.live.status.problems == (WRONG,))


@pytest.mark.parametrize("error", [UsageError("no site here"), OSError("no disk"), ZeroDivisionError()])
def test_what_keeps_the_first_build_from_working_is_raised(running: Running, error: Exception) -> None:
    running.fake.error = error
    running.live.start()
    with pytest.raises(type(error)):
        until(lambda: running.live.wait_for_first_build(0.1))
    assert running.live.stop(SECONDS)
    assert running.fake.closed == 1


def test_the_base_path_follows_the_settings_but_not_while_they_are_wrong(running: Running) -> None:
    running.begin()
    running.paths.append("/two/")
    running.fake.problems = (WRONG,)
    running.hints.put(Path("a"))
    until(lambda: running.live.status.problems)
    assert running.live.status.base_path == "/one/"
    running.fake.problems = ()
    running.hints.put(Path("a"))
    until(lambda: running.live.status.base_path == "/two/")


def test_stopping_waits_no_longer_than_it_may(running: Running) -> None:
    running.fake.wait = threading.Event()
    running.live.start()
    assert not running.live.stop(0.05)
    told = len(running.heard)
    running.fake.wait.set()
    assert running.live.stop(SECONDS)
    assert len(running.heard) == told  # after the end nobody listens


# --- when it does what -----------------------------------------------------------------------------------


class SimulatedTime(HintQueue):
    """Hints that come at certain seconds of a clock that moves only where somebody waits: no test has to."""

    def __init__(self, end: float, *hint_times: float) -> None:
        super().__init__()
        self.now = 0.0
        self._end, self._hint_times = end, list(hint_times)

    def take(self, seconds: float) -> list[Path]:
        hint_time = self._hint_times[0] if self._hint_times else math.inf
        self.now = max(self.now, min(hint_time, self.now + seconds))
        if self.now >= self._end:
            self.close()
        if self.is_closed or hint_time > self.now:
            return []
        del self._hint_times[0]
        return [Path("x.md")]


class TimedBuilder:
    """A builder that notes when it was asked for what, and takes its time."""

    def __init__(self, time: SimulatedTime, *, refresh_seconds: float = 0, steps: int = 0) -> None:
        self.time, self.refresh_seconds, self.steps_left = time, refresh_seconds, steps
        self.edits: list[float] = []  # refreshes with hints
        self.sweeps: list[float] = []  # refreshes that look at everything
        self.steps: list[float] = []  # of deferred work

    def refresh(self, hints: Iterable[Path] | None) -> RefreshResult:
        (self.sweeps if hints is None else self.edits).append(self.time.now)
        self.time.now += self.refresh_seconds
        return RefreshResult()

    def make_deferred_files(self) -> DeferredProgress:
        self.steps.append(self.time.now)
        self.steps_left -= 1
        return DeferredProgress(0.01 if self.steps_left > 0 else None)

    def close(self) -> None:
        pass


def simulate(builder: TimedBuilder, *, up_to_date: RefreshResult | None = None) -> None:
    thread = BuildThread(
        builder, builder.time, on_change=lambda *_: None, up_to_date=up_to_date, clock=lambda: builder.time.now
    )
    thread.start()
    until(lambda: builder.time.is_closed)
    assert thread.stop(SECONDS)


def test_after_a_change_everything_is_looked_at_once() -> None:
    builder = TimedBuilder(SimulatedTime(10, 5.0))
    simulate(builder)
    assert builder.edits == [5.0]
    assert builder.sweeps == pytest.approx([0, live_module.SWEEP_DELAY, 5 + live_module.SWEEP_DELAY])


def test_after_the_load_everything_is_looked_at_soon() -> None:
    """A load takes long, and what changed meanwhile without an event would wait a hundred times as long."""
    builder = TimedBuilder(SimulatedTime(70), refresh_seconds=60)
    simulate(builder, up_to_date=RefreshResult())
    assert builder.sweeps == pytest.approx([0, 60 + live_module.SWEEP_DELAY])


def test_what_never_gets_quiet_is_looked_at_all_the_same() -> None:
    builder = TimedBuilder(SimulatedTime(60, *(number / 10 for number in range(600))))
    simulate(builder)
    gaps = [after - before for before, after in itertools.pairwise(builder.sweeps)]
    assert max(gaps) < live_module.LONGEST_SWEEP_DELAY + 0.2
    assert len(builder.sweeps) == pytest.approx(60 / live_module.LONGEST_SWEEP_DELAY, abs=2)


def test_an_idle_server_looks_now_and_then() -> None:
    builder = TimedBuilder(SimulatedTime(100))
    simulate(builder)
    assert builder.edits == []
    first, *others = builder.sweeps[1:]
    assert others == pytest.approx([first + live_module.IDLE_INTERVAL * n for n in range(1, 10)])


def test_a_builder_that_takes_long_is_asked_less_often() -> None:
    builder = TimedBuilder(SimulatedTime(1000), refresh_seconds=2)
    simulate(builder)
    gaps = [after - before for before, after in itertools.pairwise(builder.sweeps[1:])]
    assert gaps == pytest.approx([2 + live_module.IDLE_SHARE * 2] * len(gaps))
    assert len(gaps) > 2


def test_deferred_work_waits_for_quiet_and_ends() -> None:
    builder = TimedBuilder(SimulatedTime(19, *(number / 4 for number in range(40))), steps=3)
    simulate(builder)
    first = 39 / 4 + live_module.DEFERRED_DELAY
    assert builder.steps == pytest.approx([first, first + 0.01, first + 0.02])


def test_deferred_work_gives_way_to_edits() -> None:
    builder = TimedBuilder(SimulatedTime(9, 3.0), steps=10_000)
    simulate(builder)
    assert builder.edits == [3.0]
    before = [step for step in builder.steps if step <= 3]
    after = [step for step in builder.steps if step > 3]
    assert len(before) > 100
    assert len(after) > 100
    assert min(after) >= 3 + live_module.DEFERRED_DELAY


def test_after_each_look_deferred_work_is_asked_for_once() -> None:
    builder = TimedBuilder(SimulatedTime(100))
    simulate(builder)
    assert builder.steps[1:] == pytest.approx([sweep + live_module.DEFERRED_DELAY for sweep in builder.sweeps[2:]])


# --- the stream ------------------------------------------------------------------------------------------


def in_a_loop(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it in a thread: Playwright, once used, keeps a loop in the main one."""
    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(scenario(), SECONDS))).result()


def message(event: str) -> dict[str, Any]:
    """Return what an event says (WHATWG HTML, section 9.2.6)."""
    lines = [line for line in event.removesuffix("\n\n").split("\n") if line.startswith("data: ")]
    assert event.endswith("\n\n")
    (line,) = lines
    data: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return data


def test_a_page_hears_the_state_and_then_each_change() -> None:
    async def scenario() -> None:
        hub = EventHub(lambda: SiteStatus(3, (WRONG,), "/repo/"))
        hub.open()
        stream = hub.events()
        first = await anext(stream)
        assert first.startswith("retry: ")
        hello = message(first)
        assert hello["urls"] is None
        assert hello["problems"] == [{"where": "content/x.md:3", "what": "is wrong", "mend": "mend it"}]
        threading.Thread(target=hub.publish, args=(SiteStatus(4, (), "/repo/"), ("/古い/", "/a/"))).start()
        news = message(await anext(stream))
        assert news["urls"] == ["/repo/%E5%8F%A4%E3%81%84/", "/repo/a/"]
        assert news["problems"] == []
        assert news["build"] != hello["build"]
        assert news["build"].partition(".")[0] == hello["build"].partition(".")[0]
        hub.close()
        assert [event async for event in stream] == []

    in_a_loop(scenario)


def test_two_servers_never_name_a_build_alike() -> None:
    assert EventHub(SiteStatus).build_id(SiteStatus(1)) != EventHub(SiteStatus).build_id(SiteStatus(1))


def test_a_page_that_sleeps_hears_that_it_has_to_look() -> None:
    async def scenario() -> None:
        hub = EventHub(lambda: SiteStatus(99))
        hub.open()
        stream, awake = hub.events(), hub.events()
        await anext(stream)
        await anext(awake)
        for n in range(100):
            hub.publish(SiteStatus(n), ("/x/",))
            await asyncio.sleep(0)
            assert message(await anext(awake))["urls"] == ["/x/"]
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["build"].partition(".")[2] != "99":
            heard.append(message(await anext(stream)))
        assert len(heard) < 50
        assert None in [each["urls"] for each in heard]
        for _ in range(100):  # an end is heard even by one that sleeps
            hub.publish(SiteStatus(1), ("/x/",))
        hub.close()
        assert [event async for event in stream][-1:] != [None]

    in_a_loop(scenario)


def test_long_lists_are_cut() -> None:
    async def scenario() -> None:
        problems = tuple(Problem(f"content/{n}.md", 0, "x") for n in range(200))
        hub = EventHub(lambda: SiteStatus(1, problems))
        hub.open()
        stream = hub.events()
        hello = message(await anext(stream))
        assert len(hello["problems"]) + hello["more"] == 200
        hub.publish(SiteStatus(2), [f"/{n}/" for n in range(5000)])
        assert message(await anext(stream))["urls"] is None

    in_a_loop(scenario)


def test_what_a_complaint_quotes_cannot_forge_an_event() -> None:
    async def scenario() -> None:
        text = "x\n\ndata: {}\r\revent: y\u2028\ud800"
        hub = EventHub(lambda: SiteStatus(1, (Problem(text, 0, text, text),)))
        hub.open()
        event = await anext(hub.events())
        assert event.isascii()
        assert event.count("data: {") - event.count("\\ndata: {") == 1
        assert message(event)["problems"] == [{"where": text, "what": text, "mend": text}]

    in_a_loop(scenario)


def test_a_silent_stream_beats() -> None:
    async def scenario() -> None:
        hub = EventHub(SiteStatus, heartbeat=0.01)
        hub.open()
        stream = hub.events()
        await anext(stream)
        assert [await anext(stream) for _ in range(3)] == [":\n\n"] * 3

    in_a_loop(scenario)


def test_before_and_after_the_loop_nothing_happens() -> None:
    hub = EventHub(SiteStatus)
    hub.publish(SiteStatus(1), ())
    hub.close()

    async def opened() -> None:
        hub.open()

    in_a_loop(opened)
    hub.publish(SiteStatus(2), ())
    hub.close()


# --- the terminal ----------------------------------------------------------------------------------------


def test_each_complaint_is_told_once_until_it_is_mended(capsys: pytest.CaptureFixture[str]) -> None:
    printer = StatusPrinter()
    other = Problem("content/x.md", 9, "is wrong, too")
    states = [
        SiteStatus(),
        SiteStatus(1, (WRONG,)),
        SiteStatus(1, (other, WRONG)),
        SiteStatus(1, (other,)),
        SiteStatus(2),
    ]
    said = []
    for before, now in itertools.pairwise(states):
        printer.print_change(before, now, RefreshResult(("/x/", "/y/", "/z/", "/a/", "/b/") if now.build == 2 else ()))
        found = capsys.readouterr()
        said.append((found.out, found.err))
    assert said == [
        ("", f"{WRONG}\n"),
        ("", f"{other}\n"),
        ("", ""),
        ("mended     content/x.md\nchanged    /x/, /y/, /z/ and 2 more\n", ""),
    ]


def test_a_note_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    printer = StatusPrinter()
    for _ in range(3):
        printer.print_change(SiteStatus(), SiteStatus(), RefreshResult(notes=(WRONG,)))
        printer.print_once("note: x")
    said = capsys.readouterr()
    assert (said.err, said.out) == (f"note: {WRONG}\n", "note: x\n")
