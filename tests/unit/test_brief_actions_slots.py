"""What stands beside an act: its days, what it rests on, who is told, who speaks, and what makes two acts one."""

from __future__ import annotations

import time
from datetime import date

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Action

PUBLISHED = date(2025, 10, 30)  # a Thursday


def actions_of(text: str) -> tuple[Action, ...]:
    layout = lay_out(text)
    return find_actions(layout, (), (), era_of(layout, PUBLISHED))


@pytest.mark.parametrize(
    ("text", "day", "end"),
    [
        ("ICE raids began in Chicago on Monday.", date(2025, 10, 27), None),
        ("Mexico extradited a cartel leader yesterday.", date(2025, 10, 29), None),
        ("The Pentagon sent 500 troops to the border on September 3.", date(2025, 9, 3), None),
        ("The Pentagon will send 500 troops to the border on December 3.", date(2025, 12, 3), None),
        ("The White House paused the tariffs on Mexico until January 15.", None, date(2026, 1, 15)),
        ("Trump imposed tariffs on Mexico, effective November 1.", date(2025, 11, 1), None),
        ("Tariffs on Mexico were announced Tuesday and take effect on November 5.", date(2025, 11, 5), None),
        ("El Ejército destruyó tres laboratorios en Sinaloa el 3 de octubre.", date(2025, 10, 3), None),
        ("México enviará 500 elementos de la Guardia Nacional a partir del 1 de diciembre.", date(2025, 12, 1), None),
        ("DHS has built 40 miles of border wall since March 1.", None, None),
    ],
)
def test_the_days_of_an_act_are_those_of_its_clause(text: str, day: date | None, end: date | None) -> None:
    action = actions_of(text)[0]
    assert (action.date.start if action.date else None) == day
    assert (action.date_end.start if action.date_end else None) == end


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Under Executive Order 14,167, the Pentagon sent troops to the border.", ["EO 14167"]),
        ("Under E.O. 14167 the Pentagon sent troops to the border.", ["EO 14167"]),
        ("Trump declared a national emergency at the border in Proclamation 10886.", ["Proclamation 10886"]),
        ("DHS suspended asylum under section 212(f) of the INA.", ["INA 212(f)"]),
        ("DHS suspended asylum under INA 212(f).", ["INA 212(f)"]),
        ("CDC barred migrants from seeking asylum under 42 U.S.C. 265.", ["42 U.S.C. 265"]),
        ("ICE will detain migrants under the Laken Riley Act until their removal.", ["Laken Riley Act"]),
        ("El INM detuvo a 40 migrantes con base en la Ley de Migración.", ["Ley de Migración"]),
        ("México expulsó a 40 migrantes conforme al artículo 33 constitucional.", ["Constitución art. 33"]),
        ("The Pentagon sent troops to the border, though Title 42 has lapsed.", []),
    ],
)
def test_what_an_act_rests_on_is_named_alike_and_stays_in_its_clause(text: str, names: list[str]) -> None:
    assert [authority.normalized for authority in actions_of(text)[0].legal_authority] == names


ORDER = (
    "By the authority vested in me as President, it is hereby ordered:\n\n"
    "Sec. 1. The Secretary of Defense shall deploy 500 troops to the southern border.\n\n"
    "Sec. 2. The Secretary of Homeland Security shall:\n\n"
    "(a) construct physical barriers at the border; and\n\n"
    "(b) remove all aliens who enter unlawfully.\n\n"
    "Sec. 3. The Secretary of Homeland Security may construct temporary barriers at the border.\n\n"
    "Sec. 4. Nothing in this order authorizes military strikes in Mexico.\n"
)


def test_who_signs_an_order_acts_and_whom_it_names_is_told() -> None:
    found = [(a.lever, a.status, a.actors[0].code, [p.code for p in a.recipients][:1]) for a in actions_of(ORDER)]
    assert found == [
        ("military.deployment", "ordered", "US.POTUS", ["US.DOD"]),
        ("border.barrier", "ordered", "US.POTUS", ["US.DHS"]),
        ("interior.removal", "ordered", "US.POTUS", ["US.DHS"]),
        ("border.barrier", "authorised", "US.DHS", []),
        ("military.strike", "not_authorised", "US.POTUS", []),
    ]
    assert actions_of(ORDER)[0].actors[0].inferred


def test_items_of_a_list_inside_a_list_belong_to_the_sentence_that_opens_theirs() -> None:
    text = (
        "It is hereby ordered:\n\n(a) The Secretary of Defense shall direct officials to:\n\n"
        "(i) deploy troops to the border, to permit:\n\n(A) a study;\n\n(ii) construct barriers at the border.\n"
    )
    assert [a.actors[0].code for a in actions_of(text)] == ["US.DOD", "US.DOD"]


@pytest.mark.parametrize(
    ("text", "speaker", "actor"),
    [
        ("The Pentagon said ICE arrested 40 migrants in a raid.", "US.DOD", "US.DHS.ICE"),
        ("ICE arrested 40 migrants in a raid, the Pentagon said.", "US.DOD", "US.DHS.ICE"),
        ("The Pentagon said it sent troops to the border.", "US.DOD", "US.DOD"),
    ],
)
def test_who_speaks_is_apart_from_who_acts(text: str, speaker: str, actor: str) -> None:
    (action,) = actions_of(text)
    assert action.speaker is not None
    assert (action.speaker.code, action.actors[0].code) == (speaker, actor)


def test_what_a_court_does_is_its_act_wherever_it_stands() -> None:
    texts = [
        "A federal judge in San Francisco blocked the asylum ban.",
        "The asylum ban was blocked by the 9th Circuit.",
        "The asylum ban remains in force, since an appeals court lifted the stay.",
        "Un juez federal frenó la extradición de un capo a Estados Unidos.",
    ]
    assert [actions_of(text)[0].actors[0].code for text in texts] == ["US.COURT", "US.COURT", "US.COURT", "MX.COURT"]


def test_the_same_policy_has_the_same_name_in_another_document() -> None:
    first = actions_of("President Trump deployed 1,500 troops to the border.")[0]
    other = actions_of("The Pentagon will send soldiers to the Mexican border.")[0]
    assert first.policy_id == other.policy_id == "military.deployment:US"


@pytest.mark.parametrize(
    ("text", "instrument", "scope"),
    [
        ("A federal judge blocked the asylum ban.", "ruling", None),
        ("Trump signed an executive order to build a border wall.", "order", None),
        ("The Pentagon sent 500 troops to the border.", "deployment", None),
        ("ICE carried out mass raids in Chicago.", None, "general"),
        ("ICE carried out targeted raids in Chicago.", None, "targeted"),
    ],
)
def test_means_and_width_of_an_act_are_told_only_by_its_words(
    text: str, instrument: str | None, scope: str | None
) -> None:
    (action,) = actions_of(text)
    assert (action.instrument, action.scope) == (instrument, scope)


def test_two_bodies_that_do_opposite_things_do_two_acts() -> None:
    text = (
        "DHS suspended X-ray scanning of trucks at Laredo. Congress proposed to fund scanners for all ports of entry."
    )
    assert [(a.status, a.actors[0].code) for a in actions_of(text)] == [
        ("suspended", "US.DHS"),
        ("proposed", "US.CONGRESS"),
    ]


def test_a_measure_spoken_of_as_known_is_the_same_act_and_its_last_turn_tells_how_far_it_has_come() -> None:
    text = "Trump announced tariffs on Mexico. Talks followed. He then suspended the tariffs on Mexico."
    assert [a.status for a in actions_of(text)] == ["suspended"]


@pytest.mark.parametrize(
    "text",
    [
        "Will Trump send troops to the border?",
        "¿Enviará México a la Guardia Nacional a la frontera?",
        "Section 2 of the order on asylum is amended by striking “suspend asylum” and inserting “limit asylum”.",
        "For purposes of this order, “wall” means a barrier built at the border.",
        "If they send troops to the border, nothing will change.",
    ],
)
def test_questions_definitions_changes_of_words_and_suppositions_are_no_acts(text: str) -> None:
    assert actions_of(text) == ()


@pytest.mark.parametrize(
    "text", ["Trump imposed tariffs on Mexico. ", "drone strikes on cartels ", "- ICE raids began.\n"]
)
def test_time_grows_with_the_length_and_no_faster(text: str) -> None:
    spent = []
    for count in (1_000, 4_000):
        layout = lay_out(text * count)
        begun = time.process_time()
        find_actions(layout, (), (), None)
        spent.append(time.process_time() - begun)
    assert spent[1] < 10 * spent[0] + 0.5
