"""Fixtures that the tests of pages share."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.support.sites import REPO, SMALL_SITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture(params=["small", pytest.param("demo", marks=pytest.mark.slow)])
def small_or_demo(request: pytest.FixtureRequest) -> Path:
    """Return the folder of the small site, and of the demo in the slow tests."""
    return SMALL_SITE if request.param == "small" else REPO


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Return an empty page in a window of ordinary size."""
    with contextlib.closing(chromium.new_context(viewport={"width": 1000, "height": 800})) as context:
        yield context.new_page()
