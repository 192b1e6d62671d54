"""Who does what a trigger says, who says so, and who is told to do it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from counterflow.brief import codebook
from counterflow.brief.actions.parties import Cast, Named, grammar
from counterflow.brief.layout.parts import Sentence, Stretch
from counterflow.brief.patterns import compile_words

# Heads of a state's executive: what they do and what their agencies do is one act.
_UNSAID = 600  # characters before a sentence in which its unsaid subject is looked for
_HEADS = {"US.POTUS", "US.GOV", "MX.PRES", "MX.GOV"}
_EXECUTIVE = ("US.POTUS", "US.GOV", "US.D")
_JOINED = re.compile(r"\s*(?:,|,?\s*(?:and|or|y|e|o))\s*")


def who(
    cast: Cast,
    clause: Stretch,
    earlier: Sequence[Stretch],
    trigger: Stretch,
    *,
    passive: bool,
    response: bool,
    following: Sequence[Stretch] = (),
) -> tuple[list[Named], Named | None]:
    """Who does what the trigger says, and who says so: (actors, speaker).

    The clause's own subject acts; failing that the agent behind "by"; failing that the country as an adjective right
    before the trigger; failing that the first subject of the sentence's earlier clauses, given in `earlier` in reading
    order. A passive without an agent in such a sentence has no actor. `response` lets in those who only answer.
    Where the clause opens the sentence with an aim, whoever pursues it acts, who stands behind it or in `following`.
    """
    folded = cast.layout.folded
    # A party that the trigger's own words begin with is its subject ("sheriffs signed ...").
    actors, speaker = _subjects(cast, clause[0], trigger[0] + 1, response)
    for party in cast.within(trigger[0], trigger[1]):
        # "the destruction by its army of"; "the suit that a union filed"
        if _is_agent(folded, party, trigger, response) or (not actors and _owns(cast, party, trigger, response)):
            return [party], speaker
    if actors and not passive:
        return actors, speaker
    antecedent = _antecedent(cast, clause, earlier) if not passive else None
    if antecedent is not None:
        return [antecedent], speaker
    agents = [p for p in cast.within(trigger[0], clause[1]) if _is_agent(folded, p, trigger, response)]
    if agents:
        return _with_joined(cast.within(agents[0].start, clause[1]), agents[0], folded), speaker
    if actors:
        return actors, speaker
    country = _country_at(folded, clause[0], trigger[0])
    if country:
        return [country], speaker or _reporter(cast, earlier)
    behind = None if passive else _subject_behind(cast, clause, trigger)
    if behind is not None:
        return [behind], speaker
    if _PURPOSE.match(folded, *clause):
        actors, speaker = _subjects(cast, trigger[1], following[0][1] if following else clause[1], response)
        if actors:
            return actors, speaker
    told = _TOLD_BY.match(folded, trigger[1], clause[1])
    owner = next((p for p in cast.within(told.end(), told.end() + 5) if p.subject), None) if told else None
    if owner is not None:
        return [owner], speaker  # "the tariff that the United States imposed"
    if speaker is None and not _has_own_subject(folded, clause, trigger, passive=passive):
        for start, end in earlier:
            actors, heard = _subjects(cast, start, end, response)
            speaker = speaker or heard
            if actors:
                return [replace(actor, inferred=True) for actor in actors], speaker
    asked = [p for p in cast.within(clause[0], trigger[0]) if _asked(folded, p, clause[0]) and _acts(p, response)]
    if speaker is not None and addressee(cast, clause[0], trigger[0]) is not None:
        return [replace(speaker, inferred=True)], speaker  # "said that it had asked Congress to": whoever asks acts
    return asked[:1], speaker or _reporter(cast, [*earlier, (clause[0], trigger[0])])


_PURPOSE = re.compile(
    r"\s*(?:to\s+(?!the\b)\w+|in\s+(?:order|a\s+bid|an\s+(?:effort|attempt))\s+to|with\s+the\s+aim\s+of|seeking\s+to|aiming\s+to"
    r"|con\s+(?:el\s+(?:fin|propósito|objetivo)|objeto)\s+de|a\s+fin\s+de|para\s+\w+[aei]r)\b",
    re.IGNORECASE,
)
_TOLD_BY = re.compile(r"[^,.;]{0,40}?\s(?:that|which|que)\s+(?:the\s+|el\s+|la\s+|los\s+)?", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\s*(?:which|who|that|que|quien(?:es)?|la\s+cual|el\s+cual)\s+(?!the\b|el\b|la\b)", re.IGNORECASE
)


def _antecedent(cast: Cast, clause: Stretch, earlier: Sequence[Stretch]) -> Named | None:
    """The party right before a relative clause, for which its pronoun stands ("the union, which sued ...")."""
    if not earlier or not _RELATIVE.match(cast.layout.folded, *clause):
        return None
    before = cast.within(earlier[-1][0], clause[0])
    return replace(before[-1], inferred=True) if before and clause[0] - before[-1].end < 8 else None


def _may_act(party: Named, response: bool) -> bool:
    bystanders = codebook.table("parties")["grammar"]["bystanders"]
    return party.code not in bystanders or (response and party.code.startswith("OPP."))


def _acts(party: Named, response: bool) -> bool:
    return party.subject and _may_act(party, response)


def _asked(folded: str, party: Named, start: int) -> bool:
    """Whether a party is the one that is asked to act ("pressed Mexico to"), by the words behind `start`."""
    return grammar()["asks"].search(folded, max(start, party.start - 40), party.start) is not None


def _accused(folded: str, party: Named) -> bool:
    """Whether a state is said to fail at something, which is an act of whoever says so."""
    if not party.code.endswith(".GOV") or not grammar()["fails"].match(folded, party.end):
        return False
    return re.search(r"\b(?:that|que|because|porque)\s+\Z", folded[: party.start][-12:]) is not None


def _is_agent(folded: str, party: Named, trigger: Stretch, response: bool) -> bool:
    """Whether a party behind "by" does what the trigger says; "rejected claims by Mexico" is no act of Mexico's."""
    if not party.agent or not _may_act(party, response):
        return False
    if response and party.code.startswith(_EXECUTIVE):
        return False  # "took to the streets over the arrests by ICE"
    held = grammar()["held"].search(folded, max(trigger[0], party.start - 40), party.start)
    return held is None or held.start() <= trigger[0]


def _owns(cast: Cast, party: Named, trigger: Stretch, response: bool) -> bool:
    """Whether a party inside the trigger's words is the subject of a relative clause there."""
    told = _TOLD_BY.match(cast.layout.folded, trigger[0], party.end)
    return _acts(party, response) and told is not None and told.end() >= party.start


def _subjects(cast: Cast, start: int, end: int, response: bool) -> tuple[list[Named], Named | None]:
    folded, words = cast.layout.folded, grammar()
    parties = cast.within(start, end)
    speaker: Named | None = None
    for party in parties:
        if not party.subject or _accused(folded, party) or _asked(folded, party, start):
            continue
        said = words["speech"].match(folded, party.end, end)
        if said and speaker is None:
            speaker = party
            if words["said_to_self"].match(folded, said.end()):
                return [party], party
        elif _acts(party, response):
            return _with_joined(parties, party, folded), speaker
    return [], speaker


_SPANISH_VERB = re.compile(r"(?:ó|aron|ieron|eron|ará|arán|erá|irá|a|an|e|en)\Z")


def _subject_behind(cast: Cast, clause: Stretch, trigger: Stretch) -> Named | None:
    """The subject that stands behind its verb, as it may in Spanish ("Suspendió el juez la entrega")."""
    folded = cast.layout.folded
    verb = re.match(r"\w+", folded[trigger[0] : trigger[1]])
    if verb is None or not _SPANISH_VERB.search(verb.group()) or folded[clause[0] : trigger[0]].strip(' "'):
        return None
    for party in cast.within(trigger[0] + verb.end(), clause[1]):
        gap = folded[trigger[0] + verb.end() : party.start]
        if party.subject and re.fullmatch(r"\s*(?:(?:el|la|los|las|un|una)\s+)?", gap, re.IGNORECASE):
            return party
    return None


def _has_own_subject(folded: str, clause: Stretch, trigger: Stretch, *, passive: bool) -> bool:
    """Whether the verb of a passive has a subject of its own, so that none of another clause is its actor."""
    return passive and re.search(r"\b(?:was|were|is|are|been|fue|fueron|son|es)\b", folded[slice(*trigger)]) is not None


def _reporter(cast: Cast, stretches: Sequence[Stretch]) -> Named | None:
    """A party by whose word something is known: "the Secretary's confirmation that ..."."""
    for start, end in stretches:
        for party in cast.within(start, end):
            if party.possessive and grammar()["speech_noun"].match(cast.layout.folded, party.end):
                return party
    return None


def opponents(cast: Cast, clause: Stretch, trigger: Stretch) -> list[Named]:
    """Those who sue or protest, where the words before the trigger name no organisation ("three shelters sued")."""
    folded = cast.layout.folded
    found = list(grammar()["opponents"].finditer(folded, clause[0], trigger[1]))
    behind = grammar()["opponents"].finditer(folded, trigger[1], clause[1])
    agents = [match for match in behind if re.search(r"\b(?:by|por)\s+\Z", folded[: match.start()][-8:])]
    if not found and not agents:
        return []
    match = found[-1] if found else agents[0]
    first, last = match.span()
    return [Named(first, last, match.group().strip(), "OPP.ACTIVISTS", True, False, False, False)]


def court_at(cast: Cast, cue: Stretch, sentence: Stretch) -> Named | None:
    """The court that blocks an act or lets it go on, by the words of `cue`: the nearest one in the sentence."""
    near = cast.within(max(sentence[0], cue[0] - 120), min(sentence[1], cue[1] + 120))
    courts = [p for p in near if p.code.endswith(".COURT")]
    return min(courts, key=lambda p: max(p.start - cue[1], cue[0] - p.end, 0), default=None)


def unsaid_subject(cast: Cast, clause: Stretch, trigger: Stretch, sentence: Sentence) -> list[Named]:
    """Whom a Spanish verb without a subject has for one: the last subject of the sentences before it."""
    folded = cast.layout.folded
    verb = re.match(r"\w+", folded[trigger[0] : trigger[1]])
    lead = re.sub(r"^[\s\"']*(?:[^,]{1,40},\s*)?", "", folded[clause[0] : trigger[0]]).strip()
    if verb is None or not re.search(r"(?:ó|[aei]ron|emos|a|e)\Z", verb.group()) or len(lead) > 30:
        return []
    before = cast.within(max(0, sentence.start - _UNSAID), sentence.start)
    subjects = [party for party in before if party.subject and _acts(party, False)]
    return [replace(subjects[-1], inferred=True)] if subjects else []


def speaker_behind(cast: Cast, start: int, end: int) -> Named | None:
    """Who says what stands before `start`: "..., the Pentagon said", "..., dijo la Cancillería"."""
    folded, words = cast.layout.folded, grammar()
    for party in cast.within(start, end):
        before = folded[max(start, party.start - 30) : party.start]
        named = words["speech_before"].search(before)
        if named or (party.subject and words["speech"].match(folded, party.end, end)):
            return party
    return None


def _country_at(folded: str, start: int, trigger: int) -> Named | None:
    """The country whose adjective stands right before the trigger, or begins it ("U.S. drones flew over ...")."""
    for code, words in codebook.table("parties")["grammar"]["countries"].items():
        before = compile_words(rf"\b(?P<country>{words}),?\s+(?:[\w-]+\s+)?$", re.RegexFlag(0))
        begins = compile_words(rf"(?:(?:[Tt]he|[Aa]n?) )?(?P<country>{words})(?!\w)", re.RegexFlag(0))
        if match := before.search(folded, max(start, trigger - 60), trigger) or begins.match(folded, trigger):
            first, last = match.span("country")
            return Named(first, last, match["country"], f"{code}.GOV", False, False, False, False)
    return None


def _with_joined(parties: list[Named], first: Named, folded: str) -> list[Named]:
    """`first` and the subjects joined to it by commas and "and"."""
    joined = [first]
    for party in parties:
        known = {other.code for other in joined}
        apart = party.start <= joined[-1].start or party.code in known
        adjoins = party.start == joined[-1].end  # "both | governments"
        if not apart and (adjoins or _JOINED.fullmatch(folded, joined[-1].end, party.start)):
            joined.append(party)
    return joined


# ---------------------------------------------------------------------------------------------- orders

_TOLD = re.compile(
    r"\s*(?:,[^.;]{0,500}?,\s*)?\s*(?:shall|must|will|is\s+(?:hereby\s+)?(?:directed|ordered|instructed|authori[sz]ed)"
    r"|are\s+(?:hereby\s+)?(?:directed|ordered|instructed|authori[sz]ed))\b"
)
_PASSIVE = re.compile(r"\w+(?:ed|en|ado|ido|ada|ida)\s+(?:by|por)\s+(?:the\s+|a\s+|el\s+|la\s+)?$")
_MAY = re.compile(r"\s*(?:,[^.;]{0,220}?,\s*)?\s*may\b(?! \d)")


def signer_of(cast: Cast) -> Named | None:
    """Who gives an order that the document is: named by its formulas; None where they name nobody."""
    folded = cast.layout.folded
    for entry in codebook.table("parties")["signer"]:
        pattern = compile_words(entry["words"], re.RegexFlag(0))
        if pattern.search(folded):
            return Named(0, 0, entry["name"], entry["code"], True, False, False, False, True)
    return None


def as_ordered(
    cast: Cast, signer: Named | None, actors: list[Named], clause: Stretch
) -> tuple[list[Named], list[Named]]:
    """In an order: who acts and who is told, for a provision whose subject `actors` were found.

    What its subject "shall" do, the one who signed it does, and the subject is told. What it "may" do, it does itself.
    Without a known signer the subject stays the actor.
    """
    folded = cast.layout.folded
    if signer is None:
        return actors, []
    if not actors:
        return [signer], []
    if not clause[0] <= actors[0].start < clause[1] and actors[0].code.split(".")[0] != signer.code.split(".")[0]:
        return [signer], []  # named before the provision, which is the signer's
    if actors[0].code == signer.code or actors[0].code.split(".")[0] != signer.code.split(".")[0]:
        return actors, []
    if actors[0].agent:  # "lands used by the Department": told, unless a verb in the passive is its own
        return (actors, []) if _PASSIVE.search(folded, clause[0], actors[0].start) else ([signer], actors)
    last = actors[-1]
    if _MAY.match(folded, last.end):
        return actors, []
    if _TOLD.match(folded, last.end) or not clause[0] <= last.start < clause[1]:
        return [signer], actors
    return actors, []


def addressee(cast: Cast, start: int, end: int) -> Named | None:
    """The last party between two offsets that is asked to act ("urged Mexico to"); None where nobody is."""
    folded = cast.layout.folded
    asked = [p for p in cast.within(start, end) if _asked(folded, p, start)]
    return asked[-1] if asked else None


_NEVER_ADDRESSED = {"CARTELS", "OPP.CRITICS"}


def recipients(cast: Cast, clause: Stretch, trigger: Stretch, actors: Sequence[Named]) -> list[Named]:
    """Parties named behind the trigger in its clause whom it can address, each once.

    Not its actors, no place, none in a possessive ("on Trump's first day"), and no group that nobody addresses.
    """
    folded, place = cast.layout.folded, grammar()["place"]
    known = {actor.code for actor in actors}
    found: list[Named] = []
    for candidate in cast.within(trigger[0], clause[1]):
        where = place.search(folded, max(clause[0], candidate.start - 24), candidate.start) is not None
        addressed = not (candidate.agent or candidate.possessive or where) and candidate.code not in _NEVER_ADDRESSED
        if addressed and candidate.code not in known:
            known.add(candidate.code)
            found.append(candidate)
    return found


def same_actor(one: Named | None, other: Named | None) -> bool:
    """Whether two parties can be one actor: unknown, the same, a head of the state, or part of one body."""
    if one is None or other is None:
        return True
    if one.code == other.code:
        return not (one.person and other.person) or one.name.split()[-1] == other.name.split()[-1]
    if one.code.split(".")[0] != other.code.split(".")[0]:
        return False
    heads = one.code in _HEADS or other.code in _HEADS
    courts = one.code.endswith((".COURT", ".STATES")) or other.code.endswith((".COURT", ".STATES"))
    within = one.code.startswith(other.code + ".") or other.code.startswith(one.code + ".")
    return (heads and not courts) or within
