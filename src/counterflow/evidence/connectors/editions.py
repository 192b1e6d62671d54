"""What connectors share that read whole editions of a table: years, counts, and which edition is newer."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import File, number

CHANGED = "The publisher may have changed the format."


def changed(file: File) -> float:
    """When the server says that the file changed, in seconds of the epoch; 0.0 where it does not say."""
    try:
        when = parsedate_to_datetime(file.last_modified)
    except (TypeError, ValueError):
        return 0.0
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def year(text: str, where: str, first: int) -> int:
    """A calendar year from `first` to 2099. Raises EvidenceError where the text is none."""
    if not re.fullmatch(r"(?:19|20)[0-9]{2}", text) or int(text) < first:
        raise EvidenceError(f"{text!r} is not a year from {first} on.", where=where, hint=CHANGED)
    return int(text)


def count(text: str, where: str) -> float:
    """A number of cases: whole and not negative. Raises EvidenceError where the text is none."""
    value = number(text, where)
    if value < 0 or value != value // 1:  # infinity, which 1e999 reads as, is no whole number either
        raise EvidenceError(f"{text!r} is no count.", where=where, hint=CHANGED)
    return value
