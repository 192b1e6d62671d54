"""Shares ("90% of the fentanyl was seized at ports of entry"): a part of one series over the whole of the same series.

Which parts documents speak of, and by which words, is in the catalogue. Parts of different series are never divided
by one another: they may count different things, at different places or times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import Measure, Share, series_habits
from counterflow.evidence.checking.baselines import period_figures
from counterflow.evidence.checking.comparing import agrees, signed, spell_number, tolerance
from counterflow.evidence.checking.reading import reading
from counterflow.evidence.checking.sources import WIDE, covers, source_of_parts
from counterflow.evidence.schema import CheckReading, Outcome
from counterflow.evidence.store import Store

NO_PART = "A share is tested only where its words name a part of a series that is held, and of {} they name none."
ELSEWHERE = "The document speaks of {}; the figures held on the share are for {}."
TWO_PARTS = "The words name more than one part of the whole ({}), so it is not clear what the share is of."


def shares(claim: Claim, measure: Measure, store: Store, interval: tuple[date, date]) -> tuple[list[CheckReading], str]:
    """The share that the words name, for every reading of the period, and why there is none where there is none.

    `observed` is in percent. A share for less than the whole period, or of a whole that is zero, is not compared.
    """
    fitting = _meant(claim, measure)
    titles = sorted({share.title for _, share in fitting})
    if not titles:
        return [], NO_PART.format(measure.title)
    if len(titles) > 1:
        return [], TWO_PARTS.format("; ".join(titles))
    areas = {series_habits()[series_id].area for series_id, _ in fitting}
    fitting = [one for one in fitting if covers(series_habits()[one[0]].area, claim.place)]
    if not fitting:
        return [], ELSEWHERE.format(claim.place, " and ".join(WIDE[area] for area in sorted(areas)))
    readings: list[CheckReading] = []
    for series_id, share in fitting:
        whole = source_of_parts(series_id, share.whole, store)
        part = source_of_parts(series_id, share.parts, store)
        for label, figure in period_figures(claim, whole, interval):
            for own in part.over(figure.span):
                if not figure.value or own.span != figure.span:
                    continue
                percent = 100 * own.value / figure.value
                # numerator and denominator are revised together: a share moves by less than either
                revision = percent * figure.uncertainty
                fits = figure.fit == "covers" and figure.complete and own.complete and _in_percent(claim)
                outcome: Outcome = agrees(claim, percent, revision) if fits else "not comparable"
                readings.append(
                    reading(
                        own,
                        label=label,
                        baseline=f"{share.title}, as a share of the whole",
                        kind="share",
                        observed=percent,
                        words=f"{spell_number(own.value)} of {spell_number(figure.value)}: {signed(percent, '.1f')}%",
                        allowed=tolerance(claim, revision) if fits else None,
                        outcome=outcome,
                        notes=("" if fits else "a share cannot be compared where figures of the period are missing",
                               f"the whole: {figure.source_title}"),
                        pair=(own.value, figure.value),
                    )
                )  # fmt: skip
    return readings, ""


def _in_percent(claim: Claim) -> bool:
    return claim.unit in ("percent", None)


def _meant(claim: Claim, measure: Measure) -> Sequence[tuple[str, Share]]:
    """The shares of the catalogue whose whole the claim counts and whose part its sentence names.

    Words in the claim's own quote go before those in the rest of the sentence.
    """
    known = [
        (habits.id, share) for habits in series_habits().values() for share in habits.shares if measure.code in share.of
    ]
    for words in (claim.quote_span.quote, f"{claim.measure_text} {claim.population or ''} {claim.span.quote}"):
        plain = " ".join(words.split())
        if fitting := [(i, share) for i, share in known if re.search(share.words, plain, re.IGNORECASE)]:
            return fitting
    return []
