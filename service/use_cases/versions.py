"""Which program, rules, weights, models and libraries something was made with: what a replay names when it differs."""

import hashlib
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import features
import matcher
from features.taxonomy import Taxonomy
from matcher.domain.rulebook import RuleBook
from matcher.weights import Weights
from service.use_cases.by_identity import ByIdentity
from service.use_cases.matching import Stored
from service.use_cases.snapshots import content_digest, weights_document

LIBRARIES = ("numpy", "scipy", "scikit-learn", "numba", "ortools")
"""Those whose numbers reach a plan or a list."""


def versions_of(stored: Stored, weights: Weights, taxonomy: Taxonomy | None) -> dict[str, str]:
    """Versions and digests by name. `program` is the SHA-256 over the source of matching, beside its release."""
    known = taxonomy or Taxonomy.builtin()
    return {
        "matcher": _release(),
        "program": _program_digest(),
        "rules": _rules_digest(stored.rulebook),
        "weights": weights.id,
        "weights_digest": _weights_digest(weights),
        "taxonomy": known.version,
        "taxonomy_digest": _taxonomy_digest(known),
        **_libraries(),
    }


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Name, version then and version now of all that is another one now; empty where it was not written down."""
    names = [*before, *(name for name in now if name not in before)]
    return tuple((name, before.get(name, ""), now.get(name, "")) for name in names if before.get(name) != now.get(name))


@cache
def _release() -> str:
    return version("matcher")


@cache
def _program_digest() -> str:
    digest = hashlib.sha256()
    for package in (features, matcher):
        root = Path(str(package.__file__)).parent
        for file in sorted(root.rglob("*.py")):
            digest.update(f"{package.__name__}/{file.relative_to(root).as_posix()}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def _libraries() -> Mapping[str, str]:
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, **{name: version(name) for name in LIBRARIES}}


def _occupations(taxonomy: Taxonomy) -> str:
    """SHA-256 over the occupations and descriptions that goals are read by."""
    occupations = {uri: repr(one) for uri, one in taxonomy.occupations.items()}
    return content_digest([occupations, dict(taxonomy.descriptions), dict(taxonomy.group_names)])


_taxonomy_digest = ByIdentity(_occupations)
_rules_digest = ByIdentity(RuleBook.fingerprint)
_weights_digest = ByIdentity(lambda weights: weights_document(weights).digest)
