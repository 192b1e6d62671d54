"""Word documents: headings, lists, tables, links, and what is not part of the text."""

from __future__ import annotations

import pytest

from counterflow.brief.loading.docx import read_docx
from counterflow.brief.loading.load import load
from document_files import docx, paragraph, run


def text_of(body: str) -> str:
    return read_docx(docx(body)).text


def field(instruction: str, result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_headings_come_from_styles_and_from_styles_that_rest_on_them() -> None:
    body = paragraph("The plan", "Title") + paragraph("What was done", "OwnHead") + paragraph("Troops went.", "Loop")
    assert text_of(body) == "# The plan\n\n## What was done\n\nTroops went."


def test_list_items_are_bullets() -> None:
    assert text_of(paragraph("One", "ListBullet") + paragraph("two", bullet=True)) == "- One\n\n- two"


def test_tables_are_markdown() -> None:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"

    assert text_of(f"<w:tbl>{row('Year', 'Count')}{row('2024', '1|2')}</w:tbl>") == (
        "| Year | Count |\n| --- | --- |\n| 2024 | 1\\|2 |"
    )
    assert text_of(f"<w:tbl>{row('A box of words.')}</w:tbl>") == "A box of words."


def test_links_stand_where_their_words_are() -> None:
    body = (
        f'<w:p><w:hyperlink r:id="r9">{run("The or")}{run("der")}</w:hyperlink>{run(" is in force; ")}'
        f"{field(' HYPERLINK &quot;https://example.org/b&quot; ', 'see more')}{run(' and ')}"
        f'<w:hyperlink r:id="r9"/>{run(".")}</w:p>'
    )
    loaded = load(docx(body, targets={"r9": "https://example.org/a"}), name="plan.docx")
    assert loaded.text == "The order is in force; see more and [](https://example.org/a)."
    assert [(link.span.quote if link.span else None, link.href) for link in loaded.links] == [
        ("The order", "https://example.org/a"),
        ("see more", "https://example.org/b"),
        (None, "https://example.org/a"),
    ]


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (f"<w:del>{run('gone')}</w:del>", ""),
        (f"<w:ins>{run('new')}</w:ins>", "new"),
        (run("hidden", "<w:vanish/>"), ""),
        (run("shown", '<w:vanish w:val="false"/>'), "shown"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a b c"),
        ("<w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>profit</w:t></w:r>", "non-profit"),
        (field(" PAGE ", "7"), "7"),
        (f"<w:sdt><w:sdtContent>{run('kept')}</w:sdtContent></w:sdt>", "kept"),
    ],
)
def test_what_a_reader_of_the_document_sees_is_read(part: str, shown: str) -> None:
    assert text_of(f"<w:p>{run('Before ')}{part}{run(' after.')}</w:p>") == f"Before {shown} after.".replace("  ", " ")


def test_text_boxes_are_read_once_after_their_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    choice = f'<mc:AlternateContent xmlns:mc="urn:mc">{both}</mc:AlternateContent>'
    assert (
        text_of(f"<w:p><w:r>{choice}</w:r>{run('Beside.')}</w:p>{paragraph('Below.')}")
        == "Beside.\n\nIn the box.\n\nBelow."
    )
