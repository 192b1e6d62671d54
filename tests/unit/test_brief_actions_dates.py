"""The day on which an act was done and until which it lasts, in the words of press and communiqués."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Action

DAY = date(2026, 9, 15)  # a Tuesday


def last_action(text: str) -> Action:
    layout = lay_out(text)
    return find_actions(layout, (), (), era_of(layout, DAY))[-1]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("On February 8 the President extended the duty on Mexican steel to its parts.", date(2026, 2, 8)),
        ("On March 29, with grocers complaining, the White House ended the tariff on Mexico.", date(2026, 3, 29)),
        ("The tariff on Mexican tomatoes was wound down on January 15.", date(2026, 1, 15)),
        ("Since November 3, 2025, people who wade the Rio Grande have been barred from asylum.", date(2025, 11, 3)),
        ("The Pentagon on Monday ordered another 900 soldiers to the Arizona border.", date(2026, 9, 14)),
        ("- The Marines' deployment to the border ended on January 31.\n- Trucks wait.", date(2026, 1, 31)),
        ("The Pentagon has sent 500 troops to the border since the beginning of March.", None),
        (
            "Following Proclamation 10886 of January 20, 2025 (Declaring a National Emergency at the Southern Border), "
            "the Secretary wrote a letter.",
            date(2025, 1, 20),
        ),
        ("On Thursday a federal judge blocked the asylum ban.", date(2026, 9, 10)),
        ("El lunes la Presidenta rechazó la entrada de tropas estadounidenses.", date(2026, 9, 14)),
        ("El 3 de agosto la Marina destruyó dos laboratorios en Sinaloa.", date(2026, 8, 3)),
        (
            "The announcement comes two days after sheriffs signed 287(g) agreements that let deputies enforce "
            "immigration law.",
            date(2026, 9, 13),
        ),
        (
            "On August 11 Mexico accused the United States of arming cartels. Three days later it suspended "
            "extraditions to the United States.",
            date(2026, 8, 14),
        ),
        (
            "On July 6 the Senate approved 20 miles of border wall. The next day a judge blocked the asylum ban.",
            date(2026, 7, 7),
        ),
        (
            "El 3 de agosto la Marina destruyó dos laboratorios en Sinaloa. Dos días después México suspendió la "
            "entrega de capos a Estados Unidos.",
            date(2026, 8, 5),
        ),
        ("Three days later Mexico suspended extraditions to the United States.", None),
    ],
)
def test_the_day_of_an_act_is_told_in_many_ways(text: str, day: date | None) -> None:
    found = last_action(text).date
    assert (found.start if found else None) == day


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("President Trump paused the tariffs on Mexico for 30 days on Monday.", date(2026, 10, 14)),
        ("The White House suspended the tariff on Mexican steel for six months on September 1.", date(2027, 3, 1)),
        ("On September 1 the White House suspended the tariff on Mexican steel for two weeks.", date(2026, 9, 15)),
        ("México suspendió por 60 días el 1 de septiembre la entrega de capos a Estados Unidos.", date(2026, 10, 31)),
        ("The White House on Thursday postponed by 90 days the tariff on Mexican steel.", None),
        ("The White House suspended the tariff on Mexican steel for six months.", None),
        ("The White House suspended the tariff on Mexican steel on September 1 until December 1.", date(2026, 12, 1)),
    ],
)
def test_what_is_stopped_for_a_time_ends_that_long_after_its_day(text: str, end: date | None) -> None:
    found = last_action(text).date_end
    assert (found.start if found else None) == end


SENT = "The administration has sent 10,000 troops to the border"
ENVIADOS = "El gobierno ha enviado 10,000 soldados a la frontera"


@pytest.mark.parametrize(
    "text",
    [
        f"{SENT}, up from 2,500 in January.",
        f"{SENT}, up from just 2,500 on January 20, 2026.",
        f"{SENT}, compared with 2,500 in January.",
        f"{SENT}, compared with January.",
        f"{SENT}, against 2,500 in January 2026.",
        f"{SENT}, versus 2,500 in January.",
        f"{SENT}, an increase from the 2,500 deployed in January.",
        f"{SENT}, four times as many as in January.",
        f"{SENT}, more than the 2,500 stationed there last year.",
        "The administration expanded its deployment of troops on the border from 2,500 in January to 10,000.",
        f"{ENVIADOS}, frente a 2,500 en enero.",
        f"{ENVIADOS}, en comparación con los 2,500 de enero de 2026.",
        f"{ENVIADOS}, más que los 2,500 de enero.",
        "El gobierno amplió el despliegue de soldados en la frontera de 2,500 en enero a 10,000.",
    ],
)
def test_a_day_of_what_an_act_is_compared_with_is_none_of_the_act(text: str) -> None:
    assert last_action(text).date is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (f"In January the Pentagon acted: {SENT.lower()}, up from 2,500 in December.", date(2026, 1, 1)),
        ("The Pentagon sent more than 10,000 troops to the border in January 2026.", date(2026, 1, 1)),
        ("The Pentagon sent no fewer than 1,500 troops to the border on January 22, 2026.", date(2026, 1, 22)),
        ("In January 2026 the Pentagon sent 10,000 troops to the border, up from 2,500 in May.", date(2026, 1, 1)),
        ("Deportation flights from 3 countries were resumed in January 2026.", date(2026, 1, 1)),
        ("El despliegue de 10,000 soldados en la frontera comenzó en enero de 2026.", date(2026, 1, 1)),
    ],
)
def test_a_number_before_a_day_makes_no_comparison(text: str, day: date) -> None:
    when = last_action(text).date
    assert when is not None
    assert when.start == day
