"""The change against every possible baseline, as a picture, its data and its words."""

from __future__ import annotations

from typing import Any

import pytest

import report_fixture
from counterflow.report.curve import NAMED, OTHER, USUAL, curve_figure
from counterflow.report.page import render_page


@pytest.fixture(scope="module")
def curve() -> dict[str, Any]:
    return report_fixture.curve().model_dump(mode="json")


def test_every_possible_baseline_is_a_dot_and_the_named_and_usual_ones_stand_out(curve: dict[str, Any]) -> None:
    rows = curve_figure(curve)["rows"]
    assert len(rows) == 60
    kinds = [row["kind"] for row in rows]
    assert (kinds.count(NAMED), kinds.count(USUAL), kinds.count(OTHER)) == (1, 1, 58)
    assert next(row for row in rows if row["kind"] == NAMED)["begins"] == "2023-04-01"
    assert {row["definition"] for row in rows[:40]} == {"a definition changed in between"}


def test_a_named_baseline_that_is_no_possible_month_is_a_dot_of_its_own(curve: dict[str, Any]) -> None:
    year = {"label": "average of FY2023", "start": "2022-10-15", "change": -92.8, "percentile": 70.0}
    rows = curve_figure(curve | {"chosen": [year]})["rows"]
    assert len(rows) == 61
    assert rows[-1]["baseline"] == "average of FY2023"


def test_the_stated_change_is_a_line_with_its_words(curve: dict[str, Any]) -> None:
    layers = curve_figure(curve)["panels"][0]["layer"]
    assert [layer["mark"]["text"] for layer in layers if layer["mark"]["type"] == "text"] == ["−93% as stated"]
    trend = curve_figure(curve | {"stated": None})["panels"][0]["layer"]
    assert len(trend) == len(layers) - 2


def test_the_axis_holds_every_dot_and_the_stated_change(curve: dict[str, Any]) -> None:
    far = curve_figure(curve | {"stated": 250.0})["panels"][0]["layer"][1]["encoding"]["y"]["scale"]["domain"]
    assert far == [pytest.approx(min(p["change"] for p in curve["points"]), abs=0.01), 250.0]


def test_the_picture_has_the_curve_s_own_words(curve: dict[str, Any]) -> None:
    assert curve["sentence"] in curve_figure(curve)["panels"][0]["description"]


def test_the_page_shows_the_sentence_the_picture_and_the_percentiles(curve: dict[str, Any]) -> None:
    page = render_page(report_fixture.build())
    assert page.count("How special is the baseline?") == 1
    assert curve["sentence"] in page
    assert 'id="curve-c2"' in page
    row = page.split('peak month, April 2023<span class="sub">named by the document</span>')[1].split("</tr>")[0]
    assert "−93.0%" in row
    assert ">98<" in row
