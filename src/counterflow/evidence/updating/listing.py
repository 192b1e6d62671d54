"""What an update found and changed, as plain text of at most 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from counterflow.evidence.periods import spell_period
from counterflow.evidence.schema import Series
from counterflow.evidence.store import Store
from counterflow.evidence.updating.difference import Change, changes_of, runs_of
from counterflow.evidence.updating.update import Outcome, Updated

WIDTH = 80
SHOWN = 4  # single figures that are spelled out; the rest is counted
WORDS = {"new": "new", "revised": "revised", "reflagged": "flag changed", "vanished": "vanished"}


def update_lines(updated: Updated, store: Store, *, dry_run: bool) -> list[str]:
    """Per publisher the files read and, by series, what is new, revised and vanished; then what was committed."""
    lines = [line for outcome in updated.outcomes for line in _outcome_lines(outcome, store)]
    changed = sum(len(outcome.changes) for outcome in updated.outcomes)
    if updated.vintage:
        lines.append(f"Committed as vintage {updated.vintage}: {changed:,} figures changed.")
    elif dry_run and changed:
        lines.append(f"Nothing was committed (--dry-run): {changed:,} figures would change.")
    elif any(outcome.failed for outcome in updated.outcomes):
        lines.append("Nothing was committed.")
    else:
        lines.append("Nothing was committed: no figure changed.")
    return lines


def _outcome_lines(outcome: Outcome, store: Store) -> list[str]:
    lines = [f"{outcome.publisher}: {outcome.title}"]
    if outcome.failed:
        where = f"{outcome.where}: " if outcome.where else ""
        return [*lines, *_wrapped(f"NOT TAKEN. {where}{outcome.message} {outcome.hint}"), ""]
    for file in outcome.files:
        lines += _wrapped(f"read {file.name} ({file.bytes:,} bytes, sha256 {file.sha256[:12]})")
    if outcome.message:
        lines += _wrapped(outcome.message)
    elif not outcome.changes:
        lines += _wrapped("Every figure is as it was.")
    for series_id in dict.fromkeys(change.series_id for change in outcome.changes):
        lines.append(f"  {series_id}")
        series = store.about(series_id)
        for kind, word in WORDS.items():
            if rows := changes_of(outcome.changes, series_id, kind):
                lines += _wrapped(f"  {word}: {_said(rows, series)}")
    return [*lines, ""]


def _said(rows: Sequence[Change], series: Series) -> str:
    """How many figures, for which periods and places, and the largest of the changes among those that were known."""
    runs = [
        spell_period(first, series.frequency)
        if first == last
        else f"{spell_period(first, series.frequency)} to {spell_period(last, series.frequency)}"
        for first, last in runs_of((row.date for row in rows), series)
    ]
    places = len({row.geo for row in rows})
    spread = f" in {places} places" if places > 1 else ""
    when = ", ".join(runs[:SHOWN]) + (f" and {len(runs) - SHOWN} more spans" if len(runs) > SHOWN else "")
    said = f"{len(rows):,} figure{'s' if len(rows) > 1 else ''} ({when}{spread})"
    if rows[0].kind == "reflagged":
        return said
    if rows[0].kind == "new":
        newest = [row for row in rows if row.date == max(row.date for row in rows)]
        shown = [f"{_place(row, series)}{row.after:,.10g}" for row in newest[:SHOWN]]
        more = f" and {len(newest) - SHOWN} more places" if len(newest) > SHOWN else ""
        return f"{said}; {spell_period(newest[0].date, series.frequency)}: {', '.join(shown)}{more}"
    largest = sorted(rows, key=lambda row: -abs((row.after or 0.0) - (row.before or 0.0)))[:SHOWN]
    return f"{said}; {'largest: ' if len(rows) > SHOWN else ''}{'; '.join(_single(row, series) for row in largest)}"


def _single(row: Change, series: Series) -> str:
    after = "no longer given" if row.after is None else f"{row.after:,.10g}"
    when = spell_period(row.date, series.frequency)
    return f"{_place(row, series)}{when}: {row.before:,.10g} → {after}"


def _place(row: Change, series: Series) -> str:
    return "" if row.geo == series.default_geo else f"{row.geo} "


def _wrapped(text: str) -> list[str]:
    indent = "  " + " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(
        text.strip(), WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False
    )
