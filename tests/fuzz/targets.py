"""What is fuzzed, and the inputs worth keeping, from which every run begins.

A target may refuse its input with BriefError; any other error, a place outside of the text, or ten seconds without
an end is a find. An input is kept in `corpus/TARGET/`: as it is, or in base64 with the suffix .b64 where it is no text.
"""

from __future__ import annotations

import base64
import struct
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from counterflow.brief.loading.content import Content, in_canonical_form
from counterflow.brief.loading.decode import decode
from counterflow.brief.loading.docx import read_docx
from counterflow.brief.loading.html import read_page
from counterflow.brief.loading.markdown import front_matter, links
from counterflow.brief.loading.pdf_page import PageLine, PdfPage
from counterflow.brief.loading.pdf_text import as_text
from document_files import docx

CORPUS = Path(__file__).parent / "corpus"


def page(data: bytes) -> None:
    """A web page."""
    _require_sound(read_page(data.decode("utf-8", "replace").replace("\0", " ")))


def word(data: bytes) -> None:
    """A Word document, as an archive."""
    _require_sound(read_docx(data))


def body(data: bytes) -> None:
    """The part of a Word document that holds the text."""
    _require_sound(read_docx(docx("", targets={"r1": "/x"}, parts={"word/document.xml": data}, packed=False)))


def text(data: bytes) -> None:
    """Bytes of unknown encoding, read as Markdown."""
    words = decode(data, is_page=False)
    front_matter(words)
    for link in links(words):
        assert 0 <= link.start <= link.end <= len(words)


def lines(data: bytes) -> None:
    """Lines of a PDF's pages: a byte each for a new page, left, right, height and size, then words up to a zero."""
    pages: list[list[PageLine]] = [[]]
    for part in data.split(b"\0"):
        if len(part) > 5:
            turn, left, right, bottom, size = struct.unpack("5B", part[:5])
            if turn > 200:
                pages.append([])
            words = " ".join(part[5:].decode("utf-8", "replace").split())
            if words:
                pages[-1].append(PageLine(words, 2.0 * left, 2.0 * right, 3.0 * bottom, size / 8))
    _require_sound(in_canonical_form(as_text([PdfPage(792.0, tuple(page), (), False) for page in pages])))


def _require_sound(content: Content) -> None:
    """Fail where a place is outside of the text, or the text is not canonical."""
    assert unicodedata.is_normalized("NFC", content.text)
    assert all(0 <= anchor.start <= anchor.end <= len(content.text) for anchor in content.anchors)
    assert all(0 <= start <= end <= len(content.text) for start, end in content.pages)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "page": page,
    "word": word,
    "body": body,
    "text": text,
    "lines": lines,
}


def kept(target: str) -> dict[str, bytes]:
    """The inputs kept for a target, by the names of their files."""
    return {
        path.name: base64.b64decode(path.read_bytes()) if path.suffix == ".b64" else path.read_bytes()
        for path in sorted((CORPUS / target).iterdir())
    }
