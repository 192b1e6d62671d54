"""A strategy that is written to a file and read back is the same strategy."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterflow.brief.schema import Status
from counterflow.model import priors
from counterflow.strategy.catalogue import levers
from counterflow.strategy.files import known_parameters, read_strategy, write_strategy
from counterflow.strategy.overrides import ALLOWED, RECIPROCITY, ParameterOverride, Switches
from counterflow.strategy.schema import DateInterval, Entry, Range, Strategy, Unplaced

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
days = st.dates(date(2017, 1, 1), date(2030, 12, 31))
shares = st.floats(0.0, 1.0)


@st.composite
def ranges(draw: st.DrawFn, number: st.SearchStrategy[float] = shares) -> Range:
    low, central, high = sorted(draw(st.tuples(number, number, number)))
    return Range(low=low, central=central, high=high)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    start = draw(days)
    lever = draw(st.sampled_from(list(levers())))
    top = (
        1.0 if levers()[lever].unit.startswith(("share ", "probability ")) else levers()[lever].levels[4].intensity.high
    )
    change = draw(st.none() | ranges(st.floats(-top, top)))
    level = None if change else draw(st.integers(0, 4))
    return Entry(
        lever=lever,
        level=level,
        intensity=None if change else draw(st.none() | ranges(st.floats(0.0, top))),
        change=change,
        start=start,
        end=draw(st.none() | st.integers(1, 900).map(lambda n: start + timedelta(days=n))),
        start_reason=draw(texts),
        status=draw(st.sampled_from(get_args(Status))),
        delivery=draw(st.none() | ranges()),
        basis=draw(st.sampled_from(["document", "record", "user"])),
        quote=draw(texts),
        source=draw(texts),
        record_id=draw(texts),
        fills=draw(texts),
        incomplete=draw(st.booleans()),
        note=draw(texts),
    )


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, ParameterOverride]:
    """Values and ranges that the parameters may have, for some of them."""
    kinds = known_parameters()
    chosen = draw(st.lists(st.sampled_from(list(kinds)), max_size=4, unique=True))
    found = {}
    for name in chosen:
        sign = -1.0 if kinds[name] == "negative" else 1.0
        points = sorted(sign * x for x in draw(st.sets(st.floats(0.001, 0.999), min_size=3, max_size=3)))
        if not ALLOWED[kinds[name]].families or draw(st.booleans()):
            found[name] = ParameterOverride(value=1.0 if kinds[name] == "indicator" else points[0], source=draw(texts))
        else:
            low, central, high = points
            family = draw(st.none() | st.sampled_from(ALLOWED[kinds[name]].families))
            found[name] = ParameterOverride(low=low, central=central, high=high, family=family, source=draw(texts))
    return found


switches = st.builds(
    Switches, scarcity=st.booleans(), price_deaths=st.booleans(), reciprocity=st.sampled_from(list(RECIPROCITY))
)


@st.composite
def strategies(draw: st.DrawFn) -> Strategy:
    start = draw(days)
    return Strategy(
        title=draw(texts),
        date=DateInterval(
            start=start,
            end=start + timedelta(days=draw(st.integers(0, 60))),
            source=draw(st.sampled_from(["user", "document", "inferred"])),
            reason=draw(texts),
        ),
        written=tuple(draw(st.lists(entries(), max_size=3))),
        record=tuple(draw(st.lists(entries(), max_size=2))),
        refused=tuple(draw(st.lists(texts, max_size=2))),
        considered=tuple(draw(st.lists(st.sampled_from(list(levers())), max_size=2))),
        unplaced=tuple(
            draw(
                st.lists(
                    st.builds(Unplaced, action_id=texts, lever=texts, status=texts, quote=texts, reason=texts),
                    max_size=2,
                )
            )
        ),
        document_sha256=draw(texts),
        parameters=draw(overrides()),
        switches=draw(switches),
    )


@given(strategies())
def test_writing_and_reading_gives_the_same_strategy(strategy: Strategy) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "strategy.toml"
        write_strategy(strategy, path)
        assert read_strategy(path) == strategy


@given(overrides())
def test_what_a_file_may_set_the_model_can_draw(given_: dict[str, ParameterOverride]) -> None:
    table = priors.with_overrides(priors.load(), given_)
    scores = np.array([-4.0, -priors.Z95, 0.0, priors.Z95, 4.0])
    for name, override in given_.items():
        mechanism, _, symbol = name.partition(".")
        drawn = np.sort(priors.from_score(table[mechanism][symbol], scores, 2000))
        assert np.isfinite(drawn.astype(np.float32)).all()
        if override.value is None:
            np.testing.assert_allclose(drawn[1:4], [override.low, override.central, override.high], rtol=1e-6)
        else:
            assert (drawn == override.value).all()
        if known_parameters()[name] == "share":
            assert ((drawn > 0.0) & (drawn < 1.0)).all()
