"""The parts of an office document's archive, read into memory within limits and never onto the disk."""

from __future__ import annotations

import io
import zipfile
import zlib

from lxml import etree

from counterflow.brief.loading import limits
from counterflow.errors import BriefError

SAVE_AS = "Save it as .docx, .pdf, .txt or .html and give that."
_KINDS = {"xl/": "an Excel workbook", "ppt/": "a PowerPoint presentation", "META-INF/": "no Word document"}


class Archive:
    """An archive that claims to be a Word document. Raises BriefError where it is damaged, another thing, or a trap."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OverflowError, UnicodeError):
            raise BriefError("This office document or archive is damaged: it cannot be opened.", hint=SAVE_AS) from None
        if len(entries) > limits.PARTS:
            raise BriefError(f"This archive holds {len(entries)} parts (at most {limits.PARTS}).", hint=SAVE_AS)
        self._entries = {entry.filename: entry for entry in entries}

    def kind(self) -> str | None:
        """What the archive is where it is no Word document."""
        if "[Content_Types].xml" in self._entries and any(name.startswith("word/") for name in self._entries):
            return None
        for start, kind in _KINDS.items():
            if any(name.startswith(start) for name in self._entries):
                return kind
        return "an archive"

    def part(self, name: str) -> etree._Element | None:
        """A part's tree of elements; None where there is no such part. Nothing that it names is ever loaded."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        data = self._unpacked(entry)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            reason = "" if not isinstance(error, etree.XMLSyntaxError) else f" (line {error.lineno or 0})"
            raise BriefError(f"The part {_shown(name)} is damaged{reason}.", hint=SAVE_AS) from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise BriefError(
                f"The part {_shown(name)} declares a document type, which no Word document does: it is refused.",
                hint="It may be an attack. Save the document anew in a word processor.",
            )
        return root

    def _unpacked(self, entry: zipfile.ZipInfo) -> bytes:
        if entry.flag_bits & 1:
            raise BriefError("This document is encrypted.", hint="Remove its password and try again.")
        bomb = entry.file_size > 1_000_000 and entry.file_size > limits.RATIO * max(entry.compress_size, 1)
        if entry.file_size > limits.PART or bomb:
            raise _too_large(entry.filename, entry.file_size)
        try:
            with self._zip.open(entry) as file:
                data = file.read(limits.PART + 1)  # the size in the directory may be a lie
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError):
            raise BriefError(f"The part {_shown(entry.filename)} is damaged.", hint=SAVE_AS) from None
        if len(data) > limits.PART:
            raise _too_large(entry.filename, len(data))
        return data


def _too_large(name: str, size: int) -> BriefError:
    return BriefError(
        f"The part {_shown(name)} would unpack to {size / 1e6:.0f} MB: it is refused.",
        hint="It may be an attack. Give the document's own text, without attachments.",
    )


def _shown(name: str) -> str:
    return ascii(name[:60])
