"""The strategies that a search can propose: for each lever that may be moved, the steps at which it can stand.

A step is a whole level of the catalogue, the recorded path, or what the document does. Levels between those of the
catalogue are left out on purpose: each level stands for something that was seen or planned, with a range and a source,
and what lies between two of them would have neither. What is proposed counts as ordered: it is delivered in part, by
the same share as what a document orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from counterflow.errors import JudgementError, StrategyError
from counterflow.judgement.search.limits import WHO, Limit, limits
from counterflow.model.costs import unpriced
from counterflow.strategy.branches import branches, first_lever_date
from counterflow.strategy.catalogue import Lever, catalogue, levers
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch, Entry, Range, Strategy

Genes = tuple[int, ...]  # the step of each choice

RECORDED, DOCUMENT = "as recorded", "as in the document"
PLACES = np.array([[0.1], [0.5], [0.9]])  # at which the paths of two steps are compared


class Step(NamedTuple):
    """One way in which a lever can stand."""

    name: str  # RECORDED, DOCUMENT, "level 3"
    entries: tuple[Entry, ...]
    intensity: float  # mean over the judged weeks, everything uncertain in its middle


class Choice(NamedTuple):
    """A lever that may be moved, and its steps in order of intensity."""

    lever: str
    steps: tuple[Step, ...]
    document: int  # the step that the document takes
    recorded: int  # the step of the recorded path; the document's where that moves nothing


class Left(NamedTuple):
    """A lever that the search does not move, or not freely, and why."""

    lever: str
    reason: str


class Space(NamedTuple):
    """All strategies that a search can propose."""

    strategy: Strategy
    start: date  # of the strategy's first lever, from which on a step holds
    choices: tuple[Choice, ...]
    kept: tuple[Entry, ...]  # of levers that are not moved: they stay as the document has them
    left: tuple[Left, ...]

    @property
    def document(self) -> Genes:
        """The document's own strategy."""
        return tuple(choice.document for choice in self.choices)

    @property
    def recorded(self) -> Genes:
        """Every lever on its recorded path, but for those that stay."""
        return tuple(choice.recorded for choice in self.choices)


def space_of(
    strategy: Strategy, weeks: np.ndarray, judged: int, *, allow: Sequence[str] = (), hold: Sequence[str] = ()
) -> Space:
    """What a search from a strategy can propose, in `weeks` (week,) of a plan of which `judged` count.

    It starts from the branch *as on record*. What the US executive decides is moved, and with `allow` what others do;
    `hold` names levers that stay as the document has them. A lever can go down to its recorded path, or up. One that
    has no price can be kept or dropped, not bought; one that uses force too, and only where the document moves it.
    Raises StrategyError for a strategy without entries, JudgementError where no lever is left to move.
    """
    base = next(branch for branch in branches(strategy) if branch.id == "as_on_record")
    if not base.entries:
        raise StrategyError(
            "the strategy has no entries, so there is nothing to start from",
            where=strategy.title,
            hint="Give one that moves at least one lever; what is only considered does not count.",
        )
    start = first_lever_date(strategy)
    choices: list[Choice] = []
    left: list[Left] = []
    kept: list[Entry] = []
    for name, of in levers().items():
        own = tuple(entry for entry in base.entries if entry.lever == name)
        limit = limits()[name]
        reason = _reason(limit, name, own, allow, hold)
        steps: tuple[Step, ...] = ()
        if not reason:
            rises = not limit.force and name not in unpriced()
            steps = _steps(of, own, start, weeks, judged, rises=rises)
            if len(steps) < 2:
                reason = "stands at the top of its scale" if rises else "the document moves it by nothing"
            elif not rises:
                why = "uses force" if limit.force else f"has no price: {unpriced()[name]}"
                left.append(Left(name, f"kept or dropped as the document has it, no more: {why}"))
        if reason:
            left.append(Left(name, reason))
            kept += own
            continue
        names = [step.name for step in steps]
        recorded = names.index(RECORDED) if RECORDED in names else names.index(DOCUMENT)
        choices.append(Choice(name, steps, names.index(DOCUMENT) if own else recorded, recorded))
    if not choices:
        raise JudgementError(
            "no lever is left to move", hint="Hold fewer levers, or add --allow congress, mexico or china."
        )
    return Space(strategy, start, tuple(choices), tuple(kept), tuple(left))


def _reason(limit: Limit, name: str, own: Sequence[Entry], allow: Sequence[str], hold: Sequence[str]) -> str:
    """Why a lever is not moved; empty where it may be."""
    if name in hold:
        return "held as the document has it"
    if limit.decided_by == "others":
        return "how others answer, no lever of who makes a strategy"
    if limit.decided_by != "executive" and limit.decided_by not in allow:
        return f"decided by {WHO[limit.decided_by]}, moved with --allow {limit.decided_by}"
    if limit.force and not own:
        return "uses force: never proposed"
    if name in unpriced() and not own:
        return f"cannot be bought under a budget: {unpriced()[name]}"
    return ""


def _steps(
    of: Lever, own: tuple[Entry, ...], start: date, weeks: np.ndarray, judged: int, *, rises: bool
) -> tuple[Step, ...]:
    """The steps of a lever in order of intensity, the document's among them; levels too where it `rises`."""
    before = of.recorded_at(weeks[0].item())
    found: list[tuple[str, tuple[Entry, ...]]] = [(DOCUMENT, own)] if own else []
    found.append((RECORDED, (_recorded(of, start),) if own else ()))
    levels = [level for level in of.levels if level.intensity.central > before] if rises else []
    found += [(f"level {level.level}", (_at_level(of, level.level, start),)) for level in levels]
    steps: list[Step] = []
    paths: list[np.ndarray] = []
    for name, entries in found:
        branch = Branch(id=name, title="", description="", entries=entries)
        path = lever_paths(branch, weeks, PLACES, PLACES, [of.id])[:, 1 : 1 + judged, 0]
        if any(np.array_equal(path, other) for other in paths):
            continue  # what the document does already
        steps.append(Step(name, entries, float(path[1].mean())))
        paths.append(path)
    return tuple(sorted(steps, key=lambda step: step.intensity))


def _at_level(of: Lever, level: int, start: date) -> Entry:
    return Entry(
        lever=of.id,
        level=level,
        start=start,
        start_reason="the day of the strategy's first lever",
        status="ordered",
        delivery=catalogue().delivery.range,
        basis="user",
        source="counterflow improve",
        note=of.levels[level].meaning,
    )


def _recorded(of: Lever, start: date) -> Entry:
    """An entry that moves nothing: it says that the lever stays where it was, and from when on that counts."""
    return Entry(
        lever=of.id,
        change=Range(low=0.0, central=0.0, high=0.0),
        start=start,
        start_reason="the day of the strategy's first lever",
        status="in_force",
        basis="user",
        source="counterflow improve",
        note="stays on its recorded path: what the document does with it is left out",
    )


def entries_of(space: Space, genes: Genes) -> tuple[Entry, ...]:
    """The entries of one strategy, in order of their start."""
    moved = [entry for choice, gene in zip(space.choices, genes, strict=True) for entry in choice.steps[gene].entries]
    return tuple(sorted([*space.kept, *moved], key=lambda entry: entry.start))


def branch_of(space: Space, genes: Genes) -> Branch:
    """One strategy as a course of events. It has no campaign: what is only considered is no part of it."""
    name = "+".join(map(str, genes))
    return Branch(id=name, title=name, description="", entries=entries_of(space, genes))


def strategy_of(space: Space, genes: Genes, title: str) -> Strategy:
    """One strategy as a file can hold it, with the parameters and switches of the one that the search started from.

    Its first lever is on the day of that one's, since that is where all counting begins: where no entry is left of
    that day, because the record fills it by a later one, an entry that moves nothing keeps it.
    """
    of = space.strategy
    written = entries_of(space, genes)
    if all(entry.start > space.start for entry in written):
        written = (_recorded(levers()[space.choices[0].lever], space.start), *written)
    return Strategy(title=title, date=of.date, written=written, parameters=of.parameters, switches=of.switches)
