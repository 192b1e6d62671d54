"""The folder of a calibration while it is made: who writes to it, what was asked, and how far it is.

FOLDER/work holds the recipe and, of each ensemble, the last step that is complete, then the chains every few moves,
each written whole or not at all. It is taken away once the calibration is whole.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from counterflow.calibration.fitting import files
from counterflow.calibration.fitting.chains import Chains
from counterflow.calibration.fitting.smoother import Ensemble
from counterflow.errors import StoreBusyError, UsageError
from counterflow.evidence.disk import write_whole

WORK, RECIPE, LOCK = "work", "recipe.json", "writer.lock"
AWAY = "Give another --out, or move this folder away."
RESUME = "What is complete is kept: the same command with --resume goes on."

Recipe = dict[str, Any]  # what the files depend on, in plain values


DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)  # what reading an unusable file raises


def save(place: Path, of: Ensemble, seconds: float) -> None:
    """Write an ensemble as it is after a step, whole or not at all."""
    _save(place, {**of._asdict(), "seconds": seconds})


def saved(place: Path) -> tuple[Ensemble, float] | None:
    """An ensemble as it was saved and the seconds that it took; None where none was, or it is damaged."""
    try:
        held = _held_by(place)
        return _ensemble(held), float(held["seconds"])
    except DAMAGED:
        return None  # it is begun anew, and gives the same


def save_chains(place: Path, of: Chains, seconds: float) -> None:
    """Write the chains as they are after a move, whole or not at all."""
    rest = of._asdict()
    _save(place, {**rest.pop("ensemble")._asdict(), **rest, "seconds": seconds})


def saved_chains(place: Path) -> tuple[Chains, float] | None:
    """The chains as they were saved and the seconds that they took; None where none were, or they are damaged."""
    try:
        held = _held_by(place)
        arrays = (held["centre"], held["root"], float(held["length"]), float(held["accepted"]))
        now = Chains(int(held["move"]), _ensemble(held), *arrays, held["began"], held["taken"])
        return now, float(held["seconds"])
    except DAMAGED:
        return None


def _save(place: Path, arrays: Mapping[str, Any]) -> None:
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    write_whole(place, content.getvalue())


def _held_by(place: Path) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(place.read_bytes()), allow_pickle=False) as held:
        return dict(held)


def _ensemble(held: Mapping[str, np.ndarray]) -> Ensemble:
    return Ensemble(int(held["step"]), held["scores"], held["hyper"], held["series"], held["figures"])


def refuse_other(folder: Path, resume: bool) -> None:
    """Raise UsageError where the folder holds something else, something without `resume`, or nothing with it."""
    where = str(folder)
    try:
        names = set(os.listdir(folder))
    except FileNotFoundError:
        names = set()
    except OSError as error:
        raise UsageError(f"the folder cannot be used: {error.strerror}", where=where, hint=AWAY) from error
    there = files.MANIFEST in names or (folder / WORK / RECIPE).is_file()
    if names - {WORK} and not there:
        raise UsageError("this folder holds something else, and is left alone", where=where, hint=AWAY)
    if there and not resume:
        state = "finished" if files.MANIFEST in names else "unfinished"
        raise UsageError(
            f"there is a calibration already, {state}", where=where, hint=f"Go on with it by --resume. {AWAY}"
        )
    if resume and not names:
        hint = "Leave out --resume, and a new one is begun."
        raise UsageError("there is no calibration to go on with", where=where, hint=hint)


@contextmanager
def begun(folder: Path, recipe: Recipe, resume: bool) -> Iterator[dict[str, Any] | None]:
    """Be alone in the folder, with the recipe on the disk; the manifest where the calibration is whole already.

    What was needed to go on is taken away once the manifest is there.
    """
    from filelock import FileLock, Timeout

    work = folder / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        lock = FileLock(work / LOCK, timeout=0, thread_local=False)
        lock.acquire()
    except Timeout:
        hint = "Nothing was changed: wait until it is done, or give another --out."
        raise StoreBusyError("another process calibrates in this folder", where=str(folder), hint=hint) from None
    except OSError as error:
        raise UsageError(f"the folder cannot be written: {error.strerror}", where=str(folder), hint=AWAY) from error
    try:
        refuse_other(folder, resume)
        whole = (folder / files.MANIFEST).is_file()
        held = _held(folder, whole)
        if held is None:
            write_whole(work / RECIPE, json.dumps(recipe, indent=1).encode())
        else:
            _refuse_another(folder, held, recipe)
        yield files.manifest_of(folder) if whole else None
        if (folder / files.MANIFEST).is_file():
            shutil.rmtree(work)
    finally:
        lock.release()


def _held(folder: Path, whole: bool) -> Recipe | None:
    """The recipe of what is in the folder; None where nothing was begun."""
    if whole:
        return dict(files.manifest_of(folder).get("recipe", {}))
    try:
        return dict(json.loads((folder / WORK / RECIPE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UsageError(f"{RECIPE} is damaged", where=str(folder / WORK), hint=AWAY) from error


def _refuse_another(folder: Path, held: Recipe, wanted: Recipe) -> None:
    """Raise UsageError where the recipe that is there is another one, naming what differs."""
    differing = []
    for name, value in wanted.items():
        other = held.get(name)
        if other == value:
            continue
        if isinstance(value, dict) and isinstance(other, dict):
            parts = sorted(key for key in value.keys() | other.keys() if value.get(key) != other.get(key))
            differing.append(f"{name} ({', '.join(parts)})")
        elif name in ("priors", "fitting"):
            differing.append(f"the files of {name}")
        else:
            differing.append(f"{name} is {other!r} there, not {value!r}")
    if differing:
        raise UsageError(
            f"this folder holds another calibration: {'; '.join(differing)}",
            where=str(folder),
            hint=f"Run it as it was begun; nothing was changed. {AWAY}",
        )
