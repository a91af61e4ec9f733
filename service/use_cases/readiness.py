"""What a request needs beside the database: the occupations that goals are read by, and the weights in use."""

from threading import Lock

from features.taxonomy import Taxonomy
from service.db.learning import weights_chosen
from service.db.session import SessionFactory, read_only
from service.problems import NotFound, TaxonomyRefused, WeightsOutdated
from service.settings import Settings
from service.use_cases.learning import learnt_weights
from service.use_cases.taxonomy import taxonomy_of

OK = "ok"
_Stamp = tuple[int, int]
"""What tells one state of a file from another: when it was written, and its size."""


class Readiness:
    """Loads what requests need, once: asked again, it loads only what has changed since. Safe for threads.

    `taxonomy` is what the file of the settings held a moment ago; None where they name none.
    """

    def __init__(self, settings: Settings, sessions: SessionFactory, taxonomy: Taxonomy | None) -> None:
        self._settings = settings
        self._sessions = sessions
        self._lock = Lock()
        self._file = self._stamp() if taxonomy else None
        self._loaded: set[tuple[str, str]] = set()

    def taxonomy(self) -> str:
        """`OK`, or what is wrong with the occupations."""
        if self._settings.taxonomy is None:
            Taxonomy.builtin().search([""], 1)  # fitted at the first search
            return OK
        with self._lock:
            stamp = self._stamp()
            if stamp is None:
                return "the file of MATCHER_TAXONOMY cannot be read"
            if stamp != self._file:
                try:
                    taxonomy_of(self._settings)
                except TaxonomyRefused:
                    return "the file of MATCHER_TAXONOMY cannot be used: run `matcher taxonomy import`"
                self._file = stamp
        return OK

    def weights(self) -> str:
        """`OK`, or whose weights cannot be used and why. Raises what the database raises."""
        with self._lock, read_only(self._sessions) as session:
            chosen = weights_chosen(session)
            for municipality, weights_id in sorted(chosen - self._loaded):
                try:
                    learnt_weights(session, municipality, weights_id).model.weights()
                except (NotFound, WeightsOutdated) as problem:
                    return f"municipality {municipality}, weights {weights_id}: {problem.detail or problem.title}"
            self._loaded = chosen
        return OK

    def _stamp(self) -> _Stamp | None:
        """Of the file of the settings; None where it is not there."""
        try:
            found = self._settings.taxonomy.stat() if self._settings.taxonomy else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size) if found else None
