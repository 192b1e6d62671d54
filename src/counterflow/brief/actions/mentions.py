"""Where a document speaks of a lever, and what the words around it say: who, how far, stated or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from counterflow.brief import codebook
from counterflow.brief.actions.acting import (
    addressee,
    as_ordered,
    court_at,
    opponents,
    recipients,
    signer_of,
    speaker_behind,
    unsaid_subject,
    who,
)
from counterflow.brief.actions.ending import is_ending, without_term
from counterflow.brief.actions.hits import hits_of, lever_meant
from counterflow.brief.actions.lexicon import Hit, is_named_by, overlap, yields
from counterflow.brief.actions.parties import Cast, Named, is_spanish
from counterflow.brief.actions.references import as_turned, near, referring, tells
from counterflow.brief.actions.scene import is_heading, surroundings
from counterflow.brief.actions.status import Standing, denied, is_counterfactual, predicate_behind, standing, words
from counterflow.brief.actions.timing import Timing, front_of, timing
from counterflow.brief.dates.era import Era
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.parts import Layout, Sentence, Stretch
from counterflow.brief.patterns import Pattern, compile_words

_CONDITION = re.compile(r"\s*(?:\(\w+\s*\)\s*)?(?:and\s+)?(?:if|when|unless|as|once|si|cuando)\b", re.IGNORECASE)
SUPPOSED = re.compile(r"[\s\"']*(?:(?:even|only)\s+)?(?:if|unless|si|a\s+menos\s+que)[\s,]", re.IGNORECASE)
# "Give me more agents," said the chief; "Send in the marines": bids nobody has followed.
_BIDDING = re.compile(
    r"\s*[\"']?(?:Give|Ask|Send|Bring|Let|Tell|Call|Seal|Imagine|Suppose|Write|Build|Hire|Close|Make)\s+(?!(?:downs?|offs?)\b)"
)
_EXECUTIVE = ("US.POTUS", "US.GOV", "US.D", "US.STATE.", "US.TREASURY")
_ASKED = re.compile(
    r"request|veto|vet[oó]|offer|propos|plan|bill|applic|appeal|amend|measure|vot|down|solicitud|petici|iniciativa|reforma|(?:was|were|been|fue)",
    re.IGNORECASE,
)
# What is said before such a word does not frame what stands behind it.
CONTRAST = re.compile(r"\s*(?:but|though|although|while|whereas|however|yet|pero|aunque|mientras)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """One trigger in its clause, read."""

    hit: Hit
    lever: str
    sentence: Sentence
    clause: Stretch
    said: Standing
    actors: list[Named]
    recipients: list[Named]
    speaker: Named | None
    front: Stretch | None  # the phrase before the clause that may hold its day or what it rests on
    times: Timing
    provision: bool  # of an order: an act of its own
    weak: bool  # speaks of an act without stating it
    ending: bool = False  # what is still to be done is the end of the measure
    refers: bool = False  # by words that stand for an act told before

    @property
    def opposite(self) -> bool:
        """Whether the status is that of the opposite of the lever's measure.

        A cue beside the verb that ends the opposite tells how far that ending has come, which is the lever's own act
        ("ordered an end to the programme").
        """
        return self.hit.trigger.opposite and not (self.hit.trigger.against and self.said.cue)

    @property
    def by(self) -> Named | None:
        return self.actors[0] if self.actors else self.speaker


@dataclass(frozen=True)
class _Document:
    layout: Layout
    cast: Cast
    era: Era | None
    order: bool  # it gives orders itself
    signer: Named | None
    year: int  # acts before it are history


def find_mentions(layout: Layout, cast: Cast, era: Era | None) -> list[Mention]:
    """Every place where a sentence about this border speaks of a lever as an act of this document's time."""
    order = words("orders", "gives").search(layout.folded) is not None
    document = _Document(
        layout=layout,
        cast=cast,
        era=era,
        order=order,
        signer=signer_of(cast) if order else None,
        year=era.start.year if era and era.start else int(codebook.table("status")["modality"]["earliest_year"]),
    )
    around = surroundings(layout)
    found: list[Mention] = []
    last: Mention | None = None  # what a sentence behind it may speak of without its name
    for sentence, parts in zip(layout.sentences, hits_of(layout), strict=True):
        spoken = last is not None and near(sentence, last.sentence)
        if not spoken and not (any(hits for _, hits in parts) and around.about[sentence.index]):
            continue
        if is_heading(layout, sentence) or around.general[sentence.index] or _states_nothing(layout, sentence):
            continue
        parts = parts or tuple((clause, ()) for clause in clauses(layout, sentence))
        stretches = tuple(clause for clause, _ in parts)
        for number, (_, hits) in enumerate(parts):
            read = _read_all(document, sentence, stretches, number, hits)
            if not hits and last is not None and near(sentence, last.sentence):
                spoken_of = _refer(document, sentence, stretches, number, last)
                read = [spoken_of] if spoken_of else []
            found += read
            acts = [mention for mention in read if not mention.hit.lever.response]
            last = acts[-1] if acts else last
    return found


def _read_all(
    document: _Document, sentence: Sentence, parts: tuple[Stretch, ...], number: int, hits: tuple[Hit, ...]
) -> list[Mention]:
    """The triggers of a clause, read: answers first, and words that give way to others only where those say nothing."""
    found: list[Mention] = []
    for hit in sorted(hits, key=lambda hit: (yields(hit, hits), not hit.lever.response)):
        known = [mention.hit for mention in found]
        same = any(other.lever is hit.lever and overlap(other.place, hit.place) for other in known)
        answers = [other.place for other in known if other.lever.response]
        if same or yields(hit, known) or is_named_by(hit, answers):
            continue
        mention = _read(document, sentence, parts, number, hit)
        found += [mention] if mention else []
    return sorted(found, key=lambda mention: (not mention.hit.lever.response, mention.hit.place))


def _refer(
    document: _Document, sentence: Sentence, parts: tuple[Stretch, ...], number: int, told: Mention
) -> Mention | None:
    """What a clause without a lever's words says of the act that was told before; None where it says nothing of it."""
    folded = document.layout.folded
    hit = referring(folded, parts[number], told.hit, by_court=_is_of_court(document.cast, told))
    mention = _read(document, sentence, parts, number, hit) if hit else None
    if mention is None:
        return None
    termed = mention.said.cue is None and mention.times.end is not None
    if not termed and not tells(folded, mention.clause, mention.hit, mention.said):
        return None
    return replace(mention, lever=told.lever, said=as_turned(folded, mention.hit, mention.said, told.said), refers=True)


def _is_of_court(cast: Cast, told: Mention) -> bool:
    """Whether an act was stopped or let go on, or its sentence names a court: what a ruling can be about."""
    if told.said.status in ("blocked", "reinstated"):
        return True
    parties = [*told.actors, *([told.speaker] if told.speaker else [])]
    parties += cast.within(told.sentence.start, told.sentence.end)
    return any(party.code.endswith(".COURT") for party in parties)


def _states_nothing(layout: Layout, sentence: Sentence) -> bool:
    """Whether a sentence is a row of a table, asks, defines, or changes the words of a text."""
    kind = layout.blocks[sentence.block].kind
    if kind == "table" or (kind != "bullet" and _BIDDING.match(layout.folded, sentence.start, sentence.end)):
        return True
    return words("orders", "no_act").search(layout.folded, sentence.start, sentence.end) is not None


def _read(document: _Document, sentence: Sentence, parts: tuple[Stretch, ...], number: int, hit: Hit) -> Mention | None:
    """Read one trigger in its clause; None where it states no act of this time and place."""
    layout, cast, clause = document.layout, document.cast, parts[number]
    folded = layout.folded
    lead = [*_announcing(folded, parts[:number]), *surroundings(layout).leads[sentence.index]]
    above = list(reversed(parts[:number]))
    frame = _frame_start(folded, parts, number)
    supposed = SUPPOSED.match(folded, *clause)
    if supposed and not ('"' in supposed.group() and '"' in folded[supposed.end() : hit.place[0]]):
        return None  # the words behind a quotation that begins with "if" suppose nothing
    if is_counterfactual(folded, frame, _frame_end(folded, parts, number)):
        return None
    actors, told, speaker = _parties(document, sentence, parts, number, hit, lead)
    asked = None if hit.lever.response else addressee(cast, clause[0], hit.place[0])
    if hit.lever.id.startswith("opposition.") and any(actor.code.startswith(_EXECUTIVE) for actor in actors):
        return None  # a government that appeals opposes no measure of its own
    lever = lever_meant(hit, folded, clause, [asked] if asked else told or actors or ([speaker] if speaker else []))
    if lever is None or (
        hit.lever.between_governments and not _between_governments(layout, cast, hit, actors, sentence)
    ):
        return None
    # A response names other acts; only words right before it tell how far it has come itself.
    reach = (max(clause[0], hit.place[0] - 20), hit.place[0]) if hit.lever.response else clause
    default = hit.trigger.status or hit.lever.status
    said = standing(
        folded,
        reach,
        hit.place,
        above,
        lead,
        default=default,
        own_words=(hit.verb or hit.place) if hit.trigger.against else None,
        verb=hit.verb,
        following=parts[number + 1 :],
        order=document.order,
        era_year=document.year,
        sentence_start=frame,
    )
    said = without_term(folded, clause, hit, said, default)
    if "historical" in said.modality or _is_opinion(folded, hit.place, frame):
        return None
    if speaker is None and said.status == "proposed" and _is_advice(folded, frame, hit.place):
        return None
    predicate = predicate_behind(folded, parts[number + 1 :])
    behind = predicate is not None and (said.cue is None or said.cue[0] >= clause[1])
    if behind and predicate is not None:
        agents = [p for p in cast.within(*predicate) if p.agent]
        actors = agents or (([document.signer] if document.signer else []) if said.cue else actors)
    if said.status in ("blocked", "reinstated") and said.cue and not hit.lever.response:
        court = court_at(cast, said.cue, (sentence.start, sentence.end))
        actors = [court] if court is not None else actors
    if hit.lever.response and hit.verb is None:
        said = replace(said, negated=False)  # "will not accept": the denial is the response's own
    front = front_of(folded, parts, number)
    if behind:
        front = predicate
    told = told or recipients(cast, clause, hit.place, actors)
    return Mention(
        hit=hit,
        lever=lever,
        sentence=sentence,
        clause=clause,
        said=said,
        actors=actors,
        recipients=[asked, *told] if asked and asked not in told else told,
        speaker=speaker,
        front=front,
        times=timing(layout, clause, front, hit.place, said.status, document.era),
        provision=document.order and not hit.lever.response,
        weak=not _turns_down(folded, said) and _is_only_spoken_of(folded, clause, hit, said),
        ending=is_ending(folded, clause, hit, said),
    )


def _parties(
    document: _Document,
    sentence: Sentence,
    parts: tuple[Stretch, ...],
    number: int,
    hit: Hit,
    lead: list[Stretch],
) -> tuple[list[Named], list[Named], Named | None]:
    """Who acts, who is told, and who says so."""
    layout, cast, clause = document.layout, document.cast, parts[number]
    folded, opposing = layout.folded, hit.lever.id.startswith("opposition.")
    above = list(reversed(parts[:number]))
    earlier = [part for part in [*above, *lead] if not _CONDITION.match(folded, *part)]
    passive = hit.verb is not None and hit.verb[0] > hit.place[0]
    actors, speaker = who(
        cast, clause, earlier[::-1], hit.place, passive=passive, response=opposing, following=parts[number + 1 :]
    )
    own = any(clause[0] <= actor.start < clause[1] for actor in actors)
    actors = actors if own else _owner(hit.lever.by_force, folded, clause) or actors
    actors = actors or _owner(hit.lever.by_place, folded, clause)
    speaker = speaker or speaker_behind(cast, hit.place[1], sentence.end)
    if hit.lever.between_governments and speaker and (not actors or _speaks_for(speaker, actors[0])):
        actors = [speaker]
    if hit.lever.response:
        actors = [actor for actor in actors if not actor.code.endswith(".COURT")]
    if opposing:
        actors = [replace(a, code="OPP.ACTIVISTS") if a.code == "OPP.CRITICS" else a for a in actors]
        actors = actors or opponents(cast, clause, hit.place)
    if not actors and not speaker and not passive and is_spanish(layout):
        actors = unsaid_subject(cast, clause, hit.place, sentence)
    told: list[Named] = []
    if document.order and not hit.lever.response:
        actors, told = as_ordered(cast, document.signer, actors, clause)
    return actors, told, speaker


def _speaks_for(speaker: Named, actor: Named) -> bool:
    """Whether a body says what its country does: "Mexico will not receive them," its foreign ministry said."""
    state = actor.code.split(".")[0]
    return actor.code == f"{state}.GOV" and speaker.code.startswith(f"{state}.")


def _frame_start(folded: str, parts: tuple[Stretch, ...], number: int) -> int:
    """Where the frame of a clause begins: the sentence, or the last contrast ("but ...") before or at it."""
    for part in reversed(parts[: number + 1]):
        if CONTRAST.match(folded, *part):
            return part[0]
    return parts[0][0]


def _frame_end(folded: str, parts: tuple[Stretch, ...], number: int) -> int:
    """Where the frame of a clause ends: before the next contrast, or with the sentence."""
    behind = [part[1] for part in parts[number:]]
    contrasts = [at for at, part in enumerate(parts[number + 1 :]) if CONTRAST.match(folded, *part)]
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


def _owner(table: Sequence[tuple[Pattern, str]], folded: str, clause: Stretch) -> list[Named]:
    """The state whose act it is by the force or the place that the clause names; empty where it names none."""
    for pattern, code in table:
        if match := pattern.search(folded, *clause):
            name = " ".join(match.group().split())
            return [Named(*match.span(), name, code, False, False, False, False)]
    return []


def _between_governments(layout: Layout, cast: Cast, hit: Hit, actors: list[Named], sentence: Sentence) -> bool:
    """Whether one of the two states acts towards the other."""
    state = actors[0].code.split(".")[0] if actors else ""
    if state not in ("US", "MX"):
        return False
    across = "MX" if state == "US" else "US"
    other = _state(across)
    if hit.lever.id == "diplomacy.accuse":
        return other.search(layout.folded, hit.place[0], sentence.end) is not None or hit.verb is None
    around = layout.sentences[max(0, sentence.index - 1) : sentence.index + 2]
    if any(
        p.code.startswith(f"{'MX' if state == 'US' else 'US'}.") for s in around for p in cast.within(s.start, s.end)
    ):
        return True
    stretches = [*surroundings(layout).scenes[sentence.index], *((s.start, s.end) for s in around)]
    heading = layout.blocks[sentence.block].heading
    return any(other.search(layout.folded, *stretch) for stretch in stretches) or other.search(heading) is not None


def _state(code: str) -> Pattern:
    return compile_words(codebook.table("actions")["states"][code])


def _is_opinion(folded: str, place: Stretch, frame: int) -> bool:
    return words("mention", "opinion").search(folded, frame, place[0]) is not None


def _turns_down(folded: str, said: Standing) -> bool:
    """Whether a request or a plan is refused, which is an act; to refuse to act is none."""
    return said.status == "rejected" and said.cue is not None and _ASKED.search(folded[slice(*said.cue)]) is not None


def _announcing(folded: str, before: Sequence[Stretch]) -> list[Stretch]:
    """The words before a colon that tell what stands behind it: "Authorized in August: ..."."""
    return [part for part in before[-1:] if folded[part[0] : part[1] + 1].rstrip().endswith(":")]


def _is_advice(folded: str, frame: int, place: Stretch) -> bool:
    """Whether an author tells others what they should do, who have not been asked by anybody."""
    return words("mention", "advice").search(folded, frame, place[1]) is not None


def _is_level(folded: str, clause: Stretch, hit: Hit) -> bool:
    """Whether a clause only counts what is there: "9,800 soldiers are stationed on the border"."""
    if hit.lever.response:
        return False
    found = words("mention", "level").finditer(folded, *clause)
    return any(overlap(match.span(), hit.place) for match in found)


def _is_only_spoken_of(folded: str, clause: Stretch, hit: Hit, said: Standing) -> bool:
    """Whether a clause takes the act as known, counts it, or names it as the aim or the cause of something else."""
    before = (clause[0], hit.place[0])
    if words("mention", "tension").search(folded, *before) or words("mention", "purpose").search(folded, *before):
        return True
    own = said.cue is not None and clause[0] <= said.cue[0] < clause[1]
    if not own and _is_level(folded, clause, hit):
        return True
    answered = hit.lever.id.startswith("opposition.")
    if answered and words("mention", "before_that").search(folded, clause[0], hit.place[1]):
        return True
    struck = said.status in ("blocked", "not_authorised", "reinstated") and said.cue is not None
    if not hit.lever.between_governments and not struck and words("mention", "refusal").search(folded, *before):
        return True
    if words("mention", "evaluation").search(folded, hit.place[1], clause[1]):
        return True
    behind = clause[1] - len(folded[hit.place[1] : clause[1]].lstrip())
    return hit.verb is None and words("mention", "consequence").match(folded, behind, clause[1]) is not None
