"""Reading documents for the register: each with the day on which it was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as Date

from counterflow.brief.reader import STANDARD_INPUT, read
from counterflow.brief.schema import Brief
from counterflow.errors import UsageError
from counterflow.evidence.folder import documents_folder
from counterflow.strategy.dating import PolicyRecord, infer_date
from counterflow.strategy.register.adding import DocumentRead
from counterflow.strategy.register.reading import mentions_of, source_of
from counterflow.strategy.register.schema import Source


def read_documents(
    places: Sequence[str],
    store: PolicyRecord,
    known: Sequence[Source] = (),
    *,
    date: Date | None = None,
    check: Callable[[Brief], None] = lambda brief: None,
) -> list[DocumentRead]:
    """Each document read and dated; `check` may refuse one. A date that the user gave before is kept.

    Raises BriefError for a document that cannot be read, StrategyError for one whose date nothing bounds.
    """
    return [_read(place, store, known, date, check) for place in places]


def _read(
    place: str, store: PolicyRecord, known: Sequence[Source], date: Date | None, check: Callable[[Brief], None]
) -> DocumentRead:
    brief = read(place, date=date, keep_in=documents_folder())
    before = next((one.dated for one in known if one.sha256 == brief.document.sha256), None)
    if date is None and before is not None and before.source == "user":
        if place == STANDARD_INPUT:
            said = f"the register has this document under the date {before.start}, which was given"
            raise UsageError(said, where=place, hint="Give --date again.")
        date = before.start
        brief = read(place, date=date)
    check(brief)
    return DocumentRead(source_of(brief, infer_date(brief, store, user_date=date)), mentions_of(brief))
