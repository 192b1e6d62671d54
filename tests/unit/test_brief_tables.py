"""Tables of a document: which lines are one, and where their cells stand."""

from __future__ import annotations

import pytest

from counterflow.brief.layout.parts import Cell, Layout, Table
from counterflow.brief.layout.text import lay_out


def words(layout: Layout, cells: tuple[Cell, ...]) -> list[str]:
    return [layout.text[cell.start : cell.end] for cell in cells]


def table_of(text: str) -> tuple[Layout, Table]:
    layout = lay_out(text)
    (table,) = layout.tables
    return layout, table


@pytest.mark.parametrize(
    "text",
    [
        "| Year | Crossings |\n|------|----------:|\n| 2023 | 2,045,838 |\n| 2024 | 1,530,523 |",
        "Year | Crossings\n--- | ---\n2023 | 2,045,838\n2024 | 1,530,523\n",
        "|Year|Crossings|\n|:-:|-|\n|2023|2,045,838|\n|2024|1,530,523|\n\nWhat follows is prose.",
        "| Year | Crossings\n\n| 2023 | 2,045,838\n\n| 2024 | 1,530,523\n\nWhat follows is prose.",
        "Year | Crossings\n2023 | 2,045,838\n2024 | 1,530,523\nWhat follows is prose.",
        "Year\tCrossings\n2023\t2,045,838\n2024\t1,530,523\n",
        "Year\tCrossings \n 2023\t2,045,838\n2024\t 1,530,523\n\nWhat follows is prose.",
    ],
)
def test_a_table_of_pipes_or_tabs_has_its_header_and_rows(text: str) -> None:
    layout, table = table_of(text)
    assert words(layout, table.header) == ["Year", "Crossings"]
    assert [words(layout, row) for row in table.rows] == [["2023", "2,045,838"], ["2024", "1,530,523"]]


def test_an_empty_cell_keeps_its_place_and_an_escaped_pipe_divides_nothing() -> None:
    layout, table = table_of("| | FY23 | FY24 |\n|-|-|-|\n| a\\|b | | 7 |\n| c | 8 | |\n")
    assert words(layout, table.header) == ["", "FY23", "FY24"]
    assert [words(layout, row) for row in table.rows] == [["a\\|b", "", "7"], ["c", "8", ""]]
    assert all(cell.start <= cell.end for row in table.rows for cell in row)


def test_a_table_of_tabs_with_figures_in_its_first_line_has_no_header() -> None:
    _, table = table_of("El Paso\t12,001\t-4%\nTucson\t9,020\t-11%\n")
    assert table.header == ()
    assert len(table.rows) == 2


def test_years_at_the_top_are_a_header() -> None:
    layout, table = table_of("Sector\t2023\tFY 2024\nEl Paso\t12,001\t9,020\n")
    assert words(layout, table.header) == ["Sector", "2023", "FY 2024"]


@pytest.mark.parametrize(
    ("above", "caption"),
    [
        ("# Border\n\n## Encounters by year\n\n", "Encounters by year"),
        ("# Border\n\nTable 2. Encounters by year\n\n", "Table 2. Encounters by year"),
        ("# Border\n\nEncounters by **year**, thousands\n", "Encounters by year, thousands"),
        ("# Border\n\nThese are the encounters:\n\n", "These are the encounters:"),
        ("# Border\n\nNothing else is known about the plan.\n\n", "Border"),
        ("", ""),
    ],
)
def test_the_caption_is_the_line_right_above_or_the_nearest_heading(above: str, caption: str) -> None:
    assert table_of(f"{above}| Year | Number |\n|---|---|\n| 2023 | 12 |\n")[1].caption == caption


def test_two_tables_in_a_text_are_two() -> None:
    text = "a | b\n-|-\n1 | 2\n\nSome prose stands here.\n\nx\ty\tz\n1\t2\t3\n"
    assert [len(table.header) for table in lay_out(text).tables] == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "TO:\tThe Secretary\nFROM:\tThe Director\nDATE:\tMay 3, 2025\n",
        "1.\tSend troops to the border.\n2.\tBuild 12 towers.\n",
        "(a)\tto send troops;\t and\n(b)\tto build towers;\tand\n",
        "Home | News | About\n\nTroops were sent.",
        "a | b\n\n---|---\n\nThe end.",
        "\tThe first line of a paragraph is indented,\nand others are not.\n",
    ],
)
def test_lists_memo_heads_and_lines_with_a_pipe_are_no_tables(text: str) -> None:
    assert lay_out(text).tables == ()


def test_prose_right_above_and_below_a_table_stays_prose() -> None:
    layout = lay_out("Crossings fell to 9 a day.\n| a | b |\n|---|---|\n| 1 | 2 |\nThey rose again.")
    assert [block.kind for block in layout.blocks] == ["paragraph", "table", "paragraph"]
