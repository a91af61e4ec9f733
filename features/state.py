"""Fitted state in one file: arrays and a header, checked before anything in it is used; nothing is ever unpickled.

A file is the line MAGIC, the SHA-256 of the rest in hexadecimal, and the arrays as an uncompressed ``.npz`` without
pickled objects; the array ``header`` is JSON. A file is refused as a whole where it is foreign (another kind of file),
damaged (checksum) or stale (made by another version of the program or of scikit-learn).
"""

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy import sparse

State: TypeAlias = dict[str, NDArray[Any]]

MAGIC: Final = b"matcher fitted state\n"
_CHECKSUM_LENGTH: Final = 64


class StateError(ValueError):
    """A file of fitted state is missing, foreign, damaged or stale; says which, and what to do."""


def write_state(path: Path, versions: Mapping[str, str], header: Mapping[str, Any], arrays: State) -> None:
    """Write a file whole or not at all: it replaces `path` once all of it is on disk."""
    head = {"versions": _all_versions(versions), **header}
    content = io.BytesIO()
    named = {"header": packed_text(json.dumps(head, ensure_ascii=False)), **arrays}
    np.savez(content, allow_pickle=False, **named)
    payload = content.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + hashlib.sha256(payload).hexdigest().encode() + payload)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def read_state(path: Path, versions: Mapping[str, str]) -> tuple[dict[str, Any], State]:
    """(header, arrays) of a file; StateError where it is missing, foreign, damaged or stale."""
    try:
        content = path.read_bytes()
    except OSError:
        raise StateError(f"{path.name}: cannot be read from {path.parent}") from None
    if not content.startswith(MAGIC):
        raise StateError(f"{path.name}: is not a file of this program")
    start = len(MAGIC) + _CHECKSUM_LENGTH
    checksum, payload = content[len(MAGIC) : start], content[start:]
    if hashlib.sha256(payload).hexdigest().encode() != checksum:
        raise StateError(f"{path.name}: is damaged, its checksum does not hold; make it again")
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header: dict[str, Any] = json.loads(unpacked_text(arrays.pop("header")))
    except (ValueError, KeyError, zipfile.BadZipFile):
        raise StateError(f"{path.name}: is damaged, it does not hold what it should; make it again") from None
    expected = _all_versions(versions)
    other = sorted(name for name in expected if header.get("versions", {}).get(name) != expected[name])
    if other:
        raise StateError(f"{path.name}: was made with another version of {', '.join(other)}; make it again")
    return header, arrays


def _all_versions(versions: Mapping[str, str]) -> dict[str, str]:
    return {**versions, "scikit-learn": sklearn.__version__}


def packed_text(text: str) -> NDArray[np.uint8]:
    """Text as bytes of UTF-8, uint8 (bytes,)."""
    return np.frombuffer(text.encode(), dtype=np.uint8)


def unpacked_text(values: NDArray[Any]) -> str:
    """The text of `packed_text`."""
    return values.tobytes().decode()


def packed_words(words: Sequence[str]) -> NDArray[np.uint8]:
    """Words without line breaks as one array."""
    return packed_text("\n".join(words))


def unpacked_words(values: NDArray[Any]) -> list[str]:
    """The words of `packed_words`."""
    return unpacked_text(values).split("\n") if len(values) else []


def packed_matrix(name: str, matrix: sparse.csr_array) -> State:
    """A sparse matrix as four arrays."""
    return {
        f"{name}.data": matrix.data,
        f"{name}.indices": matrix.indices,
        f"{name}.indptr": matrix.indptr,
        f"{name}.shape": np.array(matrix.shape, dtype=np.int64),
    }


def unpacked_matrix(name: str, state: State) -> sparse.csr_array:
    """The matrix of `packed_matrix`."""
    rows, columns = (int(size) for size in state[f"{name}.shape"])
    parts = (state[f"{name}.data"], state[f"{name}.indices"], state[f"{name}.indptr"])
    return sparse.csr_array(parts, shape=(rows, columns))
