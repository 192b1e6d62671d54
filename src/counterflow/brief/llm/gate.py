"""Whether words stand in a document: exactly, or with other blanks and quotation marks. Nothing comes close."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from counterflow.brief.layout.folding import fold
from counterflow.brief.layout.parts import Layout, Sentence, span
from counterflow.brief.schema import Span

_LOOSELY = 4  # how many times longer than a text words may be that stand in it, with blanks to spare
NOT_FOUND = "quote not in one sentence of the document"


class Dropped(Exception):
    """Why an item of a model is left out, in one phrase without words of the document."""


def locate(layout: Layout, words: str, start: int, end: int) -> Span | None:
    """Where words stand between two offsets, whole words and numbers only; None where they do not.

    First as they are, then with any run of blanks for a blank and with plain quotation marks and dashes.
    """
    words = words.strip()
    if not words or len(words) > _LOOSELY * (end - start):
        return None
    at = layout.text.find(words, start, end)
    while at >= 0:
        if _is_whole(layout.text, at, at + len(words)):
            return span(layout, at, at + len(words))
        at = layout.text.find(words, at + 1, end)
    parts = fold(words).split()
    if not parts:
        return None
    for match in re.finditer(r"\s+".join(map(re.escape, parts)), layout.folded[start:end]):
        first, last = start + match.start(), start + match.end()
        if _is_whole(layout.folded, first, last):
            return span(layout, first, last)
    return None


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether the run begins and ends where words and numbers do: not "600" in "1,600" nor "order" in "border"."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalnum() and text[start].isalnum():
        return False
    if after[:1].isalnum() and text[end - 1].isalnum():
        return False
    if text[start].isdigit() and re.fullmatch(r"\d[.,]", before):
        return False
    return not (text[end - 1].isdigit() and re.fullmatch(r"[.,]\d", after))


def quoted(layout: Layout, words: str, sentences: Iterable[Sentence]) -> tuple[Span, Sentence]:
    """Where a quote stands, and in which of some sentences. Raises Dropped where it stands in none of them."""
    for sentence in sentences:
        if found := locate(layout, words, sentence.start, sentence.end):
            return found, sentence
    raise Dropped(NOT_FOUND)


def inside(layout: Layout, words: str | None, within: Span | Sentence, what: str) -> Span | None:
    """Where words stand inside a quote or sentence; None where none are given. Raises Dropped, naming `what`."""
    if words is None:
        return None
    if found := locate(layout, words, within.start, within.end):
        return found
    raise Dropped(f"{what} not in the quote" if isinstance(within, Span) else f"{what} not in the sentence")


def sentences_of(layout: Layout, blocks: Sequence[int]) -> list[Sentence]:
    """The sentences of some blocks, in order."""
    wanted = set(blocks)
    return [sentence for sentence in layout.sentences if sentence.block in wanted]
