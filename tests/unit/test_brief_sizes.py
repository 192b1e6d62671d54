"""The size of an act is what it comes to, not what it was before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.reader import read


@pytest.mark.parametrize(
    ("text", "lever", "size"),
    [
        (
            "Up from 2,500 in January, the deployment of troops at the border was expanded to 10,000 troops.",
            "military.deployment",
            10000,
        ),
        (
            "Up from 2,500 troops in January, the deployment at the border has been expanded to 10,000.",
            "military.deployment",
            10000,
        ),
        (
            "The troop deployment at the southern border, up from 2,500 soldiers, has been expanded to 10,000.",
            "military.deployment",
            10000,
        ),
        ("The Pentagon expanded its border deployment from 2,500 to 10,000 troops.", "military.deployment", 10000),
        (
            "Compared with 2,500 troops in January, 10,000 are now deployed at the border.",
            "military.deployment",
            10000,
        ),
        ("Up from 34,000 beds, ICE detention capacity was expanded to 60,000 beds.", "interior.detention", 60000),
        ("ICE expanded detention capacity to 60,000 beds, up from 34,000.", "interior.detention", 60000),
        ("ICE expanded detention capacity to 60,000 beds.", "interior.detention", 60000),
        ("Up from 300 arrests a day, ICE has been ordered to arrest more.", "interior.arrests", None),
    ],
)
def test_what_was_before_is_not_the_size_of_an_act(tmp_path: Path, text: str, lever: str, size: float | None) -> None:
    place = tmp_path / "document.md"
    place.write_text(f"# The border\n\n{text}\n", encoding="utf-8")
    found = [action for action in read(place, date=date(2025, 6, 1)).actions if action.lever == lever]
    assert [action.quantity for action in found] == [size]
