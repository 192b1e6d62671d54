"""From bytes to one canonical text: NFC, line feeds, no byte order mark, and nothing else changed."""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.dates.periods import iso_date
from counterflow.brief.schema import MediaType
from counterflow.errors import BriefError

Language = Literal["en", "es", "und"]

SIZE_LIMIT = 20_000_000  # bytes; the longest official strategies are under 2 MB of text


@dataclass(frozen=True)
class Loaded:
    """A document's canonical text, with what its file says about it."""

    text: str
    sha256: str  # of the original bytes
    source: str  # file name, or the name given
    media_type: MediaType
    language: Language
    title: str | None = None
    byline: str | None = None
    date_published: date | None = None


def load(source: Path | bytes, *, name: str) -> Loaded:
    """Read a text, Markdown or HTML document into its canonical text.

    `name` is what the document is called in messages; its suffix, where it has one, tells the media type.
    Raises BriefError with one line on what is wrong: missing, a directory, empty, binary, too large, not
    UTF-8, or a page without text.
    """
    data = _bytes(source, name)
    media_type = _media_type(data, name)
    text = _canonical(_decode(data, name, media_type))
    title = byline = published = None
    if media_type == "text/html":
        from counterflow.brief.loading.html import read_page

        page = read_page(text)
        text, title, byline, published = _canonical(page.text), page.title, page.byline, page.date_published
        if not text.strip():
            raise BriefError(
                "This HTML page holds no text.",
                where=name,
                hint="It may be built by scripts in the browser: save it from there as text.",
            )
    elif front := _front_matter(text):
        title, byline = front.get("title"), front.get("author")
        published = iso_date(front.get("date") or front.get("published_time") or "")
    return Loaded(
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        source=Path(name).name or name,
        media_type=media_type,
        language=language_of(text),
        title=unicodedata.normalize("NFC", title) if title else None,
        byline=byline,
        date_published=published,
    )


def _bytes(source: Path | bytes, name: str) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            if source.is_dir():
                raise BriefError("This is a directory.", where=name, hint="Name a document inside it.")
            if source.stat().st_size > SIZE_LIMIT:
                raise _too_large(source.stat().st_size, name)
            with source.open("rb") as file:
                data = file.read(SIZE_LIMIT + 1)
        except FileNotFoundError:
            raise BriefError("There is no such file.", where=name, hint="Check the path.") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise BriefError(f"The file cannot be read: {reason}.", where=name) from error
    if len(data) > SIZE_LIMIT:
        raise _too_large(len(data), name)
    return data


def _too_large(size: int, name: str) -> BriefError:
    return BriefError(
        f"The document is too large ({size / 1e6:.1f} MB read; at most {SIZE_LIMIT / 1e6:.0f} MB).",
        where=name,
        hint="Give the strategy's own text, without attachments.",
    )


# ------------------------------------------------------------------------------------------ decoding

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_HTML_START = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def _media_type(data: bytes, name: str) -> MediaType:
    suffix = Path(name).suffix.lower()
    start = data[:4096].removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        start = start.removeprefix(mark)
    if suffix in (".html", ".htm", ".xhtml") or _HTML_START.match(start):
        return "text/html"
    if suffix in (".md", ".markdown") or start.startswith(b"---\n"):
        return "text/markdown"
    return "text/plain"


def _decode(data: bytes, name: str, media_type: MediaType) -> str:
    if not data.strip():
        raise BriefError("The document is empty.", where=name, hint="Give a document with text in it.")
    if b"%PDF-" in data[:1024]:
        raise BriefError(
            "This is a PDF file, which is not yet read.",
            where=name,
            hint="Save its text as .txt, .md or .html and give that.",
        )
    if data.startswith((_ZIP, _OLE)):
        raise BriefError(
            "This is an office document or an archive, not text.",
            where=name,
            hint="Save it as .txt, .md or .html and give that.",
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in data:
        raise BriefError(
            f"This is a binary file (a zero byte at offset {data.index(0)}).",
            where=name,
            hint="Give text, Markdown or HTML.",
        )
    else:
        declared = _CHARSET.search(data[:4096]) if media_type == "text/html" else None
        encoding = _known(declared[1].decode("ascii")) if declared else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BriefError(
            f"The text is not {encoding.upper()} (at byte {error.start}).",
            where=name,
            hint="Save it as UTF-8 and try again.",
        ) from None
    if not text.strip("\ufeff \t\r\n\v\f\u00a0\u200b"):
        raise BriefError("The document is empty.", where=name, hint="Give a document with text in it.")
    return text


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"


def _canonical(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return unicodedata.normalize("NFC", lines)


# ------------------------------------------------------------------------------- what the file says

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^([A-Za-z_]+):[ \t]*(.*(?:\n[ \t]+.*)*)$", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\n\s*(?:\\(?= ))?|(.))")


def _front_matter(text: str) -> dict[str, str]:
    """The plain `key: value` pairs of a YAML front matter; quoted values with their escapes undone."""
    front = _FRONT.match(text)
    if front is None:
        return {}
    return {key.lower(): _unquote(value) for key, value in _KEY.findall(front[1])}


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = _ESCAPE.sub(_unescape, value[1:-1])
    elif len(value) > 1 and value[0] == value[-1] == "'":
        value = value[1:-1].replace("''", "'")
    return " ".join(value.split())


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits:
        return chr(int(digits, 16))
    return {"_": " ", "n": "\n", "t": "\t"}.get(match[4], match[4]) if match[4] else ""


@lru_cache(maxsize=8)
def language_of(text: str) -> Language:
    """English or Spanish by their commonest words; "und" where there are few or no clear majority."""
    words = re.findall(r"[a-záéíóúñ]+", text[:200_000].lower())
    common = codebook.table("sentences")["common"]
    english, spanish = (sum(word in common[language] for word in words) for language in ("en", "es"))
    if max(english, spanish) < 3 or max(english, spanish) < 1.5 * min(english, spanish):
        return "und"
    return "en" if english > spanish else "es"
