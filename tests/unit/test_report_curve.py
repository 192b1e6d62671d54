"""The change against every possible baseline, as a picture, its data and its words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

import report_fixture
from counterflow.report.page.render import render_page
from counterflow.report.pictures.curve import CHANGED, HEIGHT, LINE, NAMED, OTHER, RING, SAME, USUAL, curve_figure


@pytest.fixture(scope="module")
def curve() -> dict[str, Any]:
    return report_fixture.curve().model_dump(mode="json")


def test_every_possible_baseline_is_a_dot_and_the_named_and_usual_ones_stand_out(curve: dict[str, Any]) -> None:
    rows = curve_figure(curve)["rows"]
    assert len(rows) == 60
    kinds = [row["kind"] for row in rows]
    assert (kinds.count(NAMED), kinds.count(USUAL), kinds.count(OTHER)) == (1, 1, 58)
    assert next(row for row in rows if row["kind"] == NAMED)["begins"] == "2023-04-01"
    assert {row["definition"] for row in rows[:40]} == {CHANGED}


def test_a_named_baseline_that_is_no_possible_month_is_a_dot_of_its_own(curve: dict[str, Any]) -> None:
    year = {
        "label": "average of the year before: FY2023",
        "start": "2022-10-01",
        "change": -92.8,
        "crosses_break": True,
    }
    rows = curve_figure(curve | {"chosen": [year]})["rows"]
    assert len(rows) == 61
    assert (rows[-1]["baseline"], rows[-1]["name"]) == ("average of the year before: FY2023", "FY2023")
    month = next(row for row in rows if row["begins"] == "2022-10-01")
    assert month["kind"] == OTHER, "a year that begins with a month does not take its place"


def test_the_stated_change_is_a_line_with_its_words(curve: dict[str, Any]) -> None:
    layers = curve_figure(curve)["panels"][0]["layer"]
    assert "−93% as stated" in labels(layers)
    assert sum("strokeDash" in layer["mark"] for layer in layers) == 1
    trend = curve_figure(curve | {"stated": None})["panels"][0]["layer"]
    assert not any("as stated" in label for label in labels(trend))
    assert not any("strokeDash" in layer["mark"] for layer in trend)


def labels(layers: list[dict[str, Any]]) -> dict[str, float]:
    """The texts of a panel, each with its place on the axis."""
    texts = [row for layer in layers if layer["mark"]["type"] == "text" for row in layer["data"]["values"]]
    return {row["label"]: row["change"] for row in texts}


def test_the_named_and_usual_dots_have_names_that_do_not_overlap(curve: dict[str, Any]) -> None:
    near = {"label": "peak week: 4–10 May 2023", "start": "2023-05-04", "change": -93.3, "crosses_break": False}
    panel = curve_figure(curve | {"chosen": [*curve["chosen"], near]})["panels"][0]
    found = labels(panel["layer"])
    assert set(found) == {"Apr 2023", "Jan 2024", "4–10 May 2023", "−93% as stated"}
    low, high = panel["layer"][-1]["encoding"]["y"]["scale"]["domain"]
    places = sorted(found.values())
    gaps = [(upper - lower) / (high - low) * HEIGHT for lower, upper in pairwise(places)]
    assert min(gaps) >= LINE - 0.01


def test_what_lies_close_together_is_enlarged_on_an_axis_that_says_so(curve: dict[str, Any]) -> None:
    year = {"label": "peak year: FY2023", "start": "2022-10-01", "change": -92.8, "crosses_break": False}
    whole, close = curve_figure(curve | {"chosen": [*curve["chosen"], year]})["panels"]
    low, high = close["layer"][-1]["encoding"]["y"]["scale"]["domain"]
    assert -93.1 < low < -93.0
    assert -92.8 < high < -92.7
    for panel in (whole, close):
        title = panel["layer"][-1]["encoding"]["y"]["title"]
        assert "does not start at zero" in (title if isinstance(title, str) else " ".join(title))
    assert len(curve_figure(curve | {"stated": -40.0})["panels"]) == 1, "far apart, nothing is enlarged"


def test_dots_across_a_definition_break_are_hollow_and_the_legend_says_so(curve: dict[str, Any]) -> None:
    shape = curve_figure(curve)["panels"][0]["layer"][-1]["encoding"]["shape"]
    assert dict(zip(shape["scale"]["domain"], shape["scale"]["range"], strict=True)) == {SAME: "circle", CHANGED: RING}
    assert shape["legend"]["orient"] == "bottom"
    unbroken = [p | {"crosses_break": False} for p in curve["points"]]
    named = [m | {"crosses_break": False} for m in curve["chosen"]]
    plain = curve_figure(curve | {"points": unbroken, "chosen": named})["panels"][0]["layer"][-1]
    assert plain["encoding"]["shape"]["legend"] is None


def test_the_axis_holds_every_dot_and_the_stated_change(curve: dict[str, Any]) -> None:
    low, high = curve_figure(curve | {"stated": 250.0})["panels"][0]["layer"][-1]["encoding"]["y"]["scale"]["domain"]
    assert low <= min(p["change"] for p in curve["points"])
    assert high >= 250


def test_the_picture_has_the_curve_s_own_words(curve: dict[str, Any]) -> None:
    assert curve["sentence"] in curve_figure(curve)["panels"][0]["description"]


def test_the_page_shows_the_sentence_the_picture_and_the_percentiles(curve: dict[str, Any]) -> None:
    page = render_page(report_fixture.build())
    assert page.count("How special is the baseline?") == 1
    assert curve["sentence"] in page
    assert 'id="curve-c2"' in page
    row = page.split('peak month: Apr 2023<span class="sub">named by the document</span>')[1].split("</tr>")[0]
    assert "−93.0%" in row
    assert ">98 in 100 of the 60 months<" in row
