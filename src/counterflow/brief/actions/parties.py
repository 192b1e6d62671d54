"""Where a document names parties: titles, names and bodies, with the pronouns that stand for them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.dates.era import heads_of_government, holders
from counterflow.brief.layout.once import once_for_layout
from counterflow.brief.layout.parts import Layout, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Party
from counterflow.brief.sieve import Sieve

_NEAR = 4000  # characters within which a body is remembered
_EXACT = re.RegexFlag(0)


@dataclass(frozen=True)
class Named:
    """One place where a party is named. `subject`: it can be the subject of the clause where it stands."""

    start: int
    end: int
    name: str
    code: str
    subject: bool
    person: bool
    possessive: bool
    agent: bool  # behind "by"
    inferred: bool = False  # a pronoun, a signature, or the subject of another clause


@dataclass(frozen=True)
class Cast:
    """All places of a document where a party is named, in order, pronouns resolved."""

    named: tuple[Named, ...]
    layout: Layout

    @cached_property
    def _starts(self) -> list[int]:
        return [party.start for party in self.named]

    def within(self, start: int, end: int) -> list[Named]:
        """The parties named between two offsets, in order."""
        return list(self.named[bisect_left(self._starts, start) : bisect_left(self._starts, end)])


@cache
def grammar() -> dict[str, Pattern]:
    """The patterns that tell what part a party plays where it stands."""
    words = codebook.table("parties")["grammar"]
    article = "(?: (?:the|a|an|its|his|her|their|el|la|los|las|un|una|su|sus))?"
    return {
        "preposition": compile_words(rf"\b(?:{words['prepositions']}){article}\s+$"),
        "place": compile_words(rf"\b(?:{words['places']}){article}\s+$"),
        "subordinate": compile_words(rf"\b(?:{words['subordinators']}){article}\s+$"),
        "predicate": compile_words(rf" (?:{words['predicates']})(?!\w)", _EXACT),
        "asks": compile_words(rf"\b(?:{words['asks']}){article}\s+$"),
        "agent": compile_words(rf"\b(?:{words['agent']}){article}\s+$"),
        "held": compile_words(rf"\b(?:{words['held_by']}) (?:by|por){article}\s+$"),
        "fails": compile_words(rf"\s*(?:{words['fails']})\b"),
        "speech": compile_words(rf"\s*,?\s*(?:{words['speech']})\b"),
        "speech_before": compile_words(rf"\b(?:{words['speech_before']}){article}\s+$"),
        "speech_noun": compile_words(rf"'s? (?:[\w-]+ )?(?:{words['speech_nouns']})\b"),
        "said_to_self": compile_words(rf"\s*(?:{words['said_to_self']})"),
        "pronoun": compile_words(rf"\b(?:{words['pronouns']})\b", _EXACT),
        "opponents": compile_words(rf"(?<!\w)(?:{words['opponents']})(?!\w)"),
        "it": compile_words(rf"(?:{words['it']})\b", _EXACT),
        "it_behind": compile_words(rf"(?:{words['it_behind']})(?= )", _EXACT),
        "first_person": compile_words(rf"\b(?:{words['first_person']})", _EXACT),
        "presidential": compile_words(rf"(?:{words['presidential']})"),
        "finite": Pattern(rf"\s+(?:{words['finite']})\b", _EXACT),
    }


@dataclass(frozen=True)
class _Title:
    pattern: Pattern
    codes: dict[str, str]


@cache
def _patterns() -> tuple[list[_Title], list[tuple[Pattern, str]], Sieve]:
    table = codebook.table("parties")
    countries = "|".join(f"(?P<{code}>{words})" for code, words in table["grammar"]["countries"].items())
    titles = [
        _Title(
            compile_words(
                rf"(?:(?:\b(?:{countries}) )?\b(?:{t['words']}))"
                rf"(?: (?:of|de) (?P<of>Mexico|México))?,? (?P<name>{table['grammar']['name']})",
                _EXACT,
            ),
            t["codes"],
        )
        for t in table["title"]
    ]
    bodies = [(compile_words(rf"(?<!\w)(?:{body['words']})(?!\w)", _EXACT), body["code"]) for body in table["body"]]
    sieve = Sieve([title.pattern for title in titles] + [pattern for pattern, _ in bodies])
    return titles, bodies, sieve


@cache
def _known_people() -> tuple[dict[str, str], dict[str, tuple[str, str]], Pattern]:
    """Offices by surname, the heads of government by surname with their codes, and full names of office holders."""
    office = {name.split()[-1]: holder.office for holder in holders() for name in holder.names}
    heads = {name.split()[-1]: (name, office[name.split()[-1]]) for name in heads_of_government()}
    return office, heads, compile_words("|".join(holder.full_name for holder in holders()), _EXACT)


@dataclass
class _Finding:
    """The parties found so far; no character belongs to two of them."""

    folded: str
    taken: list[tuple[int, int, str, str, bool]]
    covered: bytearray

    def take(self, start: int, end: int, name: str, code: str, person: bool) -> None:
        if not any(self.covered[start:end]):
            self.covered[start:end] = b"\x01" * (end - start)
            self.taken.append((start, end, " ".join(name.split()), code, person))


@once_for_layout
def cast_of(layout: Layout) -> Cast:
    """Find every place of the document where a party is named."""
    folded = layout.folded
    office, heads, full_names = _known_people()
    people = dict(heads)
    titles, bodies, sieve = _patterns()
    found = _Finding(folded, [], bytearray(len(folded)))
    places = [(s.start, s.end, sieve.passed(folded, s.start, s.end)) for s in layout.sentences]
    for title in titles:
        for start, end in _may_hold(places, sieve.bit(title.pattern)):
            for match in title.pattern.expression.finditer(folded, start, end):
                surname = re.split(r"[\s.]+", match["name"])[-1]
                if code := _code(title.codes, match, office.get(surname)):
                    people[surname] = (match["name"], code)
                    found.take(match.start(), match.end(), match["name"], code, True)
    for match in full_names.finditer(folded):
        surname = re.split(r"[\s.]+", match.group())[-1]
        people.setdefault(surname, (match.group(), office[surname]))
    spanish = is_spanish(layout)
    for pattern, code in bodies:
        for start, end in _may_hold(places, sieve.bit(pattern)):
            for match in pattern.expression.finditer(folded, start, end):
                name = re.sub(r"^(?:the|a|an|el|la|los|las|un|una)\s+", "", match.group(), flags=re.IGNORECASE)
                found.take(match.start(), match.end(), name, _of_here(code, match.group(), spanish), False)
    surnames = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, people))})(?!\w)")
    for match in surnames.finditer(folded):
        name, code = people[match.group()]
        found.take(match.start(), match.end(), name, code, True)
    if grammar()["presidential"].search(folded):
        for match in grammar()["first_person"].finditer(folded):
            found.take(match.start(), match.end(), "the President (first person)", "US.POTUS", False)
    placed = [party for entry in sorted(found.taken) for party in _placed(folded, spanish, *entry)]
    return Cast(tuple(sorted([*placed, *_pronouns(layout, placed)], key=lambda party: party.start)), layout)


def _may_hold(places: list[tuple[int, int, int]], bit: int) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end, passed in places if passed & bit)


def _code(codes: dict[str, str], match: re.Match[str], office: str | None) -> str | None:
    """The office that a title names; that of a known holder where the title can mean it; None where it names none."""
    country = "MX" if match["MX"] or match["of"] else "US" if match["US"] else ""
    if country and country in codes:
        return codes[country]
    return office if not codes or office in codes.values() else codes[""]


_SPANISH = re.compile(r"\b(?:el|la|los|las|de|del|que|por|un|una|con|en|se)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:the|of|and|that|with|by|was|for|to|a|in|on)\b", re.IGNORECASE)


def is_spanish(layout: Layout) -> bool:
    """Whether a document is written in Spanish, told from the small words of its first sentences."""
    opening = " ".join(layout.folded[s.start : s.end] for s in layout.sentences[:20])
    return len(_SPANISH.findall(opening)) > len(_ENGLISH.findall(opening))


_SPANISH_ONLY = re.compile(
    r"\b(?:juez|jueza|juzgado|tribunal|corte|senado|diputad|legislador|congreso|ejército|marina)", re.IGNORECASE
)


def _of_here(code: str, words: str, spanish: bool) -> str:
    """A code that ends in "?" is of the state that the words name, or of the one whose language is written."""
    if not code.endswith("?"):
        return code
    abroad = re.search(
        r"estadounidense|Estados Unidos|EE\.? ?UU|de (?:Texas|California|Arizona|Nueva York|Washington)", words
    )
    state = "MX" if spanish and _SPANISH_ONLY.search(words) and not abroad else "US"
    return f"{state}.{code.rstrip('?')}"


# "a group of sheriffs", "dozens of deputies": the party is the subject all the same.
_SOME_OF = re.compile(
    r"\b(?:groups?|numbers?|dozens|scores|hundreds|thousands|coalition|majority|handful|pair|trio|panel|team|most|some|many"
    r"|grupos?|docenas|decenas|cientos|miles|mayoría)\s+(?:of|de)\s+(?:the\s+|los\s+|las\s+)?\Z",
    re.IGNORECASE,
)


def _placed(folded: str, spanish: bool, start: int, end: int, name: str, code: str, person: bool) -> list[Named]:
    """A party where it stands; "both governments" are two, each with one of the words."""
    one = _place(folded, start, end, name, code, person)
    if code != "BOTH":
        return [one]
    middle = folded.index(" ", start, end) if " " in folded[start:end] else start + 1
    first, second = ("MX.GOV", "US.GOV") if spanish else ("US.GOV", "MX.GOV")
    return [replace(one, end=middle, code=first), replace(one, start=middle, code=second)]


def _place(folded: str, start: int, end: int, name: str, code: str, person: bool) -> Named:
    words = grammar()
    before = folded[max(0, start - 24) : start]
    possessive = folded[end : end + 1] == "'"
    country = code in ("US.GOV", "MX.GOV") and not name.lower().startswith(("gov", "gob", "fed", "aut"))
    adjective = country and not words["finite"].match(folded, end) and folded[end : end + 1] not in ",."
    adjective = adjective and re.fullmatch(r"U\.?S\.?|United States", name) is not None
    behind = words["preposition"].search(before) is not None and not _SOME_OF.search(folded[max(0, start - 40) : start])
    if words["subordinate"].search(before) and words["predicate"].match(folded, end):
        behind = False  # "after Mexico sent": a clause, not a phrase
    by = words["agent"].search(before) is not None
    subject = not (possessive or adjective or behind or by)
    return Named(start, end, name, code, subject, person, possessive, by)


def _pronouns(layout: Layout, found: list[Named]) -> list[Named]:
    """Pronouns and bare offices for those named before them.

    "she", "he" and "the president" stand for the last person under the same heading; "it" and "they" at the head of a
    sentence for the subject of the sentence before it.
    """
    resolved: list[Named] = []
    sections = _sections(layout)
    starts = [start for start, _ in sections]
    persons = [party for party in found if party.person]
    person_starts = [party.start for party in persons]
    presidential = grammar()["presidential"].search(layout.folded) is not None
    spanish = is_spanish(layout)
    for match in grammar()["pronoun"].finditer(layout.folded):
        at = max(0, bisect_left(starts, match.start() + 1) - 1)
        since = sections[at][1] if sections else 0
        president = re.search(r"president|mandatari", match.group(), re.IGNORECASE) is not None
        earlier = persons[bisect_left(person_starts, since) : bisect_left(person_starts, match.start())][-20:]
        # "The President declared ...; he has ...": an office without a name is a person all the same.
        earlier += [p for p in resolved[-20:] if p.name == "the President" and p.start >= since]
        earlier = [p for p in earlier if not president or p.code in ("US.POTUS", "MX.PRES")]
        if not earlier and president and (presidential or not spanish):
            resolved.append(Named(*match.span(), "the President", "US.POTUS", True, False, False, False, True))
        elif earlier:
            person = max(earlier, key=lambda p: (p.subject or p.possessive, p.start))
            placed = _place(layout.folded, *match.span(), person.name, person.code, True)
            resolved.append(replace(placed, inferred=True))
    return resolved + _it(layout, found) + _bare(layout, found)


@cache
def _bare_nouns() -> tuple[tuple[Pattern, re.Pattern[str], re.Pattern[str], dict[str, str]], ...]:
    """Bare nouns with the codes and names of whom they can stand for, and the codes that they give by state."""
    table = codebook.table("parties")
    nouns: list[tuple[str, str, str, dict[str, str]]] = [
        (e["words"], e["codes"], e.get("names", ""), {}) for e in table["bare"]
    ]
    nouns += [(e["words"], r"(?:US|MX)\b", "", e["codes"]) for e in table["forces"]]
    return tuple(
        (compile_words(rf"(?<!\w)(?:{words})(?!\w)", _EXACT), re.compile(codes), re.compile(names), by_state)
        for words, codes, names, by_state in nouns
    )


def _bare(layout: Layout, found: list[Named]) -> list[Named]:
    """ "the agency", "the secretary", "its army": after the last party named before that it can stand for."""
    taken = [party.start for party in found]
    resolved = []
    for pattern, codes, names, by_state in _bare_nouns():
        fitting = [p for p in found if (codes.match if by_state else codes.fullmatch)(p.code) and names.search(p.name)]
        starts = [party.start for party in fitting]
        for match in pattern.finditer(layout.folded):
            at = bisect_left(starts, match.start())
            free = bisect_left(taken, match.end()) == bisect_left(taken, match.start())
            if at and free and match.start() - fitting[at - 1].start < _NEAR:
                last = fitting[at - 1]
                code = by_state.get(last.code.split(".")[0], last.code)
                name = last.name if code == last.code else match.group()
                placed = _place(layout.folded, *match.span(), name, code, False)
                resolved.append(replace(placed, inferred=not by_state))
    return resolved


def _it(layout: Layout, found: list[Named]) -> list[Named]:
    resolved = []
    starts = [party.start for party in found]
    last: Named | None = None
    block = -1
    for sentence in layout.sentences:
        if sentence.block != block:
            last, block = None, sentence.block
        match = grammar()["it"].match(layout.folded, sentence.start, sentence.end) or grammar()["it_behind"].search(
            layout.folded, sentence.start, min(sentence.start + 40, sentence.end)
        )
        if match and last is not None and not last.person:
            resolved.append(Named(*match.span(), last.name, last.code, True, False, False, False, True))
            continue
        here = found[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        last = next((party for party in here if party.subject), last if match else None)
    return resolved


def _sections(layout: Layout) -> list[tuple[int, int]]:
    """Where each block begins, and where the section that it is in does."""
    first: dict[str, int] = {}
    return [(block.start, first.setdefault(block.heading, block.start)) for block in layout.blocks]


def party(layout: Layout, named: Named, role: Literal["actor", "recipient", "speaker"]) -> Party:
    """The schema's party; a judge or court that acts has the role "court"."""
    court = role == "actor" and named.code.endswith(".COURT")
    return Party(
        name=named.name,
        code=named.code,
        role="court" if court else role,
        span=span(layout, named.start, named.end) if named.start < named.end else None,
        inferred=named.inferred,
    )


_OPINION = re.compile(
    r"\s*(?:,|who|also|have|has|\s)*(?:argue|say|said|warn|fear|believe|contend|claim|insist|worr|caution)"
)


def holder(cast: Cast, start: int, end: int) -> Named | None:
    """Who holds an opinion stated between two offsets: the first subject, where it speaks or argues."""
    for candidate in cast.within(start, end):
        if candidate.subject and _OPINION.match(cast.layout.folded, candidate.end, end):
            return candidate
    return None
