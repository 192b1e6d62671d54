"""Strikes, surveillance, troops, emergencies, terrorist lists, barriers and agents in the words of many authors."""

from __future__ import annotations

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out

# Wordings lean on what stands before them: a text of its own would say first what it is about.
CONTEXT = "Washington and Mexico City have argued over the southern border and the cartels for years. "

# By lever: status and sentence.
ACTS = """
[military.strike]
not_authorised | No strike on Mexican soil has yet been authorized.
ordered | Trump signed a secret directive ordering the Pentagon to use military force against drug cartels.
proposed | The bill would authorize all necessary force against those responsible for trafficking fentanyl.
rejected | The House voted down a resolution authorizing military force against Mexican cartels.
suspended | The Pentagon has put on hold a plan for commando raids on cartel compounds.
expanded | The air campaign against cartel targets in Sinaloa was widened on Friday to Michoacán.
in_force | Special operations troops raided a Jalisco cartel safe house in Nayarit and killed its commander.
[military.strike_lab]
under_consideration | Pentagon planners are weighing airstrikes on fentanyl labs in Sinaloa, two officials said.
ordered | The Secretary of Defense shall carry out targeted strikes on fentanyl production sites.
under_consideration | La Casa Blanca sopesa bombardear laboratorios de fentanilo en Sinaloa.
in_force | Un dron estadounidense atacó un laboratorio clandestino en la sierra de Durango.
[military.strike_leader]
under_consideration | Still being weighed are precision strikes against the heads of the Jalisco cartel.
[military.surveillance]
expanded | The CIA has stepped up secret drone flights over Mexico to hunt for fentanyl labs.
in_force | Unarmed MQ-9 Reapers operated by the agency are sniffing out fentanyl labs deep inside Mexico.
in_force | An RC-135 Rivet Joint spy plane flew a six-hour mission over the Gulf of California near Sinaloa.
under_consideration | Still being weighed are flights by U-2 spy planes along the Mexican border.
suspended | Overflights of Sinaloa by agency drones were suspended in March.
authorised | The overflights were authorized by Mexico's defense ministry.
ended | The spy flights over Mexico ended in June, according to a former official.
in_force | The drones, which have not been armed, are flown by the CIA over the Sierra Madre to locate drug labs.
rejected | Sheinbaum turned down an American request to fly surveillance drones over Michoacán.
expanded | La CIA intensificó los vuelos secretos con drones sobre México para localizar laboratorios de fentanilo.
requested | El gobierno de México solicitó los sobrevuelos de drones de la CIA en Sinaloa.
ordered | The President ordered U.S. Northern Command to increase reconnaissance flights over the southern border.
[military.deployment]
ordered | The Pentagon ordered 1,500 additional active-duty troops to the southern border on Wednesday.
announced | A Stryker brigade of some 2,400 soldiers will head to the border in the coming weeks.
under_consideration | As many as 10,000 soldiers could be sent to the border under a plan being drafted at the Pentagon.
ordered | The Secretary of Defense shall order as many units or members of the Armed Forces as he finds fit.
ordered | Governor Abbott called up 400 more Texas Guardsmen for Operation Lone Star.
in_force | The first 500 Marines arrived in San Diego on Friday.
authorised | The President has authorized the deployment of the 10th Mountain Division to the southern border.
in_force | El Pentágono mandó mil 500 soldados más a la frontera con México.
expanded | The border mission of 2,500 troops has been extended through fiscal year 2026.
in_force | Deployed along the river in Eagle Pass are two companies of military police.
[diplomacy.reject]
rejected | Sheinbaum rejected Trump's offer to send U.S. troops into Mexico to fight the cartels.
[mexico.migration_enforcement]
in_force | Soldados mexicanos patrullan desde ayer el Río Bravo en Ciudad Juárez.
[emergency.declaration]
in_force | I hereby declare that a national emergency exists at the southern border of the United States.
rescinded | Biden terminated the border emergency on January 20, 2021.
blocked | A federal judge in El Paso blocked the use of emergency powers to pay for border barriers.
proposed | Democrats introduced a resolution to end the national emergency at the border.
under_consideration | The White House is weighing a second emergency declaration over fentanyl.
in_force | Declared on Monday, the border emergency frees billions in military construction money.
in_force | The Pentagon designated a 170-mile strip of New Mexico borderland as a national defense area.
ordered | The Secretary of the Interior shall transfer the Roosevelt Reservation to the Department of Defense.
announced | El presidente anunció que declarará una emergencia nacional en la frontera con México.
in_force | El Pentágono creó una zona de defensa nacional a lo largo de 270 kilómetros de la frontera en Nuevo México.
in_force | La declaratoria de emergencia en la frontera fue firmada el 20 de enero.
took_effect | Trump's proclamation of a national emergency at the southern border took effect at once.
[designation.terrorist]
in_force | The State Department designated eight cartels and gangs as foreign terrorist organizations.
ordered | Trump signed an executive order directing that cartels be labeled foreign terrorist organizations.
under_consideration | The administration is considering adding more cartels to the terror list.
proposed | The bill would designate four Mexican cartels as terrorist organizations.
suspended | In 2019 he put off naming the cartels as terrorist groups at the request of López Obrador.
took_effect | The designation of the cartels as terrorist organizations took effect on Thursday.
in_force | Treasury has added the Jalisco cartel to its list of Specially Designated Global Terrorists.
in_force | An executive order classified illicit fentanyl as a weapon of mass destruction.
under_consideration | Estados Unidos estudia catalogar como terroristas a los cárteles mexicanos.
took_effect | La designación de los cárteles como terroristas entró en vigor el jueves.
proposed | Senadores republicanos presentaron una iniciativa para clasificar a los cárteles como terroristas.
reinstated | The terrorist listing of the cartel was reinstated.
[border.barrier]
in_force | Crews are erecting 30-foot steel bollards along a seven-mile stretch near Hidalgo, Texas.
ordered | The Secretary shall immediately resume construction of physical barriers along the southern border.
suspended | Biden paused construction of the wall on his first day.
authorised | Congress approved $46.5 billion for the wall.
blocked | The Ninth Circuit halted wall construction through the wildlife refuge.
completed | CBP finished the last segment of secondary fencing near Yuma.
in_force | Razor wire was laid along the bank by the Texas Guard.
rescinded | Arizona removed the shipping containers that it had stacked along the border.
reinstated | Work on the barrier restarted in March after a four-year pause.
in_force | Estados Unidos construye un nuevo tramo de muro en Sunland Park.
suspended | Biden detuvo la construcción del muro.
reinstated | The Supreme Court let Texas keep its buoys in the river.
[border.agents]
announced | CBP plans to hire 3,000 more Border Patrol agents.
ordered | The Secretary shall hire 5,000 additional Border Patrol agents.
proposed | The bill would provide money for 1,500 new customs officers and agents.
in_force | The Border Patrol now pays new recruits a $20,000 signing bonus.
in_force | Hundreds of agents were shifted from the northern border to Eagle Pass.
suspended | Hiring of Border Patrol agents was frozen in the spring.
requested | DHS requested funds for 350 additional agents in its 2025 budget.
in_force | The agency has not filled the 3,000 agent positions that Congress funded.
in_force | Reassigned to the Tucson sector were 200 agents from Detroit and Buffalo.
in_force | The Border Patrol swore in its largest academy class in a decade.
in_force | La Patrulla Fronteriza ofrece un bono de 20 mil dólares a los nuevos agentes.
ended | The surge of agents to Del Rio came to an end in December.
"""

# By lever whose things they name.
NO_ACTS = """
[military.strike]
Bombing Mexico would be a catastrophe for the bilateral relationship.
Would a missile strike stop a single pill of fentanyl from crossing?
Washington has conducted drone strikes in Yemen and Somalia for two decades.
The workers at the Tijuana plant went on strike over pay.
Airstrikes on Afghan heroin labs in 2017 and 2018 did little to cut the opium trade.
A "strike" means any use of a weapon from an aircraft.
Analysts doubt that killing kingpins would reduce the supply of fentanyl.
The lesson of decapitation is that cartels splinter when their leaders fall.
A majority of Americans oppose military action in Mexico, the poll found.
The cartel attacked a rival's lab in Culiacán with drones carrying explosives.
Gunmen attacked a police patrol in Sinaloa, killing two officers.
El ejército mexicano desmanteló un laboratorio en Culiacán.
[military.surveillance]
Drones cannot tell a fentanyl lab from a farmhouse.
Cartels use drones of their own to watch the Border Patrol along the river.
A surveillance flight means a flight whose purpose is to collect imagery.
Is it legal to fly a spy plane over a neighbour's territory?
Israel flew surveillance drones over southern Lebanon for years.
Public health surveillance in Mexico improved after the pandemic.
The law limits surveillance of Americans by the intelligence agencies.
The flight from Mexico City to Tijuana takes three hours.
Removal flights to Mexico City doubled in May.
Mexico's sovereignty would be violated by any overflight without consent.
The drone market grew by 12 percent last year.
Intelligence sharing with Mexico has always depended on trust.
[military.deployment]
Soldiers are trained to fight wars, not to process asylum seekers.
Troops on the border have become a ritual of American politics.
Should the military enforce immigration law?
NATO has deployed four battalions to Poland's border with Belarus.
"Armed forces" means the Army, Navy, Air Force, Marine Corps and Coast Guard.
President Wilson sent the National Guard to the Mexican border in 1916.
A retired general said the deployment was a waste of readiness.
Cartel foot soldiers operate on both sides of the border.
The National Guard was created in Mexico in 2019.
A soldier costs about $400 a day at the border, the report estimates.
Three soldiers were killed by a mine in Michoacán.
Polls show that most Texans support troops on the border.
[emergency.declaration]
There is no emergency at the border, only a backlog.
Migrants were treated in the emergency room of an El Paso hospital.
Emergency powers have been abused by presidents of both parties.
Mexico declared a health emergency over measles.
Is the border in a state of emergency?
A national emergency under the Act lasts one year unless renewed.
FEMA provides emergency food and shelter funds to border cities.
Governors called it a crisis, but numbers have been falling for a year.
The invasion of Ukraine by Russia displaced millions.
Emergency responders in Arizona carry naloxone.
The Forest Service declared a fire emergency near the Mexican border.
Congress passed the National Emergencies Act in 1976.
[designation.terrorist]
The cartels are not terrorists; they want money, not power.
A foreign terrorist organization is a group that threatens the security of nationals.
Calling cartels terrorists does nothing for a mother in Ohio.
Hamas and Hezbollah were designated as foreign terrorist organizations in 1997.
Would a terrorist label hurt avocado exporters?
The designation of a national monument near the border angered ranchers.
No terrorist has been caught crossing the southern border with a bomb.
The terrorist watchlist had 172 matches at the border last year.
Material support for a designated organization is punishable by 20 years in prison.
Scholars say the terrorist designation of cartels would expose asylum seekers who paid extortion.
Terrorism charges against cartel members carry life sentences.
Canada listed the Proud Boys as a terrorist entity in 2021.
[border.barrier]
Walls do not stop fentanyl, which comes through ports of entry.
A border wall is a monument to fear.
Does the wall work?
Israel built a fence along its border with Egypt.
Hungary erected a razor-wire fence in 2015.
Trade barriers between the United States and Mexico fell under NAFTA.
Language barriers keep many migrants from filing for asylum.
Smugglers cut through the wall with power saws more than 3,000 times.
The wall is 30 feet high and made of steel.
A barrier means any structure designed to impede crossing.
Fifty miles of wall cost as much as a year of treatment for 20,000 people.
Migrants fell from the wall and were taken to hospital.
[border.agents]
Border Patrol agents arrested 8,000 migrants in March.
Agents seized 300 pounds of fentanyl at Nogales.
Morale among agents is at a low, the union says.
Two agents were shot near Laredo.
An agent means any officer of U.S. Customs and Border Protection.
More agents would not make the border safer, critics argue.
How many agents does the border need?
The Border Patrol has about 19,000 agents.
DEA agents worked with Mexican marines against the cartels.
Real estate agents in El Paso report a slump in sales.
Customs officers found pills hidden in a spare tire.
Agents released 2,000 people in San Diego last week.
"""


def rows(table: str) -> list[list[str]]:
    found: list[list[str]] = []
    lever = ""
    for line in table.strip().splitlines():
        if line.startswith("["):
            lever = line.strip("[]")
        else:
            found.append([lever, *line.split(" | ")])
    return found


def read(text: str) -> list[tuple[str, str]]:
    layout = lay_out(CONTEXT + text)
    return [(action.lever, action.status) for action in find_actions(layout, (), (), era_of(layout))]


@pytest.mark.parametrize(("lever", "status", "text"), rows(ACTS))
def test_an_act_is_read_with_its_lever_and_status(lever: str, status: str, text: str) -> None:
    assert (lever, status) in read(text)


@pytest.mark.parametrize(("lever", "text"), rows(NO_ACTS))
def test_what_only_names_the_things_of_a_lever_is_no_act(lever: str, text: str) -> None:
    assert not [found for found, _ in read(text) if found.startswith(lever)]
