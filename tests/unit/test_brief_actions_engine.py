"""How a wording is read in its sentence: voice, levels, advice, history, refusals, denials and whose cue counts."""

from __future__ import annotations

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.actions.lexicon import lexicon
from counterflow.brief.actions.openings import beginnings, found_at
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.patterns import Folded, compile_words


def read(text: str) -> list[tuple[str, str, bool]]:
    layout = lay_out(text)
    actions = find_actions(layout, (), (), era_of(layout))
    return [(action.lever, action.status, action.polarity == "negated") for action in actions]


@pytest.mark.parametrize(
    "text",
    [
        # An active verb whose subject is the thing that a wording names.
        "Border Patrol agents stopped 7,100 people between the ports in May.",
        "Border Patrol agents opened a canteen in Laredo.",
        "National Guard troops opened a canteen near the border for their families.",
        "Los agentes fronterizos detuvieron a 7,100 personas en mayo.",
        # How a thing is, not what was done.
        "The border wall near Yuma is 30 feet high and made of steel.",
        "The border wall was already 18 miles long and built of concrete.",
        # What is there is counted.
        "About 5,200 troops were posted along the border on June 1.",
        "Some 8,400 soldiers are already stationed on the southern border.",
        "The Border Patrol now employs 19,700 agents.",
        "There are 2,100 National Guard troops deployed along the Texas border.",
        "Unos 9,000 elementos de la Guardia Nacional están desplegados en la frontera norte.",
        "More than 58,000 migrants are held in immigration detention.",
        # Advice to others, and what somebody would like.
        "Mexico should raid more laboratories of the cartels.",
        "Congress ought to end asylum at the border.",
        "Lawmakers should fund 200 miles of border wall.",
        "We would like to see Congress buy scanners for the border crossings.",
        "México debería catear más laboratorios clandestinos.",
        "A tariff would bring Mexico to heel.",
        # History told as such, and what no act has ever done.
        "In 2012 another White House opened family detention centers for migrants.",
        "The Remain in Mexico rules were introduced in January 2019 under the first Trump administration.",
        "An earlier administration built 50 miles of border wall.",
        "No ban on asylum has ever slowed migration.",
        # The government opposes no measure of its own, and what only led to something else is no answer.
        "The Justice Department lodged an appeal against the asylum ruling.",
        "La defensa de dos capos del cártel había solicitado un amparo.",
    ],
)
def test_no_act_is_read(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "lever", "status"),
    [
        # Verbs of change with the thing as their subject.
        ("The Marines' deployment along the border ended on January 31.", "military.deployment", "ended"),
        ("A detention camp for migrants with 900 beds will open at Fort Hollis.", "interior.detention", "announced"),
        ("The immigration crackdown has widened to Charlotte.", "interior.arrests", "expanded"),
        ("Deportation flights to Honduras resumed on Monday.", "interior.removal", "reinstated"),
        ("Los vuelos de deportación a Honduras se reanudaron el lunes.", "interior.removal", "reinstated"),
        # Refusals: the status is that of what is turned down.
        ("Mexico turned down a U.S. proposal for joint patrols along the border.", "diplomacy.reject", "rejected"),
        ("México rechazó la propuesta de patrullajes conjuntos.", "diplomacy.reject", "rejected"),
        ("A U.S. request to station agents in Sonora was denied by Mexico.", "diplomacy.reject", "rejected"),
        ("A Mexican judge turned down a U.S. request for the extradition of a boss.", "justice.transfer", "rejected"),
        # A response that does not hold leaves its words to the lever.
        ("Congress rejected a plan to build 20 miles of border fence.", "border.barrier", "rejected"),
        (
            "El Senado estadounidense rechazó autorizar ataques militares contra los cárteles en México.",
            "military.strike",
            "not_authorised",
        ),
        # The cue of a passive stands before its verb.
        (
            "It is hereby ordered as follows: All vehicles departing for Mexico shall be subject to inspection for "
            "firearms.",
            "arms.southbound_inspection",
            "ordered",
        ),
        (
            "It is hereby ordered as follows: Migrants shall be detained pending removal.",
            "interior.detention",
            "ordered",
        ),
        # A cue before a colon, and one in a relative clause.
        ("Authorized in August: covert lethal operations against cartels in Mexico.", "military.strike", "authorised"),
        (
            "He reinstated the border emergency that his predecessor had ended.",
            "emergency.declaration",
            "reinstated",
        ),
        ("Trump revoked the asylum rule that Biden had announced.", "asylum.restriction", "rescinded"),
        # Courts.
        ("The appeals court upheld the ruling that blocks the tariffs on Mexico.", "trade.tariff", "blocked"),
        (
            "A federal appeals court left in place an order that stops deportation flights.",
            "interior.removal",
            "blocked",
        ),
        (
            "A federal appeals court rejected the policy of jailing immigrants without bond.",
            "interior.detention",
            "blocked",
        ),
        (
            "Judges dismissed the charges and voided the military zone along the border.",
            "emergency.declaration",
            "blocked",
        ),
        ("A judge barred the government from deporting migrants to South Sudan.", "interior.removal", "blocked"),
        ("Una jueza federal prohibió los arrestos de inmigrantes en Los Ángeles.", "interior.arrests", "blocked"),
        # Who may do what.
        ("Pharmacies may dispense naloxone along the border.", "health.treatment_naloxone", "authorised"),
        ("The president may deploy troops to the border.", "military.deployment", "under_consideration"),
        # The more telling of two levers.
        ("A new law lets local police arrest migrants in Texas.", "interior.local_cooperation", "authorised"),
    ],
)
def test_one_act_is_read_with_its_status(text: str, lever: str, status: str) -> None:
    assert read(text) == [(lever, status, False)]


@pytest.mark.parametrize(
    ("text", "lever"),
    [
        ("Not a mile of new border wall has been completed this year.", "border.barrier"),
        ("Not one soldier has been sent to the border.", "military.deployment"),
        (
            "Nor has the Health Department opened the addiction treatment clinics for fentanyl users.",
            "health.treatment_naloxone",
        ),
        ("Ni un kilómetro de muro fronterizo se ha construido este año.", "border.barrier"),
    ],
)
def test_an_act_that_a_clause_denies_from_its_first_words_is_negated(text: str, lever: str) -> None:
    assert [(found, negated) for found, _, negated in read(text)] == [(lever, True)]


TEXT = Folded(
    "The Pentagon sent 1,500 troops to the border, raised a tariff on Mexico's steel, and re-opened a U.S. camp; "
    "México envió elementos de la Guardia Nacional, y los vuelos de deportación se reanudaron."
)


def test_looking_at_the_beginnings_of_words_finds_what_the_expression_finds() -> None:
    begun = beginnings(TEXT, 0, len(TEXT))
    for lever in lexicon():
        for trigger in lever.triggers:
            for pattern in (trigger.phrase, trigger.verb, trigger.object):
                if pattern is not None:
                    expected = [match.span() for match in pattern.expression.finditer(TEXT)]
                    assert [m.span() for m in found_at(pattern, TEXT, begun, 0, len(TEXT))] == expected


@pytest.mark.parametrize(
    "words", ["sent|sends", "[a-z]+ troops", r"\d+ troops", "(?:the )?camp", "m[eé]xico", "x?y", r"\$5"]
)
def test_a_wording_is_found_whatever_it_begins_with(words: str) -> None:
    pattern = compile_words(rf"(?<![\w-])(?:{words})(?!\w)")
    begun = beginnings(TEXT, 0, len(TEXT))
    expected = [match.span() for match in pattern.expression.finditer(TEXT)]
    assert [match.span() for match in found_at(pattern, TEXT, begun, 0, len(TEXT))] == expected
