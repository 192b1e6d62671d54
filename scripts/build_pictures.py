"""Take the pictures of the documentation anew: the report and the lab, on a desk (1280 pixels) and on a phone (390).

    python scripts/build_pictures.py            # all
    python scripts/build_pictures.py report     # those of the report alone

Both are made from the example document as anyone would make them, by the installed command. Pictures are palette PNGs,
and one above the limit is refused, as they lie in the repository. Look at each before it is kept.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).parents[1]
PICTURES = PROJECT / "docs" / "pictures"
EXAMPLE = PROJECT / "examples" / "border-strategy.md"
COMMAND = Path(sys.executable).with_name("counterflow")
MOST = 250_000  # bytes of a picture
COLOURS = 160  # enough for text and flat charts; no dithering, which would triple the size
ADDRESS = re.compile(r"https?://\S+")


class Shot(NamedTuple):
    """One picture: its name, what is shown, and on which screen."""

    name: str
    of: str  # "report" or "lab"
    width: int = 1280
    height: int = 860
    dark: bool = False
    at: str = "body"  # what stands at the top of the picture, as a CSS selector


SHOTS = (
    Shot("report-1280", "report"),
    Shot("report-390", "report", 390, 780),
    Shot("report-dark-1280", "report", dark=True),
    Shot("report-outcomes-1280", "report", at="#outcomes"),
    Shot("lab-1280", "lab"),
    Shot("lab-390", "lab", 390, 780),
    Shot("lab-dark-1280", "lab", dark=True),
    Shot("lab-outcomes-1280", "lab", at="#outcomes"),
)


@contextmanager
def report() -> Iterator[str]:
    """The address of a report on the example, with the defaults of the command."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.html"
        subprocess.run([COMMAND, "assess", EXAMPLE, "--quiet", "--out", out], check=True)
        yield out.as_uri()


@contextmanager
def lab() -> Iterator[str]:
    """The address of a lab that has opened the example, warm."""
    arguments = [COMMAND, "lab", EXAMPLE, "--port", "0"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            assert running.stdout is not None
            found = next((said for line in running.stdout if (said := ADDRESS.search(line))), None)
            if found is None:
                raise SystemExit("The lab ended before it told its address.")
            yield found[0]
        finally:
            running.terminate()


PLACES: dict[str, Callable[[], Any]] = {"report": report, "lab": lab}


def settle(page: Page, of: str) -> None:
    """Wait until nothing moves any more."""
    page.wait_for_load_state("load")
    if of == "lab":
        page.wait_for_selector("canvas", timeout=60_000)
        judged = "() => !document.querySelector('#tiles').innerText.includes('being judged')"
        page.wait_for_function(judged, timeout=120_000)  # asked once sliders are at rest


def small(png: bytes) -> bytes:
    """The picture in few colours, compressed as far as PNG goes."""
    kept = BytesIO()
    image = Image.open(BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def take(browser: Any, address: str, shot: Shot) -> bytes:
    """One picture, as PNG. Phones show two dots a pixel, so that text can be read."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=2 if shot.width < 600 else 1,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        locale="en-US",
    )
    page.goto(address)
    settle(page, shot.of)
    page.evaluate("at => document.querySelector(at).scrollIntoView()", shot.at)
    page.wait_for_timeout(500)
    taken: bytes = page.screenshot()
    page.close()
    return small(taken)


def main(wanted: list[str]) -> None:
    """Take the pictures of what is named, or of everything."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Pictures need Chromium (Debian: apt-get install chromium).")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for of, place in PLACES.items():
            if wanted and of not in wanted:
                continue
            with place() as address:
                for shot in (shot for shot in SHOTS if shot.of == of):
                    png = take(browser, address, shot)
                    if len(png) > MOST:
                        raise SystemExit(f"{shot.name} has {len(png):,} bytes, and {MOST:,} are allowed.")
                    (PICTURES / f"{shot.name}.png").write_bytes(png)
                    print(f"docs/pictures/{shot.name}.png: {len(png):,} bytes")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
