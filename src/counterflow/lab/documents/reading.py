"""From a document to what the lab shows of it, and from a corrected one to its strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date as Date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from counterflow.brief.schema import Brief, Span
from counterflow.errors import BriefError
from counterflow.lab.documents.added import require_added
from counterflow.lab.documents.schema import Corrected, DocumentRead, StrategyMade
from counterflow.lab.jobs.lifeline import Tell

MOST_FAULTS = 1000  # of a body that are looked at one by one


def read_document(source: str | Path, date: Date | None, tell: Tell) -> DocumentRead:
    """A document as read, its claims tested, its strategy made.

    `source` is a file, an address, or - for standard input. Raises BriefError for one that cannot be read or is about
    something else, StrategyError where no date fits.
    """
    from counterflow.assess import refuse_other_subjects
    from counterflow.brief.reader import read
    from counterflow.evidence.checking.checker import check
    from counterflow.evidence.store import Store
    from counterflow.strategy.build import from_brief
    from counterflow.strategy.catalogue import levers

    warnings: list[str] = []
    tell("read", 0, 1)
    brief = read(source, date=date, warn=warnings.append)
    refuse_other_subjects(brief)
    tell("strategy", 0, 1)
    store = Store.open()
    strategy = from_brief(brief, store, date=date)
    tell("check", 0, 1)
    checks = check(brief, store, interval=(strategy.date.start, strategy.date.end))
    tell("check", 1, 1)
    return DocumentRead(
        brief=brief,
        strategy=strategy,
        lever_titles={name: lever.title for name, lever in levers().items()},
        checks=tuple(row.model_copy(update={"chart": (), "curve": None}) for row in checks),
        warnings=tuple(warnings),
    )


def strategy_of(path: Path) -> StrategyMade:
    """The strategy of a brief whose actions were corrected.

    Raises BriefError where its quotes are not in its text, and for an added action that is none.
    """
    from counterflow.evidence.store import Store
    from counterflow.strategy.build import from_brief

    body = path.read_bytes()
    corrected = Corrected.model_validate_json(body)
    brief = brief_in(body)
    require_added(brief)
    return StrategyMade(strategy=from_brief(brief, Store.open(), date=corrected.date))


class _Enclosed(BaseModel):
    """A body of which only the document is read."""

    brief: Brief


def brief_in(body: bytes) -> Brief:
    """The document in the JSON of a body, read strictly.

    Raises BriefError where it is none, or quotes what its text does not say.
    """
    try:
        brief = _Enclosed.model_validate_json(body, strict=True).brief
    except ValidationError as error:
        from counterflow.lab.errors import refused_values

        if error.error_count() > MOST_FAULTS:
            message = f"the document has {error.error_count()} faults"
            raise BriefError(message, where="brief", hint="Send what the lab has read.") from None
        told = refused_values(error.errors(include_url=False, include_input=False, include_context=False))
        raise BriefError(told.message.removesuffix("."), where=told.where, hint=told.hint) from None
    require_quotes(brief)
    twice = [name for name, times in Counter(action.id for action in brief.actions).items() if times > 1]
    if twice:
        raise BriefError(f"two actions have the id {twice[0]}", where="brief.actions", hint="Give each its own.")
    return brief


def require_quotes(brief: Brief) -> None:
    """Refuse a brief that quotes what its text does not say. Raises BriefError."""
    text = brief.document.text
    for span in _spans(brief):
        if not 0 <= span.start <= span.end or text[span.start : span.end] != span.quote:
            message = f"characters {span.start} to {span.end} of the document are not what is quoted"
            raise BriefError(message, where="brief", hint="Change what an action is, and leave its quotes.")


def _spans(value: Any) -> Iterator[Span]:
    """All quotes in a value, however deep."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, BaseModel):
        for _, inner in value:
            yield from _spans(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _spans(inner)
