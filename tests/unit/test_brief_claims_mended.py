"""Claims that other authors would write otherwise: heads of tables, figures with blanks, ordered sizes, "more"."""

from __future__ import annotations

import time
from datetime import date

import pytest

from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Claim

MARCH_2026 = date(2026, 3, 15)


def claims_of(text: str) -> tuple[Claim, ...]:
    layout = lay_out(text)
    return find_claims(layout, (), era_of(layout, MARCH_2026))


def one(text: str) -> Claim:
    (claim,) = claims_of(text)
    return claim


# --------------------------------------------------------------------------------------------- tables


def cells(
    caption: str, head: str, row: str = "| May 2025 | 612 |"
) -> list[tuple[str | None, float | None, str | None]]:
    text = f"{caption}\n\n| Month | {head} |\n|---|---|\n{row}\n"
    return [(claim.measure, claim.value, claim.unit) for claim in claims_of(text)]


@pytest.mark.parametrize("head", ["Fentanyl (lb)", "Fentanyl, in pounds", "Fentanilo (libras)"])
def test_a_column_of_a_drug_holds_weights_of_it_whatever_the_caption_counts(head: str) -> None:
    assert cells("Border crossings by month", head) == [("fentanyl.seized", 612, "lb")]


@pytest.mark.parametrize("head", ["Budget", "Agents on duty", "Rainfall (in)", "Trucks"])
def test_a_column_of_something_else_does_not_take_the_measure_of_the_caption(head: str) -> None:
    assert cells("Border crossings by month", head) == []


@pytest.mark.parametrize("head", ["", "2025", "FY 2025", "Number", "Total", "El Paso sector", "May", "May 2025"])
def test_a_column_that_says_only_when_or_where_takes_the_measure_of_the_caption(head: str) -> None:
    assert cells("Border encounters by month", head) == [("encounters.between_ports", 612, "encounters")]


def test_each_column_of_a_table_has_a_measure_of_its_own() -> None:
    text = (
        "Border crossings by month\n\n| Month | Encounters | Fentanyl (lb) |\n|---|---|---|\n"
        "| January 2025 | 61,448 | 612 |\n| February 2025 | 28,654 | 540 |\n"
    )
    found = [(claim.measure, claim.value) for claim in claims_of(text)]
    assert found[1::2] == [("fentanyl.seized", 612), ("fentanyl.seized", 540)]
    assert all(measure and measure.startswith("encounters") for measure, _ in found[::2])


# --------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("2 millones 300 mil", 2_300_000),
        ("1 millón 250 mil", 1_250_000),
        ("2 millones 300 mil 450", 2_300_450),
        ("3 mil 412", 3412),
        ("2 millones", 2_000_000),
        ("12 500", 12_500),
        ("12\u00a0500", 12_500),
        ("1\u202f234\u202f567", 1_234_567),
    ],
)
def test_a_spanish_number_of_several_parts_is_one(words: str, value: float) -> None:
    claim = one(f"Detuvieron a {words} migrantes en la frontera en mayo de 2025.")
    assert (claim.value, claim.unit) == (value, "people")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("CBP arrested 1 000 people at the border.", 1000),
        ("Agents at the border arrested 12 500 migrants in May 2025.", 12_500),
        ("On May 5 300 migrants were arrested at the border.", 300),
        ("In May 2025 300 migrants were arrested at the border.", 300),
    ],
)
def test_a_blank_parts_thousands_and_a_date_stays_one(text: str, value: float) -> None:
    assert [claim.value for claim in claims_of(text)] == [value]


@pytest.mark.parametrize("words", ["30 % - 50 %", "30% - 50%", "30 % \u2013 50 %", "30 - 50 percent", "30%-50%"])
def test_a_dash_with_blanks_makes_a_range(words: str) -> None:
    claim = one(f"Border crossings fell {words} in May 2025.")
    assert (claim.value, claim.value_high, claim.unit, claim.direction) == (30, 50, "percent", "down")
    assert claim.period is not None


def test_a_dash_between_two_statements_makes_none() -> None:
    found = claims_of("Border crossings fell 30 % - 50 migrants were arrested at the border in May 2025.")
    assert [(claim.value, claim.value_high) for claim in found] == [(30, None), (50, None)]


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200b\u200b"])
@pytest.mark.parametrize("figure", ["12{}500", "1,2{}34", "1,{}234", "1{},234", "12 {}500"])
def test_a_number_with_an_unseen_character_inside_is_none(figure: str, unseen: str) -> None:
    assert claims_of(f"CBP arrested {figure.format(unseen)} people at the border.") == ()


def test_an_unseen_character_before_a_number_does_no_harm() -> None:
    assert one("CBP arrested \u200b1,234 people\u200b at the border.").value == 1234


@pytest.mark.parametrize(
    "text",
    [
        "CBP seized 4,500 fentanyl pills at the border.",
        "CBP seized 4,500 counterfeit fentanyl tablets at the border.",
        "CBP seized 4,500 pills of fentanyl at the border.",
        "Aseguraron 4,500 pastillas de fentanilo en la frontera.",
        "Incautaron 4,500 tabletas de fentanilo en la frontera.",
        "En la frontera decomisaron 4 mil 500 dosis de fentanilo.",
    ],
)
def test_pills_are_counted_in_pills(text: str) -> None:
    claim = one(text)
    assert (claim.measure, claim.value, claim.unit) == ("fentanyl.seized", 4500, "pills")


# --------------------------------------------------------------------------------------- ordered sizes


@pytest.mark.parametrize(
    "text",
    [
        "Trump signed Executive Order 14800 ordering 5,000 troops to the border.",
        "Trump signed an order sending 5,000 troops to the border.",
        "Trump did not sign an order to deploy 5,000 troops to the border.",
        "The president vetoed a bill to fund 700 miles of border wall.",
        "The Senate rejected a bill funding about 700 miles of border wall.",
        "Lawmakers proposed a bill that funds 700 miles of wall at the border.",
        "The governor issued a proclamation sending 300 troops and 450 agents to the border.",
        "El presidente firmó un decreto que ordena 5,000 soldados en la frontera.",
        "El Senado rechazó una iniciativa para enviar 5,000 soldados a la frontera.",
    ],
)
def test_sizes_that_an_order_or_a_bill_sets_are_no_claims(text: str) -> None:
    assert claims_of(text) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The Pentagon sent 1,500 troops to the border.", 1500),
        ("After the order, the Pentagon sent 1,500 troops to the border.", 1500),
        ("Trump signed an executive order and sent 1,500 troops to the border.", 1500),
        ("Trump signed an order sending 5,000 troops to the border, and 1,500 were deployed in March 2025.", 1500),
        ("Since the act, crews have built 52 miles of border wall.", 52),
    ],
)
def test_sizes_that_were_done_stay_claims(text: str, value: float) -> None:
    assert [claim.value for claim in claims_of(text)] == [value]


# ------------------------------------------------------------------------------------------------ more


@pytest.mark.parametrize(
    "text",
    [
        "Mexico extradited 26 people on August 12, 2025, and 37 more on January 20, 2026.",
        "Mexico extradited 26 fugitives on August 12, 2025 and another 37 more on January 20, 2026.",
        "México extraditó a 26 personas el 12 de agosto de 2025 y a 37 más el 20 de enero de 2026.",
    ],
)
def test_so_many_more_count_the_same(text: str) -> None:
    found = [(c.measure, c.value, c.unit, c.period and str(c.period.readings[0].start)) for c in claims_of(text)]
    assert found == [
        ("extraditions", 26, "people", "2025-08-12"),
        ("extraditions", 37, "people", "2026-01-20"),
    ]


# ----------------------------------------------------------------------------------------------- speed


def test_many_numbers_in_one_sentence_take_little_time_each() -> None:
    def seconds(words: str, copies: int) -> float:
        layout = lay_out(words * copies)
        begun = time.process_time()
        find_claims(layout, (), era_of(layout, MARCH_2026))
        return time.process_time() - begun

    once = "border fell 10 percent and "
    seconds(once, 50)
    # short sentences of the same words cost about a third of that
    assert seconds(once, 2000) < 5 * max(seconds("The border fell 10 percent. ", 2000), 0.2)


def test_figures_that_never_end_take_no_longer() -> None:
    layout = lay_out("CBP arrested " + "1,1." * 30_000 + "\u200b people at the border.")
    begun = time.process_time()
    find_claims(layout, (), era_of(layout, MARCH_2026))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("President Trump signed an order on January 20, 2026 to send 1,500 troops to the southern border.", 0),
        ("On Monday he signed a proclamation, effective May 3, to deploy 900 troops to the border.", 0),
        ("El decreto del 5 de febrero para enviar 2,000 elementos a la frontera fue publicado.", 0),
        ("Under an order of January 20, 2025, the Pentagon has sent 1,500 troops to the border.", 1),
        ("The Pentagon sent 1,500 troops to the border on January 22, 2025.", 1),
    ],
)
def test_a_date_between_an_order_and_its_size_leaves_it_ordered(text: str, claims: int) -> None:
    assert len(claims_of(text)) == claims
