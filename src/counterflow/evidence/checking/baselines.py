"""Every way to read a claim's period and its baseline, as figures of one source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from counterflow.brief.schema import Baseline, Claim
from counterflow.evidence.checking.figures import Figure, Source
from counterflow.evidence.checking.terms import administration, before, is_whole, served, term_of_change
from counterflow.evidence.periods import (
    Grain,
    Span,
    a_year_earlier,
    add_months,
    calendar_year,
    contains,
    fiscal_year,
    fiscal_year_of,
    just_before,
    month_of,
    months_within,
    spell,
)

UNNAMED = "the document does not name this baseline"
NO_PERIOD = "no period is stated"
NO_BASELINE = "the document names no baseline"
TWO_MONTHS = 62  # days, at most
DURING = "a change during a term of office is one from what was before it"
_THEN_ENDS = re.compile(r"\W*(?:and|but|y)\s+(?:before|until|prior\s+to|up\s+to|antes|hasta)\b", re.IGNORECASE)
_PREPOSITION = re.compile(r"^(?:in|during|since|from|of|en|de|desde|durante)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Compared:
    """A figure for the claim's period against a figure for its baseline, each with its label."""

    period_label: str
    period: Figure
    baseline_label: str
    baseline_kind: str
    baseline: Figure
    note: str = ""
    unclear: bool = False  # whether the document names a baseline whose words could not be read


class Found(NamedTuple):
    """A baseline's figure, how it was read, and what a reader should know about the reading."""

    label: str
    kind: str
    note: str
    figure: Figure


def stated_spans(claim: Claim) -> tuple[Span, ...]:
    """The readings of the claim's period that have both ends."""
    readings = claim.period.readings if claim.period else ()
    return tuple(Span(r.start, r.end) for r in readings if r.start and r.end and r.start <= r.end)


def period_figures(claim: Claim, source: Source, interval: tuple[date, date]) -> tuple[tuple[str, Figure], ...]:
    """Figures for every reading of the claim's period, each once, with a label.

    Where nothing covers a stated period, the nearest figures, marked so. Where the claim states no period,
    the latest month and twelve months that ended by the end of `interval`, when the document was written.
    """
    found: dict[tuple[Span, float], tuple[list[str], Figure]] = {}
    for span in stated_spans(claim):
        for figure in source.over(span) or source.nearest(span, interval[1]):
            found.setdefault((figure.span, figure.value), ([], figure))[0].append(spell(span))
    if claim.period is None or not claim.period.text:
        for span in source.latest_spans(*interval):
            for figure in source.over(span):
                found.setdefault((figure.span, figure.value), ([NO_PERIOD], figure))
    labelled = []
    for stated, figure in found.values():
        words = " or ".join(dict.fromkeys(stated))
        if stated == [NO_PERIOD]:
            words = f"{spell(figure.span)} ({NO_PERIOD})"
        elif figure.fit in ("nearby", "mixed"):
            words = f"{spell(figure.span)} (stated: {words})"
        labelled.append((words, figure))
    return tuple(labelled)


def comparisons(claim: Claim, source: Source, interval: tuple[date, date]) -> tuple[Compared, ...]:
    """The claim's period against every reading of its baseline, and the usual ones that it does not name."""
    found: dict[tuple[Span, Span, float], Compared] = {}
    baseline = claim.baseline
    term = term_of_change(claim, interval)
    unclear = term is None and (baseline is None or baseline.kind in ("none", "other"))
    if term and term.end < interval[1]:
        interval = (min(interval[0], term.end), term.end)  # what changed under someone changed while they were there
    if baseline and ends_undated(claim):
        baseline = baseline.model_copy(update={"start": None, "end": None})  # half a period is no baseline
    periods = period_figures(claim, source, interval)
    if term and claim.direction == "up" and not stated_spans(claim):
        periods += _heights(term, source, interval)
    for period_label, period in periods:
        readings = _from_before(term, period.span, source) if term else baselines(baseline, period, source, interval)
        for baseline_label, kind, note, figure in readings:
            if figure.span == period.span:
                continue
            one = Compared(period_label, period, baseline_label, kind, figure, note, unclear)
            found.setdefault((period.span, figure.span, figure.value), one)
    return tuple(found.values())


def baselines(
    baseline: Baseline | None, period: Figure, source: Source, interval: tuple[date, date]
) -> Iterator[Found]:
    """The baseline as the document names it, in every reading, then the usual ones that it does not name.

    Where none is named (or in words that say no time): the period before, the year
    before, the peak.
    """
    kind = baseline.kind if baseline else "none"
    span = period.span
    if baseline is None or kind in ("none", "other"):
        words = baseline.text if baseline else ""
        note = f"the baseline “{words}” names no time that could be read" if words else NO_BASELINE
        yield from _at(just_before(span), "the period before", "previous_period", source, note)
        yield from _at(a_year_earlier(span), "same period last year", "same_period_last_year", source, note)
        for found in _peaks(None, period, source, interval):
            yield found._replace(note=note)
        return
    if kind == "peak":
        yield from _peaks(baseline, period, source, interval)
    elif kind == "administration":
        yield from _under(baseline, period, source, interval)
    elif kind == "previous_period":
        yield from _at(just_before(span), "the period before", kind, source)
    elif kind == "same_period_last_year":
        yield from _at(a_year_earlier(span), "same period last year", kind, source)
    elif stated := dates_of(baseline):
        words = _PREPOSITION.sub("", baseline.text) or "the date named"
        if baseline.administration and is_whole(baseline.administration, stated):
            yield from islice(_under(baseline, period, source, interval), 1)  # "the average under Biden"
        elif stated.days > 1 and contains(stated, span):
            # "since the law took effect": what is inside is set against what was before
            yield from _before_start(stated.start, f"before “{words}”", kind, source)
        elif not span.start < stated.start <= span.end:  # nothing falls from what it is a part of
            yield from _at(_from_then_on(stated, baseline, span), words, kind, source)
    yield from _at(a_year_earlier(span), "same period last year", "same_period_last_year", source, UNNAMED)
    if source.kind != "rolling12":
        label = f"average of the {source.year} before"
        yield from _at(year_before(span, source), label, "period_average", source, UNNAMED)


def _before_start(start: date, words: str, kind: str, source: Source, note: str = "") -> Iterator[Found]:
    """What was before a day: its last full month, and the twelve months that end with it."""
    month = month_of(add_months(start, -1))
    yield from _at(month, f"last full month {words}", kind, source, note)
    yield from _at(Span(add_months(month.start, -11), month.end), f"twelve months {words}", kind, source, note)


def _heights(term: Span, source: Source, interval: tuple[date, date]) -> tuple[tuple[str, Figure], ...]:
    """The peaks of a term: who says that something rose during one may mean how high it came, not how it ended."""
    until = min(term.end, interval[1])
    grains: tuple[Grain, ...] = (source.year, "month")
    highest = [(grain, source.peak(Span(term.start, until), grain, until + timedelta(days=1))) for grain in grains]
    return tuple((f"{spell(f.span)} (peak {grain} of the term)", f) for grain, f in highest if f)


def _from_before(term: Span, period: Span, source: Source) -> Iterator[Found]:
    """A change during a term, against what was before it began: the month for a period of about a month, else the
    twelve months, for the best month of a term against an average year would flatter any rise."""
    for found in _before_start(term.start, "before the term", "administration", source, DURING):
        if source.kind == "rolling12" or (found.figure.span.days > TWO_MONTHS) == (period.days > TWO_MONTHS):
            yield found


def ends_undated(claim: Claim) -> bool:
    """Whether the words right after the baseline give it an end of which they tell no date ("..., and before ...")."""
    if claim.baseline is None or claim.baseline.span is None:
        return False
    after = claim.span.quote[max(0, claim.baseline.span.end - claim.span.start) :]
    return bool(_THEN_ENDS.match(after)) and claim.baseline.start == claim.baseline.end


def _from_then_on(stated: Span, baseline: Baseline, period: Span) -> Span:
    """The dates of a baseline; from its day to the day before the period where it is "the period after" that day."""
    following = re.search(r"\b(?:after|following|began|from|desde|después|a partir)\b", baseline.text, re.IGNORECASE)
    day_before = period.start - timedelta(days=1)
    return Span(stated.start, day_before) if following and stated.days == 1 and stated.start < day_before else stated


def _at(span: Span, label: str, kind: str, source: Source, note: str = "") -> Iterator[Found]:
    """The figures of a source for one reading of a baseline."""
    for figure in source.over(span):
        part = "" if figure.span == span else f", as far as known {spell(figure.span)}"
        said = spell(span) if label == spell(span) else f"{label}: {spell(span)}"
        yield Found(f"{said}{part}", kind, note, figure)


def _under(baseline: Baseline, period: Figure, source: Source, interval: tuple[date, date]) -> Iterator[Found]:
    """An administration as a baseline: its whole term, its last year, its last full month."""
    name = baseline.administration or ""
    whole = administration(name, interval)
    if not (whole and (term := served(whole, period.span, interval))):
        return
    full = month_of(add_months(term.end + timedelta(days=1), -1))  # the last month that is wholly in the term
    first = next(months_within(Span(term.start, date.max.replace(day=1))))
    if full.start < first:
        return
    term = Span(first, full.end)
    yield from _at(term, f"average under {name}", "administration", source)
    if not contains(term, period.span):  # nothing is compared with the end of a term that was still to come
        last_year = Span(add_months(full.start, -11), full.end)
        if last_year.start >= first:
            yield from _at(last_year, f"last twelve months under {name}", "administration", source)
        yield from _at(full, f"last full month under {name}", "administration", source)
    if contains(term, earlier := a_year_earlier(period.span)):
        yield from _at(earlier, f"same period last year, under {name}", "administration", source)


def year_before(span: Span, source: Source) -> Span:
    """The last year, as the source's publisher counts them, that was over when the span began."""
    if source.year == "calendar year":
        return calendar_year(span.start.year - 1)
    return fiscal_year(fiscal_year_of(span.start) - 1)


def _peaks(baseline: Baseline | None, period: Figure, source: Source, interval: tuple[date, date]) -> Iterator[Found]:
    """The peak as a year's average, as a month and as a week, within the dates that the baseline names."""
    words, note = "", ""
    window = Span(date.min, period.span.start)
    if baseline and baseline.administration:
        words = f" under {baseline.administration}"
        stated = dates_of(baseline)
        if stated and not is_whole(baseline.administration, stated):
            window = before(stated, period.span, interval)
        elif term := administration(baseline.administration, interval) or stated:
            window = before(term, period.span, interval)
        else:
            words, note = (
                "",
                f"the term of {baseline.administration} is not known: all earlier figures are searched",
            )
    elif baseline and (stated := dates_of(baseline)):
        window, words = before(stated, period.span, interval), f" of {spell(stated)}"
    grains: tuple[Grain, ...] = (source.year, "month", "week")
    for grain in grains:
        if figure := source.peak(window, grain, period.span.start):
            kind = "twelve months" if source.kind == "rolling12" else grain
            yield Found(f"peak {kind}{words}: {spell(figure.span)}", "peak", note, figure)


def dates_of(baseline: Baseline) -> Span | None:
    """The dates that the baseline names, where it names both ends."""
    return Span(baseline.start, baseline.end) if baseline.start and baseline.end else None
