"""The pages on the model say what the model holds: tables as written from it, each symbol, each mechanism."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from counterflow.calibration.page import cell
from counterflow.calibration.published import targets
from counterflow.model import conditions, coupling, history, outputs, priors
from counterflow.model.state import LEVERS
from counterflow.strategy.files import read_strategy
from counterflow.strategy.overrides import Switches

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"


@cache
def script() -> ModuleType:
    """scripts/build_model_tables.py as a module."""
    spec = importlib.util.spec_from_file_location("build_model_tables", PROJECT / "scripts" / "build_model_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str, level: str) -> list[str]:
    return re.findall(rf"^{level} (.+)$", text, re.MULTILINE)


def test_the_tables_are_those_that_the_model_gives() -> None:
    assert page("model-tables.md") == script().page(), "run scripts/build_model_tables.py"


def test_every_mechanism_has_its_section_in_the_order_of_the_week() -> None:
    found = [name for name in sections(page("model.md"), "###") if name in priors.MECHANISMS]
    assert tuple(found) == priors.MECHANISMS
    assert [name for name in sections(page("model-tables.md"), "###") if name in priors.MECHANISMS] == found


@pytest.mark.parametrize("mechanism", priors.MECHANISMS)
def test_every_symbol_stands_where_its_mechanism_is_described_or_in_another_mechanism_that_it_serves(
    mechanism: str,
) -> None:
    text = page("model.md")
    words = set(re.findall(r"\w+", text))
    table = page("model-tables.md").split(f"### {mechanism}\n")[1].split("\n### ")[0]
    for symbol in priors.load()[mechanism]:
        assert f"| `{symbol}` |" in table
        assert symbol in words, f"docs/model.md does not say what {mechanism}.{symbol} does"


def test_the_headings_of_the_protocol_are_there() -> None:
    text = page("model.md")
    assert sections(text, "#")[1:4] == ["Overview", "Design concepts", "Details"]
    wanted = (
        "Purpose and patterns",
        "Entities, state variables, and scales",
        "Process overview and scheduling",
        "Initialisation",
        "Input data",
        "Submodels",
    )
    assert [name for name in sections(text, "##") if name in wanted] == list(wanted)
    for concept in (
        "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
        "Stochasticity", "Collectives", "Observation",
    ):  # fmt: skip
        assert re.search(rf"\*\*{concept}\b", text), concept


def test_the_counts_that_the_page_states_are_those_of_the_model() -> None:
    text = page("model.md")
    assert f"`coupling.EDGES` ({len(coupling.EDGES)} of them)" in text
    assert f"A strategy acts by {len(LEVERS)} levers" in text
    words = {5: "Five", 11: "eleven"}
    assert f"{words[len(conditions.conditions())]} conditions" in text
    assert f"{words[len(Switches.model_fields)]} of them can be" in " ".join(text.split())


def test_the_tables_name_every_edge_lever_output_and_event() -> None:
    text = page("model-tables.md")
    for name in (*coupling.EDGES, *coupling.STRUCTURE, *LEVERS, *outputs.ABOUT):
        assert f"`{name}`" in text, name
    assert f"lists {len(history.events())} events" in text
    assumed = sum(prior.assumed for symbols in priors.load().values() for prior in symbols.values())
    assert f"{assumed} parameters for which no source gives a number" in text


def test_the_page_of_published_results_has_a_row_for_every_target() -> None:
    text = page("verify.md")
    head, mark, table = text.partition(script().MARK)
    assert mark
    for name, one in targets().items():
        assert f"\n| {name} | {cell(one.what)} (" in table, f"{name}: run scripts/build_model_tables.py --verify"
    assert "scripts/build_model_tables.py --verify" in head


@pytest.mark.parametrize("name", ["model.md", "verify.md", "strategy-files.md", "model-tables.md"])
def test_links_between_the_pages_lead_somewhere(name: str) -> None:
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page(name)):
        target = DOCS / link if link else DOCS / name
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def toml_blocks(text: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", text, re.DOTALL)


def test_the_strategy_file_of_the_documentation_is_read_and_sets_what_it_says(tmp_path: Path) -> None:
    levers, settings, switches = toml_blocks(page("strategy-files.md"))
    path = tmp_path / "strategy.toml"
    path.write_text("\n".join([levers, settings, switches]), encoding="utf-8")
    strategy = read_strategy(path)
    assert strategy.written[0].lever == "health.treatment_naloxone"
    assert set(strategy.parameters) == {"border.p_app", "supply.e_dem"}
    assert strategy.switches.changed() == {"price_deaths": 1.0, "reciprocity": 1.0}
    # The readme shows parameters and switches alone, to be added to a file that is there.
    (of_readme,) = toml_blocks((PROJECT / "README.md").read_text(encoding="utf-8"))
    path.write_text("\n".join([levers, of_readme]), encoding="utf-8")
    strategy = read_strategy(path)
    table = priors.with_overrides(priors.load(), strategy.parameters)
    assert table["border"]["p_app"].central == 0.80
    assert table["border"]["p_app"].grade == "D"
    assert table["supply"]["e_dem"].high == -0.3
    assert strategy.switches.changed() == {"anticipation": 0.0, "reciprocity": 1.0}


def test_the_documentation_lists_every_switch_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \|", page("strategy-files.md"), re.MULTILINE)
    assert dict(rows) == {
        name: f'"{value}"' if isinstance(value, str) else str(value).lower() for name, value in Switches()
    }
