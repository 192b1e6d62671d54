"""Which lever is credited with how much of a change, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterflow.judgement.attribution.schema import Amount, Attribution, Group, Member, OutcomeShares
from counterflow.judgement.attribution.separable import CLEAR, LEAST, WORST, Why
from counterflow.model.outputs import ABOUT
from counterflow.report.studies.sensitivity import compared_with, resting
from counterflow.report.words import count, joined, number

MEASURES = {
    "change": "relative change of the mean of weeks {0} to {1}",
    "fall": "deepest fall within weeks {0} to {1} that is kept up for 26 weeks (above 0)",
}
WIDTH = 72  # of a lever's title


def attribution_lines(found: Attribution) -> list[str]:
    """What was run and how, then a table for each outcome: what moves it least is told in one line."""
    run = how(found)
    lines = [
        compared_with(found.branch, found.weeks),
        f"{run[0].upper()}{run[1:]}.",
        f"{count(found.draws, 'draw')} over {found.years} years each time, {found.runs:,} runs in all.",
        f"Parameters are from {f'the posterior {found.posterior}' if found.posterior else 'the priors'}.",
        "A lever's share is its Shapley value, in percentage points of the outcome. ± is twice the standard error of",
        "the mean; brackets hold nine in ten draws.",
        *resting(found.grades),
    ]
    if found.idle:
        lines.append(f"Left out, since their entries leave the lever where it was: {joined(found.idle)}.")
    for outcome in found.outcomes:
        lines += ["", *_outcome(outcome, found.weeks)]
    return lines


def _outcome(of: OutcomeShares, weeks: tuple[int, int]) -> list[str]:
    title = ABOUT[of.outcome].long_name
    lines = [f"{title[0].upper()}{title[1:]}: {MEASURES[of.measure].format(*weeks)}", _row("in all", of.total, "  ")]
    large, rest = told_apart(of.groups)
    for group in large:
        if len(group.members) == 1:
            lines.append(_row(group.members[0].title, group.share, "  "))
            lines += [] if group.separable else [f"    {reason(group, of)}"]
            continue
        lines.append(_row(f"not separable: {count(len(group.members), 'lever')}", group.share, "  "))
        for member in group.members:
            lines.append(f"{_row(member.title, member.share, '    ')}{_by_order(member)}")
        lines.append(f"    {reason(group, of)}")
    return [*lines, *([f"  {small(rest)}"] if rest else [])]


def small(rest: Sequence[Group]) -> str:
    """What the levers add that are too small to be told one by one."""
    together = sum(group.share.mean for group in rest)
    return (
        f"{count(len(rest), 'other lever')}, each within {100 * LEAST:g} points in 19 of 20 draws: "
        f"{points(together)} together"
    )


def reason(group: Group, of: OutcomeShares) -> str:
    """Why the levers of a bundle are not told apart, or one not from chance."""
    series = ABOUT[of.series].long_name if of.series else ""
    months = f"{count(of.months, 'month')} published since the first lever ({series})"
    scatter = f"{100 * (of.scatter or 0.0):.1f}% a month"
    beyond = f", above {WORST:g}" if (group.inflation or 0.0) > WORST else f", too much for its scatter of {scatter}"
    told: Mapping[Why, str] = {
        "no series": "no official series shows this outcome",
        "no months": f"no month of the series ({series}) has been published since the first lever",
        "not seen": f"not seen: in the {months}, which scatter by {scatter}, "
        f"{'it stands' if len(group.members) == 1 else 'each stands at most'} {group.ratio or 0.0:.1f} standard errors "
        f"from nothing, and {CLEAR:g} are needed",
        "together": f"they step together in the {months}: variance inflation {_factor(group.inflation)}{beyond}",
    }
    return told[group.why] if group.why else ""


def _by_order(of: Member) -> str:
    """Between which ends the order in which levers come puts a share, where all orders are known."""
    return "" if of.least is None or of.most is None else f", by order {between(of.least, of.most)}"


def told_apart(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """The bundles large enough to be told one by one, and the rest."""
    large = [group for group in groups if group.why != "too small"]
    return large, [group for group in groups if group not in large]


def how(found: Attribution) -> str:
    """What was run: all subsets of the levers, or some orders."""
    levers = count(len(found.levers), "lever")
    if found.orders is None:
        return f"all {2 ** len(found.levers):,} subsets of {levers} were run"
    return f"{found.orders:,} orders of {levers} were sampled, in pairs that mirror each other"


def _row(title: str, share: Amount, indent: str) -> str:
    place = f"{indent}{title}"
    spread = f"{between(share.low, share.high)}, median {points(share.median)}"
    return f"{place:<{WIDTH}} {points(share.mean):>6} ±{200 * share.mc_error:.1f}  {spread}"


def between(low: float, high: float) -> str:
    """An interval in percentage points, in brackets."""
    return f"[{points(low)} to {points(high)}]"


def points(value: float) -> str:
    """Percentage points with a sign, to a tenth."""
    text = f"{100 * value:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "−")


def _factor(inflation: float | None) -> str:
    if inflation is None:
        return "–"
    return "over 1,000" if inflation > 1000 else number(inflation, 2)
