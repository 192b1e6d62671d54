"""Two levels that a sentence gives as the ends of one change are read as a pair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.brief.schema import Claim

Claims = Callable[[str], tuple[Claim, ...]]


@pytest.fixture
def claims(tmp_path: Path) -> Claims:
    def of(text: str) -> tuple[Claim, ...]:
        place = tmp_path / "document.md"
        place.write_text(f"{text}\n", encoding="utf-8")
        return read(place, date=date(2025, 11, 5)).claims

    return of


def ends(found: tuple[Claim, ...]) -> dict[str, float | None]:
    assert len({c.pair_id for c in found if c.endpoint}) <= 1
    return {c.endpoint: c.value for c in found if c.endpoint}


@pytest.mark.parametrize(
    "text",
    [
        "Border Patrol apprehensions fell from 128,900 in April 2024 to 8,383 in April 2025.",
        "Border Patrol apprehensions fell from nearly 128,900 in April 2024 to just 8,383 in April 2025.",
        "Border Patrol apprehensions were 8,383 in April 2025, down from 128,900 in April 2024.",
        "Border Patrol apprehensions fell to 8,383 in April 2025 from 128,900 in April 2024.",
        "There were 8,383 apprehensions in April 2025, compared to 128,900 in April 2024.",
        "There were 8,383 apprehensions in April 2025, a drop from 128,900 in April 2024.",
        "Los encuentros bajaron de 128,900 en abril de 2024 a 8,383 en abril de 2025.",
    ],
)
def test_both_ends_are_found_in_either_order(claims: Claims, text: str) -> None:
    found = claims(text)
    assert ends(found) == {"from": 128900, "to": 8383}
    assert {c.endpoint: c.period.readings[0].start for c in found} == {
        "from": date(2024, 4, 1),
        "to": date(2025, 4, 1),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Agents seized 5 to 10 pounds of fentanyl in April 2025.",
        "Sectors reported from 250 apprehensions to 400 apprehensions.",
        "There were 8,383 apprehensions in April 2025. There had been 128,900 apprehensions in April 2024.",
        "Agents made 8,383 apprehensions in April 2025 and 6,070 apprehensions in June 2025.",
        "In April 2025 agents made 8,383 apprehensions and seized 700 pounds of fentanyl.",
    ],
)
def test_two_numbers_are_no_pair_by_themselves(claims: Claims, text: str) -> None:
    assert ends(claims(text)) == {}


def test_a_percentage_is_about_the_dates_of_its_pair(claims: Claims) -> None:
    (change, _, last) = claims(
        "Border Patrol apprehensions fell 93% compared to the same month last year, down from nearly 129,000 in "
        "April 2024 to just 8,383 in April 2025."
    )
    assert change.claim_type == "change_pct"
    assert change.pair_id == last.pair_id
    assert change.endpoint is None
    assert change.period == last.period
    assert change.baseline.kind == "same_period_last_year"


def test_a_percentage_without_a_baseline_takes_that_of_its_pair(claims: Claims) -> None:
    change = claims("Overdose deaths decreased by 27%, from 110,000 in 2023 to 80,000 in 2024.")[0]
    assert (change.baseline.kind, change.baseline.start) == ("explicit_date", date(2023, 1, 1))
    assert change.period.readings[0].start == date(2024, 1, 1)


def test_a_percentage_with_its_own_period_keeps_it(claims: Claims) -> None:
    found = claims(
        "In May 2025 apprehensions fell 20%, after they had dropped from 128,900 in April 2024 to 8,383 in April 2025."
    )
    assert found[0].period.readings[0].start == date(2025, 5, 1)


def test_a_percentage_that_goes_the_other_way_is_not_of_the_pair(claims: Claims) -> None:
    found = claims("Apprehensions rose 20%, after a fall from 128,900 in April 2024 to 8,383 in April 2025.")
    assert found[0].pair_id is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("In March 2025 agents apprehended 900 fewer migrants.", 900),
        ("En marzo de 2025 hubo 900 migrantes menos que llegan a la frontera.", 900),
    ],
)
def test_fewer_is_a_difference_and_no_level(claims: Claims, text: str, value: float) -> None:
    (found,) = claims(text)
    assert (found.claim_type, found.direction, found.value) == ("change_abs", "down", value)


def test_less_than_is_a_bound_and_no_difference(claims: Claims) -> None:
    (found,) = claims("In March 2025 there were fewer than 9,000 apprehensions.")
    assert (found.claim_type, found.bound) == ("level", "<")


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("90% of fentanyl was seized at ports of entry.", "fentanyl.seized"),
        ("Of all cocaine, 80% of cocaine is caught at ports of entry.", "drugs.seized.cocaine"),
        ("Family units made up 40% of encounters in December 2023.", "encounters.between_ports"),
        ("More than 95% of fentanyl is smuggled through ports of entry.", None),
    ],
)
def test_a_share_counts_what_it_is_of(claims: Claims, text: str, measure: str | None) -> None:
    (found,) = claims(text)
    assert (found.claim_type, found.measure) == ("share", measure)


def test_people_whom_the_border_patrol_arrests_are_no_arrests_in_the_interior(claims: Claims) -> None:
    (found,) = claims("Border Patrol agents arrested 237,538 people in fiscal year 2025.")
    assert found.measure == "encounters.between_ports"
    (found,) = claims("ICE arrested 2,000 people in fiscal year 2025.")
    assert found.measure == "arrests.interior"


def test_a_time_between_the_ends_is_of_the_first_and_one_before_them_of_the_other(claims: Claims) -> None:
    change, first, last = claims("Overdose deaths fell 27% in 2024, from 110,000 in 2023 to 80,000.")
    assert (first.period.text, last.period.text) == ("in 2023", "in 2024")
    assert change.period == last.period


def test_an_end_without_a_time_is_given_none(claims: Claims) -> None:
    first, last = claims("Apprehensions fell from 128,900 in April 2024 to 8,383.")
    assert first.period.text == "April 2024"
    assert last.period is None


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        (
            "In March 2025, agents made 7,181 apprehensions, a 95% decrease from March 2024 and a 14% decrease from "
            "February 2025.",
            ["March 2025"] * 3,
        ),
        (
            "In April 2025, agents made 8,383 apprehensions, a 93% decrease from April 2024 when they made 128,895 "
            "apprehensions.",
            ["April 2025", "April 2025", "April 2024"],
        ),
        ("In 2024, there were 1,500,000 apprehensions.", ["In 2024"]),
    ],
)
def test_what_something_is_compared_with_is_no_period(claims: Claims, text: str, periods: list[str]) -> None:
    assert [c.period.text.removeprefix("In ") for c in claims(text)] == [p.removeprefix("In ") for p in periods]


def test_a_baseline_ends_before_the_next_change(claims: Claims) -> None:
    found = claims("Apprehensions saw a 95% decrease from March 2024 and a 14% decrease from February 2025.")
    assert [c.baseline.text for c in found] == ["March 2024", "February 2025"]


def test_a_change_behind_a_count_is_of_what_is_counted(claims: Claims) -> None:
    found = claims("In April 2025 Border Patrol apprehended 8,383 people, a 93% decrease from April 2024.")
    assert [c.measure for c in found] == ["encounters.between_ports"] * 2


def test_a_fiscal_year_does_not_run_into_the_next_number(claims: Claims) -> None:
    found = claims(
        "The number of Border Patrol agents fell from 19,648 in fiscal year 2019 to 19,357 in fiscal year 2022."
    )
    assert ends(found) == {"from": 19648, "to": 19357}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Up from 2,500 troops in January, the deployment at the border has been expanded to 10,000.", 2500, 10000),
        ("Up from 2,500 last year, troops deployed to the border were increased to 10,000.", 2500, 10000),
        ("Now up from just 2,500 in January, 10,000 troops stand at the border.", 2500, 10000),
        ("Down from 10,000 troops, the deployment at the border was cut to 2,500.", 10000, 2500),
        ("Compared with 2,500 troops in January, 10,000 are now deployed at the border.", 2500, 10000),
        ("More than double the 2,500 troops of January, 10,000 soldiers stand at the border.", 2500, 10000),
        ("Down from 129,000 in April 2024, Border Patrol apprehensions were 8,383 in April 2025.", 129000, 8383),
    ],
)
def test_a_sentence_that_opens_with_what_was_before_gives_a_pair(
    claims: Claims, text: str, start: float, end: float
) -> None:
    found = claims(text)
    assert ends(found) == {"from": start, "to": end}
    first, last = (next(c for c in found if c.endpoint == which) for which in ("from", "to"))
    assert first.period is None or last.period is None or first.period.span != last.period.span


@pytest.mark.parametrize(
    "text",
    [
        "Up from 2,500 troops in January, the deployment lost 1,200 troops at the border.",
        "Down from 2,500 troops in January, the deployment at the border includes 10,000 troops.",
        "Up from 2,500 troops at the border in January, and 10,000 troops are in Texas.",
        "Up from 2,500 troops in January; 10,000 troops are at the border.",
        "Up from 2,500 troops in January, the deployment freed agents, who made 10,000 apprehensions.",
    ],
)
def test_what_does_not_follow_from_what_was_before_is_no_pair(claims: Claims, text: str) -> None:
    assert ends(claims(text)) == {}
