"""What a comparison says, in plain values."""

from __future__ import annotations

from datetime import date
from typing import Literal

from counterflow.brief.schema import Value
from counterflow.judgement.schema import Grade

OutcomeId = Literal["fentanyl", "crossings", "friction", "violence", "deaths"]
Among = Literal["all", "parts"]  # every strategy, or those that do not do all that another does and more


class Spread(Value):
    """A number over draws: half of them on each side of the median, a twentieth beyond each end."""

    median: float
    low: float
    high: float


class Effect(Value):
    """How far an outcome of weeks 53 and later stands from a reference, as a relative change; of friction, the deepest
    fall of cooperation that lasts 26 weeks, as a share."""

    outcome: OutcomeId
    reference: Literal["none", "before"]
    change: Spread


class Chance(Value):
    """A probability over draws, with its Monte Carlo standard error."""

    id: str  # of a headline, or of a set of criteria
    reference: Literal["none", "before"]
    probability: float
    error: float


class Regret(Value):
    """How much worse a strategy is than the best of each draw, by one outcome; errors are standard errors."""

    outcome: OutcomeId
    mean: float
    mean_error: float
    high: float  # 95% point over draws
    high_error: float


class PerDeath(Value):
    """USD that the treasury spends for each death averted: the ratio of means."""

    value: float
    low: float  # 5% over draws
    high: float  # 95%
    error_low: float  # 5% over resamples of the draws
    error_high: float


class OnFront(Value):
    """Whether no other strategy beats this one, by medians, and in what share of resamples that is so."""

    member: bool
    chance: float


class LeverMoved(Value):
    """A lever that a strategy moves."""

    id: str
    title: str
    size: str  # in words
    why: str = ""
    source: str = ""


class Compared(Value):
    """One strategy of a comparison."""

    name: str
    title: str
    about: str
    begins: date | None  # None of the run without a strategy
    levers: tuple[LeverMoved, ...]
    effects: tuple[Effect, ...]
    headlines: tuple[Chance, ...]
    deaths_averted: Spread  # US deaths involving synthetic opioids, over all weeks with the levers held
    deaths_averted_mean: float
    homicides_averted: Spread  # homicide files opened in Mexico, over the same weeks
    homicides_averted_mean: float
    spent: Spread  # USD of the US treasury over the same weeks, as far as it is priced
    spent_mean: float
    received_mean: float  # USD that levers bring in or save, not set against what is spent
    unpriced: tuple[str, ...]  # levers that have no price, or that others pay for
    per_death: PerDeath | None
    per_death_reason: str = ""  # why it is not told: "unpriced", "no clear effect", "the reference"
    beaten_by: tuple[str, ...] = ()  # those that clearly spend no more, avert no fewer deaths, and one of these better
    regrets: tuple[Regret, ...]
    robust: tuple[Chance, ...]
    front: OnFront  # by outcomes alone
    front_with_cost: OnFront | None  # among strategies whose cost is complete


class Best(Value):
    """The best on average by one outcome, and its lead over the second."""

    outcome: OutcomeId
    among: Among
    best: str
    second: str
    lead: float
    error: float  # standard error
    ahead: float  # share of draws in which it is better than the second
    clear: bool  # the lead is more than two standard errors, and large enough to be told


class Under(Value):
    """An input with which the best strategy changes."""

    outcome: OutcomeId
    among: Among
    input: str
    meaning: str
    unit: str
    grade: Grade
    low_edge: float
    low_best: str
    low_lead: float
    low_error: float
    high_edge: float
    high_best: str
    high_lead: float
    high_error: float
    sure: float


class Structure(Value):
    """The best strategy with one switch of the model at another position."""

    switch: str
    position: str  # "on", "off", "concedes", ...
    outcome: OutcomeId
    among: Among
    usual: str  # the best with the switches as they are, over the same draws
    best: str
    lead: float  # of the best over the usual one, with the switch at the other position
    error: float
    changes: bool  # it is another, and clearly so


class Comparison(Value):
    """Strategies beside each other."""

    strategies: tuple[Compared, ...]  # the run without a strategy first
    parts: tuple[str, ...]  # those that do not do all that another does and more
    best: tuple[Best, ...]
    under: tuple[Under, ...]
    inputs: int  # that were looked at for `under`
    grades: dict[Grade, int]  # of these
    under_reason: str = ""  # why none was looked at
    structure: tuple[Structure, ...]
    structure_draws: int  # 0 where none was looked at
    draws: int
    years: int
    seed: int
    posterior: str  # "" for priors
    posterior_sha256: str
    version: str
    first_lever: date  # the earliest of all
    window: tuple[int, int]  # weeks judged, counted from the earliest lever
    held: int  # weeks over which deaths, homicides and money are counted
    parameters: tuple[str, ...]  # that all strategies set
    switches: dict[str, float]  # that all strategies set
