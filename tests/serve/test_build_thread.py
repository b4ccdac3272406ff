"""The build thread: when it builds, what it keeps, and what pages and the terminal are told."""

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

from site_gen.build.build_report import Report
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.serve import build_thread
from site_gen.serve.build_thread import BuildThread, SiteStatus
from site_gen.serve.builder_protocol import DeferredProgress
from site_gen.serve.event_stream import EventHub
from site_gen.serve.file_watcher import HintQueue
from site_gen.serve.status_lines import StatusPrinter
from tests.support.serving import FakeBuilder
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator


WRONG = Problem("content/x.md", 3, "is wrong", "mend it")


class BuilderInThread:
    """A build thread with a builder that does what a test tells it."""

    def __init__(self, out: Path) -> None:
        self.builder = FakeBuilder(out)
        self.hints = HintQueue()
        self.changes: list[tuple[SiteStatus, SiteStatus, Report]] = []  # before, after, of which refresh
        self.paths = ["/one/"]  # the last is the base path
        self.thread = BuildThread(
            self.builder,
            self.hints,
            on_change=lambda *change: self.changes.append(change),
            base_path=lambda: self.paths[-1],
        )

    def begin(self) -> None:
        self.thread.start()
        until(lambda: self.thread.wait_for_first_build(0.1))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[BuilderInThread]:
    in_thread = BuilderInThread(tmp_path)
    yield in_thread
    assert in_thread.thread.stop(SECONDS)


def test_the_first_build_looks_at_everything(running: BuilderInThread) -> None:
    running.builder.set({"/": "x"})
    running.begin()
    assert running.builder.calls[0] is None
    assert running.thread.status == SiteStatus(1, (), "/one/")
    assert running.changes[0][:2] == (SiteStatus(), SiteStatus(1, (), "/one/"))


def test_a_site_that_is_up_to_date_is_served_before_it_is_loaded(tmp_path: Path) -> None:
    builder, hints, changes = FakeBuilder(tmp_path, wait=threading.Event()), HintQueue(), []
    note = Problem("content/x.md", 0, "is worth telling")
    thread = BuildThread(
        builder, hints, on_change=lambda *event: changes.append(event), up_to_date=Report(notes=(note,))
    )
    thread.start()
    assert thread.wait_for_first_build(SECONDS)
    assert thread.status == SiteStatus(0, (), "/")
    assert [change.notes for _, _, change in changes] == [(note,)]
    until(lambda: builder.calls == [None], "it is loaded at once")
    hints.put(tmp_path / "x.md")
    assert builder.wait is not None
    builder.wait.set()
    until(lambda: [tmp_path / "x.md"] in builder.calls, "what changed meanwhile is looked at")
    assert thread.stop(SECONDS)


def test_a_builder_that_cannot_load_an_up_to_date_site_is_reported_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_thread, "FIRST_RETRY", 0.05)
    builder, hints = FakeBuilder(tmp_path, error=UsageError("another build holds it")), HintQueue()
    thread = BuildThread(builder, hints, on_change=lambda *_: None, up_to_date=Report())
    thread.start()
    assert thread.wait_for_first_build(SECONDS)
    until(lambda: [problem.what for problem in thread.status.problems] == ["cannot be built: another build holds it"])
    builder.error = None
    until(lambda: thread.status.problems == ())
    assert thread.stop(SECONDS)


def test_hints_are_passed_on_and_a_sweep_follows(running: BuilderInThread) -> None:
    running.begin()
    until(lambda: running.builder.calls == [None, None], "a look behind the first build")
    running.hints.put(Path("a"))
    running.hints.put(Path("b"))

    def hinted() -> list[Path]:  # in one batch or in two
        return [path for call in running.builder.calls for path in call or ()]

    until(lambda: hinted() == [Path("a"), Path("b")] and running.builder.calls[-1] is None)


def test_all_calls_come_from_one_thread_and_closing_is_the_last(running: BuilderInThread) -> None:
    running.begin()
    running.hints.put(Path("a"))
    until(lambda: len(running.builder.calls) >= 3)
    assert len(running.builder.threads) == 1
    assert running.builder.threads != {threading.get_ident()}
    assert running.builder.closed == 0
    assert running.thread.stop(SECONDS)
    assert running.builder.closed == 1


def test_problems_come_and_go_and_the_build_number_stays(running: BuilderInThread) -> None:
    running.builder.set({"/": "x"})
    running.begin()
    running.builder.problems = (WRONG,)
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.problems == (WRONG,))
    running.builder.problems = ()
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.problems == ())
    assert running.thread.status.build == 1


def test_problems_of_others_stand_beside_those_of_the_builder(running: BuilderInThread) -> None:
    other = Problem("content/saved/inbox/x.html", 0, "holds no article")
    running.begin()
    running.thread.set_other_problems((other,))
    assert running.thread.status.problems == (other,)
    running.builder.problems = (WRONG,)
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.problems == (other, WRONG))
    running.thread.set_other_problems(())
    assert running.thread.status.problems == (WRONG,)


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        (OSError(28, "No space left on device", "/out/x"), "/out/x: cannot be built (No space left on device)"),
        (UsageError("another build is writing"), "the site: cannot be built: another build is writing"),
        (KeyError("x"), "the site: the build failed (KeyError: 'x'); please report it"),
    ],
)
def test_a_builder_that_cannot_work_is_asked_again(running: BuilderInThread, error: Exception, complaint: str) -> None:
    running.begin()
    running.builder.error = error
    running.hints.put(Path("a"))
    until(lambda: list(map(str, running.thread.status.problems)) == [complaint])
    running.builder.error = None
    running.builder.set({"/": "x"})
    until(lambda: running.thread.status == SiteStatus(1, (), "/one/"))  # without a further hint


def test_after_a_failure_every_page_may_have_changed(running: BuilderInThread) -> None:
    """What a refresh wrote before it failed, it could not tell."""
    running.begin()
    running.builder.error = OSError(28, "No space left on device", "/out/x")
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.problems)
    assert running.thread.status.build == 0
    running.builder.error = None
    until(lambda: not running.thread.status.problems)
    assert running.thread.status.build == 1
    running.hints.put(Path("a"))
    calls = len(running.builder.calls)
    until(lambda: len(running.builder.calls) > calls)
    assert running.thread.status.build == 1


def test_a_builder_may_raise_what_is_wrong(running: BuilderInThread) -> None:
    running.builder.error = SiteError(WRONG)
    running.begin()
    assert running.thread.status.problems == (WRONG,)
    running.builder.error = None
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.problems == ())
    running.builder.error = SiteError(WRONG)
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.problems == (WRONG,))


@pytest.mark.parametrize("error", [UsageError("no site here"), OSError("no disk"), ZeroDivisionError()])
def test_what_keeps_the_first_build_from_working_is_raised(running: BuilderInThread, error: Exception) -> None:
    running.builder.error = error
    running.thread.start()
    with pytest.raises(type(error)):
        until(lambda: running.thread.wait_for_first_build(0.1))
    assert running.thread.stop(SECONDS)
    assert running.builder.closed == 1


def test_the_base_path_follows_the_settings_but_not_while_they_are_wrong(running: BuilderInThread) -> None:
    running.begin()
    running.paths.append("/two/")
    running.builder.problems = (WRONG,)
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.problems)
    assert running.thread.status.base_path == "/one/"
    running.builder.problems = ()
    running.hints.put(Path("a"))
    until(lambda: running.thread.status.base_path == "/two/")


def test_stopping_waits_no_longer_than_it_may(running: BuilderInThread) -> None:
    running.builder.wait = threading.Event()
    running.thread.start()
    assert not running.thread.stop(0.05)
    count = len(running.changes)
    running.builder.wait.set()
    assert running.thread.stop(SECONDS)
    assert len(running.changes) == count  # after the end nobody listens


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

    def refresh(self, hints: Iterable[Path] | None) -> Report:
        (self.sweeps if hints is None else self.edits).append(self.time.now)
        self.time.now += self.refresh_seconds
        return Report()

    def make_deferred_files(self) -> DeferredProgress:
        self.steps.append(self.time.now)
        self.steps_left -= 1
        return DeferredProgress(0.01 if self.steps_left > 0 else None)

    def close(self) -> None:
        pass


def simulate(builder: TimedBuilder, *, up_to_date: Report | None = None) -> None:
    thread = BuildThread(
        builder, builder.time, on_change=lambda *_: None, up_to_date=up_to_date, clock=lambda: builder.time.now
    )
    thread.start()
    until(lambda: builder.time.is_closed)
    assert thread.stop(SECONDS)


def test_after_a_change_one_sweep_looks_at_everything() -> None:
    builder = TimedBuilder(SimulatedTime(10, 5.0))
    simulate(builder)
    assert builder.edits == [5.0]
    assert builder.sweeps == pytest.approx([0, build_thread.SWEEP_DELAY, 5 + build_thread.SWEEP_DELAY])


def test_after_the_load_a_sweep_follows_soon() -> None:
    """A load takes long, and what changed meanwhile without an event would wait a hundred times as long."""
    builder = TimedBuilder(SimulatedTime(70), refresh_seconds=60)
    simulate(builder, up_to_date=Report())
    assert builder.sweeps == pytest.approx([0, 60 + build_thread.SWEEP_DELAY])


def test_a_site_that_never_gets_quiet_is_swept_all_the_same() -> None:
    builder = TimedBuilder(SimulatedTime(60, *(number / 10 for number in range(600))))
    simulate(builder)
    gaps = [after - before for before, after in itertools.pairwise(builder.sweeps)]
    assert max(gaps) < build_thread.LONGEST_SWEEP_DELAY + 0.2
    assert len(builder.sweeps) == pytest.approx(60 / build_thread.LONGEST_SWEEP_DELAY, abs=2)


def test_an_idle_server_sweeps_now_and_then() -> None:
    builder = TimedBuilder(SimulatedTime(100))
    simulate(builder)
    assert builder.edits == []
    first, *others = builder.sweeps[1:]
    assert others == pytest.approx([first + build_thread.IDLE_INTERVAL * n for n in range(1, 10)])


def test_a_builder_that_takes_long_is_asked_less_often() -> None:
    builder = TimedBuilder(SimulatedTime(1000), refresh_seconds=2)
    simulate(builder)
    gaps = [after - before for before, after in itertools.pairwise(builder.sweeps[1:])]
    assert gaps == pytest.approx([2 + build_thread.IDLE_SHARE * 2] * len(gaps))
    assert len(gaps) > 2


def test_deferred_work_waits_for_quiet_and_ends() -> None:
    builder = TimedBuilder(SimulatedTime(19, *(number / 4 for number in range(40))), steps=3)
    simulate(builder)
    first = 39 / 4 + build_thread.DEFERRED_DELAY
    assert builder.steps == pytest.approx([first, first + 0.01, first + 0.02])


def test_deferred_work_gives_way_to_edits() -> None:
    builder = TimedBuilder(SimulatedTime(9, 3.0), steps=10_000)
    simulate(builder)
    assert builder.edits == [3.0]
    before = [step for step in builder.steps if step <= 3]
    after = [step for step in builder.steps if step > 3]
    assert len(before) > 100
    assert len(after) > 100
    assert min(after) >= 3 + build_thread.DEFERRED_DELAY


def test_after_each_sweep_deferred_work_is_asked_for_once() -> None:
    builder = TimedBuilder(SimulatedTime(100))
    simulate(builder)
    assert builder.steps[1:] == pytest.approx([sweep + build_thread.DEFERRED_DELAY for sweep in builder.sweeps[2:]])


# --- the stream ------------------------------------------------------------------------------------------


def run_in_loop(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it in a thread: Playwright, once used, keeps a loop in the main one."""
    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(scenario(), SECONDS))).result()


def event_data(event: str) -> dict[str, Any]:
    """Return the data of an event (WHATWG HTML, section 9.2.6)."""
    lines = [line for line in event.removesuffix("\n\n").split("\n") if line.startswith("data: ")]
    assert event.endswith("\n\n")
    (line,) = lines
    data: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return data


def test_a_page_is_told_what_a_new_site_lacks_unless_something_is_wrong() -> None:
    async def scenario() -> None:
        lacks = [Problem("site-gen suggest", 0, "nobody is followed")]
        status = [SiteStatus(1)]
        hub = EventHub(lambda: status[0], next_steps=lambda: tuple(lacks))
        hub.open()

        async def first_event() -> dict[str, Any]:
            return event_data(await anext(hub.events()))

        shown = await first_event()
        assert (shown["problems"][0]["where"], shown["is_wrong"]) == ("site-gen suggest", False)
        status[0] = SiteStatus(2, (WRONG,))
        assert [problem["where"] for problem in (await first_event())["problems"]] == ["content/x.md:3"]
        status[0] = SiteStatus(3)
        lacks.clear()
        assert (await first_event())["problems"] == []

    run_in_loop(scenario)


def test_a_page_is_sent_the_status_and_then_each_change() -> None:
    async def scenario() -> None:
        hub = EventHub(lambda: SiteStatus(3, (WRONG,), "/repo/"))
        hub.open()
        stream = hub.events()
        first = await anext(stream)
        assert first.startswith("retry: ")
        hello = event_data(first)
        assert hello["urls"] is None
        assert hello["problems"] == [{"where": "content/x.md:3", "what": "is wrong", "mend": "mend it"}]
        threading.Thread(target=hub.publish, args=(SiteStatus(4, (), "/repo/"), ("/古い/", "/a/"))).start()
        news = event_data(await anext(stream))
        assert news["urls"] == ["/repo/%E5%8F%A4%E3%81%84/", "/repo/a/"]
        assert news["problems"] == []
        assert news["build"] != hello["build"]
        assert news["build"].partition(".")[0] == hello["build"].partition(".")[0]
        hub.close()
        assert [event async for event in stream] == []

    run_in_loop(scenario)


def test_two_servers_never_name_a_build_alike() -> None:
    assert EventHub(SiteStatus).build_id(SiteStatus(1)) != EventHub(SiteStatus).build_id(SiteStatus(1))


def test_a_page_that_reads_nothing_is_told_to_look_for_itself() -> None:
    async def scenario() -> None:
        hub = EventHub(lambda: SiteStatus(99))
        hub.open()
        stream, awake = hub.events(), hub.events()
        await anext(stream)
        await anext(awake)
        for n in range(100):
            hub.publish(SiteStatus(n), ("/x/",))
            await asyncio.sleep(0)
            assert event_data(await anext(awake))["urls"] == ["/x/"]
        messages: list[dict[str, Any]] = []
        while not messages or messages[-1]["build"].partition(".")[2] != "99":
            messages.append(event_data(await anext(stream)))
        assert len(messages) < 50
        assert None in [each["urls"] for each in messages]
        for _ in range(100):  # an end is heard even by one that sleeps
            hub.publish(SiteStatus(1), ("/x/",))
        hub.close()
        assert [event async for event in stream][-1:] != [None]

    run_in_loop(scenario)


def test_long_lists_are_cut_short() -> None:
    async def scenario() -> None:
        problems = tuple(Problem(f"content/{n}.md", 0, "x") for n in range(200))
        hub = EventHub(lambda: SiteStatus(1, problems))
        hub.open()
        stream = hub.events()
        hello = event_data(await anext(stream))
        assert len(hello["problems"]) + hello["more"] == 200
        hub.publish(SiteStatus(2), [f"/{n}/" for n in range(5000)])
        assert event_data(await anext(stream))["urls"] is None

    run_in_loop(scenario)


def test_what_a_complaint_quotes_cannot_forge_an_event() -> None:
    async def scenario() -> None:
        text = "x\n\ndata: {}\r\revent: y\u2028\ud800"
        hub = EventHub(lambda: SiteStatus(1, (Problem(text, 0, text, text),)))
        hub.open()
        event = await anext(hub.events())
        assert event.isascii()
        assert event.count("data: {") - event.count("\\ndata: {") == 1
        assert event_data(event)["problems"] == [{"where": text, "what": text, "mend": text}]

    run_in_loop(scenario)


def test_a_silent_stream_sends_heartbeats() -> None:
    async def scenario() -> None:
        hub = EventHub(SiteStatus, heartbeat=0.01)
        hub.open()
        stream = hub.events()
        await anext(stream)
        assert [await anext(stream) for _ in range(3)] == [":\n\n"] * 3

    run_in_loop(scenario)


def test_before_and_after_its_loop_a_hub_does_nothing() -> None:
    hub = EventHub(SiteStatus)
    hub.publish(SiteStatus(1), ())
    hub.close()

    async def open_hub() -> None:
        hub.open()

    run_in_loop(open_hub)
    hub.publish(SiteStatus(2), ())
    hub.close()


# --- the terminal ----------------------------------------------------------------------------------------


def test_each_problem_is_printed_once_until_it_is_mended(capsys: pytest.CaptureFixture[str]) -> None:
    printer = StatusPrinter()
    other = Problem("content/x.md", 9, "is wrong, too")
    states = [
        SiteStatus(),
        SiteStatus(1, (WRONG,)),
        SiteStatus(1, (other, WRONG)),
        SiteStatus(1, (other,)),
        SiteStatus(2),
    ]
    printed = []
    for before, now in itertools.pairwise(states):
        printer.print_change(before, now, Report(urls=("/x/", "/y/", "/z/", "/a/", "/b/") if now.build == 2 else ()))
        output = capsys.readouterr()
        printed.append((output.out, output.err))
    assert printed == [
        ("", f"{WRONG}\n"),
        ("", f"{other}\n"),
        ("", ""),
        ("fixed      content/x.md\nchanged    /x/, /y/, /z/ and 2 more\n", ""),
    ]


def test_a_note_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    printer = StatusPrinter()
    for _ in range(3):
        printer.print_change(SiteStatus(), SiteStatus(), Report(notes=(WRONG,)))
        printer.print_once("note: x")
    output = capsys.readouterr()
    assert (output.err, output.out) == (f"note: {WRONG}\n", "note: x\n")
