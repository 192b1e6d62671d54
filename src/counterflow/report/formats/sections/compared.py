"""Which lever does how much, and which strategy does better."""

from __future__ import annotations

from collections.abc import Iterator

from counterflow.report import sentences
from counterflow.report.formats.blocks import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Table,
    Typed,
    line,
    said,
    without_turns,
)
from counterflow.report.formats.sections.answer import Assessment, picture, titles
from counterflow.report.pictures.levers import levers_figure
from counterflow.report.pictures.strategies import strategies_figure
from counterflow.report.words import clean, phrase, upper, word


def levers(a: Assessment) -> Iterator[Block]:
    """Shares of the levers in what the branch that the answer opens with changes, a table for each outcome."""
    of = a["attribution"]
    if not of:
        return
    yield Heading(2, line(word("heading", "levers")))
    yield Paragraph(line(said(titles(a).get(of["branch"], of["branch"])), "."))
    yield from (Paragraph(line(said(text))) for text in of["notes"])
    if figure := levers_figure(of):
        yield picture(figure, "shares")
    for table in of["tables"]:
        yield Heading(3, line(said(table["title"])))
        yield Paragraph(line(upper(table["measure"]), "."))
        rows = tuple(
            (
                line(said(row["title"]), *([": ", row["why"]] if row["why"] else [])),
                line(row["share"]),
                line(row["range"]),
            )
            for row in table["rows"]
        )
        yield Table(tuple(line(head) for head in of["header"]), rows)
        if table["rest"]:
            yield Paragraph(line(f"{table['rest']}."))
    if "command" in a["manifest"]:
        yield Paragraph(line(phrase("levers_more")))
        yield Typed(sentences.attribute_again(without_turns(clean(a["manifest"]["command"])), of["branch"]))


def strategies(a: Assessment) -> Iterator[Block]:
    """The strategies that come with the program beside the document's own."""
    of = a["strategies"]
    if not of:
        return
    yield Heading(2, line(word("heading", "strategies")))
    strikes = sentences.strikes_compared(a)
    yield from (Paragraph(line(said(text))) for text in (*of["notes"], strikes) if text)
    if figure := strategies_figure(of):
        yield picture(figure, "beside")
    for section in of["sections"]:
        yield Heading(3, line(section["title"]))
        if not section["rows"]:
            yield Bullets(tuple(line(said(text)) for text in section["notes"]))
            continue
        yield from (Paragraph(line(said(text))) for text in section["notes"])
        rows = tuple(tuple(line(upper(said(cell))) for cell in row) for row in section["rows"])
        yield Table(tuple(line(upper(head)) for head in section["header"]), rows)
    if "command" in a["manifest"]:
        yield Paragraph(line(phrase("strategies_more")))
        yield Typed(sentences.compare_again(without_turns(clean(a["manifest"]["command"]))))
