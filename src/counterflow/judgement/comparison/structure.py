"""Which strategy is best if the model is built otherwise: each switch at its other positions, one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from counterflow.ensemble.gather import Progress
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.sampling import Sampling
from counterflow.judgement.comparison.assumptions import best_changes
from counterflow.judgement.comparison.runs import UNITS, harms, measured, with_switches
from counterflow.judgement.comparison.schema import Among, OutcomeId, Structure
from counterflow.strategy.overrides import RECIPROCITY, Switches

DRAWS = 250  # at most: one block


class Position(NamedTuple):
    """A switch at another position than it has."""

    switch: str
    position: str
    switches: Switches


def positions(of: Switches) -> list[Position]:
    """Every switch at each of its other positions, all others as they are."""
    found = []
    for name, value in of:
        others = [not value] if isinstance(value, bool) else [other for other in RECIPROCITY if other != value]
        for other in others:
            position = ("on" if other else "off") if isinstance(other, bool) else other
            found.append(Position(name, position, of.model_copy(update={name: other})))
    return found


def structures(
    at: Plan,
    sampling: Sampling,
    draws: int,
    switches: Switches,
    outcomes: Sequence[OutcomeId],
    among: Mapping[Among, Sequence[int]],
    progress: Progress = lambda done, total: None,
) -> tuple[Structure, ...]:
    """Run all branches of a plan again with each switch at its other positions, over the same draws, and say by each
    outcome, and `among` which branches, which is the best.

    Draws from a posterior stay as they were fitted, with the switches at their defaults.
    """
    names = [branch.id for branch in at.branches]
    alternatives = positions(switches)
    usual = harms(measured(at, sampling, draws))
    progress(1, 1 + len(alternatives))
    found = []
    for number, one in enumerate(alternatives):
        other = harms(measured(with_switches(at, one.switches.changed()), sampling, draws))
        for group, rows in among.items():
            for outcome in outcomes:
                before, best, lead, error, changes = best_changes(
                    usual[outcome][rows],
                    other[outcome][rows],
                    len(alternatives),
                    UNITS[outcome],
                    len(outcomes) * len(among),
                )
                found.append(
                    Structure(
                        switch=one.switch,
                        position=one.position,
                        outcome=outcome,
                        among=group,
                        usual=names[rows[before]],
                        best=names[rows[best]],
                        lead=lead,
                        error=error,
                        changes=changes,
                    )
                )
        progress(2 + number, 1 + len(alternatives))
    return tuple(found)
