"""Danish spelling, wishes and compounds."""

import numpy as np
import pytest

from features.text import NgramRelevance, NgramSpace, fold, job_words
from features.title_search import TitleDocument, TitleSearch


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Køkkenmedhjælper/-assistent", "koekkenmedhjaelper assistent"),
        ("KOEKKENMEDHJAELPER ASSISTENT", "koekkenmedhjaelper assistent"),
        ("  På  lager ", "paa lager"),
        ("C# og C++", "c# og c++"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_spellings_fold_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Jeg vil gerne arbejde med noget med dyr, ikke for mange mennesker", "dyr"),
        ("lager men ikke truck", "lager"),
        ("køkken uden kunder. Opvask", "koekken opvask"),
        ("Tandteknikerelev", "tandtekniker"),
        ("Industrislagterlærling", "industrislagter"),
        ("rengøringselev", "rengoering"),
        ("arbejde", "arbejde"),
        ("noget med", "noget med"),
        ("noget stille og roligt uden kunder", ""),
        ("klejnsmed, gerne tæt på hjemmet", "klejnsmed"),
        ("ikke noget", ""),
        ("helst ikke noget med mennesker", ""),
        ("Dyr, men helst ikke heste", "dyr"),
        ("rengøring vil jeg ikke, hellere køkken", "koekken"),
        ("Butik er ikke noget for mig. Lager er fint", "lager er fint"),
        ("jeg vil ikke være på lager og vil gerne køre bil", "koere bil"),
        ("ikke kun lager", "lager"),
        ("hellere dyr end mennesker", "dyr"),
        ("hverken lager eller rengøring", ""),
        ("noget andet end opvask", "andet"),
        ("væk fra larm - gerne gartner i park", "gartner park"),
    ],
)
def test_a_wish_is_read_by_the_words_that_say_what_the_job_is(text: str, words: str) -> None:
    assert job_words(text) == words


def test_ngrams_see_into_compounds_and_typing_errors() -> None:
    space = NgramSpace.fit(["rengoeringsassistent", "lagerarbejder", "pedel"])
    similarity = space.similarity(["rengoering", "rengorringsassistent", "xyzxyz"], ["rengoeringsassistent", "pedel"])
    assert similarity[0, 0] > 0.4 > similarity[0, 1]
    assert similarity[1, 0] > 0.5
    assert similarity[2].tolist() == [0.0, 0.0]
    assert space.similarity(["pedel"], ["pedel"])[0, 0] == pytest.approx(1.0)


def test_a_corpus_without_letters_resembles_nothing() -> None:
    assert NgramSpace.fit(["", ""]).similarity(["pedel", ""], [""]).tolist() == [[0.0], [0.0]]
    assert NgramRelevance.fit([""]).relevance(["pedel"]).tolist() == [[0.0]]


def test_relevance_follows_its_formula() -> None:
    relevance = NgramRelevance.fit(["ab", "ab", "cd"])
    found = relevance.relevance(["ab", "cd", "zz"])
    assert found.shape == (3, 3)
    saturated = 1 / (1 + NgramRelevance.K1)
    assert found[0] == pytest.approx([saturated, saturated, 0.0], abs=1e-6)
    assert found[1] == pytest.approx([0.0, 0.0, saturated], abs=1e-6)
    assert found[2].tolist() == [0.0, 0.0, 0.0]


def test_a_long_document_does_not_win_by_its_length() -> None:
    relevance = NgramRelevance.fit(["malke koeer", "malke koeer " + "og meget andet arbejde paa gaarden " * 5, "pedel"])
    short, long, other = relevance.relevance(["malke koeer"])[0]
    assert short > long > other


DOCUMENTS = [
    TitleDocument(("rengøringsassistent", "rengøringshjælp"), "gør rent på kontorer", "Rengøring"),
    TitleDocument(("rengøringshjælp", "hjemmehjælp"), "gør rent i private hjem", "Rengøring"),
    TitleDocument(("pedel",), "passer bygninger", "Ejendomsservice"),
]


def test_an_exact_name_comes_first_and_the_preferred_name_before_another() -> None:
    search = TitleSearch.fit(DOCUMENTS)
    assert [index for index, _ in search.best(["Rengøringshjælp"], 3)[0]][:2] == [1, 0]
    assert search.best(["PEDEL"], 1)[0][0][0] == 2


def test_similarities_are_shares_best_first() -> None:
    for hits in TitleSearch.fit(DOCUMENTS).best(["rengøring", "pedel", "bygninger", "xq", ""], 3):
        similarities = [similarity for _, similarity in hits]
        assert similarities == sorted(similarities, reverse=True)
        assert all(0 < similarity <= 1 for similarity in similarities)


def test_search_works_without_names_of_groups() -> None:
    bare = TitleSearch.fit([TitleDocument((label,), "", "") for label in ("pedel", "kok")])
    assert bare.best(["pedel"], 1)[0] == [(0, float(bare.scores(["pedel"])[0, 0]))]
    assert bare.scores(["pedel"])[0, 0] > 0.7


def test_many_texts_give_what_each_gives_alone() -> None:
    search = TitleSearch.fit(DOCUMENTS)
    texts = ["pedel", "rengøring", "hjem"] * 100
    together, alone = search.best(texts, 2), [search.best([text], 2)[0] for text in texts[:3]]
    assert [[index for index, _ in hits] for hits in together[:3]] == [[index for index, _ in hits] for hits in alone]
    np.testing.assert_allclose([hits[0][1] for hits in together[-3:]], [hits[0][1] for hits in alone], rtol=1e-6)
