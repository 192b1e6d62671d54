"""The posteriors that come with the package: the default, and one as known at the beginning of each year."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

from counterflow.calibration.fitting.files import MANIFEST, POSTERIOR, Fitted, read
from counterflow.ensemble.posterior import Posterior, read_posterior
from counterflow.errors import EvidenceError

__all__ = ["Fitted", "folders", "known_by", "latest", "posterior_of", "read"]

FOLDER = Path(str(files("counterflow.calibration") / "posteriors"))
NAME = re.compile(r"\d{4}-\d{2}")  # of a folder: the month of the cut-off


def folders() -> tuple[Path, ...]:
    """The folders of all bundled posteriors, the earliest cut-off first."""
    if not FOLDER.is_dir():
        return ()
    whole = (path for path in FOLDER.iterdir() if NAME.fullmatch(path.name) and (path / MANIFEST).is_file())
    return tuple(sorted(whole, key=lambda path: path.name))


def latest() -> Path:
    """The folder of the default, fitted to all bundled data. Raises EvidenceError where none is bundled."""
    found = folders()
    if not found:
        raise EvidenceError(
            "no posterior comes with this installation", hint="Install it again, or make one: counterflow calibrate."
        )
    return found[-1]


def known_by(day: date) -> Path | None:
    """The folder of the latest January cut-off that is not after a day; None before the first."""
    earlier = [path for path in folders() if path.name.endswith("-01") and date.fromisoformat(f"{path.name}-01") <= day]
    return earlier[-1] if earlier else None


def posterior_of(folder: Path) -> Posterior:
    """The parameters of a bundled posterior, with a source that names no place on this machine.

    Raises UsageError as `read_posterior` does.
    """
    return read_posterior(folder / POSTERIOR)._replace(source=f"bundled {folder.name}")
