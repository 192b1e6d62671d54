"""Which runs of words stand in two places of the report's source, such as the page's parts and the other formats.

Run by itself it lists them: `python tests/said_twice.py [FOLDER OF THE REPORT]`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

LEAST = 6  # words
SLOT = "{}"  # stands for anything that is filled in
INLINE = re.compile(r"</?(?:a|abbr|b|bdi|cite|code|em|mark|span|time)\b[^<>]*>")
LITERAL = re.compile(r'"([^"\n]*)"' + r"|'([^'\n]*)'")
WORD = re.compile(r"\{\}|[\w’'%±+/-]+", re.UNICODE)

Run = tuple[str, ...]


def words_of(text: str) -> Run:
    """A text as lower-case words, each place that is filled in as one."""
    return tuple(word.lower() for word in WORD.findall(text))


def texts_of_template(source: str) -> Iterator[str]:
    """The texts of a Jinja template: what stands between its tags, and the strings in its expressions."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    for inside in re.findall(r"\{[{%](.*?)[%}]\}", source, flags=re.DOTALL):
        yield from (one or other for one, other in LITERAL.findall(inside))
    plain = re.sub(r"\{%.*?%\}", "\x00", re.sub(r"\{\{.*?\}\}", SLOT, source, flags=re.DOTALL), flags=re.DOTALL)
    plain = re.sub(r"<[^<>]*>", "\x00", INLINE.sub("", plain))
    yield from plain.split("\x00")


def texts_of_module(source: str) -> Iterator[str]:
    """The string literals of a Python module but its docstrings, what is filled in folded."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else SLOT for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | inside:
            yield re.sub(r"\{\w*\}", SLOT, node.value)


def runs_of(paths: Iterable[Path]) -> list[Run]:
    """The runs of words of some files, one for each text."""
    found = []
    for path in sorted(paths):
        source = path.read_text(encoding="utf-8")
        texts = texts_of_template(source) if path.suffix == ".j2" else texts_of_module(source)
        found += [words_of(text) for text in texts]
    return [run for run in found if len(run) >= LEAST]


def shared(some: Iterable[Run], others: Iterable[Run], least: int = LEAST) -> list[str]:
    """The longest runs of at least so many words (places to fill in not counted) that stand in both, in order."""
    known = {run[at : at + least] for run in others for at in range(len(run) - least + 1)}
    found: dict[str, None] = {}
    for run in some:
        hits = [at for at in range(len(run) - least + 1) if run[at : at + least] in known]
        while hits:
            first = last = hits.pop(0)
            while hits and hits[0] == last + 1:
                last = hits.pop(0)
            words = run[first : last + least]
            if sum(word != SLOT for word in words) >= least:
                found[" ".join(words)] = None
    return list(found)


def twice(report: Path) -> Mapping[str, list[str]]:
    """What stands twice in the source of the report, by the two places in which it does."""
    parts = runs_of((report / "page" / "parts").glob("*.j2"))
    formats = {path: runs_of([path]) for path in (report / "formats").rglob("*.py")}
    written = [run for runs in formats.values() for run in runs]
    elsewhere = runs_of(path for path in report.rglob("*.py") if "formats" not in path.relative_to(report).parts)
    within = [
        text
        for number, path in enumerate(sorted(formats))
        for other in sorted(formats)[number + 1 :]
        for text in shared(formats[path], formats[other])
    ]
    return {
        "the page's parts and the other formats": shared(parts, written),
        "two modules of the other formats": list(dict.fromkeys(within)),
        "the page's parts and other modules": shared(parts, elsewhere),
        "the other formats and other modules": shared(written, elsewhere),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "src/counterflow/report")
    for between, texts in twice(folder).items():
        print(f"{len(texts)} in {between}")
        print(*(f"  {text}" for text in texts), sep="\n")
