"""Whether an official monthly series may be fitted: long enough, without holes, in one unit and on one level.

Unit errors and changes of level are sought in the logarithms of the figures. The change of level at a month is the
median of the figures from it on less the median of those before, over one, three and six figures; it is set against
the scatter of the same quantity over the whole series, measured so that a few wild months do not widen it. A series
that policy or chance throws about is allowed more than a steady one: `least_told` says from which factor on an error
stands out. Pounds for kilograms (2.2) do so only in steady series; policy moved encounters by more than that.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from counterflow.calibration.fitting.observed import Monthly
from counterflow.errors import EvidenceError, UsageError, did_you_mean

Floats = npt.NDArray[np.float64]
Months = npt.NDArray[np.datetime64]

SHORTEST = 24  # published months: in fewer than two years a season cannot be told from a trend
PARTIAL = "partial_month"  # flag of a month that is not whole: its level is not compared with others

# Factors between figures that were read in two units, each with what it turns into what.
FACTORS = {
    2.20462: "pounds for kilograms",
    4.348: "months for weeks",
    12.0: "years for months",
    30.44: "months for days",
    100.0: "percentages for shares",
    453.592: "grams for pounds",
    1000.0: "units for thousands",
}

# What stands out is a judgement: of the bundled series, all months since 2017, nothing reaches these bounds except in
# five months at which policy changed, and errors injected into them do (both in tests/unit/test_series_screening.py).
WINDOWS = (1, 3, 6)  # figures on either side of a change of level
BESIDE = 3  # figures on either side with which a single month is compared
STANDS_OUT = 7.0  # robust standard deviations: a change by a unit's factor
STANDS_FAR_OUT = 9.0  # ... a lasting change by another factor
NEAR = 2.5  # robust standard deviations within which a change is by a unit's factor,
NEAREST = 0.1  # or this in logarithms, whichever is more
SCATTER = 0.02  # the least scatter that is believed, in logarithms,
WILD = 1.0  # and the greatest against which anything is told
CHANGES = 10  # of fewer changes no scatter is told
POLICY = math.log(15.0)  # a break excuses less than this: the greatest true change at one was 9.6 (ports, Feb 2025)
NEVER_ZERO = 30.0  # a zero is an error where the median is less than this many times the least other figure
MOST_ERRORS = 24  # changes that are undone in search of further ones


Kind = Literal["short", "gap", "shift", "unit", "value"]


class Fault(NamedTuple):
    """What keeps a series from being fitted."""

    series: str
    kind: Kind
    months: tuple[str, ...]  # "2025-10": those in doubt
    says: str  # one sentence in plain words, with figures


class Known(NamedTuple):
    """What is documented of a series, so that it is no fault."""

    breaks: tuple[date, ...] = ()  # changed definitions, and policy that moved it at once
    gaps: frozenset[str] = frozenset()  # months, "2025-10", in which nothing was published
    plausible: tuple[float, float] | None = None  # least and greatest figure to be believed, in the series' unit


class _Change(NamedTuple):
    """A change of level that stands out."""

    at: int  # figure from which on, or which alone, the level differs
    alone: bool
    size: float  # in logarithms; that of a unit's factor where one explains it
    strength: float  # robust standard deviations, in units of the bound


def screen(
    series: Sequence[Monthly],
    known: Mapping[str, Known],
    *,
    first: np.datetime64,
    last: np.datetime64 | None = None,
    left_out: Collection[str] = (),
) -> tuple[Monthly, ...]:
    """The series that may be fitted: all that are not named in `left_out`, in their order.

    `first` and `last` are the first month that is fitted and the last that should be published (see `faults`).
    Raises UsageError where `left_out` names what is not there or leaves nothing, EvidenceError that names every
    fault of those that remain, a line each.
    """
    names = [each.name for each in series]
    for name in left_out:
        if name not in names:
            hint = f"{did_you_mean(name, names)}The series are: {', '.join(names)}."
            raise UsageError(f"no series is called {name!r}.", where="--leave-out", hint=hint)
    kept = tuple(each for each in series if each.name not in left_out)
    if not kept:
        raise UsageError("no series is left to fit.", where="--leave-out", hint="Leave out fewer.")
    found: list[Fault] = []
    for each in kept:
        of = known.get(each.name, Known())
        found += faults(
            each, known_breaks=of.breaks, known_gaps=of.gaps, plausible=of.plausible, first=first, last=last
        )
    if found:
        faulty = list(dict.fromkeys(fault.series for fault in found))
        options = " ".join(f"--leave-out {name}" for name in faulty)
        raise EvidenceError(
            f"{len(faulty)} of {len(kept)} series cannot be fitted as they are.\n"
            + "\n".join(f"  {fault.series}: {fault.says}" for fault in found),
            where="observed series",
            hint=f"\nMend the data (what is documented, a break or a gap, passes once it is recorded), or fit without: "
            f"{options}.",
        )
    return kept


def faults(
    series: Monthly,
    *,
    known_breaks: Sequence[date] = (),
    known_gaps: Collection[str] = (),
    plausible: tuple[float, float] | None = None,
    first: np.datetime64,
    last: np.datetime64 | None = None,
    shortest: int = SHORTEST,
) -> tuple[Fault, ...]:
    """What keeps `series` from being fitted from the month `first` on; () where nothing does.

    A break excuses a change of level, up to a factor of 15, in its own month and the next. With `last`, a record that
    ends before that month lacks the months between, save those in `known_gaps`. An error of the whole series is found
    only through `plausible`, the least and greatest figure to be believed.
    """
    within = series.months >= first
    given, figures = series.months[within], np.asarray(series.values, dtype=np.float64)[within]
    whole = np.array([flag != PARTIAL for flag in series.flags], dtype=bool)[within]
    published = ~np.isnan(figures)
    found = [_fault(series.name, *each) for each in _impossible(given, figures, plausible)]
    if published.sum() < shortest:
        says = f"only {published.sum()} months are published since {first}, and {shortest} are needed."
        found.append(Fault(series.name, "short", _words(given[published]), says))
    for missing in _missing(given[published], last, known_gaps):
        says = f"nothing is given for {_span(missing)}; record the gap if the publisher left it."
        found.append(Fault(series.name, "gap", _words(missing), says))
    usable = published & whole & np.isfinite(figures) & (figures > 0)
    months, level = given[usable], np.log(figures[usable])
    excused = {np.datetime64(day, "M") + later for day in known_breaks for later in (0, 1)}
    found += [
        _fault(series.name, *each) for each in _told(_off(months, level, excused), months, level, given[published])
    ]
    return tuple(found)


def least_told(series: Monthly, *, first: np.datetime64) -> float:
    """The least factor by which a lasting error must move the level of `series` to stand out; infinite if none can."""
    usable = (series.months >= first) & (np.nan_to_num(series.values) > 0)
    level = np.log(series.values[usable])
    scatters = [_scatter(_change_of_level(level, window)) for window in WINDOWS]
    return math.exp(STANDS_OUT * min(scatters)) if math.isfinite(min(scatters)) else math.inf


def _impossible(
    months: Months, figures: Floats, plausible: tuple[float, float] | None
) -> Iterator[tuple[Kind, Months, str]]:
    """Figures that cannot be: negative, infinite, zero where the series is never near it, or beyond belief."""
    wrong = np.isinf(figures) | (figures < 0)
    if wrong.any():
        yield "value", months[wrong], f"{figures[wrong][0]:g} in {_span(months[wrong])} is impossible."
    positive = figures[np.isfinite(figures) & (figures > 0)]
    zero = figures == 0
    if zero.any() and len(positive) and np.median(positive) < NEVER_ZERO * positive.min():
        says = f"zero in {_span(months[zero])}, where it is never below {positive.min():,.4g} otherwise."
        yield "value", months[zero], says
    if plausible is None:
        return
    low, high = plausible
    beyond = np.isfinite(figures) & (figures > 0) & ((figures < low) | (figures > high))
    if beyond.any():
        middle = float(np.median(figures[beyond]))
        fits = [f for factor in FACTORS for f in (factor, 1 / factor) if low <= middle / f <= high]
        says = f"about {middle:,.4g} in {_span(months[beyond])}, where {low:,.4g} to {high:,.4g} is to be believed"
        if fits:  # the factor that brings them nearest to the middle of what is believed
            nearest = min(fits, key=lambda f: abs(math.log(middle / f / math.sqrt(low * high))))
            yield "unit", months[beyond], f"{says}; {_unit(nearest)}?"
        else:
            yield "value", months[beyond], f"{says}."


def _missing(published: Months, last: np.datetime64 | None, known: Collection[str]) -> list[Months]:
    """Runs of months after the first published, up to the last or to `last`, that are neither given nor documented."""
    if not len(published):
        return []
    end = published[-1] if last is None else max(published[-1], last)
    every = np.arange(published[0], end + 1)
    lacking = every[~np.isin(every, published) & np.array([str(month) not in known for month in every])]
    return [run for run in np.split(lacking, np.flatnonzero(np.diff(lacking).astype(int) > 1) + 1) if len(run)]


def _change_of_level(level: Floats, window: int) -> Floats:
    """(figure,): median of the `window` figures from each on less that of those before; NaN too near the ends."""
    change = np.full(len(level), np.nan)
    if len(level) >= 2 * window:
        middle = np.median(np.lib.stride_tricks.sliding_window_view(level, window), axis=1)
        change[window : len(level) - window + 1] = middle[window:] - middle[:-window]
    return change


def _scatter(change: Floats) -> float:
    """Standard deviation of changes as told by their middle half and middle four fifths, the larger of the two: what
    the wildest fifth did has no bearing. Infinite where there are too few, or they are too wild.
    """
    known = change[np.isfinite(change)]
    if len(known) < CHANGES:
        return math.inf
    off = np.abs(known - np.median(known))
    scatter = float(max(1.4826 * np.median(off), np.quantile(off, 0.8) / 1.2816, SCATTER))  # of a normal distribution
    return scatter if scatter <= WILD else math.inf


def _alone(level: Floats) -> tuple[Floats, float]:
    """(figure,): by how much each differs from those on both sides, 0 where they disagree; and the usual difference."""
    before, after = np.full(len(level), np.nan), np.full(len(level), np.nan)
    for i in range(1, len(level) - 1):
        before[i] = level[i] - np.median(level[max(0, i - BESIDE) : i])
        after[i] = level[i] - np.median(level[i + 1 : i + 1 + BESIDE])
    up = np.r_[np.nan, np.diff(level)][: len(level)]
    down = -np.r_[np.diff(level), np.nan][: len(level)]
    # a month within a short stretch differs from both medians, but not from the month beside it
    agree = (np.sign(before) == np.sign(after)) & (up * before > before**2 / 2) & (down * after > after**2 / 2)
    both = np.where(agree, np.sign(before) * np.minimum(np.abs(before), np.abs(after)), 0.0)
    return both, _scatter(np.concatenate([before, after]))


def _off(months: Months, level: Floats, excused: Collection[np.datetime64]) -> Floats:
    """(figure,): by how much each is off the level of the others, in logarithms, told from changes that stand out.

    The strongest is undone before the next is sought. The level on which most figures lie is taken as right.
    """
    off, seen = np.zeros(len(level)), set[tuple[int, bool]]()
    while len(seen) < MOST_ERRORS:
        candidates = _candidates(months, level - off, excused)
        strongest = max(candidates, key=lambda change: change.strength, default=None)
        if strongest is None or (strongest.at, strongest.alone) in seen:
            break
        seen.add((strongest.at, strongest.alone))
        off[strongest.at : strongest.at + 1 if strongest.alone else None] += strongest.size
    if not seen:
        return off
    values, counts = np.unique(np.round(off, 9), return_counts=True)
    return np.asarray(np.round(off - values[np.argmax(counts)], 9))


def _candidates(months: Months, level: Floats, excused: Collection[np.datetime64]) -> Iterator[_Change]:
    """Every figure alone and every change of level that stands out and is not excused."""
    steps = _change_of_level(level, 1)
    lasting = _change_of_level(level, BESIDE)
    both, usual = _alone(level)
    looked = [(True, 1, both, usual)]
    for window in WINDOWS:
        change = _change_of_level(level, window)
        looked.append((False, window, change, _scatter(change)))
    for alone, window, change, scatter in looked:
        for i in np.flatnonzero(np.abs(np.nan_to_num(change)) > STANDS_OUT * scatter).tolist():
            size = float(change[i])
            # medians over several figures move some months early or late: the greatest step tells when
            early: int = max(1, i - window + 1)
            at = i if window == 1 else early + int(np.argmax(math.copysign(1.0, size) * steps[early : i + window]))
            if months[at] in excused and abs(size) < POLICY:
                continue
            tolerance = max(NEAREST, NEAR * scatter)
            factor = _nearest(size)
            explained = abs(size) > POLICY or abs(size - math.log(factor)) <= tolerance
            if explained and (alone or window > 1 or _stays_or_returns(steps, lasting, at, size, tolerance)):
                yield _Change(at, alone, math.log(factor), abs(size) / scatter / STANDS_OUT)
            elif not alone and abs(size) > STANDS_FAR_OUT * scatter and abs(np.nan_to_num(lasting[at])) > abs(size) / 2:
                yield _Change(at, alone, size, abs(size) / scatter / STANDS_FAR_OUT)


def _stays_or_returns(steps: Floats, lasting: Floats, at: int, size: float, tolerance: float) -> bool:
    """Whether a step is that of another unit: the level stays, or steps back, or the record ends before it is seen."""
    if math.isnan(lasting[at]) or abs(size) > POLICY:
        return True
    beside = np.r_[steps[max(1, at - BESIDE) : at], steps[at + 1 : at + 1 + BESIDE]]
    return bool(abs(lasting[at] - size) <= 2 * tolerance or (np.abs(beside + size) <= 2 * tolerance).any())


def _told(off: Floats, at: Months, level: Floats, months: Months) -> Iterator[tuple[Kind, Months, str]]:
    """The runs of figures that are off by the same, in words: (figure,) off, month and level, (month,) published."""
    ends = np.flatnonzero(np.diff(off)) + 1
    for run in np.split(np.arange(len(off)), ends):
        if not len(run) or off[run[0]] == 0:
            continue
        start, stop = int(run[0]), int(run[-1]) + 1
        others = np.r_[level[max(0, start - BESIDE) : start], level[stop : stop + BESIDE]]
        times = math.exp(np.median(level[run]) - np.median(others))
        factor = _nearest(float(off[start]))
        if abs(off[start] - math.log(factor)) > NEAREST:
            two = at[[start - 1, start]] if start else at[[stop - 1, stop]]
            says = (
                f"the level changes by a factor of {times if start else 1 / times:.3g} from {two[0]} to {two[1]} and "
                "stays, more than the series' own scatter explains; record the break if there was one."
            )
            yield "shift", two, says
            continue
        those = months[(months >= at[start]) & (months <= at[stop - 1])]
        doubt = ", or else those after" if not start else ", or else those before" if stop == len(off) else ""
        says = f"{_span(those)}: {times:.3g} times the level beside, as in another unit: {_unit(factor)}{doubt}."
        yield "unit", those, says


def _nearest(size: float) -> float:
    factor = min(FACTORS, key=lambda factor: abs(math.log(factor) - abs(size)))
    return factor if size > 0 else 1 / factor


def _unit(factor: float) -> str:
    larger = min(FACTORS, key=lambda known: abs(math.log(known) - abs(math.log(factor))))
    return f"{FACTORS[larger]}, {larger:.4g}" if factor > 1 else f"the reverse of {FACTORS[larger]}, 1/{larger:.4g}"


def _fault(series: str, kind: Kind, months: Months, says: str) -> Fault:
    return Fault(series, kind, _words(months), says)


def _words(months: Months) -> tuple[str, ...]:
    return tuple(str(month) for month in months)


def _span(months: Months) -> str:
    if len(months) == 1:
        return str(months[0])
    run = (months[-1] - months[0]).astype(int) + 1 == len(months)
    return f"{months[0]} to {months[-1]}" if run else f"{len(months)} months from {months[0]} to {months[-1]}"
