"""The site tells no more than the program does: the tutorial runs, and what pages name is there."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import click
import pytest

from counterflow.cli import main

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
WRITTEN_FOR_THE_SITE = [
    path for path in PAGES if path.parent.name in {"how-to", "reference", "explanation"} or path.name == "tutorial.md"
]
WORDS_ONLY = "<!-- output: words -->"  # above an output whose figures are those of few draws on one kind of machine
FENCE = re.compile(r"^( *)```(\S*)[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    text: str
    words_only: bool


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page, without the indent of a list that they stand in."""
    page = path.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(page):
        text = "".join(line.removeprefix(match[1]) for line in match[3].splitlines(keepends=True))
        found.append(Block(match[2], text, page[: match.start()].rstrip().endswith(WORDS_ONLY)))
    return found


def page_id(path: Path) -> str:
    return str(path.relative_to(DOCS))


def expected(block: Block) -> Iterator[list[str]]:
    """The runs of lines that an output must hold, in their order: what an ellipsis parts may be apart."""
    for part in re.split(r"^…\n", block.text, flags=re.MULTILINE):
        if part.strip():
            yield [comparable(line, block.words_only) for line in part.splitlines()]


def comparable(line: str, words_only: bool) -> str:
    """A line without what may differ: the end of it, and with `words_only` its figures."""
    return re.sub(r"\d[\d.,]*", "0", line).rstrip() if words_only else line.rstrip()


def missing(block: Block, output: str) -> list[str]:
    """The first run of lines of `block` that does not follow in `output`; nothing where all do."""
    lines, place = [comparable(line, block.words_only) for line in output.splitlines()], 0
    for run in expected(block):
        starts = [at for at in range(place, len(lines) - len(run) + 1) if lines[at : at + len(run)] == run]
        if not starts:
            return run
        place = starts[0] + len(run)
    return []


@pytest.mark.parametrize(
    ("text", "output", "words_only", "found"),
    [
        ("a\nb\n", "x\na\nb\n", False, True),
        ("a\nb\n", "a\nx\nb\n", False, False),
        ("a\n…\nb\n", "a\nx\nb\n", False, True),
        ("b\n…\na\n", "a\nx\nb\n", False, False),
        ("likely (85%, ±9)\n", "likely (83%, ±10)\n", True, True),
        ("likely (85%, ±9)\n", "likely (83%, ±10)\n", False, False),
        ("likely (85%, ±9)\n", "unlikely (85%, ±9)\n", True, False),
    ],
)
def test_an_output_is_held_against_the_page_line_by_line(text: str, output: str, words_only: bool, found: bool) -> None:
    assert (missing(Block("text", text, words_only), output) == []) == found


@pytest.mark.whole
def test_the_tutorial_runs_from_top_to_bottom_and_prints_what_it_shows(tmp_path: Path, console_script: Path) -> None:
    shutil.copytree(PROJECT / "examples", tmp_path / "examples")
    environment = os.environ | {"PATH": f"{console_script.parent}{os.pathsep}{os.environ['PATH']}"}
    told = blocks(DOCS / "tutorial.md")
    languages = [block.language for block in told]
    assert "sh" not in languages[languages.index("python") :]  # Python is one session, at the end, as in a notebook
    session = python_outputs([block.text for block in told if block.language == "python"], tmp_path, environment)
    ran, printed, output = 0, 0, None
    for block in told:
        if block.language == "sh":
            output = finished(["bash", "-euo", "pipefail", "-c", block.text], tmp_path, environment)
            ran += 1
        elif block.language == "python":
            output = next(session)
            ran += 1
        elif block.language == "text" and output is not None:
            assert missing(block, output) == [], output
            printed += 1
    assert (ran, printed) == (7, 8)
    assert (tmp_path / "report.html").stat().st_size > 100_000
    assert (tmp_path / "changed.toml").exists()


def finished(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a command prints; the test fails where the command does."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def python_outputs(texts: list[str], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """What each block prints, all of them run in one process; it starts when the first is asked for."""
    mark = "<<the next block>>"
    script = "\n".join(f"print({mark!r})\n{text}" for text in texts)
    yield from finished([sys.executable, "-c", script], folder, environment).split(f"{mark}\n")[1:]


def commands(path: Path) -> Iterator[list[str]]:
    """Every call of the program in a page's shell blocks."""
    for block in blocks(path):
        if block.language in {"sh", "bash"}:
            for line in block.text.replace("\\\n", " ").splitlines():
                reader = shlex.shlex(line, posix=True, punctuation_chars=True)
                reader.whitespace_split = True
                for is_end, words in groupby(reader, lambda word: set(word) <= set("|&;<>")):
                    call = list(words)
                    if not is_end and call[0] == "counterflow":
                        yield call[1:]


def unknown(words: list[str]) -> list[str]:
    """What in a call of the program is no command or option of it."""
    command: click.Command = main
    rest = list(words)
    while isinstance(command, click.Group) and rest:
        name = rest.pop(0)
        if name not in command.commands:
            return [name]
        command = command.commands[name]
    options = {option for of in command.params for option in of.opts} | {"--help"}
    return [word for word in rest if word.startswith("--") and word.partition("=")[0] not in options]


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_every_command_that_a_page_shows_has_the_options_that_it_shows(path: Path) -> None:
    assert [(words, wrong) for words in commands(path) if (wrong := unknown(words))] == []


def test_a_command_or_option_that_is_not_there_is_seen() -> None:
    assert unknown(["asess", "x.md"]) == ["asess"]
    assert unknown(["assess", "x.md", "--drawn", "3"]) == ["--drawn"]
    assert unknown(["register", "show", "--json"]) == []


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_python_on_a_page_parses_and_imports_what_is_there(path: Path) -> None:
    absent = []
    for block in blocks(path):
        if block.language in {"python", "{code-cell}"}:
            for node in ast.walk(ast.parse(block.text)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("counterflow"):
                    home = importlib.import_module(str(node.module))
                    absent += [f"{node.module}.{name.name}" for name in node.names if not hasattr(home, name.name)]
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cf":
                    absent += [] if hasattr(importlib.import_module("counterflow"), node.attr) else [f"cf.{node.attr}"]
    assert absent == []


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading_that_are_there(path: Path) -> None:
    lost = []
    prose = re.sub(r"`[^`\n]+`", "", path.read_text(encoding="utf-8"))
    for target, anchor in re.findall(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)", prose):
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(f"{target}#{anchor}")
    assert lost == []


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors that GitHub gives the headings of a file."""
    text = re.sub(r"^ *```.*?^ *```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).lower()).replace(" ", "-") for title in titles)


def test_every_page_is_in_the_site() -> None:
    listed = {DOCS / "index.md"}
    for path in PAGES:
        for block in blocks(path):
            if block.language == "{toctree}":
                names = [line for line in block.text.splitlines() if line and not line.startswith(":")]
                listed |= {(path.parent / f"{name}.md").resolve() for name in names}
    assert [page_id(path) for path in PAGES if path not in listed] == []


@cache
def site_pages() -> ModuleType:
    """docs/site_pages.py as a module."""
    spec = importlib.util.spec_from_file_location("site_pages", DOCS / "site_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_fields_are_told_with_the_comments_of_their_source() -> None:
    told = site_pages().fields("counterflow.strategy.schema.Entry")
    assert "| `end` | `date \\| None` | `None` | exclusive" not in told
    assert "| `start_reason` | `str` |  | where the date comes from, in one phrase |" in told
    assert "| `level` | `int \\| None` | `None` |" in told


def test_a_page_of_several_parts_gets_one_title_in_the_site() -> None:
    text = "# Title\n\nWords.\n\n# Part\n\n```sh\n# a comment\n```\n\n## Section\n"
    shown = "# Title\n\nWords.\n\n## Part\n\n```sh\n# a comment\n```\n\n### Section\n"
    assert site_pages().under_one_title(text) == shown
    assert site_pages().under_one_title(shown) == shown


def test_a_schema_is_told_key_by_key() -> None:
    schema = {
        "properties": {
            "draws": {"type": "integer", "description": "how many | exactly"},
            "of": {"anyOf": [{"$ref": "#/$defs/Strategy"}, {"type": "null"}]},
            "levels": {"type": "array", "items": {"type": "number"}},
        },
        "required": ["draws"],
    }
    told = site_pages().properties(schema)
    assert "| `draws` | integer | yes | how many \\| exactly |" in told
    assert "| `of` | Strategy or null |  |  |" in told
    assert "| `levels` | list of number |  |  |" in told


@pytest.mark.parametrize(
    ("markup", "fetched"),
    [
        ('<script src="https://cdn.example.org/a.js"></script>', True),
        ('<link rel="stylesheet" href="//fonts.example.org/a.css">', True),
        ('<link href="https://example.org/a.css" rel="stylesheet">', True),
        ('<img alt="" src="https://example.org/a.png">', True),
        ("@import url(https://example.org/a.css);", True),
        ('<script src="_static/a.js"></script>', False),
        ('<a href="https://example.org/">there</a>', False),
        ('<link rel="canonical" href="https://example.org/">', False),
    ],
)
def test_what_a_browser_would_fetch_from_elsewhere_is_seen(markup: str, fetched: bool) -> None:
    assert bool(site_pages().FETCHED.search(markup)) == fetched


def test_most_parameters_are_of_grade_d_as_the_pages_say() -> None:
    from counterflow.model import priors

    grades = [prior.grade for symbols in priors.load().values() for prior in symbols.values()]
    assert grades.count("D") > len(grades) / 2


def test_pictures_are_small_and_each_is_shown_on_a_page() -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in [*PAGES, PROJECT / "README.md"])
    pictures = sorted((DOCS / "pictures").glob("*.png"))
    assert [picture.name for picture in pictures if picture.stat().st_size > 250_000] == []
    assert [picture.name for picture in pictures if f"pictures/{picture.name}" not in shown] == []
