"""The lab's API keeps to its own description, whatever is sent: cases that schemathesis makes from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

import lab_cases
from counterflow.lab.settings import Settings

# A strategy has rules that a schema cannot state: low <= central <= high, an end after its start, a lever that exists.
# What breaks one of them is refused although the schema lets it through, so that is no fault.
LEFT_OUT = [positive_data_acceptance]
SETTINGS = Settings(rate=1e6, burst=1_000_000, jobs=500, jobs_of_one=500, jobs_running=1, document_time=20.0)
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    with lab_cases.running(SETTINGS) as address:
        yield schemathesis.openapi.from_url(f"{address}/api/openapi.json")


def keeps_to_its_description(api: Any, mode: GenerationMode, examples: int) -> int:
    """Send cases to every operation; how many operations there were."""
    operations = [found.ok() for found in api.get_all_operations()]
    for operation in operations:

        @settings(max_examples=examples, deadline=None, suppress_health_check=QUIET, phases=[Phase.generate])
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps(case: schemathesis.Case) -> None:
            case.call_and_validate(excluded_checks=LEFT_OUT, timeout=60)

        try:
            keeps()
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE  # what takes nothing cannot be asked wrongly
            assert operation.method == "get"
    return len(operations)


@pytest.mark.parametrize("mode", GenerationMode)
def test_answers_are_as_described(api: Any, mode: GenerationMode) -> None:
    assert keeps_to_its_description(api, mode, 3) >= 15


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode)
def test_answers_are_as_described_in_many_cases(api: Any, mode: GenerationMode) -> None:
    assert keeps_to_its_description(api, mode, 200) >= 15
