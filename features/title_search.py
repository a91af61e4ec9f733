"""Search of occupations by a Danish job title or a free text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.text import NgramRelevance, NgramSpace, fold, job_words

TEXTS_A_BLOCK: Final = 256


@dataclass(frozen=True, slots=True)
class TitleDocument:
    """What search knows of an occupation: its names (preferred first), a description, the name of its group."""

    labels: tuple[str, ...]
    description: str
    group: str


class TitleSearch:
    r"""Blend of three similarities of character n-grams.

    blend = WORDS relevance(all that is known) + NAME max over names cosine(name) + GROUP cosine(name of the group)

    Where the text is one of the occupation's own names: blend + b (1 - blend), b = PREFERRED or ALTERNATIVE. Without
    any names of groups the other two carry the whole blend. Similarity in [0, 1].

    The weights were chosen on a development set of job titles; quality is flat around them, and cross-validation
    (benchmarks/title_search.py) finds the same quality on titles that were not used to choose.
    """

    WORDS, NAME, GROUP = 0.58, 0.25, 0.17
    PREFERRED, ALTERNATIVE = 0.6, 0.3

    def __init__(self, documents: Sequence[TitleDocument]) -> None:
        labels = [fold(label) for document in documents for label in document.labels]
        names = [" \n ".join(map(fold, document.labels)) for document in documents]
        groups = [fold(document.group) for document in documents]
        descriptions = [fold(document.description) for document in documents]
        whole = [" \n ".join(parts) for parts in zip(names, descriptions, groups, strict=True)]
        self._first_label = np.cumsum([0] + [len(document.labels) for document in documents[:-1]])
        self._whole, self._names = NgramRelevance(whole), NgramSpace(labels)
        self._label_vectors = self._names.vectors(labels).T.tocsr()
        self._groups = NgramSpace(groups + names)
        self._group_vectors = self._groups.vectors(groups).T.tocsr()
        self._most = 1.0 if any(groups) else 1.0 - self.GROUP
        self._bonus: dict[str, dict[int, float]] = {}
        for index, document in enumerate(documents):
            for position, label in enumerate(map(fold, document.labels)):
                own = self.ALTERNATIVE if position else self.PREFERRED
                self._bonus.setdefault(label, {}).setdefault(index, own)

    def parts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (3, texts, documents): the similarities that WORDS, NAME and GROUP weigh, each in [0, 1]."""
        words = [job_words(text) for text in texts]
        by_label = (self._names.vectors(words) @ self._label_vectors).toarray()
        by_name = np.maximum.reduceat(by_label, self._first_label, axis=1)
        by_group = (self._groups.vectors(words) @ self._group_vectors).toarray()
        return np.stack((self._whole.relevance(words), by_name, by_group))

    def bonus(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (texts, documents): PREFERRED or ALTERNATIVE where the text is a name of the document, else 0."""
        found = np.zeros((len(texts), len(self._first_label)), dtype=np.float32)
        for row, text in enumerate(texts):
            for document, bonus in self._bonus.get(fold(text), {}).items():
                found[row, document] = bonus
        return found

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (texts, documents): similarity in [0, 1]."""
        words, name, group = self.parts(texts)
        blend = (self.WORDS * words + self.NAME * name + self.GROUP * group) / self._most
        within: NDArray[np.float32] = np.clip(blend + self.bonus(texts) * (1 - blend), 0.0, 1.0)
        return within

    def best(self, texts: Sequence[str], k: int) -> list[list[tuple[int, float]]]:
        """For each text up to `k` (document, similarity > 0), best first, ties to the lower document."""
        found = []
        for first in range(0, len(texts), TEXTS_A_BLOCK):
            for score in self.scores(texts[first : first + TEXTS_A_BLOCK]):
                order = np.argsort(-score, kind="stable")[:k]
                found.append([(int(index), float(score[index])) for index in order if score[index] > 0])
        return found
