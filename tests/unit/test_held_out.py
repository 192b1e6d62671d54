"""How often bands held in earlier tests, and what a simple rule forecast better, is what docs/skill.md says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from counterflow.calibration.forecasting.held import TOLD
from counterflow.report.assessment.held_out import beaten_sentences, held_out, held_sentences, misfit
from counterflow.report.languages.translate import translated_text, untranslated

Held = tuple[int, int]  # months forecast, and of them inside


def told(*series: dict[str, Any]) -> dict[str, Any]:
    return {"cutoffs": ["2021-01", "2022-01"], "months": 12, "series": list(series)}


def one(output: str, *held: Held, part: str = "", best: tuple[float, float, float] | None = None) -> dict[str, Any]:
    """A series of which the bands held so many of so many months at 1 to 2, 3 to 6 and 7 to 12 months ahead."""
    ends = ((1, 2), (3, 6), (7, 12))
    months, inside = (sum(column) for column in zip(*held, strict=True))
    return {
        "name": output,
        "output": output,
        "best": best and {"rule": "persistence", **dict(zip(("ratio", "low", "high"), best, strict=True))},
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
    right = one("fentanyl_seized_border_lb", (10, 9), (20, 18), (30, 27), part="elsewhere")
    series = [one("fentanyl_seized_border_lb", *narrow, part=part), *([right] if part else [])]
    said = held_sentences(told(*series), "fentanyl_seized_border_lb").partition("would be right. ")[2]
    assert said.count(".") == 2
    assert not untranslated(said, "es"), translated_text(said, "es")


@pytest.mark.parametrize(
    ("inside", "said"),
    [(50, "too narrow"), (51, ""), (57, ""), (58, "too wide"), (60, "too wide")],
)
def test_a_band_that_holds_too_few_or_too_many_months_is_called_so(inside: int, said: str) -> None:
    sixty = ((20, inside // 3), (20, inside // 3), (20, inside - 2 * (inside // 3)))
    told_of = held_sentences(told(one("homicides", *sixty)), "homicides")
    assert misfit(inside / 60) == said
    assert [flag for flag in ("too narrow", "too wide") if flag in told_of] == ([said] if said else [])


def test_where_parts_of_an_outcome_differ_the_one_with_too_wide_a_band_is_named() -> None:
    every = told(
        one("fentanyl_seized_border_lb", (10, 10), (20, 20), (30, 30), part="at ports of entry"),
        one("fentanyl_seized_border_lb", (10, 9), (20, 18), (30, 27), part="between ports of entry"),
    )
    said = held_sentences(every, "fentanyl_seized_border_lb")
    assert said.endswith("The band was too wide at ports of entry.")
    assert not untranslated(said, "es")


FINE = ((10, 9), (20, 18), (30, 27))


BEATEN = (
    one("encounters", *FINE, best=(1.31, 0.9, 1.57)) | {"title": "Border Patrol encounters, southwest"},
    one("homicides", *FINE, best=(1.08, 0.75, 1.36)) | {"title": "homicide files opened in Mexico"},
    one("fentanyl_seized_border_lb", *FINE, best=(1.1, 1.02, 1.2), part="at ports of entry")
    | {"title": "fentanyl seized at the southwest border"},
)
OTHERS = (
    one("detained", *FINE, best=(1.06, 0.99, 1.15)),
    one("encounters_nationwide", *FINE, best=(0.97, 0.8, 1.1)),
    one("overdose_deaths", *FINE),  # no rule could be formed
)


@pytest.mark.parametrize(
    ("named", "worse"),
    [
        (0, "1 of 2 series better than the model."),
        (
            1,
            "2 of 3 series better than the model, whose error was 1.31 times the best rule’s on Border Patrol "
            "encounters, southwest (90% interval 0.90 to 1.57).",
        ),
        (2, "encounters, southwest (90% interval 0.90 to 1.57) and 1.08 times on homicide files opened in Mexico "
            "(0.75 to 1.36)."),
        (3, " and 1.10 times on fentanyl seized at the southwest border, at ports of entry (1.02 to 1.20)."),
    ],
)  # fmt: skip
def test_series_that_simple_rules_forecast_better_are_counted_and_those_of_headlines_told_with_their_numbers(
    named: int, worse: str
) -> None:
    said = beaten_sentences(told(*BEATEN[:named], *OTHERS))
    assert said.endswith(worse)
    assert said.count("times") == named
    assert not untranslated(said, "es"), translated_text(said, "es")


@pytest.mark.parametrize("ratio", [1.0, 0.8])
def test_where_no_simple_rule_did_better_nothing_is_said(ratio: float) -> None:
    assert beaten_sentences(told(one("encounters", *FINE, best=(ratio, 0.7, 1.2)))) == ""


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[2] / "docs" / "skill.md").read_text(encoding="utf-8")


def below(page: str, heading: str) -> str:
    return page.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_what_ships_is_what_the_page_of_scores_says(page: str) -> None:
    row = r"^\| `(\w+)` \| (\w+|\d+-\d+) \| (\d+) \| [\d.]+(?: \*\*loses\*\*)? \((\d+%)\)"
    rows = re.findall(row, below(page, "Scores"), re.M)
    said = {(name, band): (int(months), share) for name, band, months, share in rows}
    shipped = {}
    for series in held_out()["series"]:
        shipped[series["name"], "all"] = (series["months"], f"{series['inside_90']:.0%}")
        for ahead in series["ahead"]:
            band = f"{ahead['first']}-{ahead['last']}"
            shipped[series["name"], band] = (ahead["months"], f"{ahead['inside_90']:.0%}")
    assert shipped == said
    asked = re.search(r"Cut-offs ([\d, -]+), (\d+) months each\.", page)
    assert asked is not None
    assert held_out()["cutoffs"] == asked[1].split(", ")
    assert held_out()["months"] == int(asked[2])


def test_what_ships_of_simple_rules_is_what_the_page_of_scores_says(page: str) -> None:
    table = below(page, "Against the best simple rule of hindsight")
    row = r"^\| `(\w+)` \| all \| model \| (\w+) \| ([\d.]+) \(([\d.]+) to ([\d.]+)\)"
    said = {name: (rule, *map(float, ratio)) for name, rule, *ratio in re.findall(row, table, re.M)}
    assert {one["name"]: tuple(one["best"].values()) for one in held_out()["series"]} == said
    worse = re.search(r"Over all horizons the model scores worse .* in (\d+) of (\d+) series", page)
    assert worse is not None
    assert f"forecast {worse[1]} of {worse[2]} series better" in beaten_sentences(held_out())


def test_every_series_of_the_tests_is_told_and_called_by_a_name_of_its_own() -> None:
    told_of = [(one["title"], one["part"]) for one in held_out()["series"]]
    assert len(set(told_of)) == len(told_of) == len(TOLD)
    assert {one["name"] for one in held_out()["series"]} == set(TOLD)
