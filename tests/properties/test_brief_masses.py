"""A weight keeps the unit that the text names: it never becomes that of the series it is held against."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out

WORDS = {
    "lb": ["pound", "pounds", "lb", "lbs", "lbs.", "libras"],
    "kg": ["kilo", "kilos", "kilogram", "kilograms", "kilogrammes", "kg", "kgs", "kilogramos"],
    "g": ["gram", "grams", "grammes", "g", "gramos"],
    "mg": ["milligrams", "mg", "miligramos"],
    "oz": ["ounce", "ounces", "oz", "onzas"],
    "ton": ["ton", "tons", "short tons", "U.S. tons"],
    "tonne": ["tonne", "tonnes", "metric ton", "metric tons", "t", "tonelada", "toneladas", "toneladas métricas"],
}
DRUGS = ["fentanyl", "cocaine", "heroin", "methamphetamine", "marijuana", "fentanilo", "cocaína", "drugs"]
SENTENCES = [
    "Agents seized {number} {word} of {drug} at the southern border.",
    "At the border, {number}{dash}{word} of {drug} had been seized by then.",
    "Seizures of {drug} fell to {number} {word} at the border.",
    "Se decomisaron {number} {word} de {drug} en la frontera.",
]


@given(
    named=st.sampled_from([(unit, word) for unit, words in WORDS.items() for word in words]),
    number=st.integers(2, 900),
    drug=st.sampled_from(DRUGS),
    sentence=st.sampled_from(SENTENCES),
    dash=st.sampled_from([" ", "-", ""]),
)
def test_a_weight_has_the_unit_that_its_words_name(
    named: tuple[str, str], number: int, drug: str, sentence: str, dash: str
) -> None:
    unit, word = named
    text = sentence.format(number=number, word=word, drug=drug, dash=dash)
    layout = lay_out(text)
    claims = find_claims(layout, find_findings(layout), era_of(layout))
    assert [(claim.value, claim.unit) for claim in claims if claim.value is not None] == [(number, unit)], text
