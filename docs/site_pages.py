"""What the site takes from the program itself: tables of fields, of JSON schemas and of the lab's HTTP interface.

A page names what it wants in a comment of its own line, so that the same page can be read as plain Markdown:

    <!-- fields: counterflow.strategy.schema.Strategy counterflow.strategy.schema.Entry -->
    <!-- schema: report/assessment/assessment.schema.json -->
    <!-- http: counterflow.lab.app:create_app -->
    <!-- errors: counterflow.errors -->

It also keeps links that lead out of docs/, which work where the files lie, from leading nowhere in the site.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.util import logging

DOCS = Path(__file__).resolve().parent
PROJECT = DOCS.parent
PACKAGE = PROJECT / "src" / "counterflow"
ASKED = re.compile(r"^<!-- (fields|schema|http|errors): (.+?) -->$", re.MULTILINE)
# What a browser would fetch by itself: a link that a reader may follow is no such thing.
FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|icon|preconnect))[^>]*\bhref=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//[^\"'\s)]+|url\([\"']?(?:https?:)?//[^\"'\s)]+"
)
logger = logging.getLogger(__name__)


def cell(text: object) -> str:
    """Text as it can stand in a cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text in a cell as code; bars within code need no more than the table asks for."""
    return f"`{cell(text)}`" if text else ""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a Markdown table, without columns that no row has anything in."""
    body = [tuple(row) for row in rows]
    columns = [(name, cells) for name, *cells in zip(head, *body, strict=True) if any(cells)]
    names = [name for name, _ in columns]
    lines = ["| " + " | ".join(row) + " |" for row in zip(*(cells for _, cells in columns), strict=True)]
    return ["", "| " + " | ".join(names) + " |", "|" + "---|" * len(names), *lines, ""]


def found(name: str) -> Any:
    """What a dotted name stands for, its module imported."""
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def field_rows(of: type) -> Iterator[tuple[str, str, str, str]]:
    """(name, type, default, comment) of each annotated field of a class, as its source has them."""
    lines = inspect.getsource(of).splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    assert isinstance(definition, ast.ClassDef)
    for node in definition.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        default = ast.unparse(node.value) if node.value is not None else ""
        _, _, comment = lines[node.end_lineno - 1][node.end_col_offset :].partition("#")
        yield node.target.id, ast.unparse(node.annotation), plain_default(default), comment.strip()


def plain_default(text: str) -> str:
    """A default as a reader would write it: `Field(default=None, ge=0)` says None."""
    if not text.startswith("Field("):
        return text
    given = re.search(r"default=([^,()]+(?:\([^()]*\))?)", text)
    return given.group(1) if given else ""


def fields(names: str) -> str:
    """A section for each class named: what it is, and its fields."""
    lines: list[str] = []
    for name in names.split():
        of = found(name)
        said = inspect.cleandoc(of.__doc__ or "").replace("\n", " ").replace("  ", "\n\n")
        rows = [(f"`{field}`", code(kind), code(default), cell(told)) for field, kind, default, told in field_rows(of)]
        lines += [f"### {of.__name__}", "", said, *table(("field", "type", "default", "what it is"), rows)]
    return "\n".join(lines)


def kind_of(schema: Mapping[str, Any]) -> str:
    """The type of a JSON schema, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind_of(one) for one in schema[several]))
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return kind_of(schema["allOf"][0])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        inner = schema.get("items")
        return f"list of {kind_of(inner)}" if isinstance(inner, Mapping) and inner else "list"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"object of {kind_of(inner)}" if isinstance(inner, Mapping) and inner else "object"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def properties(schema: Mapping[str, Any], parts: Mapping[str, Any] | None = None) -> list[str]:
    """The table of an object's properties, if it has any. One without a word of its own has that of its part."""
    required = set(schema.get("required", ()))
    rows = [
        (f"`{name}`", cell(kind_of(of)), "yes" if name in required else "", cell(meaning(of, parts or {})))
        for name, of in schema.get("properties", {}).items()
    ]
    return table(("key", "type", "always", "what it is"), rows) if rows else []


def meaning(of: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    """What a schema says of itself, or else the one part that it refers to."""
    if "description" in of:
        return str(of["description"])
    named = dict.fromkeys(re.findall(r'"\$ref": "[^"]*/([^"/]+)"', json.dumps(of)))
    return str(parts.get(next(iter(named)), {}).get("description", "")) if len(named) == 1 else ""


def schema_page(place: str) -> str:
    """The keys of a JSON schema that ships with the package, then those of its parts."""
    path = PACKAGE / place
    if not path.exists():
        return f"*This version ships no `{path.name}`.*"
    whole = json.loads(path.read_text(encoding="utf-8"))
    parts = whole.get("$defs", {})
    lines = properties(whole, parts)
    for name, part in sorted(parts.items()):
        if part.get("properties"):
            lines += [f"### {name}", "", cell(part.get("description", "")), *properties(part, parts)]
    return "\n".join(lines)


def http_page(place: str) -> str:
    """Every path of an application that describes itself by OpenAPI, then the values that it takes and gives."""
    module, _, name = place.partition(":")
    try:
        made = getattr(import_module(module), name)()
    except ModuleNotFoundError as absent:
        if not (absent.name or "").startswith(module.rpartition(".")[0]):
            raise
        return f"*This version ships no `{module}`.*"
    described = getattr(made, "app", made).openapi()  # the application behind the lab's guard
    lines: list[str] = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            lines += [f"### `{method.upper()} {path}`", "", operation.get("description", operation.get("summary", ""))]
            lines += given_and_got(operation)
    lines += ["## Values", ""]
    parts = described.get("components", {}).get("schemas", {})
    for title, part in sorted(parts.items()):
        if part.get("properties"):
            lines += [f"### {title}", "", cell(part.get("description", "")), *properties(part, parts)]
    return "\n".join(lines)


def given_and_got(operation: Mapping[str, Any]) -> list[str]:
    """What one operation takes and answers."""
    rows = [
        (f"`{of['name']}`", cell(of["in"]), cell(kind_of(of.get("schema", {}))), cell(of.get("description", "")))
        for of in operation.get("parameters", ())
    ]
    lines = table(("parameter", "in", "type", "what it is"), rows) if rows else []
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        lines += ["", f"Body: {cell(kind_of(content.get('schema', {})))} (`{media}`)."]
    answers = [
        (f"`{status}`", cell(answer.get("description", "")), cell(", ".join(answered(answer))))
        for status, answer in operation.get("responses", {}).items()
    ]
    return [*lines, *table(("status", "when", "answer"), answers)]


def answered(answer: Mapping[str, Any]) -> Iterator[str]:
    """The values that an answer can have, each with its media type where it is not JSON."""
    for media, content in answer.get("content", {}).items():
        kind = kind_of(content.get("schema", {}))
        yield kind if media == "application/json" else f"{kind} (`{media}`)"


def errors(module: str) -> str:
    """The table of a module's exceptions: name, when, exit code."""
    raised = [of for of in vars(import_module(module)).values() if isinstance(of, type) and issubclass(of, Exception)]
    rows = [(f"`{of.__name__}`", cell((of.__doc__ or "").split("\n\n")[0]), str(of.exit_code)) for of in raised]
    return "\n".join(table(("error", "when", "exit code"), rows))


WRITERS: dict[str, Callable[[str], str]] = {
    "fields": fields,
    "schema": schema_page,
    "http": http_page,
    "errors": errors,
}
# Files outside docs/ that have a page of their own in the site.
INCLUDED = {"CONTRIBUTING.md": "project/contributing.md", "CHANGELOG.md": "project/changelog.md"}
HEADING = re.compile(r"^( *```.*?^ *```$)|^(#+)(?= )", re.MULTILINE | re.DOTALL)  # what is fenced is left alone
LINK = re.compile(r"\[([^\]\n]+)\]\(((?:\.\./)[^)#\s]+)(#[^)\s]*)?\)")


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put into a page what its comments ask for, and lead its links to where the site has what they name."""
    source[0] = ASKED.sub(lambda asked: WRITERS[asked[1]](asked[2]), source[0])
    source[0] = under_one_title(source[0])
    here = (DOCS / docname).parent
    source[0] = LINK.sub(lambda link: within_the_site(link, here), source[0])


def under_one_title(text: str) -> str:
    """A page of several parts under its first title: later headings one level down, so that it is one page in lists."""
    titles = re.findall(HEADING, text)
    if sum(marks == "#" for _, marks in titles) < 2:
        return text
    first, rest = re.split(r"(?<=\n)(?=## |# )", text.lstrip("\n"), maxsplit=1)
    return first + HEADING.sub(lambda found: found[1] or f"#{found[2]}", rest)


def within_the_site(link: re.Match[str], here: Path) -> str:
    """A link as it stands, unless it leads out of docs/: then to the site's page of that file, or to its name."""
    target = (here / link[2]).resolve()
    if target.is_relative_to(DOCS):
        return link[0]
    named = target.relative_to(PROJECT).as_posix()
    if named in INCLUDED:
        return f"[{link[1]}](/{INCLUDED[named]})"
    return link[1] if named in link[1] or link[1] == target.name else f"{link[1]} (`{named}`)"


def refuse_the_network(app: Sphinx, failed: Exception | None) -> None:
    """Warn of every page or style sheet that would fetch something from elsewhere; warnings fail the build."""
    if failed or app.builder.name != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*")):
        if path.suffix in {".html", ".css"}:
            for reached in dict.fromkeys(FETCHED.findall(path.read_text(encoding="utf-8"))):
                logger.warning("%s fetches from elsewhere: %s", path.relative_to(app.outdir), reached)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what fills pages, and what holds the finished site to being readable offline."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", fill)
    app.connect("build-finished", refuse_the_network)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
