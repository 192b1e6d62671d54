"""Whatever a document is made of, reading it ends in a canonical text or in a refusal, and every place is right."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.brief.loading.blocks import Block, Line, joined, table
from counterflow.brief.loading.content import Anchor, Content, compose, from_json, in_canonical_form, to_json
from counterflow.brief.loading.decode import decode
from counterflow.brief.loading.docx import read_docx
from counterflow.brief.loading.html import read_page
from counterflow.brief.loading.load import load
from counterflow.brief.loading.main_part import without_furniture
from counterflow.brief.loading.pdf_page import PageLine, PageLink, PdfPage
from counterflow.brief.loading.pdf_text import as_text
from counterflow.errors import BriefError
from document_files import docx, paragraph, run

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
LETTERS = st.text(st.sampled_from("abe\u0301\u0327é \u1100\u1161\u11a8가\u0344"), max_size=30)
XML_WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)


def assert_sound(content: Content) -> None:
    assert unicodedata.is_normalized("NFC", content.text)
    assert "\r" not in content.text
    for anchor in content.anchors:
        assert 0 <= anchor.start <= anchor.end <= len(content.text)
        if anchor.start == anchor.end:
            assert content.text[anchor.start :].startswith("[](")
    before = 0
    for start, end in content.pages:
        assert before <= start <= end <= len(content.text)
        before = end
    assert from_json(to_json(content)) == content


# ------------------------------------------------------------------------------------- bytes and text


def assert_refused_in_one_line(error: BriefError) -> None:
    assert error.hint
    assert "\n" not in str(error)


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.md"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    try:
        loaded = load(data, name=name)
    except BriefError as error:
        assert_refused_in_one_line(error)
        return
    assert unicodedata.is_normalized("NFC", loaded.text)
    for link in loaded.links:
        assert link.span is None or loaded.text[link.span.start : link.span.end] == link.span.quote


@given(st.binary(max_size=300), st.booleans(), st.text(max_size=20))
def test_any_bytes_are_decoded_or_refused(data: bytes, is_page: bool, declared: str) -> None:
    try:
        text = decode(data, is_page=is_page, declared=declared)
    except BriefError as error:
        assert_refused_in_one_line(error)
        return
    assert text.strip()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_text_in_utf_8_is_read_as_it_is(text: str) -> None:
    if any(not character.isspace() and character != "\u200b" for character in text):
        assert decode(text.encode(), is_page=False) == text


@given(LETTERS, st.lists(st.integers(0, 30), max_size=6))
def test_composing_keeps_every_place_with_its_words(text: str, places: list[int]) -> None:
    inside = [place for place in places if place <= len(text)]
    composed, moved = compose(text, inside)
    assert composed == unicodedata.normalize("NFC", text)
    assert sorted(moved) == sorted(set(inside))
    ordered = [moved[place] for place in sorted(set(inside))]
    assert ordered == sorted(ordered)
    for place in inside:
        assert unicodedata.normalize("NFC", composed[: moved[place]]) == composed[: moved[place]]


# ---------------------------------------------------------------------------------------------- blocks


@given(st.lists(st.tuples(st.sampled_from("soce"), WORDS), max_size=12))
def test_a_line_has_its_white_space_closed_up_and_its_links_on_words(steps: list[tuple[str, str]]) -> None:
    line = Line()
    for step, words in steps:
        if step == "s":
            line.say(words)
        elif step == "o":
            line.open_link(words)
        elif step == "c":
            line.close_link()
    block = line.done("p", "- ")
    if block is not None:
        assert block.text == "- " + " ".join(block.text[2:].split())
        for anchor in block.anchors:
            assert anchor.start >= 2
            assert block.text[anchor.start : anchor.end].strip() == block.text[anchor.start : anchor.end] != ""


@given(st.lists(st.lists(st.none() | st.sampled_from(["a", "b c"]), max_size=4), max_size=4))
def test_a_table_has_as_many_strokes_in_each_row(rows: list[list[str | None]]) -> None:
    cells = [[None if cell is None else Block(cell, "td", (Anchor(0, 1, "/x"),)) for cell in row] for row in rows]
    made = table(cells)
    if made is None:
        assert not any(cell for row in rows for cell in row)
    else:
        assert len({line.count("|") for line in made.text.splitlines()}) == 1
        assert all(made.text[anchor.start : anchor.end] in "ab" for anchor in made.anchors)
        assert len(made.anchors) == sum(cell is not None for row in rows for cell in row)


@given(st.lists(st.text("abc ", min_size=1, max_size=20).filter(str.strip), max_size=8), WORDS, st.booleans())
def test_what_is_left_of_a_page_are_blocks_of_it_in_order(texts: list[str], main: str, marked: bool) -> None:
    blocks = [Block(text, "p") for text in texts]
    kept = without_furniture(blocks, main, marked=marked)
    left = iter(blocks)
    assert all(any(block is other for other in left) for block in kept)
    assert without_furniture(blocks, "\n".join(texts), marked=marked) == blocks


# ------------------------------------------------------------------------------------------ web pages

TAGS = [
    "p",
    "div",
    "a",
    "b",
    "table",
    "tr",
    "td",
    "th",
    "li",
    "ul",
    "h1",
    "h2",
    "article",
    "main",
    "header",
    "br",
    "aside",
]
ATTRIBUTES = st.sampled_from(
    ["", " href='/x'", " hidden", " colspan=3", " rowspan=2", " class=x", " style='display:none'"]
)


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Elements that open and close as they like, with words between."""
    parts = draw(
        st.lists(
            st.one_of(
                st.builds("<{}{}>".format, st.sampled_from(TAGS), ATTRIBUTES),
                st.builds("</{}>".format, st.sampled_from(TAGS)),
                st.sampled_from(["Words of it.", " ", "e&#x301;", "|", "<!--x-->", "&#xD800;", "\u0301", "<"]),
            ),
            max_size=40,
        )
    )
    return "<html><body>" + "".join(parts)


@given(markup(), st.none() | st.just("Words of it."))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_markup_gives_a_sound_text(page: str, main: str | None) -> None:
    assert_sound(read_page(page, main=main))


@given(st.text(max_size=200))
def test_any_text_taken_for_a_page_gives_a_sound_text(page: str) -> None:
    assert_sound(read_page(page))


# --------------------------------------------------------------------------------------- word documents

RUN = XML_WORDS.map(run)
INLINE = st.one_of(
    RUN,
    RUN.map(lambda inner: f'<w:hyperlink r:id="r1">{inner}</w:hyperlink>'),
    RUN.map(lambda inner: f"<w:ins>{inner}</w:ins>"),
    RUN.map(lambda inner: f"<w:txbxContent><w:p>{inner}</w:p></w:txbxContent>"),
    st.sampled_from(["begin", "separate", "end"]).map(lambda kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'),
    st.just('<w:r><w:instrText>HYPERLINK "https://example.org"</w:instrText></w:r>'),
    st.just('<w:hyperlink r:id="r1"/>'),
)
PARAGRAPH = st.one_of(
    st.lists(INLINE, max_size=5).map(lambda parts: f"<w:p>{''.join(parts)}</w:p>"),
    st.builds(paragraph, XML_WORDS, st.sampled_from(["", "Title", "OwnHead", "ListBullet", "Loop", "None"])),
)
BODY = st.recursive(
    PARAGRAPH,
    lambda inner: st.lists(st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=3).map(
        lambda rows: (
            "<w:tbl>"
            + "".join("<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
            + "</w:tbl>"
        )
    ),
    max_leaves=8,
)


@given(st.lists(BODY, max_size=5))
def test_any_body_of_a_word_document_gives_a_sound_text(parts: list[str]) -> None:
    assert_sound(read_docx(docx("".join(parts), targets={"r1": "https://example.org/a"})))


@given(st.binary(max_size=200), st.integers(0, 2_000), st.integers(0, 60))
def test_a_word_document_with_holes_is_read_or_refused(noise: bytes, place: int, length: int) -> None:
    whole = docx(paragraph("Officers made 300 arrests."))
    data = whole[:place] + noise + whole[place + length :]
    try:
        content = read_docx(data)
    except BriefError as error:
        assert_refused_in_one_line(error)
        return
    assert_sound(content)


# ------------------------------------------------------------------------------------------------- PDFs

LINES = st.builds(
    PageLine,
    text=st.sampled_from(
        ["Words of it.", "immi\x02", "gration came", "Page 2 of 9", "3", "iv", "• one", "THE PLAN", "of 12", "Report 4"]
    ),
    left=st.floats(0, 300),
    right=st.floats(300, 612),
    bottom=st.floats(-20, 800),
    size=st.sampled_from([0.0, 8.0, 10.0, 10.5, 14.0, 20.0]),
)
LINKS = st.builds(PageLink, st.sampled_from(["Words", "it.", "immi\x02 gration"]), st.just("/x"))
PAGES = st.lists(
    st.builds(
        PdfPage,
        height=st.sampled_from([0.0, 792.0]),
        lines=st.lists(LINES, max_size=8).map(tuple),
        links=st.lists(LINKS, max_size=2).map(tuple),
        pictures=st.booleans(),
    ),
    max_size=6,
)


@given(PAGES)
def test_any_lines_of_pages_give_a_sound_text(pages: list[PdfPage]) -> None:
    content = in_canonical_form(as_text(pages))
    assert_sound(content)
    assert len(content.pages) == len(pages)
    assert "\x02" not in content.text


@pytest.mark.parametrize("text", ["", "a"])
def test_content_goes_through_json_unchanged(text: str) -> None:
    content = joined([Block(text, "p")] if text else [])
    assert from_json(to_json(content)) == content
