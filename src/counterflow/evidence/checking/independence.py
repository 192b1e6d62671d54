"""Whose figure it is: what only the side that makes a claim has ever stated is no independent proof of it.

An official statistical series counts whoever publishes it: it is kept by rule, revised in the open and is not
stated for the occasion. A figure told to the press counts only where it does not come from the claimant.
"""

from __future__ import annotations

from collections.abc import Sequence

from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import Measure
from counterflow.evidence.checking.comparing import rounding_of
from counterflow.evidence.checking.reading import sentences
from counterflow.evidence.schema import CheckReading

OWN = "the claimant's own figure, not independent"
REPEATED = "the document repeats a figure of its own publisher: that is no test of it"
NOT_OFFICES = {"press", "study"}  # issuers that are no side of a claim
HEADS = {"US.POTUS": "US.WH", "US.GOV": "US.WH", "US.VP": "US.WH", "MX.PRES": "MX.GOV", "MX": "MX.GOV", "US": "US.WH"}


def judged(readings: Sequence[CheckReading], claim: Claim, measure: Measure, publisher: str = "") -> list[CheckReading]:
    """The readings, those that rest on the claimant's own figure marked so.

    `publisher` is the party code of whoever issued the document, "" where it is not known. The claimant's own is a
    single figure for the claim's period that was stated only (a) by the claim's speaker, (b) by the document's
    publisher, or (c) to the press, with trust B or C, by the office whose work the measure tells of or by its
    government, unless the claim is known to be another government's. Where (b) gives the very number of the
    document, nothing is compared.
    """
    speaker = _office(claim.speaker.code or "") if claim.speaker else ""
    return [_judged(r, claim, measure, speaker, _office(publisher)) for r in readings]


def _judged(reading: CheckReading, claim: Claim, measure: Measure, speaker: str, publisher: str) -> CheckReading:
    issuers = [_office(code) for code in reading.issuer.split(", ") if code]
    if not issuers or any(code in NOT_OFFICES for code in issuers):
        return reading
    if publisher and all(same_office(code, publisher) for code in issuers):
        if reading.baseline_kind != "implied_contrast" and _same_number(claim, reading):
            update = {"outcome": "not comparable", "tolerance": None, "independent": False}
            return reading.model_copy(update=update | {"note": sentences([REPEATED, reading.note])})
        return _marked(reading)
    if speaker and all(same_office(code, speaker) for code in issuers):
        return _marked(reading)
    claimant = speaker or publisher
    if claimant and all(_government(code) != _government(claimant) for code in issuers):
        return reading
    own_work = measure.operator and all(_government(code) == _government(measure.operator) for code in issuers)
    return _marked(reading) if own_work and reading.trust in ("B", "C") else reading


def _marked(reading: CheckReading) -> CheckReading:
    return reading.model_copy(update={"independent": False, "note": sentences([reading.note, OWN])})


def _same_number(claim: Claim, reading: CheckReading) -> bool:
    """Whether the figure is the document's number, as far as that is rounded."""
    if claim.value is None or reading.observed is None:
        return False
    observed = abs(reading.observed) if claim.claim_type.startswith("change") else reading.observed
    return abs(observed - claim.value) <= rounding_of(claim)


def same_office(one: str, other: str) -> bool:
    """Whether two party codes name one office, or an office and the department that it belongs to."""
    return one == other or (
        "." in one and "." in other and (one.startswith(f"{other}.") or other.startswith(f"{one}."))
    )


def _office(code: str) -> str:
    return HEADS.get(code, code)


def _government(code: str) -> str:
    return code.partition(".")[0]
