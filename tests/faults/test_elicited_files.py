"""Files of judgements with faults: one clear line that names file, line and cure."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from counterflow.errors import StrategyError
from counterflow.strategy.elicited.elicit import read_elicited

HEAD = "parameter,expert,0.05,0.5,0.95\n"
TABLE = '[[judgement]]\nparameter = "border.r_retry"\nexpert = "A"\n'
Run = Callable[..., subprocess.CompletedProcess[str]]


def refusal(tmp_path: Path, text: str | bytes, name: str = "experts.csv") -> StrategyError:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(StrategyError) as caught:
        read_elicited(path)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3
    assert caught.value.where.startswith(name)
    return caught.value


@pytest.mark.parametrize(
    ("rows", "said", "line"),
    [
        ("border.r_retry,A,0.2,0.3,0.4\nborder.r_retyr,A,0.2,0.3,0.4\n", "no parameter is called 'border.r_retyr'", 3),
        ("border.r_retry,,0.2,0.3,0.4\n", "no expert is named", 2),
        ("border.r_retry,A,0.2,0.3,0.3\n", "values do not increase: 0.3, then 0.3", 2),
        ("border.r_retry,A,0.4,0.3,0.5\n", "values do not increase: 0.4, then 0.3", 2),
        ("border.r_retry,A,0.2,0.3,1.4\n", "at level 0.95: 1.4 is outside what is allowed: above 0 and below 1", 2),
        ("border.r_retry,A,0,0.3,0.4\n", "at level 0.05: 0 is outside", 2),
        ("diplomacy.h_str,A,-1,2,3\n", "at level 0.05: -1 is outside what is allowed: above 0", 2),
        ("supply.e_dem,A,-1,-0.5,0.1\n", "at level 0.95: 0.1 is outside what is allowed: below 0", 2),
        ("diplomacy.h_str,A,1,2,1e300\n", "1e+300 is outside", 2),
        ("border.r_retry,A,0.2,,0.4\n", "quantiles at 2 levels are too few", 2),
        ("cartels.theta,A,0.1,0.2,0.3\n", "are drawn together", 2),
        ("border.r_retry,A,0.2,0.3,0.4\n\nborder.r_retry,A,0.3,0.4,0.5\n", "A speaks twice of border.r_retry", 4),
        ("border.r_retry,A,0.2,0.3\n", "4 cells for 5 columns", 2),
        ("border.r_retry,A,0.2,0.3,0.4,0.5\n", "6 cells for 5 columns", 2),
        ("border.r_retry,A,20%,0.3,0.4\n", "'20%' in column '0.05' where a finite number is needed", 2),
        ("border.r_retry,A,nan,0.3,0.4\n", "'nan' in column", 2),
        ("border.r_retry,A,0.2,0.3,inf\n", "'inf' in column", 2),
        ('border.r_retry,"A\nB",0.2,0.3,0.4\nborder.r_retry,"C,0.2,0.3,0.4\n', "the file is not CSV", 4),
    ],
)
def test_each_fault_of_a_row_is_told_with_its_line(tmp_path: Path, rows: str, said: str, line: int) -> None:
    error = refusal(tmp_path, HEAD + rows)
    assert said in error.message
    assert error.where == f"experts.csv, line {line}"


def test_an_indicator_has_no_quantiles(tmp_path: Path) -> None:
    from counterflow.strategy.files import known_parameters

    name = next(name for name, support in known_parameters().items() if support == "indicator")
    assert "has no quantiles" in refusal(tmp_path, f"{HEAD}{name},A,0.1,0.5,0.9\n").message


def test_a_share_that_may_be_held_at_its_ends_cannot_be_elicited_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterflow.strategy.elicited.elicit.known_parameters", lambda: {"x.y": "bounded"})
    assert "quantiles of a share lie above 0 and below 1" in refusal(tmp_path, f"{HEAD}x.y,A,0,0.5,0.9\n").message


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    assert "Did you mean border.r_retry?" in refusal(tmp_path, f"{HEAD}border.r_retyr,A,0.2,0.3,0.4\n").hint


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "there is no column 'parameter'"),
        ("parameter;expert;0.05;0.5;0.95", "there is no column 'parameter'"),
        ("parameter,0.05,0.5,0.95", "there is no column 'expert'"),
        ("parameter,expert,0.05,0.05,0.95", "the column '0.05' is there twice"),
        ("parameter,expert,0.05,5%,0.95", "the columns '0.05' and '5%' are the same level"),
        ("parameter,expert,low,0.5,0.95", "the column 'low' is no level"),
        ("parameter,expert,nots,0.5,0.95", "the column 'nots' is no level"),
    ],
)
def test_each_fault_of_the_first_line_is_told(tmp_path: Path, head: str, said: str) -> None:
    error = refusal(tmp_path, f"{head}\nborder.r_retry,A,0.2,0.3,0.4\n")
    assert said in error.message
    assert error.where == "experts.csv, line 1"


@pytest.mark.parametrize("level", ["0", "1", "5", "-0.1", "100%", "nan"])
def test_a_level_is_a_probability(tmp_path: Path, level: str) -> None:
    text = f"parameter,expert,{level},0.4,0.5,0.9\nborder.r_retry,A,0.2,0.3,0.4,0.5\n"
    assert "is not between 0 and 1" in refusal(tmp_path, text).message


@pytest.mark.parametrize("levels", ["0.5,0.75,0.95", "0.05,0.25,0.5", "0.6,0.7,0.8"])
def test_levels_on_one_side_of_the_median_do_not_tell_the_other(tmp_path: Path, levels: str) -> None:
    text = f"parameter,expert,{levels}\nborder.r_retry,A,0.2,0.3,0.4\n"
    assert "levels on both sides of 0.5 are needed" in refusal(tmp_path, text).message


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("", "judgement is missing", None),
        ("judgement = 3", "judgement: must be", None),
        ("[[judgement]\n", "the file is not TOML", None),
        (f"{TABLE}levels = [0.05, 0.5]\nvalues = [0.2, 0.3]\n", "quantiles at 2 levels are too few", 1),
        (f"{TABLE}levels = [0.05, 0.5, 0.95]\nvalues = [0.2, 0.3]\n", "3 levels and 2 values", 1),
        (
            f"# by hand\n\n{TABLE}levels = [0.05, 0.6, 0.5, 0.95]\nvalues = [0.2, 0.3, 0.4, 0.5]\n",
            "levels do not increase",
            3,
        ),
        (f"{TABLE}levels = [0.05, 0.5, 0.95]\nvalues = [0.2, nan, 0.4]\n", "judgement.values: ", 1),
        (f"{TABLE}levels = [0.05, 0.5, 0.95]\nvalues = [0.2, true, 0.4]\n", "judgement.values: ", 1),
        (f'{TABLE}levels = [0.05, 0.5, 0.95]\nvalues = [0.2, "0.3", 0.4]\n', "judgement.values: ", 1),
        (f"{TABLE}levels = [0.05, 0.5, 0.95]\nvalue = [0.2, 0.3, 0.4]\n", "judgement.value", 1),
        (f"{TABLE}levels = [0.05, 0.5, 0.95]\n", "judgement.values is missing", 1),
    ],
)
def test_each_fault_of_a_table_is_told_with_the_line_it_begins_on(
    tmp_path: Path, text: str, said: str, line: int | None
) -> None:
    error = refusal(tmp_path, text, "experts.toml")
    assert said in error.message
    assert error.where == ("experts.toml" if line is None else f"experts.toml, line {line}")


def test_the_words_of_a_table_in_a_note_do_not_upset_the_lines(tmp_path: Path) -> None:
    note = 'note = """\n[[judgement]]\n"""\n'
    error = refusal(tmp_path, f"{TABLE}levels = [0.05]\nvalues = [0.2]\n{note}", "experts.toml")
    assert "too few" in error.message
    assert error.where == "experts.toml, judgement 1"


def test_other_files_are_refused(tmp_path: Path) -> None:
    assert "read from .csv and .toml" in refusal(tmp_path, HEAD, "experts.txt").message
    assert "not in UTF-8" in refusal(tmp_path, b"\xff\xfe\x00").message
    assert "do not show" in refusal(tmp_path, HEAD.encode() + b"border.r_retry,A\x00,0.2,0.3,0.4\n").message
    assert "holds no judgement" in refusal(tmp_path, HEAD).message
    assert "allowed: 1,000,000" in refusal(tmp_path, "x" * 1_000_001).message
    assert "not TOML" in refusal(tmp_path, f"{TABLE}{TABLE[14:]}", "experts.toml").message  # a key twice
    for path in (tmp_path / "nowhere.csv", tmp_path / "folder.csv"):
        if path.stem == "folder":
            path.mkdir()
        with pytest.raises(StrategyError, match="cannot be read"):
            read_elicited(path)


def test_a_fit_far_outside_what_the_model_can_hold_is_refused(tmp_path: Path) -> None:
    """Three levels so near each other that the tails lie beyond single precision."""
    text = "parameter,expert,0.49999,0.5,0.50001\ndiplomacy.h_str,A,1,2,3\n"
    error = refusal(tmp_path, text)
    assert "what is drawn from the quantiles is not allowed" in error.message
    assert error.where == "experts.csv, line 2"


@pytest.mark.parametrize("command", ["assess", "simulate"])
def test_the_commands_refuse_before_anything_is_run(
    counterflow: Run, project: Path, tmp_path: Path, command: str
) -> None:
    experts = tmp_path / "experts.csv"
    experts.write_text(f"{HEAD}border.r_retyr,A,0.2,0.3,0.4\n", encoding="utf-8")
    strategy = tmp_path / "s.toml"
    strategy.write_text(STRATEGY, encoding="utf-8")
    subject = project / "examples" / "border-strategy.md" if command == "assess" else strategy
    more = ["--out", tmp_path / "r.html"] if command == "assess" else []
    done = counterflow(command, subject, "--elicited", experts, "--json", *more)
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["where"]) == ("strategy", "experts.csv, line 2")


def test_what_a_strategy_sets_itself_is_not_elicited_too(counterflow: Run, tmp_path: Path) -> None:
    experts = tmp_path / "experts.csv"
    experts.write_text(f"{HEAD}border.r_retry,A,0.2,0.3,0.4\n", encoding="utf-8")
    strategy = tmp_path / "s.toml"
    strategy.write_text(f'{STRATEGY}\n[parameters."border.r_retry"]\nvalue = 0.3\n', encoding="utf-8")
    done = counterflow("simulate", strategy, "--elicited", experts)
    assert done.returncode == 3
    assert "experts.csv, line 2: border.r_retry is elicited, and the strategy sets it too." in done.stderr


STRATEGY = """title = "By hand"

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
"""
