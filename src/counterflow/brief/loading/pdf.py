"""The lines of a PDF's pages in reading order, with where on the page they stand, and its links.

PDFium reads the file. Nothing in it is run or followed: forms, scripts and embedded files are not looked at.
This module is meant for a process of its own (see `child`), because it reads with a library written in C++.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pypdfium2.raw as pdfium

from counterflow.brief.loading import limits
from counterflow.brief.loading.content import Content, in_canonical_form
from counterflow.brief.loading.pdf_page import PageLine, PageLink, PdfPage
from counterflow.brief.loading.pdf_text import as_text
from counterflow.errors import BriefError

SAVE_AS = "Save its text as .txt, .docx or .html and give that."
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_UNREADABLE = 0.2  # share of characters without a known meaning from which on the text is no text
_LINKS = 2_000  # on one page
# Characters that stand for two or three letters, a matter of type-setting; and the marks of a broken word.
_UNLIGATED = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\ufffe": "\x02", "\u00ad": "\x02"}
)


def read_pdf(data: bytes) -> Content:
    """The text of a PDF. Raises BriefError where it is encrypted, damaged, too long, or holds no text."""
    pdfium.FPDF_InitLibrary()
    buffer = ctypes.create_string_buffer(data, len(data))
    document = pdfium.FPDF_LoadMemDocument64(buffer, len(data), None)
    if not document:
        if pdfium.FPDF_GetLastError() == _PASSWORD:
            raise BriefError("This PDF is encrypted.", hint="Remove its password and try again.")
        raise BriefError("This PDF is damaged or cut short: it cannot be opened.", hint=SAVE_AS)
    count = pdfium.FPDF_GetPageCount(document)
    if count == 0:
        raise BriefError("This PDF is damaged: it has no pages.", hint=SAVE_AS)
    if count > limits.PAGES:
        raise BriefError(
            f"This PDF has {count:,} pages (at most {limits.PAGES:,}).",
            hint="Give the strategy's own text, without attachments.",
        )
    pages = list(_pages(document, count))
    content = in_canonical_form(as_text(pages))
    _require_text(content.text, pages)
    return content


def _require_text(text: str, pages: list[PdfPage]) -> None:
    seen = Counter(text)
    visible = sum(count for character, count in seen.items() if not character.isspace())
    if not visible:
        scanned = any(page.pictures for page in pages)
        raise BriefError(
            "This PDF holds pictures of pages and no text: it is a scan." if scanned else "This PDF holds no text.",
            hint="Run text recognition (OCR) over it, and give the result.",
        )
    unknown = sum(count for character, count in seen.items() if _is_unknown(character))
    if unknown > _UNREADABLE * visible:
        raise BriefError(
            "The characters of this PDF have no known meaning: its fonts do not say which letters they draw.",
            hint="Run text recognition (OCR) over it, and give the result.",
        )


def _is_unknown(character: str) -> bool:
    return character == "\ufffd" or (not character.isspace() and unicodedata.category(character) in ("Co", "Cn", "Cc"))


def _pages(document: pdfium.FPDF_DOCUMENT, count: int) -> Iterator[PdfPage]:
    characters = 0
    for number in range(count):
        page = pdfium.FPDF_LoadPage(document, number)
        if not page:
            yield PdfPage(0.0, (), (), False)  # one damaged page does not hide the others
            continue
        text = pdfium.FPDFText_LoadPage(page)
        try:
            lines = tuple(_lines(text)) if text else ()
            characters += sum(len(line.text) for line in lines)
            if characters > limits.TEXT:
                raise BriefError(
                    f"This PDF has more than {limits.TEXT:,} characters of text, which is the most that is read.",
                    hint="Give the part of it that states the strategy.",
                )
            yield PdfPage(
                height=float(pdfium.FPDF_GetPageHeightF(page)),
                lines=lines,
                links=tuple(_links(document, page, text)) if text else (),
                pictures=not lines and _has_pictures(page),
            )
        finally:
            if text:
                pdfium.FPDFText_ClosePage(text)
            pdfium.FPDF_ClosePage(page)


_LINE = re.compile("[^\\n\\r\x02\ufffe]+[\x02\ufffe]?")


def _lines(text: pdfium.FPDF_TEXTPAGE) -> Iterator[PageLine]:
    """The lines of a page as PDFium orders them; one that breaks a word ends with the character U+0002."""
    characters = _characters(text)
    for match in _LINE.finditer(characters):
        words = _words(match[0])
        if words.strip("\x02\ufffd "):
            yield _placed(text, match, words)


def _characters(text: pdfium.FPDF_TEXTPAGE) -> str:
    """A page's characters, one for each place at which PDFium knows one; two may make up one as in UTF-16."""
    count = max(pdfium.FPDFText_CountChars(text), 0)
    units = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(text, 0, count, units) == count + 1:
        whole = bytes(units)[: 2 * count].decode("utf-16-le", "surrogatepass")
        return whole if len(whole) == count else "".join(map(chr, units[:count]))
    codes = (pdfium.FPDFText_GetUnicode(text, place) for place in range(count))  # where it leaves some out
    return "".join(chr(code) if 0 < code < 0x110000 else "\ufffd" for code in codes)


def _words(raw: str) -> str:
    """Characters as words with one blank between, ligatures and halves of characters made whole."""
    if not raw.isascii():
        raw = raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").translate(_UNLIGATED)
        raw = unicodedata.normalize("NFC", raw)
    return " ".join(raw.replace("\0", "\ufffd").split())


def _placed(text: pdfium.FPDF_TEXTPAGE, match: re.Match[str], words: str) -> PageLine:
    """A line with its place. Its middle stands for its height: its ends may be a bullet or a footnote's mark."""
    inked = match[0].rstrip("\x02\ufffe \t\xa0")
    first = len(inked) - len(inked.lstrip())
    last = len(inked) - 1
    middle = len(inked[: (first + last) // 2 + 1].rstrip()) - 1
    begin, left, right = match.start(), pdfium.FS_RECTF(), pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text, begin + first, left)
    pdfium.FPDFText_GetLooseCharBox(text, begin + last, right)
    return PageLine(
        words,
        left=min(left.left, right.left),
        right=max(left.right, right.right),
        bottom=_baseline(text, begin + middle),
        size=_size(text, begin + middle),
    )


def _baseline(text: pdfium.FPDF_TEXTPAGE, place: int) -> float:
    """How high over the page's lower edge the line stands on which a character is set."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, place, x, y)
    return float(y.value)


def _size(text: pdfium.FPDF_TEXTPAGE, place: int) -> float:
    """The size of a character's type on the page, to half a point."""
    matrix = pdfium.FS_MATRIX()
    scale = math.hypot(matrix.c, matrix.d) if pdfium.FPDFText_GetMatrix(text, place, matrix) else 1.0
    return round(2 * float(pdfium.FPDFText_GetFontSize(text, place)) * scale) / 2


def _links(document: pdfium.FPDF_DOCUMENT, page: pdfium.FPDF_PAGE, text: pdfium.FPDF_TEXTPAGE) -> Iterator[PageLink]:
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    for _ in range(_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, position, link):
            return
        action = pdfium.FPDFLink_GetAction(link)
        length = pdfium.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        box = pdfium.FS_RECTF()
        if not 1 < length < 4_000 or not pdfium.FPDFLink_GetAnnotRect(link, box):
            continue
        address = ctypes.create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(document, action, address, length)
        trim = 0.2 * (box.top - box.bottom)  # so that the lines above and below do not reach in
        edges = (box.left, box.top - trim, box.right, box.bottom + trim)
        count = min(pdfium.FPDFText_GetBoundedText(text, *edges, None, 0), 2_000)
        units = (ctypes.c_ushort * (count + 1))()
        pdfium.FPDFText_GetBoundedText(text, *edges, units, count)
        words = _words("".join(chr(unit) for unit in units[:count] if unit))
        if words:
            yield PageLink(words, address.value.decode("utf-8", "replace").strip())


def _has_pictures(page: pdfium.FPDF_PAGE) -> bool:
    objects = (
        pdfium.FPDFPage_GetObject(page, number) for number in range(min(pdfium.FPDFPage_CountObjects(page), 1000))
    )
    return any(pdfium.FPDFPageObj_GetType(one) == pdfium.FPDF_PAGEOBJ_IMAGE for one in objects)
