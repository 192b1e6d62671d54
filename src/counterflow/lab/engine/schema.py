"""What the lab is asked and what it answers, exactly as its JSON has it."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from counterflow.brief.loading import limits
from counterflow.brief.schema import Value
from counterflow.judgement.schema import BasisParameter, Fit, FourWay, Grade, Headline, HeadlineId
from counterflow.strategy.schema import Range, Strategy

LEAST_DRAWS, MOST_DRAWS, USUAL_DRAWS, COARSE_DRAWS = 20, 2000, 256, 64
LEAST_YEARS, MOST_YEARS, USUAL_YEARS = 2, 10, 3
LEAST_COMPARED, MOST_COMPARED = 2, 4
SEEDS = 2**31
MOST_WORK = MOST_DRAWS * MOST_YEARS  # draws times years of all strategies in one question: some seconds
# A run goes on week by week from the record to what is asked.
FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2045, 12, 31)

Level = Literal["0.05", "0.25", "0.5", "0.75", "0.95"]
LEVELS: tuple[Level, ...] = ("0.05", "0.25", "0.5", "0.75", "0.95")
Reference = Literal["none", "before"]
Fan = dict[Level, tuple[float, ...]]  # (month,) at each of LEVELS


class Ask(Value):
    """One strategy, to be run over a number of draws and years."""

    strategy: Strategy = Field(description="The strategy, as a strategy file holds it.")
    draws: int = Field(
        default=USUAL_DRAWS, ge=LEAST_DRAWS, le=MOST_DRAWS, description="How many draws of all uncertain numbers."
    )
    years: int = Field(
        default=USUAL_YEARS, ge=LEAST_YEARS, le=MOST_YEARS, description="For how many years the levers are held."
    )
    seed: int = Field(default=0, ge=0, lt=SEEDS, description="The seed of the draws and of the noise.")
    branch: str | None = Field(
        default=None, description="The course of events to show; without one, the strategy as on record."
    )
    history: bool = Field(default=False, description="Whether the observed months are wanted too.")


class AskCompare(Value):
    """Several strategies over the same draws, years and seed."""

    strategies: tuple[Strategy, ...] = Field(
        min_length=LEAST_COMPARED, max_length=MOST_COMPARED, description="The strategies, each as a file holds it."
    )
    branches: tuple[str | None, ...] | None = Field(
        default=None,
        max_length=MOST_COMPARED,
        description="The course of events of each strategy, in the same order; null for the one that an answer opens "
        "with, and null as a whole where that holds for all.",
    )
    draws: int = Field(default=USUAL_DRAWS, ge=LEAST_DRAWS, le=MOST_DRAWS, description="How many draws of each.")
    years: int = Field(default=USUAL_YEARS, ge=LEAST_YEARS, le=MOST_YEARS, description="How many years of each.")
    seed: int = Field(default=0, ge=0, lt=SEEDS, description="The seed of the draws and of the noise.")

    @model_validator(mode="after")
    def _one_branch_each(self) -> Self:
        if self.branches is not None and len(self.branches) != len(self.strategies):
            raise ValueError("there must be one branch for each strategy")
        return self

    def asks(self) -> tuple[Ask, ...]:
        """One ask for each strategy."""
        return tuple(
            Ask(strategy=one, draws=self.draws, years=self.years, seed=self.seed, branch=branch)
            for one, branch in zip(self.strategies, self.branches or [None] * len(self.strategies), strict=True)
        )


class OutcomeFan(Value):
    """One outcome by calendar month, as quantiles over draws."""

    id: str = Field(description="The outcome, as the catalogue names it.")
    quantiles: Fan = Field(description="Values by month at the 5, 25, 50, 75 and 95% points, with the strategy.")
    none: Fan = Field(description="The same without the strategy, over the same draws.")


class Observed(Value):
    """Observed months of one outcome, where an official series measures it."""

    id: str = Field(description="The outcome, as the catalogue names it.")
    months: tuple[str, ...] = Field(description="The months, as 2025-02.")
    values: tuple[float, ...] = Field(description="What was observed in each of them.")
    flags: tuple[str, ...] = Field(description="How each figure falls short of a final count; empty where it does not.")


class Chance(Value):
    """The probability, over draws, that one headline is met against one reference."""

    id: HeadlineId = Field(description="The headline, as the catalogue names it.")
    reference: Reference = Field(description="Against the run without the strategy, or against the 26 weeks before it.")
    probability: float = Field(description="The share of draws that meet it.")
    mc_error: float = Field(description="Its standard error from the number of draws.")
    word: str | None = Field(
        default=None,
        description="The probability in words. Null here: whether a headline is undetermined needs further runs, "
        "which /api/rests makes.",
    )


class LeverCost(Value):
    """What one lever costs the US treasury, or earns it (below zero)."""

    lever: str = Field(description="The lever.")
    low: float = Field(description="5% point over draws, USD beyond the record.")
    central: float = Field(description="Median, USD.")
    high: float = Field(description="95% point, USD.")


class Unpriced(Value):
    """A lever that the strategy moves and that is not counted."""

    lever: str = Field(description="The lever.")
    reason: str = Field(description="Why it is not counted.")


class Cost(Value):
    """What the levers that cost come to over the years asked for, in USD beyond the record."""

    low: float = Field(description="5% point over draws of the sum of the levers that cost.")
    central: float = Field(description="Its median.")
    high: float = Field(description="Its 95% point.")
    levers: tuple[LeverCost, ...] = Field(
        description="Every moved lever that costs or earns. What earns is not set against what costs."
    )
    unpriced: tuple[Unpriced, ...] = Field(description="Moved levers that are not counted, and why.")


class Hashes(Value):
    """What the numbers come from: the same hashes, the same numbers on the same kind of machine."""

    version: str = Field(description="The version of the program.")
    engine: str = Field(description="SHA-256 of the program's files, libraries and settings that decide a run.")
    data: str = Field(description="SHA-256 of the vintages of the official series, and of the posterior.")
    strategy: str = Field(default="", description="SHA-256 of the strategy, as the report's manifest has it.")


class Answer(Value):
    """What a strategy does, by month and in headlines, over the years asked for."""

    title: str = Field(description="The strategy's title.")
    draws: int = Field(description="How many draws it is told from.")
    years: int = Field(description="For how many years the levers are held.")
    seed: int = Field(description="The seed.")
    branch: str = Field(description="The course of events that is shown.")
    first_lever: str = Field(description="The day on which the strategy first moves a lever, as 2025-01-20.")
    months: tuple[str, ...] = Field(description="Calendar months that the run covers whole, as 2025-02.")
    outcomes: tuple[OutcomeFan, ...] = Field(description="Every outcome of the catalogue, in its order.")
    history: tuple[Observed, ...] | None = Field(default=None, description="Observed months, where asked for.")
    headlines: tuple[Chance, ...] = Field(description="Every headline against both references.")
    four_way: FourWay = Field(description="Trafficking against friction: shares of the draws that add up to 1.")
    cost: Cost = Field(description="What the levers cost the US treasury.")
    hashes: Hashes = Field(description="What the numbers come from.")
    milliseconds: float = Field(description="How long it took to work out.")


class Compared(Value):
    """Several strategies over the same draws and years."""

    compared: tuple[Answer, ...] = Field(description="One answer for each strategy, in the order asked.")


class Rests(Value):
    """The whole verdict on one course of events, and what it rests on."""

    draws: int = Field(description="How many draws it is told from.")
    years: int = Field(description="For how many years the levers are held.")
    seed: int = Field(description="The seed.")
    branch: str = Field(description="The course of events that is judged.")
    headlines: tuple[Headline, ...] = Field(
        description="Every headline against both references, with its word and, where undetermined, what decides it."
    )
    grade_counts: dict[Grade, int] = Field(description="How many parameters the headlines rest on, by grade.")
    basis: tuple[BasisParameter, ...] = Field(description="These parameters, with what was drawn and their sources.")
    caveats: tuple[str, ...] = Field(description="What the verdict leaves out.")
    fit: Fit | None = Field(description="The posterior that parameters were drawn from; null where from priors.")
    hashes: Hashes = Field(description="What the numbers come from.")
    milliseconds: float = Field(description="How long it took to work out.")


class LeverLevel(Value):
    """One level of a lever's scale."""

    level: int = Field(description="0 (none, or as before) to 4 (the most that was seen or planned).")
    low: float = Field(description="Low end of its range, in the lever's unit.")
    central: float = Field(description="Its middle.")
    high: float = Field(description="High end.")
    meaning: str = Field(description="What the level stands for.")
    grade: Grade = Field(description="Grade of the evidence for its range.")


class LeverRow(Value):
    """One lever as a slider shows it."""

    id: str = Field(description="The lever, as a strategy names it.")
    title: str = Field(description="Its name.")
    unit: str = Field(description="The unit of its intensity.")
    actor: str = Field(description="Whose lever it is: US, MX, CN or any.")
    levels: tuple[LeverLevel, ...] = Field(description="Its scale, levels 0 to 4.")
    recorded: float = Field(description="Where the record has it before the strategy, in its unit.")
    least: float = Field(description="Low end of the slider.")
    most: float = Field(description="High end of the slider.")
    step: float = Field(description="Step of the slider.")
    force: bool = Field(description="Whether it uses armed force in another country.")
    decided_by: str = Field(description="Who decides it.")
    price: str = Field(description="What is known of its price, in one sentence.")


class OutcomeRow(Value):
    """One outcome as a chart shows it."""

    id: str = Field(description="The outcome.")
    title: str = Field(description="Its name.")
    unit: str = Field(description="The unit of its values by month.")
    explains: str = Field(description="What it is, in one sentence.")
    aggregate: Literal["sum", "mean"] = Field(description="Whether a month is a sum or a mean of its days.")


class HeadlineRow(Value):
    """One headline."""

    id: HeadlineId = Field(description="The headline.")
    title: str = Field(description="Its name.")
    meaning: dict[Reference, str] = Field(description="What is asked, in plain words, against each reference.")
    threshold: float = Field(description="How far the outcome has to move.")


class Preset(Value):
    """A strategy to begin from."""

    id: str = Field(description="Its name.")
    title: str = Field(description="Its title.")
    about: str = Field(description="What it is, in a sentence.")
    strategy: Strategy = Field(description="The strategy.")


class PriorRow(Value):
    """One uncertain number, which a strategy may set."""

    key: str = Field(description="The parameter, as a strategy names it under `parameters`.")
    meaning: str = Field(description="What it is.")
    unit: str = Field(description="Its unit.")
    low: float | None = Field(description="5% point; null where it is fixed or either 0 or 1.")
    central: float = Field(description="Median; of what is either 0 or 1, the chance of 1.")
    high: float | None = Field(description="95% point.")
    grade: Grade = Field(description="Grade of the evidence for it.")
    source: str = Field(description="Where the numbers come from.")
    assumed: bool = Field(description="Whether no source has a number.")
    allowed: str = Field(description="The values that it may be set to, in words.")
    ranges: bool = Field(description="Whether it may be given low, central and high in place of one value.")
    fitted: bool = Field(description="Whether it comes from the posterior unless the strategy sets it.")


class Choice(Value):
    """One of some things that can be chosen."""

    id: str = Field(description="Its name, as it is sent.")
    title: str = Field(description="The same in words.")


class CourseRow(Value):
    """A course of events that a strategy can have."""

    id: str = Field(description="Its name, as a question's `branch` has it.")
    title: str = Field(description="Its title.")
    record: bool = Field(
        default=False, description="Whether it tells a strategy apart only where the policy record adds something."
    )
    considered: tuple[str, ...] = Field(
        default=(),
        description="Levers of which a strategy that has it considers one at least; empty for what all have.",
    )


class SwitchRow(Value):
    """A channel of the model that a strategy may set under `switches`."""

    id: str = Field(description="The switch.")
    title: str = Field(description="What it turns on or off, in words.")
    usual: bool | str = Field(description="Where it stands unless a strategy sets it.")
    positions: tuple[Choice, ...] = Field(description="Where it can stand; empty for what is on or off.")


class Limit(Value):
    """The bounds of one number that can be asked for."""

    least: int = Field(description="The least.")
    most: int = Field(description="The most.")
    usual: int = Field(description="What is taken where nothing is said.")


class Limits(Value):
    """What can be asked for."""

    draws: Limit = Field(description="Draws of one run.")
    coarse: int = Field(description="Draws that a moving slider should ask for.")
    years: Limit = Field(description="Years of one run.")
    seed: Limit = Field(default=Limit(least=0, most=SEEDS - 1, usual=0), description="The seed.")
    compared: Limit = Field(description="Strategies side by side.")
    work: int = Field(
        default=MOST_WORK, description="The most of draws times years, over all strategies of a question."
    )
    document_bytes: int = Field(default=limits.SIZE, description="Size of a document, in bytes.")
    first_day: str = Field(default=FIRST_DAY.isoformat(), description="The first day that a strategy may name.")
    last_day: str = Field(default=LAST_DAY.isoformat(), description="The last day that a strategy may name.")


class Catalogue(Value):
    """All that the page needs to know before anything is run."""

    levers: tuple[LeverRow, ...] = Field(description="Every lever, in the order of the catalogue of levers.")
    outcomes: tuple[OutcomeRow, ...] = Field(description="Every outcome that is charted, in order.")
    headlines: tuple[HeadlineRow, ...] = Field(description="The four headlines.")
    presets: tuple[Preset, ...] = Field(description="Strategies to begin from: those given, then the built-in ones.")
    priors: tuple[PriorRow, ...] = Field(description="Every uncertain number of the model.")
    courses: tuple[CourseRow, ...] = Field(description="Courses of events, the one that an answer opens with first.")
    statuses: tuple[Choice, ...] = Field(description="How far an act can have come, the furthest first.")
    switches: tuple[SwitchRow, ...] = Field(description="Channels of the model that are on or off.")
    delivery: Range = Field(description="The share that is delivered of what is only ordered or announced.")
    words: dict[str, dict[str, str]] = Field(
        description="Words for codes of answers and of documents as read, by group: claim_verdict, finding, grade,"
        " not_tested and reference."
    )
    limits: Limits = Field(description="What can be asked for.")
    hashes: Hashes = Field(description="What every number comes from.")
