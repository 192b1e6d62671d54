"""One row of a check, put together in one place: no row compares what the catalogue forbids to compare."""

from __future__ import annotations

from collections.abc import Sequence

from counterflow.evidence.checking.baselines import UNNAMED
from counterflow.evidence.checking.definitions import breaks_of, incomparable, spell_break
from counterflow.evidence.checking.figures import Figure
from counterflow.evidence.schema import CheckReading, Outcome

AGAINST = ", against "  # between the titles of the two sources of one row


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
    """One row: a figure for the claim's period, with what it was set against and where both come from.

    `observed` and `allowed` are in the claim's unit, `pair` is (the figure, what it was set against). Where the
    catalogue forbids the comparison, or a definition changed so that nothing may be compared across it, the
    outcome is "not comparable" whatever was given.
    """
    said = [n for note in (*notes, figure.note) for n in note.split("; ") if n]
    title, url, official = figure.source_title, figure.source_url, figure.official
    breaks = tuple(spell_break(changed) for changed in breaks_of(figure, against))
    if against:
        said += [f"baseline: {n}" for n in against.note.split("; ") if n and n not in said]
        official = official and against.official
        if not against.official and against.source_url != url:
            title, url = _against(title, against.source_title), f"{url} {against.source_url}"
    said += breaks
    if why := incomparable(figure, against):
        outcome, allowed = "not comparable", None
        said = [why, *said]
    return CheckReading(
        period=label,
        baseline_label=baseline,
        baseline_kind=kind,
        series_id=figure.series_id,
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
        issuer=figure.issuer,
        trust=figure.trust,
        breaks=breaks,
        note=sentences(said),
    )


def sentences(said: Sequence[str]) -> str:
    """Remarks as sentences, each once, the empty ones left out."""
    return ". ".join(n[0].upper() + n[1:] for n in dict.fromkeys(said) if n)


def _against(title: str, other: str) -> str:
    """Two titles in one, without the name of the measure where both begin with it."""
    (own, _, rest), (its, _, other_rest) = title.partition(": "), other.partition(": ")
    return f"{rest}{AGAINST}{other_rest}" if own == its and rest and other_rest else f"{title}{AGAINST}{other}"
