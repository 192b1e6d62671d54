"""The folder of a search: what was asked, every evaluation so far, and in the end the front, a file for each member.

search.json         what the evaluations depend on
evaluations.jsonl   the evaluations, in order, a line a batch
front.json          the result, written last
front-01.toml ...   the strategies of the front
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from counterflow.ensemble.stored.manifest import canonical, differences
from counterflow.errors import StoreBusyError, UsageError
from counterflow.evidence.disk import sync, write_whole
from counterflow.judgement.search.objectives import Score
from counterflow.judgement.search.searching import Tried
from counterflow.strategy.files import SCHEMA_FILE

ASKED, EVALUATIONS, FRONT, LOCK = "search.json", "evaluations.jsonl", "front.json", "writer.lock"
AWAY = "Give another --out, or move this folder away."
NAMED = 6  # fields in which searches differ, in a message


@contextmanager
def begun(folder: Path, identity: Mapping[str, Any], resume: bool) -> Iterator[list[Tried]]:
    """Be alone in the folder of a search: the evaluations that it holds already, none where it is new.

    Raises UsageError where the folder holds something else, a search without `resume`, none with it, or one that was
    asked otherwise; StoreBusyError where another process searches there.
    """
    from filelock import FileLock, Timeout

    where = str(folder)
    try:
        there = set(os.listdir(folder)) if folder.exists() else set()
        if there - {LOCK} and ASKED not in there:
            raise UsageError("this folder holds something else, and is left alone", where=where, hint=AWAY)
        if resume and ASKED not in there:
            hint = "Leave out --resume, and a new one is begun."
            raise UsageError("there is no search to go on with", where=where, hint=hint)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
        lock.acquire()
    except Timeout:
        hint = "Nothing was changed: wait until it is done, or give another --out."
        raise StoreBusyError("another process searches in this folder", where=where, hint=hint) from None
    except OSError as error:
        raise UsageError(f"the folder cannot be used: {error.strerror}", where=where, hint=AWAY) from error
    try:
        asked = folder / ASKED
        if not asked.is_file():
            _begin(asked, identity)
            yield []
            return
        if not resume:
            raise UsageError("there is a search already", where=where, hint=f"Go on with it by --resume. {AWAY}")
        _refuse_another(asked, identity)
        yield _evaluations(folder / EVALUATIONS)
    finally:
        lock.release()


def _begin(asked: Path, identity: Mapping[str, Any]) -> None:
    try:
        write_whole(asked, (json.dumps(identity, indent=1, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise _unwritable(asked.parent, error, "Nothing was begun: give another --out, or make room.") from error


def _refuse_another(asked: Path, identity: Mapping[str, Any]) -> None:
    try:
        held = json.loads(asked.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(asked, error) from error
    except ValueError as error:
        raise UsageError(f"{ASKED} is damaged", where=str(asked.parent), hint=AWAY) from error
    apart = list(differences(held, json.loads(canonical(identity))))
    if apart:
        more = f"; and {len(apart) - NAMED} more" if len(apart) > NAMED else ""
        raise UsageError(
            f"this folder holds another search: {'; '.join(apart[:NAMED])}{more}",
            where=str(asked.parent),
            hint=f"Run it as it was begun; nothing was changed. {AWAY}",
        )


def _evaluations(place: Path) -> list[Tried]:
    """The evaluations that are whole; a batch that a writer who died was writing is cut off."""
    if not place.is_file():
        return []
    try:
        lines = place.read_bytes().split(b"\n")
    except OSError as error:
        raise _unreadable(place, error) from error
    found: list[Tried] = []
    kept = 0
    for line in lines[:-1]:  # what comes after the last end of a line is not whole
        try:
            found += [Tried(tuple(genes), Score(**_tuples(score))) for genes, score in json.loads(line)]
        except (ValueError, TypeError) as error:
            raise UsageError(f"{EVALUATIONS} is damaged", where=str(place.parent), hint=AWAY) from error
        kept += len(line) + 1
    if lines[-1]:
        try:
            os.truncate(place, kept)
        except OSError as error:
            raise _unwritable(place.parent, error) from error
    return found


def _tuples(score: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in score.items()}


def keep(folder: Path, batch: Sequence[Tried]) -> None:
    """Add a batch of evaluations, and wait until it is on the disk. Raises UsageError where it cannot be written."""
    line = json.dumps([[one.genes, one.score._asdict()] for one in batch], separators=(",", ":"))
    try:
        with (folder / EVALUATIONS).open("ab") as out:
            out.write(line.encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise _unwritable(folder, error) from error


def put(folder: Path, front: str, strategies: Mapping[str, str]) -> None:
    """Write the result: the text of each strategy by its name, then the front, each whole or not at all.

    An earlier result of the same search is taken away first. Raises UsageError where it cannot be written.
    """
    from counterflow.strategy.files import bundled_schema

    try:
        (folder / FRONT).unlink(missing_ok=True)
        for place in folder.glob("front-*.toml"):
            place.unlink()
        sync(folder)
        write_whole(folder / SCHEMA_FILE, bundled_schema().encode())
        for name, text in strategies.items():
            write_whole(folder / name, text.encode())
        write_whole(folder / FRONT, front.encode())
    except OSError as error:
        raise _unwritable(folder, error) from error


GOES_ON = "What is complete is kept: the same command with --resume goes on once there is room."


def _unreadable(place: Path, error: OSError) -> UsageError:
    return UsageError(f"{place.name} cannot be read: {error.strerror}", where=str(place.parent), hint=AWAY)


def _unwritable(folder: Path, error: OSError, hint: str = GOES_ON) -> UsageError:
    return UsageError(f"the folder cannot be written: {error.strerror}", where=str(folder), hint=hint)
