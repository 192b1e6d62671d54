"""What two pages hold of a report: question, answer, verdicts, three claims, a chart, and what it all rests on."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from counterflow.judgement.headlines import rules
from counterflow.judgement.untested import NOT_TESTED
from counterflow.report import sentences
from counterflow.report.assessment.answer import tested
from counterflow.report.assessment.held_out import beaten_sentences
from counterflow.report.formats.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Line,
    Named,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Table,
    Tell,
    Typed,
    line,
    quote,
    said,
    text_of,
    told,
)
from counterflow.report.formats.sections.answer import (
    DASH,
    VERDICTS,
    Assessment,
    before,
    judged,
    often,
    picture,
    title_of,
    titles,
    verdict_of,
)
from counterflow.report.formats.sections.document import cited
from counterflow.report.page.render import host, web_address
from counterflow.report.pictures import charts as figures
from counterflow.report.studies.compared.best import DOCUMENT
from counterflow.report.words import inner, phrase, upper, word

CLAIMS, SOURCES, TEXTS, OUTCOMES, FURTHER = 3, 4, 4, 2, 2
SEEN = 2  # sentences on how the months since came out, with which the answer begins to say how sure it is
# Characters that a part may take: a multiple of these, as two pages have the room.
TITLE, SHORT, ANSWER, QUOTED, EXPLAINED, RESTS, LEFT_OUT, SOURCE, COMMAND = 88, 400, 230, 80, 150, 170, 120, 140, 160
COMPARED, STRIKES, OWN = 260, 600, 700  # the latter two hold the longest that is written
# The multiples from which on there is room for sentences on the best strategies, a second outcome of levers, more of
# the model than its headlines and what strikes do, and how much the strategy moves; below the last no
# text is cut shorter.
BEST, SECOND, MORE, COVERAGE = 1.0, 0.8, 0.7, 0.6
MULTIPLES = (3.0, 2.4, 1.9, 1.5, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7, 0.69, 0.6, 0.5)
# What two pages hold, in lines of plain text, and characters of a line and of the cells of a row: those of a wide font,
# so that a narrower one has room to spare.
LINES, CHARACTERS, CELLS = 127, 100, (17, 11, 18, 20, 21)
PAGE = 61.5
# Lines of a picture, of its caption, of headings, and between paragraphs.
PICTURE, BELOW, HEADING, TOP, GAP = 17.0, 3.0, 1.9, 2.4, 0.25
SENTENCE = re.compile(r"(?<=[.!?])\s+")
HALF = re.compile(r"Holds|Does not hold")  # how the halves of an explanation begin
TELLING = ("holds_none", "holds_some", "holds_all", "direction_only", "incomplete", "no_series", "not_checkable")


def memo(a: Assessment, tell: Tell = str, kept: str = "assessment.json") -> list[Block]:
    """The memo on an assessment, in the language that `tell` puts texts into: no longer than two pages hold.
    `kept` is the name of the file that holds the assessment.

    Parts that do not fit are cut at the end of a sentence, all to the same degree.
    """
    for multiple in MULTIPLES:
        made = list(told(_memo(a, tell, multiple, kept), tell))
        if lines_of(made) <= LINES:
            break
    return made


def lines_of(blocks: Iterable[Block]) -> float:
    """How many lines of plain text some blocks take up: an estimate from the length of their texts. A picture that the
    rest of a page does not hold with what stands below it stands on the next, and the rest stays empty."""
    lines = 0.0
    for block in blocks:
        match block:
            case Heading(level, text):
                lines += (TOP if level == 1 else HEADING) * _folded(text, CHARACTERS // 2 if level == 1 else CHARACTERS)
            case Paragraph(text):
                lines += _folded(text, CHARACTERS) + GAP
            case Bullets(items):
                lines += sum(_folded(item, CHARACTERS - 4) + GAP for item in items)
            case Table(head, rows):
                lines += sum(0.9 * max(map(_folded, row, CELLS)) + 0.1 for row in (head, *rows)) + 0.5
            case Picture():
                rest = PAGE - lines % PAGE
                lines += PICTURE + (rest if rest < PICTURE + BELOW else 0.0)
            case Typed(text):
                lines += _folded((text,), CHARACTERS) + GAP
    return lines


def _folded(pieces: Line, width: int) -> int:
    return max(1, len(textwrap.wrap(text_of(pieces), width)))


def _memo(a: Assessment, tell: Tell, multiple: float, kept: str) -> Iterator[Block]:
    room = max(multiple, COVERAGE)  # shorter, sentences would not be whole

    def part(text: str, limit: int) -> Named:
        return Named(within(tell(said(text)), int(limit * max(multiple, 1.0))))  # never less of the answer itself

    def some(texts: Sequence[str], limit: int) -> list[Named]:
        return [Named(text) for text in whole([tell(said(text)) for text in texts[:TEXTS]], int(limit * room))]

    def explained(text: str) -> Named:
        return Named(tell(both_halves(said(text), int(EXPLAINED * room))))

    yield Heading(1, line(Named(within(title_of(a), TITLE))))
    yield Paragraph(line(sentences.dated(a["strategy"])))
    yield Heading(2, line(a["question"]))
    lead = a["answer"]["lead_branch"]
    if lead:
        yield Paragraph(line(part(a["answer"]["short"], SHORT)))
    for text in [a["answer"]["coverage"]] if lead else a["answer"]["model"]:
        if text and (multiple >= COVERAGE or not lead):
            yield Paragraph(line(part(text, ANSWER)))
    if lead:
        yield from _verdicts(a, lead)
        yield Heading(2, line(word("answer_part", "model")))
        yield from _chart(a, lead)
        yield _criteria(a, lead)
        others, strikes = _model(a)
        yield from (Paragraph(line(text)) for text in some(others if multiple >= MORE else [], RESTS))
        yield from (Paragraph(line(part(text, STRIKES))) for text in strikes)
        yield from _levers(a, OUTCOMES if multiple >= SECOND else 1)
        yield from _strategies(a, part, some, FURTHER if multiple >= BEST else 0)
    yield from _claims(a, part, explained)
    yield Heading(2, line(word("heading", "basis")))
    sure, seen = a["answer"]["sure"], SEEN if tested(a["foreseen"]) else 0
    earlier = [text for text in sure if text == beaten_sentences(a["held_out"])]
    rests = [text for text in (*sure[seen:], *sure[:seen]) if text not in earlier] or [phrase("basis_none")]
    yield from (Paragraph(line(text)) for text in some(rests, RESTS))
    yield from (Paragraph(line(said(text))) for text in earlier)  # whole: a reader must not miss it
    if a["basis"] and a["basis"]["caveats"]:
        yield Heading(2, line(word("heading", "left_out")))
        yield Bullets(tuple(line(text) for text in some(a["basis"]["caveats"], LEFT_OUT)))
    if sources := _sources(a, int(SOURCE * SOURCES * min(multiple, 2))):
        yield Heading(2, line(word("heading", "sources")))
        yield Bullets(tuple(_source(one) for one in sources))
    yield Heading(2, line(word("heading", "reproduce")))
    yield Paragraph(
        line(
            phrase("reproduce"),
            " ",
            f"Counterflow {a['manifest']['version']}.",
            " ",
            Code(kept),
            " ",
            "beside this memo holds every number, branch and source.",
        )
    )
    if "command" in a["manifest"]:
        yield Typed(within(said(a["manifest"]["command"]), COMMAND))


def within(text: str, limit: int) -> str:
    """As many whole sentences as fit into `limit` characters; of a first that does not fit, as many words."""
    if len(text) <= limit:
        return text
    kept = ""
    for sentence in SENTENCE.split(text):
        if len(kept) + len(sentence) + 1 > limit:
            break
        kept = f"{kept} {sentence}".strip()
    if kept:
        return kept
    shorter = textwrap.shorten(text, limit, placeholder=" …")
    return shorter if len(shorter) > limit // 2 else f"{text[: limit - 1]}…"


def whole(texts: Sequence[str], limit: int) -> list[str]:
    """Of some texts as many whole sentences as fit into `limit` characters a text: one may take two shares, and what
    comes later goes without. A first that does not fit even so is cut."""
    kept: list[str] = []
    left = limit * len(texts)
    for text in texts:
        told = SENTENCE.split(text)
        starts = (" ".join(told[:n]) for n in range(len(told), 0, -1))
        fitting = next((start for start in starts if len(start) <= min(left, 2 * limit)), "")
        if fitting:
            kept.append(fitting)
            left -= len(fitting)
    return kept or [within(text, 2 * limit) for text in texts[:1]]


def both_halves(text: str, limit: int) -> str:
    """As much of the explanation of a claim as fits into `limit` characters, and what it holds against and what not in
    any case: of a list too long its first item, and how many more there are."""
    if len(text) <= limit:
        return text
    told = SENTENCE.split(text)
    needed = {n: one for n, one in enumerate(told) if HALF.match(one)}
    if not needed:
        return within(text, limit)
    for n in sorted(needed, key=lambda n: -len(needed[n])):
        first, *more = needed[n].split("; ")
        if more and sum(map(len, needed.values())) + len(needed) > limit:
            needed[n] = f"{first.rstrip('.')}; and {len(more)} more."
    kept = {n: one if len(one) <= 2 * limit else within(one, limit) for n, one in needed.items()}
    for n, one in enumerate(told):
        if n not in kept and sum(map(len, kept.values())) + len(kept) + len(one) <= limit:
            kept[n] = one
    return " ".join(kept[n] for n in sorted(kept))


def _verdicts(a: Assessment, lead: str) -> Iterator[Block]:
    of = judged(a)
    rows = [_row(a, h, of.get((lead, h["id"], "before"))) for h in _own(a, lead)]
    yield Table(tuple(line(x) for x in VERDICTS), tuple(rows))
    first, last = a["basis"]["window"]
    yield Paragraph(
        line(
            phrase("in_model", branch=inner(titles(a)[lead])),
            f": weeks {first} to {last} after its first lever. ",
            sentences.chance_note(a["basis"]),
        )
    )


def _criteria(a: Assessment, lead: str) -> Block:
    """When each headline counts as met. It stands below the chart, which else may not fit on the page of the table."""
    told = [(Strong(word("headline", h["id"])), ": ", said(h["criterion"]), ". ") for h in _own(a, lead)]
    return Paragraph(line(*(piece for one in told for piece in one)))


def _own(a: Assessment, lead: str) -> list[Mapping[str, Any]]:
    return [h for h in a["headlines"] if h["branch"] == lead and h["reference"] == "none"]


def _row(a: Assessment, h: Mapping[str, Any], past: Mapping[str, Any] | None) -> tuple[Line, ...]:
    name = line(Strong(word("headline", h["id"])))
    if h["word"] == NOT_TESTED:
        return (name, line(upper(h["word"])), line(f"{upper(word('not_tested', 'why'))}."), DASH, DASH)
    return (name, verdict_of(a, h), line(often(a, h)), before(a, past) if past else DASH, line(sentences.moved(h)))


def _claims(a: Assessment, part: Callable[[str, int], Named], explained: Callable[[str], Named]) -> Iterator[Block]:
    yield Heading(2, line(word("heading", "claims")))
    yield Paragraph(line(part(a["answer"]["figures"][0], ANSWER)))
    items = []
    for c in _telling(a):
        words = quote(c["claim"]["quote_span"]["quote"]).text
        verdict = f"{word('claim_verdict', c['verdict'])}."
        items.append(line(Quote(within(words, QUOTED)), ": ", Strong(verdict), " ", explained(c["explanation"])))
    if items:
        yield Bullets(tuple(items))


def _telling(a: Assessment) -> list[Mapping[str, Any]]:
    """Three claims: one of each verdict, those that fail first, then more in the order of the document."""
    ordered = sorted(a["claims"], key=lambda c: TELLING.index(c["verdict"]))
    first = {c["verdict"]: c for c in reversed(ordered)}
    one_each = [c for c in ordered if first[c["verdict"]] is c]
    return (one_each + [c for c in ordered if not any(c is x for x in one_each)])[:CLAIMS]


def _chart(a: Assessment, lead: str) -> Iterator[Block]:
    """The outcome of the first headline that was tested, in the leading branch and in that with most strikes."""
    tested = {h["id"] for h in a["headlines"] if h["branch"] == lead and h["word"] != NOT_TESTED}
    wanted = [rule.outcome for rule in rules() if rule.id in tested]
    item = next((o for name in wanted for o in a["outcomes"] if o["variable"] == name), None)
    if item is None:
        return
    branches = [b for b in (lead, a["answer"]["heaviest_strikes"]) if b and b in item["branches"]]
    yield picture(figures.fan_figure(item, branches, titles(a)), f"memo-{item['variable']}")
    record = [phrase("outcomes_record"), " "] if item["observed"] else []
    yield Paragraph(line(*record, phrase("outcomes_bands")))


def _model(a: Assessment) -> tuple[list[str], list[str]]:
    """What is said of the model beside its headlines, less what all of that has in common; and, where the document
    considers strikes, what they do, which comes last in the answer and is never left out."""
    told = a["answer"]["model"][1:]
    return (told[:-1], told[-1:]) if a["answer"]["heaviest_strikes"] else (told, [])


def _levers(a: Assessment, outcomes: int) -> Iterator[Block]:
    """Of what moves for certain the whole change and the largest share in it; of nothing such the first outcome."""
    of = a["attribution"]
    if not of:
        return
    clear = [table for table in of["tables"] if table["rows"][0]["low"] * table["rows"][0]["high"] > 0]
    yield Paragraph(line(Strong(f"{word('heading', 'levers')}."), " ", sentences.shared_out(of)))
    yield Bullets(tuple(line(said(sentences.largest_share(table))) for table in (clear or of["tables"])[:outcomes]))


def _strategies(
    a: Assessment, part: Callable[[str, int], Named], some: Callable[[Sequence[str], int], list[Named]], further: int
) -> Iterator[Block]:
    """How the strategies of the program were compared, how the document's own does beside the best, and by the first
    outcome so many sentences more on which is best; what uses armed force is never named without that."""
    of = a["strategies"]
    if not of:
        return
    yield Paragraph(line(Strong(f"{word('heading', 'strategies')}."), " ", sentences.compared(of)))
    notes = of["sections"][0]["notes"]  # of the document's own, where it is compared; one for each best; then others
    own = notes[: any(one["name"] == DOCUMENT for one in of["strategies"])]
    bests = [n for n, one in enumerate(of["best"], len(own)) if one["outcome"] == of["best"][0]["outcome"]]
    best = [notes[n] for n in bests[: further if own else max(further, 1)]]
    named = any(title in text for title in of["forced"] for text in (*own, *best))
    forced = [text for text in (of["notes"][1], sentences.strikes_compared(a)) if text] if named else []
    told = [*(part(text, OWN) for text in (*forced, *own)), *some(best, COMPARED)]
    yield Bullets(tuple(line(text) for text in told))


def _sources(a: Assessment, room: int) -> list[Mapping[str, Any]]:
    """Of what the claims in the memo were held against, and of what the parameters rest on that move the headline of
    the strategy that moved most, by turns as many as fit whole into so many characters; the former come first."""
    ids = {c["claim"]["id"] for c in _telling(a)}
    own = [s for s in a["sources"] if s["kind"] == "figures" and ids & set(s["used_for"])]
    symbols = _moving(a)
    rest = [s for s in a["sources"] if s["kind"] == "parameters" and set(s["used_for"]) & set(symbols)]
    rest.sort(key=lambda s: min(symbols.index(x) for x in s["used_for"] if x in symbols))
    turns = [s for pair in zip_longest(own, rest[:SOURCES]) for s in pair if s]
    kept: list[Mapping[str, Any]] = []
    for one in turns:
        length = len(text_of(_source(one)))
        if len(kept) < SOURCES and length <= room:
            kept.append(one)
            room -= length
    return sorted(kept, key=lambda s: s["kind"] != "figures")


def _moving(a: Assessment) -> list[str]:
    """The symbols of the parameters that move the headline of the leading branch whose outcome moved most: those with
    which it varies for certain, alone and then as mechanisms, the largest share first; else, where that was not looked
    into, those that decide it, and all others by their evidence."""
    tested = [h for h in _own(a, a["answer"]["lead_branch"]) if h["word"] != NOT_TESTED]
    if not tested:
        return []
    headline = max(tested, key=lambda h: abs(h["median"]))
    known = {(p["mechanism"], p["symbol"]) for p in a["basis"]["parameters"]}
    of = a["looked_into"]
    effects = of["effects"] if of and of["branch"] == headline["branch"] else []
    shares = sorted((e for e in effects if e["outcome"] == headline["id"] and e["low"] > 0), key=lambda e: -e["share"])
    names = [
        name
        for by in ("input", "mechanism")
        for e in shares
        if e["by"] == by and e["player"] not in ("others", "unexplained")
        for name in e["inputs"]
    ]
    keys = [(mechanism, symbol) for mechanism, _, symbol in (name.partition(".") for name in names)]
    if not keys:
        keys = [(d["mechanism"], d["symbol"]) for d in headline["decided_by"]]
        keys += [(p["mechanism"], p["symbol"]) for p in sorted(a["basis"]["parameters"], key=lambda p: p["grade"])]
    return list(dict.fromkeys(symbol for mechanism, symbol in keys if (mechanism, symbol) in known))


def _source(one: Mapping[str, Any]) -> Line:
    """A source with its whole title, and the host where it is found."""
    where = host(one["url"]) if web_address(one["url"]) else ""
    return cited(one if not where or where in one["text"] else {**one, "text": f"{one['text']} ({where})"})
