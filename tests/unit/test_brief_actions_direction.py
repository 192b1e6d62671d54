"""Which way an act goes: an end still ahead, a refusal, a denial, a condition, two courts, a term, a deadline."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Action

DAY = date(2026, 5, 20)


def actions_of(text: str) -> tuple[Action, ...]:
    layout = lay_out(text)
    return find_actions(layout, (), (), era_of(layout, DAY))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Trump will end Remain in Mexico on July 1, 2026.", "announced"),
        ("Texas will withdraw 1,000 National Guard soldiers from the border.", "announced"),
        ("The White House will lift the asylum ban at the border.", "announced"),
        ("The asylum ban will be lifted next month.", "announced"),
        ("The asylum ban is set to be rescinded.", "announced"),
        ("The Pentagon plans to pull 3,000 troops from the border.", "announced"),
        ("The White House plans to bring the National Guard home from the border.", "announced"),
        ("Trump ordered an end to border wall construction.", "ordered"),
        ("Trump ordered ICE to stop raids on farms.", "ordered"),
        ("Trump is weighing an end to the tariffs on Mexico.", "under_consideration"),
        ("The administration is considering halting deportation flights to Mexico.", "under_consideration"),
        ("Trump vowed to phase out Remain in Mexico.", "pledged"),
        ("Mexico asked the United States to lift the tariffs.", "requested"),
        ("Texas will cut 500 troops from its border mission.", "announced"),
        ("México propuso retirar a la Guardia Nacional de la frontera.", "proposed"),
        ("México retirará los retenes migratorios.", "announced"),
        ("Trump evalúa levantar los aranceles a México.", "under_consideration"),
        ("El gobierno ordenó suspender la construcción del muro fronterizo.", "ordered"),
        ("El muro fronterizo será cancelado.", "announced"),
        ("Trump anunció el fin del programa Quédate en México.", "announced"),
    ],
)
def test_an_end_that_is_still_ahead_is_told_apart_from_the_measure(text: str, status: str) -> None:
    assert [(action.status, action.ending) for action in actions_of(text)] == [(status, True)]


@pytest.mark.parametrize(
    "text",
    [
        "Trump plans to ban asylum at the southern border.",
        "DHS will suspend asylum at the border.",
        "DHS will scrap the CBP One parole program at the border.",
        "Trump will end catch and release at the border.",
        "Trump will send 3,000 troops to end the crisis at the border.",
        "Trump will move 500 troops from Texas to the border.",
        "Trump will stop fentanyl with tariffs on Mexico.",
        "Trump will end asylum at the border and send 1,500 troops.",
        "Mexico will stop migrants at its southern border.",
        "CBP will stop trucks southbound to Mexico to search for guns.",
        "Trump lifted the tariffs on Mexico.",
        "Trump anunció la suspensión del asilo en la frontera.",
    ],
)
def test_what_is_done_or_is_the_measure_itself_is_no_ending(text: str) -> None:
    found = actions_of(text)
    assert found
    assert not any(action.ending for action in found)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("A judge refused to block the border emergency declaration.", "reinstated"),
        ("A federal judge declined to block the asylum ban.", "reinstated"),
        ("A judge denied a request to halt deportations of migrants.", "reinstated"),
        ("A judge denied a motion to suspend Remain in Mexico.", "reinstated"),
        ("The Senate refused to block the border emergency.", "reinstated"),
        ("The appeals court refused to lift the injunction on the asylum ban.", "blocked"),
        ("The court declined to stay the ruling that blocks the asylum ban.", "blocked"),
        ("The Supreme Court denied a request to let Remain in Mexico resume.", "blocked"),
        ("The governor vetoed a bill to fund the border wall.", "rejected"),
        ("Un juez negó la suspensión contra el veto al asilo en la frontera.", "reinstated"),
        ("La Suprema Corte se negó a suspender el programa Quédate en México.", "reinstated"),
        ("Trump refused to suspend the tariffs on Mexico.", "in_force"),
    ],
)
def test_who_refuses_to_stop_lets_go_on_and_who_refuses_to_lift_keeps_stopped(text: str, status: str) -> None:
    assert [action.status for action in actions_of(text)] == [status]


SAID = [
    "ICE will not conduct raids in churches.",
    "ICE will conduct raids in churches.",
    "ICE has not conducted raids in churches.",
    "Mexico has yet to send troops to the border.",
    "Mexico will send 10,000 troops to the border.",
    "Mexico sent 10,000 troops to the border.",
    "Trump will not impose tariffs on Mexico.",
    "Trump ordered 1,500 troops to the border.",
    "a judge blocked the asylum ban.",
    "Texas would not withdraw its National Guard soldiers from the border.",
    "the asylum ban was rescinded.",
    "Trump is considering tariffs on Mexico.",
]


@pytest.mark.parametrize(
    "before", ["The border czar said ", "The border czar said that ", "Officials said on Monday that "]
)
@pytest.mark.parametrize("text", SAID)
def test_who_says_so_changes_neither_polarity_nor_status(text: str, before: str) -> None:
    plain, told = ([(a.lever, a.status, a.polarity) for a in actions_of(t)] for t in (text, before + text))
    assert plain
    assert told == plain


@pytest.mark.parametrize(
    "text",
    [
        "Mexico has yet to send troops to the border.",
        "México aún no ha enviado tropas a la frontera.",
        "ICE no realizará redadas en iglesias.",
        "Noem dijo que ICE no realizará redadas en iglesias.",
    ],
)
def test_what_is_not_or_not_yet_done_is_denied(text: str) -> None:
    assert [action.polarity for action in actions_of(text)] == ["negated"]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Trump will raise the tariff on Mexico from 25% to 50% if Mexico does not send 10,000 troops by May 1.", 50),
        ("Trump will raise the tariff on Mexico from 25% to 50%, if Mexico does not send 10,000 troops by May 1.", 50),
        ("Trump will impose a 30% tariff on Mexico, unless Mexico sends 10,000 troops to the border.", 30),
        ("Trump said that if Mexico does not send 10,000 troops, he will impose a 30% tariff on Mexico.", 30),
        ("If Mexico does not send 10,000 troops to the border, Trump will impose a 30% tariff on Mexico.", 30),
        ("Trump impondrá un arancel de 30% a México si México no envía 10,000 soldados a la frontera.", 30),
        ("Trump elevará el arancel a México del 25% al 50%.", 50),
    ],
)
def test_a_condition_is_no_act_and_a_raised_rate_is_the_new_one(text: str, size: float) -> None:
    (found,) = actions_of(text)
    assert (found.lever, found.status, found.polarity, found.quantity) == (
        "trade.tariff",
        "announced",
        "affirmed",
        size,
    )
    assert found.date is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (
            "A federal judge in Boston blocked the suspension of asylum on February 14, "
            "and the First Circuit reinstated it on March 3.",
            (date(2026, 2, 14), date(2026, 3, 3)),
        ),
        (
            "A judge blocked the asylum ban in February and the Supreme Court let it go on in March.",
            (date(2026, 2, 1), date(2026, 3, 1)),
        ),
        (
            "A judge blocked Remain in Mexico in February, and the Supreme Court allowed it to resume in March.",
            (date(2026, 2, 1), date(2026, 3, 1)),
        ),
        (
            "Un juez frenó el veto al asilo en febrero y la Suprema Corte lo dejó seguir en marzo.",
            (date(2026, 2, 1), date(2026, 3, 1)),
        ),
    ],
)
def test_two_courts_of_one_sentence_with_times_of_their_own_are_two_entries(text: str, days: tuple[date, ...]) -> None:
    found = actions_of(text)
    assert [action.status for action in found] == ["blocked", "reinstated"]
    assert tuple(action.date.start for action in found if action.date) == days


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("The deployment ends on May 1, 2027.", date(2027, 5, 1)),
        ("The deployment will end on August 1.", date(2026, 8, 1)),
        ("The mission is set to end on August 1, 2026.", date(2026, 8, 1)),
        ("The deployment expires on August 1, 2026.", date(2026, 8, 1)),
    ],
)
def test_a_term_gives_the_last_day_and_leaves_the_status(text: str, end: date) -> None:
    (found,) = actions_of(f"Trump signed an order to send 1,500 troops to the border. {text}")
    assert (found.status, found.ending) == ("ordered", False)
    assert found.date_end is not None
    assert found.date_end.start == end


def test_a_term_in_spanish_gives_the_last_day() -> None:
    (found,) = actions_of(
        "Trump firmó una orden para enviar 1,500 soldados a la frontera. "
        "El despliegue terminará el 1 de agosto de 2026."
    )
    assert found.status == "ordered"
    assert found.date_end is not None
    assert found.date_end.start == date(2026, 8, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Mexico will send 10,000 troops to the border by March 1.",
        "Mexico promised to send 10,000 troops by June 1.",
        "Mexico will send 10,000 troops to the border by the end of June.",
        "México enviará 10,000 soldados a la frontera antes del 1 de junio.",
        "México enviará 10,000 soldados a la frontera a más tardar el 1 de junio.",
    ],
)
def test_a_deadline_is_no_start(text: str) -> None:
    (found,) = actions_of(text)
    assert found.date_start is None


@pytest.mark.parametrize(
    "text",
    [
        "Biden declared a national emergency to shut down the border with Mexico.",
        "The deal provided emergency authority for the President to close the border with Mexico.",
        "Trump sent troops to the border with Mexico to stop migrants.",
        "The president imposed a tariff on Mexican goods to halt the flow of fentanyl.",
        "Sheinbaum envió 10 mil elementos de la Guardia Nacional a la frontera para frenar el tráfico de armas.",
    ],
)
def test_what_an_act_is_meant_to_end_is_not_the_act(text: str) -> None:
    found = actions_of(text)
    assert found
    assert {(action.status, action.ending) for action in found} == {("in_force", False)}
