"""Orders, proclamations and sections of law on which an act rests, and how they are written the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.layout.parts import Layout, Stretch, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Authority


@cache
def _forms() -> tuple[tuple[Pattern, str], ...]:
    entries = codebook.table("authorities")["form"]
    return tuple((compile_words(entry["words"], re.RegexFlag(0)), entry["write"]) for entry in entries)


def authorities(layout: Layout, stretches: Iterable[Stretch]) -> tuple[Authority, ...]:
    """Every authority named in some stretches, each once, in order, the same one under one normalized name."""
    found: dict[str, Authority] = {}
    for start, end in stretches:
        taken: list[Stretch] = []
        here: list[tuple[Stretch, str]] = []
        for pattern, write in _forms():
            for match in pattern.finditer(layout.folded, start, end):
                if not any(match.start() < stop and begin < match.end() for begin, stop in taken):
                    taken.append(match.span())
                    here.append((match.span(), _written(match, write)))
        for place, name in sorted(here):
            words = span(layout, *place)
            found.setdefault(name, Authority(text=" ".join(words.quote.split()), normalized=name, span=words))
    return tuple(found.values())


def _written(match: re.Match[str], write: str) -> str:
    parts = {name: re.sub(r"\s+", " ", value or "") for name, value in match.groupdict().items()}
    if re.fullmatch(r"\d+,\d+", parts.get("number", "")):
        parts["number"] = parts["number"].replace(",", "")
    return " ".join(write.format(**parts, all=" ".join(match.group().split())).split())
