"""How far an act has come (status), whether it is denied (polarity) and how it is said (modality).

Cues and their reach are data (codebook/status.toml). The first rule whose cue reaches the trigger inside its
clause wins, after the ConText algorithm (Harkema et al. 2009, J. Biomed. Inform. 42:839).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.actions.lexicon import visible
from counterflow.brief.layout.parts import Stretch
from counterflow.brief.patterns import Folded, Pattern, compile_words
from counterflow.brief.schema import Status
from counterflow.brief.sieve import Sieve

Modality = Literal["reported", "opinion", "conditional", "future", "historical"]


@dataclass(frozen=True, eq=False)  # told apart by identity: to hash its patterns would take long
class Rule:
    status: Status
    where: Literal["any", "before", "near"]
    patterns: tuple[Pattern, ...]
    yields_to: Pattern | None
    inherits: bool
    governs: bool  # also over the cues of what depends on it
    in_orders: bool | None  # True: only in a document that gives orders; False: only in others


@dataclass(frozen=True)
class Standing:
    """What the words around a trigger say about it. `cue` is None where the lever's default status holds."""

    status: Status
    cue: Stretch | None
    negated: bool
    modality: tuple[Modality, ...]


def _any_of(patterns: list[str], flags: re.RegexFlag = re.IGNORECASE) -> Pattern:
    return compile_words("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in patterns), flags)


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of status, in order of precedence."""
    return tuple(
        Rule(
            status=rule["status"],
            where=rule["where"],
            patterns=tuple(
                _any_of([p], re.RegexFlag(0) if rule.get("case") else re.IGNORECASE) for p in rule["patterns"]
            ),
            yields_to=compile_words(rule["yields_to"]) if "yields_to" in rule else None,
            inherits=rule.get("inherits", False),
            governs=rule.get("governs", False),
            in_orders=rule.get("in_orders"),
        )
        for rule in codebook.table("status")["rule"]
    )


@cache
def _sieve() -> Sieve:
    return Sieve(pattern for rule in rules() for pattern in rule.patterns)


@cache
def _marked(rule: Rule) -> tuple[int, tuple[tuple[int, Pattern], ...]]:
    """The patterns of a rule with their bits in the sieve, and all the bits together."""
    marked = tuple((_sieve().bit(pattern), pattern) for pattern in rule.patterns)
    together = 0
    for bit, _ in marked:
        together |= bit
    return together, marked


def _matches(rule: Rule, folded: str, stretch: Stretch, passed: int) -> list[Stretch]:
    """Where the cues of a rule stand, in order; of several at one place the longest first."""
    together, marked = _marked(rule)
    if not passed & together:
        return []
    found = (match.span() for bit, pattern in marked if passed & bit for match in pattern.finditer(folded, *stretch))
    return sorted(found, key=lambda place: (place[0], -place[1]))


@cache
def _counterfactual() -> Pattern:
    return _any_of(codebook.table("status")["modality"]["counterfactual"], re.RegexFlag(0))


def is_counterfactual(folded: str, start: int, end: int) -> bool:
    """Whether words between two offsets suppose something against the facts ("Had the court allowed it, ...")."""
    return _counterfactual().search(folded, start, end) is not None


@cache
def words(section: str, key: str) -> Pattern:
    """The cues `key` of a section of the codebook (polarity, modality, mention) as one pattern."""
    return _any_of(codebook.table("status")[section][key])


def denied(folded: str, start: int, end: int) -> bool:
    """Whether words between two offsets deny what follows them, or say that somebody refused or failed to do it."""
    return any(words("polarity", key).search(folded, start, end) for key in ("negated", "refused"))


@cache
def _untrue() -> tuple[Pattern, Pattern, Pattern]:
    table = codebook.table("status")["untrue"]
    return _any_of(table["before"]), _any_of(table["claimed"]), _any_of(table["after"])


def called_untrue(folded: str, start: int, stated: Stretch, end: int) -> bool:
    """Whether a sentence from `start` to `end` calls what it states at `stated` untrue.

    "It is false that ...", "no evidence that ...", "contrary to claims that ..."; "the claim that ... is false".
    """
    before, claimed, after = _untrue()
    if any(not _left_behind(folded, match.end(), stated[0]) for match in before.finditer(folded, start, stated[0])):
        return True
    return bool(claimed.search(folded, start, stated[0]) and after.search(folded, stated[1], end))


def _left_behind(folded: str, start: int, end: int) -> bool:
    """Whether a new main clause begins between a denial and what is stated ("it is false that X, but Y fell")."""
    turn = r"[;.]\s|,\s+(?:but|yet|in fact|actually|however|instead|sino|pero)\b"
    return re.search(turn, folded[start:end], re.IGNORECASE) is not None


_HALTS = ("blocked", "suspended", "rescinded", "ended")
_PARTICIPLE = re.compile(
    r"\s*(?:and\s+that\s|y\s+que\s)|\s*(?:and\s+|or\s+|then\s+|also\s+|y\s+)*(?:includ\w+|incluyendo|such\s+as|to\s|put\s|cut\s|shut\s|set\s|let\s|(?!(?:during|spring)\b)[a-z-]{3,}ing\b)",
    re.IGNORECASE,
)


_PREDICATE = re.compile(
    r"\s*(?:[a-z]+ed\b[^,;]{0,80},\s+)?(?:and\s+)?(?:is|are|was|were|(?:has|have|had)\s+been|(?:shall|will)\s+be)\s",
    re.IGNORECASE,
)


def predicate_behind(folded: str, following: Sequence[Stretch]) -> Stretch | None:
    """The clause behind a subject that says what became of it ("the duty, imposed in May, was upheld")."""
    return next((part for part in following[:2] if _PREDICATE.match(folded, *part)), None)


def _depends_on_main_clause(folded: str, clause: Stretch) -> bool:
    """Whether a clause begins with a participle or infinitive, so that its main clause tells its status."""
    return _PARTICIPLE.match(folded, *clause) is not None


def standing(
    folded: str,
    clause: Stretch,
    trigger: Stretch,
    above: list[Stretch],
    lead: list[Stretch],
    *,
    default: Status,
    own_words: Stretch | None = None,
    verb: Stretch | None = None,
    following: Sequence[Stretch] = (),
    order: bool = False,
    era_year: int,
    sentence_start: int,
) -> Standing:
    """Status, polarity and modality of the act that `trigger` names.

    All positions are offsets into `folded`. `above` holds the clauses before this one in its sentence, `lead`
    those of the sentence that opens its list, nearest first: a participle takes its status from the former,
    a list item from the latter. `following` holds the clauses behind it, one of which may be the predicate
    ("the emergency, renewed twice, is terminated"). `verb` is the
    trigger's verb: before its object, which it governs, or behind it, where the cues of a passive stand before it.
    `own_words` are the act itself ("suspended asylum") and so no cue. `order` says that the document gives orders,
    where "the Secretary may" permits. The act is historical where all years from `sentence_start` on lie before
    `era_year`.
    """
    higher = [*(above if _depends_on_main_clause(folded, clause) else ()), *lead]
    found = next((told for part in higher if (told := _governing(folded, part, order))), None)
    found = found or _cue(folded, clause, trigger, own_words, order, inherited=False, verb=verb)
    predicate = predicate_behind(folded, following)
    if found is None and predicate is not None:
        found = _cue(folded, predicate, (predicate[0], predicate[0]), None, order, inherited=False)
    if found is None:
        for stretch in higher:
            found = _cue(folded, stretch, (stretch[1], stretch[1]), None, order, inherited=True)
            if found is not None:
                break
    status, cue = found if found is not None else (default, None)
    behind = cue[1] if cue is not None and trigger[1] <= cue[0] < clause[1] else trigger[1]
    before = (clause[0], behind)
    negated = words("polarity", "negated").search(folded, *before) is not None
    nobody = words("polarity", "nobody").match(folded, *clause)
    # "No migrant may apply": where the denial is one of the trigger's own words, they name what is forbidden.
    negated = negated or (nobody is not None and nobody.end() <= trigger[0])
    # "has not been ruled out" is a cue of its own; "the courts have not blocked" is a block denied.
    within = cue is not None and status not in _HALTS and _denies(folded, cue, before)
    negated = negated and status != "not_authorised" and not within
    return Standing(status, cue, negated, _modality(folded, clause, trigger, era_year, sentence_start))


def _denies(folded: str, cue: Stretch, before: Stretch) -> bool:
    """Whether the negation is part of the cue itself ("has not ruled out"), and no cue that it denies ("must not").

    A cue that ends before the "not" is denied by it, however early the cue begins ("said ICE will not").
    """
    match = words("polarity", "negated").search(folded, *before)
    if match is None or (match.start() <= cue[0] and cue[1] <= match.end()):
        return False
    return match.start() < cue[1] and cue[0] < match.end() <= cue[1]


def _governing(folded: str, stretch: Stretch, order: bool) -> tuple[Status, Stretch] | None:
    """The cue of a higher clause that holds whatever the clause below it says ("We recommend: ...")."""
    passed = _sieve().passed(folded, *stretch) if isinstance(folded, Folded) else -1
    for rule in rules():
        if not rule.governs or rule.in_orders is (not order):
            continue
        if places := _matches(rule, folded, stretch, passed):
            return rule.status, places[0]
    return None


# Between a cue and a verb with an object of its own: "repeal the tariff and fund ...".
_OTHER_OBJECT = re.compile(
    r"\s+\w.*\b(?:and|or|y|o)\s+(?:(?:that|que)\s+.{0,40}|to\s+|then\s+|also\s+|luego\s+)?\Z", re.IGNORECASE
)


def _cue(
    folded: str,
    clause: Stretch,
    trigger: Stretch,
    own_words: Stretch | None,
    order: bool,
    *,
    inherited: bool,
    verb: Stretch | None = None,
) -> tuple[Status, Stretch] | None:
    """The first cue of a clause that reaches the trigger; that of a relative clause only where there is no other."""
    relative = _RELATIVE.search(folded, trigger[1], clause[1])
    if relative is not None:
        outside = (clause[0], relative.start())
        told = _cue_in(folded, outside, trigger, own_words, order, inherited=inherited, verb=verb)
        if told is not None:
            return told
    return _cue_in(folded, clause, trigger, own_words, order, inherited=inherited, verb=verb)


# "the emergency that his predecessor had ended": what another did to it before.
_RELATIVE = re.compile(
    r",?\s(?:that|which|whom|que)\s(?:[\w.'-]+\s){1,5}?(?:had|has|have|hab[ií]an?|ha|han|\w+ed|\w+ó)\b", re.IGNORECASE
)


def _cue_in(
    folded: str,
    clause: Stretch,
    trigger: Stretch,
    own_words: Stretch | None,
    order: bool,
    *,
    inherited: bool,
    verb: Stretch | None,
) -> tuple[Status, Stretch] | None:
    verbal = verb is not None and verb[0] == trigger[0]
    # "Vehicles shall be inspected": what stands before the verb of a passive stands before the act.
    begins = verb[0] if verb is not None else trigger[0]
    near = codebook.table("status")["near"]
    passed = _sieve().passed(folded, *clause) if isinstance(folded, Folded) else -1
    for rule in rules():
        if (inherited and not rule.inherits) or rule.in_orders is (not order):
            continue
        for place in _matches(rule, folded, clause, passed):
            if own_words and place[0] < own_words[1] and own_words[0] < place[1]:
                continue
            if rule.where == "before" and place[0] > begins:
                continue
            between = (place[1], trigger[0]) if place[0] < trigger[0] else (trigger[1], place[0])
            if rule.where == "near" and visible(folded, *between) > near:
                continue
            if rule.where == "near" and _is_purpose(folded, trigger, place):
                continue
            if rule.where == "near" and verbal and _OTHER_OBJECT.fullmatch(folded, *between):
                continue
            if rule.yields_to and any(
                other.start() < place[1] and place[0] < other.end()
                for other in rule.yields_to.finditer(folded, clause[0], max(clause[1], trigger[1]))
            ):
                continue
            return rule.status, place
    return None


def _is_purpose(folded: str, trigger: Stretch, cue: Stretch) -> bool:
    """Whether a cue behind the trigger only tells what the act is for: "declared an emergency to [close] the border".

    What it ends is then something else. "The deployment is to end" says how far the act itself has come.
    """
    return cue[0] > trigger[0] and _purpose().search(folded[trigger[0] : cue[0]]) is not None


@cache
def _purpose() -> Pattern:
    table = codebook.table("status")["purpose"]
    return compile_words(rf"(?<!\S)(?!(?:{table['unless']})\s)\S+ (?:{table['opens']}) \Z")


_YEAR = re.compile(
    r"\b(?:[Ii]n|[Dd]uring|[Ee]n|[Dd]e|[Bb]etween|[Ee]ntre|[Ff]rom)\s+(?:\w+\s+)?((?:1[5-9]|20)\d\d)\b",
)


def _modality(
    folded: str, clause: Stretch, trigger: Stretch, era_year: int, sentence_start: int
) -> tuple[Modality, ...]:
    found: list[Modality] = []
    start = sentence_start
    for name in ("reported", "opinion", "conditional", "future", "historical"):
        before = name in ("opinion", "conditional")
        stretch = (start, trigger[1]) if before else (start, clause[1]) if name == "historical" else clause
        if words("modality", name).search(folded, *stretch):
            found.append(name)
    if "historical" not in found:
        years = _YEAR.findall(folded[start : clause[1]])
        if years and all(int(year) < era_year for year in years):
            found.append("historical")
    return tuple(found)
