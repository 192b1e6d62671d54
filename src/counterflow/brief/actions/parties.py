"""Who acts, who speaks and who is acted upon, from titles, names and bodies in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.dates.era import heads_of_government, holders
from counterflow.brief.layout.text import Layout, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Party

# Heads of a state's executive: what they do and what their agencies do is one act.
_HEADS = {"US", "US.POTUS", "US.GOV", "US.WH", "MX", "MX.PRES", "MX.GOV"}


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


@dataclass(frozen=True)
class Cast:
    """All places of a document where a party is named, in order, pronouns resolved."""

    named: tuple[Named, ...]
    layout: Layout

    def within(self, start: int, end: int) -> list[Named]:
        """The parties named between two offsets, in order."""
        return [party for party in self.named if start <= party.start < end]


@cache
def _grammar() -> dict[str, Pattern]:
    grammar = codebook.table("parties")["grammar"]
    exact = re.RegexFlag(0)
    return {
        "preposition": compile_words(rf"\b(?:{grammar['prepositions']})(?: (?:the|a|an|el|la|los|las))?\s+$"),
        "subordinate": compile_words(rf"\b(?:{grammar['subordinators']})(?: (?:the|el|la|los))?\s+$"),
        "predicate": compile_words(rf" (?:{grammar['predicates']})(?!\w)", exact),
        "asks": compile_words(rf"\b(?:{grammar['asks']})(?: (?:the|el|la|los|las))?\s+$"),
        "agent": compile_words(rf"\b(?:{grammar['agent']})(?: (?:the|a|an|el|la|los|las))?\s+$"),
        "speech": compile_words(rf"\s*,?\s*(?:{grammar['speech']})\b"),
        "speech_noun": compile_words(rf"'s? (?:[\w-]+ )?(?:{grammar['speech_nouns']})\b"),
        "said_to_self": compile_words(rf"\s*(?:{grammar['said_to_self']})"),
        "pronoun": compile_words(rf"\b(?:{grammar['pronouns']})\b", exact),
        "first_person": compile_words(rf"\b(?:{grammar['first_person']})", exact),
        "presidential": compile_words(r"(?:vested in me as President|President of the United States)"),
        "finite": Pattern(
            r"\s+(?:has|have|had|is|was|were|are|will|would|may|can|and|also|could|should|shall|must|does|did|to"
            r"|now|sent|put|began|took|gave|held|built|brought|struck|ha|han|\w+ed)\b",
            exact,
        ),
    }


@cache
def _patterns() -> tuple[list[tuple[Pattern, dict[str, str]]], list[tuple[Pattern, str]]]:
    table = codebook.table("parties")
    countries = "|".join(f"(?P<{code}>{words})" for code, words in table["grammar"]["countries"].items())
    exact = re.RegexFlag(0)
    titles = [
        (
            compile_words(
                rf"(?:(?:\b(?:{countries}) )?\b(?:{t['words']}))"
                rf"(?: (?:of|de) (?P<of>Mexico|México))?,? (?P<name>{table['grammar']['name']})",
                exact,
            ),
            t["codes"],
        )
        for t in table["title"]
    ]
    bodies = [(compile_words(rf"(?<!\w)(?:{body['words']})(?!\w)", exact), body["code"]) for body in table["body"]]
    return titles, bodies


def cast_of(layout: Layout) -> Cast:
    """Find every place of the document where a party is named."""
    folded = layout.folded
    titles, bodies = _patterns()
    office = {name.split()[-1]: holder.office for holder in holders() for name in holder.names}
    people = {name.split()[-1]: (name, office[name.split()[-1]]) for name in heads_of_government()}
    taken: list[tuple[int, int, str, str, bool]] = []
    covered = bytearray(len(folded))  # 1 where a character belongs to a party already found

    def take(start: int, end: int, name: str, code: str, person: bool) -> None:
        if not any(covered[start:end]):
            covered[start:end] = b"\x01" * (end - start)
            taken.append((start, end, " ".join(name.split()), code, person))

    for pattern, codes in titles:
        for match in pattern.finditer(folded):
            surname = re.split(r"[\s.]+", match["name"])[-1]
            country = "MX" if match["MX"] or match["of"] else "US" if match["US"] else ""
            code = codes.get(country) or office.get(surname) or codes[""]
            if not country:
                code = office.get(surname, code)
            people[surname] = (match["name"], code)
            take(match.start(), match.end(), match["name"], code, True)
    for pattern, code in bodies:
        for match in pattern.finditer(folded):
            name = re.sub(r"^(?:the|a|an)\s+", "", match.group(), flags=re.IGNORECASE)
            take(match.start(), match.end(), name, code, False)
    surnames = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, people))})(?!\w)")
    for match in surnames.finditer(folded):
        name, code = people[match.group()]
        take(match.start(), match.end(), name, code, True)
    if _grammar()["presidential"].search(folded):
        for match in _grammar()["first_person"].finditer(folded):
            take(match.start(), match.end(), "the President (first person)", "US.POTUS", False)
    found = [_place(folded, *entry) for entry in sorted(taken)]
    return Cast(tuple(sorted([*found, *_pronouns(layout, found)], key=lambda party: party.start)), layout)


def _place(folded: str, start: int, end: int, name: str, code: str, person: bool) -> Named:
    grammar = _grammar()
    before = folded[max(0, start - 24) : start]
    possessive = folded[end : end + 1] == "'"
    adjective = code == "US" and not grammar["finite"].match(folded, end) and folded[end : end + 1] not in ",."
    behind = grammar["preposition"].search(before) is not None
    if grammar["subordinate"].search(before) and grammar["predicate"].match(folded, end):
        behind = False  # "after Mexico sent": a clause, not a phrase
    by = grammar["agent"].search(before) is not None
    subject = not (possessive or adjective or behind or by)
    return Named(start, end, name, code, subject, person, possessive, by)


def _pronouns(layout: Layout, found: list[Named]) -> list[Named]:
    """ "she", "he" and "the president" stand for the last person named before them under the same heading."""
    resolved = []
    for match in _grammar()["pronoun"].finditer(layout.folded):
        heading = next((b.heading for b in layout.blocks if b.start <= match.start() < b.end), "")
        since = next((b.start for b in layout.blocks if b.heading == heading), 0)
        president = match.group().lower().endswith("president")
        earlier = [
            p
            for p in found
            if p.person and since <= p.start < match.start() and (not president or p.code in ("US.POTUS", "MX.PRES"))
        ]
        if not earlier and president and _grammar()["presidential"].search(layout.folded):
            resolved.append(Named(*match.span(), "the President", "US.POTUS", True, False, False, False))
        elif earlier:
            person = max(earlier, key=lambda p: (p.subject or p.possessive, p.start))
            resolved.append(Named(match.start(), match.end(), person.name, person.code, True, True, False, False))
    return resolved


def _with_joined(parties: list[Named], first: Named, folded: str) -> list[Named]:
    """`first` and the subjects joined to it by commas and "and"."""
    joined = [first]
    for party in parties:
        between = folded[joined[-1].end : party.start]
        known = {other.code for other in joined}
        if (
            party.start > joined[-1].start
            and party.code not in known
            and re.fullmatch(r"\s*(?:,|,?\s*(?:and|or|y|o))\s*", between)
        ):
            joined.append(party)
    return joined


def _acts(party: Named) -> bool:
    return party.subject and party.code not in codebook.table("parties")["grammar"]["bystanders"]


def who(
    cast: Cast, clause: tuple[int, int], earlier: list[tuple[int, int]], trigger: tuple[int, int]
) -> tuple[list[Named], Named | None]:
    """Who does what the trigger says, and who says so: (actors, speaker).

    The clause's own subject acts; failing that the agent behind "by"; failing that the country as an
    adjective right before the trigger; failing that the first subject of the sentence's earlier clauses,
    given in `earlier` in reading order. A passive without an agent in such a sentence has no actor.
    """
    folded = cast.layout.folded
    actors, speaker = _subjects(cast, clause[0], trigger[0])
    if actors:
        return actors, speaker
    agents = [p for p in cast.within(trigger[0], clause[1]) if p.agent]
    if agents:
        return _with_joined(cast.within(trigger[0], clause[1]), agents[0], folded), speaker
    country = _country_before(folded, clause[0], trigger[0])
    if country:
        return [country], speaker or _reporter(cast, earlier)
    if speaker is None:
        for start, end in earlier:
            actors, heard = _subjects(cast, start, end)
            speaker = speaker or heard
            if actors:
                return actors, speaker
    return [], speaker or _reporter(cast, [*earlier, (clause[0], trigger[0])])


def _subjects(cast: Cast, start: int, end: int) -> tuple[list[Named], Named | None]:
    folded, grammar = cast.layout.folded, _grammar()
    parties = cast.within(start, end)
    speaker: Named | None = None
    for party in parties:
        if not party.subject:
            continue
        said = grammar["speech"].match(folded, party.end, end)
        if said and speaker is None:
            speaker = party
            if grammar["said_to_self"].match(folded, said.end()):
                return [party], party
        elif _acts(party):
            return _with_joined(parties, party, folded), speaker
    return [], speaker


def _reporter(cast: Cast, stretches: list[tuple[int, int]]) -> Named | None:
    """A party by whose word something is known: "the Secretary's confirmation that ..."."""
    for start, end in stretches:
        for party in cast.within(start, end):
            if party.possessive and _grammar()["speech_noun"].match(cast.layout.folded, party.end):
                return party
    return None


def _country_before(folded: str, start: int, trigger: int) -> Named | None:
    for code, words in codebook.table("parties")["grammar"]["countries"].items():
        pattern = compile_words(rf"\b(?P<country>{words}),?\s+(?:[\w-]+\s+)?$", re.RegexFlag(0))
        if match := pattern.search(folded, start, trigger):
            first, last = match.span("country")
            return Named(first, last, match["country"], code, False, False, False, False)
    return None


def addressee(cast: Cast, start: int, end: int) -> Named | None:
    """The last party between two offsets that is asked to act ("urged Mexico to"); None where nobody is."""
    folded, asks = cast.layout.folded, _grammar()["asks"]
    asked = [p for p in cast.within(start, end) if asks.search(folded, max(start, p.start - 40), p.start)]
    return asked[-1] if asked else None


def same_actor(one: Named | None, other: Named | None) -> bool:
    """Whether two parties can be one actor: unknown, the same, a head of the state, or part of one body."""
    if one is None or other is None:
        return True
    if one.code == other.code:
        return not (one.person and other.person) or one.name.split()[-1] == other.name.split()[-1]
    if one.code.split(".")[0] != other.code.split(".")[0]:
        return False
    heads = one.code in _HEADS or other.code in _HEADS
    return heads or one.code.startswith(other.code + ".") or other.code.startswith(one.code + ".")


def party(layout: Layout, named: Named, role: Literal["actor", "recipient", "speaker"]) -> Party:
    """The schema's party; a judge or court that acts has the role "court"."""
    court = role == "actor" and named.code.endswith(".COURT")
    return Party(
        name=named.name,
        code=named.code,
        role="court" if court else role,
        span=span(layout, named.start, named.end),
    )


def recipients(cast: Cast, clause: tuple[int, int], trigger: tuple[int, int], actors: list[Named]) -> list[Named]:
    """Parties named behind the trigger in its clause who are not its actors, each once."""
    known = {actor.code for actor in actors}
    found: list[Named] = []
    for candidate in cast.within(trigger[0], clause[1]):
        if candidate.code not in known and not candidate.agent:
            known.add(candidate.code)
            found.append(candidate)
    return found


def holder(cast: Cast, start: int, end: int) -> Named | None:
    """Who holds an opinion stated between two offsets: the first subject, where it speaks or argues."""
    opinion = re.compile(
        r"\s*(?:,|who|also|have|has|\s)*(?:argue|say|said|warn|fear|believe|contend|claim|insist|worr|caution)"
    )
    for candidate in cast.within(start, end):
        if candidate.subject and opinion.match(cast.layout.folded, candidate.end, end):
            return candidate
    return None
