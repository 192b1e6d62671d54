"""Published results reproduced: every target asked of the model, and whether the answer lies in its band.

Inside means: the median over draws lies in the band, and the 90% width of the draws is at most three band widths. A
wide prior passes nothing. Nothing is tuned to a target; where one lies outside, its row says why.
"""

from __future__ import annotations

import difflib
import math
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from counterflow.calibration.bench import Bench
from counterflow.calibration.published import Target
from counterflow.calibration.published import targets as published_targets
from counterflow.calibration.targets import answer, said
from counterflow.errors import JudgementError, UsageError
from counterflow.evidence.store import Store

WIDEST = 3.0  # band widths that the 90% width of the model may span
DRAWS = 400
FEWEST = 20
Progress = Callable[[int, int], None]


class Outcome(NamedTuple):
    """A target and what the model gives for it: median over draws, and their 5% and 95% points."""

    target: Target
    value: float | None  # None: the model has nothing to say
    low: float | None
    high: float | None
    inside: bool | None  # None: reported, and not judged
    note: str = ""  # what a reader has to know to weigh it


def outcome(target: Target, values: Any, note: str = "") -> Outcome:
    """The outcome of a target from what its study gave: (draw,), or one value; not a number where the model has no
    such thing."""
    values = np.atleast_1d(np.asarray(values, np.float64))
    if not np.isfinite(values).all():
        return Outcome(target, None, None, None, None if target.band is None else False, note)
    low, median, high = (float(point) for point in np.quantile(values, [0.05, 0.5, 0.95]))
    inside = None
    if target.band is not None:
        width = target.band.width
        slack = 1e-9 * max(1.0, abs(width)) if math.isfinite(width) else 0.0
        inside = target.band.holds(median) and high - low <= WIDEST * width + slack
    return Outcome(target, median, low, high, inside, note)


def covers(one: Outcome) -> bool | None:
    """Whether the published value lies in the model's 5-95%; None where it is no number, or no event study."""
    number = one.target.number
    if one.target.kind != "C" or number is None:
        return None
    return one.low is not None and one.high is not None and one.low <= number <= one.high


def chosen(names: Sequence[str] | None) -> tuple[Target, ...]:
    """The targets named, by id ("B3.1"), by what an id begins with ("B3") or by letter ("B"); None for all.

    Raises UsageError for a name that fits none, with the nearest one.
    """
    known = published_targets()
    if names is None:
        return tuple(known.values())
    found: dict[str, Target] = {}
    for name in names:
        fitting = {key: one for key, one in known.items() if key == name or key.startswith(f"{name}.")}
        fitting = fitting or {key: one for key, one in known.items() if one.letter == name}
        if not fitting:
            every = dict.fromkeys(
                [*known, *(one.of for one in known.values()), *(one.letter for one in known.values())]
            )
            near = difflib.get_close_matches(name.upper(), every, n=1, cutoff=0.4)
            meant = f"Did you mean {near[0]}? " if near else ""
            hint = f"{meant}Give a letter (B), a target (B3) or a part of one (B3.1)."
            raise UsageError(f"no target is called {name!r}", where="TARGETS", hint=hint)
        found |= fitting
    return tuple(one for key, one in known.items() if key in found)


class Counts(NamedTuple):
    """How many of how many, with their ids."""

    of: tuple[str, ...]
    inside: tuple[str, ...]

    @property
    def fraction(self) -> str:
        return f"{len(self.inside)} of {len(self.of)}"


def by_row(outcomes: Sequence[Outcome], kind: str, how: str | None = None) -> Counts:
    """The rows of a kind that are judged, and those inside."""
    judged = [one for one in outcomes if one.target.kind == kind and one.target.how == how and one.inside is not None]
    return Counts(tuple(one.target.id for one in judged), tuple(one.target.id for one in judged if one.inside))


def by_target(outcomes: Sequence[Outcome]) -> Counts:
    """The event studies of which all parts were asked for, and those with all parts inside."""
    parts: dict[str, list[str]] = {}
    for one in published_targets().values():
        if one.kind == "C":
            parts.setdefault(one.of, []).append(one.id)
    found = {one.target.id: bool(one.inside) for one in outcomes}
    asked = {name: ids for name, ids in parts.items() if all(part in found for part in ids)}
    return Counts(tuple(asked), tuple(name for name, ids in asked.items() if all(found[part] for part in ids)))


def counted(outcomes: Sequence[Outcome]) -> list[str]:
    """The counts in sentences, the event studies by target last. What is of kind F is reported and not counted."""
    lines = []
    rows = []
    for kind, how in (("V", "same equations"), ("V", "within reach"), ("C", None), ("X", None)):
        count = by_row(outcomes, kind, how)
        if count.of:
            rows.append(f"{kind}{f' {how}' if how else ''} {count.fraction}")
    if rows:
        lines.append(f"Inside, by row: {', '.join(rows)}.")
    back = [one.target.id for one in outcomes if one.inside and one.target.reads_back and one.target.kind != "F"]
    if back:
        lines.append(
            f"Of these, {len(back)} read a prior or an input back that was set from the same source: {', '.join(back)}."
        )
    conditioned = [one.target.id for one in outcomes if one.target.conditioned_on]
    if conditioned:
        lines.append(f"Conditioned on, no credit: {', '.join(conditioned)}.")
    reported = [one for one in outcomes if one.target.kind == "F" or one.inside is None]
    if reported:
        lines.append(f"Reported and not counted: {len(reported)}.")
    targets = by_target(outcomes)
    if targets.of:
        back_at = {one.target.of for one in outcomes if one.target.kind == "C" and not one.target.reads_back}
        own = [name for name in targets.of if name in back_at]
        own_inside = [name for name in targets.inside if name in back_at]
        lines.append(
            f"Event studies, by row: {by_row(outcomes, 'C').fraction}; by target that reads no prior or input back: "
            f"{len(own_inside)} of {len(own)}."
        )
        lines.append(f"Event studies, by target, a target counting only with all its parts inside: {targets.fraction}.")
    return lines


def verify(
    targets: Sequence[str] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
) -> tuple[Outcome, ...]:
    """Ask the model for every target (or those named), over `draws` draws from the priors.

    Targets dated before 2019, and later ones of one mechanism, run on the mechanisms alone; the others on the coupled
    system from the week before the event. Raises UsageError for a target that there is not, JudgementError for fewer
    than 20 draws.
    """
    if draws < FEWEST:
        raise JudgementError(f"{draws} draws asked for", hint=f"Give at least {FEWEST}; {DRAWS} is the default.")
    asked = chosen(targets)
    bench = Bench(draws, seed, store or Store.open())
    found = []
    for number, target in enumerate(asked):
        found.append(outcome(target, answer(bench, target.id), said(bench, target.id)))
        if progress:
            progress(number + 1, len(asked))
    return tuple(found)


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The outcomes as plain data, and the counts; `why` only where one lies outside."""
    targets = by_target(outcomes)
    return {
        "targets": [
            {
                "target": one.target.id,
                "kind": one.target.kind,
                "what": one.target.what,
                "unit": one.target.unit,
                "published": one.target.published,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "band": [one.target.band.low, one.target.band.high] if one.target.band else None,
                "inside": one.inside,
                "covers": covers(one),
                "how": one.target.how,
                "band_by": one.target.band_by if one.target.band else None,
                "reads_back": one.target.reads_back,
                "because": one.target.because,
                "conditioned_on": one.target.conditioned_on,
                "note": one.note,
                "parameters": one.target.parameters,
                "source": one.target.source,
            }
            | ({"why": one.target.why} if one.inside is False and one.target.why else {})
            for one in outcomes
        ],
        "event_studies": {
            "rows": len(by_row(outcomes, "C").of),
            "rows_inside": len(by_row(outcomes, "C").inside),
            "targets": list(targets.of),
            "targets_inside": list(targets.inside),
        },
    }


MARKS = {True: "inside", False: "OUTSIDE", None: "reported"}
KINDS = {
    "V": "verification: the same equations, or within reach by parameters chosen inside their priors",
    "C": "event studies over the priors as they are",
    "F": "what may fail, and is reported",
    "X": "the whole model",
}


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes in plain text, by kind: what the model gives, what is published, the band, and why not.

    What several studies in a row are given is said once. Bands that the list of targets does not give are marked *.
    """
    lines: list[str] = []
    for kind, title in KINDS.items():
        rows = [one for one in outcomes if one.target.kind == kind]
        if not rows:
            continue
        judged = [one for one in rows if one.inside is not None]
        count = f": {sum(bool(one.inside) for one in judged)} of {len(judged)} inside" if kind != "F" else ""
        lines += [f"{kind}  {title}{count}", ""]
        missed = [one.target.id for one in rows if covers(one) is False]
        if missed:
            lines[-1:] = [*_folded(f"Published values outside the model's 5-95%: {', '.join(missed)}."), ""]
        said = ""
        for one in rows:
            of = one.target
            lines.append(f"  {MARKS[one.inside]:<9}{of.id:<22}{_model(one):<36}{_band(one)}")
            lines += _folded(f"{of.what} ({of.unit}). Published: {of.published}. {of.source}.")
            if of.parameters and of.parameters != said:
                lines += _folded(f"Given: {of.parameters}.")
            said = of.parameters
            if of.how:
                lines += _folded(f"Kind: {of.how}.")
            if of.reads_back:
                lines += _folded(f"Reads back: {of.because}")
            if of.conditioned_on:
                lines += _folded(f"Conditioned on, no credit: draws meet the joint condition {of.conditioned_on}.")
            if one.note:
                lines += _folded(f"Note: {one.note}")
            if one.inside is False and of.why:
                lines += _folded(f"Outside because: {of.why}")
        lines.append("")
    return "\n".join(lines).rstrip()


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, 108, initial_indent=" " * 11, subsequent_indent=" " * 11)


def _model(one: Outcome) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "not modelled"
    if one.low == one.high:
        return f"{_short(one.value)}"
    return f"{_short(one.value)} ({_short(one.low)} to {_short(one.high)})"


def _band(one: Outcome) -> str:
    band = one.target.band
    if band is None:
        return "no band"
    mark = "*" if one.target.band_by == "ours" else ""
    if band.low is None:
        return f"band{mark}: at most {_short(band.high or 0.0)}"
    if band.high is None:
        return f"band{mark}: at least {_short(band.low)}"
    return f"band{mark}: {_short(band.low)} to {_short(band.high)}"


def _short(value: float) -> str:
    if value != 0.0 and abs(value) < 0.01:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
