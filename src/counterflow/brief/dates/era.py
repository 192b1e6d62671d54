"""When a document's world is: from the office holders that it names together with their office."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.layout.parts import Layout
from counterflow.brief.patterns import compile_words, lower

OPEN_END = date(9999, 12, 31)  # stands for "not over" inside comparisons only


@dataclass(frozen=True)
class Term:
    """One term of office; `end` is inclusive, None where it is not over or not known."""

    start: date
    end: date | None


@dataclass(frozen=True)
class Holder:
    office: str  # e.g. "US.POTUS"
    title: str
    names: tuple[str, ...]  # surname first, then other names in use
    terms: tuple[Term, ...]
    administration: bool  # whether "the NAME administration" and "NAME's first days" speak of this office
    full_name: str  # pattern of the given name and the surname
    pattern: re.Pattern[str]  # the office together with the name
    acting: re.Pattern[str] | None  # the administration of this name, doing something now; None where there is none


@dataclass(frozen=True)
class Era:
    """When the document can have been written, as far as its own words tell.

    `spans` are the stretches (inclusive; end None = open) in which the most of the named office holders were
    in office together; empty where none is named. `start` and `end` enclose them. `published` is the
    document's date where its file or the user gives one; then it alone is the span.
    """

    spans: tuple[tuple[date, date | None], ...]
    reason: str
    published: date | None = None

    @property
    def start(self) -> date | None:
        return self.spans[0][0] if self.spans else None

    @property
    def end(self) -> date | None:
        return self.spans[-1][1] if self.spans else None

    def terms_of(self, name: str) -> tuple[Term, ...]:
        """The terms of the head of government called `name` that the document can speak of as begun."""
        terms = [
            term
            for holder in holders()
            if holder.administration and name.lower() in (known.lower() for known in holder.names)
            for term in holder.terms
        ]
        begun = [t for t in terms if not self.spans or any(t.start <= (end or OPEN_END) for _, end in self.spans)]
        current = [t for t in begun if any(_overlap(t, start, end) for start, end in self.spans)]
        return tuple(current or begun)

    def in_office(self, office: str) -> tuple[tuple[str, Term], ...]:
        """Names and terms of those who held an office during the era; empty where the era is not known."""
        return tuple(
            (holder.names[0], term)
            for holder in holders()
            if holder.office == office
            for term in holder.terms
            if any(_overlap(term, start, end) for start, end in self.spans)
        )


def _overlap(term: Term, start: date, end: date | None) -> bool:
    return term.start <= (end or OPEN_END) and start <= (term.end or OPEN_END)


@cache
def holders() -> tuple[Holder, ...]:
    """Every office holder of the codebook."""
    found = []
    for office in codebook.table("offices")["office"]:
        for entry in office["holders"]:
            names = (entry["name"], *entry.get("also", ()))
            surnames = "|".join(names)  # words of the codebook, whose blanks match any run of blanks
            found.append(
                Holder(
                    office=office["id"],
                    title=office["title"],
                    names=names,
                    terms=tuple(Term(term["start"], term.get("end")) for term in entry["terms"]),
                    administration=office["administration"],
                    full_name=rf"\b(?:{entry['given']}) (?:{surnames})(?!\w)",
                    acting=_acting(surnames) if office["administration"] else None,
                    pattern=compile_words(
                        rf"(?<!former )(?<!ex-)(?<!then-)(?<!\w)(?:{office['before']})\s+"
                        rf"(?:(?:{entry['given']})\s+)?(?:{surnames})(?!\w)"
                    ).expression,
                )
            )
    return tuple(found)


def _acting(surnames: str) -> re.Pattern[str]:
    """ "The NAME administration has ...": the present perfect or present of those in office."""
    present = r"(?:has|is|continues|plans|says|will|ha|está|seguirá)\b"
    return re.compile(
        rf"\b(?:{surnames})(?:-\w+)?\s+administration\s+{present}"
        rf"|\b(?:administración|gobierno)\s+(?:de\s+)?(?:{surnames})\s+{present}",
        re.IGNORECASE,
    )


def heads_of_government() -> tuple[str, ...]:
    """The names by which documents speak of presidents and their administrations."""
    return tuple(name for holder in holders() if holder.administration for name in holder.names)


def era_of(layout: Layout, published: date | None = None) -> Era:
    """The time of the document's world.

    Holders named with their office, and administrations that act in the present perfect or present, are
    anchors. The result is where the largest number of distinct anchors were in office at once, so that a
    mention of an earlier president does not empty it. A known date of publication settles it.
    """
    if published is not None:
        return Era(((published, published),), f"the document's date, {published.isoformat()}", published)
    anchors = [holder for holder in holders() if _is_anchor(holder, layout)]
    if not anchors:
        return Era((), "no office holder is named with the office")
    edges = sorted({term.start for anchor in anchors for term in anchor.terms})
    edges += [term.end for anchor in anchors for term in anchor.terms if term.end]
    stretches: list[tuple[int, date, date | None]] = []
    starts = sorted(set(edges))
    for position, start in enumerate(starts):
        end = starts[position + 1] if position + 1 < len(starts) else None
        score = sum(any(t.start <= start and (t.end is None or t.end > start) for t in a.terms) for a in anchors)
        stretches.append((score, start, end))
    best = max(score for score, _, _ in stretches)
    spans: list[tuple[date, date | None]] = []
    for score, start, end in stretches:
        if score == best and spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        elif score == best:
            spans.append((start, end))
    held = [a for a in anchors if any(_overlap(t, s, e) for t in a.terms for s, e in spans)]
    named = ", ".join(f"{anchor.names[0]} ({anchor.title})" for anchor in held)
    return Era(tuple(spans), f"it names {named} in office")


_REACH = 100  # characters around a name in which the office and the verb stand
_LONGEST_NAME = 40


def _is_anchor(holder: Holder, layout: Layout) -> bool:
    """Whether the document names this holder with the office, or speaks of this administration as acting.

    A name is looked for first, and only the words around it are read: a long text names few of them.
    """
    folded = layout.folded
    for name in {lower(name).split()[0] for name in holder.names}:
        place = folded.low.find(name)
        while place >= 0:
            number = bisect_right(layout.sentences, place, key=lambda sentence: sentence.start) - 1
            start, end = (layout.sentences[number].start, layout.sentences[number].end) if number >= 0 else (0, 0)
            if place < end:
                begin, finish = max(start, place - _REACH), place + _LONGEST_NAME
                if holder.pattern.search(folded, begin, min(end, finish)):
                    return True
                if holder.acting and holder.acting.search(folded, begin, min(end, finish + _REACH)):
                    return True
            place = folded.low.find(name, place + len(name))
    return False
