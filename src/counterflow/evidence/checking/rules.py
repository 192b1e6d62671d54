"""How each type of claim is tested against one source of figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.checking.baselines import (
    UNNAMED,
    Compared,
    comparisons,
    period_figures,
    stated_spans,
    year_before,
)
from counterflow.evidence.checking.comparing import (
    agrees,
    as_rate,
    in_unit_of,
    like_with_like,
    other_unit,
    rate_words,
    rounding,
    signed,
    spell_number,
    tolerance,
)
from counterflow.evidence.checking.figures import Figure, Source
from counterflow.evidence.checking.series_source import SeriesSource
from counterflow.evidence.periods import a_year_earlier, just_before, spell
from counterflow.evidence.schema import CheckReading, Outcome

SHORT_DAYS = 7  # a count over at most a week invites comparison with an ordinary week
UNUSUAL = 0.05  # a count is out of the ordinary where it is at least this share above the average
Interval = tuple[date, date]


def changes(claim: Claim, source: Source, interval: Interval) -> list[CheckReading]:
    """A change in percent, in number or as a factor, or a direction, against every baseline."""
    # A share or a factor is the same in every unit; a number is in the claim's.
    scale = in_unit_of(claim, 1.0, source.unit) if claim.claim_type == "change_abs" else 1.0
    return [_change(claim, compared, scale) for compared in comparisons(claim, source, interval)]


def _change(claim: Claim, compared: Compared, scale: float | None = 1.0) -> CheckReading:
    """`scale` takes the figures to the claim's unit; None where nothing does."""
    now, then, per = like_with_like(compared.period, compared.baseline, claim)
    ratio = now / then if then else float("inf")
    percent = 100 * (ratio - 1)
    sign = -1.0 if claim.direction == "down" else 1.0
    # by how much typical later changes of both figures would change their ratio
    drift = ratio * (compared.period.uncertainty + compared.baseline.uncertainty)
    allowed: float | None
    note = ""
    if claim.claim_type == "trend":
        observed, allowed = percent, None
        outcome: Outcome = "direction only" if percent * sign > 0 else "does not hold"
    else:
        observed, size, revision = {
            "change_pct": (percent, sign * percent, 100 * drift),
            "change_abs": (
                (scale or 1.0) * (now - then),
                (scale or 1.0) * sign * (now - then),
                (scale or 1.0) * drift * then,
            ),
            "change_factor": (
                ratio,
                ratio if sign > 0 or (claim.value or 2) < 1 else 1 / (ratio or 1),
                drift,
            ),
        }[claim.claim_type]
        size = abs(size) if claim.direction == "none" else size
        outcome, allowed = agrees(claim, size, revision), tolerance(claim, revision)
        if outcome == "does not hold" and claim.value is not None and claim.bound in ("=", "~"):
            note = f"the change was {'larger' if size > claim.value else 'smaller'} than stated"
    if compared.period.fit in ("mixed", "elsewhere") or not then:
        outcome, note = "not comparable", ""
    if scale is None:
        outcome, note, allowed = "not comparable", other_unit(claim), None
    return reading(
        compared.period,
        label=compared.period_label,
        baseline=compared.baseline_label,
        kind=compared.baseline_kind,
        observed=observed,
        words=f"{spell_number(now)} against {spell_number(then)}{per}: {signed(percent)}%",
        allowed=allowed,
        outcome=outcome,
        notes=(note, compared.note),
        against=compared.baseline,
        pair=(now, then),
    )


def levels(claim: Claim, source: Source, interval: Interval) -> list[CheckReading]:
    """A count or level, against the figure for every reading of its period."""
    figures = period_figures(claim, source, interval)
    undated = not stated_spans(claim)
    if undated and source.kind == "stock":
        figures = figures[:1]  # a level without a date is that of the day
    return [_level(claim, source.unit, label, figure, undated) for label, figure in figures]


def _level(claim: Claim, unit: str, label: str, figure: Figure, undated: bool) -> CheckReading:
    value = in_unit_of(claim, as_rate(figure, claim), unit)
    shown = as_rate(figure, claim) if value is None else value
    total = figure.kind == "flow" and claim.rate is None
    words, note, allowed = f"{spell_number(shown)}{rate_words(figure, claim)}", "", None
    outcome: Outcome = "not comparable"
    if value is None:
        words, note = f"{words} {unit}", other_unit(claim)
    elif total and undated:
        note = "a total without a period cannot be compared"
    elif total and not figure.complete:
        note = "a total cannot be compared where figures are missing"
    elif figure.fit == "covers":
        revision = figure.uncertainty * abs(value)
        outcome, allowed = agrees(claim, value, revision), tolerance(claim, revision)
    elif figure.kind == "flow":
        words = f"{spell_number(figure.value)} in {spell(figure.span)}, {spell_number(figure.per_day)} a day"
    return reading(
        figure,
        label=label,
        baseline=f"the figure for {spell(figure.span)}",
        kind="none",
        observed=shown,
        words=words,
        allowed=allowed,
        outcome=outcome,
        notes=(note,),
    )


def implied_contrast(claim: Claim, sources: Sequence[Source], readings: Sequence[CheckReading]) -> list[CheckReading]:
    """A count over a few days, told as news, against the ordinary count over as many days of the year before.

    The document does not state this contrast; a reader makes it. Figures of the measure itself for the whole
    year are preferred to those that stand in for it or leave months out.
    """
    spans = stated_spans(claim)
    tested = [r.observed for r in readings if r.outcome != "not comparable" and r.observed is not None]
    if claim.rate or not tested or not spans or max(span.days for span in spans) > SHORT_DAYS:
        return []
    ordinary = [
        (figure, year)
        for source in sources
        if source.kind == "flow"
        for year in [year_before(spans[0], source)]
        for figure in source.over(year)
    ]
    if not ordinary:
        return []
    figure, year = min(ordinary, key=lambda o: (not o[0].complete, o[0].proxy, not o[0].official))
    days, observed, usual = spans[0].days, tested[0], figure.per_day * spans[0].days
    length = "day" if days == 1 else f"{days} days"
    above = observed > usual + max(rounding(claim.value or 0.0), UNUSUAL * usual)
    return [
        reading(
            figure,
            label=spell(spans[0]),
            baseline=f"implied contrast: an ordinary {length} of {spell(year)}",
            kind="implied_contrast",
            observed=observed,
            words=f"{spell_number(observed)} against {usual:,.1f} on an ordinary {length}",
            allowed=None,
            outcome="holds" if above else "does not hold",
            notes=("not stated by the document: a reader is left to suppose that the figure is unusual",),
            pair=(observed, usual),
        )
    ]


def trends(claim: Claim, source: Source, interval: Interval) -> list[CheckReading]:
    """A direction without a number, and what had happened in the year before the period of the claim."""
    readings = changes(claim, source, interval)
    for _, figure in period_figures(claim, source, interval)[:1]:
        before = just_before(figure.span)
        for now in source.over(before):
            for then in source.over(a_year_earlier(now.span)):
                label = f"the year to {spell(now.span)}, from {spell(then.span)}"
                why = "what had happened before the period of the claim"
                context = _change(claim, Compared(spell(now.span), now, label, "context", then, why))
                readings.append(context.model_copy(update={"outcome": "not comparable"}))
    return readings


def records(claim: Claim, source: Source, interval: Interval) -> list[CheckReading]:
    """A record ("lowest since ..."): the figure against every earlier one of the same length."""
    if not isinstance(source, SeriesSource) or claim.direction == "none":
        return []
    named = claim.baseline.start if claim.baseline else None
    since = max(named or source.series.first, source.series.first)
    down = claim.direction == "down"
    readings = []
    for label, figure in period_figures(claim, source, interval):
        earlier = [f for f in _earlier(figure, source, since) if f.complete]
        if not earlier or figure.fit != "covers" or not figure.complete:
            continue
        rival = min(earlier, key=lambda f: f.per_day if down else -f.per_day)
        beaten = figure.per_day <= rival.per_day if down else figure.per_day >= rival.per_day
        words = (
            f"{spell_number(figure.value)}; the {'lowest' if down else 'highest'} before was "
            f"{spell_number(rival.value)} ({spell(rival.span)})"
        )
        short = f"figures begin in {since:%b %Y}" if named is None or named < since else ""
        outcome: Outcome = "holds" if beaten else "does not hold"
        if beaten and named and named < since:
            outcome, short = "not comparable", f"{short}: what was before is not known"
        readings.append(
            reading(figure, label=label, baseline=f"every earlier period since {since:%b %Y}", kind="record",
                    observed=figure.value, words=words, allowed=None, outcome=outcome, notes=(short,),
                    pair=(figure.value, rival.value))
        )  # fmt: skip
    return readings


def _earlier(figure: Figure, source: SeriesSource, since: date) -> list[Figure]:
    """The figures for the periods of the same length before one, back to a day."""
    found: list[Figure] = []
    span = just_before(figure.span)
    while span.start >= since:
        found += source.over(span)
        span = just_before(span)
    return found


RULES: dict[str, Callable[[Claim, Source, Interval], list[CheckReading]]] = {
    "level": levels,
    "change_pct": changes,
    "change_abs": changes,
    "change_factor": changes,
    "trend": trends,
    "record": records,
}


def reading(
    figure: Figure,
    *,
    label: str,
    baseline: str,
    kind: str,
    observed: float,
    words: str,
    allowed: float | None,
    outcome: Outcome,
    notes: Sequence[str] = (),
    against: Figure | None = None,
    pair: tuple[float, float] | None = None,
) -> CheckReading:
    """One row of a check: a figure for the period, with what it was set against and where both come from."""
    said = [n for note in (*notes, figure.note) for n in note.split("; ") if n]
    title, url, official = figure.source_title, figure.source_url, figure.official
    if against:
        said += [f"baseline: {n}" for n in against.note.split("; ") if n and n not in said]
        said += _breaks(figure, against)
        official = official and against.official
        if not against.official and against.source_url != url:
            title, url = _against(title, against.source_title), f"{url} {against.source_url}"
    return CheckReading(
        period_label=label,
        baseline_label=baseline,
        baseline_kind=kind,
        source_id=figure.source_id,
        source_title=title,
        source_url=url,
        vintage=figure.vintage,
        observed=observed,
        observed_text=words,
        numerator=pair[0] if pair else observed,
        denominator=pair[1] if pair else None,
        tolerance=allowed,
        outcome=outcome,
        named=UNNAMED not in said,
        official=official,
        note=". ".join(n[0].upper() + n[1:] for n in dict.fromkeys(said)),
    )


def _against(title: str, other: str) -> str:
    """Two titles in one, without the name of the measure where both begin with it."""
    (own, _, rest), (its, _, other_rest) = title.partition(": "), other.partition(": ")
    return f"{rest}, against {other_rest}" if own == its and rest and other_rest else f"{title}, against {other}"


def _breaks(period: Figure, baseline: Figure) -> list[str]:
    """The definition breaks of a series between a period and its baseline."""
    if period.source_id not in series_habits():
        return []
    first, last = sorted((baseline.span, period.span))
    return [
        f"definition break on {b.date.day} {b.date:%b %Y}: {b.what}"
        for b in series_habits()[period.source_id].breaks
        if first.start < b.date <= last.end
    ]
