"""Published single figures as a source, where no official series counts the measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from counterflow.evidence.catalog import Kind, Measure
from counterflow.evidence.checking.figures import HALF, Figure, Slot, join_notes
from counterflow.evidence.periods import Grain, Span, contains, gap_days, grain_of, middle, overlap, spell
from counterflow.evidence.schema import ChartPoint, Point

A_MONTH, A_YEAR = 31, 366  # days, at most
ALIKE = 0.01  # figures for one period no further apart than this share of them say the same


@dataclass(frozen=True)
class PointSource:
    """Published single figures of one measure and place, each with its own source."""

    measure: Measure
    points: Sequence[Point]
    vintage: str

    @property
    def kind(self) -> Kind:
        return self.measure.kind

    @property
    def title(self) -> str:
        return self.measure.title

    @property
    def unit(self) -> str:
        return self.points[0].unit if self.points else ""

    @property
    def year(self) -> Grain:
        return self.measure.year

    @property
    def proxy(self) -> str:
        return ""

    @property
    def series_id(self) -> str:
        return "points"

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The periods of at most a year that have a figure, the most trusted of each, in order."""
        fitting = [(own, p) for p in self.points if (own := span_of(p)) and own.days <= A_YEAR]
        figures = [self._figure(own, point, "") for own, point in self._best_of_each(fitting)]
        ordered = sorted(figures, key=lambda f: f.span)
        return tuple(Slot(f.span, f.value, f.days, spell(f.span), grain_of(f.span)) for f in ordered)

    def over(self, span: Span) -> tuple[Figure, ...]:
        """Figures for most of the same days; failing these, for the month or shorter period that holds
        them.
        """
        periods = [(own, point) for point in self.points if (own := span_of(point))]
        alike = [(own, point) for own, point in periods if overlap(own, span) >= HALF]
        around = [(own, point) for own, point in periods if contains(own, span) and own.days <= A_MONTH]
        return tuple(
            replace(
                self._figure(own, point, "" if own == span else f"the figure is for {_period_words(own, point)}"),
                fit="covers" if alike else "mixed",
            )
            for own, point in self._best_of_each(alike or around)
        )

    def nearest(self, span: Span, latest: date) -> tuple[Figure, ...]:
        """The figures closest to the span within the measure's `nearest_days`, published by `latest`."""
        near = [
            (gap_days(own, span), own, point)
            for point in self.points
            if (own := span_of(point)) and own.start <= latest and gap_days(own, span) <= self.measure.nearest_days
        ]
        if not near:
            return ()
        closest = min(gap for gap, _, _ in near)
        chosen = self._best_of_each([(own, point) for gap, own, point in near if gap == closest])
        note = "the stated period ({}) is not the period of the figure ({})"
        return tuple(
            replace(self._figure(own, point, note.format(spell(span), _period_words(own, point))), fit="nearby")
            for own, point in chosen
        )

    def peak(self, window: Span, grain: Grain, before: date = date.max) -> Figure | None:
        """The highest daily average among figures for periods of one kind whose middle lies in the window and that
        were over `before` a day."""
        inside = [
            (own, point)
            for point in self.points
            if (own := span_of(point)) and grain_of(own) == grain
            if window.start <= middle(own) <= window.end and own.end < before
        ]
        figures = [self._figure(own, point, "") for own, point in self._best_of_each(inside)]
        return max(figures, key=lambda figure: figure.per_day, default=None)

    def latest_spans(self, start: date, end: date) -> tuple[Span, ...]:
        """The span of the latest figure that ended by `end`, at most the measure's `nearest_days` before
        `start`.
        """
        ended = [own for p in self.points if (own := span_of(p)) and own.end <= end]
        recent = [own for own in ended if (start - own.end).days <= self.measure.nearest_days]
        return (max(recent, key=lambda own: own.end),) if recent else ()

    def chart(self) -> tuple[tuple[ChartPoint, ...], str]:
        """Daily averages (or levels) at the middle of their periods, the most trusted figure of each
        period.
        """
        is_flow = self.kind == "flow"
        points = sorted({middle(s.span): s.value / s.days if is_flow else s.value for s in self.slots}.items())
        every = " a day" if is_flow else ""
        return tuple(ChartPoint(date=day, value=value) for day, value in points), self.unit + every

    def _best_of_each(self, fitting: Sequence[tuple[Span, Point]]) -> list[tuple[Span, Point]]:
        """The most trusted figure of each period; the others are named in its note."""
        chosen: dict[Span, Point] = {}
        for own, point in sorted(fitting, key=lambda item: (item[0], _restated(item[1]), item[1].trust)):
            if own not in chosen:
                chosen[own] = point
                continue
            best = chosen[own]
            if abs(point.value - best.value) <= ALIKE * abs(best.value) and point.issuer not in best.issuer.split(", "):
                best = chosen[own] = best.model_copy(update={"issuer": f"{best.issuer}, {point.issuer}"})
            if point.value != best.value:
                other = f"another figure for the period: {point.text} ({_who(point)})"
                chosen[own] = best.model_copy(update={"note": join_notes(best.note, other)})
        return list(chosen.items())

    def _figure(self, own: Span, point: Point, note: str) -> Figure:
        value = point.value
        if self.kind == "flow" and point.per in ("day", "year") and not _is_total(point, own):
            value *= own.days if point.per == "day" else own.days / 365.25
        return Figure(
            span=own,
            value=value,
            days=own.days,
            kind=self.kind,
            series_id="points",
            source_title=point.label,
            source_url=point.source,
            vintage=self.vintage,
            official=False,
            note=join_notes(note, point.note),
            issuer=point.issuer,
            trust=point.trust,
        )


def span_of(point: Point) -> Span | None:
    """The period of a single figure; None where the source leaves an end open."""
    return Span(point.start, point.end) if point.start and point.end else None


def _is_total(point: Point, own: Span) -> bool:
    """Whether a figure "per year" is the count of that very year, not a rate over another period."""
    return point.per == "year" and grain_of(own) in ("fiscal year", "calendar year")


def _restated(point: Point) -> bool:
    """Whether the source of the figure says that it was replaced by a later one."""
    return bool(re.search(r"later (restated )?[\d,]+|first cut|\(preliminary\)", f"{point.note} {point.label}"))


def _who(point: Point) -> str:
    return point.label.partition(": ")[2] or point.label


def _period_words(own: Span, point: Point) -> str:
    words = spell(own)
    return words if point.period in ("", words) or grain_of(own) != "other" else f"{words}, given as {point.period!r}"
