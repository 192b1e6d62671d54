"""The memo as a Word document: real headings, a table with a header row, a picture with its text alternative."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.report.formats.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Line,
    Link,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Table,
    Tell,
    Typed,
    drawn,
    text_of,
)
from counterflow.report.formats.memo import memo
from counterflow.report.words import clean

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as Written

EXTRA = "docx"
FONT, MONO = "Calibri", "Consolas"
INK, ACCENT, SHADE = "1D2430", "0067A5", "EEF1F5"
PAGE = (8.5, 11.0)  # inches
MARGIN = 0.8
PANEL = 3.1  # inches of a panel of a picture: two stand side by side
SIZES = {"Normal": 9.5, "Title": 16.0, "Heading 1": 11.5, "List Bullet": 9.5}  # points
SMALL, SMALLER = 8.5, 8.0
COLUMNS = (1.35, 0.95, 1.45, 1.55, 1.6)  # inches, of the table of verdicts


def require_docx() -> None:
    """Raises UsageError where the package that writes Word documents is not installed."""
    from importlib.util import find_spec

    if find_spec("docx") is None:
        raise UsageError(
            "a Word document needs the package python-docx, which is not installed",
            hint=f"Install it with pip install 'counterflow[{EXTRA}]'.",
        )


def docx(assessment: Mapping[str, Any], tell: Tell = str, language: str = "en", kept: str = "assessment.json") -> bytes:
    """The memo on an assessment as the bytes of a .docx file.

    `kept` is the name of the file that holds the assessment. `tell` puts texts into `language`, which the file says
    that it is in; words of a document in another language are marked as such. Raises UsageError where python-docx is
    not installed.
    """
    require_docx()
    from docx import Document as new

    document = new()
    package = document.part.package
    for key in [key for key, related in package.rels.items() if related.reltype.endswith("/thumbnail")]:
        del package.rels[key]  # of the usual template, not of this memo
    _prepare(document, assessment, language)
    of = assessment["document"]["language"]
    quoted = of if of not in ("und", language) else ""
    for block in memo(assessment, tell, kept):
        _write(document, block, quoted)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _prepare(document: Document, assessment: Mapping[str, Any], language: str) -> None:
    """Page, fonts, language and what the file says of itself."""
    from datetime import UTC, datetime

    from docx.shared import Inches, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Inches(PAGE[0]), Inches(PAGE[1])
    section.left_margin = section.right_margin = Inches(MARGIN)
    section.top_margin = section.bottom_margin = Inches(0.65)
    for name, size in SIZES.items():
        style: Any = document.styles[name]
        style.font.size, style.font.name = Pt(size), FONT
        _fonts(style.element.get_or_add_rPr())
        style.font.color.rgb = RGBColor.from_string(INK)
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(7 if name == "Heading 1" else 0), Pt(3)
        form.line_spacing = 1.0
    _language(document.styles.element, language)
    told = document.core_properties
    told.title, told.author, told.language = clean(assessment["question"]), "Counterflow", language
    told.subject, told.comments, told.keywords = "", "", ""
    told.last_modified_by, told.revision = "Counterflow", 1
    told.created = told.modified = datetime.now(UTC).replace(tzinfo=None)


def _fonts(properties: Any) -> None:
    """Headings of the usual template take their fonts from a theme: name ours in all four places."""
    from docx.oxml.ns import qn

    fonts = properties.find(qn("w:rFonts"))
    for key in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[key]
    for key in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(key), FONT)


def _language(styles: Any, language: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = styles.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    lang = properties.find(qn("w:lang"))
    if lang is None:
        lang = OxmlElement("w:lang")
        properties.append(lang)
    lang.set(qn("w:val"), {"en": "en-US", "es": "es-ES"}.get(language, language))


def _write(document: Document, block: Block, quoted: str) -> None:
    from docx.shared import Inches, Pt

    match block:
        case Heading(level, text):
            written = document.add_paragraph(style="Title" if level == 1 else f"Heading {level - 1}")
            _line(written, text, quoted)
            written.paragraph_format.keep_with_next = True
        case Paragraph(text):
            _line(document.add_paragraph(), text, quoted)
        case Bullets(items):
            for item in items:
                written = document.add_paragraph(style="List Bullet")
                written.paragraph_format.space_after = Pt(2)
                _line(written, item, quoted)
        case Table(head, rows):
            _table(document, head, rows, quoted)
        case Picture():
            from counterflow.report.pictures.drawing import picture_png

            width = PANEL * min(len(block.panels), 2)
            shape = document.add_picture(io.BytesIO(picture_png(drawn(block))), width=Inches(width))
            about = shape._inline.docPr
            about.set("descr", block.alt)
            about.set("title", block.title)
            document.paragraphs[-1].paragraph_format.keep_with_next = True
        case Typed(text):
            written = document.add_paragraph()
            _run(written, text, mono=True, size=SMALLER)


def _table(document: Document, head: tuple[Line, ...], rows: Iterable[tuple[Line, ...]], quoted: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Inches, Pt

    rows = list(rows)
    table = document.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
    table.autofit = False
    for column, width in enumerate(COLUMNS[: len(head)]):
        table.columns[column].width = Inches(width)
    for n, row in enumerate([head, *rows]):
        for column, cell in enumerate(row):
            place = table.cell(n, column)
            place.width = Inches(COLUMNS[column])
            written = place.paragraphs[0]
            written.paragraph_format.space_after = Pt(1)
            _line(written, (Strong(text_of(cell)),) if n == 0 else cell, quoted, size=SMALL)
            if n == 0:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:fill"), SHADE)
                place._tc.get_or_add_tcPr().append(shade)
        properties = table.rows[n]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if n == 0:
            properties.append(OxmlElement("w:tblHeader"))
    document.add_paragraph().paragraph_format.line_spacing = Pt(4)


def _line(written: Written, pieces: Line, quoted: str, size: float | None = None) -> None:
    for piece in pieces:
        match piece:
            case Quote(text):
                _run(written, f"“{text}”", size=size, language=quoted)
            case Strong(text):
                _run(written, text, size=size, bold=True)
            case Code(text):
                _run(written, text, size=SMALLER, mono=True)
            case Link(text, address):
                _link(written, text, address, size)
            case str():
                _run(written, piece, size=size)
            case _:
                _run(written, piece.text, size=size)


def _run(
    written: Written,
    text: str,
    *,
    size: float | None = None,
    bold: bool = False,
    mono: bool = False,
    language: str = "",
) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = written.add_run(clean(text))
    run.bold = bold or None
    run.font.size = Pt(size) if size else None
    run.font.name = MONO if mono else None
    if language:
        lang = OxmlElement("w:lang")
        lang.set(qn("w:val"), language)
        run._r.get_or_add_rPr().append(lang)
    return run


def _link(written: Written, text: str, address: str, size: float | None) -> None:
    """A run that leads to a web address, underlined as people expect of it."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    run = _run(written, text, size=size)
    run.font.underline, run.font.color.rgb = True, RGBColor.from_string(ACCENT)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), written.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(run._r)
    written._p.append(link)
