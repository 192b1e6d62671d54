"""What all tests in a browser share: one Chromium and one lab a module, and Playwright's patient assertions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import lab_stand_in
from lab_browser import chromium
from lab_cases import running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running lab whose engine is a stand-in."""
    with running(engine=lab_stand_in.stand_in()) as found:
        yield found


@pytest.fixture(scope="module")
def expect() -> Any:
    """Playwright's assertions, which wait."""
    from playwright.sync_api import expect

    return expect
