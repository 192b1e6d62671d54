"""Writing so that after a crash the old or the new is there, whole: beside, synced, renamed into place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(target: Path, data: bytes) -> None:
    """Write a file, whole or not at all. Raises OSError where it cannot be written."""
    temporary = target.with_name(f"{target.name}.part")
    try:
        temporary.write_bytes(data)
        replace_synced(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def folder_in_place(target: Path) -> Iterator[Path]:
    """A new folder to be filled, which at the end stands at `target`.

    Raises OSError where it cannot be written, or where a folder with something in it is there by then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as name:
        beside = Path(name) / target.name
        beside.mkdir()
        yield beside
        for path in beside.rglob("*"):
            sync(path)
        replace_synced(beside, target)


def replace_synced(temporary: Path, target: Path) -> None:
    """Rename a file or folder into its place once what was written to it is on the disk."""
    sync(temporary)
    os.replace(temporary, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until what was written to a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
