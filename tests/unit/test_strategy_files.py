"""Strategy files: readable, complete, and described by a schema that ships with the package."""

from __future__ import annotations

import json
from pathlib import Path

from counterflow.evidence.store import Store
from counterflow.strategy.build import from_brief
from counterflow.strategy.catalogue import levers
from counterflow.strategy.files import bundled_schema, read_strategy, strategy_schema, write_strategy
from strategy_cases import register


def test_the_bundled_schema_is_the_one_that_the_types_give() -> None:
    assert bundled_schema() == strategy_schema()


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
