"""A plan as bytes, so that a night that was broken off goes on from it."""

import io
import json
import zipfile
from dataclasses import fields

import numpy as np

from matcher.assignment import Plan


def packed(plan: Plan) -> bytes:
    """A plan as bytes; `unpacked` gives back the same plan to the last bit."""
    values = {field.name: getattr(plan, field.name) for field in fields(Plan)}
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    plain = {name: value for name, value in values.items() if name not in arrays}
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, plain=np.array(json.dumps(plain)), **arrays)
    return out.getvalue()


def unpacked(content: bytes) -> Plan | None:
    """The plan of `packed`; None where the bytes are not one of this program's plans."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files if name != "plain"}
            plain = json.loads(str(kept["plain"]))
        lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
        return Plan(**(plain | lists), **arrays)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile):
        return None
