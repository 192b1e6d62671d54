"""Checks as schema.org ClaimReview.

Standard: https://schema.org/ClaimReview. A claim that holds against one baseline and fails against another has no
single rating, so each reading is a rating of its own, and `reviewAspect` names its baseline.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from counterflow.brief.schema import Brief
from counterflow.errors import UsageError
from counterflow.evidence.checking.reading import AGAINST
from counterflow.evidence.disk import write_whole
from counterflow.evidence.interchange.readings import told_where
from counterflow.evidence.schema import Check, CheckReading
from counterflow.evidence.store import Store

CONTEXT = "https://schema.org"
COMPARED = {"holds", "does not hold", "direction only"}


def claim_reviews(
    brief: Brief, checks: Sequence[Check], store: Store, *, operator: str, operator_url: str = "", reviewed: date
) -> list[dict[str, Any]]:
    """One ClaimReview per claim, by the operator who publishes it.

    Raises UsageError where no operator is named: a review says whose it is.
    """
    if not operator.strip():
        raise UsageError(
            "a ClaimReview names who reviewed, and no operator is named",
            where="--claimreview",
            hint="Set COUNTERFLOW_OPERATOR (and COUNTERFLOW_OPERATOR_URL), or give --operator.",
        )
    author = {"@type": "Organization", "name": operator} | ({"url": operator_url} if operator_url else {})
    appearance = _appearance(brief)
    return [
        {
            "@context": CONTEXT,
            "@type": "ClaimReview",
            "datePublished": reviewed.isoformat(),
            "claimReviewed": _one_line(check.claim.quote_span.quote),
            "author": author,
            "itemReviewed": _claim(check, appearance),
            "reviewRating": list(_ratings(check)),
            "reviewBody": check.explanation,
            "isBasedOn": _datasets(check, store),
        }
        for check in checks
    ]


def _appearance(brief: Brief) -> dict[str, Any]:
    document = brief.document
    where = (
        {"url": document.source} if document.source.startswith(("http://", "https://")) else {"name": document.source}
    )
    said = {"headline": document.title, "author": document.byline, "inLanguage": document.language}
    if document.date_published:
        said["datePublished"] = document.date_published.isoformat()
    known = {key: value for key, value in said.items() if value and value != "und"}
    return {"@type": "CreativeWork", **where, **known, "identifier": f"sha256:{document.sha256}"}


def _claim(check: Check, appearance: dict[str, Any]) -> dict[str, Any]:
    claim = {"@type": "Claim", "text": _one_line(check.claim.span.quote), "appearance": appearance}
    if check.claim.speaker:
        claim["author"] = {"@type": "Person", "name": check.claim.speaker.name}
    return claim


def _ratings(check: Check) -> Iterator[dict[str, Any]]:
    """A rating for every reading that was compared; the verdict itself where none was."""
    compared = [reading for reading in check.readings if reading.outcome in COMPARED]
    for reading in compared:
        unnamed = "" if reading.named else " (a baseline that the document does not name)"
        yield {
            "@type": "Rating",
            "reviewAspect": f"baseline: {reading.baseline_label}; period: {reading.period}{unnamed}",
            "alternateName": reading.outcome,
            "ratingExplanation": ". ".join(part for part in (reading.observed_text, reading.note) if part),
        }
    if not compared:
        yield {
            "@type": "Rating",
            "reviewAspect": "the claim as a whole",
            "alternateName": check.verdict.replace("_", " "),
            "ratingExplanation": check.explanation,
        }


def _datasets(check: Check, store: Store) -> list[dict[str, Any]]:
    """What the readings rest on: series with their vintage and terms, or single figures with their address.

    A row that rests on two figures names two addresses: each is an entry of its own. What is no address ("press,
    January 2025") is told as words, for `url` holds one address or is left out.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    licences = {series.id: series.licence for series in store.series_list()}
    for reading in check.readings:
        series = reading.series_id in licences
        terms = {"identifier": reading.series_id, "license": licences[reading.series_id]} if series else {}
        for name, where in _origins(reading):
            entry = {"@type": "Dataset", "name": name, **where, "version": reading.vintage, **terms}
            known = {key: value for key, value in entry.items() if value}
            found.setdefault((reading.series_id if series else name, where.get("url", "")), known)
    return list(found.values())


def _origins(reading: CheckReading) -> list[tuple[str, dict[str, str]]]:
    """The name and the address, or the words in its place, of each source that a reading rests on."""
    addresses, words = addresses_in(reading.source_url)
    said = {"description": words} if words else {}
    if not addresses:
        return [(reading.source_title, said)]
    titles = reading.source_title.split(AGAINST)
    if len(titles) != len(addresses):
        titles = [reading.source_title] * len(addresses)
    return [(title, {"url": address} | said) for title, address in zip(titles, addresses, strict=True)]


def addresses_in(text: str) -> tuple[list[str], str]:
    """The web addresses in a text, and its other words.

    >>> addresses_in("https://a.org/x https://b.org")
    (['https://a.org/x', 'https://b.org'], '')
    >>> addresses_in("press, January 2025")
    ([], 'press, January 2025')
    """
    parts = text.split()
    addresses = [part.rstrip(",;") for part in parts if _is_address(part)]
    words = " ".join(part for part in parts if not _is_address(part))
    return list(dict.fromkeys(addresses)), words.removesuffix(" via") if addresses else words


def _is_address(word: str) -> bool:
    scheme, _, rest = word.partition("://")
    return scheme in ("http", "https") and bool(rest.strip("/"))


def write_claim_reviews(reviews: Sequence[dict[str, Any]], to: Path) -> None:
    """Write the reviews as one JSON document, whole or not at all. Raises UsageError where it cannot be written."""
    data = json.dumps(list(reviews), indent=1, ensure_ascii=False).encode() + b"\n"
    with told_where(to):
        write_whole(to, data)


def _one_line(text: str) -> str:
    return " ".join(text.split())
