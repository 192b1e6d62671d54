"""Two assessments from their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from counterflow.errors import BriefError, UsageError

KNOWN = 1  # the schema version of report/assessment/assemble.py, which loads JAX: five seconds for one number
LARGEST = 200_000_000  # bytes; an assessment has about two million
SECTIONS = {
    "document": dict, "reader": dict, "strategy": dict, "headlines": list, "claims": list, "refused": list,
    "branches": list, "settings": dict, "manifest": dict,
}  # fmt: skip
WANTED = "Give the assessment.json that `counterflow assess` writes beside a report."


def read_pair(a: Path, b: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both assessments.

    Raises UsageError for one file named twice; BriefError, naming the file, for one that cannot be read, is no
    assessment, or is of another schema version than the other or than this program's.
    """
    if a.exists() and b.exists() and a.samefile(b):
        raise UsageError("this is the same file twice", where=str(b), hint="Name two assessments.")
    first, second = _read(a), _read(b)
    versions = [assessment["schema_version"] for assessment in (first, second)]
    if versions[0] != versions[1]:
        raise BriefError(
            f"{a} is of schema version {versions[0]!r}, {b} of {versions[1]!r}: they do not say the same things",
            hint="Make both with one version of Counterflow: the command stands in each under manifest.",
        )
    if versions[0] != KNOWN:
        message = f"both are of schema version {versions[0]!r}; this version of Counterflow knows {KNOWN}"
        raise BriefError(message, hint="Compare them with the version that made them, or make them again.")
    for path, assessment in ((a, first), (b, second)):
        for section, kind in SECTIONS.items():
            if not isinstance(assessment.get(section), kind):
                raise BriefError(f"this assessment has no {section}", where=str(path), hint=WANTED)
    return first, second


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise BriefError(f"the file is too large for an assessment: over {LARGEST:,} bytes", where=str(path))
        found = json.loads(path.read_bytes(), parse_constant=_refused)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BriefError(f"the assessment cannot be read: {reason}", where=str(path), hint=WANTED) from error
    except (ValueError, RecursionError) as error:
        raise BriefError("this is no JSON, and so no assessment", where=str(path), hint=WANTED) from error
    if not isinstance(found, dict) or "schema_version" not in found:
        raise BriefError("this is JSON, but no assessment", where=str(path), hint=WANTED)
    return found


def _refused(name: str) -> None:
    """NaN and the infinities, which are no JSON."""
    raise ValueError(name)
