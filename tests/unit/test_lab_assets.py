"""The files of the lab's page: nothing from elsewhere, nothing inline, no markup made of words, a known library."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import counterflow.lab
from counterflow.report.pictures.drawing import FAMILY

WEB = Path(counterflow.lab.__file__).parent / "web"
OWN = sorted(path for path in WEB.iterdir() if path.suffix in {".js", ".css", ".html"})
SCRIPTS = [path for path in OWN if path.suffix == ".js"]
NAMESPACES = ("http://www.w3.org/",)


class Page(HTMLParser):
    """Elements of the page with their attributes, and the text inside scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page() -> Page:
    parser = Page()
    parser.feed((WEB / "index.html").read_text(encoding="utf-8"))
    return parser


def test_the_vendored_library_is_the_one_that_was_published() -> None:
    sums = dict(reversed(line.split("  ")) for line in (WEB / "vendor" / "SHA256SUMS").read_text().splitlines())
    assert sums == {
        "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
        "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    }
    for name, expected in sums.items():
        assert hashlib.sha256((WEB / "vendor" / name).read_bytes()).hexdigest() == expected
    assert "MIT License" in (WEB / "vendor" / "uPlot.LICENSE.txt").read_text()
    assert {path.name for path in (WEB / "vendor").iterdir()} == {*sums, "SHA256SUMS", "uPlot.LICENSE.txt"}


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_no_file_names_an_address_elsewhere(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", path.read_text(encoding="utf-8"))
    assert [address for address in addresses if not address.startswith(NAMESPACES)] == []
    assert "@import" not in path.read_text(encoding="utf-8")


def test_the_library_names_no_address_but_its_own_home() -> None:
    text = (WEB / "vendor" / "uPlot.iife.min.js").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\s\"')]+", text)) == {"https://github.com/leeoniya/uPlot"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_words_never_become_markup_or_code(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc|setHTML"
    assert re.findall(forbidden, text) == []
    assert re.findall(r"setTimeout\(\s*[\"'`]|setAttribute\(\s*[\"']style|createContextualFragment", text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stays_small_and_says_what_it_is_for(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 400
    assert lines[0].startswith("// ")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_imports_what_is_there(path: Path) -> None:
    for names, source in re.findall(r"import \{([^}]+)\} from \"\./([\w]+\.js)\"", path.read_text(encoding="utf-8")):
        there = (WEB / source).read_text(encoding="utf-8")
        exported = set(re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", there, re.MULTILINE))
        asked = {name.strip() for name in names.split(",") if name.strip()}
        assert asked <= exported, (path.name, source)
        rest = path.read_text(encoding="utf-8").split("\n\n", 2)[-1]
        assert {name for name in asked if not re.search(rf"\b{name}\b", rest)} == set()


def test_the_page_has_nothing_inline_and_asks_for_its_own_files_only(page: Page) -> None:
    for tag, attributes in page.elements:
        assert "style" not in attributes
        assert [name for name in attributes if name.startswith("on")] == []
        assert tag not in ("style", "base", "iframe", "object", "form")
        if tag == "script":
            assert (WEB / str(attributes["src"])).is_file()
        if tag == "link" and attributes["href"] != "data:,":
            assert (WEB / str(attributes["href"])).is_file()


def test_every_part_that_the_scripts_look_for_is_on_the_page(page: Page) -> None:
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert len(ids) == sum("id" in attributes for _, attributes in page.elements)
    text = (WEB / "main.js").read_text(encoding="utf-8")
    assert set(re.findall(r"\bfind\(\"([\w-]+)\"\)", text)) <= ids
    linked = {str(attributes["href"])[1:] for tag, attributes in page.elements if tag == "a"}
    assert linked <= ids


def test_every_colour_has_a_dark_twin() -> None:
    text = (WEB / "style.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    names = set(re.findall(r"(--[\w-]+):", light))
    assert names == set(re.findall(r"(--[\w-]+):", dark))
    assert set(re.findall(r"\"(--[\w-]+)\"", (WEB / "outcomes.js").read_text())) <= names


def test_an_outcome_has_the_colour_that_it_has_in_the_report() -> None:
    style = (WEB / "style.css").read_text()
    light = dict(re.findall(r"(--[a-z]+): (#[0-9a-f]{6})", style.partition("prefers-color-scheme")[0]))
    outcomes = (WEB / "outcomes.js").read_text()
    named = dict(re.findall(r"(\w+): \"(--\w+)\"", outcomes))
    shared = FAMILY.keys() & named.keys()
    assert len(shared) >= 6
    assert {name: light[named[name]] for name in shared} == {name: FAMILY[name] for name in shared}
