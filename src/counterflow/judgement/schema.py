"""The verdict on a strategy: four headlines per branch, how sure each is, and what it rests on."""

from __future__ import annotations

from typing import Literal

from counterflow.brief.schema import Value

HeadlineId = Literal["trafficking", "crossings", "friction", "violence"]
Grade = Literal["A", "B", "C", "D"]


class Decider(Value):
    """A grade-D parameter whose 90% interval carries a headline's probability across 1/3 or 2/3."""

    symbol: str
    mechanism: str
    meaning: str
    unit: str
    low: float  # 5% point as drawn: of what a posterior holds, its own
    high: float  # 95% point
    probability_at_low: float
    probability_at_high: float
    flips_at: tuple[float, ...]  # the values at which the probability crosses 1/3 or 2/3, ascending
    study: str = ""  # what study or figure would settle it, in one sentence


class Learned(Value):
    """What it would be worth to know one uncertain number before a headline is called."""

    name: str  # "supply.T_reb", or "size of border.agents" for a lever's
    meaning: str
    grade: Grade
    less_wrong: float  # by how much the chance of a wrong call would fall, in expectation: at least 0.01
    error: float  # standard error of that
    study: str = ""  # what study or figure would settle it; of parameters of grade D


class Headline(Value):
    """The probability, over draws, that a branch meets one criterion against one reference."""

    id: HeadlineId
    title: str
    criterion: str  # in plain words, e.g. "pure fentanyl delivered at least 20% lower than without the strategy"
    branch: str
    reference: Literal["none", "before"]  # the run without the strategy, or the mean of the 26 weeks before it
    probability: float
    mc_error: float  # standard error of `probability` from the number of draws, which are clusters of replicates
    sustained: float | None = None  # trafficking: probability of being met and still met after withdrawal
    median: float  # relative change in the outcome over the window (friction: deepest 26-week fall)
    low: float  # 5%
    high: float  # 95%
    threshold: float
    surface: tuple[tuple[float, float], ...]  # (threshold, probability)
    undetermined: bool
    decided_by: tuple[Decider, ...] = ()
    wrong: float | None = None  # how often calling it by its probability is wrong; of undetermined ones
    worth_knowing: tuple[Learned, ...] | None = None  # what would make it less so, most first; None: too few draws
    weakest: Grade | None = None  # of the parameters that move its outcome in this branch; None where none does
    rests_on: tuple[int, int] = (0, 0)  # how many of these are of that grade, and how many there are
    word: str  # "likely", "more likely than not", ..., or "undetermined"


class FourWay(Value):
    """Trafficking against friction for one branch: four shares of the draws that add up to 1."""

    branch: str
    curtailed_without_friction: float
    curtailed_with_friction: float
    friction_only: float
    neither: float


class BasisParameter(Value):
    """A parameter that the runs used."""

    symbol: str
    mechanism: str
    meaning: str
    unit: str
    median: float
    low: float
    high: float
    grade: Grade
    assumed: bool
    source: str
    taught: float | None = None  # share of its prior's spread that the record took away; None if not fitted to it


class Fit(Value):
    """The posterior that parameters were drawn from."""

    source: str  # "bundled 2026-01", or the name of a file
    cutoff: str  # ISO date to which the record was fitted; "" where nothing tells
    parameters: int  # drawn from it
    learned: int | None  # of these, those that the record taught something; None where nothing tells
    left_out: tuple[str, ...] = ()  # what the strategy sets or is bound to what it sets, as "border.p_app"


class Verdict(Value):
    headlines: tuple[Headline, ...]
    four_way: tuple[FourWay, ...]
    basis: tuple[BasisParameter, ...]
    grade_counts: dict[Grade, int]
    draws: int
    replicates: int = 1  # runs of each draw, which differ by chance alone
    window: tuple[int, int]  # first and last week judged, counted from the strategy's first lever
    first_lever: str  # ISO date
    start: str  # ISO date of the week where the branches part
    caveats: tuple[str, ...]
    fit: Fit | None = None  # None where parameters were drawn from their priors
    moved_by: Literal["runs", "draws"] = "runs"  # whether parameters were moved in further runs, or among the draws
