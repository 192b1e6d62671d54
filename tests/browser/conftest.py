"""What all tests in a browser share: one Chromium a module, and Playwright's patient assertions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lab_browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def expect() -> Any:
    """Playwright's assertions, which wait."""
    from playwright.sync_api import expect

    return expect
