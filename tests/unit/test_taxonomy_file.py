"""A stored taxonomy is the taxonomy that was stored, or it is refused."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from features import taxonomy
from features.state import MAGIC, StateError, packed_words, read_state, unpacked_words, write_state
from features.taxonomy import Taxonomy

WISHES = ["køkkenmedhjælper", "noget med dyr", "pedel", "qzx", ""]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    file = tmp_path / "folder" / "builtin.taxonomy"
    Taxonomy.builtin().save(file)
    return file


def test_a_stored_taxonomy_answers_as_before(stored: Path) -> None:
    loaded = Taxonomy.load(stored)
    assert loaded == Taxonomy.builtin()
    assert loaded.search(WISHES, k=7) == Taxonomy.builtin().search(WISHES, k=7)


def test_nothing_is_left_beside_the_file(stored: Path) -> None:
    Taxonomy.builtin().save(stored)
    assert [path.name for path in stored.parent.iterdir()] == [stored.name]


def test_a_missing_or_foreign_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"no\.taxonomy: cannot be read"):
        Taxonomy.load(tmp_path / "no.taxonomy")
    foreign = tmp_path / "foreign.taxonomy"
    foreign.write_bytes(b"\x80\x04 a pickle")
    with pytest.raises(StateError, match="is not a file of this program"):
        Taxonomy.load(foreign)


@pytest.mark.parametrize("place", [len(MAGIC) + 3, len(MAGIC) + 64 + 200, -5])
def test_a_damaged_file_is_refused(stored: Path, place: int) -> None:
    content = bytearray(stored.read_bytes())
    content[place] ^= 1
    stored.write_bytes(content)
    with pytest.raises(StateError, match="is damaged"):
        Taxonomy.load(stored)


def test_a_cut_file_is_refused(stored: Path) -> None:
    stored.write_bytes(stored.read_bytes()[:-100])
    with pytest.raises(StateError, match="is damaged"):
        Taxonomy.load(stored)


def test_a_file_of_another_version_is_refused(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taxonomy, "FORMAT", "2")
    with pytest.raises(StateError, match="another version of taxonomy format; make it again"):
        Taxonomy.load(stored)
    monkeypatch.undo()
    monkeypatch.setattr("sklearn.__version__", "0.1")
    with pytest.raises(StateError, match="another version of scikit-learn"):
        Taxonomy.load(stored)


def test_objects_in_a_file_are_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "objects"
    np.savez(tmp_path / "objects.npz", header=np.array([{"a": 1}], dtype=object))
    payload = (tmp_path / "objects.npz").read_bytes()
    path.write_bytes(MAGIC + hashlib.sha256(payload).hexdigest().encode() + payload)
    with pytest.raises(StateError, match="is damaged"):
        read_state(path, {})


def test_what_cannot_be_written_leaves_the_old_file(stored: Path) -> None:
    before = stored.read_bytes()
    with pytest.raises(TypeError):
        write_state(stored, {}, {"not for JSON": object()}, {})
    assert stored.read_bytes() == before


def test_words_survive_packing() -> None:
    for words in ([], ["a"], ["a b", "æ", " c "]):
        assert unpacked_words(packed_words(words)) == words
