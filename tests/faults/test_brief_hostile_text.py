"""Texts made to take long are read about as fast as any other text of their length, or refused at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.errors import BriefError

ORDINARY = (
    "The order that the President signed in January sent 1,500 more troops to the southern border within a month. "
    "Crossings fell by 93% from the level of a year ago, said the agency, while seizures at the ports stayed flat. "
    "Mayors of three cities objected; the court let the policy stand until it rules on the appeal of the states. "
    "Officials say that the flights will go on, and that Mexico has agreed to take back those who are turned away. "
)
SECONDS = 10.0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param((ORDINARY * 1_000)[:200_000], id="ordinary text in one line"),
        pytest.param("x" * 1_200_000, id="one word of a megabyte"),
        pytest.param("Encounters fell 10% from 500 to 450 in May, " * 300, id="claims in one sentence"),
        pytest.param("Trump imposed tariffs on Mexico. " * 5_000, id="actions"),
        pytest.param("word " * 250_000, id="words without an end"),
        pytest.param("[" * 50_000, id="opening brackets"),
        pytest.param("[1](" * 50_000, id="opening links"),
        pytest.param("[](a" * 50_000, id="opening empty links"),
        pytest.param("](b" * 100_000, id="closing links"),
        pytest.param("<!--" * 200_000, id="opening comments"),
        pytest.param("<a" * 200_000, id="opening tags"),
        pytest.param("a" + "_" * 1_000_000 + "b", id="underscores inside a word"),
        pytest.param("*" * 1_000_000, id="asterisks"),
        pytest.param("\\" * 500_000, id="escapes"),
        pytest.param("." * 1_000_000, id="full stops"),
        pytest.param("." * 500_000 + "x" + ")" * 500_000, id="full stops and brackets without a blank"),
        pytest.param(". " * 300_000, id="full stops with blanks"),
        pytest.param("?!\"')],;:-" * 100_000, id="nothing but punctuation"),
        pytest.param(", " * 300_000, id="commas with blanks"),
        pytest.param("of , " * 100_000, id="gaps"),
        pytest.param("the of " * 100_000, id="pairs of words that do not meet"),
        pytest.param("A line.\n" * 100_000, id="short lines"),
        pytest.param("A line\n" * 100_000, id="short lines without an end"),
        pytest.param("A line\n\n" * 50_000, id="short paragraphs"),
        pytest.param("- in the first week\n- The plan.\n" * 10_000, id="bullets"),
        pytest.param("- \n" * 20_000, id="empty bullets"),
        pytest.param("- " * 200_000, id="ruled line"),
        pytest.param("|" * 500_000 + "\n" + "|-" * 250_000, id="wide table"),
        pytest.param("| a | b |\n" * 50_000, id="rows of a table"),
        pytest.param("a\tb\n" * 100_000, id="tabs"),
        pytest.param("\t" * 500_000 + "x", id="nothing but tabs"),
        pytest.param(" " * 1_100_000 + "x", id="blanks"),
        pytest.param("\n" * 1_000_000 + "x", id="line feeds"),
        pytest.param("\u202e\u200b\u200f\u00ad" * 250_000 + "x", id="characters that nobody sees"),
        pytest.param(
            "\u0627\u0644\u062d\u062f\u0648\u062f 12% \u200f\u05d2\u05d1\u05d5\u05dc. " * 40_000, id="right to left"
        ),
        pytest.param("[1] A source.\n" * 50_000 + "Fact [2]. " * 50_000, id="citations"),
        pytest.param("By A. B. C. D. E. F. G. H. " * 4 + "\n\n" + "By A B C D\n\n" * 20_000, id="bylines"),
        pytest.param(
            "May 3, 2025, May 3, 2025, " * 4 + "\n" + "Posted on: El Paso, May 3, 2025\n\n" * 20_000, id="dates"
        ),
        pytest.param("# Title\n" * 100_000, id="headings"),
        pytest.param("President Trump President " * 40_000, id="office holders"),
        pytest.param("reinstated the policy. " * 40_000, id="policies without a name"),
        pytest.param("from 5% to 6 " * 40_000, id="percentages"),
        pytest.param("12 men: 1, 2, 3 and 4. " * 10_000, id="totals"),
        pytest.param("see Table 3. " * 40_000, id="parts that are not there"),
        pytest.param("turn0search0 oaicite " * 40_000, id="marks of answer engines"),
    ],
)
def test_a_hostile_text_is_read_in_time(text: str, tmp_path: Path) -> None:
    document = tmp_path / "document.txt"
    document.write_text(text)
    start = time.perf_counter()
    brief = read(document)
    assert time.perf_counter() - start < SECONDS
    assert all(finding.span.quote == text[finding.span.start : finding.span.end] for finding in brief.findings[:100])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param((ORDINARY * 25_000)[:10_000_000], id="ten megabytes in one line"),
        pytest.param("x" * 10_000_000, id="one word of ten megabytes"),
    ],
)
def test_a_text_too_long_to_wait_for_is_refused_at_once(text: str, tmp_path: Path) -> None:
    document = tmp_path / "document.txt"
    document.write_text(text)
    start = time.perf_counter()
    with pytest.raises(BriefError, match="10,000,000 characters"):
        read(document)
    assert time.perf_counter() - start < SECONDS
