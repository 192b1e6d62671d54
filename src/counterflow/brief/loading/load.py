"""From a document's bytes to one canonical text: NFC, line feeds, no byte order mark.

Text and Markdown stay as they are; a web page, PDF or Word document comes out as Markdown lines.
"""

from __future__ import annotations

import hashlib
import stat
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from counterflow.brief.loading import limits
from counterflow.brief.loading.content import Content
from counterflow.brief.loading.decode import decode
from counterflow.brief.loading.language import Language, language_of
from counterflow.brief.loading.markdown import front_matter, links
from counterflow.brief.loading.media import media_type_of, name_in_messages
from counterflow.brief.loading.metadata import iso_date
from counterflow.brief.schema import Link, MediaType, Page, Span
from counterflow.errors import BriefError

__all__ = ["SIZE_LIMIT", "Language", "Loaded", "language_of", "load", "load_address"]

SIZE_LIMIT = limits.SIZE


@dataclass(frozen=True)
class Loaded:
    """A document's canonical text, with what its file says about it."""

    text: str
    sha256: str  # of the original bytes
    source: str  # file name, address, or the name given
    media_type: MediaType
    language: Language
    title: str | None = None
    byline: str | None = None
    date_published: date | None = None
    url: str | None = None  # where it was fetched from, after redirects
    links: tuple[Link, ...] = ()
    lost_links: tuple[tuple[int, str], ...] = ()  # where in the text a link lost its words, and where it leads
    pages: tuple[Page, ...] = ()  # of a PDF
    original: bytes = field(default=b"", repr=False)  # the bytes as they came


def load(
    source: Path | bytes,
    *,
    name: str,
    media_type: MediaType | None = None,
    charset: str = "",
    url: str | None = None,
) -> Loaded:
    """Read a text, Markdown, HTML, PDF or Word document into its canonical text.

    `name` is what the document is called in messages; its suffix, where it has one, tells the media type.
    `media_type` and `charset` are what a server said of it. Raises BriefError with one line on what is wrong:
    missing, a directory or device, empty, binary, too large, in no known encoding, encrypted, damaged, without
    text, or made to do harm.
    """
    shown = name_in_messages(name)
    try:
        data = source if isinstance(source, bytes) else _bytes(source)
        if len(data) > limits.SIZE:
            raise _too_large(len(data))
        kind = media_type_of(data, name, media_type)
        content = _read(data, kind, charset)
        if len(content.text) > limits.TEXT:
            raise BriefError(
                f"This document has {len(content.text):,} characters of text; up to {limits.TEXT:,} are read.",
                hint="Give the part of it that states the strategy.",
            )
    except BriefError as error:
        raise BriefError(error.message, where=error.where or shown, hint=error.hint) from error.__cause__
    return _loaded(content, data, kind, url or Path(name).name or name, url)


def is_address(source: str) -> bool:
    """Whether a document's name is an address to fetch from: anything with a scheme, refused later if not http(s)."""
    scheme, separator, _ = source.partition("://")
    return bool(separator) and len(scheme) > 1 and scheme.replace("+", "").isalnum()


def load_address(address: str, *, allow: Collection[str] = ()) -> Loaded:
    """Fetch an http(s) address and read what it gives.

    `allow` names IP addresses that may be reached although they are not public; it is for tests. Raises
    BriefError where the address is refused or cannot be fetched, and as `load` does.
    """
    from counterflow.brief.loading.fetch import fetch

    answer = fetch(address, allow=allow)
    return load(answer.data, name=answer.url, media_type=answer.media_type, charset=answer.charset, url=answer.url)


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise BriefError("This is a directory.", hint="Name a document inside it.")
        if not stat.S_ISREG(status.st_mode):
            raise BriefError("This is a device or a pipe, not a file.", hint="Give it on standard input, as -.")
        if status.st_size > limits.SIZE:
            raise _too_large(status.st_size)
        with path.open("rb") as file:
            return file.read(limits.SIZE + 1)
    except FileNotFoundError:
        raise BriefError("There is no such file.", hint="Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BriefError(f"The file cannot be read: {reason}.", hint="Check the path and its permissions.") from error


def _too_large(size: int) -> BriefError:
    return BriefError(
        f"The document is too large ({size / 1e6:.1f} MB read; at most {limits.SIZE / 1e6:.0f} MB).",
        hint="Give the strategy's own text, without attachments.",
    )


def _read(data: bytes, kind: MediaType, charset: str) -> Content:
    if kind == "application/pdf":
        from counterflow.brief.loading.child import read_apart

        return read_apart(data, "pdf")
    if kind == "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
        from counterflow.brief.loading.child import read_apart

        content = read_apart(data, "docx")
        return _with_text(content, "This Word document holds no text.", "Give a document with text in it.")
    text = _canonical(decode(data, is_page=kind == "text/html", declared=charset))
    if kind == "text/html":
        from counterflow.brief.loading.child import read_apart

        content = read_apart(text.encode("utf-8"), "html")
        hint = "It may be built by scripts in the browser: save it from there as text."
        return _with_text(content, "This HTML page holds no text.", hint)
    content = Content(text, anchors=tuple(links(text)) if kind == "text/markdown" else ())
    if front := front_matter(text):
        published = iso_date(front.get("date") or front.get("published_time") or "")
        return replace(content, title=front.get("title"), byline=front.get("author"), date_published=published)
    return content


def _with_text(content: Content, refusal: str, hint: str) -> Content:
    if not content.text.strip():
        raise BriefError(refusal, hint=hint)
    return content


def _canonical(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _loaded(content: Content, data: bytes, kind: MediaType, source: str, url: str | None) -> Loaded:
    text = content.text
    return Loaded(
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        source=source,
        media_type=kind,
        language=language_of(text),
        title=unicodedata.normalize("NFC", content.title) if content.title else None,
        byline=content.byline,
        date_published=content.date_published,
        url=url,
        links=tuple(
            Link(
                span=Span(start=a.start, end=a.end, quote=text[a.start : a.end]) if a.start < a.end else None,
                href=a.href,
            )
            for a in content.anchors
        ),
        lost_links=tuple((a.start, a.href) for a in content.anchors if a.start == a.end),
        original=data,
        pages=tuple(Page(number=n, start=start, end=end) for n, (start, end) in enumerate(content.pages, 1)),
    )
