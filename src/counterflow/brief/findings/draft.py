"""A finding before it has its number, and the prose of a document by place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from counterflow.brief.layout.parts import Layout, Sentence
from counterflow.brief.patterns import Folded
from counterflow.brief.schema import FindingKind


@dataclass(frozen=True)
class Draft:
    """A finding without its number; `start` and `end` are offsets into the canonical text."""

    kind: FindingKind
    rule: str
    confidence: str
    start: int
    end: int
    note: str
    data: dict[str, int | str | list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Prose:
    """The sentences of a document but for the rows of its tables, and where each of them begins."""

    layout: Layout
    sentences: tuple[Sentence, ...]
    starts: tuple[int, ...]

    @property
    def folded(self) -> Folded:
        return self.layout.folded

    def at(self, place: int) -> Sentence | None:
        """The sentence that an offset stands in; None where it stands in none."""
        number = bisect_right(self.starts, place) - 1
        return self.sentences[number] if number >= 0 and place < self.sentences[number].end else None

    def holding(self, runs: tuple[str, ...]) -> Iterator[Sentence]:
        """The sentences in which one of some runs of lower-case letters stands, in order; all where there are none."""
        if not runs:
            yield from self.sentences
            return
        found: set[int] = set()
        for run in runs:
            place = self.folded.low.find(run)
            while place >= 0:
                number = bisect_right(self.starts, place) - 1
                if number >= 0 and place < self.sentences[number].end:
                    found.add(number)
                    place = self.sentences[number].end  # what else this sentence holds of it tells nothing new
                elif number + 1 < len(self.starts):
                    place = self.starts[number + 1]
                else:
                    break
                place = self.folded.low.find(run, place)
        for number in sorted(found):
            yield self.sentences[number]


def prose_of(layout: Layout) -> Prose:
    """The sentences of a document that are read as prose: all but the rows of tables."""
    sentences = tuple(s for s in layout.sentences if layout.blocks[s.block].kind != "table")
    return Prose(layout, sentences, tuple(sentence.start for sentence in sentences))
