"""Reading a PDF, Word document or web page in a process of its own, so that a hostile one can only end that process.

    python -I -m counterflow.brief.loading.child pdf < document > content.json

The process limits its own memory and time before it reads the first byte, and can write no file. It ends with 0 and
the content, or with 3 and a refusal; anything else is a crash, about which `read_apart` says what it can.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Literal

from counterflow.brief.loading import limits
from counterflow.brief.loading.content import Content, from_json, to_json
from counterflow.errors import BriefError

Format = Literal["pdf", "docx", "html"]
REFUSED = 3
_NAMES = {"pdf": "PDF", "docx": "Word document", "html": "page"}


def read_apart(data: bytes, form: Format, *, clock: float = limits.CLOCK) -> Content:
    """Read a document in a process of its own; a page's bytes are UTF-8. `clock` is in seconds.

    Raises BriefError where the document is refused, takes more memory or time than a document may, or breaks
    the library that reads it.
    """
    try:
        done = subprocess.run(
            _command(form), input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=clock
        )
    except subprocess.TimeoutExpired:
        raise _broken(form, f"took more than {clock:g} s to read") from None
    except OSError as error:
        raise BriefError(f"No process could be started to read it: {error.strerror or error}.") from None
    if done.returncode == REFUSED:
        raise BriefError(**json.loads(done.stdout))
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _broken(form, f"took more than {limits.CPU} s of a processor to read")
    if done.returncode != 0:
        raise _broken(form, "is damaged, or made to break what reads it")
    try:
        return from_json(done.stdout)
    except (ValueError, KeyError, TypeError):
        raise _broken(form, "is damaged, or made to break what reads it") from None


def _command(form: Format) -> list[str]:
    return [sys.executable, "-I", "-m", __name__, form]


def _broken(form: Format, what: str) -> BriefError:
    return BriefError(f"This {_NAMES[form]} {what}.", hint="Save its text as .txt and give that.")


def main() -> int:
    """Read standard input in the format that the first argument names, and write what was found."""
    _limit()
    form = sys.argv[1]
    data = sys.stdin.buffer.read(2 * limits.SIZE)
    try:
        answer = to_json(_read(data, form))
    except BriefError as error:
        sys.stdout.write(json.dumps({"message": error.message, "where": error.where, "hint": error.hint}))
        return REFUSED
    except MemoryError:
        hint = "It may be an attack. Save its text as .txt and give that."
        sys.stdout.write(json.dumps({"message": "It takes more memory to read than a document may.", "hint": hint}))
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


def _read(data: bytes, form: str) -> Content:
    if form == "pdf":
        from counterflow.brief.loading.pdf import read_pdf

        return read_pdf(data)
    if form == "docx":
        from counterflow.brief.loading.docx import read_docx

        return read_docx(data)
    from counterflow.brief.loading.html import read_page
    from counterflow.brief.loading.main_part import main_text

    markup = data.decode("utf-8")
    return read_page(markup, main=main_text(markup))


def _limit() -> None:
    """Bound what this process may take of the machine, where the system knows how. What it bounds stays bounded."""
    try:
        import resource
    except ImportError:  # not a Unix: there the clock is all
        return
    for what, bound in (
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_CPU, limits.CPU),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        last = most + 1 if what == resource.RLIMIT_CPU else most  # a second to say so, then it is ended
        resource.setrlimit(what, (most, min(last, hard) if hard != resource.RLIM_INFINITY else last))


if __name__ == "__main__":
    sys.exit(main())
