"""The day that a document gives for itself, in the places where authors put it."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.dates.published import date_in_text
from counterflow.brief.layout.text import lay_out

BODY = "The Pentagon sent troops to the border on 3 March 2019 and to Laredo later.\n"


def found(text: str) -> date | None:
    return date_in_text(lay_out(text))


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("WASHINGTON, April 8, 2025 (Northline) - A judge ruled.", date(2025, 4, 8)),
        ("LAREDO, Texas, Oct 30, 2025 (Meridian Wire) - The White House spoke.", date(2025, 10, 30)),
        ("EL PASO, May 3, 2025 -- Agents met.", date(2025, 5, 3)),
        ("Ciudad de México, 18 de noviembre de 2025.- La presidenta informó.", date(2025, 11, 18)),
        ("CULIACÁN, Sin., 6 de mayo de 2025.- Un juez federal suspendió la entrega.", date(2025, 5, 6)),
        ("Title of a note\n\n*Policy Note 18, Center for Studies, 12 September 2025*\n", date(2025, 9, 12)),
        ("FIRM LLP\nClient Alert | Trade | November 25, 2025\n", date(2025, 11, 25)),
        ("# An act\n\n*Office of a member | One-pager, updated March 11, 2026*\n", date(2026, 3, 11)),
        ("# A title\n\n*Some Institute, Policy Paper 7. June 2, 2027*\n", date(2027, 6, 2)),
        ("THE LEAGUE\nBulletin, June 20, 2026\n\nFriends,\n", date(2026, 6, 20)),
        ("EXECUTIVE ORDER 14601\nJUNE 5, 2026\n", date(2026, 6, 5)),
        ("Comunicado 12/2026\n\nCiudad de México, 2 de junio de 2026\n", date(2026, 6, 2)),
        ("Judge Rules\n\nThe Valley Ledger, June 8, 2026\n\nBy Ann Roe\n\nHOUSTON - He ruled.\n", date(2026, 6, 8)),
        ("# Seizures Drop\n\n**Release No. 27-021 | June 3, 2027**\n", date(2027, 6, 3)),
        ("WASHINGTON, Sept. 5, 2026 (Some Press) - The Pentagon spoke.\n", date(2026, 9, 5)),
        ("**OIG-26-31 | Summary | July 30, 2026**\n", date(2026, 7, 30)),
        ("# Executive Order 14167 of January 20, 2025\n", date(2025, 1, 20)),
        ("WASHINGTON, 14 May 2025. The administration spoke.", date(2025, 5, 14)),
        ("Fact Sheet\n\nWASHINGTON, D.C., May 14, 2025. The administration spoke.", date(2025, 5, 14)),
        ("**WASHINGTON, 14 May 2025.** The administration spoke.", date(2025, 5, 14)),
        ("Washington, May 14, 2025 - The administration spoke.", date(2025, 5, 14)),
        ("WASHINGTON (14 May 2025) - The administration spoke.", date(2025, 5, 14)),
        ("MEXICO CITY — 14 May 2025. The president spoke.", date(2025, 5, 14)),
        ("Ciudad de México, a 14 de mayo de 2025. La presidenta informó.", date(2025, 5, 14)),
    ],
)
def test_a_day_in_the_head_is_the_documents(head: str, day: date) -> None:
    assert found(f"{head}\n\n{BODY}") == day


@pytest.mark.parametrize(
    ("foot", "day"),
    [
        ("IN WITNESS WHEREOF, I have set my hand this 14th day of January, 2026.", date(2026, 1, 14)),
        (
            "IN WITNESS WHEREOF, I have hereunto set my hand this\n\ntwentieth day of January, in the year of our Lord "
            "two thousand twenty-one, and of the Independence of the United States the two hundred and forty-fifth.",
            date(2021, 1, 20),
        ),
        ("Done this twenty-seventh day of September, 2024.", date(2024, 9, 27)),
        ("Dado en Guadalajara, a los 14 días del mes de enero de 2026.", date(2026, 1, 14)),
        ("THE WHITE HOUSE, January 20, 2025.", date(2025, 1, 20)),
    ],
)
def test_a_day_of_a_signature_is_the_documents(foot: str, day: date) -> None:
    assert found(f"An order\n\n{BODY}\n{foot}\n") == day


@pytest.mark.parametrize(
    "head",
    [
        "# What followed the attack of 12 September 2021",
        "# The ruling of 3 May 2024 and what it means",
        "They met on March 3, 2025.",
        "The order was signed in Washington, 14 May 2025. The text goes on.",
        "- Washington, 14 May 2025. An order is signed.",
        "14 May 2025. An order is signed.",
        "Proclamation of 14 May 2025. The text goes on.",
        "The order takes effect on\nMarch 14, 2025.",
        "El decreto entra en vigor el\n14 de marzo de 2025.",
        "A proclamation was signed in the morning, and another one on the afternoon of the day before, 5 January 2019, "
        "as all who were there in the room remember well to this day.",
    ],
)
def test_a_day_of_something_else_is_not(head: str) -> None:
    assert found(f"{head}\n\n{BODY}") is None
