"""Taking a document out of a register, with everything that it tells."""

from __future__ import annotations

import re
from pathlib import PurePath

from counterflow.brief.schema import Value
from counterflow.errors import UsageError
from counterflow.strategy.register.schema import Register, Source
from counterflow.strategy.register.words import nearest

SHORTEST = 4  # digits of a hash that name a document


class Removed(Value):
    """What went with a document."""

    document: Source
    mentions: int
    reviewed: int  # of these


def remove(register: Register, asked: str, *, reviewed_too: bool = False) -> tuple[Register, Removed]:
    """The register without a document, named by its name or path, its address, or the first digits of its SHA-256.

    An older version that it superseded stays as it is, and is no longer superseded. Raises UsageError where no
    document or more than one is meant, and where a review would be lost, unless `reviewed_too`.
    """
    source = find_document(register, asked)
    mentions = [one for one in register.mentions if one.document == source.sha256]
    reviewed = sum(one.review.state != "unreviewed" for one in mentions)
    if reviewed and not reviewed_too:
        said = "1 reviewed mention" if reviewed == 1 else f"{reviewed} reviewed mentions"
        raise UsageError(
            f"{source.label} ({source.sha256[:8]}) has {said}, and the review would be lost",
            hint="Reject them in `register review --all`, which keeps the review, or give --force.",
        )
    documents = [
        one.model_copy(update={"superseded_by": None}) if one.superseded_by == source.sha256 else one
        for one in register.documents
        if one.sha256 != source.sha256
    ]
    others = [one for one in register.mentions if one.document != source.sha256]
    removed = Removed(document=source, mentions=len(mentions), reviewed=reviewed)
    return Register.of(documents, others, register.codebook_version), removed


def find_document(register: Register, asked: str) -> Source:
    """The document of this name or path, address, or beginning of its SHA-256.

    Raises UsageError with the nearest name where there is none, and with the hashes where several are meant.
    """
    documents = register.documents
    found = [one for one in documents if asked in (one.name, one.url)]
    if not found and re.fullmatch(rf"[0-9a-fA-F]{{{SHORTEST},64}}", asked):
        found = [one for one in documents if one.sha256.startswith(asked.lower())]
    found = found or [one for one in documents if one.name == PurePath(asked).name]
    if len(found) == 1:
        return found[0]
    if not found:
        known = [name for one in documents for name in (one.name, one.url) if name]
        raise UsageError(
            f"the register has no document {asked!r}", hint=nearest(asked, known, "`register show` names them.")
        )
    hashes = ", ".join(f"{one.sha256[:12]} ({one.dated.start})" for one in found)
    raise UsageError(f"{len(found)} documents are called {asked!r}", hint=f"Give one of {hashes}.")
