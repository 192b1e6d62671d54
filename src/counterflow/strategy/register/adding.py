"""Adding a document to a register, or reading it again: what a person reviewed stays as the person left it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from counterflow.brief.schema import Value
from counterflow.strategy.register.reading import bare
from counterflow.strategy.register.schema import Mention, Register, Source, Told
from counterflow.strategy.register.words import differences


class DocumentRead(NamedTuple):
    """A document as the register takes it."""

    source: Source
    mentions: tuple[Mention, ...]


class Difference(Value):
    """A reviewed mention of which the reader now finds something else (`now`), or nothing any more (None)."""

    mention: Mention
    now: Told | None


class Superseded(Value):
    """An older version of a document: how many of its mentions are gone, and how many stay for their review."""

    document: Source
    gone: int
    kept: int


class Added(Value):
    """What adding one document did."""

    document: Source
    known: bool  # its bytes were in the register before
    new: int = 0  # mentions that were not there before
    replaced: int = 0  # unreviewed mentions that are read differently now
    dropped: int = 0  # unreviewed mentions that the reader no longer finds
    kept: int = 0  # reviewed mentions, kept as they were
    differences: tuple[Difference, ...] = ()
    superseded: tuple[Superseded, ...] = ()  # versions of the same name or address, with other bytes
    namesakes: tuple[Source, ...] = ()  # the same, but added at once with it: taken for other documents


def add_all(register: Register, readings: Iterable[DocumentRead], added: list[Added]) -> Register:
    """The register with several documents in it; `added` gets what each of them changed.

    New ones of one name (`a/order.html`, `b/order.html`) do not supersede each other.
    """
    added.clear()
    readings = list(readings)
    beside = {one.source.sha256 for one in readings} - {source.sha256 for source in register.documents}
    for reading in readings:
        register, one = add(register, reading.source, reading.mentions, beside)
        added.append(one)
    return register


def add(
    register: Register, source: Source, mentions: Sequence[Mention], beside: Collection[str] = ()
) -> tuple[Register, Added]:
    """The register with a document in it as it is read now, and what that changed.

    It supersedes every other version of it, of the same name or address with other bytes, save those in `beside`
    (SHA-256): their unreviewed mentions go, reviewed ones stay, and a version without any goes as a whole.

    A document whose bytes are known takes the place of its earlier reading: unreviewed mentions are replaced,
    reviewed ones stay with their review, what the person decided, and what the reader finds now where that differs.
    """
    before = [one for one in register.mentions if one.document == source.sha256]
    reviewed = [one for one in before if one.review.state != "unreviewed"]
    open_ = {one.id: one for one in before if one.review.state == "unreviewed"}
    pairs = _paired(reviewed, mentions)
    kept = [_read_again(one, pairs.get(one.id)) for one in reviewed]
    taken = {one.id for one in pairs.values()} | {one.id for one in kept}
    fresh = [one for one in mentions if one.id not in taken]
    differences = tuple(
        Difference(mention=one, now=one.again)
        for one, old in zip(kept, reviewed, strict=True)
        if (one.again is not None or one.lost) and (one.again, one.lost) != (old.again, old.lost)
    )
    rest = [one for one in register.documents if one.sha256 != source.sha256]
    versions = [one for one in rest if _same_place(one, source)]
    older = {one.sha256: one for one in versions if one.sha256 not in beside}
    others, documents, superseded = [], [], []
    for one in register.mentions:
        if one.document != source.sha256 and (one.document not in older or one.review.state != "unreviewed"):
            others.append(one)
    for document in rest:
        if document.sha256 not in older:
            documents.append(document)
            continue
        left = sum(one.document == document.sha256 for one in others)
        gone = sum(one.document == document.sha256 for one in register.mentions) - left
        documents += [document.model_copy(update={"superseded_by": source.sha256})] if left else []
        if document.superseded_by != source.sha256:
            superseded.append(Superseded(document=document, gone=gone, kept=left))
    known = len(rest) < len(register.documents)
    added = Added(
        document=source,
        known=known,
        new=sum(one.id not in open_ for one in fresh),
        replaced=sum(one.id in open_ and one.read != open_[one.id].read for one in fresh),
        dropped=len(open_.keys() - {one.id for one in fresh}),
        kept=len(kept),
        differences=differences,
        superseded=tuple(superseded),
        namesakes=() if known else tuple(one for one in versions if one.sha256 not in older),
    )
    whole = Register.of([*documents, source], [*others, *kept, *fresh], source.codebook_version)
    return whole, added


def _same_place(one: Source, other: Source) -> bool:
    if one.url and other.url:
        return one.url == other.url
    return one.name == other.name and one.name != "-"


def _paired(reviewed: Sequence[Mention], found: Sequence[Mention]) -> dict[str, Mention]:
    """For each reviewed mention, by id, the one that the reader finds in its place now.

    The same id; else the same lever in a longer or shorter quote; else the same words under another lever, unless
    the person rejected what was read there: another lever is then something new to review.
    """
    pairs: dict[str, Mention] = {}
    free = list(found)

    def pair(old: Mention, new: Mention | None) -> None:
        if new is not None:
            pairs[old.id] = new
            free.remove(new)

    for old in reviewed:
        pair(old, next((one for one in free if one.id == old.id), None))
    for old in reviewed:
        if old.id not in pairs:
            pair(old, next((one for one in free if one.read.lever == old.read.lever and _overlaps(old, one)), None))
    for old in reviewed:
        if old.id not in pairs and old.review.state != "rejected":
            pair(old, next((one for one in free if bare(one.quote) == bare(old.quote)), None))
    return pairs


def _overlaps(one: Mention, other: Mention) -> bool:
    a, b = bare(one.quote), bare(other.quote)
    return a in b or b in a


def _read_again(old: Mention, new: Mention | None) -> Mention:
    """A reviewed mention after another reading: the person's decision, and what the reader finds now."""
    if new is None:
        return old.model_copy(update={"lost": True, "again": None})
    # The key of the policy is the reader's alone, so it follows the reader, where the lever is still the same.
    keyed = {"policy_id": new.read.policy_id} if new.read.lever == old.read.lever else {}
    read = old.read.model_copy(update=keyed)
    differs = differences(read, new.read) and differences(old.told, new.read)
    place = {"place": new.place, "lost": False, "read": read, "again": new.read if differs else None}
    return old.model_copy(update=place)
