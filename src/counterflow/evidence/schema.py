"""What the evidence room holds and returns."""

from __future__ import annotations

from datetime import date
from typing import Literal

from counterflow.brief.schema import Claim, Value


class Series(Value):
    """One official series, with its origin and its habits."""

    id: str
    title: str
    unit: str
    frequency: Literal["month", "fiscal year", "year"]
    kind: Literal["flow", "stock", "rolling12"]
    publisher: str
    url: str
    licence: str
    trust: Literal["A", "B", "C"]
    note: str
    geos: tuple[str, ...]
    default_geo: str  # the geography that a national question means, e.g. "southwest"
    first: date
    last: date
    rows: int
    publication_lag_months: int
    vintage: str  # "2026-11"


class Observation(Value):
    date: date  # first day of the month or year
    value: float
    flag: str


Part = Literal["total", "increment", "component"]


class Point(Value):
    """A published single figure with its own source."""

    measure: str  # code, e.g. "gotaways"
    label: str
    period: str
    start: date | None
    end: date | None
    value: float
    bound: Literal["=", ">", "<", "~"]
    unit: str
    per: Literal["day", "month", "year", "total"]  # what the value counts over
    geo: str
    source: str
    note: str
    value_high: float | None = None  # where the source gives a range
    # A = from the office that counts; B = a named office or study, carried by another; C = leaked or
    # estimated
    trust: Literal["A", "B", "C"] = "C"
    text: str = ""  # the figure as published
    # all that there was; what one act added to it; or one part of it
    part: Part = "total"


class Event(Value):
    """A dated act of the policy record."""

    id: str
    date: date
    date_kind: str  # in_force, decided, announced, blocked, stayed, ended
    lever: str  # lever id, or "exogenous"
    actor: str
    instrument: str
    what: str
    size: str
    authority: str
    source: str
    status: str  # seen, seen_partial: ..., in_reference ..., derived, judgement, memory_unverified
    effect_on_lever: int | None
    organisation: str = ""  # the group that the act names, where it names one
    base: str = ""  # where that group is based, as the act says


Outcome = Literal["holds", "does not hold", "direction only", "not comparable"]


class CheckReading(Value):
    """A claim against one reading of its period and one reading of its baseline."""

    period_label: str
    baseline_label: str
    baseline_kind: str
    source_id: str  # a series id, or "points", or "events"
    source_title: str
    source_url: str
    vintage: str
    observed: float | None  # in the claim's own unit (percent change, count, ...)
    observed_text: str  # e.g. "132 against 1,837 a day: -92.8%"
    numerator: float | None = None
    denominator: float | None = None
    tolerance: float | None
    outcome: Outcome
    named: bool = True  # False where the document names another baseline: shown beside, not part of the verdict
    official: bool  # False where the figure is a disclosure or press figure, not an official series
    note: str = ""


CheckVerdict = Literal[
    "holds_all", "holds_some", "holds_none", "direction_only", "no_series", "not_checkable", "incomplete"
]


class ChartPoint(Value):
    date: date
    value: float


class Check(Value):
    """The verdict on a claim, with one row per period and baseline, and the series to draw it on."""

    claim: Claim
    verdict: CheckVerdict
    explanation: str  # one or two sentences in plain words
    flags: tuple[str, ...] = ()  # e.g. "no official series"
    readings: tuple[CheckReading, ...] = ()
    chart_title: str = ""
    chart_unit: str = ""
    chart: tuple[ChartPoint, ...] = ()  # the series or points that the claim is marked on
    chart_mark: float | None = None  # the level that the claim states or implies, in the chart's unit
    chart_mark_label: str = ""
