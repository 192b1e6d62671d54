"""A report of a document whose actions a person corrected: what is the user's word is never told as the document's."""

from __future__ import annotations

from typing import Any

import pytest

import report_fixture
from counterflow.brief.schema import Brief
from counterflow.report.formats.markdown import markdown
from counterflow.report.page.render import render_page

WORDS = {"a1": "corrected by the user", "a2": "added by the user"}
plain = report_fixture.brief


def corrected(*arguments: Any, **named: Any) -> Brief:
    read = plain(*arguments, **named)
    actions = tuple(
        action.model_copy(update={"origin": WORDS.get(action.id, "document").partition(" ")[0]})
        for action in read.actions
    )
    return read.model_copy(update={"actions": actions})


@pytest.fixture
def assessment(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(report_fixture, "brief", corrected)
    return report_fixture.build()


def test_the_table_and_the_marked_text_tell_the_users_word(assessment: dict[str, Any]) -> None:
    page = render_page(assessment)
    for id, words in WORDS.items():
        row = page.partition(f'<tr id="action-{id}">')[2].partition("</tr>")[0]
        assert f'<span class="flag">{words}</span>' in row
        assert f'{id}</a><span class="flag">{words}</span>' in page
    assert "moved as the document or the user states it" in page


def test_a_document_as_read_is_told_as_its_own_word() -> None:
    page = render_page(report_fixture.build())
    assert "by the user" not in page
    assert "moved as the document states it" in page


def test_markdown_and_the_timeline_tell_the_users_word(assessment: dict[str, Any]) -> None:
    text = markdown(assessment).text
    assert all(words in text for words in WORDS.values())
    stated = {x["id"]: x for row in assessment["timeline"] for x in row["stated"]}
    for id, words in WORDS.items():
        assert stated[id]["status_in_words"].endswith(f"({words})")
        assert stated[id]["origin"] == words.partition(" ")[0]
    assert stated["a3"]["origin"] == "document"
