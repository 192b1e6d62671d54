"""The folder of the store: where it lies, how it begins, what its manifest says, and who may write to it.

    manifest.json           the hash of every table: what it does not name is not part of the store
    package/HASH/           the package's own tables, as `evidence/data` in the package holds them:
                            series, points, events, and the bundled vintage (.parquet)
    vintages/2026-11-25/    what one update changed: observations, sources, files (.parquet)

Nothing that the manifest names is ever changed. A writer puts new files beside and then replaces the manifest,
so a reader sees the store before or after, never between, and a writer that dies leaves it as it was.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from counterflow.errors import EvidenceError
from counterflow.evidence.disk import folder_in_place, write_whole
from counterflow.evidence.tables import OF_A_VINTAGE, WHOLE

VARIABLE = "COUNTERFLOW_DATA"  # names the folder, where it is not the usual one
BUNDLED = Path(str(files(__package__).joinpath("data")))

Manifest = dict[str, Any]
FORMAT = 1  # of the folder and its manifest; another number is another layout


class BusyError(EvidenceError):
    """Another process is writing to the store."""


def data_folder() -> Path:
    """Where what the user has lies: the folder named by COUNTERFLOW_DATA, else the system's place for user data."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("counterflow")


def usual_folder() -> Path:
    """Where the user's store lies: the folder named by COUNTERFLOW_DATA, else `evidence` in the user's data folder."""
    return data_folder() if os.environ.get(VARIABLE) else data_folder() / "evidence"


def documents_folder() -> Path:
    """Where the originals of documents are kept, each named by its hash."""
    return data_folder() / "documents"


def ready(folder: Path) -> Path:
    """The folder, with the package's tables in it where it was empty or the package has newer ones.

    Where nothing can be written there, the package's own folder, which then holds the same. Raises EvidenceError
    where the folder holds something else, or is damaged.
    """
    try:
        if not folder.exists() or not any(folder.iterdir()):
            _begin(folder)
        elif _outdated(read_manifest(folder)):
            with only_writer(folder):
                if _outdated(read_manifest(folder)):  # another process may have been first
                    _take_package(folder, read_manifest(folder)["vintages"])
    except BusyError:
        return folder  # whoever is writing, what is there can be read
    except PermissionError:
        return _unwritten(folder)
    except OSError as error:
        if error.errno == errno.EROFS:
            return _unwritten(folder)
        raise EvidenceError(
            f"the folder of the evidence cannot be used: {error.strerror or error}.",
            where=str(folder),
            hint=f"Name another folder in {VARIABLE}.",
        ) from None
    return folder


def _unwritten(folder: Path) -> Path:
    """What to read where the folder cannot be written: what it holds, else the package's own tables."""
    return folder if (folder / "manifest.json").exists() else BUNDLED


def _begin(folder: Path) -> None:
    """Make a store from the package's tables; the first of several who try at once makes it for all."""
    try:
        with folder_in_place(folder) as beside:
            (beside / "vintages").mkdir()
            _take_package(beside, [])
    except OSError:
        if not (folder / "manifest.json").exists():
            raise


def _package() -> str:
    """What tells one package's tables from another's: the SHA-256 of their manifest."""
    return hashlib.sha256((BUNDLED / "manifest.json").read_bytes()).hexdigest()


def _outdated(manifest: Manifest) -> bool:
    """Whether the package has other tables than the store took over, and none that are older."""
    newest = max(vintage["known"] for vintage in read_manifest(BUNDLED)["vintages"])
    return manifest.get("package") != _package() and newest >= max(
        (vintage["known"] for vintage in manifest["vintages"] if vintage["bundled"]), default=""
    )


def _take_package(folder: Path, held: list[dict[str, Any]]) -> None:
    """Put the package's tables beside what is there, and only then name them in the manifest.

    Vintages that the store has stay, those of an earlier package too, in the order in which they became known.
    """
    package = _package()
    place = folder / "package" / package[:12]
    if not place.exists():
        with folder_in_place(place) as beside:
            ignored = shutil.ignore_patterns("*.json")
            shutil.copytree(BUNDLED, beside, copy_function=shutil.copyfile, ignore=ignored, dirs_exist_ok=True)
    new = read_manifest(BUNDLED)
    where = place.relative_to(folder).as_posix()
    brought = [vintage | {"folder": f"{where}/{vintage['folder']}"} for vintage in new["vintages"]]
    kept = [vintage for vintage in held if vintage["id"] not in {one["id"] for one in brought}]
    ordered = sorted([*brought, *kept], key=lambda vintage: str(vintage["known"]))
    write_manifest(folder, new | {"package": package, "folder": where, "vintages": ordered})


# ------------------------------------------------------------------------------------------ the manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a store. Raises EvidenceError where it is missing or damaged."""
    place = folder / "manifest.json"
    hint = f"Name another folder in {VARIABLE}, or move this one away: the next command then begins a new store."
    try:
        manifest: Manifest = json.loads(place.read_text(encoding="utf-8"))
        if manifest.get("format", FORMAT) != FORMAT:
            said = f"the evidence was written by another version of Counterflow (format {manifest['format']})."
            raise EvidenceError(said, where=str(place), hint=hint)
        digests = [manifest["tables"][name]["sha256"] for name in WHOLE]
        digests += [v["tables"][name]["sha256"] for v in manifest["vintages"] for name in OF_A_VINTAGE]
        whole = bool(manifest["vintages"]) and all(isinstance(digest, str) for digest in digests)
        whole = whole and all({"id", "known", "bundled", "folder"} <= set(v) for v in manifest["vintages"])
    except OSError:
        raise EvidenceError("the manifest of the evidence is missing.", where=str(place), hint=hint) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise EvidenceError("the manifest of the evidence is damaged.", where=str(place), hint=hint)
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: with it, what it names becomes the store."""
    write_whole(folder / "manifest.json", (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())


def tables_of(folder: Path, manifest: Manifest) -> Iterator[tuple[str, Path, str]]:
    """Every table that the manifest names: its kind, its place and its SHA-256."""
    for name in WHOLE:
        yield name, folder / manifest["folder"] / f"{name}.parquet", manifest["tables"][name]["sha256"]
    for vintage in manifest["vintages"]:
        for name in OF_A_VINTAGE:
            yield name, folder / vintage["folder"] / f"{name}.parquet", vintage["tables"][name]["sha256"]


def require_whole(folder: Path, manifest: Manifest) -> None:
    """Raise EvidenceError, naming the table, where one is missing or not as its hash says."""
    hint = f"Move {folder} away: the next command begins a new store from the package's figures."
    for _, path, digest in tables_of(folder, manifest):
        where = path.relative_to(folder).as_posix()
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            raise EvidenceError("an evidence table is missing.", where=where, hint=hint) from None
        if found != digest:
            message = f"an evidence table is not as its hash says ({found[:12]}, expected {digest[:12]})."
            raise EvidenceError(message, where=where, hint=hint)


# ------------------------------------------------------------------------------------------ writing


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Be the only one who writes to the store. Raises EvidenceError at once where another does, or none can.

    The lock goes with the process: one that is killed leaves none behind.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "writer.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            "another update is writing to the evidence.",
            where=str(folder),
            hint="Nothing was changed: wait until it is done, and run this again.",
        ) from None
    try:
        if folder == BUNDLED:
            raise PermissionError(errno.EACCES, "the user's folder cannot be written")
        yield
    except OSError as error:
        raise EvidenceError(
            f"the evidence cannot be written: {error.strerror or error}.",
            where=str(folder),
            hint=f"It is as it was. Free some room, or name another folder in {VARIABLE}.",
        ) from error
    finally:
        lock.release()
