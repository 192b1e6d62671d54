"""PDFs: paragraphs in reading order, whole words, pages, and nothing of what repeats at their edges."""

from __future__ import annotations

import pytest

from counterflow.brief.loading.load import load
from counterflow.brief.loading.pdf_page import PageLine, PdfPage
from counterflow.brief.loading.pdf_text import as_text
from document_files import Area, Text, lines, pdf


def read(pages: list[list[Text]], **options: object) -> str:
    return load(pdf(pages, **options), name="plan.pdf").text  # type: ignore[arg-type]


def test_lines_become_paragraphs_and_larger_type_becomes_headings() -> None:
    page = [
        *lines(["A Plan for the Border"], y=740, size=20),
        *lines(["The ministry sent 1,500 troops to the", "border, and it will send more."], y=700),
        *lines(["What it costs"], y=650, size=14),
        *lines(["It costs 2 million a year."], y=630),
    ]
    assert read([page]).split("\n\n") == [
        "# A Plan for the Border",
        "The ministry sent 1,500 troops to the border, and it will send more.",
        "## What it costs",
        "It costs 2 million a year.",
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = lines(["The first column tells of", "the troops that were sent", "to the river in May."])
    right = lines(["The second tells of the", "wall that was not built."], x=330)
    assert read([[*left, *right]]) == (
        "The first column tells of the troops that were sent to the river in May.\n\n"
        "The second tells of the wall that was not built."
    )


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        (["Agents of immi-", "gration came."], "Agents of immigration came."),
        (["A cross-border plan and a cross-", "border deal."], "A cross-border plan and a cross-border deal."),
        (["Talks of the U.S.-", "Mexico group."], "Talks of the U.S.-Mexico group."),
        (["From 2021-", "2024 it fell."], "From 2021-2024 it fell."),
    ],
)
def test_broken_words_are_made_whole_and_hyphens_of_their_own_are_kept(broken: list[str], whole: str) -> None:
    assert read([lines(broken)]) == whole


def test_a_page_knows_its_characters_and_a_paragraph_goes_on_over_its_end() -> None:
    first = lines(["The ministry said on Monday that it would send the"], y=100)
    second = lines(["troops home."], y=740) + lines(["So it did."], y=700)
    loaded = load(pdf([first, [], second]), name="plan.pdf")
    assert loaded.text == "The ministry said on Monday that it would send the troops home.\n\nSo it did."
    assert [page.number for page in loaded.pages] == [1, 2, 3]
    assert [loaded.text[page.start : page.end].strip() for page in loaded.pages] == [
        "The ministry said on Monday that it would send the",
        "",
        "troops home.\n\nSo it did.",
    ]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    bodies = ["Troops went north.", "Troops came back.", "Prices rose in spring.", "Nobody knew why."]
    pages = [
        [Text(72, 770, "Department of Order"), *lines([body], y=600), Text(290, 30, f"Page {number} of 4")]
        for number, body in enumerate(bodies, 1)
    ]
    assert read(pages) == "\n\n".join(bodies)


def test_heads_of_chapters_that_count_with_the_pages_are_left_out() -> None:
    pages = [
        [
            Text(72, 770, f"{'First' if number < 7 else 'Second'} chapter {number}"),
            *lines([f"Of case {number}."], y=600),
        ]
        for number in range(1, 13)
    ]
    assert "chapter" not in read(pages)


def test_a_title_that_later_pages_repeat_as_their_head_stays() -> None:
    pages = [[Text(72, 750, "Border Plan", 22), *lines(["Words of the first."], y=600)]]
    pages += [[Text(72, 770, "Border Plan", 8), *lines([f"Words of page {number}."], y=600)] for number in (2, 3, 4)]
    assert read(pages).startswith("# Border Plan\n\nWords of the first.\n\nWords of page 2.")


def test_a_number_at_the_edge_that_is_no_page_number_stays() -> None:
    assert "1986" in read([[*lines(["Words of the first page."]), Text(290, 30, "1986")]])


def test_bullets_stay_apart() -> None:
    assert (
        read([lines(["• One thing", "• another thing", "that is long"])])
        == "• One thing\n\n• another thing that is long"
    )


def test_links_stand_where_their_words_are() -> None:
    area = Area(70, 695, 170, 712, "https://example.org/order")
    loaded = load(pdf([lines(["Executive Order 14165", "is in force."])], links={0: [area]}), name="a.pdf")
    (link,) = loaded.links
    assert link.href == "https://example.org/order"
    assert link.span is not None
    assert link.span.quote == "Executive Order 14165"


def test_a_pdf_is_known_by_its_bytes_whatever_its_name() -> None:
    assert load(pdf([lines(["Words."])]), name="-").media_type == "application/pdf"


def test_ligatures_and_accents_are_plain_letters() -> None:
    line = PageLine("México", 10, 60, 100, 10)
    assert as_text([PdfPage(792, (line,), (), False)]).text == "México"
    assert read([lines(["Operación “Norte” terminó."])]) == "Operación “Norte” terminó."


def test_no_pages_give_no_text() -> None:
    assert as_text([]).text == ""
    assert as_text([PdfPage(792, (), (), True)]).pages == ((0, 0),)
