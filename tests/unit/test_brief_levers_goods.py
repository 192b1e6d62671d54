"""Levers of goods, health and prevention in words that many authors would use, English and Spanish."""

from __future__ import annotations

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out

# A sentence of its own does not say which border it is about; a document does.
CONTEXT = "Officials met in Mexico City to talk about the border and fentanyl."


def read(sentence: str) -> list[tuple[str, str]]:
    gap = "\n\n" if sentence.startswith("-") else " "
    layout = lay_out(f"{CONTEXT}{gap}{sentence}")
    return [(action.lever, action.status) for action in find_actions(layout, (), (), era_of(layout))]


WORDINGS: list[tuple[str, str, str]] = [
    ("Mexico handed over 26 cartel figures to U.S. authorities on Tuesday.", "justice.transfer", "completed"),
    (
        "El Gobierno de México entregó a Estados Unidos a 26 integrantes de grupos criminales.",
        "justice.transfer",
        "completed",
    ),
    (
        "Still being weighed is the handover of a fourth group of imprisoned capos to the United States.",
        "justice.transfer",
        "under_consideration",
    ),
    (
        (
            "A plan to transfer 40 more inmates wanted in Texas has been put forward by the attorney "
            "general's office in Mexico City."
        ),
        "justice.transfer",
        "proposed",
    ),
    (
        "The Justice Department has formally requested the extradition of Caro Quintero.",
        "justice.transfer",
        "requested",
    ),
    (
        "Mexico refused to extradite the former governor accused of protecting the cartel.",
        "justice.transfer",
        "rejected",
    ),
    ("México se negó a extraditar al exgobernador señalado por nexos con el cártel.", "justice.transfer", "rejected"),
    ("Mexico has paused the transfer of inmates to American custody.", "justice.transfer", "suspended"),
    (
        "The foreign ministry approved the extradition of a cartel lieutenant to face charges in San Diego.",
        "justice.transfer",
        "authorised",
    ),
    (
        "The National Security Council ordered the transfer of 26 inmates to U.S. custody under the security law.",
        "justice.transfer",
        "ordered",
    ),
    (
        "- Secured the transfer of 55 high-value cartel targets from Mexico to the United States",
        "justice.transfer",
        "completed",
    ),
    ("Mexico plans to ship 15 more convicted traffickers to U.S. prisons.", "justice.transfer", "announced"),
    (
        "Officials have floated a standing mechanism for handing jailed bosses to the United States.",
        "justice.transfer",
        "floated",
    ),
    ("The president slapped a 30 percent duty on Mexican tomatoes.", "trade.tariff", "in_force"),
    (
        "Trump said he would hit Mexico with a 25 percent levy on everything it sells north.",
        "trade.tariff",
        "announced",
    ),
    ("The duty on Mexican trucks was put off until April.", "trade.tariff", "suspended"),
    ("Washington eliminó el arancel al jitomate mexicano.", "trade.tariff", "rescinded"),
    ("The White House doubled the levy on Mexican steel to 50 percent.", "trade.tariff", "expanded"),
    ("The president signed a proclamation putting a 50 percent duty on copper from Mexico.", "trade.tariff", "ordered"),
    ("No tariff on goods from Mexico has been approved.", "trade.tariff", "not_authorised"),
    ("Entraron en vigor los aranceles de 25 por ciento a las importaciones de México.", "trade.tariff", "took_effect"),
    ("Trump anunció aranceles de 30 por ciento a México a partir del 1 de agosto.", "trade.tariff", "announced"),
    (
        "Goods that comply with the USMCA are exempt from the tariff on Mexico, under the order.",
        "trade.tariff",
        "in_force",
    ),
    ("México impondrá aranceles de represalia a productos estadounidenses.", "trade.tariff", "announced"),
    (
        (
            "The Commissioner shall scan all commercial vehicles entering from Mexico with non-intrusive "
            "inspection systems."
        ),
        "drugs.port_scanning",
        "ordered",
    ),
    (
        "The bill would require that 90 percent of trucks crossing from Mexico be scanned.",
        "drugs.port_scanning",
        "proposed",
    ),
    (
        "Proposed in the budget is $300 million for nonintrusive inspection equipment at land ports.",
        "drugs.port_scanning",
        "proposed",
    ),
    (
        "Being studied is a pilot of gamma-ray imaging at the Nogales port of entry.",
        "drugs.port_scanning",
        "under_consideration",
    ),
    (
        "Installation of the scanners at the Pharr bridge has been suspended for lack of money.",
        "drugs.port_scanning",
        "suspended",
    ),
    ("Se ampliará el uso de escáneres en los cruces fronterizos con México.", "drugs.port_scanning", "announced"),
    (
        "La Aduana de Nuevo Laredo puso en operación equipos de rayos X para revisar camiones.",
        "drugs.port_scanning",
        "in_force",
    ),
    (
        "The last of the 153 planned scanners at the southwest border was switched on in June.",
        "drugs.port_scanning",
        "in_force",
    ),
    ("A judge halted the contract for cargo scanners at the southern border.", "drugs.port_scanning", "blocked"),
    (
        "Every truck at the Ysleta bridge is now X-rayed before it enters from Mexico.",
        "drugs.port_scanning",
        "in_force",
    ),
    (
        "House appropriators rejected a request for more drive-through imaging systems at the border.",
        "drugs.port_scanning",
        "rejected",
    ),
    ("Con rayos X se revisan todos los camiones de carga en el cruce de Otay.", "drugs.port_scanning", "in_force"),
    ("Congress authorized the purchase of scanning equipment for the land ports.", "drugs.port_scanning", "authorised"),
    ("China placed three fentanyl precursors under control.", "drugs.precursor_control", "in_force"),
    ("The president urged China to crack down on precursor exports.", "drugs.precursor_control", "requested"),
    (
        "The Administrator shall place 4-piperidone on the list of controlled precursors used to make fentanyl.",
        "drugs.precursor_control",
        "ordered",
    ),
    ("China resumed counternarcotics talks on fentanyl precursors.", "drugs.precursor_control", "reinstated"),
    ("Cooperation on precursors was restored after the leaders' meeting.", "drugs.precursor_control", "reinstated"),
    ("The export controls on fentanyl precursors took effect on Nov. 10.", "drugs.precursor_control", "took_effect"),
    (
        "Tighter rules for imports of pill presses and precursor chemicals are under review in Mexico.",
        "drugs.precursor_control",
        "under_consideration",
    ),
    ("Un juez suspendió la prohibición de importar precursores químicos.", "drugs.precursor_control", "blocked"),
    (
        "México anunció un registro nacional de importadores de sustancias químicas de uso dual.",
        "drugs.precursor_control",
        "announced",
    ),
    ("China's ban on exports of some precursors expired and was not renewed.", "drugs.precursor_control", "ended"),
    (
        "The Stop Fentanyl Precursors Act would sanction sellers of chemical precursors.",
        "drugs.precursor_control",
        "proposed",
    ),
    ("No precursor chemical may be exported to Mexico without a permit.", "drugs.precursor_control", "not_authorised"),
    ("CBP stepped up southbound inspections for guns at the Laredo bridges.", "arms.southbound_inspection", "expanded"),
    ("Customs officers began checking cars heading into Mexico for weapons.", "arms.southbound_inspection", "in_force"),
    (
        "Sheinbaum called on the United States to stop the flow of guns to the cartels.",
        "arms.southbound_inspection",
        "requested",
    ),
    (
        "Agentes de CBP revisan los vehículos que salen hacia México en busca de armas.",
        "arms.southbound_inspection",
        "in_force",
    ),
    ("Southbound inspections resumed at San Ysidro in July.", "arms.southbound_inspection", "reinstated"),
    (
        "Under study is a permanent outbound lane for vehicle checks at El Paso.",
        "arms.southbound_inspection",
        "under_consideration",
    ),
    (
        "The administration dropped southbound gun checks at three crossings into Mexico.",
        "arms.southbound_inspection",
        "rescinded",
    ),
    (
        "No vehicle may cross into Mexico without an outbound inspection at the port.",
        "arms.southbound_inspection",
        "not_authorised",
    ),
    (
        "Lawmakers pressed CBP to raise the number of outbound checks for firearms.",
        "arms.southbound_inspection",
        "requested",
    ),
    (
        (
            "Pulse-and-surge checks of Mexico-bound lanes, in which officers search every fifth car, have "
            "been under way since May."
        ),
        "arms.southbound_inspection",
        "in_force",
    ),
    (
        "The state distributed 200,000 doses of naloxone to stop fentanyl deaths.",
        "health.treatment_naloxone",
        "in_force",
    ),
    (
        "Access to buprenorphine was expanded for patients with opioid use disorder.",
        "health.treatment_naloxone",
        "expanded",
    ),
    (
        "Eliminated in the budget is the $56 million program that trains first responders in naloxone.",
        "health.treatment_naloxone",
        "rescinded",
    ),
    ("The bill would make methadone available at pharmacies.", "health.treatment_naloxone", "proposed"),
    (
        "The Secretary shall expand access to medication-assisted treatment for opioid addiction.",
        "health.treatment_naloxone",
        "ordered",
    ),
    ("A judge blocked the cuts to addiction treatment funding.", "health.treatment_naloxone", "blocked"),
    ("Diputados propusieron que la naloxona sea de venta libre.", "health.treatment_naloxone", "proposed"),
    ("López Obrador rejected making naloxone freely available in Mexico.", "health.treatment_naloxone", "rejected"),
    (
        "The president requested $15 billion for opioid treatment and recovery services.",
        "health.treatment_naloxone",
        "requested",
    ),
    ("No pharmacy may sell naloxone in Mexico without a prescription.", "health.treatment_naloxone", "not_authorised"),
    (
        "Overdose reversal kits were handed to every officer on the southern border.",
        "health.treatment_naloxone",
        "in_force",
    ),
    ("The purchase of naloxone was put on hold.", "health.treatment_naloxone", "suspended"),
    ("Mexico launched a program to keep young men out of the cartels.", "prevention.recruitment", "in_force"),
    (
        "Sheinbaum anunció un programa para evitar el reclutamiento de jóvenes por el crimen organizado.",
        "prevention.recruitment",
        "announced",
    ),
    ("Arrancó la estrategia de atención a las causas en Culiacán.", "prevention.recruitment", "in_force"),
    (
        "Deputies proposed a law to punish the recruitment of minors by the cartels and to fund prevention.",
        "prevention.recruitment",
        "proposed",
    ),
    (
        "Under discussion is a national fund for youths whom the cartels try to recruit.",
        "prevention.recruitment",
        "under_consideration",
    ),
    (
        "The youth employment program in Michoacán was suspended when the money ran out.",
        "prevention.recruitment",
        "suspended",
    ),
    (
        "The president of Mexico promised jobs and schooling for young people in cartel territory.",
        "prevention.recruitment",
        "pledged",
    ),
    (
        "Se pondrá en marcha un programa piloto de empleo para jóvenes en zonas de alta violencia.",
        "prevention.recruitment",
        "announced",
    ),
    (
        "A law that makes recruiting minors for organized crime a felony took effect in Mexico.",
        "prevention.recruitment",
        "took_effect",
    ),
    (
        "Los jóvenes en riesgo de reclutamiento de Fresnillo recibieron capacitación laboral.",
        "prevention.recruitment",
        "in_force",
    ),
    (
        "Sheinbaum instructed the labor ministry to open apprenticeships for youths in Culiacán.",
        "prevention.recruitment",
        "ordered",
    ),
    (
        "A demobilization program that helps cartel gunmen leave the ranks was set up in Sinaloa.",
        "prevention.recruitment",
        "in_force",
    ),
    ("Washington suspended aid to Mexico under the Mérida Initiative.", "unmapped.aid", "suspended"),
    ("The State Department will provide $50 million in aid to help Mexico fight cartels.", "unmapped.aid", "announced"),
    ("Estados Unidos congeló la ayuda a México para el combate a los cárteles.", "unmapped.aid", "suspended"),
    ("Being considered is a cut in assistance to Mexico.", "unmapped.aid", "under_consideration"),
    ("Estados Unidos donará equipo forense a la fiscalía de México.", "unmapped.aid", "announced"),
    (
        "The two governments signed an agreement on security cooperation along the border.",
        "unmapped.agreement",
        "completed",
    ),
    ("The United States withdrew from the tomato suspension agreement with Mexico.", "unmapped.agreement", "rescinded"),
    (
        "The two countries extended their agreement on sharing intelligence about the cartels.",
        "unmapped.agreement",
        "expanded",
    ),
    ("Mexico suspended its security cooperation agreement with Washington.", "unmapped.agreement", "suspended"),
    ("OFAC designated 23 companies tied to timeshare fraud by the cartel.", "unmapped.sanction", "in_force"),
    (
        "El Departamento del Tesoro sancionó a 13 empresas vinculadas al Cártel de Sinaloa.",
        "unmapped.sanction",
        "in_force",
    ),
    ("The State Department revoked the visas of 50 Mexican politicians.", "unmapped.sanction", "in_force"),
    ("The bill would impose sanctions on banks that launder fentanyl money.", "unmapped.sanction", "proposed"),
    ("Estados Unidos retiró la visa a la gobernadora de Baja California.", "unmapped.sanction", "in_force"),
    ("La UIF congeló cuentas de empresas ligadas al cártel.", "unmapped.sanction", "in_force"),
    ("The president ordered strikes on drug boats in the Pacific.", "unmapped.vessel_strike", "ordered"),
    ("Strikes on suspected drug boats were paused off Mexico.", "unmapped.vessel_strike", "suspended"),
    (
        "The Mexican foreign ministry denied the extradition of a fugitive banker on human rights grounds.",
        "justice.transfer",
        "rejected",
    ),
    (
        "El gobierno de Sheinbaum aceleró las extradiciones de narcotraficantes reclamados por Washington.",
        "justice.transfer",
        "expanded",
    ),
    (
        "A fourth planeload of cartel prisoners will leave Toluca for Texas before Christmas, officials said.",
        "justice.transfer",
        "announced",
    ),
    ("U.S. marshals took custody of 26 convicts delivered by Mexico.", "justice.transfer", "completed"),
    ("Un amparo frenó la extradición de Rafael Caro Quintero.", "justice.transfer", "blocked"),
    ("Beginning January 1, Mexican trucks will face a 25 percent import duty.", "trade.tariff", "announced"),
    ("The higher rate on Mexican steel kicked in on Wednesday.", "trade.tariff", "took_effect"),
    (
        "El presidente estadounidense advirtió que gravará con 30 por ciento los productos mexicanos.",
        "trade.tariff",
        "announced",
    ),
    (
        "Un tribunal de comercio anuló los aranceles impuestos a México con el argumento del fentanilo.",
        "trade.tariff",
        "blocked",
    ),
    ("The agency was told to run every northbound truck through an X-ray by June.", "drugs.port_scanning", "ordered"),
    ("The Department canceled its order for 40 backscatter vans at the border.", "drugs.port_scanning", "rescinded"),
    ("Habrá rayos X en los ocho carriles de la garita de San Ysidro en 2027.", "drugs.port_scanning", "announced"),
    (
        "A bipartisan bill would pour $500 million into nonintrusive inspection at the southwest ports.",
        "drugs.port_scanning",
        "proposed",
    ),
    ("Budget trouble has idled the new cargo scanners at Pharr.", "drugs.port_scanning", "suspended"),
    (
        "Mexico will demand end-user certificates for shipments of acetone and methylamine.",
        "drugs.precursor_control",
        "announced",
    ),
    (
        "India has turned down a request to restrict sales of fentanyl ingredients.",
        "drugs.precursor_control",
        "rejected",
    ),
    (
        "Beijing's new export regime for 13 drug chemicals came into force on Monday.",
        "drugs.precursor_control",
        "took_effect",
    ),
    (
        "Autoridades cerraron 12 empresas que desviaban sustancias químicas a los laboratorios del narco.",
        "drugs.precursor_control",
        "in_force",
    ),
    ("La cooperación de China en materia de precursores quedó en pausa.", "drugs.precursor_control", "suspended"),
    (
        "Twice as many Mexico-bound cars are now being checked at Hidalgo as last year.",
        "arms.southbound_inspection",
        "in_force",
    ),
    (
        "Washington y México instalarán un grupo de trabajo contra el contrabando de armas.",
        "arms.southbound_inspection",
        "announced",
    ),
    ("With the shutdown, outbound exams at the Arizona ports stopped.", "arms.southbound_inspection", "ended"),
    (
        "Sheinbaum pidió que se revisen los vehículos que van de norte a sur para evitar la entrada de armas.",
        "arms.southbound_inspection",
        "requested",
    ),
    ("Washington has pulled $345 million in addiction grants.", "health.treatment_naloxone", "rescinded"),
    ("Free overdose antidotes will be handed out at the border bridges.", "health.treatment_naloxone", "announced"),
    ("The Trade-offs Act would lift the cap on methadone take-home doses.", "health.treatment_naloxone", "proposed"),
    ("El gobierno de Sonora dotó de naloxona a sus policías.", "health.treatment_naloxone", "in_force"),
    (
        "A federal judge barred the department from withholding opioid treatment money.",
        "health.treatment_naloxone",
        "blocked",
    ),
    ("Habrá 50 mil becas para muchachos de colonias donde el cártel recluta.", "prevention.recruitment", "announced"),
    (
        "The grant that paid for soccer leagues and tutoring in Juárez barrios where gangs recruit was cancelled.",
        "prevention.recruitment",
        "rescinded",
    ),
    (
        "A deputy wants prison for anyone who recruits minors into organized crime.",
        "prevention.recruitment",
        "proposed",
    ),
    (
        "Jóvenes Construyendo el Futuro se extendió a ocho municipios de Michoacán.",
        "prevention.recruitment",
        "expanded",
    ),
    ("Mexico may pay stipends to young people who quit the cartels.", "prevention.recruitment", "under_consideration"),
]

NO_ACT = [
    "Extradition is the formal process by which one country surrenders a suspect to another.",
    "Extraditions rose 20 percent over the decade.",
    "The extradition treaty of 1978 lets either country refuse to surrender its nationals.",
    "Money transfers from the United States to Mexico reached a record.",
    "Technology transfer between Mexican and American universities is growing.",
    "Experts doubt that removing bosses weakens cartels.",
    "Tariffs are taxes on imports.",
    "Washington imposed a 50 percent tariff on Brazil over a trial.",
    "Would a tariff on Mexico stop fentanyl?",
    "The average tariff on Mexican goods stood at 7.5 percent in October.",
    "Agents on duty at the border found the car.",
    "Los aranceles son impuestos a la importación de mercancías de México.",
    "Exporters in Mexico worry about the tariffs.",
    "Scanners use X-rays to see inside a vehicle at the border.",
    "Only 4 percent of cars from Mexico were scanned last year.",
    "Hospital scanners in Mexico City are old.",
    "Do scanners stop fentanyl at the border?",
    "Retina scanners are used to identify migrants at the border.",
    "Scanning of documents is slow at the consulate in Mexico.",
    "Precursor chemicals are the raw material of fentanyl.",
    "The precursor to the treaty was signed in 1942 with Mexico.",
    "Cartel chemists switch to pre-precursors when supply dries up.",
    "Would export licences in China cut the supply of fentanyl?",
    "Cartel brokers buy precursor chemicals from suppliers in Wuhan.",
    "Traffickers imported 30 tons of precursors through Manzanillo.",
    "An estimated 200,000 guns are smuggled into Mexico each year.",
    "Southbound traffic on I-5 was slow near San Diego.",
    "Would outbound inspections stop the iron river?",
    "Only a fraction of southbound cars are searched, researchers estimate.",
    "Fast and Furious was an operation of the ATF in 2009.",
    "Naloxone reverses an opioid overdose.",
    "Naloxone saved 27,000 lives, researchers estimate.",
    "Water treatment plants in Tijuana dump sewage.",
    "Is treatment cheaper than enforcement at the border?",
    "Studies show that methadone lowers deaths.",
    "A passer-by gave him naloxone and he survived.",
    "Cartels recruit some 350 people a week.",
    "The cartel recruited teenagers with fake job offers.",
    "Young men join cartels because wages are low.",
    "ICE launched a recruitment campaign for deportation officers.",
    "A ranch in Teuchitlán was used to train recruits of the cartel.",
    "First aid kits were found at the border.",
    "The agreement between two cartels broke down in Sinaloa.",
    "A plea agreement with the Mexican trafficker was sealed.",
    "Washington sanctioned Russia over Ukraine.",
    "A prison transfer within Mexico sparked a riot in Durango.",
    "Tariff revenue from Mexican imports came to $9 billion last year.",
    "Who pays the tariffs on Mexican avocados?",
    "Scanning is no cure for fentanyl, the columnist wrote.",
    "An X-ray showed balloons of heroin in the smuggler's stomach at the border.",
    "Without precursors from Asia there would be no fentanyl.",
    "Chemists in Culiacán can now make precursors from scratch, the report warns.",
    "Seven in ten guns recovered in Mexico were bought north of the border.",
    "Southbound commuters wait 40 minutes at the bridge.",
    "Naloxone costs $45 a box at pharmacies along the border.",
    "He died before paramedics could give him naloxone.",
    "The cartels lure boys with trucks and cash.",
    "Mexico's young people see few jobs outside the cartels.",
]


@pytest.mark.parametrize(("sentence", "lever", "status"), WORDINGS)
def test_a_wording_is_read_with_its_lever_and_status(sentence: str, lever: str, status: str) -> None:
    assert (lever, status) in read(sentence)


@pytest.mark.parametrize("sentence", NO_ACT)
def test_what_only_speaks_of_a_measure_states_no_act(sentence: str) -> None:
    assert read(sentence) == []
