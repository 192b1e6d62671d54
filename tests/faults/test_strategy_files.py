"""Strategy files with faults: one clear line that names file, place and cure; nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.errors import StrategyError, UsageError
from counterflow.strategy import files
from counterflow.strategy.build import from_brief
from counterflow.strategy.files import read_strategy, write_strategy
from strategy_cases import Record, action, brief

GOOD = """title = "A strategy"

[date]
start = 2025-06-01
end = 2025-06-01
source = "user"
reason = "written by hand"

[[written]]
lever = "trade.tariff"
level = 2
start = 2025-07-01
start_reason = "planned"
status = "in_force"
basis = "user"

[[written]]
lever = "border.agents"
change = { low = 100.0, central = 200.0, high = 300.0 }
start = 2025-07-01
start_reason = "planned"
status = "in_force"
basis = "user"
"""


def refusal(tmp_path: Path, text: str | bytes) -> StrategyError:
    path = tmp_path / "strategy.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(StrategyError) as caught:
        read_strategy(path)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3
    assert caught.value.where.startswith("strategy.toml")
    return caught.value


def test_the_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "strategy.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert len(read_strategy(path).written) == 2


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.toml", tmp_path):
        with pytest.raises(StrategyError, match="cannot be read"):
            read_strategy(path)


def test_an_unknown_key_is_shown_with_its_line_and_the_nearest_known_one(tmp_path: Path) -> None:
    text = GOOD[: GOOD.rindex("basis")] + 'basis = "user"\nincomplet = true\n'
    error = refusal(tmp_path, text)
    assert "written.1.incomplet" in error.message
    assert error.hint == "Did you mean incomplete?"
    assert error.where == f"strategy.toml, line {text.splitlines().index('incomplet = true') + 1}"
    assert refusal(tmp_path, "titel = 'x'\n" + GOOD).hint == "Did you mean title?"


def test_an_unknown_key_inside_a_range_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD.replace("high = 300.0", "high = 300.0, hihg = 1.0"))
    assert error.hint == "Did you mean high?"


def test_an_unknown_lever_is_shown_with_the_nearest_one(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD.replace("border.agents", "border.agent"))
    assert error.hint == "Did you mean border.agents?"
    assert error.where == "strategy.toml, line 17"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("level = 2", "level = 5", "less than or equal to 4"),
        ("level = 2", "level = true", "integer"),
        ("level = 2", 'level = "2"', "integer"),
        ("low = 100.0", "low = nan", "finite"),
        ("high = 300.0", "high = inf", "finite"),
        ("low = 100.0", "low = 250.0", "low <= central <= high"),
        ("start = 2025-07-01", "start = 2025-13-01", "not TOML"),
        ("level = 2", "", "gives no size"),
        ("level = 2", "level = 2\nchange = { low = 1, central = 1, high = 1 }", "change beside a level"),
        ('status = "in_force"', 'status = "maybe"', "written.0.status"),
        ("end = 2025-06-01", "end = 2025-05-01", "must not come before start"),
        ("start = 2025-07-01", "start = 2025-07-01\nend = 2025-07-01", "must come after start"),
        ('lever = "trade.tariff"', "", "written.0.lever is missing"),
        ('title = "A strategy"', "", "title is missing"),
        ("level = 2", "level = 2\nlevel = 3", "not TOML"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_in_words(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in str(refusal(tmp_path, GOOD.replace(old, new, 1)))


def test_bytes_that_are_no_text_and_text_that_is_no_toml_are_refused(tmp_path: Path) -> None:
    assert "not UTF-8" in refusal(tmp_path, b"title = '\xff'").message
    assert "not TOML" in refusal(tmp_path, "<html>").message
    assert "missing" in refusal(tmp_path, "").message


def test_a_deeply_nested_file_is_refused_without_a_crash(tmp_path: Path) -> None:
    assert "nested too deeply" in refusal(tmp_path, "title = " + "[" * 100_000).message


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    assert "bytes" in refusal(tmp_path, b"#" * (files.LARGEST + 1)).message


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    strategy = from_brief(brief(action("asylum.restriction"), published="2025-02-01"), Record(()))
    with pytest.raises(UsageError, match="cannot be written") as refused:
        write_strategy(strategy, tmp_path / "nowhere" / "strategy.toml")
    assert refused.value.exit_code == 2
    assert refused.value.where == str(tmp_path / "nowhere" / "strategy.toml")
    assert "No such file or directory" in refused.value.message


def test_a_folder_in_the_place_of_the_file_is_named_in_full(tmp_path: Path) -> None:
    strategy = from_brief(brief(action("asylum.restriction"), published="2025-02-01"), Record(()))
    with pytest.raises(UsageError, match="directory") as refused:
        write_strategy(strategy, tmp_path)
    assert refused.value.where == str(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = from_brief(brief(action("asylum.restriction"), published="2025-02-01"), Record(()))
    path = tmp_path / "strategy.toml"
    write_strategy(strategy, path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        write_strategy(strategy.model_copy(update={"title": "other"}), path)
    assert path.read_bytes() == before
    assert sorted(item.name for item in tmp_path.iterdir()) == ["strategy.schema.json", "strategy.toml"]
