"""Claims in the many ways that authors write them: wire, opinion, report, fact sheet, court story, communique."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Claim

MONDAY = date(2025, 6, 16)
# A document about the border in either language; the sentence under test is its first paragraph.
REST = {
    "en": "Immigration, asylum and fentanyl: migrants and cartels at the Mexican border.",
    "es": "Migración, asilo y fentanilo: los migrantes y los cárteles en la frontera con México.",
}
ANY = "*"


@dataclass(frozen=True)
class Said:
    """What a sentence states; slots that are left out are empty ("=" of the bound), `period` is start/end."""

    value: float | None
    claim_type: str
    measure: str | None
    bound: str = "="
    direction: str | None = None
    rate: str | None = None
    baseline: str | None = None
    period: str | None = None


def said(value: float | None, claim_type: str, measure: str | None, **slots: str) -> Said:
    return Said(value, claim_type, measure, **slots)


def claims_of(text: str, language: str) -> list[Claim]:
    layout = lay_out(f"{text}\n\n{REST[language]}")
    return list(find_claims(layout, (), era_of(layout, MONDAY)))


def is_stated(claim: Claim, wanted: Said) -> bool:
    days = [f"{reading.start}/{reading.end}" for reading in claim.period.readings] if claim.period else []
    kind = claim.baseline.kind if claim.baseline else None
    return (
        claim.claim_type == wanted.claim_type
        and claim.value == (None if wanted.value is None else pytest.approx(wanted.value))
        and wanted.measure in (ANY, claim.measure)
        and claim.bound == wanted.bound
        and wanted.direction in (None, claim.direction)
        and wanted.rate in (None, claim.rate)
        and wanted.baseline in (None, kind)
        and (wanted.period is None or wanted.period in days)
    )


def check(text: str, wanted: list[Said], language: str) -> None:
    found = claims_of(text, language)
    missing = [one for one in wanted if not any(is_stated(claim, one) for claim in found)]
    assert missing == [], [(c.value, c.claim_type, c.measure, c.bound, c.direction, c.rate) for c in found]
    assert sum(claim.value is not None for claim in found) == sum(one.value is not None for one in wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "About 30,000 immigrants were arrested by ICE in May, more than twice as many as in May 2024.",
            [
                said(30000, "level", "arrests.interior", bound="~", period="2025-05-01/2025-05-31"),
                said(
                    2,
                    "change_factor",
                    "arrests.interior",
                    bound=">",
                    direction="up",
                    baseline="explicit_date",
                    period="2025-05-01/2025-05-31",
                ),
            ],
        ),
        (
            "Overdose deaths in the United States fell 27 percent in 2024, to about 80,000, the CDC said.",
            [
                said(27, "change_pct", "overdose.deaths", direction="down", period="2024-01-01/2024-12-31"),
                said(80000, "level", "overdose.deaths", bound="~", period="2024-01-01/2024-12-31"),
            ],
        ),
        (
            "Deportation flights rose 15% in May over April, the monitoring group Witness at the Border reported.",
            [
                said(
                    15,
                    "change_pct",
                    "removals",
                    direction="up",
                    baseline="previous_period",
                    period="2025-05-01/2025-05-31",
                )
            ],
        ),
        (
            "The number of asylum claims filed in Mexico fell by nearly half between January and April.",
            [said(50, "change_pct", "asylum", bound="~", direction="down", baseline="explicit_date")],
        ),
        (
            "Fentanyl seizures in May totaled 691 pounds, roughly half the amount seized a year earlier.",
            [
                said(691, "level", "fentanyl.seized", period="2025-05-01/2025-05-31"),
                said(
                    0.5,
                    "change_factor",
                    "fentanyl.seized",
                    bound="~",
                    direction="down",
                    baseline="same_period_last_year",
                    period="2025-05-01/2025-05-31",
                ),
            ],
        ),
        ("The detention population was 39,703 when Trump took office.", [said(39703, "level", "detained")]),
        (
            "Nearly one in three people held by ICE has no criminal record.",
            [said(33.3, "share", "detained", bound="~")],
        ),
        (
            "The army dismantled 17 methamphetamine labs in Sinaloa over the weekend.",
            [said(17, "level", "labs", period="2025-06-14/2025-06-15")],
        ),
        (
            "More than 1.4 million people were removed or returned in fiscal year 2024.",
            [said(1400000, "level", "removals", bound=">", period="2023-10-01/2024-09-30")],
        ),
        (
            "There were 16 Mexican fugitives extradited in the first half of the year.",
            [said(16, "level", "extraditions", period="2025-01-01/2025-06-30")],
        ),
        (
            "Nobody was released into the interior in May, compared with 62,000 in May of last year.",
            [
                said(0, "level", "releases", period="2025-05-01/2025-05-31"),
                said(62000, "level", "releases", period="2024-05-01/2024-05-31"),
            ],
        ),
        (
            "Last month Border Patrol let in exactly zero illegal aliens; a year ago it let in 62,000.",
            [said(0, "level", "releases", period="2025-05-01/2025-05-31"), said(62000, "level", "releases")],
        ),
        ("Two-thirds of the people ICE arrests have no criminal conviction.", [said(67, "share", "arrests.interior")]),
        (
            "Nine out of ten pounds of fentanyl come through legal ports of entry.",
            [said(90, "share", "fentanyl.seized")],
        ),
        (
            "Border crossings today are a tenth of what they were under Biden.",
            [said(0.1, "change_factor", "crossings", direction="down", baseline="administration")],
        ),
        ("Illegal crossings have all but vanished.", [said(None, "trend", "crossings", direction="down")]),
        (
            "The asylum backlog stands at 3.6 million cases, twice what it was three years ago.",
            [said(3600000, "level", "asylum"), said(2, "change_factor", "asylum", direction="up")],
        ),
        (
            "Four in five firearms recovered in Mexico were bought in the United States.",
            [said(80, "share", "firearms.seized")],
        ),
        (
            "Gotaways topped 670,000 in fiscal 2023, the worst year on record.",
            [
                said(670000, "level", "gotaways", bound=">", period="2022-10-01/2023-09-30"),
                said(None, "record", "gotaways", direction="up"),
            ],
        ),
        (
            "The murder rate in Mexico is four times that of the United States.",
            [said(4, "change_factor", "homicides.mexico", direction="up", baseline="other")],
        ),
        ("The average migrant now waits 1,424 days for an asylum hearing.", [said(1424, "duration", "*")]),
        (
            "More people were removed under Obama than under Trump.",
            [said(None, "comparison", "removals", direction="up", baseline="administration")],
        ),
        (
            "Border Patrol apprehended more people in December 2023 than in any month before it.",
            [
                said(
                    None,
                    "record",
                    "encounters.between_ports",
                    direction="up",
                    baseline="other",
                    period="2023-12-01/2023-12-31",
                )
            ],
        ),
        (
            "The share of encounters involving Venezuelans rose from 3 percent in 2021 to 13 percent in 2023.",
            [
                said(3, "share", "*", period="2021-01-01/2021-12-31"),
                said(13, "share", "*", period="2023-01-01/2023-12-31"),
            ],
        ),
        (
            "Each month from January to April, ICE booked roughly 20,000 people into detention.",
            [said(20000, "level", "bookins", bound="~", rate="month", period="2025-01-01/2025-04-30")],
        ),
        (
            "Mexico's intentional homicides decreased 32% between September 2024 and June 2025.",
            [said(32, "change_pct", "homicides.mexico", direction="down", baseline="explicit_date")],
        ),
        (
            "According to ACLED, cartel clashes caused 2,100 fatalities in Mexico in the first five months of 2025.",
            [said(2100, "level", "conflict_deaths.mexico", period="2025-01-01/2025-05-31")],
        ),
        (
            "Organized-crime violence killed an estimated 18,500 people in Mexico last year.",
            [said(18500, "level", "conflict_deaths.mexico", bound="~", period="2024-01-01/2024-12-31")],
        ),
        (
            "Monthly encounters are about 93 percent below their December 2023 peak.",
            [said(93, "change_pct", "encounters.between_ports", bound="~", direction="down", baseline="peak")],
        ),
        (
            "Some 71.7% of detainees had no criminal conviction as of June 15.",
            [said(71.7, "share", "detained", bound="~")],
        ),
        (
            "Fifty-eight percent of seized weapons traced in Mexico came from Texas and Arizona.",
            [said(58, "share", "firearms.seized")],
        ),
        (
            "Encounters per month were 5.5 times higher in FY2023 than in FY2020.",
            [
                said(
                    5.5,
                    "change_factor",
                    "encounters.between_ports",
                    direction="up",
                    baseline="explicit_date",
                    period="2022-10-01/2023-09-30",
                )
            ],
        ),
        (
            "Fentanyl seizures were lower in May than in any month since 2021.",
            [said(None, "record", "fentanyl.seized", direction="down", period="2025-05-01/2025-05-31")],
        ),
        ("- Lowest level of crossings in recorded history", [said(None, "record", "crossings", direction="down")]),
        (
            "On an average day, CBP arrests 28 wanted criminals and seizes 1,571 pounds of drugs.",
            [said(28, "level", "*", rate="day"), said(1571, "level", "drugs.seized", rate="day")],
        ),
        (
            "Since October 2024, OFO officers have encountered 312,400 inadmissible aliens at ports of entry.",
            [said(312400, "level", "encounters.ports", period="2024-10-01/2025-06-16")],
        ),
        ("The Joint Task Force stands at 9,000-plus service members.", [said(9000, "level", "troops", bound=">=")]),
        ("We have gone eleven straight months with no releases.", [said(0, "level", "releases")]),
        ("The time in custody averaged 5.4 days, exceeding the 72-hour standard.", [said(5.4, "duration", "*")]),
        (
            "Border Patrol's estimate of gotaways increased 303 percent between FY 2019 and FY 2023.",
            [said(303, "change_pct", "gotaways", direction="up", baseline="explicit_date")],
        ),
        (
            "Sector agents recorded 1,012 migrant deaths from FY 2021 to FY 2023.",
            [said(1012, "level", "deaths.border", period="2020-10-01/2023-09-30")],
        ),
        (
            "The proportion of vehicles scanned rose by 14 percentage points.",
            [said(14, "change_abs", None, direction="up")],
        ),
        (
            "Southbound inspections yielded 1,171 firearms in fiscal year 2023, about 20 percent less "
            "than the year before.",
            [
                said(1171, "level", "firearms.seized", period="2022-10-01/2023-09-30"),
                said(20, "change_pct", "firearms.seized", bound="~", direction="down", period="2022-10-01/2023-09-30"),
            ],
        ),
        ("Custody stays lasted 71 days on average in 2023.", [said(71, "duration", "*")]),
        (
            "In December 2023 agents encountered some 250,000 people between ports of entry, an all-time high.",
            [
                said(250000, "level", "encounters.between_ports", bound="~", period="2023-12-01/2023-12-31"),
                said(None, "record", "encounters.between_ports", direction="up"),
            ],
        ),
        ("The government has removed 238 Venezuelans to El Salvador under the Act.", [said(238, "level", "removals")]),
        ("Detention of families lasted 20 days or longer in 34 percent of cases.", [said(34, "share", "*")]),
        (
            "Mexico has handed over 55 capos so far in 2025, she said.",
            [said(55, "level", "extraditions", period="2025-01-01/2025-06-16")],
        ),
        (
            "Homicides in Mexico are 25 percent lower than in September 2024, the government says.",
            [said(25, "change_pct", "homicides.mexico", direction="down", baseline="explicit_date")],
        ),
        ("The caravan numbered about 1,500 already at the border.", [said(1500, "level", None, bound="~")]),
        (
            "Arrests at the border rose by 1,250 from March to April.",
            [said(1250, "change_abs", "encounters.between_ports", direction="up", baseline="explicit_date")],
        ),
        (
            "ICE detained one and a half times as many people in May as in the same month of 2024.",
            [said(1.5, "change_factor", "detained", direction="up", period="2025-05-01/2025-05-31")],
        ),
        (
            "Murders fell by a third in Tijuana, Mexico, during May.",
            [said(33, "change_pct", "homicides.mexico", direction="down", period="2025-05-01/2025-05-31")],
        ),
        (
            "The Guard made 480 seizures of drugs in the first quarter.",
            [said(480, "level", "drugs.seized", period="2025-01-01/2025-03-31")],
        ),
        (
            "Mexican authorities broke up 23 migrant camps and detained 475,000 migrants in four months.",
            [said(23, "level", None), said(475000, "level", None)],
        ),
        (
            "Los homicidios dolosos disminuyeron 25.8% entre septiembre de 2024 y mayo de 2025.",
            [said(25.8, "change_pct", "homicides.mexico", direction="down", baseline="explicit_date")],
        ),
        ("Siete de cada diez armas decomisadas provienen de Texas.", [said(70, "share", "firearms.seized")]),
        ("Han sido designados ocho grupos como organizaciones terroristas.", [said(8, "level", "designated_groups")]),
        (
            "Los ingresos irregulares disminuyeron de 8 mil 200 diarios a menos de 300.",
            [said(8200, "level", "crossings", rate="day"), said(300, "level", "crossings", bound="<", rate="day")],
        ),
    ],
)
def test_a_claim_is_read_with_all_its_slots(text: str, wanted: list[Said]) -> None:
    check(text, wanted, "en")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("García Harfuch told reporters that 1,193 laboratories had been destroyed.", [said(1193, "level", "labs")]),
        ("Suman 1,150 laboratorios destruidos desde el inicio de la administración.", [said(1150, "level", "labs")]),
        (
            "En el primer trimestre se registraron 6,014 víctimas de homicidio doloso, 15% menos que "
            "en el mismo periodo de 2024.",
            [
                said(6014, "level", "homicides.mexico", period="2025-01-01/2025-03-31"),
                said(15, "change_pct", "homicides.mexico", direction="down", period="2025-01-01/2025-03-31"),
            ],
        ),
        ("La cifra de detenidos por el ICE se triplicó en un año.", [said(3, "change_factor", "*", direction="up")]),
        (
            "Las autoridades decomisaron casi una tonelada de cocaína el sábado.",
            [said(1, "level", "drugs.seized.cocaine", bound="~", period="2025-06-14/2025-06-14")],
        ),
        (
            "Al menos 110 migrantes murieron en el desierto en lo que va del año.",
            [said(110, "level", "deaths.border", bound=">=", period="2025-01-01/2025-06-16")],
        ),
        (
            "En Ciudad Juárez hubo 96 homicidios en mayo, ocho menos que en abril.",
            [
                said(96, "level", "homicides.mexico", period="2025-05-01/2025-05-31"),
                said(8, "change_abs", "homicides.mexico", direction="down", period="2025-05-01/2025-05-31"),
            ],
        ),
        ("El flujo migratorio hacia la frontera bajó 90%.", [said(90, "change_pct", "crossings", direction="down")]),
        ("Dos terceras partes de los detenidos no tienen condena alguna.", [said(67, "share", "*")]),
        (
            "Las deportaciones superaron las 200,000 en el año fiscal 2025.",
            [said(200000, "level", "removals", bound=">", period="2024-10-01/2025-09-30")],
        ),
        (
            "El despliegue cuenta con 10.000 militares, el doble que en enero.",
            [
                said(10000, "level", "troops"),
                said(2, "change_factor", "troops", direction="up", baseline="explicit_date"),
            ],
        ),
        (
            "La tasa de homicidios fue 12% menor que en 2023.",
            [said(12, "change_pct", "homicides.mexico", direction="down", baseline="explicit_date")],
        ),
        (
            "Entre enero y abril cruzaron el Darién 2,800 migrantes, 98 por ciento menos que un año antes.",
            [
                said(2800, "level", "*", period="2025-01-01/2025-04-30"),
                said(
                    98,
                    "change_pct",
                    "*",
                    direction="down",
                    baseline="same_period_last_year",
                    period="2025-01-01/2025-04-30",
                ),
            ],
        ),
        (
            "El ICE arrestó a 2,200 personas el martes, la cifra más alta en un solo día.",
            [
                said(2200, "level", "arrests.interior", period="2025-06-10/2025-06-10"),
                said(None, "record", "arrests.interior", direction="up"),
            ],
        ),
        ("El tiempo medio de espera para una audiencia de asilo es de cuatro años.", [said(4, "duration", "*")]),
        (
            "Desde el 5 de febrero, en la frontera norte se detuvo a 4,900 personas y se aseguraron 3,800 armas.",
            [
                said(4900, "level", None, period="2025-02-05/2025-06-16"),
                said(3800, "level", "firearms.seized", period="2025-02-05/2025-06-16"),
            ],
        ),
        ("México recibió 24,400 deportados en el primer bimestre.", [said(24400, "level", "removals")]),
        (
            "Las detenciones en la frontera fueron diez veces menos que hace un año.",
            [said(10, "change_factor", "encounters.between_ports", direction="down", baseline="same_period_last_year")],
        ),
        (
            "El Gabinete de Seguridad reportó 18,700 detenidos por delitos de alto impacto.",
            [said(18700, "level", None)],
        ),
        (
            "Casi el 90 por ciento del fentanilo se decomisa en puertos de entrada.",
            [said(90, "share", "fentanyl.seized", bound="~")],
        ),
        ("Ningún migrante fue liberado en mayo.", [said(0, "level", "releases", period="2025-05-01/2025-05-31")]),
    ],
)
def test_a_claim_in_spanish_is_read_with_all_its_slots(text: str, wanted: list[Said]) -> None:
    check(text, wanted, "es")


@pytest.mark.parametrize(
    "text",
    [
        "The union asked for 3,000 more Border Patrol agents.",
        "Ask your congressman for ten thousand more agents.",
        "The order directs the Secretary to deploy up to 1,500 soldiers to the border.",
        "Anyone caught with 10 pounds or more of fentanyl faces a life sentence.",
        "A person who traffics 400 grams or more of fentanyl shall be imprisoned for at least ten years.",
        "The rule applies when encounters exceed 1,500 a day over seven days.",
        "The law requires CBP to scan 100 percent of trucks by 2027.",
        "Congress told the agency to scan 90 percent of cargo at the border by 2027.",
        "Migrants under 18 may not be held for more than 72 hours.",
        "The suspect, 41, was extradited in March.",
        "In case No. 25-1234 the judge blocked the asylum ban.",
        "The detention center has room for 2,400 people.",
        "The facility was built for 600 beds in Texas near the border.",
        "In a Gallup survey, 38% wanted more immigration.",
        "Mexico's economy grew 0.2 percent in the first quarter.",
        "Inflation in Mexico slowed to 3.8% in April.",
        "Remittances to Mexico fell 12% in April.",
        "We will hire 10,000 new ICE officers.",
        "Mexico pledged 10,000 National Guard troops for the border.",
        "He demanded that Mexico extradite 40 more cartel leaders.",
        "If 200,000 people cross next month, the shelters will fail.",
        "Suppose that 1,000 pounds of fentanyl were seized each week.",
        "Would 20,000 agents be enough to stop the crossings?",
        "The bridge has 12 lanes and opened in 1994.",
        "Temperatures reached 112 degrees in the desert where migrants cross.",
        "The 9th Circuit ruled for the asylum seekers on the 3rd of May.",
        "The 2024 election turned on the border.",
        "The hearing on the border was held at 9:30 a.m. in Room 2141.",
        "The newsletter on immigration has 4,000 subscribers.",
        "We spoke with 40 migrants in three shelters for this report.",
        "The survey of 1,005 adults on immigration has a margin of error of 3 points.",
        "The authors reviewed 250 documents on border security.",
        "The refugee ceiling is 125,000 for fiscal year 2024.",
        "El sindicato pidió 3,000 agentes más para la frontera.",
        "México se comprometió a enviar 10,000 elementos a la frontera.",
        "Quien transporte más de 10 kilos de fentanilo recibirá 15 años de cárcel.",
        "La nueva garita tendrá 12 carriles en la frontera.",
        "El 62% de los mexicanos aprueba a la presidenta, según una encuesta.",
        "El albergue tiene capacidad para 2,500 migrantes.",
        "La meta es deportar a un millón de personas al año.",
        "El puente está a 15 kilómetros de la frontera.",
        "Se prevé construir 300 kilómetros de muro.",
        "Pedimos que se contraten 2,000 policías más contra los cárteles.",
        "La presidenta hablará a las 7:30 horas sobre la frontera.",
        "Nuevo Laredo, con 425 mil habitantes, es la mayor ciudad de la frontera de Tamaulipas.",
    ],
)
def test_what_is_asked_for_set_or_counted_of_something_else_is_no_claim(text: str) -> None:
    for language in REST:
        assert [claim for claim in claims_of(text, language) if claim.value is not None] == []


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (
            "# Border drug seizures (pounds)\n\n| Drug | May 2025 |\n|---|---|\n"
            "| Fentanyl | 702 |\n| Cocaine | 5,100 |\n",
            [(702, "fentanyl.seized", "lb"), (5100, "drugs.seized.cocaine", "lb")],
        ),
        (
            "Drugs seized at the border, in kilograms\n\n| Drug | FY2024 |\n|---|---|\n| Heroin | 540 |\n",
            [(540, "drugs.seized.heroin", "kg")],
        ),
    ],
)
def test_a_row_that_names_a_drug_is_of_its_seizures(table: str, wanted: list[tuple[float, str, str]]) -> None:
    found = claims_of(table, "en")
    assert [(claim.value, claim.measure, claim.unit) for claim in found if claim.value is not None] == wanted
