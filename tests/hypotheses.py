"""How Hypothesis makes things up in all tests: the same each time, on a machine that does much else.

Loaded by whoever uses Hypothesis, before its tests are read; most processes of a test run do not, and need not load it.
"""

from typing import Final

from hypothesis import settings

PROFILE: Final = "shared_machine"

settings.register_profile(PROFILE, deadline=None, derandomize=True, print_blob=True)
settings.load_profile(PROFILE)
