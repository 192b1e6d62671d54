"""When a document's world is: from the office holders that it names together with their office."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.layout.text import Layout

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
    pattern: re.Pattern[str]  # the office together with the name


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
            surnames = "|".join(re.escape(name) for name in names)
            found.append(
                Holder(
                    office=office["id"],
                    title=office["title"],
                    names=names,
                    terms=tuple(Term(term["start"], term.get("end")) for term in entry["terms"]),
                    administration=office["administration"],
                    pattern=re.compile(
                        rf"(?<!former )(?<!ex-)(?<!then-)(?<!\w)(?:{office['before']})\s+"
                        rf"(?:(?:{entry['given']})\s+)?(?:{surnames})(?!\w)",
                        re.IGNORECASE,
                    ),
                )
            )
    return tuple(found)


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
    body = " ".join(layout.folded[s.start : s.end] for s in layout.sentences)
    body = re.sub(r"\s+", " ", body)
    anchors = [holder for holder in holders() if holder.pattern.search(body) or _acts_now(holder, body)]
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


def _acts_now(holder: Holder, body: str) -> bool:
    """Whether the document speaks of this administration as acting ("the NAME administration has ...")."""
    if not holder.administration:
        return False
    names = "|".join(re.escape(name) for name in holder.names)
    present = r"(?:has|is|continues|plans|says|will|ha|está|seguirá)\b"
    return bool(
        re.search(rf"\b(?:{names})(?:-\w+)? administration {present}", body, re.IGNORECASE)
        or re.search(rf"\b(?:administración|gobierno) (?:de )?(?:{names}) {present}", body, re.IGNORECASE)
    )
