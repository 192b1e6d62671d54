"""Who acts, who is told and who speaks, in the words in which press, governments and critics name them."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.actions.parties import cast_of
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Action

DAY = date(2025, 10, 30)  # a Thursday


def actions_of(text: str) -> tuple[Action, ...]:
    layout = lay_out(text)
    return find_actions(layout, (), (), era_of(layout, DAY))


def codes(text: str) -> list[str]:
    """The codes of all parties that the text names, in order."""
    return [party.code for party in cast_of(lay_out(text)).named]


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("El secretario Rubio anunció aranceles a México.", "US.STATE"),
        ("Marco Rubio flew home. Rubio announced tariffs on Mexico.", "US.STATE"),
        ("Mexico's foreign secretary rejected U.S. strikes in Mexico.", "MX.SRE"),
        ("Mexico's foreign minister rejected U.S. strikes in Mexico.", "MX.SRE"),
        ("El canciller rechazó la entrada de tropas estadounidenses.", "MX.SRE"),
        ("The U.S. trade office suspended the tariff on Mexican tomatoes.", "US.GOV"),
        ("The president of Mexico rejected U.S. strikes in Mexico.", "MX.PRES"),
        ("La Marina destruyó tres laboratorios de metanfetamina en Sinaloa.", "MX.MIL"),
        ("Autoridades mexicanas detuvieron a 40 migrantes en Tapachula.", "MX.GOV"),
        ("Agentes de la Fiscalía detuvieron a un líder del Cártel de Sinaloa.", "MX.GOV"),
        ("Militares detuvieron a un líder del Cártel de Sinaloa en Culiacán.", "MX.MIL"),
        ("Fuerzas federales destruyeron tres laboratorios en Sinaloa.", "MX.GOV"),
        ("Mexican federal police arrested a leader of the Sinaloa cartel.", "MX.GOV"),
        ("Mexico's immigration agency detained 400 migrants in Tapachula.", "MX.GOV"),
        ("Mexican immigration agents detained 400 migrants in Tapachula.", "MX.GOV"),
        ("Environmentalists sued over the border wall.", "OPP.ACTIVISTS"),
        ("Abogados demandaron al gobierno por las redadas.", "OPP.ACTIVISTS"),
        ("The union representing Border Patrol workers sued over the border wall.", "OPP.ACTIVISTS"),
        ("New Mexico banned immigration detention contracts.", "US.STATES"),
        ("New Mexico's governor sent 70 guardsmen to the border.", "US.STATES"),
        ("Texas's governor sent 500 guardsmen to the border.", "US.STATES"),
        ("El gobierno de Texas envió 500 soldados a la frontera.", "US.STATES"),
        ("Denver sued the administration over its sanctuary laws.", "US.STATES"),
        ("State troopers built 20 miles of border barrier.", "US.STATES"),
        ("Officers of Customs and Border Protection began scanning trucks at Laredo.", "US.DHS.CBP"),
        ("Homeland Security Investigations arrested 40 migrants in a raid in Omaha.", "US.DHS.ICE"),
        ("House Republicans proposed 100 miles of border wall.", "US.CONGRESS"),
        ("Representatives Ortiz and Hall proposed a bill for 100 miles of border wall.", "US.CONGRESS"),
        ("Diputados rechazaron la entrada de tropas estadounidenses.", "MX.CONGRESS"),
        ("Legisladores rechazaron la entrada de tropas estadounidenses.", "MX.CONGRESS"),
        ("The Ninth Circuit blocked the asylum ban.", "US.COURT"),
        ("Judge Carter blocked the asylum ban.", "US.COURT"),
        ("Twenty-one attorneys general asked the president to designate the cartels as terrorist groups.", "US.STATES"),
        ("The White House pressed Mexico to extradite cartel leaders.", "US.POTUS"),
        ("Mexico spoke on Monday. On Tuesday it delivered 29 gang leaders to the United States.", "MX.GOV"),
        (
            "On January 20 the President declared an emergency at the border. He has shut the door of asylum.",
            "US.POTUS",
        ),
        ("The Senate rejected claims by Mexico over the border wall.", "US.CONGRESS"),
        ("The proclamation states that Mexico has failed to arrest drug traffickers.", "US.POTUS"),
        (
            "La Secretaría de Relaciones Exteriores expresó su rechazo y solicitó al gobierno de Estados Unidos que "
            "revise los vehículos que cruzan la frontera hacia México para detener el tráfico de armas.",
            "MX.SRE",
        ),
        ("The opinion came in a suit that the Gulf Aid Society filed over the asylum ban.", None),
    ],
)
def test_who_acts_is_named_in_many_ways(text: str, actor: str | None) -> None:
    action = actions_of(text)[-1]
    assert (action.actors[0].code if action.actors else None) == actor


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The Board of Immigration Appeals met.", ["US.DOJ"]),
        ("FinCEN met the UIF.", ["US.TREASURY", "MX.GOV"]),
        ("Andrés Manuel López Obrador habló.", ["MX.PRES"]),
        ("La Secretaría del Trabajo abrió becas.", ["MX.GOV"]),
        ("El secretario del Tesoro viajó.", ["US.TREASURY"]),
        ("Beijing and China were named.", ["CN", "CN"]),
        ("Both countries agreed.", ["US.GOV", "MX.GOV"]),
        ("Ambos gobiernos acordaron que la obra siga.", ["MX.GOV", "US.GOV"]),
        ("The border czar spoke.", ["US.GOV"]),
        ("The House voted.", ["US.CONGRESS"]),
        ("A sheriff spoke.", ["US.STATES"]),
        ("The mayor of Laredo spoke.", ["US.STATES"]),
        ("Pam Bondi spoke. Bondi left.", ["US.DOJ", "US.DOJ"]),
        ("Secretary Noem spoke. Noem left.", ["US.DHS", "US.DHS"]),
        ("Omar García Harfuch habló. Harfuch salió.", ["MX.SSPC", "MX.SSPC"]),
        ("Attorney General Miller spoke. Miller left.", ["US.DOJ", "US.DOJ"]),
        ("Los militares estadounidenses que vigilan la frontera.", ["US.DOD"]),
        ("The secretary of the chess club spoke to Minister Dupont.", []),
        ("Una persona mayor habló en la ciudad.", []),
    ],
)
def test_an_office_is_known_by_its_names(text: str, named: list[str]) -> None:
    assert codes(text) == named


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The White House pressed Mexico to extradite cartel leaders.", "MX.GOV"),
        ("The State Department wants Mexico to extradite a cartel leader.", "MX.GOV"),
        ("Twenty-one attorneys general asked the president to designate the cartels as terrorist groups.", "US.POTUS"),
    ],
)
def test_who_is_asked_is_told_and_does_not_act(text: str, told: str) -> None:
    action = actions_of(text)[0]
    assert told in [party.code for party in action.recipients]
    assert told not in [party.code for party in action.actors]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('"El Ejército destruyó un laboratorio en Sinaloa", advirtió el canciller.', "MX.SRE"),
        ('"El Ejército destruyó un laboratorio en Sinaloa", aseguró la Cancillería.', "MX.SRE"),
        ('"El Ejército destruyó un laboratorio en Sinaloa", respondió la Cancillería.', "MX.SRE"),
        ('"ICE raided six farms in Iowa," complained Gov. Dale Orr.', "US.STATES"),
        ('"ICE raided six farms in Iowa," replied the White House.', "US.POTUS"),
    ],
)
def test_who_speaks_may_stand_behind_the_verb(text: str, speaker: str) -> None:
    found = actions_of(text)[0].speaker
    assert found is not None
    assert found.code == speaker


def test_cartels_act_in_nothing_that_is_told_of_them() -> None:
    actions = actions_of("Recruitment by cartels should be stopped with scholarships for boys.")
    assert not any(party.code == "CARTELS" for action in actions for party in action.actors)
