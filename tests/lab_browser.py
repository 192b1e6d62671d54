"""A browser before a lab whose engine is a stand-in: what the tests of the page share."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PATIENCE = 20_000  # milliseconds; the machine may be busy


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser; the test is skipped, and says so, where there is none."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium (Debian: apt-get install chromium): pages were NOT tested in a browser")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


def opened(browser: Any, address: str, width: int = 1280, path: str = "/", **options: Any) -> Any:
    """The lab's page, once it shows its first refined answer. It keeps what went wrong in `page.wrong`, and what it
    asked for in `page.asked`."""
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": width, "height": 900}, **options)
    page.set_default_timeout(PATIENCE)
    page.wrong, page.asked = [], []
    page.on("console", lambda m: page.wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: page.wrong.append(str(e)))
    page.on("dialog", lambda d: (page.wrong.append(d.message), d.dismiss()))
    page.on("request", lambda r: page.asked.append(r.url))
    page.goto(address + path)
    expect(page.locator("#live")).to_contain_text("New answer")
    return page


def slider(page: Any, lever: str) -> Any:
    """A lever's slider, with its theme unfolded."""
    found = page.locator(f'input[data-lever="{lever}"]')
    theme = page.locator("details.theme").filter(has=found)
    if theme.get_attribute("open") is None:
        theme.locator("> summary").click()
    return found


def answered(page: Any, act: Any) -> dict[str, Any]:
    """The answer to the last refined question that `act` leads to, once the page has it."""
    with page.expect_response(
        lambda r: r.url.endswith("/api/simulate") and r.request.post_data_json["draws"] == 256 and r.ok
    ) as waiting:
        act()
    answer: dict[str, Any] = waiting.value.json()
    return answer


def link(strategy: dict[str, Any], **others: Any) -> str:
    """The part of a link after "#" that holds a strategy, uncompressed."""
    held = {"strategy": strategy, "years": 3, "draws": 256, "seed": 0, "branch": None, "pins": []} | others
    return "s0." + base64.urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")
