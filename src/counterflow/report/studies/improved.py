"""What a search found, as a terminal shows it: the front on fresh draws beside the document's strategy."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from counterflow.judgement.search.results import Improved, Member, Moved, Scored
from counterflow.judgement.search.space import RECORDED
from counterflow.report.words import count, dollars, joined, minus, number

WIDTH = 100
COST = "cost"
# What an objective means here, where the headline or `compare` means another thing by the same word.
MEANS = {
    "friction": "friction is the mean loss of Mexican cooperation over these weeks, in the headline and in `compare` "
    "the deepest fall kept up for 26 weeks",
    "deaths": "deaths are a relative change over these weeks, in `compare` their number over all weeks",
}
PERCENT, BILLION = 1e-2, 1e9
HINTS = {True: "had settled", False: "had not settled: more --evaluations, with --resume, can find better ones"}


def improved_lines(found: Improved, out: Path | None = None) -> list[str]:
    """How the search went, the front, what it rests on, and what was not moved."""
    lines = [*_wrapped(_asked(found)), "", *_wrapped(_went(found)), "", *_wrapped(_how_to_read(found)), ""]
    lines += _table(found)
    kept = [one for one in found.members if one.status == "kept"]
    for one in kept:
        lines += ["", *_wrapped(_differs(one), later="    ")]
    lines += ["", *_wrapped(_put_back(found)), *_apart(found, kept), "", *_wrapped(_curse(found, kept))]
    if found.named:
        lines += ["", "Named by the document, with force: weighed here on the same draws, never proposed."]
        lines += _rows(found, [(one.title, one.fresh) for one in found.named])
    lines += ["", "Not moved, or not freely:"]
    for reason in dict.fromkeys(lever.reason for lever in found.not_moved):
        titles = "; ".join(lever.title for lever in found.not_moved if lever.reason == reason)
        lines += _wrapped(f"{reason[0].upper()}{reason[1:]}: {titles}.", first="  ", later="    ")
    lines += ["", *_wrapped(_limits(found))]
    if out is not None:
        lines += ["", f"Front  {out / 'front.json'}"]
    return lines


def _asked(found: Improved) -> str:
    goals = joined(list(found.objectives.values()))
    years = count(found.years, "year")
    return f"Search from “{found.title}” within {dollars(found.budget)} over {years}, for less of: {goals}."


def _went(found: Improved) -> str:
    fate = {status: sum(one.status == status for one in found.members) for status in ("kept", "beaten", "over budget")}
    said = (
        f"{count(found.evaluations, 'evaluation')} over {found.draws} draws each, {found.distinct:,} of them distinct, "
        f"{found.within_budget:,} of these within the budget, {found.front_size:,} beaten by no other. "
        f"{count(len(found.members), 'strategy', 'strategies')} of that front, as far apart as can be, "
        f"{'was' if len(found.members) == 1 else 'were'} evaluated again over {found.fresh_draws} fresh draws: "
        f"{fate['kept']} kept, {fate['beaten']} beaten there by another, {fate['over budget']} over the budget there."
    )
    if found.settling is None:
        return f"{said} The front has no width, so that its growth cannot be told."
    gained = f"{100 * found.settling.gained:.1f}%"
    return (
        f"{said} The last quarter of the evaluations added {gained} to the volume that the front beats: the search "
        f"{HINTS[found.settling.settled]}."
    )


def _how_to_read(found: Improved) -> str:
    first, last = found.window
    means = [text for name, text in MEANS.items() if name in found.objectives]
    said = f" By name: {'; '.join(means)}. Do not set those figures beside these." if means else ""
    return (
        "On fresh draws: the mean, and after the stroke the mean of the worst fifth of draws; the search made small "
        "what lies halfway between. That it is a fifth, and halfway, are judgements of ours; others would give another "
        "front. Changes are of the mean over weeks "
        f"{first} to {last} against the run without a strategy; money is over {count(found.years, 'year')}. ± is twice "
        f"the Monte Carlo standard error.{said}"
    )


def _table(found: Improved) -> list[str]:
    over = "" if found.document_within_budget else ", over the budget"
    rows = [(f"document{over}", found.document)]
    for one in found.members:
        if one.status == "kept":
            mark = " = document" if one.is_document else " *" if one.beats_document else ""
            rows.append((f"{one.name}{mark}", one.fresh))
    better = any(one.beats_document and one.status == "kept" for one in found.members)
    told = "* better than the document's strategy by some objective and worse by none, as far as can be told (below)."
    return [*_rows(found, rows), *([told] if better else [])]


def _put_back(found: Improved) -> str:
    """What was done to the front between the search and the fresh draws."""
    total = sum(len(one.put_back) for one in found.members)
    units = joined([f"{name} by more than {_unit(name, value)}" for name, value in found.units.items()], last=" or ")
    spending = "" if COST in found.units else ", nor spending by more than $1 million"
    done = "no lever was" if not total else "one lever was" if total == 1 else f"{total:,} levers were"
    return (
        "A search leaves a lever anywhere as long as no objective depends on it. So before the fresh draws each lever "
        "of the front was put back to where the document has it, or to its recorded path, if that made nothing worse "
        f"({units}{spending}): {done} put back. Strategies that became the same by it stand once."
    )


def _unit(name: str, value: float) -> str:
    return dollars(value) if name == COST else f"{value / PERCENT:g} points"


def _apart(found: Improved, kept: Sequence[Member]) -> list[str]:
    """How far each strategy is from the document's, in the same draws."""
    others = [one for one in kept if not one.is_document]
    if not others:
        return []
    cells = [["", *("cost, $ billion" if name == COST else f"{name}, points" for name in found.objectives)]]
    for one in others:
        of = one.against_document
        cells.append([one.name])
        for name, value in of.difference.items():
            mark = " better" if name in of.better else " worse" if name in of.worse else ""
            unit = BILLION if name == COST else PERCENT
            size = minus(f"{value / unit:+.2f}±{2 * of.error[name] / unit:.2f}")
            cells[-1].append(f"{size}{mark}")
    told = (
        "Less the document's strategy, draw by draw on the same fresh draws, of what the search made small. Better or "
        "worse is said only of what is more than ±, two standard errors of the paired difference, and more than the "
        "unit above; the rest cannot be told apart."
    )
    return ["", *_wrapped(told), *_aligned(cells)]


def _rows(found: Improved, rows: Sequence[tuple[str, Scored]]) -> list[str]:
    names = list(found.objectives)
    heads = ["", *("cost, $ billion" if name == COST else f"{name}, %" for name in names)]
    cells = [heads if COST in names else [*heads, "spent, $ billion"]]
    for title, score in rows:
        row = [title, *(_pair(score, name, BILLION if name == COST else PERCENT) for name in names)]
        cells.append(row if COST in names else [*row, _figure(score.spent, score.spent_error, BILLION)])
    return _aligned(cells)


def _aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _pair(score: Scored, name: str, unit: float) -> str:
    """The mean and the mean of the worst fifth, each with twice its error."""
    mean = _figure(score.mean[name], score.mean_error[name], unit)
    return f"{mean} / {_figure(score.tail[name], score.tail_error[name], unit)}"


def _figure(value: float, error: float, unit: float) -> str:
    if unit == BILLION:
        return f"{number(value / unit, 2)}±{number(2 * error / unit, 1)}"
    return f"{minus(f'{value / unit:+.1f}')}±{2 * error / unit:.1f}"


def _differs(one: Member) -> str:
    if one.is_document:
        return f"{one.name}: the document's own strategy."
    dropped = [lever.lever for lever in one.levers if lever.step == RECORDED]
    others = [
        f"{lever.lever} at {lever.step} ({lever.meaning}{_instead(lever)})"
        for lever in one.levers
        if lever.step != RECORDED
    ]
    parts = [*others, *([f"left out: {', '.join(dropped)}"] if dropped else [])]
    received = f" It brings in {dollars(one.fresh.received)}, not set against spending." if one.fresh.received else ""
    high = (
        f" In one draw of twenty it spends more than {dollars(one.fresh.spent_high)}." if one.fresh.spent_high else ""
    )
    return f"{one.name}: {'; '.join(parts)}.{high}{received}"


def _instead(lever: Moved) -> str:
    return "" if lever.document == RECORDED else "; in the document otherwise"


def _curse(found: Improved, kept: Sequence[Member]) -> str:
    own = {name: value - found.document_in_search.aim[name] for name, value in found.document.aim.items()}
    by = ", ".join(
        f"{name} {_shift(name, value)} ({_shift(name, own[name])})" for name, value in found.optimism.items()
    )
    better = sum(one.beats_document for one in kept)
    return (
        "The best of many look better than they are. From the draws of the search to fresh ones the figures of the "
        f"front moved, on average, by: {by}; in brackets the document's own, which nobody chose. "
        f"Of {len(kept)} kept, {better} {'is' if better == 1 else 'are'} better than the document's strategy by some "
        "objective, beyond the error, and worse by none."
    )


def _shift(name: str, value: float) -> str:
    return dollars(value) if name == COST else minus(f"{100 * value:+.2f} points")


def _limits(found: Improved) -> str:
    return (
        "Who decides a lever, and under which law, stands in front.json; whether a measure is lawful is not judged. "
        "What others pay is not in the budget. A level is taken as ordered: it is delivered in part."
    )


def _wrapped(text: str, first: str = "", later: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)
