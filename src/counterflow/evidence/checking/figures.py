"""Figures over a period, and what a source of figures can be asked.

An official series and published single figures answer the same questions: what was it over this period, what
is nearest to this period where nothing covers it, and when did it peak within a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, Protocol

from counterflow.evidence.catalog import Kind
from counterflow.evidence.periods import Grain, Span
from counterflow.evidence.schema import ChartPoint

HALF = 0.5  # a figure stands for a period with which it has at least this share of the days in common
DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Figure:
    """What was counted over a period: of a flow the total over `days` days, else a level."""

    span: Span
    value: float
    days: int
    kind: Kind
    series_id: str
    source_title: str
    source_url: str
    vintage: str
    official: bool
    uncertainty: float = 0.0  # share by which such a figure is typically changed later
    note: str = ""
    complete: bool = True  # False where some of the period's own periods are missing
    proxy: bool = False  # True where the series only stands in for the measure
    issuer: str = ""  # who stated a single figure; several, separated by commas, where they agree
    trust: Literal["A", "B", "C"] | None = None  # of a single figure, as in points.toml
    # covers what was asked for; is for a period nearby; mixes it with other days (a whole month); is for
    # another place
    fit: Literal["covers", "nearby", "mixed", "elsewhere"] = "covers"

    @property
    def per_day(self) -> float:
        """The daily average of a flow; the level itself of anything else."""
        return self.value / self.days if self.kind == "flow" else self.value


class Slot(NamedTuple):
    """A period for which a source has a figure of its own: of a flow the total over `days` days, else a level."""

    span: Span
    value: float
    days: int
    label: str  # the period in words
    grain: Grain  # and which kind of period it is


class Source(Protocol):
    """Where figures of a measure come from."""

    @property
    def kind(self) -> Kind: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def year(self) -> Grain: ...
    @property
    def series_id(self) -> str: ...
    @property
    def proxy(self) -> str: ...

    def over(self, span: Span) -> tuple[Figure, ...]:
        """Figures for just this period."""
        ...

    def nearest(self, span: Span, latest: date) -> tuple[Figure, ...]:
        """Figures for the period nearest to this one, none of them later than `latest`."""
        ...

    def peak(self, window: Span, grain: Grain, before: date = date.max) -> Figure | None:
        """The highest figure for a period of this kind within the window that was over `before` a day."""
        ...

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The months, years or published periods that have a figure of their own, in order of time."""
        ...

    def latest_spans(self, start: date, end: date) -> tuple[Span, ...]:
        """The latest periods with a figure that a document of these days can mean."""
        ...

    def chart(self) -> tuple[tuple[ChartPoint, ...], str]:
        """Points to draw a claim on, and their unit."""
        ...


def join_notes(*notes: str) -> str:
    """Notes in one line, the empty ones left out."""
    return "; ".join(note for note in notes if note)
