"""From the lines of pages to paragraphs: without running heads and page numbers, broken words made whole."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from counterflow.brief.loading.content import Anchor, Content
from counterflow.brief.loading.pdf_page import Edges, PageLine, PdfPage, body_lines


@dataclass
class _Paragraph:
    lines: list[tuple[int, PageLine]] = field(default_factory=list)  # number of the page, line


def as_text(pages: Sequence[PdfPage]) -> Content:
    """The text of pages, one paragraph a line and a blank line between; headings as in Markdown.

    A paragraph that goes on over a page's end stays whole: the first page ends inside it.
    """
    edges = Edges(pages)
    kept = [body_lines(page, number, edges) for number, page in enumerate(pages)]
    sizes = Counter[float]()
    for lines in kept:
        for line in lines:
            sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    words = Counter(
        re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(line.text for lines in kept for line in lines).lower())
    )
    heads = sorted((size for size in sizes if size > 1.15 * body), reverse=True)[:4]
    pieces: list[str] = []
    starts: list[int | None] = [None] * len(pages)
    ends = [0] * len(pages)
    length = 0

    def add(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    for paragraph in _paragraphs(kept):
        size = paragraph.lines[0][1].size
        is_head = size in heads and sum(len(line.text) for _, line in paragraph.lines) < 250
        add("\n\n" if pieces else "")
        prefix = "#" * (heads.index(size) + 1) + " " if is_head else ""
        for number, (page, line) in enumerate(paragraph.lines):
            following = paragraph.lines[number + 1][1].text if number + 1 < len(paragraph.lines) else ""
            if starts[page] is None:
                starts[page] = length
            add(prefix + _ended(line.text, following, words))
            prefix = ""
            ends[page] = length
    text = "".join(pieces)
    places: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        before = places[-1][1] if places else 0
        places.append((before, before) if start is None else (start, end))
    return Content(text, pages=tuple(places), anchors=tuple(_anchors(text, pages, places)))


def _ended(line: str, following: str, words: Counter[str]) -> str:
    """A line with what stands between it and the next: a blank, or what a broken word asks for."""
    if not following:
        return line.replace("\x02", "-")
    if not line.endswith("\x02"):
        carries_on = line[-1:] == "-" and line[-2:-1].strip() and following[0].isalnum()
        return line.replace("\x02", "-") + ("" if carries_on else " ")
    line = line[:-1]
    before = re.search(r"[^\W_]+$", line)
    after = re.match(r"[^\W_]+", following)
    hyphen = "-"
    if before and after and after[0].islower() and before[0].isalpha():
        first, second = before[0].lower(), after[0].lower()
        hyphenated, whole = words[f"{first}-{second}"], words[first + second]
        both_are_words = words[first] > 0 and words[second] > 1 and len(first) > 3 and len(second) > 3
        if whole > hyphenated or (whole == hyphenated and not both_are_words):
            hyphen = ""
    return line.rstrip() + hyphen


def _anchors(text: str, pages: Sequence[PdfPage], places: Sequence[tuple[int, int]]) -> Iterable[Anchor]:
    """Links whose words stand once or more on their page, in order."""
    for page, (start, end) in zip(pages, places, strict=True):
        cursor = start
        for link in page.links:
            for words in (link.text.replace("\x02 ", "").replace("\x02", ""), link.text.replace("\x02", "-")):
                found = text.find(words, cursor, end)
                found = found if found >= 0 else text.find(words, start, end)
                if found >= 0:
                    yield Anchor(found, found + len(words), link.href)
                    cursor = found + len(words)
                    break


# ------------------------------------------------------------------------------------------- paragraphs

_BULLET = re.compile(r"(?:[•·▪◦●‣■\uf0b7–—*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*(?:\[\d{1,3}\])*\Z")


def _paragraphs(pages: Sequence[Sequence[PageLine]]) -> Iterable[_Paragraph]:
    paragraph = _Paragraph()
    before: PageLine | None = None
    for number, lines in enumerate(pages):
        margins = _margins(lines)
        leading = _leading(lines)
        for place, line in enumerate(lines):
            crosses = place == 0
            if before is not None and _begins(
                before, line, leading, margins[place - 1] if place else None, crosses=crosses
            ):
                yield paragraph
                paragraph = _Paragraph()
            paragraph.lines.append((number, line))
            before = line
    if paragraph.lines:
        yield paragraph


def _begins(
    before: PageLine, line: PageLine, leading: float, margin: tuple[float, float] | None, *, crosses: bool
) -> bool:
    """Whether a line begins a paragraph, by the line before it; `margin` is that of the column of the line before."""
    if before.text.endswith("\x02"):
        return False
    size = max(before.size, 1.0)
    if _BULLET.match(line.text) or abs(line.size - before.size) > 0.12 * size:
        return True
    ends = _ENDS.search(before.text) is not None
    step = before.bottom - line.bottom
    if crosses or step < -0.5 * size:  # a new page or column
        return ends or not (line.text[0].islower() or len(before.text) > 40)
    if abs(step) <= 0.5 * size:
        return False
    if step > 1.3 * leading:
        return True
    left, right = margin or (line.left, before.right)
    is_short = before.right < right - 0.12 * max(right - left, 1.0)
    is_indented = line.left > left + 0.8 * size and before.left <= left + 0.8 * size
    return (ends and (is_short or is_indented)) or (
        is_short and before.right < left + 0.5 * (right - left) and not line.text[0].islower()
    )


def _leading(lines: Sequence[PageLine]) -> float:
    """The usual distance from one line to the next on a page; few lines say little about what is usual."""
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if 0.5 * a.size < a.bottom - b.bottom < 4 * a.size]
    close = [step for step in steps if step <= 1.1 * statistics.median(steps)] if steps else []
    usual = statistics.median(close) if close else 14.0
    return usual if len(steps) > 5 else min(usual, 1.7 * max((line.size for line in lines), default=usual))


def _margins(lines: Sequence[PageLine]) -> list[tuple[float, float]]:
    """For each line the left and right edge of its column: the lines around it that go down the page unbroken."""
    margins: list[tuple[float, float]] = []
    run: list[PageLine] = []
    for place, line in enumerate(lines):
        run.append(line)
        following = lines[place + 1] if place + 1 < len(lines) else None
        if following is None or following.bottom > line.bottom + 0.5 * line.size:
            margins += [(min(one.left for one in run), max(one.right for one in run))] * len(run)
            run = []
    return margins
