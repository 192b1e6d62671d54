"""An official series as a source of figures over any period that it can resolve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from counterflow.evidence.catalog import Kind, SeriesHabits
from counterflow.evidence.checking.figures import HALF, Figure, Slot, join_notes
from counterflow.evidence.periods import (
    Grain,
    Span,
    add_months,
    calendar_year,
    contains,
    fiscal_year,
    grain_of,
    middle,
    month_of,
    months_mostly_within,
    months_within,
    overlap,
    spell,
)
from counterflow.evidence.schema import ChartPoint, Observation, Series

UNUSABLE = {"partial_month", "suspect"}  # flags of figures that say less than their period, or are misprinted
REMARKABLE = {"derived", "understated", "press_preliminary"}  # flags that a reader should know of
A_QUARTER = 3  # months
STILL_REVISED = 12  # months
TWO_MONTHS = 59  # days; a longer span takes in a month of which it holds at least half


@dataclass(frozen=True)
class SeriesSource:
    """An official series, for one geography or the sum of some."""

    series: Series
    habits: SeriesHabits
    figures: Mapping[date, Observation]
    parts: tuple[str, ...] = ()  # the parts summed, where they are not the whole
    proxy: str = ""  # why the series only stands in for the measure
    elsewhere: str = ""  # why its place is not the claim's, where it is not
    area: str = ""  # which area it counts, where the claim names none and others come first
    _over: dict[Span, tuple[Figure, ...]] = field(default_factory=dict, compare=False, repr=False)  # as asked before

    @property
    def kind(self) -> Kind:
        return self.series.kind

    @property
    def title(self) -> str:
        return f"{self.series.title} ({' + '.join(self.parts)})" if self.parts else self.series.title

    @property
    def unit(self) -> str:
        return self.series.unit

    @property
    def year(self) -> Grain:
        return self.habits.year

    def _period(self, first: date) -> Span:
        """The period that the figure dated `first` is for."""
        return (
            month_of(first)
            if self.series.frequency == "month"
            else Span(first, add_months(first, 12) - timedelta(days=1))
        )

    @cached_property
    def _usable(self) -> dict[date, float]:
        return {day: o.value for day, o in self.figures.items() if o.flag not in UNUSABLE}

    @property
    def series_id(self) -> str:
        return self.series.id

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The months or years with a usable figure, in order; of a count over twelve months, these months."""
        spans = ((day, self._period(day)) for day in sorted(self._usable))
        if self.kind == "rolling12":
            spans = ((day, Span(add_months(day, -11), own.end)) for day, own in spans)
        return tuple(Slot(span, self._usable[day], span.days, spell(span), grain_of(span)) for day, span in spans)

    def over(self, span: Span) -> tuple[Figure, ...]:
        """The figure for the whole periods that the span holds; none where it holds no whole one."""
        if span not in self._over:
            self._over[span] = self._read(span)
        return self._over[span]

    def _read(self, span: Span) -> tuple[Figure, ...]:
        if self.series.frequency == "month":
            wanted = list(months_within(span) if span.days < TWO_MONTHS else months_mostly_within(span))
        else:
            wanted = [day for day in self.figures if contains(span, self._period(day))]
        present = [day for day in wanted if day in self._usable]
        if not present:
            return ()
        if self.kind == "rolling12":
            last = wanted[-1]
            if last not in self._usable:
                return ()
            twelve = Span(add_months(last, -11), self._period(last).end)
            return (self._figure(twelve, self._usable[last], self._flags([last])),)
        whole = Span(self._period(wanted[0]).start, self._period(wanted[-1]).end)
        missing = len(wanted) - len(present)
        if overlap(whole, span) < HALF or missing > len(present):
            return ()
        values = [self._usable[day] for day in present]
        lacking = f"{missing} of {len(wanted)} {self._periods} are missing" if missing else ""
        partly = f"whole {self._periods} only ({spell(whole)})" if whole != span else ""
        total = sum(values) if self.kind == "flow" else sum(values) / len(values)
        figure = self._figure(whole, total, join_notes(lacking, partly, self._flags(present)))
        days = sum(self._period(day).days for day in present)
        return (replace(figure, days=days, complete=not missing),)

    def _flags(self, days: Sequence[date]) -> str:
        remarks = {self.figures[day].flag for day in days} & REMARKABLE
        return join_notes(*(f"some figures are {remark.replace('_', ' ')}" for remark in sorted(remarks)))

    @property
    def _periods(self) -> str:
        return "months" if self.series.frequency == "month" else f"{self.series.frequency}s"

    def nearest(self, span: Span, latest: date) -> tuple[Figure, ...]:
        """The figures for the periods that hold a span shorter than one of them."""
        inside = [day for day in self._usable if overlap(self._period(day), span) > 0]
        note = f"the series counts whole {self._periods}: this is not the period of the claim"
        return tuple(
            replace(figure, fit="mixed", note=join_notes(note, figure.note))
            for day in inside
            if self._period(day).start <= latest
            for figure in self.over(self._period(day))
        )

    def peak(self, window: Span, grain: Grain, before: date = date.max) -> Figure | None:
        """The highest complete month or year whose middle lies in the window and that was over `before` a day."""
        if grain == "month" and self.series.frequency == "month":
            found = self._months
        elif grain in ("fiscal year", "calendar year") and self.kind != "rolling12":
            found = self._years(grain)
        else:
            return None
        within = [f for day, f in found if window.start <= day <= window.end and f.span.end < before]
        return max(within, key=lambda f: f.value if grain == "month" else f.per_day, default=None)

    @cached_property
    def _months(self) -> list[tuple[date, Figure]]:
        """Every month with a figure (for a count over twelve months the one that ends with it), by its middle."""
        spans = [month_of(day) for day in self._usable]
        return [(middle(span), f) for span in spans for f in self.over(span) if f.complete]

    def _years(self, grain: Grain) -> list[tuple[date, Figure]]:
        """Every complete year, by its middle."""
        make: Callable[[int], Span] = fiscal_year if grain == "fiscal year" else calendar_year
        spans = [make(year) for year in range(self.series.first.year, self.series.last.year + 2)]
        return [(middle(span), f) for span in spans for f in self.over(span) if f.complete]

    def latest_spans(self, start: date, end: date) -> tuple[Span, ...]:
        """The latest month and twelve months (or year) that ended by `end`, where that was near `start`.

        Near: as many months before as the series' figures take to come out, and a quarter more.
        """
        ended = [day for day in self._usable if self._period(day).end <= end]
        if not ended:
            return ()
        last = self._period(max(ended))
        yearly = 0 if self.series.frequency == "month" else 12
        if last.end < add_months(start, -self.series.publication_lag_months - A_QUARTER - yearly):
            return ()
        if yearly or self.kind == "rolling12":
            return (last,)
        return (last, Span(add_months(last.start, -11), last.end))

    def chart(self) -> tuple[tuple[ChartPoint, ...], str]:
        """The usable figures with their unit ("encounters a month")."""
        return self._chart

    @cached_property
    def _chart(self) -> tuple[tuple[ChartPoint, ...], str]:
        every = {"flow": f" a {self.series.frequency.split()[-1]}"}.get(self.kind, "")
        points = tuple(ChartPoint(date=day, value=value) for day, value in sorted(self._usable.items()))
        return points, f"{self.series.unit}{every}"

    def _figure(self, span: Span, value: float, note: str) -> Figure:
        # Publishers revise the last year or so; what is older stands, and gets no such allowance.
        provisional = span.end >= add_months(self.series.last, -STILL_REVISED)
        return Figure(
            span=span,
            value=value,
            days=span.days,
            kind=self.kind,
            series_id=self.series.id,
            source_title=self.title,
            source_url=self.series.url,
            vintage=self.series.vintage,
            official=True,
            uncertainty=(self.habits.revision or 0.0) if provisional else 0.0,
            note=join_notes(self.elsewhere, self.area, self.proxy, note),
            proxy=bool(self.proxy),
            fit="elsewhere" if self.elsewhere else "covers",
        )
