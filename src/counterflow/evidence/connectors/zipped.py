"""The one CSV file in a zip, read in memory and within bounds: nothing is ever unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import File

# The largest state table that SESNSP publishes unpacks to some 15 MB, UCDP's to less than 1 MB.
LARGEST = 64 * 1024 * 1024
# Published tables shrink to a tenth or a fiftieth; a thousandth is the most that deflate can do.
HIGHEST_RATIO = 500


def csv_member(file: File) -> File:
    """The CSV file inside a zip, under the zip's address; a file that is no zip is given back as it is.

    Raises EvidenceError where the zip is damaged, encrypted or a workbook, holds no CSV file or several, or
    unpacks to more than `LARGEST` bytes or more than `HIGHEST_RATIO` times its size.
    """
    if not file.data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return file
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            member = _only_csv(archive, file.name)
            _refuse_bomb(member, file.name)
            with archive.open(member) as stream:
                data = stream.read(LARGEST + 1)  # what the header states need not be true
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        raise EvidenceError(
            f"the zip is damaged or cut short ({error}).", where=file.name, hint="Fetch or save it again."
        ) from None
    if len(data) > LARGEST:
        raise _too_large(file.name)
    return file._replace(name=f"{file.name}/{_plain(member.filename)}", data=data)


def _only_csv(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The one member that is a CSV file; what macOS packs beside it does not count."""
    members = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    if any(info.filename == "[Content_Types].xml" for info in members):
        raise EvidenceError("this is a workbook.", where=name, hint="Give the CSV file that the publisher offers.")
    tables = [info for info in members if info.filename.lower().endswith(".csv")]
    if len(tables) != 1:
        held = ", ".join(_plain(info.filename) for info in (tables or members)[:5]) or "nothing"
        raise EvidenceError(
            f"the zip holds {len(tables) or 'no'} CSV file{'s' if tables else ''} ({held}): one is expected.",
            where=name,
            hint="Unpack it and give the CSV file by itself.",
        )
    if tables[0].flag_bits & 1:
        raise EvidenceError("the zip is encrypted.", where=name, hint="Unpack it and give the CSV file by itself.")
    return tables[0]


def _refuse_bomb(member: zipfile.ZipInfo, name: str) -> None:
    if member.file_size > LARGEST or member.file_size > HIGHEST_RATIO * max(member.compress_size, 1):
        raise _too_large(name, f" ({member.file_size:,} bytes from {member.compress_size:,})")


def _too_large(name: str, sizes: str = "") -> EvidenceError:
    return EvidenceError(
        f"the zip unpacks to more than a table of this publisher can hold{sizes}.",
        where=name,
        hint="It may be another table (municipal files are not read) or made to fill the memory.",
    )


def _plain(name: str) -> str:
    """A member's bare name, for messages: no folders, nothing that cannot be printed."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:100]
