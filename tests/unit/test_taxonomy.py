"""The built-in catalogue and official files; wrong or partial files are refused by name."""

from pathlib import Path

import pytest

from features.taxonomy import ISCO_FILE, OCCUPATIONS_FILE, Taxonomy, TaxonomyError

HEAD = "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,description\n"
CLEANER = "http://data.europa.eu/esco/occupation/1"
COOK = "http://data.europa.eu/esco/occupation/2"
MILKER = "http://data.europa.eu/esco/occupation/beedd3c0-d3e2-4efe-8f39-381df669ee35"
ROWS = (
    f'Occupation,{CLEANER},9112,rengøringsassistent,"rengøringshjælp\nsanitør",Gør rent på kontorer.\n'
    f"Occupation,{COOK},5120,kok,,Laver mad.\n"
    f"Occupation,{MILKER},9212,staldmedarbejder,,Passer køer.\n"
)
GROUPS = "code,level,title_da\n9112,4,Rengøringsarbejde\n5120,4,Kokkearbejde\n9212,4,Arbejde med dyr\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / OCCUPATIONS_FILE).write_text(HEAD + ROWS, encoding="utf-8")
    (tmp_path / ISCO_FILE).write_text(GROUPS, encoding="utf-8")
    return tmp_path


def test_official_files_are_joined_with_the_catalogue(folder: Path) -> None:
    taxonomy = Taxonomy.from_esco(folder)
    assert list(taxonomy.occupations) == [CLEANER, COOK, MILKER]
    assert taxonomy.labels(CLEANER) == ("rengøringsassistent", "rengøringshjælp", "sanitør")
    assert taxonomy.occupations[CLEANER].functions == ()
    assert "milking" in taxonomy.occupations[MILKER].functions
    assert "malker" in taxonomy.labels(MILKER)
    assert taxonomy.descriptions[COOK] == "Laver mad."
    assert taxonomy.group_names["5120"] == "Kokkearbejde"


def test_another_download_has_another_version(folder: Path) -> None:
    before = Taxonomy.from_esco(folder).version
    assert before == Taxonomy.from_esco(folder).version
    (folder / OCCUPATIONS_FILE).write_text(HEAD + ROWS.replace("kok,", "kogekone,"), encoding="utf-8")
    assert Taxonomy.from_esco(folder).version != before


def test_search_answers_each_text_with_the_best_first(folder: Path) -> None:
    taxonomy = Taxonomy.from_esco(folder)
    cleaning, cook, nothing = taxonomy.search(["rengøring", "kok", "%%%"], k=2)
    assert cleaning[0][0] == CLEANER
    assert cook[0][0] == COOK
    assert nothing == []
    assert 0 < cleaning[0][1] <= 1
    assert taxonomy.search([], k=2) == []


def test_search_refuses_less_than_one_answer() -> None:
    with pytest.raises(ValueError, match="k: must be at least 1"):
        Taxonomy.builtin().search(["kok"], k=0)


def test_labels_of_an_unknown_occupation() -> None:
    with pytest.raises(KeyError):
        Taxonomy.builtin().labels(CLEANER)


@pytest.mark.parametrize(
    ("wish", "occupation"),
    [
        ("køkkenmedhjælper", "køkkenassistent"),
        ("KOEKKENMEDHJAELPER", "køkkenassistent"),
        ("rengoringasistent", "rengøringsassistent"),
        ("noget med dyr, ikke for mange mennesker", "dyrepasser"),
        ("pedel", "vicevært"),
        ("køre truck", "gaffeltruckfører"),
        ("jeg vil gerne arbejde i butik", "butiksassistent"),
        ("på lager", "lagerarbejder"),
    ],
)
def test_the_catalogue_understands_everyday_wishes(wish: str, occupation: str) -> None:
    taxonomy = Taxonomy.builtin()
    assert taxonomy.occupations[taxonomy.search([wish], k=1)[0][0][0]].danish == occupation


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (OCCUPATIONS_FILE, None, "is not in"),
        (ISCO_FILE, None, "is not in"),
        (OCCUPATIONS_FILE, "a,b\n1,2\n", "lacks the column"),
        (ISCO_FILE, "code,title_en\n9112,Cleaners\n", "lacks the column.* title_da"),
        (OCCUPATIONS_FILE, HEAD, "has no occupations"),
        (OCCUPATIONS_FILE, "", "lacks the column"),
        (OCCUPATIONS_FILE, HEAD + ROWS + f"Occupation,{COOK},5120,kok,,\n", "record 5: the URI occurs twice"),
        (OCCUPATIONS_FILE, HEAD + "Occupation,not-a-uri,5120,kok,,\n", "record 2: lacks a URI or a label"),
        (OCCUPATIONS_FILE, HEAD + f"Occupation,{COOK},5120,,,\n", "record 2: lacks a URI or a label"),
        (OCCUPATIONS_FILE, HEAD + f"Occupation,{COOK},1234,kok,,\n", "record 2: its ISCO-08 group"),
        (OCCUPATIONS_FILE, HEAD + f"Occupation,{COOK}\n", "record 2: has too few columns"),
        (OCCUPATIONS_FILE, HEAD + 'Occupation,"unfinished', "is not a CSV file"),
    ],
)
def test_a_wrong_or_partial_file_is_refused(folder: Path, file: str, content: str | None, message: str) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(TaxonomyError, match=message):
        Taxonomy.from_esco(folder)


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / OCCUPATIONS_FILE).write_text(HEAD + ROWS, encoding="latin-1")
    with pytest.raises(TaxonomyError, match="UTF-8"):
        Taxonomy.from_esco(folder)
