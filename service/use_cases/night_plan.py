"""A plan as bytes, so that a night that was broken off goes on from it."""

import io
import json
import zipfile

import numpy as np

from matcher.assignment import Plan

_ARRAYS = ("slot_of_citizen", "slot_price", "resource_price", "citizen_price")
_FIGURES = ("objective", "upper_bound", "gap", "status", "conflict", "released", "refuted", "stopped_by")


def packed(plan: Plan) -> bytes:
    """A plan as bytes; `unpacked` gives back the same plan to the last bit."""
    out = io.BytesIO()
    figures = json.dumps({name: getattr(plan, name) for name in _FIGURES})
    arrays = {name: getattr(plan, name) for name in _ARRAYS}
    np.savez_compressed(out, allow_pickle=False, figures=np.array(figures), **arrays)
    return out.getvalue()


def unpacked(content: bytes) -> Plan | None:
    """The plan of `packed`; None where the bytes are not one of this program's plans."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            figures = json.loads(str(kept["figures"]))
            arrays = {name: kept[name] for name in _ARRAYS}
        for name in ("conflict", "released", "refuted"):
            figures[name] = tuple(figures[name])
        return Plan(**arrays, **figures)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile):
        return None
