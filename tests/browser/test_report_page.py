"""The report in a real browser: nothing leaves the page, and a phone, a keyboard or a reader without script
suffices."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import report_fixture
from counterflow.report.page import write_report

pytestmark = pytest.mark.browser
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium (Debian: apt-get install chromium): the page was NOT tested in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hostile = " <img src=https://example.org/a onerror=alert(1)> <script src=https://example.org/b></script> "
    assessment = report_fixture.build(extra=hostile + "w" * 400)
    return write_report(assessment, tmp_path_factory.mktemp("report") / "report.html")[0]


def opened(browser: Any, report: Path, width: int = 1280, **options: Any) -> Any:
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize("width", [1280, 390])
def test_no_request_leaves_the_page_and_nothing_is_reported(browser: Any, report: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    requests: list[str] = []
    messages: list[str] = []
    page.on("request", lambda r: requests.append(r.url))
    page.on("console", lambda m: messages.append(m.text))
    page.on("pageerror", lambda e: messages.append(str(e)))
    page.on("dialog", lambda d: (messages.append(d.message), d.dismiss()))
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_load_state("networkidle")
    assert [r for r in requests if not r.startswith("data:")] == [report.as_uri()]
    assert messages == []


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("unfolded", [False, True])
def test_no_sideways_scrolling(browser: Any, report: Path, width: int, unfolded: bool) -> None:
    page = opened(browser, report, width)
    if unfolded:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate(
        "w => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility()"
        " && e.getBoundingClientRect().right > w + 1).map(e => e.tagName + '.' + e.className)",
        width,
    )
    assert wide == []


@pytest.mark.parametrize("width", [768, 1280])
def test_no_table_cell_is_narrower_than_its_longest_word(browser: Any, report: Path, width: int) -> None:
    page = opened(browser, report, width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    narrow = page.eval_on_selector_all(
        "td, th",
        "all => all.filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth).map(e => e.textContent.trim())",
    )
    assert narrow == []
    # A word that breaks within itself gives each of its parts a box of its own; words of the document, codes and links
    # may break anywhere.
    broken = page.evaluate(BROKEN_WORDS)
    assert broken == []


BROKEN_WORDS = r"""() => {
  const found = [];
  for (const cell of document.querySelectorAll('td, th')) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest('.quote, code, a, bdi') || !node.parentElement.checkVisibility()) continue;
      for (const word of node.data.matchAll(/[\p{L}\p{N}]+/gu)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) found.push(word[0]);
      }
    }
  }
  return found;
}"""


def test_every_row_opens_by_keyboard_alone(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    total = page.locator("details").count()
    assert total > 10
    reached = 0
    for _ in range(600):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate("document.activeElement.tagName === 'SUMMARY' && !document.activeElement.parentElement.open"):
            page.keyboard.press("Enter")
            reached += 1
    assert reached == total
    assert page.locator("details[open]").count() == total


def test_the_page_says_the_same_without_javascript(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    without = context.new_page()
    without.goto(report.as_uri())
    assert without.locator("h1").inner_text().startswith("Does the strategy curtail trafficking")
    assert without.locator("main").inner_text() == opened(browser, report, 1280).locator("main").inner_text()
    assert without.locator("#outcomes svg").first.is_visible()


def test_headings_come_in_order(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    levels = page.eval_on_selector_all("h1, h2, h3, h4, h5, h6", "all => all.map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_has_words(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    silent = page.eval_on_selector_all(
        "svg, img", "all => all.filter(e => !e.closest('[role=img][aria-label]')?.ariaLabel?.trim()).length"
    )
    assert silent == 0
    assert page.locator("svg").count() > 20


def test_text_stands_out_from_its_ground(browser: Any, report: Path) -> None:
    """WCAG 2.2 success criterion 1.4.3 asks for a contrast of 4.5 to 1; the ground of text outside charts is
    white."""
    page = opened(browser, report)
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('main :is(p, td, th, a, h2, h3, summary), nav a')]"
        ".map(e => getComputedStyle(e).color))]"
    )
    assert len(colours) > 2
    assert {c: contrast_on_white(c) for c in colours if contrast_on_white(c) < 4.5} == {}


def contrast_on_white(colour: str) -> float:
    """Contrast ratio of `rgb(r, g, b)` on white (WCAG 2.2, relative luminance)."""
    channels = [int(c) / 255 for c in colour[4:-1].split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_a_chart_and_its_data_download(browser: Any, report: Path, tmp_path: Path) -> None:
    page = opened(browser, report)
    with page.expect_download() as started:
        page.click("a[download='fan-homicides.csv']")
    started.value.save_as(tmp_path / "data.csv")
    assert (tmp_path / "data.csv").read_text().startswith("month,branch,q05,q25,q50,q75,q95")


def test_print_shows_what_is_folded_away(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    last = page.locator("#document details li").last
    assert not last.is_visible()
    page.emulate_media(media="print")
    assert last.bounding_box() is not None
    assert page.locator("#document details li").last.evaluate("e => e.checkVisibility()")
    assert not page.locator("nav").is_visible()
