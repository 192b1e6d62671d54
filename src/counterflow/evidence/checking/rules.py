"""How each type of claim is tested against one source of figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from counterflow.brief.schema import Claim
from counterflow.evidence.checking.baselines import (
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
from counterflow.evidence.checking.definitions import incomparable, may_mix
from counterflow.evidence.checking.figures import Figure, Source
from counterflow.evidence.checking.reading import reading
from counterflow.evidence.checking.records import records, thresholds
from counterflow.evidence.periods import a_year_earlier, just_before, spell
from counterflow.evidence.schema import CheckReading, Outcome

SHORT_DAYS = 7  # a count over at most a week invites comparison with an ordinary week
UNUSUAL = 0.05  # a count is out of the ordinary where it is at least this share above the average
Interval = tuple[date, date]


def changes(claim: Claim, source: Source, interval: Interval) -> list[CheckReading]:
    """A change in percent, in number or as a factor, or a direction, against every baseline."""
    # A share or a factor is the same in every unit; a number is in the claim's.
    scale = in_unit_of(claim, 1.0, source.unit) if claim.claim_type == "change_abs" else 1.0
    return [changed(claim, compared, scale) for compared in comparisons(claim, source, interval)]


def changed(claim: Claim, compared: Compared, scale: float | None = 1.0) -> CheckReading:
    """One reading of a change: a figure for the period against one for the baseline, like with like.

    `scale` takes the figures to the claim's unit; None where nothing does.
    """
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
        if outcome == "does not hold":
            note = _how_far(claim, size, sign * percent)
    if compared.period.fit in ("mixed", "elsewhere") or not then:
        outcome, note = "not comparable", ""
    elif claim.claim_type == "change_abs" and claim.rate is None and per:
        outcome, note, allowed = "not comparable", "a change in number is one between periods of the same length", None
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


def _how_far(claim: Claim, size: float, claimed_way: float) -> str:
    """How a change misses the stated one; `claimed_way` is in percent, positive where it went as the claim says."""
    if claim.direction != "none" and claimed_way < 0:
        return f"the change went the other way: a {'rise' if claim.direction == 'down' else 'fall'}"
    if claim.value is None or claim.bound not in ("=", "~"):
        return ""
    return f"the change was {'larger' if size > claim.value else 'smaller'} than stated"


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
    tested = [r for r in readings if r.outcome != "not comparable" and r.observed is not None]
    if claim.rate or not tested or not spans or max(span.days for span in spans) > SHORT_DAYS:
        return []
    ordinary = [
        (figure, year)
        for source in sources
        if source.kind == "flow"
        for year in [year_before(spans[0], source)]
        for figure in source.over(year)
        if may_mix(tested[0].series_id, figure.series_id) and not incomparable(figure)
    ]
    if not ordinary:
        return []
    figure, year = min(ordinary, key=lambda o: (not o[0].complete, o[0].proxy, not o[0].official))
    days, observed, usual = spans[0].days, tested[0].observed or 0.0, figure.per_day * spans[0].days
    length = "day" if days == 1 else f"{days} days"
    above = observed > usual + max(rounding(claim.value or 0.0), UNUSUAL * usual)
    contrast = [
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
    # whoever stated the count stated the contrast: the ordinary one is only what it is set against
    whose = {"issuer": tested[0].issuer, "trust": tested[0].trust}
    return [one.model_copy(update=whose) for one in contrast]


def trends(claim: Claim, source: Source, interval: Interval) -> list[CheckReading]:
    """A direction without a number, and what had happened in the year before the period of the claim."""
    readings = changes(claim, source, interval)
    for _, figure in period_figures(claim, source, interval)[:1]:
        before = just_before(figure.span)
        for now in source.over(before):
            for then in source.over(a_year_earlier(now.span)):
                label = f"the year to {spell(now.span)}, from {spell(then.span)}"
                why = "what had happened before the period of the claim"
                context = changed(claim, Compared(spell(now.span), now, label, "context", then, why))
                readings.append(context.model_copy(update={"outcome": "not comparable"}))
    return readings


Rule = Callable[[Claim, Source, Interval], list[CheckReading]]
RULES: dict[str, Rule] = {
    "level": levels,
    "change_pct": changes,
    "change_abs": changes,
    "change_factor": changes,
    "trend": trends,
    "record": records,
    "threshold": thresholds,
}
