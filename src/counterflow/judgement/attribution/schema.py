"""What each lever of a strategy is credited with, outcome by outcome. Sizes are relative changes, such as -0.3."""

from __future__ import annotations

from typing import Literal

from counterflow.brief.schema import Value
from counterflow.judgement.attribution.separable import Why
from counterflow.judgement.schema import Grade


class Amount(Value):
    """A change over the draws: its mean with a standard error, and where nine in ten draws lie."""

    mean: float
    mc_error: float  # of the mean: from the number of draws and, where orders were sampled, from those
    low: float  # 5% of the draws
    median: float
    high: float  # 95%


class Member(Value):
    """One lever's part of an outcome's change: its Shapley value."""

    lever: str  # id; "strikes" is a campaign as a whole, "others" all levers that were not named
    title: str
    share: Amount
    # In a bundle, over every order in which its levers could come: 5% of the draws of the least that the lever adds
    # and 95% of the most. Alone, the same as those of `share`. None where orders were sampled: those left out could
    # give less or more.
    least: float | None
    most: float | None


class Group(Value):
    """A lever that the record tells apart from all others and from chance, or levers that it does not tell apart."""

    members: tuple[Member, ...]
    share: Amount  # of all of them together
    why: Why | None  # why they are not told apart, or one not from chance; None for a lever that is
    inflation: float | None  # highest variance inflation factor, where they move the series too much alike
    ratio: float | None  # of the effect on the series to its standard error: highest of levers that are not seen

    @property
    def separable(self) -> bool:
        """Whether the record tells it, one lever, apart from all others and from chance."""
        return self.why is None


class OutcomeShares(Value):
    """The change of one outcome against the run without the strategy, shared out among the levers."""

    outcome: str
    measure: Literal["change", "fall"]  # of the mean of `weeks`; deepest fall within them kept up for 26 weeks
    total: Amount
    groups: tuple[Group, ...]  # their means add up to that of `total`; greatest first
    series: str | None  # the output with an official series by which levers are told apart
    months: int  # published months of it since the first lever
    scatter: float | None  # standard deviation of the log of its months before the first lever, trend and season out


class Attribution(Value):
    """Which lever of a branch deserves how much of what changes."""

    branch: str
    reference: Literal["none"]  # the run without the strategy
    weeks: tuple[int, int]  # first and last that are judged, counted from the first lever
    levers: tuple[str, ...]  # among which changes are shared out
    idle: tuple[str, ...]  # entries that leave every lever where it was, in every draw: they can change nothing
    draws: int
    years: int
    seed: int
    runs: int
    method: Literal["exact", "sampled"]
    orders: int | None  # in which levers come, where sampled
    posterior: str  # where parameters came from, "" = the priors
    grades: dict[Grade, int]  # how many uncertain inputs of each grade it rests on
    outcomes: tuple[OutcomeShares, ...]
