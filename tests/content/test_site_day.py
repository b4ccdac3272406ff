"""Which day it is for a site: that of its time zone, or else of this machine."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader, site_day, site_paths

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.core.errors import Problem

SUNDAY = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    now = SimpleNamespace(now=lambda zone=dt.UTC: SUNDAY.astimezone(zone))
    monkeypatch.setattr(site_day, "dt", SimpleNamespace(datetime=now))
    (tmp_path / "content").mkdir()
    return tmp_path / site_paths.CONFIG


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", 23), ("America/Lima", 22), ("UTC", 22)])
def test_the_day_is_that_of_the_sites_time_zone(config: Path, zone: str, day: int) -> None:
    config.write_text(f"title: T\ntimezone: {zone}\n", encoding="utf-8")
    assert site_day.today(config.parent.parent) == dt.date(2026, 11, day)


@pytest.mark.parametrize("zone", ["Asia/Tokio", "../etc/passwd", "Europe"])
def test_an_unknown_time_zone_is_reported(config: Path, zone: str) -> None:
    problems: list[Problem] = []
    config.write_text(f"title: T\ntimezone: {zone}\n", encoding="utf-8")
    assert loader.load_config(config.parent.parent, problems).timezone == ""
    assert [(problem.line, problem.what) for problem in problems] == [(2, f"`timezone: {zone}` is not a time zone")]


def test_without_a_site_the_day_is_that_of_this_machine(tmp_path: Path) -> None:
    assert isinstance(site_day.today(tmp_path), dt.date)
