"""Answers and Mexico's own measures in the words of many authors: arrests, interception of migrants, raids on
laboratories, refusals, accusations, pledges, leaks, suits and protests."""

from __future__ import annotations

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out


def read(text: str) -> list[tuple[str, str]]:
    layout = lay_out(text)
    return [(action.lever, action.status) for action in find_actions(layout, (), (), era_of(layout))]


ACTS: dict[str, list[tuple[str, str]]] = {
    "mexico.arrests": [
        ("Mexican marines captured a senior Sinaloa Cartel figure in a predawn operation in Culiacan.", "in_force"),
        ("Sheinbaum ordered the arrest of the cartel's financial operators.", "ordered"),
        (
            "Mexico will step up arrests of cartel leaders along the northern border, the security secretary said.",
            "announced",
        ),
        ("Mexico is weighing a new wave of arrests against cartel bosses in Michoacan.", "under_consideration"),
        ("Mexico has expanded its campaign of arrests against the Sinaloa Cartel.", "expanded"),
        ("Mexico has suspended operations to capture cartel kingpins.", "suspended"),
        ("Mexico pledged to arrest the gang's remaining commanders.", "pledged"),
        ("Mexican prosecutors have not yet authorized the arrest of the cartel's political patrons.", "not_authorised"),
        ("Elementos de la Marina capturaron en Mazatlán a un presunto líder del Cártel de Sinaloa.", "in_force"),
        (
            'La detención de "El Tuerto", jefe de plaza del Cártel del Golfo en Matamoros, se realizó '
            "sin un solo disparo, informó la Marina.",
            "in_force",
        ),
        ("Cayó en Zapopan el principal operador financiero del Cártel Jalisco.", "in_force"),
        (
            "El Gobierno de México detendrá a los líderes de los cárteles que operan en Michoacán, anunció Harfuch.",
            "announced",
        ),
        ("La Guardia Nacional detuvo a un operador logístico del Cártel de Sinaloa en Nogales.", "in_force"),
        ("México intensificó la captura de jefes del narcotráfico en Sinaloa.", "expanded"),
    ],
    "mexico.migration_enforcement": [
        ("Mexico has been busing migrants from Ciudad Juarez back to Villahermosa.", "in_force"),
        ("Mexico has stepped up its interceptions of migrants bound for the United States.", "expanded"),
        ("Mexico will tighten controls on its border with Guatemala to keep migrants from moving north.", "announced"),
        (
            "Sheinbaum ordered the National Institute of Migration to turn back caravans at the Suchiate River.",
            "ordered",
        ),
        ("Mexico's National Migration Institute suspended its roundups of migrants for lack of money.", "suspended"),
        ("Mexico has scrapped the migration checkpoints it set up on the rail lines.", "rescinded"),
        ("Mexico resumed detentions of migrants in December.", "reinstated"),
        (
            "Mexico is considering a cap on the transit permits that it gives to migrants crossing its territory.",
            "under_consideration",
        ),
        ("The White House asked Mexico to detain more migrants before they reach the Rio Grande.", "requested"),
        ("Mexico promised to keep its troops on the Guatemalan frontier to hold back migrants.", "pledged"),
        (
            "A Mexican judge blocked the detention of migrants at the Tapachula station for more than 36 hours.",
            "blocked",
        ),
        ("El Instituto Nacional de Migración detuvo a 1,300 migrantes en Chiapas durante la semana.", "in_force"),
        ("Fue disuelta en Huixtla la caravana de migrantes, informó el INM.", "in_force"),
        ("El INM suspendió los operativos contra migrantes en Tapachula.", "suspended"),
        ("México devolvió a Guatemala a 340 centroamericanos en mayo.", "in_force"),
        ("México se comprometió a contener el flujo migratorio en Chiapas.", "pledged"),
        ("México se negó a detener las caravanas.", "rejected"),
    ],
    "mexico.lab_raids": [
        ("Mexican soldiers raided a fentanyl lab on the outskirts of Culiacan.", "in_force"),
        ("Mexico has stepped up its raids on fentanyl labs.", "expanded"),
        ("Mexico suspended its raids on drug laboratories in Sinaloa after the ambush.", "suspended"),
        ("Mexico's army resumed operations against clandestine labs in April.", "reinstated"),
        ("Sheinbaum ordered the army to destroy every fentanyl kitchen in Sinaloa.", "ordered"),
        ("Mexico will go after methamphetamine labs in Jalisco next, the defense secretary said.", "announced"),
        ("Washington has asked Mexico to shut down more fentanyl labs.", "requested"),
        ("Mexico promised to take down another 100 drug labs by summer.", "pledged"),
        ("Mexico is considering joint raids on fentanyl labs.", "under_consideration"),
        ("El Ejército aseguró un laboratorio de fentanilo en Culiacán.", "in_force"),
        ("Personal de la Sedena desmanteló tres áreas de concentración de sustancias químicas en Sinaloa.", "in_force"),
        (
            "La Marina destruirá los laboratorios clandestinos que se detecten en Durango, anunció la dependencia.",
            "announced",
        ),
        (
            "Se han inhabilitado 1,887 laboratorios y áreas de concentración desde octubre de 2024 en México.",
            "in_force",
        ),
        (
            "En Culiacán, elementos del Ejército localizaron un laboratorio clandestino, 4 reactores y "
            "3 condensadores.",
            "in_force",
        ),
        ("Washington pidió a México desmantelar los laboratorios de fentanilo.", "requested"),
    ],
    "diplomacy.reject": [
        (
            "Mexico's president said that she would never allow American soldiers to operate on Mexican soil.",
            "rejected",
        ),
        ("Sheinbaum turned down Trump's offer to send U.S. troops against the cartels.", "rejected"),
        ("The Mexican Senate condemned the tariffs in a resolution on Tuesday.", "rejected"),
        ("Mexico sent a diplomatic note objecting to the buoys that Texas placed in the Rio Grande.", "rejected"),
        ("The White House rejected Mexico's proposal for a joint commission on tariffs.", "rejected"),
        ("Mexico said no to American boots on the ground.", "rejected"),
        ('Any American intervention "is out of the question", Mexico\'s president said.', "rejected"),
        ("La presidenta rechazó la presencia de tropas estadounidenses en territorio mexicano.", "rejected"),
        ("Sheinbaum dijo que no permitirá el ingreso de militares estadounidenses al país.", "rejected"),
        (
            "El Gobierno de México manifestó su desacuerdo con el impuesto a las remesas que discute "
            "el Congreso de Estados Unidos.",
            "rejected",
        ),
        ("La presidenta se negó a recibir vuelos militares de deportación de Estados Unidos.", "rejected"),
        ("La Casa Blanca desestimó la protesta de México por los aranceles.", "rejected"),
        ("El Gobierno mexicano repudió la redada en la que murió un connacional en Estados Unidos.", "rejected"),
    ],
    "diplomacy.accuse": [
        ("Sheinbaum accused the United States of failing to stop the flow of guns into Mexico.", "in_force"),
        ("Trump said that Mexico's government is run by the cartels.", "in_force"),
        ("The DEA chief charged that Mexico protects the cartels.", "in_force"),
        ("The State Department claimed that Mexican officials were complicit in trafficking.", "in_force"),
        ("Mexico's foreign minister said Washington was interfering in Mexico's internal affairs.", "in_force"),
        ("The accusation by the White House that Mexico harbors cartels drew an angry reply.", "in_force"),
        (
            "Sheinbaum called the White House statement that her government is allied with cartels a slander.",
            "in_force",
        ),
        ("La presidenta acusó a Estados Unidos de no frenar el tráfico de armas.", "in_force"),
        ("Trump señaló que México está gobernado por los cárteles.", "in_force"),
        ("El Departamento de Estado imputó a funcionarios mexicanos vínculos con el crimen organizado.", "in_force"),
        ("México fue acusado por la Casa Blanca de dar refugio a los cárteles.", "in_force"),
        ("Trump arremetió contra México por el fentanilo y lo acusó de no hacer nada.", "in_force"),
        ("México reclamó a Estados Unidos por el espionaje de la CIA.", "in_force"),
    ],
    "diplomacy.pledge": [
        (
            "Mexico agreed to send 10,000 National Guard members to the border in exchange for a pause "
            "in U.S. tariffs.",
            "pledged",
        ),
        ("Sheinbaum promised to keep working with Washington against fentanyl.", "pledged"),
        ("The United States committed to curb the flow of guns into Mexico.", "pledged"),
        ("Mexico assured Washington that it would deliver the water owed under the treaty.", "pledged"),
        ("A commitment by Mexico to extend its cooperation with U.S. investigators was part of the deal.", "pledged"),
        ("Mexico undertook to deepen cooperation with the United States on money laundering.", "pledged"),
        ("The United States promised Mexico to trace seized weapons faster.", "pledged"),
        ("México se comprometió a enviar 10 mil elementos a la frontera con Estados Unidos.", "pledged"),
        ("México refrendó su compromiso de combatir el tráfico de fentanilo junto con Estados Unidos.", "pledged"),
        ("Sheinbaum prometió seguir compartiendo información con las agencias de Estados Unidos.", "pledged"),
        ("La Cancillería ratificó la voluntad de México de cooperar con Washington.", "pledged"),
        ("Los presidentes de México y Estados Unidos convinieron mantener la coordinación en la frontera.", "pledged"),
        ("La presidenta adelantó que México ampliará el intercambio de inteligencia con Estados Unidos.", "pledged"),
    ],
    "opposition.leak": [
        ("Word of the ICE raid in Aurora leaked two days before agents arrived.", "in_force"),
        ("The raid on the Denver apartments had been tipped off, the border czar said.", "in_force"),
        ("Activists posted the time and place of the ICE raids on social media in advance.", "in_force"),
        ("By the time troops reached the fentanyl lab, it was empty.", "in_force"),
        ("Details of the deportation operation got out before it started.", "in_force"),
        ("A newspaper published the date of the immigration raids in Chicago before they began.", "in_force"),
        ("The tip-off let most of the targets of the ICE raid slip away.", "in_force"),
        ("Los ocupantes del laboratorio en Sinaloa huyeron minutos antes de que llegaran los soldados.", "in_force"),
        ("Alguien dio el pitazo a los sicarios de Culiacán antes del operativo.", "in_force"),
        ("Una red de vecinos avisó a los migrantes de la llegada de ICE.", "in_force"),
        ("El jefe de plaza escapó antes del operativo en Matamoros.", "in_force"),
        ("Halcones alertaron por radio al cártel de la llegada del Ejército.", "in_force"),
        ("Un soplo previno a los operadores del cártel en Tijuana del cateo.", "in_force"),
    ],
    "opposition.suit": [
        ("The ACLU sued the administration over the use of the Alien Enemies Act against migrants.", "in_force"),
        ("The American Civil Liberties Union filed a lawsuit against ICE over raids in Los Angeles.", "in_force"),
        ("The city of Chicago is suing the government over the cut of funds to sanctuary cities.", "in_force"),
        ("The ACLU will sue over the asylum proclamation.", "announced"),
        ("New York is considering a suit against ICE over courthouse arrests.", "under_consideration"),
        ("Civil rights groups asked a judge to block the ICE raids.", "in_force"),
        ("The plaintiffs dropped their lawsuit over the border wall.", "ended"),
        ("La ACLU demandó al gobierno de Trump por las deportaciones de venezolanos.", "in_force"),
        ("Fue impugnado en una corte federal el veto al asilo.", "in_force"),
        ("La ACLU demandará al gobierno por la proclama sobre el asilo.", "announced"),
        ("Rancheros de Texas presentaron un recurso contra el muro fronterizo.", "in_force"),
        ("La demanda, presentada por tres albergues de El Paso, busca restablecer el asilo.", "in_force"),
        ("Los demandantes retiraron su demanda contra el muro fronterizo.", "ended"),
    ],
    "opposition.protest": [
        ("Thousands marched in Los Angeles against the ICE raids.", "in_force"),
        ("Protesters blocked the entrance of the ICE office in Portland.", "in_force"),
        ("Crowds took to the streets of Chicago over the arrests by ICE.", "in_force"),
        ("Boycotts of businesses that work with ICE were called by activists in Denver.", "in_force"),
        ("Unions will march against the deportations on May 1.", "announced"),
        ('Business owners shut their stores for a "day without immigrants".', "in_force"),
        ("Manifestantes bloquearon la entrada del centro de detención de migrantes en Newark.", "in_force"),
        ("Organizaciones de migrantes protestaron frente a la Casa Blanca contra las deportaciones.", "in_force"),
        ("La protesta contra el muro fronterizo reunió a 400 personas en Laredo.", "in_force"),
        ("Los sindicatos marcharán el 1 de mayo contra las deportaciones.", "announced"),
        ("Madres de migrantes se plantaron ante el INM para exigir el fin de las detenciones.", "in_force"),
        ("Un grupo de migrantes inició una huelga de hambre en Tapachula contra su detención.", "in_force"),
        ("Trabajadores agrícolas pararon labores contra las redadas en California.", "in_force"),
    ],
}

NO_ACTS: dict[str, list[str]] = {
    "mexico.arrests": [
        "Critics say that arresting kingpins in Mexico only splinters the cartels.",
        "What happens when Mexico arrests a cartel leader?",
        "Homicide arrests in Baltimore rose by 12 percent, far from the border.",
        "Arrests by the Border Patrol fell to 6,000 in March.",
        "ICE arrested 1,200 people in Houston in a week.",
        "Research on the arrest of cartel leaders in Mexico finds that violence rises afterwards.",
        '"Detainee" means any person arrested by Mexican authorities for trafficking.',
        "In 2006, Calderón's government arrested dozens of cartel leaders, a policy that "
        "historians now call a failure.",
    ],
    "mexico.migration_enforcement": [
        "Human rights groups say Mexico's detention of migrants violates the law.",
        "Should Mexico stop migrants at its southern border?",
        "The Border Patrol apprehended 8,000 migrants in March.",
        "A migration checkpoint is a place where officers verify papers of travellers in Mexico.",
        "Migrants who cross Mexico face kidnapping and extortion.",
        "Turkey intercepted 2,000 migrants in the Aegean.",
        "In 2014 Mexico under Peña Nieto launched the Southern Border Plan, decades after the first caravans.",
        "Interceptions by Mexico fell by 40 percent.",
    ],
    "mexico.lab_raids": [
        "Fentanyl labs in Mexico can be rebuilt in days, analysts say.",
        "Why does Mexico not destroy the fentanyl labs?",
        "A clandestine laboratory is any place in Mexico where synthetic drugs are produced.",
        "Each fentanyl lab in Sinaloa turns out 10 kilos a week.",
        "The DEA dismantled a meth lab in Fresno.",
        "Lab workers in Sinaloa earn 500 dollars a week.",
        "The crime laboratory in Tucson tested 400 samples of fentanyl.",
        "In the 1970s, Mexico's army burned poppy labs in Operation Condor.",
    ],
    "diplomacy.reject": [
        "Mexico should reject any U.S. troops on its soil.",
        "The House of Representatives rejected a bill on border agents.",
        "Will Mexico reject the American plan?",
        "A judge rejected the government's argument on asylum.",
        "Mexico rejected 12 percent of asylum applications last year.",
        "Polls show that 80 percent of Mexicans reject a U.S. intervention.",
        "Rejecting the American demands would be risky for Mexico, analysts argue.",
        "Ukraine rejected Russia's proposal on Tuesday.",
    ],
    "diplomacy.accuse": [
        "Prosecutors accused the man of smuggling fentanyl across the border.",
        "Critics accuse Washington of ignoring Mexico.",
        "The defendant was accused of trafficking drugs from Mexico.",
        "Who is to blame for the fentanyl crisis, Mexico or the United States?",
        "Democrats accused Republicans of playing politics with the border.",
        "ICE was accused by immigrants of abuse in detention.",
        "Washington should stop accusing Mexico.",
        "Blaming Mexico is easy, and wrong.",
    ],
    "diplomacy.pledge": [
        "Mexico should promise to cooperate with the United States.",
        "Cooperation between Mexico and the United States has a long history.",
        "Will Mexico keep its promise to the United States?",
        "The candidate promised voters to finish the wall on the Mexican border.",
        "Promises of cooperation from Mexico are worth little, critics say.",
        "Polls show support for cooperation between Mexico and the United States.",
        "The cartel pledged loyalty to its new leader in Mexico.",
        "Trump promised supporters mass deportations to Mexico.",
    ],
    "opposition.leak": [
        "A gas leak closed the border crossing at El Paso.",
        "Leaks to the press are a crime, the border czar said.",
        "Should the press publish plans of ICE raids?",
        "A water leak flooded the ICE detention center.",
        "The leaked memo shows that the CIA flies drones over Mexico.",
        "Venezuelans fled their country before they reached the border.",
        "Migrants fled violence in Honduras before they came to Mexico.",
        "The weather service warned migrants of heat at the border.",
    ],
    "opposition.suit": [
        "The judge ruled in the ACLU's lawsuit over asylum on Monday.",
        "A lawsuit is a slow way to stop a border policy.",
        "Will the states sue over the border order?",
        "Opponents should sue over the asylum ban.",
        "A woman sued her employer in El Paso over unpaid wages.",
        "ICE agents in black suits arrested a man in Denver.",
        "Crossings fell in March, suiting the administration at the border.",
        "Migrants in pursuit of asylum waited at the border.",
    ],
    "opposition.protest": [
        "Protest is a right, the governor of Texas said of the border.",
        "Mexico's diplomatic protest over the buoys was ignored.",
        "Should people protest against ICE?",
        "The right to demonstrate against ICE is protected by the First Amendment.",
        "Americans should protest the raids by ICE.",
        "The data demonstrate that asylum claims fell.",
        "Protesters clashed with police in Tehran.",
        "The march of technology changed the border.",
    ],
}


@pytest.mark.parametrize(("lever", "text", "status"), [(lever, *act) for lever, acts in ACTS.items() for act in acts])
def test_the_measure_is_read_with_its_status(lever: str, text: str, status: str) -> None:
    assert (lever, status) in read(text)


@pytest.mark.parametrize(("lever", "text"), [(lever, text) for lever, texts in NO_ACTS.items() for text in texts])
def test_words_about_the_measure_that_state_no_act_give_none(lever: str, text: str) -> None:
    assert lever not in [found for found, _ in read(text)]
