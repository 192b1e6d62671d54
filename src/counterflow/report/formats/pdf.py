"""The page printed to PDF by a headless Chromium, where one is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from counterflow.errors import EvidenceError, ReportError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120
KEPT = ("PATH", "LANG", "LC_ALL", "FONTCONFIG_PATH")  # of the environment
# No network: every name resolves to nothing, and every service of the browser that would call home is off.
ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--no-pdf-header-footer",
)


class BrowserError(EvidenceError):
    """Something to print with that is not installed: nothing is wrong with what was asked."""

    code = "browser"


def browser() -> str:
    """The Chromium to print with. Raises BrowserError (exit code 4) where none is installed."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise BrowserError(
        "a PDF is printed by Chromium or Google Chrome, and neither is installed",
        hint="Install one (Debian: apt-get install chromium), or open the page in a browser and print it from there.",
    )


def pdf(page: str) -> bytes:
    """The page (HTML text) as PDF. It reaches no network, and the browser's profile is thrown away.

    Raises BrowserError where no Chromium is installed, ReportError where it fails, takes longer than SECONDS or prints
    a PDF without text.
    """
    program = browser()
    with tempfile.TemporaryDirectory(prefix="counterflow-print-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, printed = folder / "page.html", folder / "page.pdf"
        source.write_bytes(page.encode("utf-8", "replace"))
        profile = f"--user-data-dir={folder / 'profile'}"
        # The superuser cannot have a sandbox; what is printed is our own page, whose policy refuses the document's.
        boxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [program, *ARGUMENTS, *boxed, profile, f"--print-to-pdf={printed}", source.as_uri()]
        told = _run(command, folder)
        if not printed.exists():
            raise ReportError("the browser printed no PDF", where=program, hint=told or "Print the page by hand.")
        content = printed.read_bytes()
    _require_text(content)
    return content


def _run(command: list[str], folder: Path) -> str:
    """Run the browser and every process that it starts, and no longer than SECONDS; gives the last line it wrote."""
    environment = {key: value for key, value in os.environ.items() if key in KEPT}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=environment | {"HOME": str(folder), "TMPDIR": str(folder)},
        start_new_session=True,
    ) as started:
        try:
            _, told = started.communicate(timeout=SECONDS)
        except BaseException as error:
            os.killpg(started.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise ReportError(
                    f"the browser took longer than {SECONDS} seconds to print", where=command[0]
                ) from error
            raise
    lines = told.strip().splitlines()
    return " ".join(lines[-1].split())[:200] if started.returncode and lines else ""


def _require_text(content: bytes) -> None:
    """A PDF of blank pages is no report. Raises ReportError."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        text = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    except pypdfium2.PdfiumError as error:
        raise ReportError("the browser printed a PDF that cannot be read") from error
    if not text.strip():
        raise ReportError("the browser printed a PDF without text")
