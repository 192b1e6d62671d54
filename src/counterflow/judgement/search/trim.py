"""Putting back what serves nothing: a search leaves a lever anywhere as long as no objective depends on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from counterflow.judgement.search.objectives import DOLLARS, Score
from counterflow.judgement.search.searching import Evaluator, Tried
from counterflow.judgement.search.space import Genes


class Trimmed(NamedTuple):
    """A strategy without what served nothing, on the draws of the search."""

    genes: Genes
    score: Score
    put_back: tuple[int, ...]  # the choices that were


def trimmed(
    members: Sequence[Tried],
    rests: Sequence[Genes],
    evaluate: Evaluator,
    *,
    units: Sequence[float],
    budget: float,
    known: Sequence[Tried] = (),
    check: Callable[[], None] = lambda: None,
) -> list[Trimmed]:
    """Each of `members` with every lever at the first of its steps in `rests` that does no harm, each result once.

    `rests` are strategies to whose steps a lever is put back, the ones to be preferred first: the document's, then the
    recorded one; a lever that stands as the first of them stays. No harm is done where no objective gets worse than the
    member's own by more than its unit, all that was put back taken together, spending by no more than DOLLARS and not
    above `budget`. One lever after the other is tried, of all members in one batch; what is in `known` is not evaluated
    again. `check` is called before each batch and may raise to end it.
    """
    scores = dict(known)
    now = [one.genes for one in members]
    back: list[list[int]] = [[] for _ in members]
    for choice in range(len(rests[0])):
        left = {row for row, genes in enumerate(now) if genes[choice] != rests[0][choice]}
        for rest in dict.fromkeys(of[choice] for of in rests):
            tries = {row: _with(now[row], choice, rest) for row in sorted(left) if now[row][choice] != rest}
            if new := [genes for genes in dict.fromkeys(tries.values()) if genes not in scores]:
                check()
                scores |= zip(new, evaluate(new), strict=True)
            for row, genes in tries.items():
                if _harmless(scores[genes], members[row].score, units, budget):
                    now[row] = genes
                    back[row].append(choice)
                    left.remove(row)
    scores |= dict(members)
    found: dict[Genes, Trimmed] = {}
    for genes, choices in zip(now, back, strict=True):
        found.setdefault(genes, Trimmed(genes, scores[genes], tuple(choices)))
    return list(found.values())


def _with(genes: Genes, choice: int, step: int) -> Genes:
    return (*genes[:choice], step, *genes[choice + 1 :])


def _harmless(score: Score, own: Score, units: Sequence[float], budget: float) -> bool:
    worse = any(now - before > unit for now, before, unit in zip(score.aim, own.aim, units, strict=True))
    return not worse and score.spent - own.spent <= DOLLARS and score.spent <= budget
