"""What kind of document bytes are, by what a server said, their name, and how they begin."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from counterflow.brief.schema import MediaType
from counterflow.errors import BriefError

WORD: MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GIVE = "Give text, Markdown, HTML, PDF or a Word document (.docx)."
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an office document of the old kind, or one with a password", "Save it as .docx or .pdf."),
    (b"{\\rtf", "a rich-text file (.rtf)", "Save it as .docx, .pdf or .txt."),
    (b"\x89PNG", "a picture (PNG)", _GIVE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _GIVE),
    (b"GIF8", "a picture (GIF)", _GIVE),
    (b"\x1f\x8b", "an archive (gzip)", "Unpack it and give the document inside."),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)", "Unpack it and give the document inside."),
    (b"Rar!", "an archive (RAR)", "Unpack it and give the document inside."),
    (b"\x7fELF", "a program", _GIVE),
    (b"SQLite format 3", "a database", _GIVE),
    (b"PAR1", "a data table (Parquet)", _GIVE),
)


def media_type_of(data: bytes, name: str, said: MediaType | None = None) -> MediaType:
    """The media type of a document. The first bytes decide where they can, then the server, then the name's suffix.

    Raises BriefError where the bytes are those of a format that is not read, which it names.
    """
    suffix = Path(re.split("[?#]", name)[0] if "://" in name else name).suffix.lower()
    start = data[:4096].removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        start = start.removeprefix(mark)
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(_ZIP):
        return WORD
    for signature, kind, hint in _OTHERS:
        if data.startswith(signature):
            raise BriefError(f"This is {kind}, not text.", hint=hint)
    if suffix in (".pdf", ".docx") and data.strip():
        raise BriefError(f"The name says {suffix}, but this is no such document.", hint=_GIVE)
    if suffix in (".html", ".htm", ".xhtml") or said == "text/html" or _HTML_START.match(start):
        return "text/html"
    if suffix in (".md", ".markdown") or said == "text/markdown" or start.startswith((b"---\n", b"---\r\n")):
        return "text/markdown"
    return "text/plain"


def suffix_of(media_type: MediaType) -> str:
    """The usual suffix of a media type, with its dot."""
    return {
        "text/html": ".html",
        "text/markdown": ".md",
        "application/pdf": ".pdf",
        WORD: ".docx",
    }.get(media_type, ".txt")


def name_in_messages(name: str) -> str:
    """A document's name on one line, without characters that would change how the line looks, and not too long."""
    clean = "".join(character if character.isprintable() else "\ufffd" for character in name)
    return clean if len(clean) <= 300 else f"{clean[:140]}…{clean[-140:]}"
