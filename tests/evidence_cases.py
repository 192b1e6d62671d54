"""Claims written by hand for the tests of the checker, and the store that they are tested on."""

from __future__ import annotations

import importlib.util
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from counterflow.brief.schema import Baseline, Claim, Period, Reading, Span
from counterflow.evidence.schema import Check, CheckReading
from counterflow.evidence.store import Store

PROJECT = Path(__file__).parents[1]
PUBLISHED = PROJECT.parent / "shared" / "reference"  # the published figures that the tables are built from
SPRING_2025 = (date(2025, 2, 20), date(2025, 3, 15))


@cache
def store() -> Store:
    return Store.open()


@cache
def builder() -> ModuleType:
    """scripts/build_evidence.py as a module."""
    spec = importlib.util.spec_from_file_location("build_evidence", PROJECT / "scripts" / "build_evidence.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def period(text: str, *readings: tuple[str, str]) -> Period:
    """A period with readings given as pairs of ISO dates."""
    return Period(
        text=text,
        span=None,
        readings=tuple(
            Reading(label=f"{start} to {end}", start=date.fromisoformat(start), end=date.fromisoformat(end))
            for start, end in readings
        ),
    )


def baseline(kind: str, text: str = "", **values: Any) -> Baseline:
    return Baseline.model_validate({"text": text, "span": None, "kind": kind} | values)


def claim(**values: Any) -> Claim:
    """A claim with only what matters given; its words are "figures"."""
    span = Span(start=0, end=7, quote="figures")
    usual = {
        "id": "c1",
        "span": span,
        "quote_span": span,
        "claim_type": "level",
        "measure": None,
        "measure_text": "figures",
        "value": None,
        "unit": None,
        "checkability": "series",
    }
    return Claim.model_validate(usual | values)


def row(check: Check, baseline_label: str) -> CheckReading:
    """The one reading whose baseline label begins so."""
    found = [r for r in check.readings if r.baseline_label.startswith(baseline_label)]
    assert len(found) == 1, f"{baseline_label!r}: {[r.baseline_label for r in check.readings]}"
    return found[0]
