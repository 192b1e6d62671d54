"""The grammar of quantities: what is a claim, of what, against what, and when; and what only looks like one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.claims.find import find_claims
from counterflow.brief.claims.measures import measures
from counterflow.brief.dates.era import Era, era_of
from counterflow.brief.dates.periods import find_times
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.folding import fold
from counterflow.brief.layout.text import lay_out
from counterflow.brief.loading.load import load
from counterflow.brief.schema import Claim

MARCH_2025 = date(2025, 3, 15)


def claims_of(text: str, published: date | None = None) -> tuple[Claim, ...]:
    layout = lay_out(text)
    return find_claims(layout, find_findings(layout), era_of(layout, published))


def one(text: str, published: date | None = None) -> Claim:
    (claim,) = claims_of(text, published)
    return claim


# ------------------------------------------------------------------------------------------ measures


@pytest.mark.parametrize(
    ("text", "measure", "value"),
    [
        ("Border Patrol recorded 750 gotaways a day.", "gotaways", 750),
        ("Encounters between ports of entry came to 47,316 in January 2025.", "encounters.between_ports", 47316),
        ("CBP counted 81,500 inadmissibles in December.", "encounters.ports", 81500),
        ("There were 8,383 illegal crossings in April 2025.", "crossings", 8383),
        ("ICE officers arrested 11,791 people in three weeks.", "arrests.interior", 11791),
        ("DHS has removed or returned more than 750,000 people.", "removals", 750000),
        ("Some 39,000 migrants were held in detention centers.", "detained", 39000),
        ("The Pentagon sent 1,500 active-duty soldiers to El Paso.", "troops", 1500),
        ("Eight cartels were designated foreign terrorist organizations.", "designated_groups", 8),
        ("Officers seized 21,900 pounds of fentanyl in fiscal year 2024.", "fentanyl.seized", 21900),
        ("Officers seized 1,200 pounds of cocaine.", "drugs.seized.cocaine", 1200),
        ("Some 107,543 overdose deaths were counted in 2023.", "overdose.deaths", 107543),
        ("Mexico recorded 30,057 homicides in 2024.", "homicides.mexico", 30057),
        ("There were 945,000 asylum applications.", "asylum", 945000),
        ("Border Patrol released 7,041 migrants into the country.", "releases", 7041),
        ("There are 19,104 Border Patrol agents.", "agents", 19104),
        ("Mexico handed over 29 cartel figures to the United States.", "extraditions", 29),
        ("They built 458 miles of border wall.", "barrier.miles", 458),
        ("Unos 10,000 elementos de la Guardia Nacional llegaron a la frontera.", "troops", 10000),
        ("Las autoridades incautaron 1,100 kilos de fentanilo.", "fentanyl.seized", 1100),
    ],
)
def test_a_count_is_a_count_of_its_measure(text: str, measure: str, value: float) -> None:
    found = one(text)
    assert (found.claim_type, found.measure, found.value) == ("level", measure, value)


def test_every_measure_has_a_title_a_unit_and_a_way_to_be_checked() -> None:
    assert len(measures()) > 15
    assert len({measure.id for measure in measures()}) == len(measures())
    for measure in measures():
        assert measure.title
        assert measure.unit
        assert len({id(noun) for noun, _ in measure.counts}) == len(measure.counts), measure.id


def test_the_measure_is_the_noun_counted_and_not_the_nearest_one() -> None:
    found = one("Agents seized 200 pounds of heroin from migrants near the asylum office.")
    assert found.measure == "drugs.seized.heroin"


def test_a_number_without_a_known_measure_is_kept_with_its_own_words() -> None:
    found = one("The plan brought 250 prosecutors to the immigration courts.")
    assert (found.measure, found.measure_text, found.checkability) == (None, "prosecutors", "no_public_series")


# ------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("words", "value", "bound"),
    [
        ("over 300", 300, ">"),
        ("more than 2.5 million", 2_500_000, ">"),
        ("at least 40", 40, ">="),
        ("nearly 129,000", 129_000, "~"),
        ("about 12k", 12_000, "~"),
        ("fewer than 100", 100, "<"),
        ("up to 5,000", 5_000, "<="),
        ("5,000+", 5_000, ">="),
        ("zero", 0, "="),
        ("twenty-five", 25, "="),
        ("a hundred", 100, "="),
        ("two dozen", 24, "="),
    ],
)
def test_numbers_are_read_with_their_bound(words: str, value: float, bound: str) -> None:
    found = one(f"Agents arrested {words} migrants in the city.")
    assert (found.value, found.bound) == (value, bound)


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [("between 50 and 60", 50, 60), ("50 to 60", 50, 60), ("50-60", 50, 60), ("2 to 3 million", 2e6, 3e6)],
)
def test_a_range_is_one_claim(words: str, low: float, high: float) -> None:
    found = one(f"Agents arrested {words} migrants in the city.")
    assert (found.value, found.value_high) == (low, high)


def test_spanish_numbers_are_read_as_they_are_written() -> None:
    text = (
        "En la frontera la cifra de personas bajó. Las autoridades arrestaron a más de 1,2 millones de personas, "
        "a 11.500 migrantes y a 1,500 extranjeros en la región de la frontera."
    )
    assert [claim.value for claim in claims_of(text) if claim.value] == [1_200_000, 11_500, 1_500]


@pytest.mark.parametrize(
    "text",
    [
        "Under Executive Order 14165 the border was closed.",
        "E.O. 13767 and Proclamation 10886 apply, as does Public Law 109-162.",
        "Sections 212(f) and 215(a) of the Act (8 U.S.C. 1182(f) and 1185(a)) apply.",
        "See 85 Fed. Reg. 8715 and pages 12, 13 and 14 of Report 24-46.",
        "The House passed H.R. 2 and Senate Bill 4361 on asylum.",
        "Crossings are discussed in section 3 of title 42[7][9].",
        "MS-13 and holders of H-2B visas used the CBP One app.",
        "A 34-year-old man, aged 34, and a child under the age of 18 were held.",
        "The meeting began at 12:01 a.m. and at 9 p.m. on the 3rd.",
        "Within 14 days, and for 28 consecutive calendar days, agents shall report.",
        "On January 20, 2025, in 2024 and since 1970 arrests were made.",
        "The Trade Act of 1974 and the DNA Fingerprint Act of 2005 apply.",
        "The plan has (1) agents, (2) troops and (3) arrests.",
        "One of the agents said that one must act.",
        "The Departments identified two issues and reviewed more than 1,000 comments.",
        "In the year two thousand twenty-four agents made arrests.",
        "Goods of Mexico pay a 25 percent ad valorem rate of duty.",
        "See https://example.org/2024/over-300-arrested for arrests.",
        "The average fell since the rule was read[12], and the rule stands[3].",
    ],
)
def test_numbers_that_count_nothing_are_no_claims(text: str) -> None:
    assert [claim for claim in claims_of(text) if claim.value is not None] == []


@pytest.mark.parametrize(
    "text",
    [
        "The Pentagon will deploy 1,500 troops.",
        "The Secretary shall act when there are fewer than 1,500 encounters.",
        "The bill would fund 100 additional inspection machines.",
        "If 5,000 migrants cross, the border closes.",
        "El gobierno deberá enviar 10,000 elementos.",
        "The plan aims to reduce illegal crossings.",
        "Whether illegal crossings have fallen is not known.",
        "Agents work toward reducing illegal crossings.",
    ],
)
def test_plans_rules_and_suppositions_are_no_claims(text: str) -> None:
    assert claims_of(text) == ()


def test_a_link_target_and_the_page_around_give_no_claims() -> None:
    text = (
        "More than 20 Border Patrol agents came [here](https://x.org/arrest-more-1400-aliens).\n\nLeave a Reply\n\n"
        "Team Exposes $55B Waste, Infuriates 300 Agents"
    )
    assert [claim.value for claim in claims_of(text)] == [20]


def test_the_same_claim_in_heading_and_text_is_given_once() -> None:
    text = "# ICE arrested 300 people on Friday\n\nICE arrested 300 people on Friday in nine cities."
    found = one(text)
    assert "nine cities" in found.span.quote
    assert one("# ICE arrested 300 people on Friday\n\nNothing else is said.").value == 300


# ------------------------------------------------------------------------------------------- changes


@pytest.mark.parametrize(
    ("text", "value", "direction"),
    [
        ("Illegal crossings fell 93% last year.", 93, "down"),
        ("Illegal crossings have decreased by 59 percent.", 59, "down"),
        ("Illegal crossings are down 85 percent.", 85, "down"),
        ("A 93% drop in illegal crossings was reported.", 93, "down"),
        ("There was a drop of 93% in illegal crossings.", 93, "down"),
        ("Illegal crossings were 40% lower than in 2023.", 40, "down"),
        ("ICE arrests rose by more than 120 percent.", 120, "up"),
        ("ICE arrests are up 120%.", 120, "up"),
        ("The rule has cut illegal crossings by 55 per cent.", 55, "down"),
        ("Los cruces irregulares cayeron 93 por ciento.", 93, "down"),
    ],
)
def test_a_percentage_with_a_word_of_change_is_a_change(text: str, value: float, direction: str) -> None:
    found = one(text)
    assert (found.claim_type, found.value, found.direction, found.unit) == ("change_pct", value, direction, "percent")


@pytest.mark.parametrize(
    "text", ["Single adults made up 70% of encounters.", "DHS has removed 70 percent of single adults."]
)
def test_a_percentage_without_one_is_a_share(text: str) -> None:
    found = one(text)
    assert (found.claim_type, found.value, found.direction) == ("share", 70, "none")


def test_a_change_and_its_two_levels_are_three_claims_each_with_its_own_period() -> None:
    change, before, after = claims_of(
        "Illegal crossings fell 93% compared to the same month last year, down from nearly 129,000 in April 2024 "
        "to just 8,383 in April 2025."
    )
    assert (change.claim_type, change.value) == ("change_pct", 93)
    assert change.baseline is not None
    assert change.baseline.kind == "same_period_last_year"
    assert (before.claim_type, before.value, before.bound) == ("level", 129_000, "~")
    assert (after.claim_type, after.value, after.bound) == ("level", 8_383, "=")
    assert before.period is not None
    assert after.period is not None
    assert before.period.readings[0].start == date(2024, 4, 1)
    assert after.period.readings[0].end == date(2025, 4, 30)
    assert {c.measure for c in (change, before, after)} == {"crossings"}


@pytest.mark.parametrize(
    ("words", "value", "direction", "bound"),
    [
        ("ICE arrests doubled", 2, "up", "="),
        ("DHS has more than tripled removals", 3, "up", ">"),
        ("Illegal crossings halved", 0.5, "down", "="),
        ("ICE arrests saw a fourfold rise", 4, "up", "="),
        ("There were 10 times more ICE arrests", 10, "up", "="),
        (
            "Los cruces irregulares se duplicaron; la cifra de cruces irregulares se duplicó en la frontera",
            2,
            "up",
            "=",
        ),
    ],
)
def test_factors_are_read(words: str, value: float, direction: str, bound: str) -> None:
    found = [claim for claim in claims_of(f"{words} in 2024.") if claim.claim_type == "change_factor"]
    assert found
    assert (found[-1].value, found[-1].direction, found[-1].bound, found[-1].unit) == (value, direction, bound, "times")


@pytest.mark.parametrize(
    ("text", "direction", "start"),
    [
        ("Illegal crossings have plummeted to the lowest level since 1970.", "down", date(1970, 1, 1)),
        ("July and August 2024 were the lowest 2 months of encounters since September 2020.", "down", date(2020, 9, 1)),
        ("Overdose deaths reached an all-time high in 2022.", "up", None),
        ("Officers seized record levels of fentanyl.", "up", None),
        ("The country saw negative net migration for the first time in five decades.", "none", None),
        ("Los homicidios están en su nivel más bajo desde 2016.", "down", date(2016, 1, 1)),
    ],
)
def test_records_reach_back_as_far_as_they_say(text: str, direction: str, start: date | None) -> None:
    (found,) = [claim for claim in claims_of(text) if claim.claim_type == "record"]
    assert (found.direction, found.value) == (direction, None)
    assert found.measure is not None
    assert (found.baseline.start if found.baseline else None) == start


def test_a_superlative_by_itself_is_no_record() -> None:
    assert claims_of("The lowest officers spoke with the highest court about asylum claims.") == ()


@pytest.mark.parametrize(
    ("text", "measure", "direction"),
    [
        ("The administration achieved rapid reductions in illegal crossings.", "crossings", "down"),
        ("The number of Americans dying from drugs has fallen every single month.", "overdose.deaths", "down"),
        ("The ban has reduced illegal crossings.", "crossings", "down"),
        ("Homicides in Mexico rose after the arrest.", "homicides.mexico", "up"),
        ("Gotaways are down.", "gotaways", "down"),
        ("Hubo una fuerte reducción de los cruces irregulares.", "crossings", "down"),
    ],
)
def test_a_trend_needs_no_number(text: str, measure: str, direction: str) -> None:
    found = one(text)
    assert (found.claim_type, found.measure, found.direction, found.value) == ("trend", measure, direction, None)


# --------------------------------------------------------------------------------- baselines and rates


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("compared to the peak of December 2023", "peak"),
        ("from the record high of 2023", "peak"),
        ("compared with the same period last year", "same_period_last_year"),
        ("from a year earlier", "same_period_last_year"),
        ("year over year", "same_period_last_year"),
        ("over last year", "same_period_last_year"),
        ("compared to April 2024", "explicit_date"),
        ("from May 2023", "explicit_date"),
        ("since June 4, 2024", "explicit_date"),
        ("versus the average of the four years before", "period_average"),
        ("compared to Biden-era levels", "administration"),
        ("relative to the previous administration", "administration"),
        ("compared with the previous month", "previous_period"),
        ("from the week before", "previous_period"),
        ("en comparación con el mismo periodo del año pasado", "same_period_last_year"),
        ("", "none"),
    ],
)
def test_what_a_change_is_measured_against_is_told_by_its_words(words: str, kind: str) -> None:
    found = claims_of(f"Illegal crossings fell 93% {words}.")[0]
    assert found.baseline is not None
    assert found.baseline.kind == kind, found.baseline
    assert (found.baseline.text == "") == (kind == "none")


def test_a_peak_of_an_administration_is_both() -> None:
    found = one("Gotaways fell 93% compared to peak Biden-era numbers.")
    assert found.baseline is not None
    assert (found.baseline.kind, found.baseline.administration) == ("peak", "Biden")
    assert (found.baseline.start, found.baseline.end) == (date(2021, 1, 20), date(2025, 1, 20))


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("Daily gotaways fell 93%.", "day"),
        ("Agents counted 132 gotaways a day.", "day"),
        ("Agents made 1,200 ICE arrests per week.", "week"),
        ("There were 8,000 illegal crossings each month.", "month"),
        ("There were 8,000 illegal crossings a year ago.", None),
        ("There were 8,000 illegal crossings.", None),
    ],
)
def test_rates_are_told_by_their_words(text: str, rate: str | None) -> None:
    assert one(text).rate == rate


# ------------------------------------------------------------------------------------ periods and era


def readings_of(text: str, era: Era) -> list[tuple[date | None, date | None]]:
    folded = fold(text)
    return [(r.start, r.end) for time in find_times(folded, 0, len(folded), era) for r in time.readings]


KNOWN = Era(((MARCH_2025, MARCH_2025),), "given", MARCH_2025)
UNKNOWN = Era((), "unknown")


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("On January 20, 2025, it began", date(2025, 1, 20), date(2025, 1, 20)),
        ("On March, 4, 2025, it began", date(2025, 3, 4), date(2025, 3, 4)),
        ("on 4 March 2025", date(2025, 3, 4), date(2025, 3, 4)),
        ("el 4 de marzo de 2025", date(2025, 3, 4), date(2025, 3, 4)),
        ("In April 2024", date(2024, 4, 1), date(2024, 4, 30)),
        ("July and August 2024", date(2024, 7, 1), date(2024, 8, 31)),
        ("in fiscal year 2024", date(2023, 10, 1), date(2024, 9, 30)),
        ("FY2023-2024", date(2022, 10, 1), date(2024, 9, 30)),
        ("FY24", date(2023, 10, 1), date(2024, 9, 30)),
        ("in the first quarter of 2025", date(2025, 1, 1), date(2025, 3, 31)),
        ("during 2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("in February", date(2025, 2, 1), date(2025, 2, 28)),
        ("between January and February", date(2025, 1, 1), date(2025, 2, 28)),
        ("last month", date(2025, 2, 1), date(2025, 2, 28)),
        ("el mes pasado", date(2025, 2, 1), date(2025, 2, 28)),
        ("last year", date(2024, 1, 1), date(2024, 12, 31)),
        ("so far this year", date(2025, 1, 1), MARCH_2025),
        ("over the past two weeks", date(2025, 3, 1), MARCH_2025),
        ("since taking office", date(2025, 1, 20), MARCH_2025),
        ("on Day One", date(2025, 1, 20), date(2025, 1, 20)),
        ("on Trump's first full day", date(2025, 1, 21), date(2025, 1, 21)),
        ("under the administration's first week", date(2025, 1, 20), date(2025, 1, 26)),
    ],
)
def test_a_period_with_a_known_document_date_has_its_days(words: str, start: date, end: date) -> None:
    assert readings_of(words, KNOWN) == [(start, end)]


def test_first_days_are_counted_with_and_without_inauguration_day() -> None:
    expected = [(date(2025, 1, 20), date(2025, 1, 30)), (date(2025, 1, 21), date(2025, 1, 31))]
    assert readings_of("in Trump's first 11 days", KNOWN) == expected
    assert readings_of("in the first 11 days of the Trump administration", KNOWN) == expected
    assert readings_of("en los primeros 11 días de Trump", KNOWN) == expected


def test_without_an_anchor_both_terms_stay_possible() -> None:
    assert readings_of("on Trump's first full day", UNKNOWN) == [
        (date(2017, 1, 21), date(2017, 1, 21)),
        (date(2025, 1, 21), date(2025, 1, 21)),
    ]


def test_a_relative_period_without_a_document_date_has_no_days() -> None:
    assert readings_of("last month", UNKNOWN) == [(None, None)]


@pytest.mark.parametrize("words", ["they may march on", "May I ask", "in march order", "2,024 people", "call 911"])
def test_words_that_look_like_time_are_none(words: str) -> None:
    assert [r for r in readings_of(words, KNOWN) if r[0] is not None] in ([], [(date(2025, 3, 1), date(2025, 3, 31))])


def test_a_claim_takes_the_period_of_its_sentence_and_not_of_its_baseline() -> None:
    found = one("In April 2025, illegal crossings fell 93% compared to April 2024.")
    assert found.period is not None
    assert found.period.readings[0].start == date(2025, 4, 1)
    assert found.baseline is not None
    assert (found.baseline.start, found.baseline.end) == (date(2024, 4, 1), date(2024, 4, 30))


def test_a_length_of_time_without_an_end_has_no_days() -> None:
    found = one("For seven straight months, zero migrants have been released into the country.", MARCH_2025)
    assert found.period is not None
    assert [(r.start, r.end) for r in found.period.readings] == [(None, None)]


def test_holders_named_with_their_office_tell_the_time_of_a_document() -> None:
    era = era_of(lay_out("Defense Secretary Pete Hegseth met Mexican President Claudia Sheinbaum."))
    assert era.start == date(2025, 1, 25)
    assert "Hegseth" in era.reason
    era = era_of(lay_out("Secretary of Homeland Security Kirstjen Nielsen met President Trump."))
    assert (era.start, era.end) == (date(2017, 12, 6), date(2019, 4, 10))


def test_an_earlier_president_who_is_only_mentioned_does_not_empty_the_time() -> None:
    text = (
        "President Trump and Defense Secretary Pete Hegseth ended what President Biden had begun, and what former "
        "President Obama had not."
    )
    assert era_of(lay_out(text)).start == date(2025, 1, 25)


def test_without_a_holder_the_time_is_unknown_and_a_known_date_settles_it() -> None:
    assert era_of(lay_out("Troops were sent.")).spans == ()
    assert era_of(lay_out("President Biden spoke."), MARCH_2025).spans == ((MARCH_2025, MARCH_2025),)


# -------------------------------------------------------------------------------------- incompleteness


def test_a_claim_in_a_clause_with_missing_words_is_incomplete() -> None:
    found = one("ICE arrested 300 people of , and went on.")
    assert found.incomplete
    assert found.checkability == "incomplete"
    assert len(found.finding_ids) == 1


def test_a_gap_in_another_clause_leaves_a_claim_whole() -> None:
    found = one("Agents were authorized to , arresting 300 migrants in the city.")
    assert not found.incomplete


# ------------------------------------------------------------------------------------- real documents


@pytest.fixture(scope="module")
def real(project: Path) -> Path:
    folder = project.parent / "shared" / "briefs" / "real"
    if not folder.exists():
        pytest.skip("the real documents are not beside this checkout")
    return folder


def test_orders_and_proclamations_without_results_give_no_claims(real: Path) -> None:
    for number in ("01", "02", "03", "04"):
        (path,) = real.glob(f"{number}-*.md")
        loaded = load(path, name=path.name)
        assert claims_of(loaded.text, loaded.date_published) == (), path.name


def test_most_claims_that_a_person_marked_are_found(real: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Found = a claim whose quote overlaps the marked one, with the same number where one is marked."""
    marked = matched = emitted = 0
    for number in ("05", "06"):
        (path,) = real.glob(f"{number}-*.md")
        loaded = load(path, name=path.name)
        found = claims_of(loaded.text, loaded.date_published)
        gold = json.loads((real / "annotations" / f"{number}.json").read_text())["claims"]
        marked, emitted = marked + len(gold), emitted + len(found)
        for entry in gold:
            start = loaded.text.index(entry["quote"])
            end = start + len(entry["quote"])
            matched += any(
                c.quote_span.start < end and start < c.quote_span.end and c.value == entry["value"] for c in found
            )
    with capsys.disabled():
        print(f"\nmarked claims found: {matched} of {marked}; claims given: {emitted}")
    assert matched >= 0.8 * marked
    assert emitted <= marked + 3


# --------------------------------------------------------------------------------- two dates compared


@pytest.mark.parametrize(
    ("text", "baseline", "period"),
    [
        ("Homicides fell 25% between September 2024 and May 2025.", "2024-09-01", "2025-05-31"),
        ("Homicides fell 25% from September 2024 to May 2025.", "2024-09-01", "2025-05-31"),
        ("Homicides fell 25% between September and May 2025.", "2024-09-01", "2025-05-31"),
        ("Between January 2025 and May 2025, homicides fell 25 percent.", "2025-01-01", "2025-05-31"),
        ("Los homicidios cayeron 25% entre septiembre de 2024 y mayo de 2025.", "2024-09-01", "2025-05-31"),
        ("Overdose deaths fell 27 percent from 2023 to 2024.", "2023-01-01", "2024-12-31"),
        ("Apprehensions fell 93% between January 1, 2024 and May 2, 2025.", "2024-01-01", "2025-05-02"),
    ],
)
def test_a_change_between_two_dates_is_measured_from_the_first_to_the_second(
    text: str, baseline: str, period: str
) -> None:
    claim = one(text)
    assert claim.baseline is not None
    assert claim.period is not None
    assert (claim.baseline.kind, str(claim.baseline.start)) == ("explicit_date", baseline)
    assert str(claim.period.readings[0].end) == period


def test_two_dates_are_one_period_where_another_baseline_is_named() -> None:
    claim = one("Homicides fell 25% between January and March 2025 from the same period last year.")
    assert claim.baseline is not None
    assert claim.period is not None
    assert claim.baseline.kind == "same_period_last_year"
    assert (str(claim.period.readings[0].start), str(claim.period.readings[0].end)) == ("2025-01-01", "2025-03-31")


@pytest.mark.parametrize(("words", "value"), [("2.05 million", 2_050_000.0), ("4.1 million", 4_100_000.0)])
def test_a_scaled_number_keeps_the_digits_of_the_text(words: str, value: float) -> None:
    assert one(f"Border Patrol counted {words} encounters at the border in 2023.").value == value


def test_a_bare_year_after_a_comparison_is_the_baseline() -> None:
    (found,) = claims_of("Overdose deaths involving synthetic opioids fell 36% in 2024 compared with 2023.")
    assert found.baseline is not None
    assert (found.baseline.kind, found.baseline.start, found.baseline.end) == (
        "explicit_date",
        date(2023, 1, 1),
        date(2023, 12, 31),
    )
