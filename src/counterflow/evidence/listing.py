"""Series and checks on a terminal, as plain text that any pipe can carry."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from datetime import date

from counterflow.errors import EvidenceError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.checking.comparing import spell_number
from counterflow.evidence.checking.verdict import NO_SERIES
from counterflow.evidence.periods import spell_period
from counterflow.evidence.schema import Check, CheckReading, Observation, Series
from counterflow.evidence.store import Store

WIDTH = 80
BLOCKS = " ▁▂▃▄▅▆▇█"
HEIGHT = 8  # rows of the chart, each of eight steps


def series_table(store: Store) -> str:
    """The catalogue as text of at most 80 columns: id, frequency, dates and number of figures, title."""
    listed = store.series_list()
    wide = max(len(series.id) for series in listed)
    lines = [f"{'series':{wide}}  {'every':11}  {'from':7}  {'to':7}  {'figures':>7}"]
    for s in listed:
        lines.append(f"{s.id:{wide}}  {s.frequency:11}  {s.first:%Y-%m}  {s.last:%Y-%m}  {s.rows:7,}\n    {s.title}")
    return "\n".join(lines)


def check_lines(checks: Sequence[Check]) -> list[str]:
    """Checks as lines of text: per claim its words, verdict and reasons, the baseline curve in a sentence, then a
    few lines per reading: against what, on which series, and a word where it is the claimant's own figure or crosses a
    definition break."""
    lines: list[str] = []
    for check in checks:
        quote = " ".join(check.claim.quote_span.quote.split())
        flags = f" ({', '.join(check.flags)})" if check.flags else ""
        lines += _wrapped(f"{check.claim.id}  “{quote}”", "    ")
        lines += _wrapped(f"    {check.verdict.replace('_', ' ')}{flags}. {check.explanation}", "    ")
        if check.curve:
            lines += _wrapped(f"    Every baseline: {check.curve.sentence}", "    ")
        for reading in check.readings:
            lines += _row(reading)
        for changed in _breaks(check):
            lines += _wrapped(f"    * {changed}", "      ")
        lines.append("")
    return lines[:-1] or ["The document states no quantity about the world."]


def _row(reading: CheckReading) -> list[str]:
    """One reading, with the id of its series at the right of the first line that has room for it, else on a line of its
    own. Single figures and events have their sources' words in the label."""
    lines = _wrapped(f"    {reading.outcome:14}  {reading.baseline_label}", " " * 20)
    lines += _wrapped(f"{'':20}{reading.period}: {reading.observed_text}{_marks(reading)}", " " * 20)
    if reading.series_id in NO_SERIES:
        return lines
    for number, line in enumerate(lines):
        if len(line) + 2 + len(reading.series_id) <= WIDTH:
            lines[number] = f"{line}  {reading.series_id:>{WIDTH - len(line) - 2}}"
            return lines
    return [*lines, f"{reading.series_id:>{WIDTH}}"]


def _marks(reading: CheckReading) -> str:
    """What a reader should know of one row, in brackets: that the figure is the claimant's own, that it crosses a
    definition break (told below the rows); "" where there is nothing."""
    if reading.outcome == "not comparable":
        return ""
    own = "" if reading.independent or reading.series_id == "document" else "claimant's own"
    said = ", ".join(words for words in (own, "*" * bool(reading.breaks)) if words)
    return f" [{said}]" if said else ""


def _breaks(check: Check) -> list[str]:
    """The definition breaks of all rows that were compared, each once, in the order of the rows."""
    compared = [r for r in check.readings if r.outcome != "not comparable"]
    return list(dict.fromkeys(changed for reading in compared for changed in reading.breaks))


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def series_chart(
    store: Store, series_id: str, geo: str | None = None, *, as_of: date | None = None, width: int = WIDTH
) -> str:
    """One series as text: a block chart with labelled axes, the last value, source, vintage, licence.

    Each column is the mean of the periods that fall into it; a column without a figure stays empty and is
    marked under the axis. `as_of`: only what was known on that day. Raises EvidenceError where the series or the
    geography is not known, or nothing was known yet.
    """
    series = store.about(series_id)
    place = geo or series.default_geo
    observations = store.observations(series_id, place, as_of)
    if not observations:
        raise EvidenceError(
            f"on {as_of} no figure of {series_id} was known.",
            where="series",
            hint=f"Its figures begin in {series.first:%b %Y}, {series.publication_lag_months} month(s) later each.",
        )
    habits = series_habits()[series_id]
    every = f" a {series.frequency}" if series.kind == "flow" else ""
    lines = [series.title, f"{series.unit}{every}, {place.replace('_', ' ')}", ""]
    lines += _chart(observations, series, max(width, 40))
    last = observations[-1]
    flag = f" ({last.flag.replace('_', ' ')})" if last.flag else ""
    others = [g for g in series.geos if g != place]
    about = [
        ("last", f"{_when(last, series)}: {spell_number(last.value)}{flag}"),
        *(("break", f"{b.date.day} {b.date:%b %Y}: {b.what}") for b in habits.breaks),
        ("revised", f"usually by {habits.revision:.1%}: {habits.revision_source}" if habits.revision else ""),
        ("note", series.note),
        ("places", ", ".join(others)),
        ("source", series.publisher),
        ("", series.url),
        ("vintage", f"{_vintages(observations)}; figures come out {series.publication_lag_months} month(s) after"),
        ("as of", _as_of(as_of, store)),
        ("licence", f"{series.licence}; trust {series.trust}"),
    ]
    lines.append("")
    for name, text in about:
        for number, part in enumerate(textwrap.wrap(text, max(width, 40) - 9, break_on_hyphens=False)):
            lines.append(f"{name if number == 0 else '':9}{part}")
    return "\n".join(lines)


def _when(observation: Observation, series: Series) -> str:
    return spell_period(observation.date, series.frequency)


def _as_of(day: date | None, store: Store) -> str:
    """The day that was asked for, and what a reader should know of what was known then."""
    if day is None:
        return ""
    first = date.fromisoformat(store.manifest["vintages"][0]["known"])
    before = "; there is no vintage of that time: revisions made since are in the figures" if day < first else ""
    return f"{day.day} {day:%b %Y}{before}"


def _vintages(observations: Sequence[Observation]) -> str:
    """The vintages that gave the figures, in order: "2026-11", or "2026-11; for 9 figures 2026-11-25"."""
    counted = Counter(o.vintage for o in observations)
    first, *later = sorted(counted)
    return "; ".join([first, *(f"for {counted[v]} figures {v}" for v in later)])


def _chart(observations: Sequence[Observation], series: Series, width: int) -> list[str]:
    """The block chart: rows from the top, an axis, years, and marks where figures are missing."""
    step = 1 if series.frequency == "month" else 12
    first = observations[0].date
    months = [(o.date.year - first.year) * 12 + o.date.month - first.month for o in observations]
    slots = months[-1] // step + 1
    margin = len(spell_number(max(o.value for o in observations))) + 2
    columns = min(slots, width - margin)
    filled: list[list[float]] = [[] for _ in range(columns)]
    for month, observation in zip(months, observations, strict=True):
        filled[(month // step) * columns // slots].append(observation.value)
    means = [sum(values) / len(values) if values else None for values in filled]
    top = max(max(mean for mean in means if mean is not None), 1e-9)
    labels = [spell_number(top), spell_number(top / 2), "0"]
    heights = [None if mean is None else round(mean / top * HEIGHT * 8) for mean in means]
    rows = []
    for level in reversed(range(HEIGHT)):
        label = {HEIGHT - 1: labels[0], HEIGHT // 2 - 1: labels[1]}.get(level, "")
        cells = "".join(" " if h is None else BLOCKS[max(0, min(8, h - 8 * level))] for h in heights)
        rows.append(f"{label:>{margin - 2}} ┤{cells}".rstrip())
    axis = "".join("·" if h is None else "─" for h in heights)
    rows.append(f"{labels[2]:>{margin - 2}} └{axis}")
    ends = (f"{observations[0].date:%Y-%m}", f"{observations[-1].date:%Y-%m}")
    rows.append(" " * margin + ends[0] + ends[1].rjust(max(columns - len(ends[0]), len(ends[1]) + 1)))
    if None in heights:
        rows.append(" " * margin + "· = no figure")
    return rows
