"""What the lab's page does where something is wrong, late or busy: it says so, and shows no figure for another."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

import lab_stand_in
from counterflow.errors import StrategyError
from counterflow.strategy.builtin.load import built_in_strategy
from lab_browser import answered, link, opened, slider
from lab_cases import running

pytestmark = pytest.mark.browser
SCANNING = "drugs.port_scanning"


def strategy(**others: Any) -> dict[str, Any]:
    return built_in_strategy("port_scanning", lab_stand_in.START).model_dump(mode="json") | others


def _level(value: Any) -> dict[str, Any]:
    of = strategy()
    of["written"][0] |= {"level": value, "intensity": None, "change": None}
    return of


@pytest.mark.parametrize(
    "of",
    [_level(99), strategy(refused=5), strategy(considered=5), strategy(parameters=5), strategy(switches=[])],
    ids=["level", "refused", "considered", "parameters", "switches"],
)
@pytest.mark.parametrize("place", ["strategy", "pins"])
def test_a_link_with_what_no_strategy_holds_is_told_and_the_page_opens(
    browser: Any, address: str, expect: Any, of: dict[str, Any], place: str
) -> None:
    held = link(of) if place == "strategy" else link(strategy(), pins=[of])
    page = opened(browser, address, path=f"/#{held}")
    expect(page.locator("#notice .problem")).to_contain_text("This link does not hold a strategy that can be read.")
    expect(page.locator("#kicker")).to_have_text("Demand and supply")
    assert [one for one in page.wrong if "422" not in one] == []
    before = page.locator("#kicker").text_content()
    page.wait_for_timeout(400)
    page.evaluate("hash => { location.hash = hash; }", held)
    page.wait_for_timeout(400)
    expect(page.locator("#notice .problem")).to_contain_text("This link does not hold")
    expect(page.locator("#kicker")).to_have_text(before)
    page.close()


def test_a_token_that_cannot_be_read_is_none(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address, path=f"/#token=%E0%A4%A&{link(strategy())}")
    expect(page.locator("#kicker")).to_have_text("Port scanning")
    assert "token" not in page.url
    assert page.wrong == []
    page.close()


def test_a_title_names_what_turns_or_hides_it_wherever_it_is_shown(browser: Any, address: str, expect: Any) -> None:
    title = "a\u061cb\u2060c\u2064d\u00ade\u200cf\u200dg\u180eh\U000e0041i\u202ej"
    told = "a[ALM]b[WJ]c[U+2064]d[SHY]e[ZWNJ]f[ZWJ]g[U+180E]h[U+E0041]i[RLO]j"
    of = strategy(title=title)
    page = opened(browser, address, path=f"/#{link(of, pins=[of])}")
    expect(page.locator("#kicker")).to_have_text(told)
    expect(page.locator("[data-pin='0'] h3")).to_have_text(told)
    expect(page.get_by_role("button", name=f"Unpin: {told}")).to_be_visible()
    expect(page.locator("table.compared > thead th").first).to_have_text(told)
    assert not set(page.locator("main").inner_text()) & set(title[1::2])
    page.close()


def test_after_a_failed_answer_data_are_refused_at_once_and_had_once_it_is_there(
    browser: Any, expect: Any, tmp_path: Any
) -> None:
    left = {"wrong": 1}

    def moody(engine: Any, ask: Any, wanted: Any) -> Any:
        if left["wrong"]:
            left["wrong"] -= 1
            raise StrategyError("not this one", where="strategy", hint="Choose another.")
        return lab_stand_in.simulate(engine, ask)

    with running(engine=lab_stand_in.stand_in(simulate=moody)) as address:
        page = browser.new_page()
        page.goto(address)
        expect(page.locator("#failed .problem")).to_contain_text("not this one")
        expect(page.locator("#status")).to_have_text("Nothing could be worked out.")
        page.get_by_role("button", name="Data as CSV").click()
        expect(page.locator("#share .problem")).to_contain_text("not this one")
        page.locator("#failed").get_by_role("button", name="Try again").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Data as CSV").click()
        waiting.value.save_as(tmp_path / "data.csv")
        assert list(csv.DictReader((tmp_path / "data.csv").read_text().splitlines()))
        page.close()


def test_data_hold_the_strategy_that_was_asked_though_it_was_renamed_since(
    browser: Any, address: str, expect: Any, tmp_path: Any
) -> None:
    page = opened(browser, address)
    page.get_by_label("Name of the strategy").fill("Another name")
    page.get_by_label("Name of the strategy").blur()
    expect(page.locator("#kicker")).to_have_text("Another name")

    def data() -> Any:
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Data as JSON").click()
        waiting.value.save_as(tmp_path / "data.json")
        return json.loads((tmp_path / "data.json").read_text())

    held = data()
    assert held["strategy"]["title"] == held["about"]["title"] == held["answer"]["title"] == "Demand and supply"
    slider(page, SCANNING).focus()
    answered(page, lambda: page.keyboard.press("Home"))
    held = data()
    assert held["strategy"]["title"] == held["about"]["title"] == held["answer"]["title"] == "Another name"
    page.close()


def test_a_report_goes_on_while_other_things_are_saved(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    page.route("**/api/report", lambda route: route.fulfill(status=202, json={"job": {"id": "one"}}))
    page.route("**/api/jobs/one/events", lambda route: None)  # it never ends
    write = page.get_by_role("button", name="Write the report")
    write.click()
    expect(write).to_be_disabled()
    going = page.locator("#share progress")
    expect(going).to_be_visible()
    for name in ("Save as TOML", "Data as CSV"):
        with page.expect_download():
            page.get_by_role("button", name=name).click()
        expect(going).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#share .told").last).to_contain_text("link", ignore_case=True)
    expect(page.locator("#share").get_by_role("button", name="Cancel")).to_be_visible()
    page.close()


def test_figures_side_by_side_stand_back_until_they_are_those_of_the_strategies_named(
    browser: Any, address: str, expect: Any
) -> None:
    page = opened(browser, address)
    page.locator("#pin").click()
    expect(page.locator("td[data-compared=trafficking]")).to_have_count(2)
    status, body = page.locator("#compare-status"), page.locator(".compare-answer")
    expect(status).to_have_text("")
    assert body.get_attribute("aria-busy") is None
    busy = {"error": {"code": "busy", "message": "All processors are taken.", "hint": "", "where": ""}}
    left = [1]

    def once_busy(route: Any) -> None:
        if left and left.pop():
            route.fulfill(status=503, json=busy, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/api/compare", once_busy)
    page.locator("#preset").select_option("port_scanning")
    expect(page.locator("[data-pin=current] h3")).to_have_text("Port scanning")
    assert status.text_content() == "Being compared…"
    assert body.get_attribute("aria-busy") == "true"
    assert float(body.evaluate("e => getComputedStyle(e).opacity")) < 0.5
    expect(status).to_contain_text("The lab is busy; it is asked again in 1 s.")
    expect(status).to_have_text("")
    expect(page.locator("table.compared > thead th").last).to_have_text("Port scanning (at hand)")
    assert body.get_attribute("aria-busy") is None
    page.close()
