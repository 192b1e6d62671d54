"""The courses of events of a strategy: none, as written, as on record, and what it only considers."""

from __future__ import annotations

from datetime import date, timedelta

from counterflow.strategy.catalogue import CampaignPlan, catalogue, levers, unstated_range
from counterflow.strategy.schema import Branch, Campaign, Entry, Strategy

LEADING = ("as_on_record", "as_written")  # what an answer opens with: the first of them that is there
NOTICE = timedelta(weeks=4)  # what is only considered begins four weeks after the document


def branches(strategy: Strategy) -> tuple[Branch, ...]:
    """The branches to simulate, *none* first.

    *as_on_record* puts the accepted record entries in the place of the written entries whose gap or open
    size they fill. Every lever that the document only considers becomes a further branch on top of
    *as_on_record*, from four weeks after the last day on which the document can have been written. Strikes
    become six: three campaigns, each with and without Mexico's consent, and only where the document
    considers or announces strikes. No probability that they happen is stated.
    """
    accepted = [entry for entry in strategy.record if entry.record_id not in strategy.refused]
    filled = {entry.fills for entry in accepted if entry.fills}
    kept = [entry for entry in strategy.written if entry.source not in filled]
    once = {entry.record_id: entry for entry in reversed(accepted)}  # a row acts once, however many actions it fills
    on_record = tuple(sorted([*kept, *reversed(once.values())], key=lambda entry: entry.start))
    start = strategy.date.end + NOTICE
    found = [
        Branch(
            id="none",
            title="Without the strategy",
            description="No measure of the strategy; everything else goes on as it stood the week before.",
        ),
        Branch(
            id="as_written",
            title="As written",
            description="What the document states as done, ordered or authorised; gaps stay gaps.",
            entries=strategy.written,
        ),
        Branch(
            id="as_on_record",
            title="As on record",
            description="As written, with gaps and open sizes filled from the policy record.",
            entries=on_record,
        ),
    ]
    for lever_id in strategy.considered:
        if lever_id not in levers() or lever_id.startswith("military.strike"):
            continue
        of = levers()[lever_id]
        entry = Entry(
            lever=lever_id,
            intensity=unstated_range(of, of.recorded_at(first_lever_date(strategy))),
            start=start,
            start_reason="four weeks after the document",
            status="under_consideration",
            basis="document",
            note=f"only considered, size not stated: from no move to two levels up ({of.unit}; grade D)",
        )
        found.append(
            Branch(
                id=f"with_{lever_id.replace('.', '_')}",
                title=f"With what is considered: {of.title}",
                description="As on record, and what the document only considers comes four weeks after it.",
                entries=(*on_record, entry),
            )
        )
    if any(lever_id.startswith("military.strike") for lever_id in strategy.considered):
        found += [
            _with_strikes(plan, consent, on_record, start) for plan in catalogue().campaign for consent in (True, False)
        ]
    return tuple(found)


def _with_strikes(plan: CampaignPlan, consent: bool, entries: tuple[Entry, ...], start: date) -> Branch:
    return Branch(
        id=f"strikes_{plan.id}_{'consent' if consent else 'no_consent'}",
        title=f"Strikes: {plan.title}, {'with' if consent else 'without'} Mexico's consent",
        description=f"As on record, and {plan.title} from {start}. Whether strikes come is not judged.",
        entries=entries,
        strikes=Campaign(start=start, weeks=plan.weeks, strikes_per_week=plan.strikes_per_week, consent=consent),
    )


def first_lever_date(strategy: Strategy) -> date:
    """The day on which the strategy first moves anything: all branches are the same before it.

    Where nothing moves as written or on record, the start of what is considered; where nothing is considered
    either, the first day on which the document can have been written.
    """
    starts = [entry.start for entry in (*strategy.written, *strategy.record) if entry.record_id not in strategy.refused]
    if starts:
        return min(starts)
    return strategy.date.end + NOTICE if strategy.considered else strategy.date.start
