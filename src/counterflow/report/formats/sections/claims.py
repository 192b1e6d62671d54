"""What the document claims and does: its claims against every reading, its actions and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from counterflow.report import sentences
from counterflow.report.formats.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Inline,
    Line,
    Named,
    Paragraph,
    Strong,
    Table,
    line,
    quote,
    said,
    source,
)
from counterflow.report.formats.sections.answer import DASH, Assessment, picture, titles
from counterflow.report.formats.sections.record import timeline
from counterflow.report.pictures import charts as figures
from counterflow.report.pictures.curve import curve_figure
from counterflow.report.words import day, number, phrase, upper, word


def claims(a: Assessment) -> Iterator[Block]:
    """A table of all claims, then each with its readings and the series that it is about."""
    yield Heading(2, line(word("heading", "claims")))
    if not a["claims"]:
        yield Paragraph(line(phrase("claims_none")))
        return
    yield Paragraph(line(phrase("claims")))
    head = tuple(line(x) for x in ("Claim", "Verdict", "What figures say"))
    yield Table(head, tuple((_words(c), _verdict(c), line(said(c["explanation"]))) for c in a["claims"]))
    for c in a["claims"]:
        yield from _claim(c)


def _words(c: Mapping[str, Any]) -> Line:
    return line(quote(c["claim"]["quote_span"]["quote"]))


def _verdict(c: Mapping[str, Any]) -> Line:
    return line("; ".join([upper(word("claim_verdict", c["verdict"])), *c["flags"]]))


def _claim(c: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(3, _words(c))
    tested = f"Testable by {word('checkability', c['claim']['checkability'])}."
    yield Paragraph(line("In full: ", quote(c["claim"]["span"]["quote"]), " ", tested))
    if c["readings"]:
        names = ("Period read as", "Baseline read as", "Figures say", "Outcome", "Source")
        yield Table(tuple(line(x) for x in names), tuple(_reading(r) for r in c["readings"]))
    if c["curve"]:
        yield Heading(4, line(word("heading", "baseline")))
        yield Paragraph(line(said(c["curve"]["sentence"])))
        curve = curve_figure(c["curve"])
        if curve:
            yield picture(curve, f"curve-{c['claim']['id']}")
        marks = [(m, "named by the document") for m in c["curve"]["chosen"]]
        marks += [(m, "usual, not named") for m in c["curve"]["usual"]]
        if marks:
            head = ("Baseline", "Change", phrase("claims_rank"))
            yield Table(tuple(line(x) for x in head), tuple(_mark(m, kind) for m, kind in marks))
    chart = figures.claim_figure(c)
    if chart:
        yield picture(chart, f"chart-{c['claim']['id']}")


def _reading(r: Mapping[str, Any]) -> tuple[Line, ...]:
    within = f"within ±{number(r['tolerance'])}" if r["tolerance"] is not None else ""
    return (
        line(said(r["period"])),
        line(said(r["baseline_label"])) or DASH,
        line(said(r["observed_text"]), *([" (", said(r["note"]), ")"] if r["note"] else [])),
        line(upper(r["outcome"]), *([", ", within] if within else [])),
        line(*_sources(r), f" ({sentences.reading_kind(r)})"),
    )


def _sources(r: Mapping[str, Any]) -> list[Inline]:
    """The source of a reading; of one that sets two against each other both."""
    addresses = r["source_url"].split() if r["source_url"] else []
    names = r["source_title"].split(", against ")
    if len(addresses) < 2 or len(addresses) != len(names):
        return [source(r["source_url"], r["source_title"])]
    pieces: list[Inline] = []
    for address, name in zip(addresses, names, strict=True):
        pieces += [", against "] if pieces else []
        pieces.append(source(address, name))
    return pieces


def _mark(m: Mapping[str, Any], kind: str) -> tuple[Line, ...]:
    change = said(f"{m['change']:+.1f}%")
    return (line(said(m["label"]), f" ({kind})"), line(change), line(said(m["rank"]) or "not ranked"))


def actions(a: Assessment) -> Iterator[Block]:
    """The register of actions, what the record fills in, and the branches that were run."""
    yield Heading(2, line(word("heading", "actions")))
    yield Paragraph(line(phrase("actions")))
    yield from timeline(a)
    if a["actions"]:
        yield Heading(3, line(word("heading", "fates")))
        names = ("Action", "The document’s words", "Status", "In the model")
        yield Table(tuple(line(x) for x in names), tuple(_action(x) for x in a["actions"]))
    else:
        yield Paragraph(line(phrase("actions_none")))
    if a["record"]:
        yield Heading(3, line(sentences.filled_in(a["record"])))
        head = ("Lever", "The record says", "From", "Source", "To refuse it")
        yield Table(tuple(line(x) for x in head), tuple(_entry(e) for e in a["record"]))
    if a["branches"]:
        yield Heading(3, line(sentences.ran(a["branches"])))
        yield Bullets(tuple(_branch(a, b) for b in a["branches"]))


def _action(x: Mapping[str, Any]) -> tuple[Line, ...]:
    size = f" · {number(x['quantity'])} {x['quantity_unit'] or ''}".rstrip() if x["quantity"] is not None else ""
    status = [upper(x["status_in_words"]), *(said(text) for text in x["details"])]
    status += ["words missing"] if x["incomplete"] else []
    status += [f"{x['origin']} by the user"] if x["origin"] != "document" else []
    fate = [f"{upper(said(x['fate']['text']))}."]
    fate += [f"{upper(said(x['fate']['why']))}."] if x["fate"]["why"] else []
    fate += [f"Filled in by the record: {', '.join(x['on_record'])}."] if x["on_record"] else []
    return (
        line(said(x["title"]), f" ({x['id']}{size})"),
        line(quote(x["span"]["quote"])),
        line(*_between(status, "; ")),
        line(Strong(f"{upper(x['fate']['kind'])}."), " ", *_between(fate, " ")),
    )


def _between(texts: list[str], mark: str) -> list[str]:
    """Texts with a mark between each two, each a piece of its own."""
    return [piece for n, text in enumerate(texts) for piece in ((mark, text) if n else (text,))]


def _entry(e: Mapping[str, Any]) -> tuple[Line, ...]:
    note: list[Inline] = ["; ", Named(said(e["note"]))] if e["note"] else []
    return (
        line(said(e["title"]), *([" (refused)"] if e["refused"] else [])),
        line(Named(said(e["quote"])), *note),  # the record's words stay as they are
        line(day(e["start"]), "; ", said(e["start_reason"])),
        line(source(e["source"])),
        line(Code(f"--refuse {e['record_id']}")),
    )


def _branch(a: Assessment, b: Mapping[str, Any]) -> Line:
    strikes = [" ", sentences.campaign(b["strikes"])] if b["strikes"] else []
    moves = [" ", said(sentences.moves(b))] if b["entries"] else []
    return line(Strong(titles(a)[b["id"]]), " ", Code(b["id"]), ": ", said(b["description"]), *strikes, *moves)
