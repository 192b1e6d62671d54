"""From a register to a strategy: each policy's history becomes the path of its lever, from what a person reviewed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date as Date

from counterflow.brief.schema import Action, Brief, Claim, Document, Finding, Span, Status
from counterflow.errors import StrategyError
from counterflow.strategy.build import within
from counterflow.strategy.catalogue import levers
from counterflow.strategy.dating import PolicyRecord, own_end
from counterflow.strategy.paths import PAUSING
from counterflow.strategy.record import HALTED, PROMISED
from counterflow.strategy.register.policies import policies_of
from counterflow.strategy.register.reading import action_of, claim_of
from counterflow.strategy.register.schema import Entry, Policy, Register, Told, When
from counterflow.strategy.register.steps import DELIBERATED, RESUMING, days_of
from counterflow.strategy.register.troubles import OUT
from counterflow.strategy.register.words import day_words, status_words
from counterflow.strategy.schema import DateInterval, Strategy, Unplaced

GOES_ON = RESUMING | {"reinstated"}  # a step that gives no size of its own goes on at the size told before


@dataclass
class Course:
    """What a policy's history does, step by step, and what of it does nothing."""

    told: list[tuple[Entry, Told]] = field(default_factory=list)
    first: set[str] = field(default_factory=set)  # id of the step with which it begins
    notes: dict[str, str] = field(default_factory=dict)  # what to say of a step, by its id
    unplaced: list[Unplaced] = field(default_factory=list)


def strategy_of(
    register: Register, store: PolicyRecord, *, include_unreviewed: bool = False, refused: Sequence[str] = ()
) -> Strategy:
    """The strategy that a register tells, as `build.from_brief` makes one of a document.

    Its entries' `source` is the id of the register's entry. A policy acts from its first acting status, pauses
    where it is blocked or suspended, goes on where it is reinstated or took effect, and ends where it is rescinded
    or ended. What resumes without a size of its own goes on at the size told before; a promise ends where it comes
    into force. Rejected entries, and those with a problem that leaves them without a path, are listed as unplaced.

    Raises StrategyError for a register without documents, and for one with unreviewed entries, unless
    `include_unreviewed`.
    """
    if not register.documents:
        raise StrategyError("the register holds no document", hint="`counterflow register add DOC` adds one.")
    policies = policies_of(register)
    unreviewed = [one for policy in policies for one in policy.history if one.review.state == "unreviewed"]
    if unreviewed and not include_unreviewed:
        number = len(unreviewed)
        said = "1 entry of the register is" if number == 1 else f"{number} entries of the register are"
        raise StrategyError(
            f"{said} not reviewed, and a person reviews before anything is simulated",
            hint="Run `counterflow register review` first, or give --include-unreviewed.",
        )
    courses = [_course(policy) for policy in policies]
    acting = [one for course in courses for one in course.told]
    latest = max((source.dated for source in register.documents), key=lambda dated: (dated.end, dated.start))
    count = len(register.documents)
    title = register.documents[0].label if count == 1 else f"Register of {count} documents"
    strategy = within(_brief(title, acting, register), store, _dated(latest, count), refused)
    return _told_by_register(strategy, courses, register)


def _dated(latest: DateInterval, count: int) -> DateInterval:
    if count == 1:
        return latest
    reason = f"the latest of the register's {count} documents: {latest.reason}"
    return latest.model_copy(update={"reason": reason})


def _course(policy: Policy) -> Course:
    """What of a policy's history moves a lever, with sizes and ends as the history gives them, and what does not."""
    course = Course()
    standing = []
    for entry in policy.history:
        reason = _left_out(entry)
        if reason:
            course.unplaced.append(_unplaced(entry, reason))
        else:
            standing.append(entry)
    standing = _before_begun(standing, course)
    lifted = [entry for position, entry in enumerate(standing) if _lifts(entry, standing[:position])]
    size: Told | None = None
    moved: Status | None = None  # the last status that began or stopped it
    for position, entry in enumerate(standing):
        later = standing[position + 1 :]
        if entry in lifted:
            continue  # what it stopped goes on as it was, when the pause ends
        goes_on = [
            one for one in later if one.told.does in GOES_ON and (one not in lifted or entry.told.does in PAUSING)
        ]
        after = goes_on[0] if goes_on else None
        now = _ending(_starting(entry), entry, after, lifted)
        if entry.told.does in GOES_ON and not _sized(now) and size is not None and _same_act(policy, moved):
            now = now.model_copy(update={"level": size.level, "quantity": size.quantity})
        size = now if entry.told.does and _sized(now) else size
        moved = entry.told.does if entry.told.does not in DELIBERATED | {None} else moved
        reason = _superseded(entry, after, later)
        if not reason and entry.told.does == "expanded" and not _sized(entry.told):
            reason = "it does not say how far it was expanded"
        if reason:
            course.unplaced.append(_unplaced(entry, reason))
            continue
        course.first.add((course.told[0][0] if course.told else entry).id)
        course.told.append((entry, now))
        if after is not None and after in lifted:
            until = f"until it was {status_words(after.status)} on {day_words(after.date)} ({_signed(after)})"
            course.notes[entry.id] = "; ".join(part for part in (course.notes.get(entry.id), until) if part)
    return course


def _before_begun(history: Sequence[Entry], course: Course) -> list[Entry]:
    """A history without what stops a promise before it takes effect, and with the promise as that leaves it.

    Where the pause is lifted, the promise begins then, and no earlier than it was to begin; else it never does.
    """
    left = list(history)
    for position, halt in enumerate(history):
        before = [one for one in left if one in history[:position] and one.told.does not in DELIBERATED | {None}]
        if halt.told.does not in HALTED or not before or any(one.begins <= halt.date for one in before):
            continue
        later = history[position + 1 :]
        lift = next((one for one in later if one.told.does == "reinstated"), None)
        goes_on = lift is not None and halt.told.does in PAUSING
        stopped = f"{status_words(halt.status)} on {day_words(halt.date)} ({_signed(halt)})"
        course.unplaced.append(_unplaced(halt, f"it came before the start on {day_words(before[0].begins)}"))
        left.remove(halt)
        for one in before:
            at = left.index(one)
            if not goes_on or lift is None:
                course.unplaced.append(_unplaced(one, f"before it began it was {stopped}"))
                left.remove(one)
                continue
            resumed = f"{status_words(lift.status)} on {day_words(lift.date)} ({_signed(lift)})"
            left[at] = one.model_copy(update={"begins": max(one.begins, lift.date)})
            course.notes[one.id] = f"{stopped} before it began, {resumed}"
        if goes_on and lift in left and lift is not None and not _sized(lift.told):
            left.remove(lift)
    return left


def _lifts(entry: Entry, before: Sequence[Entry]) -> bool:
    """Whether a step only lifts a pause, so that what was stopped goes on as it was."""
    if entry.told.does != "reinstated" or _sized(entry.told):
        return False
    moving = [one.told.does for one in before if one.told.does not in DELIBERATED | {None}]
    return bool(moving) and moving[-1] in PAUSING and any(status not in HALTED for status in moving)


def _superseded(entry: Entry, after: Entry | None, later: Sequence[Entry]) -> str:
    """What has taken the place of something only considered, or promised, "" where nothing has."""
    begun = next((one for one in later if one.told.does not in DELIBERATED | {None}), None)
    if entry.told.does in DELIBERATED and begun is not None:
        return f"since then it was {status_words(begun.status)} on {day_words(begun.date)}"
    if entry.told.does in PROMISED and after is not None and after.date <= entry.begins:
        day = "the same day" if after.date == entry.begins else f"{day_words(after.date)}, before it was to begin"
        return f"it was {status_words(after.status)} on {day}"
    return ""


def _sized(told: Told) -> bool:
    return told.level is not None or told.quantity is not None


def _same_act(policy: Policy, moved: Status | None) -> bool:
    """Whether a step without a size means what was told before: of acts, each one is new unless it was promised."""
    acts = policy.lever in levers() and levers()[policy.lever].counts == "acts"
    return not acts or (moved is not None and moved in PROMISED | HALTED)


def _starting(entry: Entry) -> Told:
    return entry.told.model_copy(update={"start": _on(entry.begins), "decided": None, "announced": None})


def _ending(told: Told, entry: Entry, after: Entry | None, lifted: Sequence[Entry]) -> Told:
    """What was told, ended where a later step of its policy takes its place, so that nothing counts twice.

    A pause ends where it is lifted. Where something else takes the place of what was stopped, it stays stopped.
    """
    if after is None or entry.told.does in DELIBERATED:
        return told
    if after not in lifted and entry.told.does in HALTED:
        return told.model_copy(update={"end": None})
    end = own_end(action_of(told, entry.id, ""), entry.begins)
    return told.model_copy(update={"end": _on(min(end, after.date) if end else after.date)})


def _on(day: Date) -> When:
    return When(text=day.isoformat(), start=day, end=day)


def _left_out(entry: Entry) -> str:
    """Why an entry tells nothing that could be simulated, "" where it does."""
    if entry.review.state == "rejected":
        return f"rejected by {entry.review.by}"
    return next((one.message for one in entry.troubles if one.kind in OUT), "")


def _unplaced(entry: Entry, reason: str) -> Unplaced:
    quote = entry.mentions[0].quote
    return Unplaced(action_id=entry.id, lever=entry.told.lever, status=entry.status, quote=quote, reason=reason)


# ------------------------------------------------------------------------------------------ by the rules for a document


def _brief(title: str, acting: Sequence[tuple[Entry, Told]], register: Register) -> Brief:
    """The register's entries as one document, so that the rules for a document's actions hold for them."""
    actions: list[Action] = []
    claims: list[Claim] = []
    findings: list[Finding] = []
    for entry, told in acting:
        quote = entry.mentions[0].quote
        actions.append(action_of(told, entry.id, quote))
        size = claim_of(told, entry.id, quote)
        claims += [size] if size is not None else []
        findings += [_finding(f"{entry.id}:{kind}", kind) for kind in told.gaps]
    hashes = [source.sha256 for source in register.documents]
    document = Document(
        id="register",
        sha256=hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest(),
        source="register",
        media_type="text/plain",
        language="und",
        title=title,
        byline=None,
        date_published=None,
        date_source="none",
        text="",
    )
    return Brief(
        document=document,
        findings=tuple(findings),
        actions=tuple(actions),
        claims=tuple(claims),
        assertions=(),
        ledger=(),
        codebook_version=register.codebook_version,
    )


def _finding(number: str, kind: str) -> Finding:
    """A gap that an entry touches, as a finding."""
    return Finding.model_validate(
        {
            "id": number,
            "kind": kind,
            "rule": "register",
            "confidence": "high",
            "span": Span(start=0, end=0, quote=""),
            "note": "kept in the register",
        }
    )


def _told_by_register(strategy: Strategy, courses: Sequence[Course], register: Register) -> Strategy:
    """The strategy with what the register knows of each entry: where its date is from, and who reviewed it.

    The record may tell the size of a policy's first step. The day stays that of the register, and what follows
    in the history stays as it is told there.
    """
    by_id = {entry.id: entry for course in courses for entry, _ in course.told}
    notes = {number: note for course in courses for number, note in course.notes.items()}
    first = {number for course in courses for number in course.first}
    written = {}
    for entry in strategy.written:
        told = by_id[entry.source]
        note = "; ".join(part for part in (entry.note, notes.get(told.id, ""), _signed(told)) if part)
        written[told.id] = entry.model_copy(update={"start_reason": _start_reason(told, register), "note": note})
    record = []
    for fill in strategy.record:
        if fill.fills in first:
            day, as_written = by_id[fill.fills].begins, written.get(fill.fills)
            end = day + (fill.end - fill.start) if fill.end else as_written.end if as_written else None
            reason = f"the day of the entry that it fills; by the record {fill.start}"
            record.append(fill.model_copy(update={"start": day, "end": end, "start_reason": reason}))
    left = [one for course in courses for one in course.unplaced]
    update = {"written": tuple(written.values()), "record": tuple(record), "unplaced": (*strategy.unplaced, *left)}
    return strategy.model_copy(update=update)


def _start_reason(entry: Entry, register: Register) -> str:
    for one in entry.mentions if entry.begins > entry.date else ():
        days = days_of(one.told.start)
        if days is not None and days[0] == entry.begins and one.told.start is not None:
            return f"it takes effect then: “{one.told.start.text}” (“{register.source(one.document).label}”)"
    source = register.source(entry.mentions[0].document)
    if entry.basis == "person":
        return f"the date that {entry.review.by} gave on reviewing “{source.label}”"
    if entry.basis == "text" and entry.told.day is not None:
        return f"the document's own date: “{entry.told.day.text}” (“{source.label}”)"
    if entry.basis == "document":
        return f"the text gives no date: the day of “{source.label}”"
    return f"the text gives no date: the first day on which “{source.label}” can have been written"


def _signed(entry: Entry) -> str:
    review = entry.review
    return f"{review.state} by {review.by}, {review.at:%Y-%m-%d}" if review.at else "unreviewed"
