"""Danish text → vectors: folding of spelling, and character n-grams that see into compounds and inflections."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "y", "é": "e", "è": "e"})
_NOT_WORD: Final = re.compile(r"[^a-z0-9+#]+")


def fold(text: str) -> str:
    """Text in one spelling: lower case, æøå as ae/oe/aa, everything but letters and digits as single spaces.

    "Køkkenmedhjælper/-assistent" and "KOEKKENMEDHJAELPER ASSISTENT" fold alike.
    """
    return _NOT_WORD.sub(" ", text.casefold().translate(_LETTERS)).strip()


class NgramSpace:
    """TF-IDF of character n-grams within words: rows of unit length, so that a product is a cosine in [0, 1].

    Parameters
    ----------
    corpus : texts that the inverse document frequencies are taken from
    shortest, longest : lengths of the n-grams, characters
    """

    def __init__(self, corpus: Sequence[str], *, shortest: int = 2, longest: int = 5) -> None:
        self._vectoriser = TfidfVectorizer(
            preprocessor=fold, analyzer="char_wb", ngram_range=(shortest, longest), sublinear_tf=True, dtype=np.float32
        )
        self._vectoriser.fit(corpus)

    def vectors(self, texts: Sequence[str]) -> sparse.csr_array:
        """float32 (texts, n-grams), rows of unit length; a text without any known n-gram is a row of zeros."""
        return sparse.csr_array(self._vectoriser.transform(texts))

    def similarity(self, texts: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
        """float64 (texts, others): cosine of each pair, in [0, 1]."""
        cosine = (self.vectors(texts) @ self.vectors(others).T).toarray()
        within: NDArray[np.float64] = np.clip(cosine.astype(np.float64), 0.0, 1.0)
        return within
