"""How the engine declares compiled code: as all of `matcher` does, with a cache that follows all of its files.

numba looks at an entry's own file to tell whether its cache is stale, but an entry also holds the code of the inner
functions it calls, which live in other files here. So the engine's entries are cached in a folder named after a digest
of all its source code: another version never finds the old code.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

from matcher.compiled import entry as plain_entry
from matcher.compiled import inner

__all__ = ["entry", "inner"]

_config: Any = numba.config  # its type stubs leave out the cache directory
_F = TypeVar("_F", bound=Callable[..., Any])


def _cache_folder() -> str:
    """A folder for exactly this source code, below the one numba was told to use or beside the compiled Python."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    parent = Path(_config.CACHE_DIR) if _config.CACHE_DIR else Path(__file__).parent / "__pycache__"
    return str(parent / f"compiled-{digest.hexdigest()[:16]}")


_CACHE_FOLDER = _cache_folder()


def entry(function: _F) -> _F:
    """Compile on first call, cached; runs without the interpreter lock."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = _CACHE_FOLDER
    try:
        return plain_entry(function)
    finally:
        _config.CACHE_DIR = before
