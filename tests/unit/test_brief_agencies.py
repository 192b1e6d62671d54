"""Whose arrests a claim counts: those of ICE are in the interior, those of Border Patrol at the border."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out

JULY_2025 = date(2025, 7, 14)


def measure_in(text: str) -> str | None:
    layout = lay_out(f"# Fact sheet on the border and on migrants\n\n{text}\n")
    claims = find_claims(layout, (), era_of(layout, JULY_2025))
    return claims[-1].measure if claims else None


@pytest.mark.parametrize(
    "text",
    [
        "ICE has doubled its daily arrests.",
        "Since January, ICE has more than doubled daily arrests of migrants.",
        "Immigration and Customs Enforcement has tripled its daily arrests since January.",
        "ICE doubled its arrests.",
        "ICE's daily arrests have doubled.",
        "Officers of ICE doubled their daily arrests.",
        "Daily arrests by ICE have doubled.",
        "Daily arrests made by Immigration and Customs Enforcement of migrants doubled in June.",
        "ICE hired more officers at the border. It has doubled its daily arrests of migrants.",
        "ICE apprehended 1,200 migrants a day in June.",
        "ICE apprehensions rose 120% from January.",
        "ICE's Enforcement and Removal Operations doubled its daily arrests.",
        "El ICE duplicó sus detenciones diarias.",
        "El ICE ha duplicado sus aprehensiones diarias de migrantes.",
    ],
)
def test_arrests_whose_subject_is_ice_are_arrests_in_the_interior(text: str) -> None:
    assert measure_in(text) == "arrests.interior"


@pytest.mark.parametrize(
    "text",
    [
        "Border Patrol doubled its daily arrests.",
        "The U.S. Border Patrol has doubled its daily arrests.",
        "Border Patrol, with help from ICE, doubled its daily arrests.",
        "Unlike ICE, Border Patrol has doubled its daily arrests.",
        "ICE said that Border Patrol apprehensions fell 90%.",
        "ICE said that border apprehensions fell 90%.",
        "ICE grew. Apprehensions at the southern border fell 90%.",
        "Apprehensions fell 90% from January.",
        "La Patrulla Fronteriza duplicó sus detenciones diarias de migrantes.",
    ],
)
def test_arrests_of_border_patrol_and_at_the_border_stay_what_they_are(text: str) -> None:
    assert measure_in(text) == "encounters.between_ports"


def test_what_two_agencies_arrest_together_is_neither_ones() -> None:
    assert measure_in("Border Patrol and ICE doubled their daily arrests.") == "arrests.several"


@pytest.mark.parametrize(
    "text",
    ["The Mexican National Guard doubled its arrests.", "ICE said that Mexican police doubled their arrests at home."],
)
def test_bare_arrests_of_others_are_no_measure(text: str) -> None:
    assert measure_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Daily arrests fell 90% from January.",
        "The administration has doubled daily arrests.",
        "Monthly arrests fell to 6,000 in May.",
        "Weekly arrests doubled in June.",
        "The border czar said that daily arrests had doubled.",
        "The president told governors that daily arrests of migrants had doubled.",
    ],
)
def test_arrests_of_an_agency_that_is_not_named_are_no_agencys(text: str) -> None:
    assert measure_in(text) == "arrests.unnamed"


@pytest.mark.parametrize(
    "text",
    [
        "Daily arrests at the border fell 90% from January.",
        "Daily arrests fell 90% along the southern border.",
        "At the border, daily arrests fell 90% from January.",
        "Along the Texas border daily arrests fell 90% from January.",
        "Daily apprehensions fell 90% from January.",
    ],
)
def test_arrests_of_nobody_at_the_border_are_border_patrols(text: str) -> None:
    assert measure_in(text) == "encounters.between_ports"
