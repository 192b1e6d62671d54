"""Beginning a store, going on with one that was cut short, and completing it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Self

from counterflow.ensemble.layout import Coordinate, Layout, Piece, pieces_of
from counterflow.ensemble.stored import beside as arrays_beside
from counterflow.ensemble.stored.manifest import (
    FORMAT,
    MANIFEST,
    OURS,
    DamagedError,
    Identity,
    Manifest,
    begun_with,
    canonical,
    differences,
    marker,
    markers,
    read_manifest,
    write_manifest,
)
from counterflow.ensemble.stored.pieces import chunks_of, digest_of, read
from counterflow.ensemble.stored.place import PART, Place, listed, place, reaching, remove, top
from counterflow.ensemble.stored.skeleton import DESCRIPTION, clear, finished, put, skeleton
from counterflow.errors import StoppedError, StoreBusyError, StoreError, UsageError

if TYPE_CHECKING:
    from filelock import BaseFileLock

UNFINISHED = (PART, ".partial")  # files that a writer that died was writing: ours, and Zarr's
NAMED = 8  # fields in which runs differ, in a message
AWAY = "Give another place, or move this one away."


class Begun:
    """A store that can be written to: which pieces are complete, and which were and are damaged.

    On this machine nobody else can begin or go on with it until it is closed.
    """

    def __init__(self, at: Place, layout: Layout, root: bytes, manifest: Manifest, lock: BaseFileLock | None) -> None:
        self.at = at
        self.address = str(at.folder) if at.folder is not None else at.address  # for any process, wherever it stands
        self.layout = layout
        self.root = root  # what describes the whole while it is not complete
        self.manifest = manifest
        self.identity_hash: str = manifest["identity_sha256"]
        self.pieces: Sequence[Piece] = pieces_of(layout)
        self.done: dict[int, str] = {}  # digest of each piece that is complete
        self.damaged: tuple[int, ...] = ()
        self._lock = lock

    @property
    def missing(self) -> list[Piece]:
        """The pieces that are still to be run, in their order."""
        return [piece for piece in self.pieces if piece.index not in self.done]

    def close(self) -> None:
        """Let others write to the store."""
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def begin(
    address: str,
    layout: Layout,
    coords: Mapping[str, Coordinate],
    attrs: Mapping[str, Any],
    identity: Identity,
    *,
    resume: bool,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Begun:
    """Begin a store, or with `resume` go on with the one that is there.

    One whose beginning was cut short is begun anew, with `resume` or without. What is there is read to see whether it
    is whole: after each piece `progress` hears how many were read, and of how many, and `stop` is asked. Where all of
    it is there and whole, the manifest says `complete` still, and there is nothing to finish.

    Raises UsageError where the place holds something else, a store without `resume`, no store with it, or one of which
    the content depends on something else (naming what), and has then changed nothing. Raises StoreBusyError where
    another process writes to it, StoreError where there is no room, UsageError where nothing can be written at all,
    StoppedError where `stop` said so.
    """
    at = place(address)
    files = skeleton(layout, coords, attrs)
    wanted = begun_with(layout, coords, identity, len(pieces_of(layout)))
    with reaching(at, "the store cannot be used", AWAY, UsageError):
        _refuse_other(at, top(at), resume)
    lock = _locked(at)
    try:
        with reaching(at, "the store cannot be read", AWAY, UsageError):
            held = _held(at, wanted, resume)
        _make(at, files, wanted, held)
        begun = Begun(at, layout, files[DESCRIPTION], held or wanted, lock)
        _check(begun, progress or (lambda *_: None), stop or (lambda: False))
        if begun.manifest["complete"]:
            _check_finished(begun, [name for name in begun.manifest["beside"] if name not in coords])
        _take_away(begun)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return begun


def finish(
    begun: Begun,
    failed: Sequence[tuple[int, str]] = (),
    about: Mapping[str, Any] | None = None,
    beside: Iterable[str] = (),
) -> Manifest:
    """Say that the store is complete but for what `failed` (number of the piece, reason), with `about` it (time taken,
    say) and the arrays that were written `beside` its pieces; returns the manifest.

    `about` gets `processors`, the kinds of them that the pieces were run on: another kind gives other last digits.
    Raises StoreError where pieces are missing that did not fail.
    """
    at = begun.at
    with reaching(at, "the store cannot be completed"):
        done, _ = markers(at, begun.identity_hash)
        set_aside = {number: reason for number, reason in failed if number not in done}
        missing = len(begun.pieces) - len(done.keys() | set_aside.keys())
        if missing:
            raise incomplete(at, len(done), len(begun.pieces))
        digests = {number: said.digest for number, said in done.items()}
        begun.manifest = {
            **begun.manifest,
            "complete": True,
            "failed": [{"index": number, "reason": set_aside[number]} for number in sorted(set_aside)],
            "content_sha256": hashlib.sha256(canonical([*digests.items()]).encode()).hexdigest(),
            "beside": sorted({*begun.manifest["beside"], *beside}),
            "about": {**(about or {}), "processors": sorted({said.processor for said in done.values()} - {""})},
        }
        if at.folder is not None:
            os.sync()  # the chunks are on the disk before the manifest says that they are
        put(at, {DESCRIPTION: finished(at, begun.root, complete=not set_aside)})
        write_manifest(at, begun.manifest)
    begun.done = digests
    return begun.manifest


def incomplete(at: Place, done: int, all_of_them: int) -> StoreError:
    """What to say of a store of which pieces are missing, or that was not finished."""
    step = ", and the last step was not taken" if done == all_of_them else ""
    return StoreError(
        f"the runs are not complete: {done:,} of {all_of_them:,} chunks are there{step}.",
        where=at.address,
        hint="Run the command that began them again, with --resume.",
    )


# ------------------------------------------------------------------------------------------ what is there


def _refuse_other(at: Place, names: set[str] | None, resume: bool) -> None:
    """Refuse a place that holds something else, or nothing where there should be a store."""
    if names and OURS not in names:
        raise UsageError("this is not a store of Counterflow's, and is left alone.", where=at.address, hint=AWAY)
    if not names and resume:
        hint = "Leave out --resume, and a new one is begun."
        raise UsageError("there is no store to go on with.", where=at.address, hint=hint)


def _locked(at: Place) -> BaseFileLock | None:
    """Be the only one who writes to the store; the lock goes with the process, however that ends."""
    if at.folder is None:
        return None
    from filelock import FileLock, Timeout

    with _beginning(at):
        (at.folder / OURS).mkdir(parents=True, exist_ok=True)
        lock = FileLock(at.folder / OURS / "writer.lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusyError(
                "another run is writing to this store.",
                where=at.address,
                hint="Nothing was changed: wait until it is done, or give another place.",
            ) from None
    return lock


def _held(at: Place, wanted: Manifest, resume: bool) -> Manifest | None:
    """The manifest that is there; None where it has to be written. Raises UsageError where it is not the one wanted."""
    damaged = False
    try:
        held = read_manifest(at)
    except DamagedError:
        held, damaged = None, True
    if not resume and (held or damaged):
        hint = f"Go on with it by --resume. {AWAY}"
        raise UsageError("there is a store already.", where=at.address, hint=hint)
    if held is None:
        if markers(at, wanted["identity_sha256"])[1]:
            said = f"{MANIFEST} is {'damaged' if damaged else 'missing'}, and these are chunks of other runs."
            raise UsageError(said, where=at.address, hint=AWAY)
        return None
    if held["format"] != FORMAT:
        said = f"this store was written by another version of Counterflow (format {held['format']})."
        raise UsageError(said, where=at.address, hint=AWAY)
    differing = [*differences(held["identity"], wanted["identity"])]
    differing = differing or [*differences(held["layout"], wanted["layout"], "layout")]
    if differing:
        more = f"; and {len(differing) - NAMED:,} more" if len(differing) > NAMED else ""
        hint = f"Run it as it was begun, or give another place; nothing was changed. See {MANIFEST} there."
        raise UsageError(
            f"this store holds other runs: {'; '.join(differing[:NAMED])}{more}.", where=at.address, hint=hint
        )
    return held


def _make(at: Place, files: Mapping[str, bytes], wanted: Manifest, held: Manifest | None) -> None:
    """Write what is missing of the store but its runs; the manifest last."""
    with _beginning(at) if held is None else reaching(at, "the store cannot be written"):
        if held is None:
            clear(at, files)
        # What describes a finished store as a whole stays, unless something turns out to be damaged.
        stays = {DESCRIPTION} if held is not None and held["complete"] else set()
        put(at, {name: data for name, data in files.items() if name not in stays})
        if held is not None:
            return
        write_manifest(at, wanted)
        # Without a lock another run may have begun one in the same place at the same moment: the last one has it.
        if at.folder is None and read_manifest(at) != wanted:
            raise StoreBusyError("another run has begun a store here.", where=at.address, hint="Give another place.")


def _beginning(at: Place) -> AbstractContextManager[None]:
    """Errors of a store that is not there yet."""
    return reaching(at, "the store cannot be begun", "Give a place that can be written.", UsageError)


def _check(begun: Begun, progress: Callable[[int, int], None], stop: Callable[[], bool]) -> None:
    """Read every piece that is marked as complete, and tell those that are from those that are damaged."""
    at, layout = begun.at, begun.layout
    by_number = {piece.index: piece for piece in begun.pieces}
    with reaching(at, "the store cannot be read"):
        marked, _ = markers(at, begun.identity_hash)
        files = listed(at)

        def whole(number: int) -> bool:
            if number not in by_number or not files.issuperset(chunks_of(layout, by_number[number]).values()):
                return False
            try:
                arrays = read(begun.address, layout, by_number[number], begun.identity_hash)
            except (ValueError, RuntimeError, TypeError, IndexError):  # from the checksum, and from decompression
                return False
            return digest_of(arrays) == marked[number].digest

        found = {}
        side_by_side = ThreadPoolExecutor(os.cpu_count())
        try:
            for number, answer in zip(marked, side_by_side.map(whole, marked), strict=True):
                found[number] = answer
                progress(len(found), len(marked))
                if stop():
                    raise StoppedError(
                        f"stopped: {len(found):,} of {len(marked):,} chunks that are there were looked through.",
                        where=at.address,
                        hint="Run the same command with --resume to go on.",
                    )
        finally:
            side_by_side.shutdown(cancel_futures=True)
    begun.done = {number: said.digest for number, said in marked.items() if found[number]}
    begun.damaged = tuple(number for number in marked if not found[number])


def _check_finished(begun: Begun, beside: Sequence[str]) -> None:
    """Put in order what describes a finished store; where a part of it is gone, say that it is not complete."""
    at = begun.at
    if not begun.missing and arrays_beside.read(begun, beside) is not None:
        with reaching(at, "the store cannot be written"):
            put(at, {DESCRIPTION: finished(at, begun.root, complete=True)})
        return
    begun.manifest = {**begun.manifest, "complete": False, "failed": []}
    with reaching(at, "the manifest cannot be written"):
        put(at, {DESCRIPTION: begun.root})
        write_manifest(at, begun.manifest)


def _take_away(begun: Begun) -> None:
    """Take away what is left of the damaged pieces, so that nobody reads it, and what was never finished."""
    at = begun.at
    by_number = {piece.index: piece for piece in begun.pieces}
    with reaching(at, "a damaged chunk cannot be taken away"):
        for name in listed(at):
            if name.endswith(UNFINISHED):
                remove(at, name)
        for number in begun.damaged:
            remove(at, marker(number))
            for name in chunks_of(begun.layout, by_number[number]).values() if number in by_number else ():
                remove(at, name)
