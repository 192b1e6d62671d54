"""From a sentence to its verdict: the place, the component and the set that a claim counts, never another.

The figures in the tests are those of the official series, as published; the arithmetic stands beside them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterflow.assess import check
from counterflow.brief import codebook
from counterflow.brief.claims.places import place_of
from counterflow.brief.reader import read
from counterflow.brief.schema import Brief
from counterflow.errors import BriefError
from counterflow.evidence.catalog import Measure, measures, places, series_habits
from counterflow.evidence.checking.counts import meanings, measure_of
from counterflow.evidence.schema import Check, CheckReading
from evidence_cases import store


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return tmp_path / "document.md"


def brief(document: Path, text: str, day: str) -> Brief:
    document.write_text(f"# Border enforcement update\n\n{text}\n", encoding="utf-8")
    return read(document, date=date.fromisoformat(day))


def checks(document: Path, text: str, day: str) -> tuple[Check, ...]:
    return check(brief(document, text, day), store(), date=date.fromisoformat(day))


def compared(found: Check) -> list[CheckReading]:
    """The rows that the verdict rests on: those compared, with a baseline that the document names."""
    return [r for r in found.readings if r.named and r.outcome != "not comparable"]


# --- the place ---


@pytest.mark.parametrize(
    ("day", "text", "series", "percent", "verdict"),
    [
        # 11,060 against 80,180: 100 x (11060 / 80180 - 1) = -86.2
        ("2024-10-10", "Border Patrol encounters in the Tucson sector fell 86% from December 2023 to September 2024.",
         "usbp_encounters_sector", -86.2, "holds_all"),
        ("2024-10-10", "Border Patrol encounters in the Tucson sector fell 78% from December 2023 to September 2024.",
         "usbp_encounters_sector", -86.2, "holds_none"),
        # 44,775 against 155,099 = -71.1; the whole border fell 62.3% by CBP and 75.4% between ports
        ("2024-10-10", "Encounters in Texas fell 71% in September 2024 from September 2023.",
         "cbp_encounters_sw_by_state", -71.1, "holds_all"),
        ("2024-10-10", "Encounters in Texas fell 75% in September 2024 from September 2023.",
         "cbp_encounters_sw_by_state", -71.1, "holds_none"),
        # 207 against 45 victims = +360.0; all of Mexico fell 26.5%
        ("2025-07-20", "Homicides in Sinaloa rose 360% in June 2025 compared with June 2024.",
         "homicide_victims_mx_state", 360.0, "holds_all"),
        # 171 against 252 = -32.1
        ("2025-07-20", "Los homicidios en Guanajuato cayeron 32% en junio de 2025 respecto a junio de 2024.",
         "homicide_victims_mx_state", -32.1, "holds_all"),
        # a bare name is the sector where the series counts sectors: 17,520 against 30,040 = -41.7
        ("2024-03-10", "Border Patrol apprehensions in El Paso fell 42% in January 2024 compared with January 2023.",
         "usbp_encounters_sector", -41.7, "holds_all"),
    ],
)  # fmt: skip
def test_a_change_at_a_place_is_tested_on_that_place(
    document: Path, day: str, text: str, series: str, percent: float, verdict: str
) -> None:
    (found,) = checks(document, text, day)
    (row,) = compared(found)
    assert row.series_id == series
    assert row.observed == pytest.approx(percent, abs=0.05)
    assert found.verdict == verdict


def test_a_record_at_a_place_is_one_of_that_place(document: Path) -> None:
    """16,453 in Arizona, the whole border had 53,858 between ports; Arizona's lowest since Oct 2021 was 17,329."""
    text = "Encounters in Arizona in September 2024 were the lowest since fiscal year 2021."
    (found,) = checks(document, text, "2024-10-10")
    assert [row.numerator for row in compared(found)] == [16453]
    assert found.verdict == "holds_all"


@pytest.mark.parametrize(
    ("day", "text", "place", "area"),
    [
        ("2025-03-10", "Apprehensions in Arizona fell 50% in November 2024 from November 2023.",
         "Arizona", "southwest"),
        ("2024-09-10", "Border Patrol apprehended 58,009 migrants in Texas in August 2024.", "Texas", "southwest"),
        ("2024-03-10", "Gotaways in Texas fell 20% in fiscal year 2023.", "Texas", "southwest border"),
        ("2025-09-10", "Overdose deaths in Ohio fell 27% in 2024.", "Ohio", "the whole United States"),
        ("2025-07-20", "Homicides in Culiacán rose 400% in June 2025 compared with June 2024.",
         "Culiacán", "of Mexico"),
        ("2025-03-10", "ICE arrested 300 people in Chicago in February 2025.", "Chicago", "the whole United States"),
        ("2025-07-10", "Trump sent 2,000 National Guard troops to Los Angeles.", "Los Angeles", "southwest border"),
        ("2024-10-10",
         "In the San Diego and Tucson sectors, apprehensions fell 60% in September 2024 from September 2023.",
         "San Diego and Tucson sector", "the whole southwest border"),
        ("2025-06-10", "In May 2025, 90% of fentanyl seized in Texas was seized at ports of entry.",
         "Texas", "southwest"),
    ],
)  # fmt: skip
def test_a_place_without_figures_is_never_tested_on_the_whole(
    document: Path, day: str, text: str, place: str, area: str
) -> None:
    (found,) = checks(document, text, day)
    assert found.verdict == "not_checkable"
    assert f"speaks of {place};" in found.explanation
    assert area in found.explanation
    assert compared(found) == []


def test_where_a_series_counts_two_places_of_one_name_each_is_tested(document: Path) -> None:
    """Tucson, January 2024: 1,162 lb at the field office, 1.9 in the sector."""
    found = checks(document, "CBP seized 1,162 pounds of fentanyl in Tucson in January 2024.", "2024-03-10")[0]
    rows = {row.baseline_label.rpartition(", ")[2]: row for row in compared(found)}
    assert rows["Tucson Field Office"].outcome == "holds"
    assert rows["Tucson Sector"].outcome == "does not hold"
    assert found.verdict == "holds_some"
    at_ports = "At ports of entry, CBP seized 1,162 pounds of fentanyl in Tucson in January 2024."
    assert checks(document, at_ports, "2024-03-10")[0].verdict == "holds_all"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Encounters in the Rio Grande Valley sector fell", "Rio Grande Valley sector"),
        ("los encuentros en el sector de El Paso", "El Paso sector"),
        ("seizures at the San Diego field office rose", "San Diego field office"),
        ("Tucson recorded 80,185 apprehensions", "Tucson"),
        ("Sinaloa's homicides rose", "Sinaloa"),
        ("homicides in Mexico City", "Ciudad de México"),
        ("homicidios en el Estado de México", "Estado de México"),
        ("homicides in Baja California Sur", "Baja California Sur"),
        ("encounters in New Mexico", "New Mexico"),
        ("homicides in Michoacan", "Michoacán"),
        ("apprehensions in Texas and Arizona", "Texas and Arizona"),
        ("Arizona and Texas encounters fell", "Arizona and Texas"),
        ("homicides in Nuevo Laredo", "Nuevo Laredo"),
        # names that are no place of a count
        ("a judge in Texas blocked 300 removals at the southern border", "southwest border"),
        ("the Sinaloa cartel moved fentanyl", None),
        ("Gov. Abbott of Texas said crossings fell", None),
        ("Remain in Mexico cut crossings", None),
    ],
)
def test_a_name_is_a_place_where_the_words_around_it_say_so(text: str, place: str | None) -> None:
    assert place_of(text, (0, len(text)), (0, len(text))) == place


def test_every_geography_of_the_catalogue_is_a_place_of_the_reader() -> None:
    table = codebook.table("places")
    border = table["border"]
    named = {*table["states"], *border["sectors"]}
    named |= {f"{name} sector" for name in border["sectors"]} | {
        f"{name} field office" for name in border["field_offices"]
    }
    for name in named:
        assert name.lower() in places(), name
        assert place_of(f"in {name}", (0, len(name) + 3), (0, len(name) + 3)) == name
    reached = {geo for name in named for geo in places()[name.lower()]}
    for series_id in ("usbp_encounters_sector", "cbp_encounters_sw_by_state", "homicide_victims_mx_state",
                      "cbp_fentanyl_seizures_sector"):  # fmt: skip
        assert set(store().about(series_id).geos) <= reached, series_id


# --- the component ---


@pytest.mark.parametrize(
    "text",
    [
        "CBP encountered 301,981 migrants at the southwest border in December 2023.",
        "In December 2023, there were 302,000 encounters at the southwest border.",
    ],
)
def test_a_count_that_words_leave_open_is_tested_as_each(document: Path, text: str) -> None:
    """249,740 between ports and 52,241 at them: 301,981 together."""
    (found,) = checks(document, text, "2024-02-10")
    both, between = compared(found)
    assert (both.series_id, both.observed, both.outcome) == ("cbp_encounters_sw", 301981, "holds")
    assert (between.series_id, between.observed, between.outcome) == ("usbp_encounters_sw", 249740, "does not hold")
    assert both.baseline_label.endswith("encounters, between and at ports")
    assert between.baseline_label.endswith("Border Patrol encounters between ports")
    assert found.verdict == "holds_some"


@pytest.mark.parametrize(
    ("day", "text", "observed", "verdict"),
    [
        ("2024-03-10", "There were 2.4 million encounters at the southwest border in fiscal year 2022.",
         2378944, "holds_some"),
        ("2024-02-10", "In December 2023, Border Patrol made 302,000 encounters at the southwest border.",
         249740, "holds_none"),
        ("2024-02-10", "Border Patrol said that encounters reached 249,740 in December 2023.", 249740, "holds_all"),
        ("2024-02-10", "The Office of Field Operations had 52,241 encounters in December 2023.", 52241, "holds_all"),
        ("2024-02-10", "CBP encountered 52,241 people at ports of entry in December 2023.", 52241, "holds_all"),
        # 82,680 to 12,250 people in families: -85.2
        ("2025-03-10", "Family unit encounters fell 85.2% in November 2024 compared to November 2023.",
         -85.2, "holds_all"),
        # 11,940 to 5,770 children alone: -51.7
        ("2025-03-10", "Encounters of unaccompanied children fell 52% in November 2024 from November 2023.",
         -51.7, "holds_all"),
        # 23,927 at ports and 2,791 by Border Patrol: 26,718
        ("2024-05-10", "CBP seized 23,927 pounds of fentanyl at ports of entry in fiscal year 2023.",
         23927, "holds_all"),
        ("2024-05-10", "Border Patrol seized 2,791 pounds of fentanyl in fiscal year 2023.", 2791, "holds_all"),
        ("2024-05-10", "CBP seized 26,718 pounds of fentanyl in fiscal year 2023.", 26718, "holds_all"),
        ("2024-05-10", "CBP seized 26,718 pounds of fentanyl in fiscal year 2023, most of it at ports of entry.",
         26718, "holds_all"),
        ("2024-11-10", "En octubre de 2024, la Patrulla Fronteriza detuvo a 56,520 migrantes en la frontera suroeste.",
         56520,
         "holds_all"),
    ],
)  # fmt: skip
def test_a_component_is_tested_on_itself(document: Path, day: str, text: str, observed: float, verdict: str) -> None:
    (found,) = checks(document, text, day)
    assert compared(found)[0].observed == pytest.approx(observed, abs=0.05, rel=1e-4)
    assert found.verdict == verdict


def test_ports_that_are_only_a_reason_are_not_what_is_counted(document: Path) -> None:
    text = "Encounters fell 40% in August 2024 from August 2023 because ports of entry were closed."
    (found,) = checks(document, text, "2024-10-10")
    assert {row.series_id for row in compared(found)} == {"cbp_encounters_sw", "usbp_encounters_sw"}


def test_two_counts_in_one_sentence_keep_their_own(document: Path) -> None:
    text = "CBP encountered 301,981 migrants in December 2023, and Border Patrol apprehended 249,740 of them."
    one, other = checks(document, text, "2024-02-10")
    assert (one.verdict, other.verdict) == ("holds_some", "holds_all")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Nationwide encounters reached 3.2 million in fiscal year 2023.", "whether ports of entry count too"),
        ("CBP encountered 12,000 unaccompanied children in November 2023.", "held for Border Patrol alone"),
        ("Encounters of family units and single adults fell 20% in December 2023.", "more than one family status"),
    ],
)
def test_what_only_a_part_is_held_of_is_not_tested_on_the_part(document: Path, text: str, reason: str) -> None:
    """3,201,144 nationwide with the ports, of which 2,045,838 or so are Border Patrol's: only these are held."""
    (found,) = checks(document, text, "2024-03-10")
    assert found.verdict in ("not_checkable", "no_series")
    assert reason in found.explanation
    assert compared(found) == []


SENTENCES = [
    "Border Patrol encounters fell 10% in May 2024.",
    "CBP encounters fell 10% in May 2024.",
    "Encounters at ports of entry fell 10% in May 2024.",
    "Illegal crossings fell 10% in May 2024.",
    "Border Patrol encounters of family units fell 10% in May 2024.",
    "Encounters of unaccompanied children fell 10% in May 2024.",
    "Single adult encounters fell 10% in May 2024.",
    "Title 42 expulsions fell 50% in April 2023.",
    "Returns to Mexico under the Migrant Protection Protocols rose 20% in June 2022.",
    "CBP One appointments rose 20% in June 2024.",
    "ICE arrests rose 20% in June 2024.",
    "Book-ins to detention rose 20% in June 2024.",
    "ICE detention rose 20% in May 2025.",
    "Deportations rose 20% in May 2024.",
    "There were 16,731 Border Patrol agents in fiscal year 2019.",
    "Migrant deaths rose 6% in fiscal year 2019.",
    "Drug seizures fell 10% in May 2024.",
    "Drug seizures at ports of entry fell 10% in May 2024.",
    "Border Patrol drug seizures fell 10% in May 2024.",
    *(
        sentence.format(drug)
        for drug in ("Fentanyl", "Cocaine", "Heroin", "Marijuana", "Methamphetamine")
        for sentence in ("{} seizures fell 10% in May 2024.", "{} seizures at ports of entry fell 10% in May 2024.",
                         "{} seizures by Border Patrol fell 10% in May 2024.")
    ),
    "Border Patrol seized 299 firearms in fiscal year 2019.",
    "Overdose deaths fell 27% in 2024.",
    "About 48,000 Americans died from synthetic opioids in 2024.",
    "There were 48,662 reported synthetic opioid overdose deaths in the 12 months to December 2024.",
    "Homicides in Mexico fell 25% in June 2025.",
    "Deaths in fighting between cartels in Mexico rose 14% in 2021.",
]  # fmt: skip


def test_every_measure_with_a_series_is_reached_from_some_sentence(document: Path) -> None:
    found: set[str] = set()
    for claim in brief(document, "\n\n".join(SENTENCES), "2025-09-10").claims:
        measure = measure_of(claim)
        found |= {meant.code for meant in meanings(claim, measure)} if measure else set()
    held = {code for habits in series_habits().values() for code in habits.measures}
    assert held - found == set()


def test_the_components_of_a_measure_never_lead_back_to_it() -> None:
    def below(measure: Measure, seen: tuple[str, ...]) -> None:
        assert measure.code not in seen
        for code in {*measure.component.values(), *measure.narrower.values()} - {measure.code}:
            below(measures()[code], (*seen, measure.code))

    for measure in measures().values():
        below(measure, ())


# --- the set ---


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # eight organisations on 20 February 2025, six of them based in Mexico
        ("Six Mexican cartels were designated as terrorist organizations.", "holds_all"),
        ("The administration labeled eight Mexican cartels as terrorist organizations.", "holds_none"),
        ("Six cartels based in Mexico were designated as terrorist organizations.", "holds_all"),
        ("The State Department designated eight organizations as foreign terrorist organizations.", "holds_all"),
        ("The State Department designated six organizations as foreign terrorist organizations.", "holds_none"),
        ("Eight cartels and gangs were designated as terrorist organizations.", "holds_all"),
        ("Trump designated six drug cartels as terrorist organizations.", "holds_some"),
        ("Estados Unidos designó a ocho cárteles como organizaciones terroristas.", "holds_some"),
        ("Five major cartels were labeled terrorist organizations.", "holds_none"),
        ("Two gangs were designated as foreign terrorist organizations.", "not_checkable"),
    ],
)
def test_a_set_is_counted_as_the_claim_s_own_words_say(document: Path, text: str, verdict: str) -> None:
    (found,) = checks(document, text, "2025-02-25")
    assert found.claim.measure == "designated_groups"
    assert found.verdict == verdict


def test_a_part_of_a_set_is_a_claim_of_its_own(document: Path) -> None:
    text = "Eight cartels and gangs, six of them Mexican, were designated foreign terrorist organizations."
    eight, six = checks(document, text, "2025-02-25")
    assert (eight.claim.value, six.claim.value) == (8, 6)
    assert (eight.verdict, six.verdict) == ("holds_all", "holds_all")
    assert [row.baseline_label for row in compared(six)] == ["those based in Mexico"]


# --- documents that state a figure are read ---


@pytest.mark.parametrize(
    ("day", "text", "observed", "verdict"),
    [
        # 50,313 a day in May 2025, 40,203 in January: +25.1
        ("2025-06-10", "ICE detention rose 20% in May 2025 compared with January 2025.", 25.1, "holds_none"),
        ("2025-06-10", "The average daily population in ICE detention rose 25% in May 2025 compared with January 2025.",
         25.1,
         "holds_all"),
        ("2025-09-10", "About 48,000 Americans died from synthetic opioids in 2024.", 47735, "holds_all"),
    ],
)  # fmt: skip
def test_a_document_with_one_figure_is_not_refused(
    document: Path, day: str, text: str, observed: float, verdict: str
) -> None:
    (found,) = checks(document, text, day)
    assert compared(found)[0].observed == pytest.approx(observed, abs=0.05)
    assert found.verdict == verdict


def test_a_figure_without_a_measure_is_no_reason_to_refuse_a_document_of_the_border(document: Path) -> None:
    (found,) = checks(document, "The border wall cost 15 billion dollars, 30% more than planned.", "2025-06-10")[:1]
    assert found.verdict == "not_checkable"
    with pytest.raises(BriefError, match="names no border"):
        checks(document, "The bakery sold 1,200 loaves, 30% more than planned.", "2025-06-10")


def test_a_new_instrument_is_named_where_figures_end_with_the_old(document: Path) -> None:
    text = "Homicides in Mexico fell 40% in January 2026 compared with September 2024."
    (found,) = checks(document, text, "2026-02-10")
    assert found.verdict == "not_checkable"
    assert "On 1 Jan 2026 the instrument changed" in found.explanation


@pytest.mark.parametrize(
    "text",
    [
        "Mexico sent 10,000 National Guard troops to its northern border in February 2025.",
        "Mexican troops, 10,000 of them, were at the border on February 5, 2025; 10,000 Mexican soldiers were sent.",
        "México desplegó 10,000 elementos de la Guardia Nacional en la frontera norte en febrero de 2025.",
    ],
)
def test_troops_that_mexico_sends_are_never_set_against_those_of_the_united_states(document: Path, text: str) -> None:
    for found in checks(document, text, "2025-02-20"):
        assert {r.source_title for r in compared(found)} <= {
            "10,000 troops to the northern border; said to be against drugs, not migration"
        }
        assert found.verdict in ("holds_all", "not_checkable")


def test_troops_sent_to_the_border_with_mexico_are_not_mexico_s(document: Path) -> None:
    text = "The administration deployed 1,600 troops to the border with Mexico in January 2025."
    (found,) = checks(document, text, "2025-02-20")
    assert {r.observed for r in compared(found)} == {1600.0, 1500.0}


def test_a_claim_that_no_figure_covers_is_told_which_figures_are_held(document: Path) -> None:
    (found,) = checks(document, "More than 2.5 million illegal aliens have been removed.", "2025-12-15")
    assert found.verdict == "no_series"
    assert found.explanation.endswith("DHS removals: held from Oct 2013 to Aug 2024.")
