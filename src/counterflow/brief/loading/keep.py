"""Keeping the original of a document, by its hash, so that what was read can be read again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from counterflow.brief.loading.load import Loaded
from counterflow.brief.loading.media import suffix_of
from counterflow.errors import BriefError


def keep(loaded: Loaded, folder: Path) -> Path:
    """Put a document's original bytes into `folder`, named by their SHA-256, and say where they are.

    A file of that name stays as it is where it holds the same, and is replaced, whole or not at all, where it
    does not. Raises BriefError where the folder cannot be written.
    """
    target = folder / f"{loaded.sha256}{suffix_of(loaded.media_type)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.is_file() and target.read_bytes() == loaded.original:
            return target
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            try:
                file.write(loaded.original)
                file.flush()
                os.fsync(file.fileno())
                os.replace(temporary, target)
            finally:
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise BriefError(
            f"The original cannot be kept: {error.strerror or error}.",
            where=str(folder),
            hint="Name a folder that can be written, or read without keeping.",
        ) from None
    return target
