"""A document's text in pieces, with what was found in it marked in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from counterflow.report.words import clean

LONGEST = 200_000  # characters of a document that a page shows
KINDS = ("finding", "action", "claim", "assertion")


class Mark(NamedTuple):
    """Something found: which kind of row it has, that row's id, and where it stands in the text."""

    kind: str
    id: str
    start: int
    end: int


class Piece(NamedTuple):
    """A stretch of text within one paragraph, under the same marks from end to end."""

    text: str
    kinds: tuple[str, ...]  # of the marks that cover it, in the order of KINDS
    ends: tuple[Mark, ...]  # the marks that end with it


def marks_of(a: Mapping[str, Any]) -> list[Mark]:
    """Everything that an assessment found in its document, in the order of the text."""
    found = [Mark("finding", f["id"], f["span"]["start"], f["span"]["end"]) for f in a["findings"]]
    found += [Mark("action", x["id"], x["trigger"]["start"], x["trigger"]["end"]) for x in a["actions"]]
    spans = [(c["claim"]["id"], c["claim"]["quote_span"]) for c in a["claims"]]
    found += [Mark("claim", id, span["start"], span["end"]) for id, span in spans]
    found += [Mark("assertion", s["id"], s["cue"]["start"], s["cue"]["end"]) for s in a["assertions"]]
    return sorted(found, key=lambda mark: (mark.start, mark.end, KINDS.index(mark.kind)))


def paragraphs(text: str, marks: Sequence[Mark], longest: int = LONGEST) -> list[list[Piece]]:
    """The text, at most `longest` characters of it, as paragraphs of pieces. Blank lines are left out.

    A mark that runs over several paragraphs covers each of them, and ends in the last. Characters that HTML does not
    allow are left out; everything else stands as it does in the document.
    """
    shown = text[:longest]
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(shown)]
    cuts = sorted({0, len(shown), *(mark.start for mark in inside), *(mark.end for mark in inside)})
    found: list[list[Piece]] = [[]]
    waiting = iter(inside)
    following = next(waiting, None)
    covering: list[Mark] = []
    for start, end in pairwise(cuts):
        covering = [mark for mark in covering if mark.end > start]
        while following is not None and following.start <= start:
            covering.append(following)
            following = next(waiting, None)
        kinds = tuple(kind for kind in KINDS if any(mark.kind == kind for mark in covering))
        ends = tuple(mark for mark in covering if mark.end == end)
        lines = shown[start:end].splitlines(keepends=True)
        for number, line in enumerate(lines):
            last = number == len(lines) - 1
            bare = line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
            found[-1].append(Piece(clean(bare), kinds, ends if last else ()))
            if bare != line:
                found.append([])
    return [pieces for pieces in found if any(piece.text.strip() or piece.ends for piece in pieces)]


def placed(found: Sequence[Sequence[Piece]]) -> frozenset[str]:
    """The ids of everything that is marked in some paragraph: rows of these can link to their place."""
    return frozenset(mark.id for pieces in found for piece in pieces for mark in piece.ends)
