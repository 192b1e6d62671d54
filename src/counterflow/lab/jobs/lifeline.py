"""What every worker process does first: it ends when the lab does, and says what it has to say on a channel of its own.

Nothing that is imported later can write on that channel by chance.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import traceback
from collections.abc import Callable
from typing import Any

from counterflow.errors import CounterflowError

Tell = Callable[[str, int, int], None]  # stage, done, total
Work = Callable[[Tell], Any]
NICE = 5  # sliders go before reports


def work_apart(work: Work) -> int:
    """Do the work of this process and write one JSON object on a line for each thing to tell.

    They are {"progress": {stage, done, total}}, {"refused": {code, message, hint, where}}, {"fault": trace} and
    {"result": what the work returned}. Ends the process, and all that it has started, when standard input ends.
    """
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.nice(NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    lock = threading.Lock()

    def say(**what: Any) -> None:
        with lock:
            channel.write(json.dumps(what, ensure_ascii=False) + "\n")
            channel.flush()

    try:
        result = work(lambda stage, done, total: say(progress={"stage": stage, "done": done, "total": total}))
        say(result=result)
    except CounterflowError as error:
        say(refused={"code": error.code, "message": error.message, "hint": error.hint, "where": error.where})
    except MemoryError:
        hint = "It may be an attack. Give the strategy's own text as .txt."
        said = {"code": "input", "message": "This takes more memory than it may.", "hint": hint, "where": ""}
        say(refused=said)
    except Exception:  # told to the log of the lab, and to no client
        say(fault=traceback.format_exc())
    return 0


def _end_with_parent() -> None:
    """Wait for the end of standard input, which comes when the lab closes it or is no more."""
    while os.read(0, 4096):
        pass
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def limit(memory: int, seconds: int, written: int = 0, *, reserves: bool = False) -> None:
    """Bound the memory (bytes) and processor time (seconds) of this process, and the size of files that it writes.

    `reserves`: whether its libraries reserve far more addresses than they use, so that only what can be written counts.
    """
    try:
        import resource
    except ImportError:  # not a Unix: there the clock of the lab is all
        return
    for what, bound in (
        (resource.RLIMIT_DATA if reserves else resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(what, (most, most))
