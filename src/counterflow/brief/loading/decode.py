"""From bytes to text: which encoding a document is in, by its mark, what it declares, or what it looks like."""

from __future__ import annotations

import codecs
import re
import unicodedata

from counterflow.brief.loading.language import language_of
from counterflow.errors import BriefError

_MARKS = (  # the longer first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_TEXT_CODECS = re.compile(
    r"iso8859-\d+|cp125\d|cp85[08]|cp437|mac-roman|koi8-[ru]|gb18030|gbk"
    r"|gb2312|big5|shift_jis|euc_(?:jp|kr)"
)
_UNSEEN = "\ufeff\u200b"


def decode(data: bytes, *, is_page: bool, declared: str = "") -> str:
    """The text of a document's bytes, line ends and composition as they are, without a byte order mark.

    `declared` is the encoding that a server gave for it, if any; a page may declare its own. Raises BriefError
    where the document is empty, binary, or in no encoding that can be told.
    """
    if not data.strip():
        raise _empty()
    text = _decoded(data, is_page=is_page, declared=declared).removeprefix("\ufeff")
    if all(character.isspace() or character in _UNSEEN for character in text):
        raise _empty()
    return text


def _empty() -> BriefError:
    return BriefError("The document is empty.", hint="Give a document with text in it.")


def _decoded(data: bytes, *, is_page: bool, declared: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if b"\0" in data:
        return _strictly(data, _unmarked(data))
    try:
        return data.decode("utf-8")  # what is not meant to be it hardly ever is, whatever it declares
    except UnicodeDecodeError as error:
        text = _as_declared(data, is_page=is_page, declared=declared) or _guessed(data)
        if text is None:
            raise _not_in("utf-8", error.start) from None
        return text


def _as_declared(data: bytes, *, is_page: bool, declared: str) -> str | None:
    found = (_CHARSET.search(data[:4096]) or _XML.match(data)) if is_page else None
    for name in (declared, found[1].decode("ascii") if found else ""):
        if encoding := _known(name):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_in(encoding.removesuffix("-sig"), error.start) from None


def _not_in(encoding: str, place: int) -> BriefError:
    return BriefError(
        f"The text is not {encoding.upper()} (at byte {place}), and in no other encoding that can be told.",
        hint="Save it as UTF-8 and try again.",
    )


def _unmarked(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of Western text is zero. Raises BriefError for other binary data."""
    sample = data[:20_000]
    half = max(len(sample) // 2, 1)
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if len(data) >= 16 and len(data) % 2 == 0 and max(even, odd) > 0.7 and min(even, odd) < 0.05:
        return "utf-16-le" if odd > even else "utf-16-be"
    raise BriefError(
        f"This is a binary file (a zero byte at offset {data.index(0)}).",
        hint="Give text, Markdown, HTML, PDF or a Word document.",
    )


def _known(name: str) -> str:
    """An encoding of text as Python calls it; "" for what is none. Web pages mean Windows-1252 by Latin-1."""
    try:
        known = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    if known in ("iso8859-1", "ascii"):
        return "cp1252"
    return known if _TEXT_CODECS.fullmatch(known) else ""  # UTF-16 would have shown itself by zero bytes


_WESTERN = ("cp1252", "mac-roman", "cp850")
_SIGNS = frozenset("“”‘’«»–—…•·°ºª¿¡§¶€£¢©®™½¼¾×±\u00a0\u00ad‹›„‚")
_LETTERS = frozenset("áéíóúüñàâçèêëîïôùûœäößãõåæø")
_SURE = 0.97  # share of the characters beyond ASCII that must make sense where they stand


def _guessed(data: bytes) -> str | None:
    """Western text of one byte a character, where one encoding makes sense of it and others make less.

    Sense is: letters of Western languages, small inside of small words; signs that people type; and words
    common enough to tell the language by. Without them nothing is guessed.
    """
    best: tuple[float, str] = (0.0, "")
    for encoding in _WESTERN:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sense = _sense(text)
        if sense > best[0]:
            best = (sense, text)
    sense, text = best
    return text if sense >= _SURE and language_of(text) != "und" else None


def _sense(text: str) -> float:
    beyond = [match.start() for match in re.finditer(r"[^\x00-\x7f]", text[:1_000_000])]
    good = sum(_makes_sense(text, place) for place in beyond)
    return good / max(len(beyond), 1)


def _makes_sense(text: str, place: int) -> bool:
    character, before, after = text[place], text[place - 1 : place] if place else " ", text[place + 1 : place + 2]
    if character in _SIGNS:
        # A sign inside of a word makes no sense, except an apostrophe or a dash.
        return character in "’‘–—\u00ad·" or not (before.isalpha() and after.isalpha())
    if character in _LETTERS:
        return not (before.isupper() and after.isupper())
    is_capital = character.lower() in _LETTERS and unicodedata.category(character) == "Lu"
    return is_capital and not before.islower()
