"""Running text collected into blocks: Markdown lines with white space closed up, and where links stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterflow.brief.loading.content import Anchor, Content


@dataclass(frozen=True)
class Block:
    """One paragraph, heading, list item or table; places are characters of `text`."""

    text: str
    kind: str  # as the format calls it, such as "p" or "h2"
    anchors: tuple[Anchor, ...] = ()


def joined(blocks: Iterable[Block]) -> Content:
    """Blocks as one text, a blank line between each and the next."""
    anchors: list[Anchor] = []
    texts: list[str] = []
    length = 0
    for block in blocks:
        length += 2 if texts else 0
        anchors += (Anchor(a.start + length, a.end + length, a.href) for a in block.anchors)
        texts.append(block.text)
        length += len(block.text)
    return Content("\n\n".join(texts), anchors=tuple(anchors))


class Line:
    """Words that come one after the other, with one space where there was any white space."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int | None]] = []  # links not yet closed, and where their words begin
        self._clear()

    def _clear(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._space = False
        self._anchors: list[Anchor] = []

    def say(self, words: str | None) -> None:
        """Add words."""
        if not words:
            return
        self._space = self._space or words[0].isspace()
        body = " ".join(words.split())
        if not body:
            return
        if self._space and self._length:
            self._add(" ")
        self._open = [(href, self._length if start is None else start) for href, start in self._open]
        self._add(body)
        self._space = words[-1].isspace()

    def _add(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)

    def open_link(self, href: str) -> None:
        """The words from here on lead to `href`."""
        self._open.append((href, None))

    def close_link(self) -> None:
        """The words of the innermost open link end here."""
        if self._open:
            href, start = self._open.pop()
            if start is not None and start < self._length:
                self._anchors.append(Anchor(start, self._length, href))

    def lose_link(self, href: str) -> None:
        """A link to `href` that has lost its words stands here; it stays visible as `[](href)`."""
        mark = f"[]({href.replace(' ', '%20')})"
        self.say(mark)
        self._anchors.append(Anchor(self._length - len(mark), self._length - len(mark), href))

    def done(self, kind: str, prefix: str = "") -> Block | None:
        """What was said, as a block, which leaves the line empty but for links that are still open."""
        still_open = [href for href, _ in self._open]
        for _ in still_open:
            self.close_link()
        text = "".join(self._parts)
        anchors = tuple(
            Anchor(a.start + len(prefix), a.end + len(prefix), a.href)
            for a in sorted(self._anchors, key=lambda anchor: anchor.start)
        )
        self._clear()
        self._open = [(href, None) for href in still_open]
        return Block(prefix + text, kind, anchors) if text else None


def table(rows: Sequence[Sequence[Block | None]]) -> Block | None:
    """Cells as a Markdown table of which the first row is the head; None where no cell holds anything."""
    rows = [row for row in rows if any(row)]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return None
    anchors: list[Anchor] = []
    text = ""
    for number, row in enumerate(rows):
        text += "\n|" if number else "|"
        for column in range(width):
            cell = row[column] if column < len(row) else None
            text += " "
            if cell is not None:
                anchors += (Anchor(a.start + len(text), a.end + len(text), a.href) for a in cell.anchors)
                text += cell.text
            text += " |"
        if number == 0:
            text += "\n|" + " --- |" * width
    return Block(text, "table", tuple(anchors))
