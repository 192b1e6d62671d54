"""What the readings of a claim add up to: the verdict, its reasons in plain words, and the chart to draw it
on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import Measure, measures, series_habits
from counterflow.evidence.checking.baselines import NO_PERIOD, ends_undated, stated_spans
from counterflow.evidence.checking.comparing import DAYS_IN, TON, signed, spell_number
from counterflow.evidence.checking.figures import Source
from counterflow.evidence.checking.independence import REPEATED
from counterflow.evidence.checking.pairs import OWN_PAIR
from counterflow.evidence.checking.reading import AGAINST, sentences
from counterflow.evidence.schema import Check, CheckReading, CheckVerdict

NOTHING_ELSE = "Nothing independent confirms this claim"
NO_SERIES = ("points", "events", "document")  # what readings rest on that is no official series
FEW = 5  # fewer points than these make no chart where a series of the measure exists


def rolled_up(claim: Claim, readings: Sequence[CheckReading], measure: Measure, reason: str = "") -> Check:
    """The verdict over all readings of what the document states: some, all or none hold, only the direction is
    known, or nothing could be compared. Baselines that it does not name are shown beside where it names one.

    What only the claimant ever stated does not confirm the claimant: where nothing else decides, a figure that
    agrees leaves the claim not checkable; one that does not agree counts against it. `reason` says why there are no
    readings, where a rule knows.
    """
    stated = [r for r in readings if r.named]
    holds = [r for r in stated if r.outcome == "holds"]
    fails = [r for r in stated if r.outcome == "does not hold"]
    same_way = [r for r in readings if r.outcome == "direction only"]
    only_own = bool(holds) and not fails and not any(r.independent for r in holds)
    verdict: CheckVerdict
    if same_way:
        verdict = "direction_only"
    elif (holds or fails) and not only_own:
        verdict = "holds_some" if holds and fails else "holds_all" if holds else "holds_none"
    else:
        verdict = "not_checkable" if readings or reason else "no_series"
    if only_own:
        explanation = f"{NOTHING_ELSE}. Only the claimant's own figure speaks of this: {_listed(holds)}."
    elif verdict in ("no_series", "not_checkable"):
        explanation = reason or _why_none(claim, readings, measure)
    else:
        tested_on = _tested_on(claim, [*holds, *fails, *same_way])
        explanation = _own(holds, _explained(verdict, holds, fails, same_way, measure, tested_on))
    beside = [r for r in readings if not r.named and r.baseline_kind != OWN_PAIR]
    explanation += _beside([r for r in beside if r.outcome in ("holds", "does not hold")])
    explanation += "".join(_self_check(r) for r in readings if r.baseline_kind == OWN_PAIR)
    return Check(
        claim=claim,
        verdict=verdict,
        explanation=explanation,
        flags=_flags(claim, readings, [*holds, *fails, *same_way]),
        readings=tuple(readings),
    )


def _flags(claim: Claim, readings: Sequence[CheckReading], deciding: Sequence[CheckReading]) -> tuple[str, ...]:
    """What a reader must know about all the figures at once; `deciding` are those that the verdict rests on."""
    tested = [r for r in readings if r.outcome != "not comparable" and r.baseline_kind != OWN_PAIR]
    own_pair = [r for r in readings if r.baseline_kind == OWN_PAIR]
    ids = {r.series_id for r in tested}
    flags = {
        "no official series": bool(tested) and not ids - {"points", "events"} and ids != {"events"},
        "event record": ids == {"events"},
        "claimant's own figure": any(not r.independent for r in [*deciding, *(_repeated(readings))]),
        "a series that stands near it": bool(ids & _proxies(claim.measure)),
        "crosses a change of definition": any(r.breaks for r in deciding),
        "the figure is for another period": any("(stated: " in r.period for r in tested),
        "no period stated": bool(tested) and all(NO_PERIOD in r.period for r in tested),
        "no baseline stated": bool(tested)
        and claim.claim_type.startswith("change")
        and (claim.baseline is None or claim.baseline.kind == "none"),
        "disagrees with its own pair": any(r.outcome == "does not hold" for r in own_pair),
    }
    return tuple(flag for flag, applies in flags.items() if applies)


@cache
def _proxies(measure: str | None) -> frozenset[str]:
    """The series that only stand in for a measure, or for one that it may mean where no figures are of itself."""
    of = measures().get(measure or "")
    meant = {*of.open} if of and of.unsaid else {measure}
    return frozenset(id for id, habits in series_habits().items() if not meant.isdisjoint(habits.proxy))


def _tested_on(claim: Claim, deciding: Sequence[CheckReading]) -> str:
    """The official series that a verdict rests on, by their titles, so that a reader sees where another was meant."""
    titles = {r.source_title.partition(AGAINST)[0]: r.series_id for r in deciding if r.series_id not in NO_SERIES}
    proxies = _proxies(claim.measure)
    near = {
        title: ", which only stands near what is claimed" if series_id in proxies else ""
        for title, series_id in titles.items()
    }
    return f"Tested on {'; '.join(f'{title}{words}' for title, words in near.items())}." if near else ""


def _repeated(readings: Sequence[CheckReading]) -> list[CheckReading]:
    """Figures that would have been compared, were they not the document's own publisher's."""
    return [r for r in readings if not r.independent and r.note.startswith(sentences([REPEATED]))]


def _listed(readings: Sequence[CheckReading]) -> str:
    shown = "; ".join(f"{r.baseline_label} ({r.observed_text})" for r in readings[:2])
    return shown + (f"; and {len(readings) - 2} more" if len(readings) > 2 else "")


def _explained(
    verdict: CheckVerdict,
    holds: Sequence[CheckReading],
    fails: Sequence[CheckReading],
    same_way: Sequence[CheckReading],
    measure: Measure,
    tested_on: str,
) -> str:
    if verdict == "direction_only":
        parts = [f"The claim has no number. Its direction is right against {_listed(same_way)}."]
        parts += [f"The other way against {_listed(fails)}."] if fails else []
        return " ".join([*parts, tested_on] if tested_on else parts)
    parts = []
    if holds:
        parts.append(f"Holds against {_listed(holds)}.")
    if fails:
        parts.append(f"Does not hold against {_listed(fails)}.")
    if tested_on:
        parts.append(tested_on)
    if measure.caveat:
        parts.append(f"Such figures are {measure.caveat}.")
    return " ".join(parts)


def _why_none(claim: Claim, readings: Sequence[CheckReading], measure: Measure) -> str:
    """Why nothing could be compared, in the words of the first reading that the document names, if it says."""
    if not readings:
        if claim.claim_type == "record":
            return f"No series of {measure.title} reaches far enough to test a record at the time of the claim."
        return f"No figure on {measure.title} covers the claim."
    if claim.unit == "ton":
        return f"The claim is not compared with figures on {measure.title}: {TON}."
    general = f"There are figures on {measure.title}, but none for the period and unit of the claim."
    named = [r for r in readings if r.named]
    if not named:
        words = " ".join(claim.baseline.text.split()) if claim.baseline else ""
        if ends_undated(claim):
            return f"The baseline that the document names, “{words}”, ends at a time that it does not date."
        return f"No source on {measure.title} has both the period and the baseline that the document names, “{words}”."
    said = next((r.note.partition(". ")[0] for r in named if r.outcome == "not comparable" and r.note), "")
    if said and (claim.claim_type == "record" or said.lower() == REPEATED.lower()):
        return f"{said}."
    return f"{general} {said}." if said else general


def _own(holds: Sequence[CheckReading], explanation: str) -> str:
    """An explanation with a word on figures that agree but are the claimant's own; before all else where no other
    agrees."""
    own = [r for r in holds if not r.independent]
    if not own:
        return explanation
    offices = dict.fromkeys(code for r in own for code in r.issuer.split(", ") if code)
    who = f" ({'; '.join(_office_names().get(code, code) for code in offices)})" if offices else ""
    said = "it shows what was said, and is no independent proof"
    if any(r.independent for r in holds):
        return f"{explanation} Of what agrees, one is the claimant's own figure{who}: {said}."
    return f"{NOTHING_ELSE}: what agrees is the claimant's own figure{who}; {said}. {explanation}"


def _office_names() -> dict[str, str]:
    """What readers are told instead of the codes of offices."""
    names: dict[str, str] = codebook.table("parties")["names"]
    return names


def _beside(readings: Sequence[CheckReading]) -> str:
    """What a reader should see against baselines that the document does not name."""
    if not readings:
        return ""
    shown = "; ".join(f"{r.baseline_label} ({r.observed_text})" for r in readings[:2])
    return f" Against baselines that it does not name: {shown}."


def _self_check(reading: CheckReading) -> str:
    """Whether a percentage agrees with the two levels in its own sentence."""
    agrees = "as stated" if reading.outcome == "holds" else "which is not what it states"
    pair = reading.baseline_label.removeprefix("its own pair: ")
    return f" Its own pair ({pair}) gives {reading.observed_text.removeprefix('the pair gives ')}, {agrees}."


def with_chart(check: Check, sources: Sequence[Source], used: Source | None, interval: tuple[date, date]) -> Check:
    """Add the figures to draw the claim on, and the level that it states or implies, in their unit.

    Drawn is what the claim was tested against; where that is a handful of single figures, a series of the
    measure that reaches the time of the document, if there is one.
    """
    candidates = [(source, *source.chart()) for source in ((used,) if used else ()) + tuple(sources)]
    full = [c for c in candidates if len(c[1]) >= FEW and c[1][-1].date >= interval[0].replace(day=1)]
    chosen = next(iter(full or [c for c in candidates if c[1]]), None)
    if chosen is None:
        return check
    source, points, unit = chosen
    mark, label = _mark(check, unit, source.kind == "flow")
    return check.model_copy(
        update={
            "chart_title": source.title,
            "chart_unit": unit,
            "chart": points,
            "chart_mark": mark,
            "chart_mark_label": label,
        }
    )


def _mark(check: Check, unit: str, is_flow: bool) -> tuple[float | None, str]:
    """The level that the claim states or implies, in the chart's unit; None where it implies none."""
    claim = check.claim
    if claim.value is None:
        return None, ""
    days = DAYS_IN.get(unit.rpartition(" a ")[2], 1.0)
    if claim.claim_type == "level":
        if not is_flow:
            return claim.value, "as the document states"
        spans = stated_spans(claim)
        if not claim.rate and not spans:
            return None, ""
        per_day = claim.value / (DAYS_IN[claim.rate] if claim.rate else spans[0].days)
        return per_day * days, f"{spell_number(claim.value)} as stated, in {unit}"
    reading = next((r for r in check.readings if r.denominator and r.outcome != "not comparable"), None)
    if claim.claim_type != "change_pct" or reading is None or reading.denominator is None:
        return None, ""
    change = (-1 if claim.direction == "down" else 1) * claim.value
    base = reading.denominator * (days if " a day" in reading.observed_text else 1.0)
    return base * (1 + change / 100), f"{signed(change, '+g')}% from {reading.baseline_label}"
