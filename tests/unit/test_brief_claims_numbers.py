"""Which numbers are claims and which are not, what they count, and by whose word."""

from __future__ import annotations

import time
from datetime import date

import pytest

from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Claim

JUNE_2025 = date(2025, 6, 15)


def claims_of(text: str) -> tuple[Claim, ...]:
    layout = lay_out(text)
    return find_claims(layout, (), era_of(layout, JUNE_2025))


def one(text: str) -> Claim:
    (claim,) = claims_of(text)
    return claim


@pytest.mark.parametrize(
    "words",
    [
        "Executive Order 14165 and E.O. 13767 speak of asylum",
        "See Senate Bill 4, section 2.03, and page 37 of the asylum report",
        "A 17-year-old migrant and a man aged 34 came, one of them a girl of 15",
        "Pete Oyama, 63, who sells tires at the border, agrees",
        "MS-13, Title 42 and Proposition 314 concern migrants",
        "Migrants boarded flight 1182, case No. 25-2581, at 10:30",
        "Call (202) 555-0142 about asylum, or come to 1450 N. Morley Ave",
        "The 9th Circuit heard the asylum case on April 21, and again on 3 May",
        "The asylum vote was 2 to 1, in an opinion of 33 pages",
        "Migrants came in 2019, and the 101st judge ruled",
        "Sixty-three reporters, or 63 reporters, saw the border",
        "Comunicado 214/2025 de migración, con 27 artículos y 94 fojas",
        "El migrante, de 38 años de edad, llegó el 3 de noviembre",
    ],
)
def test_numbers_that_name_date_or_age_are_no_quantities(words: str) -> None:
    assert [claim.value for claim in claims_of(f"{words}.") if claim.value is not None] == []


@pytest.mark.parametrize(
    "text",
    [
        "The battalion, about 600 engineers for the border, is expected to arrive before May 2.",
        "The Commissioner is authorized to hire 3,000 Border Patrol agents.",
        "The Secretary is directed to maintain not more than 8,500 troops along the southern border.",
        "Se analiza, en cambio, ampliar el programa de migración a otros 12 municipios.",
        "Marcharon contra el despliegue de 1.800 soldados más, que la Federación anunció en la frontera.",
        "A judge blocked the removal of 400 migrants.",
        "Congress set aside $310 million for the border.",
    ],
)
def test_sizes_of_what_is_planned_ordered_or_blocked_are_no_claims(text: str) -> None:
    assert [claim.value for claim in claims_of(text) if claim.value is not None] == []


@pytest.mark.parametrize(
    ("text", "claim_type", "direction"),
    [
        ("Families made up 40% of border encounters.", "share", "none"),
        ("Of those detained by ICE, 40% had no criminal conviction.", "share", "none"),
        ("Just 40 percent of fentanyl is caught between the ports.", "share", "none"),
        ("En México, 40 de cada 100 pistolas se compraron fuera.", "share", "none"),
        ("Operation Steady Hand Cuts Crossings 40% in First Half of 2025.", "change_pct", "down"),
    ],
)
def test_a_percentage_is_a_change_only_with_a_word_of_change(text: str, claim_type: str, direction: str) -> None:
    found = one(text)
    assert (found.claim_type, found.direction, found.value, found.unit) == (claim_type, direction, 40, "percent")


@pytest.mark.parametrize(
    ("text", "measure", "value", "unit"),
    [
        ("Eight Mexican and Salvadoran groups were listed as foreign terrorist organizations.",
         "designated_groups", 8, "groups"),
        ("There are eleven miles of bollard fence along the border.", "barrier.miles", 11, "miles"),
        ("Zero migrants were released into the country in May.", "releases", 0, "people"),
        ("ICE detention held about 51,000 people in June.", "detained", 51000, "people"),
        ("56,816 people were in immigration detention on June 8.", "detained", 56816, "people"),
        ("An estimated 670,000 got away without being caught at the border.", "gotaways", 670000, "people"),
        ("Border agents confiscated 412 guns last year.", "firearms.seized", 412, "firearms"),
        ("Fentanyl went the other way: 580 pounds a month have been found.", "fentanyl.seized", 580, "lb"),
        ("Border Patrol apprehensions fell to 264 a day in April.", "encounters.between_ports", 264, "encounters"),
        ("Mexico's security ministry handed over six more fugitives.", "extraditions", 6, "people"),
        ("México entregó a Estados Unidos a 55 capos.", "extraditions", 55, "people"),
        ("En lo que va del año fueron repatriados desde Estados Unidos 38.757 mexicanos.", "removals", 38757, "people"),
    ],
)  # fmt: skip
def test_a_number_is_of_what_it_counts(text: str, measure: str, value: float, unit: str) -> None:
    found = one(text)
    assert (found.claim_type, found.measure, found.value, found.unit) == ("level", measure, value, unit)


def test_arrests_by_forces_of_mexico_are_none_by_ice() -> None:
    assert one("El Ejército detuvo a 1,200 personas en la frontera norte de México.").measure is None


def test_a_sentence_speaks_on_of_what_the_one_before_spoke_of() -> None:
    text = "Illegal crossings did collapse. They fell from 47,300 in December to 6,070 in May."
    assert [(c.measure, c.value) for c in claims_of(text) if c.value] == [("crossings", 47300), ("crossings", 6070)]


def test_a_number_compared_with_one_before_counts_the_same() -> None:
    claims = claims_of("Por esa ruta de migrantes pasan unas 85 personas al día, contra 300 diarias de hace un año.")
    assert [(c.value, c.unit, c.rate) for c in claims] == [(85, "people", "day"), (300, "people", "day")]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("2 mil 500", 2500), ("mil 200", 1200), ("10 mil", 10000), ("1.5 millones de", 1.5e6), ("medio millón de", 5e5),
        ("12.498", 12498), ("12,498", 12498), ("un millón de", 1e6), ("más de 3 mil 200", 3200),
    ],
)  # fmt: skip
def test_spanish_numbers(words: str, value: float) -> None:
    found = one(f"En la frontera de México con Estados Unidos fueron deportados {words} migrantes en mayo.")
    assert (found.measure, found.value) == ("removals", value)


@pytest.mark.parametrize(
    ("text", "claim_type", "value", "unit"),
    [
        ("Los cruces irregulares se redujeron a la mitad.", "change_factor", 0.5, "times"),
        ("Los decomisos de fentanilo cayeron un tercio.", "change_pct", 33, "percent"),
        ("Los homicidios dolosos bajaron 25.3 por ciento.", "change_pct", 25.3, "percent"),
        ("Los homicidios dolosos bajaron 3.2 puntos porcentuales.", "change_abs", 3.2, "percentage points"),
        ("Border crossings fell by half.", "change_pct", 50, "percent"),
        ("Agents made half as many apprehensions as in May 2024.", "change_factor", 0.5, "times"),
    ],
)
def test_changes_in_words(text: str, claim_type: str, value: float, unit: str) -> None:
    found = one(text)
    assert (found.claim_type, found.value, found.unit) == (claim_type, value, unit)


@pytest.mark.parametrize(
    ("text", "direction", "kind"),
    [
        ("Illegal crossings hit 8,000 in April, the lowest since fiscal year 2020.", "down", "explicit_date"),
        ("Apprehensions were the fewest in any month since at least 2000.", "down", "explicit_date"),
        ("Sonora counted 1,106 homicides in 2025, its lowest total in six years.", "down", "other"),
        ("Officers made the largest-ever seizure of fentanyl.", "up", "other"),
        ("ICE detention held 56,816 people in July, more than the country had ever held.", "up", "other"),
        ("Some 112,000 Americans died of overdoses, a record.", "up", None),
        ("A record 69,533 migrants were held in ICE detention.", "up", None),
    ],
)
def test_a_record_is_a_claim_of_its_own(text: str, direction: str, kind: str | None) -> None:
    (record,) = [claim for claim in claims_of(text) if claim.claim_type == "record"]
    assert (record.direction, record.value, record.unit) == (direction, None, None)
    assert record.measure is not None
    assert (record.baseline.kind if record.baseline else None) == kind


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("The average wait for an asylum hearing is now 4.3 years.", 4.3, "years"),
        ("Migrants spend 47 days in detention on average.", 47, "days"),
        ("Los migrantes esperan en promedio 12 días en la frontera.", 12, "días"),
    ],
)
def test_how_long_something_takes_is_a_duration(text: str, value: float, unit: str) -> None:
    found = one(text)
    assert (found.claim_type, found.value, found.unit, found.measure) == ("duration", value, unit, None)


def test_any_other_length_of_time_is_no_claim() -> None:
    assert claims_of("The asylum hearing lasted 3 days, and migrants were held for 4.5 years.") == ()


def test_a_count_without_a_number_is_one_without_a_value() -> None:
    found = one("ICE deported tens of thousands of migrants last year.")
    assert (found.claim_type, found.measure, found.value) == ("level", "removals", None)


def test_only_what_is_called_untrue_is_denied() -> None:
    found = one("Contrary to claims that they rose, illegal crossings fell 12% in May.")
    assert (found.value, found.polarity, found.speaker) == (12, "affirmed", None)


# ------------------------------------------------------------------------------------------- speakers


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Some 9,800 soldiers are stationed at the border, the Pentagon said.", "US.DOD", "Pentagon"),
        ("The Department of Homeland Security told the court that 56,816 migrants were held in custody.", "US.DHS", ""),
        ("According to CBP data, agents made 7,181 arrests at the border.", "US.DHS.CBP", "CBP"),
        ("ICE arrested 1,200 people, port director Hal Benavides said.", None, "Hal Benavides"),
        ('"We deported 1,200 migrants," said Ines Corwin of Bexar College.', None, "Ines Corwin"),
        ("Según la SSPC, los homicidios bajaron 37%.", "MX.SSPC", "SSPC"),
        ("Los homicidios bajaron 37%, informó la SSPC.", "MX.SSPC", "SSPC"),
    ],
)
def test_a_claim_names_whom_the_text_quotes_for_it(text: str, code: str | None, name: str) -> None:
    (found,) = [claim for claim in claims_of(text) if claim.value is not None]
    assert found.speaker is not None
    assert found.speaker.role == "speaker"
    assert found.speaker.code == code
    assert name in found.speaker.name


@pytest.mark.parametrize(
    "text",
    [
        "Border Patrol agents recorded 7,181 apprehensions in March.",
        "CBP, which made 7,181 arrests at the border, said it would hire agents.",
        "Agents made 7,181 arrests at the border. The Pentagon said so too.",
    ],
)
def test_what_the_document_itself_says_has_no_speaker(text: str) -> None:
    assert [claim.speaker for claim in claims_of(text) if claim.value == 7181] == [None]


# --------------------------------------------------------------------------------- headings and domain


def test_a_claim_of_a_heading_is_marked() -> None:
    found = one("# ICE arrested 300 people on Friday\n\nNothing else is said.")
    assert found.from_heading
    assert not one("# Raids\n\nICE arrested 300 people on Friday.").from_heading


@pytest.mark.parametrize(
    "text",
    [
        "Police arrested 300 people at protests in London on Saturday.",
        "Shares fell 4.2% to $187.50 on Tuesday, their lowest since March.",
        "The company cut 1,500 jobs, a 12% reduction from 2023.",
        "Israel has deployed 60,000 troops along its border with Lebanon.",
        "Unemployment fell to a record low of 3.4%, the lowest since 1969.",
        "London recorded 104 murders last year, down from 130 in 2023.",
        "The school has 1,200 pupils, and 45% of them walk.",
    ],
)
def test_figures_about_other_things_are_no_claims(text: str) -> None:
    assert claims_of(text) == ()


# --------------------------------------------------------------------------------------------- tables


def test_each_cell_of_a_table_with_a_measure_and_a_time_is_a_claim() -> None:
    text = (
        "# Steady hand\n\n| Month | Migrants apprehended, Texas | Fentanyl seized (lb) | Change |\n"
        "|---|---:|---:|---|\n"
        "| April 2025 | 3,914 | 118 | -12% |\n| May 2025 | 3,377 | 96 | n/a |\n"
    )
    claims = [claim for claim in claims_of(text) if claim.measure != "no"]
    levels = [(c.measure, c.value, c.unit, str(c.period.readings[0].start)) for c in claims if c.period]
    assert levels == [
        ("encounters.between_ports", 3914, "encounters", "2025-04-01"),
        ("fentanyl.seized", 118, "lb", "2025-04-01"),
        ("encounters.between_ports", 3377, "encounters", "2025-05-01"),
        ("fentanyl.seized", 96, "lb", "2025-05-01"),
    ]
    assert all(claim.span.quote in text and claim.quote_span.quote in text for claim in claims)


def test_a_column_of_changes_holds_changes() -> None:
    text = (
        "## Border encounters\n\n| Fiscal year | Encounters | % change in encounters |\n|---|---|---|\n"
        "| FY2023 | 2,475,669 | 4% |\n| FY2024 | 1,530,523 | -38% |\n"
    )
    found = [(c.claim_type, c.value, c.unit, c.direction) for c in claims_of(text)]
    assert ("change_pct", 38, "percent", "down") in found
    assert ("level", 2475669, "encounters", "none") in found


def test_a_table_about_something_else_gives_nothing() -> None:
    assert claims_of("| Year | Pupils |\n|---|---|\n| 2023 | 120 |\n| 2024 | 140 |\n") == ()


# ---------------------------------------------------------------------------------------------- speed


def test_reading_claims_takes_time_in_proportion_to_the_text() -> None:
    sentence = "Agents made 4,200 arrests at the border in May 2025, down 12% from 4,800 in May 2024, CBP said. "

    def seconds(copies: int) -> float:
        layout = lay_out(sentence * copies)
        begun = time.process_time()
        find_claims(layout, (), era_of(layout, JUNE_2025))
        return time.process_time() - begun

    seconds(20)
    assert seconds(1200) < 8 * max(seconds(300), 0.05)
