"""What the official record holds beside the document: dated acts on its levers, and what was counted where."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from counterflow.report import sentences
from counterflow.report.assessment.places import alike_sentences, moved_alike
from counterflow.report.formats.blocks import Block, Heading, Line, Named, Paragraph, Table, line, said, source
from counterflow.report.formats.sections.answer import DASH, Assessment, picture, titles
from counterflow.report.pictures.border import map_figure
from counterflow.report.pictures.timeline import timeline_figure
from counterflow.report.words import day, number, percent_change, phrase, word


def timeline(a: Assessment) -> Iterator[Block]:
    """The document's actions over time, and the dated acts of the policy record on the same levers."""
    figure = timeline_figure(a["timeline"], a["strategy"]["date"])
    if figure:
        yield picture(figure, "timeline")
    acts = [(row["title"], act) for row in a["timeline"] for act in row["history"]]
    if acts:
        yield Heading(3, line(sentences.acts(a["timeline"])))
        names = ("Lever", "Date", "Status", "What the record says", "Source")
        yield Table(tuple(line(x) for x in names), tuple(_act(title, act) for title, act in acts))


def _act(title: str, act: Mapping[str, Any]) -> tuple[Line, ...]:
    where = line(source(act["source"])) if act["source"] else DASH
    what = line(Named(said(act["what"])))  # the record's words stay as they are
    return (line(said(title)), line(day(act["date"])), line(act["status_in_words"]), what, where)


def places(a: Assessment) -> Iterator[Block]:
    """Sectors and field offices: what was counted in the last year, and by how much the model moves it."""
    lead = a["answer"]["lead_branch"] or ""
    alike = moved_alike(a["places"], lead, a["basis"]["draws"]) if a["basis"] else {}
    figure = map_figure(a["places"], lead, titles(a).get(lead, ""), "sector" in alike)
    yield Heading(2, line(word("heading", "places")))
    if not figure:
        yield Paragraph(line(phrase("places_none")))
        return
    moved_by = titles(a)[lead] if len(figure["panels"]) > 1 else ""
    yield Paragraph(line(sentences.mapped(a["places"], a["strategy"]["date"]["start"], moved_by)))
    yield from (Paragraph(line(text)) for text in alike_sentences(a["places"], alike))
    yield picture(figure, "border")
    apart = any(row["kind"] not in alike for row in a["places"]) if lead else False
    rows = tuple(_place(row, lead, alike, apart) for row in a["places"])
    head = ("Place", "Counted", *(["Change in the model"] if apart else []))
    yield Table(tuple(line(x) for x in head), rows)
    yield Paragraph(line(sentences.mapped_note(a["basis"], a["answer"]["lead_branch"])))


def _place(row: Mapping[str, Any], lead: str, alike: Container[str], apart: bool) -> tuple[Line, ...]:
    change, moved = row["change"].get(lead), DASH
    if row["kind"] in alike:
        moved = ("alike",)
    elif change and change["median"] is not None:
        low, median, high = (percent_change(change[key]) for key in ("low", "median", "high"))
        moved = (f"{median} ({low} to {high})",)
    months = f"{day(row['from'])[2:]} to {day(row['to'])[2:]}" if row["from"] else ""
    unit = ", lb" if row["unit"] == "lb" else ""
    counted = line(number(row["observed"]), " ", f"{row['measure']}{unit}, {months}")
    return (line(f"{row['name']}, {row['kind']}"), counted, *([moved] if apart else []))
