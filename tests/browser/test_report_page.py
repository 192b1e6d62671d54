"""The report in a real browser: nothing leaves the page, and a phone, a keyboard or a reader without script
suffices."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import report_fixture
from counterflow.report.page.render import render_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hostile = " <img src=https://example.org/a onerror=alert(1)> <script src=https://example.org/b></script> "
    assessment = report_fixture.build(extra=hostile + "w" * 400)
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_page(assessment), encoding="utf-8")
    return path


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
    folded = page.locator("details:not([open])").count()
    assert folded > 10
    reached = 0
    for _ in range(900):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e === document.body ? 'end' : e.tagName === 'SUMMARY' && !e.parentElement.open ? 'folded' : ''; }"
        )
        if at == "end":
            break
        if at == "folded":
            page.keyboard.press("Enter")
            reached += 1
    assert reached == folded
    assert page.locator("details:not([open])").count() == 0


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Any, report: Path, scheme: str) -> None:
    """WCAG 2.2 success criterion 1.4.3 asks for a contrast of 4.5 to 1."""
    page = opened(browser, report, color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(ground) > 0.9) is (scheme == "light")
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('main :is(p, td, th, a, h2, h3, summary), nav a')]"
        ".map(e => getComputedStyle(e).color))]"
    )
    colours += page.evaluate("[...document.querySelectorAll('#outcomes svg text')].map(e => getComputedStyle(e).fill)")
    assert len(set(colours)) > 2
    assert {c: contrast(c, ground) for c in set(colours) if contrast(c, ground) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours `rgb(r, g, b)` (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)`."""
    channels = [int(c) / 255 for c in colour[4:-1].split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_axe_finds_nothing_serious(browser: Any, report: Path) -> None:
    """Everything is unfolded but the tables behind pictures, of which one speaks for all. The insides of pictures are
    left out: each is one image with words, whose colours are checked above."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is NOT installed: page not checked")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details:not(.behind)').forEach(d => d.open = true)")
    page.evaluate("document.querySelector('#fan-homicides .behind').open = true")
    options = {"resultTypes": ["violations"]}
    found = axe.Axe().run(page, {"exclude": [["svg"]]}, options).response["violations"]
    bad = {
        one["id"]: [node["html"][:160] + " | " + node["failureSummary"][:200] for node in one["nodes"][:3]]
        for one in found
        if one["impact"] in ("serious", "critical")
    }
    assert bad == {}
    context.close()


def test_the_question_and_all_four_answers_stand_on_the_first_screen(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    assert page.locator("h1").bounding_box()["y"] > 0
    bottoms = [tile.bounding_box() for tile in page.locator(".tile .chance").all()]
    assert len(bottoms) == 4
    assert all(box["y"] + box["height"] <= 900 for box in bottoms)


def test_a_mark_in_the_text_leads_to_its_row_and_back(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    page.locator("#document .whole").evaluate("e => e.open = true")
    page.click("#in-a4")
    assert page.url.endswith("#action-a4")
    assert page.locator("#action-a4").is_visible()
    page.click("#action-a4 .place")
    assert page.url.endswith("#in-a4")
    assert page.locator("#in-a4").is_visible()


def test_a_chart_and_its_data_download(browser: Any, report: Path, tmp_path: Path) -> None:
    page = opened(browser, report)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for name in ("fan-homicides.csv", "fan-homicides.svg", "border.png"):
        with page.expect_download() as started:
            page.click(f"a[download='{name}']")
        started.value.save_as(tmp_path / name)
    assert (tmp_path / "fan-homicides.csv").read_text().startswith("month,branch,q05,q25,q50,q75,q95")
    assert ElementTree.parse(tmp_path / "fan-homicides.svg").getroot().tag.endswith("svg")
    assert (tmp_path / "border.png").read_bytes().startswith(b"\x89PNG")


def test_print_opens_claims_and_sources_and_leaves_the_rest_folded(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    claim, source = page.locator("#claims .inside > p").first, page.locator("#sources li").first
    assert not claim.is_visible()
    page.emulate_media(media="print")
    for shown in (claim, source, page.locator(".onpaper")):
        assert shown.bounding_box() is not None
        assert shown.evaluate("e => e.checkVisibility()")
    for hidden in ("nav", "#document .ledger", "#claims .inside table", "#basis .stack", ".behind"):
        assert not page.locator(hidden).first.is_visible(), hidden


def test_what_is_printed_takes_less_than_twenty_pages(browser: Any, report: Path) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    printed = opened(browser, report).pdf(prefer_css_page_size=True)
    assert len(pypdfium2.PdfDocument(printed)) < 20
