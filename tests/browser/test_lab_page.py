"""The lab in a real browser: levers, answers, assumptions, comparison and links, by pointer, keyboard and phone."""

from __future__ import annotations

import csv
import json
import re
import time
from collections import Counter
from typing import Any

import pytest

import lab_stand_in
from counterflow.errors import StrategyError
from counterflow.lab.errors import RefusedError
from counterflow.lab.settings import Settings
from counterflow.report.words import dollars, number, percent
from counterflow.strategy.branches import branches
from counterflow.strategy.builtin.load import built_in_strategy
from lab_browser import answered, link, opened, slider
from lab_cases import running

pytestmark = pytest.mark.browser
SCANNING = "drugs.port_scanning"


def test_a_slider_moves_charts_and_headlines_and_nothing_leaves_the_host(
    browser: Any, address: str, expect: Any
) -> None:
    page = opened(browser, address)
    chart = page.locator('figure[data-outcome="fentanyl_delivered"]')
    told, chance = chart.get_attribute("aria-label"), page.locator("[data-probability=trafficking]").text_content()
    picture = chart.locator("canvas").evaluate("c => c.toDataURL()")
    slider(page, SCANNING).focus()
    answered(page, lambda: page.keyboard.press("Home"))
    expect(page.locator("[data-probability=trafficking]")).not_to_have_text(chance)
    expect(page.locator("[data-headline=trafficking] .was")).to_have_text(f"was {chance}")
    assert chart.get_attribute("aria-label") != told
    assert chart.locator("canvas").evaluate("c => c.toDataURL()") != picture
    assert {url for url in page.asked if not url.startswith((address, "data:", "blob:"))} == set()
    assert page.wrong == []
    page.close()


def test_the_numbers_on_the_page_are_those_of_the_api(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    slider(page, "border.agents").focus()
    answer = answered(page, lambda: page.keyboard.press("End"))
    for h in answer["headlines"]:
        if h["reference"] == "none":
            expect(page.locator(f"[data-probability={h['id']}]")).to_have_text(percent(h["probability"]))
    for cell, share in answer["four_way"].items():
        if cell != "branch":
            expect(page.locator(f"#four-way [data-cell={cell}]")).to_have_text(percent(share))
    expect(page.locator("#cost [data-cost=central]")).to_have_text(dollars(answer["cost"]["central"]))
    fan = next(one for one in answer["outcomes"] if one["id"] == "attempts")
    chart = page.locator('figure[data-outcome="attempts"]')
    chart.locator("summary").click()
    rows = chart.locator("tbody tr").all_inner_texts()
    levels = ("0.05", "0.25", "0.5", "0.75", "0.95")
    assert len(rows) == len(answer["months"])
    for index in (0, len(rows) - 1):
        shown = rows[index].split("\t")[1:]
        values = [fan["quantiles"][q][index] for q in levels] + [fan["none"][q][index] for q in ("0.05", "0.5", "0.95")]
        assert shown == [number(value) for value in values]
    last = {q: number(fan["quantiles"][q][-1]) for q in levels}
    label = chart.get_attribute("aria-label")
    assert f"median {last['0.5']}, 90% of draws from {last['0.05']} to {last['0.95']}" in label
    page.close()


# Counts the questions that the page waits for at a time; one that it gives up is over then.
COUNTING = """() => {
  const fetched = window.fetch;
  const flying = new Set();
  window.most = 0;
  window.fetch = (address, options) => {
    const one = {};
    if (String(address).endsWith("/simulate")) flying.add(one);
    window.most = Math.max(most, flying.size);
    options.signal?.addEventListener("abort", () => flying.delete(one));
    return fetched(address, options).finally(() => flying.delete(one));
  };
}"""


def test_one_question_is_on_its_way_and_the_last_position_wins(browser: Any, expect: Any) -> None:
    asked: list[int] = []

    def slow(engine: Any, ask: Any, wanted: Any) -> Any:
        asked.append(ask.draws)
        time.sleep(0.12)
        return lab_stand_in.simulate(engine, ask)

    with running(engine=lab_stand_in.stand_in(simulate=slow)) as address:
        page = opened(browser, address)
        handle = slider(page, SCANNING)
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        asked.clear()
        page.evaluate(COUNTING)
        page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
        page.mouse.down()
        for step in range(40):
            page.mouse.move(box["x"] + box["width"] * (0.9 - 0.02 * step), box["y"] + box["height"] / 2)
            time.sleep(0.01)
        answer = answered(page, page.mouse.up)
        assert page.evaluate("most") == 1
        assert 0 < asked.count(64) < 40  # what was overtaken was never asked
        assert asked[0] == 256  # the first move is answered from all draws
        chance = next(h["probability"] for h in answer["headlines"] if h["id"] == "trafficking")
        expect(page.locator("[data-probability=trafficking]")).to_have_text(percent(chance))
        held = page.locator(f'.lever[data-lever="{SCANNING}"] .held').text_content()
        page.wait_for_timeout(800)
        assert page.locator("[data-probability=trafficking]").text_content() == percent(chance)
        assert page.locator(f'.lever[data-lever="{SCANNING}"] .held').text_content() == held
        page.close()


def test_a_single_move_is_answered_from_all_draws_at_once_and_asked_once(
    browser: Any, address: str, expect: Any
) -> None:
    page = opened(browser, address)
    expect(page.locator("[data-word=trafficking]")).not_to_have_text("being judged…")
    asked: list[tuple[str, int]] = []
    page.on("request", lambda r: asked.append((r.url.rpartition("/")[2], (r.post_data_json or {}).get("draws"))))
    handle = slider(page, SCANNING)
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    answered(page, lambda: page.mouse.click(box["x"] + 40, box["y"] + box["height"] / 2, delay=300))
    expect(page.locator("[data-word=trafficking]")).not_to_have_text("being judged…")
    assert asked == [("simulate", 256), ("rests", 256)]  # though the button was let go long after the answer
    asked.clear()
    handle.focus()
    answered(page, lambda: page.keyboard.press("ArrowRight"))  # an "input" and a "change"
    page.wait_for_timeout(300)
    assert asked == [("simulate", 256)]
    page.close()


def test_moves_in_quick_succession_are_answered_from_few_draws_until_they_rest(browser: Any, expect: Any) -> None:
    told: list[tuple[int, bool]] = []

    def slow(engine: Any, ask: Any, wanted: Any) -> Any:
        until = time.monotonic() + (0.5 if ask.draws == 256 else 0.05)
        while time.monotonic() < until and not wanted.is_left:
            time.sleep(0.01)
        told.append((ask.draws, wanted.is_left))
        wanted.require()
        return lab_stand_in.simulate(engine, ask)

    with running(engine=lab_stand_in.stand_in(simulate=slow)) as address:
        page = opened(browser, address)
        slider(page, SCANNING).focus()
        told.clear()
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(100)
        answered(page, lambda: page.keyboard.press("ArrowLeft"))  # the answer to the first is young: it is given up
        assert told == [(256, True), (64, False), (256, False)]
        page.wait_for_timeout(400)
        told.clear()
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(400)
        answered(page, lambda: page.keyboard.press("ArrowLeft"))  # that of this one is nearly there, and is shown
        assert told[0] == (256, False)
        assert told[-1] == (256, False)
        assert {left for _, left in told} == {False}
        assert page.wrong == []
        page.close()


def test_a_new_answer_is_said_once_when_it_settles(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    page.evaluate(
        "() => { window.said = []; new MutationObserver(() => said.push(document.getElementById('live').textContent))"
        ".observe(document.getElementById('live'), {childList: true, characterData: true, subtree: true}); }"
    )
    slider(page, "border.agents").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    expect(page.locator("[data-word=crossings]")).not_to_have_text("being judged…")
    chance = page.locator("[data-probability=crossings]").text_content()
    expect(page.locator("#live")).to_contain_text(f"Crossings curtailed {chance};")
    said = page.evaluate("said")
    assert len(said) == 1, said
    page.close()


def test_levers_begin_where_the_strategy_has_them_and_go_back_there(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    row = page.locator(f'.lever[data-lever="{SCANNING}"]')
    held, reset = row.locator(".held"), row.locator(".reset")
    before = held.text_content()
    assert not reset.is_visible()
    slider(page, SCANNING).focus()
    page.keyboard.press("Home")
    expect(held).not_to_have_text(before)
    reset.click()
    expect(held).to_have_text(before)
    expect(row.locator(".level")).to_contain_text("recorded")
    forced = page.locator(".lever", has=page.locator(".flag"))
    assert forced.count() == 2
    assert [row.get_attribute("class") for row in forced.all()] == ["lever", "lever"]  # not moved
    page.close()


def test_a_lever_stands_on_each_of_its_levels_though_they_have_one_size(
    browser: Any, address: str, expect: Any
) -> None:
    page = opened(browser, address)
    handle = slider(page, "emergency.declaration")
    row = page.locator('.lever[data-lever="emergency.declaration"]')
    handle.focus()
    page.keyboard.press("Home")
    seen = []
    for _ in range(48):
        told = row.locator(".level").text_content().partition(":")[0]
        if told not in seen:
            seen.append(told)
        page.keyboard.press("ArrowRight")
    assert seen == ["Level 0", "Level 1", "Level 2"]
    expect(row.locator(".held")).to_have_text("0")
    assert handle.input_value() == "48"  # where level 2 stands, not at the bottom
    page.close()


def test_what_no_lever_reaches_has_no_probability(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    page.locator("#preset").select_option("none")
    tile = page.locator("[data-headline=violence]")
    expect(tile.locator("[data-word]")).to_have_text("Not tested")
    expect(tile.locator("[data-probability]")).to_have_text("–")
    expect(tile).to_contain_text("No lever of this strategy reaches it.")
    assert "%" not in tile.locator(".figure").inner_text()
    page.close()


def test_a_day_too_far_from_the_record_is_refused_in_its_place(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    asked = len(page.asked)
    page.get_by_label("Begins on").fill("2010-01-01")
    expect(page.locator("#start-problem")).to_have_text("Give a day from 1 January 2015 to 31 December 2045.")
    assert len(page.asked) == asked
    answered(page, lambda: page.get_by_label("Begins on").fill("2026-05-01"))
    expect(page.locator("#start-problem")).to_have_text("")
    expect(page.locator("#status")).to_contain_text("from 1 May 2026")
    page.close()


def test_an_undetermined_answer_leads_to_the_assumption_that_decides_it(
    browser: Any, address: str, expect: Any
) -> None:
    page = opened(browser, address)
    page.locator("#preset").select_option("port_scanning")
    slider(page, SCANNING).focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-word=trafficking]")).to_have_text("Undetermined")
    page.locator("#rests-fold > summary").click()
    decided = page.locator('[data-rests="trafficking-none"]')
    expect(decided).to_contain_text("the answer flips at 11.2 and 27.5")
    before = page.locator("[data-probability=trafficking]").text_content()
    decided.get_by_role("button", name="Change").click()
    prior = page.locator('[data-prior="supply.T_reb"]')
    prior.get_by_label("Low (5%)").fill("50")
    prior.get_by_role("button", name="Use it").click()
    expect(prior.locator(".field-problem")).to_contain_text("three numbers that rise")
    prior.get_by_label("Low (5%)").fill("1")
    prior.get_by_label("Median").fill("3")
    prior.get_by_label("High (95%)").fill("9")
    answered(page, lambda: prior.get_by_role("button", name="Use it").click())
    expect(page.locator("[data-probability=trafficking]")).not_to_have_text(before)
    expect(page.locator("#priors-changed")).to_contain_text("Set to 3 (1 to 9); counts as grade D.")
    page.close()


def test_strategies_stand_side_by_side(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    page.locator("#pin").click()
    page.locator("#preset").select_option("port_scanning")
    page.locator("#pin").click()
    page.locator("#preset").select_option("none")
    with page.expect_response(lambda r: r.url.endswith("/api/compare") and len(r.json()["compared"]) == 3) as waiting:
        pass
    compared = waiting.value.json()["compared"]
    chances = [next(h["probability"] for h in one["headlines"] if h["id"] == "trafficking") for one in compared]
    cells = page.locator("td[data-compared=trafficking]")
    expect(cells).to_have_count(3)
    assert [cell.inner_text().split("\n")[0] for cell in cells.all()] == [percent(chance) for chance in chances]
    expect(page.locator("#compare figure")).to_have_count(3 * len(lab_stand_in.SIZES))
    page.get_by_role("button", name="Unpin: Port scanning").click()
    expect(page.locator("td[data-compared=trafficking]")).to_have_count(2)
    page.close()


def test_a_course_of_events_stays_with_its_strategy_side_by_side(browser: Any, address: str, expect: Any) -> None:
    considered = ("asylum.restriction", "military.strike_lab")
    of = built_in_strategy("port_scanning", lab_stand_in.START).model_copy(update={"considered": considered})
    strategy = of.model_dump(mode="json")
    page = opened(browser, address, path=f"/#{link(strategy, pins=[strategy])}")  # as older links have a pin
    expect(page.locator("[data-pin='0'] h3")).to_have_text("Port scanning")
    page.get_by_role("button", name="Unpin").click()
    offered = page.locator("#course option").evaluate_all("all => all.map(one => [one.value, one.textContent])")
    expected = {(one.id, one.title) for one in branches(of) if one.id not in ("none", "as_written")}
    assert {(id, title) for id, title in offered} == expected
    page.locator("#course").select_option("with_asylum_restriction")
    page.locator("#pin").click()
    with page.expect_response(
        lambda r: r.url.endswith("/api/compare") and "branches" in r.request.post_data
    ) as waiting:
        page.locator("#course").select_option("as_on_record")
    assert waiting.value.request.post_data_json["branches"] == ["with_asylum_restriction", "as_on_record"]
    assert [one["branch"] for one in waiting.value.json()["compared"]] == ["with_asylum_restriction", "as_on_record"]
    heads = page.locator("table.compared > thead th")
    course = next(one.title for one in branches(of) if one.id == "with_asylum_restriction")
    expect(heads.nth(0)).to_contain_text(course)
    expect(heads.nth(1)).to_contain_text("As on record")
    page.wait_for_timeout(600)
    again = opened(browser, address, path=page.url.removeprefix(address))
    expect(again.locator("[data-pin='0']")).to_contain_text(course)
    again.get_by_role("button", name="Take to the sliders").click()
    expect(again.locator("#course")).to_have_value("with_asylum_restriction")
    page.close()
    again.close()


def test_a_lab_with_a_token_asks_for_it_and_keeps_the_link(browser: Any, expect: Any) -> None:
    strategy = built_in_strategy("port_scanning", lab_stand_in.START).model_dump(mode="json")
    with running(Settings(token="a-token-of-a-lab"), lab_stand_in.stand_in()) as address:
        page = browser.new_page()
        page.goto(f"{address}/#{link(strategy)}")
        page.get_by_label("Token").fill("not-the-token-of-it")
        page.get_by_label("Token").press("Enter")
        expect(page.locator("#opening")).to_contain_text("The token was not taken.")
        page.get_by_label("Token").fill("a-token-of-a-lab")
        page.get_by_role("button", name="Open the lab").click()
        expect(page.locator("#kicker")).to_have_text("Port scanning")
        expect(page).to_have_url(re.compile("#s[01]"))
        assert "a-token" not in page.url
        page.close()
        other = opened(browser, address, path=f"/#token=a-token-of-a-lab&{link(strategy)}")
        expect(other.locator("#kicker")).to_have_text("Port scanning")
        assert "a-token" not in other.url
        other.close()


def test_a_link_holds_the_strategy_and_the_server_is_not_sent_it(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    page.locator("#pin").click()
    slider(page, SCANNING).focus()
    answered(page, lambda: page.keyboard.press("Home"))
    page.locator("#years").select_option("5")
    held = page.locator(f'.lever[data-lever="{SCANNING}"] .held').text_content()
    expect(page).to_have_url(re.compile("#s1"))
    page.wait_for_timeout(600)
    link = page.url
    again = opened(browser, address, path=link.removeprefix(address))
    expect(again.locator(f'.lever[data-lever="{SCANNING}"] .held')).to_have_text(held)
    assert again.locator("#years").input_value() == "5"
    expect(again.locator("[data-pin='0'] h3")).to_have_text("Demand and supply")
    assert [url for url in again.asked if "s1." in url.partition("#")[0]] == []
    broken = opened(browser, address, path=link.removeprefix(address)[:-40])
    expect(broken.get_by_role("alert").first).to_contain_text("This link does not hold a strategy that can be read.")
    for each in (page, again, broken):
        each.close()


def test_a_strategy_file_comes_back_as_it_went(browser: Any, address: str, expect: Any, tmp_path: Any) -> None:
    page = opened(browser, address)
    slider(page, SCANNING).focus()
    answered(page, lambda: page.keyboard.press("Home"))
    held = page.locator(f'.lever[data-lever="{SCANNING}"] .held').text_content()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as TOML").click()
    waiting.value.save_as(tmp_path / "mine.toml")
    page.locator("#preset").select_option("none")
    page.locator("#toml-file").set_input_files(tmp_path / "mine.toml")
    expect(page.locator(f'.lever[data-lever="{SCANNING}"] .held')).to_have_text(held)
    (tmp_path / "wrong.toml").write_text((tmp_path / "mine.toml").read_text() + "\n[switches]\nanticipatoin = true\n")
    page.locator("#toml-file").set_input_files(tmp_path / "wrong.toml")
    expect(page.locator("#share .problem")).to_contain_text("anticipatoin")
    expect(page.locator("#share .problem")).to_contain_text("Did you mean anticipation?")
    page.close()


def test_data_say_where_they_come_from_and_are_never_coarse(
    browser: Any, address: str, expect: Any, tmp_path: Any
) -> None:
    page = opened(browser, address)
    handle = slider(page, SCANNING)
    with page.expect_download() as waiting:
        handle.evaluate("e => { e.value = 10; e.dispatchEvent(new Event('input')); }")  # as while it is dragged
        page.get_by_role("button", name="Data as CSV").evaluate("e => e.click()")
    waiting.value.save_as(tmp_path / "data.csv")
    rows = list(csv.DictReader((tmp_path / "data.csv").read_text().splitlines()))
    kinds = Counter(row["kind"] for row in rows)
    assert kinds == {"outcome": 36 * 2 * len(lab_stand_in.SIZES), "headline": 8, "four_way": 4, "cost": 1, "about": 11}
    assert {row["unit"] for row in rows if row["kind"] == "outcome"} == {"a month"}
    about = {row["id"]: row["text"] for row in rows if row["kind"] == "about"}
    assert about["draws"] == "256"
    assert about["title"] == "Demand and supply"
    hashes = lab_stand_in.HASHES
    assert (about["engine_sha256"], about["data_sha256"]) == (hashes.engine, hashes.data)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Data as JSON").click()
    waiting.value.save_as(tmp_path / "data.json")
    held = json.loads((tmp_path / "data.json").read_text())
    assert held["about"]["draws"] == held["answer"]["draws"] == 256
    assert set(held["units"]) == set(lab_stand_in.SIZES)
    page.close()


def test_errors_are_told_in_place_and_a_busy_lab_is_asked_again(browser: Any, expect: Any) -> None:
    left = {"busy": 2, "wrong": 1}

    def moody(engine: Any, ask: Any, wanted: Any) -> Any:
        if ask.strategy.title == "Port scanning" and left["wrong"]:
            left["wrong"] -= 1
            raise StrategyError("no lever is called 'x'", where="strategy.written 1", hint="Choose another.")
        if ask.strategy.title == "Prevention mix" and left["busy"]:
            left["busy"] -= 1
            raise RefusedError(503, "busy", "All processors are taken.", headers={"Retry-After": "1"})
        return lab_stand_in.simulate(engine, ask)

    with running(engine=lab_stand_in.stand_in(simulate=moody)) as address:
        page = opened(browser, address)
        page.locator("#preset").select_option("port_scanning")
        told = page.locator("#failed .problem")
        expect(told).to_contain_text("no lever is called 'x'")
        expect(told).to_contain_text("Choose another.")
        expect(page.locator("[data-word=trafficking]")).to_have_text("not judged")
        told.get_by_role("button", name="Try again").click()
        expect(told).to_have_count(0)
        page.locator("#preset").select_option("prevention_mix")
        expect(page.locator("#status")).to_contain_text("The lab is busy")
        expect(page.locator("#kicker")).to_have_text("Prevention mix")
        expect(page.locator("#status")).to_contain_text("256 draws")
        assert left == {"busy": 0, "wrong": 0}
        page.close()


def test_a_keyboard_alone_suffices(browser: Any, address: str, expect: Any) -> None:
    page = opened(browser, address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the answer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.locator(".brand").click()
    unmarked, focused = [], []
    for _ in range(160):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.id || e.textContent.trim().slice(0, 40), e.tagName, s.outlineStyle,"
            " parseFloat(s.outlineWidth), e.type]; }"
        )
        if here[1] == "BODY":
            break
        focused.append(here[0])
        if (here[2] == "none" or here[3] < 2) and here[4] != "date":  # a date's parts show it themselves
            unmarked.append(here)
    assert unmarked == []
    assert {"preset", "lever-drugs.port_scanning", "pin", "document-file", "Data as JSON"} <= set(focused)
    page.locator("details.theme > summary", has_text="Border").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    held = page.locator('.lever[data-lever="emergency.declaration"] .held')
    before = held.text_content()
    page.locator('input[data-lever="emergency.declaration"]').focus()
    page.keyboard.press("ArrowLeft")
    expect(held).not_to_have_text(before)
    page.close()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_window(browser: Any, address: str, width: int, expect: Any) -> None:
    page = opened(browser, address, width)
    page.locator("#pin").click()
    expect(page.locator("td[data-compared=trafficking]")).to_have_count(2)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 390:
        expect(page.locator("#strip")).to_be_visible()
        assert page.locator("#tiles").bounding_box()["y"] < page.locator("#levers").bounding_box()["y"]
        small = page.evaluate(
            "[...document.querySelectorAll('button, select, input:not(.unseen), summary')]"
            ".filter(e => e.checkVisibility()"
            " && e.getBoundingClientRect().height < 20 && e.type !== 'checkbox').map(e => e.textContent)"
        )
        assert small == []
    page.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_screen_reader_is_served(browser: Any, address: str, scheme: str, width: int, expect: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, address, width, color_scheme=scheme, reduced_motion="reduce")
    page.locator("#pin").click()
    expect(page.locator("td[data-compared=trafficking]")).to_have_count(2)
    expect(page.locator("[data-word=trafficking]")).not_to_have_text("being judged…")
    folded = "details:not(figure details), #charts figure:first-child details"  # one data table stands for all
    page.evaluate(f"document.querySelectorAll('{folded}').forEach(d => d.open = true)")
    found = Axe().run(page).response["violations"]
    serious = [
        (v["id"], [node["html"][:120] for node in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.locator("figure:not([aria-label])").count() == 0
    moving = "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert page.evaluate(f"{moving}.length") == 0
    page.close()
