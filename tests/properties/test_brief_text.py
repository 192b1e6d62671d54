"""Whatever the document, every quote is the text at its offsets, and nothing stands in two sentences."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.folding import fold
from counterflow.brief.layout.parts import span
from counterflow.brief.layout.text import lay_out
from counterflow.brief.loading.load import load
from counterflow.brief.schema import Span

FRAGMENTS = st.sampled_from(
    [
        "Illegal crossings fell 93% compared to the same month last year",
        "ICE arrested over 300 criminal aliens on Trump’s first full day",
        "In April 2025, the U.S. Border Patrol recorded 8,383 encounters",
        "Federal agents are now authorized to , bypassing the cities",
        "Defense Secretary Pete Hegseth said “no” — twice",
        "Trump reinstated the policy, slashed asylum access, and deployed 1,600 troops",
        "groups like leaking raid locations",
        "la migración irregular cayó 20 por ciento en el último año",
        "the lowest level since 1970",
        "more than [2.5 million](https://example.org/over-2-5-million) people were **removed**",
        "Leave a Reply",
        "Written by Ann Example",
        "[7][9]",
        "# ",
        "- ",
        "– in ",
        ". ",
        ", ",
        "\n",
        "\n\n",
        " ",
        "[1] A source. ",
        "References\n",
        "---\n",
        "e\u0301 \u00a0\u200b\u202e",
        "🛂 ½ § ¿",
        "\\(a\\) *emphasis* <!-- note -->",
        "\n| Year | Crossings |\n|:---|---:|\n| 2023 | 8,383 |\n| | |\n",
        "\nSector\tMay\tJune\nTucson\t12\t-4%\n",
        "| framed | row\n\n",
        "|",
        "\t",
    ]
)
DOCUMENTS = st.lists(FRAGMENTS | st.text(max_size=12), max_size=25).map("".join)


def holds(text: str, quote: Span) -> bool:
    return quote.start < quote.end and text[quote.start : quote.end] == quote.quote


@given(st.text())
def test_folding_keeps_the_length_of_any_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(DOCUMENTS)
def test_blocks_and_sentences_stand_in_order_inside_each_other(document: str) -> None:
    layout = lay_out(unicodedata.normalize("NFC", document))
    end = 0
    for block in layout.blocks:
        assert end <= block.start < block.end <= len(layout.text)
        end = block.end
    end = 0
    for number, sentence in enumerate(layout.sentences):
        block = layout.blocks[sentence.block]
        assert sentence.index == number
        assert end <= sentence.start < sentence.end
        assert block.start <= sentence.start
        assert sentence.end <= block.end
        assert block.kind not in ("boilerplate", "byline", "reference")
        end = sentence.end


@given(DOCUMENTS)
def test_sentences_hold_every_word_of_their_blocks(document: str) -> None:
    """No word is dropped silently: what is between the sentences of a block is blank."""
    layout = lay_out(document)
    for number, block in enumerate(layout.blocks):
        if block.kind in ("boilerplate", "byline", "reference"):
            continue
        rest = list(layout.folded[block.start : block.end])
        for sentence in layout.sentences:
            if sentence.block == number:
                rest[sentence.start - block.start : sentence.end - block.start] = " " * (sentence.end - sentence.start)
        assert not "".join(rest).strip()


@given(DOCUMENTS)
def test_cells_stand_in_order_inside_their_table_whose_rows_are_its_sentences(document: str) -> None:
    layout = lay_out(unicodedata.normalize("NFC", document))
    blocks = [number for number, block in enumerate(layout.blocks) if block.kind == "table"]
    assert len(blocks) == len(layout.tables)
    for number, table in zip(blocks, layout.tables, strict=True):
        assert (table.start, table.end) == (layout.blocks[number].start, layout.blocks[number].end)
        sentences = [sentence for sentence in layout.sentences if sentence.block == number]
        end = table.start
        for cell in (cell for row in (table.header, *table.rows) for cell in row):
            assert cell.start <= cell.end <= table.end
            if cell.start < cell.end:
                assert end <= cell.start
                assert not layout.folded[cell.start].isspace()
                assert not layout.folded[cell.end - 1].isspace()
                assert sum(sentence.start <= cell.start and cell.end <= sentence.end for sentence in sentences) == 1
                end = cell.end


@given(DOCUMENTS)
def test_clauses_stand_in_order_inside_their_sentence(document: str) -> None:
    layout = lay_out(document)
    for sentence in layout.sentences:
        end = sentence.start
        for start, finish in clauses(layout, sentence):
            assert end <= start < finish <= sentence.end
            end = finish


@settings(max_examples=60)
@given(DOCUMENTS)
def test_every_quote_is_the_text_at_its_offsets(document: str) -> None:
    text = unicodedata.normalize("NFC", document)
    layout = lay_out(text)
    findings = find_findings(layout)
    claims = find_claims(layout, findings, era_of(layout))
    quotes = [finding.span for finding in findings]
    quotes += [quote for claim in claims for quote in (claim.span, claim.quote_span)]
    quotes += [claim.period.span for claim in claims if claim.period and claim.period.span]
    quotes += [claim.baseline.span for claim in claims if claim.baseline and claim.baseline.span]
    assert all(holds(text, quote) for quote in quotes)
    for claim in claims:
        assert claim.span.start <= claim.quote_span.start
        assert claim.quote_span.end <= claim.span.end
    assert [claim.id for claim in claims] == [f"c{number + 1}" for number in range(len(claims))]
    gaps = {finding.id for finding in findings}
    assert all(set(claim.finding_ids) <= gaps for claim in claims)
    assert all(claim.incomplete == bool(claim.finding_ids) for claim in claims)


def shows_something(text: str) -> bool:
    return any(not letter.isspace() and letter not in "\ufeff\u200b" for letter in text) and "\0" not in text


@given(st.text(min_size=1).filter(shows_something))
def test_the_canonical_text_is_stable(text: str) -> None:
    """Reading what was read changes nothing."""
    try:
        first = load(text.encode("utf-8"), name="a.txt")
    except UnicodeEncodeError:  # lone surrogates cannot come from a file
        return
    if first.media_type == "text/plain" and first.text.strip():
        assert load(first.text.encode("utf-8"), name="a.txt").text == first.text


@given(DOCUMENTS, st.data())
def test_a_span_never_begins_or_ends_with_a_blank(document: str, data: st.DataObject) -> None:
    layout = lay_out(document)
    if not layout.text:
        return
    start = data.draw(st.integers(0, len(layout.text) - 1))
    end = data.draw(st.integers(start + 1, len(layout.text)))
    if layout.folded[start:end].strip():
        quote = span(layout, start, end)
        assert holds(layout.text, quote)
        assert not layout.folded[quote.start].isspace()
        assert not layout.folded[quote.end - 1].isspace()
