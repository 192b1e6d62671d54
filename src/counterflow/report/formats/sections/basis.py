"""What the answer rests on: what was set by hand, the evidence behind parameters, and what outcomes vary with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from counterflow.report import sentences
from counterflow.report.formats.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Inline,
    Line,
    Paragraph,
    Strong,
    Table,
    line,
    said,
    source,
)
from counterflow.report.formats.sections.answer import DASH, Assessment, picture, titles
from counterflow.report.page.context import deciders
from counterflow.report.page.render import addresses
from counterflow.report.parameters import taught_in_words
from counterflow.report.pictures.tornado import not_drawn, tornado_figure
from counterflow.report.words import count, inner, number, percent, phrase, upper, vocabulary, word

LEAST_SHARE = 0.02  # of the variance, below which an effect is not told one by one
GROUPS = (("grade", "By evidence grade"), ("mechanism", "By mechanism"), ("input", "By single number"))


def basis(a: Assessment) -> Iterator[Block]:
    """Settings, grades of evidence, what outcomes vary with, every parameter, and what is left out."""
    yield Heading(2, line(word("heading", "basis")))
    yield from _settings(a["settings"])
    if not a["basis"]:
        yield Paragraph(line(phrase("basis_none")))
        return
    counts = a["basis"]["grade_counts"]
    yield Paragraph(line(sentences.rests_on(a["basis"])))
    rows = tuple((line(g), line(str(counts.get(g, 0))), line(upper(word("grade", g)))) for g in "ABCD")
    yield Table((line("Grade"), line("Parameters"), line("Meaning")), rows)
    yield from _single(a)
    yield from _varies(a)
    keys = {(d["mechanism"], d["symbol"]) for d in deciders(a["headlines"], a["basis"]["parameters"])}
    deciding = [p for p in a["basis"]["parameters"] if (p["mechanism"], p["symbol"]) in keys]
    rest = [p for p in a["basis"]["parameters"] if p not in deciding]
    weak = [p for p in rest if p["grade"] == "D"]
    better = [p for p in rest if p["grade"] != "D"]
    if deciding:
        yield Heading(3, line(word("heading", "undetermined")))
        yield _parameters(deciding)
    if weak:
        yield Heading(3, line(f"{count(len(weak), 'parameter')} of grade D"))
        yield _parameters(weak)
    if better:
        yield Heading(3, line(f"{count(len(better), 'parameter')} of grades A to C"))
        yield _parameters(better)
    if a["basis"]["caveats"]:
        yield Heading(3, line(word("heading", "left_out")))
        yield Bullets(tuple(line(said(text)) for text in a["basis"]["caveats"]))


def _single(a: Assessment) -> Iterator[Block]:
    """What single parameters decide, as the page draws it; the ranges and where answers flip stand in the answer."""
    lead = a["answer"]["lead_branch"]
    figure = tornado_figure(a["headlines"], [lead, a["answer"]["heaviest_strikes"]], titles(a))
    closed = not_drawn(a["headlines"], lead)
    if figure or closed:
        yield Heading(3, line(word("heading", "single")))
    if closed:
        yield Paragraph(line(closed))
    if figure:
        yield Paragraph(line(phrase("basis_tornado")))
        yield picture(figure, "tornado")


def _settings(of: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Block]:
    if not of["parameters"] and not of["switches"]:
        return
    yield Heading(3, line(word("heading", "settings")))
    yield Paragraph(line(phrase("settings_how")))
    rows: list[tuple[Line, ...]] = []
    for p in of["parameters"]:
        where: list[Inline] = [" (", source(p["source"]), ")"] if p["source"] else []
        graded = f"{said(p['set'])}; grade {p['grade']}{', assumed' if p['assumed'] else ''}"
        rows.append((line(Code(p["name"])), line(said(p["meaning"])), line(graded, *where), line(said(p["default"]))))
    for s in of["switches"]:
        rows.append((line(Code(s["name"])), *(line(upper(said(s[key]))) for key in ("meaning", "set", "default"))))
    yield Table(tuple(line(x) for x in ("Parameter or switch", "Meaning", "Set to", "Default")), tuple(rows))


def _parameters(rows: Sequence[Mapping[str, Any]]) -> Table:
    names = ("Parameter", "Meaning", "Median and 90% range", "Grade", "Source")
    return Table(tuple(line(x) for x in names), tuple(_parameter(p) for p in rows))


def _parameter(p: Mapping[str, Any]) -> tuple[Line, ...]:
    unit = f" {p['unit']}" if p["unit"] not in ("1", "-") else ""
    spread = f" ({number(p['low'])} to {number(p['high'])})" if p["low"] != p["high"] else ""
    taught = [f"; {taught_in_words(p['taught'])}"] if p["taught"] is not None else []
    return (
        line(Code(f"{p['mechanism']}.{p['symbol']}")),
        line(said(p["meaning"])),
        line(f"{number(p['median'])}{spread}", unit, *taught),
        line(f"{p['grade']}{', assumed' if p['assumed'] else ''}"),
        line(*linked(p["source"])) or DASH,
    )


def linked(text: str) -> list[Inline]:
    """The words of a source, with the addresses among them as links."""
    return [source(address) if address else said(part) for part, address in addresses(text)]


def _varies(a: Assessment) -> Iterator[Block]:
    of = a["looked_into"]
    if not of:
        return
    branch = inner(titles(a).get(of["branch"], of["branch"]))
    yield Heading(3, line(phrase("basis_varies", branch=branch)))
    yield Paragraph(line(said(a["answer"]["leading"])))
    if of["effects"]:
        yield Paragraph(line(phrase("basis_effects")))
        rows = [row for id in vocabulary()["headline"] if len(row := _effects(of["effects"], id)) > 1]
        yield Table((line("Outcome"), *(line(label) for _, label in GROUPS)), tuple(rows))
    yield from (Paragraph(line(said(text))) for text in of["untold"])
    for found in of["in_words"]:
        if found["sentences"]:
            yield Paragraph(line(Strong(f"{word('headline_short', found['headline'])}.")))
            yield Bullets(tuple(line(said(text)) for text in found["sentences"]))


def _effects(effects: Sequence[Mapping[str, Any]], id: str) -> tuple[Line, ...]:
    """A row for one outcome; of its name alone where nothing is told of it."""
    own = sorted((e for e in effects if e["outcome"] == id), key=lambda e: -e["share"])
    cells = []
    for by, _ in GROUPS if own else ():
        told = (e for e in own if e["by"] == by and e["share"] >= LEAST_SHARE)
        cells.append(line("; ".join(_effect(e) for e in told)) or DASH)
    return (line(word("headline_short", id)), *cells)


def _effect(e: Mapping[str, Any]) -> str:
    low, high = percent(max(e["low"], 0)), percent(min(e["high"], 1))
    return f"{said(e['player'])} {percent(e['share'])} ({low} to {high})"
