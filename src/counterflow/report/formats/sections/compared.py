"""Which lever does how much, and which strategy does better."""

from __future__ import annotations

from collections.abc import Iterator

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
from counterflow.report.formats.sections.answer import Assessment, picture, titles, upper
from counterflow.report.pictures.levers import levers_figure
from counterflow.report.pictures.strategies import strategies_figure
from counterflow.report.words import clean


def levers(a: Assessment) -> Iterator[Block]:
    """Shares of the levers in what the branch that the answer opens with changes, a table for each outcome."""
    of = a["attribution"]
    if not of:
        return
    yield Heading(2, line("Which lever does how much"))
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
        yield Paragraph(
            line("With more draws, and all orders where there are few levers, from a strategy that is kept in a file:")
        )
        yield Typed(
            f"{without_turns(clean(a['manifest']['command']))} --save-strategy strategy.toml\n"
            f"counterflow attribute strategy.toml --branch {of['branch']} --draws 250"
        )


def strategies(a: Assessment) -> Iterator[Block]:
    """The strategies that come with the program beside the document's own."""
    of = a["strategies"]
    if not of:
        return
    yield Heading(2, line("Which strategy does better"))
    yield from (Paragraph(line(said(text))) for text in of["notes"])
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
        yield Paragraph(
            line("With more draws, chances, regret, robustness and under which assumption another strategy is best:")
        )
        yield Typed(
            f"{without_turns(clean(a['manifest']['command']))} --save-strategy strategy.toml\n"
            "counterflow compare --built-in --document strategy.toml"
        )
