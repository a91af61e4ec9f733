"""Compiled code: the cache follows the source of all the engine's files, and the same code runs as plain Python."""

import os
import subprocess
import sys
from pathlib import Path

from matcher.assignment import compiled

ROOT = Path(__file__).parents[2]


def test_cache_folder_is_named_after_the_source() -> None:
    """Entries are cached in a folder for exactly this source, and numba's own setting is left as it was."""
    before = compiled._config.CACHE_DIR
    assert Path(compiled._CACHE_FOLDER).name.startswith("compiled-")
    assert compiled._cache_folder() == compiled._CACHE_FOLDER
    compiled.entry(lambda x: x)
    assert before == compiled._config.CACHE_DIR


def test_same_plan_without_the_compiler() -> None:
    """With numba switched off the engine gives the same plan, only slower."""
    code = (
        "from benchmarks.instances import cloud; from matcher.assignment import solve;"
        "plan = solve(cloud(24, 12, 4, seed=1), time_limit_s=60, gap=0.05);"
        "print(plan.slot_of_citizen.tolist(), round(plan.objective, 9), round(plan.upper_bound, 6))"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": switched_off},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for switched_off in ("0", "1")
    ]
    assert answers[0] == answers[1] != ""
