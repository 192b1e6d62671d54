"""Measure how well documents are read, on documents whose actions and claims are known.

Usage: python scripts/score_reading.py [--set NAME] [--document NAME] [--detail] [--json] [--unrelated]
                                       [--text FILE ...]

The labels and the rules of scoring are in tests/gold/ (README.md). Prints a table for each set and one for all.
--detail adds what became of each label. --unrelated also reads text that has no actions and claims on the border:
the help texts that every Python carries; and counts gaps found in the real documents, which have none. --text
counts the same in other plain-text files, instead.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from counterflow.brief.reader import read
from counterflow.brief.schema import Brief

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

from gold.figures import Figure, table_lines, totals, with_intervals  # noqa: E402
from gold.scoring import Scored, score_document, tally  # noqa: E402
from gold.sets import (  # noqa: E402
    REAL_TEXTS,
    SETS,
    Gold,
    Kind,
    gold_documents,
    grouped,
    is_as_annotated,
    labels_of,
    python_prose,
    traps_of,
)
from gold.showing import detail_lines  # noqa: E402

COUNTED = ("labels", "found", "merged", "all_right", "read", "spurious", "repeats", "trapped", "sentences")
KINDS: dict[str, tuple[Kind, ...]] = {"actions": ("action",), "claims": ("claim",), "together": ("action", "claim")}

Column = tuple[dict[str, int], dict[str, Figure]]


def score(gold: Gold, *, detail: bool) -> Scored:
    """Read a document and score it; with `detail`, print what became of each label."""
    brief = read(gold.path)
    text = brief.document.text
    scored = score_document(brief, labels_of(gold, text), traps_of(gold, text))
    if detail:
        print("\n".join([gold.name, *detail_lines(text, scored), ""]))
    return scored


def columns(documents: Sequence[Scored]) -> dict[str, Column]:
    """Counts and figures of actions, of claims, and of both together."""
    found = {}
    for name, kinds in KINDS.items():
        counts = [tally(document, kinds) for document in documents]
        found[name] = (totals(counts, COUNTED), with_intervals(counts))
    return found


def unrelated_counts(brief: Brief) -> Counter[str]:
    """What was read in a text without actions, claims or gaps: all of it is spurious."""
    numbers = [claim for claim in brief.claims if claim.value is not None]
    return Counter(
        {
            "sentences": len(brief.ledger),
            "actions": len(brief.actions),
            "claims": len(brief.claims),
            "claims with a number": len(numbers),
            "claims on a measure, with a number": sum(claim.measure is not None for claim in numbers),
            "gaps": len(brief.gaps),
        }
    )


def read_paragraphs(texts: Iterable[str], *, detail: bool) -> list[Counter[str]]:
    """Read each text as a document of its own."""
    counts = []
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts, start=1):
            path = Path(folder, f"text-{number}.txt")
            path.write_text(text, encoding="utf-8")
            brief = read(path)
            counts.append(unrelated_counts(brief))
            if detail:
                print_spurious(brief)
    return counts


def print_spurious(brief: Brief) -> None:
    """Everything that was read in a text that has none of it."""
    found = [(f"action {action.lever}", action.span) for action in brief.actions]
    found += [(f"claim {claim.claim_type} {claim.value} {claim.measure}", claim.span) for claim in brief.claims]
    found += [(f"gap ({gap.rule})", gap.span) for gap in brief.gaps]
    for what, span in found:
        print(f"  SPURIOUS {what}: {' '.join(span.quote.split())[:200]}")


def paragraphs_of(path: Path) -> list[str]:
    """The paragraphs of a plain-text file."""
    return [part for part in path.read_text(encoding="utf-8", errors="replace").split("\n\n") if part.strip()]


def columns_without_labels(counts: list[Counter[str]]) -> dict[str, Column]:
    """Counts and figures of texts without labels."""
    keys = ("sentences", "actions", "claims", "gaps")
    return {"": ({"documents": len(counts), **totals(counts, keys)}, with_intervals(counts, unrelated=True))}


def score_sets(names: Iterable[str], only: str | None, *, detail: bool) -> dict[str, dict[str, Column]]:
    """A table for each set, and one for all where there are several."""
    tables: dict[str, dict[str, Column]] = {}
    everything: list[Scored] = []
    for name in names:
        documents = [gold for gold in gold_documents(name) if only in (None, gold.name)]
        there = [gold for gold in documents if gold.path.is_file()]
        if missing := [gold.path.name for gold in documents if gold not in there]:
            listed = ", ".join(missing)
            print(f"NOT SCORED: the texts of {name}/ are not at hand in {REAL_TEXTS.name}/: {listed}", file=sys.stderr)
        for gold in there:
            if not is_as_annotated(gold):
                sys.exit(f"{gold.path.name} is not the text that was annotated: its sha256 differs.")
        scored = [score(gold, detail=detail) for gold in there]
        everything += scored
        if scored:
            tables[f"{name} (documents: {len(scored)})"] = columns(scored)
    if len(tables) > 1:
        tables[f"all (documents: {len(everything)})"] = columns(everything)
    return tables


def main(arguments: Sequence[str] | None = None) -> None:
    """Score what was asked for and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--set", choices=SETS, help="score only this set")
    parser.add_argument("--document", metavar="NAME", help="score only this document")
    parser.add_argument("--detail", action="store_true", help="print what became of each label")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--unrelated", action="store_true", help="also count what is read in unrelated text")
    parser.add_argument("--text", metavar="FILE", nargs="+", type=Path, help="count what is read in these files")
    options = parser.parse_args(arguments)
    detail = options.detail and not options.json

    tables: dict[str, dict[str, Column]] = {}
    if options.text:
        texts = [text for path in options.text for text in grouped(paragraphs_of(path))]
        tables["text"] = columns_without_labels(read_paragraphs(texts, detail=detail))
    else:
        tables = score_sets([options.set] if options.set else SETS, options.document, detail=detail)
        if not tables:
            sys.exit("There is no such document with labels, or its text is not at hand.")
    if options.unrelated:
        prose = read_paragraphs(grouped(python_prose()), detail=detail)
        name = f"unrelated: help texts of Python {platform.python_version()}"
        tables[name] = columns_without_labels(prose)
        real = sorted(REAL_TEXTS.glob("*.md")) if REAL_TEXTS.is_dir() else []
        real = [path for path in real if path.name[:2].isdigit()]
        if real:
            gaps = [unrelated_counts(read(path)) for path in real]
            figures = with_intervals(gaps, unrelated=True)
            gap_figures = {name: figure for name, figure in figures.items() if name.startswith("gaps")}
            sums = {"documents": len(gaps), **totals(gaps, ("sentences", "gaps"))}
            tables["false gaps in the real documents, which have none"] = {"": (sums, gap_figures)}
        else:
            print("NOT COUNTED: false gaps in the real documents, whose texts are not at hand", file=sys.stderr)

    if options.json:
        plain = {
            heading: {
                column or "all": {"counts": sums, "figures": {key: asdict(figure) for key, figure in figures.items()}}
                for column, (sums, figures) in table.items()
            }
            for heading, table in tables.items()
        }
        print(json.dumps(plain, indent=1))
    else:
        for heading, table in tables.items():
            print("\n".join(table_lines(heading, table)))


if __name__ == "__main__":
    main()
