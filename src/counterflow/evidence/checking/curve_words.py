"""How special a baseline is, in words: ranks, and the sentence under a baseline curve."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from counterflow.brief.schema import Claim
from counterflow.evidence.checking.comparing import rounding_of, signed
from counterflow.evidence.periods import Grain, Span, spell
from counterflow.evidence.schema import CurveMark

A_HUNDRED = 50  # from so many periods on a rank is told in hundredths, of fewer as a count
MANY = 3  # marks told one by one
NAMES: dict[Grain, str] = {
    "month": "months",
    "fiscal year": "fiscal years",
    "calendar year": "calendar years",
}


def percentile(size: float, ordered: Sequence[float]) -> float:
    """Where a change stands among all possible ones: 0 (the smallest) to 100 (the largest).

    The share of `ordered` (sizes of change in the claimed direction, ascending, not empty) that is smaller than
    `size`, ties counted as half: the mean of the strict and the weak empirical distribution function ("mid-rank").
    """
    return 50.0 * (bisect_left(ordered, size) + bisect_right(ordered, size)) / len(ordered)


def size_of(change: float, claim: Claim) -> float:
    """A change in the claimed direction: positive where it goes that way; its amount where none is claimed."""
    return {"up": change, "down": -change}.get(claim.direction, abs(change))


def rank_words(size: float, ordered: Sequence[float], grain: Grain) -> str:
    """How many of the possible baselines give a smaller change: "86 in 100 of the 304 months", "10 of the 11 fiscal
    years". Never "100 in 100", which would promise more than a rank can."""
    of = f"of the {len(ordered)} {NAMES[grain]}"
    if len(ordered) < A_HUNDRED:
        return f"{bisect_left(ordered, size)} {of}"
    share = min(99, int(percentile(size, ordered) + 0.5))
    return f"{share} in 100 {of}" if share else f"fewer than 1 in 100 {of}"


def ranked(claim: Claim, period: Span, grain: Grain, ordered: Sequence[float], stated: float | None) -> str:
    """How many possible baselines of one grain give what is stated."""
    count, size = len(ordered) - bisect_right(ordered, 0.0), ""
    if stated is not None:
        # as stated, "93%" is anything from 92.5; "over 93%" is not rounded
        allowed = rounding_of(claim) if claim.claim_type == "change_pct" and claim.bound in "=~" else 0.0
        count = len(ordered) - bisect_left(ordered, size_of(stated, claim) - allowed)
        size = " at least as large as stated"
    number = "all" if count == len(ordered) else count or "none"
    give = "gives" if count < 2 and number != "all" else "give"
    return (
        f"Of the {len(ordered)} {NAMES[grain]} before {spell(period)} that could have been chosen as baseline, "
        f"{number} {give} a {_what(claim)}{size}."
    )


def unranked(count: int, published: bool, rolling: bool) -> str:
    """How many figures there are, and why they are not counted against each other."""
    if published:
        return (
            f"{count} figures were published for earlier periods; they overlap and come from several sources, so they "
            "are drawn and not ranked together."
        )
    if rolling:
        return f"{count} earlier spans of twelve months have a figure; they overlap, so they are drawn and not ranked."
    return f"{count} earlier periods have a figure: too few for a rank."


def across(count: int, broken: int) -> list[str]:
    """A sentence on comparisons that cross a definition break; none where none does."""
    return [f"For {broken} of the {count} the comparison crosses a definition break."] if broken else []


def _what(claim: Claim) -> str:
    return {"up": "rise", "down": "fall"}.get(claim.direction, "change")


def marked(claim: Claim, chosen: Sequence[CurveMark], usual: Sequence[CurveMark]) -> list[str]:
    """A sentence on the baselines that the document names, and one on the usual ones."""
    words = claim.baseline.text if claim.baseline else ""
    said = []
    if chosen:
        told = "; ".join(_told(mark, claim) for mark in chosen[:MANY])
        more = f"; and {len(chosen) - MANY} more" if len(chosen) > MANY else ""
        said.append(f"The document\u2019s own: {told}{more}.")
    else:
        said.append("The baseline that the document names is not among them." if words else "The document names none.")
    short = {_name(mark): mark for mark in reversed(usual)}  # of several alike the first stays
    if short:
        said.append(f"Usual, not named: {'; '.join(_told(mark, claim) for mark in reversed(short.values()))}.")
    return said


def _told(mark: CurveMark, claim: Claim) -> str:
    """One mark: its change, and than how many possible baselines of its kind it is larger."""
    given = f"{_name(mark)} gives {signed(mark.change)}%"
    if size_of(mark.change, claim) < 0:
        return f"{given}, which goes the other way"
    if not mark.rank:
        return given
    return f"{given}, a larger {_what(claim)} than {mark.rank} give"


def _name(mark: CurveMark) -> str:
    return mark.label.partition(":")[0]
