"""Strategy files: readable, complete, and described by a schema that ships with the package."""

from __future__ import annotations

import json
from pathlib import Path

from counterflow.evidence.store import Store
from counterflow.model import priors
from counterflow.strategy.build import from_brief
from counterflow.strategy.catalogue import levers
from counterflow.strategy.files import (
    bundled_schema,
    known_parameters,
    read_strategy,
    strategy_schema,
    strategy_toml,
    write_strategy,
)
from counterflow.strategy.overrides import ParameterOverride, Switches
from counterflow.strategy.schema import Strategy
from strategy_cases import register


def test_the_bundled_schema_is_the_one_that_the_types_give() -> None:
    assert bundled_schema() == strategy_schema(priors.about(priors.load())), "run scripts/write_strategy_schema.py"


def test_the_schema_offers_the_ids_of_all_levers_and_refuses_other_keys() -> None:
    schema = json.loads(bundled_schema())
    assert schema["$defs"]["Entry"]["properties"]["lever"]["enum"] == list(levers())
    assert schema["$defs"]["Entry"]["additionalProperties"] is False


def test_a_strategy_from_a_document_survives_the_file(tmp_path: Path) -> None:
    strategy = from_brief(register(), Store.open(), refused=("20250120-1",))
    path = tmp_path / "strategy.toml"
    write_strategy(strategy, path)
    assert read_strategy(path) == strategy


def test_the_file_names_its_schema_which_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write_strategy(from_brief(register(), Store.open()), path)
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema ./strategy.schema.json"
    assert (tmp_path / "strategy.schema.json").read_text(encoding="utf-8") == bundled_schema()


def test_a_strategy_can_be_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.toml"
    path.write_text(
        """
title = "Fewer beds, more treatment"
[date]
start = 2025-06-01
end = 2025-06-01
source = "user"
reason = "written by hand"
[[written]]
lever = "health.treatment_naloxone"
level = 3
start = 2025-07-01
start_reason = "planned"
status = "announced"
basis = "user"
delivery = { low = 0.2, central = 0.5, high = 1 }
""",
        encoding="utf-8",
    )
    strategy = read_strategy(path)
    assert strategy.written[0].level == 3
    assert [branch.id for branch in strategy.branches()] == ["none", "as_written", "as_on_record"]


BY_HAND = """
title = "A lever, and what the model is told"
[date]
start = 2025-06-01
end = 2025-06-01
source = "user"
reason = "written by hand"
[[written]]
lever = "asylum.restriction"
level = 3
start = 2025-07-01
start_reason = "planned"
status = "in_force"
basis = "user"
[parameters]
"border.p_app" = { value = 0.7 }
"border.r_retry" = { low = 0.2, central = 0.3, high = 0.5, source = "a paper" }
"overdose.g_oth" = { low = -0.2, central = 0, high = 0.1, family = "normal" }
"supply.recovers" = { value = 1 }
[switches]
scarcity = false
reciprocity = "retaliates"
"""


def test_a_file_can_fix_parameters_give_them_a_range_and_set_switches(tmp_path: Path) -> None:
    strategy = read_strategy_of(tmp_path, BY_HAND)
    assert strategy.parameters["border.p_app"] == ParameterOverride(value=0.7)
    assert strategy.parameters["border.r_retry"].source == "a paper"
    assert strategy.parameters["overdose.g_oth"].family == "normal"
    assert strategy.switches == Switches(scarcity=False, reciprocity="retaliates")
    assert strategy.switches.changed() == {"scarcity": 0.0, "reciprocity": 1.0}


def read_strategy_of(folder: Path, text: str) -> Strategy:
    path = folder / "given.toml"
    path.write_text(text, encoding="utf-8")
    return read_strategy(path)


def test_what_is_set_of_the_model_survives_the_file(tmp_path: Path) -> None:
    strategy = read_strategy_of(tmp_path, BY_HAND)
    write_strategy(strategy, tmp_path / "again.toml")
    assert read_strategy(tmp_path / "again.toml") == strategy


def test_a_strategy_that_sets_nothing_of_the_model_says_nothing_of_it() -> None:
    text = strategy_toml(from_brief(register(), Store.open()))
    assert "parameters" not in text
    assert "switches" not in text


def test_the_schema_knows_every_parameter_and_what_it_may_be() -> None:
    known = known_parameters()
    assert known == {name: row.support for name, row in priors.about(priors.load()).items()}
    schema = json.loads(bundled_schema())
    assert schema["properties"]["parameters"]["additionalProperties"] is False
    share = schema["$defs"]["share"]["properties"]
    assert share["value"]["exclusiveMinimum"] == 0
    assert schema["$defs"]["indicator"]["properties"]["value"]["enum"] == [0, 1]


def test_switches_are_numbers_for_the_model() -> None:
    assert Switches().changed() == {}
    numbers = Switches().numbers()
    assert numbers["price_deaths"] == numbers["reciprocity"] == 0.0
    assert {name for name, number in numbers.items() if number == 1.0} == set(numbers) - {"price_deaths", "reciprocity"}
    assert Switches(reciprocity="concedes").numbers()["reciprocity"] == -1.0


def test_the_model_has_every_switch_that_a_file_can_set() -> None:
    from counterflow.model import coupling

    defaults = coupling.switches()
    assert {name: float(defaults[name]) for name in Switches().numbers()} == Switches().numbers()
