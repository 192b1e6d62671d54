"""How often bands held in earlier tests is what docs/skill.md says, and is told by months ahead where that differs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from counterflow.calibration.forecasting.held import OUTPUTS
from counterflow.report.assessment.held_out import held_out, held_sentences
from counterflow.report.languages.translate import translated_text, untranslated

Held = tuple[int, int]  # months forecast, and of them inside


def told(*series: dict[str, Any]) -> dict[str, Any]:
    return {"cutoffs": ["2021-01", "2022-01"], "months": 12, "series": list(series)}


def one(output: str, *held: Held, part: str = "") -> dict[str, Any]:
    """A series of which the bands held so many of so many months at 1 to 2, 3 to 6 and 7 to 12 months ahead."""
    ends = ((1, 2), (3, 6), (7, 12))
    months, inside = (sum(column) for column in zip(*held, strict=True))
    return {
        "output": output,
        "title": output,
        "part": part,
        "months": months,
        "inside_90": inside / months,
        "ahead": [
            {"first": first, "last": last, "months": of, "inside_90": within / of}
            for (first, last), (of, within) in zip(ends, held, strict=True)
        ],
    }


def test_an_outcome_without_a_series_names_the_nearest_that_was_tested() -> None:
    every = told(
        one("fentanyl_seized_border_lb", (10, 10), (20, 20), (30, 30), part="at ports of entry"),
        one("fentanyl_seized_border_lb", (10, 8), (20, 16), (30, 24), part="between ports of entry"),
        one("encounters", (10, 6), (20, 11), (28, 16)) | {"title": "Border Patrol encounters"},
        one("detained", (10, 9), (20, 18), (27, 24)),
    )
    attempts, seized = held_sentences(every, "attempts"), held_sentences(every, "fentanyl_delivered")
    assert attempts.startswith("No series of it was held out; the nearest that was: Border Patrol encounters")
    assert attempts.endswith("The band was too narrow.")
    assert "at ports of entry and 80% of 60 months between ports of entry" in seized
    assert seized.endswith("The band was too narrow between ports of entry.")
    assert "nothing near it" in held_sentences(every, "cooperation")
    assert "narrow" not in held_sentences(every, "detained")


@pytest.mark.parametrize(
    ("held", "apart", "narrow"),
    [
        (((10, 9), (20, 18), (30, 27)), "", ""),
        (((10, 8), (20, 16), (30, 24)), "", "The band was too narrow."),
        (((10, 9), (20, 16), (30, 25)), "", "The band was too narrow."),  # one of ten months is no difference
        (
            ((10, 9), (20, 11), (30, 15)),
            "Up to 2 months ahead it held 90% of 10, at 3 to 6 months 55% of 20, at 7 to 12 months 50% of 30.",
            "The band was too narrow from 3 months ahead on.",
        ),
        (
            ((10, 10), (20, 19), (30, 18)),
            "Up to 2 months ahead it held 100% of 10, at 3 to 6 months 95% of 20, at 7 to 12 months 60% of 30.",
            "The band was too narrow from 7 months ahead on.",
        ),
        (
            ((10, 8), (20, 12), (30, 15)),
            "Up to 2 months ahead it held 80% of 10, at 3 to 6 months 60% of 20, at 7 to 12 months 50% of 30.",
            "The band was too narrow.",
        ),
        (
            ((10, 6), (20, 18), (30, 27)),
            "Up to 2 months ahead it held 60% of 10, at 3 to 6 months 90% of 20, at 7 to 12 months 90% of 30.",
            "",
        ),
    ],
)
def test_months_ahead_are_told_apart_only_where_the_band_held_more_often_at_some(
    held: tuple[Held, ...], apart: str, narrow: str
) -> None:
    said = held_sentences(told(one("homicides", *held)), "homicides")
    assert ("Up to" in said) is bool(apart)
    assert said.endswith(" ".join(filter(None, ("about 90% would be right.", apart, narrow))))


def test_parts_of_an_outcome_are_told_apart_each_for_itself() -> None:
    every = told(
        one("fentanyl_seized_border_lb", (10, 10), (20, 20), (30, 30), part="at ports of entry"),
        one("fentanyl_seized_border_lb", (10, 9), (20, 14), (30, 15), part="between ports of entry"),
    )
    said = held_sentences(every, "fentanyl_seized_border_lb")
    assert said.endswith(
        "Between ports of entry, up to 2 months ahead it held 90% of 10, at 3 to 6 months 70% of 20, at 7 to 12 months "
        "50% of 30. The band was too narrow between ports of entry from 3 months ahead on."
    )
    assert "At ports" not in said


@pytest.mark.parametrize("number", range(6))
def test_what_is_said_of_months_ahead_is_said_in_spanish_too(number: int) -> None:
    narrow = ((10, 9), (20, 11), (30, 15)) if number % 2 else ((10, 10), (20, 19), (30, 18))
    part = ("", "at ports of entry", "between ports of entry")[number // 2]
    wide = one("fentanyl_seized_border_lb", (10, 10), (20, 20), (30, 30), part="elsewhere")
    series = [one("fentanyl_seized_border_lb", *narrow, part=part), *([wide] if part else [])]
    said = held_sentences(told(*series), "fentanyl_seized_border_lb").partition("would be right. ")[2]
    assert said.count(".") == 2
    assert not untranslated(said, "es"), translated_text(said, "es")


def test_what_ships_is_what_the_page_of_scores_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "skill.md").read_text(encoding="utf-8")
    scores = page.partition("## Scores")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+|\d+-\d+) \| (\d+) \| [\d.]+(?: \*\*loses\*\*)? \((\d+%)\)", scores, re.M)
    said = {(*OUTPUTS[name], band): (int(months), share) for name, band, months, share in rows if name in OUTPUTS}
    shipped = {}
    for series in held_out()["series"]:
        place = (series["output"], series["part"])
        shipped[(*place, "all")] = (series["months"], f"{series['inside_90']:.0%}")
        for row in series["ahead"]:
            shipped[(*place, f"{row['first']}-{row['last']}")] = (row["months"], f"{row['inside_90']:.0%}")
    assert shipped == said
    asked = re.search(r"Cut-offs ([\d, -]+), (\d+) months each\.", page)
    assert asked is not None
    assert held_out()["cutoffs"] == asked[1].split(", ")
    assert held_out()["months"] == int(asked[2])
