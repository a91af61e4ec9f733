"""Danish text: one spelling, the words of a wish that say what the job is, and character n-grams as vectors.

Character n-grams see into compounds (køkkenmedhjælper: køkken, medhjælper), inflections and typing errors, where whole
words do not.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "y", "é": "e", "è": "e"})
_NOT_WORD: Final = re.compile(r"[^a-z0-9+#]+")
_CLAUSE_END: Final = re.compile(r"[,.;:!?()\n]|\bmen\b")
_NEGATION: Final = re.compile(r"\b(?:ikke|uden|aldrig|ingen)\b.*")
_LEARNER: Final = re.compile(r"\b(\w{4,}?)s?(?:elev|laerling|praktikant)\b")
_SAYS_NOTHING: Final = re.compile(
    r"\b(?:jeg|vil|gerne|kunne|kan|skal|have|faa|vaere|blive|lave|proeve|arbejde|arbejder|job|noget|nogle|som|med"
    r"|inden|for|indenfor|i|paa|af|til|og|eller|en|et|den|det|de|der|hvor|at|helst|maaske|lidt|mere|meget|samt|mv|lign)\b"
)
"""Words of a wish that do not tell one job from another."""


def fold(text: str) -> str:
    """Text in one spelling: lower case, æøå as ae/oe/aa, everything but letters and digits as single spaces.

    "Køkkenmedhjælper/-assistent" and "KOEKKENMEDHJAELPER ASSISTENT" fold alike.
    """
    return _NOT_WORD.sub(" ", text.casefold().translate(_LETTERS)).strip()


def job_words(text: str) -> str:
    """The folded words of a title or a wish that say what the job is.

    Left out: what follows a negation within its clause ("ikke for mange mennesker"), words that say nothing about the
    job ("jeg vil gerne arbejde med"), and the learner's ending ("tandteknikerelev" is read as "tandtekniker"). Where
    nothing would be left, the text is only folded.
    """
    clauses = (_NEGATION.sub("", fold(clause)) for clause in _CLAUSE_END.split(text.casefold()))
    words = _SAYS_NOTHING.sub(" ", _LEARNER.sub(r"\1", " ".join(clauses)))
    return " ".join(words.split()) or fold(text)


def _unknown_ngrams(counter: CountVectorizer, texts: Sequence[str], known: sparse.csr_array) -> NDArray[np.float32]:
    """float32 (texts,): distinct n-grams of each text that are not columns of `known`."""
    analyse = counter.build_analyzer()
    distinct = np.array([len(set(analyse(text))) for text in texts], dtype=np.float32)
    return distinct - np.diff(known.indptr).astype(np.float32)


class NgramSpace:
    """TF-IDF of character n-grams within words: rows of unit length, so that a product is a cosine in [0, 1].

    An n-gram that is not in the corpus has the weight of the rarest: it lengthens its text, so that nonsense is not
    mistaken for what little of it is known.

    Parameters
    ----------
    corpus : folded texts that the inverse document frequencies are taken from
    shortest, longest : lengths of the n-grams, characters
    """

    def __init__(self, corpus: Sequence[str], *, shortest: int = 2, longest: int = 5) -> None:
        self._vectoriser = TfidfVectorizer(
            lowercase=False,
            analyzer="char_wb",
            ngram_range=(shortest, longest),
            sublinear_tf=True,
            norm=None,
            dtype=np.float32,
        )
        self._vectoriser.fit(corpus)

    def vectors(self, texts: Sequence[str]) -> sparse.csr_array:
        """float32 (texts, n-grams), rows of at most unit length; without any known n-gram a row of zeros."""
        vectors = sparse.csr_array(self._vectoriser.transform(texts))
        unknown = _unknown_ngrams(self._vectoriser, texts, vectors) * self._vectoriser.idf_.max() ** 2
        squared = (vectors * vectors).sum(axis=1) + unknown
        length = np.sqrt(np.maximum(squared, np.float32(1e-9)))
        vectors.data /= np.repeat(length.astype(np.float32), np.diff(vectors.indptr))
        return vectors

    def similarity(self, texts: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
        """float64 (texts, others): cosine of each pair, in [0, 1]."""
        cosine = (self.vectors(texts) @ self.vectors(others).T).toarray()
        within: NDArray[np.float64] = np.clip(cosine.astype(np.float64), 0.0, 1.0)
        return within


class NgramRelevance:
    r"""How much of a text's weight the best-fitting documents carry: BM25 over character n-grams within words.

    relevance[q, d] = sum_{t in q} idf[t] f[t, d] / (f[t, d] + K1 (1 - B + B |d| / mean |d|)) / sum_{t in q} idf[t]
    idf[t] = ln(1 + (N - n[t] + 0.5) / (n[t] + 0.5))

    f: count of n-gram t in document d, n: documents with it, N: documents. In [0, 1]. An n-gram that no document has
    counts against all; a longer document does not gain by its length, and what a short text lacks is not held against
    it as in a cosine.
    Source: Robertson and Zaragoza (2009), The Probabilistic Relevance Framework; K1 and B by cross-validation.

    Parameters
    ----------
    documents : folded texts to search in
    """

    K1: Final = 1.2
    B: Final = 0.3

    def __init__(self, documents: Sequence[str], *, shortest: int = 2, longest: int = 5) -> None:
        self._counter = CountVectorizer(
            lowercase=False, analyzer="char_wb", ngram_range=(shortest, longest), dtype=np.float32
        )
        counts = sparse.csr_array(self._counter.fit_transform(documents))
        length = np.maximum(counts.sum(axis=1), 1.0)
        with_ngram = np.bincount(counts.indices, minlength=counts.shape[1])
        self._rarest = np.float32(np.log(1 + (len(documents) + 0.5) / 0.5))
        self._idf = np.log(1 + (len(documents) - with_ngram + 0.5) / (with_ngram + 0.5)).astype(np.float32)
        saturation = (self.K1 * (1 - self.B + self.B * length / length.mean())).astype(np.float32)
        counts.data /= counts.data + np.repeat(saturation, np.diff(counts.indptr))
        self._weights = sparse.csr_array((counts.multiply(self._idf)).T)

    def relevance(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (texts, documents), share in [0, 1]; 0 for a text without any known n-gram."""
        present = sparse.csr_array(self._counter.transform(texts))
        present.data[:] = 1.0
        unknown = self._rarest * _unknown_ngrams(self._counter, texts, present)
        whole = np.maximum(present @ self._idf + unknown, np.float32(1e-9))
        found: NDArray[np.float32] = (present @ self._weights).toarray()
        share: NDArray[np.float32] = np.clip(found / whole[:, None], 0.0, 1.0)
        return share
