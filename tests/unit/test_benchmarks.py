"""The engines that are timed against each other solve the same problem, and tables find their place in a text."""

import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
WEEKS = 8


@pytest.fixture(scope="module", autouse=True)
def scripts_importable():
    sys.path.insert(0, str(SCRIPTS))
    yield
    sys.path.remove(str(SCRIPTS))


@pytest.mark.parametrize("forced", [False, True])
def test_engines_end_at_the_same_totals(forced):
    import benchmark_engines as engines
    import benchmark_tables as tables

    given = engines.problem(3, forced=forced)
    given = given._replace(factors=given.factors[:WEEKS])
    plain = engines.loops(given)
    assert plain[0].shape == plain[1].shape == (3, WEEKS)
    for engine in engines.engines(given, forced=forced, runs=3, batch=2):
        far = engines.apart(engine.solve(given), plain)
        assert max(far.values()) < (tables.SAME if engine.exact else tables.ADAPTIVE), engine.name


def test_the_plain_loop_takes_the_steps_of_the_published_equations():
    import benchmark_engines as engines

    given = engines.problem(1, forced=True)
    C0, rho, eta, theta, omega = given.draws[0]
    groups = C0 * given.share
    rivalry = np.zeros((150, 150))
    rivalry[: len(given.rivalry), : len(given.rivalry)] = given.rivalry
    conflict = (1.0 - np.eye(150) + rivalry) * given.weight[:, None]
    members, killed = engines.loop(given._replace(factors=given.factors[:2]), given.draws[0])
    for week, (recruitment, arrests, lethal) in enumerate(given.factors[:2]):
        deaths = theta * lethal * groups * (conflict @ groups)
        gained = rho * recruitment * groups - eta * arrests * groups / groups.sum()
        groups = groups + gained - deaths - omega * groups**2
        np.testing.assert_allclose([members[week], killed[week]], [groups.sum(), deaths.sum()], rtol=1e-12)


def test_tables_stand_between_their_markers(tmp_path):
    import benchmark_tables as tables

    file = tmp_path / "text.md"
    file.write_text("before\n<!-- a -->\nold\n<!-- /a -->\nafter\n", encoding="utf-8")
    for block in ("first", r"second \1"):
        tables.put_into(file, {"a": block})
        assert file.read_text(encoding="utf-8") == f"before\n<!-- a -->\n\n{block}\n\n<!-- /a -->\nafter\n"
    with pytest.raises(ValueError, match="0 places marked b"):
        tables.put_into(file, {"b": "new"})


def test_the_page_has_a_place_for_every_table():
    import benchmark_tables as tables

    text = (SCRIPTS.parent / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for name in ("machine", "aims", *"abcde"):
        assert text.count(f"<!-- {name} -->") == text.count(f"<!-- /{name} -->") == 1
    assert "not measured" not in text.lower()
    assert "not run" not in text.lower()
    assert tables.figure(1234.5) == "1,234"
