"""The whole report in words, part by part, as blocks; `whole` puts them in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from counterflow.report.formats.blocks import Block
from counterflow.report.formats.sections import answer, basis, claims, compared, document, outcomes, record


def whole(a: Mapping[str, Any]) -> Iterator[Block]:
    """Every part of the report on an assessment, in the order of the page."""
    yield from answer.answer(a)
    yield from claims.claims(a)
    yield from claims.actions(a)
    yield from outcomes.outcomes(a)
    yield from record.places(a)
    yield from basis.basis(a)
    yield from compared.levers(a)
    yield from compared.strategies(a)
    yield from document.document(a)
    yield from outcomes.foreseen(a)
    yield from document.sources(a)
    yield from document.reproduce(a)
