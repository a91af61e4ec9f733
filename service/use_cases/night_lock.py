"""One night at a time: who holds the lock of a municipality, and when a holder has given up."""

import os
import socket
from datetime import datetime, timedelta
from uuid import uuid4

from service.clock import now
from service.db.nights import Lock

BEAT_S = 5.0
"""How often the program that plans says that it is alive, seconds."""
SILENCE_S = 120.0
"""A program that was silent for this long has given up, seconds: another may take the night over."""

_START = uuid4().hex[:12]


def this_process() -> str:
    """Machine, process and start of this program."""
    return f"{socket.gethostname()[:200]}/{os.getpid()}/{_START}"


def has_given_up(lock: Lock, at: datetime | None = None) -> bool:
    """Whether a holder is silent for too long, or is a process of this machine that is gone."""
    if (at or now()) - lock.beat_at > timedelta(seconds=SILENCE_S):
        return True
    machine, _, rest = lock.holder.rpartition("/")[0].rpartition("/")
    start = lock.holder.rpartition("/")[2]
    if machine != socket.gethostname()[:200] or not rest.isdigit():
        return False
    if int(rest) == os.getpid():
        return start != _START  # a program before this one had the same number
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
