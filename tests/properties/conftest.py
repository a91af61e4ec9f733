"""Loads the profile of Hypothesis before the tests that use it."""

import tests.hypotheses  # noqa: F401 - for what it sets
