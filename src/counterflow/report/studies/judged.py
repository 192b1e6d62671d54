"""What stored runs answer, for a terminal: the verdict, what it rests on, and when the answer is another."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from counterflow.judgement.inquiry import Inquiry
from counterflow.judgement.schema import FourWay, Headline, Verdict
from counterflow.judgement.sensitivity.effects import GROUPINGS, Effects
from counterflow.report.assessment.answer import assumed_in, decider_sentences, worth_sentences
from counterflow.report.assessment.results import grade_of, horizon, rests_sentence
from counterflow.report.studies.discovered import discovered_lines, discovered_rows
from counterflow.report.words import chance, count, joined, percent, percent_change, word

WIDTH = 110
LEAST_SHARE = 0.02  # of the variance, below which an effect is not told one by one
GROUPS = {"grade": "by evidence grade", "mechanism": "by mechanism", "input": "by single input"}
IN_DOUBT = 0.1  # least probability, on either side, from which on a headline's other thresholds are told
MOVED = {
    "runs": "Each was moved over its 90% range in runs made again, all else as in each draw.",
    "draws": "Each was moved over its 90% range among the draws, the other inputs held (a regression; no run again).",
}
EFFECTS = (
    "Shapley effects: shares of the variance of how far the outcome moved, in ranks, against {reference}, {horizon}, "
    "with 90% intervals. Inputs that depend on one another share what they explain together; of what is "
    "unexplained, most is chance where a draw has one run."
)


def inquiry_lines(found: Inquiry) -> list[str]:
    """All of it, in the order in which it is asked."""
    verdict = found.verdict
    lines = [
        f"{count(verdict.draws, 'draw')} x {count(verdict.replicates, 'replicate')}; weeks {verdict.window[0]} to "
        f"{verdict.window[1]} after the strategy's first lever count.",
        *_headlines(verdict),
        "",
        *_four_way(verdict),
        "",
        *_wrapped([rests_sentence(verdict)]),
        *_undetermined(verdict),
        "",
        f"What outcomes vary with: {found.branch}",
        "",
        *(_effects(found.effects, verdict) if found.effects else ()),
        *found.untold,
        "",
        f"Under which conditions: {found.branch}",
        "",
    ]
    told = discovered_lines(found.discoveries, verdict.headlines, verdict.window)
    return [*lines, *_wrapped(told), "", *_wrapped(verdict.caveats)]


def inquiry_rows(found: Inquiry) -> dict[str, Any]:
    """The same as plain values."""
    return {"verdict": found.verdict.model_dump(mode="json"), **looked_into(found)}


def looked_into(found: Inquiry) -> dict[str, Any]:
    """What outcomes of one branch vary with, and the conditions under which it meets headlines, in plain values."""
    effects = found.effects
    return {
        "branch": found.branch,
        "effects": [one._asdict() for one in effects.effects] if effects else None,
        "effects_untold": dict(effects.untold) if effects else {},
        "discoveries": discovered_rows(found.discoveries),
        "untold": list(found.untold),
    }


def _headlines(verdict: Verdict) -> Iterator[str]:
    """A paragraph for each headline and reference, with a line for each branch, and, of those in doubt, a second one
    with the probability by threshold."""
    ordered = sorted(verdict.headlines, key=lambda one: (one.reference != "none", _place(verdict, one)))
    width = max((len(one.branch) for one in ordered), default=0)
    for (reference, title, criterion), group in groupby(
        ordered, key=lambda one: (one.reference, one.title, one.criterion)
    ):
        yield ""
        yield f"{title}, against {word('result_reference', reference)}: {criterion}"
        for one in group:
            often = chance(one.probability, one.mc_error, verdict.draws)
            kept = f"; sustained in {percent(one.sustained)}" if one.sustained is not None else ""
            moved = f"median {percent_change(one.median)}, 90% {percent_change(one.low)} to {percent_change(one.high)}"
            yield f"  {one.branch:<{width}}  {one.word}: {often}{kept}; {moved}"
            if one.surface and (one.undetermined or IN_DOUBT < one.probability < 1.0 - IN_DOUBT):
                at = ", ".join(f"{percent(limit)} in {percent(share)}" for limit, share in one.surface)
                yield f"  {'':<{width}}  by threshold, of draws: {at}"


def _place(verdict: Verdict, of: Headline) -> int:
    return list(dict.fromkeys(one.id for one in verdict.headlines)).index(of.id)


def _four_way(verdict: Verdict) -> Iterator[str]:
    """Trafficking against friction, with a line for each branch."""
    yield from _wrapped(
        [
            word("leading", "four_way").format(
                reference=word("result_reference", "none"), horizon=horizon(verdict.window)
            )
        ]
    )
    cells = [name for name in FourWay.model_fields if name != "branch"]
    width = max((len(one.branch) for one in verdict.four_way), default=0)
    heads = [word("four_way", cell) for cell in cells]
    yield f"  {'':<{width}}  {'  '.join(heads)}"
    for one in verdict.four_way:
        shares = (f"{percent(getattr(one, cell)):>{len(head)}}" for cell, head in zip(cells, heads, strict=True))
        yield f"  {one.branch:<{width}}  {'  '.join(shares)}"


def _undetermined(verdict: Verdict) -> list[str]:
    """What leaves headlines undetermined, against either reference or both, and what would settle them."""
    lines = []
    assumed = assumed_in(verdict)
    cells: dict[tuple[str, str], list[Headline]] = {}
    for one in verdict.headlines:
        if one.undetermined:
            cells.setdefault((one.branch, one.id), []).append(one)
    for (branch, name), found in cells.items():
        found.sort(key=lambda one: one.reference != "none")
        against = joined([word("result_reference", one.reference) for one in found])
        lines += ["", f"Undetermined: {word('headline_inside', name)}, {branch}"]
        lines += [f"  Against {against}, {horizon(verdict.window)}. {grade_of(found[0], verdict.basis)}"]
        for text, decider in decider_sentences(found, assumed):
            lines.append(f"  {text}")
            lines += [f"    {word('leading', 'settles').format(study=decider.study)}"] if decider.study else []
        lines += [f"  {text}" for one in found for text in worth_sentences(one)]
    return _wrapped([*lines, "", MOVED[verdict.moved_by]]) if lines else []


def _effects(found: Effects, verdict: Verdict) -> list[str]:
    """For each outcome the players that explain anything, in each grouping."""
    against = {"reference": word("result_reference", "none"), "horizon": horizon(verdict.window)}
    lines = _wrapped([EFFECTS.format(**against)])
    for outcome in dict.fromkeys(one.outcome for one in found.effects):
        lines += ["", f"  {word('headline', outcome)}"]
        for by in GROUPINGS:
            of = [one for one in found.of(outcome, by) if one.share >= LEAST_SHARE]
            parts = [f"{one.player} {percent(one.share)} ({_points(one.low)}-{_points(one.high)})" for one in of]
            if parts:
                lines += _wrapped([f"    {GROUPS[by]}: {', '.join(parts)}"])
    lines += [f"  {word('headline', outcome)}: not told, {why}" for outcome, why in found.untold.items()]
    return lines


def _points(share: float) -> str:
    return f"{100 * min(max(share, 0.0), 1.0):.0f}"


def _wrapped(lines: Iterable[str]) -> list[str]:
    """Lines folded at WIDTH, each further line as far in as the first."""
    found: list[str] = []
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        found += textwrap.wrap(line, WIDTH, subsequent_indent=f"{indent}  ", break_on_hyphens=False) or [""]
    return found
