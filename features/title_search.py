"""Search of occupations by a Danish job title or a free text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from features.text import NgramSpace, fold

TEXTS_A_BLOCK: Final = 256


@dataclass(frozen=True, slots=True)
class TitleDocument:
    """What search knows of an occupation: its names (preferred first), a description, the name of its group."""

    labels: tuple[str, ...]
    description: str
    group: str


class TitleSearch:
    """Blend of four cosines of character n-grams: best single name, all names, description, name of the group."""

    BEST_NAME, ALL_NAMES, DESCRIPTION, GROUP = 0.31, 0.23, 0.23, 0.23

    def __init__(self, documents: Sequence[TitleDocument]) -> None:
        labels = [label for document in documents for label in document.labels]
        joined = ["\n".join(document.labels) for document in documents]
        self._first_label = np.cumsum([0] + [len(document.labels) for document in documents[:-1]])
        self._names, self._texts = NgramSpace(labels), NgramSpace(joined + [d.description for d in documents])
        self._label_vectors = self._names.vectors(labels).T.tocsr()
        self._joined_vectors = self._texts.vectors(joined).T.tocsr()
        self._description_vectors = self._texts.vectors([d.description for d in documents]).T.tocsr()
        self._group_vectors = self._texts.vectors([d.group for d in documents]).T.tocsr()
        self._documents_of: dict[str, list[int]] = {}
        for index, document in enumerate(documents):
            for label in dict.fromkeys(fold(label) for label in document.labels):
                self._documents_of.setdefault(label, []).append(index)

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (texts, documents): similarity in [0, 1]; an exact name is at least 0.9."""
        names, words = self._names.vectors(texts), self._texts.vectors(texts)
        best_name = np.maximum.reduceat(_product(names, self._label_vectors), self._first_label, axis=1)
        blend = (
            self.BEST_NAME * best_name
            + self.ALL_NAMES * _product(words, self._joined_vectors)
            + self.DESCRIPTION * _product(words, self._description_vectors)
            + self.GROUP * _product(words, self._group_vectors)
        )
        for row, text in enumerate(texts):
            exact = self._documents_of.get(fold(text), [])
            blend[row, exact] = 0.9 + 0.1 * blend[row, exact]
        within: NDArray[np.float32] = np.clip(blend, 0.0, 1.0)
        return within

    def best(self, texts: Sequence[str], k: int) -> list[list[tuple[int, float]]]:
        """For each text up to `k` (document, similarity > 0), best first, ties to the lower document."""
        found = []
        for first in range(0, len(texts), TEXTS_A_BLOCK):
            for score in self.scores(texts[first : first + TEXTS_A_BLOCK]):
                order = np.argsort(-score, kind="stable")[:k]
                found.append([(int(index), float(score[index])) for index in order if score[index] > 0])
        return found


def _product(texts: sparse.csr_array, vectors: sparse.csr_array) -> NDArray[np.float32]:
    dense: NDArray[np.float32] = (texts @ vectors).toarray()
    return dense
