"""How well a document was read: which labels were found, which keys of them are right, and what is spurious.

The rules are those of README.md. Where something stands is compared by words, so that a full stop or the target of
a link makes no difference.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from counterflow.brief.schema import Action, Brief, Claim, Period, Span, TimeReference
from gold.sets import ACTION_KEYS, CLAIM_KEYS, Extent, Kind, Label

Words = frozenset[int]  # where each word begins


@dataclass(frozen=True)
class Item:
    """An action or claim that was read, and the words it stands on."""

    kind: Kind
    source: Action | Claim
    words: Words  # of the clause, or of the claim itself
    core: Words  # the words that told it
    mentions: Words  # of all its mentions
    type: str  # lever or claim type


@dataclass(frozen=True)
class Slot:
    """One key of a label: what it should be, what was read, and whether that is right."""

    key: str
    right: bool
    gold: object
    read: object


@dataclass(frozen=True)
class Outcome:
    """What became of a label.

    Of labels that have no match: `merged` is the match of another label of the same lever that has a mention here,
    `beside` is what was read here with another lever or value.
    """

    label: Label
    item: Item | None
    merged: Item | None
    beside: Item | None
    slots: tuple[Slot, ...]
    exact: bool  # the words of the match, or of what stands beside it, are those of the label

    @property
    def all_right(self) -> bool:
        return self.item is not None and all(slot.right for slot in self.slots)


@dataclass(frozen=True)
class Spurious:
    """Something read that no label matches."""

    item: Item
    why: Literal["no label there", "repeats a label", "inside a trap"]


@dataclass(frozen=True)
class Scored:
    """A document's outcomes, one per label; what is spurious in it; how much was read, of how many sentences."""

    outcomes: tuple[Outcome, ...]
    spurious: tuple[Spurious, ...]
    items: tuple[Item, ...]
    sentences: int


# ---------------------------------------------------------------------------------------------- words

_SKIPPED = re.compile(r"(?<=\])\((?:[^()\s]|\([^()\s]*\))*\)|</?[A-Za-z][^<>\n]{0,200}>")  # link targets and tags
_WORD = re.compile(r"\w+")


def word_finder(text: str) -> list[Extent]:
    """All words of a text but those inside targets of links and tags."""
    visible = _SKIPPED.sub(lambda match: " " * len(match[0]), text)
    return [match.span() for match in _WORD.finditer(visible)]


def words_in(words: Iterable[Extent], extents: Iterable[Extent]) -> Words:
    """The words that overlap with any of the extents."""
    places = list(extents)
    return frozenset(w for w, word_end in words if any(w < end and start < word_end for start, end in places))


def _extents(spans: Iterable[Span | None]) -> list[Extent]:
    return [(span.start, span.end) for span in spans if span is not None]


# -------------------------------------------------------------------------------------------- matching


def score_document(brief: Brief, labels: Iterable[Label], traps: Iterable[Extent] = ()) -> Scored:
    """Match what was read with the labels of the document. Acts without a lever are left aside."""
    words = word_finder(brief.document.text)
    labelled = list(labels)
    places = [words_in(words, label.extents[:1]) for label in labelled]
    everywhere = [words_in(words, label.extents) for label in labelled]
    items = _items(brief, words)
    trapped = _trapped(items, labelled, places, [words_in(words, [trap]) for trap in traps])

    ranked = []
    for i, label in enumerate(labelled):
        for j, item in enumerate(items):
            if j in trapped or not _same(label, item):
                continue
            if everywhere[i] & (item.words | item.mentions):
                rank = (
                    bool(item.core & places[i]),
                    _jaccard(places[i], item.words),
                    len(everywhere[i] & item.mentions),
                )
                ranked.append((rank, -i, -j))
    matched: dict[int, int] = {}
    for _, i, j in sorted(ranked, reverse=True):  # best overlap first; of equals, the first in the document
        if -i not in matched and -j not in matched.values():
            matched[-i] = -j

    beside = _beside(labelled, places, items, matched)
    outcomes = []
    for i, label in enumerate(labelled):
        match = items[matched[i]] if i in matched else None
        merged = None if match else _merged(label, places[i], [items[j] for j in sorted(matched.values())])
        other = items[beside[i]] if i in beside else None
        there = match or other
        slots = _slots(label, match, words, brief.document.text) if match else ()
        outcomes.append(Outcome(label, match, merged, other, slots, there is not None and there.words == places[i]))
    spurious = []
    for j, read in enumerate(items):
        if j in matched.values() or not _counts(read, j in trapped):
            continue
        repeats = any(_same(x, read) and everywhere[i] & read.words for i, x in enumerate(labelled))
        why = "inside a trap" if j in trapped else "repeats a label" if repeats else "no label there"
        spurious.append(Spurious(read, why))  # type: ignore[arg-type]
    return Scored(tuple(outcomes), tuple(spurious), tuple(items), len(brief.ledger))


def _items(brief: Brief, words: list[Extent]) -> list[Item]:
    items = []
    for action in brief.actions:
        if not action.lever.startswith("unmapped."):
            span, trigger = (words_in(words, _extents([s])) for s in (action.span, action.trigger))
            mentions = words_in(words, _extents(action.mentions))
            items.append(Item("action", action, span, trigger, mentions, action.lever))
    for claim in brief.claims:
        quote = words_in(words, _extents([claim.quote_span]))
        items.append(Item("claim", claim, quote, quote, quote, claim.claim_type))
    return items


def _trapped(items: list[Item], labels: list[Label], places: list[Words], traps: list[Words]) -> set[int]:
    """What is told by the words of a trap, unless a label of its kind stands on those very words too."""
    return {
        j
        for j, item in enumerate(items)
        if item.core
        and any(item.core <= trap for trap in traps)
        and not any(x.kind == item.kind and item.core <= place for x, place in zip(labels, places, strict=True))
    }


def _same(label: Label, item: Item) -> bool:
    if label.kind != item.kind:
        return False
    if isinstance(item.source, Claim):
        return _same_number(label.keys.get("value"), item.source.value)
    return same_lever(label.type, item.type)


def same_lever(one: str, other: str) -> bool:
    """Whether two levers are the same, or one refines the other ("military.strike" and "military.strike_lab")."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}_", f"{short}."))


def _same_number(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other))


def _jaccard(one: Words, other: Words) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _merged(label: Label, place: Words, taken: list[Item]) -> Item | None:
    """The match of another label that this one was read as a mention of: two policies of the label's, one read."""
    there = (item for item in taken if item.kind == "action" and _same(label, item) and place & item.mentions)
    return next(there, None)


def _beside(labels: list[Label], places: list[Words], items: list[Item], matched: Mapping[int, int]) -> dict[int, int]:
    """For labels that were not found: what was read at their words instead, each item once."""
    free = set(range(len(items))) - set(matched.values())
    ranked = [
        (_jaccard(places[i], items[j].words), -i, -j)
        for i, label in enumerate(labels)
        for j in free
        if i not in matched and label.kind == items[j].kind and places[i] & items[j].words
    ]
    found: dict[int, int] = {}
    for _, i, j in sorted(ranked, reverse=True):
        if -i not in found and -j not in found.values():
            found[-i] = -j
    return found


def _counts(item: Item, trapped: bool) -> bool:
    """Whether an item without a label is spurious: a claim without a number is so only inside a trap."""
    return trapped or not isinstance(item.source, Claim) or item.source.value is not None


# ----------------------------------------------------------------------------------------------- slots


def _slots(label: Label, item: Item, words: list[Extent], text: str) -> tuple[Slot, ...]:
    if isinstance(item.source, Action):
        return tuple(_action_slot(key, label.keys[key], item.source) for key in ACTION_KEYS if key in label.keys)
    return tuple(_claim_slot(key, label.keys[key], item.source, words, text) for key in CLAIM_KEYS if key in label.keys)


def _action_slot(key: str, gold: Any, action: Action) -> Slot:
    if key == "lever":
        return Slot(key, same_lever(gold, action.lever), gold, action.lever)
    if key == "actor":
        # Nobody is named where the actor is taken from elsewhere: from a signature, or a pronoun.
        named = [party.code or party.name for party in action.actors if gold is not None or not party.inferred]
        return Slot(key, (named[0] if named else None) == gold, gold, named[0] if named else None)
    if key == "recipient":
        codes = [party.code or party.name for party in action.recipients]
        return Slot(key, gold in codes if gold else not codes, gold, ", ".join(codes) or None)
    if key == "date":
        day = _day(action.date)
        return Slot(key, day == gold, gold, day)
    if key == "end":
        day = _day(action.date_end)
        return Slot(key, day == gold, gold, day)
    if key == "authority":
        read = [f"{authority.normalized} | {authority.text}" for authority in action.legal_authority]
        right = any(_invokes(text, gold) for text in read) if gold else not read
        return Slot(key, right, gold, "; ".join(authority.normalized for authority in action.legal_authority) or None)
    read_value = getattr(action, key)
    return Slot(key, read_value == gold, gold, read_value)


def _claim_slot(key: str, gold: Any, claim: Claim, words: list[Extent], text: str) -> Slot:
    if key == "type":
        return Slot(key, claim.claim_type == gold, gold, claim.claim_type)
    if key == "value":
        return Slot(key, _same_number(gold, claim.value), gold, claim.value)
    if key == "baseline":
        baseline = claim.baseline if claim.baseline and claim.baseline.kind != "none" else None
        shown = f"{baseline.kind}: {baseline.text}" if baseline else None
        if gold is None or baseline is None:
            return Slot(key, gold is None and baseline is None, _shown(gold, text), shown)
        same_kind = gold.get("kind", baseline.kind) == baseline.kind
        return Slot(key, same_kind and _overlap(gold, baseline.span, words), _shown(gold, text), shown)
    if key == "period":
        period = claim.period
        days = "; ".join(f"{_iso(r.start)} to {_iso(r.end)}" for r in period.readings) if period else ""
        shown = f"{period.text} ({days})" if period else None
        right = _same_period(gold, period, words) if gold and period else not gold and not period
        return Slot(key, right, _shown(gold, text), shown)
    if key == "speaker":
        speaker = claim.speaker
        shown = f"{speaker.name} ({speaker.code})" if speaker else None
        if gold is None or speaker is None:
            return Slot(key, gold is None and speaker is None, gold, shown)
        one, other = gold.casefold(), speaker.name.casefold()
        return Slot(key, gold == speaker.code or one in other or other in one, gold, shown)
    read_value = getattr(claim, key)
    return Slot(key, read_value == gold, gold, read_value)


# A number of a section or an order with its paragraphs: "287(g)", "14167", "212(d)(5)"; a title's of a code is none.
_NUMBERED = re.compile(r"(?<![\w.])\d[\d,]*(?:\([\w]+\))*(?!\w|\s+U\.?S\.?C)", re.IGNORECASE)


def _invokes(authority: str, named: str) -> bool:
    """Whether what a label names stands in the authority's words, or one section or order has its number in both."""
    pattern = r"\s+".join(map(re.escape, named.split()))
    if re.search(rf"(?<!\w){pattern}(?!\w)", authority, re.IGNORECASE):
        return True
    numbers, read = ({n.replace(",", "") for n in _NUMBERED.findall(words)} for words in (named, authority))
    return bool(numbers & read)


def _same_period(gold: Mapping[str, Any], period: Period, words: list[Extent]) -> bool:
    given = {key: gold[key] for key in ("start", "end") if gold.get(key)}
    if not given:
        return _overlap(gold, period.span, words)
    return any(all(_iso(getattr(r, key)) == day for key, day in given.items()) for r in period.readings)


def _overlap(gold: Mapping[str, Any], span: Span | None, words: list[Extent]) -> bool:
    """Whether the words of a label's period or baseline were read as such; right where the label gives none."""
    return "at" not in gold or bool(words_in(words, [tuple(gold["at"])]) & words_in(words, _extents([span])))


def _shown(gold: Mapping[str, Any] | None, text: str) -> str | None:
    if gold is None:
        return None
    start, end = gold.get("at", (0, 0))
    values = [str(gold[key]) for key in ("kind", "start", "end") if key in gold]
    return f"{' '.join(text[start:end].split())} ({', '.join(values)})" if values else " ".join(text[start:end].split())


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(reference: TimeReference | None) -> str | None:
    """The day that was read; None also for a month or a longer time, since a label gives a day or nothing."""
    return _iso(reference.start) if reference and reference.precision == "day" else None


# ---------------------------------------------------------------------------------------------- counting


def tally(scored: Scored, kinds: Iterable[Kind]) -> Counter[str]:
    """What a document adds to the figures of actions, of claims, or of both.

    `strict`, `exact`, `partial` and `type` count as in SemEval-2013 task 9: each label is paired with its match, or
    else with what was read beside it. Of these four, what is read and not paired lowers the precision, numbers or not.
    """
    wanted = set(kinds)
    count: Counter[str] = Counter(sentences=scored.sentences)
    count["read"] = sum(item.kind in wanted for item in scored.items)
    for outcome in (outcome for outcome in scored.outcomes if outcome.label.kind in wanted):
        item, there = outcome.item, outcome.item or outcome.beside
        count["labels"] += 1
        count["found"] += item is not None
        count["merged"] += outcome.merged is not None
        count["all_right"] += outcome.all_right
        for slot in outcome.slots:
            if slot.key not in ("lever", "value"):
                count[f"of {slot.key}"] += 1
                count[f"right {slot.key}"] += slot.right
        if there is not None:
            same_type = outcome.label.type == there.type or (
                outcome.label.kind == "action" and same_lever(outcome.label.type, there.type)
            )
            # These two are what a match needs, so they are counted over all labels at whose words something was read.
            key = "lever" if outcome.label.kind == "action" else "value"
            count[f"of {key}"] += 1
            count[f"right {key}"] += item is not None
            count["strict"] += outcome.exact and same_type
            count["exact"] += outcome.exact
            count["partial"] += 1
            count["partial_exact"] += outcome.exact
            count["type"] += same_type
    for spurious in (spurious for spurious in scored.spurious if spurious.item.kind in wanted):
        count["spurious"] += 1
        count["repeats"] += spurious.why == "repeats a label"
        count["trapped"] += spurious.why == "inside a trap"
    return count
