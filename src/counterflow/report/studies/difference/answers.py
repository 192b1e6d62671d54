"""What came out otherwise in one of two assessments: chances, words of the verdict, verdicts on claims."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from counterflow.judgement.untested import NOT_TESTED

Assessment = Mapping[str, Any]
SURE = 2.0  # standard errors, as ± means in the report
PAIRED = ("version", "priors_sha256", "seed", "draws", "replicates", "years", "sampling")


class Moved(NamedTuple):
    """A headline of one branch whose chance or word is not the same in both."""

    branch: str
    headline: str
    reference: str
    a: float
    b: float
    difference: float
    mc_error: float  # standard error of the difference between independent runs
    within: bool  # whether it is no larger than twice that
    word_a: str
    word_b: str
    decided_by_a: tuple[str, ...]  # parameters that leave it undetermined
    decided_by_b: tuple[str, ...]

    @property
    def reworded(self) -> bool:
        """Whether the verdict says another word."""
        return self.word_a != self.word_b


class Checked(NamedTuple):
    """A claim whose verdict is not the same in both; None where it is not there."""

    quote: str
    a: str | None
    b: str | None


def paired(a: Assessment, b: Assessment) -> bool:
    """Whether both took the same draws and the same chance, so that what differs between them is no accident of which.

    The courses of chance are those of one length of run that begins in one week.
    """
    one, two = a["manifest"], b["manifest"]
    start = [(of.get("basis") or {}).get("start") for of in (a, b)]
    return start[0] == start[1] and "draws" in one and all(one.get(key) == two.get(key) for key in PAIRED)


def moved(a: Assessment, b: Assessment) -> tuple[Moved, ...]:
    """Headlines of branches that both have, where chance, word or deciding parameters differ.

    The error of a difference between independent runs is the root of the sum of both squared errors; between paired
    runs it is as a rule smaller, and an assessment does not hold the draws that would tell it.
    """
    one, two = _headlines(a), _headlines(b)
    found = []
    for key in (key for key in one if key in two):
        before, after = one[key], two[key]
        deciders = [tuple(f"{d['mechanism']}.{d['symbol']}" for d in of["decided_by"]) for of in (before, after)]
        words = [str(of["word"]) for of in (before, after)]
        if before["probability"] == after["probability"] and words[0] == words[1] and deciders[0] == deciders[1]:
            continue
        if words == [NOT_TESTED, NOT_TESTED]:
            continue
        difference = after["probability"] - before["probability"]
        error = math.hypot(before["mc_error"], after["mc_error"])
        found.append(
            Moved(
                *key, before["probability"], after["probability"], difference, error,
                abs(difference) <= SURE * error, words[0], words[1], deciders[0], deciders[1],
            )
        )  # fmt: skip
    return tuple(found)


def compared(a: Assessment, b: Assessment) -> int:
    """How many headlines both have."""
    return len(_headlines(a).keys() & _headlines(b).keys())


def lonely(a: Assessment, b: Assessment) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Branches that only A was run with, and only B."""
    one, two = (list(dict.fromkeys(key[0] for key in _headlines(of))) for of in (a, b))
    return tuple(x for x in one if x not in two), tuple(x for x in two if x not in one)


def checked(a: Assessment, b: Assessment) -> tuple[Checked, ...]:
    """Claims of the same words with another verdict, and claims that only one of the documents makes."""
    one, two = dict(_claims(a)), dict(_claims(b))
    return tuple(
        Checked(key[0], one.get(key), two.get(key))
        for key in dict.fromkeys([*one, *two])
        if one.get(key) != two.get(key)
    )


def _headlines(of: Assessment) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    return {(row["branch"], row["id"], row["reference"]): row for row in of["headlines"]}


def _claims(of: Assessment) -> Iterator[tuple[tuple[str, str, str, int], str]]:
    """Verdicts by sentence, the words of the figure in it and measure; equal ones are counted."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for row in of["claims"]:
        claim = row["claim"]
        key = (claim["span"]["quote"], claim["quote_span"]["quote"], str(claim["measure"]))
        seen[key] += 1
        yield (*key, seen[key]), str(row["verdict"])
