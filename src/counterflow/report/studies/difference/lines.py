"""The difference between two assessments, on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from counterflow.report.studies.difference.answers import SURE, Moved
from counterflow.report.studies.difference.compare import Difference
from counterflow.report.studies.difference.ways import label
from counterflow.report.words import clean, count, joined, percent, word

WIDTH = 100
SHOWN = 12  # headlines that are spelled out; the rest is counted


def difference_lines(found: Difference, a: Mapping[str, Any]) -> list[str]:
    """What entered, what came out otherwise, and why; `a` is the first assessment, for the titles of its branches."""
    if found.same:
        return _wrapped(found.why)
    titles = {branch["id"]: branch["title"] for branch in a["branches"]}
    lines = ["What entered", *(line for change in found.inputs for line in _input(change.what, change.a, change.b))]
    lines += [] if found.inputs else ["  the same"]
    lines += ["", "What came out", *_headlines(found, titles, a["answer"].get("lead_branch")), *_claims(found)]
    lines += ["", "Why", *_wrapped(found.why, "  ")]
    if found.ways:
        lines += _wrapped("To find out, make B again with one thing of A at a time, and compare it with B:", "  ")
        for way in found.ways:
            said = ": ".join(part for part in (label(way.cause), way.do) if part)
            lines += _wrapped(said, "  - ") + ([f"    {way.command}"] if way.command else [])
    return lines


def _input(what: str, a: str | None, b: str | None) -> list[str]:
    if a is None or b is None:
        return _wrapped(f"{what}: {f'only in B: {b}' if a is None else f'only in A: {a}'}", "  ")
    return _wrapped(f"{what}: {a} → {b}", "  ")


def _headlines(found: Difference, titles: Mapping[str, str], lead: str | None) -> Iterator[str]:
    """Rows whose word changed or that lie beyond the error, those of the lead branch first; the rest counted."""
    for ids, which in ((found.only_a, "A"), (found.only_b, "B")):
        if ids:
            yield from _wrapped(f"branches that only {which} has: {joined([titles.get(x, x) for x in ids])}", "  ")
    if not found.headlines:
        yield from _wrapped(f"the same chance and word in {_headlines_of(found.compared)}", "  ")
        return
    told = [row for row in found.headlines if row.reworded or not row.within or row.branch == lead]
    told.sort(key=lambda row: (row.branch != lead, row.within, not row.reworded, -abs(row.difference)))
    for row in told[:SHOWN]:
        yield from _wrapped(_moved(row, titles), "  ")
    left = [row for row in found.headlines if row not in told[:SHOWN]]
    if left:
        most = max(abs(row.difference) for row in left)
        few = sum(row.within for row in left)
        counted = f"{few} of them within Monte Carlo error" if few < len(left) else "all within Monte Carlo error"
        yield from _wrapped(f"and {len(left)} more, by at most {_points(most)}: {counted} (see --json)", "  ")
    yield from _wrapped(_on_error(found), "  ")


def _moved(row: Moved, titles: Mapping[str, str]) -> str:
    """One headline: both chances, their difference with its error, and both words where they differ."""
    sign = "+" if row.difference >= 0 else "−"
    error = f"{sign}{_points(abs(row.difference))}, ±{100 * SURE * row.mc_error:.0f}"
    where = "within" if row.within else "beyond"
    place = f"{titles.get(row.branch, row.branch)}, {word('reference', row.reference)}"
    text = f"{place}: {word('headline', row.headline)} {percent(row.a)} → {percent(row.b)} "
    text += f"({error}: {where} Monte Carlo error)"
    if row.reworded:
        text += f"; {row.word_a} → {row.word_b}"
    if row.decided_by_a != row.decided_by_b:
        text += f"; turns on {', '.join(row.decided_by_a) or 'nothing'} → {', '.join(row.decided_by_b) or 'nothing'}"
    return text


def _on_error(found: Difference) -> str:
    """What the error of a difference means here."""
    said = "± is twice the standard error of a difference between independent runs"
    if found.paired:
        return (
            f"{said}. A and B share seed and draws: the true error is as a rule smaller, and a difference within this "
            "one may still be real."
        )
    return (
        f"{said}; of {_headlines_of(found.compared)} about one in twenty lies beyond it by chance alone. One within it "
        "cannot be told from chance."
    )


def _headlines_of(number: int) -> str:
    return count(number, "headline")


def _claims(found: Difference) -> Iterator[str]:
    for row in found.claims:
        verdicts = [word("claim_verdict", verdict) if verdict else None for verdict in (row.a, row.b)]
        yield from _input(f"claim “{textwrap.shorten(clean(row.quote), 70, placeholder=' …')}”", *verdicts)


def _points(share: float) -> str:
    """A distance between two chances, in percentage points."""
    number = f"{100 * share:.0f}"
    return f"{number} {'point' if number == '1' else 'points'}"


def _wrapped(text: str, begin: str = "") -> list[str]:
    indent = "    " if begin else ""
    lines = textwrap.wrap(
        clean(text), WIDTH, initial_indent=begin, subsequent_indent=indent, break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip
    return lines or [begin.rstrip()]
