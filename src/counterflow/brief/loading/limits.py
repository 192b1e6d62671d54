"""How much of a document is read before it is refused. Bytes, seconds, characters."""

from __future__ import annotations

SIZE = 20_000_000  # bytes of a document
TEXT = 1_500_000  # characters of its text: five hundred pages; more would keep a person waiting for more than 10 s
PAGES = 5_000  # of a PDF
PARTS = 5_000  # entries of an office document's archive
PART = 50_000_000  # bytes of one entry, unpacked
RATIO = 300  # unpacked to packed, for entries of over a megabyte; text packs to a tenth, a bomb to a thousandth

MEMORY = 1_200_000_000  # bytes that the process which reads a document may hold
CPU = 9  # seconds of a processor that it may take
CLOCK = 60.0  # seconds until it is ended, on a machine with much else to do
