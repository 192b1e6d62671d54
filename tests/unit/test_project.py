"""The house keeps its own rules: what imports what, how long a module may be, what every public name says."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "src" / "counterflow"

# Data crosses the rooms once, in this order; a room may import only what stands before it.
ROOMS = ["brief", "evidence", "strategy", "model", "ensemble", "calibration", "judgement", "report", "lab"]
MODULES = sorted(PACKAGE.rglob("*.py"))


def module_id(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def imported_modules(tree: ast.AST, package: str) -> Iterator[tuple[str, int]]:
    """Absolute names of all modules imported anywhere in `tree`, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base]).rstrip(".")
            yield base, node.lineno
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


def room_violations(source: str, room: str) -> list[str]:
    """Imports in `source`, a module of `room`, of rooms later in the list or of the command line."""
    allowed = ROOMS[: ROOMS.index(room) + 1]
    beside = ["cli"] if room == "lab" else ["assess", "cli"]  # the lab does the main job, as the command line does
    later = [name for name in [*ROOMS, *beside] if name not in allowed]
    found = set()
    for name, line in imported_modules(ast.parse(source), f"counterflow.{room}"):
        parts = name.split(".")
        if parts[0] == "counterflow" and len(parts) > 1 and parts[1] in later:
            found.add(f"line {line}: {room} imports {parts[1]}")
    return sorted(found)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("from counterflow.report import page", 1),
        ("def f():\n    from counterflow import report", 1),
        ("import counterflow.judgement.schema", 1),
        ("from ..judgement import schema", 1),
        ("from .. import cli", 1),
        ("from counterflow.brief.schema import Value\nfrom counterflow.errors import ModelError", 0),
        ("from . import cartels\nfrom .report import line", 0),
        ("import report", 0),
    ],
)
def test_the_check_of_rooms_sees_every_form_of_import(source: str, count: int) -> None:
    assert len(room_violations(source, "model")) == count


IN_ROOMS = [p for p in MODULES if p.parent != PACKAGE and p.relative_to(PACKAGE).parts[0] != "cli"]


@pytest.mark.parametrize("path", IN_ROOMS, ids=module_id)
def test_a_room_imports_only_rooms_before_it(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    assert room in ROOMS, f"{room} is no room of the house"
    assert room_violations(path.read_text(), room) == []


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_a_module_stays_under_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 400


def is_property(node: ast.AST) -> bool:
    """Whether a definition reads like a field, for which the class speaks."""
    return any(getattr(d, "id", getattr(d, "attr", "")).endswith("property") for d in node.decorator_list)


def public_definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and public methods of its public classes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (n for n in node.body if isinstance(n, kinds[:2]) and not n.name.startswith("_"))


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_every_module_and_public_function_says_what_it_does(path: Path) -> None:
    tree = ast.parse(path.read_text())
    definitions = [n for n in public_definitions(tree) if not is_property(n)]
    functions = [n for n in definitions if not isinstance(n, ast.ClassDef)]
    silent = [f"line {n.lineno}: {n.name}" for n in functions if not ast.get_docstring(n)]
    assert silent == []
    assert not tree.body or ast.get_docstring(tree)


def tracked_files() -> list[Path]:
    """Files that git knows or would add; every file of the project where git is not at hand."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0:
        pytest.skip("not a git checkout: there is no list of the project's own files")
    return [path for name in listing.stdout.splitlines() if (path := PROJECT / name).is_file()]


def text_lines() -> Iterator[tuple[str, int, str]]:
    """(file, line number, line) of every text file but this one, which names what it forbids."""
    for path in tracked_files():
        if path == Path(__file__) or path.suffix in {".png", ".parquet", ".npz", ".npy"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield str(path.relative_to(PROJECT)), number, line


def test_nothing_is_left_unfinished() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|lorem ipsum)\b")
    assert [f"{file}:{n}" for file, n, line in text_lines() if unfinished.search(line)] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    machine = re.compile(r"(?<![\w.~$}])/(home|root|Users|work|tmp|opt|mnt)/\w|file://|[A-Z]:\\\\?Users")
    assert [f"{file}:{n}" for file, n, line in text_lines() if machine.search(line)] == []


def test_every_page_that_a_file_cites_is_part_of_the_project() -> None:
    cited = {(file, name) for file, _, line in text_lines() for name in re.findall(r"\b[A-Z]{4,}\.md\b", line)}
    present = {path.name for path in tracked_files()}
    assert sorted((file, name) for file, name in cited if name not in present) == []


def test_every_pin_is_a_version_from_a_package_index() -> None:
    pins = (PROJECT / "constraints.txt").read_text().splitlines()
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9][\w.-]*==[\w.]+", line)] == []


def normal(name: str) -> str:
    """A distribution's name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def third_party(folder: Path) -> set[str]:
    """Distributions that the Python files under `folder` import, apart from the project's own modules."""
    own = {"counterflow"} | {path.stem for room in ("tests", "scripts") for path in PROJECT.joinpath(room).rglob("*")}
    imported = {
        name.split(".")[0]
        for path in folder.rglob("*.py")
        for name, _ in imported_modules(ast.parse(path.read_text()), "counterflow.room")
    }
    distributions = packages_distributions()
    foreign = {name for name in imported - own - sys.stdlib_module_names if name}
    return {normal(distributions[name][0]) if name in distributions else name for name in foreign}


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.match(r"[\w.-]+", requirement).group()) for requirement in requirements}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    base, extras = declared(project["dependencies"]), project["optional-dependencies"]
    scale = declared(extras["scale"]) - {"s3fs"}  # fsspec imports it, by the address that it is given
    others = declared([need for name in ("calibration", "docx", "explore", "lab") for need in extras[name]])
    assert third_party(PACKAGE) == base | scale | others
    assert third_party(PROJECT / "tests") - base <= declared([*extras["dev"], *extras["scale"]]) | others
    # What is compared with in benchmarks is no dependency: it brings a library under the GPL.
    dev = declared(extras["dev"])
    assert third_party(PROJECT / "scripts") - {"ema_workbench", "ema-workbench"} <= base | dev | scale


def test_every_dependency_is_pinned_and_described() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    pinned = {normal(line.split("==")[0]) for line in (PROJECT / "constraints.txt").read_text().splitlines()}
    described = (PROJECT / "docs" / "dependencies.md").read_text().lower()
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *(need for needs in extras.values() for need in needs)]
    names = declared(asked) - {"counterflow"}
    assert names - pinned == set()
    assert {name for name in names if f"| {name} |" not in described} == set()


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\nversion: {version}\n" in (PROJECT / "CITATION.cff").read_text()
    assert f"\n## {version}" in (PROJECT / "CHANGELOG.md").read_text()


def test_the_readme_names_only_files_commands_and_targets_that_exist() -> None:
    readme = (PROJECT / "README.md").read_text()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", readme)
    assert [link for link in links if not (PROJECT / link).exists()] == []
    targets = re.findall(r"^([a-z][a-z-]*):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert {t for t in re.findall(r"\bmake ([a-z-]+)", readme) if t not in targets} == set()


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_a_test_that_reaches_for_the_network_fails(address: str) -> None:
    with pytest.raises(PermissionError, match="network"):
        socket.create_connection((address, 80), timeout=1)


def test_the_machine_itself_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


def test_no_page_was_left_with_a_place_to_fill() -> None:
    places = re.compile(r"@@\w+@@")
    assert [f"{file}:{n}" for file, n, line in text_lines() if places.search(line)] == []
