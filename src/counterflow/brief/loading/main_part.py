"""Which blocks of a web page are its text, and which are the site's: links to other pages, forms, calls to share.

Trafilatura reads the page too, and what it leaves out is suspect. It is not the last word, because it also leaves
out captions, bylines and short paragraphs that a claim may stand in: a suspect block goes only where it is made of
links, or stands outside of what the page itself marks as its article.
"""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Sequence
from types import FrameType

from counterflow.brief.layout.imprint import byline_name, is_dateline
from counterflow.brief.loading.blocks import Block

SECONDS = 2.0  # of a processor for trafilatura; its answer on a page of a megabyte takes 0.7
_TRUSTED = 0.4  # share of the page's prose that it must have found for its omissions to mean anything
_LOOKED_THROUGH = 500_000_000  # characters; takes about a second
_LINKS = 0.6  # share of a block's characters in links from which on it is a list of links


def main_text(markup: str) -> str | None:
    """What trafilatura takes for the page's main text; None where it finds none, fails or takes too long.

    It takes its time from a timer of the process, so it may only be called from a main thread.
    """
    import trafilatura

    logging.getLogger("trafilatura").disabled = True
    before = signal.signal(signal.SIGVTALRM, _too_long)
    try:
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, 0.5)  # again, where the first was swallowed
            return trafilatura.extract(markup, output_format="txt", include_comments=False, include_tables=True)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except (Exception, _TooLong):  # whatever goes wrong inside, the page is then read without it
        return None
    finally:
        signal.signal(signal.SIGVTALRM, before)


class _TooLong(BaseException):  # like KeyboardInterrupt, not for libraries to catch
    """Trafilatura has had its time."""


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise _TooLong


def without_furniture(blocks: Sequence[Block], main: str | None, *, marked: bool) -> list[Block]:
    """The blocks that are the page's text, where `main` is what trafilatura takes for it.

    `marked` says that the blocks stand in what the page itself calls its article or main part.
    """
    if main is None:
        return list(blocks)
    confirmed = _confirmed(blocks, main)
    prose = sum(len(block.text) for block in blocks)
    if sum(len(block.text) for block, is_known in zip(blocks, confirmed, strict=True) if is_known) < _TRUSTED * prose:
        return list(blocks)
    if True not in confirmed:
        return list(blocks)
    first = confirmed.index(True)
    last = len(confirmed) - 1 - confirmed[::-1].index(True)
    kept = []
    for number, (block, is_known) in enumerate(zip(blocks, confirmed, strict=True)):
        outside = not marked and not first <= number <= last and not _introduces(block)
        if is_known or not (outside or _is_made_of_links(block)):
            kept.append(block)
    return kept


def _confirmed(blocks: Sequence[Block], main: str) -> list[bool]:
    """Which blocks the main text has: as lines of their own or, where that can be looked up in time, anywhere in it."""
    lines = {_letters(line) for line in main.splitlines()}
    whole = _letters(main)
    work = 0
    confirmed = []
    for block in blocks:
        letters = [_letters(line) for line in block.text.splitlines()]
        found = any(letters) and all(line in lines for line in letters)
        if not found and any(letters):
            work += len(whole)
            found = work > _LOOKED_THROUGH or "".join(letters) in whole
        confirmed.append(found)
    return confirmed


def _introduces(block: Block) -> bool:
    """A title, a byline, a dateline, or a gap in the text: what a page's text may begin or end with."""
    words = " ".join(block.text.split())
    return block.kind == "h1" or "[](" in words or byline_name(words) is not None or is_dateline(words)


def _is_made_of_links(block: Block) -> bool:
    linked = sum(anchor.end - anchor.start for anchor in block.anchors)
    return linked > _LINKS * len(block.text)


_NO_LETTER = re.compile(r"[\W_]+")


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text)
