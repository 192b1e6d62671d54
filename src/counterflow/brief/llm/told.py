"""What the rules read where a model quotes an act: whether it is told as an act, and what the model cannot say of it.

A model gives a lever, a status and words. Whether the thing named is the opposite of the lever's measure, on what
condition and by whom it is told, and which policy it is, is read by the rules in the same sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counterflow.brief import codebook
from counterflow.brief.actions.find import find_actions
from counterflow.brief.actions.hits import find_levers
from counterflow.brief.actions.mentions import CONTRAST, SUPPOSED, Mention, find_mentions
from counterflow.brief.actions.parties import Cast, party
from counterflow.brief.actions.scene import is_general_provision, is_heading
from counterflow.brief.actions.status import Standing, is_counterfactual, standing, words
from counterflow.brief.dates.era import Era
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.parts import Layout, Sentence, Stretch
from counterflow.brief.llm.gate import Dropped
from counterflow.brief.schema import Action, Finding, Span, Status

NO_ACT = "told as background, opinion or history"

_HALTED: frozenset[Status] = frozenset({"blocked", "suspended", "rescinded", "ended"})


@dataclass(frozen=True)
class Told:
    """The acts that the rules read in a document, and each place where they read them."""

    acts: Sequence[Action]
    mentions: Sequence[Mention]
    year: int  # acts before it are history


def told_by_rules(layout: Layout, findings: Sequence[Finding], cast: Cast, era: Era) -> Told:
    """What the rules read in a document. The sizes of its acts are left out: the claims that stand tell them."""
    earliest = int(codebook.table("status")["modality"]["earliest_year"])
    return Told(
        find_actions(layout, findings, (), era),
        find_mentions(layout, cast, era),
        era.start.year if era.start else earliest,
    )


def as_told(action: Action, told: Told, layout: Layout, sentence: Sentence) -> Action:
    """A model's action with what the rules read of it in its sentence.

    Raises Dropped where they name its lever there and read no act of it, and where they name none and its clause
    is told as history, as what others hold, or as supposed.
    """
    acts = [act for act in told.acts if act.lever == action.lever]
    act = _stated(acts, action.trigger) or _stated(acts, action.span)
    if act is None:
        if action.lever in find_levers(layout, sentence) and not _stated(acts, sentence):
            raise Dropped(NO_ACT)
        said = _framed(action, told.year, layout, sentence)
        return action.model_copy(update={"policy_id": _policy_id(action), "modality": said.modality})
    mention = _mention(action, told.mentions)
    update: dict[str, object] = {
        "policy_id": _policy_id(action, act.policy_id),
        "place": act.place,
        "scope": act.scope,
        "instrument": act.instrument,
        "speaker": act.speaker,
        "ending": act.ending and not {act.status, action.status} & _HALTED,
    }
    if mention is not None:
        update |= {"opposite": _is_opposite(mention, action.status), "modality": mention.said.modality}
        if mention.speaker:
            update["speaker"] = party(layout, mention.speaker, "speaker")
    return action.model_copy(update=update)


def _stated(acts: Sequence[Action], place: Span | Sentence) -> Action | None:
    """The first act that a place states, or a part of it."""
    return next((act for act in acts if any(_meet(mention, place) for mention in act.mentions)), None)


def _meet(one: Span, other: Span | Sentence) -> bool:
    return one.start < other.end and other.start < one.end


def _mention(action: Action, mentions: Sequence[Mention]) -> Mention | None:
    """The mention of the action's lever that its words share: at the words of the lever, else in the quote."""
    quote, trigger = action.span, action.trigger
    here = [m for m in mentions if m.clause[0] < quote.end and quote.start < m.clause[1] and m.lever == action.lever]
    at_words = [m for m in here if m.hit.place[0] < trigger.end and trigger.start < m.hit.place[1]]
    return min(at_words or here, key=lambda m: m.weak, default=None)


def _is_opposite(mention: Mention, status: Status) -> bool:
    """Whether a model's status is that of the opposite of the lever's measure.

    Where the model takes the act for an end, or for none, as the rules do, it speaks of what they speak of. Where it
    does not, it speaks of the other: who calls "terminated the parole programme" done means the measure, and who
    calls "ordered an end to the programme" ended means the programme.
    """
    trigger, halts = mention.hit.trigger, status in _HALTED
    if halts == (mention.said.status in _HALTED):
        return mention.opposite
    return halts and trigger.opposite and trigger.against


def _policy_id(action: Action, known: str = "") -> str:
    """The name by which another document has the same policy: lever, state that acts, object.

    The state is that of the model's actor; where it names none, that of the policy that the rules know.
    """
    _, known_state, known_object = [*known.split(":"), "", "", ""][:3]
    code = action.actors[0].code if action.actors else None
    state = code.split(".")[0] if code else known_state
    return ":".join([action.lever, state if state in ("US", "MX") else "", known_object]).rstrip(":")


def _framed(action: Action, year: int, layout: Layout, sentence: Sentence) -> Standing:
    """How a clause tells an act whose lever the rules do not see. Raises Dropped where it tells of none."""
    folded, place = layout.folded, (action.trigger.start, action.trigger.end)
    parts = tuple(clauses(layout, sentence)) or ((sentence.start, sentence.end),)
    number = max((at for at, part in enumerate(parts) if part[0] <= place[0]), default=0)
    start, end = _frame(folded, parts, number)
    clause = (parts[number][0], max(parts[number][1], place[1]))
    said = standing(folded, clause, place, [], [], default=action.status, era_year=year, sentence_start=start)
    # Who opposes an act may be one of those whose word on it is an opinion.
    held = "opinion" in said.modality and not action.lever.startswith("opposition.")
    if (
        held
        or "historical" in said.modality
        or is_heading(layout, sentence)
        or is_general_provision(layout, sentence)
        or SUPPOSED.match(folded, *clause)
        or is_counterfactual(folded, start, end)
        or words("modality", "unrealised").search(folded, *clause)
        or words("orders", "no_act").search(folded, sentence.start, sentence.end)
        or words("mention", "opinion").search(folded, start, place[0])
        or (action.status == "proposed" and words("mention", "advice").search(folded, start, place[1]))
    ):
        raise Dropped(NO_ACT)
    return said


def _frame(folded: str, parts: Sequence[Stretch], number: int) -> Stretch:
    """What is said of a clause from the last contrast before or at it to the next one, or in its whole sentence."""
    turns = [at for at, part in enumerate(parts) if CONTRAST.match(folded, *part)]
    first = max((at for at in turns if at <= number), default=0)
    last = min((at - 1 for at in turns if at > number), default=len(parts) - 1)
    return parts[first][0], parts[last][1]
