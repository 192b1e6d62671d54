"""What belongs to the page or the file and not to the document: boilerplate, bylines, characters nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterflow.brief import codebook
from counterflow.brief.findings.draft import Draft
from counterflow.brief.layout.imprint import byline_name
from counterflow.brief.layout.parts import Layout

_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def find_page_parts(layout: Layout) -> Iterator[Draft]:
    """Lines of the page, and who wrote the document."""
    table = codebook.table("boilerplate")
    notes = {rule["id"]: rule["note"] for rule in table["rule"]}
    notes |= {key: table[key]["note"] for key in ("orphan_label", "adjacent_post_link")}
    for block in layout.blocks:
        if block.kind == "boilerplate":
            yield Draft("boilerplate", block.rule, "high", block.start, block.end, notes[block.rule])
        elif block.kind == "byline":
            name = byline_name(" ".join(layout.folded[block.start : block.end].split())) or ""
            yield Draft("byline", "byline", "high", block.start, block.end, table["byline"]["note"], {"name": name})


def find_hidden_characters(layout: Layout) -> Iterator[Draft]:
    """Characters that a reader does not see and that split words for a rule: reported, never removed."""
    found = _HIDDEN.findall(layout.text)
    if found:
        first = layout.text.index(found[0])
        codes = ", ".join(sorted({f"U+{ord(character):04X}" for character in found}))
        yield Draft(
            "hidden_characters",
            "invisible_or_direction_mark",
            "high",
            first,
            first + 1,
            f"{len(found)} invisible characters ({codes}); rules may miss words that they split.",
            {"count": len(found), "characters": codes},
        )
