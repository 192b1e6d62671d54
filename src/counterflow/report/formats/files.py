"""Several files written together: each is complete before any of them takes its name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from counterflow.errors import ReportError


def write_together(contents: Mapping[Path, bytes], folder: Path | None = None) -> None:
    """Write files so that a reader never sees half of one, and that a failure leaves all that was there before.

    Each is first written in full under a temporary name in its own folder, with the permissions of any new file; then
    all are renamed. `folder` is made if it is not there, and taken away again on failure. Raises ReportError where one
    of them cannot be written.
    """
    ready: dict[Path, str] = {}
    at = folder or Path()
    with _made(folder):
        try:
            for at, content in contents.items():
                ready[at] = _temporary(at, content)
            for at, temporary in ready.items():
                os.replace(temporary, at)
        except OSError as error:
            raise refusal(at, error) from error
        finally:
            for temporary in ready.values():
                Path(temporary).unlink(missing_ok=True)


def require_writable(paths: Iterable[Path], folder: Path | None = None) -> None:
    """Find out before a long run, not after it, whether `write_together` could write these files, and to `folder`.

    Nothing is left behind. Raises ReportError as `write_together` would.
    """
    places = [*paths, *([folder / "figure"] if folder else [])]
    with _made(folder, keep=False):
        for at in places:
            try:
                Path(_temporary(at, b"")).unlink()
            except OSError as error:
                raise refusal(at, error) from error


def refusal(path: Path, error: OSError) -> ReportError:
    """The error that says why the report cannot be written to `path`."""
    reason = error.strerror or str(error)
    return ReportError(f"cannot write the report: {reason}", where=str(path), hint="Choose another place with --out.")


@contextmanager
def _made(folder: Path | None, keep: bool = True) -> Iterator[None]:
    """A folder that is there meanwhile; one that was not is taken away on failure, or in any case if not kept."""
    if folder is None or folder.is_dir():
        yield
        return
    try:
        folder.mkdir()
    except OSError as error:
        raise refusal(folder, error) from error
    done = False
    try:
        yield
        done = True
    finally:
        if not (done and keep):
            with suppress(OSError):  # what was written into it before the failure stays
                folder.rmdir()


def _temporary(path: Path, content: bytes) -> str:
    """The name of a complete, synced file in the folder of `path`."""
    if path.is_dir():
        raise IsADirectoryError(21, "is a folder", str(path))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".counterflow.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return name
