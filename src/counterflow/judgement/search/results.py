"""What a search gives, as plain values: front.json holds them."""

from __future__ import annotations

from typing import Literal

from counterflow.brief.schema import Value

Status = Literal["kept", "beaten", "over budget"]


class Scored(Value):
    """How one strategy does by each objective, by name; errors are Monte Carlo standard errors.

    Changes are relative to the run without a strategy over weeks 53 and later, cost and spending USD over all judged
    weeks. `tail` is the mean of the worst fifth of draws; `aim`, halfway to it from the `mean`, is what is searched by.
    """

    aim: dict[str, float]
    aim_error: dict[str, float]
    mean: dict[str, float]
    mean_error: dict[str, float]
    tail: dict[str, float]
    tail_error: dict[str, float]
    spent: float
    spent_error: float
    spent_high: float  # 95% point over draws
    received: float


class Paired(Value):
    """How much more than the document's is the `aim` of a strategy, by objective, in the same fresh draws.

    One is better, or worse, where the difference is more than two of its standard errors and more than the objective's
    unit.
    """

    difference: dict[str, float]
    error: dict[str, float]  # standard error of the difference
    better: tuple[str, ...]
    worse: tuple[str, ...]


class Moved(Value):
    """Where a strategy puts a lever."""

    lever: str
    title: str
    step: str  # "as recorded", "as in the document", "level 3"
    meaning: str  # what the level stands for
    intensity: float  # mean over the judged weeks, in the lever's unit
    unit: str
    document: str  # the document's step


class Member(Value):
    """One strategy of the front that the search found, evaluated again on fresh draws."""

    name: str  # "front-01"; of one that is not kept too
    file: str = ""  # its strategy file, where it is kept
    status: Status  # on fresh draws
    is_document: bool  # it is the document's own strategy
    beats_document: bool  # by `against_document`, somewhere better and nowhere worse; see `Paired`
    against_document: Paired
    levers: tuple[Moved, ...]  # where it differs from the document
    put_back: tuple[str, ...]  # levers that the search had elsewhere, which served no objective
    search: Scored
    fresh: Scored


class Named(Value):
    """A course with force that the document names; the search never proposes it, and it is only weighed."""

    branch: str
    title: str
    fresh: Scored


class Movable(Value):
    """A lever that the search moved, its steps, and on whose word it can be moved."""

    lever: str
    title: str
    steps: tuple[str, ...]
    decided_by: str
    law: str
    contested: str


class NotMoved(Value):
    """A lever that the search did not move, or not freely."""

    lever: str
    title: str
    reason: str


class Settling(Value):
    """Whether the front had stopped growing."""

    curve: tuple[tuple[int, float], ...]  # (evaluations, share of a box around the front that is beaten)
    error: float  # standard error of the last share
    gained: float  # in the last quarter of evaluations, of the share in the end
    settled: bool


class Improved(Value):
    """The result of a search."""

    title: str  # of the strategy that it began with
    objectives: dict[str, str]  # name and title
    units: dict[str, float]  # of each objective, what differs by less is taken to be alike
    budget: float
    years: int
    window: tuple[int, int]  # first and last week of the changes
    first_lever: str
    draws: int
    fresh_draws: int
    seed: int
    fresh_seed: int
    posterior: str
    evaluations: int
    distinct: int
    within_budget: int  # of the distinct ones
    front_size: int  # how many no other beat in the search; `members` are from it, with what served nothing put back
    document: Scored  # on the fresh draws
    document_in_search: Scored
    document_within_budget: bool
    members: tuple[Member, ...]
    named: tuple[Named, ...]
    movable: tuple[Movable, ...]
    not_moved: tuple[NotMoved, ...]
    settling: Settling | None
    optimism: dict[str, float]  # mean over members of fresh less search, by objective
    version: str
