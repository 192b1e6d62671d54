"""Every lever in many words, English and Spanish: what is done, how far it has come, and who does it."""

from __future__ import annotations

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out

Wording = tuple[str, str, str, str | None]


def read(text: str) -> list[tuple[str, str, str | None]]:
    layout = lay_out(text)
    found = find_actions(layout, (), (), era_of(layout))
    return [(a.lever, a.status, a.actors[0].code if a.actors else None) for a in found]


WORDINGS: list[Wording] = [
    # strikes
    (
        "The Pentagon is considering drone strikes on cartel labs in Mexico.",
        "military.strike_lab",
        "under_consideration",
        "US.DOD",
    ),
    (
        "The President authorized airstrikes against fentanyl labs in Sinaloa.",
        "military.strike_lab",
        "authorised",
        "US.POTUS",
    ),
    (
        "The White House has not ruled out missile strikes on cartel leaders.",
        "military.strike_leader",
        "under_consideration",
        "US.POTUS",
    ),
    ("U.S. forces bombed a fentanyl lab in Mexico.", "military.strike_lab", "in_force", "US.DOD"),
    (
        "Military strikes on the cartels in Mexico remain off the table, as they have not been authorized.",
        "military.strike",
        "not_authorised",
        None,
    ),
    (
        "La Casa Blanca analiza ataques con drones contra los cárteles en México.",
        "military.strike",
        "under_consideration",
        "US.POTUS",
    ),
    # surveillance
    ("The CIA has expanded drone flights over Mexico.", "military.surveillance", "expanded", "US.CIA"),
    (
        "The Pentagon suspended surveillance flights along the Mexican border.",
        "military.surveillance",
        "suspended",
        "US.DOD",
    ),
    ("The CIA will resume spy flights over Sinaloa, officials said.", "military.surveillance", "announced", "US.CIA"),
    ("U.S. drones flew over Mexican territory on Monday.", "military.surveillance", "in_force", "US.GOV"),
    (
        "Un avión de Estados Unidos sobrevoló la costa de Baja California, en México.",
        "military.surveillance",
        "in_force",
        None,
    ),
    (
        "El Gobierno de México no ha autorizado vuelos de drones sobre su territorio.",
        "military.surveillance",
        "not_authorised",
        "MX.GOV",
    ),
    # deployment
    ("The Pentagon sent 1,500 soldiers to the border with Mexico.", "military.deployment", "in_force", "US.DOD"),
    (
        "Governor Greg Abbott deployed the Texas National Guard to Eagle Pass.",
        "military.deployment",
        "in_force",
        "US.STATES",
    ),
    ("The Defense Department will withdraw 500 troops from the border.", "military.deployment", "announced", "US.DOD"),
    ("Trump ordered 3,000 more troops to the southern border.", "military.deployment", "ordered", "US.POTUS"),
    (
        "The Pentagon is weighing whether to send another battalion to the Texas border.",
        "military.deployment",
        "under_consideration",
        "US.DOD",
    ),
    ("Washington envió 2.000 soldados a la frontera con México.", "military.deployment", "in_force", "US.GOV"),
    # emergency
    (
        "President Trump declared a national emergency at the southern border.",
        "emergency.declaration",
        "in_force",
        "US.POTUS",
    ),
    ("The national emergency at the border was extended for one year.", "emergency.declaration", "expanded", None),
    (
        "President Biden terminated the national emergency at the border.",
        "emergency.declaration",
        "rescinded",
        "US.POTUS",
    ),
    (
        "The administration plans to declare a national emergency over fentanyl.",
        "emergency.declaration",
        "announced",
        "US.GOV",
    ),
    ("Trump declaró una emergencia nacional en la frontera.", "emergency.declaration", "in_force", "US.POTUS"),
    (
        "A federal judge blocked the emergency declaration at the border.",
        "emergency.declaration",
        "blocked",
        "US.COURT",
    ),
    # designation
    (
        "The State Department designated six cartels as foreign terrorist organizations.",
        "designation.terrorist",
        "in_force",
        "US.STATE",
    ),
    (
        "The administration is considering adding two cartels to its list of terrorist organizations.",
        "designation.terrorist",
        "under_consideration",
        "US.GOV",
    ),
    (
        "Lawmakers introduced a bill to designate the Sinaloa Cartel a foreign terrorist organization.",
        "designation.terrorist",
        "proposed",
        "US.CONGRESS",
    ),
    (
        "Estados Unidos designó a seis cárteles como organizaciones terroristas.",
        "designation.terrorist",
        "in_force",
        "US.GOV",
    ),
    ("Four cartels were listed as terrorist groups.", "designation.terrorist", "in_force", None),
    (
        "The Secretary of State will label the cartel a terrorist organization.",
        "designation.terrorist",
        "announced",
        "US.STATE",
    ),
    # remain in Mexico
    ("DHS reinstated the Remain in Mexico policy.", "asylum.remain_in_mexico", "reinstated", "US.DHS"),
    (
        "The administration suspended the Migrant Protection Protocols.",
        "asylum.remain_in_mexico",
        "suspended",
        "US.GOV",
    ),
    (
        "An appeals court allowed the government to restart Remain in Mexico.",
        "asylum.remain_in_mexico",
        "reinstated",
        "US.COURT",
    ),
    ("A federal judge in San Diego blocked Remain in Mexico.", "asylum.remain_in_mexico", "blocked", "US.COURT"),
    (
        "El Departamento de Seguridad Nacional reanudó el programa Quédate en México.",
        "asylum.remain_in_mexico",
        "reinstated",
        "US.DHS",
    ),
    ("DHS ended the Migrant Protection Protocols.", "asylum.remain_in_mexico", "rescinded", "US.DHS"),
    # asylum
    ("The White House suspended asylum at the southern border.", "asylum.restriction", "in_force", "US.POTUS"),
    ("A judge in San Francisco struck down the asylum ban.", "asylum.restriction", "blocked", "US.COURT"),
    ("The Supreme Court let the asylum ban take effect.", "asylum.restriction", "reinstated", "US.COURT"),
    ("Officials propose to limit asylum claims at ports of entry.", "asylum.restriction", "proposed", None),
    ("El Gobierno de Estados Unidos restringió el asilo en la frontera.", "asylum.restriction", "in_force", "US.GOV"),
    ("The administration lifted Title 42.", "asylum.restriction", "rescinded", "US.GOV"),
    # agents
    ("CBP hired 1,000 new Border Patrol agents.", "border.agents", "in_force", "US.DHS.CBP"),
    ("Congress funded 3,000 more Border Patrol agents.", "border.agents", "in_force", "US.CONGRESS"),
    (
        "DHS plans to send 400 more officers and Border Patrol agents to El Paso.",
        "border.agents",
        "announced",
        "US.DHS",
    ),
    ("The bill would add 1,500 border agents.", "border.agents", "proposed", "US.CONGRESS"),
    ("The President ordered the hiring of 5,000 Border Patrol agents.", "border.agents", "ordered", "US.POTUS"),
    ("La Patrulla Fronteriza contratará agentes fronterizos en Texas.", "border.agents", "announced", "US.DHS.CBP"),
    # barrier
    ("DHS resumed construction of the border wall near Nogales.", "border.barrier", "reinstated", "US.DHS"),
    ("Biden paused work on the border wall.", "border.barrier", "suspended", "US.POTUS"),
    ("Texas has built 50 miles of border wall.", "border.barrier", "in_force", "US.STATES"),
    ("Congress rejected a plan to build 20 miles of border fence.", "border.barrier", "rejected", "US.CONGRESS"),
    ("CBP said that it would put up 12 miles of fence near Sasabe.", "border.barrier", "announced", "US.DHS.CBP"),
    ("Estados Unidos construirá un muro fronterizo en Sonora.", "border.barrier", "announced", "US.GOV"),
    # interior
    ("ICE carried out workplace raids in Chicago.", "interior.arrests", "in_force", "US.DHS.ICE"),
    ("ICE will begin mass raids on Sunday.", "interior.arrests", "announced", "US.DHS.ICE"),
    ("A federal judge barred immigration arrests at courthouses.", "interior.arrests", "blocked", "US.COURT"),
    ("ICE paused raids on farms.", "interior.arrests", "suspended", "US.DHS.ICE"),
    ("ICE lanzó redadas en Los Ángeles contra migrantes.", "interior.arrests", "in_force", "US.DHS.ICE"),
    ("ICE signed 287(g) agreements with 40 sheriffs.", "interior.local_cooperation", "in_force", "US.DHS.ICE"),
    (
        "The Justice Department will cut funds for sanctuary cities.",
        "interior.local_cooperation",
        "announced",
        "US.DOJ",
    ),
    (
        "A judge in Seattle blocked the order to withhold grants from sanctuary cities.",
        "interior.local_cooperation",
        "blocked",
        "US.COURT",
    ),
    ("ICE opened a new detention center in Texas.", "interior.detention", "in_force", "US.DHS.ICE"),
    ("DHS closed two migrant detention centers in Texas.", "interior.detention", "ended", "US.DHS"),
    (
        "The President signed an order to expand immigration detention capacity.",
        "interior.detention",
        "ordered",
        "US.POTUS",
    ),
    ("A federal judge halted deportation flights to Guatemala.", "interior.removal", "blocked", "US.COURT"),
    ("ICE deported 4,000 migrants to Honduras.", "interior.removal", "in_force", "US.DHS.ICE"),
    (
        "The government invoked the Alien Enemies Act, and deportation flights will follow.",
        "interior.removal",
        "announced",
        None,
    ),
    ("Estados Unidos deportó a 300 migrantes a Guatemala.", "interior.removal", "in_force", "US.GOV"),
    # justice, trade
    ("Mexico handed over 26 cartel members to the United States.", "justice.transfer", "completed", "MX.GOV"),
    ("Mexico extradited a cartel leader to the United States.", "justice.transfer", "completed", "MX.GOV"),
    (
        "Washington requested the extradition of two cartel bosses from Mexico.",
        "justice.transfer",
        "requested",
        "US.GOV",
    ),
    ("El Gobierno de México trasladó a 29 reos a Estados Unidos.", "justice.transfer", "completed", "MX.GOV"),
    ("Fueron trasladados 26 capos a Estados Unidos.", "justice.transfer", "completed", None),
    ("Se extraditó a tres líderes del cártel a Estados Unidos.", "justice.transfer", "completed", None),
    (
        "Un juez federal suspendió la extradición de un capo a Estados Unidos.",
        "justice.transfer",
        "blocked",
        "MX.COURT",
    ),
    ("The White House postponed the tariffs on Mexican goods.", "trade.tariff", "suspended", "US.POTUS"),
    ("Trump imposed a 25 percent duty on Mexican steel.", "trade.tariff", "in_force", "US.POTUS"),
    ("Trump threatened tariffs on Mexico.", "trade.tariff", "under_consideration", "US.POTUS"),
    ("A trade court struck down the tariffs on Mexico.", "trade.tariff", "blocked", "US.COURT"),
    ("Trump suspendió los aranceles a México.", "trade.tariff", "suspended", "US.POTUS"),
    # drugs and arms
    ("CBP installed X-ray scanners at the Laredo bridge.", "drugs.port_scanning", "in_force", "US.DHS.CBP"),
    ("Congress funded scanners for ports of entry.", "drugs.port_scanning", "in_force", "US.CONGRESS"),
    ("CBP shut down the scanners at the Nogales port.", "drugs.port_scanning", "ended", "US.DHS.CBP"),
    (
        "La aduana mexicana instalará rayos X en el puerto de Manzanillo contra el fentanilo.",
        "drugs.port_scanning",
        "announced",
        "MX.GOV",
    ),
    ("Mexico's navy seized precursor chemicals at Manzanillo.", "drugs.precursor_control", "in_force", "MX.MIL"),
    ("China will restrict exports of fentanyl precursors.", "drugs.precursor_control", "announced", None),
    (
        "La Secretaría de Marina decomisó precursores químicos en Manzanillo.",
        "drugs.precursor_control",
        "in_force",
        "MX.MIL",
    ),
    ("CBP expanded southbound inspections for guns.", "arms.southbound_inspection", "expanded", "US.DHS.CBP"),
    (
        "DHS will open outbound lanes at the border to search for weapons.",
        "arms.southbound_inspection",
        "announced",
        "US.DHS",
    ),
    ("El Ejército frenó el tráfico de armas en la frontera.", "arms.southbound_inspection", "in_force", "MX.MIL"),
    # Mexico
    ("Mexican marines arrested a boss of the Jalisco cartel.", "mexico.arrests", "in_force", "MX.MIL"),
    (
        "La Secretaría de Seguridad detuvo a 14 integrantes del Cártel de Sinaloa.",
        "mexico.arrests",
        "in_force",
        "MX.SSPC",
    ),
    ("El Ejército destruyó 12 laboratorios clandestinos en Sinaloa.", "mexico.lab_raids", "in_force", "MX.MIL"),
    ("Mexican soldiers dismantled three fentanyl labs in Culiacán.", "mexico.lab_raids", "in_force", "MX.MIL"),
    ("Tres laboratorios fueron desmantelados en Durango, México.", "mexico.lab_raids", "in_force", None),
    (
        "El Gobierno de México desplegó 10 mil elementos de la Guardia Nacional.",
        "mexico.migration_enforcement",
        "in_force",
        "MX.GOV",
    ),
    (
        "Mexico's National Guard broke up a migrant caravan in Chiapas.",
        "mexico.migration_enforcement",
        "in_force",
        "MX.MIL",
    ),
    (
        "El Instituto Nacional de Migración instaló retenes en Chiapas para frenar a los migrantes.",
        "mexico.migration_enforcement",
        "in_force",
        "MX.GOV",
    ),
    # health and prevention
    ("Congress cut funding for naloxone.", "health.treatment_naloxone", "in_force", "US.CONGRESS"),
    ("Texas will distribute naloxone at the border.", "health.treatment_naloxone", "announced", "US.STATES"),
    ("La Secretaría de Salud distribuyó naloxona en la frontera.", "health.treatment_naloxone", "in_force", "MX.GOV"),
    (
        "Mexico launched a scholarship program to keep young people out of the cartels.",
        "prevention.recruitment",
        "in_force",
        "MX.GOV",
    ),
    (
        "El Gobierno de México amplió Jóvenes Construyendo el Futuro contra el reclutamiento de los cárteles.",
        "prevention.recruitment",
        "expanded",
        "MX.GOV",
    ),
    # responses
    ("Mexico's foreign ministry rejected the U.S. tariffs.", "diplomacy.reject", "rejected", "MX.SRE"),
    ("La Cancillería rechazó la intervención de tropas extranjeras.", "diplomacy.reject", "rejected", "MX.SRE"),
    (
        "President Claudia Sheinbaum accused the United States of arming the cartels.",
        "diplomacy.accuse",
        "in_force",
        "MX.PRES",
    ),
    ("El Gobierno de México acusó a Estados Unidos de violar su soberanía.", "diplomacy.accuse", "in_force", "MX.GOV"),
    ("President Claudia Sheinbaum promised to cooperate with Washington.", "diplomacy.pledge", "pledged", "MX.PRES"),
    ("Three shelters sued over the asylum rule.", "opposition.suit", "in_force", "OPP.ACTIVISTS"),
    ("The ACLU filed a lawsuit against the asylum ban.", "opposition.suit", "in_force", "OPP.ACTIVISTS"),
    ("Activists tipped off residents about the ICE raid.", "opposition.leak", "in_force", "OPP.ACTIVISTS"),
    ("Thousands marched in Los Angeles against the ICE raids.", "opposition.protest", "in_force", "OPP.ACTIVISTS"),
    (
        "Activists rallied outside the ICE office against deportations.",
        "opposition.protest",
        "in_force",
        "OPP.ACTIVISTS",
    ),
    (
        "Organizaciones de migrantes marcharon contra el muro fronterizo.",
        "opposition.protest",
        "in_force",
        "OPP.ACTIVISTS",
    ),
]


@pytest.mark.parametrize(("text", "lever", "status", "actor"), WORDINGS, ids=[wording[0][:60] for wording in WORDINGS])
def test_a_wording_is_read_with_its_lever_status_and_actor(
    text: str, lever: str, status: str, actor: str | None
) -> None:
    assert (lever, status, actor) in read(text)
