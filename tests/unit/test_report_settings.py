"""What a strategy sets of the model is told with its default beside it, and only then."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import report_fixture
from counterflow.model import priors
from counterflow.report.page.render import render_page
from counterflow.report.parameters import settings, settings_sentence, spread
from counterflow.report.summary import summary_lines
from counterflow.report.words import vocabulary
from counterflow.strategy.overrides import ParameterOverride, Switches

SET = {
    "border.p_app": ParameterOverride(value=0.7),
    "border.r_retry": ParameterOverride(low=0.2, central=0.3, high=0.5, source="https://example.org/paper"),
}
SWITCHES = Switches(scarcity=False, reciprocity="concedes")


@pytest.fixture(scope="module")
def changed() -> dict[str, Any]:
    """The made-up assessment of a strategy that sets two parameters and two switches."""
    plan, _ = report_fixture.strategy(report_fixture.brief())
    assessment = report_fixture.build()
    return assessment | {"settings": settings(plan.model_copy(update={"parameters": SET, "switches": SWITCHES}))}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("</style>")[1]).split())


def test_a_strategy_that_sets_nothing_says_nothing() -> None:
    assessment = report_fixture.build()
    assert assessment["settings"] == {"parameters": [], "switches": []}
    assert 'id="settings"' not in render_page(assessment)
    assert not any(line.startswith("Set by hand") for line in summary_lines(assessment))
    assert settings_sentence(assessment["settings"]) == ""


def test_every_setting_stands_beside_its_default(changed: dict[str, Any]) -> None:
    json.dumps(changed, allow_nan=False)
    table = priors.load()["border"]
    fixed, ranged = changed["settings"]["parameters"]
    assert (fixed["name"], fixed["set"], fixed["grade"], fixed["assumed"]) == (
        "border.p_app", "fixed at 0.7 probability", "D", True,
    )  # fmt: skip
    assert fixed["default"].startswith(spread(table["p_app"]))
    assert ranged["set"].startswith("0.2 | 0.3 | 0.5")
    assert (ranged["assumed"], ranged["source"]) == (False, "https://example.org/paper")
    switches = [(s["name"], s["set"], s["default"]) for s in changed["settings"]["switches"]]
    assert switches == [("scarcity", "off", "on"), ("reciprocity", "always concedes", "as each draw has it")]


def test_the_page_shows_each_setting_and_marks_what_is_assumed(changed: dict[str, Any]) -> None:
    page = render_page(changed)
    part = text_of(page).split("What this strategy sets of the model")[1].split("The runs used")[0]
    for words in ("border.p_app", "fixed at 0.7", "grade D, assumed", "border.r_retry", "Always concedes", "Scarce"):
        assert words in part
    assert 'href="https://example.org/paper"' in page


def test_a_hostile_source_is_shown_and_never_run() -> None:
    plan, _ = report_fixture.strategy(report_fixture.brief())
    hostile = ParameterOverride(value=0.7, source='javascript:alert(1)"><script>alert(2)</script>')
    assessment = report_fixture.build()
    assessment["settings"] = settings(plan.model_copy(update={"parameters": {"border.p_app": hostile}}))
    page = render_page(assessment)
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_the_summary_names_what_was_set(changed: dict[str, Any]) -> None:
    assert "Set by hand    2 parameters and 2 switches: border.p_app, border.r_retry, scarcity, reciprocity" in (
        summary_lines(changed)
    )


def test_every_switch_has_words() -> None:
    assert set(vocabulary()["switch"]) == set(Switches().numbers())


def test_the_page_marks_every_assumed_parameter_that_it_prints() -> None:
    assessment = report_fixture.build()
    page = render_page(assessment)
    rows = re.findall(r'<tr><th scope="row" data-label="Parameter"><code>([pw]_\w+)</code>.*?</tr>', page, re.DOTALL)
    assert len(rows) == len(assessment["basis"]["parameters"])
    for parameter in assessment["basis"]["parameters"]:
        row = page.split(f'data-label="Parameter"><code>{parameter["symbol"]}</code>')[1].split("</tr>")[0]
        assert ("assumed" in row) == parameter["assumed"]
