"""Which lever does how much, as a report tells it: a table for each outcome, with what the record cannot tell apart
bundled."""

from __future__ import annotations

from typing import Any

from counterflow.judgement.attribution.schema import Amount, Attribution, Group, OutcomeShares
from counterflow.model.outputs import ABOUT
from counterflow.report.studies.attribution import MEASURES, between, how, points, reason, small, told_apart
from counterflow.report.words import count, joined, upper, word
from counterflow.strategy.catalogue import levers

HEADER = ("Lever", "Share, percentage points", "Nine in ten draws")


def lever_shares(found: Attribution | None) -> dict[str, Any] | None:
    """The shares with their words: `notes` on how they were made, and `tables`, one for each outcome that moves.

    A row's `depth` is 0 for the whole change, 1 for a lever or a bundle, and 2 for a lever within a bundle.
    """
    if found is None:
        return None
    return found.model_dump(mode="json") | {
        "notes": _notes(found),
        "header": list(HEADER),
        "tables": [_table(one, found.weeks) for one in found.outcomes],
    }


def _notes(found: Attribution) -> list[str]:
    first, last = found.weeks
    told = [
        f"What changes against the run without a strategy over weeks {first} to {last} after the first lever, shared "
        f"out among {count(len(found.levers), 'lever')}: the share of a lever is its Shapley value, the mean of what "
        "it adds over the orders in which levers could come.",
        f"Made with the first {count(found.draws, 'draw')} of this page’s run, on the same chance: {how(found)}, "
        f"{found.runs:,} runs in all. ± is twice the standard error of the mean.",
        "Levers that the official record does not tell apart stand together. How a bundle is shared out inside is the "
        "model’s word alone.",
    ]
    if found.orders is not None:
        told[1] += " So few orders tell their own error only roughly."
    if found.idle:
        names = joined([_title(name) for name in found.idle], between="; ", last="; ")
        told.append(f"Left out, since their entries leave the lever where it was: {names}.")
    return told


def _title(name: str) -> str:
    return levers()[name].title if name in levers() else word("code", name)


def _table(of: OutcomeShares, weeks: tuple[int, int]) -> dict[str, Any]:
    title = ABOUT[of.outcome].long_name
    large, rest = told_apart(of.groups)
    rows = [_row("All levers together", of.total, 0), *(row for group in large for row in _rows(group, of))]
    return {
        "outcome": of.outcome,
        "title": upper(title),
        "measure": MEASURES[of.measure].format(*weeks),
        "rows": rows,
        "rest": small(rest) if rest else "",
    }


def _rows(group: Group, of: OutcomeShares) -> list[dict[str, Any]]:
    why = reason(group, of)
    if len(group.members) == 1:
        return [_row(group.members[0].title, group.share, 1, why)]
    whole = _row(f"Not separable: {count(len(group.members), 'lever')}", group.share, 1, why)
    return [whole, *(_row(member.title, member.share, 2) for member in group.members)]


def _row(title: str, share: Amount, depth: int, why: str = "") -> dict[str, Any]:
    return {
        "title": title,
        "share": f"{points(share.mean)} ±{200 * share.mc_error:.1f}",
        "range": between(share.low, share.high).strip("[]"),
        "depth": depth,
        "why": why,
        "mean": share.mean,
        "low": share.low,
        "high": share.high,
    }
