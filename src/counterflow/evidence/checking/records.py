"""Records ("lowest since ...", "highest in five years") and runs ("below 10,000 for the third month in a row")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import NUMBER_WORD, number_of
from counterflow.brief.schema import Claim
from counterflow.evidence.checking.baselines import dates_of, period_figures, stated_spans, year_before
from counterflow.evidence.checking.comparing import agrees, in_unit_of, other_unit, spell_number, tolerance
from counterflow.evidence.checking.definitions import incomparable
from counterflow.evidence.checking.figures import Figure, Source, join_notes
from counterflow.evidence.checking.reading import reading
from counterflow.evidence.checking.series_source import SeriesSource
from counterflow.evidence.periods import Span, add_months, grain_of, just_before, month_of, spell
from counterflow.evidence.schema import CheckReading, Outcome

A_YEAR = 365  # days: a baseline at least as long names years, and years are then compared
MONTHS_IN = {"month": 1, "year": 12, "decade": 120}
A_QUARTER = 3  # months
_QUARTER = re.compile(r"\b(?:quarter|trimestre|Q[1-4])\b", re.IGNORECASE)
ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
            "tenth": 10, "eleventh": 11, "twelfth": 12}  # fmt: skip


def records(claim: Claim, source: Source, interval: tuple[date, date]) -> list[CheckReading]:
    """A record: the figure against every earlier one of the same length, as far back as the claim reaches.

    "Since" a time means after it: that time itself had a figure as low. A claim that names a year, and no period
    of its own, is read as one on years. Empty where the claim has no direction or the source is no series.
    """
    if not isinstance(source, SeriesSource) or claim.direction == "none":
        return []
    readings = []
    for label, figure in _tested(claim, source, interval):
        since, named = _reach(claim, figure)
        begin = max(since or source.series.first, source.series.first)
        step = _step(claim, figure, source)
        earlier = [f for f in _earlier(figure, source, begin, step) if f.complete and not incomparable(figure, f)]
        if earlier and figure.fit == "covers" and figure.complete:
            readings.append(_record(claim, label, figure, earlier, since, named, source))
    return readings


def _record(
    claim: Claim,
    label: str,
    figure: Figure,
    earlier: Sequence[Figure],
    since: date | None,
    named: Span | None,
    source: SeriesSource,
) -> CheckReading:
    down = claim.direction == "down"
    rival = min(earlier, key=lambda f: _height(f, claim) if down else -_height(f, claim))
    first = min(f.span.start for f in earlier)
    beaten = _as_far(figure, rival, claim)
    words = (
        f"{spell_number(figure.value)}; the {'lowest' if down else 'highest'} before was "
        f"{spell_number(rival.value)} ({spell(rival.span)})"
    )
    outcome: Outcome = "holds" if beaten else "does not hold"
    short = ""
    if since is None or since < source.series.first:
        short = f"figures begin in {source.series.first:%b %Y}"
    if since and add_months(since, 1) < source.series.first and beaten:
        # as far as the figures go it is one: whether it is all that the claim says is not known
        outcome, short = "not comparable", f"{short}: a record as far as they go, and what was before is not known"
    then = next(iter(source.over(named)), None) if named and abs(named.days - figure.days) <= A_YEAR // 12 else None
    if then and beaten:
        as_low = _as_far(then, figure, claim)
        short = join_notes(
            short,
            f"in {spell(then.span)} it was {spell_number(then.value)}"
            + ("" if as_low else ": the record reaches further back than the document says"),
        )
    made = reading(
        figure, label=label, baseline=f"every earlier period since {first:%b %Y}", kind="record",
        observed=figure.value, words=words, allowed=None, outcome=outcome, notes=(short,),
        pair=(figure.value, rival.value),
    )  # fmt: skip
    across = reading(figure, label="", baseline="", kind="", observed=0.0, words="", allowed=None, outcome=outcome,
                     against=min(earlier, key=lambda f: f.span))  # fmt: skip
    said = [note for note in (made.note, *across.breaks) if note]
    return made.model_copy(
        update={"breaks": across.breaks, "note": ". ".join(n[0].upper() + n[1:] for n in dict.fromkeys(said))}
    )


def _height(figure: Figure, claim: Claim) -> float:
    """What a record is one of: the total of as many months, as publishers count; a day where the claim counts so."""
    return figure.per_day if claim.rate else figure.value


def _as_far(one: Figure, other: Figure, claim: Claim) -> bool:
    """Whether one figure is at least as low, or as high, as the claim's direction says, as another."""
    first, second = _height(one, claim), _height(other, claim)
    return first <= second if claim.direction == "down" else first >= second


def _tested(claim: Claim, source: SeriesSource, interval: tuple[date, date]) -> list[tuple[str, Figure]]:
    """The figures of which the claim can be: of its period; where it states none the latest month, twelve months
    and year; only years where it reaches back to a year or counts in years or decades."""
    figures = list(period_figures(claim, source, interval))
    if stated_spans(claim) or not figures or source.kind == "rolling12":
        return figures
    after = interval[1] + timedelta(days=1)
    year = year_before(Span(after, after), source)
    labelled = [(f"{spell(f.span)} (no period is stated)", f) for f in source.over(year)]
    named = dates_of(claim.baseline) if claim.baseline else None
    in_years = (named and named.days >= A_YEAR) or (_length(claim) or ("", 0))[0] in ("year", "decade")
    return labelled if in_years and labelled else [*figures, *labelled]


def _reach(claim: Claim, figure: Figure) -> tuple[date | None, Span | None]:
    """From which day on the record is one, and the time that "since" names; (None, None) for one of all time."""
    named = dates_of(claim.baseline) if claim.baseline else None
    if named and named.end < figure.span.start:
        return named.end + timedelta(days=1), named
    if length := _length(claim):
        unit, count = length
        return add_months(figure.span.start, -MONTHS_IN[unit] * count), None
    return None, None


@cache
def _lengths() -> re.Pattern[str]:
    units = codebook.table("periods")["units"]
    unit = "|".join(f"(?P<{name}>{'|'.join(units[name])})" for name in MONTHS_IN)
    return re.compile(
        r"\b(?:in|en)\s+(?:(?:at\s+least|more\s+than|over|nearly|almost|about|the\s+last|the\s+past|los\s+últimos|más\s+de)\s+)*"
        rf"(?:(?P<number>\d{{1,3}}|{NUMBER_WORD})\s+)?(?:{unit})\b",
        re.IGNORECASE,
    )


def _length(claim: Claim) -> tuple[str, int] | None:
    """How far back a record reaches by its words: "in five years" gives ("year", 5), "in decades" two of them."""
    after = claim.span.quote[max(0, claim.quote_span.start - claim.span.start) :]
    match = _lengths().search(after)
    if match is None:
        return None
    unit = next(name for name in MONTHS_IN if match[name])
    count = number_of(match["number"]) if match["number"] else 2.0
    return (unit, int(count)) if count and count >= 1 else None


def _step(claim: Claim, figure: Figure, source: SeriesSource) -> int:
    """How many months lie between the beginnings of two periods that a record is set against.

    A year, or what the claim calls a quarter, is set against years and quarters; any other run of months against every
    run of as many months: two months that span a boundary are two months as well.
    """
    if source.series.frequency != "month" or (
        source.kind != "rolling12" and grain_of(figure.span) in ("fiscal year", "calendar year")
    ):
        return MONTHS_IN["year"]
    said = claim.period.text if claim.period else ""
    return A_QUARTER if grain_of(figure.span) == "quarter" and _QUARTER.search(said) else 1


def _earlier(figure: Figure, source: SeriesSource, since: date, step: int) -> list[Figure]:
    """The figures for the periods of the same length that were over before one began, back to a day, each `step` months
    before the one after it."""
    found: list[Figure] = []
    span = just_before(figure.span)
    while span.start >= since:
        found += source.over(span)
        span = Span(add_months(span.start, -step), month_of(add_months(span.end.replace(day=1), -step)).end)
    return found


# ------------------------------------------------------------------------------------------------ runs


@cache
def _runs() -> re.Pattern[str]:
    ordinal, number = "|".join(ORDINALS), rf"\d{{1,2}}|{NUMBER_WORD}"
    straight = r"(?:in\s+a\s+row|running|straight|consecutive(?:ly)?|seguid[oa]s?|consecutiv[oa]s?)"
    return re.compile(
        rf"\b(?:(?P<ordinal>{ordinal}|\d{{1,2}}(?:st|nd|rd|th))|(?P<number>{number}))\s+"
        rf"(?:{straight}\s+(?:calendar\s+)?(?:months?|mes(?:es)?)|(?:months?|mes(?:es)?)\s+{straight})\b",
        re.IGNORECASE,
    )


def run_of(claim: Claim) -> int | None:
    """How many months in a row the claim's sentence says that something was so; None where it does not."""
    match = _runs().search(claim.span.quote)
    if match is None:
        return None
    if match["ordinal"]:
        return ORDINALS.get(match["ordinal"].lower()) or int(re.sub(r"\D", "", match["ordinal"]))
    return int(number_of(match["number"]) or 0) or None


def thresholds(claim: Claim, source: Source, interval: tuple[date, date]) -> list[CheckReading]:
    """A bound that was kept in every month of a period, or in as many months in a row as the claim says."""
    if not isinstance(source, SeriesSource) or source.series.frequency != "month" or claim.value is None:
        return []
    count = run_of(claim)
    if count and not stated_spans(claim):
        claim = claim.model_copy(update={"period": None})  # "for eight straight months": a length, up to the latest
    ends = [figure.span for _, figure in period_figures(claim, source, interval) if figure.fit == "covers"]
    if not stated_spans(claim):
        ends = ends[:1]  # up to the latest month
    readings = []
    for end in ends:
        last = month_of(end.end)
        first = add_months(last.start, 1 - count) if count else end.start
        span = Span(first, last.end)
        months = [f for s in source.slots if first <= s.span.end <= last.end for f in source.over(month_of(s.span.end))]
        whole = next(iter(source.over(span)), None)
        if months and whole:
            readings.append(_run(claim, source, span, months, whole))
    return readings


def _run(claim: Claim, source: SeriesSource, span: Span, months: Sequence[Figure], whole: Figure) -> CheckReading:
    values = [in_unit_of(claim, f.per_day if claim.rate == "day" else f.value, source.unit) for f in months]
    kept = sum(
        v is not None and agrees(claim, v, f.uncertainty * v) == "holds" for v, f in zip(values, months, strict=True)
    )
    worst = max if claim.bound in ("<", "<=") else min
    rival = worst(months, key=lambda f: f.value)
    expected = (span.end.year - span.start.year) * 12 + span.end.month - span.start.month + 1
    outcome: Outcome = "holds" if kept == len(months) else "does not hold"
    note = ""
    if any(v is None for v in values):
        outcome, note = "not comparable", other_unit(claim)
    elif len(months) < expected and outcome == "holds":
        outcome, note = "not comparable", f"{expected - len(months)} of {expected} months are missing"
    if outcome == "holds":
        before = next(iter(source.over(just_before(month_of(span.start)))), None)
        also = before and agrees(claim, before.value, before.uncertainty * before.value) == "holds"
        note = f"so it was in {spell(before.span)} too" if before and also and claim.rate is None else ""
    return reading(
        whole, label=spell(span), baseline=f"each of {expected} months", kind="threshold",
        observed=rival.value, words=f"so in {kept} of {len(months)} months; the furthest was "
        f"{spell_number(rival.value)} ({spell(rival.span)})",
        allowed=tolerance(claim, 0.0), outcome=outcome, notes=(note,),
    )  # fmt: skip
