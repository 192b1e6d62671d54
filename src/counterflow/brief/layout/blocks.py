"""Which lines of a text belong together, and what each run of them is: heading, paragraph, table, boilerplate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.layout.imprint import byline_name, is_dateline
from counterflow.brief.layout.parts import Block, BlockKind, trim
from counterflow.brief.layout.tables import Grid, Line

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING_LINE = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(?=\S)")
_BULLET_LINE = re.compile(r"[^\S\n]*([-*+–—•·▪◦●‣]|\d{1,2}[.)])[^\S\n]+(?=\S)")
_RULE_LINE = re.compile(r"[ \t]*([-*_=~])(?:[ \t]*\1){2,}[ \t]*")
_NUMBERED_SOURCE = re.compile(r"\s*\[(\^?)\d{1,3}\]:?\s+\S")
_LONG_LINE = 100  # longer lines are not wrapped: each is a paragraph of its own
_HEADING_WORDS = 16
_LONGEST_HEADING = 500  # characters: what is longer is neither a heading nor a line of the page


@dataclass(frozen=True)
class _Run:
    """Lines that belong together, before it is known what they are."""

    start: int
    end: int
    form: Literal["lines", "bullet", "heading", "table"]


def split_lines(text: str) -> list[Line]:
    """Start and end of each line, without its line feed; of the front matter of Markdown, none."""
    front = _FRONT_MATTER.match(text)
    lines: list[Line] = []
    start = front.end() if front else 0
    while (end := text.find("\n", start)) >= 0:
        lines.append((start, end))
        start = end + 1
    return [*lines, (start, len(text))]


def find_blocks(text: str, folded: str, lines: Sequence[Line], grids: Sequence[Grid]) -> tuple[Block, ...]:
    """The blocks of a text in order, each with its kind and the heading above it."""
    runs: list[_Run] = []
    position = 0
    for grid in grids:
        runs += _runs(text, folded, lines[position : grid.first], opens_text=not runs)
        runs.append(_Run(lines[grid.first][0], lines[grid.last - 1][1], "table"))
        position = grid.last
    runs += _runs(text, folded, lines[position:], opens_text=not runs)
    bounds = [(trim(folded, run.start, run.end), run.form) for run in runs]
    return _classify([_Run(*bound, form) for bound, form in bounds if bound[0] < bound[1]], text, folded)


def _words(folded: str, start: int, end: int) -> str:
    return " ".join(folded[start:end].split())


def _runs(text: str, folded: str, lines: Sequence[Line], *, opens_text: bool) -> list[_Run]:
    """Join lines into runs: wrapped lines together, each bullet, heading and unwrapped line on its own."""
    runs: list[_Run] = []
    is_open, previous_long, marker = False, False, ""
    for start, end in lines:
        if start == end:
            is_open = previous_long = False
            continue
        visible = _words(folded, start, end)
        opens = not is_open or (opens_text and len(runs) == 1 and _may_be_title(folded, runs[0]))
        alone = opens and (byline_name(visible) is not None or is_dateline(visible))
        is_rule = _RULE_LINE.fullmatch(text, start, end) is not None
        heading = _HEADING_LINE.match(text, start, end)
        bullet = None if heading or is_rule else _BULLET_LINE.match(text, start, end)
        if bullet and bullet[1] in "–—" and is_open and not previous_long and marker != bullet[1]:
            bullet = None  # a dash inside a wrapped sentence, not a list
        if not visible or is_rule:
            is_open = False
        elif heading:
            runs.append(_Run(heading.end(), end, "heading"))
            is_open = False
        elif bullet:
            runs.append(_Run(bullet.end(), end, "bullet"))
            is_open, marker = True, bullet[1]
        elif alone:
            runs.append(_Run(start, end, "lines"))
            is_open = False
        elif not is_open or previous_long or len(visible) > _LONG_LINE or _NUMBERED_SOURCE.match(visible):
            runs.append(_Run(start, end, "lines"))
            is_open, marker = True, ""
        else:
            runs[-1] = _Run(runs[-1].start, end, runs[-1].form)
        previous_long = len(visible) > _LONG_LINE
    return runs


_BREAKS_OFF = re.compile(
    r"(?:on|of|by|at|from|since|until|to|the|in|and|for|de|del|el|desde|hasta|en|por|,)", re.IGNORECASE
)


def _may_be_title(folded: str, run: _Run) -> bool:
    if run.end - run.start > _LONGEST_HEADING:
        return False
    words = _words(folded, run.start, run.end)
    return bool(words) and _reads_as_heading(words) and _BREAKS_OFF.fullmatch(words.split()[-1]) is None


@cache
def _boilerplate_rules() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    return tuple(
        (
            rule["id"],
            rule.get("opens_tail", False),
            re.compile("|".join(f"(?:{pattern})" for pattern in rule["patterns"]), re.IGNORECASE),
        )
        for rule in codebook.table("boilerplate")["rule"]
    )


@cache
def _reference_heading() -> re.Pattern[str]:
    words = "|".join(codebook.table("boilerplate")["references"]["headings"])
    return re.compile(rf"(?:{words})\s*:?", re.IGNORECASE)


def _classify(runs: list[_Run], text: str, folded: str) -> tuple[Block, ...]:
    labels = frozenset(codebook.table("boilerplate")["orphan_label"]["words"])
    blocks: list[Block] = []
    entries = [match for run in runs if (match := _NUMBERED_SOURCE.match(folded, run.start, run.end))]
    is_list = len(entries) > 1 or any(match[1] for match in entries)  # a footnote needs no second one
    heading, titled, body_begun, in_tail, in_references = "", False, False, False, False
    for run in runs:
        words = _words(folded, run.start, min(run.end, run.start + _LONGEST_HEADING + 1))
        is_short = run.end - run.start <= _LONGEST_HEADING
        is_heading = run.form == "heading" or (run.form == "lines" and is_short and _reads_as_heading(words))
        page_rule = next((rule for rule in _boilerplate_rules() if is_short and rule[2].fullmatch(words)), None)
        kind: BlockKind
        rule, above = "", heading
        if run.form == "table":
            kind, body_begun = "table", True
        elif page_rule is not None:
            kind, rule, in_tail = "boilerplate", page_rule[0], in_tail or page_rule[1]
        elif not titled and not body_begun and words.lower().rstrip(":") in labels:
            kind, rule = "boilerplate", "orphan_label"
        elif byline_name(words) is not None:
            kind = "byline"
        elif is_dateline(words):
            kind = "dateline"
        elif in_tail and _is_link_line(words):
            kind, rule = "boilerplate", "adjacent_post_link"
        elif _reference_heading().fullmatch(words):
            kind, in_references, heading = "reference", True, words
        elif is_heading and not (in_references and _NUMBERED_SOURCE.match(words)):
            kind = "heading" if titled or body_begun else "title"
            titled, heading, in_references = True, words, False
        elif in_references or (is_list and _NUMBERED_SOURCE.match(words)):
            kind = "reference"
        else:
            kind, body_begun = ("bullet" if run.form == "bullet" else "paragraph"), True
        blocks.append(Block(run.start, run.end, kind, above, rule))
    return tuple(blocks)


def _reads_as_heading(words: str) -> bool:
    """Short, begins with a capital or a figure, and does not end as a sentence does."""
    if (
        len(words) > _LONGEST_HEADING
        or len(words.split()) > _HEADING_WORDS
        or not any(character.isalpha() for character in words)
    ):
        return False
    return (words[0].isupper() or words[0].isdigit() or words[0] in "¿¡\"'") and words[-1] not in ".!;,])\"'"


def _is_link_line(words: str) -> bool:
    return len(words.split()) <= _HEADING_WORDS and words[-1] not in ".!?;:"
