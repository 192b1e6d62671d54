"""Where a store lies: a folder on this machine, or an address that fsspec knows. Its small files."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from counterflow.errors import CounterflowError, StoreError, UsageError
from counterflow.evidence.disk import replace_synced

if TYPE_CHECKING:
    from zarr.abc.store import Store

RESUME = "What is complete is kept: run the same command again with --resume."
ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CREDENTIALS = "Give it the credentials that fsspec looks for (see the documentation of s3fs), or another place."
PART = ".part"  # ends the name of a file that is being written


class Place(NamedTuple):
    """Where a store lies: `folder` on this machine, or `root` within the file system `files`."""

    address: str
    folder: Path | None
    files: Any
    root: str


def place(address: str) -> Place:
    """The place at a path or fsspec address. Raises UsageError for one that is empty or that no library here knows."""
    protocol, separator, path = address.partition("://")
    if separator and protocol in ("file", "local"):
        address, separator = path, ""
    if not address.strip():
        raise UsageError("an empty name is no place for a store.", hint="Give the name of a folder, or an address.")
    if not separator:
        return Place(address, Path(address).expanduser().absolute(), None, "")
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]

    try:
        files, root = url_to_fs(address)
    except ImportError as error:
        raise UsageError(str(error), where=address, hint="pip install 'counterflow[scale]' brings s3fs.") from None
    except ValueError as error:
        raise UsageError(f"this address cannot be used: {error}.", where=address) from None
    return Place(address, None, files, root.rstrip("/"))


def shared(at: Place) -> bool:
    """Whether other processes can reach the place: not what a file system keeps in this one's memory."""
    from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]

    return not isinstance(at.files, MemoryFileSystem)


def zarr_store(at: Place, *, read_only: bool = False) -> Store:
    """The place as Zarr sees it."""
    from zarr.storage import FsspecStore, LocalStore

    if at.folder is not None:
        return LocalStore(at.folder, read_only=read_only)
    from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper  # type: ignore[import-untyped]

    # One file system for all: another, made for Zarr's own event loop, would leave its connections open.
    return FsspecStore(AsyncFileSystemWrapper(at.files, asynchronous=True), path=at.root, read_only=read_only)


@contextmanager
def reaching(at: Place, failed: str, hint: str = RESUME, error: type[CounterflowError] = StoreError) -> Iterator[None]:
    """Turn what a disk or an object store refuses into one line that says what failed and what to do.

    No room is a StoreError, whatever was being done: with room, the same command goes on.
    """
    try:
        yield
    except CounterflowError:
        raise
    except OSError as refused:
        if refused.errno in ROOM:
            error, hint = StoreError, f"Make room. {RESUME}"
        raise error(f"{failed}: {refused.strerror or refused}.", where=at.address, hint=hint) from refused
    except Exception as refused:
        # The libraries of object stores have errors of their own, of no common class.
        if at.folder is not None or not type(refused).__module__.startswith(("botocore", "aiobotocore", "aiohttp")):
            raise
        if "Credential" in type(refused).__name__:
            hint = f"{CREDENTIALS} {RESUME}" if hint == RESUME else CREDENTIALS
        raise error(f"{failed}: {str(refused).rstrip('.')}.", where=at.address, hint=hint) from refused


# ------------------------------------------------------------------------------------------ small files


def read(at: Place, name: str) -> bytes | None:
    """A file of the place, whole; None where there is none. Raises OSError where it cannot be read."""
    with suppress(FileNotFoundError, NotADirectoryError):
        if at.folder is not None:
            return (at.folder / name).read_bytes()
        return bytes(at.files.cat_file(f"{at.root}/{name}"))
    return None


def read_all(at: Place, names: Collection[str]) -> dict[str, bytes]:
    """Several files at once, those that are there. Raises OSError where one cannot be read."""
    if at.folder is not None or not names:
        found = {name: read(at, name) for name in names}
        return {name: data for name, data in found.items() if data is not None}
    answers = at.files.cat([f"{at.root}/{name}" for name in names], on_error="return")
    given = {}
    for path, answer in answers.items():
        if isinstance(answer, Exception):
            if isinstance(answer, FileNotFoundError):
                continue
            raise answer
        given[_beneath(at, path)] = bytes(answer)
    return given


def write(at: Place, name: str, data: bytes) -> None:
    """Write a file, whole or not at all; another that writes the same file at the same time does no harm.

    On this machine it is on the disk when this returns. Raises OSError where it cannot be written.
    """
    if at.folder is None:
        at.files.pipe_file(f"{at.root}/{name}", data)
        return
    target = at.folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.{uuid.uuid4().hex}{PART}")
    try:
        beside.write_bytes(data)
        replace_synced(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def remove(at: Place, name: str) -> None:
    """Remove a file, if it is there."""
    with suppress(FileNotFoundError):
        if at.folder is not None:
            (at.folder / name).unlink()
        else:
            at.files.rm_file(f"{at.root}/{name}")


def remove_folder(at: Place, name: str) -> None:
    """Remove a folder with all that is in it."""
    if at.folder is not None:
        shutil.rmtree(at.folder / name)
    else:
        at.files.rm(f"{at.root}/{name}", recursive=True)


def top(at: Place) -> set[str] | None:
    """The names in the place; None where there is no such folder. Raises NotADirectoryError where it is a file."""
    if at.folder is not None:
        with suppress(FileNotFoundError):
            return set(os.listdir(at.folder))
        return None
    at.files.invalidate_cache()
    if at.files.isfile(at.root):
        raise NotADirectoryError("there is a file of that name")
    try:
        names = {_beneath(at, path) for path in at.files.ls(at.root, detail=False)}
    except FileNotFoundError:
        return None
    return {name for name in names if name} or None


def listed(at: Place, under: str = "") -> set[str]:
    """The names of all files beneath the place, or beneath one of its folders."""
    if at.folder is not None:
        found = (Path(where, name) for where, _, names in os.walk(at.folder / under) for name in names)
        return {path.relative_to(at.folder).as_posix() for path in found}
    at.files.invalidate_cache()
    try:
        return {_beneath(at, path) for path in at.files.find(f"{at.root}/{under}".rstrip("/"))}
    except FileNotFoundError:
        return set()


def _beneath(at: Place, path: str) -> str:
    return path.rstrip("/").removeprefix(at.root).lstrip("/")
