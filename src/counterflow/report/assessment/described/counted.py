"""Outcomes, costs and what the answer rests on, as the assessment holds them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from counterflow.judgement import schema as verdict
from counterflow.report.assessment.described.base import Count, Day, Number, Part


class Fan(Part):
    """Quantiles over draws, a value for each month."""

    q05: list[Number]
    q25: list[Number]
    q50: list[Number]
    q75: list[Number]
    q95: list[Number]


class Observed(Part):
    month: Day
    value: Number
    flag: str


class Window(Part):
    """Median and 90% range over the judged weeks, and of the change against *none* where there is one."""

    low: Number
    median: Number
    high: Number


class Outcome(Part):
    """One output of the model by branch, with what was observed of it."""

    variable: str
    title: str
    explanation: str
    charted: bool
    unit: str
    series_id: str
    aggregate: Literal["sum", "mean"]
    months: list[Day]
    branches: dict[str, Fan]
    observed: list[Observed]
    window: dict[str, Window]


class Inside(Part):
    band_90: Count
    band_50: Count


class ForeseenOutcome(Outcome):
    inside: dict[str, Inside]
    observed_since: Count


class Foreseen(Part):
    """A run with what was known on the strategy's date, beside the months observed since."""

    origin: Day
    outcomes: list[ForeseenOutcome]
    posterior: str
    posterior_as_of: Any


class MedianAndRange(Part):
    low: Number
    median: Number
    high: Number


class Spent(MedianAndRange):
    kind: str


class PaidLever(Spent):
    lever: str
    title: str
    grade: str
    assumed: bool


class Unpriced(Part):
    lever: str
    title: str
    reason: str


class BranchCosts(Part):
    levers: list[PaidLever]
    spent: Spent | None
    unpriced: list[Unpriced]


class StrikeCosts(MedianAndRange):
    strikes: Count
    weeks: Count
    lever: str
    grade: str
    assumed: bool


class Price(Part):
    what: str
    unit: str
    low: float
    central: float
    high: float
    price_year: int
    grade: verdict.Grade
    assumed: bool
    source: str
    conversion: dict[str, Any] | None


class Costs(Part):
    """USD of the US treasury over the weeks that the levers are held, beyond the record."""

    unit: str
    weeks: Count
    years: Count
    from_: Day = Field(alias="from")
    to: Day
    branches: dict[str, BranchCosts]
    strikes: list[StrikeCosts]
    prices: dict[str, list[Price]]


class Basis(Part):
    """What the headlines rest on."""

    draws: Annotated[int, Field(ge=1)]
    window: tuple[int, int]
    first_lever: Day
    start: Day
    grade_counts: dict[verdict.Grade, Count]
    caveats: list[str]
    fit: verdict.Fit | None
    parameters: list[verdict.BasisParameter]


class ShareOfVariance(Part):
    outcome: str
    by: str
    player: str
    share: float
    low: float
    high: float


class Told(Part):
    headline: str
    sentences: list[str]


class LookedInto(Part):
    """What outcomes of one branch vary with, and under which conditions it meets headlines."""

    branch: str
    effects: list[ShareOfVariance] | None
    effects_untold: dict[str, str]
    discoveries: list[dict[str, Any]]
    untold: list[str]
    in_words: list[Told]
