"""Which functions of the uncertain numbers an outcome is regressed on: a line for each, curves and products for some.

Two hundred numbers have 20,000 pairs. All are looked at, and those are taken whose part in what is not yet explained
stands out: a sum over draws, divided by its own standard error whatever the scatter there (White 1980, Econometrica
48(4)), beyond sqrt(2 log m), which the largest of m such sums hardly passes where there is nothing (Donoho & Johnstone
1994, Biometrika 81(3), the universal threshold).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from counterflow.judgement.sensitivity.curves import CURVES, Floats, standard

CROSSED = 4  # curves of each number that products are made of
ROUNDS = 5  # of looking at what is left
LEAST = 3  # curves that a number gets which stands out at all
SHARE = 0.5  # pairs weaker than this share of the strongest wait until that one is accounted for

Term = tuple[tuple[int, int], ...]  # one or two factors: column of the number, number of its curve


class Terms(NamedTuple):
    """What an outcome is regressed on, and the columns that stand out, strongest first."""

    terms: tuple[Term, ...]
    important: tuple[int, ...]


def terms_for(curves: Floats, outcome: Floats, most: int) -> Terms:
    """The terms for one outcome (draw,), at most `most` of them; `curves` as `curves.curves` gives them."""
    found: dict[Term, None] = {((column, 0),): None for column in range(curves.shape[1])}
    strength: dict[int, float] = {}
    crossable = np.ascontiguousarray(curves[:, :, :CROSSED].reshape(len(curves), -1), np.float32)
    squares = crossable**2
    rest = outcome - outcome.mean()
    for number in range(ROUNDS):
        bends = _bends(curves, rest)
        # Products come once lines and curves are accounted for.
        products = _products(crossable, squares, rest) if number else []
        new = []
        for size, terms in sorted([*bends, *products], key=lambda one: -one[0]):
            for column in {column for term in terms for column, _ in term}:
                strength[column] = max(strength.get(column, 0.0), size)
            new += [term for term in terms if term not in found]
        if number and not new:
            break
        found |= dict.fromkeys(new[: max(most - len(found), 0)])
        rest = _unexplained(curves, list(found), outcome)
    return Terms(tuple(found), tuple(sorted(strength, key=lambda column: -strength[column])))


def columns_of(curves: Floats, terms: Iterable[Term]) -> Floats:
    """(draw, term) the values of the terms, each with mean 0 and variance 1."""
    return standard(np.stack([np.prod([curves[:, a, k] for a, k in term], axis=0) for term in terms], axis=1))


def universal(count: int) -> float:
    """What the largest of `count` standard normal numbers hardly passes."""
    return float(np.sqrt(2.0 * np.log(max(count, 2))))


def _bends(curves: Floats, rest: Floats) -> list[tuple[float, list[Term]]]:
    """The curves of each number that stands out, with how far."""
    size = np.abs(np.einsum("nak,n->ak", curves, rest)) / _errors(np.einsum("nak,n->ak", curves**2, rest**2))
    limit = universal(size.size)
    found = []
    for column in np.flatnonzero(size.max(axis=1) > limit):
        reach = max(int(np.flatnonzero(size[column] > limit).max()) + 1, LEAST)
        terms: list[Term] = [((int(column), k),) for k in range(min(reach, CURVES))]
        found.append((float(size[column].max()), terms))
    return found


def _products(crossable: np.ndarray, squares: np.ndarray, rest: Floats) -> list[tuple[float, list[Term]]]:
    """The products of two numbers' curves for each pair that stands out, with how far."""
    weights = rest[:, None].astype(np.float32)
    size = np.abs(crossable.T @ (crossable * weights)) / _errors(squares.T @ (squares * weights**2))
    inputs = crossable.shape[1] // CROSSED
    size = size.reshape(inputs, CROSSED, inputs, CROSSED).transpose(0, 2, 1, 3)
    largest = np.triu(size.max(axis=(2, 3)), 1)
    limit = universal(inputs * (inputs - 1) // 2 * CROSSED**2)
    if not (largest > limit).any():
        return []
    found = []
    for a, b in zip(*np.nonzero(largest > max(limit, SHARE * float(largest.max()))), strict=True):
        rows, columns = np.nonzero(size[a, b] > limit)
        terms: list[Term] = [
            ((int(a), j), (int(b), k)) for j in range(rows.max() + 1) for k in range(columns.max() + 1)
        ]
        found.append((float(largest[a, b]), terms))
    return found


def _errors(squared: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(np.maximum(squared, 1e-12)))


def _unexplained(curves: Floats, terms: Sequence[Term], outcome: Floats) -> Floats:
    """(draw,) what least squares on the terms leaves of an outcome."""
    made = columns_of(curves, terms)
    about = outcome - outcome.mean()
    gram = made.T @ made
    gram[np.diag_indices_from(gram)] += 1e-7 * len(made)
    return np.asarray(about - made @ np.linalg.solve(gram, made.T @ about))
