"""A page stays below three megabytes whatever its document holds, and says what it leaves off."""

from __future__ import annotations

import copy
import re
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

import report_fixture
from counterflow.report.languages.memory import memory
from counterflow.report.page.render import render_page
from counterflow.report.page.room import LARGEST, ROOMS, heaviest, pictured, shortened

CLAIMS, ACTIONS = 400, 150
SPAN = {"start", "end", "quote"}


def moved(value: Any, by: int) -> Any:
    """A row with all its places in the text further on."""
    if isinstance(value, dict):
        if set(value) == SPAN:
            return {**value, "start": value["start"] + by, "end": value["end"] + by}
        return {key: moved(inner, by) for key, inner in value.items()}
    return [moved(inner, by) for inner in value] if isinstance(value, list) else value


def again(row: dict[str, Any], kind: str, copies: int, length: int, curve: Any) -> dict[str, Any]:
    """A row of a document that says the same for the so-manieth time."""
    made = moved(copy.deepcopy(row), copies * length)

    def renamed(id: str) -> str:
        return f"{id[0]}{int(id[1:]) + 1000 * copies}"

    if kind == "claims":
        made["claim"]["id"] = renamed(made["claim"]["id"])
        made["curve"] = curve
    elif kind == "ledger":
        made["ids"] = [renamed(id) for id in made["ids"]]
    else:
        made["id"] = renamed(made["id"])
    return dict(made)


def long(claims: int = CLAIMS, actions: int = ACTIONS) -> dict[str, Any]:
    """The made-up assessment of a document that goes on and on, each claim with a curve."""
    a = report_fixture.build()
    curve = next(c["curve"] for c in a["claims"] if c["curve"])
    times, length = -(-claims // len(a["claims"])), len(a["text"]) + 2
    for kind in ("claims", "actions", "findings", "assertions", "ledger"):
        a[kind] = [again(row, kind, n, length, curve) for n in range(times) for row in a[kind]]
    a["claims"], a["actions"] = a["claims"][:claims], a["actions"][:actions]
    return a | {"text": "\n\n".join([a["text"]] * times)}


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return long()


@pytest.fixture(scope="module")
def page(assessment: dict[str, Any]) -> str:
    return render_page(assessment)


def test_four_hundred_claims_with_curves_and_150_actions_fit(assessment: dict[str, Any], page: str) -> None:
    assert len(assessment["claims"]) == CLAIMS
    assert len(assessment["actions"]) == ACTIONS
    assert len(page.encode()) <= LARGEST < 3_000_000


def test_every_claim_and_action_keeps_its_row(assessment: dict[str, Any], page: str) -> None:
    rows = set(re.findall(r'<(?:details class="row"|tr) id="((?:claim|action)-[^"]+)"', page))
    assert rows == {f"claim-{c['claim']['id']}" for c in assessment["claims"]} | {
        f"action-{x['id']}" for x in assessment["actions"]
    }


def test_the_claims_that_figures_contradict_have_their_pictures_first(assessment: dict[str, Any], page: str) -> None:
    drawn = set(re.findall(r'<figure class="figure" id="curve-([^"]+)"', page))
    verdicts = {c["claim"]["id"]: c["verdict"] for c in assessment["claims"]}
    assert len(drawn) >= 4
    assert {verdicts[id] for id in drawn} == {"holds_none"}


def test_what_is_left_off_is_said_where_the_page_answers_and_in_each_row(assessment: dict[str, Any], page: str) -> None:
    told = " ".join(html.document_fromstring(page).get_element_by_id("answer").text_content().split())
    drawn = len(re.findall(r'<figure class="figure" id="curve-', page))
    assert f"the pictures of {CLAIMS - drawn} claims" in told
    assert "to be found in assessment.json" in told
    closed = len(re.findall(r"Left to assessment\.json: \d+ readings?\.", page))
    assert f"the readings of {closed} claims" in told
    listed = page.count('data-label="Finding"')
    assert f"{len(assessment['findings']) - listed:,} findings" in told
    assert "rows of the ledger" in told


def test_the_text_of_the_document_is_not_cut_without_a_word(assessment: dict[str, Any], page: str) -> None:
    shown = html.document_fromstring(page).xpath('string(//div[@class="text"])')
    assert len(shown) < len(assessment["text"])
    assert re.search(r"The page shows the first [\d,]+ characters", page)


def test_every_inner_link_still_leads_somewhere(page: str) -> None:
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_a_document_of_usual_length_is_shown_whole() -> None:
    a = report_fixture.build()
    short = shortened(a, ROOMS[0])
    assert short["claims"] == a["claims"]
    assert short["answer"] == a["answer"]
    assert "Left off this page" not in render_page(a)


def test_each_room_is_no_larger_than_the_one_before() -> None:
    for larger, smaller in pairwise(ROOMS):
        assert all(one >= other for one, other in zip(larger, smaller, strict=True))
        assert larger != smaller


@pytest.mark.parametrize("room", ROOMS)
def test_pictures_are_of_claims_whose_readings_are_shown(assessment: dict[str, Any], room: Any) -> None:
    short = shortened(assessment, room)
    assert pictured(short, room) == pictured(assessment, room)
    assert pictured(assessment, room) <= heaviest(assessment["claims"], room.opened)
    assert len(short["claims"]) <= room.rows
    assert len(short["ledger"]) <= room.listed


def test_what_the_page_says_of_itself_is_said_in_spanish(assessment: dict[str, Any]) -> None:
    told = memory("es")
    before = {c["claim"]["id"]: c["explanation"].rstrip() for c in assessment["claims"]}
    for room in ROOMS[1:]:
        short = shortened(assessment, room)
        added = [c["explanation"].removeprefix(before[c["claim"]["id"]]).strip() for c in short["claims"]]
        for text in {short["answer"]["claims"][-1], *added} - {""}:
            assert not told.pieces(text).left, text


def test_more_claims_than_any_page_has_rows_for_still_fit(assessment: dict[str, Any]) -> None:
    one = {**assessment["claims"][0], "explanation": "word " * 400, "curve": None, "chart": []}
    many = [{**one, "claim": {**one["claim"], "id": f"c{n}"}} for n in range(3_000)]
    page = render_page({**assessment, "claims": many})
    assert len(page.encode()) <= LARGEST
    assert re.search(r"Left off this page[^<]*claims", page)
