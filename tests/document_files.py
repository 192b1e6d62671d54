"""Documents made for tests: PDFs and Word documents, right ones and traps, byte for byte."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


class Text(NamedTuple):
    """A line of text on a page of 612 by 792 points; `x` and `y` are points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 10.0


class Area(NamedTuple):
    """Where on a page a link is, and where it leads."""

    left: float
    bottom: float
    right: float
    top: float
    href: str


def lines(texts: Sequence[str], *, x: float = 72, y: float = 700, size: float = 10, step: float = 12) -> list[Text]:
    """Lines of a paragraph one below the other."""
    return [Text(x, y - number * step, text, size) for number, text in enumerate(texts)]


def pdf(
    pages: Sequence[Sequence[Text]], *, links: Mapping[int, Sequence[Area]] | None = None, extra: str = ""
) -> bytes:
    """A PDF with the given lines on its pages, in Helvetica; `extra` goes into the catalog."""
    objects = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    kids = []
    for number, page in enumerate(pages):
        drawn = b"BT\n" + b"".join(_drawn(text) for text in page) + b"ET\n"
        packed = zlib.compress(drawn)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
        content = len(objects)
        annotations = []
        for area in (links or {}).get(number, ()):
            box = f"{area.left} {area.bottom} {area.right} {area.top}"
            action = f"<< /S /URI /URI ({area.href}) >>"
            objects.append(f"<< /Type /Annot /Subtype /Link /Rect [{box}] /A {action} >>".encode())
            annotations.append(f"{len(objects)} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> /Annots [{' '.join(annotations)}] >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {extra} >>".encode()
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    return pdf_of(objects)


def _drawn(text: Text) -> bytes:
    words = text.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"/F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj\n" % (text.size, text.x, text.y, words)


def pdf_of(objects: Sequence[bytes], *, trailer: str = "") -> bytes:
    """A PDF of numbered objects, the first of which is its catalog."""
    data = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer.encode())
    return bytes(data + b"startxref\n%d\n%%%%EOF\n" % start)


def paragraph(text: str, style: str = "", *, bullet: bool = False) -> str:
    """A paragraph of a Word document."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if bullet else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    """A run of words of a Word document."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


STYLES = f"""<w:styles xmlns:w="{WORD}">
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="OwnHead"><w:name w:val="House head"/><w:basedOn w:val="Heading2"/></w:style>
<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
</w:styles>"""
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(
    body: str,
    *,
    targets: Mapping[str, str] | None = None,
    parts: Mapping[str, bytes | str] | None = None,
    main_type: str = MAIN_TYPE,
    head: str = "",
    packed: bool = True,
) -> bytes:
    """A Word document with the given body; `targets` are links by id, `parts` replace or add parts."""
    relations = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/hyperlink" Target="{escape(href)}" TargetMode="External"/>'
        for key, href in (targets or {}).items()
    )
    contents: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f'<w:document xmlns:w="{WORD}" xmlns:r="{RELATIONS}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": STYLES,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
    }
    return archive(contents | dict(parts or {}), packed=packed)


def archive(contents: Mapping[str, bytes | str], *, packed: bool = True) -> bytes:
    """A ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as target:
        for name, content in contents.items():
            target.writestr(name, content)
    return file.getvalue()
