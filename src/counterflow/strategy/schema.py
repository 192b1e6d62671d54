"""A strategy: which levers move, when, how far, and on whose word."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field, FiniteFloat, model_validator

from counterflow.brief.schema import Brief, Status, Value
from counterflow.strategy.overrides import ParameterOverride, Switches

if TYPE_CHECKING:
    from counterflow.evidence.store import Store

Basis = Literal["document", "record", "user"]


class Range(Value):
    """A quantity not known exactly: half the draws fall on each side of `central`."""

    low: FiniteFloat
    central: FiniteFloat
    high: FiniteFloat

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.low <= self.central <= self.high:
            raise ValueError(f"low <= central <= high is needed, got {self.low}, {self.central}, {self.high}")
        return self


class Entry(Value):
    """One lever moved: from `start` (inclusive) until `end` (exclusive; None = to the end of the run)."""

    lever: str
    level: int | None = Field(default=None, ge=0, le=4)
    intensity: Range | None = None  # in the lever's unit; overrides the level's range
    change: Range | None = None  # added to the recorded path instead of an absolute intensity (e.g. +1,600 troops)
    start: date
    end: date | None = None
    start_reason: str  # where the date comes from, in one phrase
    status: Status
    delivery: Range | None = None  # share of what was ordered or announced that is delivered
    basis: Basis
    quote: str = ""  # the document's words, or what the record says
    source: str = ""  # action id ("a6"), or the record row's source
    record_id: str = ""  # id of the evidence event, where the basis is the record
    fills: str = ""  # id of the document's action whose gap or open size a record entry fills
    incomplete: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Entry:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"end {self.end} must come after start {self.start}")
        return self


class Campaign(Value):
    """Strikes at given rates. Rates may exceed the lever's scale."""

    start: date
    weeks: int = Field(gt=0)
    strikes_per_week: FiniteFloat = Field(gt=0)
    consent: bool  # of the Mexican government


class DateInterval(Value):
    """When the document was written: a day, or an interval inferred from the events that it matches."""

    start: date
    end: date
    source: Literal["user", "document", "inferred"]
    reason: str

    @model_validator(mode="after")
    def _ordered(self) -> DateInterval:
        if self.end < self.start:
            raise ValueError(f"end {self.end} must not come before start {self.start}")
        return self


class Unplaced(Value):
    """An action of the document that moves no lever of the model, and why."""

    action_id: str
    lever: str
    status: str
    quote: str
    reason: str


class Branch(Value):
    """One course of events to be simulated. *none* has no entries."""

    id: str  # "none", "as_written", "as_on_record", "strikes_limited_consent", ...
    title: str
    description: str
    entries: tuple[Entry, ...] = ()
    strikes: Campaign | None = None


class Strategy(Value):
    """What a document's strategy does, apart from what the record adds to it.

    `written` is what the document states as in force, gaps left as gaps. `record` fills gaps and vague
    items from the policy record; each can be refused by its `record_id`. `considered` are courses that are
    only under consideration. `parameters` and `switches` are what it sets of the model itself.
    """

    title: str
    date: DateInterval
    written: tuple[Entry, ...]
    record: tuple[Entry, ...] = ()
    refused: tuple[str, ...] = ()  # record ids that the user does not accept
    considered: tuple[str, ...] = ()  # lever ids that the document says are only under consideration
    unplaced: tuple[Unplaced, ...] = ()
    document_sha256: str = ""
    parameters: dict[str, ParameterOverride] = Field(default={})  # by "mechanism.symbol"
    switches: Switches = Switches()

    @classmethod
    def from_brief(
        cls,
        brief: Brief,
        store: Store | None = None,
        *,
        date: datetime.date | None = None,
        refused: Sequence[str] = (),
    ) -> Strategy:
        """The strategy of a document, with what the policy record adds; see `build.from_brief`."""
        from counterflow.evidence.store import Store
        from counterflow.strategy.build import from_brief

        return from_brief(brief, store or Store.open(), date=date, refused=refused)

    def branches(self) -> tuple[Branch, ...]:
        """The courses of events to simulate; see `branches.branches`."""
        from counterflow.strategy.branches import branches

        return branches(self)
