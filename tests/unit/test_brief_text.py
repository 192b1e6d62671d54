"""Blocks, sentences and clauses of one canonical text, whose offsets always hold."""

from __future__ import annotations

import pytest

from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.folding import fold, plain
from counterflow.brief.layout.imprint import byline_name
from counterflow.brief.layout.parts import Layout, span
from counterflow.brief.layout.text import lay_out


def blocks_of(text: str) -> list[tuple[str, str]]:
    layout = lay_out(text)
    return [(b.kind, " ".join(layout.folded[b.start : b.end].split())) for b in layout.blocks]


def sentences_of(text: str) -> list[str]:
    layout = lay_out(text)
    return [" ".join(layout.folded[s.start : s.end].split()) for s in layout.sentences]


def clauses_of(text: str) -> list[str]:
    layout = lay_out(text)
    return [
        " ".join(layout.folded[start:end].split())
        for sentence in layout.sentences
        for start, end in clauses(layout, sentence)
    ]


def test_folding_keeps_every_offset() -> None:
    text = "“A” – ‘b’\u00a0[c](https://x.y/z(1)?q=2%) **d** \\(e\\) <!-- f -->\n§ g"
    folded = fold(text)
    assert len(folded) == len(text)
    assert " ".join(folded.split()) == "\"A\" - 'b' c d (e ) § g"


def test_a_citation_marker_survives_folding() -> None:
    assert fold("fell 93%[4][10].") == "fell 93%[4][10]."


def test_a_link_target_holds_no_words() -> None:
    folded = fold("have been\n[removed](https://x.org/over-2-5-million-illegals) from the country")
    assert "million" not in folded
    assert folded.split() == ["have", "been", "removed", "from", "the", "country"]


def test_wrapped_lines_are_one_paragraph_and_unwrapped_lines_are_each_their_own() -> None:
    assert blocks_of("One sentence that is\nwrapped here.") == [("paragraph", "One sentence that is wrapped here.")]
    long = "This line is not wrapped, because it goes on for more than a hundred characters before it comes to its end."
    assert len(blocks_of(f"{long}\n{long}")) == 2


def test_headings_of_each_style_head_what_follows() -> None:
    text = "# Plan\n\nFirst words here.\n\n**Second part:**\n\nMore words.\n\nThird part\n\nStill more words."
    layout = lay_out(text)
    assert [b.kind for b in layout.blocks] == ["title", "paragraph", "heading", "paragraph", "heading", "paragraph"]
    assert [b.heading for b in layout.blocks if b.kind == "paragraph"] == ["Plan", "Second part:", "Third part"]


@pytest.mark.parametrize("marker", ["-", "*", "–", "•", "1."])
def test_each_bullet_is_a_block_whatever_its_marker(marker: str) -> None:
    text = f"What was done:\n\n{marker} One thing was done.\n{marker} Another thing\n  was done."
    assert blocks_of(text)[1:] == [("bullet", "One thing was done."), ("bullet", "Another thing was done.")]


def test_a_dash_inside_a_wrapped_sentence_is_no_bullet() -> None:
    text = "- operations in cities such as Boston\n  — and others — have removed many."
    assert blocks_of(text) == [("bullet", "operations in cities such as Boston - and others - have removed many.")]


def test_front_matter_is_no_part_of_the_text() -> None:
    assert sentences_of("---\ntitle: A\ndate: 2025-01-20\n---\nBody words are here.") == ["Body words are here."]


def test_the_page_around_the_document_is_boilerplate_and_gives_no_sentences() -> None:
    text = (
        "in\n\nA Title Here\n\nThe document says something.\n\nWritten by Ann Example\n\nLeave a Reply\n\n"
        "Your email address will not be published. Required fields are marked *\n\nAnother Post Costs $55B"
    )
    layout = lay_out(text)
    rules = [block.rule for block in layout.blocks if block.kind == "boilerplate"]
    assert rules == ["orphan_label", "comment_form", "comment_form", "adjacent_post_link"]
    assert sentences_of(text) == ["A Title Here", "The document says something."]


def test_a_spanish_comment_form_is_boilerplate() -> None:
    text = "Un texto dice algo.\n\nDeja una respuesta\n\nTu dirección de correo electrónico no será publicada."
    assert [kind for kind, _ in blocks_of(text)] == ["paragraph", "boilerplate", "boilerplate"]


def test_a_full_paragraph_after_a_comment_form_is_still_read() -> None:
    text = "Leave a Reply\n\nThe administration has deployed more soldiers to the border than in any year before."
    assert sentences_of(text) == [
        "The administration has deployed more soldiers to the border than in any year before."
    ]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Written by Keith Example", "Keith Example"),
        ("By A. Reader and B. Writer", "A. Reader and B. Writer"),
        ("Por María López", "María López"),
        ("BY THE PRESIDENT OF THE UNITED STATES OF AMERICA", None),
        ("By the authority vested in me", None),
        ("By reversing failed policies", None),
    ],
)
def test_bylines_name_a_person(line: str, name: str | None) -> None:
    assert byline_name(line) == name


def test_a_list_of_references_is_set_apart() -> None:
    text = "Crossings fell[1].\n\nReferences\n\n[1] A source. 2024.\n[2] Another source."
    kinds = [kind for kind, _ in blocks_of(text)]
    assert kinds[0] == "paragraph"
    assert set(kinds[1:]) == {"reference"}
    assert sentences_of(text) == ["Crossings fell[1]."]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The U.S. Border Patrol acted. It did so in the U.S. The rest is known.", 3),
        ("See 8 U.S.C. 1101 et seq. and 89 Fed. Reg. 48,710 for the rule.", 1),
        ("Gen. J. D. Smith spoke on Jan. 20 in Washington, D.C. about it.", 1),
        ("Crossings fell by 4.5 percent. Nobody knows why.", 2),
        ("Sec. 2. Policy. It is the policy of the United States.", 2),
        ("Strikes are considered[7][9]. Mexico objects.", 2),
        ("Strikes are considered.[7][9] Mexico objects.", 2),
        ("Los EE. UU. aprobaron el plan. México lo rechazó.", 2),
        ("¿Qué pasó? Nadie lo sabe.", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert len(sentences_of(text)) == count, sentences_of(text)


def test_a_marker_after_the_full_stop_stays_with_its_sentence() -> None:
    assert sentences_of("Strikes are considered.[7][9] Mexico objects.")[0].endswith("[7][9]")


def test_clauses_keep_a_cue_from_reaching_too_far() -> None:
    text = "The agency has expanded its flights, though lethal strikes remain unauthorized."
    assert clauses_of(text) == ["The agency has expanded its flights", "though lethal strikes remain unauthorized."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Trump ended the rule, slashed access, and deployed 1,600 troops.", 3),
        ("While she pledged cooperation, tensions persist.", 2),
        ("Agents were authorized, bypassing sanctuary rules.", 2),
        ("On June 3, 2024, I signed the order.", 2),
        ("It rose while arrests fell; nobody objected.", 3),
        ("The meeting is at 12:01 a.m. in the morning, according to officials.", 1),
        ("El gobierno cerró la frontera, aunque permitió el comercio.", 2),
    ],
)
def test_clauses_are_cut_at_subordination_and_further_verbs(text: str, parts: int) -> None:
    assert len(clauses_of(text)) == parts, clauses_of(text)


def test_a_span_is_trimmed_to_what_can_be_read_and_refuses_emptiness() -> None:
    layout: Layout = lay_out("  two words  ")
    assert span(layout, 0, 13).quote == "two words"
    with pytest.raises(ValueError, match="empty"):
        span(layout, 0, 2)


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("have\n[plummeted](https://example.org/a) to the **lowest** level", "have plummeted to the lowest level"),
        ("reinstating](https://example.org/b) the policy", "reinstating the policy"),
        ("the policy, [resuming", "the policy, resuming"),
        ("cut inside a [link](https://example.org/c", "cut inside a link"),
        ("in Mexico[7][9]", "in Mexico[7][9]"),
        ("a <b>bold</b> word", "a bold word"),
    ],
)
def test_quotes_are_shown_without_markup_even_where_they_are_cut(quote: str, shown: str) -> None:
    assert plain(quote) == shown
