"""Strategy files with faults: one clear line that names file, place and cure; nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

import counterflow as cf
from counterflow.errors import CounterflowError, StrategyError, UsageError
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
    assert "written 2 (border.agents).incomplet" in error.message
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
        ('status = "in_force"', 'status = "maybe"', "written 1 (trade.tariff).status"),
        ("end = 2025-06-01", "end = 2025-05-01", "must not come before start"),
        ("start = 2025-07-01", "start = 2025-07-01\nend = 2025-07-01", "must come after start"),
        ('lever = "trade.tariff"', "", "written 1.lever is missing"),
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


def refused_parameter(tmp_path: Path, lines: str, name: str = "border.p_app") -> StrategyError:
    return refusal(tmp_path, f'{GOOD}\n[parameters."{name}"]\n{lines}\n')


LAST = GOOD.count("\n") + 2  # line of the header that `refused_parameter` writes


def test_an_unknown_parameter_is_shown_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    error = refused_parameter(tmp_path, "value = 0.7", "border.p_ap")
    assert error.message == "no parameter is called 'border.p_ap'"
    assert error.hint.startswith("Did you mean border.p_app?")
    assert error.where == f"strategy.toml, line {LAST}"
    assert refused_parameter(tmp_path, "value = 0.7", "p_app").hint.startswith("Did you mean border.p_app?")


def test_a_name_without_quotation_marks_is_told_to_take_them(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD + "[parameters.border.p_app]\nvalue = 0.7\n")
    assert error.hint == 'Write [parameters."border.p_app"], with quotation marks.'
    assert error.where == f"strategy.toml, line {GOOD.count(chr(10)) + 1}"


@pytest.mark.parametrize(
    ("name", "lines", "says", "line"),
    [
        ("border.p_app", "value = nan", "must be a finite number; allowed: above 0 and below 1", 1),
        ("border.p_app", "value = -inf", "must be a finite number; allowed: above 0 and below 1", 1),
        ("border.p_app", "value = true", "must be a number; allowed: above 0 and below 1", 1),
        ("border.p_app", 'value = "0.7"', "must be a number; allowed: above 0 and below 1", 1),
        ("border.p_app", "value = 1.0", "allowed: above 0 and below 1", 1),
        ("border.p_app", "value = -0.2", "allowed: above 0 and below 1", 1),
        ("border.p_app", "low = 0.2\ncentral = 0.5\nhigh = 1.2", "1.2 is outside what is allowed: above 0", 3),
        ("border.p_app", "low = 0.9\ncentral = 0.7\nhigh = 0.5", "low < central < high is needed, got 0.9", 0),
        ("border.p_app", "low = 0.2\ncentral = 0.7\nhigh = 0.5", "low < central < high is needed, got 0.2", 0),
        ("border.p_app", "low = 0.5\ncentral = 0.5\nhigh = 0.5", "low < central < high is needed", 0),
        ("border.p_app", "low = 0.5\nhigh = 0.7", "all of low, central and high", 0),
        ("border.p_app", "value = 0.5\nhigh = 0.7", "a value stands alone", 0),
        ("border.p_app", 'value = 0.5\nfamily = "normal"', "a value stands alone", 0),
        ("border.p_app", "", "is needed", 0),
        ("border.p_app", 'low = 0.1\ncentral = 0.2\nhigh = 0.3\nfamily = "normal"', "allowed: logitnormal", 4),
        ("border.p_app", 'low = 0.1\ncentral = 0.2\nhigh = 0.3\nfamily = "beta"', "'logitnormal'", 4),
        ("border.p_app", "valu = 0.5", 'unknown key parameters."border.p_app".valu', 1),
        ("border.h_reb", "value = 0", "allowed: above 0", 1),
        ("border.h_reb", "low = -3\ncentral = 10\nhigh = 20", "allowed: above 0", 1),
        ("border.h_reb", "value = 1e300", "size from 1e-30 to 1e+30", 1),
        ("overdose.g_oth", 'low = -1\ncentral = 1\nhigh = 2\nfamily = "lognormal"', "one side of zero", 1),
        ("supply.recovers", "value = 0.5", "allowed: 0 or 1", 1),
        ("supply.recovers", "low = 0.1\ncentral = 0.5\nhigh = 0.9", "cannot be given a range; give value = 0 or 1", 1),
        ("cartels.C0", "low = 1e5\ncentral = 2e5\nhigh = 3e5", "one value above 0", 1),
        ("cartels.C0", "value = -5", "allowed: one value above 0", 1),
    ],
)
def test_a_parameter_that_cannot_be_what_is_asked_is_refused_with_its_line_and_what_is_allowed(
    tmp_path: Path, name: str, lines: str, says: str, line: int
) -> None:
    error = refused_parameter(tmp_path, lines, name)
    assert says in str(error)
    assert f'parameters."{name}"' in error.message
    assert "Value error" not in error.message
    assert error.where == f"strategy.toml, line {LAST + line}"


@pytest.mark.parametrize(
    ("held", "names"),
    [
        ({"border.p_app": 0.99, "border.g_share": 0.33}, ("border.p_app", "border.g_share")),
        ({"border.p_app": 0.99}, ("border.p_app",)),
    ],
)
def test_values_that_clash_are_refused_when_the_strategy_is_run_and_named_as_in_the_file(
    tmp_path: Path, held: dict[str, float], names: tuple[str, ...]
) -> None:
    path = tmp_path / "strategy.toml"
    lines = "".join(f'[parameters."{name}"]\nvalue = {value}\n' for name, value in held.items())
    path.write_text(GOOD + lines, encoding="utf-8")
    strategy = read_strategy(path)  # each value alone is one that the parameter may have
    with pytest.raises(CounterflowError, match="known gotaways are not more than all who get through") as error:
        cf.simulate(strategy, draws=20, years=2)
    assert "leave one of them to its prior" in error.value.hint.lower()
    for name in names:
        assert f'"{name}"' in error.value.where


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "low = 100.0",
            'low = "a"',
            "written 2 (border.agents).change.low: must be a number; allowed: -260,000 to 260,000",
        ),
        ("low = 100.0", "low = inf", "must be a finite number; allowed: -260,000 to 260,000 Border"),
        (
            "level = 2",
            "level = 2\ndelivery = { low = true, central = 1, high = 1 }",
            "must be a number; allowed: 0 to 1",
        ),
        ("low = 100.0", "low = 250.0", "written 2 (border.agents).change: low <= central"),
    ],
)
def test_a_number_that_is_none_is_refused_with_its_entry_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    message = refusal(tmp_path, GOOD.replace(old, new, 1)).message
    assert says in message
    assert "Value error" not in message


def test_the_line_of_a_parameter_in_one_line_is_its_own(tmp_path: Path) -> None:
    text = GOOD + '[parameters]\n"border.p_app" = { value = nan }\n[parameters."border.r_retry"]\nvalue = 0.3\n'
    assert refusal(tmp_path, text).where == f"strategy.toml, line {GOOD.count(chr(10)) + 2}"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("scarcty = false", "Did you mean scarcity?"),
        ("scarcity = 0", "must be true or false"),
        ('scarcity = "off"', "must be true or false"),
        ('reciprocity = "sometimes"', "'drawn', 'concedes' or 'retaliates'"),
        ("reciprocity = true", "'drawn', 'concedes' or 'retaliates'"),
    ],
)
def test_a_switch_that_there_is_not_is_refused_with_its_line(tmp_path: Path, lines: str, says: str) -> None:
    error = refusal(tmp_path, f"{GOOD}[switches]\n{lines}\n")
    assert says in str(error)
    assert "switches." in error.message
    assert error.where == f"strategy.toml, line {GOOD.count(chr(10)) + 2}"


@pytest.mark.parametrize(
    ("lever", "size", "says"),
    [
        ("border.agents", "intensity = { low = -1, central = 0, high = 1 }", "below zero; allowed: 0 to 260,000"),
        (
            "border.agents",
            "intensity = { low = 1, central = 1, high = 9e9 }",
            "of 9,000,000,000; allowed: 0 to 260,000",
        ),
        ("border.agents", "change = { low = -9e9, central = 0, high = 1 }", "allowed: -260,000 to 260,000"),
        (
            "asylum.restriction",
            "intensity = { low = 0.5, central = 0.9, high = 1.2 }",
            "of 1.2; allowed: 0 to 1 share of",
        ),
        ("asylum.restriction", "change = { low = -2, central = 0, high = 0 }", "of -2; allowed: -1 to 1 share of"),
        ("opposition.leak", "intensity = { low = 0.5, central = 0.9, high = 50 }", "allowed: 0 to 1 probability"),
        ("border.agents", "level = 1\ndelivery = { low = 0, central = 1, high = 2 }", "allowed: 0 to 1"),
        ("border.agents", "level = 5", "Levels run from 0 (none, or as before) to 4."),
        ("border.agents", "level = -1", "Levels run from 0 (none, or as before) to 4."),
    ],
)
def test_a_size_that_cannot_be_in_the_levers_unit_is_refused_with_what_is_allowed(
    tmp_path: Path, lever: str, size: str, says: str
) -> None:
    text = GOOD.replace('lever = "trade.tariff"\nlevel = 2', f'lever = "{lever}"\n{size}')
    error = refusal(tmp_path, text)
    assert says in str(error)
    assert error.where == f"strategy.toml, line {text.splitlines().index(size.splitlines()[-1]) + 1}"


def test_what_a_document_states_is_not_held_to_the_scale(tmp_path: Path) -> None:
    text = GOOD.replace("high = 300.0", "high = 9e9").replace('basis = "user"', 'basis = "document"')
    path = tmp_path / "strategy.toml"
    path.write_text(text, encoding="utf-8")
    assert read_strategy(path).written[1].change is not None


def test_an_unknown_lever_among_the_considered_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD.replace("[date]", 'considered = ["border.barier"]\n[date]', 1))
    assert error.hint == "Did you mean border.barrier?"
    assert error.where == "strategy.toml, line 3"


def test_dates_out_of_order_are_shown_where_they_stand(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD.replace("end = 2025-06-01", "end = 2025-05-01"))
    assert error.where == "strategy.toml, line 3"
    second = GOOD[: GOOD.rindex("start = 2025")] + "end = 2025-01-01\n" + GOOD[GOOD.rindex("start = 2025") :]
    assert refusal(tmp_path, second).where == "strategy.toml, line 17"
