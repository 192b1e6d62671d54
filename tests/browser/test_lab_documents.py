"""Documents in the lab: read, marked, corrected before anything is simulated, cancelled; and hostile ones as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lab_stand_in
from lab_browser import answered, chromium, opened
from lab_cases import running

pytestmark = pytest.mark.browser
PLAN = (
    "# A plan for the border\n\nThe President ordered 1,600 troops to the border on January 22, 2025.\n\n"
    "Border crossings fell by 90% in February 2025 compared to the year before.\n\n"
    "The administration ended asylum at the border on January 20, 2025.\n"
)
HOSTILE = (
    """<!doctype html><html><head><title>Plan <script>alert(1)</script></title>
<style>@import url(https://example.org/a.css); body { background: url(https://example.org/b.png) }
input[value^=a] { background: url(https://example.org/c) }</style>
<meta http-equiv="refresh" content="0;url=https://example.org/d"><base href="https://example.org/">
<script src="https://example.org/e.js"></script></head><body onload="alert(2)">
<article><h1>Plan <img src=https://example.org/f onerror=alert(3)></h1>
<p>The President ordered 1,600 troops to the border on January 22, 2025. &lt;script&gt;alert(4)&lt;/script&gt;
&lt;img src=x onerror=alert(5)&gt; <a href="javascript:alert(6)">Border crossings fell by 90% in February 2025</a>.</p>
<svg onload="alert(7)"><script>alert(8)</script><text>drawn</text></svg>
<p>The order of the day is \u202egnp.exe\u202c and \u2067turned\u2069 words; """
    + "w" * 3000
    + """ ends it.
The administration designated &lt;b&gt;six cartels&lt;/b&gt; as terrorist organizations on February 20, 2025.</p>
<iframe src="https://example.org/g"></iframe>
<form action="https://example.org/h"><input name=q></form></article></body></html>"""
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(engine=lab_stand_in.stand_in()) as found:
        yield found


@pytest.fixture(scope="module")
def expect() -> Any:
    from playwright.sync_api import expect

    return expect


def read(page: Any, expect: Any, path: Path) -> Any:
    page.locator("#document-file").set_input_files(path)
    text = page.locator(".document-text")
    expect(text).to_be_visible(timeout=90_000)
    return text


def test_a_document_is_corrected_before_anything_is_simulated(
    browser: Any, address: str, expect: Any, tmp_path: Path
) -> None:
    (tmp_path / "plan.md").write_text(PLAN)
    page = opened(browser, address)
    asked = len([url for url in page.asked if url.endswith("/simulate")])
    text = read(page, expect, tmp_path / "plan.md")
    assert "1,600 troops" in text.inner_text()
    expect(text.locator("mark.action").first).to_be_visible()
    expect(text.locator("mark.claim").first).to_be_visible()
    rows = page.locator(".action-row")
    troops = rows.filter(has_text="1,600 troops")
    assert troops.get_by_label("Lever").input_value() == "military.deployment"
    troops.get_by_label("Level").select_option("3")
    troops.get_by_label("From").fill("2025-03-01")
    expect(troops).to_contain_text("Corrected: level, date.")
    for row in rows.filter(has_not_text="1,600 troops").all():
        row.get_by_role("button", name="Leave out").click()
    assert len([url for url in page.asked if url.endswith("/simulate")]) == asked
    with page.expect_request("**/api/simulate") as waiting:
        page.get_by_role("button", name="Use this reading").first.click()
    strategy = waiting.value.post_data_json["strategy"]
    moved = [(one["lever"], one["level"], one["start"]) for one in strategy["written"]]
    assert moved == [("military.deployment", 3, "2025-03-01")]
    expect(page.locator("#kicker")).to_have_text(strategy["title"])
    expect(page.locator("#question")).to_be_focused()
    assert page.wrong == []
    page.close()


def test_a_hostile_document_is_text_and_nothing_else(browser: Any, address: str, expect: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.html").write_text(HOSTILE, encoding="utf-8")
    page = opened(browser, address, 390)
    text = read(page, expect, tmp_path / "plan.html")
    shown = text.inner_text()
    assert "<script>alert(4)</script>" in shown
    assert "<img src=x onerror=alert(5)>" in shown
    assert "w" * 3000 in shown
    assert not set(shown) & set("\u202e\u202c\u2067\u2069")
    answered(page, lambda: page.get_by_role("button", name="Use this reading").first.click())
    page.wait_for_timeout(300)
    inside = page.locator("#document-body")
    assert inside.locator("script, img, svg, iframe, style, form, object, embed, b, base, meta").count() == 0
    assert inside.locator("a[href], [onload], [onerror], [style*=url]").count() == 0
    assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == []
    assert page.wrong == []
    assert page.url.startswith(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_reading_can_be_cancelled_and_a_refused_document_is_told(
    browser: Any, address: str, expect: Any, tmp_path: Path
) -> None:
    (tmp_path / "plan.md").write_text(PLAN)
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7\nbroken")
    page = opened(browser, address)
    with page.expect_request(lambda r: r.method == "DELETE" and "/api/jobs/" in r.url):
        page.locator("#document-file").set_input_files(tmp_path / "plan.md")
        page.locator("#document").get_by_role("button", name="Cancel").click()
    expect(page.locator("#document-body")).to_contain_text("Cancelled. Nothing was kept.")
    assert page.locator(".document-text").count() == 0
    page.locator("#document-file").set_input_files(tmp_path / "plan.pdf")
    expect(page.locator("#document .problem")).to_be_visible(timeout=90_000)
    page.close()
