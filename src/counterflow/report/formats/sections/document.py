"""The document itself, the sources that everything rests on, and how to make the report again."""

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
    Table,
    Typed,
    line,
    quote,
    said,
    source,
    text_of,
    without_turns,
)
from counterflow.report.formats.sections.answer import Assessment
from counterflow.report.formats.sections.basis import linked
from counterflow.report.page.context import citation, flat
from counterflow.report.words import clean, number, phrase, upper, word


def document(a: Assessment) -> Iterator[Block]:
    """What is odd about the text, what it asserts, and where each of its sentences went."""
    yield Heading(2, line("About the document"))
    if a["findings"]:
        yield Paragraph(line(sentences.odd(a["findings"])))
        names = ("Finding", "Where", "What it means")
        yield Table(tuple(line(x) for x in names), tuple(_finding(f) for f in a["findings"]))
    else:
        yield Paragraph(line(phrase("odd_none")))
    if a["assertions"]:
        yield Heading(3, line(sentences.asserted(a["assertions"])))
        yield Paragraph(line(phrase("assertions")))
        yield Bullets(tuple(_assertion(s) for s in a["assertions"]))
    yield Heading(3, line(sentences.ledger(a["ledger"])))
    yield Bullets(tuple(_went(e) for e in a["ledger"]))


def _finding(f: Mapping[str, Any]) -> tuple[Line, ...]:
    cut = "…" if len(f["span"]["quote"]) > 240 else ""
    return (
        line(word("finding", f["kind"]), " (", f"{f['confidence']} confidence", ")"),
        line(quote(f["span"]["quote"][:240] + cut)),
        line(said(f["note"])),
    )


def _assertion(s: Mapping[str, Any]) -> Line:
    holder: list[Inline] = [", held by ", Named(without_turns(clean(s["holder"]["name"])))] if s["holder"] else []
    contrast = [". In the model: ", said("; ".join(s["contrast"]))] if s["contrast"] else []
    literature = [
        f" {upper(said(e['meaning']))}: {e['range']} (grade {e['grade']}{', assumed' if e['assumed'] else ''}). "
        f"{said(e['source'])}."
        for e in s["literature"]
    ]
    return line(quote(s["span"]["quote"]), " ", upper(s["kind"]), *holder, *contrast, ".", *literature)


def _went(e: Mapping[str, Any]) -> Line:
    ids: list[Inline] = [Code(", ".join(e["ids"])), " "] if e["ids"] else []
    why = [": ", said(e["reason"])] if e["reason"] else []
    return line(*ids, ", ".join(e["kinds"]), *why, " ", quote(e["span"]["quote"]))


def sources(a: Assessment) -> Iterator[Block]:
    """Everything that figures, entries of the record, prices and parameters were taken from, each once."""
    if not a["sources"]:
        return
    yield Heading(2, line(word("heading", "sources")))
    kind = ""
    for one_kind in dict.fromkeys(one["kind"] for one in a["sources"]):
        kind = word("source_kind", one_kind)
        yield Heading(3, line(kind))
        yield Bullets(tuple(cited(one) for one in a["sources"] if one["kind"] == one_kind))


def cited(one: Mapping[str, Any]) -> Line:
    """One source: its words, its DOI, its grades and how far it was read where that is known."""
    pieces: list[Inline] = linked(one["text"])
    if one["url"] and "http" not in one["text"]:
        pieces = [source(one["url"], one["text"])]
    if one["doi"] and one["doi"] not in text_of(tuple(pieces)):
        pieces += [" ", source(f"https://doi.org/{one['doi']}", f"doi:{one['doi']}")]
    told = [f"Grade {', '.join(one['grades'])}."] if one["grades"] else []
    told += [word("read", one["read"])] if one["read"] else []
    return line(*pieces, *(piece for text in told for piece in (" ", text)))


def reproduce(a: Assessment) -> Iterator[Block]:
    """The command that makes the report again, and what it is a function of."""
    yield Heading(2, line(word("heading", "reproduce")))
    yield Paragraph(line(phrase("reproduce")))
    if "command" in a["manifest"]:
        yield Typed(without_turns(clean(a["manifest"]["command"])))
    yield Paragraph(line("To cite this page:", " ", Named(without_turns(citation(a)))))
    rows = [
        (line(key), line(Code(without_turns(clean(value))))) for key, value in flat(a["manifest"]) if key != "command"
    ]
    if a["timings"]:
        taken = ", ".join(f"{stage} {number(seconds, 2)} s" for stage, seconds in a["timings"].items())
        rows.append((line("time taken"), line(taken)))
    yield Table((line("What"), line("Which")), tuple(rows))
    yield Paragraph(line(phrase("no_side")))
