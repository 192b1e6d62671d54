"""Documents in the lab: read, marked, corrected before anything is simulated, cancelled; and hostile ones as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lab_stand_in
from counterflow.lab.documents.reading import read_document
from lab_browser import answered, link, opened
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
def with_document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("document") / "plan.md"
    path.write_text(PLAN)
    with running(None, lab_stand_in.stand_in(), read_document(path, None, lambda *step: None)) as found:
        yield found


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
    page.evaluate(
        "() => { window.seen = []; new MutationObserver(() => {"
        " const bar = document.querySelector('#document progress');"
        " if (bar?.hasAttribute('value') && bar.value !== seen.at(-1)) seen.push(bar.value); }).observe("
        "document.getElementById('document'), {childList: true, attributes: true, subtree: true}); }"
    )
    text = read(page, expect, tmp_path / "plan.md")
    shares = page.evaluate("seen")
    assert len(shares) >= 2, shares
    assert shares == sorted(shares)
    assert 0 < shares[0] < 1
    assert "1,600 troops" in text.inner_text()
    expect(text.locator("mark.action").first).to_be_visible()
    expect(text.locator("mark.claim").first).to_be_visible()
    rows = page.locator(".action-row")
    troops = rows.filter(has_text="1,600 troops")
    assert troops.get_by_label("Lever").input_value() == "military.deployment"
    troops.get_by_label("Level").select_option("3")
    troops.get_by_label("From").fill("2025-03-01")
    expect(troops).to_contain_text("Corrected: level, size, date.")
    for row in rows.filter(has_not_text="1,600 troops").all():
        row.get_by_role("button", name="Leave out").click()
    assert len([url for url in page.asked if url.endswith("/simulate")]) == asked
    with (
        page.expect_request("**/api/simulate") as waiting,
        page.expect_request("**/api/documents/strategy") as sending,
    ):
        page.get_by_role("button", name="Use this reading").first.click()
    sent = sending.value.post_data_json["brief"]
    assert [one["origin"] for one in sent["actions"]] == ["corrected"]
    assert "left out by the user" in {row["reason"] for row in sent["ledger"]}
    strategy = waiting.value.post_data_json["strategy"]
    moved = [(one["lever"], one["level"], one["start"], one["basis"]) for one in strategy["written"]]
    assert moved == [("military.deployment", 3, "2025-03-01", "user")]
    expect(page.locator("#kicker")).to_have_text(strategy["title"])
    expect(page.locator("#question")).to_be_focused()
    assert page.wrong == []
    page.close()


SELECTING = """words => {
  const walker = document.createTreeWalker(document.querySelector(".document-text"), NodeFilter.SHOW_TEXT);
  const nodes = [];
  let all = "";
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement.closest("sup")) continue;
    nodes.push([all.length, walker.currentNode]);
    all += walker.currentNode.data;
  }
  const at = (place) => {
    const [start, node] = nodes.findLast(([from]) => from <= place);
    return [node, place - start];
  };
  const range = document.createRange();
  range.setStart(...at(all.indexOf(words)));
  range.setEnd(...at(all.indexOf(words) + words.length));
  const [first, last] = [range.getClientRects()[0], [...range.getClientRects()].at(-1)];
  return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2];
}"""


def selected(page: Any, words: str) -> None:
    """Select words of the marked text with the mouse."""
    page.locator(".document-text").scroll_into_view_if_needed()
    left, top, right, bottom = page.evaluate(SELECTING, words)
    page.mouse.move(left + 1, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.mouse.move(right - 1, bottom)
    page.mouse.up()


@pytest.mark.parametrize("width", [1280, 390])
def test_an_action_that_was_missed_is_added_by_selecting_its_words(
    browser: Any, address: str, expect: Any, tmp_path: Path, width: int
) -> None:
    words = "Agents shall search every southbound lorry for guns"
    (tmp_path / "plan.md").write_text(PLAN + f"\nOn \u202earms\u202c: \U0001f6fb. {words}, said nobody else.\n")
    page = opened(browser, address, width)
    text = read(page, expect, tmp_path / "plan.md")
    rows = page.locator(".action-row")
    count = rows.count()
    add = page.get_by_role("button", name="Add as an action")
    expect(add).to_be_disabled()
    selected(page, words)
    expect(page.locator("#missed-told")).to_have_text("8 words selected.")
    add.click()
    expect(rows).to_have_count(count + 1)
    row = page.locator('[data-row="u1"]')
    expect(row).to_contain_text("added by you")
    expect(row.get_by_label("Lever")).to_be_focused()
    marked = text.locator("mark.added")
    assert "".join(marked.all_inner_texts()) == words
    expect(text.locator("sup").filter(has_text="u1")).to_have_count(1)
    page.get_by_role("button", name="Use this reading").first.click()
    expect(page.locator("#document .problem")).to_contain_text("u1 has no lever yet.")
    row.get_by_label("Lever").select_option("arms.southbound_inspection")
    row.get_by_label("Level").select_option("3")
    row.get_by_label("Status").select_option("in_force")
    row.get_by_label("From").fill("2025-02-01")
    with (
        page.expect_request("**/api/simulate") as waiting,
        page.expect_request("**/api/documents/strategy") as sending,
    ):
        page.get_by_role("button", name="Use this reading").first.click()
    sent = sending.value.post_data_json
    action = next(one for one in sent["brief"]["actions"] if one["id"] == "u1")
    assert {one["origin"] for one in sent["brief"]["actions"] if one is not action} <= {"document"}
    assert action["origin"] == "added"
    start, end = action["span"]["start"], action["span"]["end"]
    assert sent["brief"]["document"]["text"][start:end] == words == action["span"]["quote"]
    assert [one["span"]["start"] for one in sent["brief"]["actions"]] == sorted(
        one["span"]["start"] for one in sent["brief"]["actions"]
    )
    told = [one for one in sent["brief"]["ledger"] if "u1" in one["ids"]]
    assert told
    assert all("action" in one["kinds"] and "outside" not in one["kinds"] for one in told)
    moved = [one for one in waiting.value.post_data_json["strategy"]["written"] if one["basis"] == "user"]
    assert [(one["lever"], one["start"], one["quote"]) for one in moved] == [
        ("arms.southbound_inspection", "2025-02-01", words)
    ]
    row.get_by_role("button", name="Remove").click()
    expect(rows).to_have_count(count)
    expect(text.locator("mark.added")).to_have_count(0)
    expect(page.locator("#missed-words")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.wrong == []
    page.close()


def test_an_action_that_was_missed_is_added_by_keyboard_alone(
    browser: Any, address: str, expect: Any, tmp_path: Path
) -> None:
    (tmp_path / "plan.md").write_text(
        PLAN + "\nThe “wall” shall grow by 20–30 miles a month.\n\nAgain: the “wall” shall grow.\n"
    )
    page = opened(browser, address)
    text = read(page, expect, tmp_path / "plan.md")
    told = page.locator("#missed-told")
    opening = page.get_by_role("button", name="Add one that was missed")
    opening.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#missed-words")).to_be_focused()
    page.keyboard.type("no such words")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("does not say these words")
    page.keyboard.press("Control+a")
    page.keyboard.type('the "wall" SHALL grow')
    page.keyboard.press("Enter")
    expect(told).to_contain_text("1 of 2")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("2 of 2")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("1 of 2: …")
    assert text.locator("mark.found").all_inner_texts() == ["The “wall” shall grow"]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add as an action")).to_be_focused()
    page.keyboard.press("Enter")
    row = page.locator('[data-row="u1"]')
    expect(row.get_by_label("Lever")).to_be_focused()
    assert text.locator("mark.added").all_inner_texts() == ["The “wall” shall grow"]
    page.keyboard.type("Building of")
    expect(row.get_by_label("Lever")).to_have_value("border.barrier")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("ordered")
    expect(row.get_by_label("Status")).to_have_value("ordered")
    page.locator(".read-rows").get_by_role("button", name="Use this reading").first.focus()
    with page.expect_request("**/api/simulate") as waiting:
        page.keyboard.press("Enter")
    (own,) = [one for one in waiting.value.post_data_json["strategy"]["written"] if one["basis"] == "user"]
    assert (own["lever"], own["level"], own["quote"]) == ("border.barrier", 2, "The “wall” shall grow")
    assert page.wrong == []
    page.close()


def test_a_document_with_an_added_action_is_read_by_a_screen_reader(
    browser: Any, with_document: str, expect: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme, width in (("light", 1280), ("dark", 390)):
        page = opened(browser, with_document, width, color_scheme=scheme, reduced_motion="reduce")
        page.locator("#missed-words").fill("Border crossings fell")
        page.locator("#missed-words").press("Enter")
        page.get_by_role("button", name="Add as an action").click()
        expect(page.locator('[data-row="u1"]')).to_be_visible()
        found = Axe().run(page, context="#document").response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")] == []
        page.close()


def test_a_size_and_the_date_are_corrected(browser: Any, with_document: str, expect: Any) -> None:
    page = opened(browser, with_document)
    source = page.locator("#document-date-source")
    expect(source).to_contain_text("as inferred from what it tells")
    page.get_by_label("Date of the document").fill("2025-02-20")
    troops = page.locator(".action-row").filter(has_text="1,600 troops")
    size = troops.get_by_label("Size, as a number")
    assert size.input_value() == "1600"
    size.fill("2000")
    size.blur()
    expect(troops).to_contain_text("Corrected: size.")
    assert troops.get_by_label("Lever").bounding_box()["width"] > 300
    with page.expect_request("**/api/simulate") as waiting:
        page.get_by_role("button", name="Use this reading").first.click()
    strategy = waiting.value.post_data_json["strategy"]
    assert strategy["date"] | {"reason": ""} == {
        "start": "2025-02-20", "end": "2025-02-20", "source": "user", "reason": "",
    }  # fmt: skip
    moved = next(one for one in strategy["written"] if one["lever"] == "military.deployment")
    assert (moved["change"] or moved["intensity"])["central"] == 2000
    expect(source).to_contain_text("20 February 2025, as given")
    expect(page.locator("#start-note")).to_contain_text("The document is of 20 February 2025")
    expect(page.locator("#start")).to_be_disabled()
    page.close()


def test_a_report_takes_a_document_for_its_own_strategy_alone(browser: Any, with_document: str, expect: Any) -> None:
    page = opened(browser, with_document)
    bodies: list[Any] = []

    def refused(route: Any) -> None:
        bodies.append(route.request.post_data_json)
        route.fulfill(status=422, json={"error": {"code": "strategy", "message": "Not here.", "hint": "", "where": ""}})

    def asked() -> Any:
        count = len(bodies)
        page.get_by_role("button", name="Write the report").click()
        expect(page.locator("#share .problem")).to_contain_text("Not here.")
        assert len(bodies) == count + 1
        return bodies[-1]

    page.route("**/api/report", refused)
    alone = page.locator("#without-document")
    first = asked()
    assert first["brief"]["document"]["sha256"] == first["strategy"]["document_sha256"] != ""
    expect(alone).to_have_text("")
    page.locator("#preset").select_option("none")
    assert "brief" not in asked()
    other = first["strategy"] | {"document_sha256": "f" * 64, "title": "Another document's"}
    page.evaluate("hash => { location.hash = hash; }", link(other))
    expect(page.locator("#kicker")).to_have_text("Another document's")
    assert "brief" not in asked()
    expect(alone).to_contain_text("a document that is not at hand")
    page.evaluate("hash => { location.hash = hash; }", link(first["strategy"]))
    expect(alone).to_have_text("")
    assert asked()["brief"]["document"]["sha256"] == first["strategy"]["document_sha256"]
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
    assert page.locator(".action-row").first.bounding_box()["y"] < text.bounding_box()["y"]
    page.close()


def test_of_two_documents_the_later_one_stands_and_the_earlier_is_given_up(
    browser: Any, address: str, expect: Any, tmp_path: Path
) -> None:
    for name, words in (("first.md", "The first plan"), ("second.md", "The second plan")):
        (tmp_path / name).write_text(PLAN.replace("A plan", words))
    page = opened(browser, address)
    held: list[Any] = []

    def first_is_held(route: Any) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/documents", first_is_held)
    page.locator("#document-file").set_input_files(tmp_path / "first.md")
    expect(page.locator("#document progress")).to_be_visible()
    text = read(page, expect, tmp_path / "second.md")
    assert len(held) == 1
    with page.expect_response(lambda r: r.request.method == "DELETE" and "/api/jobs/" in r.url):
        held[0].continue_()
    page.wait_for_timeout(500)
    expect(text).to_contain_text("The second plan")
    assert page.wrong == []
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
