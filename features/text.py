"""Danish text: one spelling, the words of a wish that say what the job is, and character n-grams as vectors.

Character n-grams see into compounds (køkkenmedhjælper: køkken, medhjælper), inflections and typing errors, where whole
words do not.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from features.state import State, packed_matrix, packed_words, unpacked_matrix, unpacked_words

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "y", "é": "e", "è": "e"})
_NOT_WORD: Final = re.compile(r"[^a-z0-9+#]+")
_CLAUSE_END: Final = re.compile(r"[,.;:!?()\n]| [-–] |\b(?:men|hellere|derimod|vil gerne|kan gerne|i stedet(?! for))\b")
_NOT_EVEN: Final = re.compile(r"\bikke (?:kun|bare|blot|noedvendigvis)\b")
"""Not a negation: what follows is wished for, and more than that."""
_NEGATION: Final = re.compile(
    r"\b(?:ikke|uden|aldrig|ingen|intet|hverken|undgaa|undtagen|udover|end|fremfor|frem for|i stedet for|vaek fra"
    r"|fri for|slippe? for|nej til|traet af|orker ikke)\b.*"
)
"""From here to the end of the clause the wish says what it is not about."""
_TURNED_DOWN: Final = re.compile(
    r".*\b(?:(?:vil|kan|oensker|orker|gider|toer|duer|magter|skal) jeg (?:\w+ )?(?:ikke|aldrig)\b"
    r"|er (?:\w+ )?ikke (?:noget|mig|lige)\b|(?:ikke|aldrig) mere$).*"
)
"""The whole clause is turned down, also what stands before the negation: "rengøring vil jeg ikke"."""
_LEARNER: Final = re.compile(r"\b(\w{4,}?)s?(?:elev|laerling|praktikant)\b")
_SAYS_NOTHING: Final = re.compile(
    r"\b(?:jeg|vil|gerne|kunne|kan|skal|have|faa|vaere|blive|lave|proeve|arbejde|arbejder|job|noget|nogle|som|med"
    r"|inden|for|indenfor|i|paa|af|til|og|eller|en|et|den|det|de|der|hvor|at|helst|maaske|lidt|mere|meget|samt|mv|lign"
    r"|stille|roligt?|ro|tidligt|sent|taet|naer|hjemmet|sammen|alene|ved|altid|bare|isaer|selv|rigtig|godt?)\b"
)
"""Words of a wish that do not tell one job from another."""


def fold(text: str) -> str:
    """Text in one spelling: lower case, æøå as ae/oe/aa, everything but letters and digits as single spaces.

    "Køkkenmedhjælper/-assistent" and "KOEKKENMEDHJAELPER ASSISTENT" fold alike.
    """
    return _NOT_WORD.sub(" ", text.casefold().translate(_LETTERS)).strip()


def _wished_for(clause: str) -> str:
    """A folded clause without what it turns down."""
    return _NEGATION.sub("", _TURNED_DOWN.sub("", _NOT_EVEN.sub("", clause)))


def job_words(text: str) -> str:
    """The folded words of a title or a wish that say what the job is.

    Left out: what a negation turns down within its clause ("ikke for mange mennesker", "hellere dyr end mennesker"),
    words that say nothing about the job ("jeg vil gerne arbejde med"), and the learner's ending ("tandteknikerelev" is
    read as "tandtekniker"). Where nothing was turned down and nothing would be left, the text is only folded; where
    all of it is turned down, nothing is left.
    """
    clauses = [fold(clause) for clause in _CLAUSE_END.split(text.casefold())]
    wished = " ".join(_wished_for(clause) for clause in clauses)
    words = " ".join(_SAYS_NOTHING.sub(" ", _LEARNER.sub(r"\1", wished)).split())
    negated = wished.split() != " ".join(clauses).split()
    return words or ("" if negated else fold(text))


_SHORTEST: Final = 2
_LONGEST: Final = 5


class _Counter:
    """Counts the n-grams of a vocabulary within words, 2-5 characters."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = vocabulary
        self._vectoriser = self._new(vocabulary=vocabulary)
        self._analyse = self._vectoriser.build_analyzer()

    @staticmethod
    def _new(**options: Any) -> CountVectorizer:
        return CountVectorizer(
            lowercase=False, analyzer="char_wb", ngram_range=(_SHORTEST, _LONGEST), dtype=np.float32, **options
        )

    @classmethod
    def fit(cls, corpus: Sequence[str]) -> "_Counter":
        """The n-grams of a corpus, in alphabetical order; a corpus without any has the empty word."""
        fitted = cls._new()
        try:
            fitted.fit(corpus)
        except ValueError:
            return cls([" "])
        return cls(fitted.get_feature_names_out().tolist())

    def counts(self, texts: Sequence[str]) -> sparse.csr_array:
        """float32 (texts, n-grams)."""
        return sparse.csr_array(self._vectoriser.transform(texts))

    def unknown(self, texts: Sequence[str], known: sparse.csr_array) -> NDArray[np.float32]:
        """float32 (texts,): distinct n-grams of each text that are not columns of `known`."""
        distinct = np.array([len(set(self._analyse(text))) for text in texts], dtype=np.float32)
        return distinct - np.diff(known.indptr).astype(np.float32)


class NgramSpace:
    """TF-IDF of character n-grams within words: rows of unit length, so that a product is a cosine in [0, 1].

    An n-gram that is not in the corpus has the weight of the rarest: it lengthens its text, so that nonsense is not
    mistaken for what little of it is known.

    Parameters
    ----------
    vocabulary : the n-grams
    idf : float32 (n-grams,), ln((1 + texts) / (1 + texts with the n-gram)) + 1
    """

    def __init__(self, vocabulary: Sequence[str], idf: NDArray[np.float32]) -> None:
        self._counter, self._idf = _Counter(vocabulary), idf

    @classmethod
    def fit(cls, corpus: Sequence[str]) -> "NgramSpace":
        """The space of the n-grams of some folded texts."""
        counter = _Counter.fit(corpus)
        counts = counter.counts(corpus)
        with_ngram = np.bincount(counts.indices, minlength=counts.shape[1])
        return cls(counter.vocabulary, (np.log((1 + len(corpus)) / (1 + with_ngram)) + 1).astype(np.float32))

    def state(self, name: str) -> State:
        """What `restore` needs."""
        return {f"{name}.vocabulary": packed_words(self._counter.vocabulary), f"{name}.idf": self._idf}

    @classmethod
    def restore(cls, name: str, state: State) -> "NgramSpace":
        """The space that `state` was taken from."""
        return cls(unpacked_words(state[f"{name}.vocabulary"]), state[f"{name}.idf"])

    def vectors(self, texts: Sequence[str]) -> sparse.csr_array:
        """float32 (texts, n-grams), rows of at most unit length; without any known n-gram a row of zeros."""
        vectors = self._counter.counts(texts)
        vectors.data = (np.log(vectors.data) + 1) * self._idf[vectors.indices]
        unknown = self._counter.unknown(texts, vectors) * self._idf.max() ** 2
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
    vocabulary : the n-grams
    idf : float32 (n-grams,)
    weights : float32 (n-grams, documents), what one n-gram of a text adds to each document
    """

    K1: Final = 1.2
    B: Final = 0.3

    def __init__(self, vocabulary: Sequence[str], idf: NDArray[np.float32], weights: sparse.csr_array) -> None:
        self._counter, self._idf, self._weights = _Counter(vocabulary), idf, weights
        self._rarest = np.float32(np.log(1 + (weights.shape[1] + 0.5) / 0.5))

    @classmethod
    def fit(cls, documents: Sequence[str]) -> "NgramRelevance":
        """Relevance of some folded documents."""
        counter = _Counter.fit(documents)
        counts = counter.counts(documents)
        length = np.maximum(counts.sum(axis=1), 1.0)
        with_ngram = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log(1 + (len(documents) - with_ngram + 0.5) / (with_ngram + 0.5)).astype(np.float32)
        saturation = (cls.K1 * (1 - cls.B + cls.B * length / length.mean())).astype(np.float32)
        counts.data /= counts.data + np.repeat(saturation, np.diff(counts.indptr))
        return cls(counter.vocabulary, idf, sparse.csr_array(counts.multiply(idf).T.tocsr()))

    def state(self, name: str) -> State:
        """What `restore` needs."""
        return {
            f"{name}.vocabulary": packed_words(self._counter.vocabulary),
            f"{name}.idf": self._idf,
            **packed_matrix(f"{name}.weights", self._weights),
        }

    @classmethod
    def restore(cls, name: str, state: State) -> "NgramRelevance":
        """The relevance that `state` was taken from."""
        vocabulary = unpacked_words(state[f"{name}.vocabulary"])
        return cls(vocabulary, state[f"{name}.idf"], unpacked_matrix(f"{name}.weights", state))

    def relevance(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (texts, documents), share in [0, 1]; 0 for a text without any known n-gram."""
        present = self._counter.counts(texts)
        present.data[:] = 1.0
        unknown = self._rarest * self._counter.unknown(texts, present)
        whole = np.maximum(present @ self._idf + unknown, np.float32(1e-9))
        found: NDArray[np.float32] = (present @ self._weights).toarray()
        share: NDArray[np.float32] = np.clip(found / whole[:, None], 0.0, 1.0)
        return share
