"""What two pages hold of a report: question, answer, verdicts, three claims, a chart, and what it all rests on."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from counterflow.judgement.headlines import rules
from counterflow.judgement.untested import NOT_TESTED
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
    Assessment,
    before,
    dated,
    judged,
    moved,
    often,
    picture,
    title_of,
    titles,
    upper,
    verdict_of,
)
from counterflow.report.formats.sections.document import cited
from counterflow.report.pictures import charts as figures
from counterflow.report.words import word

CLAIMS, SOURCES, CAVEATS = 3, 4, 4
# Characters that a part may take at the least: where two pages have the room, it may take a multiple.
TITLE, SHORT, ANSWER, QUOTED, EXPLAINED, RESTS, LEFT_OUT, SOURCE, COMMAND = 88, 400, 230, 80, 150, 170, 120, 85, 160
MULTIPLES = (3.0, 2.4, 1.9, 1.5, 1.2, 1.0)
# What two pages hold, in lines of plain text, and characters of a line and of a cell: those of a wide font, so that a
# narrower one has room to spare.
LINES, CHARACTERS, CELL = 121, 88, 20
PICTURE, HEADING, TOP, GAP = 21.0, 1.9, 2.4, 0.25  # lines of a picture and of headings, and between paragraphs
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
    """How many lines of plain text some blocks take up: an estimate from the length of their texts."""
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
                lines += sum(0.9 * max(_folded(cell, CELL) for cell in row) + GAP for row in (head, *rows)) + 1
            case Picture():
                lines += PICTURE
            case Typed(text):
                lines += _folded((text,), CHARACTERS) + GAP
    return lines


def _folded(pieces: Line, width: int) -> int:
    return max(1, -(-len(text_of(pieces)) // width))


def _memo(a: Assessment, tell: Tell, multiple: float, kept: str) -> Iterator[Block]:
    def part(text: str, limit: int) -> Named:
        return Named(within(tell(said(text)), int(limit * multiple)))

    def explained(text: str) -> Named:
        return Named(tell(both_halves(said(text), int(EXPLAINED * multiple))))

    yield Heading(1, line(Named(within(title_of(a), TITLE))))
    yield Paragraph(line(dated(a)))
    yield Heading(2, line(a["question"]))
    lead = a["answer"]["lead_branch"]
    if lead:
        yield Paragraph(line(part(a["answer"]["short"], SHORT)))
    for text in [a["answer"]["coverage"]] if lead else a["answer"]["model"]:
        if text:
            yield Paragraph(line(part(text, ANSWER)))
    if lead:
        yield from _verdicts(a, lead)
    yield from _claims(a, part, explained)
    if lead:
        yield Heading(2, line("What the strategy does in the model"))
        yield from _chart(a, lead)
        yield from (Paragraph(line(part(text, RESTS))) for text in a["answer"]["model"][1:4])
    yield Heading(2, line("What the answer rests on"))
    for text in a["answer"]["sure"][:4] or ["No run, so nothing to rest on."]:
        yield Paragraph(line(part(text, RESTS)))
    if a["basis"] and a["basis"]["caveats"]:
        yield Heading(2, line("What this leaves out"))
        yield Bullets(tuple(line(part(text, LEFT_OUT)) for text in a["basis"]["caveats"][:CAVEATS]))
    yield Heading(2, line("Sources"))
    yield Bullets(tuple(_source(one, int(SOURCE * min(multiple, 2))) for one in _sources(a)))
    yield Heading(2, line("Reproduce it"))
    yield Paragraph(
        line(
            "The same version, data, document and seed give the same numbers.",
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
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if len(kept) + len(sentence) + 1 > limit:
            break
        kept = f"{kept} {sentence}".strip()
    if kept:
        return kept
    shorter = textwrap.shorten(text, limit, placeholder=" …")
    return shorter if len(shorter) > limit // 2 else f"{text[: limit - 1]}…"


def both_halves(text: str, limit: int) -> str:
    """As much of the explanation of a claim as fits into `limit` characters, and what it holds against and what not in
    any case: of a list too long its first item, and how many more there are."""
    if len(text) <= limit:
        return text
    sentences = re.split(r"(?<=[.!?])\s+", text)
    needed = {n: one for n, one in enumerate(sentences) if HALF.match(one)}
    if not needed:
        return within(text, limit)
    for n in sorted(needed, key=lambda n: -len(needed[n])):
        first, *more = needed[n].split("; ")
        if more and sum(map(len, needed.values())) + len(needed) > limit:
            needed[n] = f"{first.rstrip('.')}; and {len(more)} more."
    kept = {n: one if len(one) <= 2 * limit else within(one, limit) for n, one in needed.items()}
    for n, one in enumerate(sentences):
        if n not in kept and sum(map(len, kept.values())) + len(kept) + len(one) <= limit:
            kept[n] = one
    return " ".join(kept[n] for n in sorted(kept))


def _verdicts(a: Assessment, lead: str) -> Iterator[Block]:
    of, rows = judged(a), []
    own = [h for h in a["headlines"] if h["branch"] == lead and h["reference"] == "none"]
    for h in own:
        rows.append(_row(a, h, of.get((lead, h["id"], "before"))))
    names = ("Headline", "Verdict", "Against no strategy", "Against the 26 weeks before", "How far it moves")
    yield Table(tuple(line(x) for x in names), tuple(rows))
    first, last = a["basis"]["window"]
    yield Paragraph(
        line(
            f"The strategy {titles(a)[lead][:1].lower()}{titles(a)[lead][1:]}, in the model",
            f": weeks {first} to {last} after its first lever. ",
            f"The figure after ± is chance from {a['basis']['draws']:,} draws, not uncertainty about the world.",
        )
    )
    yield Bullets(tuple(line(word("headline", h["id"]), ": ", said(h["criterion"]), ".") for h in own))


def _row(a: Assessment, h: Mapping[str, Any], past: Mapping[str, Any] | None) -> tuple[Line, ...]:
    name = line(Strong(word("headline", h["id"])))
    if h["word"] == NOT_TESTED:
        return (name, line(upper(h["word"])), line(f"{upper(word('not_tested', 'why'))}."), DASH, DASH)
    return (name, verdict_of(a, h), line(often(a, h)), before(a, past) if past else DASH, line(moved(h)))


def _claims(a: Assessment, part: Callable[[str, int], Named], explained: Callable[[str], Named]) -> Iterator[Block]:
    yield Heading(2, line("Claims against figures"))
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
    record = "The black line is the record; black dots are months observed since the branches part."
    bands = "The light band holds 90% of the draws, the dark band 50%, the line is the median; grey is no strategy."
    yield Paragraph(line(*([record, " "] if item["observed"] else []), bands))


def _sources(a: Assessment) -> list[Mapping[str, Any]]:
    """Of what the claims in the memo were held against first, then of what the model rests on by the best evidence."""
    ids = {c["claim"]["id"] for c in _telling(a)}
    own = [s for s in a["sources"] if s["kind"] == "figures" and ids & set(s["used_for"])]
    rest = sorted((s for s in a["sources"] if s["kind"] == "parameters"), key=lambda s: (s["grades"] or ["E"])[0])
    return [*own[: SOURCES - 2], *rest][:SOURCES]


def _source(one: Mapping[str, Any], limit: int) -> Line:
    return cited({**one, "text": within(one["text"], limit)})
