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
    vintage: str  # the latest that gave a figure: "2026-11", "2026-11-25"


class Observation(Value):
    date: date  # first day of the month or year
    value: float
    flag: str
    vintage: str = ""  # the vintage that gave the figure
    source_id: str = ""  # where that vintage had it from


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
    issuer: str = ""  # who stated the figure: a party code ("US.DHS.CBP", "MX.GOV"), "press", "study"; "" = not coded


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

    period: str
    baseline_label: str
    baseline_kind: str
    series_id: str  # of a series, or "points", "events", "document" (the document set against itself)
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
    independent: bool = True  # False where only the side whose claim it is ever stated the figure
    issuer: str = ""  # who stated the figure for the claim's period, where it is a single one
    trust: Literal["A", "B", "C"] | None = None  # of that single figure
    breaks: tuple[str, ...] = ()  # changes of definition within the period, or between it and the baseline
    note: str = ""


CheckVerdict = Literal[
    "holds_all", "holds_some", "holds_none", "direction_only", "no_series", "not_checkable", "incomplete"
]


class ChartPoint(Value):
    date: date
    value: float


class CurvePoint(Value):
    """The change from one possible baseline period to the period of the claim."""

    label: str  # "Apr 2023", "FY2023"
    start: date  # first day of the baseline period
    change: float  # percent, negative for a fall
    value: float  # what was counted in the baseline period, on the footing of the comparison
    crosses_break: bool  # whether a definition changed between the two periods


class CurveMark(Value):
    """One reading of a baseline on the curve, and how special it is."""

    label: str  # as in the readings, e.g. "peak month under Biden: Apr 2023"
    start: date  # first day of the baseline period
    change: float  # percent, negative for a fall
    # 0 to 100: share of the possible baselines of the same grain (months, years) whose change in the claimed direction
    # is smaller; None where there are too few that do not overlap, or it is none of such periods
    percentile: float | None = None
    rank: str = ""  # the same in words: "86 in 100 of the 304 months"; "" where there is no percentile
    crosses_break: bool = False  # whether a definition changed between the two periods


class BaselineCurve(Value):
    """The change of one period against every possible baseline before it, so that a reader sees how special the one
    that the document names is."""

    title: str  # what is counted, e.g. "US Border Patrol encounters, southwest land border, between ports"
    unit: Literal["percent"] = "percent"
    period: str  # the reading of the claim's period that is drawn
    points: tuple[CurvePoint, ...]  # in order of date
    stated: float | None  # the change that the document states, in percent with its sign; None for a trend
    chosen: tuple[CurveMark, ...]  # the readings of the baseline that the document names; () where it names none
    usual: tuple[CurveMark, ...]  # baselines that it does not name: same period last year, average of the year before
    sentence: str  # in plain words


class Check(Value):
    """The verdict on a claim, with one row per period and baseline, and the series to draw it on."""

    claim: Claim
    verdict: CheckVerdict
    explanation: str  # one or two sentences in plain words
    flags: tuple[str, ...] = ()  # e.g. "no official series", "claimant's own figure", "crosses a change of definition"
    readings: tuple[CheckReading, ...] = ()
    curve: BaselineCurve | None = None  # of a change or a trend that figures could be found for
    chart_title: str = ""
    chart_unit: str = ""
    chart: tuple[ChartPoint, ...] = ()  # the series or points that the claim is marked on
    chart_mark: float | None = None  # the level that the claim states or implies, in the chart's unit
    chart_mark_label: str = ""
