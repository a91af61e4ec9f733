"""How the engine declares compiled code: as all of `matcher` does."""

from matcher.compiled import entry, inner

__all__ = ["entry", "inner"]
