"""Whether to believe a publisher's files: known series, possible values, sums that add up, no wild jumps."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from counterflow.errors import EvidenceError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.connectors.official import Extract
from counterflow.evidence.periods import add_months
from counterflow.evidence.store import Store
from counterflow.evidence.updating.difference import Change, period_end

NOT_WHOLE = {"lb"}  # units that need not be whole numbers, besides levels
FORMAT = "The publisher may have changed the format, or this is another file."

# What is too wild to be believed unseen. Such bounds are a judgement: wide enough that no revision and no month in
# the bundled record trips them, narrow enough for a lost digit, a column read for another, or half a file.
SMALL = 100.0  # below this a figure may do anything
HABITS = 5.0  # a figure revised by more than this many times the series' usual revision,
LEAST = 0.02  # or by more than this share, whichever is greater;
REVISED_BY = 1.25  # of a series whose usual revision is not known: by more than this factor,
MOST = 0.5  # or more than this share of the figures held both before and now ...
UNKNOWN = 0.10  # ... by more than this share
ENOUGH = 10  # fewer figures than these are not called most
NEW_BY = 10.0  # a new figure beyond this factor of the highest and lowest of the last two years
TWO_YEARS = 24
HALF_OF_TEN = 5  # by how much a figure that was rounded to 10 may differ from the exact one
VANISHED = 0.2  # more than this share of the figures that the files should hold


def require_possible(extract: Extract, store: Store, today: date, where: str) -> None:
    """Raise EvidenceError where figures are of no known series or place, doubled, impossible, of the future, or where
    sums do not add up."""
    if not extract.figures:
        raise EvidenceError("the files hold no figure of a series that is kept.", where=where, hint=FORMAT)
    doubled = [key for key, n in Counter((f.series_id, f.geo, f.date) for f in extract.figures).items() if n > 1]
    if doubled:
        raise EvidenceError(f"two figures are given for {_words(*doubled[0])}.", where=where, hint=FORMAT)
    for figure in extract.figures:
        series = store.about(figure.series_id)
        what = _words(figure.series_id, figure.geo, figure.date)
        wrong = ""
        if figure.geo not in series.geos:
            wrong = "the series has no such place"
        elif not math.isfinite(figure.value) or figure.value < 0:
            wrong = f"{figure.value:g} is impossible"
        elif series.kind == "flow" and series.unit.split()[0] not in NOT_WHOLE and figure.value != int(figure.value):
            wrong = f"{figure.value:g} is not a whole number"
        elif figure.date.day != 1 or figure.date.year < 1900:
            wrong = "that is not the first day of a period"
        elif figure.date > today or (period_end(figure.date, series) > today and figure.flag != "partial_month"):
            wrong = f"that period is not over on {today}"
        if wrong:
            raise EvidenceError(f"{what}: {wrong}.", where=where, hint=FORMAT)
    broken = [t for t in extract.totals if abs(t.stated - t.added) > t.allowed]
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        said = f"{broken[0].what}: {broken[0].stated:,g} is stated and {broken[0].added:,g} is the sum{more}."
        raise EvidenceError(said, where=where, hint="The file may be cut short or damaged: fetch it again.")


def require_plausible(changes: Sequence[Change], extract: Extract, store: Store, where: str) -> None:
    """Raise EvidenceError where the files differ from what is held more wildly than revisions do.

    What is refused here can be let through by the user who has looked at it.
    """
    wild = [
        *_revised_wildly(changes, extract),
        *_new_wildly(changes, store),
        *_vanished_wildly(changes, extract),
    ]
    if wild:
        more = f" (and {len(wild) - 1} more such)" if len(wild) > 1 else ""
        raise EvidenceError(
            f"{wild[0]}{more}{'' if wild[0].endswith('?') else '.'}",
            where=where,
            hint="Compare with the publisher's own page; if it says so too, let it through with --accept-jumps.",
        )


def _revised_wildly(changes: Sequence[Change], extract: Extract) -> list[str]:
    revised: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind == "revised" and change.before is not None and change.before >= SMALL:
            revised[change.series_id].append(change)
    found = []
    for series_id, rows in revised.items():
        given = sum(f.series_id == series_id for f in extract.figures)
        known = given - sum(c.series_id == series_id and c.kind == "new" for c in changes)
        usual = series_habits()[series_id].revision
        bound = max(LEAST, HABITS * usual) if usual else UNKNOWN
        far = [c for c in rows if abs((c.after or 0.0) - (c.before or 0.0)) > bound * (c.before or 0.0) + HALF_OF_TEN]
        if known >= ENOUGH and len(far) > MOST * known:
            found.append(f"{series_id}: {len(far)} of {known} figures that were known changed by more than {bound:.0%}")
        found += [
            f"{_words(c.series_id, c.geo, c.date)}: revised from {c.before:,g} to {c.after:,g}"
            for c in far
            if usual or not (c.before or 0.0) / REVISED_BY <= (c.after or 0.0) <= (c.before or 0.0) * REVISED_BY
        ]
    return found


def _new_wildly(changes: Sequence[Change], store: Store) -> list[str]:
    """New figures far outside what the periods before them held, those that the files give among them."""
    histories: dict[tuple[str, str], dict[date, float]] = {}
    found = []
    for change in changes:  # in order of series, geography and date
        key = (change.series_id, change.geo)
        if key not in histories:
            histories[key] = {o.date: o.value for o in store.observations(*key)}
        if change.kind == "new" and change.after is not None:
            since = add_months(change.date, -TWO_YEARS)
            recent = [value for day, value in histories[key].items() if since <= day < change.date]
            high, low = max([SMALL, *recent]), min(recent, default=0.0)
            if recent and (change.after > NEW_BY * high or (low >= SMALL and change.after < low / NEW_BY)):
                what = _words(change.series_id, change.geo, change.date)
                found.append(f"{what}: {change.after:,g}, after {low:,g} to {max(recent):,g} in the two years before")
        if change.after is not None:
            histories[key][change.date] = change.after
    return found


def _vanished_wildly(changes: Sequence[Change], extract: Extract) -> list[str]:
    """Many figures that are gone, or the latest: the sign of half a file, or of an edition older than the last."""
    gone = {change.series_id: [c.date for c in changes if c.series_id == change.series_id and c.kind == "vanished"]
            for change in changes if change.kind == "vanished"}  # fmt: skip
    found = []
    for series_id, days in gone.items():
        given = [f.date for f in extract.figures if f.series_id == series_id]
        if given and max(days) > max(given):
            last, known = f"{max(given):%b %Y}", f"{max(days):%b %Y}"
            found.append(f"{series_id}: the files end in {last}, and {known} is known: is this an older edition?")
        elif len(days) >= ENOUGH and len(days) > VANISHED * (len(days) + len(given)):
            found.append(f"{series_id}: {len(days)} figures that were known are gone, and {len(given)} are given")
    return found


def _words(series_id: str, geo: str, day: date) -> str:
    return f"{series_id}, {geo}, {day:%b %Y}"
