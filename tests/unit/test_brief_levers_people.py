"""Asylum and the interior, in many words: what is said of them, how far it has come, and what is no act."""

from __future__ import annotations

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out

# What a document on this border says around a sentence, without an act of its own.
AROUND = """Few topics divide voters like immigration. Migrants sleep in shelters near the border. Asylum lawyers are
busy.

Families fear deportation. Many towns rely on immigrants. ICE has offices in every state. The border is 2,000 miles
long. Tijuana is a city of two million.

"""


def read(sentence: str) -> list[tuple[str, str]]:
    layout = lay_out(AROUND + sentence)
    return [(action.lever, action.status) for action in find_actions(layout, (), (), era_of(layout))]


ACTS: list[tuple[str, str, str]] = [
    # asylum.restriction
    (
        "President Trump on Thursday closed the southern border to nearly everyone seeking asylum.",
        "asylum.restriction",
        "in_force",
    ),
    (
        "The White House is weighing a ban on asylum for anyone who passed through a third country.",
        "asylum.restriction",
        "under_consideration",
    ),
    (
        "The entry of such aliens is suspended, and they shall not be eligible for asylum.",
        "asylum.restriction",
        "ordered",
    ),
    (
        "The bill would raise the standard that asylum seekers must meet in their first screening interview.",
        "asylum.restriction",
        "proposed",
    ),
    (
        "A federal judge in Washington struck down the administration's ban on asylum at the border.",
        "asylum.restriction",
        "blocked",
    ),
    ("The Supreme Court let the transit bar take effect while the appeal goes on.", "asylum.restriction", "reinstated"),
    (
        "Homeland Security scrapped the rule that denied asylum to people who cross between ports of entry.",
        "asylum.restriction",
        "rescinded",
    ),
    ("The administration has put on hold its cap on asylum claims.", "asylum.restriction", "suspended"),
    ("El presidente Trump suspendió el derecho de asilo en la frontera sur.", "asylum.restriction", "in_force"),
    (
        "Un juez federal frenó la prohibición de pedir asilo a quienes crucen sin papeles.",
        "asylum.restriction",
        "blocked",
    ),
    (
        "El Gobierno de Estados Unidos restringirá las solicitudes de asilo a partir del lunes.",
        "asylum.restriction",
        "announced",
    ),
    (
        "La Casa Blanca estudia un nuevo veto al asilo para quienes hayan pasado por un tercer país.",
        "asylum.restriction",
        "under_consideration",
    ),
    # asylum.remain_in_mexico
    (
        "The Department of Homeland Security restarted the Migrant Protection Protocols on Tuesday.",
        "asylum.remain_in_mexico",
        "reinstated",
    ),
    (
        "Asylum seekers must once again wait in Mexico until a judge in San Diego hears them.",
        "asylum.remain_in_mexico",
        "in_force",
    ),
    (
        "The Secretary of Homeland Security shall resume the Migrant Protection Protocols in "
        "all sectors of the southern border.",
        "asylum.remain_in_mexico",
        "ordered",
    ),
    ("DHS terminated MPP for the second time in June.", "asylum.remain_in_mexico", "rescinded"),
    ("A judge in San Diego blocked the return of asylum seekers to Tijuana.", "asylum.remain_in_mexico", "blocked"),
    (
        "Washington asked Mexico to accept the return of asylum seekers from third countries.",
        "asylum.remain_in_mexico",
        "requested",
    ),
    ("Sheinbaum refused to agree to a new Remain in Mexico program.", "asylum.remain_in_mexico", "rejected"),
    (
        "The White House is thinking about a revival of the wait-in-Mexico policy.",
        "asylum.remain_in_mexico",
        "under_consideration",
    ),
    (
        "Starting Monday, officials will bus asylum seekers back across the bridge to Ciudad "
        "Juárez to await their hearings.",
        "asylum.remain_in_mexico",
        "announced",
    ),
    ('El presidente Trump revivió el programa "Quédate en México".', "asylum.remain_in_mexico", "reinstated"),
    ("La Cancillería rechazó la reimplantación del programa Quédate en México.", "asylum.remain_in_mexico", "rejected"),
    ("Una jueza federal frenó los Protocolos de Protección a Migrantes.", "asylum.remain_in_mexico", "blocked"),
    # interior.arrests
    ("Immigration agents arrested 230 people in raids across Chicago on Sunday.", "interior.arrests", "in_force"),
    ("ICE has stepped up workplace raids in Nebraska.", "interior.arrests", "expanded"),
    ("The president ordered immigration officers to make 3,000 arrests a day.", "interior.arrests", "ordered"),
    ("Homeland Security paused immigration raids on farms and hotels.", "interior.arrests", "suspended"),
    (
        "A judge barred federal agents from stopping people without reasonable suspicion in Los Angeles.",
        "interior.arrests",
        "blocked",
    ),
    (
        "The Supreme Court lifted the limits on roving immigration patrols in southern California.",
        "interior.arrests",
        "reinstated",
    ),
    ("The policy that kept immigration officers out of hospitals was revoked.", "interior.arrests", "rescinded"),
    (
        "ICE plans to send hundreds of agents to New Orleans for a crackdown on immigrants.",
        "interior.arrests",
        "announced",
    ),
    ("El ICE realizó redadas en restaurantes y talleres de Chicago.", "interior.arrests", "in_force"),
    (
        "El Gobierno de Trump intensificó las redadas migratorias en las grandes ciudades.",
        "interior.arrests",
        "expanded",
    ),
    ("Washington suspendió las redadas en granjas y hoteles.", "interior.arrests", "suspended"),
    ("Una jueza federal prohibió los arrestos de inmigrantes en los tribunales.", "interior.arrests", "blocked"),
    # interior.local_cooperation
    (
        "ICE signed agreements with 40 more sheriffs to enforce immigration law.",
        "interior.local_cooperation",
        "in_force",
    ),
    (
        "The sheriff of Mecklenburg County ended the jail's agreement with ICE.",
        "interior.local_cooperation",
        "rescinded",
    ),
    (
        "California has barred its jails from handing people over to immigration agents.",
        "interior.local_cooperation",
        "blocked",
    ),
    (
        "The Secretary shall enter into agreements under section 287(g) with State and local law enforcement agencies.",
        "interior.local_cooperation",
        "ordered",
    ),
    ("The bill would strip sanctuary jurisdictions of federal grants.", "interior.local_cooperation", "proposed"),
    ("The 287(g) program has been expanded to 1,000 agencies in 40 states.", "interior.local_cooperation", "expanded"),
    (
        "ICE has revived the task force model, under which local police make immigration arrests on patrol.",
        "interior.local_cooperation",
        "reinstated",
    ),
    ("The mayor refused to honor ICE detainers.", "interior.local_cooperation", "rejected"),
    (
        "ICE firmó convenios con 30 alguaciles para que apliquen la ley migratoria.",
        "interior.local_cooperation",
        "in_force",
    ),
    (
        "California prohibió a sus policías cooperar con las autoridades migratorias.",
        "interior.local_cooperation",
        "blocked",
    ),
    (
        "El Departamento de Justicia retirará fondos a las ciudades santuario.",
        "interior.local_cooperation",
        "announced",
    ),
    ("El condado canceló el acuerdo 287(g) con ICE.", "interior.local_cooperation", "rescinded"),
    # interior.detention
    ("ICE opened a 5,000-bed detention camp at Fort Bliss.", "interior.detention", "in_force"),
    ("ICE has expanded its detention capacity to 66,000 beds.", "interior.detention", "expanded"),
    ("The bill would provide 45 billion dollars for immigration detention.", "interior.detention", "proposed"),
    ("A judge ordered the closure of the detention camp in the Everglades.", "interior.detention", "blocked"),
    (
        "An appeals court allowed the detention center known as Alligator Alcatraz to stay open.",
        "interior.detention",
        "reinstated",
    ),
    ("The family detention center in Dilley was closed in August.", "interior.detention", "ended"),
    (
        "Homeland Security plans to buy warehouses and turn them into holding sites for up to 80,000 migrants.",
        "interior.detention",
        "announced",
    ),
    (
        "Officials are considering tents on military bases to hold detained migrants.",
        "interior.detention",
        "under_consideration",
    ),
    ("The president ordered 30,000 beds for migrants made ready at Guantánamo Bay.", "interior.detention", "ordered"),
    ("A second camp at Guantánamo for migrants has not been approved.", "interior.detention", "not_authorised"),
    ("ICE abrió un centro de detención para migrantes en Fort Bliss.", "interior.detention", "in_force"),
    ("Estados Unidos amplió a 60 mil las camas para detenidos migrantes.", "interior.detention", "expanded"),
    # interior.removal
    ("The administration deported 250 Venezuelans to El Salvador.", "interior.removal", "in_force"),
    ("DHS extended expedited removal to the whole country.", "interior.removal", "expanded"),
    ("The Supreme Court allowed deportations to third countries to resume.", "interior.removal", "reinstated"),
    ("Removal flights to Haiti have been halted.", "interior.removal", "suspended"),
    (
        "The Secretary shall take all appropriate action to remove aliens with final orders of removal.",
        "interior.removal",
        "ordered",
    ),
    (
        "The president said he would carry out the largest deportation operation in American history.",
        "interior.removal",
        "announced",
    ),
    ("The use of military planes for deportations has not been authorized.", "interior.removal", "not_authorised"),
    ("Washington asked Kosovo and Rwanda to take in deportees from third countries.", "interior.removal", "requested"),
    ("Estados Unidos deportó a 300 mexicanos por el puente de Matamoros.", "interior.removal", "in_force"),
    ("Washington suspendió los vuelos de deportación a Venezuela.", "interior.removal", "suspended"),
    ("Un juez federal frenó la expulsión de menores guatemaltecos.", "interior.removal", "blocked"),
    ("Estados Unidos ampliará las deportaciones exprés a todo el país.", "interior.removal", "announced"),
]

NO_ACTS: list[str] = [
    "Asylum is a form of protection for people who fear persecution.",
    "The right to asylum was written into American law in 1980.",
    "What would happen to families who ask for asylum at the bridge?",
    "Congress should fix the broken asylum system before it spends another dollar on walls.",
    "Most asylum claims are denied in the end by immigration judges.",
    "In 2019 a similar transit bar failed in court, historians of the period recall.",
    "Critics say that asylum limits have never deterred desperate people.",
    "Germany tightened its asylum law after the attack in Solingen.",
    "Asylum applications fell by 40 percent in March.",
    'The term "asylum seeker" means a person who applies for protection from persecution.',
    "The backlog of asylum cases has grown to more than two million.",
    "A ban on asylum would be cruel and unlawful, the bishops wrote.",
    "Remain in Mexico was the most effective border policy of the last thirty years.",
    "What would a third Remain in Mexico look like?",
    "Human rights groups counted 1,500 attacks on people waiting in Mexico.",
    "Asylum seekers in Tijuana live in crowded shelters.",
    "The Protocols rest on section 235(b)(2)(C) of the Immigration and Nationality Act.",
    "Under MPP only 1 percent of applicants won their cases.",
    "Mexico hosts many asylum seekers from Haiti.",
    "The shelter in Matamoros is waiting for donations.",
    "Remain in Mexico remains unpopular among Mexican mayors.",
    "Quédate en México fue un fracaso humanitario.",
    "¿Volverá el programa Quédate en México?",
    "Miles de solicitantes de asilo viven en albergues de Tijuana.",
    "Arrests by ICE rose 64 percent compared with the same months of last year.",
    "The police arrested a man for shoplifting in El Paso.",
    "Mass arrests of immigrants would wreck the farm economy, growers warned.",
    "How many more raids can the city bear?",
    "ICE was created in 2003 as part of the Department of Homeland Security.",
    "French police raided a bank in Paris.",
    "Immigrants fear that agents will come to their churches.",
    "Arrest rates in the city have fallen for a decade.",
    'The term "raid" has no legal meaning.',
    "Agents of the DEA arrested two dealers in San Antonio.",
    "Farm owners say that workers no longer show up.",
    "Las redadas siembran miedo en las comunidades, dijo el obispo.",
    "Sheriffs are elected in most American counties.",
    "Section 287(g) of the Immigration and Nationality Act was added in 1996.",
    "Sanctuary cities have lower crime rates than other cities, the study found.",
    "Local police should not do the work of federal agents.",
    "Does cooperation with ICE make a county safer?",
    "The sheriff said that crime in the county was down 12 percent.",
    "Sanctuary policies protect criminals, the senator argued.",
    'The term "sanctuary jurisdiction" means a State or locality that limits cooperation.',
    "A detainer is a request to hold a person for 48 hours.",
    "The jail has 400 beds and a leaking roof.",
    "The German police work with federal border guards.",
    "Las ciudades santuario son más seguras, según un estudio.",
    "The average number of people in ICE detention was 60,000 in September.",
    "Detention is expensive: a bed costs 165 dollars a day.",
    "Is detention a punishment or a precaution?",
    "Two detainees died in custody last month, the coroner said.",
    "The detention of a journalist in Belarus drew protests.",
    "Private prisons are a growth business.",
    'The term "detention facility" means any place in which aliens are held.',
    "Alternatives to detention are cheaper, the report says.",
    "A prison in Sinaloa holds 3,000 inmates.",
    "Detention conditions at the camp are poor, inspectors found.",
    "Local churches bring meals to the families of detainees.",
    "La detención de migrantes debe ser el último recurso, dijo la ONU.",
    "Deportations fell by 12 percent last year.",
    "A deportation order can be appealed within 30 days.",
    "Mass deportation would cost 315 billion dollars, the study estimates.",
    "Who will pick the strawberries if everyone is deported?",
    'The term "removal" means the compulsory departure of an alien.',
    "The removal of the statue took two hours.",
    "Pakistan deported thousands of Afghans.",
    "In the 1930s, half a million people of Mexican descent were deported or driven out.",
    "Fear of deportation keeps patients away from clinics.",
    "The president removed the commissioner from office.",
    "Deportees often try to cross again, a sociologist wrote.",
    "Las deportaciones separan a las familias, dijo el sacerdote.",
]


@pytest.mark.parametrize(("sentence", "lever", "status"), ACTS)
def test_a_wording_names_its_lever_and_how_far_it_has_come(sentence: str, lever: str, status: str) -> None:
    assert (lever, status) in read(sentence)


@pytest.mark.parametrize("sentence", NO_ACTS)
def test_words_of_a_lever_that_state_no_act_give_none(sentence: str) -> None:
    assert read(sentence) == []
