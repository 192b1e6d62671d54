"""Which inputs move the headlines, by a design of independent inputs: in lines for a terminal, and in plain values."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from counterflow.ensemble.contrast import about
from counterflow.judgement.headlines import Rule, rules
from counterflow.judgement.schema import Grade
from counterflow.judgement.sensitivity.designed import Designed
from counterflow.report.words import count, joined, word

SHOWN = 12  # inputs of each headline that the table of elementary effects shows
WIDTH = 118
INTERVALS = {
    "morris": "After ± stands half the width of a 90% interval over walks.",
    "sobol": "Brackets are 90% intervals over resampled rows of the design.",
}
UNMOVED = (
    "No index can be told: it moves in the screening, but the {chosen} that got indices leave it the same in all runs. "
    "What moves it in the screening:"
)


def sensitivity_values(of: Designed) -> dict[str, object]:
    """The result in plain values."""
    return {
        "method": of.method,
        "branch": of.branch,
        "reference": "none",
        "weeks": list(of.weeks),
        "runs": of.runs,
        "grades": _grades(of),
        "screened": [one._asdict() for one in of.screened],
        "indices": [one._asdict() for one in of.indices],
        "untold": list(of.untold),
        "unmoved": list(of.unmoved),
        "inputs": [one._asdict() for one in of.inputs],
        "ignored": list(of.ignored),
    }


def sensitivity_lines(of: Designed) -> list[str]:
    """What was run, then a table for each headline, then what independence leaves out."""
    lines = [compared_with(of.branch, of.weeks), f"{of.runs:,} runs. {INTERVALS[of.method]}", *resting(_grades(of))]
    for rule in rules():
        lines += ["", f"{rule.title}: {about(rule.contrast)['long_name']}", *_headline(of, rule)]
    return [*lines, "", *(part for one in of.ignored for part in _wrapped(one))]


def compared_with(branch: str, weeks: tuple[int, int]) -> str:
    """The branch, what it is compared with, and over which weeks."""
    return f"Branch {branch} against none, the run without the strategy, weeks {weeks[0]} to {weeks[1]}."


def resting(grades: Mapping[Grade, int]) -> list[str]:
    """How many inputs of each grade a result rests on, and what the weakest grade means."""
    parts = [f"{number} of grade {grade}" for grade, number in sorted(grades.items())]
    text = f"It rests on {count(sum(grades.values()), 'uncertain input')}: {joined(parts)}."
    if grades:
        weakest = max(grades)
        text = f"{text[:-1]} ({word('grade', weakest)})."
    return _wrapped(text)


def _grades(of: Designed) -> dict[Grade, int]:
    return dict(sorted(Counter(one.grade for one in of.inputs).items()))


def _headline(of: Designed, rule: Rule) -> list[str]:
    if rule.id in of.untold:
        return ["  It is the same in all runs: nothing moves it."]
    indices = [one for one in of.indices if one.headline == rule.id]
    if indices:
        rows = [
            (
                one.input,
                _around(one.first, one.first_low, one.first_high),
                _around(one.total, one.total_low, one.total_high),
            )
            for one in indices
        ]
        return _table(("input", "alone", "with others"), rows)
    effects = [one for one in of.screened if one.headline == rule.id][:SHOWN]
    moved = [(one.input, f"{one.size:.4f} ± {one.error:.4f}", f"{one.spread:.4f}") for one in effects if one.size > 0]
    table = _table(("input", "mean size of change", "spread"), moved)
    if rule.id not in of.unmoved:
        return table
    chosen = count(len({one.input for one in of.indices}), "input")
    return [*(f"  {part}" for part in _wrapped(UNMOVED.format(chosen=chosen))), *table]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - 2, subsequent_indent="  ")


def _around(value: float, low: float, high: float) -> str:
    return f"{value:5.2f} ({low:.2f} to {high:.2f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [head, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return [
        ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip() for row in cells
    ]
