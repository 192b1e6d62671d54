"""Where a document speaks of a lever, and what the words around it say: who, how far, stated or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from counterflow.brief import codebook
from counterflow.brief.actions.lexicon import Hit, Stretch, find_hits, levers_in_scene
from counterflow.brief.actions.parties import Cast, Named, addressee, who
from counterflow.brief.actions.status import Standing, denied, is_counterfactual, standing, words
from counterflow.brief.dates.era import Era
from counterflow.brief.layout.text import Layout, Sentence, clauses
from counterflow.brief.patterns import Pattern, compile_words

_ENUMERATED = re.compile(r"\s*\(?(?:[a-z]|[ivx]+|[A-Z]|\d{1,2})\s*\)")
_RUN_IN_HEADING = re.compile(r"\s*(?:Sec|Section)\b\W*\d+\s*\.\s+[^.]{0,120}\.?\s*")
_CONDITION = re.compile(r"\s*(?:\(\w+\s*\)\s*)?(?:and\s+)?(?:if|when|unless|as|once|si|cuando)\b", re.IGNORECASE)
_CONTRAST = re.compile(r"\s*(?:but|though|although|while|whereas|however|yet|pero|aunque|mientras)\b", re.IGNORECASE)
# A second verb with an object of its own: "cut access to asylum and revived the program".
_SECOND_VERB = re.compile(
    r"(?<=\w)\s+(?=(?:and|y)\s+(?:then\s+|also\s+|luego\s+)?"
    r"(?:[a-z-]{2,}ed|sent|built|brought\s+back|struck|began|made|withdrew|\w+ó|\w+aron|\w+ieron)\s+"
    r"(?:the|an?|its|his|her|their|new|more|some|all|\d[\d,.]*|el|la|los|las|un|una|su|sus)\s)"
    r"|(?<=\w)\s+(?=(?:and\s+that|y\s+que)\s+\w)"
    # A subordinate clause with a subject of its own: "paused the tariffs after Mexico sent ..."
    r"|(?<=\w)\s+(?=(?:after|because|before|once|when|until|since|luego\s+de\s+que|despu[eé]s\s+de\s+que|porque|cuando)\s+"
    r"(?:the\s+|el\s+|la\s+)?(?:[A-ZÁÉÍÓÚÑ][\w.'-]*\s+){1,4}"
    r"(?:has|have|had|was|were|will|sent|put|began|took|gave|held|built|made|struck|\w+ed|ha|\w+ó|\w+aron|\w+ieron)\s)"
)


@dataclass(frozen=True)
class Mention:
    """One trigger in its clause, read."""

    hit: Hit
    lever: str
    sentence: Sentence
    clause: Stretch
    said: Standing
    actors: list[Named]
    speaker: Named | None
    weak: bool  # speaks of an act without stating it

    @property
    def by(self) -> Named | None:
        return self.actors[0] if self.actors else self.speaker


def find_levers(layout: Layout, sentence: Sentence) -> tuple[str, ...]:
    """Ids of the levers that a sentence names, whether or not it states an act, in order."""
    near = _scene(layout, sentence.index)
    whole = (sentence.start, sentence.end)
    levers = levers_in_scene(layout.folded, whole, near)
    found: dict[str, None] = {}
    for clause in _predicates(layout, sentence):
        for hit in find_hits(layout.folded, clause, whole, levers):
            lever = _lever_meant(hit, layout.folded, clause, [])
            if lever and not hit.lever.between_governments:
                found[lever] = None
    return tuple(found)


def find_mentions(layout: Layout, cast: Cast, era: Era | None) -> list[Mention]:
    """Every place where a sentence about this border speaks of a lever as an act of this document's time."""
    order = words("orders", "gives").search(layout.folded) is not None
    year = era.start.year if era and era.start else int(codebook.table("status")["modality"]["earliest_year"])
    dense = _is_about_the_border(layout)
    found: list[Mention] = []
    for position, sentence in enumerate(layout.sentences):
        if is_heading(layout, sentence) or is_general_provision(layout, sentence):
            continue
        near = _scene(layout, position)
        if not _in_domain(layout, sentence, near, dense):
            continue
        parts = _predicates(layout, sentence)
        lead = _lead_in(layout, position)
        whole = (sentence.start, sentence.end)
        levers = levers_in_scene(layout.folded, whole, near)
        for number, clause in enumerate(parts):
            for hit in find_hits(layout.folded, clause, whole, levers):
                mention = _read(layout, cast, sentence, parts, number, lead, hit, order, year, near)
                if mention is not None:
                    found.append(mention)
    return found


def is_heading(layout: Layout, sentence: Sentence) -> bool:
    """Whether a sentence is a title, a heading, or the heading that opens a section of an order."""
    if layout.blocks[sentence.block].kind in ("title", "heading"):
        return True
    return _RUN_IN_HEADING.fullmatch(layout.folded, sentence.start, sentence.end) is not None


def is_general_provision(layout: Layout, sentence: Sentence) -> bool:
    """Whether a sentence, or the one that opens its list, is a saving clause of an order."""
    lead = _lead_in(layout, sentence.index)
    return any(
        words("orders", "saving").search(layout.folded, start, end)
        for start, end in [(sentence.start, sentence.end), *lead]
    )


def _scene(layout: Layout, position: int) -> str:
    """The heading above a sentence, the sentence before it in its block, and the one that opens its list."""
    sentence = layout.sentences[position]
    before = layout.sentences[position - 1] if position else None
    same_block = before is not None and before.block == sentence.block
    earlier = layout.folded[before.start : before.end] if before and same_block else ""
    opening = " ".join(layout.folded[start:end] for start, end in _lead_in(layout, position))
    return f"{layout.blocks[sentence.block].heading} {earlier} {opening}"


def _predicates(layout: Layout, sentence: Sentence) -> tuple[Stretch, ...]:
    """The clauses of a sentence, cut once more where a second verb with its own object follows "and"."""
    found: list[Stretch] = []
    for start, end in clauses(layout, sentence):
        for match in _SECOND_VERB.finditer(layout.folded, start, end):
            found.append((start, match.start()))
            start = match.start() + len(match.group()) - len(match.group().lstrip())
        found.append((start, end))
    return tuple(found)


def _domain(key: str) -> Pattern:
    return compile_words(rf"(?<!\w)(?:{codebook.table('actions')['domain'][key]})")


def speaks_of_the_border(words: str) -> bool:
    """Whether some words name this border, migration, drugs or cartels, and no other theatre."""
    here = _domain("here").search(words) is not None
    return here or (_domain("words").search(words) is not None and _domain("elsewhere").search(words) is None)


def _is_about_the_border(layout: Layout) -> bool:
    pattern = _domain("words")
    about = [pattern.search(layout.folded, s.start, s.end) is not None for s in layout.sentences]
    return bool(about) and sum(about) / len(about) >= float(codebook.table("actions")["domain"]["dense"])


def _in_domain(layout: Layout, sentence: Sentence, near: str, dense: bool) -> bool:
    stretch = (sentence.start, sentence.end)
    if _domain("here").search(layout.folded, *stretch):
        return True
    if _domain("elsewhere").search(layout.folded, *stretch) or _domain("elsewhere").search(near):
        return False
    return (
        dense
        or _domain("words").search(layout.folded, *stretch) is not None
        or _domain("words").search(near) is not None
    )


def _lead_in(layout: Layout, position: int) -> list[Stretch]:
    """The clauses, nearest first, of the sentence with a colon that opens the list a sentence is in."""
    sentence = layout.sentences[position]
    block = layout.blocks[sentence.block]
    if block.kind != "bullet" and not _ENUMERATED.match(layout.folded, sentence.start):
        return []
    for earlier in reversed(layout.sentences[:position]):
        above = layout.blocks[earlier.block]
        if layout.folded[earlier.start : earlier.end].rstrip().endswith(":"):
            return list(reversed(clauses(layout, earlier)))
        if above.kind != "bullet" and not _ENUMERATED.match(layout.folded, above.start):
            return []
    return []


def _read(
    layout: Layout,
    cast: Cast,
    sentence: Sentence,
    parts: tuple[Stretch, ...],
    number: int,
    lead: list[Stretch],
    hit: Hit,
    order: bool,
    year: int,
    near: str,
) -> Mention | None:
    """Read one trigger in its clause; None where it states no act of this time and place."""
    folded, clause = layout.folded, parts[number]
    above = list(reversed(parts[:number]))
    earlier = [part for part in [*above, *lead] if not _CONDITION.match(folded, *part)]
    actors, speaker = who(cast, clause, earlier[::-1], hit.place)
    own = any(clause[0] <= actor.start < clause[1] for actor in actors)
    actors = actors if own else _owner(hit.lever.by_force, folded, clause) or actors
    actors = actors or _owner(hit.lever.by_place, folded, clause)
    if hit.lever.between_governments and not actors and speaker:
        actors = [speaker]
    if hit.lever.response:
        actors = [actor for actor in actors if not actor.code.endswith(".COURT")]
    asked = None if hit.lever.response else addressee(cast, clause[0], hit.place[0])
    lever = _lever_meant(hit, folded, clause, [asked] if asked else actors)
    if lever is None or (
        hit.lever.between_governments and not _between_governments(layout, hit, actors, sentence, near)
    ):
        return None
    frame = _frame_start(folded, parts, number)
    # A response names other acts; only words right before it tell how far it has come itself.
    reach = (max(clause[0], hit.place[0] - 20), hit.place[0]) if hit.lever.response else clause
    if is_counterfactual(folded, frame, _frame_end(folded, parts, number)):
        return None
    said = standing(
        folded,
        reach,
        hit.place,
        above,
        lead,
        default=hit.trigger.status or hit.lever.status,
        own_words=hit.verb if hit.trigger.against else None,
        verbal=hit.verb is not None and hit.verb[0] == hit.place[0],
        following=parts[number + 1 :],
        order=order,
        era_year=year,
        sentence_start=frame,
    )
    if "historical" in said.modality or _is_opinion(folded, hit.place, frame):
        return None
    weak = _is_only_spoken_of(folded, clause, hit)
    return Mention(hit, lever, sentence, clause, said, actors, speaker, weak)


def _frame_start(folded: str, parts: tuple[Stretch, ...], number: int) -> int:
    """Where the frame of a clause begins: the sentence, or the last contrast ("but ...") before or at it."""
    for part in reversed(parts[: number + 1]):
        if _CONTRAST.match(folded, *part):
            return part[0]
    return parts[0][0]


def _frame_end(folded: str, parts: tuple[Stretch, ...], number: int) -> int:
    """Where the frame of a clause ends: before the next contrast, or with the sentence."""
    behind = [part[1] for part in parts[number:]]
    contrasts = [at for at, part in enumerate(parts[number + 1 :]) if _CONTRAST.match(folded, *part)]
    return behind[contrasts[0]] if contrasts else behind[-1]


def why_no_act(layout: Layout, sentence: Sentence) -> str:
    """Why a sentence that names a lever states no act of it, in one phrase."""
    stretch = (sentence.start, sentence.end)
    unrealised = words("modality", "unrealised").search(layout.folded, *stretch)
    if unrealised or is_counterfactual(layout.folded, *stretch):
        return "counterfactual"
    if denied(layout.folded, *stretch):
        return "negated act"
    return "but states no act of this document's time and place"


def _lever_meant(hit: Hit, folded: str, clause: Stretch, actors: list[Named]) -> str | None:
    code = actors[0].code if actors else ""
    if hit.trigger.actor and code.split(".")[0] != hit.trigger.actor:
        return None
    for prefix, lever in hit.lever.by_actor:
        if code.split(".")[0] == prefix:
            return lever
    for pattern, lever in hit.lever.refine:
        if pattern.search(folded, *clause):
            return lever
    return hit.lever.id


def _owner(table: Sequence[tuple[Pattern, str]], folded: str, clause: Stretch) -> list[Named]:
    """The state whose act it is by the force or the place that the clause names; empty where it names none."""
    for pattern, code in table:
        if match := pattern.search(folded, *clause):
            name = " ".join(match.group().split())
            return [Named(*match.span(), name, code, False, False, False, False)]
    return []


def _between_governments(layout: Layout, hit: Hit, actors: list[Named], sentence: Sentence, near: str) -> bool:
    """Whether one of the two states acts towards the other."""
    state = actors[0].code.split(".")[0] if actors else ""
    if state not in ("US", "MX"):
        return False
    other = _state("MX" if state == "US" else "US")
    scene = layout.folded[hit.place[0] : hit.place[1]]
    if hit.lever.id == "diplomacy.accuse":
        return other.search(layout.folded, hit.place[0], sentence.end) is not None or hit.verb is None
    around = layout.sentences[max(0, sentence.index - 1) : sentence.index + 2]
    scene = " ".join([near, *(layout.folded[s.start : s.end] for s in around)])
    return other.search(scene) is not None


def _state(code: str) -> Pattern:
    return compile_words(codebook.table("actions")["states"][code])


def _is_opinion(folded: str, place: Stretch, frame: int) -> bool:
    return words("mention", "opinion").search(folded, frame, place[0]) is not None


def _is_only_spoken_of(folded: str, clause: Stretch, hit: Hit) -> bool:
    """Whether a clause takes the act as known, or as the aim or the cause of something else."""
    before = (clause[0], hit.place[0])
    if words("mention", "tension").search(folded, *before) or words("mention", "purpose").search(folded, *before):
        return True
    if not hit.lever.between_governments and words("mention", "refusal").search(folded, *before):
        return True
    if words("mention", "evaluation").search(folded, hit.place[1], clause[1]):
        return True
    behind = clause[1] - len(folded[hit.place[1] : clause[1]].lstrip())
    return hit.verb is None and words("mention", "consequence").match(folded, behind, clause[1]) is not None
