"""Acts told by what stands around them: a reference back, a denial, an unsaid subject, an opposite, a request."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Action

DAY = date(2025, 6, 18)  # a Wednesday


def actions_of(text: str) -> tuple[Action, ...]:
    layout = lay_out(text)
    return find_actions(layout, (), (), era_of(layout, DAY))


def the(text: str, lever: str) -> Action:
    (found,) = [action for action in actions_of(text) if action.lever == lever]
    return found


@pytest.mark.parametrize(
    ("text", "lever", "status"),
    [
        (
            "DHS restarted Remain in Mexico in May. The program was suspended on June 2.",
            "remain_in_mexico",
            "suspended",
        ),
        (
            "A judge blocked the asylum ban. An appeals court lifted the injunction on Monday.",
            "restriction",
            "reinstated",
        ),
        ("A judge blocked the asylum ban. The ruling was overturned on Monday.", "restriction", "reinstated"),
        (
            "Un juez frenó el veto al asilo en la frontera. La suspensión fue revocada el lunes.",
            "restriction",
            "reinstated",
        ),
        (
            "México instaló retenes para frenar a los migrantes. El operativo fue suspendido ayer.",
            "migration",
            "suspended",
        ),
        ("Trump imposed a tariff on Mexico in March. It was repealed on Monday.", "tariff", "rescinded"),
    ],
)
def test_a_word_that_refers_back_tells_what_became_of_the_act(text: str, lever: str, status: str) -> None:
    assert [a.status for a in actions_of(text) if lever in a.lever] == [status]


@pytest.mark.parametrize(
    ("text", "lever", "status", "actor"),
    [
        (
            "Texas sought 500 active-duty soldiers for its border. The Pentagon turned that request down on Monday.",
            "military.deployment",
            "rejected",
            "US.DOD",
        ),
        (
            "A court in Denver barred immigration arrests at courthouses. "
            "The Justice Department has asked the Supreme Court to lift the order.",
            "interior.arrests",
            "requested",
            "US.DOJ",
        ),
    ],
)
def test_another_body_that_answers_does_an_act_of_its_own(text: str, lever: str, status: str, actor: str) -> None:
    found = [(a.status, a.actors[0].code) for a in actions_of(text) if a.lever == lever and a.actors]
    assert (status, actor) in found


@pytest.mark.parametrize(
    "text",
    [
        "Trump imposed tariffs on Mexico. The rule that let agents read phones was repealed on Monday.",
        "Trump imposed tariffs on Mexico. During this pause, the two sides will talk.",
        "Trump imposed tariffs on Mexico. Snow fell. Rain fell. The program was suspended.",
        "Trump imposed tariffs on Mexico. It was a cold day at the border.",
        "México desplegó 500 soldados en su frontera norte. La reforma de pensiones fue suspendida.",
    ],
)
def test_what_tells_its_own_object_or_nothing_refers_to_no_act(text: str) -> None:
    assert {a.status for a in actions_of(text)} <= {"in_force"}


@pytest.mark.parametrize(
    "text",
    [
        "No family has been returned to Mexico under the Migrant Protection Protocols.",
        "Not one asylum seeker has been returned to Mexico.",
        "None of the troops have been sent to the border.",
        "A higher tariff on Mexican steel has not been discussed.",
        "Ninguno de los soldados ha sido enviado a la frontera norte de México.",
        "So far no wall has been built at the border.",
    ],
)
def test_what_is_said_of_nobody_is_denied(text: str) -> None:
    found = [a for a in actions_of(text) if not a.lever.startswith("unmapped.")]
    assert found
    assert all(a.polarity == "negated" for a in found)


@pytest.mark.parametrize(
    "text",
    [
        "No fewer than 500 troops have been sent to the border.",
        "No later than Friday, the Pentagon will send 500 troops to the border.",
        "Not only has DHS built 12 miles of border wall, it has hired agents.",
        "The Pentagon sent 500 troops to the border, and no shelter was opened.",
    ],
)
def test_no_before_a_size_or_another_clause_denies_nothing(text: str) -> None:
    assert actions_of(text)[0].polarity == "affirmed"


@pytest.mark.parametrize(
    ("text", "status", "opposite"),
    [
        ("DHS ended the CBP One app at the border.", "rescinded", True),
        ("The CHNV parole program was terminated by DHS at the border.", "rescinded", True),
        ("DHS has suspended refugee admissions at the border.", "suspended", True),
        ("DHS restored access to asylum at the border.", "reinstated", True),
        ("DHS resumed refugee admissions at the border.", "reinstated", True),
        ("The White House ordered an end to the CBP One app at the border.", "ordered", False),
        ("DHS plans to shut down the CBP One app at the border.", "announced", False),
        ("A federal judge blocked DHS from ending the CHNV parole program at the border.", "blocked", False),
        ("DHS suspended asylum at the border.", "in_force", False),
        ("El gobierno eliminó el programa de parole humanitario en la frontera.", "rescinded", True),
        ("Estados Unidos reanudó la admisión de refugiados en la frontera.", "reinstated", True),
    ],
)
def test_to_end_what_is_open_is_told_as_its_end(text: str, status: str, opposite: bool) -> None:
    action = the(text, "asylum.restriction")
    assert (action.status, action.opposite) == (status, opposite)


@pytest.mark.parametrize(
    ("text", "lever"),
    [
        ("The Governor asked the Pentagon to send troops to the border.", "military.deployment"),
        ("Mexico has asked Washington to extend the pause of its tariffs.", "trade.tariff"),
        (
            "The Department of Homeland Security requested that the Pentagon send troops to the border.",
            "military.deployment",
        ),
        ("La Cancillería solicitó a Washington prorrogar la pausa del arancel a México.", "trade.tariff"),
        ("La presidenta Sheinbaum pidió a Estados Unidos levantar los aranceles a México.", "trade.tariff"),
    ],
)
def test_what_is_asked_of_somebody_is_requested_whatever_was_done_before(text: str, lever: str) -> None:
    assert the(text, lever).status == "requested"


@pytest.mark.parametrize(
    ("text", "lever"),
    [
        ("Mexico turned down the U.S. request for joint operations.", "diplomacy.reject"),
        ("Mexico's foreign ministry rejected the U.S. tariffs.", "diplomacy.reject"),
        ("La Cancillería rechazó la intervención de tropas extranjeras.", "diplomacy.reject"),
        ("Gov. Lena Ruiz has refused a request to send the National Guard to the border.", "military.deployment"),
    ],
)
def test_what_is_refused_is_rejected(text: str, lever: str) -> None:
    assert the(text, lever).status == "rejected"


@pytest.mark.parametrize(
    ("text", "lever", "code"),
    [
        (
            "To keep boys out of the cartels, Mexico opened sports centers in Juarez.",
            "prevention.recruitment",
            "MX.GOV",
        ),
        ("A group of sheriffs signed 287(g) agreements with ICE on Monday.", "interior.local_cooperation", "US.STATES"),
        ("Mexico said its army had destroyed 31 laboratories in Sinaloa.", "mexico.lab_raids", "MX.MIL"),
        ("The Governor of New Mexico sent 50 troops to the border.", "military.deployment", "US.STATES"),
        ("Deputies in Florida are enforcing immigration law with ICE.", "interior.local_cooperation", "US.STATES"),
        (
            '"Mexico will not accept foreign troops," its foreign ministry said, of the U.S. plan.',
            "diplomacy.reject",
            "MX.SRE",
        ),
        (
            "Designating two Mexican cartels as terrorist groups is under review at the State Department.",
            "designation",
            "US.STATE",
        ),
    ],
)
def test_who_acts_is_found_wherever_the_sentence_names_him(text: str, lever: str, code: str) -> None:
    found = [a for a in actions_of(text) if lever in a.lever]
    assert [a.actors[0].code for a in found if a.actors] == [code]


def test_a_spanish_verb_without_a_subject_has_the_last_one() -> None:
    text = "La presidenta Sheinbaum habló de la frontera con Estados Unidos. Rechazó la entrada de tropas extranjeras."
    action = the(text, "diplomacy.reject")
    assert (action.actors[0].code, action.actors[0].inferred) == ("MX.PRES", True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (
            "LAREDO, Texas, June 3, 2025 (Wire) - The Pentagon sent 500 troops to the border on Monday.",
            date(2025, 6, 16),
        ),
        ("TIJUANA, 3 de junio de 2025.- El Pentágono envió el lunes 500 soldados a la frontera.", date(2025, 6, 16)),
        ("The Pentagon sent 500 troops to the border three days ago.", date(2025, 6, 15)),
        ("El Pentágono envió hace cinco días 500 soldados a la frontera.", date(2025, 6, 13)),
        ("The Pentagon said on Monday that it would send 500 troops to the border.", date(2025, 6, 16)),
        ("A bill that was introduced on June 9 would send 500 troops to the border.", date(2025, 6, 9)),
        ("The tariffs on Mexico have been suspended since June 2.", date(2025, 6, 2)),
        ("Serán enviados 500 soldados a la frontera el 23 de junio.", date(2025, 6, 23)),
    ],
)
def test_the_day_is_that_of_the_act_and_not_of_the_line_or_of_what_lies_ahead(text: str, day: date) -> None:
    action = actions_of(text)[0]
    assert action.date is not None
    assert action.date.start == day


@pytest.mark.parametrize(
    ("text", "lever", "statuses"),
    [
        (
            "The Pentagon sent 500 troops to the border. A bill would send another 900 troops to the border.",
            "military.deployment",
            ["in_force", "proposed"],
        ),
        (
            "DHS installed scanners at Laredo. Congress rejected a plan to buy scanners for six more ports.",
            "drugs.port_scanning",
            ["in_force", "rejected"],
        ),
        ("Trump imposed tariffs on Mexico. He suspended the tariffs in May.", "trade.tariff", ["suspended"]),
        (
            "Texas suspended its scanning of trucks at Laredo, after CBP reopened the scanners there.",
            "drugs.port_scanning",
            ["suspended", "reinstated"],
        ),
    ],
)
def test_acts_that_have_come_unequally_far_are_apart_unless_the_second_is_known(
    text: str, lever: str, statuses: list[str]
) -> None:
    assert [a.status for a in actions_of(text) if a.lever == lever] == statuses


@pytest.mark.parametrize(
    "text",
    [
        '"Give me 3,000 more agents for the border," said the chief.',
        "Send in the marines, and the border is quiet.",
        "The border scheme cost less than one Reaper drone.",
        "Strikes on Mexican soil are another matter.",
        "To credit the troops at the border is to credit the umbrella.",
    ],
)
def test_what_bids_compares_or_judges_states_no_act(text: str) -> None:
    assert [a.lever for a in actions_of(text) if not a.lever.startswith("unmapped.")] == []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Mexico destroyed six drug laboratories in Sinaloa and Durango.", ("Sinaloa and Durango",)),
        ("CBP built 12 miles of border wall in the Laredo sector.", ("Laredo sector",)),
        ("The White House imposed a tariff on beer.", ()),
    ],
)
def test_the_place_is_the_one_that_the_clause_names(text: str, places: tuple[str, ...]) -> None:
    context = "The border with Mexico was quiet. "
    assert actions_of(context + text)[0].place == places


MEXICO_STOPS = "Mexico intercepts migrants in Chiapas."
ICE_REMOVES = "ICE deported 3,000 migrants in March."


@pytest.mark.parametrize(
    "text",
    [
        f"{MEXICO_STOPS} The ruling is stayed.",
        f"{MEXICO_STOPS} The appeals court said that the ruling is stayed.",
        f"{MEXICO_STOPS} A court in Texas ruled against the state. That injunction was stayed.",
        "México intercepta migrantes en Chiapas. El fallo quedó suspendido.",
    ],
)
def test_a_ruling_is_no_act_that_no_court_had_to_do_with(text: str) -> None:
    (found,) = actions_of(text)
    assert (found.lever, found.status) == ("mexico.migration_enforcement", "in_force")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("A federal judge blocked the asylum ban. The ruling is stayed.", "reinstated"),
        ("A federal judge blocked the asylum ban. The injunction was lifted.", "reinstated"),
        ("El juez bloqueó la prohibición de asilo. La orden fue revocada.", "reinstated"),
    ],
)
def test_a_ruling_that_stopped_an_act_is_still_spoken_of(text: str, status: str) -> None:
    assert the(text, "asylum.restriction").status == status


@pytest.mark.parametrize(
    "words",
    [
        "The further measures were announced.",
        "Its further measures were suspended.",
        "These other measures were blocked.",
        "The separate order was rescinded.",
        "Las medidas adicionales fueron suspendidas.",
    ],
)
def test_further_measures_are_not_those_told_before(words: str) -> None:
    assert the(f"{ICE_REMOVES} {words}", "interior.removal").status == "in_force"


def test_measures_told_before_are_still_spoken_of() -> None:
    assert the(f"{ICE_REMOVES} The measures were suspended.", "interior.removal").status == "suspended"
