"""What two assessments differ in and why, as one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from counterflow.errors import BriefError
from counterflow.report.studies.difference import answers
from counterflow.report.studies.difference.answers import Checked, Moved
from counterflow.report.studies.difference.inputs import Changed, causes, changes
from counterflow.report.studies.difference.ways import Way, label, ways
from counterflow.report.words import count, joined

Assessment = Mapping[str, Any]
CHANCE = ("seed", "draws", "replicates", "sampling")  # causes that change which draws are taken, and nothing else
NOT_COMPARED = ("timings",)
BY_CHANCE = "What came out otherwise moved by no more than chance would do: the draws are not the same."


class Difference(NamedTuple):
    """What entered and differs, the causes among it, what came out otherwise, and to what that can be laid."""

    same: bool  # in all but the time that it took
    inputs: tuple[Changed, ...]
    causes: tuple[str, ...]
    paired: bool  # the same draws and the same chance
    compared: int  # headlines that both have
    headlines: tuple[Moved, ...]
    only_a: tuple[str, ...]  # branches
    only_b: tuple[str, ...]
    claims: tuple[Checked, ...]
    why: str
    ways: tuple[Way, ...]


def difference(a: Assessment, b: Assessment) -> Difference:
    """What `b` differs in from `a`, both as `reading.read_pair` gives them.

    Raises BriefError where one of them lacks what an assessment holds.
    """
    try:
        return _difference(a, b)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"one of them lacks what an assessment holds ({type(error).__name__}: {error})"
        raise BriefError(message, hint="Make it again: the command stands in it, under manifest.") from error


def _difference(a: Assessment, b: Assessment) -> Difference:
    inputs = changes(a, b)
    of = causes(inputs)
    headlines, claims = answers.moved(a, b), answers.checked(a, b)
    only = answers.lonely(a, b)
    moved = bool(headlines or claims or any(only))
    same_draws = answers.paired(a, b)
    by_chance = not (same_draws or claims or any(only)) and all(row.within for row in headlines)
    same = _compared(a) == _compared(b)
    return Difference(
        same=same,
        inputs=inputs,
        causes=of,
        paired=same_draws,
        compared=answers.compared(a, b),
        headlines=headlines,
        only_a=only[0],
        only_b=only[1],
        claims=claims,
        why=_why(a, b, of, same=same, moved=moved, same_draws=same_draws, by_chance=by_chance),
        ways=ways(a, b, inputs, of) if moved and not by_chance and len(of) > 1 else (),
    )


def as_json(found: Difference) -> dict[str, Any]:
    """A difference, ready for `json.dumps`: its fields, with rows as objects."""
    rows = {name: [row._asdict() for row in getattr(found, name)] for name in ("inputs", "claims", "ways")}
    headlines = [row._asdict() | {"reworded": row.reworded} for row in found.headlines]
    return found._asdict() | rows | {"headlines": headlines}


def _compared(of: Assessment) -> dict[str, Any]:
    return {key: value for key, value in of.items() if key not in NOT_COMPARED}


def _why(
    a: Assessment, b: Assessment, of: Sequence[str], *, same: bool, moved: bool, same_draws: bool, by_chance: bool
) -> str:
    """To what the answers' difference can be laid: one thing, chance, or nothing by itself.

    `by_chance`: the draws are not the same, and nothing that came out otherwise lies beyond the Monte Carlo error.
    """
    if same:
        return "A and B are the same, but for the time that they took."
    if not of:
        if moved:
            return (
                "Nothing that A and B say of what entered them differs. Another kind of processor, or a program that "
                "was changed without its version, can do this."
            )
        parts = sorted(key for key in a.keys() | b.keys() if a.get(key) != b.get(key) and key not in NOT_COMPARED)
        return f"Nothing that entered differs, and no answer; other words stand in {joined(parts)}."
    if len(of) > 1:
        named = f"{count(len(of), 'thing')} differ: {joined([label(cause) for cause in of])}"
        if not moved:
            return f"{named}. No answer came out otherwise; two of them may still undo each other."
        if by_chance:
            return f"{named}. {BY_CHANCE}"
        return (
            f"{named}. What came out otherwise cannot be laid to one of them: each may have a part in it, and "
            "they may act together."
        )
    named = f"One thing differs: {label(of[0])}"
    if not moved:
        return f"{named}. No answer came out otherwise."
    if of[0] in CHANCE:
        return f"{named}. What came out otherwise is chance: other draws of the same."
    if by_chance:
        return f"{named}. {BY_CHANCE}"
    if same_draws:
        return f"{named}. It is the cause of all that came out otherwise, in these draws."
    return f"{named}. It is the cause of what came out otherwise, and with it chance: the draws are not the same."
