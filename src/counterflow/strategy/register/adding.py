"""Adding a document to a register, or reading it again: what a person reviewed stays as the person left it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from counterflow.brief.schema import Value
from counterflow.strategy.register.reading import folded
from counterflow.strategy.register.schema import Mention, Register, Source, Told
from counterflow.strategy.register.words import spoken


class DocumentRead(NamedTuple):
    """A document as the register takes it."""

    source: Source
    mentions: tuple[Mention, ...]


class Difference(Value):
    """A reviewed mention of which the reader now finds something else (`now`), or nothing any more (None)."""

    mention: Mention
    now: Told | None


class Added(Value):
    """What adding one document did."""

    document: Source
    known: bool  # its bytes were in the register before
    new: int = 0  # mentions that were not there before
    replaced: int = 0  # unreviewed mentions that are read differently now
    dropped: int = 0  # unreviewed mentions that the reader no longer finds
    kept: int = 0  # reviewed mentions, kept as they were
    differences: tuple[Difference, ...] = ()
    other_versions: tuple[Source, ...] = ()  # documents of the same name or address with other bytes


def add_all(register: Register, readings: Iterable[DocumentRead], added: list[Added]) -> Register:
    """The register with several documents in it; `added` gets what each of them changed."""
    added.clear()
    for reading in readings:
        register, one = add(register, reading.source, reading.mentions)
        added.append(one)
    return register


def add(register: Register, source: Source, mentions: Sequence[Mention]) -> tuple[Register, Added]:
    """The register with a document in it as it is read now, and what that changed.

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
    others = [one for one in register.mentions if one.document != source.sha256]
    documents = [one for one in register.documents if one.sha256 != source.sha256]
    known = len(documents) < len(register.documents)
    added = Added(
        document=source,
        known=known,
        new=sum(one.id not in open_ for one in fresh),
        replaced=sum(one.id in open_ and one.read != open_[one.id].read for one in fresh),
        dropped=len(open_.keys() - {one.id for one in fresh}),
        kept=len(kept),
        differences=differences,
        other_versions=() if known else tuple(one for one in documents if _same_place(one, source)),
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
            pair(old, next((one for one in free if folded(one.quote) == folded(old.quote)), None))
    return pairs


def _overlaps(one: Mention, other: Mention) -> bool:
    a, b = folded(one.quote), folded(other.quote)
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


def differences(one: Told, other: Told) -> tuple[tuple[str, str, str], ...]:
    """What differs between two readings, as (what, in the first, in the second), in words."""
    shown = (spoken(one), spoken(other))
    return tuple((key, shown[0][key], shown[1][key]) for key in shown[0] if shown[0][key] != shown[1][key])
