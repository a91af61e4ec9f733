"""Search of occupations by a Danish job title or a free text."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from features.state import State, packed_matrix, unpacked_matrix
from features.text import NgramRelevance, NgramSpace, fold, job_words

TEXTS_A_BLOCK: Final = 256
THREADS: Final = 2
"""Products of sparse matrices run beside each other; more threads would hold more of them in memory."""


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

    def __init__(
        self,
        labels: Sequence[Sequence[str]],
        whole: NgramRelevance,
        names: NgramSpace,
        label_vectors: sparse.csr_array,
        groups: NgramSpace,
        group_vectors: sparse.csr_array,
    ) -> None:
        self._whole, self._names, self._groups = whole, names, groups
        self._label_vectors, self._group_vectors = label_vectors, group_vectors
        self._first_label = np.cumsum([0] + [len(own) for own in labels[:-1]])
        self._most = 1.0 if group_vectors.nnz else 1.0 - self.GROUP
        self._bonus: dict[str, dict[int, float]] = {}
        for index, own in enumerate(labels):
            for position, label in enumerate(map(fold, own)):
                self._bonus.setdefault(label, {}).setdefault(index, self.ALTERNATIVE if position else self.PREFERRED)

    @classmethod
    def fit(cls, documents: Sequence[TitleDocument]) -> "TitleSearch":
        """Search in some documents."""
        labels = [fold(label) for document in documents for label in document.labels]
        names = [" \n ".join(map(fold, document.labels)) for document in documents]
        groups = [fold(document.group) for document in documents]
        descriptions = [fold(document.description) for document in documents]
        whole = [" \n ".join(parts) for parts in zip(names, descriptions, groups, strict=True)]
        name_space, group_space = NgramSpace.fit(labels), NgramSpace.fit(groups + names)
        return cls(
            [document.labels for document in documents],
            NgramRelevance.fit(whole),
            name_space,
            name_space.vectors(labels).T.tocsr(),
            group_space,
            group_space.vectors(groups).T.tocsr(),
        )

    def state(self) -> State:
        """What `restore` needs beside the labels."""
        return {
            **self._whole.state("whole"),
            **self._names.state("names"),
            **packed_matrix("label_vectors", self._label_vectors),
            **self._groups.state("groups"),
            **packed_matrix("group_vectors", self._group_vectors),
        }

    @classmethod
    def restore(cls, labels: Sequence[Sequence[str]], state: State) -> "TitleSearch":
        """The search that `state` was taken from; `labels` are those of its documents."""
        return cls(
            labels,
            NgramRelevance.restore("whole", state),
            NgramSpace.restore("names", state),
            unpacked_matrix("label_vectors", state),
            NgramSpace.restore("groups", state),
            unpacked_matrix("group_vectors", state),
        )

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
        blocks = [texts[first : first + TEXTS_A_BLOCK] for first in range(0, len(texts), TEXTS_A_BLOCK)]
        if len(blocks) < 2:
            return [hits for block in blocks for hits in self._best_of_block(block, k)]
        with ThreadPoolExecutor(THREADS) as pool:
            return [hits for found in pool.map(lambda block: self._best_of_block(block, k), blocks) for hits in found]

    def _best_of_block(self, texts: Sequence[str], k: int) -> list[list[tuple[int, float]]]:
        found = []
        for score in self.scores(texts):
            least = np.partition(score, -k)[-k] if k < len(score) else np.float32(0)
            near = np.flatnonzero((score >= least) & (score > 0))
            order = near[np.argsort(-score[near], kind="stable")[:k]]
            found.append([(int(index), float(score[index])) for index in order])
        return found
