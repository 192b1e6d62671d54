"""The register as lines for a terminal: timelines by policy, and one entry as a person reviews it."""

from __future__ import annotations

import textwrap

from counterflow.strategy.register.adding import Added
from counterflow.strategy.register.removing import Removed
from counterflow.strategy.register.schema import Entry, Mention, Policy, Register, Source, Told
from counterflow.strategy.register.words import (
    actor_words,
    day_words,
    differences,
    level_meaning,
    lever_title,
    quantity_words,
    status_words,
    when_words,
)
from counterflow.strategy.schema import Strategy

WIDTH = 88
_BASIS = {
    "person": "by the reviewer",
    "text": "in the text",
    "document": "of the document",
    "inferred": "inferred for the document",
}


def timeline_lines(policies: list[Policy], register: Register, *, unreviewed: bool = False) -> list[str]:
    """Policies with their histories; with `unreviewed`, only entries that nobody has reviewed."""
    lines: list[str] = []
    for policy in policies:
        shown = [one for one in policy.history if not unreviewed or one.review.state == "unreviewed"]
        if not shown:
            continue
        lines += ["", *_wrapped(f"{policy.title}{f' ({policy.state})' if policy.state else ''}", 0), f"  {policy.id}"]
        lines += _wrapped(_arrows(policy), 2)
        for entry in shown:
            lines += ["", *_entry_lines(entry, register)]
    return lines[1:]


def count_line(policies: tuple[Policy, ...], register: Register) -> str:
    """How much a register holds, and how much of it a person has reviewed."""
    entries = [entry for policy in policies for entry in policy.history]
    states = [entry.review.state for entry in entries]
    told = ", ".join(
        f"{states.count(state)} {state}"
        for state in ("accepted", "corrected", "rejected", "unreviewed")
        if state in states
    )
    troubled = sum(bool(entry.troubles) for entry in entries)
    parts = [_count(len(register.documents), "document"), _count(len(policies), "policy", "policies")]
    parts.append(f"{_count(len(entries), 'entry', 'entries')} ({told})" if told else "no entry")
    return ", ".join(parts) + (f"; {troubled} with a problem" if troubled else "")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _arrows(policy: Policy) -> str:
    standing = [one for one in policy.history if one.review.state != "rejected"]
    return " -> ".join(f"{_status(one.told)} {day_words(one.date)}" for one in standing) or "everything is rejected"


def _status(told: Told) -> str:
    denied = "not " if told.polarity == "negated" else ""
    if told.ending:
        return f"{denied}{status_words(told.status)} (of its end: moves nothing yet)"
    if not told.opposite or told.does == told.status:
        return denied + status_words(told.status)
    means = f"for the lever {status_words(told.does)}" if told.does else "moves nothing"
    return f"{denied}{status_words(told.status)} (of the opposite: {means})"


def _entry_lines(entry: Entry, register: Register) -> list[str]:
    told, mention = entry.told, entry.mentions[0]
    parts = [f"{day_words(entry.date)} ({_BASIS[entry.basis]})", _status(told), actor_words(told), _size(told)]
    parts.append(f"from {day_words(entry.begins)}" if entry.begins != entry.date else "")
    parts.append(f"until {when_words(told.end)}" if told.end else "")
    parts += [", ".join(told.authority), "words missing" if told.incomplete else ""]
    lines = _wrapped(f"{entry.id}  " + ", ".join(part for part in parts if part), 4)
    lines += _wrapped(f"“{plain(mention.quote)}”", 6)
    lines += _wrapped(_document(mention, register), 6)
    for other in entry.mentions[1:]:
        lines += _wrapped(f"also: {_document(other, register)}", 6)
    lines += _wrapped(review_words(mention), 6)
    for trouble in entry.troubles:
        lines += _wrapped(f"! {trouble.message}", 6)
    return lines


def _size(told: Told) -> str:
    level = "" if told.level is None else f"level {told.level}"
    return ", ".join(part for part in (quantity_words(told.quantity), level) if part)


def _document(mention: Mention, register: Register) -> str:
    source = register.source(mention.document)
    dated = source.dated
    day = day_words(dated.start)
    if dated.end != dated.start:
        day = f"written between {day} and {day_words(dated.end)}"
    name = f", {source.name}" if source.title and source.title != source.name else ""
    return f"{source.label}{name} ({day}; {source.sha256[:8]})"


def review_words(mention: Mention) -> str:
    """The review of a mention in one sentence."""
    review = mention.review
    if review.state == "unreviewed" or review.at is None:
        return "unreviewed"
    changes = "; ".join(f"{one.field} {one.before or 'none'} -> {one.after or 'none'}" for one in review.changes)
    said = f"{review.state} by {plain(review.by)}, {review.at:%Y-%m-%d %H:%M} UTC"
    return said + (f": {changes}" if changes else "") + (f" ({plain(review.note)})" if review.note else "")


def review_lines(entry: Entry, register: Register, position: str) -> list[str]:
    """One entry as a person reviews it: the quote in its text, what was read, and what is wrong with it."""
    mention, told = entry.mentions[0], entry.told
    lines = ["", f"{position}  {entry.id}", *_wrapped(_document(mention, register), 2), ""]
    around = f"{_lead(mention.prefix)}>>> {plain(mention.quote)} <<<{_trail(mention.suffix)}"
    lines += [*_wrapped(around, 2), ""]
    cue = f" (“{plain(told.cue)}”)" if told.cue else " (no word for it: the lever's usual one)"
    if any(one.field == "status" for one in mention.review.changes):
        cue = ""
    meaning = level_meaning(told.lever, told.level)
    rows = [
        ("lever", f"{told.lever}: {lever_title(told.lever)}"),
        ("status", _status(told) + cue),
        ("level", "not told" if told.level is None else f"{told.level}: {meaning}"),
        ("date", f"{day_words(entry.date)} ({_BASIS[entry.basis]})"),
        ("dates", _dates(told)),
        ("end", when_words(told.end) or "not told"),
        ("actor", ", ".join(f"{who.name} ({who.code or 'no code'})" for who in told.actors) or "nobody named"),
        ("quantity", quantity_words(told.quantity) or "not told"),
        ("rests on", ", ".join(told.authority)),
        ("told as", ", ".join(told.modality)),
        ("gap", "words are missing in the document" if told.incomplete else ""),
        ("also in", "; ".join(_document(other, register) for other in entry.mentions[1:])),
        ("review", "" if mention.review.state == "unreviewed" else review_words(mention)),
    ]
    for name, value in rows:
        if value:
            lines += textwrap.wrap(plain(value), WIDTH, initial_indent=f"  {name:<10}", subsequent_indent=" " * 12)
    for trouble in entry.troubles:
        lines += _wrapped(f"! {trouble.message}", 2)
    return lines


def _dates(told: Told) -> str:
    """The days that the document gives, in its own words too."""
    days = (("announced", told.announced), ("decided", told.decided), ("start", told.start))
    return "; ".join(f"{name} {when_words(when)} (“{when.text}”)" for name, when in days if when is not None)


def _lead(prefix: str) -> str:
    return f"{plain(prefix)} " if prefix.strip() else ""


def _trail(suffix: str) -> str:
    return f" {plain(suffix)}" if suffix.strip() else ""


def added_lines(added: Added) -> list[str]:
    """What adding a document did."""
    counts = [(added.new, "new"), (added.replaced, "read differently"), (added.dropped, "no longer found")]
    told = ", ".join(f"{number} {what}" for number, what in counts if number) or "nothing new"
    told += f", {added.kept} reviewed and kept" if added.kept else ""
    lines = _wrapped(f"{added.document.label} ({added.document.sha256[:8]}): {told}", 0)
    for old in added.superseded:
        said = f"it supersedes the version of the same {_place(old.document)} with other bytes"
        said += f" ({old.document.sha256[:8]}): {_count(old.gone, 'unreviewed mention')} of it gone"
        said += f", {old.kept} reviewed kept; those do not act where the new version tells of their lever"
        lines += _wrapped(f"! {said if old.kept else said.partition(', 0 reviewed')[0]}", 2)
    for other in added.namesakes:
        said = f"another document of the same {_place(other)} ({other.sha256[:8]}) was added with it; both stay"
        lines += _wrapped(f"! {said}", 2)
    for difference in added.differences:
        quote = f"“{plain(difference.mention.quote)}”"
        found = "is no longer found by the reader"
        if difference.now is not None:
            changes = differences(difference.mention.told, difference.now)
            found = "is now read as " + "; ".join(
                f"{key} {new or 'none'}, not {old or 'none'}" for key, old, new in changes
            )
        lines += _wrapped(f"! {quote} {found}; the reviewed version stays", 2)
    return lines


def removed_line(removed: Removed) -> str:
    """What went with a document, in one line."""
    told = _count(removed.mentions, "mention") + (f", {removed.reviewed} reviewed" if removed.reviewed else "")
    return plain(f"{removed.document.label} ({removed.document.sha256[:8]}) is out of the register: {told} gone")


def _place(source: Source) -> str:
    return "address" if source.url else "name"


def strategy_lines(strategy: Strategy) -> list[str]:
    """What a register's strategy does and leaves out, entry by entry."""
    lines = []
    for entry in strategy.written:
        until = f" to {entry.end}" if entry.end else ""
        lines += _wrapped(f"{entry.start}{until}  {entry.lever}: {status_words(entry.status)} ({entry.source})", 0)
    lines += [f"{lever_id}: only considered, a branch of its own" for lever_id in strategy.considered]
    for left in strategy.unplaced:
        lines += _wrapped(f"left out: {left.lever} {status_words(left.status)} ({left.action_id}): {left.reason}", 0)
    return lines or ["Nothing in the register moves a lever."]


def plain(text: str) -> str:
    """A text in one line, without control characters, so that a document cannot move the cursor."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _wrapped(text: str, indent: int) -> list[str]:
    lead = " " * indent
    wrapped = textwrap.wrap(
        plain(text), WIDTH, initial_indent=lead, subsequent_indent=lead + "  " * bool(indent), break_on_hyphens=False
    )
    return wrapped or [lead]
