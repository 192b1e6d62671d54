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
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from counterflow.errors import EvidenceError
from counterflow.evidence.tables import OF_A_VINTAGE, WHOLE, replace_synced

VARIABLE = "COUNTERFLOW_DATA"  # names the store's folder, where it is not the usual one
BUNDLED = Path(str(files(__package__).joinpath("data")))

Manifest = dict[str, Any]


def usual_folder() -> Path:
    """Where the user's store lies: the folder named by COUNTERFLOW_DATA, else `evidence` in the user's data folder."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("counterflow") / "evidence"


def ready(folder: Path) -> Path:
    """The folder, with the package's tables in it where it was empty or they have been renewed since.

    Where nothing can be written there, the package's own folder, which then holds the same. Raises EvidenceError
    where the folder holds something else, or is damaged.
    """
    bundled = hashlib.sha256((BUNDLED / "manifest.json").read_bytes()).hexdigest()
    try:
        if not folder.exists() or not any(folder.iterdir()):
            _begin(folder, bundled)
        elif read_manifest(folder).get("package") != bundled:
            with only_writer(folder, wait=10.0):  # another reader may be doing it
                _renew(folder, bundled)
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


def _begin(folder: Path, bundled: str) -> None:
    """Make a store from the package's tables; the first of several who try at once makes it for all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        beside = Path(temporary) / folder.name
        beside.mkdir()
        (beside / "vintages").mkdir()
        _take_package(beside, bundled, [])
        try:
            replace_synced(beside, folder)
        except OSError:
            if not (folder / "manifest.json").exists():
                raise


def _renew(folder: Path, bundled: str) -> None:
    """Take over the tables of a newer package, and keep the vintages that updates have added."""
    own = read_manifest(folder)
    if own.get("package") == bundled:
        return  # another process was first
    added = [vintage for vintage in own["vintages"] if not vintage["bundled"]]
    _take_package(folder, bundled, added)


def _take_package(folder: Path, bundled: str, added: list[dict[str, Any]]) -> None:
    """Copy the package's tables beside what is there, and only then name them in the manifest."""
    place = folder / "package" / bundled[:12]
    if not place.exists():
        place.parent.mkdir(exist_ok=True)
        temporary = place.with_name(f"{place.name}.part")
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(BUNDLED, temporary, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("*.json"))
        replace_synced(temporary, place)
    new = read_manifest(BUNDLED)
    write_manifest(folder, new | {"package": bundled, "vintages": [*new["vintages"], *added]})


# ------------------------------------------------------------------------------------------ the manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a store. Raises EvidenceError where it is missing or damaged."""
    place = folder / "manifest.json"
    hint = f"Move {folder} away: the next command begins a new store from the package's figures."
    try:
        manifest: Manifest = json.loads(place.read_text(encoding="utf-8"))
        digests = [manifest["tables"][name]["sha256"] for name in WHOLE]
        digests += [v["tables"][name]["sha256"] for v in manifest["vintages"] for name in OF_A_VINTAGE]
        whole = bool(manifest["vintages"]) and all(isinstance(digest, str) for digest in digests)
        whole = whole and all({"id", "known", "bundled"} <= set(v) for v in manifest["vintages"])
    except OSError:
        raise EvidenceError("the manifest of the evidence is missing.", where=str(place), hint=hint) from None
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise EvidenceError("the manifest of the evidence is damaged.", where=str(place), hint=hint)
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: with it, what it names becomes the store."""
    temporary = folder / "manifest.json.part"
    temporary.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    replace_synced(temporary, folder / "manifest.json")


def tables_of(folder: Path, manifest: Manifest) -> Iterator[tuple[str, Path, str]]:
    """Every table that the manifest names: its kind, its place and its SHA-256."""
    package = folder / "package" / manifest["package"][:12] if "package" in manifest else folder
    for name in WHOLE:
        yield name, package / f"{name}.parquet", manifest["tables"][name]["sha256"]
    for vintage in manifest["vintages"]:
        place = (package if vintage["bundled"] else folder) / "vintages" / vintage["id"]
        for name in OF_A_VINTAGE:
            yield name, place / f"{name}.parquet", vintage["tables"][name]["sha256"]


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
def only_writer(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Be the only one who writes to the store. Raises EvidenceError where another does for `wait` seconds more, or
    where none can.

    The lock goes with the process: one that is killed leaves none behind.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "writer.lock", timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise EvidenceError(
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
